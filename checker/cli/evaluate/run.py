"""checker eval run: labelled cases → results, table, page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from checker.cli.common import Language, ReaderChoice, language_of, say, workbench, write
from checker.cli.evaluate.sets import DEFAULT
from checker.errors import SettingsError

if TYPE_CHECKING:
    from checker.cli.evaluate.sets import LoadedSet
    from checker.evaluation.records import Result
    from checker.evaluation.run import Carried, RunInfo
    from checker.evaluation.tables import Evaluation
    from checker.wiring import Workbench

TABLE, FIGURES, PAGE = "table.md", "figures.json", "report.html"


class Split(StrEnum):
    TRAIN = "train"
    HELD_OUT = "held-out"
    ALL = "all"


class EvalFormat(StrEnum):
    TEXT = "text"
    MD = "md"
    JSON = "json"


def run(
    sets: Annotated[
        list[Path] | None, typer.Argument(metavar="[SÆT]…", help="Mapper eller navne på sæt / folders or names of sets. [eval/sets/municipal]")
    ] = None,
    reader: Annotated[
        ReaderChoice, typer.Option("--reader", help="Reglerne alene, eller med sprogmodellen i CHECKER_LLM / the rules alone, or with the language model.")
    ] = ReaderChoice.RULES,
    split: Annotated[Split, typer.Option("--split", help="Hvilken del af sagerne / which part of the cases.")] = Split.ALL,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, max=64, help="Så mange processer / so many processes.")] = 1,
    executor: Annotated[str, typer.Option("--executor", metavar="local|dask[:ADRESSE]", help="Hvor der regnes / where it runs.")] = "local",
    out: Annotated[Path, typer.Option("--out", "-o", metavar="MAPPE", help="Resultater, tabel og side; kørslen genoptages herfra / resumed from here.")] = Path(
        "out/eval"
    ),
    format: Annotated[EvalFormat, typer.Option("--format", "-f", help="Tabellen på skærmen / the table on the screen.")] = EvalFormat.TEXT,
    details: Annotated[
        bool, typer.Option("--details", help="Også tal pr. krav og hver forkert afgørelse / also per requirement and every wrong verdict.")
    ] = False,
    baselines: Annotated[bool, typer.Option("--baselines/--no-baselines", help="Mål også det, checker skal slå / also what checker has to beat.")] = True,
    fresh: Annotated[bool, typer.Option("--fresh", help="Glem det, der er gjort før / forget what was done before.")] = False,
    data: Annotated[Path | None, typer.Option("--data", metavar="FIL", help="Tabellen til et fremmed sæt / the table of a foreign set.")] = None,
    lang: Annotated[Language | None, typer.Option("--lang", "-l", help="Sidens sprog / the page's language.")] = None,
) -> None:
    """Kør alle mærkede sager, og vis tallene / run all labelled cases and show the figures.

    Samme vej som `checker check`. Afbrudte kørsler går videre, hvor de slap. Forkerte mærker stopper med fil og linje (exit 2).

    The same path as `checker check`. A run that was stopped goes on where it was. Wrong labels end with file and line (exit 2).
    """
    from checker.cli.evaluate.sets import load

    named = sets or [DEFAULT]
    if data is not None and len(named) != 1:
        raise SettingsError("--data gælder ét fremmed sæt.", "Nævn netop ét sæt / name exactly one set.")
    bench = workbench()
    everything = [load(path, bench, data) for path in named]
    seen: set[str] = set()
    for loaded in everything:
        if loaded.name in seen:
            raise SettingsError(f"Sættet {loaded.name} er nævnt to gange.", "Nævn hvert sæt én gang / name each set once.")
        seen.add(loaded.name)
    with executor_of(executor, jobs) as carrier:
        for whole in everything:
            _one(
                whole,
                whole.cut(split.value),
                bench,
                carrier,
                out / whole.name,
                baselines,
                fresh,
                _Shown(format, details, language_of(lang, bench)),
                executor,
                jobs,
                "rules" if reader is ReaderChoice.AUTO and bench.settings.llm is None else reader.value,
            )


class _Shown:
    """How the figures are shown."""

    def __init__(self, format: EvalFormat, details: bool, language: str) -> None:
        self.format, self.details, self.language = format, details, language


def _one(
    whole: LoadedSet,
    loaded: LoadedSet,
    bench: Workbench,
    carrier: Any,
    folder: Path,
    baselines: bool,
    fresh: bool,
    shown: _Shown,
    executor: str,
    jobs: int,
    mode: Literal["rules", "auto", "llm"],
) -> None:
    from checker.cli.evaluate.systems import work_of
    from checker.evaluation.run import carry_out, now, write_info
    from checker.evaluation.tables import Evaluation, render

    bench.index.version  # noqa: B018 - an index that is not there is built now, before the progress bar of the cases
    started = now()
    work, left_out = work_of(loaded, whole.subjects, bench, carrier, baselines, mode)
    with _bar(sum(len(w.jobs) for w in work)) as step:
        carried = carry_out(work, folder, step, fresh)
    info = _info(loaded, bench, carried, left_out, started, f"{executor}, {jobs} jobs")
    write_info(info, folder)
    evaluation = Evaluation(title=info.title, notes=info.notes, results=carried.results, left_out=left_out)
    write(render(evaluation, "md", details=True), _anew(folder / TABLE))
    write(render(evaluation, "json", details=True), _anew(folder / FIGURES))
    write(page(evaluation, info, {s.id: s.document.text for s in loaded.subjects}, bench, shown.language), _anew(folder / PAGE))
    write(render(evaluation, shown.format.value, shown.details), None)
    _unread(carried.results)
    say(f"{folder / PAGE}: {carried.answered} svar lavet, {carried.resumed} genbrugt / {carried.answered} answers made, {carried.resumed} kept.")


def _anew(file: Path) -> Path:
    file.unlink(missing_ok=True)
    return file


def _unread(results: Sequence[Result]) -> None:
    """Names every text that checker could not read, on stderr."""
    from checker.worker import CHECKER

    for result in results:
        if result.system == CHECKER and result.said.unread:
            say(f"{result.case}: ikke læst / unread: {result.said.unread}")


def _info(loaded: LoadedSet, bench: Workbench, carried: Carried, left_out: dict[str, str], started: Any, executor: str) -> RunInfo:
    from checker import __version__
    from checker.evaluation.run import RunInfo, by_system, splits_of
    from checker.worker import CHECKER, code_hash

    systems = by_system(carried.results)
    mine = systems[CHECKER]
    reader = next((r.receipt.reader for r in mine if r.receipt is not None), bench.reader.name)
    count = ", ".join(f"{sum(r.split == s for r in mine)} {s}" for s in splits_of(mine))
    return RunInfo(
        set=loaded.name,
        title=f"{loaded.name}: {len(mine)} cases, {sum(len(r.gold.verdicts) for r in mine)} labelled verdicts",
        notes=(
            f"checker {__version__}, reader {reader}, catalogue {bench.library.catalogue_hash}, law of {loaded.law_date:%Y-%m-%d}",
            f"{count} (split by family; the reader was trained on the train part of the municipal set)",
            f"labels: {loaded.verified}",
            *loaded.notes,
            *(f"not run: {name}: {why}" for name, why in left_out.items()),
        ),
        checker=__version__,
        code=code_hash(),
        reader=reader,
        systems=tuple(systems),
        left_out=left_out,
        executor=executor,
        started=started,
        seconds=round(carried.seconds, 2),
        answered=carried.answered,
        resumed=carried.resumed,
    )


def page(evaluation: Evaluation, info: RunInfo, texts: dict[str, str], bench: Workbench, language: str) -> str:
    """The HTML page of one evaluation."""
    from checker.evaluation.gate.baseline import HISTORY, read_history
    from checker.evaluation.page import HistoryEntry, PageFacts, render_page

    catalogue = bench.library.catalogue
    entries = read_history(Path("eval/baselines") / HISTORY, info.set)
    facts = PageFacts(
        title=evaluation.title,
        notes=evaluation.notes,
        results=evaluation.results,
        texts=texts,
        titles={r: catalogue.requirements[r].title.get(language) for r in catalogue.core},
        history=tuple(HistoryEntry(date=e.date, version=f"{e.checker} {e.code}".strip(), note=e.why, figures=e.metrics) for e in entries),
        run_info=run_info(info, evaluation.results),
    )
    return render_page(facts, "en" if language == "en" else "da")


def run_info(info: RunInfo, results: Sequence[Result]) -> tuple[tuple[str, str], ...]:
    """What the figures rest on, as (name, value)."""
    speed = f"{info.documents_per_minute:.0f}" if info.documents_per_minute is not None else "–"
    return (
        ("checker", f"{info.checker} ({info.code})"),
        ("reader", info.reader),
        ("executor", info.executor),
        ("machine", info.machine),
        ("started", f"{info.started:%Y-%m-%d %H:%M} UTC"),
        ("wall clock, s", f"{info.seconds:.1f}"),
        ("answers per minute, all systems", speed),
        ("answers made, kept", f"{info.answered}, {info.resumed}"),
        ("peak memory, MiB", f"{max((r.cost.peak_mib for r in results), default=0):.0f}"),
        ("model tokens read, written", f"{sum(r.cost.tokens_in for r in results)}, {sum(r.cost.tokens_out for r in results)}"),
    )


def executor_of(name: str, jobs: int) -> Any:
    """In this process, on so many of this machine's, or on a cluster.

    Raises:
        SettingsError: another name.
    """
    kind, _, address = name.partition(":")
    if kind == "local" and not address and jobs == 1:
        from checker.adapters.executors import LocalExecutor

        return LocalExecutor()
    if (kind == "local" and not address) or kind == "dask":
        from checker.adapters.dask_executor import DaskExecutor

        return DaskExecutor(address or None, jobs)
    raise SettingsError(f"--executor {name} kendes ikke.", "Brug local, dask eller dask:tcp://vært:port / use local, dask or dask:tcp://host:port.")


class _bar:
    """A progress bar on stderr where a person watches, one line per system."""

    def __init__(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._progress.add_task("sager / cases", total=total)

    def __enter__(self) -> Callable[[Result], None]:
        self._progress.start()
        return lambda result: self._progress.advance(self._task)

    def __exit__(self, *error: object) -> None:
        self._progress.stop()
