"""checker draft: writing help from a check, marked as such: a mail, text for an impact assessment, reasons for the gaps."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from checker.cli.common import INTERRUPTED, QUESTIONS, Bar, Language, ReaderChoice, exit_with, language_of, parse_date, say, workbench, write

if TYPE_CHECKING:
    from checker.drafting import Draft, Kind, Lent, Writer
    from checker.model.report import Report
    from checker.wiring import Workbench


class DraftKind(StrEnum):
    MAIL = "mail"
    DPIA = "dpia"
    RATIONALE = "rationale"


class DraftFormat(StrEnum):
    MD = "md"
    JSON = "json"


def draft(
    kind: Annotated[
        DraftKind,
        typer.Argument(
            metavar="mail|dpia|rationale",
            help="mail: til projektlederen; dpia: tekst til konsekvensanalysen; rationale: begrundelse for hver mangel / which draft.",
        ),
    ],
    path: Annotated[str, typer.Argument(metavar="FIL", help="En projektbeskrivelse; '-' læser standard input / a description.")],
    lang: Annotated[Language | None, typer.Option("--lang", help="Udkastets sprog / the draft's language.")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATO", help="Lovens dato, fx 2027-12-02; uden: i dag / law date.")] = None,
    format: Annotated[DraftFormat, typer.Option("--format", "-f", help="Markdown eller JSON / Markdown or JSON.")] = DraftFormat.MD,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Skriv til denne fil / write to this file.")] = None,
    reader: Annotated[
        ReaderChoice,
        typer.Option("--reader", help="rules: reglerne læser og skriver alene; llm, auto: sprogmodellen hjælper / rules alone, or with the language model."),
    ] = ReaderChoice.AUTO,
    mask: Annotated[
        bool, typer.Option("--mask/--no-mask", help="Slør CPR-numre, mailadresser og telefonnumre i udkastet og for sprogmodellen / mask personal data.")
    ] = True,
) -> None:
    """Skriv et udkast: mail, tekst til konsekvensanalyse, begrundelser / writing help; every sentence names its source.

    Udkastet er ikke gennemgået af en jurist. Slutkode 0: skrevet, 2: noget kunne ikke læses / exit 0 written, 2 unreadable input.
    """
    from checker.drafting import as_markdown
    from checker.report.markup import escape_markdown
    from checker.report.words import Words, printable

    when = parse_date(as_of)
    bench = workbench(when)
    language = language_of(lang, bench)
    made = _made(_kind(kind), path, bench, language, reader, mask)
    if format is DraftFormat.JSON:
        write(made.model_dump_json(indent=2) + "\n", out)
    else:
        write(as_markdown(made, lambda text: escape_markdown(printable(text)), Words(language).date), out)


def _made(kind: Kind, path: str, bench: Workbench, language: str, reader: ReaderChoice, mask: bool) -> Draft:
    from checker.drafting import write as written
    from checker.errors import CheckerError

    document = bench.documents.read_bytes(sys.stdin.buffer.read(), "-") if path == "-" else bench.documents.read(Path(path))
    try:
        report = bench.check(document, bench.as_of, language, bench.reader_for(reader.value, mask))
    except RecursionError as error:
        raise CheckerError(f"{path}: dokumentet er for dybt indlejret / nested too deeply.") from error
    _stop_if_stopped(report)
    bar = Bar()
    lent, writer = lent_by(report, bench, language), _writer(kind, bench, reader)
    try:
        return written(report, kind, bench.checked.catalogue, lent, language, writer, mask, lambda done, total: bar(QUESTIONS, done, total))
    except KeyboardInterrupt:
        say(
            "stoppet, intet udkast er skrevet. Samme kommando skriver udkastet forfra; --reader rules skriver det uden sprogmodellen"
            " / stopped, no draft was written; the same command writes it anew, --reader rules without the language model."
        )
        raise typer.Exit(INTERRUPTED) from None


def _kind(kind: DraftKind) -> Kind:
    from checker.drafting import Kind

    return Kind(kind.value)


def _writer(kind: Kind, bench: Workbench, reader: ReaderChoice) -> Writer | None:
    """The language model of the settings, with the word of its exam; none where rules are asked for, or no model is set."""
    from checker.drafting import PROMPTS, Writer
    from checker.errors import CheckerError
    from checker.prompts import find_prompt

    if reader is ReaderChoice.RULES or bench.settings.llm is None:
        return None
    prompt = find_prompt(PROMPTS[kind], bench.settings.prompts)
    model, trust = bench.chat, bench.trust
    if not trust.trusted:
        return Writer(model, prompt, trusted=False, note=trust.note)
    try:
        return Writer(model, prompt, trusted=True, note=trust.note, identity=model.identity(), parallel=bench.settings.llm_parallel or model.slots())
    except CheckerError as error:  # it answered while reading and is gone now
        return Writer(model, prompt, trusted=False, note=str(error))


def _stop_if_stopped(report: Report) -> None:
    from checker.reader.llm.asking import STOPPED

    if report.model is not None and report.model.broken_off == STOPPED:
        say("stoppet. Det, sprogmodellen nåede, er gemt; samme kommando går videre derfra / stopped; the same command goes on from here.")
        exit_with(INTERRUPTED)


def lent_by(report: Report, bench: Workbench, language: str) -> Lent:
    """What the report and the reader know, for drafts."""
    from checker.drafting import Law, Lent
    from checker.model.report import Finding
    from checker.read.address import addresses_checker
    from checker.reader.llm.rendering import readable
    from checker.report.names import names_of
    from checker.report.view_parts import FindingView, finding_view
    from checker.report.words import Words

    words, acts = Words(language), bench.checked.acts
    names = names_of(bench.checked.catalogue, acts, bench.library.guideline_titles)

    def view(finding: Finding) -> FindingView:
        return finding_view(finding, report, words, names)

    def laws(finding: Finding) -> tuple[Law, ...]:
        return tuple(_law(law.id, law.name, law.title, law.text, law.kind_id, law.language, law.url) for law in view(finding).main_laws if not law.orphaned)

    def _law(id_: str, name: str, title: str, text: str, kind: str, spoken: str, url: str | None) -> Law:
        act = id_.partition(":")[0]
        whole = acts[act].title.get(language) if act in acts else names.act(act, language)
        return Law(
            provision=id_,
            name=name,
            act=names.act(act, language),
            act_title=whole,
            title=title,
            text=text,
            kind=kind,
            language=spoken,
            url=url,
        )

    return Lent(
        reason=lambda finding: ((seen := view(finding)).reason, seen.silent),
        laws=laws,
        value=lambda value: words.name("value", value),
        day=words.date,
        readable=readable,
        addresses=addresses_checker,
    )
