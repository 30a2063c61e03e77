"""What the sources of a sentence say, in the forms in which it is looked up: sentences, word stems, numbers, dates, references. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from checker.drafting import exact
from checker.drafting.lexicon import STOP
from checker.drafting.nouns import Source

_COMPOUND = 6
_SENTENCES = re.compile(r"(?:(?<=[.!?…])|(?<=[.!?…][«”\"]))\s+(?=[»“\"]?[A-ZÆØÅ])")
_ABBREVIATED = re.compile(r"(?:\b(?:art|stk|nr|kap|pkt|jf|ca|fx|bl\.a|m\.fl|pr|evt|inkl|f\.eks|m\.v|m\.m|e\.g|i\.e|no|cf)|\d)\.$", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True)
class Unit:
    """One sentence of a source. `claims`: it says how the project is, rather than what the law or the catalogue wants."""

    text: str
    stems: frozenset[str]
    claims: bool
    law: bool = False


@dataclass(frozen=True)
class Ground:
    """All that the sources of one sentence say, in the forms in which it is looked up."""

    units: tuple[Unit, ...]
    text: str
    stems: frozenset[str]
    words: frozenset[str]
    quotes: tuple[str, ...]
    numbers: frozenset[str]
    measures: frozenset[tuple[str, str]]
    days: frozenset[exact.Day]
    weekdays: frozenset[str]
    references: frozenset[exact.Reference]


def pieces(text: str) -> list[str]:
    """The sentences of a text, each to be held against the sources for itself; `art. 35` and `3. Juni` end none."""
    found: list[str] = []
    for piece in _SENTENCES.split(text.strip()):
        if found and _ABBREVIATED.search(found[-1]):
            found[-1] += " " + piece
        else:
            found.append(piece)
    return [p.strip() for p in found if p.strip()]


def ground_of(sources: Sequence[Source], language: str, spoken: str, readable: Callable[[str], str]) -> Ground:
    own = [line for s in sources for line in (*_own_lines(s), *_law_lines(s))]
    quotes = [form for s in sources for q in s.quotes for form in dict.fromkeys((" ".join(q.text.split()), readable(q.text)))]
    units = [u for s in sources for u in _units(s, language, spoken)]
    text = "\n".join((*own, *quotes))
    return Ground(
        units=tuple(units),
        text=text,
        stems=frozenset().union(*(u.stems for u in units)),
        words=frozenset(exact.words_in(text)),
        quotes=(*(" ".join(line.split()) for line in own), *quotes),
        numbers=frozenset(exact.numbers("\n".join(own), language) | exact.numbers("\n".join(quotes), spoken)),
        measures=frozenset(exact.measures("\n".join(own), language) | exact.measures("\n".join(quotes), spoken)),
        days=frozenset(exact.days(text)),
        weekdays=frozenset(exact.weekdays(text)),
        references=frozenset(exact.references(text)),
    )


def _own_lines(source: Source) -> Iterator[str]:
    yield from filter(None, (source.title, *source.lines, source.message, source.action, source.question))


def _law_lines(source: Source) -> Iterator[str]:
    for law in source.laws:
        yield from filter(None, (f"{law.name} {law.act} {law.act_title}", law.title, law.text))


def _units(source: Source, language: str, spoken: str) -> Iterator[Unit]:
    for line in _own_lines(source):
        for piece in pieces(line):
            yield Unit(piece, stems_of(piece, language), line in source.asserts)
    for line in _law_lines(source):
        for piece in pieces(line):
            yield Unit(piece, stems_of(piece, language), claims=False, law=True)
    for quote in source.quotes:
        for piece in pieces(" ".join(quote.text.split())):
            yield Unit(piece, stems_of(piece, spoken), True)


def share(mine: frozenset[str], theirs: frozenset[str]) -> float:
    """How many of the words stand there; a part of a compound counts as standing there."""
    return sum(_stands(w, theirs) for w in mine) / len(mine) if mine else 0.0


def _stands(word: str, theirs: frozenset[str]) -> bool:
    return word in theirs or (len(word) >= _COMPOUND and any(len(t) >= _COMPOUND and (t.startswith(word) or word.startswith(t)) for t in theirs))


def stems_of(text: str, language: str) -> frozenset[str]:
    """Content words without their endings."""
    return frozenset(stem(w, language) for w in WORD.findall(text.lower()) if w not in STOP)


@lru_cache(maxsize=8192)
def stem(word: str, language: str) -> str:
    return str(_stemmer(language).stemWord(word))


@lru_cache(maxsize=2)
def _stemmer(language: str) -> Any:
    import Stemmer

    return Stemmer.Stemmer("english" if language == "en" else "danish")
