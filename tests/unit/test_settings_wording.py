"""Settings: what is wrong with a value is said in Danish with English beside, and the value is not shown."""

from pathlib import Path

import pytest

from checker.errors import SettingsError
from checker.settings import load_settings


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("CHECKER_LLM_TIMEOUT", "hurtigt", "det skal være et tal / must be a number"),
        ("CHECKER_LLM_TIMEOUT", "0", "tallet skal være større end 0 / must be greater than 0"),
        ("CHECKER_LLM_TEMPERATURE", "3", "tallet må højst være 2 / must be at most 2"),
        ("CHECKER_LLM_PARALLEL", "to", "det skal være et helt tal / must be a whole number"),
        ("CHECKER_LLM_CONTEXT", "5", "tallet skal være mindst 512 / must be at least 512"),
        ("CHECKER_LANGUAGE", "sv", "vælg 'da' eller 'en' / choose 'da' or 'en'"),
    ],
)
def test_a_value_that_cannot_be_used_is_explained_in_danish_and_english(tmp_path: Path, variable: str, value: str, said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings({"CHECKER_HOME": str(tmp_path), variable: value}, tmp_path)
    assert said in str(refused.value)
    assert "Input should" not in str(refused.value)


def test_a_path_that_is_a_number_is_explained_too(tmp_path: Path) -> None:
    (tmp_path / "checker.toml").write_text("corpus = 7\n")
    with pytest.raises(SettingsError, match="det skal være en sti"):
        load_settings({"CHECKER_HOME": str(tmp_path)}, tmp_path)
