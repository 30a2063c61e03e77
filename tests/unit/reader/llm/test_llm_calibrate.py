"""Probabilities of the answer's tokens → one confidence, by hand; and the map that mends it."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_models import spoken

from checker.ports import Reply, TokenChoice
from checker.reader.llm.calibrate import FEWEST, UNCALIBRATED, Calibration, confidence, fit

WORDS = ("ja", "nej", "ukendt")
START = '{"passages": [1], "answer": "'


@pytest.mark.parametrize(
    ("tokens", "chosen", "expected"),
    [
        # one token tells: 0.6 of 0.6 + 0.3 + 0.1
        ((START, ("ja", {"ja": 0.6, "ne": 0.3, "ukend": 0.1}), '"}'), "ja", 0.6),
        # what begins no word is not counted: 0.3 of 0.3 + 0.1
        ((START, ("ja", {"ja": 0.3, "nej": 0.1, "The": 0.5}), '"}'), "ja", 0.75),
        # the opening quote stands in the same token, and so in the others: 0.5 of 0.5 + 0.3
        (('{"passages": [1], "answer":', (' "ja', {' "ja': 0.5, ' "nej': 0.3, ' "': 0.1, " [": 0.1}), '"}'), "ja", 0.625),
        # the word in pieces: n is 0.8, then nothing else begins with n: 0.8 of 0.8 + 0.2
        ((START, ("n", {"n": 0.8, "j": 0.2}), ("ej", {"ej": 0.1, "o": 0.9}), '"}'), "nej", 0.8),
        # case and a space before it are the same word: 0.6 + 0.1 of 1.0
        ((START, ("ja", {"ja": 0.6, " Ja": 0.1, "nej": 0.3}), '"}'), "ja", 0.7),
    ],
    ids=["one token", "no word", "quote inside", "in pieces", "case"],
)
def test_the_confidence_is_the_chosen_words_share_of_what_was_offered(
    tokens: tuple[str | tuple[str, dict[str, float]], ...], chosen: str, expected: float
) -> None:
    assert confidence(spoken(*tokens), chosen, WORDS) == pytest.approx(expected)


def test_words_with_a_common_beginning_are_told_apart_at_the_token_where_they_part() -> None:
    words = ("overvejet", "overladt", "ja")
    reply = spoken(START, ("over", {"over": 0.8, "ja": 0.2}), ("ladt", {"ladt": 0.25, "vejet": 0.75}), '"}')
    assert confidence(reply, "overladt", words) == pytest.approx(0.8 * 0.25)  # of 0.2 + 0.8 * 0.75 + 0.2, all of it


def test_what_begins_two_words_is_shared_between_them() -> None:
    reply = spoken(START, ("ove", {"ove": 0.4, "o": 0.4, "ja": 0.2}), '"}')
    assert confidence(reply, "ove", ("ove", "ofte", "ja")) == pytest.approx((0.4 + 0.2) / 1.0)


def test_a_word_that_begins_another_is_told_by_the_quote_that_ends_it() -> None:
    reply = spoken(START, ("ja", {"ja": 1.0}), ('"', {'"': 0.9, "vel": 0.1}), "}")
    assert confidence(reply, "ja", ("ja", "javel")) == pytest.approx(0.9)


def test_the_last_answer_counts_where_the_model_thought_aloud() -> None:
    reply = spoken('<think>{"answer": "', ("nej", {"nej": 0.9, "ja": 0.1}), '"}</think>', START, ("ja", {"ja": 0.7, "nej": 0.3}), '"}')
    assert confidence(reply, "ja", WORDS) == pytest.approx(0.7)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(text='{"answer": "ja"}'),
        spoken("ja"),
        spoken(START),
        spoken(START, ("nej", {"nej": 0.9, "ja": 0.1}), '"}'),
        Reply(text="", tokens=(TokenChoice(text=START, choices={}), TokenChoice(text="ja", choices={"nej": -1.0}))),
    ],
    ids=["server gives none", "no answer", "nothing written", "another word", "written one missing"],
)
def test_without_probabilities_of_the_answer_there_is_no_confidence(reply: Reply) -> None:
    assert confidence(reply, "ja", WORDS) is None


_tokens = st.builds(
    TokenChoice,
    text=st.sampled_from([START, "ja", "j", "a", '"', "nej", " ", "}"]),
    choices=st.dictionaries(st.sampled_from(["ja", "j", "n", "a", '"', ""]), st.floats()),
)


@given(st.lists(_tokens, max_size=5))
def test_a_confidence_is_a_probability_whatever_the_server_sends(tokens: list[TokenChoice]) -> None:
    found = confidence(Reply(text="", tokens=tuple(tokens)), "ja", WORDS)
    assert found is None or 0 <= found <= 1


def test_a_model_that_is_right_six_times_of_ten_when_it_says_nine_is_believed_six() -> None:
    found = fit([(0.9, i % 10 < 6) for i in range(400)])
    assert found.fitted
    assert found.n == 400
    assert found.of(0.9) == pytest.approx(0.6, abs=0.01)


def test_a_map_fitted_on_honest_probabilities_changes_little() -> None:
    rng = random.Random(1)
    said = [(p, rng.random() < p) for p in (rng.uniform(0.3, 0.99) for _ in range(4000))]
    found = fit(said)
    assert found.of(0.5) == pytest.approx(0.5, abs=0.04)
    assert found.of(0.9) == pytest.approx(0.9, abs=0.04)


def test_more_sure_is_never_less_believed() -> None:
    found = fit([(0.95, i % 4 == 0) for i in range(40)] + [(0.55, i % 4 != 0) for i in range(40)])
    low, high = found.of(0.55), found.of(0.95)
    assert low is not None
    assert high is not None
    assert low <= high


@pytest.mark.parametrize("right", [True, False])
def test_a_model_that_was_always_right_or_always_wrong_gets_no_certainty(right: bool) -> None:
    found = fit([(0.9, right)] * 50)
    value = found.of(0.9)
    assert value is not None
    assert 0 < value < 1
    assert math.isfinite(found.slope)


def test_without_enough_labelled_answers_the_probabilities_stay_as_they_are() -> None:
    assert fit([(0.9, True)] * (FEWEST - 1)) == UNCALIBRATED
    assert not UNCALIBRATED.fitted
    assert UNCALIBRATED.of(0.42) == 0.42
    assert Calibration(slope=0.5, n=100).of(None) is None
    assert Calibration(slope=0.5, n=100).of(0.5) == pytest.approx(0.5)
