"""The same findings in every form; the package, its manifest, and the register entry."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader
from selectolax.lexbor import LexborHTMLParser

from checker.adapters.written.package import MANIFEST, manifest, package
from checker.adapters.written.register import FIELDS, register_entry
from checker.model.project import Quote
from checker.model.report import FactReading, Finding, Reason, Report, RiskClass, Verdict
from checker.report import Names, render
from checker.report.view import view
from checker.report.words import Words
from tests.unit.adapters.written.conftest import as_docx, as_pdf, as_xlsx, bare
from tests.unit.report.conftest import finding, make_report

FILES = {"report.pdf": b"%PDF", "actions.xlsx": b"PK"}


@pytest.mark.parametrize("language", ["da", "en"])
def test_page_word_sheet_and_paper_hold_the_same_findings_questions_and_contradictions(read_twice: Report, names: Names, language: str) -> None:
    one = read_twice.model_copy(update={"findings": (*read_twice.findings, *make_report().findings)})
    seen = view(one, Words(language), names)
    page = LexborHTMLParser(render(one, "html", language, names=names))
    word = Document(io.BytesIO(as_docx(one, language, names)))
    book = load_workbook(io.BytesIO(as_xlsx(one, language, names)))
    paper = bare("".join(p.extract_text() for p in PdfReader(io.BytesIO(as_pdf(one, language, names))).pages))

    ids = [f.id for f in seen.every]
    on_page = [row.attributes["data-requirement"] for row in page.css("tr[data-requirement]")]
    in_book = [row[0] for row in book.worksheets[1].iter_rows(min_row=2, values_only=True)]
    in_word = [p.text.split(" · ")[0] for p in word.paragraphs if p.style.name == "Small" and p.text.split(" · ")[0] in set(ids)]
    assert on_page == in_book == ids and sorted(in_word) == sorted(ids)
    assert all(bare(id_) in paper for id_ in ids)

    asked = [q.question for q in seen.questions + seen.questions_rest]
    said = [c.say for c in seen.contradictions]
    in_book_asked = [row[5] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)]
    in_book_said = [row[3] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)]
    whole_page, whole_word = bare(page.body.text() if page.body else ""), bare("".join(p.text for p in word.paragraphs))
    assert asked and said
    for text in (*asked, *said):
        assert bare(text) in whole_page and bare(text) in whole_word and bare(text) in paper
    assert in_book_asked[-len(asked) - len(said) : -len(said)] == asked and in_book_said[-len(said) :] == said


def test_the_manifest_is_checked_by_sha256sum_and_carries_the_receipt(report: Report, tmp_path: Path) -> None:
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / MANIFEST).write_bytes(manifest(FILES, report, "en"))
    done = subprocess.run(["sha256sum", "--strict", "-c", MANIFEST], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stdout.splitlines() == ["report.pdf: OK", "actions.xlsx: OK"], done
    text = (tmp_path / MANIFEST).read_text()
    assert "Law as of (as_of): 2026-11-22" in text and "0" * 64 in text
    assert f"{hashlib.sha256(b'PK').hexdigest()}  actions.xlsx" in text


def test_the_package_is_dated_as_the_report_and_the_same_twice(report: Report) -> None:
    made = package(FILES, report, "da")
    assert made == package(FILES, report, "da")
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.namelist() == [*FILES, MANIFEST] and archive.testzip() is None
        assert {i.date_time for i in archive.infolist()} == {(2026, 11, 22, 9, 5, 0)}


# ---- the register entry


def quoted(text: str) -> tuple[Quote, ...]:
    return (Quote(text=text, start=3, end=3 + len(text)),)


def fact(id_: str, value: Any, origin: Any = "text", text: str = "") -> FactReading:
    return FactReading(fact=id_, value=value, origin=origin, quotes=quoted(text) if text else ())


def entry(*facts: FactReading, findings: tuple[Finding, ...] = (), **changes: Any) -> dict[str, Any]:
    report = make_report(facts={f.fact: f for f in facts}, findings=findings, **changes)
    return dict(register_entry(report, "da", Names())["fields"])


def test_what_nobody_said_is_empty() -> None:
    fields = entry(
        fact("project_phase", "unknown", "silent"),
        fact("special_categories", True, "derived"),
        findings=(
            finding("gdpr-dpia", Verdict.GAP, Reason.SILENT),
            finding("gdpr-lawful-basis", Verdict.GAP, Reason.GENERIC, evidence=quoted("Loven giver lov.")),
        ),
        risk_class=RiskClass.UNCLEAR,
    )
    assert tuple(fields) == FIELDS
    assert all(not f["value"] and not f["sources"] for f in fields.values())


def test_what_is_said_is_filled_in_with_its_source() -> None:
    fields = entry(
        fact("project_phase", "pilot", text="Vi prøver i tre måneder."),
        fact("is_ai_system", True, text="En lært model skelner."),
        fact("location_data", False, "use", "Sensoren måler uro."),
        fact("special_categories", True, text="Beboerne har demens."),
        findings=(
            finding("gdpr-dpia", Verdict.GAP, Reason.PLANNED_AFTER_USE, evidence=quoted("DPIA laves efter piloten.")),
            finding("gdpr-lawful-basis", Verdict.MET, Reason.DONE, evidence=quoted("Hjemlen er lovens § 83.")),
            finding("kl-human-in-control", Verdict.MET, Reason.DONE, evidence=quoted("Vagten beslutter selv.")),
        ),
    )
    assert {k: f["value"] for k, f in fields.items()} == {
        "name": "", "purpose": ["Sensoren måler uro."], "organisation": "", "status": "pilot", "ai_act_class": "Højrisiko",
        "legal_basis": ["Hjemlen er lovens § 83."], "data_categories": ["special_categories"], "human_oversight": ["Vagten beslutter selv."],
        "dpia_status": "planlagt efter at løsningen er taget i brug", "contact": "",
    }  # fmt: skip
    assert fields["dpia_status"]["sources"] == [{"requirement": "gdpr-dpia", "text": "DPIA laves efter piloten.", "start": 3, "end": 28}]
    assert fields["status"]["sources"] == [{"fact": "project_phase", "text": "Vi prøver i tre måneder.", "start": 3, "end": 27}]


def test_an_orphaned_quote_fills_nothing() -> None:
    lost = Quote(text="opdigtet", start=-1, end=-1, orphaned=True)
    fields = entry(findings=(finding("gdpr-lawful-basis", Verdict.MET, Reason.DONE, evidence=(lost,)),))
    assert fields["legal_basis"]["value"] == []


def test_a_title_counts_as_name_where_the_text_says_it() -> None:
    project = make_report().project.model_copy(update={"title": "Nattilsyn"})
    assert entry(project=project, text="Om Nattilsyn på plejehjem")["name"] | {"label": ""} == {
        "label": "", "value": "Nattilsyn", "sources": [{"project": "title", "text": "Nattilsyn", "start": 3, "end": 12}],
    }  # fmt: skip
    assert entry(project=project, text="Et andet sted")["name"]["value"] == ""


def test_personal_numbers_are_masked_in_what_is_to_be_published() -> None:
    fields = entry(fact("cpr_numbers", True, text="Borger 010190-1234 skriver."))
    assert "010190" not in json.dumps(fields) and "skriver." in fields["data_categories"]["sources"][0]["text"]
