"""A text cut at the ends of its marked passages, which may overlap in any way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Spot:
    """A marked passage: `who` marked it (g gold, s said), for which column of the matrix."""

    start: int
    end: int
    who: str
    column: int


@dataclass(frozen=True)
class Piece:
    """A stretch of text with one marking: "" none, g, s, or b for both. `columns` are those whose passage ends here."""

    text: str
    css: str
    columns: tuple[int, ...]


def pieces(text: str, spots: Sequence[Spot]) -> tuple[Piece, ...]:
    """The whole text in pieces; joined they are the text again."""
    inside = [s for s in spots if 0 <= s.start < s.end <= len(text)]
    edges = sorted({0, len(text), *(s.start for s in inside), *(s.end for s in inside)})
    found = []
    for start, end in pairwise(edges):
        who = {s.who for s in inside if s.start <= start and end <= s.end}
        css = "b" if len(who) > 1 else next(iter(who), "")
        found.append(Piece(text[start:end], css, tuple(sorted({s.column for s in inside if s.end == end}))))
    return tuple(found)
