"""The rest of the command line: help, completion, search, explain; and an index that was cut off or has nowhere to live."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from conftest import Run, borrow_vectors, environment, run_checker
from texts import SENSOR

from checker.library import default_root

HEAVY = ("torch", "chromadb", "langchain", "langchain_core", "langchain_chroma", "sentence_transformers", "sklearn", "scipy", "transformers")


def imported(stderr: str) -> set[str]:
    return {match.split(".")[0] for match in re.findall(r"^import time:.*\|\s*(\S+)$", stderr, re.M)}


@pytest.mark.parametrize("args", [("--help",), ("check", "--help"), ("--version",)])
def test_help_is_quick_because_it_loads_no_heavy_library(tmp_path: Path, args: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "checker", *args],
        check=False,
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0
    loaded = imported(done.stderr)
    assert "checker" in loaded or "typer" in loaded
    assert loaded & set(HEAVY) == set()


@pytest.mark.parametrize("command", [(), ("check",), ("facts",), ("explain",), ("corpus",), ("corpus", "search"), ("eval",), ("train",)])
def test_every_command_explains_itself(tmp_path: Path, command: tuple[str, ...]) -> None:
    ran = run_checker(tmp_path, tmp_path, *command, "--help")
    assert ran.code == 0
    assert "Usage" in ran.out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion_prints_a_script(tmp_path: Path, shell: str) -> None:
    ran = run_checker(tmp_path, tmp_path, "--show-completion", shell, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert ran.code == 0
    assert "_CHECKER_COMPLETE" in ran.out


def test_completion_knows_the_commands(tmp_path: Path) -> None:
    ran = run_checker(tmp_path, tmp_path, _CHECKER_COMPLETE="complete_bash", COMP_WORDS="checker che", COMP_CWORD="1")
    assert ran.out.split() == ["check"]


# --- search and explain


def test_queries_from_a_file_are_answered_in_order_one_array_a_line(checker: Run, tmp_path: Path) -> None:
    twice = "konsekvensanalyse vedrørende databeskyttelse"
    queries = [twice, "", "aktindsigt og journal", "mennesket skal kunne gribe ind", twice]
    (tmp_path / "spørgsmål.txt").write_text("\n".join(queries) + "\n", "utf-8-sig")
    ran = checker("corpus", "search", "--queries", "spørgsmål.txt", "-k", "3")
    answers = [json.loads(line) for line in ran.out.split("\n") if line]
    assert ran.code == 0
    assert [len(a) for a in answers] == [3, 0, 3, 3, 3]
    assert answers[0] == answers[4]
    assert {"provision", "act", "kind", "text", "score", "url"} <= set(answers[0][0])
    for hits in answers:
        assert [h["score"] for h in hits] == sorted((h["score"] for h in hits), reverse=True)
        assert len({h["provision"] for h in hits}) == len(hits)


def test_one_query_and_one_act(checker: Run) -> None:
    ran = checker("corpus", "search", "hvornår skal der laves en konsekvensanalyse?", "-k", "4", "--act", "gdpr", "--format", "json")
    hits = json.loads(ran.out)
    assert len(hits) == 4
    assert {h["act"] for h in hits} == {"gdpr"}
    assert any(h["provision"].startswith("gdpr:art_35") for h in hits)


def test_a_duty_is_explained_in_both_languages(checker: Run) -> None:
    danish, english = checker("explain", "gdpr-dpia"), checker("explain", "gdpr-dpia", "--lang", "en")
    assert "Gælder når" in danish.out
    assert "Applies when" in english.out
    assert "gdpr:art_35.par_1" in danish.out


def test_a_coarse_provision_shows_all_below_it(checker: Run) -> None:
    shown = re.findall(r"^- (\S+)", checker("corpus", "show", "gdpr:art_35").out, re.M)
    assert len(shown) > 3
    assert all(s.startswith("gdpr:art_35") for s in shown)


def test_validate_counts_the_corpus_or_names_the_fault(checker: Run, tmp_path: Path) -> None:
    assert re.search(r"\d+ requirements.*\d+ bank sentences", checker("corpus", "validate").out)
    broken = tmp_path / "corpus"
    shutil.copytree(default_root(), broken, ignore=shutil.ignore_patterns("bank"))
    file = broken / "requirements" / "gdpr.yaml"
    file.write_text(file.read_text("utf-8").replace("severity: blocker", "severity: terrible", 1), "utf-8")
    ran = checker("corpus", "validate", broken)
    assert ran.code == 2
    assert re.search(r"gdpr\.yaml, line \d+: .*severity", ran.err)


# --- an index that was cut off, and a home that cannot be written


def test_a_build_killed_halfway_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    borrow_vectors(home)
    build = subprocess.Popen(
        [sys.executable, "-m", "checker", "corpus", "build"], cwd=tmp_path, env=environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 120
        while not any((home / "index").glob(".building-*/chroma")) and time.monotonic() < deadline:
            assert build.poll() is None, "the build ended before it could be killed"
            time.sleep(0.005)
        os.kill(build.pid, signal.SIGKILL)
    finally:
        build.kill()
        build.wait()
    assert any((home / "index").glob(".building-*"))
    assert not any((home / "index").glob("*/manifest.json"))
    (tmp_path / "sensor.txt").write_text(SENSOR, "utf-8")
    ran = run_checker(home, tmp_path, "check", "sensor.txt", "--format", "json")
    assert ran.code == 1
    assert not any(c.get("orphaned") for f in json.loads(ran.out)["findings"] for c in f["citations"])
    assert not any((home / "index").glob(".building-*"))
    assert len(list((home / "index").glob("*/manifest.json"))) == 1


@pytest.fixture
def short_corpus(tmp_path: Path) -> Path:
    """The corpus with digests of a few words, so that embedding them takes seconds."""
    corpus = tmp_path / "corpus"
    shutil.copytree(default_root(), corpus, ignore=shutil.ignore_patterns("bank"))
    for file in (corpus / "provisions").glob("*.yaml"):
        data = yaml.safe_load(file.read_text("utf-8"))
        for provision in data["provisions"]:
            provision |= {"da": "Kort.", "en": "Short.", "title_da": "Pligt", "title_en": "Duty"}
        file.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    return corpus


def test_a_home_that_cannot_be_written_costs_time_but_no_report(tmp_path: Path, short_corpus: Path) -> None:
    (tmp_path / "fil").write_text("en fil, hvor mappen skulle være")
    (tmp_path / "sensor.txt").write_text(SENSOR, "utf-8")
    home = tmp_path / "fil" / "home"
    ran = run_checker(home, tmp_path, "check", "sensor.txt", "--format", "json", CHECKER_CORPUS=str(short_corpus))
    assert ran.code == 1
    assert json.loads(ran.out)["findings"]
    assert f"{home} kan ikke skrives" in ran.err
