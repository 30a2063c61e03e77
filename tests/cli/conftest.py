"""Runs the real command line in its own process, with a home of its own whose vectors are borrowed from the checkout's."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


Run = Callable[..., Ran]


def environment(home: Path, **more: str) -> dict[str, str]:
    own = {k: v for k, v in os.environ.items() if not k.startswith("CHECKER_")}
    return own | {"CHECKER_HOME": str(home), "PYTHONPATH": str(ROOT), "COLUMNS": "120", "NO_COLOR": "1"} | more


def run_checker(home: Path, folder: Path, *args: str | Path, stdin: bytes = b"", **env: str) -> Ran:
    """One run of `checker`. Whatever happens, a user never sees a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "checker", *map(str, args)],
        check=False,
        cwd=folder,
        env=environment(home, **env),
        input=stdin,
        capture_output=True,
        timeout=300,
    )
    ran = Ran(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))
    assert "Traceback" not in ran.err, ran.err
    assert ran.code in (0, 1, 2), ran
    return ran


def borrow_vectors(home: Path) -> None:
    """Copies the checkout's cached vectors, if there are any: they save the minute that embedding takes."""
    source = ROOT / ".checker-home" / "cache" / "vectors.sqlite"
    if source.is_file():
        (home / "cache").mkdir(parents=True, exist_ok=True)
        # Through SQLite: another process may be writing.
        with sqlite3.connect(source, timeout=30) as there, sqlite3.connect(home / "cache" / "vectors.sqlite") as here:
            there.backup(here)
        here.close()
        there.close()


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a built index, shared by all tests of the session, which only read it."""
    home = tmp_path_factory.mktemp("home")
    borrow_vectors(home)
    built = run_checker(home, home, "corpus", "build")
    assert built.code == 0, built.err
    return home


@pytest.fixture
def checker(home: Path, tmp_path: Path) -> Run:
    """`checker …` in an empty folder."""

    def run(*args: str | Path, stdin: bytes = b"", **env: str) -> Ran:
        return run_checker(home, tmp_path, *args, stdin=stdin, **env)

    return run
