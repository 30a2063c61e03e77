"""The hand-built reports of the report tests, and a worse one; each form of a report is written once for all tests."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import pytest

from checker.adapters.written.docx import to_docx
from checker.adapters.written.pdf import to_pdf
from checker.adapters.written.xlsx import to_xlsx
from checker.model.law import Bilingual
from checker.model.project import Quote
from checker.model.report import Contradiction, Question, Reason, Report, Verdict
from checker.report import Names, render
from checker.report.view import view
from checker.report.words import Words
from tests.unit.report.conftest import empty_report, finding, make_report, names, read_twice, report

__all__ = ["empty_report", "names", "read_twice", "report"]

LONG = "Langt" * 2000
"""A title of 10,000 letters without a space."""
WORST = '=HYPERLINK("http://evil.example") </w:t><script> \x00\x0b\x1b\ufffe\uffff \u202egnp.exe \u2067שלום\u2069 {{ 7*7 }} _x000D_ &amp; ]]>'


@pytest.fixture
def hostile() -> Report:
    """Words that mean something to every one of the formats, everywhere that words from outside can stand."""
    both = Bilingual(da=WORST, en=WORST)
    plain = make_report()
    quotes = (Quote(text=WORST, start=0, end=5), Quote(text="@SUM(A1)", start=6, end=14))
    bad = finding("x-worst", Verdict.GAP, Reason.GENERIC, title=both, message=both, action=Bilingual(da="+1", en="-1"), evidence=quotes)
    return plain.model_copy(
        update={
            "project": plain.project.model_copy(update={"title": LONG, "source": WORST, "notes": (WORST,)}),
            "findings": (*plain.findings, bad),
            "contradictions": (Contradiction(rule="x", say=both, facts=(), quotes=quotes),),
            "questions": (Question(fact="x", text=both, settles=1, requirements=("x-worst",)),),
        }
    )


def as_pdf(report: Report, language: str, names: Names) -> bytes:
    return to_pdf(view(report, Words(language), names), Words(language), report.receipt.made_at)


def as_docx(report: Report, language: str, names: Names) -> bytes:
    return to_docx(view(report, Words(language), names), Words(language), report.receipt.made_at)


def as_xlsx(report: Report, language: str, names: Names) -> bytes:
    return to_xlsx(report, view(report, Words(language), names), Words(language))


def bare(text: str) -> str:
    """Without white space: where lines and pages break is no difference."""
    return re.sub(r"\s+", "", text)


def page_texts(report: Report, language: str, names: Names) -> list[str]:
    """Every piece of text that the HTML report shows on paper."""
    from selectolax.lexbor import LexborHTMLParser

    page = LexborHTMLParser(render(report, "html", language, names=names))
    for hidden in page.css(".skip, .onscreen, head"):
        hidden.decompose()
    body = page.body
    assert body is not None
    return [t for t in (bare(part) for part in body.text(separator="\x1f").split("\x1f")) if t]


@pytest.fixture(scope="session")
def kept() -> Callable[[str], bytes]:
    """The ordinary report as PDF, made once for each language: it is the slow one."""

    @cache
    def made(language: str) -> bytes:
        return as_pdf(make_report(), language, Names())

    return made
