"""The HTML report: one file, safe, readable by people and machines."""

from __future__ import annotations

import re
from itertools import pairwise, product

import pytest
from selectolax.lexbor import LexborHTMLParser

from checker.model.project import Quote
from checker.model.report import Reason, Report, Verdict
from checker.report import Names, render

Page = LexborHTMLParser


def page(report: Report, language: str = "da", names: Names | None = None) -> Page:
    return Page(render(report, "html", language, names=names or Names()))


@pytest.mark.parametrize("language", ["da", "en"])
def test_language_heading_and_landmarks(report: Report, language: str) -> None:
    p = page(report, language)
    html = p.css_first("html")
    assert html is not None and html.attributes["lang"] == language
    for tag in ("h1", "main", "header", "footer", "a.skip"):
        assert len(p.css(tag)) == 1, tag
    assert p.css_first("a.skip").attributes["href"] == "#main"
    levels = [int(n.tag[1]) for n in p.css("h1, h2, h3, h4, h5")]
    assert all(b - a <= 1 for a, b in pairwise(levels)), "no heading level is skipped"


@pytest.mark.parametrize("language", ["da", "en"])
def test_nothing_is_loaded_from_anywhere(report: Report, language: str) -> None:
    written = render(report, "html", language)
    p = Page(written)
    assert not p.css("script, img, iframe, object, embed, link, form, base, video, audio, svg")
    assert not [n for n in p.css("[src], [srcset], [style*='url']")]
    assert all(n.tag == "a" for n in p.css("[href]"))
    assert "@import" not in written and "url(" not in written
    assert all(re.match(r"(https?://|#)", n.attributes["href"] or "") for n in p.css("a"))
    assert not p.css('[href^="javascript"]')
    assert not [name for n in p.css("*") for name in n.attributes if name.startswith("on")]


def test_hostile_texts_stand_as_text(report: Report) -> None:
    written = render(report, "html", "da")
    assert "<script" not in written and "<b>" not in written and "<img" not in written
    p = Page(written)
    assert p.css_first("h1").text().startswith("<script>alert('x')</script> [bold]")
    assert "{{ 7*7 }}" in p.css_first("h1").text(), "a template in the text is not run"
    assert "\x1b" not in written


def test_every_finding_fact_and_receipt_line_is_there(report: Report, names: Names) -> None:
    p = page(report, "da", names)
    assert [r.attributes["data-requirement"] for r in p.css("tr[data-requirement]")] == [f.requirement for f in report.findings]
    assert {d.attributes["id"] for d in p.css("details.basis")} == {f"basis-{f.requirement}" for f in report.findings}
    assert [r.attributes["data-fact"] for r in p.css("tr[data-fact]")] == list(report.facts)
    text = p.body.text()
    assert "Personoplysninger (da)" in text and "ikke oplyst" in text and "uddannelse, unheard_of" in text
    assert "0" * 64 in text and "22. november 2026 09:05 UTC" in text


def test_links_within_the_page_lead_somewhere(report: Report) -> None:
    from urllib.parse import unquote

    p = page(report)
    ids = [n.attributes["id"] for n in p.css("[id]")]
    assert len(ids) == len(set(ids))
    assert {unquote((a.attributes["href"] or "")[1:]) for a in p.css('a[href^="#"]')} <= set(ids)


def test_tables_and_summaries(report: Report) -> None:
    p = page(report)
    for table in p.css("table"):
        assert table.css_first("caption") is not None
        assert all(th.attributes.get("scope") in ("col", "row") for th in table.css("th"))
    assert all(d.css_first("summary") is not None for d in p.css("details"))


def test_sections_in_order_and_what_they_hold(report: Report) -> None:
    p = page(report)
    order = [n.attributes["id"] for n in p.css("h2")]
    assert order == ["notice", "blockers", "majors", "minors", "unjudged", "questions", "contradictions", "met", "document", "lawyer"]
    by_id = {n.css_first("h2").attributes["id"]: n for n in p.css("main section")}
    assert "planlagt efter at løsningen er taget i brug" in by_id["blockers"].text()
    assert "gælder fra 2. december 2027: planlæg det nu" in by_id["minors"].text()
    assert "Teksten siger intet om det." in by_id["minors"].text() and "stedet i teksten er ikke udfyldt" in by_id["minors"].text()
    assert len(by_id["questions"].css("ol")[0].css("li")) == 7 and len(by_id["questions"].css("details li")) == 2
    assert "Vis 2 spørgsmål mere" in by_id["questions"].text()
    assert "Aftalen er underskrevet" in by_id["met"].text()
    assert "uden virkning" in by_id["document"].text() and "handler ikke om AI" in by_id["document"].text()
    assert "GDPR art. 35, stk. 1" in page(report, "da", Names(acts={"gdpr": report.findings[0].title.model_copy(update={"da": "GDPR"})})).body.text()


def test_alert_only_when_the_text_addresses_the_checker(report: Report, empty_report: Report) -> None:
    assert len(page(report).css(".alert")) == 2 and not page(empty_report).css(".alert")


def test_orphans_are_visible_and_marked(report: Report) -> None:
    p = page(report)
    orphans = [n.text() for n in p.css("blockquote.orphaned")]
    assert any("findes ikke" in o and "kan ikke genfindes i teksten; tæller ikke" in o for o in orphans)
    assert "kan ikke genfindes i kilden; tæller ikke" in p.body.text()


def test_a_gap_is_never_explained_by_what_would_close_it(report: Report) -> None:
    """A reader that says "done" over an orphaned quote leaves a gap, and the report must not call it done."""
    odd = report.findings[0].model_copy(update={"reason": Reason.DONE, "evidence": (Quote(text="opdigtet", start=-1, end=-1, orphaned=True),)})
    silent = report.findings[2].model_copy(update={"evidence": odd.evidence})
    p = page(report.model_copy(update={"findings": (odd, silent)}))
    text = p.css_first("section[aria-labelledby=blockers]").text()
    assert "ingen passage, som viser det" in text and "det er gjort" not in p.body.text()
    minor = p.css_first("section[aria-labelledby=minors]").text()
    assert "opdigtet" in minor and "tæller ikke" in minor and "ikke udfyldt" not in minor


def test_quotes_carry_their_own_language(report: Report) -> None:
    p = page(report, "en")
    assert p.css_first("section blockquote").attributes["lang"] == "da"
    assert {n.attributes["lang"] for n in p.css(".beside blockquote")} == {"da", "en"}


def test_trace_is_nested(report: Report) -> None:
    trace = page(report).css_first('[id="basis-gdpr-dpia"] ul.trace')
    assert "alle disse: ja" in trace.text() and "ikke dette: ja" in trace.text() and "antal: ≥ 2: uafklaret (1/3)" in trace.text()
    assert trace.css("ul.trace ul.trace ul.trace")


def test_holds_for_an_empty_report(empty_report: Report) -> None:
    p = page(empty_report, "en")
    assert "Untitled project" in p.css_first("h1").text() and "No gaps found in the text." in p.body.text()


def test_unjudged_is_never_a_gap_or_met(report: Report) -> None:
    p = page(report)
    only = report.model_copy(update={"findings": report.by_verdict(Verdict.UNJUDGED)})
    assert "1 punkt kunne ikke bedømmes" in page(only).css_first(".headline").text()
    assert "admin-odd" not in p.css_first("section[aria-labelledby=met]").text()


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two #rrggbb colours."""

    def luminance(colour: str) -> float:
        parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_enough_in_every_scheme(report: Report) -> None:
    css = page(report).css_first("style").text()
    schemes = [dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6})", block)) for block in re.findall(r":root \{([^}]*)\}", css)]
    assert len(schemes) == 3, "light, dark, print"
    for scheme in schemes:
        for ink, ground in product(("ink", "soft", "link", "blocker", "major", "minor", "good"), ("paper", "panel", "alert")):
            assert _contrast(scheme[ink], scheme[ground]) >= 4.5, (ink, ground, scheme)
