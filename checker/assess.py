"""Requirement × answers × fact sheet → finding. Pure: the same every time, each step recorded.

    applies_when no       → not_applicable
    applies_when unknown  → ask, with the question of the fact that decides it
    applies_when yes      → met when the evidence closes it, else gap with the reason kind
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from checker.model.catalogue import Catalogue
from checker.model.law import ContradictionRule, DueDate, Requirement, Severity
from checker.model.project import Quote
from checker.model.reading import Answers, EvidenceAnswer, EvidenceStatus, Statement
from checker.model.report import Contradiction, FactReading, Finding, Question, Reason, RiskClass, Trace, Verdict
from checker.model.truth import Truth
from checker.scope import Scope

_REASONS = {
    EvidenceStatus.DONE: Reason.DONE,
    EvidenceStatus.PLANNED_BEFORE_USE: Reason.PLANNED_BEFORE_USE,
    EvidenceStatus.DENIED_WITH_REASON: Reason.DENIED_WITH_REASON,
    EvidenceStatus.PLANNED_AFTER_USE: Reason.PLANNED_AFTER_USE,
    EvidenceStatus.CONSIDERED: Reason.CONSIDERED,
    EvidenceStatus.GENERIC: Reason.GENERIC,
    EvidenceStatus.DENIED_WITHOUT_REASON: Reason.DENIED_WITHOUT_REASON,
    EvidenceStatus.VENDOR_CLAIM: Reason.VENDOR_CLAIM,
    EvidenceStatus.OTHER: Reason.OTHER_PROJECT,
    EvidenceStatus.PARTIAL: Reason.PARTIAL,
    EvidenceStatus.CONTRADICTED: Reason.CONTRADICTED,
    EvidenceStatus.EMPTY: Reason.SILENT,
    EvidenceStatus.SILENT: Reason.SILENT,
}


def judge(requirement: Requirement, scope: Scope, answers: Answers, sheet: Mapping[str, FactReading], as_of: date) -> Finding:
    """The finding on one requirement."""
    trace = scope.trace(requirement.applies_when)
    due = _due(requirement, scope)
    severity = _severity(requirement, scope, due, as_of)
    read = answers.evidence.get(requirement.id)
    common = {
        "requirement": requirement.id,
        "title": requirement.title,
        "group": requirement.group,
        "severity": severity,
        "message": requirement.gap_message,
        "action": requirement.action,
        "question": requirement.question,
        "applicable_from": due.date if due else None,
        "due_now": due is None or due.date <= as_of,
        "addressee": requirement.addressee,
        "trace": trace,
        "verified": requirement.verified,
        "second": read.second if read is not None else None,
        "sub_checks": tuple(c.id for c in requirement.sub_checks if c.when is None or scope.truth(c.when) is not Truth.NO),
    }
    if trace.truth is Truth.NO:
        return Finding(**common, verdict=Verdict.NOT_APPLICABLE, reason=Reason.OUT_OF_SCOPE, evidence=_carriers(requirement, scope, sheet, Truth.NO))
    if trace.truth is Truth.UNKNOWN:
        open_facts = scope.deciding(requirement.applies_when)
        return Finding(**common, verdict=Verdict.ASK, reason=Reason.FACT_UNKNOWN, depends_on=open_facts, evidence=_noticed(answers, requirement.id))
    if requirement.always:
        return Finding(**common, verdict=Verdict.MET, reason=Reason.DONE, evidence=_carriers(requirement, scope, sheet, Truth.YES))
    return _by_evidence(requirement, answers, common)


def _by_evidence(requirement: Requirement, answers: Answers, common: dict[str, object]) -> Finding:
    unread = next((u for u in answers.unjudged if u.item == requirement.id), None)
    if unread is not None:
        return Finding(**common, verdict=Verdict.UNJUDGED, reason=Reason.UNREADABLE, why=unread.reason, decided_by=answers.reader)
    answer = answers.evidence.get(requirement.id)
    if answer is None:
        answer = EvidenceAnswer(requirement=requirement.id, status=EvidenceStatus.SILENT, probability_met=0.0, margin=0.0)
    sound = [q for q in answer.quotes if not q.orphaned]
    closes = answer.status.closes and bool(sound) and len(sound) == len(answer.quotes)
    return Finding(
        **common,
        verdict=Verdict.MET if closes else Verdict.GAP,
        reason=_reason(answer.status, closes, bool(sound)),
        evidence=answer.quotes,
        probability_met=answer.probability_met,
        margin=answer.margin,
        why=answer.why,
        decided_by=answer.reader or answers.reader,
    )


def _reason(status: EvidenceStatus, closes: bool, sound: bool) -> Reason:
    """The reason kind that the quotes bear out: without a sound one the text is silent; a closing answer half borne out is partial."""
    if not sound:
        return Reason.SILENT
    return Reason.PARTIAL if status.closes and not closes else _REASONS[status]


def _noticed(answers: Answers, requirement: str) -> tuple[Quote, ...]:
    answer = answers.evidence.get(requirement)
    return answer.quotes if answer is not None and answer.status is not EvidenceStatus.SILENT else ()


def _carriers(requirement: Requirement, scope: Scope, sheet: Mapping[str, FactReading], truth: Truth) -> tuple[Quote, ...]:
    """Passages of the facts that settled the scope, at most three."""
    quotes: dict[tuple[int, int], Quote] = {}
    for fact in scope.settling(requirement.applies_when, truth):
        for quote in _sound(sheet[fact])[:1]:
            quotes[(quote.start, quote.end)] = quote
    return tuple(quotes.values())[:3]


def _sound(reading: FactReading) -> tuple[Quote, ...]:
    return tuple(q for q in reading.quotes if not q.orphaned)


def _due(requirement: Requirement, scope: Scope) -> DueDate | None:
    return next((d for d in requirement.due if d.when is None or scope.truth(d.when) is Truth.YES), None)


def _severity(requirement: Requirement, scope: Scope, due: DueDate | None, as_of: date) -> Severity:
    """The first override that holds; before the due date `severity_before`, never more severe than the override."""
    override = next((o.severity for o in requirement.severity_overrides if scope.truth(o.when) is Truth.YES), None)
    now = override or requirement.severity
    if due is not None and due.date > as_of and requirement.severity_before is not None:
        return max(now, requirement.severity_before, key=lambda s: s.rank)
    return now


def contradictions(
    catalogue: Catalogue, sheet: Mapping[str, FactReading], statements: Sequence[Statement], findings: Mapping[str, Finding]
) -> tuple[Contradiction, ...]:
    """Rules of which every part is said or inherent, each with the passages on both sides.

    Where a rule names a `claim`, the text itself must state it: in a sentence of its own, also where the use overruled it, or as
    the passage that settled the fact. A claim beside its opposite in the same text is enough. A sentence that is not in the
    text states nothing, and a rule is silent where the requirement of its `unless_met` is met.
    """
    found = []
    for rule in catalogue.contradictions:
        closed = findings.get(rule.unless_met)
        if closed is not None and closed.verdict is Verdict.MET:
            continue
        hit = _broken(rule, catalogue, sheet, [s for s in statements if not s.quote.orphaned])
        if hit is not None:
            found.append(Contradiction(rule=rule.id, say=rule.say, facts=hit[0], quotes=hit[1]))
    return tuple(found)


def _broken(
    rule: ContradictionRule, catalogue: Catalogue, sheet: Mapping[str, FactReading], statements: Sequence[Statement]
) -> tuple[tuple[str, ...], tuple[Quote, ...]] | None:
    """The facts and passages by which a text breaks the rule."""
    claims = [s for s in statements if s.fact == rule.claim]
    for claim in claims:
        if claim.against is not None and not claim.against.orphaned:
            return (claim.fact,), (claim.quote, claim.against)
    stated = [dict(sheet) | {c.fact: _stated(c)} for c in claims]
    read = [sheet] if not rule.claim or sheet[rule.claim].origin in ("text", "answered") else []
    for readings in (*read, *stated):
        facts = Scope(catalogue.facts, catalogue.derived, catalogue.criteria, readings).settling(rule.when, Truth.YES)
        quotes = {(q.start, q.end): q for f in facts for q in _sound(readings[f])[:1]}
        if quotes:
            return facts, tuple(quotes.values())
    return None


def _stated(statement: Statement) -> FactReading:
    values: dict[str, bool | str] = {"true": True, "false": False}
    return FactReading(fact=statement.fact, value=values.get(statement.value, statement.value), quotes=(statement.quote,), origin="text")


def risk_class(scope: Scope, findings: Mapping[str, Finding]) -> tuple[RiskClass, Trace]:
    """AI Act risk class by purpose, not sector: the most severe that fits (labelling guide, risk class)."""
    prohibited = _prohibited(scope, findings)
    ai = scope.trace_fact("is_ai_system")
    high = scope.trace_fact("high_risk_ai")
    seen = scope.trace_any("citizen_facing", "generates_public_content")
    parts = (prohibited, ai, high, seen)
    if ai.truth is Truth.NO:  # Article 5 forbids AI practices; fixed rules are outside the whole act
        result = RiskClass.NOT_AI
    elif prohibited.truth is Truth.YES:
        result = RiskClass.PROHIBITED
    elif ai.truth is Truth.UNKNOWN or high.truth is Truth.UNKNOWN:
        result = RiskClass.UNCLEAR
    elif high.truth is Truth.YES:
        result = RiskClass.HIGH
    else:
        result = RiskClass.TRANSPARENCY if seen.truth is Truth.YES else RiskClass.MINIMAL
    return result, Trace(label="risk_class", truth=Truth.UNKNOWN if result is RiskClass.UNCLEAR else Truth.YES, value=result.value, parts=parts)


def _prohibited(scope: Scope, findings: Mapping[str, Finding]) -> Trace:
    """Article 5: emotions read at work or in education, or a hint of another practice that nobody has looked into."""
    reviewed = (f := findings.get("ai-act-prohibited-practices")) is not None and f.verdict is Verdict.MET
    emotion = scope.trace_fact("emotion_recognition")
    place = scope.trace_any("data_subjects_employees", "affects_children")
    hint = scope.trace_fact("prohibited_practice_hint")
    yes = (emotion.truth is Truth.YES and place.truth is Truth.YES) or (hint.truth is Truth.YES and not reviewed)
    return Trace(label="art_5", truth=Truth.of(yes), parts=(emotion, place, hint))


def roles(scope: Scope) -> tuple[str, ...]:
    """Deployer always (the municipality uses the system); provider when it develops it or puts its own name on it."""
    if scope.trace_fact("is_ai_system").truth is Truth.NO:
        return ("authority",)
    provider = scope.trace_any("develops_or_trains_model", "own_name_or_substantial_change").truth
    return {
        Truth.YES: ("deployer", "provider?"),
        Truth.NO: ("deployer",),
        Truth.UNKNOWN: ("deployer", "provider_unclear"),
    }[provider]


def questions(catalogue: Catalogue, findings: Mapping[str, Finding], scope: Scope) -> tuple[Question, ...]:
    """Open facts, the one whose answer settles most findings first. A fact whose `ask_when` is no is not asked."""
    wanted: dict[str, list[str]] = {}
    for finding in findings.values():
        for fact in finding.depends_on:
            wanted.setdefault(fact, []).append(finding.requirement)
    ranked = sorted(wanted.items(), key=lambda item: (-sum(_weight(findings[r], len(findings[r].depends_on)) for r in item[1]), item[0]))
    return tuple(
        Question(fact=fact, text=catalogue.facts[fact].question, settles=len(reqs), requirements=tuple(reqs)) for fact, reqs in ranked
    )


def _weight(finding: Finding, open_facts: int) -> float:
    """A finding that hangs on one fact counts whole, one that hangs on several is shared between them."""
    return (1.0 if finding.severity.rank <= Severity.MAJOR.rank else 0.6) / max(open_facts, 1)
