"""Which duties apply: three-valued, with rule 10 (not asked and not claimed count as no), and a trace that agrees."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from checker.library import Library
from checker.model.condition import AllOf, AnyOf, AtLeast, Condition, FactIs, Not
from checker.model.law import Bilingual, CriteriaList, DerivedFact, Fact
from checker.model.report import FactReading, Trace
from checker.model.truth import Truth, all_of, any_of, at_least
from checker.scope import Scope

READ: TypeAdapter[Any] = TypeAdapter(Condition)


def words(text: str) -> Bilingual:
    return Bilingual(da=text, en=f"{text} (en)")


def fact(name: str, **more: Any) -> Fact:
    return Fact(id=name, group="g", label=words(name), question=words(f"{name}?"), **({"type": "bool"} | more))


FACTS = {
    f.id: f
    for f in (
        fact("a"), fact("b"), fact("c"),
        fact("claimed", claim=True),
        fact("follow_up", ask_when=FactIs(fact="a")),
        fact("level", type="enum", values=("none", "low", "high"), ask_when=FactIs(fact="a")),
        fact("areas", type="enum", values=("none", "school", "police"), multi=True),
    )
}  # fmt: skip
DERIVED = {
    "a_or_b": DerivedFact(id="a_or_b", label=words("a eller b"), when=READ.validate_python({"any": [{"fact": "a"}, {"fact": "b"}]})),
    "both": DerivedFact(id="both", label=words("begge"), when=READ.validate_python({"all": [{"fact": "a_or_b"}, {"fact": "c"}]})),
}
CRITERIA = {
    "three": CriteriaList(id="three", label=words("tre"), criteria=tuple((words(f"kriterium {f}"), FactIs(fact=f)) for f in ("a", "b", "c"))),
}


def scope(language: str = "da", **values: Any) -> Scope:
    return scope_of(values, language)


def scope_of(values: Mapping[str, Any], language: str = "da") -> Scope:
    sheet = {f: FactReading(fact=f, value=v, origin="silent" if v == "unknown" else "text") for f, v in values.items()}
    return Scope(FACTS, DERIVED, CRITERIA, sheet, language)


@pytest.mark.parametrize(
    ("values", "condition", "truth"),
    [
        ({"a": True}, {"fact": "a"}, "yes"),
        ({"a": False}, {"fact": "a"}, "no"),
        ({}, {"fact": "a"}, "unknown"),
        ({"a": "unknown"}, {"not": {"fact": "a"}}, "unknown"),
        ({"a": True, "b": False}, {"all": [{"fact": "a"}, {"not": {"fact": "b"}}]}, "yes"),
        ({"b": False}, {"all": [{"fact": "a"}, {"fact": "b"}]}, "no"),
        ({"b": True}, {"fact": "a_or_b"}, "yes"),
        ({"b": True}, {"fact": "both"}, "unknown"),
        ({"c": False}, {"fact": "both"}, "no"),
        ({"a": True, "level": "high"}, {"fact": "level", "in": ["low", "high"]}, "yes"),
        ({"a": True, "level": "low"}, {"fact": "level", "in": ["high"]}, "no"),
        ({"a": True}, {"fact": "level", "in": ["high"]}, "unknown"),
    ],
)
def test_whether_a_duty_applies(values: dict[str, Any], condition: dict[str, Any], truth: str) -> None:
    assert scope_of(values).truth(READ.validate_python(condition)) == truth


@pytest.mark.parametrize(
    ("values", "asked", "truth"),
    [
        ({"a": False}, "follow_up", "no"),
        ({"a": True}, "follow_up", "unknown"),
        ({}, "follow_up", "unknown"),
        ({"a": False, "follow_up": True}, "follow_up", "yes"),
        ({}, "claimed", "no"),
        ({"claimed": "unknown"}, "claimed", "no"),
        ({"claimed": True}, "claimed", "yes"),
    ],
)
def test_rule_10_what_is_not_asked_and_what_nobody_claims_counts_as_no(values: dict[str, Any], asked: str, truth: str) -> None:
    assert scope_of(values).truth(FactIs(fact=asked)) == truth


def test_an_enum_that_is_not_asked_has_the_value_none() -> None:
    assert scope(a=False).value("level") == "none"
    assert scope(a=False).truth(FactIs(fact="level", values=("low", "high"))) is Truth.NO
    assert scope(a=False).truth(FactIs(fact="level", other_than="none")) is Truth.NO


@pytest.mark.parametrize(
    ("value", "other_than_school", "in_school"),
    [
        (("school",), "no", "yes"),
        (("school", "police"), "yes", "yes"),
        (("police",), "yes", "no"),
        ("unknown", "unknown", "unknown"),
    ],
)
def test_other_than_asks_for_some_other_value_among_several(value: Any, other_than_school: str, in_school: str) -> None:
    assert scope(areas=value).truth(FactIs(fact="areas", other_than="school")) == other_than_school
    assert scope(areas=value).truth(FactIs(fact="areas", values=("school",))) == in_school


@pytest.mark.parametrize(
    ("values", "truth", "shown"),
    [
        ({"a": True, "b": True}, "yes", "2/3"),
        ({"a": True}, "unknown", "1/3"),
        ({"a": False, "b": False}, "no", "0/3"),
    ],
)
def test_a_count_over_a_named_list_says_how_many_are_sure(values: dict[str, Any], truth: str, shown: str) -> None:
    trace = scope_of(values).trace(AtLeast(at_least=2, of="three"))
    assert (trace.truth, trace.value) == (truth, shown)
    assert [p.label for p in trace.parts] == ["kriterium a", "kriterium b", "kriterium c"]


def test_the_trace_speaks_the_readers_language() -> None:
    condition = READ.validate_python({"all": [{"fact": "a"}, {"fact": "level", "in": ["high"]}]})
    trace = scope("en", a=True, level="high").trace(condition)
    assert [(p.label, p.value) for p in trace.parts] == [("a (en)", "true"), ("level (en)", "high")]


@pytest.mark.parametrize(
    ("values", "condition", "facts"),
    [
        ({}, {"all": [{"fact": "b"}, {"fact": "a"}]}, ("b", "a")),
        ({"a": True}, {"all": [{"fact": "a"}, {"fact": "b"}]}, ("b",)),
        ({"a": False}, {"all": [{"fact": "a"}, {"fact": "b"}]}, ()),
        ({}, {"fact": "both"}, ("a", "b", "c")),
        ({"a": False}, {"at_least": 2, "of": "three"}, ("b", "c")),
    ],
)
def test_the_facts_worth_asking_for_are_the_unknown_ones_that_could_settle_it(
    values: dict[str, Any], condition: dict[str, Any], facts: tuple[str, ...]
) -> None:
    assert scope_of(values).deciding(READ.validate_python(condition)) == facts


@pytest.mark.parametrize(
    ("values", "condition", "truth", "facts"),
    [
        ({"a": True, "b": False}, {"any": [{"fact": "a"}, {"fact": "b"}]}, Truth.YES, ("a",)),
        ({"a": True, "b": False}, {"all": [{"fact": "a"}, {"fact": "b"}]}, Truth.NO, ("b",)),
        ({"a": False}, {"not": {"fact": "a"}}, Truth.YES, ("a",)),
        ({"a": True, "c": True}, {"fact": "both"}, Truth.YES, ("a", "c")),
        ({}, {"fact": "claimed"}, Truth.NO, ()),
    ],
)
def test_a_settled_condition_names_the_facts_it_rests_on(values: dict[str, Any], condition: dict[str, Any], truth: Truth, facts: tuple[str, ...]) -> None:
    assert scope_of(values).settling(READ.validate_python(condition), truth) == facts


LEAVES = st.one_of(
    st.sampled_from(["a", "b", "c", "claimed", "follow_up", "a_or_b", "both"]).map(lambda f: FactIs(fact=f)),
    st.sampled_from([FactIs(fact="level", values=("high",)), FactIs(fact="areas", other_than="school"), FactIs(fact="areas", values=("police",))]),
    st.integers(1, 3).map(lambda n: AtLeast(at_least=n, of="three")),
)
CONDITIONS: st.SearchStrategy[Any] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.map(lambda c: Not(not_=c)),
        st.lists(inner, min_size=1, max_size=3).map(lambda cs: AllOf(all=tuple(cs))),
        st.lists(inner, min_size=1, max_size=3).map(lambda cs: AnyOf(any=tuple(cs))),
        st.tuples(st.integers(1, 3), st.lists(inner, min_size=1, max_size=3)).map(lambda x: AtLeast(at_least=x[0], of=tuple(x[1]))),
    ),
    max_leaves=6,
)
VALUE = {
    f: st.booleans() if spec.type == "bool" else st.just(("school", "police")) | st.just(("school",)) if spec.multi else st.sampled_from(spec.values)
    for f, spec in FACTS.items()
}
SHEETS = st.fixed_dictionaries({}, optional=VALUE)


def truth_of_parts(trace: Trace) -> Truth:
    truths = [p.truth for p in trace.parts]
    match trace.label:
        case "all":
            return all_of(truths)
        case "any":
            return any_of(truths)
        case "not":
            return ~truths[0]
    return at_least(int(trace.label.rsplit("≥ ", 1)[1]), truths) if "≥" in trace.label else truths[0]


def nodes(trace: Trace) -> list[Trace]:
    return [trace, *(n for p in trace.parts for n in nodes(p))]


@given(CONDITIONS, SHEETS)
def test_every_step_of_the_trace_follows_from_its_parts(condition: Condition, values: dict[str, Any]) -> None:
    here = scope_of(values)
    trace = here.trace(condition)
    assert trace.truth is here.truth(condition)
    for node in nodes(trace):
        assert not node.parts or node.truth is truth_of_parts(node)


@given(CONDITIONS, SHEETS, st.data())
def test_when_every_deciding_fact_gets_an_answer_the_condition_is_settled(condition: Condition, values: dict[str, Any], data: st.DataObject) -> None:
    answered = dict(values)
    for _ in range(len(FACTS) + 1):  # an answer may make a follow-up question relevant
        asked = scope_of(answered).deciding(condition)
        if not asked:
            break
        answered |= {f: data.draw(VALUE[f], label=f) for f in asked}
    assert scope_of(answered).truth(condition) is not Truth.UNKNOWN


@given(CONDITIONS, SHEETS, st.data())
def test_a_further_answer_never_overturns_what_was_settled(condition: Condition, values: dict[str, Any], data: st.DataObject) -> None:
    """Claims aside: silence about a claim is an answer, which speaking up may change."""
    before = scope_of(values).truth(condition)
    missing = sorted(f for f in FACTS if f not in values and not FACTS[f].claim and scope_of(values).value(f) == "unknown")
    more = {f: data.draw(VALUE[f], label=f) for f in missing if data.draw(st.booleans(), label=f"answer {f}")}
    assert before is Truth.UNKNOWN or scope_of(values | more).truth(condition) is before


def test_in_an_empty_description_every_duty_that_is_open_has_a_question_to_ask(library: Library) -> None:
    catalogue = library.catalogue
    here = Scope(catalogue.facts, catalogue.derived, catalogue.criteria, {})
    for requirement in catalogue.requirements.values():
        if here.truth(requirement.applies_when) is Truth.UNKNOWN:
            assert here.deciding(requirement.applies_when), requirement.id
