"""Shared by all tests: the shipped corpus, loaded once."""

import pytest

from checker.library import Library


@pytest.fixture(scope="session")
def library() -> Library:
    return Library()
