"""Figures on results made by hand; the expected values are worked out in the comments."""

import pytest
from made_results import made

from checker.evaluation.figures.matching import addresses, grade_said, same_value, token_f1, touches
from checker.evaluation.figures.metrics import METRICS
from checker.evaluation.figures.score import confusion, pair_flips, per_requirement, score, wrong_verdicts
from checker.evaluation.records import Cost, Grade, Result, Said

A, B, C, D = "gdpr-dpia", "gdpr-lawful-basis", "fr-hjemmel", "kl-human-in-control"
GOLD_1 = {A: "gap", B: "gap", C: "ask", D: "not_applicable"}
GOLD_2 = {A: "met", B: "gap", C: "not_applicable", D: "not_applicable"}


@pytest.fixture
def two() -> list[Result]:
    """Twins: A and C differ, B is a gap in both, D applies to neither."""
    return [
        made("a", GOLD_1, {A: "gap", B: "met", C: "ask"}, pair="b", labels={"risk_class": "high"}, says={"risk_class": "high"}),
        made("b", GOLD_2, {A: "met", B: "gap", C: "gap"}, pair="a", labels={"risk_class": "minimal"}, says={"risk_class": "high"}),
    ]


def test_gap_figures(two: list[Result]) -> None:
    # Gold gaps: a/A, a/B, b/B = 3. Called gap: a/A (right), b/B (right), b/C (wrong) = 3. So P = R = F1 = F2 = 2/3.
    # Macro: A has P = R = 1 → 1; B has P 1, R 1/2 → 2/3; C and D have no gold gap and do not count. (1 + 2/3) / 2 = 5/6.
    s = score(two)
    assert (s["cases"], s["pairs"]) == (2, 8)
    for metric in ("gap_f1", "gap_f2", "gap_precision", "gap_recall"):
        assert s[metric] == pytest.approx(2 / 3), metric
    assert s["gap_f1_macro"] == pytest.approx(5 / 6)
    assert s["gap_specificity"] == pytest.approx(4 / 5)  # five pairs are no gap, one of them was called one
    assert s["wrong_met"] == pytest.approx(1 / 3)  # a/B
    assert s["na_flagged"] == pytest.approx(1 / 3)  # b/C among a/D, b/C, b/D
    assert s["met_f1"] == pytest.approx(2 / 3)  # called met: a/B (wrong), b/A (right); gold: b/A
    assert s["ask_recall"] == 1.0
    assert s["ask_rate"] == pytest.approx(1 / 8)
    assert s["exact"] == pytest.approx(6 / 8)
    assert s["exact_cases"] == 0.0  # each text has one wrong
    assert s["risk_accuracy"] == 0.5
    assert s["pairs_flipped"] == 0.5  # A: both right; C: b is wrong


def test_a_missed_gap_weighs_more_in_f2_than_a_false_alarm() -> None:
    # One gap found, one missed: P 1, R 1/2, F2 = 5·1·½/(4·1+½) = 5/9. One found, one false alarm: P 1/2, R 1, F2 = 5·½·1/(4·½+1) = 5/6.
    missed = score([made("a", {A: "gap", B: "gap"}, {A: "gap", B: "met"})])
    alarm = score([made("a", {A: "gap", B: "met"}, {A: "gap", B: "gap"})])
    assert missed["gap_f2"] == pytest.approx(5 / 9)
    assert alarm["gap_f2"] == pytest.approx(5 / 6)
    assert missed["gap_f1"] == alarm["gap_f1"] == pytest.approx(2 / 3)


def test_every_metric_has_a_value_or_none_and_counts_are_whole(two: list[Result]) -> None:
    s = score(two)
    assert list(s) == [m.id for m in METRICS]
    assert all(isinstance(s[m], int) for m in ("cases", "pairs", "unjudged", "invalid_quotes"))
    assert all(v is None or type(v) in (int, float) for v in s.values())


def test_nothing_to_measure_is_none_and_never_zero() -> None:
    counts = {"cases", "pairs", "unjudged", "invalid_quotes"}
    assert {m: v for m, v in score([]).items() if v is not None} == dict.fromkeys(counts, 0)
    silent = score([made("a", {A: "met"}, {A: "met"})])
    measured = {"met_f1", "exact", "exact_cases", "gap_specificity", "ask_rate"}
    assert {m for m, v in silent.items() if v is not None} == counts | measured


def test_an_unlabelled_requirement_is_not_counted() -> None:
    s = score([made("a", {A: "gap"}, {A: "gap", B: "gap"})])
    assert (s["pairs"], s["gap_precision"], s["exact"]) == (1, 1.0, 1.0)


def test_unjudged_is_wrong_and_has_its_own_column() -> None:
    results = [made("a", GOLD_1, {A: "gap", B: "unjudged", C: "ask"}), made("b", GOLD_2, says={"unread": "the file is scanned"})]
    s = score(results)
    # Gold gaps 3, one found, two unjudged. Right: a/A, a/C, a/D of 8.
    assert s["gap_recall"] == pytest.approx(1 / 3)
    assert s["exact"] == pytest.approx(3 / 8)
    assert s["unjudged"] == 5
    assert confusion(results) == ((1, 0, 0, 0, 2), (0, 0, 0, 0, 1), (0, 0, 1, 0, 0), (0, 0, 0, 1, 2))
    assert confusion([]) == ((0,) * 5,) * 4


def test_an_answer_that_is_no_verdict_is_unjudged() -> None:
    assert score([made("a", {A: "gap"}, {A: "maybe"})])["unjudged"] == 1


def test_repeated_runs_are_more_results_of_the_same_text() -> None:
    runs = [made("a", {A: "gap"}, {A: verdict}, run=run) for run, verdict in enumerate(("gap", "met", "gap"))]
    s = score(runs)
    assert (s["cases"], s["pairs"], s["gap_recall"]) == pytest.approx((1, 3, 2 / 3))


def test_twins_are_compared_within_one_run_and_set(two: list[Result]) -> None:
    second = [r.model_copy(update={"run": 1}) for r in two]
    other = [r.model_copy(update={"set": "other"}) for r in two]
    assert len(pair_flips([*two, *second, *other])) == 3 * len(pair_flips(two))


def test_pair_flips_name_the_twins_in_the_order_of_their_ids(two: list[Result]) -> None:
    found = pair_flips(two[::-1])
    assert [(f.first, f.second, f.requirement, f.gold, f.said, f.right) for f in found] == [
        ("a", "b", C, ("ask", "not_applicable"), ("ask", "gap"), False),
        ("a", "b", A, ("gap", "met"), ("gap", "met"), True),
    ]


def test_recall_on_prohibited_and_high_is_told_apart() -> None:
    said = (("prohibited", "prohibited"), ("prohibited", "high"), ("high", "high"), ("high", "high"), ("high", ""), ("", "high"), ("minimal", "high"))
    s = score([made(f"c{i}", labels={"risk_class": gold}, says={"risk_class": says}) for i, (gold, says) in enumerate(said)])
    assert (s["risk_recall_prohibited"], s["risk_recall_high"]) == (0.5, 1.0)
    assert s["risk_accuracy"] == pytest.approx(3 / 5)  # two have no label or no answer


def test_fact_accuracy_over_all_and_over_those_said_outright() -> None:
    gold = {"f1": True, "f2": "unknown", "f3": ("education", "employment")}
    result = made(labels={"facts": gold, "facts_said": ("f1", "f3")}, says={"facts": {"f1": False, "f3": ("employment",)}})
    silent = made("b", labels={"facts": gold})
    s = score([result, silent])  # a system that names no fact is not scored on facts
    assert s["fact_accuracy"] == pytest.approx(2 / 3)  # f2 is unknown by saying nothing
    assert s["fact_accuracy_said"] == 0.5


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


def test_evidence_counts_only_where_the_verdict_is_right_and_both_name_passages() -> None:
    labels = {"evidence": {A: ("analysen laves efter piloten",), B: ("samtykke",), C: ("loven",)}}
    quotes = {A: ("Analysen laves.",), B: ("samtykke",)}
    s = score([made("a", {A: "gap", B: "gap", C: "met"}, {A: "gap", B: "met", C: "met"}, labels=labels, says={"evidence": quotes})])
    # Only A: {analysen laves efter piloten} against {analysen laves}: 2·2/(4+2) = 2/3; "Analysen laves." is not in the label.
    assert s["evidence_overlap"] == pytest.approx(2 / 3)
    assert s["evidence_exact"] == 0.0


def test_passages_touch_when_one_holds_the_other() -> None:
    gold = ("Der laves en DPIA\n  før start.",)
    assert touches(gold, ("en DPIA før start",))
    assert touches(gold, ("Nej.", "Først: Der laves en DPIA før start. Så driften."))
    assert not touches(gold, ("Der laves en dpia",))
    assert not touches(gold, ("",))


def test_token_f1() -> None:
    assert token_f1("a b c", "B c d e") == pytest.approx(4 / 7)
    assert token_f1("a", "") == 0.0


def test_a_coarser_provision_addresses_all_below_it_both_ways() -> None:
    assert addresses("gdpr:art_35", "gdpr:art_35.par_3.pnt_b")
    assert addresses("gdpr:art_35.par_3.pnt_b", "gdpr:art_35")
    assert addresses("gdpr:art_35", "gdpr")
    assert not addresses("gdpr:art_3", "gdpr:art_35")
    assert not addresses("gdpr:art_35.par_1", "gdpr:art_35.par_3")


def test_citations_against_labelled_provisions() -> None:
    labels = {
        "provisions": {A: ("gdpr:art_35.par_1", "gdpr:art_35.par_3"), B: ("gdpr:art_6",), C: ("forvaltningsloven:par_19",)},
        "also": {A: ("gdpr:rct_91",)},
    }
    cited = {
        A: ("gdpr:art_35.par_3.pnt_b", "gdpr:rct_91", "forvaltningsloven:par_22", "kl-guide:side_3"),
        B: (),
        C: ("forvaltningsloven:par_19",),
    }
    s = score([made("a", {A: "gap", B: "gap", C: "gap"}, {A: "gap", B: "gap", C: "met"}, labels=labels, says={"citations": cited})])
    # C is no found gap. A cites art. 35(3) but not 35(1): recall 1/2; B cites nothing: recall 0. Mean 1/4.
    # Precision of A: of three citations of law two are right; the guide is of no labelled act. B has none: not measured.
    assert s["citation_recall"] == pytest.approx(1 / 4)
    assert s["citation_precision"] == pytest.approx(2 / 3)


def test_a_system_that_cites_nothing_beside_any_gap_it_found_is_not_measured_on_citations() -> None:
    labels = {"provisions": {A: ("gdpr:art_35",)}}
    elsewhere = made("b", {A: "met"}, {A: "gap"}, labels=labels, says={"citations": {A: ("gdpr:art_35",)}})
    s = score([made("a", {A: "gap"}, {A: "gap"}, labels=labels), elsewhere])
    assert (s["citation_precision"], s["citation_recall"]) == (None, None)


def test_contradictions_where_somebody_looked() -> None:
    results = [
        made("a", labels={"contradictions": ("r1", "r2")}, says={"contradictions": ("r1", "r3", "r4")}),
        made("b", labels={"contradictions": ()}, says={"contradictions": ()}),
        made("c", says={"contradictions": ("r9",)}),
        made("d", labels={"contradictions": ("r9",)}),
    ]
    s = score(results)  # right: r1 of three named and two labelled
    assert s["contradiction_precision"] == pytest.approx(1 / 3)
    assert s["contradiction_recall"] == pytest.approx(1 / 2)
    assert s["contradiction_f1"] == pytest.approx(2 / 5)


def test_questions_tokens_seconds_and_bad_quotes() -> None:
    results = [made(f"c{i}", says={"rounds": i, "invalid_quotes": i}, cost=Cost(seconds=s, tokens_in=10, tokens_out=2)) for i, s in enumerate((1.0, 2.0, 4.0))]
    s = score([*results, made("d")])  # the last cost nothing that was measured, but took no tokens either
    assert (s["rounds"], s["invalid_quotes"], s["tokens"]) == (1.0, 3, 9.0)
    assert (s["seconds_p50"], s["seconds_p95"]) == pytest.approx((2.0, 3.8))  # 95 % of the way from 1 over 2 to 4: 2 + 0.9·2


@pytest.mark.parametrize(
    ("verdict", "probability", "grade"),
    [("gap", None, 1), ("ask", None, 3), ("met", None, 5), ("met", 0.8, 4), ("gap", 0.375, 3), ("not_applicable", None, None), ("unjudged", 0.9, None)],
)
def test_a_grade_from_a_probability_or_a_verdict(verdict: str, probability: float | None, grade: int | None) -> None:
    # 1 + 0.8·4 = 4.2 → 4; 1 + 0.375·4 = 2.5 → 3
    said = Said(verdicts={A: verdict}, probabilities={} if probability is None else {A: probability})
    assert grade_said(said, A, Grade(value=2)) == grade


def test_graded_labels_are_compared_as_graded() -> None:
    # Gold 1, 3, 5, 5; said 1 (gap), 3 (ask), 5 (met), 1 (gap). Quadratic distances: only the last, 16.
    # By chance: rows {1:1, 3:1, 5:2}, columns {1:2, 3:1, 5:1}; Σ row·column·distance / 4 = (1·1·4 + 1·1·16 + 1·2·4 + 1·1·4 + 2·2·16 + 2·1·4)/4
    # = (4 + 16 + 8 + 4 + 64 + 8)/4 = 26. κ = 1 - 16/26 = 5/13.
    graded = [(1, "gap"), (3, "ask"), (5, "met"), (5, "gap")]
    results = [made(f"c{i}", said={A: v}, labels={"grades": {A: Grade(value=g)}}) for i, (g, v) in enumerate(graded)]
    assert score(results)["grade_kappa"] == pytest.approx(5 / 13)
    assert score(results[:1])["grade_kappa"] is None
    unread = made("d", labels={"grades": {A: Grade(value=1)}}, says={"unread": "scanned"})
    assert score([*results, unread])["grade_kappa"] == pytest.approx(5 / 13)
    assert score([unread])["unjudged"] == 1


def test_scales_are_measured_apart() -> None:
    # The same agreement on 1-5 and on 0-2: each has κ = 1, so has their mean.
    wide = [made(f"w{i}", said={A: v}, labels={"grades": {A: Grade(value=g)}}) for i, (g, v) in enumerate(((1, "gap"), (5, "met")))]
    narrow = [made(f"n{i}", said={A: v}, labels={"grades": {A: Grade(value=g, low=0, high=2)}}) for i, (g, v) in enumerate(((0, "gap"), (2, "met")))]
    assert score([*wide, *narrow])["grade_kappa"] == pytest.approx(1.0)


def test_per_requirement() -> None:
    results = [
        made("a", GOLD_1, {A: "gap", B: "gap"}),
        made("b", GOLD_2, {A: "gap"}),
    ]
    table = per_requirement(results)
    a, b, c = table[A], table[B], table[C]
    assert (a.gold, a.said, a.right, a.negatives, a.false_alarms) == (1, 2, 1, 1, 1)
    assert (a.precision, a.recall, a.f1, a.f2, a.specificity) == pytest.approx((0.5, 1.0, 2 / 3, 5 / 6, 0.0))
    assert (b.gold, b.precision, b.recall, b.specificity) == (2, 1.0, 0.5, None)  # nothing but gaps
    assert (c.gold, c.precision, c.recall, c.f1, c.specificity) == (0, None, None, None, 1.0)
    assert per_requirement([]) == {}


def test_wrong_verdicts_put_missed_gaps_first() -> None:
    results = [
        made("a", GOLD_1, {A: "gap", B: "met", C: "gap"}, says={"evidence": {B: ("Der er hjemmel.",)}, "reasons": {B: "done"}}),
        made("b", GOLD_2, {A: "met", B: "gap", C: "gap"}),
        made("c", {A: "gap"}, says={"unread": "the file is scanned"}),
    ]
    found = list(wrong_verdicts(results))
    assert [(w.case, w.requirement, w.gold, w.said) for w in found] == [
        ("a", B, "gap", "met"),
        ("b", C, "not_applicable", "gap"),
        ("a", C, "ask", "gap"),
        ("c", A, "gap", "unjudged"),
    ]
    assert (found[0].sentences, found[0].reason) == (("Der er hjemmel.",), "done")
    assert found[3].reason == "the file is scanned"
