"""Personal data → placeholders, the same in every text of a project, with a map so that quotes can be moved along.

`[NAVN-1]` stands for the same person wherever it stands. Machine masking misses things: whoever shares a masked text reads it first.
Kinds: NAVN, CPR, TLF, MAIL, WEB, ADRESSE, SAGSNR, FØDT.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise

from checker.errors import CheckerError
from checker.evaluation.reviews.masking_lists import fold, lists
from checker.evaluation.reviews.masking_names import Person, common_words, mentions_of, people_in, products_in, words_of
from checker.evaluation.reviews.masking_patterns import FINDERS, Mark

KINDS = ("NAVN", "CPR", "TLF", "MAIL", "WEB", "ADRESSE", "SAGSNR", "FØDT")
_PLACEHOLDER = re.compile(rf"\[({'|'.join(KINDS)})-(\d{{1,9}})\]")
_WEB = re.compile(r"(?i)\b(?:https?://|www\.)[^\s<>\"”»)\]]+|\b(?:linkedin|facebook|instagram|twitter|x|github|tiktok)\.com/[^\s<>\"”»)\]]+")
_PROFILE = re.compile(
    r"(?i)(?:linkedin\.com/in|(?:facebook|fb|instagram|twitter|x|tiktok|github|bsky)\.(?:com|app))/[\w.@-]|[/=](?:~|u/|users?/|profile?s?/|people/|person/"
    r"|medarbejdere?/|ansatte?/|kontakt/)[^/\s]*[^\W\d]"
)


@dataclass(frozen=True)
class Masked:
    """A masked text and where its pieces went. `marks` count in the original, `placed` in the masked text, one for one."""

    text: str
    marks: tuple[Mark, ...]
    placed: tuple[tuple[int, int], ...]

    def moved(self, start: int, end: int) -> tuple[int, int]:
        """A stretch of the original in the masked text; one that cuts through masked data gets the whole placeholder."""
        return self._move(start, 0), self._move(end, 1)

    def quote(self, start: int, end: int) -> str:
        """The masked words of a stretch; empty when nothing but placeholders is left of it."""
        first, last = self.moved(start, end)
        words = self.text[first:last]
        return words if re.search(r"\w", _PLACEHOLDER.sub("", words)) else ""

    def counts(self) -> Counter[str]:
        return Counter(mark.kind for mark in self.marks)

    def _move(self, position: int, side: int) -> int:
        index = bisect_right(self.marks, position, key=lambda m: m.start) - 1
        if index < 0:
            return position
        mark, placed = self.marks[index], self.placed[index]
        if mark.start < position < mark.end:
            return placed[side]
        return placed[0] if position == mark.start else placed[1] + position - mark.end


def mask_together(texts: Sequence[str], people: Iterable[str] = ()) -> tuple[Masked, ...]:
    """Masks the texts of one project; the same person, number or address has the same placeholder in all of them.

    Args:
        texts: the description first, then whatever else is written down of it (reasons, notes).
        people: names known from elsewhere, such as who decided; masked wherever they stand.

    Raises:
        CheckerError: faker, phonenumbers or python-stdnum is not installed.
    """
    _need_libraries()
    known = _People.of(texts, people)
    numbering = _Numbering(texts)
    return tuple(_build(text, _marks(text, known), numbering) for text in texts)


def residue(text: str) -> tuple[Mark, ...]:
    """What still looks like personal data by its shape; empty for every masked text."""
    return tuple(mark for finder in FINDERS for mark in finder(text))


@dataclass(frozen=True)
class _People:
    """Everybody found in the texts of one project: full names, and who a word alone stands for."""

    common: frozenset[str]
    things: frozenset[str]
    alone: dict[str, str]

    @classmethod
    def of(cls, texts: Sequence[str], people: Iterable[str]) -> _People:
        common = common_words(texts)
        things = frozenset[str]().union(*(products_in(text) for text in texts))
        found = {p.words for text in texts for p in people_in(text, common)}
        full = {words for words in found if len(words) > 1 or words[0] not in things} | set(words_of([*people, *_mail_names(texts)]))
        holders: dict[str, set[str]] = {}
        for words in sorted(full, key=lambda w: (-len(w), w)):
            for word in {words[0], words[-1]}:
                short = len(word) < 3 and word not in lists().first
                if not short and (len(words) > 1 or word not in holders):  # a word alone is somebody new only when no full name has it
                    holders.setdefault(word, set()).add(" ".join(words))
        return cls(common, things, {word: next(iter(names)) if len(names) == 1 else word for word, names in holders.items()})

    def marks(self, text: str) -> Iterator[Mark]:
        """Full names first, so that a word inside one is no mention of its own."""
        for person in people_in(text, self.common):
            if len(person.words) > 1 or person.words[0] in self.alone:
                yield self._mark(person)
        for person in mentions_of(text, frozenset(self.alone)):
            yield self._mark(person)

    def _mark(self, person: Person) -> Mark:
        who = self.alone.get(person.words[0], person.words[0]) if len(person.words) == 1 else " ".join(person.words)
        return Mark(person.start, person.end, "NAVN", who)


def _mail_names(texts: Sequence[str]) -> Iterator[str]:
    """`mette.kjaer@…` names a person, who may stand elsewhere by first name only."""
    for text in texts:
        for local in re.findall(r"(?<![^\W\d_])([^\W\d_]+[._-][^\W\d_]+)@", text):
            yield f"{local}@"


class _Numbering:
    """Numbers each kind from one, above the placeholders that the texts already have, so that two people never share one."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._next: Counter[str] = Counter()
        self._given: dict[tuple[str, str], int] = {}
        for text in texts:
            for kind, number in _PLACEHOLDER.findall(text):
                self._next[kind] = max(self._next[kind], int(number))

    def placeholder(self, mark: Mark) -> str:
        key = (mark.kind, mark.who)
        if key not in self._given:
            self._next[mark.kind] += 1
            self._given[key] = self._next[mark.kind]
        return f"[{mark.kind}-{self._given[key]}]"


def _marks(text: str, known: _People) -> tuple[Mark, ...]:
    """Everything to mask in one text, in order, none overlapping; what stands in a placeholder already is left."""
    found = [mark for finder in FINDERS for mark in finder(text)] + list(_web(text, known)) + list(known.marks(text))
    kept = [(m.start(), m.end()) for m in _PLACEHOLDER.finditer(text)]
    merged = _merge(mark for mark in found if not any(a <= mark.start and mark.end <= b for a, b in kept))
    while True:  # a mask can bring digits together that were apart; what then looks like a number is masked too
        masked = _build(text, merged, _Numbering(()))
        more = _merge([*merged, *(_back(masked, mark) for mark in residue(masked.text))])
        if [(m.start, m.end) for m in more] == [(m.start, m.end) for m in merged]:
            return merged
        merged = more


def _web(text: str, known: _People) -> Iterator[Mark]:
    """Addresses that lead to a person: a profile, a staff page, or a path with a first name and a surname."""
    for found in _WEB.finditer(text):
        address = found[0].rstrip(".,;:!?")
        words = [fold(w) for w in re.findall(r"[^\W\d_]+", address)]
        named = any(a in lists().first and (b in lists().last or b in known.alone) for a, b in pairwise(words))
        if named or _PROFILE.search(address):
            yield Mark(found.start(), found.start() + len(address), "WEB", address.casefold())


def _merge(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Overlapping marks become one that covers both; it is named after the one that was found first."""
    merged: list[Mark] = []
    for mark in sorted(marks, key=lambda m: (m.start, -m.end)):
        if merged and mark.start < merged[-1].end:
            last = merged[-1]
            if mark.end > last.end:
                merged[-1] = Mark(last.start, mark.end, last.kind, f"{last.who} {mark.who}")
        else:
            merged.append(mark)
    return tuple(merged)


def _build(text: str, marks: tuple[Mark, ...], numbering: _Numbering) -> Masked:
    parts, placed = list[str](), list[tuple[int, int]]()
    length = done = 0
    for mark in marks:
        name = numbering.placeholder(mark)
        parts += [text[done : mark.start], name]
        length += mark.start - done
        placed.append((length, length + len(name)))
        length, done = length + len(name), mark.end
    return Masked("".join([*parts, text[done:]]), marks, tuple(placed))


def _back(masked: Masked, mark: Mark) -> Mark:
    """A stretch of the masked text as one of the original."""

    def original(position: int, side: int) -> int:
        shift = 0
        for old, (start, end) in zip(masked.marks, masked.placed, strict=True):
            if position <= start:
                break
            if position < end:
                return (old.start, old.end)[side]
            shift = old.end - end
        return position + shift

    return Mark(original(mark.start, 0), original(mark.end, 1), mark.kind, mark.who)


def _need_libraries() -> None:
    for name in ("faker", "phonenumbers", "stdnum"):
        if find_spec(name) is None:
            raise CheckerError(f"Maskering af personoplysninger kræver {name} / masking personal data needs {name}.", "pip install 'checker[eval]'")
