"""A read guideline (PDF, Word, HTML, Markdown) → its points, each verbatim with its place in the document.

The document's own numbers are kept, because they are what people cite ("pkt. 3.4"); what has none is counted s1, s2, … in the order
of the document, as `checker.knowledge.documents` does for the shipped guideline.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

from checker.errors import InputTooLarge
from checker.model.law import Frozen
from checker.model.legal import LegalPassage
from checker.model.project import Block, Document, Span

MAX_CHARS = 1_500_000
MAX_PAGES = 400
MAX_POINTS = 3_000
"""A guideline has tens of pages. What is far longer is another document (a whole set of case files), and nobody could read its proposals."""

_FIGURES = r"\d{1,3}(?:\.\d{1,3})+[.)]?|\d{1,3}[.)](?=\s)"
_NUMBER = re.compile(rf"\s*(?:[#>*_\-•–·]+\s*)?(?:\*\*)?(?:(?:pkt\.?|punkt|§)\s*)?({_FIGURES}|(?<=§ )\d{{1,3}}\.?)(?:\*\*)?\s", re.I)
_LETTER = re.compile(r"\s*\(?([a-zæøå])[.)]\s")
_HEADING_NUMBER = re.compile(r"\s*#*\s*(?:(?:kapitel|afsnit|del|punkt|§)\s*)?(\d{1,3}(?:\.\d{1,3})*)[.)]?\s", re.I)
_CELL_NUMBER = re.compile(r"(?:pkt\.?\s*|krav\s*|§\s*)?([A-ZÆØÅ]{0,3}[-.]?\d{1,3}(?:[.-]\d{1,3})*)[.)]?", re.I)
_INNER = re.compile(r"\n(?=\s*(?:\*\*)?\d{1,3}(?:\.\d{1,3})+[.)]?(?:\*\*)?\s|\s*(?:\*\*)?\d{1,3}[.)](?:\*\*)?\s+[A-ZÆØÅ»\"*])")
_BULLET = re.compile(r"\s*(?:[-*•–·▪◦‣+]|\(?\d{1,3}[.)]|\(?[a-zæøå][.)])\s+")
_HASHES = re.compile(r"^[\s#]+|[\s#]+$")
_FRAGMENT = 25
_HEAD_CELL = 40

# What a person does not see. Soft hyphens and a single zero-width space come along with honest copies from the web; the rest does not.
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
_TRICK = re.compile("[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
_ZERO_WIDTH = re.compile("[\u200b-\u200f\u2060-\u2064]")
_STRAY = 3
_UNSEEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|template|noscript)\b.*?(?:</\1\s*>|\Z)"
    r"|<(\w+)[^>]*(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|\shidden\b)[^>]*>.*?(?:</\2\s*>|\Z)",
    re.I | re.S,
)
_MARKS = re.compile(r"\*\*|__|`")
_SPACE = re.compile(r"\s+")


class Cell(Frozen):
    """One cell of a table row under the head of its column (empty when the table has none)."""

    head: str
    text: str
    span: Span


class GuidelinePoint(Frozen):
    """One point. `document.text[span.start:span.end] == passage.text`; `content` is where the words begin after number and bullet."""

    passage: LegalPassage
    span: Span
    content: int
    shape: Literal["paragraph", "list_item", "table_row"]
    page: int | None = None
    lead: str = ""
    cells: tuple[Cell, ...] = ()


class _Unit(Frozen):
    span: Span
    shape: Literal["paragraph", "list_item", "table_row"]
    heading: tuple[str, ...]
    under: str
    page: int | None
    lead: str = ""
    cells: tuple[Cell, ...] = ()


def points_of(document: Document, act: str, language: Literal["da", "en"] = "da") -> tuple[GuidelinePoint, ...]:
    """The points of a guideline in order, with ids `<act>:pkt_<number>` that are unique.

    Raises:
        InputTooLarge: far longer than a guideline; says which limit and what to hand in instead.
    """
    _refuse_long(document)
    found: list[GuidelinePoint] = []
    seen: Counter[str] = Counter()
    under: Counter[str] = Counter()
    last = ""
    for unit in _merged(list(_units(document))):
        own, last = _own_number(document.text, unit, last)
        serial = len(found) + 1
        if not own and unit.under:
            under[unit.under] += 1
            own = f"{unit.under}.s{under[unit.under]}"
        found.append(_point(document, act, language, unit, _unique(own or f"s{serial}", seen), serial))
    if len(found) > MAX_POINTS:
        why = f"{len(found):,} punkter; grænsen for en retningslinje er {MAX_POINTS:,} (too many points)."
        raise InputTooLarge(document.source, why, "Aflevér selve retningslinjen uden bilag.")
    return tuple(found)


def hidden_spans(text: str) -> tuple[Span, ...]:
    """Comments, scripts and markup that a reader of the page does not see."""
    return tuple(Span(start=m.start(), end=m.end()) for m in _UNSEEN.finditer(text))


def is_tricked(text: str) -> bool:
    """True for text with characters that hide or reorder letters: tag characters, direction overrides, many zero-width spaces."""
    return bool(_TRICK.search(text)) or len(_ZERO_WIDTH.findall(text)) > _STRAY


def readable(text: str) -> str:
    """A piece of text as a person sees it, in one line."""
    return _SPACE.sub(" ", _MARKS.sub("", INVISIBLE.sub("", text))).strip()


def _refuse_long(document: Document) -> None:
    pages = max((b.page or 0 for b in document.blocks), default=0)
    hint = "Aflevér selve retningslinjen, uden bilag og sagsakter / hand in the guideline itself, without annexes."
    if pages > MAX_PAGES:
        raise InputTooLarge(document.source, f"{pages:,} sider; grænsen for en retningslinje er {MAX_PAGES} sider (too many pages).", hint)
    if len(document.text) > MAX_CHARS:
        raise InputTooLarge(document.source, f"{len(document.text):,} tegn; grænsen for en retningslinje er {MAX_CHARS:,} (too long).", hint)


def _units(document: Document) -> Iterator[_Unit]:
    """Paragraphs, list items and rows with the headings above them; headings and the heads of tables are no points."""
    text, path = document.text, list[tuple[int, str]]()
    lead, heads = "", tuple[str, ...]()
    blocks = document.blocks
    for i, block in enumerate(blocks):
        raw = text[block.span.start : block.span.end]
        if block.kind == "heading":
            level = block.level or 2
            path = [(n, h) for n, h in path if n < level] + [(level, raw)]
            lead, heads = "", ()
            continue
        heading = tuple(readable(_HASHES.sub("", _UNSEEN.sub("", h))) for _, h in path)
        number = _HEADING_NUMBER.match(path[-1][1]) if path else None
        under = number.group(1) if number else ""
        if block.kind == "table_row":
            cells = _cells(text, block, heads)
            if _is_head(cells, blocks, i):
                heads = tuple(readable(c.text) for c in cells)
                continue
            yield _Unit(span=block.span, shape="table_row", heading=heading, under=under, page=block.page, cells=cells)
            continue
        heads = ()
        shape: Literal["paragraph", "list_item"] = "list_item" if block.kind == "list_item" else "paragraph"
        for span in _parts(raw, block.span.start):
            piece = text[span.start : span.end]
            bullet = shape == "list_item" and not _NUMBER.match(piece + " ")
            yield _Unit(span=span, shape=shape, heading=heading, under=under, page=block.page, lead=lead if bullet else "")
            if piece.rstrip().endswith(":"):
                lead = readable(_BULLET.sub("", piece, count=1) if _BULLET.match(piece) else piece)
            elif not bullet:
                lead = ""


def _parts(raw: str, start: int) -> Iterator[Span]:
    """The numbered points that run together in one block, as they do in text taken out of a PDF."""
    cuts = [0, *(m.end() for m in _INNER.finditer(raw)), len(raw)]
    for a, b in pairwise(cuts):
        piece = raw[a:b]
        if piece.strip():
            left = a + len(piece) - len(piece.lstrip())
            yield Span(start=start + left, end=start + a + len(piece.rstrip()))


def _cells(text: str, row: Block, heads: Sequence[str]) -> tuple[Cell, ...]:
    bars = [i for i in range(row.span.start, row.span.end) if text[i] == "|"]
    spans = [Span(start=a + 1, end=b) for a, b in pairwise(bars)] or [row.span]
    found = []
    for i, span in enumerate(spans):
        body = text[span.start : span.end]
        start = span.start + len(body) - len(body.lstrip())
        end = max(start, span.start + len(body.rstrip()))
        found.append(Cell(head=heads[i] if i < len(heads) else "", text=text[start:end], span=Span(start=start, end=end)))
    return tuple(found)


def _is_head(cells: tuple[Cell, ...], blocks: Sequence[Block], at: int) -> bool:
    """The first row of a table whose cells are short names."""
    first = at == 0 or blocks[at - 1].kind != "table_row"
    more = at + 1 < len(blocks) and blocks[at + 1].kind == "table_row"
    short = all(len(c.text) < _HEAD_CELL and (len(c.text) < 6 or not c.text.endswith((".", "!", "?"))) for c in cells)
    return first and more and len(cells) > 1 and short and not _CELL_NUMBER.fullmatch(cells[0].text)


def _merged(units: list[_Unit]) -> Iterator[_Unit]:
    """A fragment stays with its neighbour under the same heading, because "- logs" means nothing without "Slet:"."""
    pending: _Unit | None = None
    for unit in units:
        if pending is not None and _is_fragment(unit, pending):
            pending = pending.model_copy(update={"span": Span(start=pending.span.start, end=unit.span.end)})
            continue
        if pending is not None:
            yield pending
        pending = unit
    if pending is not None:
        yield pending


def _is_fragment(unit: _Unit, before: _Unit) -> bool:
    short = unit.span.end - unit.span.start < _FRAGMENT
    return short and unit.shape == "list_item" and before.shape != "table_row" and unit.heading == before.heading and bool(unit.lead or before.lead)


def _own_number(text: str, unit: _Unit, last: str) -> tuple[str, str]:
    """(the number the document gives this point or "", the last number seen: "a)" below "5." is 5.a)."""
    if unit.shape == "table_row":
        cell = _CELL_NUMBER.fullmatch(unit.cells[0].text) if len(unit.cells) > 1 else None
        return (cell.group(1).strip(".-"), "") if cell else ("", "")
    piece = text[unit.span.start : unit.span.end] + " "
    if number := _NUMBER.match(piece):
        found = number.group(1).rstrip(".)")
        return found, found
    if (letter := _LETTER.match(piece)) and last and unit.shape == "list_item":
        return f"{last}.{letter.group(1)}", last
    return "", last if unit.shape == "list_item" else ""


def _unique(number: str, seen: Counter[str]) -> str:
    seen[number] += 1
    while seen[number] > 1:
        other = f"{number}_{seen[number]}"
        if other not in seen:
            seen[other] += 1
            return other
        seen[number] += 1
    return number


def _point(document: Document, act: str, language: Literal["da", "en"], unit: _Unit, number: str, serial: int) -> GuidelinePoint:
    text = document.text[unit.span.start : unit.span.end]
    match = _NUMBER.match(text + " ") or _BULLET.match(text)
    skip = match.end() if match and unit.shape != "table_row" else 0
    ident = f"{act}:pkt_{number}"
    passage = LegalPassage(
        id=ident,
        act=act,
        language=language,
        kind="guideline",
        number=number,
        heading=unit.heading,
        title=unit.heading[-1] if unit.heading else "",
        text=text,
        clean=readable(_without_unseen(text[min(skip, len(text)) :])),
        parent=ident,
        order=serial - 1,
    )
    content = unit.span.start + min(skip, len(text))
    return GuidelinePoint(passage=passage, span=unit.span, content=content, shape=unit.shape, page=unit.page, lead=unit.lead, cells=unit.cells)


def _without_unseen(text: str) -> str:
    return _UNSEEN.sub(" ", text)
