"""Helpers of `checker corpus search` and `checker ask`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from checker.errors import InputError, SettingsError
from checker.ports import Hit

if TYPE_CHECKING:
    from checker.wiring import Workbench


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


def known_act(act: str | None, bench: Workbench) -> str | None:
    """The act that a search is narrowed to.

    Raises:
        SettingsError: nothing of it is in the index.
    """
    if act is None:
        return None
    indexed = sorted({d.act for d in bench.index.documents.values()})
    if act not in indexed:
        fetch = f" Hent den med: checker corpus fetch {act}" if act in bench.sources else ""
        raise SettingsError(f"Loven {act} findes ikke i indekset.", f"Kendte: {', '.join(indexed)}.{fetch}")
    return act


def show(hits: list[Hit]) -> None:
    for number, hit in enumerate(hits, 1):
        print(f"{number}. {hit.provision}  [{hit.kind}, {hit.score:.3f}]  {hit.title}\n   {hit.text}\n   {hit.url or ''}".rstrip())
