"""One reading by a real llama.cpp server with a small real model: what it says is worth nothing, how it is asked and read is."""

from __future__ import annotations

from collections.abc import Mapping

from scripted_models import Kept, NoEmbedder, Rules, project_of

from checker.adapters.chat import chat_model
from checker.library import Library
from checker.model.law import Bilingual
from checker.model.reading import Answers, EvidenceAnswer, EvidenceStatus, FactAnswer
from checker.ports import ChatModel, Reply
from checker.prompts import Prompts, load_prompts
from checker.reader.llm.asking import Progress
from checker.reader.llm.reader import TwoReaders
from tests.llm_server import RunningLlama

ENGLISH = """# Chatbot in citizen service

The municipality wants to put a chatbot with artificial intelligence on its website.
The citizens write their questions in a free text field.
The processor agreement with the vendor was signed on 2 February 2026 by the head of IT.
"""
FACT, DUTY = "citizen_facing", "gdpr-processor-agreement"


def rules(library: Library) -> Answers:
    """Sure of all but one fact and one duty."""
    catalogue, quote = library.catalogue, project_of(ENGLISH).passages[1].quote
    facts = {
        f.id: FactAnswer(fact=f.id, value="true" if f.type == "bool" else f.values[0], probability=0.5 if f.id == FACT else 0.99, quotes=(quote,))
        for f in catalogue.facts.values()
        if not f.multi
    } | {f.id: FactAnswer(fact=f.id, value=(f.values[0],), probability=0.99, quotes=(quote,)) for f in catalogue.facts.values() if f.multi}
    evidence = {
        r: EvidenceAnswer(requirement=r, status=EvidenceStatus.SILENT, probability_met=0.01, margin=0.1 if r == DUTY else 0.65) for r in catalogue.requirements
    }
    return Answers(reader="rules:test", facts=facts, evidence=evidence)


def short_prompts() -> Prompts:
    """The shipped questions after an instruction of one line: a processor reads the shipped one for many seconds."""
    prompts = load_prompts()
    line = "Read the passages and answer the question with JSON."
    return prompts.model_copy(update={"read": prompts.read.model_copy(update={"system": Bilingual(da=line, en=line), "examples": ()})})


def reader(library: Library, model: ChatModel, cache: Kept, progress: Progress | None = None) -> TwoReaders:
    return TwoReaders(Rules(rules(library)), model, short_prompts(), library.catalogue, NoEmbedder(), cache=cache, progress=progress)


class Watched:
    """A real model, with its replies kept."""

    def __init__(self, model: ChatModel) -> None:
        self._model, self.replies = model, list[Reply]()
        self.name, self.samples = model.name, model.samples
        self.identity, self.slots, self.context = model.identity, model.slots, model.context

    def ask(self, system: str, user: str, schema: Mapping[str, object], probabilities: bool = False) -> Reply:
        reply = self._model.ask(system, user, schema, probabilities)
        self.replies.append(reply)
        return reply


def test_what_a_real_model_answers_is_read_counted_and_moves_nothing_while_it_is_not_trusted(llama_server: RunningLlama, library: Library) -> None:
    model, cache, first = Watched(chat_model(llama_server.setting)), Kept(), rules(library)
    answers = reader(library, model, cache).read(project_of(ENGLISH))
    reading = answers.model
    assert reading is not None
    assert (reading.asked, reading.broken_off, reading.whole) == (2, "", True)
    assert reading.answered + reading.unread == len(model.replies) == 2
    assert len(cache.held) == reading.answered
    assert all(not r.broken and r.tokens for r in model.replies)
    assert reading.tokens_cached > 0  # the second question found the page read
    assert reading.tokens_read + reading.tokens_cached == sum(r.tokens_in for r in model.replies)
    seconds = [a.second for a in (answers.facts[FACT], answers.evidence[DUTY])]
    assert all(s is not None for s in seconds)
    assert all(s.confidence is not None and 0 <= s.confidence <= 1 for s in seconds if s is not None and s.value)
    assert {f: a.model_copy(update={"second": None}) for f, a in answers.facts.items()} == first.facts
    assert {r: a.model_copy(update={"second": None}) for r, a in answers.evidence.items()} == first.evidence


def test_a_server_killed_midway_leaves_what_it_answered_until_then_and_the_rules_answers(mortal_llama_server: RunningLlama, library: Library) -> None:
    first = rules(library)

    def kill(what: str, done: int, total: int) -> None:
        mortal_llama_server.kill()

    broken = reader(library, chat_model(mortal_llama_server.setting), Kept(), kill).read(project_of(ENGLISH))
    assert broken.model is not None
    assert broken.model.asked == 1
    assert "1 of 2 questions not answered" in broken.model.broken_off
    assert {f: a.value for f, a in broken.facts.items()} == {f: a.value for f, a in first.facts.items()}
    assert {r: a.status for r, a in broken.evidence.items()} == {r: a.status for r, a in first.evidence.items()}

    gone = reader(library, chat_model(mortal_llama_server.setting), Kept()).read(project_of(ENGLISH))
    assert gone.model is not None
    assert "2 of 2 questions not answered" in gone.model.broken_off
    assert (gone.facts, gone.evidence) == (first.facts, first.evidence)
