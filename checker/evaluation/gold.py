"""Labelled case → what a score compares with, after rule 10 of the labelling guide. Finds labels that contradict themselves."""

from __future__ import annotations

from collections.abc import Iterator

from checker.errors import CaseError
from checker.evaluation.cases import Case, Manifest, check_evidence, label_line
from checker.evaluation.records import FactValue, Gold, Subject
from checker.model.catalogue import Catalogue
from checker.model.project import Document
from checker.model.report import FactReading
from checker.model.truth import Truth
from checker.scope import Scope


def subject_of(case: Case, document: Document, manifest: Manifest, catalogue: Catalogue, *, agreed: bool = True) -> Subject:
    """The case as a subject of evaluation.

    `agreed`: verdicts must follow from the labelled facts by the catalogue's rules. The gate turns this off: a rule that was
    damaged shall be measured there, not be taken for a wrong label.

    Raises:
        CaseError: a labelled quote is not in the text, or two labels contradict each other.
    """
    check_evidence(case, document)
    for item, why in contradictory(case, catalogue) if agreed else ():
        raise CaseError(case.file.with_suffix(".yaml"), label_line(case, item), why)
    labels = case.labels
    return Subject(
        set=manifest.name,
        id=case.id,
        split=case.split,
        family=labels.family,
        language=labels.language,
        kind=labels.kind,
        origin=labels.origin,
        pair=labels.pair,
        document=document,
        gold=Gold(
            verdicts={r: labels.verdict(r) for r in labels.only or catalogue.core},
            risk_class=labels.risk_class,
            facts=gold_facts(case, catalogue) if labels.facts else {},
            facts_said=tuple(labels.facts),
            evidence={item: labels.quotes(item) for item in labels.evidence},
            contradictions=labels.contradictions,
            provisions={r: p.main for r, p in manifest.provisions.items() if p.main} | labels.provisions,
            also={r: p.also for r, p in manifest.provisions.items() if p.also},
        ),
    )


def gold_facts(case: Case, catalogue: Catalogue) -> dict[str, FactValue]:
    """The labelled value of every fact after rule 10 of the guide, by the same scope that decides for projects."""
    scope = scope_of(case, catalogue)
    return {fact: scope.value(fact) for fact in catalogue.facts}


def scope_of(case: Case, catalogue: Catalogue) -> Scope:
    return Scope(catalogue.facts, catalogue.derived, catalogue.criteria, readings_of(case))


def readings_of(case: Case) -> dict[str, FactReading]:
    """The labelled facts as a fact sheet, so that the same Kleene scope can be run over the gold labels."""
    return {f: FactReading(fact=f, value=v, origin="text") for f, v in case.labels.facts.items()}


def contradictory(case: Case, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """(item, why) for every label that the other labels exclude.

    A duty that applies on the labelled facts is gap or met, one that does not has no verdict, an open one is `ask`. A case
    says `exception: <requirement>` in its notes where the duty plainly has no object. Imported reviews carry no facts and
    are not held to this.
    """
    labels = case.labels
    if not labels.facts:
        return
    scope = scope_of(case, catalogue)
    for requirement in labels.only or catalogue.core:
        said = labels.verdict(requirement)
        applies = scope.truth(catalogue.requirements[requirement].applies_when)
        allowed = {Truth.YES: ("gap", "met"), Truth.NO: ("not_applicable",), Truth.UNKNOWN: ("ask",)}[applies]
        if said not in allowed and f"exception: {requirement}" not in labels.notes:
            yield (
                requirement,
                (
                    f"{requirement} is labelled {said}, but on the labelled facts it applies: {applies.value}; expected {' or '.join(allowed)} "
                    f"(or `exception: {requirement}` in notes; or the rule in corpus/requirements is wrong)"
                ),
            )
    if labels.facts.get("is_ai_system") is False and labels.risk_class not in ("not_ai", ""):
        yield "risk_class", f"risk_class is {labels.risk_class}, but is_ai_system is labelled false; expected not_ai"
