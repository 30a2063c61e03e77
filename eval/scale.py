"""`make bench`: what a second worker brings. Prints tables, asserts nothing.

    python eval/scale.py [--documents 60] [--repeats 3] [--wait 60]

The same documents by one worker and by two, one thread each, in turn, on a copy of the home; every worker has loaded its
models before the clock starts. Fresh: no vector is cached (each sentence has a new word in each run). Cached: the same
documents once more, so that what is left is everything but the embedder. Efficiency is T1 / (2 * T2).
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench import ENV, TWO_PAGES, description, show

from checker.adapters.dask_executor import DaskExecutor
from checker.adapters.documents import Documents
from checker.evaluation.records import Gold, Result, Subject
from checker.settings import Settings
from checker.worker import CHECKER, Bench, Task, answer, code_hash

WORKERS = (1, 2)
CALM = 0.15
"""Cores that other programs may use; beyond it a pair says more about them than about us."""


def copy_of_home(folder: Path) -> Settings:
    """Index and vectors as they are, so that measuring adds nothing to the real cache."""
    source, home = Path(ENV["CHECKER_HOME"]), folder / "home"
    (home / "cache").mkdir(parents=True)
    if (source / "index").is_dir():
        shutil.copytree(source / "index", home / "index")
    if (source / "cache" / "vectors.sqlite").is_file():
        with sqlite3.connect(source / "cache" / "vectors.sqlite") as there, sqlite3.connect(home / "cache" / "vectors.sqlite") as here:
            there.backup(here)
    return Settings(home=home)


def task_of(text: str, name: str, settings: Settings, fingerprint: str, as_of: date) -> Task:
    document = Documents().read_bytes(text.encode(), f"{name}.txt")
    subject = Subject(set="scale", id=name, split="train", family=name, language="da", document=document, gold=Gold())
    return Task(system=CHECKER, subject=subject, as_of=as_of, settings=settings, fingerprint=fingerprint, code=code_hash())


def failed(task: Task, error: Exception) -> Result:
    raise SystemExit(f"scale: {task.subject.id}: {type(error).__name__}: {error}")


def seconds(executor: DaskExecutor, tasks: Sequence[Task]) -> float:
    begin = time.perf_counter()
    results = list(executor.map(answer, tasks, failed))
    took = time.perf_counter() - begin
    unread = [r.said.unread for r in results if r.said.unread]
    if len(results) != len(tasks) or unread:
        raise SystemExit(f"scale: {len(results)} results for {len(tasks)} documents, unread: {unread[:1]}")
    return took


class Run(NamedTuple):
    """Wall seconds, CPU seconds of the workers, and how many cores were busy with something else."""

    wall: float
    cpu: float
    others: float


def busy() -> float:
    """CPU seconds that all programs of this machine have used."""
    import psutil

    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0))


def measured(executor: DaskExecutor, tasks: Sequence[Task]) -> Run:
    def own() -> float:
        return sum(executor.client.run(time.process_time).values())

    before, all_before, mine = own(), busy(), time.process_time()
    wall = seconds(executor, tasks)
    cpu, everything = own() - before, busy() - all_before
    return Run(wall, cpu, max(0.0, everything - cpu - (time.process_time() - mine)) / wall)


def wait_for_calm(seconds_at_most: float) -> None:
    """Until nothing else has used more than a tenth of a core for two seconds: on a busy machine a second worker has no core."""
    end = time.monotonic() + seconds_at_most
    while time.monotonic() < end:
        before = busy()
        time.sleep(2)
        if busy() - before < 0.2:
            return


def one_run(workers: int, tasks: Sequence[Task], warm: Task) -> tuple[Run, Run]:
    """Fresh, then cached."""
    with DaskExecutor(None, workers) as executor:
        executor.client.run(answer, warm)
        return measured(executor, tasks), measured(executor, tasks)


def table(title: str, documents: int, runs: dict[int, list[Run]]) -> None:
    def row(workers: int) -> str:
        each = ", ".join(f"{documents / r.wall * 60:.0f} ({r.others:.2f})" for r in runs[workers])
        return f"{documents / median(r.wall for r in runs[workers]) * 60:.0f}  (runs, with the cores that others used: {each})"

    one, two = (median(r.wall for r in runs[n]) for n in WORKERS)
    pairs = [(a.wall / (2 * b.wall), max(a.others, b.others) < CALM) for a, b in zip(runs[1], runs[2], strict=True)]
    calm = [efficiency for efficiency, is_calm in pairs if is_calm]
    work = [median(r.cpu for r in runs[n]) / documents for n in WORKERS]
    show(
        f"{title}: {documents} one-page descriptions, documents a minute, median of {len(runs[1])}",
        [
            ["1 worker", row(1)],
            ["2 workers", row(2)],
            ["ideal", f"{2 * documents / one * 60:.0f}"],
            ["efficiency", f"{one / (2 * two):.0%}  (pairs: {', '.join(f'{p:.0%}' for p, _ in pairs)})"],
            ["of the calm pairs", f"{median(calm):.0%}, median of {len(calm)}" if calm else "there is none: measure again on a calm machine"],
            ["CPU seconds a document", f"{work[0]:.2f} with 1 worker, {work[1]:.2f} with 2"],
        ],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="What a second worker brings.")
    parser.add_argument("--documents", type=int, default=60)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--wait", type=float, default=60, help="seconds to wait, before each run, for the machine to be calm")
    chosen = parser.parse_args()
    os.environ |= {"OMP_WAIT_POLICY": "passive"}
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}; compare ratios, not absolutes")
    fresh: dict[int, list[Run]] = {n: [] for n in WORKERS}
    cached: dict[int, list[Run]] = {n: [] for n in WORKERS}
    with tempfile.TemporaryDirectory() as name:
        settings, as_of = copy_of_home(Path(name)), date.today()
        fingerprint = Bench(settings).fingerprint(CHECKER, as_of)
        for number in range(chosen.repeats):
            for workers in WORKERS:
                texts = [description(random.Random(1000 * number + i), TWO_PAGES // 2) for i in range(chosen.documents + 1)]  # noqa: S311
                warm, *tasks = (task_of(t, f"d{i}", settings, fingerprint, as_of) for i, t in enumerate(texts))
                wait_for_calm(chosen.wait)
                for taken, took in zip((fresh, cached), one_run(workers, tasks, warm), strict=True):
                    taken[workers].append(took)
    table("(e) fresh", chosen.documents, fresh)
    table("(f) cached vectors", chosen.documents, cached)


if __name__ == "__main__":
    main()
