"""The shapes of the files in corpus/, and the catalogue they add up to. The JSON schemas are made from these."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import Field, model_validator

from checker.model.condition import AllOf, AnyOf, AtLeast, Condition, FactIs, Not
from checker.model.law import (
    Act,
    Bilingual,
    ContradictionRule,
    CriteriaList,
    DerivedFact,
    Fact,
    Frozen,
    Provision,
    Requirement,
    Verified,
)


def _with_group(data: Any, key: str) -> Any:
    """Hands the file's `group` down to its entries, so that nobody writes it sixty times."""
    if isinstance(data, dict) and isinstance(data.get(key), list):
        group = data.get("group")
        data = data | {key: [e | {"group": group} if isinstance(e, dict) else e for e in data[key]]}
    return data


class FactFile(Frozen):
    """corpus/facts/<group>.yaml"""

    group: str
    facts: tuple[Fact, ...]

    @model_validator(mode="before")
    @classmethod
    def _inherit(cls, data: Any) -> Any:
        return _with_group(data, "facts")

    def with_group(self) -> tuple[Fact, ...]:
        return self.facts


class RequirementFile(Frozen):
    """corpus/requirements/<group>.yaml"""

    group: str
    requirements: tuple[Requirement, ...]

    @model_validator(mode="before")
    @classmethod
    def _inherit(cls, data: Any) -> Any:
        return _with_group(data, "requirements")

    def with_group(self) -> tuple[Requirement, ...]:
        return self.requirements


class Criterion(Frozen):
    label: Bilingual
    when: Condition


class CriteriaEntry(Frozen):
    id: str
    label: Bilingual
    note: str = ""
    criteria: tuple[Criterion, ...]

    def as_list(self) -> CriteriaList:
        return CriteriaList(id=self.id, label=self.label, criteria=tuple((c.label, c.when) for c in self.criteria))


class DerivedFile(Frozen):
    """corpus/facts/derived.yaml"""

    derived: tuple[DerivedFact, ...]
    criteria: tuple[CriteriaEntry, ...]


class ContradictionFile(Frozen):
    """corpus/facts/contradictions.yaml"""

    contradictions: tuple[ContradictionRule, ...]


class Implication(Frozen):
    """When a fact has a value, others follow by their meaning."""

    when_fact: str
    when_value: bool | str
    then: dict[str, bool | str]


class Doubt(Frozen):
    """While `when_fact` is yes, a mere absence of signs does not settle `leaves_open`: only an outright no does."""

    when_fact: str
    leaves_open: str


class ImplicationFile(Frozen):
    """corpus/facts/implications.yaml"""

    implications: tuple[Implication, ...]
    doubts: tuple[Doubt, ...] = ()


class Archetype(Frozen):
    """A kind of use with the facts that are inherent in it; what a text says overrules them."""

    id: str
    label: Bilingual
    facts: dict[str, bool | str | tuple[str, ...]]
    examples: tuple[str, ...] = Field(min_length=5)


class ArchetypeFile(Frozen):
    """corpus/archetypes.yaml"""

    archetypes: tuple[Archetype, ...]


class ProvisionEntry(Frozen):
    id: str
    title_da: str
    title_en: str
    da: str
    en: str
    verified: Verified
    url: str | None = None


class ActFile(Frozen):
    """corpus/provisions/<act>.yaml"""

    act: Act
    provisions: tuple[ProvisionEntry, ...]

    def as_provisions(self) -> Iterator[Provision]:
        for e in self.provisions:
            yield Provision(
                id=f"{self.act.id}:{e.id}",
                act=self.act.id,
                title=Bilingual(da=e.title_da, en=e.title_en),
                text=Bilingual(da=e.da, en=e.en),
                url=e.url or address(self.act, e.id),
                verified=e.verified,
            )


def address(act: Act, anchor: str) -> str | None:
    """The official address of one provision: EUR-Lex pages take our anchors as fragments; Danish acts `#P19` for § 19."""
    if act.address is None:
        return None
    if act.kind == "eu":
        return f"{act.address}#{anchor.split('.', maxsplit=1)[0]}"
    if act.kind == "dk" and anchor.startswith("par_"):
        return f"{act.address}#P{anchor.split('.', maxsplit=1)[0].removeprefix('par_')}"
    return act.address


class Catalogue(Frozen):
    """Everything that decides: facts, derived facts, criteria, contradiction rules, requirements, archetypes."""

    facts: dict[str, Fact]
    derived: dict[str, DerivedFact]
    criteria: dict[str, CriteriaList]
    contradictions: tuple[ContradictionRule, ...]
    requirements: dict[str, Requirement]
    archetypes: dict[str, Archetype]
    implications: tuple[Implication, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def core(self) -> tuple[str, ...]:
        return tuple(r.id for r in self.requirements.values() if r.core)

    def conditions(self) -> Iterator[tuple[str, str, Condition]]:
        """(where it stands, folder, condition) for every condition in the catalogue."""
        for fact in self.facts.values():
            if fact.ask_when is not None:
                yield f"fact {fact.id}", "facts", fact.ask_when
        for derived in self.derived.values():
            yield f"derived fact {derived.id}", "facts", derived.when
        for criteria in self.criteria.values():
            for _, condition in criteria.criteria:
                yield f"criteria {criteria.id}", "facts", condition
        for rule in self.contradictions:
            yield f"contradiction {rule.id}", "facts", rule.when
        for r in self.requirements.values():
            yield f"requirement {r.id}", "requirements", r.applies_when
            for override in r.severity_overrides:
                yield f"severity override of {r.id}", "requirements", override.when
            for due in r.due:
                if due.when is not None:
                    yield f"due date of {r.id}", "requirements", due.when
            for check in r.sub_checks:
                if check.when is not None:
                    yield f"sub-check {check.id}", "requirements", check.when

    @staticmethod
    def values_in(condition: Condition) -> Iterator[tuple[str, str]]:
        """(fact, value) for every value that the condition names."""
        match condition:
            case FactIs():
                for value in condition.values:
                    yield condition.fact, value
                if condition.other_than is not None:
                    yield condition.fact, condition.other_than
            case AllOf():
                for child in condition.all:
                    yield from Catalogue.values_in(child)
            case AnyOf():
                for child in condition.any:
                    yield from Catalogue.values_in(child)
            case Not():
                yield from Catalogue.values_in(condition.not_)
            case AtLeast():
                if not isinstance(condition.of, str):
                    for child in condition.of:
                        yield from Catalogue.values_in(child)
