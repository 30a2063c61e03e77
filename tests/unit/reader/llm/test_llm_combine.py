"""Two readers, one judgement: the table of docs/decisions/0011 as data, and what may never happen, as properties."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.adapters.documents import Documents
from checker.facts import fact_sheet
from checker.library import Library
from checker.model.reading import Answers, EvidenceAnswer, EvidenceStatus, FactAnswer, Standing, Unjudged
from checker.read import read_project
from checker.reader.llm.combine import combined
from checker.reader.llm.questions import Pick, Unread

CATALOGUE = Library().catalogue
DONE, CONSIDERED, HEADLESS, DENIAL, CARE = range(5)
TEXT = """Konsekvensanalysen blev godkendt af DPO'en den 3. marts 2026.

Vi overvejer en konsekvensanalyse.

Systemet læser mails fra borgere og foreslår et svar.

Der behandles ingen personoplysninger i systemet.

Systemet behandler navne og adresser på borgere.
"""
PROJECT = read_project(Documents().read_bytes(TEXT.encode(), "projekt.txt"))
DPIA, PERSONAL = "gdpr-dpia", "processes_personal_data"
TOPICS = {DPIA: frozenset((DONE, CONSIDERED)), PERSONAL: frozenset((DENIAL, CARE))}


def rules(status: str | None, margin: float = 0.1, probability: float = 0.5) -> Answers:
    if status is None:
        return Answers(reader="rules:1", facts={}, evidence={}, unjudged=(Unjudged(item=DPIA, reason="untrained"),))
    found = EvidenceStatus(status)
    quotes = () if found is EvidenceStatus.SILENT else (PROJECT.passages[DONE if found.closes else CONSIDERED].quote,)
    answer = EvidenceAnswer(requirement=DPIA, status=found, probability_met=probability, margin=margin, quotes=quotes)
    return Answers(reader="rules:1", facts={}, evidence={DPIA: answer})


def pick(value: str, *passages: int, confidence: float | None = 0.9) -> Pick:
    return Pick(item=DPIA, kind="evidence", value=value, passages=passages, confidence=confidence)


def together(first: Answers, *picks: Pick, unread: tuple[Unread, ...] = (), trusted: bool = True) -> Answers:
    return combined(first, {p.item: p for p in picks}, {u.item: u for u in unread}, PROJECT, CATALOGUE, trusted, "model:x", TOPICS)


@pytest.mark.parametrize(
    ("status", "margin", "answer", "counts", "standing"),
    [
        ("done", 0.4, pick("done", DONE), "done", Standing.AGREED),
        ("done", 0.4, pick("silent"), "done", Standing.DISPUTED),
        ("done", 0.1, pick("silent"), "partial", Standing.OPENED),
        ("done", 0.1, pick("considered", CONSIDERED), "considered", Standing.OPENED),
        ("done", 0.1, pick("considered", CONSIDERED, confidence=0.3), "done", Standing.DISPUTED),
        ("done", 0.1, pick("denied_without_reason", HEADLESS), "partial", Standing.OPENED),
        ("silent", 0.1, pick("considered", CONSIDERED, confidence=0.01), "silent", Standing.AGREED),
        ("silent", 0.4, pick("done", DONE), "done", Standing.FOUND),
        ("silent", 0.1, pick("done", DONE, confidence=0.3), "silent", Standing.REFUSED),
        ("silent", 0.1, pick("done"), "silent", Standing.REFUSED),
        ("silent", 0.1, pick("done", CONSIDERED), "silent", Standing.REFUSED),
        ("silent", 0.1, pick("done", DONE, CONSIDERED), "silent", Standing.REFUSED),
        ("silent", 0.1, pick("considered", CONSIDERED), "considered", Standing.FOUND),
        ("silent", 0.1, pick("done", HEADLESS), "silent", Standing.REFUSED),
        ("silent", 0.1, pick("silent"), "silent", Standing.AGREED),
        ("considered", 0.4, pick("done", DONE), "considered", Standing.DISPUTED),
        ("considered", 0.1, pick("done", DONE), "done", Standing.FOUND),
        ("considered", 0.1, pick("generic", HEADLESS), "considered", Standing.AGREED),
        (None, 0.0, pick("done", DONE), "done", Standing.FOUND),
        (None, 0.0, pick("silent"), "silent", Standing.FOUND),
    ],
)
def test_evidence_goes_by_the_table(status: str | None, margin: float, answer: Pick, counts: str, standing: Standing) -> None:
    found = together(rules(status, margin), answer).evidence[DPIA]
    assert found.second is not None
    assert (found.status.value, found.second.standing) == (counts, standing)


def test_a_refusal_names_the_check() -> None:
    second = together(rules("silent"), pick("done", CONSIDERED)).evidence[DPIA].second
    assert second is not None
    assert second.why == "considered"


def test_a_reopened_duty_shows_both_passages() -> None:
    found = together(rules("done", 0.1), pick("considered", CONSIDERED)).evidence[DPIA]
    assert [q.text.strip() for q in found.quotes] == [PROJECT.passages[CONSIDERED].text, PROJECT.passages[DONE].text]
    assert found.reader == "model:x"


def test_two_readers_of_one_mind_are_surer_and_never_less_sure() -> None:
    assert together(rules("done", 0.4, 0.8), pick("done", DONE)).evidence[DPIA].probability_met > 0.8
    assert together(rules("silent", 0.4, 0.2), pick("silent")).evidence[DPIA].probability_met < 0.2


def test_what_no_head_was_trained_for_is_judged_where_the_model_read_it() -> None:
    assert together(rules(None), pick("done", DONE)).unjudged == ()
    assert [u.item for u in together(rules(None), pick("done", CONSIDERED)).unjudged] == [DPIA]


@pytest.mark.parametrize("status", ["done", "silent", "considered", None])
def test_a_model_that_is_not_trusted_moves_nothing(status: str | None) -> None:
    first = rules(status)
    found = together(first, pick("done", DONE), trusted=False)
    assert found.reader == first.reader
    assert found.unjudged == first.unjudged
    assert {k: a.model_copy(update={"second": None}) for k, a in found.evidence.items()} == first.evidence
    if status is not None:
        second = found.evidence[DPIA].second
        assert second is not None
        assert second.standing is Standing.SUGGESTION


def test_an_answer_that_could_not_be_read_leaves_the_rules_word() -> None:
    found = together(rules("done"), unread=(Unread(item=DPIA, kind="evidence", reason="invalid_json"),)).evidence[DPIA]
    assert found.status is EvidenceStatus.DONE
    assert found.second is not None
    assert (found.second.standing, found.second.why) == (Standing.UNREAD, "invalid_json")


def fact(value: str, probability: float = 0.6, *, from_use: bool = False) -> Answers:
    quotes = () if value == "unknown" else (PROJECT.passages[CARE].quote,)
    answer = FactAnswer(fact=PERSONAL, value=value, probability=probability, quotes=quotes, from_use=from_use)
    return Answers(reader="rules:1", facts={PERSONAL: answer}, evidence={})


@pytest.mark.parametrize(
    ("value", "probability", "said", "passages", "counts", "standing"),
    [
        ("true", 0.6, "true", (CARE,), "true", Standing.AGREED),
        ("unknown", 0.6, "true", (CARE,), "true", Standing.FOUND),
        ("unknown", 0.6, "false", (DENIAL,), "false", Standing.FOUND),
        ("unknown", 0.6, "false", (CARE,), "unknown", Standing.REFUSED),
        ("unknown", 0.6, "false", (), "unknown", Standing.REFUSED),
        ("true", 0.6, "false", (DENIAL,), "unknown", Standing.OPENED),
        ("true", 0.95, "false", (DENIAL,), "true", Standing.DISPUTED),
        ("true", 0.6, "unknown", (), "true", Standing.DISPUTED),
        ("unknown", 0.6, "unknown", (), "unknown", Standing.AGREED),
    ],
)
def test_facts_go_by_the_table(value: str, probability: float, said: str, passages: tuple[int, ...], counts: str, standing: Standing) -> None:
    answer = Pick(item=PERSONAL, kind="fact", value=said, passages=passages, confidence=0.9)
    found = together(fact(value, probability), answer).facts[PERSONAL]
    assert found.second is not None
    assert (found.value, found.second.standing) == (counts, standing)


statuses = st.sampled_from(list(EvidenceStatus))
picks = st.builds(
    Pick,
    item=st.just(DPIA),
    kind=st.just("evidence"),
    value=statuses.map(str),
    passages=st.lists(st.integers(0, len(PROJECT.passages) - 1), max_size=3, unique=True).map(tuple),
    confidence=st.none() | st.floats(0, 1),
)


@given(status=st.none() | statuses.map(str), margin=st.floats(0, 1), answer=picks, trusted=st.booleans())
def test_silence_never_becomes_met_without_a_passage_that_passed(status: str | None, margin: float, answer: Pick, trusted: bool) -> None:
    """Whatever the model says, a closing answer that the rules did not give rests on the one passage here that settles something."""
    first = rules(status, margin)
    found = together(first, answer, trusted=trusted).evidence.get(DPIA)
    before = first.evidence.get(DPIA)
    if found is not None and found.status.closes and not (before is not None and before.status.closes):
        assert trusted
        assert {(q.start, q.end) for q in found.quotes} == {(PROJECT.passages[DONE].start, PROJECT.passages[DONE].end)}


@given(status=st.none() | statuses.map(str), margin=st.floats(0, 1), answer=picks)
def test_every_quote_is_the_projects_own_words(status: str | None, margin: float, answer: Pick) -> None:
    found = together(rules(status, margin), answer).evidence.get(DPIA)
    quotes = (*found.quotes, *(found.second.quotes if found.second else ())) if found is not None else ()
    assert all(PROJECT.text[q.start : q.end] == q.text for q in quotes)


def test_what_the_rules_said_alone_stays_beside_it() -> None:
    first = rules("done", 0.1)
    assert together(first, pick("silent")).first == first


def test_where_readers_differ_each_has_a_place_among_the_three() -> None:
    picks = pick("considered", CONSIDERED, HEADLESS, CARE)
    free = combined(rules("done", 0.1), {DPIA: picks}, {}, PROJECT, CATALOGUE, True, "model:x").evidence[DPIA]
    assert [PROJECT.passages[i].quote for i in (CONSIDERED, HEADLESS, DONE)] == list(free.quotes)


def test_a_passage_that_failed_a_check_is_never_quoted_as_the_gap() -> None:
    found = together(rules("done", 0.1), pick("denied_without_reason", HEADLESS)).evidence[DPIA]
    assert found.quotes == (PROJECT.passages[DONE].quote,)
    assert found.second is not None
    assert found.second.why == "another_subject"


def test_agreeing_on_a_passage_that_failed_a_check_makes_nothing_surer() -> None:
    assert together(rules("done", 0.4, 0.8), pick("done", HEADLESS)).evidence[DPIA].probability_met == 0.8


def test_a_model_that_is_not_sure_judges_nothing_that_the_rules_could_not_read() -> None:
    found = together(rules(None), pick("silent", confidence=0.02))
    assert (found.evidence, [u.item for u in found.unjudged]) == ({}, [DPIA])


def test_what_a_model_adds_to_the_facts_gives_way_to_a_firm_reading_that_implies_the_opposite() -> None:
    """influences_decision follows from a discretionary decision: the model's "no" to it must not turn that reading round."""
    firm = FactAnswer(fact="discretionary_decision", value="true", probability=0.95, quotes=(PROJECT.passages[HEADLESS].quote,))
    first = Answers(reader="rules:1", facts={"discretionary_decision": firm}, evidence={})
    answer = Pick(item="influences_decision", kind="fact", value="false", passages=(DENIAL,), confidence=0.99)
    found = combined(first, {"influences_decision": answer}, {}, PROJECT, CATALOGUE, True, "model:x")
    sheet = fact_sheet(found, CATALOGUE)
    assert sheet["discretionary_decision"].value is True
