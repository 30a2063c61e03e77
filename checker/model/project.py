"""A handed-in description: its extracted text, its located passages, and quotes that can be checked."""

from __future__ import annotations

import hashlib
from typing import Literal

from pydantic import Field

from checker.model.law import Frozen

BlockKind = Literal["heading", "paragraph", "list_item", "table_row"]


class Span(Frozen):
    """Half-open range of characters in the extracted text."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Block(Frozen):
    """A heading, paragraph, list item or table row, in document order."""

    kind: BlockKind
    span: Span
    level: int = 0
    page: int | None = None


class Document(Frozen):
    """Extracted text and its blocks. `text` is what every offset in a report counts in."""

    source: str
    format: str
    text: str
    blocks: tuple[Block, ...]
    notes: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


class Quote(Frozen):
    """A piece of text as written. `orphaned` when it is not found where it should be: shown, weightless."""

    text: str
    start: int = Field(ge=-1)
    end: int = Field(ge=-1)
    orphaned: bool = False

    @classmethod
    def of(cls, text: str, start: int, end: int) -> Quote:
        return cls(text=text[start:end], start=start, end=end)

    def verified_in(self, text: str) -> Quote:
        """The same quote, marked `orphaned` unless `text[start:end]` is exactly this quote."""
        found = 0 <= self.start <= self.end and text[self.start : self.end] == self.text and self.text != ""
        return self if found and not self.orphaned else self.model_copy(update={"orphaned": not found})


class Passage(Frozen):
    """One sentence, heading, list item or form field.

    `text` is exactly as written (`Document.text[start:end]`); `clean` is the same with noise mended, for reading only.
    `context` is the clean text of what stands before it under the same heading (form label, lead-in of a list).
    """

    index: int
    text: str
    clean: str
    start: int
    end: int
    kind: BlockKind
    heading: str = ""
    context: str = ""
    page: int | None = None

    @property
    def quote(self) -> Quote:
        return Quote(text=self.text, start=self.start, end=self.end)


class LeftOut(Frozen):
    """A part of the document that is not the AI project, and why."""

    span: Span
    title: str
    reason: str


class Project(Frozen):
    """What is checked: the passages of the document that describe the AI project."""

    title: str
    source: str
    language: Literal["da", "en"]
    text: str
    passages: tuple[Passage, ...]
    taken: tuple[Span, ...]
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    addresses_checker: tuple[Quote, ...] = ()
