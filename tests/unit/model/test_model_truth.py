"""Kleene's tables as data, and the laws that must hold for every mix of yes, no and unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.model.truth import Truth, all_of, any_of, at_least

Y, N, U = Truth.YES, Truth.NO, Truth.UNKNOWN
VALUES = st.lists(st.sampled_from(Truth), max_size=6)


@pytest.mark.parametrize(
    ("a", "b", "both", "either"),
    [
        (Y, Y, Y, Y), (Y, N, N, Y), (Y, U, U, Y),
        (N, Y, N, Y), (N, N, N, N), (N, U, N, U),
        (U, Y, U, Y), (U, N, N, U), (U, U, U, U),
    ],
)  # fmt: skip
def test_and_and_or_follow_kleenes_tables(a: Truth, b: Truth, both: Truth, either: Truth) -> None:
    assert all_of([a, b]) is both
    assert any_of([a, b]) is either


@pytest.mark.parametrize(
    ("count", "values", "expected"),
    [
        (2, [Y, Y, N], Y),
        (2, [Y, U, N], U),
        (2, [Y, N, N], N),
        (2, [U, U], U),
        (3, [U, U], N),
        (1, [], N),
        (2, [Y, Y, U], Y),
    ],
)
def test_a_count_is_settled_when_the_unknown_ones_no_longer_matter(count: int, values: list[Truth], expected: Truth) -> None:
    assert at_least(count, values) is expected


def test_nothing_to_fulfil_is_fulfilled_and_nothing_to_choose_from_is_not() -> None:
    assert all_of([]) is Y
    assert any_of([]) is N


@given(VALUES)
def test_de_morgan(values: list[Truth]) -> None:
    assert ~all_of(values) is any_of(~v for v in values)
    assert ~any_of(values) is all_of(~v for v in values)


@given(VALUES)
def test_a_count_of_one_is_or_and_a_count_of_all_is_and(values: list[Truth]) -> None:
    assert at_least(1, values) is any_of(values)
    if values:
        assert at_least(len(values), values) is all_of(values)


@given(VALUES, st.integers(1, 6), st.data())
def test_settling_an_unknown_never_flips_a_settled_result(values: list[Truth], count: int, data: st.DataObject) -> None:
    settled = [data.draw(st.sampled_from([Y, N, U])) if v is U else v for v in values]
    for combine in (all_of, any_of, lambda v: at_least(count, v)):
        before = combine(values)
        assert before is U or combine(settled) is before


@given(VALUES.map(lambda vs: [v for v in vs if v is not U]), st.integers(1, 6))
def test_without_unknowns_it_is_ordinary_logic(values: list[Truth], count: int) -> None:
    plain = [v is Y for v in values]
    assert all_of(values) is Truth.of(all(plain))
    assert any_of(values) is Truth.of(any(plain))
    assert at_least(count, values) is Truth.of(sum(plain) >= count)
