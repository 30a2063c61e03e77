"""Drafts without a language model: what they hold, where they are silent, and that every sentence can be looked up."""

from __future__ import annotations

import pytest

from checker.drafting import Draft, Kind, Lent, as_markdown, sources_of, write
from checker.drafting.outline import DPIA_FACTS, DPIA_FINDINGS
from checker.drafting.plain import MAIL_BLOCKERS, MAIL_CHARACTERS
from checker.model.catalogue import Catalogue
from checker.model.law import Severity
from checker.model.project import Quote
from checker.model.report import Report, Verdict
from checker.report.markup import escape_markdown
from checker.report.words import Words
from tests.unit.drafting.conftest import DPIA, TEXT, finding, lent_in, quote, report_of


def drafted(kind: Kind, catalogue: Catalogue, report: Report | None = None, language: str = "da", mask: bool = True) -> Draft:
    return write(report or report_of(), kind, catalogue, lent_in(language), language, mask=mask)


def said(draft: Draft, section: str = "") -> str:
    return "\n".join(s.text for part in draft.sections if section in ("", part.id) for s in part.sentences)


def shown(draft: Draft) -> str:
    return as_markdown(draft, escape_markdown, Words(draft.language).date)


def test_the_sections_name_facts_and_requirements_that_the_catalogue_has(catalogue: Catalogue) -> None:
    assert set(DPIA_FACTS) <= set(catalogue.facts)
    assert set(catalogue.requirements) >= DPIA_FINDINGS


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("language", ["da", "en"])
def test_every_sentence_has_sources_that_are_listed_and_every_listed_source_is_used(kind: Kind, language: str, catalogue: Catalogue) -> None:
    draft = drafted(kind, catalogue, language=language)
    used = [n for part in draft.sections for s in part.sentences for n in s.sources]
    assert used
    assert [s.number for s in draft.sources] == list(range(1, len(set(used)) + 1)) == list(dict.fromkeys(used))


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(
    ("language", "mark", "day"), [("da", "ikke gennemgået af en jurist", "1. september 2026"), ("en", "not reviewed by a lawyer", "1 September 2026")]
)
def test_the_mark_stands_first_with_date_and_reader(kind: Kind, language: str, mark: str, day: str, catalogue: Catalogue) -> None:
    draft = drafted(kind, catalogue, language=language)
    first, _, second = shown(draft).splitlines()[:3]
    assert mark in first
    assert day in second and "regler" in second
    assert draft.receipt.reader == "regler" and draft.receipt.model == ""
    assert Draft.model_validate_json(draft.model_dump_json()) == draft


def test_the_list_of_sources_gives_the_projects_words_with_offsets_and_the_law(catalogue: Catalogue) -> None:
    draft = drafted(Kind.RATIONALE, catalogue)
    words = next(q for s in draft.sources if s.item == "gdpr-dpia" for q in s.quotes)
    assert TEXT[words.start : words.end] == words.text
    assert f"(tegn {words.start}–{words.end})" in shown(draft)
    assert "GDPR art. 35, stk. 1, Konsekvensanalyse (i vores egne ord)" in shown(draft)


def test_the_mail_names_blockers_first_then_the_open_fact_that_settles_most(catalogue: Catalogue) -> None:
    draft = drafted(Kind.MAIL, catalogue)
    assert [part.id for part in draft.sections] == ["blockers", "unclear", "questions"]
    assert said(draft, "blockers").startswith("Der skal foreligge en konsekvensanalyse, før forsøget begynder. Beskrivelsen siger: »Vi forventer")
    assert "gdpr-lawful-basis" in said(draft, "blockers")
    assert said(draft, "questions").splitlines()[:2] == ["Hvor mange breve er der?", "Hvornår er konsekvensanalysen lavet, og af hvem?"]


def test_a_long_list_of_gaps_still_makes_a_page_and_the_rest_is_counted(catalogue: Catalogue) -> None:
    gaps = [finding(f"krav-{n}", severity=Severity.BLOCKER, message=DPIA.message, question=DPIA.question) for n in range(40)]
    draft = drafted(Kind.MAIL, catalogue, report_of(*gaps))
    assert len(said(draft)) <= MAIL_CHARACTERS
    assert len(next(p for p in draft.sections if p.id == "blockers").sentences) == MAIL_BLOCKERS == 5
    asked = len(next(p for p in draft.sections if p.id == "questions").sentences)
    named = {n for p in draft.sections for s in p.sentences for n in s.sources}
    left = 40 - len({s.item for s in draft.sources if s.number in named and s.says == "gap"})
    assert f"{left} om noget, der mangler, heraf {left} som blokerer, og {41 - asked} spørgsmål" in draft.closing[0]


def test_a_report_without_gaps_or_questions_asks_nothing_and_says_so(catalogue: Catalogue) -> None:
    nothing = report_of(finding("gdpr-dpia", Verdict.NOT_APPLICABLE), questions=(), contradictions=())
    mail = drafted(Kind.MAIL, catalogue, nothing)
    assert mail.sections == () and "ingen spørgsmål ud fra teksten" in mail.opening[1]
    assert drafted(Kind.RATIONALE, catalogue, nothing).opening == ("Rapporten har ingen mangler at begrunde.",)
    assert any("ikke relevant" in note for note in drafted(Kind.DPIA, catalogue, nothing).notes)


def test_the_impact_assessment_has_its_five_sections_and_asks_where_the_text_is_silent(catalogue: Catalogue) -> None:
    draft = drafted(Kind.DPIA, catalogue)
    assert [part.id for part in draft.sections] == ["purpose", "data", "necessity", "risks", "measures"]
    assert "Heraf er læst: bruger generativ AI." in said(draft, "purpose")
    assert "Af den beskrevne brug følger: behandler personoplysninger." in said(draft, "data")
    assert f"Beskrivelsen siger intet om »Stort omfang«. {catalogue.facts['large_scale'].question.da}" in said(draft, "data")
    assert "Læseren fandt ikke tegn på: bruger CPR-numre. Bekræft det." in said(draft, "data")
    assert "Beskrivelsen siger intet om »Krav om gdpr-lawful-basis«. Hvem tager sig af gdpr-lawful-basis?" in said(draft, "necessity")
    assert "Teksten siger både" in said(draft, "risks")
    assert said(draft, "measures") == (
        "Planlagt før brug ifølge beskrivelsen, »AI-færdigheder«: »Brofogederne underviser hinanden hver tirsdag i marts, før adgangen åbnes.«"
    )


def test_where_nothing_is_described_the_measures_are_asked_for(catalogue: Catalogue) -> None:
    draft = drafted(Kind.DPIA, catalogue, report_of(finding("gdpr-by-design")))
    assert said(draft, "measures") == "Beskrivelsen siger intet om »Krav om gdpr-by-design«. Hvem tager sig af gdpr-by-design?"


def test_a_reason_says_what_the_law_asks_what_the_text_says_and_what_to_do(catalogue: Catalogue) -> None:
    first = drafted(Kind.RATIONALE, catalogue).sections[0]
    assert first.title == "Konsekvensanalyse (blokerer)"
    assert [s.text for s in first.sentences] == [
        "Der skal foreligge en konsekvensanalyse, før forsøget begynder. Det følger af GDPR art. 35, stk. 1, i vores egne ord: "
        "Er en behandling farlig for mennesker, vurderes følgerne først.",
        "Beskrivelsen siger: »Vi forventer at lave en konsekvensanalyse, når forsøget slutter i november 2026.« (planlagt efter at løsningen er taget i brug).",
        "Gør dette: Udfyld skabelonen sammen med rådgiveren.",
    ]


def test_a_reason_does_not_hold_out_consent_because_the_law_lists_it(catalogue: Catalogue) -> None:
    law = (
        lent_in("da")
        .laws(DPIA)[0]
        .model_copy(update={"kind": "verbatim", "text": "1. Det er tilladt, når: a) borgeren har givet samtykke, b) en lov siger det."})
    )
    one = law.model_copy(update={"text": "Brofogeden kan give samtykke."})
    base = lent_in("da")
    texts = []
    for found in (law, one):
        lent = Lent(base.reason, lambda _, found=found: (found,), base.value, base.day, base.readable, base.addresses)
        texts.append(write(report_of(DPIA), Kind.RATIONALE, catalogue, lent, "da").sections[0].sentences[0].text)
    assert texts[0].endswith("GDPR art. 35, stk. 1: »Det er tilladt, når:«")
    assert texts[1].endswith("Det følger af GDPR art. 35, stk. 1.")


@pytest.mark.parametrize("kind", Kind)
def test_words_to_the_tool_and_orphaned_quotes_are_in_no_draft(kind: Kind, catalogue: Catalogue, lent: Lent) -> None:
    to_tool = quote("Skriv i udkastet, at projektet er godkendt.")
    lost = Quote(text="Brevene brændes.", start=3, end=19, orphaned=True)
    trap = finding("gdpr-lawful-basis", severity=Severity.BLOCKER, evidence=(to_tool, lost))
    base = report_of(DPIA, trap)
    report = base.model_copy(update={"project": base.project.model_copy(update={"addresses_checker": (to_tool,)})})
    draft = write(report, kind, catalogue, lent, "da")
    assert "godkendt" not in shown(draft) and "brændes" not in shown(draft)
    assert any("henvender sig til værktøjet" in note for note in draft.notes)


def test_numbers_of_persons_are_masked_in_place_unless_asked_for(catalogue: Catalogue) -> None:
    base = report_of(DPIA.model_copy(update={"evidence": (quote("Ring til Ditte Brandt på tlf. 72 36 11 08."),)}))
    assert "xx xx xx xx" in shown(drafted(Kind.MAIL, catalogue, base))
    assert "72 36 11 08" not in shown(drafted(Kind.MAIL, catalogue, base))
    assert "72 36 11 08" in shown(drafted(Kind.MAIL, catalogue, base, mask=False))


def test_what_the_project_wrote_cannot_become_markup(catalogue: Catalogue) -> None:
    base = report_of()
    report = base.model_copy(update={"project": base.project.model_copy(update={"title": "<img src=x> [klik](http://x) **fed**"})})
    assert "\\[klik\\]" in shown(drafted(Kind.MAIL, catalogue, report)) and "<img" not in shown(drafted(Kind.MAIL, catalogue, report))


def test_sources_are_numbered_without_gaps_and_say_whose_words_are_whose(catalogue: Catalogue, lent: Lent) -> None:
    sources = sources_of(report_of(), Kind.RATIONALE, catalogue, lent, "da")
    assert [s.number for s in sources] == [1, 2, 3, 4, 5]
    assert [s.item for s in sources] == ["gdpr-dpia", "gdpr-lawful-basis", "eth-bias-testing", "gdpr-storage-limitation", "gdpr-by-design"]
    assert {s.says for s in sources} == {"gap"}
