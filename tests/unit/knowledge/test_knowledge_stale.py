"""Looking for law that is gone reads a text once, however long it is and whatever it is made of."""

from __future__ import annotations

import re

import pytest

from checker.knowledge import stale
from checker.knowledge.stale import stale_references


class Read:
    """A pattern that counts the characters it is given to read."""

    def __init__(self, pattern: re.Pattern[str], seen: list[int]) -> None:
        self._pattern, self._seen = pattern, seen

    def _count(self, text: str, begin: int, end: int | None) -> tuple[int, int]:
        stop = len(text) if end is None else min(end, len(text))
        self._seen.append(stop - begin)
        return begin, stop

    def search(self, text: str, begin: int = 0, end: int | None = None) -> re.Match[str] | None:
        return self._pattern.search(text, *self._count(text, begin, end))

    def match(self, text: str, begin: int = 0, end: int | None = None) -> re.Match[str] | None:
        return self._pattern.match(text, *self._count(text, begin, end))


def characters_read(text: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """By what is asked at every sentence end and at every reference."""
    seen: list[int] = []
    with monkeypatch.context() as patched:
        for name in ("_ABBREVIATION", "_KNOWN_BEFORE", "_KNOWN_AFTER"):
            patched.setattr(stale, name, Read(getattr(stale, name), seen))
        stale_references(text)
    assert len(seen) > 100, "nothing was counted"
    return sum(seen)


@pytest.mark.parametrize(
    "piece",
    ["Vi sletter data. ", "persondataloven og ", "persondataloven (og ", "Vi følger persondataloven. "],
    ids=["sentences", "references in one sentence", "brackets that never close", "references in sentences"],
)
def test_twice_the_text_is_twice_the_reading(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    once, twice = (characters_read(piece * n, monkeypatch) for n in (400, 800))
    assert twice < 2.1 * once


@pytest.mark.parametrize(
    "text",
    [
        "forordning" * 40_000 + " artikel 52",
        "AI Act artikel 29 og 52 " + "oplys" * 60_000,
        "artikel 52 og " * 20_000,
        "direktiv" + " " * 300_000,
        "tidligere " * 30_000,
        " \n x" * 60_000,
        "a. B" * 60_000,
    ],
    ids=["one long word", "another", "numbers without their act", "spaces", "words that say so", "lines", "ends"],
)
def test_texts_that_lead_a_pattern_astray_are_read_all_the_same(text: str) -> None:
    # Read again from every place, each would take hours: that it ends is the test.
    assert stale_references(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Den tidligere lov, persondataloven, nævnes ikke mere.",
        "Persondataloven (lov nr. 429, som byrådet fulgte i mange år og henviste til i sin politik) er ophævet.",
    ],
)
def test_what_says_that_the_law_is_gone_may_stand_some_words_away(text: str) -> None:
    assert stale_references(text) == ()


def test_a_long_way_off_it_says_nothing_about_this_reference() -> None:
    text = f"Den gamle ordning {'med mange ord ' * 40} følger persondataloven {'med flere ord ' * 40} og er ophævet."
    assert [s.text for s in stale_references(text)] == ["persondataloven"]


def test_a_number_of_the_draft_needs_both_the_act_and_what_it_is_about() -> None:
    both = "Chatbotten skal oplyse om sig selv efter artikel 52 i AI-forordningen."
    assert [s.replaced_by for s in stale_references(both)] == [("ai-act:art_50",)]
    assert stale_references("Chatbotten skal oplyse om sig selv efter artikel 52.") == ()
    assert stale_references("Artikel 52 i AI-forordningen er lang.") == ()
