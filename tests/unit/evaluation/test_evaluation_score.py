"""Figures on predictions made by hand; the expected values are worked out in the comments."""

from collections.abc import Callable

import pytest

from checker.evaluation.cases import Case
from checker.evaluation.score import Prediction, gold_facts, per_requirement, same_value, score, token_f1, wrong_verdicts
from checker.library import Library

A, B, C = "gdpr-dpia", "gdpr-lawful-basis", "fr-hjemmel"


@pytest.fixture
def two(make_case: Callable[..., Case]) -> tuple[Case, ...]:
    """Twins: gdpr-dpia differs, gdpr-lawful-basis is gap in both, fr-hjemmel is asked in the first."""
    first = make_case("a", pair="b", verdicts={A: "gap", B: "gap", C: "ask"}, evidence={A: "analysen laves efter piloten"}, risk_class="high")
    second = make_case("b", pair="a", verdicts={A: "met", B: "gap"}, evidence={A: "analysen er lavet"}, risk_class="minimal")
    return first, second


def test_gap_figures(two: tuple[Case, ...], library: Library) -> None:
    # Gold gaps: a/A, a/B, b/B = 3. Called gap: a/A (right), b/B (right), b/C (wrong, not applicable) = 3. So P = R = F1 = 2/3.
    # Macro: A has P = R = 1 → 1; B has P 1, R 1/2 → 2/3; C has no gold gap and does not count. (1 + 2/3) / 2 = 5/6.
    said = {
        "a": Prediction(verdicts={A: "gap", B: "met", C: "ask"}, risk_class="high"),
        "b": Prediction(verdicts={A: "met", B: "gap", C: "gap"}, risk_class="high"),
    }
    s = score(two, said, library.catalogue)
    core = len(library.catalogue.core)
    assert (s.cases, s.pairs) == (2, 2 * core)
    assert s.gap_precision == pytest.approx(2 / 3)
    assert s.gap_recall == pytest.approx(2 / 3)
    assert s.gap_f1 == pytest.approx(2 / 3)
    assert s.gap_f1_macro == pytest.approx(5 / 6)
    assert s.wrong_met == pytest.approx(1 / 3)  # a/B
    assert s.na_flagged == pytest.approx(1 / (2 * core - 5))  # b/C among all that is not labelled
    assert s.met_f1 == pytest.approx(2 / 3)  # called met: a/B (wrong), b/A (right); gold: b/A
    assert s.ask_recall == 1.0
    assert s.exact == pytest.approx((2 * core - 2) / (2 * core))
    assert s.risk_accuracy == 0.5
    # Twins differ in A (both right) and in C (b wrong).
    assert (s.pairs_flipped, s.twin_count) == (0.5, 2)


def test_confusion_rows_are_gold_and_unjudged_has_its_own_column(two: tuple[Case, ...], library: Library) -> None:
    said = {"a": Prediction(verdicts={A: "met", B: "unjudged", C: "ask"}), "b": Prediction(verdicts={A: "met", B: "gap"})}
    s = score(two, said, library.catalogue)
    silent = 2 * len(library.catalogue.core) - 5
    assert s.confusion == ((1, 1, 0, 0, 1), (0, 1, 0, 0, 0), (0, 0, 1, 0, 0), (0, 0, 0, silent, 0))


def test_what_a_system_does_not_say_is_none_not_zero(two: tuple[Case, ...], library: Library) -> None:
    s = score(two, dict.fromkeys("ab", Prediction(verdicts={A: "gap"})), library.catalogue)
    assert (s.risk_accuracy, s.fact_accuracy, s.fact_accuracy_said, s.evidence_overlap) == (None, None, None, None)


def test_facts_are_compared_after_rule_10(make_case: Callable[..., Case], library: Library) -> None:
    case = make_case("a", facts={"processes_personal_data": False, "is_ai_system": True})
    gold = gold_facts(case, library.catalogue)
    assert gold["special_categories"] is False  # not asked while no personal data is processed
    assert gold["art6_3_exception_claimed"] is False  # a claim that nobody makes
    assert gold["employees_use_tool"] == "unknown"
    said = dict(gold) | {"is_ai_system": "unknown", "employees_use_tool": True}
    s = score((case,), {"a": Prediction(verdicts={}, facts=said)}, library.catalogue)
    facts = len(library.catalogue.facts)
    assert s.fact_accuracy == pytest.approx((facts - 2) / facts)
    assert s.fact_accuracy_said == 0.5  # of the two that the labels settle


@pytest.mark.parametrize(
    ("gold", "said", "same"),
    [
        (True, True, True),
        (True, False, False),
        (True, "unknown", False),
        (("a", "b"), ("b",), True),
        (("a",), "a", True),
        ((), ("none",), True),
        ("a", ("b",), False),
    ],
)
def test_same_value(gold: object, said: object, same: bool) -> None:
    assert same_value(gold, said) is same


def test_evidence_overlap_counts_only_right_verdicts(two: tuple[Case, ...], library: Library) -> None:
    # a/A right: {analysen laves efter piloten} against {analysen laves}: 2·2/(4+2) = 2/3. b/A wrong: not counted.
    quotes = {A: ("Analysen laves.",)}
    said = {"a": Prediction(verdicts={A: "gap"}, quotes=quotes), "b": Prediction(verdicts={A: "gap"}, quotes=quotes)}
    assert score(two, said, library.catalogue).evidence_overlap == pytest.approx(2 / 3)


def test_token_f1() -> None:
    assert token_f1("a b c", "B c d e") == pytest.approx(4 / 7)
    assert token_f1("a", "") == 0.0


def test_per_requirement(two: tuple[Case, ...]) -> None:
    said = {"a": Prediction(verdicts={A: "gap", B: "gap"}), "b": Prediction(verdicts={A: "gap"})}
    table = per_requirement(two, said, (A, B, C))
    assert table[A] == (1, 0.5, 1.0, pytest.approx(2 / 3))
    assert table[B] == (2, 1.0, 0.5, pytest.approx(2 / 3))
    assert table[C] == (0, 0.0, 0.0, 0.0)


def test_wrong_verdicts_put_missed_gaps_first(two: tuple[Case, ...]) -> None:
    said = {
        "a": Prediction(verdicts={A: "gap", B: "met", C: "gap"}, quotes={B: ("Der er hjemmel.",)}, reasons={B: "done"}),
        "b": Prediction(verdicts={A: "met", B: "gap", C: "gap"}),
    }
    found = list(wrong_verdicts(two, said, (A, B, C)))
    assert [(w.case, w.requirement, w.gold, w.said) for w in found] == [
        ("a", B, "gap", "met"),
        ("b", C, "not_applicable", "gap"),
        ("a", C, "ask", "gap"),
    ]
    assert (found[0].sentences, found[0].reason) == (("Der er hjemmel.",), "done")
