"""The report as files of an office: Word, PDF/A, Excel, and one package of them all. They print what `checker.report.view` says."""

from __future__ import annotations

from checker.adapters.written.docx import to_docx
from checker.adapters.written.pdf import to_pdf, weasyprint
from checker.model.report import Report
from checker.report import Names
from checker.report.view import view
from checker.report.words import Words

__all__ = ["ready", "written"]

_WRITERS = {"docx": to_docx, "pdf": to_pdf}


def ready(format: str) -> None:
    """Asked before a document is read, which may take long.

    Raises:
        CheckerError: what writes this format is not installed.
    """
    if format == "pdf":
        weasyprint()


def written(report: Report, format: str, language: str, names: Names) -> bytes:
    """The whole report as one file, `docx` or `pdf`.

    Raises:
        CheckerError: see `ready`.
    """
    words = Words(language)
    return _WRITERS[format](view(report, words, names), words, report.receipt.made_at)
