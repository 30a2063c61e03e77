"""`checker export`, and `checker check --format docx|pdf`, as a user runs them."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pty
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT, Ran, Run, environment, run_checker
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader
from texts import SENSOR

NAMES = {"report.pdf", "report.docx", "actions.xlsx", "report.json", "register.json", "dpia-draft.docx", "MANIFEST.txt"}


@pytest.fixture(scope="module")
def exported(home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, dict[str, bytes]]:
    folder = tmp_path_factory.mktemp("sag")
    (folder / "projekt.md").write_text(SENSOR, encoding="utf-8")
    ran = run_checker(home, folder, "export", "projekt.md", "--out", "ud/sag.zip", "--as-of", "2026-11-22", "--reader", "rules")
    assert ran.code == 0, ran
    with zipfile.ZipFile(folder / "ud" / "sag.zip") as archive:
        assert archive.testzip() is None
        return ran, {name: archive.read(name) for name in archive.namelist()}


Exported = tuple[Ran, dict[str, bytes]]


def test_the_package_holds_every_form_and_the_manifest_fits_them(exported: Exported) -> None:
    _, files = exported
    assert set(files) == NAMES
    listed = dict(reversed(line.split("  ", 1)) for line in files["MANIFEST.txt"].decode().splitlines() if not line.startswith("#"))
    assert listed == {name: hashlib.sha256(data).hexdigest() for name, data in files.items() if name != "MANIFEST.txt"}


def test_every_form_holds_the_same_gaps_and_questions(exported: Exported) -> None:
    _, files = exported
    report = json.loads(files["report.json"])
    assert "Sensor" in report["text"]
    sheet = load_workbook(io.BytesIO(files["actions.xlsx"])).worksheets[0]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    word = "\n".join(p.text for p in Document(io.BytesIO(files["report.docx"])).paragraphs)
    paper = re.sub(r"\s+", "", "".join(re.sub(r"\s*\d+ / \d+\s*$", "", p.extract_text()) for p in PdfReader(io.BytesIO(files["report.pdf"])).pages))
    gaps = [f for f in report["findings"] if f["verdict"] == "gap"]
    assert gaps and {f["title"] for f in gaps} == {r[2] for r in rows if r[0] in ("Mangel", "Egen retningslinje")}
    assert [q["question"] for q in report["questions"]] == [r[5] for r in rows if r[0] == "Spørgsmål"]
    for said in [f["message"] for f in gaps] + [q["question"] for q in report["questions"]] + [c["say"] for c in report["contradictions"]]:
        assert said in word and re.sub(r"\s+", "", said) in paper


def test_the_register_entry_quotes_the_text_it_was_given(exported: Exported) -> None:
    _, files = exported
    text, entry = json.loads(files["report.json"])["text"], json.loads(files["register.json"])
    sources = [s for field in entry["fields"].values() for s in field["sources"]]
    assert sources and all(text[s["start"] : s["end"]] == s["text"] for s in sources)
    assert entry["fields"]["organisation"]["value"] == entry["fields"]["contact"]["value"] == ""


def test_the_draft_opens_and_says_that_it_is_one(exported: Exported) -> None:
    draft = Document(io.BytesIO(exported[1]["dpia-draft.docx"]))
    assert draft.paragraphs[0].style.name == "Title" and "ikke gennemgået af en jurist" in draft.paragraphs[1].text


def test_a_folder_of_reports_becomes_a_folder_of_word_files(checker: Run, tmp_path: Path) -> None:
    (tmp_path / "ind").mkdir()
    for name in ("a.md", "a.txt"):
        (tmp_path / "ind" / name).write_text(SENSOR, encoding="utf-8")
    (tmp_path / "ind" / "tom.txt").write_bytes(b"")
    ran = checker("check", "ind", "--format", "docx", "--out", "ud", "--lang", "en", "--reader", "rules")
    assert ran.code == 2 and "tom.txt" in ran.err
    assert sorted(p.name for p in (tmp_path / "ud").iterdir()) == ["a-2.docx", "a.docx"]
    assert Document(str(tmp_path / "ud" / "a.docx")).core_properties.language == "en-GB"


def test_a_pipe_may_carry_a_pdf(home: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "checker", "check", "-", "--format", "pdf", "--reader", "rules"]
    done = subprocess.run(command, cwd=tmp_path, env=environment(home), input=SENSOR.encode(), capture_output=True, check=False, timeout=300)
    assert done.returncode in (0, 1) and done.stdout.startswith(b"%PDF-1.7"), done.stderr


@pytest.mark.parametrize("arguments", [("check", "a.md", "--format", "docx"), ("check", "a.md", "--format", "pdf"), ("export", "a.md")])
def test_a_terminal_is_spared_the_bytes(home: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "a.md").write_text(SENSOR, encoding="utf-8")
    outside, inside = pty.openpty()
    try:
        command = [sys.executable, "-m", "checker", *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environment(home), stdout=inside, stderr=subprocess.PIPE, check=False, timeout=300)
    finally:
        os.close(inside)
        os.close(outside)
    said = done.stderr.decode()
    assert done.returncode == 2 and "--out rapport." in said and "Traceback" not in said


def test_two_reports_do_not_share_a_stream(checker: Run, tmp_path: Path) -> None:
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text(SENSOR, encoding="utf-8")
    ran = checker("check", "a.md", "b.md", "--format", "docx")
    assert ran.code == 2 and "--out" in ran.err and ran.out == ""


def test_what_cannot_be_read_or_written_is_told(checker: Run, tmp_path: Path) -> None:
    missing = checker("export", "findes-ikke.docx", "--out", "sag.zip")
    assert missing.code == 2 and "findes-ikke.docx" in missing.err and not (tmp_path / "sag.zip").exists()


def test_without_pango_nothing_is_read_and_the_user_reads_what_to_install(home: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import cffi\ndef hidden(*a, **k):\n    raise OSError('cannot load library')\ncffi.FFI.dlopen = hidden\n")
    (tmp_path / "a.md").write_text(SENSOR, encoding="utf-8")
    ran = run_checker(home, tmp_path, "export", "a.md", "--out", "sag.zip", PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    assert ran.code == 2 and "libpango-1.0-0" in ran.err and not (tmp_path / "sag.zip").exists()
