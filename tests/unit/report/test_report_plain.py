"""Markdown, console text, words, provision names."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

import checker.report
from checker.errors import SettingsError
from checker.model.law import Bilingual, Severity
from checker.model.report import Report, RiskClass
from checker.report import FORMATS, Names, print_text, render
from checker.report.markup import escape_markdown
from checker.report.provision import provision_name
from checker.report.strings import STRINGS
from checker.report.values import VALUES
from checker.report.view import headline
from checker.report.words import Words, printable

HEADINGS = ["Det blokerer", "Det skal på plads", "Mindre ting og råd", "Kunne ikke bedømmes", "Svar på disse spørgsmål",
            "Her modsiger teksten sig selv", "Det er på plads", "Det har vi læst", "For juristen"]  # fmt: skip


def test_the_verdict_in_one_sentence(report: Report, empty_report: Report) -> None:
    assert headline(report, Words("da")) == (
        "4 punkter mangler, heraf 1 der skal på plads før start; 9 spørgsmål er åbne; 1 punkt kunne ikke bedømmes; teksten modsiger sig selv 1 sted."
    )
    assert headline(empty_report, Words("en")) == "No gaps found in the text."
    one = report.model_copy(update={"findings": (report.findings[0].model_copy(update={"severity": Severity.MAJOR}),), "contradictions": (), "questions": ()})
    assert headline(one, Words("da")) == "1 punkt mangler."


def test_markdown_order_and_content(report: Report, names: Names) -> None:
    written = render(report, "md", "da", names=names)
    found = [re.sub(r" \(\d+\)$", "", h) for h in re.findall(r"^## (.*)$", written, re.MULTILINE)]
    assert found == HEADINGS
    assert len(re.findall(r"^# ", written, re.MULTILINE)) == 1
    assert "[GDPR art. 35, stk. 1](<https://eur-lex.europa.eu/eli/reg/2016/679/oj#art_35>)" in written
    assert "> DPIA laves efter piloten." in written and "**[kan ikke genfindes i teksten; tæller ikke]**" in written
    assert "\n    - Behandler personoplysninger: ja\n" in written and "\n        - Kun test: nej\n" in written
    assert "gælder fra 2. december 2027: planlæg det nu" in written
    assert len(re.findall(r"^(\d)\. Spørgsmål \1\?", written, re.MULTILINE)) == 9 and "\n### Flere spørgsmål\n\n8. " in written
    assert all(f.title.da in written for f in report.findings if "script" not in f.title.da)


def test_markdown_holds_no_html_and_no_foreign_markup(report: Report) -> None:
    written = render(report, "md", "da")
    assert "<script" not in written and "<img" not in written and "javascript:" not in written and "\x1b" not in written
    assert "&lt;script&gt;" in written and r"\*stjerne\*" in written and r"\[bold\]" in written
    assert "&amp;lt;" not in written, "escaped once"
    rows = [line for line in written.splitlines() if line.startswith("| ") and "script" in line]
    assert rows and all(len(re.findall(r"(?<!\\)\|", row)) == 7 for row in rows if "generelle" in row or "vendinger" in row)


@pytest.mark.parametrize(
    ("text", "safe"),
    [("# x", r"\# x"), ("- x", r"\- x"), ("12. maj", r"12\. maj"), ("a\n\nb", "a b"), ("a & b", "a &amp; b"), ("snake_case", r"snake\_case"), ("2026", "2026")],
)
def test_markdown_escape(text: str, safe: str) -> None:
    assert escape_markdown(text) == safe


def test_text_order_and_content(report: Report, names: Names) -> None:
    written = render(report, "text", "da", names=names)
    positions = [written.index(f"\n{h}\n") for h in HEADINGS]
    assert positions == sorted(positions)
    assert "\x1b" not in written and max(map(len, written.split("\n"))) <= 100
    assert "[bold]fed[/bold]" in written, "rich markup in a title is text"
    assert "[blokerer] Titel på gdpr-dpia (da)" in written and "»DPIA laves efter piloten.«" in written
    unjudged = written[written.index("Kunne ikke bedømmes\n") : written.index("Svar på disse")]
    assert "- Titel på admin-odd (da)" in unjudged and "Det mangler" not in unjudged
    assert "kan ikke genfindes i teksten" in written and "ikke juridisk rådgivning" in " ".join(written.split())


def test_console_gets_colour_and_its_own_width(report: Report) -> None:
    console = Console(file=io.StringIO(), width=60, force_terminal=True, color_system="standard", legacy_windows=False)
    print_text(report, console, "en")
    written = console.file.getvalue()  # type: ignore[attr-defined]
    assert "\x1b[1;31m[blocks]" in written and "\x1b[31mrød" not in written


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("format", FORMATS)
def test_every_form_holds_for_full_and_empty_reports(report: Report, empty_report: Report, format: str, language: str) -> None:
    for risk in RiskClass:
        assert render(report.model_copy(update={"risk_class": risk}), format, language).endswith("\n")
    assert render(empty_report, format, language) == render(empty_report, format, language)


@pytest.mark.parametrize("format", ["md", "html", "text"])
def test_english_reports_have_no_danish_words_of_ours(empty_report: Report, format: str) -> None:
    written = render(empty_report, format, "en")
    assert not [word for word in STRINGS["da"].values() if len(word) > 12 and "{" not in word and word in written]


def test_unknown_format_and_language_are_said(report: Report) -> None:
    with pytest.raises(SettingsError, match="docx"):
        render(report, "docx", "da")
    with pytest.raises(SettingsError, match="sv"):
        render(report, "json", "sv")


def test_a_missing_word_raises() -> None:
    with pytest.raises(KeyError):
        Words("da")("no.such.key")


def test_both_languages_have_the_same_words_and_fields() -> None:
    assert set(STRINGS["da"]) == set(STRINGS["en"]) and set(VALUES["da"]) == set(VALUES["en"])
    for key, text in STRINGS["da"].items():
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", STRINGS["en"][key])), key


def test_no_word_stands_unused() -> None:
    folder = Path(checker.report.__file__).parent
    source = "\n".join(p.read_text() for p in folder.rglob("*") if p.suffix in (".py", ".j2") and p.name not in ("strings.py", "values.py"))
    named = {"verdict", "severity", "reason", "risk", "risk_say", "kind", "verified", "origin", "truth", "trace", "receipt", "col", "standing"}
    plain = {
        re.sub(r"\.(one|many)$", "", k) for k in STRINGS["da"] if k.split(".")[0] not in named and not k.startswith(("sum.", "details.group.", "model.asked."))
    }
    assert not [k for k in sorted(plain) if f'"{k}"' not in source]


@pytest.mark.parametrize(
    ("provision", "danish", "english"),
    [
        ("gdpr:art_35.par_3.pnt_b", "GDPR art. 35, stk. 3, litra b", "GDPR Art. 35(3)(b)"),
        ("gdpr:rct_71", "GDPR betragtning 71", "GDPR recital 71"),
        ("gdpr:anx_III.pnt_5.a", "GDPR bilag III, pkt. 5, litra a", "GDPR Annex III, point 5(a)"),
        ("forvaltningsloven:par_19.stk_2.nr_1", "forvaltningsloven § 19, stk. 2, nr. 1", "Public Administration Act § 19(2), no. 1"),
        ("forvaltningsloven:par_15b", "forvaltningsloven § 15 b", "Public Administration Act § 15 b"),
        ("guide:trin_2.noget", "guide trin 2.noget", "guide trin 2.noget"),
        ("god-skik", "god-skik", "god-skik"),
    ],
)
def test_provision_names(provision: str, danish: str, english: str, names: Names) -> None:
    assert provision_name(provision, names, "da") == danish
    assert provision_name(provision, names, "en") == english


def test_names_fall_back_to_ids() -> None:
    assert Names().fact("x", "da") == "x" and Names(facts={"x": Bilingual(da="a", en="b")}).fact("x", "en") == "b"


def test_printable_takes_the_sting_out() -> None:
    assert printable("a\x1b[2J\u202eb\r\nc\td") == "a\ufffd[2J\ufffdb\nc\td"
