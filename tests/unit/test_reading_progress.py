"""Who waits for a language model sees one bar for all its questions."""

from __future__ import annotations

from pathlib import Path

import pytest

import checker.wiring
from checker.cli.common import QUESTIONS
from checker.settings import Settings
from checker.wiring import Workbench
from tests.unit.reader.llm.scripted_models import TEXT, Kept, Scripted, project_of


def test_all_questions_of_a_reading_are_told_under_one_name_until_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, int, int]] = []
    bench = Workbench(Settings(home=tmp_path, llm="openai:x@http://127.0.0.1:9/v1"), progress=lambda what, done, total: told.append((what, done, total)))
    monkeypatch.setattr(checker.wiring, "chat_model", lambda *given, **more: Scripted())
    monkeypatch.setattr(checker.wiring, "SqliteAnswers", lambda *given: Kept())
    bench.two_readers("llm").read(project_of(TEXT))
    asked = [(done, total) for what, done, total in told if what == QUESTIONS]
    assert {what for what, _, _ in told} == {QUESTIONS}
    assert asked == [(n, len(asked)) for n in range(1, len(asked) + 1)] and len(asked) > 64
