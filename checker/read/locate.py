"""Finds the AI project in a document that holds more: agendas and minutes whose other items are about other matters."""

# ruff: noqa: SIM905 - word lists read best as text
from __future__ import annotations

import re
from itertools import pairwise

from checker.model.project import Block, LeftOut, Span

_ITEM = re.compile(r"^[#*\s]*(?:(?:dagsordens)?punkt|pkt\.?|sag|ad|emne|item|agenda item)\s*(?:nr\.?|no\.?)?\s*(\d{1,3})\b", re.I)
_NUMBERED = re.compile(r"^[#*\s]*(\d{1,3})[.):]?\s+\S")
_NUMBER = re.compile(r"^[#*\s]*(?:[^\W\d]+\.?\s*){0,2}\d{1,3}[.):]*[\s–-]*")
_AGENDA = re.compile(
    r"\b(dagsorden(?:en)?|dagsordenspunkter|beslutningsprotokol|(?:møde|beslutnings)?referat|(?:udvalgs|leder|direktions|uge|drifts|team|bestyrelses)møde|"
    r"agenda|minutes|meeting of|nyhedsbrev|mødedato|til stede|fraværende|afbud)\b",
    re.I,
)
_COMMITTEE = re.compile(r"\b(\w*udvalget|byrådet|kommunalbestyrelsen|direktionen|committee|council)\b", re.I)
_PROJECT_GROUP = re.compile(
    r"\b((?:styre|projekt|følge|arbejds)gruppe\w*|projektmøde\w*|(?:steering|project|working) (?:group|committee|board|team|meeting))\b", re.I
)
# Titles of the chapters of one description; a committee has no agenda item that is called just "Data" or "Økonomi".
_CHAPTER = re.compile(
    r"(?:indledning(?: og baggrund)?|baggrund(?: og formål)?|formål|problemet|løsningen|hvad (?:det er|bruges .*)|data|databehandling|oplysninger|"
    r"persondata|databeskyttelse|gdpr|jura|hjemmel|retsgrundlag|grundlag|behandlingsgrundlag|hjemmel og persondata|leverandør(?:en)?|kontrakten|"
    r"arbejdsgang|personalet|medarbejderne|mennesker|borger(?:en|ne)|kvalitet|mål|risici|risiko|sikkerhed|økonomi|tidsplan|organisering|"
    r"evaluering|opfølgning|gevinster?|background|purpose|the (?:problem|solution|system)|data protection|legal basis|vendor|supplier|"
    r"workflow|staff|citizens|quality|risks?|security|costs?|finances|budget|timeline|evaluation)",
    re.I,
)
AI_CUE = re.compile(
    r"\b(?:AI|KI|Al(?=[ -][a-zæøå])|GPT|LLM|RPA)\b|kunstig\w* intelligen|sprogmodel|maskinlær|machine.?learning|algoritm|chatbot|chatgpt|chatgtp|"
    r"copilot|generativ|neural|ansigtsgenkend|talegenkend|voicebot|robot|prædik|forudsig|language model|artificial intelligence|"
    r"\blært model|selvlær|billedgenkend|automatiser\w+ (?:sags|afgør)|beslutningsstøtte|\bmodel(?:len)? (?:læser|beregner|vurderer|sorterer|lærer|foreslår)|"
    r"\b(?:lærende|trænet|optrænet|trained|learning) (?:\w+ )?(?:model|system)|billedmodel|prognosemodel|risikomodel|face recognition|predict|"
    r"(?<![\w-])modellen\b|(?<![\w-])(?:en|a|the) model\b,? (?:\w+ ){0,4}"
    r"(?:foreslå|slår|skriv|hent|gætt|regn|udpeg|giv|that|which|trained|suggest|scor|rank|draft)",
    re.I,
)
_NAME = re.compile(r"(?<=[\wæøå,»(] )[»\"]?([A-ZÆØÅ][\wæøåÆØÅ-]{3,})")
_COMMON_NAMES = frozenset(
    """Datatilsynet Kommune Kommunen Danmark Monday Tuesday Wednesday Thursday Friday January February March April June July August
    September October November December Municipality DPIA GDPR ESDH EU-Kommissionen Staten Folketinget""".split()
)
_ABOUT_ANOTHER = "handler ikke om AI-projektet / not about the AI project"
_SMALL = 0.4


def locate(text: str, blocks: tuple[Block, ...]) -> tuple[tuple[Span, ...], tuple[LeftOut, ...]]:
    """The spans that describe the AI project, and what was left out with the reason.

    A document is taken whole unless it is an agenda: numbered items, some of which are about other matters. Minutes of
    the project's own group, and descriptions whose chapters are numbered, are about one matter.
    """
    whole = (Span(start=0, end=len(text)),)
    items = _items(text, blocks)
    if not items or _PROJECT_GROUP.search(text, 0, items[0]):
        return whole, ()
    sections = [Span(start=a, end=b) for a, b in pairwise([*items, len(text)])]
    with_ai = [s for s in sections if AI_CUE.search(text, s.start, s.end)]
    if not with_ai:
        return whole, ()
    main = _main_items(text, with_ai)
    others = [s for s in sections if s not in main]
    names = _names(text, main)
    linked = [s for s in others if names & _names(text, [s], least=1)]
    chapters = [s for s in sections if _CHAPTER.fullmatch(_bare_title(text, s))]
    if not others or len(linked) >= 2 or len(chapters) >= 2:
        return whole, ()
    taken = tuple(s for s in sections if s in main or s in linked)
    left_out = [LeftOut(span=s, title=_title(text, s), reason=_ABOUT_ANOTHER) for s in others if s not in linked]
    head = Span(start=0, end=items[0])
    if left_out and text[: head.end].strip():
        left_out.insert(0, LeftOut(span=head, title=_title(text, head), reason="dagsordenens hoved / agenda head"))
    return (taken, tuple(left_out)) if left_out else (whole, ())


def _main_items(text: str, with_ai: list[Span]) -> list[Span]:
    """The item that speaks most of AI, and others that are comparable to it; a passing mention is another matter."""
    counts = {s: len(AI_CUE.findall(text, s.start, s.end)) for s in with_ai}
    best = max(with_ai, key=lambda s: (counts[s], s.end - s.start))
    return [
        s for s in with_ai
        if s == best or (s.end - s.start >= _SMALL * (best.end - best.start) and (counts[s] >= 2 or _mentioned_in_title(text, s)))
    ]


def _mentioned_in_title(text: str, span: Span) -> bool:
    return bool(AI_CUE.search(_title(text, span)))


def _names(text: str, spans: list[Span], least: int = 2) -> set[str]:
    """Products, firms and persons written at least so many times: capital letters inside a sentence."""
    found = [m.group(1) for s in spans for m in _NAME.finditer(text, s.start, s.end)]
    return {n for n in found if found.count(n) >= least and n not in _COMMON_NAMES}


def _items(text: str, blocks: tuple[Block, ...]) -> list[int]:
    """Offsets where agenda items start: "Punkt 3", or numbered headings in a text that calls itself an agenda."""
    head = text[:600]
    named = [b.span.start for b in blocks if _ITEM.match(text[b.span.start : b.span.start + 60]) and _short(text, b)]
    if len(named) >= 3 or (len(named) == 2 and (_AGENDA.search(head) or _COMMITTEE.search(head))):
        return named
    if not _AGENDA.search(head):
        return []
    numbered = [(b, int(m.group(1))) for b in blocks if (m := _NUMBERED.match(text[b.span.start : b.span.end])) and _short(text, b)]
    starts = _running([n for n in numbered if n[0].kind == "heading"], gaps=True)
    return starts if len(starts) >= 3 else _running(numbered, gaps=False)


def _running(numbered: list[tuple[Block, int]], gaps: bool) -> list[int]:
    """Starts of the blocks whose numbers count up from the first one; an extract of an agenda may skip some."""
    starts: list[int] = []
    last = None
    for block, number in numbered:
        if last is None or number == last + 1 or (gaps and number > last):
            starts.append(block.span.start)
            last = number
    return starts if len(starts) >= 3 else []


def _short(text: str, block: Block) -> bool:
    return block.kind == "heading" or len(text[block.span.start : block.span.end]) < 120


def _title(text: str, span: Span) -> str:
    first = text[span.start : span.end].strip().splitlines()
    return first[0].strip("#* ")[:120] if first else ""


def _bare_title(text: str, span: Span) -> str:
    return _NUMBER.sub("", _title(text, span)).strip(" .:")
