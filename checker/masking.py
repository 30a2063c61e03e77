"""CPR numbers, mail addresses and phone numbers → x of the same length, so that every offset holds.

What goes to a model, a log or a cache needs none of them. The shapes are also those that `checker.evaluation.reviews` starts from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec

from checker.errors import CheckerError

Span = tuple[int, int]

# Typographic hyphens, dots, spaces (also of no width) that people and PDF files put into numbers.
_GAP = "[\\s.,/·\\-\u00ad\u2010-\u2015\u2212\u200b-\u200d\u2060\ufeff]"
CPR = re.compile(rf"(?<!\d)(\d{{2}})({_GAP}?)(\d{{2}})({_GAP}?)(\d{{2}}){_GAP}{{0,3}}(\d{{4}}|[xX*]{{4}})(?![\dxX*])")
# A point in the part behind the @: scanners read ø as @ ("d@gn").
MAIL = re.compile(r"(?<![^\s@<>()\[\],;:\"])[^\s@<>()\[\],;:\"]+(?:@|\s?[(\[](?:at|a|snabel-a)[)\]]\s?)[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
P_NUMBER = re.compile(r"(?i)\bp(?:roduktionsenhed(?:s)?)?[-\s]?(?:nr|nummer)\.?\s*:?\s*$")
CVR = re.compile(r"(?i)\b(?:cvr|se)[-\s]?(?:nr|nummer|no|number)?\.?\s*[:#]?\s*(?:DK[-\s]?)?(\d{2}[ .]?\d{2}[ .]?\d{2}[ .]?\d{2})(?!\d)")
LABELLED_PHONE = re.compile(
    r"(?i)\b(?:tlf|tel|telefon(?:nummer)?|mobil(?:nummer)?|mob|phone|fax|sms(?: til)?)\.?(?:nr\.?)?\s*:?\s*((?:\+?45[ -]?)?\d(?:[ .-]?\d){7})(?!\d)"
)
DANISH_PHONE = re.compile(r"(?<![\d.,+])((?:(?:\+|00)45[ -]?)?(?:[2-9]\d{7}|[2-9]\d(?:[ \u00a0]\d\d){3}|[2-9]\d{3}[ \u00a0]\d{4}))(?![ \u00a0]?\d)")
_MONEY_AFTER = re.compile(r"(?i)\s*(?:,-|kr\b|kroner|dkk|eur|euro|%|mio|mia)")
_MONEY_BEFORE = re.compile(r"(?i)(?:kr\.?|dkk|eur|€)\s*$")
_LONGER = re.compile(r"(?i)[\d§/][-./]?$|§\s?$|\b(?:j\.?|sags?-?|dok\.?-?|journal-?|ean-?|p-|faktura-?)\s?(?:nr|nummer)\.?\s*:?\s*$")
_YEAR_FIRST = re.compile(r"(?:19|20)\d\d(?:\s(?:19|20)\d\d|-\d{4})")
# 20261122, 2026-11-22, 22-11-2026, 2024-2026; 2024/1689 and 1702/2024 are acts
_DAY_OR_YEARS = re.compile(
    r"(?:19|20)\d{2}[-./ ]?(?:0[1-9]|1[0-2])[-./ ]?(?:0[1-9]|[12]\d|3[01])|(?:0?[1-9]|[12]\d|3[01])[-./ ](?:0?[1-9]|1[0-2])[-./ ](?:19|20)\d{2}"
    r"|(?:19|20)\d{2}\s?[-/\u2010-\u2015]\s?(?:19|20)\d{2}|(?:19|20)\d{2}/\d{4}|\d{4}/(?:19|20)\d{2}"
)
_CHARACTER = re.compile(r"[^\W_]")


def mask(text: str) -> str:
    """The text with the letters and digits of such data as x; signs between them stay, so that it still looks like what it was.

    Raises:
        CheckerError: phonenumbers or python-stdnum is not installed.
    """
    if not re.search(r"\d{4}|\d\d\D\d\d|@|[(\[](?:at|a|snabel-a)[)\]]", text, re.IGNORECASE):
        return text
    need("phonenumbers", "stdnum")
    while (spans := tuple(personal(text))) and (masked := _crossed(text, spans)) != text:
        text = masked  # a mask can part digits that hid a number from its pattern
    return text


def personal(text: str) -> Iterator[Span]:
    """Where it stands."""
    yield from mails(text)
    numbers = tuple(span for span, *_ in cpr_numbers(text))
    yield from numbers
    yield from (span for span, _ in phones(_crossed(text, numbers)) if not _belongs_elsewhere(text, span))


def mails(text: str) -> Iterator[Span]:
    yield from (found.span() for found in MAIL.finditer(text))


def cpr_numbers(text: str, *, any_digits: bool = False) -> Iterator[tuple[Span, str]]:
    """(place, digits) of what has the shape and begins with a date. The check digit is not asked for: since 2007 a valid one may fail it.

    `any_digits`: ten digits without signs between the first six count whatever they begin with. What the text calls a P number
    (of a workplace) never does.
    """
    for found in CPR.finditer(text):
        day, first, month, second, year, last = found.groups()
        loose = bool(first or second)
        if (loose or not any_digits) and not is_date(day + month + year + last):
            continue
        if not P_NUMBER.search(text[max(0, found.start() - 30) : found.start()]):
            yield found.span(), day + month + year + last.lower()


def is_date(digits: str) -> bool:
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


def phones(text: str) -> Iterator[tuple[Span, str]]:
    """(place, number with its country) by Google's phone number library, for Denmark and any country code; eight digits called CVR are not.

    The library takes a number together with digits before it and then knows neither: CPR numbers must be gone from the text, and the
    Danish forms are looked for once more by themselves.
    """
    import phonenumbers

    kept = [found.span(1) for found in CVR.finditer(text)]
    found = [
        ((m.start, m.end), phonenumbers.format_number(m.number, phonenumbers.PhoneNumberFormat.E164))
        for m in phonenumbers.PhoneNumberMatcher(text, "DK", leniency=phonenumbers.Leniency.VALID, max_tries=2**31)
    ]
    found += [(m.span(1), "+45" + re.sub(r"\D", "", m[1])[-8:]) for m in DANISH_PHONE.finditer(text)]
    for span, who in found:
        if not _is_other_number(text, *span) and not any(a <= span[0] and span[1] <= b for a, b in kept):
            yield span, who
    for labelled in LABELLED_PHONE.finditer(text):
        yield labelled.span(1), "+45" + re.sub(r"\D", "", labelled[1])[-8:]


def need(*libraries: str) -> None:
    """Masking that is left out unseen would be worse than none.

    Raises:
        CheckerError: one of them is not installed.
    """
    for name in libraries:
        if find_spec(name) is None:
            raise CheckerError(f"Maskering af personoplysninger kræver {name} / masking personal data needs {name}.", "pip install phonenumbers python-stdnum")


def _is_other_number(text: str, start: int, end: int) -> bool:
    """An amount of money, a day, a span of years or an act, which may have eight digits too."""
    money = _MONEY_AFTER.match(text, end) or _MONEY_BEFORE.search(text[max(0, start - 8) : start])
    return bool(money or _DAY_OR_YEARS.fullmatch(text[start:end]))


def _belongs_elsewhere(text: str, span: Span) -> bool:
    """Part of a longer number, a section or a case (2027-0441), or two years side by side."""
    return bool(_LONGER.search(text[max(0, span[0] - 24) : span[0]]) or _YEAR_FIRST.fullmatch(text[span[0] : span[1]]))


def _crossed(text: str, spans: tuple[Span, ...]) -> str:
    letters = list(text)
    for start, end in spans:
        letters[start:end] = _CHARACTER.sub("x", text[start:end])
    return "".join(letters)
