"""`checker check` as a user runs it: what comes out, the exit code, and that nothing is lost."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from bad_files import BAD, content
from conftest import Ran, Run, run_checker
from texts import ENGLISH, GERMAN, ORDER, RECIPE, SENSOR, SWEDISH

from checker.library import Library


def verdicts(report: dict[str, Any]) -> dict[str, str]:
    return {f["requirement"]: f["verdict"] for f in report["findings"]}


def settled(report: dict[str, Any]) -> dict[str, Any]:
    """The report without what may differ between two files of the same text, or two moments."""
    rest = json.loads(json.dumps(report))
    del rest["receipt"]["made_at"], rest["project"]["source"]
    return rest


# --- one run over a folder of good files, jsonl

GOOD: dict[str, bytes] = {
    "a-sensor.md": SENSOR.encode(),
    "b-sensor-cp1252.md": SENSOR.encode("cp1252"),
    "c-sensor-utf16.md": SENSOR.encode("utf-16"),
    "d-sensor-injection.md": f"{SENSOR}\n{ORDER}\n".encode(),
    "e-gentagelser.txt": ("Kommunen vil bruge AI til at læse breve fra borgere.\n" * 10_000).encode(),
    "f-opskrift.txt": RECIPE.encode(),
    "g-english.txt": ENGLISH.encode(),
    "h/i-undermappe.md": SENSOR.encode(),
}


@pytest.fixture(scope="module")
def folder_run(home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, dict[str, dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("sager")
    (folder / "h").mkdir()
    for name, data in GOOD.items():
        (folder / name).write_bytes(data)
    (folder / "noter.xlsx").write_bytes(b"not a document of ours: passed over in a folder")
    ran = run_checker(home, folder.parent, "check", folder, "--format", "jsonl", "--with-text")
    reports = [json.loads(line) for line in ran.out.splitlines()]
    return ran, {str(Path(r["project"]["source"]).relative_to(folder)): r for r in reports}


FolderRun = tuple[Ran, dict[str, dict[str, Any]]]


def test_a_folder_gives_one_report_a_line_in_order(folder_run: FolderRun) -> None:
    ran, reports = folder_run
    assert list(reports) == list(GOOD)
    assert (ran.code, ran.err) == (1, "")


def test_the_json_keeps_its_contract(folder_run: FolderRun, library: Library) -> None:
    report = folder_run[1]["a-sensor.md"]
    assert report["schema_version"] == 1
    assert {"project", "facts", "findings", "contradictions", "risk_class", "questions", "receipt", "text"} <= set(report)
    assert {"title", "source", "language"} <= set(report["project"])
    assert set(report["facts"]) == set(library.catalogue.facts)
    assert [f["requirement"] for f in report["findings"]] == list(library.catalogue.requirements)
    keys = {
        "requirement", "verdict", "reason", "severity", "message", "action", "question", "evidence", "citations", "applicable_from", "decided_by",
    }  # fmt: skip
    for finding in report["findings"]:
        assert keys <= set(finding)
        assert finding["verdict"] in ("not_applicable", "ask", "gap", "met")
        assert all({"provision", "source", "text", "kind", "url"} <= set(c) for c in finding["citations"])
        assert bool(finding["citations"]) == (finding["verdict"] != "not_applicable")
    for reading in report["facts"].values():
        assert reading["value"] in (True, False) or isinstance(reading["value"], str | list)
    assert report["risk_class"] in ("prohibited", "high", "transparency", "minimal", "not_ai", "unclear")
    assert {"checker", "catalogue", "digest", "index", "embedder", "reader", "as_of", "made_at", "text_sha256"} <= set(report["receipt"])


def test_every_quote_stands_in_the_text_where_it_says(folder_run: FolderRun) -> None:
    for name, report in folder_run[1].items():
        quotes = [q for f in report["findings"] for q in f["evidence"]] + [q for f in report["facts"].values() for q in f["quotes"]]
        assert quotes or name == "f-opskrift.txt"
        assert not any(q.get("orphaned") for q in quotes)
        assert all(report["text"][q["start"] : q["end"]] == q["text"] for q in quotes)
        assert not any(c.get("orphaned") for f in report["findings"] for c in f["citations"])


@pytest.mark.parametrize("name", ["b-sensor-cp1252.md", "c-sensor-utf16.md", "h/i-undermappe.md"])
def test_another_encoding_or_place_makes_no_other_report(folder_run: FolderRun, name: str) -> None:
    assert settled(folder_run[1][name]) == settled(folder_run[1]["a-sensor.md"])
    assert "Bøgelunden" in folder_run[1][name]["text"]


def test_text_that_orders_the_checker_about_changes_no_verdict_and_is_shown(folder_run: FolderRun) -> None:
    clean, told = folder_run[1]["a-sensor.md"], folder_run[1]["d-sensor-injection.md"]
    assert verdicts(told) == verdicts(clean)
    assert told["risk_class"] == clean["risk_class"]
    assert [q["text"] for q in told["project"]["addresses_checker"]] == [ORDER]
    quotes = [q["text"] for f in told["findings"] for q in f["evidence"]] + [q["text"] for f in told["facts"].values() for q in f["quotes"]]
    assert not any(q in ORDER or ORDER in q for q in quotes)


def test_ten_thousand_equal_lines_are_read_once_and_it_is_said(folder_run: FolderRun) -> None:
    assert any("9997 gentagelser" in n for n in folder_run[1]["e-gentagelser.txt"]["project"]["notes"])


def test_a_recipe_is_met_with_doubt_not_with_a_list_of_duties(folder_run: FolderRun) -> None:
    recipe = folder_run[1]["f-opskrift.txt"]
    assert any("nævner ikke AI" in n for n in recipe["project"]["notes"])
    assert set(verdicts(recipe).values()) <= {"ask", "not_applicable"}
    assert recipe["risk_class"] == "unclear"
    assert recipe["questions"]


def test_english_is_read_as_english(folder_run: FolderRun) -> None:
    report = folder_run[1]["g-english.txt"]
    assert report["project"]["language"] == "en"
    assert report["facts"]["citizen_facing"]["value"] is True


# --- one run over bad files with good ones among them


@pytest.fixture(scope="module")
def bad_run(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("daarlige")
    for name in BAD:
        (folder / name).write_bytes(content(name))
    (folder / "foerst.txt").write_text(SENSOR, "utf-8")
    (folder / "sidst.txt").write_text(ENGLISH, "utf-8")
    (folder / "svensk.txt").write_text(SWEDISH, "utf-8")
    (folder / "tysk.txt").write_text(GERMAN, "utf-8")
    (folder / "tom mappe").mkdir()
    names = ["foerst.txt", *BAD, "svensk.txt", "tysk.txt", "findes-ikke.txt", "tom mappe", "sidst.txt"]
    return run_checker(home, folder, "check", *names, "--format", "jsonl")


MESSAGES = {name: says for name, (_, says) in BAD.items()} | {
    "svensk.txt": "svensk",
    "tysk.txt": "tysk",
    "findes-ikke.txt": "findes ikke",
    "tom mappe": "ingen dokumenter i mappen",
}


def test_bad_files_do_not_cost_the_good_ones_their_reports(bad_run: Ran) -> None:
    assert [json.loads(line)["project"]["source"] for line in bad_run.out.splitlines()] == ["foerst.txt", "sidst.txt"]
    assert bad_run.code == 2


def test_there_is_one_message_for_each_bad_file_and_no_other(bad_run: Ran) -> None:
    assert len(bad_run.err.splitlines()) == len(MESSAGES)
    assert all(line.startswith("checker: ") for line in bad_run.err.splitlines())


@pytest.mark.parametrize("name", MESSAGES)
def test_the_message_names_the_file_and_what_is_wrong_with_it(bad_run: Ran, name: str) -> None:
    lines = [line for line in bad_run.err.splitlines() if line.startswith(f"checker: {name}: ")]
    assert len(lines) == 1, bad_run.err
    assert MESSAGES[name] in lines[0]
    assert len(lines[0]) < 600


# --- exit codes


NO_DUTIES = """# Lagerrobot

En robotarm i kommunens sandlager flytter paller efter faste regler, som driftsafdelingen selv har skrevet.
Den lærer ikke, og der er ingen model eller kunstig intelligens i den.
Der behandles ingen personoplysninger, og ingen borgere eller medarbejdere bliver registreret, overvåget eller vurderet.
Robotten træffer ingen afgørelser og påvirker ingen. Den er ikke købt, men bygget af gamle dele på værkstedet.
"""


def test_without_a_serious_gap_the_exit_code_is_0(checker: Run, tmp_path: Path) -> None:
    (tmp_path / "robot.txt").write_text(NO_DUTIES, "utf-8")
    ran = checker("check", "robot.txt", "--format", "json")
    report = json.loads(ran.out)
    serious = [f["requirement"] for f in report["findings"] if f["verdict"] == "gap" and f["severity"] in ("blocker", "major")]
    assert (ran.code, serious) == (0, [])


@pytest.mark.parametrize(
    ("args", "names"),
    [
        (("check",), "STI"),
        (("check", "x.txt", "--format", "docs"), "--format"),
        (("check", "x.txt", "--reader", "oracle"), "--reader"),
        (("check", "x.txt", "--lang", "sv"), "--lang"),
        (("check", "x.txt", "--as-of", "i morgen"), "--as-of"),
        (("check", "x.txt", "--as-of", "2026-13-01"), "2026-13-01"),
        (("check", "x.txt", "--colour"), "--colour"),
        (("chekc", "x.txt"), "chekc"),
        (("check", "findes-ikke.txt"), "findes-ikke.txt"),
        (("facts", "x.txt", "--format", "xml"), "--format"),
        (("corpus", "search", "dpia", "--format", "xml"), "--format"),
        (("corpus", "search"), "--queries"),
        (("corpus", "search", "dpia", "-k", "0"), "-k"),
        (("corpus", "search", "dpia", "--act", "straffe"), "straffe"),
        (("corpus", "search", "--queries", "findes-ikke.txt"), "findes-ikke.txt"),
        (("corpus", "show", "gdpr:art_999"), "gdpr:art_999"),
        (("explain", "gdpr-dpai"), "gdpr-dpia"),
    ],
)
def test_what_cannot_be_understood_is_exit_code_2_and_says_which(checker: Run, tmp_path: Path, args: tuple[str, ...], names: str) -> None:
    (tmp_path / "x.txt").write_text(SENSOR, "utf-8")
    ran = checker(*args)
    assert ran.code == 2
    assert names in re.sub(r"\x1b\[[0-9;]*m", "", ran.err)
    assert ran.out == ""


@pytest.mark.parametrize(
    ("setting", "value"), [("CHECKER_EMBEDDER", "abacus"), ("CHECKER_CORPUS", "/findes/ikke"), ("CHECKER_LANGUAGE", "sv")]
)
def test_a_setting_that_cannot_be_used_is_named(checker: Run, setting: str, value: str) -> None:
    ran = checker("corpus", "search", "dpia", **{setting: value})
    assert ran.code == 2
    assert value in ran.err or setting in ran.err


# --- options


def test_standard_input_is_read(checker: Run) -> None:
    ran = checker("check", "-", "--format", "json", stdin=SENSOR.encode())
    assert ran.code == 1
    assert json.loads(ran.out)["project"]["source"] == "-"
    assert "text" not in json.loads(ran.out)


def test_the_law_date_decides_what_is_due(checker: Run) -> None:
    reports = {day: json.loads(checker("check", "-", "--format", "json", "--as-of", day, stdin=ENGLISH.encode()).out) for day in ("2026-11-22", "2027-12-02")}
    for day, report in reports.items():
        assert report["receipt"]["as_of"] == day
        for finding in report["findings"]:
            assert finding["due_now"] == (finding["applicable_from"] is None or finding["applicable_from"] <= day)
    early, late = ({f["requirement"]: f for f in r["findings"]} for r in reports.values())
    assert (early["ai-act-fria"]["severity"], late["ai-act-fria"]["severity"]) == ("advice", "major")
    assert early["ai-act-transparency-chatbot"]["due_now"]
    assert {r: f["verdict"] for r, f in early.items()} == {r: f["verdict"] for r, f in late.items()}


def test_the_report_can_be_had_in_english_by_option_or_setting(checker: Run) -> None:
    by_option = checker("check", "-", "--lang", "en", "--format", "json", stdin=ENGLISH.encode())
    by_setting = checker("check", "-", "--format", "json", stdin=ENGLISH.encode(), CHECKER_LANGUAGE="en")
    assert json.loads(by_option.out)["language"] == "en"
    assert settled(json.loads(by_option.out)) == settled(json.loads(by_setting.out))


def test_out_takes_a_new_file_in_a_new_folder(checker: Run, tmp_path: Path) -> None:
    (tmp_path / "sensor.txt").write_text(SENSOR, "utf-8")
    ran = checker("check", "sensor.txt", "--format", "html", "--out", "ny/rapport.html")
    assert (ran.code, ran.out) == (1, "")
    assert "<html" in (tmp_path / "ny" / "rapport.html").read_text("utf-8")


def test_out_takes_a_folder_for_several_and_no_report_overwrites_another(checker: Run, tmp_path: Path) -> None:
    for name in ("projekt.txt", "projekt.md", "andet.txt"):
        (tmp_path / name).write_text(SENSOR, "utf-8")
    ran = checker("check", "projekt.txt", "projekt.md", "findes-ikke.txt", "andet.txt", "--format", "md", "--out", "rapporter")
    assert ran.code == 2
    assert {f.name for f in (tmp_path / "rapporter").iterdir()} == {"projekt.md", "projekt-2.md", "andet.md"}


def test_jsonl_into_a_file_holds_a_line_for_each_and_nothing_of_an_earlier_run(checker: Run, tmp_path: Path) -> None:
    for name in ("a.txt", "c.txt"):
        (tmp_path / name).write_text(SENSOR, "utf-8")
    (tmp_path / "b.txt").write_bytes(b"")
    (tmp_path / "alle.jsonl").write_text("fra i går\n")
    ran = checker("check", "b.txt", "a.txt", "c.txt", "--format", "jsonl", "--out", "alle.jsonl")
    assert ran.code == 2
    lines = (tmp_path / "alle.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["project"]["source"] for line in lines] == ["a.txt", "c.txt"]


@pytest.mark.parametrize("args", [("--out", "optaget.txt/rapport.html", "--format", "html"), ("--out", "mappe/../optaget.txt/x.jsonl", "--format", "jsonl")])
def test_an_out_that_cannot_be_written_is_named(checker: Run, tmp_path: Path, args: tuple[str, ...]) -> None:
    (tmp_path / "optaget.txt").write_text("en fil, ingen mappe")
    ran = checker("check", "-", *args, stdin=SENSOR.encode())
    assert ran.code == 2
    assert "optaget.txt" in ran.err
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize("format_", ["text", "md"])
def test_a_terminal_without_unicode_still_gets_the_report(checker: Run, format_: str) -> None:
    ran = checker("check", "-", "--format", format_, stdin=SENSOR.encode(), PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert ran.code == 1
    assert "Bøgelunden" in ran.out


def test_the_facts_of_a_text_are_shown_with_their_passages(checker: Run) -> None:
    ran = checker("facts", "-", "--format", "json", stdin=SENSOR.encode())
    facts = json.loads(ran.out)
    assert ran.code == 0
    assert facts["monitoring_of_persons"]["value"] is True
    assert facts["monitoring_of_persons"]["quotes"][0]["text"] in SENSOR
