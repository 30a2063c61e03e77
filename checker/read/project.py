"""Puts reading together: language, located part, passages with context."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from itertools import pairwise

from checker.errors import EmptyInput
from checker.model.project import Block, BlockKind, Document, Passage, Project, Span
from checker.read.address import addressing
from checker.read.clean import clean, is_noisy
from checker.read.language import language
from checker.read.locate import AI_CUE, locate
from checker.read.segment import sentences

_CELL = re.compile(r"\|")
_RUN_IN = re.compile(r"^\s*(?:\*\*|__)(.{2,60}?)(?:\*\*|__)")
_LEADING = re.compile(r"^[\s#>*_\-•–·]+")
_BULLET = re.compile(r"^\s*(?:[-*•–·o+e]|\(?\d{1,2}[.)]|\(?[a-zæøå][.)])\s+(?=\S)")
_TECHNOLOGY = re.compile(
    r"\w*model(?:len|ler|lerne|s)?\b|trænet|trained|\blært|\blearn|automat|software|\bsystem|\bprogram(?:met|mer)?\b|\bapp\b|kamera|camera|sensor|radar|kunstig|artificial|avatar|"
    r"transskri|transcri|genkend|recogni|scanne|regelmotor|rule engine", re.I
)
_MAX_REPEATS = 3


def read_project(document: Document) -> Project:
    """The project a document describes.

    Raises:
        EmptyInput: nothing but white space.
        UnsupportedInput: another language than Danish or English.
    """
    if not document.text.strip():
        raise EmptyInput(document.source, "der er ingen tekst i dokumentet (the document holds no text).", "Vælg en fil med en projektbeskrivelse.")
    spoken = _spoken(document, noisy=False)
    own = _without(document.text, spoken)
    tongue = language(own, document.source)
    noisy = tongue == "da" and is_noisy(own)
    if noisy:
        seen = {p.start for p in spoken}
        spoken = sorted([*spoken, *(p for p in _spoken(document, noisy) if p.start not in seen)], key=lambda p: p.start)
        own = _without(document.text, spoken)
    taken, left_out = locate(own, document.blocks)
    starts = frozenset(p.start for p in spoken)
    found = list(_passages(document, taken, noisy, starts))
    passages, repeats = _without_repeats(found)
    notes = list(document.notes)
    if repeats:
        notes.append(f"{repeats} gentagelser af linjer, der er læst {_MAX_REPEATS} gange, er udeladt / {repeats} further repeats of the same lines left out")
    if noisy:
        notes.append("Teksten ligner OCR-læst tekst; støj er rettet under læsningen, citater er gengivet som skrevet / OCR noise mended for reading only")
    if not AI_CUE.search(own) and not _TECHNOLOGY.search(own):
        notes.append("Teksten nævner ikke AI; kontrollér, at det er den rigtige fil / the text does not mention AI; check that it is the right file")
    return Project(
        title=_title(document, taken, tuple(p for p in passages if p.start not in starts) or passages),
        source=document.source,
        language=tongue,
        text=document.text,
        passages=passages,
        taken=taken,
        left_out=left_out,
        notes=tuple(notes),
        addresses_checker=tuple(p.quote for p in _without_repeats(spoken)[0]),
    )


def _spoken(document: Document, noisy: bool) -> list[Passage]:
    """What addresses the checker, anywhere in the document. Found first, so that it cannot pass for an agenda, a heading or a language."""
    whole = (Span(start=0, end=len(document.text)),)
    return addressing(list(_passages(document, whole, noisy)), {b.span.start for b in document.blocks})


def _without(text: str, spoken: list[Passage]) -> str:
    """The text with blanks where it addresses the checker; as it is where it does nothing else."""
    own = list(text)
    for passage in spoken:
        own[passage.start : passage.end] = " " * (passage.end - passage.start)
    blanked = "".join(own)
    return blanked if blanked.strip() else text


def _passages(document: Document, taken: tuple[Span, ...], noisy: bool, spoken: AbstractSet[int] = frozenset()) -> Iterator[Passage]:
    """Passages in order; those that start at `spoken` address the checker, and are no heading of what follows."""
    heading, lead_in, index = "", "", 0
    for block in document.blocks:
        if not any(s.start <= block.span.start < s.end for s in taken):
            continue
        raw = document.text[block.span.start : block.span.end]
        if block.kind == "heading":
            if block.span.start not in spoken:
                heading, lead_in = clean(_LEADING.sub("", raw), noisy), ""
            yield _passage(index, document, block, block.span, kind="heading", noisy=noisy, heading="", context="")
            index += 1
            continue
        context = heading
        if (match := _RUN_IN.match(raw)) and block.span.start not in spoken:
            heading = context = clean(match.group(1), noisy).rstrip(".:")
        if block.kind == "table_row":
            parts = _row_parts(document.text, block.span)
            context, spans = clean(parts[0], noisy), parts[1]
        else:
            spans = sentences(document.text, block.span.start, block.span.end)
        if block.kind == "list_item" and lead_in:
            context = f"{heading} {lead_in}".strip()
        for span in spans:
            passage = _passage(index, document, block, span, kind=block.kind, noisy=noisy, heading=heading, context=context)
            if passage.clean:
                yield passage
                index += 1
        if block.kind == "paragraph" and block.span.start not in spoken:
            lead_in = clean(raw, noisy) if raw.rstrip().endswith(":") else ""


def _row_parts(text: str, row: Span) -> tuple[str, list[Span]]:
    """A form row's label and the spans of its statements: the whole row when the answer is one sentence."""
    bars = [m.start() for m in _CELL.finditer(text, row.start, row.end)]
    cells = [Span(start=a + 1, end=b) for a, b in pairwise(bars)] or [row]
    label = text[cells[0].start : cells[0].end].strip()
    statements = [s for cell in cells[1:] for s in sentences(text, cell.start, cell.end)]
    if len(cells) < 2 or len(statements) <= 1:
        return label, [row]
    return label, statements


def _passage(
    index: int, document: Document, block: Block, span: Span, *, kind: BlockKind, noisy: bool, heading: str, context: str
) -> Passage:
    raw = document.text[span.start : span.end]
    return Passage(
        index=index,
        text=raw,
        clean=_reading_text(raw, kind, noisy),
        start=span.start,
        end=span.end,
        kind=kind,
        heading=heading,
        context=context,
        page=block.page,
    )


def _reading_text(raw: str, kind: BlockKind, noisy: bool) -> str:
    if kind == "table_row":
        return _row_text(raw, noisy)
    return clean(_LEADING.sub("", _BULLET.sub("", raw) if kind == "list_item" else raw), noisy)


def _row_text(raw: str, noisy: bool) -> str:
    cells = [clean(c, noisy) for c in raw.strip().strip("|").split("|")]
    return ": ".join(c for c in cells if c)


def _without_repeats(passages: list[Passage]) -> tuple[tuple[Passage, ...], int]:
    """A line that comes back again and again (page headers, pasted rows) is read a few times only."""
    seen: dict[str, int] = {}
    kept: list[Passage] = []
    for passage in passages:
        seen[passage.clean] = seen.get(passage.clean, 0) + 1
        if seen[passage.clean] <= _MAX_REPEATS:
            kept.append(passage.model_copy(update={"index": len(kept)}))
    return tuple(kept), len(passages) - len(kept)


def _title(document: Document, taken: tuple[Span, ...], passages: tuple[Passage, ...]) -> str:
    first = next((p for p in passages if p.kind == "heading"), passages[0] if passages else None)
    if first is None:
        return document.source
    title = first.clean
    return title if len(title) <= 120 else title[:117].rstrip() + "…"
