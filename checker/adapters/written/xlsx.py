"""The action list as a workbook: what to do, all requirements, the receipt. Every cell is text or a day; none can be taken for a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

from checker.adapters.written.actions import actions, said
from checker.adapters.written.clean import clean, repacked, shortened
from checker.adapters.written.strings import STRINGS
from checker.model.report import Report
from checker.report.view import ReportView
from checker.report.words import Words

MOST: Final = 32_767
"""Characters that a cell holds; more make a workbook that Excel offers to repair."""

# What Excel, LibreOffice and the CSV that people make of a sheet take for a formula, in wide letters too.
_FORMULA = re.compile(r"^[\s\x00]*[=+\-@\t\r＝＋－＠]")
# A workbook writes letters it has no room for as _x000D_; words that look so would be read as such a letter.
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

_ACTIONS: Final = {
    "kind": 13, "severity": 13, "requirement": 26, "missing": 36, "do": 36, "question": 30,
    "law": 28, "due": 12, "responsible": 15, "status": 14, "words": 40,
}  # fmt: skip
_REQUIREMENTS: Final = {"id": 32, "requirement": 40, "verdict": 14, "reason": 40, "severity": 16, "law": 50, "words": 60}
_LINE, _TALLEST = 13.5, 409.0
"""Points: a line of the sheet's letters, and the tallest row that Excel knows."""
_HEAD = "1F3A5F"


def to_xlsx(report: Report, view: ReportView, words: Words) -> bytes:
    from openpyxl import Workbook

    t = STRINGS[view.language]
    book = Workbook()
    book.properties.title, book.properties.creator = shortened(words("page_title", title=view.title), 255), "checker"
    book.properties.language = "da-DK" if view.language == "da" else "en-GB"
    first = book.active
    listed = [(a.kind, a.severity, a.requirement, a.missing, a.do, a.question, a.law, a.due, "", "", a.words) for a in actions(report, view, words)]
    _sheet(first, t["sheet.actions"], [t[f"col.{key}"] for key in _ACTIONS], list(_ACTIONS.values()), listed)
    _choices(first, list(_ACTIONS).index("status") + 1, len(listed), t)
    every = [(f.id, f.title, f.verdict, f.reason, f.severity, "; ".join(law.name for law in f.short_laws), said(f.quotes, words)) for f in view.every]
    heads = [t[f"col.{key}"] for key in _REQUIREMENTS]
    _sheet(book.create_sheet(), t["sheet.requirements"], heads, list(_REQUIREMENTS.values()), every)
    about = [(words("document.source"), view.source), (words("risk.title"), view.risk), *((row.name, row.value) for row in view.receipt)]
    about += [(words("notice.title"), view.notice)]
    _sheet(book.create_sheet(), t["sheet.receipt"], [t["col.name"], t["col.value"]], [40, 100], [(view.title, view.headline), *about])
    return _saved(book, report.receipt.made_at)


def safe(text: str) -> str:
    """The text as a cell may hold it. What could run as a formula gets an apostrophe before it, as people write it by hand."""
    written = _ESCAPE.sub("_x005F_", clean(text))
    if _FORMULA.match(written):
        written = "'" + written
    return written if len(written) <= MOST else written[: MOST - 1] + "…"


def _sheet(sheet: Any, title: str, heads: Sequence[str], widths: Sequence[int], rows: Iterable[Sequence[str | date]]) -> None:
    """A sheet with a frozen header row, a filter and a width for each column; prints across the page, header on every page."""
    from openpyxl.utils import get_column_letter

    sheet.title = title
    for number, (head, width) in enumerate(zip(heads, widths, strict=True), 1):
        _head(sheet.cell(1, number), head)
        sheet.column_dimensions[get_column_letter(number)].width = width
    last = 1
    for last, values in enumerate(rows, 2):
        for number, value in enumerate(values, 1):
            _put(sheet.cell(last, number), value)
        sheet.row_dimensions[last].height = _height(values, widths)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{last}"
    sheet.print_title_rows, sheet.print_options.gridLines = "1:1", True
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _height(values: Sequence[str | date], widths: Sequence[int]) -> float:
    """Room for the fullest cell. Written down, since LibreOffice does not fit rows to wrapped text when it opens a sheet."""
    lines = (sum(len(line) // width + 1 for line in str(value).split("\n")) for value, width in zip(values, widths, strict=True))
    return min(_TALLEST, _LINE * max(lines))


def _head(cell: Any, text: str) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    _put(cell, text)
    cell.font = Font(bold=True, color="FFFFFF")
    cell.fill = PatternFill("solid", start_color=_HEAD)
    cell.alignment = Alignment(vertical="center", wrap_text=True)


def _put(cell: Any, value: str | date) -> None:
    from openpyxl.styles import Alignment

    cell.alignment = Alignment(vertical="top", wrap_text=True)
    if isinstance(value, date):
        cell.value, cell.number_format = value, "yyyy-mm-dd"
    elif value:
        cell.value = safe(value)
        # openpyxl guesses from the first letter, and from what looks like an error (`#N/A`).
        cell.data_type = "s"
        cell.quotePrefix = cell.value.startswith("'")


def _choices(sheet: Any, column: int, rows: int, t: dict[str, str]) -> None:
    """A list to pick the status from, with some rows to spare for what people add."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    choice = DataValidation(type="list", formula1=f'"{t["status.choices"]}"', allow_blank=True, showErrorMessage=True, showInputMessage=True)
    choice.error, choice.prompt = t["status.error"], t["status.prompt"]
    letter = get_column_letter(column)
    choice.add(f"{letter}2:{letter}{rows + 100}")
    sheet.add_data_validation(choice)


def _saved(book: Any, made_at: datetime) -> bytes:
    """`Workbook.save` would date it by the clock; the report's own time stands in its place."""
    from openpyxl.writer.excel import ExcelWriter

    book.properties.created = book.properties.modified = made_at.astimezone(UTC).replace(tzinfo=None)
    written = io.BytesIO()
    ExcelWriter(book, ZipFile(written, "w", ZIP_DEFLATED)).save()
    return repacked(written.getvalue(), made_at)
