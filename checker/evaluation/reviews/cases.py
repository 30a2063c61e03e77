"""A review → the labels and the masked text of one case.

Only what a person decided is a label. The machine's verdict is one where somebody accepted it; nothing is one because the
machine said it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from checker.errors import CaseError, InputError
from checker.evaluation.cases import Labels
from checker.evaluation.reviews.exports import Decision, Located, Review
from checker.evaluation.reviews.masking import Masked, mask_together
from checker.model.catalogue import Catalogue
from checker.model.project import Document, Quote
from checker.model.report import FactReading
from checker.scope import Scope

Read = Callable[[bytes, str], Document]


@dataclass(frozen=True)
class ReviewCase:
    """A review made into a case: its labels, its masked text, and what a reader of the import must know."""

    labels: Labels
    text: str
    masked: Counter[str]
    notes: tuple[str, ...]

    @property
    def exported_at(self) -> datetime:
        return datetime.fromisoformat(self.labels.provenance["exported_at"])


def case_of(one: Located, catalogue: Catalogue, read: Read) -> ReviewCase | None:
    """The labels and the masked text of one review; None when no labelled requirement was decided.

    Raises:
        CaseError: the masked text cannot be read again as a text.
    """
    review = one.review
    verdicts, notes = _verdicts(review, catalogue)
    if not verdicts:
        return None
    latest = review.latest()
    people = {d.author for d in review.decisions} | {a.by for a in review.facts}
    roles = sorted({d.role for d in review.decisions})
    text, *others = mask_together([review.report.text, *(latest[r].reason for r in verdicts), *roles], sorted(people))
    reasons = dict(zip(verdicts, others, strict=False))
    case_id = f"review-{review.project}"
    document = _read_again(one, text.text, case_id, read)
    evidence, dropped = _evidence(review, verdicts, text, document)
    labels = Labels(
        id=case_id,
        language=review.report.project.language,
        kind="review",
        family=review.project,
        origin="review",
        facts={},
        evidence=evidence,
        verdicts={r: v for r, v in verdicts.items() if v != "not_applicable"},
        risk_class=_risk_class(review, notes),
        only=tuple(verdicts),
        provenance=_provenance(review, [m.text for m in others[len(verdicts) :]]),
        notes="\n".join(_said(review, latest[r], verdicts[r], reasons[r].text) for r in verdicts),
    )
    bare = [f"{r} is met, but no quote carries it" for r, v in verdicts.items() if v == "met" and r not in evidence]
    if not review.signed_off:
        notes.append("the review is not signed off yet; a later export replaces it")
    masked = sum((m.counts() for m in (text, *others)), Counter())
    return ReviewCase(labels, document.text, masked, (*notes, *dropped, *bare))


def _verdicts(review: Review, catalogue: Catalogue) -> tuple[dict[str, str], list[str]]:
    """Requirement → label, in the catalogue's order, and why a decision became none."""
    latest, notes = review.latest(), list[str]()
    turned = _turned_by_answers(review, catalogue)
    verdicts: dict[str, str] = {}
    for requirement in [*catalogue.core, *(r for r in latest if r not in catalogue.core)]:
        if requirement not in latest:
            continue
        verdict = _label(latest[requirement], review)
        if requirement not in catalogue.core:
            notes.append(f"{requirement} was decided, but is not among the labelled requirements; left out")
        elif verdict is None:
            notes.append(f"{requirement} was rejected without a verdict, so the right one is not known; left out")
        elif requirement in turned:
            notes.append(f"whether {requirement} applies was settled by an answer, not by the text; left out")
        else:
            verdicts[requirement] = verdict
    return verdicts, notes


def _label(decision: Decision, review: Review) -> str | None:
    if decision.action == "accept":
        finding = review.report.finding(decision.requirement)
        return finding.verdict if finding else None
    return "ask" if decision.action == "ask" else decision.verdict


def _turned_by_answers(review: Review, catalogue: Catalogue) -> frozenset[str]:
    """Requirements that apply, or not, only because somebody answered.

    A label says what the text carries; a reader of the text alone cannot know the answer. What no passage carries is
    taken out of the fact sheet, and the same scope that decides for projects runs with and without it.
    """
    reported = {f: FactReading(fact=f, value=r.value, origin="text") for f, r in review.report.facts.items() if f in catalogue.facts}
    answered = {f: FactReading(fact=f, value=a.value, origin="answered") for f, a in review.answers().items()}
    of_text = {f: r for f, r in reported.items() if review.report.facts[f].quotes and review.report.facts[f].origin in ("text", "use")}
    if not answered and not any(r.origin == "answered" for r in review.report.facts.values()):
        return frozenset()
    with_answers = _scope(catalogue, reported | answered)
    without = _scope(catalogue, of_text)
    return frozenset(r.id for r in catalogue.requirements.values() if with_answers.truth(r.applies_when) is not without.truth(r.applies_when))


def _scope(catalogue: Catalogue, sheet: Mapping[str, FactReading]) -> Scope:
    return Scope(catalogue.facts, catalogue.derived, catalogue.criteria, sheet)


def _risk_class(review: Review, notes: list[str]) -> Any:
    """The class that a person decided, unless answers that are not in the text may stand behind it."""
    if review.risk_class is None:
        return ""
    if review.facts:
        notes.append("the risk class was decided with answers that are not in the text; left out")
        return ""
    return review.risk_class


def _read_again(one: Located, text: str, case_id: str, read: Read) -> Document:
    """The masked text as the evaluation will read it, so that what is written is what the labels were checked against."""
    try:
        return read(text.encode(), f"{case_id}.txt")
    except InputError as error:
        raise CaseError(one.file, one.line, f"report.text cannot be read as a text ({error.message}); export it again") from None


def _evidence(review: Review, verdicts: Mapping[str, str], text: Masked, document: Document) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Masked quotes by requirement, and which were lost: nothing but masked data, or not in the text as it is read again."""
    kept, notes = dict[str, tuple[str, ...]](), list[str]()
    for requirement, verdict in verdicts.items():
        if verdict == "not_applicable":
            continue
        quotes = _quotes(review, requirement)
        masked = [text.quote(q.start, q.end) for q in quotes]
        found = tuple(dict.fromkeys(m for m in masked if m.strip() and m in document.text))
        if lost := sum(not (m.strip() and m in document.text) for m in masked):
            notes.append(f"{requirement}: {lost} of {len(masked)} quotes left out (only masked data, or not found after masking)")
        if found:
            kept[requirement] = found
    return kept, notes


def _quotes(review: Review, requirement: str) -> tuple[Quote, ...]:
    """The person's own quotes; with a plain accept the machine's, which were accepted with the verdict."""
    decision, finding = review.latest()[requirement], review.report.finding(requirement)
    if decision.evidence or decision.action != "accept" or finding is None:
        return decision.evidence
    return tuple(q for q in (e.verified_in(review.report.text) for e in finding.evidence) if not q.orphaned)


def _provenance(review: Review, roles: Iterable[str]) -> dict[str, str]:
    """Where the case comes from. No name, no hash of the unmasked text: numbers in it could be found by trying."""
    receipt = review.report.receipt
    return {
        "project": review.project,
        "exported_at": review.exported_at.isoformat(),
        "catalogue": receipt.catalogue,
        "checker": receipt.checker,
        "as_of": receipt.as_of.isoformat(),
        "decisions": str(len(review.decisions)),
        "answers": str(len(review.facts)),
        "roles": ", ".join(sorted(set(roles))),
        "signed_off": (review.signed_at.isoformat() if review.signed_at else "yes") if review.signed_off else "no",
    }


def _said(review: Review, decision: Decision, verdict: str, reason: str) -> str:
    finding = review.report.finding(decision.requirement)
    return f"{decision.requirement}: {decision.action} ({finding.verdict if finding else '?'} → {verdict}): {' '.join(reason.split())}"
