"""checker export: one description → one package for the case system."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from checker.cli.common import INTERRUPTED, Language, ReaderChoice, exit_with, language_of, parse_date, say, workbench
from checker.cli.files import check_target, write_bytes

if TYPE_CHECKING:
    from checker.model.report import Report
    from checker.wiring import Workbench


def export(
    path: Annotated[str, typer.Argument(metavar="FIL", help="En projektbeskrivelse; '-' læser standard input / a description.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Pakken, fx sag-123.zip / the package to write.")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATO", help="Lovens dato, fx 2027-12-02; uden: i dag / law date.")] = None,
    lang: Annotated[Language | None, typer.Option("--lang", help="Pakkens sprog / the package's language.")] = None,
    reader: Annotated[
        ReaderChoice, typer.Option("--reader", help="rules: reglerne alene; llm, auto: også sprogmodellen / the rules alone, or the language model too.")
    ] = ReaderChoice.AUTO,
    mask: Annotated[
        bool, typer.Option("--mask/--no-mask", help="Slør CPR-numre, mailadresser og telefonnumre for sprogmodellen og i udkastet / mask personal data.")
    ] = True,
) -> None:
    """Skriv en pakke til journalen: PDF/A, Word, handlingsliste, data, udkast / one package for the case file.

    Indhold: report.pdf, report.docx, actions.xlsx, report.json (med teksten), dpia-draft.docx, register.json og MANIFEST.txt med
    kontrolsummer. Slutkode 0: skrevet, 2: noget kunne ikke læses eller skrives / exit 0 written, 2 could not be read or written.
    """
    when = parse_date(as_of)
    check_target("zip", out)
    from checker.adapters.written import ready

    ready("pdf")
    bench = workbench(when)
    language = language_of(lang, bench)
    report = _checked(bench, path, language, reader, mask)
    write_bytes(_package(report, bench, language, mask), out)


def _checked(bench: Workbench, path: str, language: str, reader: ReaderChoice, mask: bool) -> Report:
    from checker.errors import CheckerError
    from checker.reader.llm.asking import STOPPED

    document = bench.documents.read_bytes(sys.stdin.buffer.read(), "-") if path == "-" else bench.documents.read(Path(path))
    try:
        report = bench.check(document, bench.as_of, language, bench.reader_for(reader.value, mask))
    except RecursionError as error:
        raise CheckerError(f"{path}: dokumentet er for dybt indlejret / nested too deeply.") from error
    if report.model is not None and report.model.broken_off == STOPPED:
        say("stoppet; pakken er ikke skrevet. Samme kommando går videre derfra / stopped, no package written; the same command goes on from here.")
        exit_with(INTERRUPTED)
    return report


def _package(report: Report, bench: Workbench, language: str, mask: bool) -> bytes:
    """The draft is written by rules alone: the same report gives the same package, whether a language model is there or not."""
    from checker.adapters.written.draft import draft_docx
    from checker.adapters.written.package import DPIA, package, report_files
    from checker.cli.draft import lent_by
    from checker.drafting import Kind, write
    from checker.report.names import names_of
    from checker.report.words import Words

    names = names_of(bench.checked.catalogue, bench.checked.acts, bench.library.guideline_titles)
    draft = write(report, Kind.DPIA, bench.checked.catalogue, lent_by(report, bench, language), language, mask=mask)
    files = report_files(report, language, names) | {DPIA: draft_docx(draft, Words(language).date)}
    return package(files, report, language)
