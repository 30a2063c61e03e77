"""The report as Word: whole, in its language, valid, and nobody's name in it."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import etree

from checker.model.report import Report
from checker.report import Names
from checker.report.view import view
from checker.report.words import Words
from tests.unit.adapters.written.conftest import LONG, as_docx, bare, page_texts

# The order that the schema (ISO/IEC 29500-1) asks for, of the children that we write. Word calls a file damaged that has another.
ORDER = {
    "w:pPr": ["pStyle", "keepNext", "keepLines", "widowControl", "numPr", "pBdr", "tabs", "spacing", "ind", "contextualSpacing", "jc", "outlineLvl", "rPr"],
    "w:rPr": ["rStyle", "rFonts", "b", "bCs", "i", "iCs", "color", "spacing", "kern", "sz", "szCs", "u", "lang"],
    "w:tblPr": ["tblStyle", "tblW", "jc", "tblBorders", "tblLayout", "tblCellMar", "tblLook", "tblCaption", "tblDescription"],
    "w:tcPr": ["tcW", "gridSpan", "vAlign"],
}  # fmt: skip


def opened(data: bytes) -> Any:
    return Document(io.BytesIO(data))


def texts(document: Any) -> str:
    return "".join(t.text or "" for t in document.element.body.iter(qn("w:t")))


def styled(document: Any, style: str) -> list[str]:
    return [p.text for p in document.paragraphs if p.style.name == style]


@pytest.mark.parametrize("language", ["da", "en"])
def test_all_that_the_page_shows_stands_in_the_document(report: Report, read_twice: Report, names: Names, language: str) -> None:
    for one in (report, read_twice):
        written = bare(texts(opened(as_docx(one, language, names))))
        # A document has no folds to open. The sign between label and value is each form's own.
        folds = {bare(Words(language).count("questions.rest", len(one.questions) - 7))}
        missing = [t for t in page_texts(one, language, names) if t not in folds and re.sub(r"[:·(\[\])–]+$|^[:·(\[\]).]+", "", t) not in written]
        assert not missing


@pytest.mark.parametrize("language", ["da", "en"])
def test_headings_are_real_and_every_requirement_has_one(report: Report, names: Names, language: str) -> None:
    document, seen = opened(as_docx(report, language, names)), view(report, Words(language), names)
    assert styled(document, "Title") == [seen.title]
    assert styled(document, "Heading 1")[-1] == Words(language)("lawyer")
    assert sorted(styled(document, "Heading 4")) == sorted(f.title for f in seen.every)
    assert len(styled(document, "Heading 1")) == len(styled(document, "Contents"))


def test_quotes_have_styles_of_their_own(report: Report, names: Names) -> None:
    document = opened(as_docx(report, "da", names))
    assert "DPIA laves efter piloten." in styled(document, "Project Quote")
    assert "Den dataansvarlige foretager en analyse forud for behandlingen." in styled(document, "Law Quote")


def test_tables_have_a_header_row_that_repeats_and_words_for_those_who_cannot_see_them(report: Report, names: Names) -> None:
    document = opened(as_docx(report, "da", names))
    overview, facts = document.tables
    assert [c.text for c in overview.rows[0].cells][:2] == ["Krav", "Resultat"]
    assert len(overview.rows) == 1 + len(report.findings) and len(facts.rows) == 1 + len(report.facts)
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
        assert table._tbl.tblPr.find(qn("w:tblDescription")).get(qn("w:val"))


@pytest.mark.parametrize(("language", "locale"), [("da", "da-DK"), ("en", "en-GB")])
def test_the_language_is_set_and_quotes_in_another_one_say_so(report: Report, names: Names, language: str, locale: str) -> None:
    document = opened(as_docx(report, language, names))
    defaults = document.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}/{qn('w:lang')}")
    assert defaults.get(qn("w:val")) == locale and document.core_properties.language == locale
    foreign = {e.get(qn("w:val")) for e in document.element.body.iter(qn("w:lang"))}
    assert foreign == ({"da-DK"} if language == "en" else set()), "the project is written in Danish; an English report marks its words"


def test_properties_name_the_report_and_no_person(report: Report, names: Names) -> None:
    data = as_docx(report, "da", names)
    core = opened(data).core_properties
    assert core.title.startswith("Tjek af <script>") and (core.author, core.last_modified_by, core.comments) == ("checker", "checker", "")
    assert core.created.isoformat()[:19] == core.modified.isoformat()[:19] == "2026-11-22T09:05:00"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        everything = b"".join(archive.read(n) for n in archive.namelist())
        assert not [n for n in archive.namelist() if "thumbnail" in n]
    assert b"python-docx" not in everything


def test_links_lead_to_the_law_or_to_a_place_in_the_document(report: Report, names: Names) -> None:
    document = opened(as_docx(report, "da", names))
    body = document.element.body
    marks = {e.get(qn("w:name")) for e in body.iter(qn("w:bookmarkStart"))}
    links = list(body.iter(qn("w:hyperlink")))
    assert links and all(link.get(qn("w:anchor")) in marks for link in links if link.get(qn("r:id")) is None)
    targets = {document.part.rels[id_].target_ref for link in links if (id_ := link.get(qn("r:id")))}
    assert "https://eur-lex.europa.eu/eli/reg/2016/679/oj#art_35" in targets
    assert all(t.startswith(("http://", "https://")) for t in targets), "javascript: is no link"


def test_pages_are_numbered_by_fields(report: Report, names: Names) -> None:
    footer = opened(as_docx(report, "da", names)).sections[0].footer._element
    assert [e.text.strip() for e in footer.iter(qn("w:instrText"))] == ["PAGE", "NUMPAGES"]


def test_every_field_that_begins_also_ends(report: Report, names: Names) -> None:
    document = opened(as_docx(report, "da", names))
    for root in (document.element.body, document.sections[0].footer._element):
        kinds = [e.get(qn("w:fldCharType")) for e in root.iter(qn("w:fldChar"))]
        assert kinds == ["begin", "separate", "end"] * (len(kinds) // 3) and kinds


def test_properties_stand_in_the_order_of_the_schema(report: Report, read_twice: Report, names: Names) -> None:
    for one in (report, read_twice):
        document = opened(as_docx(one, "en", names))
        for root in (document.element.body, document.styles.element):
            for tag, order in ORDER.items():
                for properties in root.iter(qn(tag)):
                    found = [order.index(name) for e in properties if (name := etree.QName(e).localname) in order]
                    assert found == sorted(found), etree.tostring(properties)


def test_names_of_bookmarks_are_unique_and_short_enough_for_word(report: Report, names: Names) -> None:
    found = [e.get(qn("w:name")) for e in opened(as_docx(report, "da", names)).element.body.iter(qn("w:bookmarkStart"))]
    assert len(found) == len(set(found)) and all(re.fullmatch(r"[a-z]\w{0,39}", name) for name in found)


@pytest.mark.parametrize("language", ["da", "en"])
def test_hostile_words_stand_as_words(hostile: Report, names: Names, language: str) -> None:
    document = opened(as_docx(hostile, language, names))
    written = texts(document)
    assert LONG in written and len(document.core_properties.title) <= 255
    assert '=HYPERLINK("http://evil.example") </w:t><script>' in written and "{{ 7*7 }}" in written and "&amp; ]]>" in written
    assert "\u202e" not in written and "שלום" in written


def test_a_report_with_nothing_in_it_is_still_a_document(empty_report: Report) -> None:
    assert styled(opened(as_docx(empty_report, "en", Names())), "Title") == ["Untitled project"]


def test_the_same_report_gives_the_same_bytes(report: Report, names: Names) -> None:
    assert as_docx(report, "da", names) == as_docx(report, "da", names)
