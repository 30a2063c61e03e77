"""Finds the AI project in a document that holds more: agendas and minutes whose other items are about other matters."""

from __future__ import annotations

import re

from checker.model.project import Block, LeftOut, Span

_ITEM = re.compile(
    r"^[#*\s]*(?:(?:dagsordens)?punkt|pkt\.?|sag|ad|emne|item|agenda item)\s*(?:nr\.?|no\.?)?\s*(\d{1,3})\b", re.I
)
_NUMBERED = re.compile(r"^[#*\s]*(\d{1,2})[.):]?\s+\S")
_AGENDA = re.compile(
    r"\b(dagsorden|dagsordenspunkter|beslutningsprotokol|(møde)?referat|udvalgsmøde|ledermøde|direktionsmøde|\w*udvalget[s]?\b|"
    r"agenda|minutes|meeting of|nyhedsbrev|mødedato|til stede|fraværende|afbud)", re.I
)
AI_CUE = re.compile(
    r"\b(?:AI|KI|Al(?=[ -][a-zæøå])|GPT|LLM|RPA)\b|kunstig\w* intelligen|sprogmodel|maskinlær|machine.?learning|algoritm|chatbot|chatgpt|chatgtp|"
    r"copilot|generativ|neural|ansigtsgenkend|talegenkend|voicebot|robot|prædik|forudsig|language model|artificial intelligence|"
    r"\blært model|selvlær|billedgenkend|automatiser\w+ (?:sags|afgør)|beslutningsstøtte|\bmodel(?:len)? (?:læser|beregner|vurderer|sorterer|lærer|foreslår)",
    re.I,
)


def locate(text: str, blocks: tuple[Block, ...]) -> tuple[tuple[Span, ...], tuple[LeftOut, ...]]:
    """The spans that describe the AI project, and what was left out with the reason.

    A document is taken whole unless it is an agenda: at least three numbered items, some of which say nothing of AI.
    """
    whole = (Span(start=0, end=len(text)),)
    items = _items(text, blocks)
    if len(items) < 3:
        return whole, ()
    preamble, sections = _sections(text, items)
    with_ai = [s for s in sections if AI_CUE.search(text, s.start, s.end)]
    if not with_ai or len(with_ai) == len(sections):
        return whole, ()
    best = _densest(text, with_ai)
    left_out = [
        LeftOut(span=s, title=_title(text, s), reason="handler ikke om AI-projektet / not about the AI project")
        for s in sections
        if s not in best
    ]
    if preamble.end > preamble.start and text[preamble.start : preamble.end].strip():
        left_out.insert(0, LeftOut(span=preamble, title=_title(text, preamble), reason="dagsordenens hoved / agenda head"))
    return tuple(best), tuple(left_out)


def _densest(text: str, sections: list[Span]) -> list[Span]:
    """Items that mention AI only in passing are dropped when another item is clearly about it."""
    counts = [len(AI_CUE.findall(text, s.start, s.end)) for s in sections]
    if max(counts) < 3:
        return sections
    return [s for s, n in zip(sections, counts, strict=True) if n >= 2 or _mentioned_in_title(text, s)]


def _mentioned_in_title(text: str, span: Span) -> bool:
    return bool(AI_CUE.search(_title(text, span)))


def _items(text: str, blocks: tuple[Block, ...]) -> list[int]:
    """Offsets where agenda items start: "Punkt 3", or plain numbered headings in a text that calls itself an agenda."""
    named = [b.span.start for b in blocks if _ITEM.match(text[b.span.start : b.span.start + 60]) and _short(text, b)]
    if len(named) >= 3:
        return named
    if not _AGENDA.search(text[:600]):
        return []
    numbered = [(b.span.start, m) for b in blocks if (m := _NUMBERED.match(text[b.span.start : b.span.end])) and _short(text, b)]
    starts: list[int] = []
    expected = 1
    for start, match in numbered:
        if int(match.group(1)) == expected:
            starts.append(start)
            expected += 1
    return starts if len(starts) >= 3 else []


def _short(text: str, block: Block) -> bool:
    return block.kind == "heading" or len(text[block.span.start : block.span.end]) < 120


def _sections(text: str, items: list[int]) -> tuple[Span, list[Span]]:
    ends = [*items[1:], len(text)]
    return Span(start=0, end=items[0]), [Span(start=s, end=e) for s, e in zip(items, ends, strict=True)]


def _title(text: str, span: Span) -> str:
    first = text[span.start : span.end].strip().splitlines()
    return first[0].strip("#* ")[:120] if first else ""
