"""Personal data that shows by its shape: numbers, addresses, mail, case numbers. Finds spans; replaces nothing.

Where a shape is in doubt it is found: a mask too many costs a word, one too few costs somebody their privacy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Mark:
    """A stretch to be masked. `who` is equal for the same person, number or address, so that it gets the same placeholder."""

    start: int
    end: int
    kind: str
    who: str


Finder = Callable[[str], Iterator[Mark]]

# Typographic hyphens, dots, spaces (also of no width) that people and PDF files put into numbers.
_GAP = "[\\s.,/·\\-\u00ad\u2010-\u2015\u2212\u200b-\u200d\u2060\ufeff]"
_CPR = re.compile(rf"(?<!\d)(\d{{2}})({_GAP}?)(\d{{2}})({_GAP}?)(\d{{2}}){_GAP}{{0,3}}(\d{{4}}|[xX*]{{4}})(?![\dxX*])")
_P_NUMBER = re.compile(r"(?i)\bp(?:roduktionsenhed(?:s)?)?[-\s]?(?:nr|nummer)\.?\s*:?\s*$")
_CVR = re.compile(r"(?i)\b(?:cvr|se)[-\s]?(?:nr|nummer|no|number)?\.?\s*[:#]?\s*(?:DK[-\s]?)?(\d{2}[ .]?\d{2}[ .]?\d{2}[ .]?\d{2})(?!\d)")
# A point in the part behind the @: scanners read ø as @ ("d@gn").
_MAIL = re.compile(r"(?<![^\s@<>()\[\],;:\"])[^\s@<>()\[\],;:\"]+(?:@|\s?[(\[](?:at|a|snabel-a)[)\]]\s?)[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_LABELLED_PHONE = re.compile(
    r"(?i)\b(?:tlf|tel|telefon(?:nummer)?|mobil(?:nummer)?|mob|phone|fax|sms(?: til)?)\.?(?:nr\.?)?\s*:?\s*((?:\+?45[ -]?)?\d(?:[ .-]?\d){7})(?!\d)"
)
_DANISH_PHONE = re.compile(r"(?<![\d.,+])((?:(?:\+|00)45[ -]?)?(?:[2-9]\d{7}|[2-9]\d(?:[ \u00a0]\d\d){3}|[2-9]\d{3}[ \u00a0]\d{4}))(?![ \u00a0]?\d)")
_PLACEHOLDER = re.compile(r"\[\w+-\d+\]")
_MONEY_AFTER = re.compile(r"(?i)\s*(?:,-|kr\b|kroner|dkk|eur|euro|%|mio|mia)")
_MONEY_BEFORE = re.compile(r"(?i)(?:kr\.?|dkk|eur|€)\s*$")
# 20261122, 2026-11-22, 22-11-2026, 2024-2026
_DAY_OR_YEARS = re.compile(
    r"(?:19|20)\d{2}[-./ ]?(?:0[1-9]|1[0-2])[-./ ]?(?:0[1-9]|[12]\d|3[01])|(?:0?[1-9]|[12]\d|3[01])[-./ ](?:0?[1-9]|1[0-2])[-./ ](?:19|20)\d{2}"
    r"|(?:19|20)\d{2}\s?[-/\u2010-\u2015]\s?(?:19|20)\d{2}"
)
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
    """Whatever has the shape: since 2007 a valid CPR number may fail modulus 11, and stdnum no longer asks for it.

    Digits in five loose groups (`01 02 90 1234`) count only when they begin with a date; ten digits otherwise always do,
    unless the text calls them a P number, which names a workplace.
    """
    for found in _CPR.finditer(text):
        day, first, month, second, year, last = found.groups()
        if (first or second) and not _is_date(day + month + year + last):
            continue
        if not _P_NUMBER.search(text[max(0, found.start() - 30) : found.start()]):
            yield Mark(found.start(), found.end(), "CPR", day + month + year + last.lower())


def _is_date(digits: str) -> bool:
    """By stdnum; a replacement number has 60 added to its day."""
    from stdnum.dk import cpr
    from stdnum.exceptions import ValidationError

    day = int(digits[:2])
    plain = f"{day - 60 if day > 60 else day:02d}{digits[2:6]}{digits[6:] if digits[6:].isdigit() else '0000'}"
    try:
        cpr.get_birth_date(plain)
    except ValidationError:
        return False
    return True


def birth_dates(text: str) -> Iterator[Mark]:
    for found in _BORN.finditer(text):
        yield Mark(*found.span(1), "FØDT", re.sub(r"\W+", " ", found[1]).casefold())


def mails(text: str) -> Iterator[Mark]:
    for found in _MAIL.finditer(text):
        yield Mark(found.start(), found.end(), "MAIL", found[0].casefold())


def case_numbers(text: str) -> Iterator[Mark]:
    for found in _CASE.finditer(text):
        value = found[1].rstrip(".:/-")
        if sum(c.isdigit() for c in value) >= 3 and not _COURT_CASE.search(value):
            yield Mark(found.start(1), found.start(1) + len(value), "SAGSNR", re.sub(r"\s", "", value).casefold())
    for found in _KLE_CASE.finditer(text):
        yield Mark(found.start(), found.end(), "SAGSNR", found[0].casefold())


def phones(text: str) -> Iterator[Mark]:
    """Google's phone number library, for Denmark and any country code; eight digits that are called CVR are kept.

    The library takes a number together with digits before it and then knows neither, so CPR numbers and placeholders are
    blanked first, and the Danish forms are looked for once more by themselves.
    """
    import phonenumbers

    text = _blanked(text)
    kept = [found.span(1) for found in _CVR.finditer(text)]
    found = [
        (m.start, m.end, phonenumbers.format_number(m.number, phonenumbers.PhoneNumberFormat.E164))
        for m in phonenumbers.PhoneNumberMatcher(text, "DK", leniency=phonenumbers.Leniency.VALID, max_tries=2**31)
    ]
    found += [(*m.span(1), "+45" + re.sub(r"\D", "", m[1])[-8:]) for m in _DANISH_PHONE.finditer(text)]
    for start, end, who in found:
        if not _is_other_number(text, start, end) and not _within(start, end, kept):
            yield Mark(start, end, "TLF", who)
    for labelled in _LABELLED_PHONE.finditer(text):
        yield Mark(*labelled.span(1), "TLF", "+45" + re.sub(r"\D", "", labelled[1])[-8:])


def _blanked(text: str) -> str:
    """The same length, without the digits of CPR numbers and placeholders."""
    letters = list(text)
    for start, end in [(m.start, m.end) for m in cpr_numbers(text)] + [m.span() for m in _PLACEHOLDER.finditer(text)]:
        letters[start:end] = "¤" * (end - start)
    return "".join(letters)


def _is_other_number(text: str, start: int, end: int) -> bool:
    """An amount of money, a day or a span of years, which may have eight digits too."""
    money = _MONEY_AFTER.match(text, end) or _MONEY_BEFORE.search(text[max(0, start - 8) : start])
    return bool(money or _DAY_OR_YEARS.fullmatch(text[start:end]))


def _within(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    return any(a <= start and end <= b for a, b in spans)


def addresses(text: str) -> Iterator[Mark]:
    for pattern in (_ADDRESS, _ADDRESS_BY_TOWN):
        for found in pattern.finditer(text):
            yield Mark(found.start(), found.end(), "ADRESSE", " ".join(found[0].casefold().replace(",", " ").split()))


# The order settles which kind a stretch is called that two finders claim.
FINDERS: tuple[Finder, ...] = (mails, cpr_numbers, case_numbers, birth_dates, phones, addresses)
