"""Law that is gone, from the words of a project to every form of its report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from checker.adapters.documents import Documents
from checker.library import Library
from checker.model.law import Bilingual
from checker.model.project import Project, Quote
from checker.model.reading import Answers
from checker.model.report import Report, StaleNote
from checker.pipeline import check, conclude, new_receipt
from checker.ports import Hit
from checker.report import Names, render
from checker.report.names import names_of

TEXT = """Kommunen vil teste en AI-chatbot til borgere.

Chatbotten følger persondataloven. Leverandøren er certificeret efter Privacy Shield, og vi følger
lov om behandling af
personoplysninger og persondataloven. Den tidligere sikkerhedsbekendtgørelse om persondata bruges ikke.
"""


class Silent:
    name = "silent:1"

    def read(self, project: Project) -> Answers:
        return Answers(reader=self.name, facts={}, evidence={})


class Shelf:
    """An index with nothing in it."""

    def text_of(self, provision: str) -> str | None:
        return None

    def verbatim(self, provision: str) -> Mapping[str, Any]:
        return {}

    def guideline_for(self, requirement: str) -> tuple[Hit, ...]:
        return ()


def checked(text: str, library: Library) -> Report:
    document = Documents().read_bytes(text.encode(), "chatbot.txt")
    return check(document, library, Silent(), Shelf(), new_receipt(library, "v1", "e", "silent:1", date(2026, 11, 22)))


@pytest.fixture(scope="module")
def report(library: Library) -> Report:
    return checked(TEXT, library)


def test_law_that_is_gone_is_quoted_where_it_stands_and_decides_nothing(report: Report, library: Library) -> None:
    quotes = [s.quote for s in report.project.stale]
    assert [q.text for q in quotes if "\n" not in q.text] == ["persondataloven", "Privacy Shield", "persondataloven"]
    assert all(report.text[q.start : q.end] == q.text for q in quotes)
    mended = TEXT.replace("persondataloven", "GDPR").replace("lov om behandling af\npersonoplysninger", "GDPR").replace("Privacy Shield", "GDPR")
    fresh = checked(mended, library)
    assert fresh.project.stale == ()
    assert [f.verdict for f in report.findings] == [f.verdict for f in fresh.findings]


def test_words_that_a_line_break_cuts_are_found_and_their_passage_is_quoted(report: Report) -> None:
    (cut,) = [s.quote.text for s in report.project.stale if "\n" in s.quote.text]
    assert "lov om behandling af\npersonoplysninger" in cut


def test_what_is_not_about_the_project_is_not_told(library: Library) -> None:
    other = Project(title="x", source="x", language="da", text=TEXT, passages=(), taken=())
    found = conclude(other, Silent().read(other), library, Shelf(), new_receipt(library, "v1", "e", "silent:1", date(2026, 11, 22)))
    assert found.project.stale == ()


@pytest.mark.parametrize(
    ("language", "heading", "now"),
    [("da", "Henvisninger til regler, der ikke gælder mere", "GDPR; DBL"), ("en", "References to law that is no longer in force", "GDPR; DBL")],
)
def test_every_form_says_it_once_for_each_law_with_what_stands_in_its_place(report: Report, library: Library, language: str, heading: str, now: str) -> None:
    names = names_of(library.catalogue, library.acts, {})
    say = {s.say.get(language) for s in report.project.stale}
    assert len(say) == 2
    written = {form: render(report, form, language, names=names) for form in ("text", "md", "html")}
    written["html"] = "".join(section.text() for section in LexborHTMLParser(written["html"]).css('section[aria-labelledby="stale"]'))
    for form, text in written.items():
        plain = " ".join(text.replace("\\", "").split())
        assert plain.count(heading) == 1, form
        assert all(plain.count(s) == 1 for s in say), form
        assert now in plain and ("GDPR art. 45" in plain if language == "da" else "GDPR Art. 45" in plain), form
        assert plain.index(heading) < plain.index("Privacy Shield")


def test_json_lists_every_place(report: Report) -> None:
    told = json.loads(render(report, "json", "en"))["project"]["stale_references"]
    assert [set(s) for s in told] == [{"quote", "say", "replaced_by"}] * 4
    assert told[0]["quote"] == {"text": "persondataloven", "start": TEXT.index("persondataloven"), "end": TEXT.index("persondataloven") + 15}
    assert told[0]["replaced_by"] == ["gdpr", "databeskyttelsesloven"]
    assert told[0]["say"] == report.project.stale[0].say.en


@pytest.mark.parametrize("form", ["text", "md", "html"])
def test_without_such_references_there_is_no_such_section(library: Library, form: str) -> None:
    assert "ikke gælder mere" not in render(checked("Kommunen vil teste en AI-chatbot, der følger GDPR.", library), form, "da")


@pytest.mark.parametrize("form", ["text", "md", "html"])
def test_a_hostile_reference_stands_as_text(report: Report, form: str) -> None:
    evil = "<script>x</script>\x1b[31m"
    note = StaleNote(quote=Quote(text=evil, start=0, end=5), say=Bilingual(da=evil, en=evil), replaced_by=(evil,))
    written = render(report.model_copy(update={"project": report.project.model_copy(update={"stale": (note,)})}), form, "da", names=Names())
    assert "\x1b" not in written
    assert form == "text" or "<script" not in written
