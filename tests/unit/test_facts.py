"""From a reader's answers to the fact sheet: no passage no value, and what follows from what."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from checker.facts import apply_doubts, apply_implications, fact_sheet
from checker.library import Library
from checker.model.catalogue import Implication
from checker.model.project import Quote
from checker.model.reading import Answers, FactAnswer, Unjudged
from checker.model.report import FactReading
from checker.scope import Scope

SAID = Quote(text="en sensor", start=3, end=12)
OTHER = Quote(text="et kamera", start=20, end=29)
INVENTED = Quote(text="findes ikke", start=0, end=11, orphaned=True)


def answer(fact: str, value: Any, probability: float = 0.8, quotes: tuple[Quote, ...] = (SAID,), **more: Any) -> FactAnswer:
    return FactAnswer(fact=fact, value=value, probability=probability, quotes=quotes, **more)


def sheet(library: Library, *answers: FactAnswer, unjudged: tuple[Unjudged, ...] = ()) -> dict[str, FactReading]:
    return fact_sheet(Answers(reader="by hand", facts={a.fact: a for a in answers}, evidence={}, unjudged=unjudged), library.catalogue)


def test_there_is_a_reading_of_every_fact_and_silence_is_unknown(library: Library) -> None:
    found = sheet(library)
    assert list(found) == list(library.catalogue.facts)
    assert {(r.value, r.origin) for r in found.values()} == {("unknown", "silent")}


@pytest.mark.parametrize(
    ("fact", "value", "read"),
    [
        ("is_ai_system", "true", True),
        ("is_ai_system", "false", False),
        ("is_ai_system", "unknown", "unknown"),
        ("is_ai_system", "maybe", "unknown"),
        ("is_ai_system", ("true",), "unknown"),
        ("project_phase", "pilot", "pilot"),
        ("project_phase", "true", "unknown"),
        ("project_phase", ("pilot", "operation"), "unknown"),
        ("annex_iii_area", ("education", "employment"), ("education", "employment")),
        ("annex_iii_area", "education", "education"),
        ("annex_iii_area", ("education", "fishing"), "unknown"),
        ("annex_iii_area", (), "unknown"),
    ],
)
def test_only_values_that_the_fact_has_are_read(library: Library, fact: str, value: Any, read: Any) -> None:
    assert sheet(library, answer(fact, value))[fact].value == read


def test_where_a_value_comes_from_is_kept(library: Library) -> None:
    found = sheet(library, answer("is_ai_system", "true", 0.7, why="model"), answer("affects_children", "true", from_use=True))
    said = found["is_ai_system"]
    assert (said.origin, said.quotes, said.probability, said.why) == ("text", (SAID,), 0.7, "model")
    assert found["affects_children"].origin == "use"


def test_no_passage_no_value(library: Library) -> None:
    assert sheet(library, answer("citizen_facing", "true", quotes=()))["citizen_facing"].value == "unknown"


def test_an_invented_passage_carries_no_value_but_stays_visible(library: Library) -> None:
    reading = sheet(library, answer("citizen_facing", "true", quotes=(INVENTED,)))["citizen_facing"]
    assert (reading.value, reading.origin, reading.quotes) == ("unknown", "silent", (INVENTED,))
    assert sheet(library, answer("citizen_facing", "true", quotes=(INVENTED, SAID)))["citizen_facing"].value is True


def test_an_answer_that_could_not_be_read_is_unknown_and_says_so(library: Library) -> None:
    reading = sheet(library, unjudged=(Unjudged(item="citizen_facing", reason="tomt svar"),))["citizen_facing"]
    assert (reading.value, reading.why) == ("unknown", "tomt svar")


def test_silence_about_a_claim_counts_as_no_and_about_anything_else_as_unknown(library: Library) -> None:
    catalogue = library.catalogue
    scope = Scope(catalogue.facts, catalogue.derived, catalogue.criteria, sheet(library))
    assert [f for f in catalogue.facts if catalogue.facts[f].claim and scope.value(f) is not False] == []
    assert any(spec.claim for spec in catalogue.facts.values())
    assert scope.value("is_ai_system") == "unknown"


# --- implications


def test_what_follows_keeps_the_passage_it_follows_from(library: Library) -> None:
    reading = sheet(library, answer("special_categories", "true", 0.9))["processes_personal_data"]
    assert (reading.value, reading.origin, reading.quotes, reading.probability) == (True, "use", (SAID,), 0.9)
    assert "special_categories" in reading.why


@pytest.mark.parametrize(("said", "implied", "value"), [(0.95, 0.6, False), (0.6, 0.95, True), (0.8, 0.8, True)])
def test_the_firmer_of_two_readings_stands(library: Library, said: float, implied: float, value: bool) -> None:
    found = sheet(library, answer("processes_personal_data", "false", said, (OTHER,)), answer("monitoring_of_persons", "true", implied))
    assert found["processes_personal_data"].value is value
    assert found["processes_personal_data"].quotes == ((SAID,) if value else (OTHER,))


def test_a_chain_is_followed_to_its_end(library: Library) -> None:
    found = sheet(library, answer("uses_public_genai_service", "true"))
    assert [found[f].value for f in ("uses_generative_ai", "external_vendor", "free_text_input", "is_ai_system")] == [True] * 4


def test_every_shipped_rule_does_what_it_says(library: Library) -> None:
    for rule in library.catalogue.implications:
        found = sheet(library, answer(rule.when_fact, str(rule.when_value).lower()))
        assert {f: found[f].value for f in rule.then} == rule.then, rule


def test_the_order_of_the_rules_does_not_matter_and_a_quarrel_ends(library: Library) -> None:
    rules = (
        Implication(when_fact="cpr_numbers", when_value=True, then={"processes_personal_data": True}),
        Implication(when_fact="processes_personal_data", when_value=True, then={"large_scale": True}),
        Implication(when_fact="citizen_facing", when_value=False, then={"cpr_numbers": False}),
    )
    start = sheet(library, answer("citizen_facing", "false", 0.5), answer("cpr_numbers", "true", 0.9))
    ends = []
    for order in permutations(rules):
        found = apply_implications(start, library.catalogue.model_copy(update={"implications": order}))
        ends.append([found[f].value for f in ("cpr_numbers", "processes_personal_data", "large_scale")])
    assert ends == [[True, True, True]] * 6
    quarrel = (
        Implication(when_fact="cpr_numbers", when_value=True, then={"citizen_facing": True}),
        Implication(when_fact="citizen_facing", when_value=True, then={"cpr_numbers": False}),
        Implication(when_fact="cpr_numbers", when_value=False, then={"citizen_facing": False}),
        Implication(when_fact="citizen_facing", when_value=False, then={"cpr_numbers": True}),
    )
    start = sheet(library, answer("cpr_numbers", "true", 0.8))
    assert apply_implications(start, library.catalogue.model_copy(update={"implications": quarrel}))["cpr_numbers"].known


def test_one_of_several_values_is_enough_for_a_rule(library: Library) -> None:
    rule = Implication(when_fact="annex_iii_area", when_value="education", then={"affects_children": True})
    catalogue = library.catalogue.model_copy(update={"implications": (rule,)})
    start = sheet(library, answer("annex_iii_area", ("employment", "education")))
    assert apply_implications(start, catalogue)["affects_children"].value is True


def test_a_care_sensor_leaves_open_whether_it_is_a_medical_device_unless_the_text_says_no() -> None:
    catalogue = Library().catalogue
    sensor = FactReading(fact="care_monitoring_technology", value=True, quotes=(Quote(text="x", start=0, end=1),), origin="text")
    blank = {f: FactReading(fact=f, value="unknown", origin="silent") for f in catalogue.facts}
    for origin, left in (("use", "unknown"), ("text", False)):
        device = FactReading(
            fact="safety_component_or_medical_device", value=False, quotes=(Quote(text="x", start=0, end=1),), origin=origin  # type: ignore[arg-type]
        )
        sheet = blank | {sensor.fact: sensor, device.fact: device}
        assert apply_doubts(sheet, catalogue)[device.fact].value == left


@pytest.mark.parametrize("use", ["citizen_facing", "free_text_input", "uses_public_genai_service"])
def test_where_people_write_freely_the_lack_of_signs_never_means_no_personal_data(use: str) -> None:
    catalogue = Library().catalogue
    quote = Quote(text="x", start=0, end=1)
    sheet = {f: FactReading(fact=f, value="unknown", origin="silent") for f in catalogue.facts}
    sheet[use] = FactReading(fact=use, value=True, quotes=(quote,), origin="text")
    sheet["processes_personal_data"] = FactReading(fact="processes_personal_data", value=False, quotes=(quote,), origin="use")
    assert apply_doubts(sheet, catalogue)["processes_personal_data"].value == "unknown"
