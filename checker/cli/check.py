"""checker check: one file, several, a folder or standard input → reports."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from checker.cli.common import Format, Language, ReaderChoice, exit_with, parse_date, say, workbench, write

if TYPE_CHECKING:
    from checker.model.project import Document
    from checker.wiring import Workbench


def check(
    paths: Annotated[list[str], typer.Argument(metavar="STI…", help="Filer eller mapper (.txt .md .docx .pdf .odt .html); '-' læser standard input.")],
    format: Annotated[Format, typer.Option("--format", "-f", help="Rapportens form.")] = Format.TEXT,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATO", help="Lovens dato, fx 2027-12-02. Uden: i dag.")] = None,
    reader: Annotated[ReaderChoice, typer.Option("--reader", help="Hvem der læser teksten.")] = ReaderChoice.AUTO,
    lang: Annotated[Language, typer.Option("--lang", help="Rapportens sprog.")] = Language.DA,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Skriv til denne fil; ved flere rapporter en mappe.")] = None,
    with_text: Annotated[bool, typer.Option("--with-text", help="Tag den udtrukne tekst med i JSON.")] = False,
) -> None:
    """Tjek projektbeskrivelser / check project descriptions.

    Exit 0: ingen mangler af betydning. 1: mindst én mangel, der blokerer eller er væsentlig. 2: noget kunne ikke læses.
    """
    when = parse_date(as_of)
    bench = workbench()
    from checker.errors import CheckerError, InputError
    from checker.report import render
    from checker.report.names import names_of

    names = names_of(bench.library.catalogue, bench.library.acts)
    serious, failed = False, False
    jobs = _jobs(bench, paths)
    single = len(jobs) == 1
    for job in jobs:
        try:
            report = bench.check(_read(bench, job), when)
        except InputError as error:
            # One unreadable file does not stop the others.
            say(str(error))
            failed = True
            continue
        except RecursionError as error:
            raise CheckerError(f"{job}: dokumentet er for dybt indlejret.") from error
        serious = serious or report.serious
        text = render(report, format.value, lang.value, names=names, with_text=with_text)
        if format is Format.JSONL and out is not None and not single:
            _append(text, out, first=job == jobs[0])
        else:
            write(text, _target(out, job, format, single))
    exit_with(2 if failed else 1 if serious else 0)


def _jobs(bench: Workbench, paths: list[str]) -> list[str]:
    """Every document to read, in order."""
    jobs: list[str] = []
    for path in paths:
        jobs += ["-"] if path == "-" else [str(p) for p in bench.documents.paths(Path(path))]
    return jobs


def _read(bench: Workbench, job: str) -> Document:
    if job == "-":
        return bench.documents.read_bytes(sys.stdin.buffer.read(), "-")
    return bench.documents.read(Path(job))


def _append(text: str, out: Path, first: bool) -> None:
    with out.open("w" if first else "a", encoding="utf-8") as file:
        file.write(text.rstrip("\n") + "\n")


def _target(out: Path | None, job: str, format: Format, single: bool) -> Path | None:
    """The file for one report: `--out` itself, or a file in it when there are several reports."""
    if out is None or (single and not out.is_dir()):
        return out
    suffix = {"text": "txt", "jsonl": "json"}.get(format.value, format.value)
    return out / f"{'stdin' if job == '-' else Path(job).stem}.{suffix}"
