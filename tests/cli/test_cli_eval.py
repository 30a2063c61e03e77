"""`checker eval run`, `compare`, `baseline` and `gate` as the one who owns quality meets them."""

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
from conftest import Ran, environment, run_checker

ROOT = Path(__file__).resolve().parents[2]
SET = ROOT / "eval" / "sets" / "municipal"
CORPUS = ROOT / "corpus"


def copied(folder: Path, name: str, cases: list[str], **changes: object) -> Path:
    """So many shipped cases as a set of their own."""
    folder.mkdir(parents=True)
    manifest = yaml.safe_load((SET / "manifest.yaml").read_text("utf-8")) | {"name": name} | changes
    (folder / "manifest.yaml").write_text(yaml.safe_dump(manifest, allow_unicode=True), "utf-8")
    for case in cases:
        for file in SET.glob(f"{case}.*"):
            shutil.copy(file, folder)
    return folder


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twins, a case of the train part and an English one."""
    return copied(
        tmp_path_factory.mktemp("sets") / "tiny", "tiny", ["par-sprogplacering-a", "par-sprogplacering-b", "library-companion-en-01", "affaldsbil-kamera-01"]
    )


@pytest.fixture(scope="module")
def ran(home: Path, tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, Path]:
    """One whole run on the tiny set, and the folder it wrote."""
    folder = tmp_path_factory.mktemp("run")
    return run_checker(home, folder, "eval", "run", tiny), folder / "out" / "eval" / "tiny"


def lines(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "results.jsonl").read_text("utf-8").splitlines()]


def test_a_run_leaves_results_figures_table_and_page(ran: tuple[Ran, Path]) -> None:
    done, folder = ran
    assert done.code == 0, done.err
    assert sorted(p.name for p in folder.iterdir()) == ["figures.json", "report.html", "results.jsonl", "run.json", "table.md"]
    for system in ("checker", "flag everything", "keyword cues", "embeddings only"):
        assert re.search(rf"^{system} +held-out ", done.out, re.M), system
    assert "not run: LLM without retrieval: no language model is configured" in done.out
    assert "no lawyer has checked the labels" in done.out
    assert "<html" in (folder / "report.html").read_text("utf-8")


def test_every_line_carries_labels_answer_and_receipt(ran: tuple[Ran, Path]) -> None:
    _, folder = ran
    mine = [line for line in lines(folder) if line["system"] == "checker"]
    assert len(mine) == 4
    for line in mine:
        assert line["receipt"]["as_of"] == "2026-11-22"  # type: ignore[index]
        assert line["receipt"]["text_sha256"] == line["text_sha256"]  # type: ignore[index]
        assert len(line["gold"]["verdicts"]) == 31  # type: ignore[index]
        assert len(line["said"]["verdicts"]) == 59  # type: ignore[index]
        assert line["cost"]["seconds"] > 0  # type: ignore[index]


def test_a_run_answers_as_checker_check_does(home: Path, tiny: Path, ran: tuple[Ran, Path], tmp_path: Path) -> None:
    _, folder = ran
    text = next(tiny.glob("affaldsbil-kamera-01.[tm]*"))
    report = json.loads(run_checker(home, tmp_path, "check", text, "--format", "json", "--as-of", "2026-11-22").out)
    line = next(x for x in lines(folder) if (x["case"], x["system"]) == ("affaldsbil-kamera-01", "checker"))
    assert {f["requirement"]: f["verdict"] for f in report["findings"]} == line["said"]["verdicts"]  # type: ignore[index]
    assert report["risk_class"] == line["said"]["risk_class"]  # type: ignore[index]


def test_the_second_run_makes_nothing_again(home: Path, tiny: Path, ran: tuple[Ran, Path]) -> None:
    done, folder = ran
    before = lines(folder)
    again = run_checker(home, folder.parents[2], "eval", "run", tiny)
    assert "0 answers made" in again.err
    assert lines(folder) == before
    assert again.out == done.out


def test_a_killed_run_loses_nothing_and_goes_on(home: Path, tmp_path: Path) -> None:
    cases = sorted(p.stem for p in SET.glob("*.txt"))[:24]
    folder = copied(tmp_path / "set", "killed", cases)
    results = tmp_path / "out" / "eval" / "killed" / "results.jsonl"
    command = [sys.executable, "-m", "checker", "eval", "run", str(folder), "--no-baselines"]
    process = subprocess.Popen(command, cwd=tmp_path, env=environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while process.poll() is None and not (results.is_file() and results.read_bytes().count(b"\n") >= 2):
            time.sleep(0.005)
    finally:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.wait()
    kept = results.read_bytes().count(b"\n")
    done = run_checker(home, tmp_path, "eval", "run", folder, "--no-baselines")
    assert done.code == 0, done.err
    assert f"{24 - kept} answers made, {kept} kept" in done.err
    assert sorted(str(x["case"]) for x in lines(results.parent)) == cases


def test_two_workers_say_what_one_says(home: Path, tiny: Path, ran: tuple[Ran, Path], tmp_path: Path) -> None:
    """Probabilities may differ in the last digit: sums depend on how many threads add them up."""
    _, folder = ran
    done = run_checker(home, tmp_path, "eval", "run", tiny, "--no-baselines", "--jobs", "2")
    assert done.code == 0, done.err
    one = {x["case"]: dict(x["said"]) for x in lines(folder) if x["system"] == "checker"}  # type: ignore[call-overload]
    two = {x["case"]: dict(x["said"]) for x in lines(tmp_path / "out" / "eval" / "tiny")}  # type: ignore[call-overload]
    for case, said in one.items():
        for name in ("probabilities", "fact_probabilities"):
            assert two[case].pop(name) == pytest.approx(said.pop(name), abs=1e-5)
    assert one == two


def test_a_run_compared_with_itself_shows_no_change(home: Path, ran: tuple[Ran, Path]) -> None:
    _, folder = ran
    same = run_checker(home, folder, "eval", "compare", folder, folder / "results.jsonl")
    assert same.code == 0, same.err
    assert "Changed verdicts: 0" in same.out
    other = run_checker(home, folder, "eval", "compare", folder, folder, "--against", "flag everything", "--format", "json")
    assert json.loads(other.out)["flips"]
    none = run_checker(home, folder, "eval", "compare", folder, folder, "--system", "nobody")
    assert (none.code, "no results of nobody; there are: checker, " in none.err) == (2, True)


@pytest.fixture(scope="module")
def baseline(home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A set of twenty-four held-out cases with a DPIA to make, and the baseline of today's product."""
    folder = tmp_path_factory.mktemp("gate")
    held = set(yaml.safe_load((SET / "manifest.yaml").read_text("utf-8"))["held_out_families"])
    labels = [yaml.safe_load(p.read_text("utf-8")) for p in sorted(SET.glob("*.yaml")) if p.name != "manifest.yaml"]
    families: dict[str, str] = {}
    for case in labels:
        if case["family"] in held and case["verdicts"].get("gdpr-dpia") == "gap":
            families.setdefault(case["family"], case["id"])
    cases = copied(folder / "gated", "gated", sorted(families.values())[:24])
    done = run_checker(home, folder, "eval", "run", cases, "--no-baselines")
    assert done.code == 0, done.err
    set_ = run_checker(home, folder, "eval", "baseline", "out/eval/gated", "--why", "the first", "--to", "baselines")
    assert set_.code == 0, set_.err
    return cases, folder / "baselines" / "gated.held-out.jsonl"


def test_the_product_passes_its_own_gate(home: Path, baseline: tuple[Path, Path], tmp_path: Path) -> None:
    cases, file = baseline
    done = run_checker(home, tmp_path, "eval", "gate", "--baseline", file, "--set", cases)
    assert done.code == 0, done.err
    assert done.out.rstrip().endswith("PASSED")
    history = [json.loads(line) for line in (file.parent / "history.jsonl").read_text("utf-8").splitlines()]
    assert [(h["why"], h["cases"]) for h in history] == [("the first", {"held-out": 24})]


def test_a_damaged_rule_is_caught_by_the_gate(home: Path, baseline: tuple[Path, Path], tmp_path: Path) -> None:
    """Somebody turns the condition for a DPIA around: every open DPIA becomes `not applicable`."""
    cases, file = baseline
    damaged = tmp_path / "corpus"
    shutil.copytree(CORPUS, damaged)
    rules = damaged / "requirements" / "gdpr.yaml"
    text = rules.read_text("utf-8")
    start = text.index("- id: gdpr-dpia")
    condition = re.compile(r"^  applies_when:.*?(?=^  [a-z_]+:)", re.M | re.S)
    rules.write_text(
        text[:start] + condition.sub("  applies_when: {all: [{fact: is_ai_system}, {not: {fact: is_ai_system}}]}\n", text[start:], count=1), "utf-8"
    )
    valid = run_checker(home, tmp_path, "corpus", "validate", CHECKER_CORPUS=str(damaged))
    assert valid.code == 0, valid.err
    done = run_checker(home, tmp_path, "eval", "gate", "--baseline", file, "--set", cases, CHECKER_CORPUS=str(damaged))
    assert done.code == 1, done.err
    assert re.search(r"^FAILED\n(  .*\n)*  gap_recall: ", done.out, re.M)
    caught = [line for line in done.out.splitlines() if line.startswith("✗") and "gdpr-dpia: gap → not_applicable, label gap" in line]
    assert len(caught) > 18
    assert re.search(r"^✗ .* gdpr-dpia: gap → not_applicable, label gap\n    [-+] ", done.out, re.M)


def test_a_gate_over_results_that_are_there(home: Path, baseline: tuple[Path, Path], tmp_path: Path) -> None:
    _, file = baseline
    results = file.parents[1] / "out" / "eval" / "gated"
    done = run_checker(home, tmp_path, "eval", "gate", "--baseline", file, "--results", results, "--format", "json")
    assert (done.code, json.loads(done.out)["passed"]) == (0, True)


def test_moving_the_baseline_needs_a_reason(home: Path, ran: tuple[Ran, Path], tmp_path: Path) -> None:
    _, folder = ran
    assert run_checker(home, tmp_path, "eval", "baseline", folder).code == 2
    empty = run_checker(home, tmp_path, "eval", "baseline", folder, "--why", " ")
    assert (empty.code, "--why er tom" in empty.err) == (2, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["eval", "run", "none"], "no set there; expected a folder with manifest.yaml"),
        (["eval", "run", "{tiny}", "{tiny}"], "Sættet tiny er nævnt to gange"),
        (["eval", "run", "{tiny}", "--executor", "moon"], "--executor moon kendes ikke"),
        (["eval", "run", "{tiny}", "--data", "x.csv"], "--data hører til et fremmed sæt"),
        (["eval", "compare", "a", "b"], "the file is missing; expected the results of `checker eval run`"),
        (["eval", "gate", "--baseline", "none.jsonl"], "no baseline there; `checker eval baseline` writes one"),
        (["eval", "run", "--reader", "magic"], "magic"),
    ],
)
def test_a_slip_ends_with_2_and_one_message(home: Path, tiny: Path, tmp_path: Path, arguments: list[str], said: str) -> None:
    done = run_checker(home, tmp_path, *(a.format(tiny=tiny) for a in arguments))
    assert done.code == 2
    assert done.out == ""
    assert said in done.err


def test_a_set_without_cases_and_one_with_a_case_twice_are_named(home: Path, tmp_path: Path) -> None:
    empty = run_checker(home, tmp_path, "eval", "run", copied(tmp_path / "empty", "empty", []))
    assert (empty.code, "expected at least one labelled case" in empty.err) == (2, True)
    twice = copied(tmp_path / "twice", "twice", ["affaldsbil-kamera-01"])
    shutil.copy(twice / "affaldsbil-kamera-01.yaml", twice / "another.yaml")
    done = run_checker(home, tmp_path, "eval", "run", twice)
    assert done.code == 2
    assert re.search(r"another\.yaml, line 1: the id affaldsbil-kamera-01 is there twice; also in affaldsbil-kamera-01\.yaml", done.err)


def test_labels_that_contradict_each_other_are_named_with_their_line(home: Path, tmp_path: Path) -> None:
    folder = copied(tmp_path / "odd", "odd", ["affaldsbil-kamera-01"])
    file = folder / "affaldsbil-kamera-01.yaml"
    labels = yaml.safe_load(file.read_text("utf-8"))
    open_ones = [r for r, v in labels["verdicts"].items() if v == "gap"]
    file.write_text(re.sub(rf"(?m)^  {open_ones[0]}: gap$", f"  {open_ones[0]}: ask", file.read_text("utf-8")), "utf-8")
    done = run_checker(home, tmp_path, "eval", "run", folder)
    assert done.code == 2
    assert re.search(
        rf"affaldsbil-kamera-01\.yaml, line \d+: {open_ones[0]} is labelled ask, but on the labelled facts it applies: yes; expected gap or met", done.err
    )


def test_a_result_file_of_another_schema_version_is_named_with_its_line(home: Path, ran: tuple[Ran, Path], tmp_path: Path) -> None:
    _, folder = ran
    old = tmp_path / "results.jsonl"
    text = (folder / "results.jsonl").read_text("utf-8").split("\n")
    text[2] = text[2].replace('"schema_version":1', '"schema_version":0', 1)
    old.write_text("\n".join(text), "utf-8")
    done = run_checker(home, tmp_path, "eval", "compare", old, folder)
    assert (done.code, f"{old}, line 3: schema_version is 0, expected 1" in done.err) == (2, True)
