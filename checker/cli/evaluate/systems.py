"""What is measured: checker itself, and what it has to beat, each as jobs with a way to carry them out."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from checker.evaluation.records import Cost, Result, Said, Subject, key_of
from checker.evaluation.run import SAMPLED_RUNS, Work
from checker.worker import CHECKER, EMBEDDINGS, KEYWORDS, SECRETS, Bench, Task, answer, code_hash, peak_mib

if TYPE_CHECKING:
    from checker.cli.evaluate.sets import LoadedSet
    from checker.settings import Settings
    from checker.wiring import Workbench

PATHS = ("home", "corpus", "llm_ca", "prompts")
LLM = "LLM without retrieval"


@dataclass(frozen=True)
class Here:
    """A job of a baseline that reads nothing heavy, answered in this process."""

    subject: Subject
    system: str
    run: int
    key: str
    predict: Callable[[Subject], tuple[Said, int, int]]

    def answer(self) -> Result:
        begin = time.perf_counter()
        said, tokens_in, tokens_out = self.predict(self.subject)
        cost = Cost(seconds=time.perf_counter() - begin, peak_mib=peak_mib(), tokens_in=tokens_in, tokens_out=tokens_out)
        return Result.of(self.subject, self.system, self.run, self.key, said, cost)


def work_of(
    loaded: LoadedSet, everything: Sequence[Subject], bench: Workbench, executor: Any, baselines: bool, mode: Literal["rules", "auto", "llm"] = "rules"
) -> tuple[list[Work[Any]], dict[str, str]]:
    """Jobs of every system on the chosen subjects, and the baselines that are left out, with the reason.

    Args:
        loaded: the set, cut to the split that is measured.
        everything: all subjects of the set; the learned baselines are fitted on its train part.
        bench: settings, catalogue, index.
        executor: how the systems that read are carried out.
        baselines: also what checker has to beat.
        mode: whether a language model reads along.
    """
    readers = (CHECKER, KEYWORDS, EMBEDDINGS) if baselines else (CHECKER,)
    settings = _travelling(bench.settings)
    names = Bench(settings.model_copy(update={name: getattr(bench.settings, name) for name in SECRETS}), mode=mode)
    tasks = tuple(
        Task(system=name, subject=s, as_of=loaded.law_date, settings=settings, fingerprint=print_, code=code_hash(), reader=kind)
        for name in readers
        for print_, kind in ((names.fingerprint(name, loaded.law_date), mode if name == CHECKER else "rules"),)
        for s in loaded.subjects
    )
    work: list[Work[Any]] = [Work(tasks, lambda missing: executor.map(answer, missing, _broken))]
    left_out: dict[str, str] = {}
    if baselines:
        work += _learned(loaded.subjects, everything, bench, left_out)
        work += _asking(loaded.subjects, bench, left_out)
    return work, left_out


def _travelling(settings: Settings) -> Settings:
    """For workers, which start in other folders and have their own keys: whole paths, and no key."""
    whole = {name: path.absolute() for name in PATHS if (path := getattr(settings, name)) is not None}
    kind, _, file = (settings.llm or "").strip().partition(":")
    llm = f"{kind}:{Path(file.strip()).expanduser().absolute()}" if kind == "llamacpp" and file.strip() else settings.llm
    return settings.model_copy(update={**whole, **dict.fromkeys(SECRETS), "llm": llm})


def _broken(task: Task, error: Exception) -> Result:
    """A task that ended with its worker: counted as unread, like a text that cannot be read."""
    said = Said(unread=f"{type(error).__name__}: {error}")
    return Result.of(task.subject, task.system, task.run, task.key, said, Cost())


def _learned(subjects: Sequence[Subject], everything: Sequence[Subject], bench: Workbench, left_out: dict[str, str]) -> Iterator[Work[Any]]:
    from checker.evaluation.baselines.learned import LINEAR, MAJORITY, fit_linear, fit_majority
    from checker.evaluation.baselines.readers import FLAG_EVERYTHING, flag_everything

    yield _work(subjects, FLAG_EVERYTHING, code_hash(), _free(flag_everything))
    train = [s for s in everything if s.split == "train"]
    core = bench.library.catalogue.core
    for name, fit in ((MAJORITY, fit_majority), (LINEAR, fit_linear)):
        fitted = fit(train, core)
        if fitted is None:
            left_out[name] = "the set has no train cases to learn from"
        else:
            yield _work(subjects, name, fitted.fingerprint + code_hash(), _free(fitted.predict))


def _free(predict: Callable[[Subject], Said]) -> Callable[[Subject], tuple[Said, int, int]]:
    """A prediction that costs no tokens."""
    return lambda subject: (predict(subject), 0, 0)


def _asking(subjects: Sequence[Subject], bench: Workbench, left_out: dict[str, str]) -> Iterator[Work[Any]]:
    from checker.evaluation.baselines.asking import Asking

    if bench.settings.llm is None:
        left_out[LLM] = "no language model is configured (CHECKER_LLM)"
        return
    asking = Asking(bench.chat, bench.library.catalogue)

    def predict(subject: Subject) -> tuple[Said, int, int]:
        asked = asking.predict(subject)
        return asked.said, asked.tokens_in, asked.tokens_out

    yield _work(subjects, LLM, asking.fingerprint + code_hash(), predict, SAMPLED_RUNS if asking.samples else 1)


def _work(subjects: Sequence[Subject], name: str, fingerprint: str, predict: Callable[[Subject], tuple[Said, int, int]], runs: int = 1) -> Work[Any]:
    short = hashlib.sha256(fingerprint.encode()).hexdigest()[:16]
    jobs = tuple(Here(s, name, run, key_of(s, name, run, short), predict) for run in range(runs) for s in subjects)
    return Work(jobs, lambda missing: (job.answer() for job in missing))
