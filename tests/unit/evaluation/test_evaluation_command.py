"""`checker eval run`: wrong labels end with exit code 2 and one message."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from small_labels import LABELS

from checker.__main__ import main


def call(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["checker", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0)


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("CHECKER_HOME", str(tmp_path_factory.mktemp("home")))


def test_a_wrong_label_ends_with_2(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], write_case: Callable[..., Path]) -> None:
    folder = write_case(labels=LABELS.format(id="a", family="f").replace("gdpr-dpia", "gdpr-dpja"))
    assert call(monkeypatch, "eval", "run", "--set", str(folder)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("checker: ")
    assert "a.yaml, line 11: unknown id gdpr-dpja" in said.err


def test_evidence_that_is_not_in_the_text_ends_with_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], write_case: Callable[..., Path]
) -> None:
    folder = write_case(text="Noget helt andet.")
    assert call(monkeypatch, "eval", "run", "--set", str(folder)) == 2
    assert "a.yaml, line 9: evidence is_ai_system: not found in the text" in capsys.readouterr().err


def test_an_unknown_split_ends_with_2(monkeypatch: pytest.MonkeyPatch) -> None:
    assert call(monkeypatch, "eval", "run", "--split", "half") == 2
