"""Reader's answers → fact sheet. Pure: implications between facts, never a new reading of the text."""

from __future__ import annotations

from collections.abc import Mapping

from checker.model.catalogue import Catalogue
from checker.model.law import Fact
from checker.model.reading import Answers, FactAnswer
from checker.model.report import FactReading

_BOOL = {"true": True, "false": False}


def fact_sheet(answers: Answers, catalogue: Catalogue) -> dict[str, FactReading]:
    """One reading per fact in the catalogue; what no passage carries is `unknown`.

    A value without a passage is refused (no passage, no value), except for claims: silence about a claim is no.
    """
    unread = {u.item: u.reason for u in answers.unjudged}
    sheet = {f.id: _reading(answers.facts.get(f.id), f, unread.get(f.id, "")) for f in catalogue.facts.values()}
    return apply_doubts(apply_implications(sheet, catalogue), catalogue)


def apply_doubts(sheet: Mapping[str, FactReading], catalogue: Catalogue) -> dict[str, FactReading]:
    """Opens again what only the lack of signs settled, where the use calls for the question (a CE-marked fall sensor)."""
    result = dict(sheet)
    for doubt in catalogue.doubts:
        target = result[doubt.leaves_open]
        if result[doubt.when_fact].value is True and target.value is False and target.origin == "use":
            result[doubt.leaves_open] = FactReading(
                fact=target.fact, value="unknown", origin="silent", why=f"spørg / ask: {doubt.when_fact}"
            )
    return result


def _reading(answer: FactAnswer | None, fact: Fact, unread: str) -> FactReading:
    if answer is None:
        return FactReading(fact=fact.id, value="unknown", origin="silent", why=unread)
    value = _value(answer, fact)
    if value == "unknown" or all(q.orphaned for q in answer.quotes):
        # Quotes that are not in the text stay visible; they carry nothing.
        return FactReading(
            fact=fact.id,
            value="unknown",
            quotes=answer.quotes,
            origin="silent",
            probability=answer.probability,
            why=answer.why or unread,
            second=answer.second,
        )
    return FactReading(
        fact=fact.id,
        value=value,
        quotes=answer.quotes,
        origin="use" if answer.from_use else "text",
        probability=answer.probability,
        why=answer.why,
        second=answer.second,
    )


def _value(answer: FactAnswer, fact: Fact) -> bool | str | tuple[str, ...]:
    """The answered value; `unknown` for one that the fact does not have."""
    if fact.type == "bool":
        return _BOOL.get(answer.value, "unknown") if isinstance(answer.value, str) else "unknown"
    several = answer.value if isinstance(answer.value, tuple) else (answer.value,)
    if not several or any(v not in fact.values for v in several) or (len(several) > 1 and not fact.multi):
        return "unknown"
    return answer.value


def apply_implications(sheet: Mapping[str, FactReading], catalogue: Catalogue) -> dict[str, FactReading]:
    """Settles facts that others settle by their meaning (corpus/facts/implications.yaml), weaker reading giving way.

    Goes on until nothing changes, so that the order of the rules does not matter for chains; what was implied gives way
    only to something firmer, so it ends.
    """
    result = dict(sheet)
    implied: set[str] = set()
    changed = True
    while changed:
        changed = False
        for rule in catalogue.implications:
            cause = result[rule.when_fact]
            if not cause.known or not _matches(cause.value, rule.when_value):
                continue
            for fact, value in rule.then.items():
                if result[fact].value != value and _gives_way(result[fact], cause, fact in implied):
                    result[fact] = _implied(fact, value, cause)
                    implied.add(fact)
                    changed = True
    return result


def _gives_way(target: FactReading, cause: FactReading, implied: bool) -> bool:
    if not target.known:
        return True
    return target.probability < cause.probability if implied else target.probability <= cause.probability


def _implied(fact: str, value: bool | str, cause: FactReading) -> FactReading:
    return FactReading(
        fact=fact, value=value, quotes=cause.quotes, origin="use", probability=cause.probability, why=f"følger af / follows from {cause.fact}"
    )


def _matches(value: bool | str | tuple[str, ...], wanted: bool | str) -> bool:
    return wanted in value if isinstance(value, tuple) else value == wanted
