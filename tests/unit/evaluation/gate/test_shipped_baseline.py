"""The committed baselines are whole, of the shipped set, and what eval/README.md says of them is so."""

from pathlib import Path

import pytest

from checker.evaluation.cases import load_set
from checker.evaluation.gate.baseline import HISTORY, read_baseline, read_history
from checker.library import Library

ROOT = Path(__file__).resolve().parents[4]
FOLDER = ROOT / "eval" / "baselines"
SPLITS = ("train", "held-out")
SHOWN = ("gap_f1", "gap_f1_macro", "na_flagged", "wrong_met", "pairs_flipped", "risk_accuracy", "fact_accuracy")


@pytest.mark.parametrize("split", SPLITS)
def test_a_baseline_holds_every_case_of_its_split(split: str, library: Library) -> None:
    cases = {c.id for c in load_set(ROOT / "eval" / "sets" / "municipal", library.catalogue) if c.split == split}
    assert set(read_baseline(FOLDER / f"municipal.{split}.jsonl").cases) == cases


@pytest.mark.parametrize("split", SPLITS)
def test_the_readme_shows_the_figures_of_the_baseline(split: str) -> None:
    metrics = read_baseline(FOLDER / f"municipal.{split}.jsonl").head.metrics
    rows = (ROOT / "eval" / "README.md").read_text("utf-8").splitlines()
    row = next(r for r in rows if r.startswith(f"| checker | {split} |"))
    for metric in SHOWN:
        assert f"{metrics[metric]:.3f}" in row, f"{metric}: run `make eval figures`, or move the baseline"


def test_every_baseline_has_its_line_in_the_history() -> None:
    entries = read_history(FOLDER / HISTORY, "municipal")
    assert entries
    for split in SPLITS:
        head = read_baseline(FOLDER / f"municipal.{split}.jsonl").head
        assert any((e.code, e.why) == (head.code, head.why) for e in entries)
