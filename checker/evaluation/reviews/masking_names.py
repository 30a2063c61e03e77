"""Names of persons in Danish and English texts: rules for where a name stands, over the lists of masking_lists.

What lists and rules miss stays: a person must read the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from checker.evaluation.reviews.masking_lists import bare, fold, lists
from checker.evaluation.reviews.masking_words import (
    ACTS_BEFORE,
    ALSO_WORDS,
    CALLED,
    GREETING,
    JOIN,
    LINKS,
    NO_NAME,
    PRODUCT,
    ROLE_AFTER,
    SURNAME_END,
    THING,
    TITLE,
    WORD,
)

_LISTED = re.compile(r",[ \u00a0]|[ ]?[/&][ ]?|,?\r?\n[-•*]?[ ]?")
HYPHEN = "[-\u2010\u2011]"


@dataclass(frozen=True)
class Person:
    """One mention. `words`: its words in folded form, without genitive -s."""

    start: int
    end: int
    words: tuple[str, ...]


@dataclass(frozen=True)
class _Token:
    start: int
    end: int
    text: str
    gap: str
    """What stands between this and the token before."""

    @property
    def joined(self) -> bool:
        """Only a space or one line end between this and the token before."""
        return JOIN.fullmatch(self.gap) is not None

    @property
    def capital(self) -> bool:
        return self.text[0].isupper()

    @property
    def initial(self) -> bool:
        return self.capital and (self.text.endswith(".") or len(self.text) == 1)


def people_in(text: str, common: frozenset[str] = frozenset()) -> Iterator[Person]:
    """Every mention that shows by itself that it is a person: full names, titles, signatures.

    Args:
        text: any text.
        common: words that the project's texts also write small; they are no unknown names.
    """
    tokens = _tokens(text)
    index = 0
    while index < len(tokens):
        length = _name_at(text, tokens, index, common)
        if length:
            yield _person(tokens[index : index + length])
        index += max(length, 1)


def mentions_of(text: str, words: frozenset[str]) -> Iterator[Person]:
    """Known first names and surnames standing alone, also in the genitive."""
    tokens = _tokens(text)
    for index, token in enumerate(tokens):
        found = bare(token.text) if bare(token.text) in words else fold(token.text)
        if not token.capital or found not in words or _is_thing_after(tokens, index):
            continue
        if found in ALSO_WORDS and _starts_sentence(text, token.start):
            continue
        yield _person(tokens[index : index + 1])


def words_of(names: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Names that are known to be names (who decided, who answered) as folded words; a single word only if the lists know it."""
    for name in names:
        words = tuple(fold(w) for w in re.split(r"[^\w'’-]+|_", name.split("@")[0]) if len(fold(w)) > 1)
        several = len(words) > 1 and (len(name.split()) > 1 or _is_first(words[0]))
        if several or (len(words) == 1 and (_is_first(words[0]) or words[0] in lists().last)):
            yield words


def common_words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(fold(w) for text in texts for w in WORD.findall(text) if w[0].islower())


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    for found in WORD.finditer(text):
        gap = text[tokens[-1].end : found.start()] if tokens else text[: found.start()] or "."
        glued = gap == "" and tokens[-1].initial  # "H.Andersen"
        tokens.append(_Token(found.start(), found.end(), found[0], " " if glued else gap))
    return tokens


def _person(tokens: Sequence[_Token]) -> Person:
    last = tokens[-1]
    cut = _genitive(last.text)
    return Person(tokens[0].start, last.end - cut, tuple(bare(t.text) for t in tokens if not t.initial) or (fold(last.text),))


def _genitive(word: str) -> int:
    """How many characters of genitive end the word: left standing behind the placeholder."""
    if word.endswith(("'s", "’s")):
        return 2
    return 1 if word[-1:] in "sS" and bare(word) != fold(word) else 0


def _name_at(text: str, tokens: Sequence[_Token], index: int, common: frozenset[str]) -> int:
    """How many tokens the name that begins here has; 0 when none does."""
    token = tokens[index]
    before = text[max(0, token.start - 60) : token.start]
    if not token.capital:
        return _small_letters(tokens, index)
    length = _run(tokens, index)
    if not length:
        return 0
    run = tokens[index : index + length]
    if title := TITLE.search(before):
        return _after_title(run, bool(title["strong"]), common)
    if GREETING.search(before) and not any(fold(t.text) in common for t in run) and (length > 1 or _is_any_first(token.text)):
        return length
    return _full_name(run, common) or _surname_first(text, tokens, index) or _in_list(tokens, index) or _acts(text, token)


def _run(tokens: Sequence[_Token], index: int) -> int:
    """Length of the run of words that can be parts of one name; 0 when it is the name of a place, a house or a firm."""
    end = index
    while end < len(tokens) and end - index < 6 and (end == index or _goes_on(tokens, index, end)):
        token = tokens[end]
        link = fold(token.text) in LINKS and index < end < len(tokens) - 1 and tokens[end + 1].joined and tokens[end + 1].capital
        if not (token.capital or link) or _ends_name(token):
            break
        end += 1
    after = tokens[end] if index < end < len(tokens) else None
    if after is not None and after.joined and "\n" not in after.gap and after.capital and THING.search(after.text):
        if not after.text.casefold().startswith("kommune"):
            return 0
        end -= 1  # "Mette Jensen Gentofte Kommune": the town is the municipality's
    return end - index


def _goes_on(tokens: Sequence[_Token], index: int, end: int) -> bool:
    """A name goes over a line end only from first name to surname; else the next line is another field."""
    token = tokens[end]
    if not token.joined or "\n" not in token.gap:
        return token.joined
    return end == index + 1 and _is_first(tokens[index].text) and _is_last(token.text)


def _ends_name(token: _Token) -> bool:
    """A product, a month, a common word, a house, or a compound whose head is no name (AI-robotten)."""
    small, head = token.text.casefold(), re.split(HYPHEN, token.text)[-1]
    word = small in PRODUCT or (small in NO_NAME and fold(small) not in lists().first)
    return word or head[0].islower() or (bool(THING.search(token.text)) and not _known_last(token.text))


def _known_last(word: str) -> bool:
    return bare(word) in lists().last


def _is_first(word: str) -> bool:
    return any(bare(part) in lists().first or fold(part) in lists().first for part in re.split(HYPHEN, word))


def _is_any_first(word: str) -> bool:
    """A first name here or abroad."""
    return _is_first(word) or bare(word) in lists().first_abroad


def _is_last(word: str) -> bool:
    known = lists()
    parts = re.split(HYPHEN, word)
    return any(bare(p) in known.last or bare(p) in known.last_abroad or (len(p) > 4 and SURNAME_END.search(p.rstrip("sS")) is not None) for p in parts)


def _full_name(run: Sequence[_Token], common: frozenset[str]) -> int:
    """First name and surname, first name and initial, initials and surname; or a first name before a capital word nobody knows."""
    first, rest = run[0], run[1:]
    if not rest:
        return 0
    if first.initial:
        last = next((i for i, t in enumerate(rest, start=2) if _is_last(t.text) and not t.initial), 0)
        return last if last and not any(fold(t.text) in common for t in rest[: last - 1]) else 0
    danish = _is_first(first.text)
    if not danish and bare(first.text) not in lists().first_abroad:
        return 0
    length = _name_length(run)
    surname = any(_is_last(t.text) and not t.initial for t in run[1:length])
    if surname:
        return length if danish or not all(fold(t.text) in common for t in run[:length]) else 0
    if danish and any(t.initial for t in run[1:length]):
        return length
    unknown = danish and fold(first.text) not in ALSO_WORDS and not any(fold(t.text) in common for t in rest)
    return length if unknown and not any(t.text.isupper() and len(t.text) < 6 for t in rest) else 0


def _name_length(run: Sequence[_Token]) -> int:
    """Up to the end of the run; words that nobody knows count only until a listed surname has come."""
    seen = False
    for index, token in enumerate(run[1:], start=1):
        if seen and not (_is_last(token.text) or token.initial or fold(token.text) in LINKS):
            return index
        seen = seen or _known_last(token.text)
    return len(run)


def _surname_first(text: str, tokens: Sequence[_Token], index: int) -> int:
    """`Jensen, Mette`, as lists are sorted."""
    if index + 1 >= len(tokens):
        return 0
    here, after = tokens[index], tokens[index + 1]
    comma = text[here.end : after.start].strip(" ") == ","
    return 2 if comma and after.capital and _known_last(here.text) and _is_first(after.text) else 0


def _in_list(tokens: Sequence[_Token], index: int) -> int:
    """`Til stede: Bodil, Hans Peter, Camilla`: first names one after the other."""
    token = tokens[index]
    if not _is_any_first(token.text) or token.text.casefold() in ALSO_WORDS:
        return 0
    before = index > 0 and _LISTED.fullmatch(token.gap) and tokens[index - 1].capital and _is_first(tokens[index - 1].text)
    after = index + 1 < len(tokens) and _LISTED.fullmatch(tokens[index + 1].gap) and tokens[index + 1].capital and _is_first(tokens[index + 1].text)
    og = index + 2 < len(tokens) and tokens[index + 1].text in ("og", "and") and tokens[index + 2].capital and _is_first(tokens[index + 2].text)
    og_before = index > 1 and tokens[index - 1].text in ("og", "and") and tokens[index - 2].capital and _is_first(tokens[index - 2].text)
    return 1 if before or after or (og and tokens[index + 1].joined) or (og_before and token.joined) else 0


def _acts(text: str, token: _Token) -> int:
    """A first name alone that does what people do: `siger Ole`, `Poul (jura)`."""
    if not _is_first(token.text) or token.text.casefold() in ALSO_WORDS:
        return 0
    return 1 if ACTS_BEFORE.search(text[max(0, token.start - 30) : token.start]) or ROLE_AFTER.match(text, token.end) else 0


def products_in(text: str) -> frozenset[str]:
    """First names that the text gives to a thing: `chatbotten Alma`."""
    return frozenset(bare(t.text) for t in _tokens(text) if t.capital and _is_any_first(t.text) and CALLED.search(text[max(0, t.start - 40) : t.start]))


def _after_title(run: Sequence[_Token], strong: bool, common: frozenset[str]) -> int:
    """A title makes an unknown word a name: one word after `fru`, two after a role, or one that the lists know."""
    own = [t for t in run if not t.initial]
    if not own or any(fold(t.text) in common and not _is_first(t.text) and not _known_last(t.text) for t in own):
        return _full_name(run, common)
    if strong or len(run) > 1:
        return _name_length(run) if fold(own[0].text) not in lists().towns else 0
    return 1 if _is_first(own[0].text) or _known_last(own[0].text) else 0


def _small_letters(tokens: Sequence[_Token], index: int) -> int:
    """`mette jensen`: only with a surname in -sen, since others are words."""
    if index + 1 >= len(tokens) or not tokens[index + 1].joined or tokens[index + 1].capital:
        return 0
    surname = bare(tokens[index + 1].text)
    return 2 if fold(tokens[index].text) in lists().first and surname.endswith("sen") and surname in lists().last else 0


def _is_thing_after(tokens: Sequence[_Token], index: int) -> bool:
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    return after is not None and after.joined and after.capital and (bool(THING.search(after.text)) or after.text.casefold() in PRODUCT)


def _starts_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \t")
    return not before or before[-1] in ".!?:\n•-"
