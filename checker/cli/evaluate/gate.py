"""checker eval gate and checker eval baseline: what a change is held against, and how that is moved on purpose."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from checker.cli.common import exit_with, say, workbench, write
from checker.cli.evaluate.run import EvalFormat, executor_of
from checker.errors import CaseError, SettingsError

if TYPE_CHECKING:
    from checker.evaluation.records import Result

FOLDER = Path("eval/baselines")


def gate(
    baselines: Annotated[list[Path], typer.Option("--baseline", "-b", metavar="FIL", help="Det, ændringen holdes op imod; kan gentages / may be repeated.")],
    results: Annotated[
        Path | None,
        typer.Option("--results", "-r", metavar="MAPPE", help="En kørsel, der er gjort; ellers køres nu / a run that is there; else one is made now."),
    ] = None,
    set_: Annotated[
        Path | None, typer.Option("--set", metavar="SÆT", help="Sættet, hvis det ikke ligger i eval/sets / the set, if it is not in eval/sets.")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, max=64)] = 1,
    format: Annotated[EvalFormat, typer.Option("--format", "-f")] = EvalFormat.TEXT,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FIL", help="Skriv til denne fil / write to this file.")] = None,
) -> None:
    """Afvis en ændring, der gør checker dårligere (exit 1) / refuse a change that makes checker worse (exit 1).

    Et tal falder igennem, når hele 95 %-intervallet for forskellen ligger på den dårlige side af nul. Ugyldige citater og ulæste svar må ikke blive flere.
    Hver afgørelse, der skiftede, nævnes med de sætninger, der gik ud og kom ind.

    A figure fails when the whole 95 % interval of its difference lies on the worse side of zero. Invalid quotes and unread answers may not become more.
    Every verdict that changed is named with the sentences that went and came.
    """
    from checker.evaluation.gate.baseline import read_baseline
    from checker.evaluation.gate.changes import render_gate
    from checker.evaluation.gate.hold import hold

    read = [read_baseline(file) for file in baselines]
    gates = []
    for baseline in read:
        found = _measured(results) if results is not None else _made(set_ or Path(baseline.head.set), baseline.head.split, jobs)
        gates.append(hold(baseline, found))
    write(render_gate(gates, format.value), out)
    exit_with(0 if all(g.passed for g in gates) else 1)


def _measured(path: Path) -> list[Result]:
    from checker.evaluation.records import read_results
    from checker.worker import CHECKER

    found = [r for r in read_results(path) if r.system == CHECKER]
    if not found:
        raise CaseError(path, None, "no results of checker itself in it")
    return found


def _made(path: Path, split: str, jobs: int) -> list[Result]:
    """Measured now, kept nowhere."""
    from tempfile import TemporaryDirectory

    from checker.cli.evaluate.sets import load
    from checker.cli.evaluate.systems import work_of
    from checker.evaluation.run import carry_out

    bench = workbench()
    whole = load(path, bench, agreed=False)
    with TemporaryDirectory(prefix="checker-gate-") as folder, executor_of("local", jobs) as carrier:
        work, _ = work_of(whole.cut(split), whole.subjects, bench, carrier, baselines=False)
        return list(carry_out(work, Path(folder), lambda result: None).results)


def baseline(
    results: Annotated[Path, typer.Argument(metavar="MAPPE", help="En kørsel af `checker eval run` / a run of `checker eval run`.")],
    why: Annotated[str, typer.Option("--why", help="Hvorfor grundlaget flyttes / why the baseline is moved.")],
    folder: Annotated[Path, typer.Option("--to", metavar="MAPPE", help="Hvor grundlagene ligger / where the baselines lie.")] = FOLDER,
) -> None:
    """Flyt det grundlag, som ændringer holdes op imod, og skriv hvorfor / move the baseline on purpose, and write why.

    Skriver <sæt>.<del>.jsonl og en linje i history.jsonl, som siden viser som udvikling.
    """
    from checker.evaluation.figures.score import score
    from checker.evaluation.gate.baseline import HISTORY, Entry, Head, append_history, keep
    from checker.evaluation.run import of_split, splits_of

    if not why.strip():
        raise SettingsError("--why er tom.", "Skriv, hvorfor grundlaget flyttes / write why the baseline is moved.")
    found = _measured(results)
    stale = sorted({r.receipt.checker + r.receipt.catalogue + r.receipt.reader for r in found if r.receipt is not None})
    if len(stale) > 1:
        raise CaseError(results, None, "the results come from different versions of the product; run `checker eval run --fresh`")
    receipt = next((r.receipt for r in found if r.receipt is not None), None)
    if receipt is None:
        raise CaseError(results, None, "no result carries a receipt; expected a run of `checker eval run`")
    code, set_ = _code(results), found[0].set
    metrics = {s: score(of_split(found, s)) for s in splits_of(found)}
    folder.mkdir(parents=True, exist_ok=True)
    for split, figures in metrics.items():
        chosen = of_split(found, split)
        timeless = {m: round(v, 5) if v is not None else None for m, v in figures.items() if not m.startswith("seconds")}
        head = Head(
            set=set_,
            split=split,
            made=date.today(),
            why=why,
            checker=receipt.checker,
            code=code,
            reader=receipt.reader,
            catalogue=receipt.catalogue,
            cases=len(chosen),
            metrics=timeless,
        )
        (folder / f"{set_}.{split}.jsonl").write_text(keep(chosen, head), "utf-8")
        say(f"{folder / f'{set_}.{split}.jsonl'}: {len(chosen)} sager / cases")
    rounded = {s: {m: round(v, 4) if v is not None else None for m, v in f.items()} for s, f in metrics.items()}
    cases = {s: len(of_split(found, s)) for s in metrics}
    entry = Entry(date=date.today(), set=set_, checker=receipt.checker, code=code, why=why, cases=cases, metrics=rounded)
    append_history(folder / HISTORY, entry)


def _code(results: Path) -> str:
    from checker.evaluation.run import read_info

    info = read_info(results if results.is_dir() else results.parent)
    return info.code if info is not None else ""
