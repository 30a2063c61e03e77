"""Blocks written one after the other into a text, each with the exact span where it came to stand."""

from __future__ import annotations

import re

from checker.adapters.documents import refuse
from checker.adapters.documents.limits import MAX_TEXT_CHARS
from checker.model.project import Block, BlockKind, Document, Span
from checker.read.address import addresses_checker
from checker.read.segment import sentences
from checker.read.structure import blocks_of

HIDDEN_LEFT_OUT = "Skjult tekst i dokumentet er ikke læst med / hidden text in the document was left out"
DELETED_LEFT_OUT = "Tekst, der er slettet med sporede ændringer, er ikke læst med / text deleted under tracked changes was left out"
CONTENTS_LEFT_OUT = "Indholdsfortegnelsen er ikke læst med / the table of contents was left out"

COMMENTS_LEFT_OUT = "Kommentarer i dokumentet er ikke læst med / comments in the document were left out"
HIDDEN, DELETED, COMMENTS = ("Skjult tekst", "hidden text"), ("Slettet tekst", "deleted text"), ("En kommentar", "a comment")
MARGINS, PICTURES = ("Sidehoved eller sidefod", "a page header or footer"), ("En billedtekst", "a picture's text")
PROPERTIES = ("Filens egenskaber", "the file's properties")
_UNREAD_CHARS = 40_000  # of each kind are looked through; orders to the tool are short
_SHOWN = 160

_BREAKS = re.compile("\r\n?|\x0b|\x0c|\x85|\u2028|\u2029")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufeff]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_TYPED_BULLET = re.compile(r"[-*•–·▪◦‣]\s+\S")
_TYPED_NUMBER = re.compile(r"(?:\(?\d{1,2}[.)]|\(?[a-zæøå][.)])\s+\S")
_ENDS_PROSE = re.compile(r"[.!?,;…»\"”)]$|[-–]$")


def tidy(text: str) -> str:
    """Text that every later step can hold: one kind of line break, no control characters, no halves of characters."""
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub("", _BREAKS.sub("\n", text)))


def could_be_heading(text: str) -> bool:
    """Whether a line in bold is short and unfinished enough to head what follows."""
    return bool(text) and "\n" not in text and len(text) <= 90 and len(text.split()) <= 13 and not _ENDS_PROSE.search(text)


class Draft:
    """Grows block by block. `add` and `row` raise InputTooLarge when the text passes the limit."""

    def __init__(self, source: str, format_: str) -> None:
        self._source = source
        self._format = format_
        self._pieces: list[str] = []
        self._blocks: list[Block] = []
        self._length = 0
        self._notes: list[str] = []
        self._unread: dict[tuple[str, str], list[str]] = {}

    def unread(self, kind: tuple[str, str], text: str | None) -> None:
        """Keeps what stands in the file and is not read, to tell when it speaks to the tool."""
        if text and text.strip():
            self._unread.setdefault(kind, []).append(text)

    def note(self, line: str) -> None:
        if line not in self._notes:
            self._notes.append(line)

    def add(self, kind: BlockKind, text: str, level: int = 0, page: int | None = None) -> None:
        """Adds a block. A paragraph with typed line breaks is taken apart as plain text is (unless it comes from a page)."""
        text = tidy(text).strip()
        if not text:
            return
        if kind == "heading":
            text = " ".join(text.split("\n"))
        if kind == "list_item" and not _TYPED_BULLET.match(text) and not _TYPED_NUMBER.match(text):
            text = f"- {text}"
        if kind == "paragraph" and _TYPED_BULLET.match(text) and "\n" not in text:
            kind = "list_item"
        start = self._open(kind, len(text))
        self._pieces.append(text)
        inner = blocks_of(text) if kind == "paragraph" and "\n" in text and page is None else ()
        if inner:
            shifted = (Span(start=start + b.span.start, end=start + b.span.end) for b in inner)
            self._blocks += [b.model_copy(update={"span": s, "page": page}) for b, s in zip(inner, shifted, strict=True)]
        else:
            self._blocks.append(Block(kind=kind, span=Span(start=start, end=start + len(text)), level=level, page=page))

    def row(self, cells: list[str], page: int | None = None) -> None:
        """Adds a table row as `| cell | cell |`; an empty answer keeps its place, a bar inside a cell becomes a slash."""
        texts = [" ".join(tidy(cell).split()).replace("|", "/") for cell in cells]
        if any(texts):
            self.add("table_row", f"| {' | '.join(texts)} |", page=page)

    def _open(self, kind: BlockKind, length: int) -> int:
        """Writes what separates this block from the one before, and returns where it starts."""
        if self._blocks:
            before = self._blocks[-1].kind
            apart = "heading" in (kind, before) or (kind == "table_row") != (before == "table_row")
            self._pieces.append("\n\n" if apart else "\n")
            self._length += len(self._pieces[-1])
        start = self._length
        self._length += length
        if self._length > MAX_TEXT_CHARS:
            raise refuse.text_too_long(self._source, MAX_TEXT_CHARS)
        return start

    def document(self) -> Document:
        """The finished document.

        Raises:
            EmptyInput: no block was added.
        """
        if not self._blocks:
            raise refuse.empty(self._source)
        for kind, pieces in self._unread.items():
            if said := spoken_in(" ".join(pieces)):
                self.note(unread_note(kind, said))
        return Document(
            source=self._source, format=self._format, text="".join(self._pieces), blocks=tuple(self._blocks), notes=tuple(self._notes)
        )


def unread_note(kind: tuple[str, str], said: str) -> str:
    return f"{kind[0]} henvender sig til værktøjet og er ikke læst med: »{said}« / {kind[1]} addresses the tool and was left out"


def spoken_in(text: str) -> str:
    """The first words, shortened, with which a text that is not read addresses the tool; empty when it does not."""
    text = tidy(text[:_UNREAD_CHARS])
    found = next((text[s.start : s.end] for s in sentences(text) if addresses_checker(text[s.start : s.end])), "")
    found = " ".join(found.split())
    return found if len(found) <= _SHOWN else f"{found[:_SHOWN].rstrip()} …"
