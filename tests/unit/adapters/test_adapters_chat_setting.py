"""CHECKER_LLM that cannot be used: what is missing is said, and nothing of what was written is shown."""

import pytest

from checker.adapters.chat import chat_model
from checker.errors import SettingsError


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("openai:hemmelig@127.0.0.1:8000/v1", "mangler http://"),
        ("ollama:hemmelig@127.0.0.1:11434", "mangler http://"),
        ("openai:hemmelig", "adressen mangler"),
        ("openai:hemmelig@", "adressen mangler"),
        ("openai:@http://hemmelig/v1", "modellens navn mangler"),
        ("openai:http://hemmelig/v1", "modellens navn mangler"),
        ("ollama:", "modellens navn mangler"),
        ("llamacpp:", "filen mangler"),
        ("hemmelig", "begynder ikke med"),
    ],
)
def test_what_is_missing_is_said_without_showing_what_was_written(setting: str, said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        chat_model(setting)
    assert said in str(refused.value)
    assert "hemmelig" not in str(refused.value)
