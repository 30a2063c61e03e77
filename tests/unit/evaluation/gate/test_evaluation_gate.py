"""The baseline keeps an answer whole; the gate fails on what is surely worse and names what changed."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from made_results import made, some_results

from checker.errors import CaseError
from checker.evaluation.figures.score import score
from checker.evaluation.gate.baseline import Entry, Head, append_history, keep, read_baseline, read_history
from checker.evaluation.gate.changes import compared, render_comparison, render_gate, written_flips
from checker.evaluation.gate.hold import hold
from checker.evaluation.records import Result

A, B = "gdpr-dpia", "gdpr-lawful-basis"
HEAD = Head(
    set="made",
    split="held-out",
    made=date(2026, 11, 22),
    why="the first",
    checker="1",
    code="c",
    reader="rules",
    catalogue="k",
    cases=0,
    metrics={"gap_f1": 1.0},
)


def right(case: str, **says: object) -> Result:
    return made(case, {A: "gap", B: "met"}, {A: "gap", B: "met"}, says={"evidence": {A: ("planen kommer senere",)}, "reasons": {A: "considered"}} | says)


def wrong(case: str, **says: object) -> Result:
    return made(case, {A: "gap", B: "met"}, {A: "met", B: "met"}, says={"evidence": {A: ("planen er lagt",)}} | says)


def written(folder: Path, results: list[Result]) -> Path:
    file = folder / "made.held-out.jsonl"
    file.write_text(keep(results, HEAD), "utf-8")
    return file


@settings(deadline=None)
@given(results=some_results())
def test_a_baseline_scores_as_what_it_was_made_of(results: list[Result], tmp_path_factory: pytest.TempPathFactory) -> None:
    first = [r for r in results if r.run == 0]
    baseline = read_baseline(written(tmp_path_factory.mktemp("b"), first))
    assert [r.case for r in baseline.results(first)] == [r.case for r in first]
    before, after = score(baseline.results(first)), score(first)
    costs = {"seconds_p50", "seconds_p95", "tokens"}
    assert {m: v for m, v in before.items() if m not in costs} == pytest.approx({m: v for m, v in after.items() if m not in costs}, abs=1e-3, nan_ok=True)


def test_the_same_answers_pass(tmp_path: Path) -> None:
    results = [right(f"c{i}") for i in range(12)]
    gate = hold(read_baseline(written(tmp_path, results)), results, resamples=200)
    assert gate.passed
    assert gate.flips == ()
    assert render_gate([gate], "text").endswith("PASSED\n")


def test_a_figure_that_is_surely_worse_fails_and_the_cases_are_named(tmp_path: Path) -> None:
    before = [right(f"c{i}") for i in range(12)]
    after = [wrong(f"c{i}") for i in range(8)] + before[8:]
    gate = hold(read_baseline(written(tmp_path, before)), after, resamples=200)
    assert not gate.passed
    assert any(f.startswith("wrong_met: 0.000 → 0.667, difference [+") for f in gate.failures)
    shown = render_gate([gate], "text")
    assert "✗ c0 (held-out) gdpr-dpia: gap → met, label gap\n    - planen kommer senere\n    + planen er lagt" in shown
    assert "FAILED\n  gap_f1: 1.000 → " in shown


def test_one_case_alone_is_within_chance_but_is_named(tmp_path: Path) -> None:
    before = [right(f"c{i}") for i in range(12)]
    gate = hold(read_baseline(written(tmp_path, before)), [wrong("c0"), *before[1:]], resamples=500)
    assert gate.passed
    assert [(f.case, f.kind) for f in gate.flips] == [("c0", "broken")]


@pytest.mark.parametrize(("says", "what"), [({"invalid_quotes": 1}, "invalid_quotes: 0 → 1"), ({"unread": "tom"}, "unjudged: 0 → 2")])
def test_what_must_not_be_at_all_fails_at_the_first(tmp_path: Path, says: dict[str, object], what: str) -> None:
    before = [right(f"c{i}") for i in range(12)]
    gate = hold(read_baseline(written(tmp_path, before)), [right("c0", **says), *before[1:]], resamples=200)
    assert what in gate.failures


def test_a_case_that_was_not_measured_fails(tmp_path: Path) -> None:
    before = [right(f"c{i}") for i in range(12)]
    gate = hold(read_baseline(written(tmp_path, before)), before[2:], resamples=200)
    assert gate.failures == ("not measured: 2 cases of the baseline are not in the results (c0, c1)",)


def test_new_relabelled_and_rewritten_cases_are_noted(tmp_path: Path) -> None:
    before = [right(f"c{i}") for i in range(12)]
    relabelled = made("c1", {A: "met", B: "met"}, {A: "gap", B: "met"})
    rewritten = right("c2").model_copy(update={"text_sha256": "other"})
    gate = hold(read_baseline(written(tmp_path, before)), [before[0], relabelled, rewritten, *before[3:], right("c12")], resamples=200)
    assert gate.passed
    assert gate.notes == (
        "text changed since the baseline, left out: 1 (c2)",
        "labels changed since the baseline: 1 (c1)",
        "not in the baseline: 1 (c12)",
    )


def test_results_of_another_set_cannot_be_held_against_it(tmp_path: Path) -> None:
    baseline = read_baseline(written(tmp_path, [right("c0")]))
    with pytest.raises(CaseError, match="nothing can be compared"):
        hold(baseline, [right("c0").model_copy(update={"set": "other"})])


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (lambda t: t.replace('"schema_version":1', '"schema_version":9'), "line 1: schema_version is 9, expected 1"),
        (lambda t: t.split("\n", 1)[0] + "\n{half\n", "line 2: not a line of JSON"),
        (lambda t: t.rstrip("\n").rsplit("\n", 1)[0] + "\n", "1 cases, but its first line says 2"),
        (lambda t: t + t.rstrip("\n").rsplit("\n", 1)[1] + "\n", "line 4: the case c1 is there twice"),
        (lambda t: t.replace('"case":"c0",', ""), "line 2: case: Field required"),
        (lambda t: "", "line 1: not a line of JSON"),
    ],
)
def test_a_damaged_baseline_is_named_with_its_line(tmp_path: Path, damage: object, expected: str) -> None:
    file = written(tmp_path, [right("c0"), right("c1")])
    file.write_text(damage(file.read_text("utf-8")), "utf-8")  # type: ignore[operator]
    with pytest.raises(CaseError, match=expected):
        read_baseline(file)


def test_a_missing_baseline_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="`checker eval baseline` writes one"):
        read_baseline(tmp_path / "none.jsonl")


def test_history_grows_by_lines_and_is_told_apart_by_set(tmp_path: Path) -> None:
    entries = [
        Entry(date=date(2026, 11, d), set=s, checker="1", code="c", why="w", cases={"train": 1}, metrics={"train": {"gap_f1": 0.5, "grade_kappa": None}})
        for d, s in ((1, "a"), (2, "b"), (3, "a"))
    ]
    for entry in entries:
        append_history(tmp_path / "history.jsonl", entry)
    assert read_history(tmp_path / "history.jsonl", "a") == (entries[0], entries[2])
    assert read_history(tmp_path / "none.jsonl", "a") == ()


def test_a_comparison_shows_figures_tests_and_flips() -> None:
    before, after = [wrong(f"c{i}") for i in range(9)], [right(f"c{i}") for i in range(9)]
    found = compared("b against a", ("a note",), before, after, resamples=200)
    shown = render_comparison(found, "md")
    # Nine of nine the same way: exact McNemar p = 2 · (1/2)^9 = 0.0039; two requirements tested, Holm doubles the smaller.
    assert "| gdpr-dpia | 9 | 0 | 0.0039 | 0.0078 |" in shown
    assert "Changed verdicts: 9 (0 broken, 9 mended, 0 wrong before and after)" in shown
    assert '"flips"' in render_comparison(found, "json")


def test_a_sentence_that_stays_is_not_shown_as_a_change() -> None:
    flips = hold_flips([right("c0")], [made("c0", {A: "gap"}, {A: "met"}, says={"evidence": {A: ("planen kommer senere", "ny")}})])
    assert "    + ny" in flips
    assert "planen kommer senere" not in flips


def hold_flips(before: list[Result], after: list[Result]) -> str:
    from checker.evaluation.figures.compare import flips

    return written_flips(flips(before, after))
