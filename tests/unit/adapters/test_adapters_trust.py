"""Which models passed: trust hangs on weights, prompts and exam, and whatever cannot be read is not trusted."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from checker.adapters.trust import TrustBook, verdict
from checker.errors import SettingsError
from checker.reader.llm.exam import ExamResult, Outcome

PROMPTS = {"read": "1", "ask-fact": "2", "ask-evidence": "3"}
WHEN = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def sitting(right: int = 19, dangerous: int = 0, samples: bool = False) -> ExamResult:
    outcomes = (
        Outcome(text="t", item=f"i{n}", kind="fact", trap="x", said="true", answer_right=n < right, passage_right=n < right, dangerous=n >= 20 - dangerous)
        for n in range(20)
    )
    return ExamResult(exam="e1", model="ollama:mistral", identity="ollama:mistral#abc", prompts=PROMPTS, samples=samples, outcomes=tuple(outcomes))


@pytest.fixture
def book(tmp_path: Path) -> TrustBook:
    return TrustBook(tmp_path / "llm" / "exams")


def kept(tmp_path: Path) -> Path:
    (file,) = (tmp_path / "llm" / "exams").iterdir()
    return file


def test_a_model_that_was_never_tested_is_not_trusted_and_the_note_says_how(book):
    trust = book.look_up("ollama:mistral#abc", PROMPTS, "e1")
    assert not trust.trusted
    assert "checker llm test" in trust.note


def test_a_model_that_passed_is_trusted_with_its_score_and_time(book):
    made = book.record(sitting(), WHEN)
    trust = book.look_up("ollama:mistral#abc", dict(reversed(PROMPTS.items())), "e1")
    assert trust.trusted and trust.record == made
    assert trust.record.when == WHEN
    assert "19 af 20" in trust.note


@pytest.mark.parametrize(
    "asked", [("ollama:mistral#other", PROMPTS, "e1"), ("ollama:mistral#abc", {**PROMPTS, "read": "9"}, "e1"), ("ollama:mistral#abc", PROMPTS, "e2")]
)
def test_other_weights_other_prompts_or_another_exam_inherit_nothing(book, asked):
    book.record(sitting(), WHEN)
    assert not book.look_up(*asked).trusted


def test_the_last_sitting_counts(book):
    book.record(sitting(19), WHEN)
    book.record(sitting(12), WHEN)
    assert not book.look_up("ollama:mistral#abc", PROMPTS, "e1").trusted


@pytest.mark.parametrize("damage", [b"", b"{", b"null", b'{"schema_version":1}', b"\xff\xfe\x00", b"[" * 100_000])
def test_a_damaged_record_is_not_trusted_and_says_so(book, tmp_path, damage):
    book.record(sitting(), WHEN)
    kept(tmp_path).write_bytes(damage)
    trust = book.look_up("ollama:mistral#abc", PROMPTS, "e1")
    assert not trust.trusted and trust.record is None
    assert "--again" in trust.note and kept(tmp_path).name in trust.note


def test_a_half_written_record_is_not_trusted(book, tmp_path):
    book.record(sitting(), WHEN)
    whole = kept(tmp_path).read_bytes()
    kept(tmp_path).write_bytes(whole[: len(whole) // 2])
    assert not book.look_up("ollama:mistral#abc", PROMPTS, "e1").trusted


def test_a_record_copied_to_another_models_name_is_not_trusted(book, tmp_path):
    book.record(sitting(), WHEN)
    passed = kept(tmp_path).read_bytes()
    kept(tmp_path).unlink()
    book.record(sitting(3).model_copy(update={"identity": "ollama:tiny#1"}), WHEN)
    kept(tmp_path).write_bytes(passed)
    trust = book.look_up("ollama:tiny#1", PROMPTS, "e1")
    assert not trust.trusted
    assert "another model" in trust.note


def test_a_record_that_calls_itself_passed_is_reckoned_anew(book, tmp_path):
    """Only the answers are on record: a bar that was raised since holds for them too."""
    book.record(sitting(12), WHEN)
    assert b"passed" not in kept(tmp_path).read_bytes()


def test_no_half_file_is_left_beside_the_record(book, tmp_path):
    book.record(sitting(), WHEN)
    book.record(sitting(), WHEN)
    assert kept(tmp_path).suffix == ".json"


def test_a_folder_that_cannot_be_written_is_an_error_with_the_place(tmp_path):
    (tmp_path / "llm").write_text("a file, not a folder")
    with pytest.raises(SettingsError, match="llm/exams"):
        TrustBook(tmp_path / "llm" / "exams").record(sitting(), WHEN)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_record_that_cannot_be_opened_is_not_trusted(book, tmp_path):
    book.record(sitting(), WHEN)
    kept(tmp_path).chmod(0)
    assert not book.look_up("ollama:mistral#abc", PROMPTS, "e1").trusted


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (sitting(19), "bestod prøven: 19 af 20"),
        (sitting(16), "16 af 20 rigtige, krav 17"),
        (sitting(18, dangerous=2), "2 farlige svar, højst 1"),
        (sitting(20, samples=True), "temperaturen er over 0"),
    ],
)
def test_the_verdict_says_what_is_lacking(made, said):
    assert said in verdict(made)


def test_each_sitting_has_a_name_of_its_own_and_none_has_none(book):
    asked = ("ollama:mistral#abc", PROMPTS, "e1")
    assert book.look_up(*asked).sitting == ""
    book.record(sitting(), WHEN)
    first = book.look_up(*asked).sitting
    assert first == book.look_up(*asked).sitting != ""
    book.record(sitting(), datetime(2026, 11, 22, 9, 31, tzinfo=UTC))
    assert book.look_up(*asked).sitting != first
