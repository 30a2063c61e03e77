"""Carries a plan out: what is done is kept, what is missing is answered, and the file ends in the plan's order."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from pydantic import Field

from checker.evaluation.records import RESULTS, Result, Subject, append, read_started, write_results
from checker.model.law import Frozen

RUN = "run.json"
SPLITS = ("train", "held-out")
CHECKER = "checker"
SAMPLED_RUNS = 3
"""A system that samples is run so often; its figures are those of all runs together."""


class Job(Protocol):
    """One answer to be made: of which subject, and under which key it is kept."""

    @property
    def subject(self) -> Subject: ...

    @property
    def system(self) -> str: ...

    @property
    def key(self) -> str: ...


J = TypeVar("J", bound=Job)


@dataclass(frozen=True)
class Work(Generic[J]):
    """Jobs, and how they are carried out (`carry` yields one result per job, in any order)."""

    jobs: tuple[J, ...]
    carry: Callable[[Sequence[J]], Iterator[Result]]


class RunInfo(Frozen):
    """run.json: what is said of the whole run rather than of one text."""

    schema_version: int = 1
    set: str
    title: str
    notes: tuple[str, ...] = ()
    checker: str
    code: str
    reader: str
    systems: tuple[str, ...]
    left_out: dict[str, str] = Field(default_factory=dict)
    """Systems that were not run, and why."""
    executor: str
    started: datetime
    seconds: float
    answered: int
    resumed: int
    machine: str = platform.platform()

    @property
    def documents_per_minute(self) -> float | None:
        """Answers made in this run, all systems together, per minute of wall-clock time; None when all were kept from before."""
        return 60 * self.answered / self.seconds if self.answered and self.seconds else None


@dataclass(frozen=True)
class Carried:
    results: tuple[Result, ...]
    answered: int
    resumed: int
    seconds: float


def carry_out(work: Sequence[Work[J]], folder: Path, step: Callable[[Result], None], fresh: bool = False) -> Carried:
    """Answers every job that no kept result answers, writing each result as it comes.

    Args:
        work: what to do, by way of carrying it out.
        folder: where results.jsonl lies or is begun. A run that was killed goes on from there.
        step: called after each result, kept or new.
        fresh: forget what is kept.

    Raises:
        CaseError: results.jsonl is of another schema version or damaged before its last line.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / RESULTS
    if fresh:
        file.unlink(missing_ok=True)
    begun = time.perf_counter()
    wanted = [job for w in work for job in w.jobs]
    keys = {job.key for job in wanted}
    found = {r.key: r for r in read_started(file) if r.key in keys}
    resumed = len(found)
    for result in found.values():
        step(result)
    for part in work:
        missing = tuple(job for job in part.jobs if job.key not in found)
        for result in part.carry(missing) if missing else ():
            found[result.key] = result
            append(file, result)
            step(result)
    results = tuple(found[job.key] for job in wanted)
    write_results(file, results)
    return Carried(results, len(results) - resumed, resumed, time.perf_counter() - begun)


def write_info(info: RunInfo, folder: Path) -> None:
    (folder / RUN).write_text(info.model_dump_json(indent=1) + "\n", "utf-8")


def read_info(folder: Path) -> RunInfo | None:
    """None where there are results alone, such as a file that somebody sent."""
    file = folder / RUN
    return RunInfo.model_validate_json(file.read_text("utf-8")) if file.is_file() else None


def by_system(results: Iterable[Result]) -> dict[str, list[Result]]:
    """System → its results, in the order in which the systems first appear."""
    found: dict[str, list[Result]] = {}
    for result in results:
        found.setdefault(result.system, []).append(result)
    return found


def of_split(results: Iterable[Result], split: str) -> list[Result]:
    return [r for r in results if split in ("all", r.split)]


def splits_of(results: Sequence[Result]) -> tuple[str, ...]:
    return tuple(s for s in SPLITS if any(r.split == s for r in results))


FRESH, HANDED_OVER = "test1", "shared"


def slices(results: Sequence[Result]) -> Mapping[str, list[Result]]:
    """The held-out results by language, kind and where the cases come from; empty slices are left out."""
    held = of_split(results, "held-out")
    parts = {f"language: {tongue}": [r for r in held if r.language == tongue] for tongue in sorted({r.language for r in held})}
    parts |= {
        f"origin: {HANDED_OVER}": [r for r in held if r.origin == HANDED_OVER],
        f"origin: {FRESH} (fresh set)": [r for r in held if r.origin == FRESH],
        "origin: others": [r for r in held if r.origin not in (HANDED_OVER, FRESH)],
    }
    parts |= {f"kind: {kind}": [r for r in held if r.kind == kind] for kind in sorted({r.kind for r in held})}
    return {name: part for name, part in parts.items() if part and len(part) < len(held)}


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
