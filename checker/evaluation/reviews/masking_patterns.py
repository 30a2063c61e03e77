"""Personal data that shows by its shape: numbers, addresses, mail, case numbers. Finds spans; replaces nothing.

Where a shape is in doubt it is found: a mask too many costs a word, one too few costs somebody their privacy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from checker import masking


@dataclass(frozen=True, order=True)
class Mark:
    """A stretch to be masked. `who` is equal for the same person, number or address, so that it gets the same placeholder."""

    start: int
    end: int
    kind: str
    who: str


Finder = Callable[[str], Iterator[Mark]]

_PLACEHOLDER = re.compile(r"\[\w+-\d+\]")
_DATE = r"\d{1,2}[./ -]\s?(?:\d{1,2}|[a-zæøå]{3,9})[./ -]{0,2}\s?\d{2,4}"
_BORN = re.compile(rf"(?i)\b(?:født|f\.|fødselsdato|fødselsdag|født den|born(?: on)?|date of birth|dob)\s*:?\s*(?:den\s+)?({_DATE})")

_CASE = re.compile(
    r"(?i)\b(?:sags?[-\s]?(?:nr|nummer|id)\b\.?|j\.\s?nr\.?|jnr\.?|journal[-\s]?(?:nr|nummer)\b\.?|esdh(?:[-\s]?(?:sag|nr|nummer))*\.?|acadre|sbsys"
    r"|dok(?:ument)?\.?[-\s]?(?:nr|nummer|id)\b\.?|(?:case|file)\s+(?:no|number|id|ref)\b\.?)\s*[:#]?\s*([A-ZÆØÅ]{0,4}[-\s]?\d[\w./:-]*(?:\s?[/-]\s?\d[\w./-]*)?)"
)
_COURT_CASE = re.compile(r"(?i)[CT][-\u2010-\u2015]\d+/\d\d$")  # "sag C-634/21": a judgment, which is public
_KLE_CASE = re.compile(r"\b\d{2}\.\d{2}\.\d{2}-[A-ZÆØÅ]\d{2}-\d+-\d{2}\b")  # municipal filing plan, kind, number, year

_STREET_ENDS = (
    "vej|vejen|gade|gaden|allé|alle|alléen|alleen|stræde|strædet|vænge|vænget|plads|pladsen|torv|torvet|boulevard|boulevarden|park|parken|haven|vang"
    "|vangen|bakke|bakken|sti|stien|toft|toften|ager|ageren|agervej|brink|brinken|kaj|kajen|krog|krogen|højen|lunden|marken|løkke|løkken|skrænten|volden"
    "|passage|passagen|esplanaden|gården|engen|engene|dalen|brygge|bryggen"
)
_BARE_ENDS = "vej|gade|allé|alle|stræde|vænge|plads|torv|boulevard|park|have|vang|bakke|sti|kaj|tværvej|strandvej|brygge|strand|passage|gård"
_BEFORE_STREET = "(?:Gl|Gammel|Ny|Nørre|Sønder|Vester|Øster|Nordre|Søndre|Vestre|Østre|Store|Lille|Sankt|Skt|Sct|Øvre|Nedre|Indre|Ydre)\\.?"
_CAP = "[A-ZÆØÅÉÖÜ]"
_NUMBER = r"\d{1,3}(?:[A-Za-zÆØÅæøå]|[ ][A-ZÆØÅ](?!\w))?(?:\s?-\s?\d{1,3}[A-Z]?)?(?![\d.,]\d|\w|\s*(?:km|meter|gange|procent|pct|%|stk|kr)\b)"
_FLOOR = r"(?:,?\s*(?:st|kl|stuen|\d{1,2})\.?(?:\s*sal)?\.?[\s,-]*(?:tv|th|mf)\b\.?|,\s*(?:st|kl|\d{1,2})\.(?:\s*sal\b)?)?"
_TOWN = rf"(?:DK[-\s]?)?[1-9]\d{{3}}[ \u00a0]+{_CAP}[\w.-]*\w(?:[ ](?:[NSØVKC]{{1,2}}\b|{_CAP}\w+))?"
_ADDRESS = re.compile(
    rf"(?<!\w)(?:(?:{_BEFORE_STREET}\s+){{0,2}}{_CAP}[\w'’-]{{0,40}}?\w(?i:{_STREET_ENDS})(?!\w)"
    rf"|{_CAP}[\w.'’-]{{0,40}}(?:[ ](?:{_CAP}[\w.'’-]{{0,40}}|af|den|de|i)){{0,4}}[ ](?i:{_BARE_ENDS})(?!\w))"
    rf"\s+(?:nr\.?\s*)?{_NUMBER}{_FLOOR}(?:(?:\s*[,|·]\s*|\s+){_TOWN})?"
)
_ADDRESS_BY_TOWN = re.compile(rf"(?<![\w.]){_CAP}[\w.'’-]{{1,40}}(?:[ ]{_CAP}[\w.'’-]{{1,40}}){{0,3}}[ ]\d{{1,3}}[A-Za-z]?{_FLOOR}(?:\s*,\s*|\s*\n\s*){_TOWN}")


def cpr_numbers(text: str) -> Iterator[Mark]:
    """Ten digits always count, whatever they begin with, unless the text calls them a P number, which names a workplace."""
    for span, who in masking.cpr_numbers(text, any_digits=True):
        yield Mark(*span, "CPR", who)


def birth_dates(text: str) -> Iterator[Mark]:
    for found in _BORN.finditer(text):
        yield Mark(*found.span(1), "FØDT", re.sub(r"\W+", " ", found[1]).casefold())


def mails(text: str) -> Iterator[Mark]:
    for start, end in masking.mails(text):
        yield Mark(start, end, "MAIL", text[start:end].casefold())


def case_numbers(text: str) -> Iterator[Mark]:
    for found in _CASE.finditer(text):
        value = found[1].rstrip(".:/-")
        if sum(c.isdigit() for c in value) >= 3 and not _COURT_CASE.search(value):
            yield Mark(found.start(1), found.start(1) + len(value), "SAGSNR", re.sub(r"\s", "", value).casefold())
    for found in _KLE_CASE.finditer(text):
        yield Mark(found.start(), found.end(), "SAGSNR", found[0].casefold())


def phones(text: str) -> Iterator[Mark]:
    """Without CPR numbers and placeholders, whose digits the search would take along."""
    for span, who in masking.phones(_blanked(text)):
        yield Mark(*span, "TLF", who)


def _blanked(text: str) -> str:
    """The same length, without the digits of CPR numbers and placeholders."""
    letters = list(text)
    for start, end in [(m.start, m.end) for m in cpr_numbers(text)] + [m.span() for m in _PLACEHOLDER.finditer(text)]:
        letters[start:end] = "¤" * (end - start)
    return "".join(letters)


def addresses(text: str) -> Iterator[Mark]:
    for pattern in (_ADDRESS, _ADDRESS_BY_TOWN):
        for found in pattern.finditer(text):
            yield Mark(found.start(), found.end(), "ADRESSE", " ".join(found[0].casefold().replace(",", " ").split()))


# The order settles which kind a stretch is called that two finders claim.
FINDERS: tuple[Finder, ...] = (mails, cpr_numbers, case_numbers, birth_dates, phones, addresses)
