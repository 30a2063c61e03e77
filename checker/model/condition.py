"""Conditions as data: what `applies_when` and its kin are made of.

In YAML one node is one of

    {fact: influences_decision}                         a yes/no fact (or derived fact) is yes
    {fact: automation_level, in: [a, b]}                an enum fact has one of these values
    {fact: annex_iii_area, other_than: x}               it has some value other than x (labelling guide, rule 15)
    {all: [...]}   {any: [...]}   {not: ...}
    {at_least: 2, of: wp248_criteria}                   a named list of criteria from corpus/facts/derived.yaml
    {at_least: 2, of: [...]}                            or a list written here
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag


class _Node(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class FactIs(_Node):
    """A fact is yes, or has one of / some other than the given values."""

    fact: str
    values: tuple[str, ...] = Field(default=(), alias="in")
    other_than: str | None = None


class AllOf(_Node):
    all: tuple[Condition, ...]


class AnyOf(_Node):
    any: tuple[Condition, ...]


class Not(_Node):
    not_: Condition = Field(alias="not")


class AtLeast(_Node):
    at_least: int = Field(ge=1)
    of: str | tuple[Condition, ...]


def _kind(value: Any) -> str | None:
    named = type(value).model_fields if isinstance(value, _Node) else value if isinstance(value, dict) else ()
    keys = set(named)
    for key in ("fact", "all", "any", "at_least"):
        if key in keys:
            return key
    return "not" if keys & {"not", "not_"} else None


Condition = Annotated[
    Annotated[FactIs, Tag("fact")]
    | Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Not, Tag("not")]
    | Annotated[AtLeast, Tag("at_least")],
    Discriminator(
        _kind,
        custom_error_type="condition",
        custom_error_message="expected one of the keys fact, all, any, not, at_least",
    ),
]

for _model in (AllOf, AnyOf, Not, AtLeast):
    _model.model_rebuild()


def facts_in(condition: Condition) -> tuple[str, ...]:
    """Ids of facts, derived facts and criteria lists named in the condition, in order of appearance, without repeats."""
    found: dict[str, None] = {}

    def walk(node: Condition) -> None:
        match node:
            case FactIs():
                found[node.fact] = None
            case AllOf():
                for child in node.all:
                    walk(child)
            case AnyOf():
                for child in node.any:
                    walk(child)
            case Not():
                walk(node.not_)
            case AtLeast():
                if isinstance(node.of, str):
                    found[node.of] = None
                else:
                    for child in node.of:
                        walk(child)

    walk(condition)
    return tuple(found)
