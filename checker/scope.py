"""Condition × fact sheet → yes / no / unknown, with the trace. Pure.

A fact that nothing settles is unknown, with two exceptions (labelling guide, rule 10): while its `ask_when` is no it is
not asked and counts as no, and a claim that nobody makes counts as no.
"""

from __future__ import annotations

from collections.abc import Mapping

from checker.model.condition import AllOf, AnyOf, AtLeast, Condition, FactIs, Not
from checker.model.law import CriteriaList, DerivedFact, Fact
from checker.model.report import FactReading, Trace
from checker.model.truth import Truth, all_of, any_of, at_least


class Scope:
    """Evaluates conditions over one project's fact sheet."""

    def __init__(
        self,
        facts: Mapping[str, Fact],
        derived: Mapping[str, DerivedFact],
        criteria: Mapping[str, CriteriaList],
        sheet: Mapping[str, FactReading],
        language: str = "da",
    ) -> None:
        self._facts, self._derived, self._criteria = facts, derived, criteria
        self._sheet, self._language = sheet, language
        self._memo: dict[str, Trace] = {}

    def truth(self, condition: Condition) -> Truth:
        return self.trace(condition).truth

    def trace(self, condition: Condition) -> Trace:
        match condition:
            case FactIs():
                return self._fact(condition)
            case AllOf():
                parts = tuple(self.trace(child) for child in condition.all)
                return Trace(label="all", truth=all_of(p.truth for p in parts), parts=parts)
            case AnyOf():
                parts = tuple(self.trace(child) for child in condition.any)
                return Trace(label="any", truth=any_of(p.truth for p in parts), parts=parts)
            case Not():
                part = self.trace(condition.not_)
                return Trace(label="not", truth=~part.truth, parts=(part,))
            case AtLeast():
                return self._count(condition)

    def value(self, fact: str) -> bool | str | tuple[str, ...]:
        """The fact's value after rule 10; `unknown` when nothing settles it."""
        reading = self._sheet.get(fact)
        if reading is not None and reading.known:
            return reading.value
        spec = self._facts[fact]
        if spec.claim:
            return False
        if spec.ask_when is not None and self.truth(spec.ask_when) is Truth.NO:
            return False if spec.type == "bool" else "none"
        return "unknown"

    def _fact(self, node: FactIs) -> Trace:
        if node.fact in self._derived:
            return self._derived_fact(node.fact)
        spec = self._facts[node.fact]
        value = self.value(node.fact)
        shown = ", ".join(value) if isinstance(value, tuple) else str(value).lower() if isinstance(value, bool) else value
        label = spec.label.get(self._language)
        if value == "unknown":
            return Trace(label=label, truth=Truth.UNKNOWN, value="unknown")
        several = value if isinstance(value, tuple) else (str(value),)
        if node.values:
            truth = Truth.of(any(v in node.values for v in several))
        elif node.other_than is not None:
            truth = Truth.of(any(v != node.other_than for v in several))
        else:
            truth = Truth.of(value is True)
        return Trace(label=label, truth=truth, value=shown)

    def _derived_fact(self, fact: str) -> Trace:
        if fact not in self._memo:
            spec = self._derived[fact]
            inner = self.trace(spec.when)
            self._memo[fact] = Trace(label=spec.label.get(self._language), truth=inner.truth, parts=(inner,))
        return self._memo[fact]

    def _count(self, node: AtLeast) -> Trace:
        if isinstance(node.of, str):
            spec = self._criteria[node.of]
            parts = tuple(
                Trace(label=name.get(self._language), truth=(t := self.trace(c)).truth, parts=(t,)) for name, c in spec.criteria
            )
            name = spec.label.get(self._language)
        else:
            parts = tuple(self.trace(child) for child in node.of)
            name = "count"
        sure = sum(p.truth is Truth.YES for p in parts)
        return Trace(
            label=f"{name}: ≥ {node.at_least}",
            truth=at_least(node.at_least, [p.truth for p in parts]),
            value=f"{sure}/{len(parts)}",
            parts=parts,
        )

    def deciding(self, condition: Condition) -> tuple[str, ...]:
        """Ids of the unknown facts whose answer could settle an unknown condition, in order of appearance."""
        found: dict[str, None] = {}
        self._open(condition, found)
        return tuple(found)

    def _open(self, node: Condition, found: dict[str, None]) -> None:
        if self.truth(node) is not Truth.UNKNOWN:
            return
        match node:
            case FactIs():
                if node.fact in self._derived:
                    self._open(self._derived[node.fact].when, found)
                else:
                    found[node.fact] = None
            case AllOf():
                for child in node.all:
                    self._open(child, found)
            case AnyOf():
                for child in node.any:
                    self._open(child, found)
            case Not():
                self._open(node.not_, found)
            case AtLeast():
                children = node.of if not isinstance(node.of, str) else tuple(c for _, c in self._criteria[node.of].criteria)
                for child in children:
                    self._open(child, found)

    def is_claim(self, fact: str) -> bool:
        return self._facts[fact].claim

    def trace_fact(self, fact: str) -> Trace:
        return self.trace(FactIs(fact=fact))

    def trace_any(self, *facts: str) -> Trace:
        return self.trace(AnyOf(any=tuple(FactIs(fact=f) for f in facts)))

    def settling(self, condition: Condition, truth: Truth) -> tuple[str, ...]:
        """Ids of the facts whose known values make the condition what it is."""
        found: dict[str, None] = {}
        self._settle(condition, truth, found)
        return tuple(found)

    def _settle(self, node: Condition, truth: Truth, found: dict[str, None]) -> None:
        if self.truth(node) is not truth:
            return
        match node:
            case FactIs():
                if node.fact in self._derived:
                    self._settle(self._derived[node.fact].when, truth, found)
                elif node.fact in self._sheet and self._sheet[node.fact].known:
                    found[node.fact] = None
            case AllOf():
                for child in node.all:
                    self._settle(child, truth, found)
            case AnyOf():
                for child in node.any:
                    self._settle(child, truth, found)
            case Not():
                self._settle(node.not_, ~truth, found)
            case AtLeast():
                children = node.of if not isinstance(node.of, str) else tuple(c for _, c in self._criteria[node.of].criteria)
                for child in children:
                    self._settle(child, truth, found)
