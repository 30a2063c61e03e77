"""Danish acts as JSON, a text per section, in which paragraphs, numbers and letters run on in one line.

"Stk. 2." and "1)" are found where the act's structure puts them: in order from the first, where a paragraph or a point can
begin. "efter stk. 2", "Stk. 1 gælder også" or "de i 1) og 2) nævnte" are running text. Chapters come with their number
only; annexes are left out; a footnote stands in the middle of the text with its mark ("1) Ved kongelig resolution …").
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from checker.errors import CorpusError
from checker.knowledge.danish_acts import (
    FETCH_AGAIN,
    FORMAT,
    TRANSITION,
    Draft,
    Identity,
    act_text,
    name_of,
    printed_number,
    refuse_what_is_no_act,
    same_act,
    slug,
)
from checker.model.legal import ActText, PassageKind

_LABEL = re.compile(r"§{1,2}\s*\d[^.]*\.\s*")
_STK = re.compile(r"(?<!\w)Stk\.\s(?P<first>\d+)(?:\s?(?:-|–|og)\s?(?P<last>\d+))?\.\s+(?=[A-ZÆØÅ§(»\"“„\d])")
_MARK = re.compile(r"(?<![\w(§/.–-])(?:(?P<nr>\d{1,3}(?:\s[a-z])?)|(?P<lit>[a-zæøå]))\)(?=\s)")
_LETTERS = "abcdefghijklmnopqrstuvwxyzæøå"
_POINTING = re.compile(r"\s*(?:nævn|anfør|omhandl|angiv|beskr|omtal|opregn)\w*", re.IGNORECASE)
# A paragraph or a point never begins after these: the mark is what they refer to.
_BEFORE_STK = frozenset(["jf.", "efter", "i", "af", "og", "eller", "til", "samt", "ved", "med", "under", "uanset", "dog", "for", "fra", "på", "om", "end"])
_BEFORE_MARK = frozenset(["nr.", "nummer", "litra", "bogstav", "punkt", "pkt.", "under", "jf.", "note", "noten", "fodnote", "fodnoten", "stk."])
_ABBREVIATIONS = frozenset(
    (
        "m.v.", "mv.", "m.m.", "mm.", "o.l.", "o.lign.", "el.lign.", "lign.", "osv.", "etc.", "f.eks.", "bl.a.", "dvs.", "evt.", "ca.",
        "jf.", "nr.", "stk.", "pkt.", "pct.", "kr.", "mio.", "mia.",
    )
)
_EMPTY_POINT = frozenset(("", "og", "eller", "samt", "til", "og/eller", "-", "–"))
_FLAT = "flattened source: titles of chapters and annexes are missing, and what follows a list is part of its last point"


def read_retsinformation(data: bytes, act: str, version: str, *, eli: str = "", source: str = "") -> ActText:
    """The act as passages: sections, their paragraphs (stk.), numbers and letters, with ids as in LexDania.

    Args:
        eli: the act's address or `2014/433`; the file must be that one.
        source: what to call the file in messages.

    Raises:
        CorpusError: empty, a web page, broken JSON, another act, a section without text, or a section twice.
    """
    name = name_of(act, version, source)
    refuse_what_is_no_act(data, name, "JSON with a text for each section")
    found, sections = _loaded(data, name)
    year, _, number = str(found.get("id", "")).partition(":")
    remarks = same_act(Identity(year, number, str(found.get("issued_date", ""))), version, eli, name)
    notes: list[str] = []
    drafts = list(_drafts(sections, name, notes))
    return act_text(drafts, act, version, str(found.get("title", "")), (*remarks, _FLAT, *notes), name)


@dataclass(frozen=True)
class Part:
    """A paragraph, number or letter within a section's text, from its own mark to where the next begins."""

    label: str
    number: str
    start: int
    end: int
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class _Section:
    number: str
    chapter: str
    text: str
    line: int | None


def _loaded(data: bytes, name: str) -> tuple[Mapping[str, Any], list[_Section]]:
    try:
        text = data.decode("utf-8-sig")
        found = json.loads(text)
    except UnicodeDecodeError as error:
        raise CorpusError(name, None, f"the file is no text in UTF-8 (byte {error.start}); expected JSON.", FETCH_AGAIN) from None
    except json.JSONDecodeError as error:
        raise CorpusError(name, error.lineno, f"the JSON is broken or breaks off here ({error.msg}).", FETCH_AGAIN) from None
    except RecursionError:
        raise CorpusError(name, None, "the JSON is nested too deep; expected a list of sections.", FETCH_AGAIN) from None
    provisions = found.get("provisions") if isinstance(found, dict) else None
    if not isinstance(provisions, list) or not provisions:
        raise CorpusError(name, None, "no list of provisions is in it; expected a text for each section.", FORMAT)
    versions = found.get("provision_versions")
    if isinstance(versions, list) and versions and len(versions) != len(provisions):
        counts = f"{len(provisions)} provisions and {len(versions)} provision_versions"
        raise CorpusError(name, None, f"it holds {counts}; expected as many of both: part of it is missing.", FETCH_AGAIN)
    return found, [_section(p, i, text, name) for i, p in enumerate(provisions)]


def _section(entry: Any, place: int, file_text: str, name: str) -> _Section:
    if not isinstance(entry, dict):
        raise CorpusError(name, None, f"provision {place + 1} is no object; expected section and content.", FETCH_AGAIN)
    number, content = str(entry.get("section", "")), entry.get("content")
    line = _line_of(file_text, str(entry.get("provision_ref", "")))
    if not isinstance(content, str) or not content.strip():
        raise CorpusError(name, line, f"provision {place + 1} (§ {number}) has no text; expected content.", FETCH_AGAIN)
    content = content.strip()
    label = _LABEL.match(content)
    if not label or not slug(number) or slug(printed_number(label[0])) != slug(number):
        raise CorpusError(name, line, f"provision {place + 1} is section {number!r} but begins {content[:20]!r}; expected its number first.", FETCH_AGAIN)
    return _Section(printed_number(label[0]), str(entry.get("chapter") or ""), content, line)


def _line_of(file_text: str, ref: str) -> int | None:
    """Where the section stands first: good enough to look it up."""
    found = re.search(rf'"provision_ref":\s*{re.escape(json.dumps(ref, ensure_ascii=False))}', file_text) if ref else None
    return file_text.count("\n", 0, found.start()) + 1 if found else None


def _drafts(sections: Sequence[_Section], name: str, notes: list[str]) -> Iterator[Draft]:
    last_in_chapter = max((i for i, s in enumerate(sections) if s.chapter), default=len(sections))
    seen: set[str] = set()
    transitions = 0
    for place, section in enumerate(sections):
        # After the last chapter come the sections with which amending acts entered into force: their numbers are those acts' own.
        foreign = place > last_in_chapter and f"par_{slug(section.number)}" in seen
        transitions += foreign
        own = f"ikraft_{transitions}.par_{slug(section.number)}" if foreign else f"par_{slug(section.number)}"
        seen.add(own)
        heading = (TRANSITION,) if foreign else _chapter(section.chapter)
        yield Draft(own, "section", section.number, heading, "", (section.text,), own, section.line, not foreign)
        parts, remarks = parts_of(section.text)
        notes += [f"§ {section.number}: {remark}" for remark in remarks]
        yield from _within(parts, own, section, heading, own, not foreign)


def _chapter(number: str) -> tuple[str, ...]:
    return (f"Kapitel {re.sub(r'(?<=[0-9])(?=[a-z])', ' ', number)}",) if number else ()


def _within(
    parts: Sequence[Part], base: str, section: _Section, heading: tuple[str, ...], parent: str, refers: bool
) -> Iterator[Draft]:
    for part in parts:
        kind: PassageKind = "paragraph" if part.label.startswith("stk_") else "point"
        own = f"{base}.{part.label}"
        yield Draft(own, kind, part.number, heading, "", (section.text[part.start : part.end].rstrip(),), parent, section.line, refers)
        yield from _within(part.parts, own, section, heading, parent, refers)


def parts_of(text: str) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """The paragraphs of a section with their numbers and letters, and remarks on marks that were left as running text.

    A section with one paragraph has its numbers directly, as it is cited: "§ 13, nr. 1".
    """
    label = _LABEL.match(text)
    start = label.end() if label else 0
    found, remarks = _paragraphs(text, start)
    if len(found) < 2:
        return _points(text, start, len(text)), remarks
    return tuple(Part(f"stk_{slug(number)}", number, a, b, _points(text, a, b)) for number, a, b in found), remarks


def _paragraphs(text: str, start: int) -> tuple[list[tuple[str, int, int]], tuple[str, ...]]:
    cuts: list[tuple[str, int]] = [("1", start)]
    remarks: list[str] = []
    last = 1
    for mark in _STK.finditer(text, start):
        before = text[start : mark.start()].split()
        first, end = int(mark["first"]), int(mark["last"] or mark["first"])
        if before and (before[-1].lower() in _BEFORE_STK or before[-1].endswith(",")):
            continue
        if first == last + 1 and end >= first:
            cuts.append((f"{first}-{end}" if mark["last"] else str(first), mark.start()))
            last = end
        elif not (first == 1 and not before):
            remarks.append(f"»{mark[0].strip()}« after stk. {last} is out of order and was left in the text")
    ends = [a for _, a in cuts[1:]] + [len(text)]
    return [(number, a, b) for (number, a), b in zip(cuts, ends, strict=True)], tuple(remarks)


def _points(text: str, start: int, end: int) -> tuple[Part, ...]:
    """The list in this stretch, if there is one, with the lists in its points (letters in numbers, numbers in letters)."""
    marks = [m for m in _MARK.finditer(text, start, end) if not _refers(text, start, m)]
    for place, mark in enumerate(marks):
        if (mark["nr"] or mark["lit"]) in {"1", "a"}:
            kind = "nr" if mark["nr"] else "lit"
            run = _run(marks[place:], kind)
            ends = [m.start() for m in run[1:]] + [end]
            bodies = [text[m.end() : b].strip(" ,;.\n").lower() for m, b in zip(run, ends, strict=True)]
            if len(run) >= _fewest(text, start, mark) and not _EMPTY_POINT & set(bodies):
                return tuple(_point(text, kind, m, b) for m, b in zip(run, ends, strict=True))
    return ()


def _point(text: str, kind: str, mark: re.Match[str], end: int) -> Part:
    number = mark[kind].replace(" ", "")
    return Part(f"{kind}_{number}", number, mark.start(), end, _points(text, mark.end(), end))


def _run(marks: Sequence[re.Match[str]], kind: str) -> list[re.Match[str]]:
    """From the first mark on those that follow each other: 1, 2, 2 a, 3 or a, b, c."""
    run = [marks[0]]
    for mark in marks[1:]:
        if mark[kind] and mark[kind] in _next(run[-1][kind]):
            run.append(mark)
    return run


def _next(number: str) -> set[str]:
    if number in _LETTERS:
        return {_LETTERS[_LETTERS.index(number) + 1 :][:1]}
    figure, _, letter = number.partition(" ")
    return {str(int(figure) + 1), f"{figure} {_LETTERS[_LETTERS.index(letter) + 1] if letter else 'a'}"}


def _refers(text: str, start: int, mark: re.Match[str]) -> bool:
    before = text[start : mark.start()].split()[-1:]
    if before and before[0].lower() in _BEFORE_MARK:
        return True
    return bool(before) and before[0].lower() in {"i", "efter", "af", "og", "eller"} and bool(_POINTING.match(text, mark.end()))


def _fewest(text: str, start: int, mark: re.Match[str]) -> int:
    """How many points make a list. It mostly goes on from a sentence; marks after a full stop are a footnote or two."""
    before = text[start : mark.start()].split()[-1:]
    goes_on = not before or before[0].lower() in _ABBREVIATIONS or not before[0].endswith(".")
    return 2 if goes_on else 3
