"""checker draft: writing help without a language model, and what it says when one is set that cannot be reached."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.texts import ENGLISH, SENSOR


@pytest.fixture
def sensor(tmp_path: Path) -> Path:
    file = tmp_path / "natsensor.txt"
    file.write_text(SENSOR, "utf-8")
    return file


def test_a_mail_in_markdown_begins_with_its_mark_and_ends_with_its_sources(checker: Run, sensor: Path) -> None:
    ran = checker("draft", "mail", sensor, "--as-of", "2026-09-01")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert "Udkast skrevet af checker uden sprogmodel; ikke gennemgået af en jurist." in lines[0]
    assert "1. september 2026" in lines[2]
    assert "Kære projektleder" in lines
    assert "»Konsekvensanalysen laves, når piloten er evalueret.«" in ran.out
    assert "## Kilder" in lines


def test_json_holds_the_same_with_offsets_into_the_text(checker: Run, sensor: Path, tmp_path: Path) -> None:
    out = tmp_path / "svar" / "dpia.json"
    assert checker("draft", "dpia", sensor, "--format", "json", "--out", out).code == 0
    draft = json.loads(out.read_text("utf-8"))
    assert draft["schema_version"] == 1 and draft["kind"] == "dpia" and draft["receipt"]["model"] == ""
    assert [s["id"] for s in draft["sections"]] == ["purpose", "data", "necessity", "risks", "measures"]
    numbers = {s["number"] for s in draft["sources"]}
    assert all(sentence["sources"] and set(sentence["sources"]) <= numbers for s in draft["sections"] for sentence in s["sentences"])
    quotes = [q for s in draft["sources"] for q in s["quotes"]]
    assert quotes and all(q["end"] - q["start"] == len(q["text"]) for q in quotes)


def test_reasons_in_english_from_standard_input(checker: Run) -> None:
    ran = checker("draft", "rationale", "-", "--lang", "en", stdin=ENGLISH.encode())
    assert ran.code == 0
    assert "not reviewed by a lawyer" in ran.out.splitlines()[0]
    assert "Do this:" in ran.out


def test_a_model_that_cannot_be_reached_writes_nothing_and_the_draft_says_so(checker: Run, sensor: Path) -> None:
    alone = checker("draft", "rationale", sensor, "--format", "json", "--reader", "rules")
    gone = checker("draft", "rationale", sensor, "--format", "json", CHECKER_LLM="openai:x@http://127.0.0.1:9/v1", CHECKER_LLM_TIMEOUT="2")
    assert (alone.code, gone.code) == (0, 0)
    assert any("Sprogmodellen har ikke skrevet noget" in note for note in json.loads(gone.out)["notes"])
    assert json.loads(gone.out)["sections"] == json.loads(alone.out)["sections"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("draft", "mail", "findes-ikke.txt"), "findes-ikke.txt"),
        (("draft", "brev", "-"), "brev"),
        (("draft", "mail", "-", "--as-of", "i morgen"), "ikke en dato"),
        (("draft", "mail", "-", "--reader", "llm"), "sprogmodel"),
    ],
)
def test_wrong_use_ends_with_2_and_says_what_to_do(args: tuple[str, ...], said: str, checker: Run) -> None:
    ran = checker(*args, stdin=SENSOR.encode())
    assert ran.code == 2
    assert said in ran.err
