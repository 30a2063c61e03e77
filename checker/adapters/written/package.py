"""One zip for the case system: the report in every form, the action list, the drafts, and a manifest to check them by."""

from __future__ import annotations

import hashlib
from typing import Final

from checker.adapters.written import register
from checker.adapters.written.clean import packed
from checker.adapters.written.docx import to_docx
from checker.adapters.written.pdf import to_pdf
from checker.adapters.written.xlsx import to_xlsx
from checker.model.report import Report
from checker.report import Names, render
from checker.report.view import view
from checker.report.words import Words, printable

MANIFEST: Final = "MANIFEST.txt"
DPIA: Final = "dpia-draft.docx"


def report_files(report: Report, language: str, names: Names) -> dict[str, bytes]:
    """File name → bytes: what can be made of the report alone.

    Raises:
        CheckerError: no PDF can be written on this machine.
    """
    words = Words(language)
    seen = view(report, words, names)
    made_at = report.receipt.made_at
    return {
        "report.pdf": to_pdf(seen, words, made_at),
        "report.docx": to_docx(seen, words, made_at),
        "actions.xlsx": to_xlsx(report, seen, words),
        "report.json": render(report, "json", language, names=names, with_text=True).encode(),
        "register.json": register.to_json(report, language, names),
    }


def package(files: dict[str, bytes], report: Report, language: str) -> bytes:
    """The zip: these files and the manifest, dated as the report. The same files and report give the same bytes."""
    return packed(files | {MANIFEST: manifest(files, report, language)}, report.receipt.made_at)


def manifest(files: dict[str, bytes], report: Report, language: str) -> bytes:
    """What `sha256sum -c MANIFEST.txt` checks; the receipt stands in lines that it passes over."""
    words = Words(language)
    title = " ".join(printable(report.project.title).split()) or words("untitled")
    lines = [f"# checker: {words('page_title', title=title)}", "#", f"# {words('receipt')}:"]
    for key, value in report.receipt.model_dump(mode="json").items():
        if value or key not in ("model", "prompts"):
            lines.append(f"#   {words(f'receipt.{key}')} ({key}): {' '.join(printable(str(value)).split())}")
    lines += ["#", "# sha256sum -c MANIFEST.txt", *(f"{hashlib.sha256(data).hexdigest()}  {name}" for name, data in files.items())]
    return ("\n".join(lines) + "\n").encode(errors="replace")
