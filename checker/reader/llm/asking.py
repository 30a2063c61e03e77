"""Puts the questions of one project to a model: from the cache, then one alone, then as many at once as the server takes.

The first question alone makes the server read the page; the others find it read. Where pages differ, all questions of a page go one
after the other to the same place. What is answered is in the cache before the next answer is looked at, so a run that was stopped goes
on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from checker.errors import CheckerError, SettingsError
from checker.model.catalogue import Catalogue
from checker.model.law import Frozen
from checker.model.project import Span
from checker.ports import AnswerCache, ChatModel, Reply
from checker.prompts import Prompts
from checker.reader.llm.calibrate import UNCALIBRATED, Calibration, confidence
from checker.reader.llm.jobs import Job, job_of, kept, recalled, room_key
from checker.reader.llm.pages import Pages, room_for
from checker.reader.llm.parsing import TOO_LONG, TRUNCATED, pick_in, shortened, truncated
from checker.reader.llm.questions import Closed, Pick, Unread
from checker.reader.llm.rendering import Page, page_of, prompt_of, question_of
from checker.reader.llm.workers import Workers

STOPPED = "stopped"
"""`broken_off` where the user stopped it (Ctrl-C)."""
UNTRUSTED = "untrusted"
"""The sitting of a model that passed none."""
_SHORTER = 2 / 3
_TRIES = 6
"""Sizes of page tried before a server that calls every prompt too long is believed to mean something else."""
_MARGIN = 0.95
"""Of the measured room: other passages may have other words than the first page."""
_LEAST = 500
"""Characters of a page; who sees fewer than some sentences of a longer text has not read it."""

Progress = Callable[[str, int, int], None]
Keep = Callable[[Job, Reply], bool]


class Asked(Frozen):
    """What came of the questions. `asked` counts those with an answer, usable or not, from the model or the cache, and those that no page has room
    for (unread); `left` the others.

    `tokens_read`: what the server really read; with `tokens_cached` it is the length of all prompts together. `whole`, `read`: as in
    ModelReading.
    """

    picks: dict[str, Pick]
    unread: dict[str, Unread]
    asked: int = 0
    from_cache: int = 0
    left: int = 0
    whole: bool = True
    read: tuple[Span, ...] = ()
    broken_off: str = ""
    tokens_read: int = 0
    tokens_cached: int = 0
    tokens_written: int = 0


@dataclass
class _Tally:
    """What is known so far; only the thread that asks touches it."""

    picks: dict[str, Pick] = field(default_factory=dict)
    unread: dict[str, Unread] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    broken_off: str = ""
    read: int = 0
    cached: int = 0
    written: int = 0

    @property
    def done(self) -> int:
        return len(self.picks) + len(self.unread)

    def note(self, answer: Pick | Unread, page: Page) -> None:
        if isinstance(answer, Pick):
            self.picks[answer.item] = answer
        else:
            self.unread[answer.item] = answer
        self.pages[answer.item] = page

    def count(self, reply: Reply) -> None:
        cached = min(reply.tokens_in, reply.tokens_cached)
        self.read, self.cached, self.written = self.read + reply.tokens_in - cached, self.cached + cached, self.written + reply.tokens_out

    def is_open(self, job: Job) -> bool:
        return job.question.item not in self.picks and job.question.item not in self.unread

    def pass_over(self, questions: Iterable[Closed]) -> None:
        """Questions whose page would lack what the first reader rests on; an answer given without it could only mislead."""
        for q in questions:
            self.unread[q.item] = Unread(item=q.item, kind=q.kind, reason=TOO_LONG)

    def take_back(self) -> None:
        """The answers, because all questions are put anew to other pages; the tokens stay spent."""
        for found in (self.picks, self.unread, self.pages):
            found.clear()


def _always(job: Job, reply: Reply) -> bool:
    return True


class Asker:
    """Asks one model.

    Args:
        model: any model behind the port.
        prompts: the prompts of reading.
        catalogue: the words of the questions.
        cache: answers that need not be asked again; a model that samples is always asked.
        parallel: questions at once; as many as the model says by default.
        progress: called with (what the question is about, done, total) after each answer.
        calibration: how far the model's probabilities can be believed.
        sitting: of the exam; a server that tells no weights may have others since the last one, so what is kept is kept for one sitting.
    """

    def __init__(
        self,
        model: ChatModel,
        prompts: Prompts,
        catalogue: Catalogue,
        cache: AnswerCache | None = None,
        parallel: int | None = None,
        progress: Progress | None = None,
        calibration: Calibration = UNCALIBRATED,
        sitting: str = UNTRUSTED,
    ) -> None:
        self._model, self._prompts, self._catalogue, self._sitting = model, prompts, catalogue, sitting
        self._cache = None if model.samples else cache
        self._parallel, self._progress, self._calibration = parallel, progress, calibration

    def ask(self, questions: Sequence[Closed], pages: Pages) -> Asked:
        """Answers to as many questions as the model gives. A server that fails for good ends it; that is told, never raised."""
        tally = _Tally()
        try:
            if questions:
                self._ask(questions, pages, tally)
        except CheckerError as error:
            tally.broken_off = str(error)
        except KeyboardInterrupt:
            tally.broken_off = STOPPED
        shown = tuple({page.mark: page for page in tally.pages.values()}.values())
        return Asked(
            picks={q.item: pick for q in questions if (pick := tally.picks.get(q.item)) is not None},
            unread={q.item: why for q in questions if (why := tally.unread.get(q.item)) is not None},
            asked=tally.done,
            from_cache=sum(p.from_cache for p in tally.picks.values()),
            left=len(questions) - tally.done,
            whole=all(pages.is_whole(page) for page in shown),
            read=pages.spans(shown),
            broken_off=tally.broken_off,
            tokens_read=tally.read,
            tokens_cached=tally.cached,
            tokens_written=tally.written,
        )

    def _ask(self, questions: Sequence[Closed], pages: Pages, tally: _Tally) -> None:
        """Finds pages that the server takes, by an estimate and then by what the first reply tells of it; then asks the rest."""
        model = f"{self._model.identity()}\n{self._model.name}\n{self._sitting}"
        slots, context = self._parallel or self._model.slots(), self._model.context()
        language, frame = pages.project.language, self._frame(questions, pages)
        key = room_key(pages.whole, self._prompts, model, context)
        room = self._room_held(key) or _less(room_for(context), frame)
        for attempt in range(1, _TRIES + 1):
            if room is not None and room < min(_LEAST, len(pages.whole.text)):
                raise _no_room(self._model.name, context)
            sheets = pages.sheets(questions, room)
            jobs = [job_of(q, page, self._catalogue, language, self._prompts, model) for page, asked in sheets for q in asked]
            put = {q.item for _, asked in sheets for q in asked}
            tally.pass_over(q for q in questions if q.item not in put)
            self._recall(jobs, tally, len(questions))
            first = next((job for job in jobs if tally.is_open(job)), None)
            if first is None:
                return

            def right(job: Job, reply: Reply, last: bool = attempt == _TRIES) -> bool:
                return last or self._smaller(job, reply, tally, context, frame) is None

            reply = self._gather([(first,)], tally, len(questions), 1, right)
            if reply is None or tally.broken_off:
                return
            smaller = self._smaller(first, reply, tally, context, frame)
            if smaller is None or attempt == _TRIES:
                if self._cache is not None and attempt > 1 and smaller is None:
                    self._cache.put(key, str(room))
                self._gather(_units([job for job in jobs if tally.is_open(job)], one_page=len(sheets) == 1), tally, len(questions), slots)
                return
            room = smaller
            tally.take_back()

    def _room_held(self, key: str) -> int | None:
        """What an earlier run found out about the pages of this text, so that the same pages are found answered."""
        held = self._cache.get([key]).get(key, "") if self._cache is not None else ""
        return int(held) if held.isdecimal() and held.isascii() and len(held) < 9 else None

    def _frame(self, questions: Sequence[Closed], pages: Pages) -> int:
        """Characters of a prompt beside its page, with the longest question."""
        language = pages.project.language
        lengths = [len(question_of(q, self._catalogue, language, self._prompts)) for q in questions]
        system, user, _ = prompt_of(page_of(pages.project, (), pages.mask), questions[0], self._catalogue, language, self._prompts)
        return len(system) + len(user) - lengths[0] + max(lengths)

    @staticmethod
    def _smaller(first: Job, reply: Reply, tally: _Tally, context: int | None, frame: int) -> int | None:
        """Characters that a page may take instead; None where the first page was right."""
        unread = tally.unread.get(first.question.item)
        if unread is not None and unread.reason in (TOO_LONG, TRUNCATED):
            return int(len(first.page.text) * _SHORTER)
        if context is None or not reply.tokens_in:
            return None
        room = _less(room_for(context, first.length / reply.tokens_in * _MARGIN), frame)
        return room if room is not None and len(first.page.text) > room else None

    def _recall(self, jobs: Sequence[Job], tally: _Tally, total: int) -> None:
        if self._cache is None:
            return
        held = self._cache.get([job.key for job in jobs])
        for job in jobs:
            if (value := held.get(job.key)) is not None and (found := recalled(job, value)) is not None:
                pick, raw = found
                tally.note(pick.model_copy(update={"confidence": self._calibration.of(raw)}), job.page)
                self._tell(job, tally, total)

    def _gather(self, units: Sequence[Sequence[Job]], tally: _Tally, total: int, slots: int, keep: Keep = _always) -> Reply | None:
        """Asks; the last reply is given back, none where there was none. `keep`: whether an answer goes into the cache."""
        workers = Workers(units, lambda job: self._model.ask(job.system, job.user, job.schema, probabilities=True), slots)
        last: Reply | None = None
        try:
            for job, outcome in workers.results():
                if isinstance(outcome, CheckerError):
                    workers.stop()
                    tally.broken_off = tally.broken_off or str(outcome)
                elif isinstance(outcome, BaseException):
                    raise outcome
                else:
                    last = outcome
                    self._take(job, outcome, tally, total, keep)
        except BaseException:
            workers.stop()
            for job, outcome in workers.arrived():
                if isinstance(outcome, Reply):
                    self._take(job, outcome, tally, total, keep)
            raise
        return last

    def _take(self, job: Job, reply: Reply, tally: _Tally, total: int, keep: Keep) -> None:
        tally.count(reply)
        answer = truncated(job.question) if shortened(reply, job.length) else pick_in(reply, job.question, job.page, job.words)
        if isinstance(answer, Pick):
            answer = answer.model_copy(update={"confidence": self._calibration.of(_raw(job, answer, reply))})
        tally.note(answer, job.page)
        if keep(job, reply):
            self._keep(job, reply, tally)
        self._tell(job, tally, total)

    def _keep(self, job: Job, reply: Reply, tally: _Tally) -> None:
        """Into the cache; an answer that could not be read is asked again next time."""
        pick = tally.picks.get(job.question.item)
        if self._cache is not None and pick is not None:
            self._cache.put(job.key, kept(job, pick, _raw(job, pick, reply)))

    def _tell(self, job: Job, tally: _Tally, total: int) -> None:
        if self._progress is not None:
            spec = self._catalogue.facts[job.question.item].label if job.question.kind == "fact" else self._catalogue.requirements[job.question.item].title
            self._progress(spec.da, tally.done, total)


def _raw(job: Job, pick: Pick, reply: Reply) -> float | None:
    return confidence(reply, job.words[pick.value], job.words.values())


def _no_room(model: str, context: int | None) -> SettingsError:
    size = f" ({context} tokens)" if context is not None else ""
    return SettingsError(
        f"Der er ikke plads til beskrivelsen i det, {model} kan læse på én gang{size}.", "Start modellen med en større kontekst, eller ret CHECKER_LLM_CONTEXT."
    )


def _less(room: int | None, frame: int) -> int | None:
    return None if room is None else max(0, room - frame)


def _units(jobs: Sequence[Job], *, one_page: bool) -> list[tuple[Job, ...]]:
    """What one worker asks in a row: single questions of the page that all share, or all questions of a page of their own."""
    if one_page:
        return [(job,) for job in jobs]
    units: dict[str, list[Job]] = {}
    for job in jobs:
        units.setdefault(job.page.mark, []).append(job)
    return [tuple(unit) for unit in units.values()]
