"""First names, surnames and towns from faker, and one folded spelling to look them up by.

Names of other countries, which people in Denmark also have, count only where first name and surname are both known.
"""

from __future__ import annotations

import importlib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from checker.evaluation.reviews.masking_words import SURNAME_END

_ABROAD = ("no_NO", "sv_SE", "fi_FI", "de_DE", "nl_NL", "en_GB", "pl_PL", "hr_HR", "ro_RO", "tr_TR", "en_PK", "fr_DZ", "en_KE")


@dataclass(frozen=True)
class Lists:
    first: frozenset[str]
    last: frozenset[str]
    first_abroad: frozenset[str]
    last_abroad: frozenset[str]
    towns: frozenset[str]


def fold(word: str) -> str:
    """One spelling for the ways a name is written without Danish letters: Sørensen, Soerensen, Sorensen."""
    plain = word.casefold().replace("æ", "ae").replace("ø", "o").replace("å", "a").replace("ı", "i").replace("oe", "o").replace("aa", "a").replace("ö", "o")
    return "".join(c for c in unicodedata.normalize("NFKD", plain) if c.isalnum())


@lru_cache(maxsize=1)
def lists() -> Lists:
    from faker.providers.address.da_DK import Provider as Address

    first, last = _of("da_DK")
    abroad = [_of(locale) for locale in _ABROAD]
    return Lists(first, last, frozenset().union(*(f for f, _ in abroad)), frozenset().union(*(s for _, s in abroad)), frozenset(map(fold, Address.cities)))


def _of(locale: str) -> tuple[frozenset[str], frozenset[str]]:
    provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
    first, last = set[str](), set[str]()
    for attribute in dir(provider):
        if "first_names" in attribute:
            first |= {fold(n) for n in getattr(provider, attribute)}
        elif "last_names" in attribute:
            last |= {fold(n) for n in getattr(provider, attribute)}
    return frozenset(n for n in first if len(n) > 1), frozenset(n for n in last if len(n) > 1)


def bare(word: str) -> str:
    """Folded, without genitive -s where the rest is a name (Mettes, Jensens; not Lars, Jens)."""
    folded = fold(word)
    known = lists()
    every = (known.first, known.last, known.first_abroad, known.last_abroad)
    if not folded.endswith("s") or len(folded) < 3:
        return folded
    if folded in known.first or folded in known.last:
        return folded
    stem = folded[:-1]
    return stem if any(stem in names for names in every) or SURNAME_END.search(word[:-1]) else folded
