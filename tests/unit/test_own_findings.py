"""Findings of the municipality's own guideline in a report: marked, apart from the law's, cited word for word, without say in the exit code."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from checker.library import Addition, Library
from checker.model.law import Act, Bilingual, Provision, Requirement, Severity, Verified
from checker.model.project import Document, Quote
from checker.model.reading import Answers, EvidenceAnswer, EvidenceStatus, FactAnswer
from checker.model.report import Report
from checker.pipeline import conclude, new_receipt
from checker.read import read_project
from checker.report import render
from checker.report.names import names_of

TEXT = "Projektet er en AI-løsning, der læser mails i borgerservice. Ejeren er måske kontorchefen, men det er ikke afgjort endnu."
NEAREST = "Ejeren er måske kontorchefen, men det er ikke afgjort endnu."
WORDS = "3.4. Hver løsning skal have en ejer."
FACT = FactAnswer(fact="is_ai_system", value="true", probability=0.9, quotes=(Quote(text="AI-løsning", start=16, end=26),))


class Shelf:
    """An index in which every point has the words that a test gives it."""

    def __init__(self, words: str) -> None:
        self.words = words

    def verbatim(self, provision: str) -> dict[str, Any]:
        return {}

    def text_of(self, provision: str) -> str | None:
        return self.words

    def guideline_for(self, requirement: str) -> tuple[Any, ...]:
        return ()


def with_own(library: Library, severity: Severity = Severity.BLOCKER) -> Library:
    spec = library.catalogue.requirements["gdpr-dpia"].model_dump()
    spec |= {"id": "by:krav_3.4", "group": "guideline:by", "core": False, "cites": ("by:pkt_3.4",), "severity": severity, "severity_overrides": ()}
    spec |= {"applies_when": {"fact": "is_ai_system"}, "title": {"da": "Ejer", "en": "Owner"}, "due": (), "severity_before": None}
    name, words = Bilingual(da="Byens regler", en="Byens regler"), Bilingual(da=WORDS, en=WORDS)
    point = Provision(id="by:pkt_3.4", act="by", title=name, text=words, url=None, verified=Verified.OFFICIAL_TEXT)
    act = Act(id="by", title=name, short=name, kind="guideline", version="2026-11-22", address=None)
    return library.with_checks([Addition(act=act, file=library.root / "x.yaml", requirements=(Requirement.model_validate(spec),), provisions=(point,))])


def report(library: Library, status: EvidenceStatus = EvidenceStatus.SILENT, near: bool = True, indexed: str = WORDS) -> Report:
    """The law is met by every requirement; the guideline's one requirement is what a test asks about."""
    document = Document(source="p.txt", format="txt", text=TEXT, blocks=())
    said = (Quote(text=NEAREST, start=TEXT.index(NEAREST), end=len(TEXT)),)
    done = EvidenceStatus.DONE
    evidence = {r: EvidenceAnswer(requirement=r, status=done, probability_met=0.9, margin=0.4, quotes=said) for r in library.catalogue.requirements}
    evidence["by:krav_3.4"] = EvidenceAnswer(
        requirement="by:krav_3.4", status=status, probability_met=0.3, margin=0.2, quotes=said if near else (), reader="generic:1", why="nærmeste sætning"
    )
    answers = Answers(reader="hand:1", facts={FACT.fact: FACT}, evidence=evidence)
    receipt = new_receipt(library, "v1", "none", "hand:1", date(2026, 11, 22))
    return conclude(read_project(document), answers, library, Shelf(indexed), receipt)


def written(found: Report, library: Library, form: str = "md", language: str = "da") -> str:
    return render(found, form, language, names=names_of(library.catalogue, library.acts, {}))


@pytest.mark.parametrize("severity", [Severity.BLOCKER, Severity.MAJOR])
def test_a_guideline_s_gap_keeps_its_severity_and_never_changes_the_exit_code(library: Library, severity: Severity) -> None:
    found = report(with_own(library, severity))
    (own,) = (f for f in found.findings if f.own)
    assert (own.verdict.value, own.severity, own.decided_by) == ("gap", severity, "generic:1")
    assert not found.serious


def test_the_reader_of_the_law_is_named_beside_the_law_s_findings(library: Library) -> None:
    found = report(with_own(library))
    assert {f.decided_by for f in found.findings if not f.own and f.verdict.value == "met" and f.margin is not None} == {"hand:1"}


def test_the_point_is_cited_word_for_word_and_verified(library: Library) -> None:
    (citation,) = next(f for f in report(with_own(library)).findings if f.own).citations
    assert (citation.provision, citation.kind, citation.text, citation.orphaned) == ("by:pkt_3.4", "guideline", WORDS, False)
    (citation,) = next(f for f in report(with_own(library), indexed="noget andet").findings if f.own).citations
    assert citation.orphaned


@pytest.mark.parametrize(
    ("language", "near", "said"),
    [
        ("da", True, "ikke fundet i beskrivelsen; se efter ved den nærmeste sætning"),
        ("da", False, "ikke fundet i beskrivelsen"),
        ("en", True, "not found in the description; look at the nearest sentence"),
    ],
)
def test_a_gap_is_worded_as_not_found_in_a_section_of_its_own(library: Library, language: str, near: bool, said: str) -> None:
    own = with_own(library)
    text = written(report(own, near=near), own, language=language)
    section = text[text.index({"da": "## Egne retningslinjer", "en": "## Your own guidelines"}[language]) :]
    assert said in section
    assert ("> " + NEAREST in section[:1500]) is near
    assert "heraf" not in text.split("\n")[2]


def test_every_form_has_the_section_and_the_headline_does_not_count_it_as_a_gap(library: Library) -> None:
    own = with_own(library)
    found = report(own)
    for form in ("html", "md", "text"):
        text = written(found, own, form)
        assert "Egne retningslinjer: se selv efter" in text
        assert "Ingen mangler fundet i teksten; 1 krav i egen retningslinje er ikke fundet i teksten" in " ".join(text.split())
    finding = next(f for f in json.loads(written(found, own, "json"))["findings"] if f["requirement"] == "by:krav_3.4")
    assert (finding["verdict"], finding["reason"], finding["core"], finding["group"]) == ("gap", "silent", False, "guideline:by")


def test_one_that_is_met_says_that_no_trained_model_read_it(library: Library) -> None:
    own = with_own(library)
    text = written(report(own, EvidenceStatus.DONE), own)
    assert "læst uden trænet model" in text
    assert "Egne retningslinjer" not in text


def test_a_report_without_a_guideline_has_no_such_section(library: Library) -> None:
    assert "gne retningslinjer" not in written(report(library), library)
