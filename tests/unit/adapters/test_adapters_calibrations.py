"""Calibrations on record: for just one model and one wording."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.adapters.calibrations import CalibrationBook
from checker.errors import SettingsError
from checker.reader.llm.calibrate import UNCALIBRATED, Calibration

MADE = Calibration(slope=0.6, shift=-0.1, n=44)
PROMPTS = {"read": "a1", "ask-fact": "b2"}


def test_what_was_recorded_is_found_again_for_this_model_and_these_prompts_only(tmp_path: Path) -> None:
    book = CalibrationBook(tmp_path / "calibrations")
    assert book.look_up("model", PROMPTS, "e1") == UNCALIBRATED
    book.record("model", PROMPTS, "e1", MADE)
    assert CalibrationBook(tmp_path / "calibrations").look_up("model", PROMPTS, "e1") == MADE
    assert book.look_up("model", PROMPTS | {"read": "a2"}, "e1") == UNCALIBRATED
    assert book.look_up("other", PROMPTS, "e1") == UNCALIBRATED
    assert book.look_up("model", PROMPTS, "e2") == UNCALIBRATED


def test_a_damaged_record_leaves_the_models_own_numbers(tmp_path: Path) -> None:
    book = CalibrationBook(tmp_path)
    book.record("model", PROMPTS, "e1", MADE)
    next(tmp_path.iterdir()).write_text('{"slope": -1', "utf-8")
    assert book.look_up("model", PROMPTS, "e1") == UNCALIBRATED


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(SettingsError, match="kan ikke gemmes"):
        CalibrationBook(tmp_path / "file" / "calibrations").record("model", PROMPTS, "e1", MADE)
