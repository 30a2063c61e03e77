"""The questions without an answer, and what the README says of the threshold made with them."""

from __future__ import annotations

from pathlib import Path

import yaml

from checker.knowledge.retrieval.confidence import trained_calibration

FOLDER = Path(__file__).resolve().parents[4] / "eval" / "retrieval"
TOPICS = yaml.safe_load((FOLDER / "unanswerable.yaml").read_text("utf-8"))


def test_there_are_enough_of_them_in_both_languages_and_both_parts() -> None:
    for split in ("dev", "test"):
        here = [t for t in TOPICS if t["split"] == split]
        assert {t["kind"] for t in here} == {"away", "near", "nonsense", "talk"}
        assert sum(len(t["da"]) for t in here) >= 50
        assert sum(len(t["en"]) for t in here) >= 15


def test_no_topic_stands_twice_and_no_question_twice_or_among_those_with_an_answer() -> None:
    assert len({t["topic"] for t in TOPICS}) == len(TOPICS)
    texts = [text for t in TOPICS for text in (*t["da"], *t["en"])]
    held = {q["text"] for q in yaml.safe_load((FOLDER / "questions.yaml").read_text("utf-8"))}
    assert len(set(texts)) == len(texts)
    assert not held & set(texts)


def test_the_readme_gives_the_shipped_threshold() -> None:
    shipped = trained_calibration()
    assert f"Threshold {shipped.threshold:.2f}, chosen on dev for {shipped.precision:.2f} right" in (FOLDER / "README.md").read_text("utf-8")
