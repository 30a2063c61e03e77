"""The exam: its key fits the catalogue, marks are given as reckoned by hand, and a real small model fails it."""

import math
import re
from pathlib import Path

import pytest

from checker.adapters.chat import chat_model
from checker.errors import CheckerError, CorpusError
from checker.model.reading import EvidenceStatus
from checker.prompts import load_prompts
from checker.reader.llm.exam import QUESTIONS, RIGHT, Exam, ExamResult, Outcome, exam_key, failures, load_exam, sit
from checker.reader.llm.exam_paper import Question
from checker.reader.llm.rendering import question_of, words_of
from tests.unit.reader.llm.scripted_models import Put, Scripted, said

EXAM = load_exam()
PROMPTS = load_prompts()


def keyed(catalogue):
    """(end of the prompt, text, key, option → word) of every question."""
    for text in EXAM.texts:
        for key in text.asked:
            closed = key.closed(catalogue)
            yield question_of(closed, catalogue, "da", PROMPTS), text, key, words_of(closed, catalogue, "da", PROMPTS)


def answering(catalogue, choose):
    """A model that answers as `choose(key, words)` says: (code, passages)."""
    keys = list(keyed(catalogue))

    def say(put: Put):
        found = next(k for k in keys if put.user.endswith(k[0]) and k[1].passages[0] in put.user)
        code, passages = choose(found[2])
        return said(found[3][code], *passages, tokens_in=1000, tokens_cached=900, seconds_reading=0.5, seconds_writing=0.25)

    return Scripted(say)


def by_key(key: Question):
    return key.answer[0], key.passages


def outcome(n: int, *, right: bool = True, dangerous: bool = False, unread: str = "") -> Outcome:
    return Outcome(text="t", item=f"i{n}", kind="fact", trap="", answer_right=right, passage_right=right, dangerous=dangerous, unread=unread)


def result(right: int, dangerous: int = 0, unread: int = 0, samples: bool = False) -> ExamResult:
    wrong = QUESTIONS - right
    outcomes = [outcome(i) for i in range(right)]
    outcomes += [outcome(100 + i, right=False, dangerous=i < dangerous, unread="empty" if i >= wrong - unread else "") for i in range(wrong)]
    return ExamResult(exam="e", model="m", identity="m#1", prompts={}, samples=samples, outcomes=tuple(outcomes))


def test_the_key_names_items_and_answers_of_the_catalogue_half_facts_half_duties(library):
    kinds = [key.closed(library.catalogue).kind for key in EXAM.questions]
    assert kinds.count("fact") == kinds.count("evidence") == 10


def test_fourteen_questions_can_be_answered_dangerously(library):
    def worst(key):
        return [code for code in key.closed(library.catalogue).options if key.hides(code)]

    assert sum(bool(worst(key)) for key in EXAM.questions) == 14


def test_no_requirement_of_the_exam_is_met_by_itself_and_no_fact_is_derived(library):
    asked = {key.item for key in EXAM.questions}
    assert not [r for r in asked & set(library.catalogue.requirements) if library.catalogue.requirements[r].always]
    assert not asked & set(library.catalogue.derived)


def test_the_texts_stand_in_no_labelled_set_and_in_no_example_of_the_prompts():
    ours = {run for text in EXAM.texts for p in text.passages for run in _runs(p)}
    shown = [p.da for e in PROMPTS.read.examples for p in e.passages]
    sets = [f.read_text("utf-8") for f in Path("eval/sets").rglob("*") if f.suffix in (".txt", ".md")]
    assert len(sets) > 100
    assert not [words for words in (*shown, *sets) for run in _runs(words) if run in ours]


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[i : i + 8]) for i in range(len(words) - 7)}


def test_who_answers_by_the_key_passes_with_every_question_right(library):
    found = sit(answering(library.catalogue, by_key), EXAM, PROMPTS, library.catalogue)
    assert (found.right, found.dangerous, found.unread, found.passed) == (20, 0, 0, True)
    assert (found.exam, found.identity, found.prompts) == (exam_key(EXAM, PROMPTS, library.catalogue), "sha256:1", PROMPTS.hashes)


def test_speed_is_by_the_servers_clock_and_counts_only_what_was_read_anew(library):
    """20 answers, each with 100 of 1000 tokens read anew in half a second, 12 written in a quarter."""
    speed = sit(answering(library.catalogue, by_key), EXAM, PROMPTS, library.catalogue).speed
    assert (speed.reading, speed.writing) == (200.0, 48.0)


def test_who_always_says_that_nothing_is_said_fails_but_is_not_dangerous(library):
    found = sit(answering(library.catalogue, lambda key: ("unknown" if key.kind == "fact" else "silent", ())), EXAM, PROMPTS, library.catalogue)
    assert (found.right, found.dangerous) == (2, 0)
    assert found.lacks == ("right",)


def test_who_always_says_done_and_no_is_dangerous(library):
    """Seven duties that are not met are called done; five facts that are true and one that is open are denied; a ranking tool does nothing."""

    def choose(key):
        options = key.closed(library.catalogue).options
        return ("done" if key.kind == "evidence" else "false" if "false" in options else options[0]), (1,)

    found = sit(answering(library.catalogue, choose), EXAM, PROMPTS, library.catalogue)
    assert found.dangerous == 7 + 5 + 1 + 1
    assert "dangerous" in found.lacks


def test_the_right_word_for_another_passage_is_not_right(library):
    wrong = sit(answering(library.catalogue, lambda key: (key.answer[0], (1,) if key.passages else ())), EXAM, PROMPTS, library.catalogue)
    assert all(o.answer_right for o in wrong.outcomes)
    # Two are silent; in one text the first passage carries the answer too.
    assert wrong.right == 3


@pytest.mark.parametrize(
    ("named", "carried"), [((2,), True), ((2, 1), True), ((2, 3), True), ((3, 2), True), ((1, 3), False), ((1, 2, 3), False), ((), False)]
)
def test_at_least_half_of_the_named_passages_carry_the_answer(named, carried):
    key = Question(item="special_categories", kind="fact", answer=("true",), passages=(2,), trap="")
    assert key.carried_by(named) is carried


@pytest.mark.parametrize("code", [s.value for s in EvidenceStatus])
def test_of_a_duty_every_closing_answer_that_is_not_the_key_is_dangerous(code):
    key = Question(item="gdpr-dpia", kind="evidence", answer=("planned_after_use",), passages=(1,), trap="")
    assert key.hides(code) is (code in ("done", "planned_before_use", "denied_with_reason"))


@pytest.mark.parametrize(
    ("made", "lacks"),
    [
        (result(17), ()),
        (result(17, dangerous=1, unread=2), ()),
        (result(16), ("right",)),
        (result(17, dangerous=2), ("dangerous",)),
        (result(17, unread=3), ("unread",)),
        (result(20, samples=True), ("samples",)),
        (result(16, dangerous=2, unread=3), ("right", "dangerous", "unread")),
    ],
)
def test_the_bar_is_seventeen_right_one_dangerous_two_unread_at_temperature_nought(made, lacks):
    assert made.lacks == lacks
    assert made.passed is (not lacks)


@pytest.mark.parametrize("code", [s.value for s in EvidenceStatus])
def test_where_a_duty_is_closed_no_answer_hides_it(code):
    assert not Question(item="gdpr-dpia", kind="evidence", answer=("planned_before_use",), passages=(1,), trap="").hides(code)


@pytest.mark.parametrize(("accuracy", "passes"), [(0.6, 0.016), (0.8, 0.411), (0.9, 0.867)])
def test_the_odds_that_the_bar_is_reasoned_with_are_reckoned_right(accuracy, passes):
    odds = sum(math.comb(QUESTIONS, k) * accuracy**k * (1 - accuracy) ** (QUESTIONS - k) for k in range(RIGHT, QUESTIONS + 1))
    assert odds == pytest.approx(passes, abs=0.0005)


def test_a_part_of_the_exam_never_passes():
    whole = result(20)
    assert whole.model_copy(update={"outcomes": whole.outcomes[:19]}).lacks == ("questions",)


def test_the_dangerous_failures_come_first():
    made = result(17, dangerous=1)
    turned = made.model_copy(update={"outcomes": tuple(reversed(made.outcomes))})
    assert [o.dangerous for o in failures(turned)] == [True, False, False]


def test_progress_counts_over_all_texts(library):
    told: list[tuple[int, int]] = []
    sit(answering(library.catalogue, by_key), EXAM, PROMPTS, library.catalogue, progress=lambda what, done, total: told.append((done, total)))
    assert told == [(n, 20) for n in range(1, 21)]


def test_a_server_that_dies_leaves_no_result(library):
    dying = answering(library.catalogue, by_key)
    dying.dies_at = 7
    with pytest.raises(CheckerError, match="not on record"):
        sit(dying, EXAM, PROMPTS, library.catalogue)


def test_ctrl_c_stops_the_exam(library):
    def stop(put):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sit(Scripted(stop), EXAM, PROMPTS, library.catalogue)


def test_a_model_without_room_for_a_short_text_is_told_so(library):
    with pytest.raises(CheckerError, match="CHECKER_LLM_CONTEXT"):
        sit(Scripted(tokens=512), EXAM, PROMPTS, library.catalogue)


def test_another_wording_is_another_exam():
    first = EXAM.texts[0]
    other = first.model_copy(update={"passages": (first.passages[0] + " Ja.", *first.passages[1:])})
    assert Exam.model_validate({**EXAM.model_dump(), "texts": [t.model_dump() for t in (other, *EXAM.texts[1:])]}).hash != EXAM.hash


def test_what_is_only_told_to_people_makes_no_other_exam():
    texts = [t.model_copy(update={"asked": tuple(q.model_copy(update={"trap": "x"}) for q in t.asked)}) for t in EXAM.texts]
    assert EXAM.model_copy(update={"about": "x", "texts": tuple(texts)}).hash == EXAM.hash


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("passages: [4, 3], trap", "passages: [5], trap"), "passage 5 of 4"),
        (("answer: [silent], trap", "answer: [generic], trap"), "expected passages"),
        (("item: digital_only_channel", "item: is_ai_system"), "asks twice"),
        (("      - {item: cr", "      - {item: cpr_numbers, kind: fact, answer: [unknown], trap: x}\n      - {item: cr"), "21 questions"),
        (('dangerous: ["false"], trap: "ikke kun', 'dangerous: ["true"], trap: "ikke kun'), "none that are right"),
    ],
)
def test_a_key_that_does_not_fit_is_refused_with_the_file(tmp_path, change, expected):
    text = Path("prompts/exam.yaml").read_text("utf-8")
    assert change[0] in text
    (tmp_path / "exam.yaml").write_text(text.replace(*change), "utf-8")
    with pytest.raises(CorpusError, match=expected):
        load_exam(tmp_path)


@pytest.mark.parametrize(("item", "answer", "expected"), [("no_such_fact", "true", "not in the catalogue"), ("is_ai_system", "maybe", "cannot be answered")])
def test_a_key_about_something_unknown_is_refused(library, item, answer, expected):
    with pytest.raises(CorpusError, match=expected):
        Question(item=item, kind="fact", answer=(answer,), passages=(1,), trap="").closed(library.catalogue)


def test_a_real_small_model_fails_within_five_questions(library, llama_server):
    """More wrong answers in five questions than the whole exam allows: nothing that follows can save it.

    Without the worked examples, so that the prompts fit the server that all tests share; eval/llm/README.md has the whole exam.
    """
    short = PROMPTS.model_copy(update={"read": PROMPTS.read.model_copy(update={"examples": ()})})
    last = EXAM.model_copy(update={"texts": EXAM.texts[-3:]})
    found = sit(chat_model(llama_server.setting, timeout=600, parallel=1), last, short, library.catalogue, parallel=1)
    assert len(found.outcomes) == 5
    assert 5 - found.right > QUESTIONS - RIGHT
    assert not found.passed
    assert found.speed.reading and found.speed.writing


@pytest.mark.parametrize(("item", "kind"), [(key.item, key.kind) for key in EXAM.questions[:1] + EXAM.questions[-1:]])
def test_other_words_of_the_catalogue_for_an_examined_question_make_another_exam(library, item, kind):
    held = library.catalogue
    if kind == "fact":
        other = held.model_copy(update={"facts": held.facts | {item: held.facts[item].model_copy(update={"traps": ("Svar altid ja.",)})}})
    else:
        other = held.model_copy(
            update={"requirements": held.requirements | {item: held.requirements[item].model_copy(update={"fulfilled_when": "Altid. Svar gjort."})}}
        )
    assert exam_key(EXAM, PROMPTS, other) != exam_key(EXAM, PROMPTS, held) == exam_key(load_exam(), load_prompts(), held)
