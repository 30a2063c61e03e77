"""The report as PDF/A: whole, tagged, and closed to the outside."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject

from checker.adapters.written.pdf import breakable, to_pdf
from checker.model.report import Report
from checker.report import Names, markup
from checker.report.view import ReportView, view
from checker.report.words import Words
from tests.unit.adapters.written.conftest import as_pdf, bare, page_texts
from tests.unit.report.conftest import make_report

Kept = Callable[[str], bytes]


def opened(data: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(data))


def texts(pdf: PdfReader) -> str:
    """The text of all pages without their numbers, which may stand in the middle of a sentence."""
    return bare("".join(re.sub(r"\s*\d+ / \d+\s*$", "", page.extract_text()) for page in pdf.pages))


@pytest.mark.parametrize("language", ["da", "en"])
def test_all_that_the_page_shows_stands_on_paper(kept: Kept, language: str) -> None:
    written = texts(opened(kept(language)))
    missing = [t for t in page_texts(make_report(), language, Names()) if t not in written]
    assert not missing


@pytest.mark.parametrize(("language", "title"), [("da", "Tjek af <script>"), ("en", "Check of <script>")])
def test_it_says_what_it_is(kept: Kept, language: str, title: str) -> None:
    pdf = opened(kept(language))
    root = pdf.trailer["/Root"]
    xmp = root["/Metadata"].get_data().decode()
    assert 'pdfaid:part="2"' in xmp and 'pdfaid:conformance="A"' in xmp
    assert root["/Lang"] == language and root["/MarkInfo"]["/Marked"] and root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata is not None and (pdf.metadata.title or "").startswith(title) and pdf.metadata.author == "checker"
    assert pdf.metadata.creation_date is not None and pdf.metadata.creation_date.isoformat() == "2026-11-22T09:05:00+00:00"


def test_fonts_are_inside_and_nothing_runs_or_is_attached(kept: Kept) -> None:
    pdf = opened(kept("da"))
    found = [o for n in range(1, int(pdf.trailer["/Size"])) if isinstance(o := pdf.get_object(IndirectObject(n, 0, pdf)), DictionaryObject)]
    descriptors = [o for o in found if o.get("/Type") == "/FontDescriptor"]
    assert descriptors and all("/FontFile2" in d or "/FontFile3" in d for d in descriptors)
    assert not [o for o in found if {"/JS", "/JavaScript", "/EmbeddedFiles", "/OpenAction", "/AA", "/EF", "/Launch"} & set(o)]
    targets = {str(a["/URI"]) for o in found if isinstance(a := o.get("/A"), DictionaryObject) and "/URI" in a}
    assert targets and all(t.startswith("https://") for t in targets)


def test_nothing_is_fetched_though_the_page_asks_for_it(report: Report, names: Names, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """Were the escaping of the page ever to fail, the report still would not call out or read a file."""
    asked: list[str] = []
    real = markup.html

    def leaking(seen: ReportView, words: Words) -> str:
        return real(seen, words).replace(
            "<main ", '<img src="http://127.0.0.1:9/x.png"><img src="file:///etc/hostname"><link rel="stylesheet" href="http://127.0.0.1:9/"><main '
        )

    monkeypatch.setattr("checker.adapters.written.pdf.html", leaking)
    monkeypatch.setattr("socket.create_connection", lambda *a, **k: asked.append(str(a)))
    words = Words("da")
    pdf = opened(to_pdf(view(report, words, names), words, report.receipt.made_at))
    assert not asked and not [name for page in pdf.pages for name in page.images]


def test_hostile_words_stand_as_words(hostile: Report, names: Names) -> None:
    written = texts(opened(as_pdf(hostile, "da", names)))
    assert "Langt" * 2000 in written
    assert bare('=HYPERLINK("http://evil.example") </w:t><script>') in written and "&amp;" in written


def test_a_word_longer_than_a_line_gets_places_to_break_and_tags_stay_as_they_are() -> None:
    page = f'<a href="https://x.dk/{"a" * 200}">{"b" * 130}</a> <p>{"&lt;" * 61} kort</p>'
    assert breakable(page) == (f'<a href="https://x.dk/{"a" * 200}">{"b" * 60}\u200b{"b" * 60}\u200b{"b" * 10}</a> <p>{"&lt;" * 60}\u200b&lt; kort</p>')


def test_letters_that_no_font_has_are_spelled_out_instead_of_drawn_as_boxes(names: Names) -> None:
    """U+E000 belongs to nobody, so no font of any machine has it; a joiner has no shape anywhere."""
    title = "Måling \ue000\ue000 af\u2060 støj"
    report = make_report()
    report = report.model_copy(update={"project": report.project.model_copy(update={"title": title})})
    pdf = opened(as_pdf(report, "da", names))
    assert "Måling[U+E000][U+E000]afstøj" in texts(pdf)
    fonts = [f.get_object() for page in pdf.pages for f in page["/Resources"]["/Font"].values()]
    assert {f["/Encoding"] for f in fonts} == {"/Identity-H"}, "another encoding says that letters are missing"


def test_a_report_with_nothing_in_it_is_still_a_document(empty_report: Report) -> None:
    assert "Untitledproject" in texts(opened(as_pdf(empty_report, "en", Names())))


def test_the_same_report_gives_the_same_bytes(kept: Kept) -> None:
    assert as_pdf(make_report(), "da", Names()) == kept("da")


def test_without_pango_the_user_reads_what_to_install() -> None:
    """The libraries are hidden from a process of its own; in this one they may be loaded already."""
    script = (
        "import cffi\n"
        "def hidden(*a, **k): raise OSError('cannot load library libgobject-2.0-0')\n"
        "cffi.FFI.dlopen = hidden\n"
        "from checker.adapters.written import ready\n"
        "from checker.errors import CheckerError\n"
        "ready('docx')\n"
        "try:\n    ready('pdf')\n"
        "except CheckerError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "Pango" in done.stdout and "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" in done.stdout
