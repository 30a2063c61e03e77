"""Closed questions to a language model, and what comes back: a code that was offered and passages that were shown, or nothing.

Which items are asked: all of them, or those that the rule reader left open or answered weakly.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from checker.model.catalogue import Catalogue
from checker.model.condition import FactIs
from checker.model.law import Fact, Frozen, Requirement, Severity
from checker.model.reading import Answers, EvidenceAnswer, EvidenceStatus, FactAnswer
from checker.model.report import FactReading
from checker.model.truth import Truth
from checker.scope import Scope

Kind = Literal["fact", "evidence"]
Mode = Literal["auto", "llm"]

SURE_FACT, SURE_CLOSED, SURE_OPEN = 0.9, 0.3, 0.6
"""Probability of a fact, and distance from the threshold of evidence that closes or does not, from which on `auto` does not ask.

Of the rule reader's answers, read by heads that had not seen the case (76 of the training cases, one fold of four), at least one in
twenty-five is wrong in the last step below each bound, and less than one in a hundred above them. So `auto` asks 30 of the 103 questions
on average, among them 335 of the 347 facts and 96 of the 105 labelled duties that the rules had wrong.
"""

_STATUSES = tuple(s.value for s in EvidenceStatus)
_BOOL = {"true": True, "false": False}
_IN_SCOPE = {Truth.YES: 1.0, Truth.UNKNOWN: 0.5, Truth.NO: 0.1}


class Closed(Frozen):
    """One question about one item of the catalogue.

    `options`: the codes that may be answered; for facts "true"/"false"/the values of the enum/"unknown", for evidence the values of
    EvidenceStatus.
    """

    item: str
    kind: Kind
    options: tuple[str, ...]


class Pick(Frozen):
    """A usable answer: one of the offered codes, and the passages it rests on (indices into Project.passages)."""

    item: str
    kind: Kind
    value: str
    passages: tuple[int, ...]
    confidence: float | None = Field(default=None, ge=0, le=1)
    from_cache: bool = False


class Unread(Frozen):
    """An answer that could not be used, and why."""

    item: str
    kind: Kind
    reason: str


def of_fact(fact: Fact) -> Closed:
    return Closed(item=fact.id, kind="fact", options=(*(("true", "false") if fact.type == "bool" else fact.values), "unknown"))


def of_evidence(requirement: Requirement) -> Closed:
    return Closed(item=requirement.id, kind="evidence", options=_STATUSES)


def open_items(first: Answers, catalogue: Catalogue, mode: Mode) -> tuple[Closed, ...]:
    """What the model is asked, the questions that can settle most first.

    Args:
        first: what the rule reader said.
        catalogue: facts that are derived are never asked, nor requirements that are met by themselves (`always`).
        mode: `llm` asks everything else. `auto` leaves out what the rule reader is sure of, and whatever facts that it is sure of
            make pointless: requirements out of scope, facts that nobody has to ask.
    """
    scope = _sure_scope(first, catalogue)
    facts = [f for f in catalogue.facts.values() if mode == "llm" or _open_fact(f, first.facts.get(f.id), scope)]
    duties = [r for r in catalogue.requirements.values() if not r.always and (mode == "llm" or _open_evidence(r, first, scope))]
    settles = _settles(catalogue, scope)
    weighed = [(settles.get(f.id, 0.0), of_fact(f)) for f in facts]
    weighed += [(_weight(r) * _IN_SCOPE[scope.truth(r.applies_when)], of_evidence(r)) for r in duties]
    return tuple(question for _, question in sorted(weighed, key=lambda pair: -pair[0]))


def _open_fact(fact: Fact, answer: FactAnswer | None, scope: Scope) -> bool:
    if sure(answer):
        return False
    return (answer is not None and answer.value != "unknown") or scope.value(fact.id) == "unknown"


def _open_evidence(requirement: Requirement, first: Answers, scope: Scope) -> bool:
    if scope.truth(requirement.applies_when) is Truth.NO:
        return False
    answer = first.evidence.get(requirement.id)
    if answer is None or any(u.item == requirement.id for u in first.unjudged):
        return True
    return not sure_of_evidence(answer)


def sure(answer: FactAnswer | None) -> bool:
    """Whether the rule reader's answer about a fact needs no second reading; not knowing is never sure."""
    return answer is not None and answer.value != "unknown" and answer.probability >= SURE_FACT


def sure_of_evidence(answer: EvidenceAnswer) -> bool:
    """The same of evidence; never of what no head was trained for (`reader`)."""
    return not answer.reader and answer.margin >= (SURE_CLOSED if answer.status.closes else SURE_OPEN)


def _sure_scope(first: Answers, catalogue: Catalogue) -> Scope:
    """The scope as far as the rule reader is sure of it. A claim counts as not made only where it is sure that nobody makes it."""
    sheet = {f: _reading(a) for f, a in first.facts.items() if sure(a)}
    claimed = {f.id for f in catalogue.facts.values() if f.claim and (a := first.facts.get(f.id)) is not None and a.value != "unknown"}
    facts = {f.id: f.model_copy(update={"claim": False}) if f.id in claimed else f for f in catalogue.facts.values()}
    return Scope(facts, catalogue.derived, catalogue.criteria, sheet)


def _reading(answer: FactAnswer) -> FactReading:
    value = _BOOL.get(answer.value, answer.value) if isinstance(answer.value, str) else answer.value
    return FactReading(fact=answer.fact, value=value, quotes=answer.quotes, origin="use" if answer.from_use else "text", probability=answer.probability)


def _settles(catalogue: Catalogue, scope: Scope) -> dict[str, float]:
    """Fact → the requirements that hang on it; one that hangs on several open facts is shared between them."""
    found: dict[str, float] = {}
    for requirement in catalogue.requirements.values():
        deciding = scope.deciding(requirement.applies_when)
        for fact in deciding:
            found[fact] = found.get(fact, 0.0) + _weight(requirement) / len(deciding)
    for fact in scope.deciding(FactIs(fact="high_risk_ai")) if "high_risk_ai" in catalogue.derived else ():
        found[fact] = found.get(fact, 0.0) + 1.0  # the risk class hangs on it
    return found


def _weight(requirement: Requirement) -> float:
    return 1.0 if requirement.severity.rank <= Severity.MAJOR.rank else 0.6
