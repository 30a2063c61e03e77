"""A project's questions put to models that obey, lie, die, hang and talk nonsense: what was answered is kept, what was not is said."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence

import pytest
from scripted_models import TEXT, Kept, NoEmbedder, Put, Scripted, Words, first_option, project_of, said, silent, spoken

from checker.library import Library
from checker.ports import Reply
from checker.prompts import Prompts, load_prompts
from checker.reader.llm import parsing
from checker.reader.llm.asking import STOPPED, Asked, Asker
from checker.reader.llm.calibrate import Calibration
from checker.reader.llm.pages import Pages
from checker.reader.llm.questions import Closed, of_evidence, of_fact
from checker.reader.llm.rendering import readable

LONG = TEXT + "\n" + "\n\n".join(f"På møde nummer {n} talte vi om lokaler, kaffe og parkering ved rådhuset, og alle var glade for det." for n in range(150))


@pytest.fixture(scope="module")
def prompts() -> Prompts:
    return load_prompts()


@pytest.fixture(scope="module")
def questions(library: Library) -> list[Closed]:
    """Five about facts, then five about duties."""
    catalogue = library.catalogue
    duties = [r for r in catalogue.requirements.values() if not r.always]
    return [*map(of_fact, list(catalogue.facts.values())[:5]), *map(of_evidence, duties[:5])]


class Desk:
    """One project and its questions, put to a model."""

    def __init__(self, library: Library, prompts: Prompts, questions: Sequence[Closed]) -> None:
        self.library, self.prompts, self.questions = library, prompts, questions
        self.told: list[tuple[str, int, int]] = []

    def pages(self, text: str = TEXT, quoted: dict[str, tuple[int, ...]] | None = None, mask: bool = True) -> Pages:
        return Pages(project_of(text), self.library.catalogue, NoEmbedder() if text == TEXT else Words(), quoted or {}, mask)

    def asker(self, model: Scripted, cache: Kept | None = None, **more: object) -> Asker:
        return Asker(model, self.prompts, self.library.catalogue, cache, progress=more.pop("progress", self._progress), **more)  # type: ignore[arg-type]

    def ask(self, model: Scripted, cache: Kept | None = None, **more: object) -> Asked:
        return self.asker(model, cache, **more).ask(self.questions, self.pages())

    def _progress(self, what: str, done: int, total: int) -> None:
        self.told.append((what, done, total))


@pytest.fixture
def desk(library: Library, prompts: Prompts, questions: list[Closed]) -> Desk:
    return Desk(library, prompts, questions)


def test_an_obedient_model_answers_everything_in_the_order_of_the_questions(desk: Desk, questions: list[Closed]) -> None:
    model = Scripted(first_option)
    asked = desk.ask(model)
    assert list(asked.picks) == [q.item for q in questions]
    assert {p.value for p in asked.picks.values()} == {questions[0].options[0], questions[-1].options[0]}
    assert {p.passages for p in asked.picks.values()} == {(1,)}
    assert (asked.asked, asked.left, asked.from_cache, asked.broken_off, asked.unread) == (10, 0, 0, "", {})
    assert asked.whole
    assert [TEXT[s.start : s.end] for s in asked.read] == [TEXT.strip()]


def test_progress_is_told_once_per_answer_with_the_name_of_the_question(desk: Desk, library: Library, questions: list[Closed]) -> None:
    desk.ask(Scripted())
    assert [(done, total) for _, done, total in desk.told] == [(n, 10) for n in range(1, 11)]
    names = {library.catalogue.facts[q.item].label.da if q.kind == "fact" else library.catalogue.requirements[q.item].title.da for q in questions}
    assert {what for what, _, _ in desk.told} == names


def test_all_questions_share_everything_but_their_end(desk: Desk) -> None:
    model = Scripted()
    desk.ask(model)
    beginnings = {(p.system, p.user[: p.user.rindex("<<<")]) for p in model.asked}
    assert len(beginnings) == 1
    assert len({p.user for p in model.asked}) == 10


def test_the_first_question_is_alone_and_the_others_come_together_up_to_the_slots(desk: Desk) -> None:
    together, running, most, events = threading.Barrier(3), 0, 0, []
    lock = threading.Lock()

    def say(put: Put) -> Reply:
        nonlocal running, most
        with lock:
            running, most = running + 1, max(most, running + 1)
            events.append(("begin", put.number))
        if 1 <= put.number <= 9:
            together.wait(timeout=20)  # nine others in threes: whoever asks one by one waits here in vain
        with lock:
            running -= 1
            events.append(("end", put.number))
        return silent(put)

    asked = desk.ask(Scripted(say, at_once=3))
    assert asked.asked == 10
    assert events[:2] == [("begin", 0), ("end", 0)]
    assert most == 3


def test_the_number_at_once_can_be_set_lower_than_the_servers(desk: Desk) -> None:
    running, most = 0, 0
    lock = threading.Lock()

    def say(put: Put) -> Reply:
        nonlocal running, most
        with lock:
            running, most = running + 1, max(most, running + 1)
        with lock:
            running -= 1
        return silent(put)

    desk.ask(Scripted(say, at_once=8), parallel=1)
    assert most == 1


@pytest.mark.parametrize("dies_at", [0, 1, 4, 9])
def test_a_server_that_dies_leaves_what_was_answered_and_the_next_run_asks_only_the_rest(dies_at: int, desk: Desk) -> None:
    cache = Kept()
    asked = desk.ask(Scripted(first_option, dies_at=dies_at, at_once=1), cache)
    assert (asked.asked, asked.left) == (dies_at, 10 - dies_at)
    assert "Sprogmodellens server kan ikke nås" in asked.broken_off
    again = Scripted(first_option)
    second = desk.ask(again, cache)
    assert len(again.asked) == 10 - dies_at
    assert (second.asked, second.from_cache, second.broken_off) == (10, dies_at, "")
    assert {i for i, p in second.picks.items() if p.from_cache} == set(asked.picks)


def test_answers_that_arrive_after_another_thread_met_the_dead_server_still_count(desk: Desk) -> None:
    broken, cache = threading.Event(), Kept()

    def say(put: Put) -> Reply:
        if put.number == 1:
            broken.wait(timeout=20)
        return first_option(put)

    class DiesAtTwo(Scripted):
        def ask(self, *args: object, **more: object) -> Reply:
            try:
                return super().ask(*args, **more)  # type: ignore[arg-type]
            except Exception:
                broken.set()
                raise

    asked = desk.ask(DiesAtTwo(say, dies_at=2, at_once=2), cache)
    assert asked.asked == 2
    assert len(cache.held) == 2
    assert asked.broken_off


def test_a_server_that_does_not_even_tell_its_name_is_a_broken_off_reading(desk: Desk) -> None:
    class Nameless(Scripted):
        def identity(self) -> str:
            return self.ask("", "", {"properties": {"answer": {"enum": []}}}).text

    asked = desk.ask(Nameless(dies_at=0))
    assert (asked.asked, asked.left) == (0, 10)
    assert "kan ikke nås" in asked.broken_off


def test_a_mistake_of_our_own_is_no_fault_of_the_server(desk: Desk) -> None:
    def say(put: Put) -> Reply:
        raise TypeError("our own")

    with pytest.raises(TypeError, match="our own"):
        desk.ask(Scripted(say))


@pytest.mark.parametrize("stop_at", [1, 4])
def test_ctrl_c_keeps_what_is_answered_and_the_next_run_goes_on(stop_at: int, desk: Desk) -> None:
    cache = Kept()

    def stop(what: str, done: int, total: int) -> None:
        if done == stop_at:
            raise KeyboardInterrupt

    asked = desk.ask(Scripted(first_option, at_once=1), cache, progress=stop)
    assert asked.broken_off == STOPPED
    assert asked.asked >= stop_at
    assert asked.asked + asked.left == 10
    again = Scripted(first_option)
    second = desk.ask(again, cache)
    # The first answer may stand in the way of finding the right page, and is kept only once that is found.
    assert second.from_cache == len(cache.held) - len(again.asked) >= stop_at - 1
    assert second.asked == 10


def test_ctrl_c_does_not_wait_for_a_server_that_hangs(desk: Desk) -> None:
    never = threading.Event()

    def say(put: Put) -> Reply:
        if put.number == 2:
            never.wait()
        return silent(put)

    def stop(what: str, done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    asked = desk.ask(Scripted(say, at_once=2), Kept(), progress=stop)
    never.set()
    assert asked.broken_off == STOPPED


@pytest.mark.parametrize(
    ("say", "reason"),
    [
        (lambda put: Reply(text="Som sprogmodel kan jeg ikke svare på det."), parsing.INVALID_JSON),
        (lambda put: said(put.words[0], 99), parsing.OUT_OF_RANGE),
        (lambda put: said("sikkert", 1), parsing.UNKNOWN_OPTION),
        (lambda put: Reply(text="", broken="no answer within 1 seconds"), parsing.TIMEOUT),
    ],
    ids=["nonsense", "lies about numbers", "own words", "slow"],
)
def test_answers_that_cannot_be_used_are_counted_named_and_not_kept(say: Callable[[Put], Reply], reason: str, desk: Desk) -> None:
    cache = Kept()
    asked = desk.ask(Scripted(say), cache)
    assert {u.reason for u in asked.unread.values()} == {reason}
    assert (asked.asked, len(asked.unread), asked.picks, cache.held) == (10, 10, {}, {})


def test_what_is_kept_holds_no_text_of_the_description(desk: Desk) -> None:
    cache = Kept()
    desk.ask(Scripted(first_option), cache)
    assert len(cache.held) == 10
    for key, value in cache.held.items():
        assert set(json.loads(value)) == {"answer", "passages", "confidence"}
        assert all(word not in key + value for word in ("Chatbot", "Mette", "aftale"))


def test_other_weights_another_name_another_masking_and_another_text_are_asked_anew(desk: Desk) -> None:
    cache = Kept()
    desk.ask(Scripted(first_option), cache)
    for model, pages in (
        (Scripted(first_option, weights="sha256:2"), desk.pages()),
        (Scripted(first_option, name="scripted:model, temperature 1"), desk.pages()),
        (Scripted(first_option), desk.pages(mask=False)),
        (Scripted(first_option), desk.pages(TEXT + "\nDer er mere.\n")),
    ):
        assert desk.asker(model, cache).ask(desk.questions, pages).from_cache == 0
        assert len(model.asked) == 10
    same = Scripted(first_option)
    assert desk.ask(same, cache).from_cache == 10
    assert same.asked == []


def test_a_model_that_samples_is_always_asked(desk: Desk) -> None:
    cache = Kept()
    for _ in range(2):
        model = Scripted(first_option, samples=True)
        assert desk.ask(model, cache).from_cache == 0
        assert len(model.asked) == 10
    assert cache.held == {}


@pytest.mark.parametrize(
    "value", ["", "{}", "[]", '{"answer": "ja", "passages": [99], "confidence": null}', '{"answer": "ja", "passages": [1], "confidence": 7}']
)
def test_a_cache_that_holds_something_else_is_not_believed(value: str, desk: Desk) -> None:
    cache = Kept()
    desk.ask(Scripted(first_option), cache)
    spoilt, model = Kept(dict.fromkeys(cache.held, value)), Scripted(first_option)
    assert desk.ask(model, spoilt).from_cache == 0
    assert spoilt.held == cache.held


def test_the_numbers_of_people_are_masked_in_every_prompt_unless_asked_otherwise(desk: Desk) -> None:
    masked, plain = Scripted(), Scripted()
    desk.ask(masked)
    desk.asker(plain).ask(desk.questions, desk.pages(mask=False))
    assert not any("mette.lund@" in p.user for p in masked.asked)
    assert all("mette.lund@" in p.user for p in plain.asked)


def test_tokens_are_counted_as_read_and_as_found_read(desk: Desk) -> None:
    def say(put: Put) -> Reply:
        return said(put.words[-1], tokens_in=1500, tokens_cached=0 if put.number == 0 else 1400)

    asked = desk.ask(Scripted(say))
    assert (asked.tokens_read, asked.tokens_cached, asked.tokens_written) == (1500 + 9 * 100, 9 * 1400, 10 * 12)


def test_the_cache_keeps_the_models_own_probability_and_the_calibration_of_the_day_is_applied(desk: Desk) -> None:
    def say(put: Put) -> Reply:
        word = put.words[0]
        return spoken('{"passages": [1], "answer": "', (word, {word: 0.75, put.words[1]: 0.25}), '"}')

    cache = Kept()
    assert {p.confidence for p in desk.ask(Scripted(say), cache).picks.values()} == {0.75}
    flat = desk.ask(Scripted(say), cache, calibration=Calibration(slope=0.0, n=100))
    assert flat.from_cache == 10
    assert {p.confidence for p in flat.picks.values()} == {0.5}


# Long documents


def refusing(limit: int, tell: bool = False, characters_a_token: float = 2.0) -> Scripted:
    """A server with room for `limit` tokens, of a tokenizer that needs more of them than was guessed."""

    def say(put: Put) -> Reply:
        tokens = int(put.length / characters_a_token)
        if tokens > limit:
            return Reply(text="", broken=f"the server refused the question (400): request ({tokens} tokens) exceeds the available context size ({limit})")
        return said(put.words[-1], tokens_in=tokens)

    return Scripted(say, tokens=limit if tell else None)


@pytest.mark.parametrize("tell", [True, False], ids=["server tells its context", "server does not"])
def test_of_a_text_that_does_not_fit_nothing_is_cut_silently(tell: bool, desk: Desk) -> None:
    quoted: dict[str, tuple[int, ...]] = {q.item: (3,) for q in desk.questions}
    pages, model = desk.pages(LONG, quoted), refusing(5000, tell)
    asked = desk.asker(model).ask(desk.questions, pages)
    assert (asked.asked, asked.unread, asked.broken_off) == (10, {}, "")
    assert not asked.whole
    whole = [readable(p.clean) for p in pages.project.passages]
    answered = [put for put in model.asked if put.length / 2 <= 5000]
    assert len(answered) >= 10
    for put in answered:
        shown = [line.removeprefix("# ") for line in put.passages[-len(put.passages) :] if line.removeprefix("# ") in whole]
        assert whole[3] in shown  # what the rules rest on
        assert put.user.rstrip().endswith(".")  # the question stands whole at the end
    text = pages.project.text
    read = [text[s.start : s.end] for s in asked.read]
    assert any("frit felt" in part for part in read)
    assert sum(map(len, read)) < len(text)


def test_a_second_run_over_a_long_text_asks_the_same_and_finds_it_answered(desk: Desk) -> None:
    cache = Kept()
    first = desk.asker(refusing(5000, tell=True), cache).ask(desk.questions, desk.pages(LONG))
    model = refusing(5000, tell=True)
    second = desk.asker(model, cache).ask(desk.questions, desk.pages(LONG))
    assert second.from_cache == 10
    assert model.asked == []
    assert (second.read, second.whole) == (first.read, first.whole)


def test_a_server_that_cuts_the_prompt_without_a_word_is_found_out(desk: Desk) -> None:
    def say(put: Put) -> Reply:
        return said(put.words[-1], tokens_in=min(put.length // 3, 1100))

    model = Scripted(say)
    asked = desk.asker(model).ask(desk.questions, desk.pages(LONG))
    assert asked.unread == {}
    assert not asked.whole
    assert all(p.length < 1100 * 6 for p in model.asked[-10:])


def test_a_model_without_room_for_the_description_is_not_asked_and_that_is_said(desk: Desk) -> None:
    model = refusing(1000, tell=True)
    asked = desk.asker(model).ask(desk.questions, desk.pages())
    assert (asked.asked, asked.left, model.asked) == (0, 10, [])
    assert "1000 tokens" in asked.broken_off


def test_no_questions_need_no_model(desk: Desk) -> None:
    asked = desk.asker(Scripted(dies_at=0)).ask([], desk.pages())
    assert (asked.asked, asked.left, asked.broken_off, asked.whole, asked.read) == (0, 0, "", True, ())


def test_the_first_answer_is_kept_when_the_user_stops_right_after_it(desk: Desk) -> None:
    def stop(what: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    cache = Kept()
    asked = desk.ask(Scripted(first_option, at_once=1), cache, progress=stop)
    assert (asked.asked, asked.broken_off, len(cache.held)) == (1, STOPPED, 1)
    assert desk.ask(Scripted(first_option, at_once=1), cache).from_cache == 1


def test_an_answer_from_a_page_that_was_too_large_is_not_kept_when_the_user_stops(desk: Desk) -> None:
    """As many tokens as characters: by that measure the page had no room in the context, whatever the server made of it."""

    def stop(what: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    cache = Kept()
    model = Scripted(lambda put: said(put.words[0], 1, tokens_in=put.length), at_once=1, tokens=8_000)
    asked = desk.asker(model, cache, progress=stop).ask(desk.questions, desk.pages(LONG))
    assert (len(asked.picks), asked.broken_off, cache.held) == (1, STOPPED, {})


def test_a_question_that_no_page_has_room_for_is_told_as_unread_and_never_put(desk: Desk) -> None:
    quoted = "Databehandleraftalen er underskrevet og dækker også AI-delen" + ", punkt" * 1000 + "."
    text = f"{LONG}\n\n{quoted}\n"
    place = next(p.index for p in project_of(text).passages if "punkt, punkt" in p.clean)
    item = desk.questions[-1].item
    model = Scripted(tokens=8_000)
    asked = desk.asker(model).ask(desk.questions, desk.pages(text, {item: (place,)}))
    assert {i: u.reason for i, u in asked.unread.items()} == {item: parsing.TOO_LONG}
    assert (len(asked.picks), asked.left, len({put.user for put in model.asked})) == (9, 0, 9)
    assert desk.told[-1][1:] == (10, 10)


def test_what_was_kept_in_one_sitting_is_not_believed_in_another(desk: Desk) -> None:
    cache = Kept()
    assert desk.ask(Scripted(), cache).from_cache == 0
    assert desk.ask(Scripted(), cache, sitting="2026-11-22 a").from_cache == 0
    assert desk.ask(Scripted(), cache, sitting="2026-11-23 b").from_cache == 0
    assert desk.ask(Scripted(), cache, sitting="2026-11-22 a").from_cache == 10
