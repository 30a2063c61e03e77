"""Sentences of Danish and English prose, as spans. Built for administrative text: abbreviations, dates, sections of law.

Own code because reading is what the product exists for: "artikel 6, stk. 1, litra e" and "1. februar 2027" must stay whole
(docs/decisions/0003).
"""

# ruff: noqa: SIM905 - word lists read best as text
from __future__ import annotations

import re

from checker.model.project import Span

_ABBREVIATIONS = frozenset(
    """adm adr afd afs alm ang anm art bekendtg bet bl bla ca cand cf cirk d dat dir div dr dvs ekskl eks ell etc evt
    f ff fhv fig fm fmd forb forv fr frk ft fx gl gns hhv hr hrs if incl inkl iht ing inst jf jfr jr kap kbh kgl kl km kr kvt lb
    lbk ldr lign litra lok m ma maks max md mdl mdr medd mia mil mill min mio mr mrs ms mv n ndf nej nord nr nuv o obs og oma omg
    opl osv ovf ovs p par par pct pga pgf pkt pr prof pt red ref reg rev s sek sml soc st stk str sv sst t td tdl tf tidl tj tlf tr
    uafh udg udt ugtl undt univ v vedr vha vol vs yng årg
    e.g i.e vs no nos sec secs art arts para paras approx dept est inc ltd co corp fig vol st""".split()
)
_INITIAL = re.compile(r"(?:^|[\s(»\"])[A-ZÆØÅ]$")
_DOTTED = re.compile(r"(?:^|[\s(»\"/])((?:[a-zæøå]\.)+[a-zæøå]{1,3})$", re.I)
_DOTTED_CAN_END = frozenset("m.m m.v m.fl o.l o.lign o.s.v o.a m.h p.t p.a o.m a.m p.m".split())
_LETTER_OF_LAW = re.compile(r"(?:\b(?:litra|litera|bogstav|punkt|pnt|bilag|letter|point|annex|team|type)\s+\w|\d[a-z]|\w[-/]\w)$", re.I)
_END = re.compile(r"[.!?…]+[\"»«”“’')\]]*(?=\s|$)|;(?=\s)")
_NUMBER = re.compile(r"(?:^|[^\w])(\d{1,4})$")
# A number whose full stop makes it an ordinal or half a range; small letters after it need no rule.
_MONTH = re.compile(
    r"\s+(?:januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december|january|february|march|may|june|july|october)\b"
    r"|\s*[-–]\s*\d|\s+\d{1,2}\.(?:\s|$)",
    re.I,
)
_LOOK_BACK = 40
_CAPITAL = re.compile(r"\s+[A-ZÆØÅ]")
_NEXT_STARTS = re.compile(r"\s+[\"»«“”„'(\[*_<]*[A-ZÆØÅÉÖÜÄ0-9§•–—-]")


def sentences(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Spans of the sentences in `text[start:end]`, trimmed of white space, in order, never empty or overlapping.

    A semicolon ends one too: in case files it joins statements that stand on their own.
    """
    end = len(text) if end is None else end
    spans: list[Span] = []
    begin = start
    for match in _END.finditer(text, start, end):
        if _is_boundary(text, begin, match, end):
            _add(spans, text, begin, match.end())
            begin = match.end()
    _add(spans, text, begin, end)
    return spans


def _add(spans: list[Span], text: str, begin: int, end: int) -> None:
    while begin < end and text[begin].isspace():
        begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    if end > begin:
        spans.append(Span(start=begin, end=end))


def _is_boundary(text: str, begin: int, match: re.Match[str], end: int) -> bool:
    if match.end() >= end:
        return True
    mark = match.group(0)
    if mark == ";":
        return match.start() - begin > 15 and end - match.end() > 15
    if not mark.startswith("."):
        return bool(_NEXT_STARTS.match(text, match.end()))
    before = text[max(begin, match.start() - _LOOK_BACK) : match.start()]
    if mark == "." and (settled := _after_one_stop(text, before, match.end())) is not None:
        return settled
    return bool(_NEXT_STARTS.match(text, match.end()))


def _after_one_stop(text: str, before: str, after: int) -> bool | None:
    """Whether a single full stop ends the sentence, where an ordinal, an abbreviation or an initial stands before it."""
    if (number := _NUMBER.search(before)) and len(number.group(1)) <= 2 and _MONTH.match(text, after):
        return False
    word = re.split(r"[\s(»\"/-]", before)[-1].lower()
    of_law = _LETTER_OF_LAW.search(before) is not None
    if word in _ABBREVIATIONS and not of_law and not _ends_after_abbreviation(word, text, after):
        return False
    if dotted := _DOTTED.search(before):
        return dotted.group(1).lower() in _DOTTED_CAN_END and bool(_CAPITAL.match(text, after))
    return False if _INITIAL.search(before) and not of_law else None


_CAN_END = frozenset("osv etc mv kr mio pct mia mdr md min nej og if st art no nos par red fig max ref reg pr sec sek del led lign ing".split())


def _ends_after_abbreviation(word: str, text: str, after: int) -> bool:
    """Abbreviations that often close a sentence do so when a capital letter follows."""
    return word in _CAN_END and bool(_CAPITAL.match(text, after))
