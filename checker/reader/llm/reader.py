"""The rule reader and a language model behind one port: the rules read first, the model is asked, and plain Python puts them together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from checker.model.catalogue import Catalogue
from checker.model.project import Project
from checker.model.reading import Answers, ModelReading
from checker.ports import AnswerCache, ChatModel, Embedder
from checker.prompts import Prompts
from checker.reader.llm.asking import STOPPED, UNTRUSTED, Asked, Asker, Progress
from checker.reader.llm.calibrate import UNCALIBRATED, Calibration
from checker.reader.llm.combine import combined
from checker.reader.llm.pages import Pages
from checker.reader.llm.questions import Mode, open_items

NOT_CALIBRATED = "modellens sandsynligheder er ikke kalibreret / the model's probabilities are not calibrated"


class FirstReader(Protocol):
    """The rule reader: answers, and which passages speak of what."""

    @property
    def name(self) -> str: ...

    def read(self, project: Project) -> Answers: ...

    def topics(self, project: Project) -> Mapping[str, frozenset[int]]: ...


class TwoReaders:
    """Reader behind the port `Reader`.

    Args:
        rules: reads first; what the model does not answer stays as it says.
        model: asked second.
        prompts: what the model is told.
        catalogue: what is asked.
        embedder: finds the passages for each question where the whole text does not fit.
        mode: `auto` asks what the rules left open or weak, `llm` everything.
        trusted: whether the model passed the exam; otherwise nothing it says moves anything.
        exam_note: how the exam went, for the report.
        identity: of the model's weights, for the receipt.
        sitting: of the exam that it passed, as `Asker` takes it; of no account where it is not trusted.
        cache, parallel, progress, calibration: as `Asker` takes them; progress also ends where the reading is broken off.
        mask: whether numbers of persons, mail addresses and phone numbers are masked in the prompts.
    """

    def __init__(
        self,
        rules: FirstReader,
        model: ChatModel,
        prompts: Prompts,
        catalogue: Catalogue,
        embedder: Embedder,
        mode: Mode = "auto",
        *,
        trusted: bool = False,
        exam_note: str = "",
        identity: str = "",
        sitting: str = "",
        cache: AnswerCache | None = None,
        parallel: int | None = None,
        progress: Progress | None = None,
        mask: bool = True,
        calibration: Calibration = UNCALIBRATED,
    ) -> None:
        self._rules, self._model, self._prompts, self._catalogue, self._embedder = rules, model, prompts, catalogue, embedder
        self._mode, self._trusted, self._identity, self._mask = mode, trusted, identity, mask
        self._exam = exam_note if calibration.fitted else "; ".join(filter(None, (exam_note, NOT_CALIBRATED)))
        self._progress = progress
        self._asker = Asker(model, prompts, catalogue, cache, parallel, progress, calibration, sitting if trusted else UNTRUSTED)

    @property
    def name(self) -> str:
        return f"{self._rules.name} + {self._model.name}"

    def read(self, project: Project) -> Answers:
        """The rules' answers with the model's; a text that is about something else, or empty, is not put to the model.

        A server that fails, or Ctrl-C while the model is asked, leaves the rules' answers and what was answered until then:
        `Answers.model.broken_off` says so.
        """
        first = self._rules.read(project)
        questions = open_items(first, self._catalogue, self._mode) if first.facts or first.evidence else ()
        pages = Pages(project, self._catalogue, self._embedder, _quoted(first, project), self._mask)
        asked = self._asker.ask(questions, pages)
        if asked.left and self._progress is not None:
            self._progress("", len(questions), len(questions))  # or the bar would stay on the screen
        topics = self._rules.topics(project) if asked.picks else None
        answers = combined(first, asked.picks, asked.unread, project, self._catalogue, self._trusted, self._model.name, topics)
        return answers.model_copy(update={"first": first, "model": self._reading(asked)})

    def _reading(self, asked: Asked) -> ModelReading:
        return ModelReading(
            model=self._model.name,
            mode=self._mode,
            trusted=self._trusted,
            identity=self._identity,
            exam=self._exam,
            prompts=self._prompts.hashes,
            asked=asked.asked,
            answered=len(asked.picks),
            from_cache=asked.from_cache,
            unread=len(asked.unread),
            left=asked.left,
            whole=asked.whole,
            read=asked.read,
            broken_off=_broken_off(asked),
            tokens_read=asked.tokens_read,
            tokens_cached=asked.tokens_cached,
            tokens_written=asked.tokens_written,
        )


def _broken_off(asked: Asked) -> str:
    """Why, and how much is missing; a stop by the user is `STOPPED` alone, which the command line looks for."""
    if asked.broken_off in ("", STOPPED):
        return asked.broken_off
    total = asked.asked + asked.left
    return f"{asked.broken_off} {asked.left} af {total} spørgsmål er ikke besvaret / {asked.left} of {total} questions not answered."


def _quoted(first: Answers, project: Project) -> dict[str, tuple[int, ...]]:
    """Item → places of the passages that the first reader rests on."""
    places = {(p.start, p.end): place for place, p in enumerate(project.passages)}
    quotes = {f: a.quotes for f, a in first.facts.items()} | {r: a.quotes for r, a in first.evidence.items()}
    return {item: tuple(places[at] for q in found if (at := (q.start, q.end)) in places) for item, found in quotes.items() if found}
