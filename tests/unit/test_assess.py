"""From facts and evidence to verdicts, severities, dates, contradictions, risk class, roles and questions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker import assess
from checker.library import Library
from checker.model.law import Severity
from checker.model.project import Quote
from checker.model.reading import Answers, EvidenceAnswer, EvidenceStatus, Statement, Unjudged
from checker.model.report import FactReading, Finding, Reason, Verdict
from checker.model.truth import Truth
from checker.scope import Scope

NOW = date(2026, 11, 22)
BEFORE, ON = date(2027, 12, 1), date(2027, 12, 2)
SAID = Quote(text="Det er gjort.", start=0, end=13)
INVENTED = Quote(text="Det er gjort af juristen.", start=40, end=65, orphaned=True)


class World:
    """One project as hand-made facts and answers over the shipped catalogue."""

    def __init__(self, library: Library, facts: Mapping[str, Any], answers: Answers | None = None) -> None:
        self.catalogue = library.catalogue
        self.answers = answers or answering()
        self.sheet = {
            f: FactReading(fact=f, value=facts.get(f, "unknown"), quotes=(quote_of(f),) if f in facts else (), origin="text") for f in self.catalogue.facts
        }
        self.scope = Scope(self.catalogue.facts, self.catalogue.derived, self.catalogue.criteria, self.sheet)

    def finding(self, requirement: str, as_of: date = NOW) -> Finding:
        return assess.judge(self.catalogue.requirements[requirement], self.scope, self.answers, self.sheet, as_of)

    def findings(self, as_of: date = NOW) -> dict[str, Finding]:
        return {r: self.finding(r, as_of) for r in self.catalogue.requirements}

    def contradictions(self) -> dict[str, tuple[str, ...]]:
        return {c.rule: c.facts for c in assess.contradictions(self.catalogue, self.sheet, self.answers.statements, self.findings())}


def quote_of(fact: str) -> Quote:
    start = 1000 + sum(fact.encode())
    return Quote(text=fact, start=start, end=start + len(fact))


def answering(status: EvidenceStatus | None = None, *quotes: Quote, requirement: str = "gdpr-dpia", **more: Any) -> Answers:
    evidence = {}
    if status is not None:
        evidence[requirement] = EvidenceAnswer(requirement=requirement, status=status, probability_met=0.5, margin=0.1, quotes=quotes)
    return Answers(reader="by hand", facts={}, evidence=evidence, **more)


DPIA_APPLIES = {"processes_personal_data": True, "is_ai_system": True, "vulnerable_persons": True}
HIGH_RISK = {"is_ai_system": True, "annex_iii_use": True, "annex_iii_area": "essential_services", "profiling_or_scoring": True}


# --- the four verdicts


@pytest.mark.parametrize(
    ("status", "verdict", "reason"),
    [
        (EvidenceStatus.DONE, Verdict.MET, Reason.DONE),
        (EvidenceStatus.PLANNED_BEFORE_USE, Verdict.MET, Reason.PLANNED_BEFORE_USE),
        (EvidenceStatus.DENIED_WITH_REASON, Verdict.MET, Reason.DENIED_WITH_REASON),
        (EvidenceStatus.PLANNED_AFTER_USE, Verdict.GAP, Reason.PLANNED_AFTER_USE),
        (EvidenceStatus.CONSIDERED, Verdict.GAP, Reason.CONSIDERED),
        (EvidenceStatus.GENERIC, Verdict.GAP, Reason.GENERIC),
        (EvidenceStatus.DENIED_WITHOUT_REASON, Verdict.GAP, Reason.DENIED_WITHOUT_REASON),
        (EvidenceStatus.VENDOR_CLAIM, Verdict.GAP, Reason.VENDOR_CLAIM),
        (EvidenceStatus.OTHER, Verdict.GAP, Reason.OTHER_PROJECT),
        (EvidenceStatus.PARTIAL, Verdict.GAP, Reason.PARTIAL),
        (EvidenceStatus.CONTRADICTED, Verdict.GAP, Reason.CONTRADICTED),
        (EvidenceStatus.EMPTY, Verdict.GAP, Reason.SILENT),
        (EvidenceStatus.SILENT, Verdict.GAP, Reason.SILENT),
    ],
)
def test_what_the_text_says_of_a_duty_decides_whether_it_is_met(library: Library, status: EvidenceStatus, verdict: Verdict, reason: Reason) -> None:
    finding = World(library, DPIA_APPLIES, answering(status, SAID)).finding("gdpr-dpia")
    assert (finding.verdict, finding.reason, finding.evidence) == (verdict, reason, (SAID,))
    assert finding.decided_by == "by hand"


def test_every_status_has_been_tried_above() -> None:
    assert len(EvidenceStatus) == 13


def test_silence_about_a_duty_that_applies_is_a_gap(library: Library) -> None:
    finding = World(library, DPIA_APPLIES).finding("gdpr-dpia")
    assert (finding.verdict, finding.reason, finding.evidence, finding.probability_met) == (Verdict.GAP, Reason.SILENT, (), 0.0)


def test_a_duty_that_does_not_apply_shows_the_passages_that_rule_it_out(library: Library) -> None:
    no_data = {"processes_personal_data": False, "personal_data_incidental": False}
    finding = World(library, no_data, answering(EvidenceStatus.DONE, SAID)).finding("gdpr-dpia")
    assert (finding.verdict, finding.reason) == (Verdict.NOT_APPLICABLE, Reason.OUT_OF_SCOPE)
    assert {q.text for q in finding.evidence} == set(no_data)
    assert finding.trace is not None
    assert finding.trace.truth is Truth.NO


def test_at_most_three_passages_rule_a_duty_out_and_never_an_invented_one(library: Library) -> None:
    world = World(library, {"influences_decision": False, "monitoring_of_persons": False, "burdensome_decision_possible": False, "profiling_or_scoring": False})
    world.sheet["influences_decision"] = world.sheet["influences_decision"].model_copy(update={"quotes": (INVENTED,)})
    evidence = world.finding("fr-hjemmel").evidence
    assert 1 <= len(evidence) <= 3
    assert INVENTED not in evidence


def test_an_open_fact_makes_it_a_question_that_names_the_fact(library: Library) -> None:
    world = World(library, {"is_ai_system": True}, answering(EvidenceStatus.CONSIDERED, SAID, requirement="ai-act-transparency-chatbot"))
    finding = world.finding("ai-act-transparency-chatbot")
    assert (finding.verdict, finding.reason, finding.depends_on) == (Verdict.ASK, Reason.FACT_UNKNOWN, ("citizen_facing",))
    assert finding.evidence == (SAID,)


def test_the_definition_of_ai_is_met_as_soon_as_it_is_known_either_way(library: Library) -> None:
    for value in (True, False):
        finding = World(library, {"is_ai_system": value}).finding("ai-act-system-definition")
        assert (finding.verdict, [q.text for q in finding.evidence]) == (Verdict.MET, ["is_ai_system"])
    assert World(library, {}).finding("ai-act-system-definition").verdict is Verdict.ASK


# --- evidence that does not stand


@pytest.mark.parametrize("status", [s for s in EvidenceStatus if s.closes])
@pytest.mark.parametrize(
    ("quotes", "reason"),
    [((), Reason.SILENT), ((INVENTED,), Reason.SILENT), ((SAID, INVENTED), Reason.PARTIAL)],
    ids=["no quote", "invented", "one of two invented"],
)
def test_without_a_sound_quote_nothing_is_met(library: Library, status: EvidenceStatus, quotes: tuple[Quote, ...], reason: Reason) -> None:
    finding = World(library, DPIA_APPLIES, answering(status, *quotes)).finding("gdpr-dpia")
    assert (finding.verdict, finding.reason) == (Verdict.GAP, reason)
    assert finding.evidence == quotes  # visible all the same


def test_an_answer_that_could_not_be_read_is_no_verdict(library: Library) -> None:
    broken = answering(EvidenceStatus.DONE, SAID, unjudged=(Unjudged(item="gdpr-dpia", reason="svaret var ikke JSON"),))
    finding = World(library, DPIA_APPLIES, broken).finding("gdpr-dpia")
    assert (finding.verdict, finding.reason, finding.why) == (Verdict.UNJUDGED, Reason.UNREADABLE, "svaret var ikke JSON")


def test_an_unreadable_answer_to_a_duty_out_of_scope_changes_nothing(library: Library) -> None:
    broken = answering(unjudged=(Unjudged(item="gdpr-dpia", reason="tomt svar"),))
    assert World(library, {"processes_personal_data": False, "personal_data_incidental": False}, broken).finding("gdpr-dpia").verdict is Verdict.NOT_APPLICABLE
    assert World(library, {}, broken).finding("gdpr-dpia").verdict is Verdict.ASK


FACT_VALUES = st.sampled_from([True, False])


@settings(deadline=None)
@given(st.data())
def test_whatever_the_facts_a_verdict_agrees_with_its_scope_and_met_has_a_quote(library: Library, data: st.DataObject) -> None:
    catalogue = library.catalogue
    facts = data.draw(st.dictionaries(st.sampled_from([f.id for f in catalogue.facts.values() if f.type == "bool"]), FACT_VALUES, max_size=12))
    status = data.draw(st.sampled_from(EvidenceStatus))
    quotes = data.draw(st.sampled_from([(), (SAID,), (INVENTED,), (SAID, INVENTED)]))
    requirement = data.draw(st.sampled_from(sorted(catalogue.requirements)))
    world = World(library, facts, answering(status, *quotes, requirement=requirement))
    finding = world.finding(requirement, data.draw(st.sampled_from([NOW, ON])))
    spec = catalogue.requirements[requirement]
    truth = world.scope.truth(spec.applies_when)
    assert (finding.verdict is Verdict.NOT_APPLICABLE) == (truth is Truth.NO)
    assert (finding.verdict is Verdict.ASK) == (truth is Truth.UNKNOWN) == bool(finding.depends_on)
    if finding.verdict is Verdict.MET and not spec.always:
        assert status.closes
        assert quotes == (SAID,)
    if finding.verdict is Verdict.GAP:
        assert finding.reason not in (Reason.DONE, Reason.PLANNED_BEFORE_USE, Reason.DENIED_WITH_REASON)


# --- severity and dates


@pytest.mark.parametrize(
    ("requirement", "facts", "as_of", "severity", "due_now"),
    [
        ("gdpr-dpia", DPIA_APPLIES, NOW, "blocker", True),
        ("ai-act-fria", HIGH_RISK, NOW, "advice", False),
        ("ai-act-fria", HIGH_RISK, BEFORE, "advice", False),
        ("ai-act-fria", HIGH_RISK, ON, "major", True),
        ("ai-act-transparency-chatbot", {"is_ai_system": True, "citizen_facing": True}, NOW, "major", True),
        ("ai-act-transparency-chatbot", {"is_ai_system": True, "citizen_facing": True}, date(2026, 8, 1), "major", False),
        ("ai-act-literacy", {"is_ai_system": True, "employees_use_tool": True}, NOW, "minor", True),
        ("ai-act-risk-class", {"is_ai_system": True}, NOW, "minor", False),
        ("ai-act-risk-class", {"is_ai_system": True}, ON, "major", True),
        ("ai-act-risk-class", HIGH_RISK | {"art6_3_exception_claimed": True}, NOW, "minor", False),
        ("ai-act-risk-class", HIGH_RISK | {"art6_3_exception_claimed": True}, ON, "blocker", True),
        ("ai-act-human-oversight", HIGH_RISK, NOW, "major", False),
    ],
)
def test_how_serious_a_gap_is_on_the_date_of_the_law(
    library: Library, requirement: str, facts: dict[str, Any], as_of: date, severity: str, due_now: bool
) -> None:
    finding = World(library, facts).finding(requirement, as_of)
    assert (finding.verdict, finding.severity, finding.due_now) == (Verdict.GAP, severity, due_now)


def test_a_product_under_annex_i_has_a_later_date_than_an_annex_iii_use(library: Library) -> None:
    product = {"is_ai_system": True, "safety_component_or_medical_device": True, "annex_iii_use": False}
    assert World(library, product).finding("ai-act-human-oversight").applicable_from == date(2028, 8, 2)
    assert World(library, HIGH_RISK | product | {"annex_iii_use": True}).finding("ai-act-human-oversight").applicable_from == date(2027, 12, 2)
    # nobody knows yet whether it is one: the earlier date
    assert World(library, {"is_ai_system": True}).finding("ai-act-human-oversight").applicable_from == date(2027, 12, 2)


def test_no_duty_is_more_serious_before_its_date_than_after(library: Library) -> None:
    for facts in ({}, HIGH_RISK, HIGH_RISK | {"art6_3_exception_claimed": True}):
        early, late = World(library, facts).findings(NOW), World(library, facts).findings(date(2030, 1, 1))
        assert all(early[r].severity.rank >= late[r].severity.rank for r in early)
        assert all(f.due_now for f in late.values())


def test_an_override_that_is_only_possible_does_not_hold(library: Library) -> None:
    for spec in library.catalogue.requirements.values():
        if spec.severity_overrides:
            assert World(library, {}).finding(spec.id, date(2030, 1, 1)).severity is spec.severity, spec.id


def test_sub_checks_that_cannot_apply_are_left_out(library: Library) -> None:
    conditional = [(r.id, c) for r in library.catalogue.requirements.values() for c in r.sub_checks if c.when is not None]
    assert conditional
    everything_no = World(library, {f.id: False for f in library.catalogue.facts.values() if f.type == "bool"})
    for requirement, check in conditional:
        assert check.when is not None
        ruled_out = everything_no.scope.truth(check.when) is Truth.NO
        assert (check.id in everything_no.finding(requirement).sub_checks) != ruled_out
        assert check.id in World(library, {}).finding(requirement).sub_checks


# --- contradictions


@pytest.mark.parametrize(
    ("facts", "rule", "rests_on"),
    [
        (
            {"processes_personal_data": False, "monitoring_of_persons": True},
            "no-personal-data-but-persons",
            ("processes_personal_data", "monitoring_of_persons"),
        ),
        (
            {"automation_level": "drafts_or_informs", "annex_iii_use": True, "profiling_or_scoring": True},
            "support-but-ranks",
            ("automation_level", "annex_iii_use", "profiling_or_scoring"),
        ),
        ({"uses_public_genai_service": True, "confidential_data": True}, "open-service-with-personal-data", ("uses_public_genai_service", "confidential_data")),
        ({"legal_basis_is_consent": True, "affects_children": True}, "consent-in-unequal-relation", ("legal_basis_is_consent", "affects_children")),
        ({"art6_3_exception_claimed": True, "profiling_or_scoring": True}, "art6-3-with-profiling", ("art6_3_exception_claimed", "profiling_or_scoring")),
        (
            {"project_phase": "pilot", "is_ai_system": False, "develops_or_trains_model": True},
            "in-use-not-ai",
            ("project_phase", "is_ai_system", "develops_or_trains_model"),
        ),
    ],
)
def test_statements_that_cannot_both_be_right_are_found_with_both_passages(
    library: Library, facts: dict[str, Any], rule: str, rests_on: tuple[str, ...]
) -> None:
    world = World(library, facts)
    assert world.contradictions() == {rule: rests_on}
    (found,) = assess.contradictions(world.catalogue, world.sheet, (), {})
    assert {q.text for q in found.quotes} == set(rests_on)
    for left_out in facts:
        assert World(library, {f: v for f, v in facts.items() if f != left_out}).contradictions() == {}


def test_every_rule_has_been_tried_above(library: Library) -> None:
    assert len(library.catalogue.contradictions) == 6


DENIAL = Quote(text="Der behandles ikke personoplysninger.", start=5, end=42)


def test_an_outright_denial_contradicts_a_use_that_overruled_it(library: Library) -> None:
    denied = answering(statements=(Statement(fact="processes_personal_data", value="false", quote=DENIAL),))
    world = World(library, {"processes_personal_data": True, "monitoring_of_persons": True}, denied)
    (found,) = assess.contradictions(world.catalogue, world.sheet, denied.statements, world.findings())
    assert found.rule == "no-personal-data-but-persons"
    assert DENIAL in found.quotes
    assert World(library, {"processes_personal_data": True}, denied).contradictions() == {}


def test_a_denial_that_is_not_in_the_text_contradicts_nothing(library: Library) -> None:
    invented = DENIAL.model_copy(update={"orphaned": True})
    denied = answering(statements=(Statement(fact="processes_personal_data", value="false", quote=invented),))
    assert World(library, {"processes_personal_data": True, "monitoring_of_persons": True}, denied).contradictions() == {}


def test_a_denial_and_its_opposite_in_the_same_text_contradict_each_other_whatever_the_use(library: Library) -> None:
    key = Quote(text="Nøglen ligger hos lederen.", start=80, end=106)
    denied = answering(statements=(Statement(fact="processes_personal_data", value="false", quote=DENIAL, against=key),))
    world = World(library, {"processes_personal_data": True}, denied)
    (found,) = assess.contradictions(world.catalogue, world.sheet, denied.statements, world.findings())
    assert (found.rule, found.quotes) == ("no-personal-data-but-persons", (DENIAL, key))
    lost = answering(statements=(denied.statements[0].model_copy(update={"against": key.model_copy(update={"orphaned": True})}),))
    assert World(library, {"processes_personal_data": True}, lost).contradictions() == {}


def test_what_is_only_read_from_the_use_claims_nothing(library: Library) -> None:
    world = World(library, {"automation_level": "drafts_or_informs", "annex_iii_use": True, "profiling_or_scoring": True})
    assert set(world.contradictions()) == {"support-but-ranks"}
    world.sheet["automation_level"] = world.sheet["automation_level"].model_copy(update={"origin": "use"})
    assert world.contradictions() == {}


def test_consent_that_meets_the_duty_of_a_basis_is_no_contradiction(library: Library) -> None:
    facts = {"legal_basis_is_consent": True, "affects_children": True, "processes_personal_data": True}
    assert set(World(library, facts).contradictions()) == {"consent-in-unequal-relation"}
    free = answering(EvidenceStatus.DONE, Quote(text="Et nej er uden følger.", start=9, end=31), requirement="gdpr-lawful-basis")
    assert World(library, facts, free).contradictions() == {}


# --- risk class and role

ANY_USE = {"is_ai_system": True, "annex_iii_use": False, "safety_component_or_medical_device": False}


@pytest.mark.parametrize(
    ("facts", "risk"),
    [
        (ANY_USE | {"prohibited_practice_hint": True}, "prohibited"),
        (ANY_USE | {"emotion_recognition": True, "data_subjects_employees": True}, "prohibited"),
        (ANY_USE | {"emotion_recognition": True, "affects_children": True}, "prohibited"),
        (HIGH_RISK | {"prohibited_practice_hint": True}, "prohibited"),
        (HIGH_RISK, "high"),
        (HIGH_RISK | {"profiling_or_scoring": False}, "high"),
        (HIGH_RISK | {"profiling_or_scoring": False, "art6_3_exception_claimed": True, "safety_component_or_medical_device": False}, "minimal"),
        (HIGH_RISK | {"art6_3_exception_claimed": True}, "high"),
        (ANY_USE | {"safety_component_or_medical_device": True}, "high"),
        (HIGH_RISK | {"citizen_facing": True}, "high"),
        (ANY_USE | {"affects_children": True}, "minimal"),  # a school alone is no high risk: the purpose decides
        (ANY_USE | {"citizen_facing": True}, "transparency"),
        (ANY_USE | {"uses_generative_ai": True, "generates_public_content": True}, "transparency"),
        (ANY_USE | {"citizen_facing": False, "uses_generative_ai": False}, "minimal"),
        ({"is_ai_system": False}, "not_ai"),
        ({"is_ai_system": False, "annex_iii_use": True, "citizen_facing": True}, "not_ai"),
        ({"is_ai_system": False, "prohibited_practice_hint": True}, "not_ai"),
        ({}, "unclear"),
        ({"annex_iii_use": True, "citizen_facing": True}, "unclear"),
        ({"is_ai_system": True, "citizen_facing": True, "vulnerable_persons": True}, "unclear"),
    ],
)
def test_risk_class_follows_purpose(library: Library, facts: dict[str, Any], risk: str) -> None:
    world = World(library, facts)
    result, trace = assess.risk_class(world.scope, world.findings())
    assert result == risk
    assert trace.value == risk
    assert (trace.truth is Truth.UNKNOWN) == (risk == "unclear")


def test_a_hint_of_a_forbidden_practice_that_a_lawyer_has_looked_into_is_not_prohibited(library: Library) -> None:
    facts = ANY_USE | {"prohibited_practice_hint": True, "citizen_facing": False, "uses_generative_ai": False}
    looked_into = World(library, facts, answering(EvidenceStatus.DONE, SAID, requirement="ai-act-prohibited-practices"))
    assert assess.risk_class(looked_into.scope, looked_into.findings())[0] == "minimal"


@pytest.mark.parametrize(
    ("facts", "role"),
    [
        ({"is_ai_system": False}, ("authority",)),
        ({"is_ai_system": True, "develops_or_trains_model": True}, ("deployer", "provider?")),
        ({"is_ai_system": True, "own_name_or_substantial_change": True}, ("deployer", "provider?")),
        ({"is_ai_system": True, "develops_or_trains_model": False, "own_name_or_substantial_change": False}, ("deployer",)),
        ({"is_ai_system": True}, ("deployer", "provider_unclear")),
    ],
)
def test_the_municipality_is_deployer_and_perhaps_provider(library: Library, facts: dict[str, Any], role: tuple[str, ...]) -> None:
    assert assess.roles(World(library, facts).scope) == role


# --- questions


def questions(world: World) -> list[str]:
    return [q.fact for q in assess.questions(world.catalogue, world.findings(), world.scope)]


def test_the_first_question_is_the_one_that_settles_most(library: Library) -> None:
    world = World(library, {})
    asked = assess.questions(world.catalogue, world.findings(), world.scope)
    findings = world.findings()
    assert asked[0].settles == max(q.settles for q in asked)
    for question in asked:
        assert question.requirements == tuple(r for r, f in findings.items() if question.fact in f.depends_on)
        assert question.settles == len(question.requirements)
        assert question.text == world.catalogue.facts[question.fact].question


def test_a_question_that_alone_holds_a_serious_duty_comes_before_one_that_shares_it(library: Library) -> None:
    template = World(library, {"is_ai_system": True}).finding("ai-act-transparency-chatbot")
    alone = template.model_copy(update={"requirement": "a", "depends_on": ("citizen_facing",)})
    shared = template.model_copy(update={"requirement": "b", "depends_on": ("affects_children", "large_scale")})
    advice = template.model_copy(update={"requirement": "c", "depends_on": ("cpr_numbers",), "severity": Severity.ADVICE})
    world = World(library, {})
    asked = assess.questions(world.catalogue, {f.requirement: f for f in (advice, shared, alone)}, world.scope)
    assert [q.fact for q in asked] == ["citizen_facing", "cpr_numbers", "affects_children", "large_scale"]


@settings(deadline=None)
@given(st.data())
def test_no_question_is_asked_that_is_answered_or_that_nobody_has_to_ask(library: Library, data: st.DataObject) -> None:
    catalogue = library.catalogue
    facts = data.draw(st.dictionaries(st.sampled_from([f.id for f in catalogue.facts.values() if f.type == "bool"]), FACT_VALUES, max_size=20))
    world = World(library, facts)
    for fact in questions(world):
        spec = catalogue.facts[fact]
        assert fact not in facts
        assert not spec.claim
        assert spec.ask_when is None or world.scope.truth(spec.ask_when) is not Truth.NO


def test_when_everything_is_answered_there_is_nothing_to_ask(library: Library) -> None:
    facts = library.catalogue.facts.values()
    assert questions(World(library, {f.id: False if f.type == "bool" else f.values[0] for f in facts})) == []
