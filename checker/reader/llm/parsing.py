"""A model's reply → a Pick, or an Unread with the name of what is wrong. Tolerant of form, never of content: nothing is guessed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from checker.ports import Reply
from checker.reader.llm.questions import Closed, Pick, Unread
from checker.reader.llm.rendering import Page

INVALID_JSON, AMBIGUOUS, UNKNOWN_OPTION = "invalid_json", "ambiguous", "unknown_option"
OUT_OF_RANGE, TOO_MANY, NO_PASSAGE = "passage_out_of_range", "too_many_passages", "no_passage"
CUT_OFF, REFUSED, TOO_LONG, EMPTY, TIMEOUT, FAILED, TRUNCATED = "cut_off", "refused", "too_long", "empty", "timeout", "server_failed", "prompt_truncated"

MOST = 3
"""Passages in one answer, as the prompt says. A model that names more has not chosen."""
NEEDS_NONE = ("silent", "unknown")
"""Answers that rest on no passage: the text says nothing."""
_LONGEST = 10_000
"""Characters after the thoughts are gone; a closed answer has some fifty."""
_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL | re.IGNORECASE)
_ENDS = re.compile(r"</think>", re.IGNORECASE)
_BEGINS = re.compile(r"<think>", re.IGNORECASE)
_JSON = json.JSONDecoder(object_pairs_hook=list)
_BROKEN = (
    # What adapters write into Reply.broken (adapters/chat); the first that fits. What fits none is the server's failure.
    (CUT_OFF, re.compile(r"cut off", re.I)),
    (TIMEOUT, re.compile(r"no answer within|timed? ?out|timeout", re.I)),
    (TOO_LONG, re.compile(r"context (?:length|size|window)|(?:exceed\w*|maximum) (?:the )?(?:available )?context|too (?:long|many tokens)", re.I)),
    (REFUSED, re.compile(r"refus|held the answer back|content filter", re.I)),
    (EMPTY, re.compile(r"answered nothing|empty", re.I)),
)
_CHARACTERS_A_TOKEN, _ENOUGH = 6, 1000

Pairs = list[tuple[str, object]]


def pick_in(reply: Reply, question: Closed, page: Page, words: Mapping[str, str]) -> Pick | Unread:
    """What the model chose.

    Args:
        reply: as the server gave it: bare JSON, or with prose, code fences or thoughts around it.
        question: what was asked.
        page: what was shown; its numbers lead back to the project's passages.
        words: option code → the word that stands for it in the language of the prompt (rendering.words_of).
    """
    if reply.broken:
        return _unread(question, next((name for name, pattern in _BROKEN if pattern.search(reply.broken)), FAILED))
    said = _without_thoughts(reply.text)
    if not said:
        return _unread(question, EMPTY)
    if len(said) > _LONGEST:
        return _unread(question, INVALID_JSON)
    answers = {_told(answer, passages): (answer, passages) for answer, passages in _answers(said)}
    if len(answers) != 1:
        return _unread(question, AMBIGUOUS if answers else INVALID_JSON)
    answer, passages = next(iter(answers.values()))
    return checked(answer, passages, question, page, words)


def checked(answer: object, passages: object, question: Closed, page: Page, words: Mapping[str, str]) -> Pick | Unread:
    """A word and passage numbers, from a model or from the cache, held against what was offered and shown."""
    fits = [code for code, word in words.items() if isinstance(answer, str) and _plain(word) == _plain(answer)]
    if len(fits) != 1 or fits[0] not in question.options:
        return _unread(question, UNKNOWN_OPTION)
    numbers = [_number(p) for p in _list(passages)]
    if any(n is None or not 1 <= n <= len(page.numbers) for n in numbers):
        return _unread(question, OUT_OF_RANGE)
    chosen = tuple(dict.fromkeys(page.numbers[n - 1] for n in numbers if n is not None))
    if len(chosen) > MOST:
        return _unread(question, TOO_MANY)
    if fits[0] in NEEDS_NONE:
        return Pick(item=question.item, kind=question.kind, value=fits[0], passages=())
    if not chosen:
        return _unread(question, NO_PASSAGE)
    return Pick(item=question.item, kind=question.kind, value=fits[0], passages=chosen)


def shortened(reply: Reply, characters: int) -> bool:
    """Whether the server must have cut the prompt without a word: no tokenizer makes so few tokens of so many characters.

    Only for counts that are a context's size rather than a question's: some servers count only what they read anew.
    """
    return reply.tokens_in >= _ENOUGH and reply.tokens_in * _CHARACTERS_A_TOKEN < characters


def truncated(question: Closed) -> Unread:
    return _unread(question, TRUNCATED)


def _told(answer: object, passages: object) -> tuple[object, ...]:
    """Two answers are the same where they say the same, in whatever form."""
    return (_plain(answer) if isinstance(answer, str) else None, *map(_number, _list(passages)))


def _list(passages: object) -> list[object]:
    return passages if isinstance(passages, list) else [] if passages is None else [passages]


def _unread(question: Closed, reason: str) -> Unread:
    return Unread(item=question.item, kind=question.kind, reason=reason)


def _without_thoughts(text: str) -> str:
    """What is said after thinking. A thought whose beginning is in the chat template ends alone; one that never ends hides what follows."""
    rest = _ENDS.split(_THOUGHT.sub("", text))[-1]
    return _BEGINS.split(rest)[0].strip()


def _answers(text: str) -> Iterator[tuple[object, object]]:
    """(answer, passages) of every JSON object in the text that has an answer, at whatever depth; a key written twice counts twice."""
    at = text.find("{")
    while at >= 0:
        try:
            found, end = _JSON.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            yield from _in_value(found)
        at = text.find("{", end)


def _in_value(value: object) -> Iterator[tuple[object, object]]:
    """Objects are lists of pairs here, so that a key written twice is seen."""
    waiting = [value]
    while waiting:
        current = waiting.pop()
        if not isinstance(current, list):
            continue
        pairs = _pairs(current)
        for answer in (v for k, v in pairs if k == "answer"):
            for passages in [v for k, v in pairs if k == "passages"] or [None]:
                yield answer, passages
        waiting += [v for _, v in pairs] or current


def _pairs(found: Sequence[object]) -> Pairs:
    return [p for p in found if isinstance(p, tuple)]


def _number(value: object) -> int | None:
    """A passage number, also where it came as text or as 3.0; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str) and (digits := re.fullmatch(r"\s*\[?([0-9]{1,6})\]?\s*", value)):
        return int(digits[1])
    return None


def _plain(word: str) -> str:
    return re.sub(r"[\s\-]+", "_", word.strip(" \t\r\n\"'`*.")).casefold()
