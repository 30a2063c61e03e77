"""Reader's answers → fact sheet. Pure: implications between facts, never a new reading of the text."""

from __future__ import annotations

from collections.abc import Mapping

from checker.model.catalogue import Catalogue
from checker.model.reading import Answers, FactAnswer
from checker.model.report import FactReading

_BOOL = {"true": True, "false": False}


def fact_sheet(answers: Answers, catalogue: Catalogue) -> dict[str, FactReading]:
    """One reading per fact in the catalogue; what no passage carries is `unknown`.

    A value without a passage is refused (no passage, no value), except for claims: silence about a claim is no.
    """
    sheet = {fact: _reading(answers.facts.get(fact), fact) for fact in catalogue.facts}
    return apply_implications(sheet, catalogue)


def _reading(answer: FactAnswer | None, fact: str) -> FactReading:
    if answer is None or answer.value == "unknown" or not answer.quotes:
        probability = answer.probability if answer else 1.0
        return FactReading(fact=fact, value="unknown", origin="silent", probability=probability)
    value = answer.value if isinstance(answer.value, tuple) else _BOOL.get(answer.value, answer.value)
    return FactReading(
        fact=fact, value=value, quotes=answer.quotes, origin="use" if answer.from_use else "text", probability=answer.probability, why=answer.why
    )


def apply_implications(sheet: Mapping[str, FactReading], catalogue: Catalogue) -> dict[str, FactReading]:
    """Settles facts that others settle by their meaning (corpus/facts/implications.yaml), weaker reading giving way."""
    result = dict(sheet)
    for rule in catalogue.implications:
        cause = result[rule.when_fact]
        if not cause.known or not _matches(cause.value, rule.when_value):
            continue
        for fact, value in rule.then.items():
            target = result[fact]
            if target.value == value or (target.known and target.probability > cause.probability):
                continue
            result[fact] = FactReading(
                fact=fact, value=value, quotes=cause.quotes, origin="use", probability=cause.probability, why=f"følger af / follows from {rule.when_fact}"
            )
    return result


def _matches(value: bool | str | tuple[str, ...], wanted: bool | str) -> bool:
    return wanted in value if isinstance(value, tuple) else value == wanted
