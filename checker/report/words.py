"""Looks words up in `strings` and writes numbers and dates the way the language does."""

from __future__ import annotations

import math
import re
from datetime import date, datetime

from checker.errors import SettingsError
from checker.report.strings import STRINGS
from checker.report.values import VALUES

# Controls (also the escape that starts a terminal sequence), marks that turn the reading direction, lone surrogates.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """The text with everything that could steer a terminal or disguise a quote made visible as U+FFFD."""
    return _UNPRINTABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """The same on one line, for text that must not pass for a line of ours."""
    return " ".join(printable(text).split())


def digest_state(state: str, language: str) -> str:
    """How far our digest of a provision was verified, in words; it never passes for the official text itself."""
    how = Words(language).name("verified", state)
    return f"vores resumé, {how}; ikke gennemgået af en jurist" if language == "da" else f"our digest, {how}; not reviewed by a lawyer"


class Words:
    """The interface's words in one language. Called with a key; a key that is not there raises KeyError."""

    def __init__(self, language: str) -> None:
        if language not in STRINGS:
            raise SettingsError(f"Unknown report language {language!r}.", f"Use one of: {', '.join(STRINGS)}.")
        self.language = language
        self._strings = STRINGS[language]
        self._values = VALUES[language] | STRINGS[language]

    def __call__(self, key: str, **values: object) -> str:
        return self._strings[key].format(**values) if values else self._strings[key]

    def count(self, key: str, n: int) -> str:
        """`key.one` or `key.many`, with the number in it."""
        return self(f"{key}.{'one' if n == 1 else 'many'}", n=n)

    def name(self, kind: str, value: str) -> str:
        """The word for a value that comes from data; data may know values that we don't, and those stand as they are."""
        return self._values.get(f"{kind}.{value}", value)

    def date(self, day: date) -> str:
        return self("date", day=day.day, month=self("months").split()[day.month - 1], year=day.year)

    def time(self, moment: datetime) -> str:
        return f"{self.date(moment.date())} {moment:%H:%M} {moment.tzname() or ''}".strip()

    def percent(self, number: float | None) -> str:
        """Whole percents, never 0 or 100 by rounding alone; nothing where there is no number."""
        if number is None or not math.isfinite(number):
            return ""
        shown = round(number * 100) if number in (0, 1) else min(99, max(1, round(number * 100)))
        return f"{shown} %" if self.language == "da" else f"{shown}%"

    def decimal(self, number: float | None, *, signed: bool = False) -> str:
        """Two decimals; a dash where there is no number."""
        if number is None or not math.isfinite(number):
            return "–"
        shown = f"{number:+.2f}" if signed else f"{number:.2f}"
        return shown.replace(".", ",") if self.language == "da" else shown
