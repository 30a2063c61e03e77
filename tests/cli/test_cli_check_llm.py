"""`checker check` with a language model: real llama.cpp servers with a small real model, and servers that say what a test wants."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from checker.adapters.chat import chat_model
from checker.adapters.trust import TrustBook
from checker.library import Library
from checker.prompts import load_prompts
from checker.reader.llm.exam import ExamResult, Outcome
from checker.reader.llm.exam_paper import exam_key, load_exam
from tests.cli.conftest import ROOT, borrow_vectors, environment, run_checker
from tests.llm_server import RunningLlama
from tests.unit.adapters.chat_servers import Asked, Page, Serving

DAY = "2026-11-22"
TEXT = """Automatisk sortering af post i borgerservice

Kommunen vil prøve et AI-system, der læser mails fra borgere og sender dem til den rette afdeling.
Systemet læser navne, adresser og det, borgeren skriver om sin sag.
Borger 010190-1234 har sagt ja til at være med i prøven; skriv til anna.holm@kommune.dk.
Konsekvensanalysen blev godkendt af databeskyttelsesrådgiveren den 3. marts 2026, før prøven begyndte.
Vi overvejer at skrive en procedure for, hvem der retter systemets fejl.
"""


class Scripted(Serving):
    """Speaks as vLLM does. `answer`: question → (status word, passage numbers); what it is asked is kept."""

    def __init__(self, answer: Any) -> None:
        self.answer, self.left = answer, 10_000
        super().__init__(self._pages)

    @property
    def setting(self) -> str:
        return f"openai:scripted@{self.root}/v1"

    @property
    def prompts(self) -> list[str]:
        return ["\n".join(m["content"] for m in a.body["messages"]) for a in self.of("/v1/chat/completions")]

    def _pages(self, asked: Asked) -> Page | None:
        if asked.path == "/v1/models":
            return Page({"object": "list", "data": [{"id": "scripted", "object": "model", "owned_by": "vllm", "root": "scripted", "max_model_len": 32768}]})
        if asked.path != "/v1/chat/completions":
            return Page({"error": {"message": "not found"}}, 404)
        self.left -= 1
        if self.left < 0:
            return Page({"error": {"message": "out of memory"}}, 500, {"retry-after-ms": "1"})
        words = asked.body["response_format"]["json_schema"]["schema"]["properties"]["answer"]["enum"]
        said = json.dumps(self.answer(asked.body["messages"][-1]["content"], words))
        message = {"role": "assistant", "content": said}
        return Page(
            {
                "id": "x", "object": "chat.completion", "created": 1, "model": "scripted",
                "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
                "usage": {"prompt_tokens": 900, "completion_tokens": 9, "total_tokens": 909},
            }
        )  # fmt: skip


class OllamaScripted(Serving):
    """Speaks as Ollama does, and answers as `answer` says."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        super().__init__(self._pages)

    @property
    def setting(self) -> str:
        return f"ollama:small@{self.root}"

    def _pages(self, asked: Asked) -> Page | None:
        match asked.path:
            case "/api/tags":
                return Page({"models": [{"name": "small:latest", "model": "small:latest", "digest": "ab" * 32, "size": 1}]})
            case "/api/show":
                return Page({"details": {"family": "llama"}, "model_info": {"general.architecture": "llama", "llama.context_length": 32768}})
            case "/api/chat":
                words = asked.body["format"]["properties"]["answer"]["enum"]
                said = json.dumps(self.answer(asked.body["messages"][-1]["content"], words))
                return Page(
                    {
                        "model": "small:latest", "created_at": "2026-11-22T00:00:00Z", "done": True, "done_reason": "stop",
                        "message": {"role": "assistant", "content": said}, "prompt_eval_count": 900, "eval_count": 9,
                    }
                )  # fmt: skip
        return Page("404 page not found", 404)


def credulous(question: str, words: list[str]) -> dict[str, Any]:
    """Everything is done and true, and always by the first passage."""
    return {"passages": [2], "answer": words[0]}


def silent(question: str, words: list[str]) -> dict[str, Any]:
    return {"passages": [], "answer": next(w for w in words if w in ("ukendt", "nævnes_ikke"))}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("llm-home")
    borrow_vectors(home)
    return home


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "projekt.txt").write_text(TEXT, "utf-8")
    return tmp_path


@pytest.fixture
def server() -> Iterator[Scripted]:
    running = Scripted(credulous)
    yield running
    running.stop()


def checked(home: Path, folder: Path, *options: str, **env: str) -> tuple[dict[str, Any], str]:
    ran = run_checker(home, folder, "check", "projekt.txt", "--format", "json", "--as-of", DAY, *options, **env)
    assert ran.code in (0, 1), ran.err
    return json.loads(ran.out), ran.err


@pytest.fixture(scope="module")
def by_rules(home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("rules")
    (folder / "projekt.txt").write_text(TEXT, "utf-8")
    return checked(home, folder, "--reader", "rules")[0]


def without_the_model(report: dict[str, Any]) -> dict[str, Any]:
    """What of a report the rules answer for: all but what the second reader said, and the receipt's account of it."""
    kept = {k: v for k, v in report.items() if k != "model"}
    kept["findings"] = [{k: v for k, v in f.items() if k != "second"} for f in report["findings"]]
    kept["facts"] = {i: {k: v for k, v in f.items() if k != "second"} for i, f in report["facts"].items()}
    kept["receipt"] = {k: v for k, v in report["receipt"].items() if k not in ("made_at", "model", "prompts")}
    return kept


def standings(report: dict[str, Any]) -> set[str]:
    return {x["second"]["standing"] for x in (*report["findings"], *report["facts"].values()) if x.get("second")}


def passed(home: Path, setting: str) -> None:
    """The exam on record as passed, for the tests in which a trusted model is to move something."""
    exam, prompts = load_exam(), load_prompts()
    outcomes = tuple(Outcome(text="t", item=q.item, kind=q.kind, trap=q.trap, said=q.answer[0], answer_right=True, passage_right=True) for q in exam.questions)
    TrustBook(home / "llm" / "exams").record(
        ExamResult(
            model="scripted",
            identity=chat_model(setting).identity(),
            prompts=prompts.hashes,
            exam=exam_key(exam, prompts, Library().catalogue),
            outcomes=outcomes,
            samples=False,
        ),
        datetime.now(UTC),
    )


def test_a_model_must_be_configured_to_be_asked(home: Path, folder: Path) -> None:
    ran = run_checker(home, folder, "check", "projekt.txt", "--reader", "llm")
    assert (ran.code, ran.out) == (2, "")
    assert "CHECKER_LLM" in ran.err


def test_a_server_that_is_not_there_costs_nothing_but_a_note(home: Path, folder: Path, by_rules: dict[str, Any]) -> None:
    report, said = checked(home, folder, "--reader", "llm", CHECKER_LLM="openai:x@http://127.0.0.1:9/v1")
    assert without_the_model(report) == without_the_model(by_rules)
    assert "kan ikke nås" in report["model"]["broken_off"]
    assert "regellæseren alene" in said


@pytest.mark.parametrize("mode", ["auto", "llm"])
def test_below_the_bar_nothing_moves_to_the_letter(home: Path, folder: Path, server: Scripted, by_rules: dict[str, Any], mode: str) -> None:
    report, said = checked(home, folder, "--reader", mode, CHECKER_LLM=server.setting)
    assert report["model"]["asked"] > 10
    assert not report["model"]["trusted"]
    assert without_the_model(report) == without_the_model(by_rules)
    assert standings(report) == {"suggestion"}
    assert "forslag" in said


def test_a_trusted_model_that_believes_everything_closes_nothing(home: Path, folder: Path, by_rules: dict[str, Any]) -> None:
    server = Scripted(credulous)
    try:
        passed(home, server.setting)
        report, _ = checked(home, folder, "--reader", "llm", CHECKER_LLM=server.setting)
    finally:
        server.stop()
    assert report["model"]["trusted"]
    assert "refused" in standings(report)
    met = {f["requirement"] for f in report["findings"] if f["verdict"] == "met"}
    assert met <= {f["requirement"] for f in by_rules["findings"] if f["verdict"] == "met"}


def test_a_trusted_model_that_sees_nothing_reopens_only_what_was_weak(home: Path, folder: Path, by_rules: dict[str, Any]) -> None:
    server = Scripted(silent)
    try:
        passed(home, server.setting)
        report, _ = checked(home, folder, "--reader", "llm", CHECKER_LLM=server.setting)
    finally:
        server.stop()
    before = {f["requirement"]: f for f in by_rules["findings"]}
    for finding in report["findings"]:
        old = before[finding["requirement"]]
        if old["verdict"] == "met" and finding["verdict"] == "gap":
            assert finding["second"]["standing"] == "opened"
            assert old["margin"] < 0.3
        else:
            assert finding["verdict"] == old["verdict"]


def test_ollama_reads_along_as_any_other_server(home: Path, folder: Path, by_rules: dict[str, Any]) -> None:
    server = OllamaScripted(silent)
    try:
        report, _ = checked(home, folder, "--reader", "llm", CHECKER_LLM=server.setting)
        assert without_the_model(report) == without_the_model(by_rules)
        assert report["model"]["answered"] == report["model"]["asked"] > 90
        passed(home, server.setting)
        trusted, _ = checked(home, folder, "--reader", "auto", CHECKER_LLM=server.setting)
    finally:
        server.stop()
    assert trusted["model"]["trusted"]
    assert trusted["receipt"]["model"].endswith("ab" * 32)
    assert standings(trusted) & {"agreed", "opened"}


def test_numbers_of_persons_and_addresses_are_masked_unless_asked_for(home: Path, folder: Path, server: Scripted) -> None:
    checked(home, folder, "--reader", "auto", CHECKER_LLM=server.setting)
    assert not any("010190-1234" in p or "anna.holm" in p for p in server.prompts)
    checked(home, folder, "--reader", "auto", "--no-mask", CHECKER_LLM=server.setting)
    assert any("010190-1234" in p and "anna.holm" in p for p in server.prompts)


def test_every_question_about_a_project_begins_with_the_same_text(home: Path, folder: Path, server: Scripted) -> None:
    checked(home, folder, "--reader", "llm", CHECKER_LLM=server.setting)
    asked = [a.body["messages"] for a in server.of("/v1/chat/completions")]
    mark = re.compile(r"<<<[0-9a-f]{16}>>>")
    beginnings = {(m[0]["content"], m[1]["content"][: [x.end() for x in mark.finditer(m[1]["content"])][-1]]) for m in asked}
    assert len(beginnings) == 1
    assert len(asked) > 90


def test_a_server_that_fails_on_the_way_leaves_a_report_that_says_so_and_a_run_that_goes_on(
    home: Path, folder: Path, server: Scripted, by_rules: dict[str, Any]
) -> None:
    server.left = 12
    report, said = checked(home, folder, "--reader", "llm", CHECKER_LLM=server.setting)
    assert report["model"]["answered"] >= 8
    assert "svigtet" in report["model"]["broken_off"]
    assert without_the_model(report) == without_the_model(by_rules)
    assert "regellæseren alene" in said
    server.left = 10_000
    again, _ = checked(home, folder, "--reader", "llm", CHECKER_LLM=server.setting)
    assert again["model"]["from_cache"] >= 8
    assert not again["model"]["broken_off"]


def test_ctrl_c_keeps_what_was_answered(home: Path, folder: Path) -> None:
    answered = 0

    def slow(question: str, words: list[str]) -> dict[str, Any]:
        nonlocal answered
        answered += 1
        if answered > 10:
            time.sleep(30)
        return silent(question, words)

    server = Scripted(slow)
    try:
        command = [sys.executable, "-m", "checker", "check", "projekt.txt", "--reader", "llm", "--as-of", DAY]
        run = subprocess.Popen(
            command, cwd=folder, env=environment(home, CHECKER_LLM=server.setting), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        while answered <= 10 and run.poll() is None:
            time.sleep(0.05)
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=120)
        assert run.returncode == 130, err
        assert "stoppet" in err
        assert "Traceback" not in err
        answered = -10_000
        report, _ = checked(home, folder, "--reader", "llm", CHECKER_LLM=server.setting)
        assert report["model"]["from_cache"] >= 6
    finally:
        server.stop()


@pytest.fixture(scope="module")
def short_prompts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped questions after an instruction of one line: one thread reads the shipped one for many seconds."""
    folder = tmp_path_factory.mktemp("prompts")
    read = yaml.safe_load((ROOT / "prompts" / "read.yaml").read_text("utf-8"))
    line = "Læs de nummererede steder, og svar med JSON.{% if false %}{{ duties }}{{ examples }}{{ facts }}{% endif %}"
    read["system"], read["examples"] = {"da": line, "en": line}, []
    (folder / "read.yaml").write_text(yaml.safe_dump(read, allow_unicode=True), "utf-8")
    return folder


SHORT = """Kommunen vil prøve en chatbot med kunstig intelligens på sin hjemmeside.
Borgere skriver deres spørgsmål i et felt, og botten svarer.
"""


def test_a_model_file_is_read_inside_checker(home: Path, tmp_path: Path, llama_file: Path, short_prompts: Path) -> None:
    (tmp_path / "projekt.txt").write_text(SHORT, "utf-8")
    rules, _ = checked(home, tmp_path, "--reader", "rules")
    env = {"CHECKER_LLM": f"llamacpp:{llama_file}", "CHECKER_PROMPTS": str(short_prompts), "CHECKER_LLM_CONTEXT": "4096"}
    report, _ = checked(home, tmp_path, "--reader", "auto", **env)
    model = report["model"]
    assert model["asked"] == model["answered"] + model["unread"] > 5
    assert model["tokens_cached"] >= 100 * (model["asked"] - 1)  # the text is read once: of every later question only its own words
    assert without_the_model(report) == without_the_model(rules)


def test_a_real_server_killed_on_the_way_leaves_the_rules_word(
    home: Path, tmp_path: Path, mortal_llama_server: RunningLlama, short_prompts: Path
) -> None:
    (tmp_path / "projekt.txt").write_text(SHORT, "utf-8")
    rules, _ = checked(home, tmp_path, "--reader", "rules")
    env = environment(home, CHECKER_LLM=mortal_llama_server.setting, CHECKER_PROMPTS=str(short_prompts))
    command = [sys.executable, "-m", "checker", "check", "projekt.txt", "--reader", "llm", "--format", "json", "--as-of", DAY]
    run = subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while mortal_llama_server.metrics().get("tokens_predicted_total", 0) < 60 and run.poll() is None:
        time.sleep(0.1)
    mortal_llama_server.kill()
    out, err = run.communicate(timeout=120)
    assert run.returncode in (0, 1), err
    report = json.loads(out)
    assert report["model"]["broken_off"]
    assert "regellæseren alene" in err
    assert without_the_model(report) == without_the_model(rules)
