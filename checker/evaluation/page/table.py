"""A table as the page shows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """`small` stands below the text, `mark` is a sign with its meaning for those who hear the page, `css` a class."""

    text: str
    small: str = ""
    mark: str = ""
    href: str = ""
    css: str = ""


@dataclass(frozen=True)
class Row:
    """The first cell is the header of the row. `split` lets the page's filter hide the row."""

    cells: tuple[Cell, ...]
    split: str = ""


@dataclass(frozen=True)
class Table:
    """`left` columns are text, the others figures. `id` names the region that scrolls when the table is wide."""

    id: str
    caption: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    left: int = 1
    split: str = ""


def row(*texts: str, split: str = "") -> Row:
    return Row(tuple(Cell(t) for t in texts), split)
