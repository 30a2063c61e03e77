"""Intervals, paired differences and tests; the sums are held to scikit-learn."""

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from made_results import made, several, some_results
from sklearn import metrics as sk

from checker.evaluation.figures.metrics import METRICS
from checker.evaluation.figures.score import score
from checker.evaluation.figures.stats import Interval, exact_interval, intervals, mcnemar_by_requirement, paired_differences
from checker.evaluation.figures.sums import FORMULAS, point_values
from checker.evaluation.records import Result

A, B = "gdpr-dpia", "fr-hjemmel"
NO_INTERVAL = {"cases", "pairs", "unjudged", "invalid_quotes", "ece", "fact_ece", "aurc", "grade_kappa", "seconds_p50", "seconds_p95"}


@settings(max_examples=60, deadline=None)
@given(some_results())
def test_the_value_from_sums_is_the_point_value(results: list[Result]) -> None:
    measured = score(results)
    for metric, value in point_values(results).items():
        assert (None if math.isnan(value) else pytest.approx(value)) == measured[metric], metric


@settings(max_examples=60, deadline=None)
@given(some_results())
def test_the_value_from_sums_is_that_of_scikit_learn(results: list[Result]) -> None:
    found = point_values(results)
    pairs = [(gold, r.said.verdict(q), q) for r in results for q, gold in r.gold.verdicts.items()]
    gold, said, asked = (np.array([p[i] for p in pairs]) for i in range(3))
    for metric, value in _by_scikit_learn(gold, said, asked):
        assert found[metric] == pytest.approx(value, nan_ok=True), metric


def _by_scikit_learn(gold: Any, said: Any, asked: Any) -> Iterator[tuple[str, float]]:
    if not len(gold):
        return
    nan: Any = {"zero_division": np.nan}
    yield "gap_f1", sk.f1_score(gold == "gap", said == "gap", **nan)
    yield "gap_f2", sk.fbeta_score(gold == "gap", said == "gap", beta=2, **nan)
    yield "gap_precision", sk.precision_score(gold == "gap", said == "gap", **nan)
    yield "gap_recall", sk.recall_score(gold == "gap", said == "gap", **nan)
    yield "gap_specificity", sk.recall_score(gold != "gap", said != "gap", **nan)
    yield "met_f1", sk.f1_score(gold == "met", said == "met", **nan)
    yield "ask_recall", sk.recall_score(gold == "ask", said == "ask", **nan)
    yield "exact", sk.accuracy_score(gold, said)
    with_gap = [q for q in dict.fromkeys(asked) if "gap" in gold[asked == q]]
    each = [sk.f1_score(gold[asked == q] == "gap", said[asked == q] == "gap", **nan) for q in with_gap]
    yield "gap_f1_macro", float(np.mean(each)) if each else math.nan


def test_every_metric_has_an_interval_or_is_named_as_having_none() -> None:
    assert set(FORMULAS) == {m.id for m in METRICS} - NO_INTERVAL


def test_an_interval_holds_the_value_and_is_the_same_for_the_same_seed() -> None:
    results = [*several(30, {A: "gap"}, {A: "gap"}), *several(10, {A: "gap"}, {A: "met"}, first=30)]
    found = intervals(results, ["gap_recall", "wrong_met", "cases", "ece"])
    assert list(found) == ["gap_recall", "wrong_met", "cases", "ece"]
    recall = found["gap_recall"]
    assert recall is not None
    # 30 of 40: the normal approximation gives .75 ± 1.96·√(.75·.25/40) = [.62, .88].
    assert (recall.low, recall.high) == pytest.approx((0.62, 0.88), abs=0.03)
    wrong = found["wrong_met"]
    assert wrong is not None
    assert (wrong.low, wrong.high) == pytest.approx((1 - recall.high, 1 - recall.low))
    assert (found["cases"], found["ece"]) == (None, None)
    assert intervals(results, ["gap_recall"]) == {"gap_recall": recall}
    assert intervals(results, ["gap_recall"], seed=1) != {"gap_recall": recall}


def test_texts_of_one_family_are_drawn_together() -> None:
    # The same 40 verdicts in 8 families of 5 alike texts: 6 right families, 2 wrong ones. Eight things are known, not forty.
    alone = [*several(30, {A: "gap"}, {A: "gap"}), *several(10, {A: "gap"}, {A: "met"}, first=30)]
    families = [r.model_copy(update={"family": f"f{i // 5}"}) for i, r in enumerate(alone)]
    narrow, wide = intervals(alone, ["gap_recall"])["gap_recall"], intervals(families, ["gap_recall"])["gap_recall"]
    assert narrow is not None
    assert wide is not None
    assert wide.high - wide.low > 1.5 * (narrow.high - narrow.low)


def test_the_same_family_name_in_two_sets_is_two_families() -> None:
    results = [made(f"c{i}", {A: "gap"}, {A: "gap"}, family="f", set=f"s{i}") for i in range(5)]
    assert intervals(results, ["gap_recall"]) == {"gap_recall": Interval(1.0, 1.0)}
    assert intervals(results[:4], ["gap_recall"]) == {"gap_recall": None}  # fewer than five families


def test_what_few_resamples_can_measure_has_no_interval() -> None:
    # One gold gap among 30 families is missing from a resample with probability (29/30)^30 = .36.
    results = [*several(29, {A: "met"}, {A: "met"}), made("gap", {A: "gap"}, {A: "gap"})]
    assert intervals(results, ["gap_recall"]) == {"gap_recall": None}
    assert intervals([], ["gap_recall"]) == {"gap_recall": None}


def test_results_without_labelled_verdicts_have_intervals_for_what_is_labelled() -> None:
    found = intervals([made(f"c{i}", labels={"risk_class": "high"}, says={"risk_class": "high"}) for i in range(6)])
    assert found["risk_accuracy"] == Interval(1.0, 1.0)
    assert found["gap_f1"] is None


def test_exact_intervals_of_clopper_and_pearson() -> None:
    # All of n right: the lower bound is (α/2)^(1/n) = .025^(1/3).
    every, none = exact_interval(3, 3), exact_interval(0, 3)
    assert every is not None
    assert none is not None
    assert (every.low, every.high) == pytest.approx((0.025 ** (1 / 3), 1.0))
    assert (none.low, none.high) == pytest.approx((0.0, 1 - 0.025 ** (1 / 3)))
    assert exact_interval(0, 0) is None


def test_a_version_that_breaks_much_is_worse_and_one_broken_text_is_not() -> None:
    before = several(40, {A: "gap", B: "met"}, {A: "gap", B: "met"})
    one = [*before[:39], *several(1, {A: "gap", B: "met"}, {A: "met", B: "met"}, first=39)]
    many = [*before[:30], *several(10, {A: "gap", B: "met"}, {A: "met", B: "met"}, first=30)]
    little, much = paired_differences(before, one), paired_differences(before, many)
    assert little["gap_recall"].delta == pytest.approx(-1 / 40)
    assert not little["gap_recall"].worse
    assert (much["gap_recall"].before, much["gap_recall"].after) == (1.0, 0.75)
    assert much["gap_recall"].worse
    assert much["wrong_met"].worse  # more is worse there
    assert (much["wrong_met"].delta, much["wrong_met"].better) == (0.25, False)
    back = paired_differences(many, before)
    assert (back["gap_recall"].better, back["gap_recall"].worse) == (True, False)
    assert set(much) == {m.id for m in METRICS}


def test_no_change_is_a_difference_of_exactly_zero() -> None:
    results = [made(f"c{i}", {A: "gap"}, {A: "gap"}, labels={"evidence": {A: ("en plan er lagt",)}}, says={"evidence": {A: ("en plan",)}}) for i in range(7)]
    for d in paired_differences(results, results[::-1]).values():
        assert d.delta in (0, None), d
        assert d.interval in (Interval(0.0, 0.0), None), d
        assert not (d.worse or d.better)


def test_a_metric_that_one_version_cannot_measure_has_no_difference() -> None:
    before = several(6, {A: "gap"}, {A: "gap"})
    d = paired_differences(before, several(6, {A: "gap"}, {A: "gap"}, says={"rounds": 2}))["rounds"]
    assert (d.before, d.after, d.delta, d.interval, d.worse) == (None, 2.0, None, None, False)


def test_mcnemar_counts_verdicts_that_became_right_and_wrong() -> None:
    gold = {A: "gap", B: "gap"}
    before = [*several(6, gold, {A: "gap", B: "gap"}), *several(2, gold, {A: "gap", B: "met"}, first=6)]
    after = [*several(6, gold, {A: "met", B: "gap"}), *several(2, gold, {A: "gap", B: "gap"}, first=6)]
    # A: 6 broken, 0 mended: p = 2·½^6 = 1/32; Holm: ·2 = 1/16. B: 2 mended: p = 2·½² = 1/2; Holm: ·1.
    a, b = mcnemar_by_requirement(before, after)
    assert (a.requirement, a.mended, a.broken) == (A, 0, 6)
    assert (a.p, a.p_holm) == pytest.approx((1 / 32, 1 / 16))
    assert (b.requirement, b.mended, b.broken) == (B, 2, 0)
    assert (b.p, b.p_holm) == pytest.approx((1 / 2, 1 / 2))
    assert mcnemar_by_requirement([], []) == ()
    assert {c.p for c in mcnemar_by_requirement(before, before)} == {1.0}


def test_mcnemar_takes_one_run_of_each_text() -> None:
    before = [made("a", {A: "gap"}, {A: "gap"}, run=run) for run in range(3)]
    after = [made("a", {A: "gap"}, {A: "met"}, run=run) for run in range(3)]
    assert [(c.mended, c.broken) for c in mcnemar_by_requirement(before, after)] == [(0, 1)]


@settings(max_examples=20, deadline=None)
@given(some_results(most=12), some_results(most=12))
def test_differences_never_fail_and_their_intervals_are_ordered(before: list[Result], after: list[Result]) -> None:
    for d in paired_differences(before, after, resamples=50).values():
        assert not (d.worse and d.better)
        assert d.interval is None or d.interval.low <= d.interval.high
    assert all(x.p <= y.p for x, y in pairwise(mcnemar_by_requirement(before, after)))
