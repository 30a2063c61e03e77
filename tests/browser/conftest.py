"""A real Chromium, offline. Without one the tests are skipped; CHECKER_NEEDS_BROWSER=1 makes that a failure."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> Path | None:
    """CHECKER_BROWSER, or the first Chromium on the path."""
    named = os.environ.get("CHECKER_BROWSER")
    found = named or next((f for name in NAMES if (f := shutil.which(name))), None)
    return Path(found) if found and Path(found).is_file() else None


def missing(why: str) -> None:
    if os.environ.get("CHECKER_NEEDS_BROWSER") == "1":
        pytest.fail(f"{why}, and CHECKER_NEEDS_BROWSER=1 says that there must be", pytrace=False)
    pytest.skip(f"{why}; install one, or set CHECKER_BROWSER to its file")


@pytest.fixture(scope="module")  # Playwright keeps a loop running in this thread; later tests shall not find it there.
def browser() -> Iterator[Browser]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed")
    file = chromium()
    if file is None:
        missing("no Chromium found")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(file), args=ARGS)
        yield started
        started.close()
