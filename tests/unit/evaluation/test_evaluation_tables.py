"""Both printed forms hold the same cells; JSON holds the figures."""

import json
from collections.abc import Callable

import pytest

from checker.errors import EmptyInput
from checker.evaluation.cases import Case
from checker.evaluation.run import Evaluation, predict_all, slices
from checker.evaluation.score import Prediction
from checker.evaluation.tables import render, systems_table, tables_of
from checker.library import Library
from checker.model.project import Document

A = "gdpr-dpia"


@pytest.fixture
def evaluation(make_case: Callable[..., Case], library: Library) -> Evaluation:
    cases = (
        make_case("a", verdicts={A: "gap"}),
        make_case("b", split="held-out", verdicts={A: "gap"}, origin="test1"),
        make_case("c", split="held-out", verdicts={A: "met"}, origin="shared", language="en", kind="form"),
    )
    right = {c.id: Prediction(verdicts=c.labels.verdicts, risk_class="minimal") for c in cases}
    wrong = right | {"b": Prediction(verdicts={A: "met"}, quotes={A: ("DPIA | er\nlavet",)}, reasons={A: "done"})}
    return Evaluation("tiny", ("a note",), cases, {"checker": wrong, "other": right}, library.catalogue)


def test_splits_of_a_system_stand_under_each_other(evaluation: Evaluation) -> None:
    table = systems_table(evaluation)
    assert [r[:4] for r in table.rows] == [
        ("checker", "train", "1", "1.000"),
        ("checker", "held-out", "2", "0.000"),
        ("other", "train", "1", "1.000"),
        ("other", "held-out", "2", "1.000"),
        ("target", "held-out", "", "≥ .80"),
    ]
    assert all(len(r) == len(table.header) for t in tables_of(evaluation, details=True) for r in t.rows if t.title == table.title)


def test_every_row_is_as_long_as_its_header(evaluation: Evaluation) -> None:
    for table in tables_of(evaluation, details=True):
        assert all(len(r) == len(table.header) for r in table.rows), table.title


@pytest.mark.parametrize("format", ["text", "md"])
def test_both_forms_show_every_table(evaluation: Evaluation, format: str) -> None:
    shown = render(evaluation, format, details=True)
    parts = ("tiny", "a note", "Systems", "origin: test1 (fresh set)", "language: en", "kind: form")
    for part in (*parts, "Confusion of checker, held-out", "worst first", "done"):
        assert part in shown, part
    assert "Wrong verdicts" not in render(evaluation, format)


def test_markdown_tables_are_whole(evaluation: Evaluation) -> None:
    lines = [line for line in render(evaluation, "md", details=True).splitlines() if line.startswith("|")]
    assert all(line.endswith("|") for line in lines)
    assert any(r"DPIA \| er lavet" in line for line in lines)


def test_text_columns_line_up(evaluation: Evaluation) -> None:
    lines = render(evaluation, "text").splitlines()
    head = next(line for line in lines if line.startswith("system"))
    rows = [line for line in lines if line.startswith(("checker  ", "other  "))]
    end = head.index("gap F1") + len("gap F1")
    assert {line[end - 5 : end] for line in rows} == {"1.000", "0.000"}


def test_json_holds_the_figures(evaluation: Evaluation) -> None:
    data = json.loads(render(evaluation, "json", details=True))
    assert data["systems"]["checker"]["train"]["gap_f1"] == 1.0
    assert data["systems"]["checker"]["held-out"]["wrong_met"] == 1.0
    assert data["wrong"][0]["sentences"] == ["DPIA | er\nlavet"]
    assert data["requirements"]["held-out"][A]["gaps"] == 1
    assert "wrong" not in json.loads(render(evaluation, "json"))


def test_one_split_alone_renders(evaluation: Evaluation, library: Library) -> None:
    train = Evaluation("t", (), evaluation.split("train"), evaluation.predictions, library.catalogue)
    assert train.splits == ("train",)
    assert "held-out cases" not in render(train, "text").lower()


def test_slices_hold_held_out_cases_only(evaluation: Evaluation) -> None:
    assert {name: [c.id for c in part] for name, part in slices(evaluation.cases).items()} == {
        "origin: shared": ["c"],
        "origin: test1 (fresh set)": ["b"],
        "language: da": ["b"],
        "language: en": ["c"],
        "kind: form": ["c"],
        "kind: project_description": ["b"],
    }


def test_a_text_that_cannot_be_read_is_unjudged(library: Library) -> None:
    def predict(document: Document) -> Prediction:
        raise EmptyInput(document.source, "tom")

    said: list[str] = []
    documents = {"a": Document(source="a.txt", format="txt", text="", blocks=())}
    found = predict_all(documents, {"checker": predict}, library.catalogue.core, lambda _: None, said.append)
    assert set(found["checker"]["a"].verdicts.values()) == {"unjudged"}
    assert said == ["checker: a.txt: tom"]
