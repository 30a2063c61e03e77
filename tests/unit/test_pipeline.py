"""The whole way with a hand-made reader and index: document in, report out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from checker import __version__
from checker.adapters.documents import Documents
from checker.errors import EmptyInput, UnsupportedInput
from checker.library import Library
from checker.model.law import Verified
from checker.model.project import Document, Project, Quote
from checker.model.reading import Answers, EvidenceAnswer, EvidenceStatus, FactAnswer, Statement
from checker.model.report import Reason, Receipt, Report, Verdict
from checker.pipeline import check, conclude, new_receipt
from checker.ports import Hit
from checker.read import read_project

AS_OF = date(2026, 11, 22)
TEXT = """Kommunen vil teste en AI-sensor på plejehjemmet Solgården.

Sensoren følger beboernes bevægelser om natten. Konsekvensanalysen er godkendt af DPO'en den 3. marts 2026. Der behandles ikke personoplysninger.
"""
SENSOR = "Sensoren følger beboernes bevægelser om natten."
DPIA = "Konsekvensanalysen er godkendt af DPO'en den 3. marts 2026."
DENIAL = "Der behandles ikke personoplysninger."
INVENTED = Quote(text="Alt er i orden.", start=0, end=15)


def quote(text: str) -> Quote:
    return Quote(text=text, start=TEXT.index(text), end=TEXT.index(text) + len(text))


def fact(name: str, value: str, *quotes: Quote) -> FactAnswer:
    return FactAnswer(fact=name, value=value, probability=0.9, quotes=quotes)


def evidence(requirement: str, status: EvidenceStatus, *quotes: Quote) -> EvidenceAnswer:
    return EvidenceAnswer(requirement=requirement, status=status, probability_met=0.9, margin=0.3, quotes=quotes)


class HandReader:
    """Answers what it was given, whatever the text."""

    name = "hand:1"

    def __init__(self, facts: Iterable[FactAnswer] = (), duties: Iterable[EvidenceAnswer] = (), statements: tuple[Statement, ...] = ()) -> None:
        self._answers = Answers(
            reader=self.name, facts={f.fact: f for f in facts}, evidence={e.requirement: e for e in duties}, statements=statements
        )

    def read(self, project: Project) -> Answers:
        return self._answers


class Shelf:
    """An index that holds the digest; `lost` provisions are missing from it."""

    def __init__(self, library: Library, lost: str = "", guideline: tuple[Hit, ...] = ()) -> None:
        self._library, self._lost, self._guideline = library, lost, guideline

    def verbatim(self, provision: str) -> dict[str, Any]:
        return {}

    def text_of(self, provision: str) -> str | None:
        if provision == "kompas:1":
            return "Et menneske har ansvaret."
        found = self._library.provisions.get(provision)
        return None if found is None or provision == self._lost else found.text.da

    def guideline_for(self, requirement: str) -> tuple[Hit, ...]:
        return self._guideline


SETTLED = HandReader(
    facts=[
        fact("is_ai_system", "true", quote(SENSOR)),
        fact("monitoring_of_persons", "true", quote(SENSOR)),
        fact("vulnerable_persons", "true", quote(SENSOR)),
        fact("citizen_facing", "true", INVENTED),
    ],
    duties=[
        evidence("gdpr-dpia", EvidenceStatus.DONE, quote(DPIA)),
        evidence("gdpr-lawful-basis", EvidenceStatus.DONE, INVENTED),
    ],
    statements=(Statement(fact="processes_personal_data", value="false", quote=quote(DENIAL)),),
)


def receipt(library: Library) -> Receipt:
    return new_receipt(library, "v1-index", "numbers", "hand:1", AS_OF)


def document(text: str = TEXT, source: str = "sensor.txt") -> Document:
    return Documents().read_bytes(text.encode(), source)


def report(library: Library, reader: Any = SETTLED, index: Shelf | None = None, **more: Any) -> Report:
    return check(document(), library, reader, index or Shelf(library), receipt(library), **more)


@pytest.mark.parametrize("reader", [SETTLED, HandReader()], ids=["settled", "silent"])
def test_there_is_a_finding_for_every_requirement_and_a_reading_of_every_fact(library: Library, reader: HandReader) -> None:
    found = report(library, reader)
    assert [f.requirement for f in found.findings] == list(library.catalogue.requirements)
    assert list(found.facts) == list(library.catalogue.facts)


def test_what_the_reader_found_reaches_the_findings(library: Library) -> None:
    found = report(library)
    by_id = {f.requirement: f for f in found.findings}
    assert (by_id["gdpr-dpia"].verdict, by_id["gdpr-dpia"].evidence) == (Verdict.MET, (quote(DPIA),))
    assert by_id["gdpr-storage-limitation"].verdict is Verdict.GAP
    assert found.facts["processes_personal_data"].value is True  # follows from the monitoring
    assert [c.rule for c in found.contradictions] == ["no-personal-data-but-persons"]
    assert found.serious


def test_an_invented_quote_is_shown_as_orphaned_and_decides_nothing(library: Library) -> None:
    found = report(library)
    basis = next(f for f in found.findings if f.requirement == "gdpr-lawful-basis")
    assert (basis.verdict, basis.reason) == (Verdict.GAP, Reason.SILENT)
    assert [(q.text, q.orphaned) for q in basis.evidence] == [(INVENTED.text, True)]
    facing = found.facts["citizen_facing"]
    assert facing.value == "unknown"
    assert [q.orphaned for q in facing.quotes] == [True]
    assert next(f for f in found.findings if f.requirement == "ai-act-transparency-chatbot").verdict is Verdict.ASK


@pytest.mark.parametrize("shift", [1, -1, 1000])
def test_a_quote_at_the_wrong_place_is_orphaned_though_the_words_are_there(library: Library, shift: int) -> None:
    right = quote(DPIA)
    wrong = Quote(text=right.text, start=max(right.start + shift, 0), end=max(right.end + shift, 0))
    reader = HandReader(facts=SETTLED.read(read_project(document())).facts.values(), duties=[evidence("gdpr-dpia", EvidenceStatus.DONE, wrong)])
    dpia = next(f for f in report(library, reader).findings if f.requirement == "gdpr-dpia")
    assert dpia.verdict is Verdict.GAP
    assert dpia.evidence[0].orphaned


def test_an_invented_statement_makes_no_contradiction(library: Library) -> None:
    facts = SETTLED.read(read_project(document())).facts.values()
    invented = Statement(fact="processes_personal_data", value="false", quote=INVENTED)
    assert report(library, HandReader(facts=facts, statements=(invented,))).contradictions == ()


def test_every_other_quote_stands_in_the_text_where_it_says(library: Library) -> None:
    found = report(library)
    quotes = [q for f in found.findings for q in f.evidence] + [q for r in found.facts.values() for q in r.quotes]
    quotes += [q for c in found.contradictions for q in c.quotes]
    sound = [q for q in quotes if not q.orphaned]
    assert sound
    assert all(found.text[q.start : q.end] == q.text for q in sound)


def test_a_fact_nobody_has_to_ask_about_is_shown_as_no_and_says_why(library: Library) -> None:
    found = report(library, HandReader(facts=[fact("uses_generative_ai", "false", quote(SENSOR)), fact("annex_iii_use", "false", quote(SENSOR))]))
    assert (found.facts["generates_public_content"].value, found.facts["generates_public_content"].origin) == (False, "use")
    assert (found.facts["annex_iii_area"].value, found.facts["annex_iii_area"].origin) == ("none", "not_asked")
    silent = report(library, HandReader())
    assert (silent.facts["art6_3_exception_claimed"].value, silent.facts["art6_3_exception_claimed"].origin) == (False, "claim")
    assert silent.facts["is_ai_system"].value == "unknown"


def test_every_finding_that_matters_cites_the_law_and_what_does_not_apply_cites_nothing(library: Library) -> None:
    for finding in report(library).findings:
        cited = [c.provision for c in finding.citations]
        expected = [] if finding.verdict is Verdict.NOT_APPLICABLE else [p.id for p in library.cited(finding.requirement)]
        assert cited == expected
        assert not any(c.orphaned for c in finding.citations)


def test_law_that_is_not_in_the_index_is_shown_as_orphaned(library: Library) -> None:
    lost = library.catalogue.requirements["gdpr-dpia"].cites[0]
    dpia = next(f for f in report(library, index=Shelf(library, lost)).findings if f.requirement == "gdpr-dpia")
    assert [c.provision for c in dpia.citations if c.orphaned] == [lost]


def test_gaps_and_questions_carry_the_guideline_met_duties_do_not(library: Library) -> None:
    hit = Hit(provision="kompas:1", act="kompas", kind="guideline", title="Ansvar", text="Et menneske har ansvaret.", score=1.0, url=None)
    false = hit.model_copy(update={"text": "Det står der ikke."})
    for finding in report(library, index=Shelf(library, guideline=(hit, false))).findings:
        own = [(c.verified, c.orphaned) for c in finding.citations if c.kind == "guideline"]
        wanted = finding.verdict in (Verdict.GAP, Verdict.ASK)
        assert own == ([(Verified.OFFICIAL_TEXT, False), (Verified.OFFICIAL_TEXT, True)] if wanted else [])


def test_the_receipt_names_everything_the_report_depends_on(library: Library) -> None:
    found = report(library).receipt
    assert found.model_dump(exclude={"made_at"}) == {
        "checker": __version__,
        "schema_version": 1,
        "catalogue": library.catalogue_hash,
        "digest": library.digest_hash,
        "index": "v1-index",
        "embedder": "numbers",
        "reader": "hand:1",
        "as_of": AS_OF,
        "text_sha256": hashlib.sha256(document().text.encode()).hexdigest(),
        "model": "",
        "prompts": {},
    }
    assert found.made_at.tzinfo is not None


def test_the_same_input_gives_the_same_report_but_for_the_time(library: Library) -> None:
    first, second = (report(library).model_dump(mode="json") for _ in range(2))
    del first["receipt"]["made_at"], second["receipt"]["made_at"]
    assert first == second


def test_the_trace_speaks_the_language_asked_for(library: Library) -> None:
    labels = {language: report(library, language=language).risk_trace.parts[1].label for language in ("da", "en")}
    spec = library.catalogue.facts["is_ai_system"].label
    assert labels == {"da": spec.da, "en": spec.en}


def test_answers_alone_are_enough_to_conclude_again(library: Library) -> None:
    project = read_project(document())
    again = conclude(project, SETTLED.read(project), library, Shelf(library), receipt(library))
    assert [f.verdict for f in again.findings] == [f.verdict for f in report(library).findings]


@pytest.mark.parametrize(
    ("text", "error"),
    [("   \n\t ", EmptyInput), ("Die Gemeinde möchte ein System mit künstlicher Intelligenz für die Pflege beschaffen und prüfen. " * 3, UnsupportedInput)],
)
def test_what_cannot_be_read_is_refused_before_the_reader_is_asked(library: Library, text: str, error: type[Exception]) -> None:
    class NoReader(HandReader):
        def read(self, project: Project) -> Answers:
            raise AssertionError("asked")

    with pytest.raises(error):
        check(Document(source="x.txt", format="txt", text=text, blocks=()), library, NoReader(), Shelf(library), receipt(library))
