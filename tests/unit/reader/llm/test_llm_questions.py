"""Which questions a model is asked, and in what order, worked out on a small catalogue of our own."""

from __future__ import annotations

from typing import Any

import pytest

from checker.library import Library
from checker.model.catalogue import Catalogue
from checker.model.law import Bilingual, Fact, Requirement
from checker.model.reading import Answers, EvidenceAnswer, EvidenceStatus, FactAnswer, Unjudged
from checker.reader.llm.questions import SURE_CLOSED, SURE_FACT, SURE_OPEN, Closed, open_items

S = EvidenceStatus


def both(text: str) -> Bilingual:
    return Bilingual(da=text, en=text)


def fact(name: str, **more: Any) -> Fact:
    return Fact(id=name, group="g", label=both(name), type=more.pop("type", "bool"), question=both(f"{name}?"), **more)


def duty(name: str, applies: dict[str, Any], severity: str = "major", **more: Any) -> Requirement:
    return Requirement.model_validate(
        {
            "id": name,
            "group": "law",
            "core": True,
            "title": both(name),
            "addressee": ["controller"],
            "sources": [],
            "cites": [],
            "applies_when": applies,
            "fulfilled_when": "det er gjort",
            "not_evidence": "løfter",
            "gap_message": both(name),
            "action": both("gør det"),
            "question": both("er det gjort?"),
            "severity": severity,
            "severity_reason": both("derfor"),
            "verified": "memory",
            "checked": "2026-01-01",
            **more,
        }
    )


CATALOGUE = Catalogue(
    facts={
        f.id: f
        for f in (
            fact("persons"),
            fact("children", ask_when={"fact": "persons"}),
            fact("exempt", claim=True),
            fact("phase", type="enum", values=("pilot", "operation")),
        )
    },
    derived={},
    criteria={},
    contradictions=(),
    requirements={
        r.id: r
        for r in (
            duty("minor-duty", {"fact": "persons"}, "minor"),
            duty("record", {"fact": "persons"}),
            duty("guardian", {"all": [{"fact": "persons"}, {"fact": "children"}]}),
            duty("waiver", {"fact": "exempt"}),
            duty("always-met", {"fact": "persons"}, always=True),
        )
    },
    archetypes={},
)


def knows(**values: tuple[str, float]) -> dict[str, FactAnswer]:
    return {f: FactAnswer(fact=f, value=v, probability=p) for f, (v, p) in values.items()}


def evidence(**found: tuple[EvidenceStatus, float]) -> dict[str, EvidenceAnswer]:
    names = {n.replace("_", "-"): v for n, v in found.items()}
    return {r: EvidenceAnswer(requirement=r, status=s, probability_met=0.5, margin=m) for r, (s, m) in names.items()}


def asked(facts: dict[str, FactAnswer], found: dict[str, EvidenceAnswer] | None = None, **more: Any) -> list[str]:
    return [q.item for q in open_items(Answers(reader="rules", facts=facts, evidence=found or {}, **more), CATALOGUE, "auto")]


SURE = {"persons": ("true", 0.99), "children": ("true", 0.99), "exempt": ("unknown", 0.99), "phase": ("pilot", 0.99)}
FIRM = evidence(minor_duty=(S.DONE, 0.4), record=(S.SILENT, 0.65), guardian=(S.CONSIDERED, 0.65), waiver=(S.SILENT, 0.65), always_met=(S.SILENT, 0.65))


def test_the_options_are_all_values_and_not_knowing() -> None:
    found = {q.item: q for q in open_items(Answers(reader="rules", facts={}, evidence={}), CATALOGUE, "llm")}
    assert found["persons"] == Closed(item="persons", kind="fact", options=("true", "false", "unknown"))
    assert found["phase"].options == ("pilot", "operation", "unknown")
    assert found["record"].kind == "evidence"
    assert set(found["record"].options) == {s.value for s in EvidenceStatus}


def test_what_the_rules_are_sure_of_is_not_asked_in_auto() -> None:
    assert asked(knows(**SURE), FIRM) == []


@pytest.mark.parametrize("value", ["true", "false"])
def test_a_fact_below_the_bound_is_asked_whatever_its_value(value: str) -> None:
    assert "persons" in asked(knows(**SURE | {"persons": (value, SURE_FACT - 0.001)}), FIRM)
    assert "persons" not in asked(knows(**SURE | {"persons": (value, SURE_FACT)}), FIRM)


def test_an_unknown_fact_is_asked_however_sure_the_rules_are_that_nothing_says_it() -> None:
    assert asked(knows(**SURE | {"phase": ("unknown", 0.999)}), FIRM) == ["phase"]


def test_a_fact_that_nobody_has_to_ask_is_not_asked() -> None:
    assert "children" not in asked(knows(**SURE | {"persons": ("false", 0.99), "children": ("unknown", 0.5)}), FIRM)
    assert "children" in asked(knows(**SURE | {"persons": ("false", 0.6), "children": ("unknown", 0.5)}), FIRM)


def test_a_claim_that_nobody_makes_is_not_asked_and_one_that_may_be_made_is() -> None:
    assert "exempt" not in asked(knows(**SURE | {"exempt": ("unknown", 0.3)}), FIRM)
    assert {"exempt", "waiver"} <= set(asked(knows(**SURE | {"exempt": ("true", 0.6)}), evidence(waiver=(S.SILENT, 0.1))))


@pytest.mark.parametrize(
    ("status", "bound"), [(S.DONE, SURE_CLOSED), (S.DENIED_WITH_REASON, SURE_CLOSED), (S.SILENT, SURE_OPEN), (S.CONSIDERED, SURE_OPEN)]
)
def test_evidence_below_its_bound_is_asked(status: EvidenceStatus, bound: float) -> None:
    assert asked(knows(**SURE), FIRM | evidence(record=(status, bound - 0.001))) == ["record"]
    assert asked(knows(**SURE), FIRM | evidence(record=(status, bound))) == []


def test_requirements_out_of_scope_by_sure_facts_are_not_asked_and_by_weak_ones_they_are() -> None:
    weak = FIRM | evidence(guardian=(S.SILENT, 0.1))
    assert asked(knows(**SURE | {"children": ("false", 0.99)}), weak) == []
    assert asked(knows(**SURE | {"children": ("false", 0.7)}), weak) == ["children", "guardian"]


def test_what_could_not_be_read_and_what_no_head_was_trained_for_is_asked() -> None:
    assert asked(knows(**SURE), {r: a for r, a in FIRM.items() if r != "record"}) == ["record"]
    assert asked(knows(**SURE), FIRM, unjudged=(Unjudged(item="record", reason="untrained"),)) == ["record"]
    own = FIRM["record"].model_copy(update={"reader": "generic:1"})
    assert asked(knows(**SURE), FIRM | {"record": own}) == ["record"]


def test_what_is_met_by_itself_is_never_asked() -> None:
    assert "always-met" not in [q.item for q in open_items(Answers(reader="rules", facts={}, evidence={}), CATALOGUE, "llm")]


def test_what_can_settle_most_comes_first() -> None:
    # persons: record 1 + always-met 1 + minor-duty 0.6 + half of guardian = 3.1; children: half of guardian 0.5.
    # In scope or not, who knows: record and guardian 0.5, minor-duty 0.3. waiver 0.1 (no claim), exempt and phase settle nothing.
    nothing = Answers(reader="rules", facts={}, evidence={})
    assert [q.item for q in open_items(nothing, CATALOGUE, "llm")] == ["persons", "children", "record", "guardian", "minor-duty", "waiver", "exempt", "phase"]


def test_with_llm_everything_in_the_shipped_catalogue_is_asked_once(library: Library) -> None:
    catalogue = library.catalogue
    items = [q.item for q in open_items(Answers(reader="rules", facts={}, evidence={}), catalogue, "llm")]
    assert sorted(items) == sorted([*catalogue.facts, *(r.id for r in catalogue.requirements.values() if not r.always)])
