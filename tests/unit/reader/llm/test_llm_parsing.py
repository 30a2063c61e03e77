"""A reply becomes a pick only where it says one thing, offered and shown; what is wrong otherwise has a name."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_models import FACT, WORDS, page

from checker.adapters.chat.manners import cut_off
from checker.ports import Reply
from checker.reader.llm import parsing
from checker.reader.llm.parsing import checked, pick_in, shortened
from checker.reader.llm.questions import Pick, Unread

YES = '{"passages": [2], "answer": "ja"}'


def pick(text: str) -> Pick | Unread:
    return pick_in(Reply(text=text), FACT, page(), WORDS)


@pytest.mark.parametrize(
    "text",
    [
        YES,
        f"```json\n{YES}\n```",
        f"Svaret er:\n\n{YES}\n\nSig til, hvis du vil vide mere.",
        f"<think>Passage 1 siger nej, altså {{\"passages\": [1], \"answer\": \"nej\"}} ... nej, 2.</think>{YES}",
        f"Først ser jeg på passage 2.\n</think>\n{YES}",
        '{"answer": "Ja", "passages": [2]}',
        '{"answer": " ja. ", "passages": ["2"]}',
        '{"answer": "ja", "passages": 2.0}',
        '{"answer": "ja", "passages": ["[2]", 2]}',
        f"{YES} og igen {YES}",
        f'{{"result": {YES}}}',
        f'[{YES}]',
        f"{{ikke json}} {YES}",
    ],
)
def test_the_same_answer_is_read_in_whatever_form_it_comes(text: str) -> None:
    assert pick(text) == Pick(item="is_ai_system", kind="fact", value="true", passages=(11,))


def test_the_order_of_the_passages_is_the_models_and_none_comes_twice() -> None:
    found = pick('{"passages": [3, 1, 3], "answer": "nej"}')
    assert isinstance(found, Pick)
    assert (found.value, found.passages) == ("false", (12, 10))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", parsing.EMPTY),
        ("  \n", parsing.EMPTY),
        ("<think>Lad mig se</think>", parsing.EMPTY),
        ("<think>Lad mig se " + YES, parsing.EMPTY),
        ("ja", parsing.INVALID_JSON),
        ("Der er ingen tvivl: ja, se passage 2.", parsing.INVALID_JSON),
        ('{"passages": [2], "answer": "ja"', parsing.INVALID_JSON),
        ('{"passages": [2]}', parsing.INVALID_JSON),
        ("[[[[" * 4000, parsing.INVALID_JSON),
        ('{"a":' * 1900, parsing.INVALID_JSON),
        (YES + " " * 3 + "x" * 30_000, parsing.INVALID_JSON),
        ('Dokumentet siger {"passages": [1], "answer": "nej"}, men svaret er ' + YES, parsing.AMBIGUOUS),
        ('{"passages": [2], "answer": "ja", "answer": "nej"}', parsing.AMBIGUOUS),
        ('{"passages": [2], "passages": [1], "answer": "ja"}', parsing.AMBIGUOUS),
        ('{"passages": [2], "answer": "ja", "note": {"answer": "nej"}}', parsing.AMBIGUOUS),
        ('{"passages": [2], "answer": "måske"}', parsing.UNKNOWN_OPTION),
        ('{"passages": [2], "answer": "ja/nej"}', parsing.UNKNOWN_OPTION),
        ('{"passages": [2], "answer": ""}', parsing.UNKNOWN_OPTION),
        ('{"passages": [2], "answer": true}', parsing.UNKNOWN_OPTION),
        ('{"passages": [2], "answer": ["ja"]}', parsing.UNKNOWN_OPTION),
        ('{"passages": [4], "answer": "ja"}', parsing.OUT_OF_RANGE),
        ('{"passages": [0], "answer": "ja"}', parsing.OUT_OF_RANGE),
        ('{"passages": [-1], "answer": "ja"}', parsing.OUT_OF_RANGE),
        ('{"passages": [2, 99], "answer": "ja"}', parsing.OUT_OF_RANGE),
        ('{"passages": [99], "answer": "ukendt"}', parsing.OUT_OF_RANGE),
        ('{"passages": [1.5], "answer": "ja"}', parsing.OUT_OF_RANGE),
        ('{"passages": [true], "answer": "ja"}', parsing.OUT_OF_RANGE),
        ('{"passages": ["to"], "answer": "ja"}', parsing.OUT_OF_RANGE),
        ('{"passages": {"1": 2}, "answer": "ja"}', parsing.OUT_OF_RANGE),
        ('{"passages": [1e999], "answer": "ja"}', parsing.OUT_OF_RANGE),
        ('{"passages": [], "answer": "ja"}', parsing.NO_PASSAGE),
        ('{"passages": null, "answer": "nej"}', parsing.NO_PASSAGE),
        ('{"answer": "ja"}', parsing.NO_PASSAGE),
    ],
)
def test_what_cannot_be_used_is_unread_and_says_why(text: str, reason: str) -> None:
    assert pick(text) == Unread(item="is_ai_system", kind="fact", reason=reason)


def test_a_model_that_names_more_passages_than_it_may_has_not_chosen() -> None:
    assert pick_in(Reply(text='{"passages": [1, 2, 3, 4], "answer": "ja"}'), FACT, page(4), WORDS) == Unread(
        item="is_ai_system", kind="fact", reason=parsing.TOO_MANY
    )


@pytest.mark.parametrize("text", ['{"passages": [], "answer": "ukendt"}', '{"answer": "ukendt"}', '{"passages": [1], "answer": "ukendt"}'])
def test_not_knowing_needs_no_passage_and_carries_none(text: str) -> None:
    assert pick(text) == Pick(item="is_ai_system", kind="fact", value="unknown", passages=())


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (cut_off(), parsing.CUT_OFF),
        ("no answer within 120 seconds", parsing.TIMEOUT),
        ("the server held the answer back (content filter)", parsing.REFUSED),
        ("the server refused the question (400): something odd", parsing.REFUSED),
        ("the server refused the question (400): request (2071 tokens) exceeds the available context size (1024 tokens)", parsing.TOO_LONG),
        ("the server refused the question (400): This model's maximum context length is 4096 tokens.", parsing.TOO_LONG),
        ("the prompt is too long: it fills the room for 4096 tokens", parsing.TOO_LONG),
        ("the model answered nothing", parsing.EMPTY),
        ("the server failed (503): loading", parsing.FAILED),
    ],
)
def test_what_the_server_says_is_wrong_keeps_its_name(broken: str, reason: str) -> None:
    assert pick_in(Reply(text="", broken=broken), FACT, page(), WORDS) == Unread(item="is_ai_system", kind="fact", reason=reason)


def test_a_word_of_another_question_is_no_answer() -> None:
    assert isinstance(checked("ingen", [1], FACT, page(), WORDS | {"none": "ingen"}), Unread)


@pytest.mark.parametrize(("tokens", "characters", "expected"), [(1024, 9000, True), (3000, 9000, False), (0, 9000, False), (120, 9000, False)])
def test_a_prompt_that_the_server_cut_is_noticed_by_its_count(tokens: int, characters: int, expected: bool) -> None:
    assert shortened(Reply(text="{}", tokens_in=tokens), characters) is expected


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["ja", "nej", "ukendt", "2", "[1]", ""]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["answer", "passages", "x"]), inner, max_size=3),
    max_leaves=12,
)
_pieces = st.one_of(st.text(max_size=30), _json.map(json.dumps), st.sampled_from(["<think>", "</think>", "```", "{", "}", '"answer": "ja"', YES]))


@given(st.lists(_pieces, max_size=6).map("".join), st.integers(0, 4))
def test_whatever_a_model_writes_nothing_is_raised_and_nothing_is_picked_that_was_not_offered(text: str, passages: int) -> None:
    found = pick_in(Reply(text=text), FACT, page(passages), WORDS)
    if isinstance(found, Pick):
        assert found.value in FACT.options
        assert set(found.passages) <= set(page(passages).numbers)
        assert len(set(found.passages)) == len(found.passages) <= parsing.MOST
        assert (found.passages == ()) == (found.value == "unknown")


@given(_json, _json)
def test_whatever_lies_in_the_cache_is_checked_as_a_models_answer_is(answer: Any, passages: Any) -> None:
    found = checked(answer, passages, FACT, page(), WORDS)
    if isinstance(found, Pick):
        assert found.value in FACT.options
        assert set(found.passages) <= set(page().numbers)
