"""Both printed forms hold the same cells; JSON holds the figures; what a simple baseline reaches is marked."""

import json

import pytest
from made_results import made, several

from checker.evaluation.figures.metrics import BY_ID
from checker.evaluation.tables import REACHED, TFIDF, Evaluation, metrics_table, reached, render, requirement_table, systems_table, tables_of

A, B = "gdpr-dpia", "gdpr-lawful-basis"
GOLD = {A: "gap", B: "met"}


@pytest.fixture
def evaluation() -> Evaluation:
    """checker: right on train, the gap missed on held-out. The simple baseline: right throughout."""
    wrong = {"verdicts": {A: "met", B: "met"}, "evidence": {A: ("DPIA | er\nlavet",)}, "reasons": {A: "done"}}
    mine = [
        made("a", GOLD, GOLD, split="train"),
        made("b", GOLD, wrong["verdicts"], says={"evidence": wrong["evidence"], "reasons": wrong["reasons"]}, origin="test1"),
        made("c", {A: "met"}, {A: "met"}, origin="shared", language="en", kind="form"),
    ]
    simple = [r.model_copy(update={"system": TFIDF, "said": r.said.model_copy(update={"verdicts": dict(r.gold.verdicts)})}) for r in mine]
    return Evaluation("made", ("a note",), (*mine, *simple), {"LLM without retrieval": "no model"}, resamples=50)


def test_splits_of_a_system_stand_under_each_other(evaluation: Evaluation) -> None:
    table = systems_table(evaluation)
    assert [r[:3] for r in table.rows] == [
        ("checker", "train", "1.000"),
        ("checker", "held-out", "0.000"),
        (TFIDF, "train", "1.000"),
        (TFIDF, "held-out", "1.000"),
        ("LLM without retrieval", "not run", "–"),
        ("target", "held-out", "≥ 0.80"),
    ]


def test_every_row_is_as_long_as_its_header(evaluation: Evaluation) -> None:
    for table in tables_of(evaluation, details=True):
        assert all(len(r) == len(table.header) for r in table.rows), table.title


def test_what_the_simple_baseline_reaches_is_marked(evaluation: Evaluation) -> None:
    rows = {r[0]: r for r in metrics_table(evaluation).rows}
    assert rows[BY_ID["gap_f1"].label][-1] == REACHED
    assert rows[BY_ID["pairs"].label][-1] == ""


@pytest.mark.parametrize(
    ("metric", "ours", "theirs", "expected"),
    [
        ("gap_f1", 0.8, 0.8, True),
        ("gap_f1", 0.8, 0.7, False),
        ("wrong_met", 0.1, 0.05, True),
        ("wrong_met", 0.1, 0.2, False),
        ("gap_f1", None, 0.5, False),
        ("cases", 3, 3, False),
    ],
)
def test_reached_means_as_good_in_the_direction_of_the_metric(metric: str, ours: float | None, theirs: float | None, expected: bool) -> None:
    assert reached(BY_ID[metric], ours, theirs) is expected


def test_few_gaps_are_counted_and_get_exact_intervals_alone() -> None:
    results = [*several(19, {A: "gap", B: "gap"}, {A: "gap", B: "gap"}), made("x", {B: "gap"}, {B: "met"})]
    rows = {r[0]: r[1:] for r in requirement_table(Evaluation("made", (), tuple(results)), "held-out").rows}
    # 19 of 19: Clopper-Pearson low = (0.025)^(1/19) = 0.82; 19 of 20: [0.75; 1.00].
    assert rows[A] == ("19", "19", "19", "–", "–", "[0.82; 1.00]", "–", "–", "–", "–", "")
    assert rows[B][:7] == ("20", "19", "19", "1.000", "0.950", "[0.75; 1.00]", "0.974")


@pytest.mark.parametrize("format", ["text", "md"])
def test_both_forms_show_every_table(evaluation: Evaluation, format: str) -> None:
    shown = render(evaluation, format, details=True)
    for part in (
        "made",
        "a note",
        "Systems",
        "origin: test1 (fresh set)",
        "language: en",
        "kind: form",
        "Confusion of checker, held-out",
        "worst first",
        "done",
    ):
        assert part in shown, part
    assert "Wrong verdicts" not in render(evaluation, format)


def test_markdown_tables_are_whole(evaluation: Evaluation) -> None:
    lines = [line for line in render(evaluation, "md", details=True).splitlines() if line.startswith("|")]
    assert all(line.endswith("|") for line in lines)
    assert any(r"DPIA \| er lavet" in line for line in lines)


def test_text_columns_line_up(evaluation: Evaluation) -> None:
    lines = render(evaluation, "text").splitlines()
    head = next(line for line in lines if line.startswith("system"))
    rows = [line for line in lines if line.startswith(("checker  ", "TF-IDF")) and ("  train" in line or "  held-out" in line)][:4]
    end = head.index("gap F1") + len("gap F1")
    assert {line[end - 5 : end] for line in rows} == {"1.000", "0.000"}


def test_json_holds_the_figures(evaluation: Evaluation) -> None:
    data = json.loads(render(evaluation, "json", details=True))
    assert data["systems"]["checker"]["train"]["gap_f1"] == 1.0
    assert data["systems"]["checker"]["held-out"]["wrong_met"] == 1.0
    assert data["wrong"][0]["sentences"] == ["DPIA | er\nlavet"]
    assert data["requirements"]["held-out"][A]["gold"] == 1
    assert data["left_out"] == {"LLM without retrieval": "no model"}
    assert "wrong" not in json.loads(render(evaluation, "json"))


def test_one_split_alone_renders(evaluation: Evaluation) -> None:
    train = Evaluation("t", (), tuple(evaluation.of("checker", "train")), resamples=50)
    assert train.splits == ("train",)
    assert "held-out cases" not in render(train, "text").lower()


def test_a_foreign_set_with_grades_alone_renders() -> None:
    graded = made("a", labels={"grades": {A: {"value": 4}}}, said={A: "met"})
    assert "made" in render(Evaluation("made", (), (graded,), resamples=50), "text", details=True)
