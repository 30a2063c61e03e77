"""Conditions as they stand in YAML: read, written back, refused with a message that names what was expected."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from checker.model.condition import AllOf, AnyOf, AtLeast, Condition, FactIs, Not, facts_in

CONDITION: TypeAdapter[Any] = TypeAdapter(Condition)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"fact": "is_ai_system"}, FactIs(fact="is_ai_system")),
        ({"fact": "level", "in": ["a", "b"]}, FactIs(fact="level", values=("a", "b"))),
        ({"fact": "area", "other_than": "none"}, FactIs(fact="area", other_than="none")),
        ({"not": {"fact": "x"}}, Not(not_=FactIs(fact="x"))),
        ({"all": [{"fact": "x"}, {"any": [{"fact": "y"}]}]}, AllOf(all=(FactIs(fact="x"), AnyOf(any=(FactIs(fact="y"),))))),
        ({"at_least": 2, "of": "wp248_criteria"}, AtLeast(at_least=2, of="wp248_criteria")),
        ({"at_least": 1, "of": [{"fact": "x"}]}, AtLeast(at_least=1, of=(FactIs(fact="x"),))),
    ],
)
def test_every_operator_is_read_from_yaml_and_survives_being_written_back(data: dict[str, Any], expected: Condition) -> None:
    condition = CONDITION.validate_python(data)
    assert condition == expected
    assert CONDITION.validate_python(condition.model_dump(by_alias=True, exclude_defaults=True)) == expected


@pytest.mark.parametrize(
    ("data", "where", "message"),
    [
        ({"some": [{"fact": "x"}]}, (), "expected one of the keys fact, all, any, not, at_least"),
        ("is_ai_system", (), "expected one of the keys fact, all, any, not, at_least"),
        (None, (), "expected one of the keys fact, all, any, not, at_least"),
        (["fact", "is_ai_system"], (), "expected one of the keys fact, all, any, not, at_least"),
        ({"any": ["is_ai_system"]}, ("any", "any", 0), "expected one of the keys fact, all, any, not, at_least"),
        ({"not": True}, ("not", "not"), "expected one of the keys fact, all, any, not, at_least"),
        ({"fact": "x", "is": True}, ("fact", "is"), "Extra inputs are not permitted"),
        ({"all": [{"fact": "x"}], "any": [{"fact": "y"}]}, ("all", "any"), "Extra inputs are not permitted"),
        ({"all": [{"fcat": "x"}]}, ("all", "all", 0), "expected one of the keys fact, all, any, not, at_least"),
        ({"at_least": 0, "of": "wp248_criteria"}, ("at_least", "at_least"), "greater than or equal to 1"),
        ({"at_least": 2}, ("at_least", "of"), "Field required"),
        ({"fact": ["x"]}, ("fact", "fact"), "valid string"),
    ],
)
def test_a_condition_with_a_slip_is_refused_where_it_stands(data: Any, where: tuple[Any, ...], message: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        CONDITION.validate_python(data)
    first = refusal.value.errors()[0]
    assert message in first["msg"]
    assert first["loc"] == where


@pytest.mark.parametrize(
    ("data", "facts"),
    [
        ({"all": [{"fact": "b"}, {"not": {"fact": "a"}}, {"fact": "b"}]}, ("b", "a")),
        ({"any": [{"at_least": 2, "of": "criteria"}, {"fact": "x", "in": ["v"]}]}, ("criteria", "x")),
        ({"at_least": 1, "of": [{"fact": "y"}, {"all": [{"fact": "z"}]}]}, ("y", "z")),
    ],
)
def test_the_facts_of_a_condition_are_listed_once_in_the_order_they_stand(data: dict[str, Any], facts: tuple[str, ...]) -> None:
    assert facts_in(CONDITION.validate_python(data)) == facts


def test_a_condition_cannot_be_changed_after_it_was_read() -> None:
    with pytest.raises(ValidationError):
        FactIs(fact="x").fact = "y"  # type: ignore[misc]
