"""Looks words up in `strings` and writes figures the way the language does."""

from __future__ import annotations

import math
import re

from checker.evaluation.page.facts import Language
from checker.evaluation.page.strings import STRINGS

NOTHING = "–"
# Controls, marks that turn the reading direction, lone surrogates: a text must not disguise what it says.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """The text with what could disguise it made visible; one character stays one character, so that offsets hold."""
    return _UNPRINTABLE.sub(lambda m: "\n" if m.group() == "\r" else "\ufffd", text)


class Words:
    """The page's words in one language. Called with a key; a key that is not there raises KeyError."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.comma = language == "da"
        self._strings = STRINGS[language]

    def __call__(self, key: str, **values: object) -> str:
        return self._strings[key].format(**values) if values else self._strings[key]

    def count(self, key: str, n: int, **values: object) -> str:
        """`key.one` or `key.many`, with the number in it."""
        return self(f"{key}.{'one' if n == 1 else 'many'}", n=n, **values)

    def name(self, kind: str, value: str, otherwise: str | None = None) -> str:
        """The word for a value that comes from data; a value we don't know stands as it is."""
        return self._strings.get(f"{kind}.{value}", value if otherwise is None else otherwise)

    def number(self, value: float | None, decimals: int = 3) -> str:
        """So many decimals, none for a count; a dash where there is nothing to measure."""
        if value is None or not math.isfinite(value):
            return NOTHING
        written = str(value) if isinstance(value, int) else f"{value:.{decimals}f}"
        return written.replace(".", ",") if self.comma else written

    def whole(self, n: int) -> str:
        """A count with its thousands apart."""
        return f"{n:,}".replace(",", "." if self.comma else ",")

    def percent(self, share: float | None) -> str:
        return NOTHING if share is None else f"{self.number(100 * share, 1)}\u00a0%"

    def list(self, items: list[str]) -> str:
        """a, b and c"""
        return f" {self('and')} ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)
