"""What the two formats of Danish acts share: numbers that become ids, the act a file says it is, and passages in order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from checker.errors import CorpusError
from checker.knowledge.references import links_in, settled
from checker.knowledge.words import language_of, published, searchable
from checker.model.legal import ActText, LegalPassage, PassageKind

FETCH_AGAIN = "Fetch it again from its address at retsinformation.dk (ending in /xml), with a real User-Agent, or hand in the file with --from."
FORMAT = "Look at the format in corpus/sources.yaml."
TRANSITION = "Ikrafttrædelses- og overgangsbestemmelser"

_DASH = re.compile(r"\s*(?:-|–|\bog\b)\s*")
_NUMBER = re.compile(r"\d+[a-zæøå]*(?:-\d+[a-zæøå]*)?")
_YEAR_AND_NUMBER = re.compile(r"\b(\d{4})[/:](\d{1,5})\b")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_HTML = re.compile(rb"\s*(?:<!doctype\s+html|<html\b)", re.IGNORECASE)


@dataclass(frozen=True)
class Draft:
    """A passage before it is put in order. `lines` are as published, notes' marks fenced as words.py says; ids are without the act.
    `line` is where it stands in the file; `refers` says that a "§ 6" in it is a section of this act."""

    id: str
    kind: PassageKind
    number: str
    heading: tuple[str, ...]
    title: str
    lines: tuple[str, ...]
    parent: str
    line: int | None = None
    refers: bool = True


@dataclass(frozen=True)
class Identity:
    """What a file says it is: year and number in Lovtidende, and the day it was issued."""

    year: str
    number: str
    issued: str


def printed_number(label: str) -> str:
    """`§ 11 a.` is number `11 a`, `§§ 123 a-123 d.` is `123 a-123 d`."""
    return published(label).lstrip("§ ").rstrip(". ")


def slug(number: str) -> str:
    """The number as it stands in ids: `11 a` is `11a`, `123 a-123 d` is `123a-123d`, `2 og 3` is `2-3`; "" where it is no number."""
    found = re.sub(r"\s", "", _DASH.sub("-", searchable(number).lower()))
    return found if _NUMBER.fullmatch(found) else ""


def name_of(act: str, version: str, source: str) -> str:
    return source or f"{act} ({version})"


def refuse_what_is_no_act(data: bytes, name: str, format: str) -> None:
    """Empty answers and web pages, which servers send in place of an act."""
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise CorpusError(name, None, f"the file is empty; expected the act as {format}.", FETCH_AGAIN)
    if _HTML.match(data.removeprefix(b"\xef\xbb\xbf")):
        title = re.search(rb"<title[^>]*>([^<]*)", data, re.IGNORECASE)
        called = f' titled "{published(title[1].decode("utf-8", "replace"))[:80]}"' if title else ""
        raise CorpusError(name, None, f"this is a web page{called} and not the act; expected {format}.", FETCH_AGAIN)


def same_act(found: Identity, version: str, eli: str, name: str) -> tuple[str, ...]:
    """A remark where the version's date is another than the file's.

    Raises:
        CorpusError: the file is another act, or another edition of it, than `eli` names.
    """
    wanted = _YEAR_AND_NUMBER.search(eli) or _YEAR_AND_NUMBER.search(version)
    if wanted and found.year and found.number and (wanted[1], wanted[2].lstrip("0")) != (found.year, found.number.lstrip("0")):
        raise CorpusError(
            name, None, f"the file is number {found.number} of {found.year}; expected number {wanted[2]} of {wanted[1]}.",
            "It is another act or another edition: fetch the right one, or correct the address in corpus/sources.yaml.",
        )
    if wanted and not (found.year and found.number):
        return ("the file does not say its year and number, so whether it is the right act is for the reader to see",)
    if _ISO_DATE.fullmatch(version) and found.issued and found.issued != version:
        return (f"the file was issued {found.issued}, the version is called {version}",)
    return ()


def act_text(drafts: Sequence[Draft], act: str, version: str, title: str, notes: Sequence[str], name: str) -> ActText:
    """The act, each passage numbered in the order of the drafts.

    Raises:
        CorpusError: no sections, the same section twice, or no Danish text.
    """
    sections = [d for d in drafts if d.kind == "section"]
    if not sections:
        raise CorpusError(name, None, "no section (§) was found in it; expected an act.", "Guidance without sections is added with: checker corpus add.")
    _each_once(sections, name)
    found = language_of(" ".join(line for d in sections for line in d.lines))
    if found not in {"", "da", "no"}:
        raise CorpusError(name, None, f"the text is in another language ({found}); expected Danish.", FETCH_AGAIN)
    return ActText(act=act, language="da", version=version, title=searchable(title), passages=tuple(_passages(drafts, act)), notes=tuple(notes))


def _each_once(sections: Sequence[Draft], name: str) -> None:
    first: dict[str, Draft] = {}
    for section in sections:
        before = first.setdefault(section.id, section)
        if before is not section:
            where = f", first in line {before.line}" if before.line else ""
            raise CorpusError(
                name, section.line, f"§ {section.number} stands in it twice{where}; expected each section once.",
                "Two files may have been joined: " + FETCH_AGAIN[0].lower() + FETCH_AGAIN[1:],
            )


def _passages(drafts: Sequence[Draft], act: str) -> Iterator[LegalPassage]:
    ids = {f"{act}:{d.id}" for d in drafts}
    for order, d in enumerate(drafts):
        own, clean = f"{act}:{d.id}", "\n".join(c for line in d.lines if (c := searchable(line)))
        yield LegalPassage(
            id=own, act=act, language="da", kind=d.kind, number=d.number, heading=tuple(map(searchable, d.heading)), title=searchable(d.title),
            text="\n".join(map(published, d.lines)), clean=clean, parent=f"{act}:{d.parent}", order=order,
            links=settled(links_in(clean, act, own, "da"), own, act, ids) if d.refers else (),
        )
