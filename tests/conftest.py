"""Shared by all tests: the shipped corpus, loaded once, and a real language model's server."""

import pytest

from checker.library import Library
from tests.llm_server import llama_file, llama_server, mortal_llama_server

__all__ = ["library", "llama_file", "llama_server", "mortal_llama_server"]


@pytest.fixture(scope="session")
def library() -> Library:
    return Library()
