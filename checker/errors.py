"""The tree of errors. Every error a user can meet is a `CheckerError` with a message written for a lawyer.

    CheckerError                    exit code 2; `message` says what, where and what to do
    ├── InputError                  a handed-in document cannot be read
    │   ├── EmptyInput              no text in it
    │   ├── UnsupportedInput        format or language we do not read
    │   ├── DamagedInput            broken, encrypted, binary under a text name
    │   ├── NoTextLayer             a scanned PDF: pictures without text
    │   └── InputTooLarge           size limits, zip bombs
    ├── CorpusError                 law data in corpus/ is wrong: file, line, what was expected
    ├── SettingsError               a CHECKER_... variable, checker.toml or an option is wrong
    ├── IndexFault                  the search index cannot be built, opened or written
    ├── ModelMissing                an embedder or trained reader is not where it should be
    └── CaseError                   a labelled case is wrong: file, line, what was expected
"""

from __future__ import annotations

from pathlib import Path


class CheckerError(Exception):
    """Base of all errors shown to a user.

    Args:
        message: what is wrong, in one or two sentences.
        hint: what the reader can do about it; may be empty.
    """

    exit_code = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class InputError(CheckerError):
    """A handed-in document cannot be read; `source` names it."""

    def __init__(self, source: str, message: str, hint: str = "") -> None:
        super().__init__(f"{source}: {message}", hint)
        self.source = source


class EmptyInput(InputError):
    """The document holds no text."""


class UnsupportedInput(InputError):
    """A format or a language that checker does not read."""


class DamagedInput(InputError):
    """Broken, encrypted, or not what its name says."""


class NoTextLayer(InputError):
    """A PDF that holds pictures of pages and no text."""


class InputTooLarge(InputError):
    """Past the size limits (also unpacked size: zip bombs)."""


class CorpusError(CheckerError):
    """Data in corpus/ breaks its schema or its references."""

    def __init__(self, file: Path | str, line: int | None, expected: str, hint: str = "") -> None:
        where = f"{file}, line {line}" if line else f"{file}"
        super().__init__(f"{where}: {expected}", hint)
        self.file = str(file)
        self.line = line
        self.expected = expected


class SettingsError(CheckerError):
    """A setting or option has a value that cannot be used."""


class IndexFault(CheckerError):
    """The search index cannot be built, opened or written."""


class ModelMissing(CheckerError):
    """An embedder or a trained reader is not where it should be."""


class CaseError(CheckerError):
    """A labelled case is wrong: names file, line and what was expected."""

    def __init__(self, file: Path | str, line: int | None, expected: str) -> None:
        where = f"{file}, line {line}" if line else f"{file}"
        super().__init__(f"{where}: {expected}")
        self.file = str(file)
        self.line = line
