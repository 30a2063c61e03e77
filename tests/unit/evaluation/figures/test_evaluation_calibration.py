"""Reliability and risk-coverage on answers made by hand; property tests against plain sums."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_results import made

from checker.evaluation.figures.calibration import Bin, fact_reliability, met_reliability, risk_coverage
from checker.evaluation.records import Result

Q = "gdpr-dpia"


def judged(case: str, gold: str, said: str, probability: float) -> Result:
    return made(case, {Q: gold}, {Q: said}, says={"probabilities": {Q: probability}})


def test_reliability_puts_probabilities_into_ten_bins() -> None:
    answers = (("met", "met", 0.85), ("gap", "met", 0.95), ("met", "met", 0.81), ("gap", "gap", 0.05))
    found = met_reliability([judged(f"c{i}", *answer) for i, answer in enumerate(answers)])
    assert found is not None
    # Bins: [0, .1): .05, none met; [.8, .9): .83 on average, all met; [.9, 1]: .95, none met.
    assert [(b.count, b.share_right) for b in found.bins] == [(1, 0.0), (2, 1.0), (1, 0.0)]
    assert [b.mean_probability for b in found.bins] == pytest.approx([0.05, 0.83, 0.95])
    assert [(round(b.low, 9), round(b.high, 9)) for b in found.bins] == [(0.0, 0.1), (0.8, 0.9), (0.9, 1.0)]
    assert found.ece == pytest.approx((0.05 + 2 * 0.17 + 0.95) / 4)
    assert found.brier == pytest.approx((0.15**2 + 0.95**2 + 0.19**2 + 0.05**2) / 4)
    assert found.count == 4


def test_only_gap_and_met_on_both_sides_say_something_about_evidence() -> None:
    results = [judged("a", "ask", "met", 0.9), judged("b", "not_applicable", "gap", 0.1), judged("c", "met", "unjudged", 0.5)]
    results.append(made("d", {Q: "met"}, {Q: "met"}))  # no probability
    assert met_reliability(results) is None
    assert met_reliability([*results, judged("e", "met", "gap", 0.4)]) is not None


def test_the_probability_of_a_fact_is_held_against_the_labelled_value() -> None:
    labels = {"facts": {"f1": True, "f2": "education"}}
    says = {"facts": {"f1": True, "f2": "employment", "f3": True}, "fact_probabilities": {"f1": 0.9, "f2": 0.7, "f3": 0.9}}
    found = fact_reliability([made(labels=labels, says=says)])
    assert found is not None
    assert found.count == 2  # f3 is not labelled
    assert found.brier == pytest.approx((0.01 + 0.49) / 2)
    assert fact_reliability([made()]) is None


def test_risk_falls_when_only_the_certain_are_decided() -> None:
    results = [judged("a", "met", "met", 0.9), judged("b", "gap", "gap", 0.2), judged("c", "ask", "met", 0.7), judged("d", "met", "gap", 0.4)]
    found = risk_coverage(results)
    assert found is not None
    # Certainty .9, .8, .7 (wrong), .6 (wrong): risk 0, 0, 1/3, 2/4.
    assert found.coverage == (0.25, 0.5, 0.75, 1.0)
    assert found.risk == pytest.approx((0.0, 0.0, 1 / 3, 0.5))
    assert found.aurc == pytest.approx((1 / 3 + 1 / 2) / 4)
    assert found.count == 4
    assert risk_coverage([made("a", {Q: "ask"}, {Q: "ask"})]) is None


def test_equally_certain_verdicts_are_decided_in_no_order() -> None:
    results = [judged(f"c{i}", "met" if i % 2 else "gap", "met", 0.7) for i in range(4)]
    found = risk_coverage(results)
    assert found is not None
    # One point for all four; inside, the two errors rise evenly, so that the risk is ½ throughout.
    assert (found.coverage, found.risk) == ((1.0,), (0.5,))
    assert found.aurc == pytest.approx(0.5)
    assert risk_coverage(results[::-1]) == found


def test_a_long_curve_is_thinned_and_keeps_its_end() -> None:
    found = risk_coverage([judged(f"c{i}", "met", "met", 0.5 + i / 2000) for i in range(500)])
    assert found is not None
    assert len(found.coverage) == 200
    assert (found.coverage[-1], found.aurc, found.count) == (1.0, 0.0, 500)


answers = st.lists(st.tuples(st.sampled_from(("gap", "met", "ask")), st.sampled_from(("gap", "met")), st.floats(0, 1)), min_size=1, max_size=30)


@given(answers)
def test_bins_hold_every_answer_and_errors_lie_between_0_and_1(found: list[tuple[str, str, float]]) -> None:
    results = [judged(f"c{i}", *answer) for i, answer in enumerate(found)]
    reliability = met_reliability(results)
    if reliability is not None:
        assert sum(b.count for b in reliability.bins) == reliability.count == sum(gold != "ask" for gold, _, _ in found)
        assert 0 <= reliability.ece <= 1
        assert 0 <= reliability.brier <= 1
        assert all(_inside(b) for b in reliability.bins)


def _inside(b: Bin) -> bool:
    return b.low - 1e-9 <= b.mean_probability <= b.high + 1e-9


@given(answers, st.randoms(use_true_random=False))
def test_the_curve_ends_at_the_overall_error_and_does_not_depend_on_order(found: list[tuple[str, str, float]], random: object) -> None:
    results = [judged(f"c{i}", *answer) for i, answer in enumerate(found)]
    curve = risk_coverage(results)
    random.shuffle(results)  # type: ignore[attr-defined]
    again = risk_coverage(results)
    assert curve is not None
    assert again is not None
    assert (curve.coverage, curve.risk) == (again.coverage, again.risk)
    assert curve.aurc == pytest.approx(again.aurc)
    assert curve.coverage[-1] == 1.0
    assert curve.risk[-1] == pytest.approx(sum(gold != said for gold, said, _ in found) / len(found))
