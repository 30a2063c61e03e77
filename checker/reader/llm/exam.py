"""The exam that gates: 20 closed questions in Danish with a key. A model below the bar moves no verdict (prompts/exam.yaml, eval/llm/README.md).

A question is put as in reading: the same prompts, pages and parsing, the same order. Only the passage that addresses the reader is left
on its page here, since what recognises such passages may miss one. Nothing is taken from the cache: it is the model that sits the exam.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from checker.errors import ModelMissing, SettingsError
from checker.model.catalogue import Catalogue
from checker.model.law import Frozen
from checker.ports import ChatModel, Reply, Vectors
from checker.prompts import Prompts
from checker.reader.llm.asking import STOPPED, Asker, Progress
from checker.reader.llm.exam_paper import DUTIES, FACTS, QUESTIONS, Exam, Question, exam_key, load_exam
from checker.reader.llm.pages import Pages
from checker.reader.llm.questions import Kind, Pick
from checker.reader.llm.rendering import question_of

__all__ = ["DANGEROUS", "DUTIES", "FACTS", "QUESTIONS", "RIGHT", "UNREAD", "Exam", "ExamResult", "Outcome", "Speed", "exam_key", "failures", "load_exam", "sit"]
RIGHT, DANGEROUS, UNREAD = 17, 1, 2
"""The bar: at least so many right, at most so many dangerous, at most so many without a usable answer.

In the simulation (docs/decisions/0011) a second reader begins to help where it is right about .8 of the time. A model that is right
.6 of the time, as the small ones are at best, gets 17 or more with a probability of .016; one at .9 with .87, one at .8 with .41.
"""


class Outcome(Frozen):
    """What became of one question. `said`: the chosen code, empty where there was no usable answer (`unread`: why); `seconds`: waited."""

    text: str
    item: str
    kind: Kind
    trap: str
    said: str = ""
    passages: tuple[int, ...] = ()
    answer_right: bool = False
    passage_right: bool = False
    dangerous: bool = False
    unread: str = ""
    confidence: float | None = None
    seconds: float = 0.0

    @property
    def right(self) -> bool:
        """The right word for the wrong reason is no reading: a lawyer would be shown that passage."""
        return self.answer_right and self.passage_right


class Speed(Frozen):
    """Tokens a second, by the server's own clock; none where it does not tell. `question`: seconds a question, as waited for."""

    reading: float | None = None
    writing: float | None = None
    question: float = 0.0


class ExamResult(Frozen):
    """One sitting. `exam`: its key (exam_key); `samples`: asked again, the model may answer otherwise, so one sitting shows nothing."""

    exam: str
    model: str
    identity: str
    prompts: dict[str, str]
    samples: bool
    outcomes: tuple[Outcome, ...]
    speed: Speed = Speed()

    @property
    def right(self) -> int:
        return sum(o.right for o in self.outcomes)

    @property
    def dangerous(self) -> int:
        return sum(o.dangerous for o in self.outcomes)

    @property
    def unread(self) -> int:
        return sum(bool(o.unread) for o in self.outcomes)

    @property
    def passed(self) -> bool:
        return not self.lacks

    @property
    def lacks(self) -> tuple[Literal["questions", "right", "dangerous", "unread", "samples"], ...]:
        """What keeps the model below the bar; nothing where it passed."""
        found: dict[Literal["questions", "right", "dangerous", "unread", "samples"], bool] = {
            "questions": len(self.outcomes) != QUESTIONS,
            "right": self.right < RIGHT,
            "dangerous": self.dangerous > DANGEROUS,
            "unread": self.unread > UNREAD,
            "samples": self.samples,
        }
        return tuple(name for name, is_so in found.items() if is_so)

    def of(self, kind: Kind) -> tuple[Outcome, ...]:
        return tuple(o for o in self.outcomes if o.kind == kind)


def sit(
    model: ChatModel, exam: Exam, prompts: Prompts, catalogue: Catalogue, parallel: int | None = None, progress: Progress | None = None
) -> ExamResult:
    """Puts every question to the model. `progress` is called with (what the question is about, done, total).

    Raises:
        CheckerError: the model cannot be asked, or no longer: an exam that was broken off is none.
        KeyboardInterrupt: the user stopped it.
    """
    questions = [[q.closed(catalogue) for q in text.asked] for text in exam.texts]
    outcomes: list[Outcome] = []
    clocked: list[_Asked] = []
    for text, closed in zip(exam.texts, questions, strict=True):
        done = len(outcomes)
        clock = _Clocked(model)
        asker = Asker(clock, prompts, catalogue, parallel=parallel, progress=_counted(progress, done) if progress else None)
        asked = asker.ask(closed, Pages(text.project(), catalogue, _NoRoom(), {}, mask=True))
        if asked.broken_off == STOPPED:
            raise KeyboardInterrupt
        if asked.broken_off:
            raise ModelMissing(asked.broken_off, "Prøven er ikke gemt / the exam is not on record.")
        for key, question in zip(text.asked, closed, strict=True):
            seconds = clock.seconds(question_of(question, catalogue, "da", prompts))
            unread = asked.unread.get(question.item)
            outcomes.append(_marked(text.id, key, asked.picks.get(question.item), unread.reason if unread else "", seconds))
        clocked += clock.asked
    return ExamResult(
        exam=exam_key(exam, prompts, catalogue),
        model=model.name,
        identity=model.identity(),
        prompts=prompts.hashes,
        samples=model.samples,
        outcomes=tuple(outcomes),
        speed=_speed(clocked, outcomes),
    )


def _marked(text: str, key: Question, pick: Pick | None, unread: str, seconds: float) -> Outcome:
    asked = {"text": text, "item": key.item, "kind": key.kind, "trap": key.trap, "seconds": round(seconds, 3)}
    if pick is None:
        return Outcome.model_validate(asked | {"unread": unread or "empty"})
    numbers = tuple(place + 1 for place in pick.passages)
    return Outcome.model_validate(
        asked
        | {
            "said": pick.value,
            "passages": numbers,
            "answer_right": pick.value in key.answer,
            "passage_right": key.carried_by(numbers),
            "dangerous": key.hides(pick.value),
            "confidence": pick.confidence,
        }
    )


class _Asked(Frozen):
    user: str
    seconds: float
    reply: Reply


class _Clocked:
    """The same model, with a clock."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model
        self._lock = threading.Lock()
        self.asked: list[_Asked] = []

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def samples(self) -> bool:
        return self._model.samples

    def identity(self) -> str:
        return self._model.identity()

    def slots(self) -> int:
        return self._model.slots()

    def context(self) -> int | None:
        return self._model.context()

    def ask(self, system: str, user: str, schema: Mapping[str, object], probabilities: bool = False) -> Reply:
        begun = time.perf_counter()
        reply = self._model.ask(system, user, schema, probabilities)
        with self._lock:
            self.asked.append(_Asked(user=user, seconds=time.perf_counter() - begun, reply=reply))
        return reply

    def seconds(self, question: str) -> float:
        """All that was waited for the question, which stands last in its prompt."""
        return sum(a.seconds for a in self.asked if a.user.endswith(question))


class _NoRoom:
    """Nothing is looked for here: these texts are far shorter than a real one, so a model without room for them cannot read at all."""

    name, dim = "none", 1

    def embed(self, texts: Sequence[str], kind: Literal["query", "passage"]) -> Vectors:
        raise SettingsError(
            "Modellens kontekst er for lille til selv en kort beskrivelse / the model's context is too small.",
            "Giv den mere (fx 16384): CHECKER_LLM_CONTEXT, eller serverens egen indstilling.",
        )


def _counted(progress: Progress, before: int) -> Progress:
    return lambda what, done, total: progress(what, before + done, QUESTIONS)


def _speed(asked: Sequence[_Asked], outcomes: Sequence[Outcome]) -> Speed:
    read = [(a.reply.tokens_in - min(a.reply.tokens_in, a.reply.tokens_cached), a.reply.seconds_reading) for a in asked]
    written = [(a.reply.tokens_out, a.reply.seconds_writing) for a in asked]
    mean = sum(o.seconds for o in outcomes) / len(outcomes) if outcomes else 0.0
    return Speed(reading=_rate(read), writing=_rate(written), question=round(mean, 2))


def _rate(counted: Sequence[tuple[int, float]]) -> float | None:
    told = [(tokens, seconds) for tokens, seconds in counted if seconds > 0]
    seconds = sum(s for _, s in told)
    return round(sum(t for t, _ in told) / seconds, 1) if seconds else None


def failures(result: ExamResult) -> Iterator[Outcome]:
    """Everything that was not right, the dangerous first."""
    yield from sorted((o for o in result.outcomes if not o.right), key=lambda o: not o.dangerous)
