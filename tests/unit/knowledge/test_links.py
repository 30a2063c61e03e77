"""Guideline points are linked to the requirements they speak of, and only to those."""

from __future__ import annotations

import numpy as np

from checker.knowledge.links import PER_POINT, PER_REQUIREMENT, relevant


def _noise(rows: int, columns: int) -> np.ndarray:
    return np.random.RandomState(3).normal(0.8, 0.005, (rows, columns))


def test_a_point_that_is_near_everything_is_linked_to_nothing() -> None:
    scores = _noise(20, 20)
    scores[:, 5] += 0.1
    assert all(5 not in found for found in relevant(scores))


def test_a_point_that_is_near_one_requirement_is_linked_to_it() -> None:
    scores = _noise(20, 20)
    scores[3, 7] += 0.06
    assert relevant(scores)[3] == [7]


def test_no_requirement_gets_more_than_two_points_and_no_point_serves_more_than_three() -> None:
    scores = _noise(20, 20)
    scores[2, :6] += 0.06
    scores[:6, 9] += 0.06
    found = relevant(scores)
    assert max(len(f) for f in found) <= PER_REQUIREMENT
    assert sum(9 in f for f in found) <= PER_POINT


def test_with_a_handful_of_points_the_nearest_alone_is_taken() -> None:
    scores = np.array([[0.8, 0.9], [0.7, 0.2]])
    assert relevant(scores) == [[1], [0]]


def test_without_points_nothing_is_linked() -> None:
    assert relevant(np.zeros((3, 0))) == [[], [], []]
