"""checker check: one file, several, a folder or standard input → reports."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from checker.cli.common import INTERRUPTED, Format, Language, ReaderChoice, exit_with, language_of, parse_date, say, workbench, write
from checker.cli.files import check_target, write_bytes

if TYPE_CHECKING:
    from checker.model.project import Document
    from checker.model.report import Report
    from checker.report import Names
    from checker.wiring import Workbench


def check(
    paths: Annotated[list[str], typer.Argument(metavar="STI…", help="Filer eller mapper (.txt .md .docx .pdf .odt .html); '-' læser standard input.")],
    format: Annotated[Format, typer.Option("--format", "-f", help="Rapportens form; docx og pdf skal have --out / the report's form.")] = Format.TEXT,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATO", help="Lovens dato, fx 2027-12-02. Uden: i dag.")] = None,
    reader: Annotated[
        ReaderChoice,
        typer.Option("--reader", help="rules: reglerne alene; llm: også sprogmodellen, om alt; auto: sprogmodellen om det åbne, hvor CHECKER_LLM er sat."),
    ] = ReaderChoice.AUTO,
    mask: Annotated[
        bool, typer.Option("--mask/--no-mask", help="Slør CPR-numre, mailadresser og telefonnumre, før sprogmodellen læser med / mask them for the model.")
    ] = True,
    lang: Annotated[Language | None, typer.Option("--lang", help="Rapportens sprog; uden: dansk eller CHECKER_LANGUAGE.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Skriv til denne fil; ved flere rapporter en mappe.")] = None,
    with_text: Annotated[bool, typer.Option("--with-text", help="Tag den udtrukne tekst med i JSON.")] = False,
) -> None:
    """Tjek projektbeskrivelser / check project descriptions.

    Exit 0: ingen mangler af betydning. 1: mindst én mangel, der blokerer eller er væsentlig. 2: noget kunne ikke læses.
    """
    when = parse_date(as_of)
    bench = workbench(when)
    from checker.errors import CheckerError, InputError
    from checker.report.names import names_of

    names, language = names_of(bench.checked.catalogue, bench.checked.acts, bench.library.guideline_titles), language_of(lang, bench)
    reading = bench.reader_for(reader.value, mask)
    if reading is not bench.checking_reader:
        say("sprogmodellen læser med; det første svar kan tage minutter / the language model reads along; its first answer takes longest.")
    serious = False
    jobs, failed = _jobs(bench, paths)
    _ready(format, out, jobs)
    targets = _targets(out, jobs, format, single=len(jobs) == len(paths) == 1)
    begun: set[Path] = set()
    for job, target in zip(jobs, targets, strict=True):
        try:
            report = bench.check(_read(bench, job), when, language, reading)
            _tell(report)
            serious = serious or report.serious
            _write(report, format, language, names, with_text, target, target in begun)
        except InputError as error:
            # One unreadable file does not stop the others.
            say(str(error))
            failed = True
            continue
        except RecursionError as error:
            raise CheckerError(f"{job}: dokumentet er for dybt indlejret.") from error
        if target is not None:
            begun.add(target)
    exit_with(2 if failed else 1 if serious else 0)


def _ready(format: Format, out: Path | None, jobs: list[str]) -> None:
    """Before anything is read: whether files of this form can be made, and go where they would.

    Raises:
        CheckerError: they cannot.
    """
    if format is Format.DOCX or format is Format.PDF:
        from checker.adapters.written import ready

        check_target(format.value, out, several=len(jobs) > 1)
        ready(format.value)


def _write(report: Report, format: Format, language: str, names: Names, with_text: bool, target: Path | None, append: bool) -> None:
    if format is Format.DOCX or format is Format.PDF:
        from checker.adapters.written import written

        write_bytes(written(report, format.value, language, names), target)
    else:
        from checker.report import render

        write(render(report, format.value, language, names=names, with_text=with_text), target, append=append)


def _tell(report: Report) -> None:
    """What of the language model a person should know without opening the report.

    Raises:
        typer.Exit: the user stopped while it was asked.
    """
    from checker.reader.llm.asking import STOPPED

    model = report.model
    if model is None:
        return
    if model.broken_off == STOPPED:
        say("stoppet. Det, sprogmodellen nåede, er gemt; samme kommando går videre derfra / stopped; the same command goes on from here.")
        exit_with(INTERRUPTED)
    if model.broken_off:
        say(f"sprogmodellen: {model.broken_off} Resten er læst af regellæseren alene / the rest was read by the rule reader alone.")
    elif not model.trusted:
        say(f"sprogmodellens svar vises kun som forslag ({model.exam}) / its answers are suggestions only.")


def _jobs(bench: Workbench, paths: list[str]) -> tuple[list[str], bool]:
    """Every document to read, in order, and whether a path could not be followed (said on stderr)."""
    from checker.errors import InputError

    jobs, failed = list[str](), False
    for path in paths:
        try:
            jobs += ["-"] if path == "-" else [str(p) for p in bench.documents.paths(Path(path))]
        except InputError as error:
            say(str(error))
            failed = True
    return jobs, failed


def _read(bench: Workbench, job: str) -> Document:
    if job == "-":
        return bench.documents.read_bytes(sys.stdin.buffer.read(), "-")
    return bench.documents.read(Path(job))


def _targets(out: Path | None, jobs: list[str], format: Format, single: bool) -> list[Path | None]:
    """The file for each report: `--out` itself (jsonl: all lines in it), or one of its own in the folder `--out`."""
    if out is None or ((single or format is Format.JSONL) and not out.is_dir()):
        return [out] * len(jobs)
    suffix = "txt" if format is Format.TEXT else format.value
    targets: list[Path | None] = []
    taken: set[str] = set()
    for job in jobs:
        stem = name = "stdin" if job == "-" else Path(job).stem
        number = 1
        while name.casefold() in taken:  # projekt.docx and projekt.pdf: neither report may overwrite the other
            number += 1
            name = f"{stem}-{number}"
        taken.add(name.casefold())
        targets.append(out / f"{name}.{suffix}")
    return targets
