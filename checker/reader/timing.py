"""When things happen: dates in a sentence, the project's first use, and whether a promise comes too late.

A duty that must be met before the first real data are used is not met by a document due in May when the pilot starts in
January (labelling guide, rule 3), however concrete the promise is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from checker.reader.cues import Cue, cues_of

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("januar", "january", "jan"),
            ("februar", "february", "feb"),
            ("marts", "march", "mar"),
            ("april", "apr"),
            ("maj", "may"),
            ("juni", "june", "jun"),
            ("juli", "july", "jul"),
            ("august", "aug"),
            ("september", "sep", "sept"),
            ("oktober", "october", "okt", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        1,
    )
    for name in names
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_WORDS = re.compile(rf"\b(?:(\d{{1,2}})\.?(?:st|nd|rd|th)? )?({_MONTH})\.? (20\d\d)\b", re.I)
_FIGURES = re.compile(r"\b(\d{1,2})[-./ ](\d{1,2})[-./ ](20\d\d)\b")
_ISO = re.compile(r"\b(20\d\d)-(\d{2})-(\d{2})\b")
_START = re.compile(
    r"\b(?:start\w*|pilot\w*|prøve\w*|forsøg\w*|tages? i brug|tager .{0,40} i brug|ibrug\w*|idrift\w*|i drift|i luften|åbner|lancer\w*|begynder|"
    r"tændes|køre[rs]?|fra(?: og med)?|launch\w*|live|begins?|trial|from|in use)\b[^.;]{0,45}?$",
    re.I,
)


def dates(text: str) -> list[tuple[int, date]]:
    """(offset, date) of every full date and every month with its year (its first day), in order."""
    found: list[tuple[int, date]] = []
    for match in _WORDS.finditer(text):
        found.append((match.start(), _date(int(match[3]), _MONTHS[match[2].lower()], int(match[1] or 1))))
    for match in _FIGURES.finditer(text):
        found.append((match.start(), _date(int(match[3]), int(match[2]), int(match[1]))))
    for match in _ISO.finditer(text):
        found.append((match.start(), _date(int(match[1]), int(match[2]), int(match[3]))))
    return sorted((at, day) for at, day in found if day != date.min)


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        return date.min


def first_use(texts: Sequence[str]) -> date | None:
    """The earliest date that a sentence ties to a start, pilot or use; None when no text says it with a year.

    A month without a day counts as its last days, so that nothing is called late that may be in time.
    """
    starts = [_latest(text, at, day) for text in texts for at, day in dates(text) if _START.search(text[:at])]
    return min(starts) if starts else None


def _latest(text: str, at: int, day: date) -> date:
    return day if text[at].isdigit() else day.replace(day=28)


def comes_late(text: str, use: date | None) -> bool:
    """True when a sentence puts its matter after the first use: in words, or by its dates alone."""
    if Cue.AFTER_USE in cues_of(text) and Cue.BEFORE_USE not in cues_of(text):
        return True
    days = [day for _, day in dates(text)]
    return use is not None and bool(days) and min(days) > use
