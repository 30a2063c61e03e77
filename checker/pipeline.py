"""The whole way of the data, on one screen: document → project → answers → facts → scope → findings → report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import TypeVar

from checker import __version__, assess
from checker.cite import Indexed, cite
from checker.facts import fact_sheet
from checker.knowledge.stale import stale_references
from checker.library import Library
from checker.model.catalogue import Catalogue
from checker.model.project import Document, Project, Quote
from checker.model.reading import Answers, EvidenceAnswer, FactAnswer, Statement
from checker.model.report import Contradiction, FactReading, Finding, Receipt, Report, ReportProject, StaleNote
from checker.ports import Reader
from checker.read import read_project
from checker.scope import Scope

_Answer = TypeVar("_Answer", FactAnswer, EvidenceAnswer)


def check(document: Document, library: Library, reader: Reader, index: Indexed, receipt: Receipt, language: str = "da") -> Report:
    """One document checked against the whole catalogue; `language` is that of the scope traces.

    Raises:
        InputError: the document holds no text or is in another language.
    """
    project = read_project(document)
    return conclude(project, reader.read(project), library, index, receipt, language)


def conclude(project: Project, answers: Answers, library: Library, index: Indexed, receipt: Receipt, language: str = "da") -> Report:
    """Answers → report. Pure but for the index's lookups: readers have read, plain Python decides."""
    catalogue = library.catalogue
    answers = _verified(answers, project)
    sheet = fact_sheet(answers, catalogue)
    scope = Scope(catalogue.facts, catalogue.derived, catalogue.criteria, sheet, language)
    findings = _findings(catalogue, answers, sheet, scope, receipt.as_of)
    risk, trace = assess.risk_class(scope, findings)
    model = answers.model
    return Report(
        project=ReportProject(**project.model_dump(include=set(ReportProject.model_fields)), stale=tuple(_stale(project))),
        facts={fact: _after_scope(reading, scope) for fact, reading in sheet.items()},
        findings=tuple(cite(f, library.cited(f.requirement), library.acts, index) for f in findings.values()),
        contradictions=_contradictions(catalogue, answers, sheet, findings, receipt.as_of),
        risk_class=risk,
        risk_trace=trace,
        role=assess.roles(scope),
        questions=assess.questions(catalogue, findings, scope),
        receipt=receipt.model_copy(
            update={
                "text_sha256": document_hash(project),
                "reader": answers.reader,
                "model": (model.identity or model.model) if model else "",
                "prompts": model.prompts if model else {},
            }
        ),
        model=model,
        text=project.text,
    )


def _findings(catalogue: Catalogue, answers: Answers, sheet: Mapping[str, FactReading], scope: Scope, as_of: date) -> dict[str, Finding]:
    return {r.id: assess.judge(r, scope, answers, sheet, as_of) for r in catalogue.requirements.values()}


def _contradictions(
    catalogue: Catalogue, answers: Answers, sheet: Mapping[str, FactReading], findings: Mapping[str, Finding], as_of: date
) -> tuple[Contradiction, ...]:
    """Those of all readers together, and those that stand on the first reader alone: a second one opens, it never closes."""
    found = assess.contradictions(catalogue, sheet, answers.statements, findings)
    if answers.first is None:
        return found
    alone = fact_sheet(answers.first, catalogue)
    scope = Scope(catalogue.facts, catalogue.derived, catalogue.criteria, alone)
    first = assess.contradictions(catalogue, alone, answers.first.statements, _findings(catalogue, answers.first, alone, scope, as_of))
    return (*found, *(c for c in first if c.rule not in {f.rule for f in found}))


def rounds_until_settled(answers: Answers, library: Library, as_of: date, true_values: Mapping[str, bool | str | tuple[str, ...]]) -> int:
    """How many questions a person answers, the first in the list each time, until none is left.

    Args:
        answers: what a reader said.
        true_values: fact → what the person would answer; a fact that is not in it, or `unknown`, stays open and is not asked again.
    """
    catalogue = library.catalogue
    sheet = fact_sheet(answers, catalogue)
    asked: set[str] = set()
    while True:
        scope = Scope(catalogue.facts, catalogue.derived, catalogue.criteria, sheet)
        findings = _findings(catalogue, answers, sheet, scope, as_of)
        question = next((q for q in assess.questions(catalogue, findings, scope) if q.fact not in asked), None)
        if question is None:
            return len(asked)
        asked.add(question.fact)
        value = true_values.get(question.fact, "unknown")
        if value != "unknown":
            sheet = sheet | {question.fact: FactReading(fact=question.fact, value=value, origin="answered")}


def new_receipt(library: Library, index_version: str, embedder: str, reader: str, as_of: date) -> Receipt:
    """Everything that must be equal for two reports to be equal."""
    return Receipt(
        checker=__version__,
        catalogue=library.catalogue_hash,
        digest=library.digest_hash,
        index=index_version,
        embedder=embedder,
        reader=reader,
        as_of=as_of,
        made_at=datetime.now(UTC),
        text_sha256="",
    )


def document_hash(project: Project) -> str:
    import hashlib

    return hashlib.sha256(project.text.encode()).hexdigest()


def _stale(project: Project) -> Iterator[StaleNote]:
    """Law that is gone, in what describes the project; the whole passage is quoted where noise in it hides the words."""
    for passage in project.passages:
        position = 0
        for found in stale_references(passage.clean):
            at = passage.text.find(found.text, position)
            position = max(position, at + len(found.text))
            start = passage.start + at
            quote = Quote(text=found.text, start=start, end=start + len(found.text)) if at >= 0 else passage.quote
            yield StaleNote(quote=quote, say=found.say, replaced_by=found.replaced_by)


def _verified(answers: Answers, project: Project) -> Answers:
    """Every quote is checked against the text; what is not there is marked and carries no weight."""
    return answers.model_copy(
        update={
            "first": _verified(answers.first, project) if answers.first is not None else None,
            "facts": {k: _checked(a, project.text) for k, a in answers.facts.items()},
            "evidence": {k: _checked(a, project.text) for k, a in answers.evidence.items()},
            "statements": tuple(_statement(s, project.text) for s in answers.statements),
        }
    )


def _checked(answer: _Answer, text: str) -> _Answer:
    second = answer.second
    if second is not None:
        second = second.model_copy(update={"quotes": tuple(q.verified_in(text) for q in second.quotes)})
    return answer.model_copy(update={"quotes": tuple(q.verified_in(text) for q in answer.quotes), "second": second})


def _statement(statement: Statement, text: str) -> Statement:
    against = statement.against.verified_in(text) if statement.against is not None else None
    return statement.model_copy(update={"quote": statement.quote.verified_in(text), "against": against})


def _after_scope(reading: FactReading, scope: Scope) -> FactReading:
    """A fact that nobody has to ask (`ask_when` is no) or that nobody claims is shown as no, and says so."""
    if reading.known:
        return reading
    value = scope.value(reading.fact)
    if value == "unknown":
        return reading
    return reading.model_copy(update={"value": value, "origin": "claim" if scope.is_claim(reading.fact) else "not_asked"})


__all__ = ["Finding", "check", "conclude", "new_receipt", "rounds_until_settled"]
