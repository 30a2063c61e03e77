"""The action list: every gap and question a row, nothing a formula, ready to work in."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from checker.adapters.written.xlsx import MOST, safe
from checker.model.report import Report, Verdict
from checker.report import Names
from tests.unit.adapters.written.conftest import as_xlsx


def opened(data: bytes) -> Workbook:
    return load_workbook(io.BytesIO(data))


def rows(sheet: Any) -> list[dict[str, Any]]:
    head, *rest = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rest]


def test_a_row_for_each_thing_to_do_in_the_order_of_the_report(report: Report, names: Names) -> None:
    listed = rows(opened(as_xlsx(report, "en", names)).worksheets[0])
    assert [r["Kind"] for r in listed] == ["Gap"] * 4 + ["Not judged"] + ["Question"] * 9 + ["Contradiction"]
    assert [r["Weight"] for r in listed[:4]] == ["blocks", "must be put in place", "minor", "advice"]
    first = listed[0]
    assert first["Requirement"] == "Titel på gdpr-dpia (en)" and first["Do this"] == "Skriv det ned (en)" and first["Law"] == "GDPR Art. 35(1)"
    assert first["What is missing"] == "Det mangler (en)\nWhy: planned for after the solution is taken into use"
    assert first["The project's words"] == "»DPIA laves efter piloten.«" and first["Due"] == "applies now"
    assert listed[2]["Due"] == datetime(2027, 12, 2) and listed[2]["Law"] == "No citation found"
    assert listed[5]["Question"] == "Spørgsmål 1? (en)" and listed[5]["What is missing"] == "settles 9 points"
    assert listed[5]["Requirement"] == "Titel på gdpr-art22 (en)"
    assert listed[-1]["What is missing"] == "Der er alligevel personoplysninger (en)"
    assert all(r["Responsible"] is None and r["Status"] is None for r in listed)


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_second_sheet_holds_every_requirement(report: Report, names: Names, language: str) -> None:
    listed = rows(opened(as_xlsx(report, language, names)).worksheets[1])
    assert [r["Id"] for r in listed] == [f.requirement for f in report.findings]


def test_the_third_sheet_holds_the_receipt(report: Report, names: Names) -> None:
    said = {r["Oplysning"]: r["Værdi"] for r in rows(opened(as_xlsx(report, "da", names)).worksheets[2])}
    assert said["Tekstens fingeraftryk (SHA-256)"] == "0" * 64 and said["Kilde"] == "projekt.docx"


def test_sheets_are_ready_to_work_in(report: Report, names: Names) -> None:
    book = opened(as_xlsx(report, "da", names))
    assert book.sheetnames == ["Handlinger", "Alle krav", "Kvittering"]
    for sheet in book.worksheets:
        assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref == sheet.dimensions and sheet.print_title_rows == "$1:$1"
        assert all(cell.alignment.wrap_text for row in sheet.iter_rows() for cell in row if cell.value)
        assert all(sheet.column_dimensions[cell.column_letter].width >= 12 for cell in sheet[1])
    [choice] = book.worksheets[0].data_validations.dataValidation
    assert choice.type == "list" and choice.formula1 == '"Ikke begyndt,I gang,Afventer,Færdig,Ikke relevant"'
    assert book.worksheets[0]["J1"].value == "Status" and "J2" in choice.sqref
    assert (book.properties.creator, book.properties.lastModifiedBy) == ("checker", None)


@pytest.mark.parametrize("language", ["da", "en"])
def test_no_cell_is_a_formula_and_hostile_words_survive(hostile: Report, names: Names, language: str) -> None:
    book = opened(as_xlsx(hostile, language, names))
    cells = [c for sheet in book.worksheets for row in sheet.iter_rows() for c in row if c.value is not None]
    assert {c.data_type for c in cells} <= {"s", "d"}
    assert not [c.value for c in cells if isinstance(c.value, str) and c.value[0] in "=+-@\t\r"]
    assert [c for c in cells if isinstance(c.value, str) and c.value.startswith("'=HYPERLINK(") and "_x005F_x000D_" in c.value]
    assert [c for c in cells if isinstance(c.value, str) and c.value.startswith("Langt" * 2000)]


@given(st.text())
def test_whatever_stands_in_a_cell_comes_back_and_never_runs(text: str) -> None:
    book = Workbook()
    cell = book.active["A1"]
    cell.value, cell.data_type = safe(text), "s"
    written = io.BytesIO()
    book.save(written)
    back = load_workbook(written).active["A1"]
    assert back.data_type in ("s", "n", "inlineStr"), "an empty cell is one of the last two"
    assert not (back.value or "").lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


def test_more_than_a_cell_holds_ends_in_a_mark() -> None:
    assert len(safe("a" * 40_000)) == MOST and safe("a" * 40_000).endswith("a…")


def test_the_same_report_gives_the_same_bytes(report: Report, names: Names) -> None:
    assert as_xlsx(report, "da", names) == as_xlsx(report, "da", names)


def test_a_report_with_nothing_in_it_is_still_a_workbook(empty_report: Report) -> None:
    assert rows(opened(as_xlsx(empty_report, "en", Names())).worksheets[0]) == []


def test_what_two_readers_disagree_on_says_so(read_twice: Report, names: Names) -> None:
    listed = rows(opened(as_xlsx(read_twice, "en", names)).worksheets[0])
    assert [r["What is missing"] for r in listed if "Two readers disagree" in r["What is missing"]] == [
        "Det mangler (en)\nWhy: it is only being considered, not decided\nTwo readers disagree: look at both places"
    ]
    assert date(2026, 11, 22) not in [r["Due"] for r in listed] and Verdict.MET not in [r["Kind"] for r in listed]
