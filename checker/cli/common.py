"""What the commands share: settings, the workbench, progress on stderr, dates, output."""

from __future__ import annotations

import sys
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from checker.errors import InputError, SettingsError
from checker.reader.llm import BAR

if TYPE_CHECKING:
    from checker.wiring import Workbench


class Language(StrEnum):
    DA = "da"
    EN = "en"


class Format(StrEnum):
    TEXT = "text"
    MD = "md"
    HTML = "html"
    JSON = "json"
    JSONL = "jsonl"
    DOCX = "docx"
    PDF = "pdf"


class ListFormat(StrEnum):
    TEXT = "text"
    JSON = "json"


class ReaderChoice(StrEnum):
    AUTO = "auto"
    RULES = "rules"
    LLM = "llm"


def language_of(chosen: Language | None, bench: Workbench) -> str:
    """The language asked for; else that of the settings (CHECKER_LANGUAGE)."""
    return chosen.value if chosen is not None else bench.settings.language


def say(line: str) -> None:
    print(f"checker: {line}", file=sys.stderr)


def workbench(as_of: date | None = None) -> Workbench:
    """Everything a command needs; `as_of` is the law date, today where none is given."""
    from checker.settings import load_settings
    from checker.wiring import Workbench

    return Workbench(load_settings(), say, Bar(), as_of)


QUESTIONS = BAR
"""One takes seconds, so a few of them are worth a bar."""


class Bar:
    """A progress bar with the time left on stderr, only where a person watches. `least`: what is sooner done has none."""

    def __init__(self, least: int = 64) -> None:
        self._least = least
        self._progress: Any = None
        self._tasks: dict[str, Any] = {}

    def __call__(self, what: str, done: int, total: int) -> None:
        if not sys.stderr.isatty() or total < (1 if what == QUESTIONS else self._least):
            return
        if self._progress is None:
            from rich.console import Console
            from rich.progress import Progress

            self._progress = Progress(console=Console(stderr=True), transient=True)
            self._progress.start()
        if what not in self._tasks:
            self._tasks[what] = self._progress.add_task(what, total=total)
        self._progress.update(self._tasks[what], completed=done)
        if done >= total:
            self._progress.stop()
            self._progress, self._tasks = None, {}


def parse_date(text: str | None) -> date:
    """The law date; today when none is given.

    Raises:
        SettingsError: not a date of the form 2026-11-22.
    """
    if text is None:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"--as-of {text} er ikke en dato.", "Skriv den som 2027-12-02.") from None


def write(text: str, out: Path | None, append: bool = False) -> None:
    """To the file (its folder is made; `append`: after what is there), or to standard output.

    Raises:
        InputError: the file cannot be written.
    """
    if out is None:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()
        return
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with out.open("a" if append else "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise InputError(str(out), f"filen kan ikke skrives ({error.strerror or error}).", "Vælg en anden placering med --out.") from None


INTERRUPTED = 130
"""128 + SIGINT, as shells count it."""


def exit_with(code: int) -> None:
    raise typer.Exit(code)
