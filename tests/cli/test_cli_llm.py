"""checker llm: test and show, against a server that speaks OpenAI's protocol and sits the exam as a test wants. In this process."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from checker.cli.llm import app
from checker.errors import CheckerError
from checker.library import Library
from checker.prompts import load_prompts
from checker.reader.llm.exam import load_exam
from checker.reader.llm.exam_paper import Question
from checker.reader.llm.rendering import question_of, words_of
from tests.cli.conftest import Ran
from tests.unit.adapters.chat_servers import Asked, Page, Serving

Choose = Callable[[Question], tuple[str, tuple[int, ...]]]


def by_key(key: Question) -> tuple[str, tuple[int, ...]]:
    return key.answer[0], key.passages


def all_done(key: Question) -> tuple[str, tuple[int, ...]]:
    return (key.answer[0] if key.kind == "fact" else "done"), key.passages or (1,)


class Examinee(Serving):
    """Knows the key, and answers what `choose` makes of it. `weights`: what its model list says."""

    def __init__(self, choose: Choose = by_key) -> None:
        catalogue, prompts = Library().catalogue, load_prompts()
        self.choose, self.weights = choose, "v1"
        self._keys = []
        for text in load_exam().texts:
            for key in text.asked:
                closed = key.closed(catalogue)
                words = words_of(closed, catalogue, "da", prompts)
                self._keys.append((question_of(closed, catalogue, "da", prompts), text.passages[0], key, words))
        super().__init__(self._pages)

    @property
    def setting(self) -> str:
        return f"openai:examinee@{self.root}/v1"

    @property
    def questions(self) -> int:
        return len(self.of("/v1/chat/completions"))

    def _pages(self, asked: Asked) -> Page:
        if asked.path == "/v1/models":
            return Page({"object": "list", "data": [{"id": "examinee", "owned_by": "vllm", "root": self.weights, "max_model_len": 16384}]})
        if asked.path != "/v1/chat/completions":
            return Page({"error": {"message": "not found"}}, 404)
        user = asked.body["messages"][-1]["content"]
        key, words = next((k, w) for question, first, k, w in self._keys if user.endswith(question) and first in user)
        code, passages = self.choose(key)
        said = json.dumps({"passages": list(passages), "answer": words[code]}, ensure_ascii=False)
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": said}}
        usage = {"prompt_tokens": 900, "completion_tokens": 9, "total_tokens": 909}
        return Page({"id": "x", "object": "chat.completion", "created": 1, "model": "examinee", "choices": [choice], "usage": usage})


@pytest.fixture
def server() -> Iterator[Examinee]:
    running = Examinee()
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [n for n in os.environ if n.startswith("CHECKER_")]:
        monkeypatch.delenv(name)


def llm(folder: Path, *args: str, **env: str) -> Ran:
    """What a user sees of an error is what `__main__` makes of it: its message and exit code."""
    try:
        ran = CliRunner().invoke(app, list(args), env={"CHECKER_HOME": str(folder / "home"), **env}, catch_exceptions=False)
    except CheckerError as error:
        return Ran(error.exit_code, "", str(error))
    return Ran(ran.exit_code, ran.stdout, ran.stderr)


def data(ran: Ran) -> dict[str, Any]:
    found = json.loads(ran.out)
    assert isinstance(found, dict)
    return found


def test_without_a_model_show_says_so_and_test_says_how_to_choose_one(tmp_path: Path) -> None:
    shown = llm(tmp_path, "show")
    assert shown.code == 0
    assert "CHECKER_LLM" in shown.out and "regellæseren" in shown.out
    tested = llm(tmp_path, "test")
    assert (tested.code, tested.out) == (2, "")
    assert "ollama:" in tested.err and "llamacpp:" in tested.err


def test_a_model_that_knows_the_key_passes_is_trusted_and_is_not_asked_again(tmp_path: Path, server: Examinee) -> None:
    first = llm(tmp_path, "test", CHECKER_LLM=server.setting)
    assert first.code == 0, first.err
    assert "20 af / of 20" in first.out and "IKKE" not in first.out and "TROVÆRDIG / TRUSTED" in first.out
    assert server.questions == 20
    second = llm(tmp_path, "test", "--format", "json", CHECKER_LLM=server.setting)
    assert (second.code, server.questions) == (0, 20)
    said = data(second)
    assert (said["trusted"], said["from_record"], said["exam"]["right"], said["context"]) == (True, True, 20, 16384)
    assert llm(tmp_path, "test", "--again", CHECKER_LLM=server.setting).code == 0
    assert server.questions == 40


def test_a_model_that_calls_everything_done_fails_with_exit_1_and_each_danger_named(tmp_path: Path, server: Examinee) -> None:
    """All ten facts by the key; of the duties `done` is right once, and hides the seven that are open."""
    server.choose = all_done
    ran = llm(tmp_path, "test", CHECKER_LLM=server.setting)
    assert ran.code == 1
    assert "11 af / of 20" in ran.out and "IKKE TROVÆRDIG / NOT TRUSTED" in ran.out
    assert ran.out.count("FARLIG / DANGEROUS:") == 7
    assert "forslag" in ran.out
    said = data(llm(tmp_path, "test", "--format", "json", CHECKER_LLM=server.setting))
    assert (said["exam"]["facts_right"], said["exam"]["duties_right"], said["exam"]["dangerous"]) == (10, 1, 7)


def test_other_weights_under_the_same_name_have_to_sit_it_themselves(tmp_path: Path, server: Examinee) -> None:
    assert llm(tmp_path, "test", CHECKER_LLM=server.setting).code == 0
    assert data(llm(tmp_path, "show", "--format", "json", CHECKER_LLM=server.setting))["trusted"]
    server.weights = "v2"
    shown = data(llm(tmp_path, "show", "--format", "json", CHECKER_LLM=server.setting))
    assert (shown["trusted"], shown["tested"]) == (False, None)


def test_a_model_that_draws_its_answers_is_never_trusted(tmp_path: Path, server: Examinee) -> None:
    ran = llm(tmp_path, "test", CHECKER_LLM=server.setting, CHECKER_LLM_TEMPERATURE="0.7")
    assert ran.code == 1
    assert "temperaturen" in ran.out


def test_a_server_that_is_not_there_is_exit_2_for_test_and_told_by_show(tmp_path: Path) -> None:
    gone = {"CHECKER_LLM": "openai:x@http://127.0.0.1:9/v1"}
    tested = llm(tmp_path, "test", **gone)
    assert (tested.code, tested.out) == (2, "")
    assert "kan ikke nås" in tested.err
    shown = llm(tmp_path, "show", **gone)
    assert shown.code == 0
    assert "KAN IKKE NÅS" in shown.out


def test_show_never_prints_the_key(tmp_path: Path, server: Examinee) -> None:
    for form in ("text", "json"):
        shown = llm(tmp_path, "show", "--format", form, CHECKER_LLM=server.setting, CHECKER_LLM_KEY="hemmelig-42")
        assert "hemmelig-42" not in shown.out + shown.err
    assert "sat / set" in llm(tmp_path, "show", CHECKER_LLM=server.setting, CHECKER_LLM_KEY="hemmelig-42").out


def test_a_damaged_record_is_said_and_the_exam_is_sat_again(tmp_path: Path, server: Examinee) -> None:
    assert llm(tmp_path, "test", CHECKER_LLM=server.setting).code == 0
    (file,) = (tmp_path / "home" / "llm" / "exams").iterdir()
    file.write_text("{", "utf-8")
    assert "kan ikke læses" in llm(tmp_path, "show", CHECKER_LLM=server.setting).out
    assert llm(tmp_path, "test", CHECKER_LLM=server.setting).code == 0
    assert server.questions == 40


def test_a_server_that_was_busy_when_first_asked_who_it_is_is_known_by_what_it_tells_after_the_exam(
    tmp_path: Path, server: Examinee, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, busy = server.pages, 3
    monkeypatch.setattr("checker.adapters.chat.manners._WAIT_INITIAL", 0.0)
    monkeypatch.setattr("checker.adapters.chat.manners._WAIT_JITTER", 0.0)

    def at_first_busy(asked: Asked) -> Page | None:
        models = len(server.of("/v1/models"))
        return Page({"error": {"message": "Loading model"}}, 503) if asked.path == "/v1/models" and models <= busy else answers(asked)

    server.pages = at_first_busy
    tested = llm(tmp_path, "test", "--format", "json", CHECKER_LLM=server.setting)
    assert tested.code == 0, tested.err
    shown = data(llm(tmp_path, "show", "--format", "json", CHECKER_LLM=server.setting))
    assert shown["trusted"] and shown["identity"] == data(tested)["identity"] != server.setting
