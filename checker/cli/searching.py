"""Helpers of `checker corpus search`."""

from __future__ import annotations

from pathlib import Path

from checker.errors import InputError
from checker.ports import Hit


def lines_of(file: Path | None) -> list[str]:
    """The queries of a file, one a line, empty lines kept as empty answers.

    Raises:
        InputError: the file cannot be read.
    """
    if file is None:
        return []
    try:
        lines = file.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(str(file), f"søgefilen kan ikke læses ({error}).", "Gem den som UTF-8 tekst med én søgning pr. linje.") from None
    return [line.strip() for line in (lines if lines[-1].strip() else lines[:-1])]


def show(hits: list[Hit]) -> None:
    for number, hit in enumerate(hits, 1):
        print(f"{number}. {hit.provision}  [{hit.kind}, {hit.score:.3f}]  {hit.title}\n   {hit.text}\n   {hit.url or ''}".rstrip())
