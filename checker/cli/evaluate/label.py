"""checker eval label: a person labels texts of a set in the terminal; the tool's answer stays hidden until theirs is given."""

from __future__ import annotations

import io
import shutil
import sys
import textwrap
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from checker.cli.common import Language, language_of, say, workbench
from checker.errors import SettingsError

if TYPE_CHECKING:
    from checker.evaluation.cases import Case
    from checker.evaluation.labels.files import LabelFile
    from checker.evaluation.labels.sheet import Sheet, ToolSays
    from checker.model.project import Document, Quote
    from checker.model.report import Report
    from checker.wiring import Workbench

SAMPLE = 10


class RevealChoice(StrEnum):
    EACH = "each"
    END = "end"
    NEVER = "never"


def label(
    labeller: Annotated[str, typer.Option("--labeller", metavar="NAVN", help="Hvem der mærker; bliver navnet på en mappe / who labels.")],
    folder: Annotated[Path, typer.Argument(metavar="SÆT", help="Mappe med mærkede sager / a labelled set.")] = Path("eval/sets/municipal"),
    cases: Annotated[list[str] | None, typer.Option("--case", metavar="ID", help="Netop denne sag; kan gentages / this case; repeatable.")] = None,
    sample: Annotated[
        int | None, typer.Option("--sample", min=1, metavar="N", help=f"N tilbageholdte sager fra hver sin familie; uden valg {SAMPLE} / N held-out cases.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Samme tal giver alle de samme sager / the same number, the same cases.")] = 0,
    facts: Annotated[bool, typer.Option("--facts/--no-facts", help="Spørg også til oplysningerne / ask for the facts too.")] = False,
    reveal: Annotated[
        RevealChoice,
        typer.Option("--reveal", help="Værktøjets svar efter hvert af dine, efter hele teksten, aldrig / the tool's answers: after each, at the end, never."),
    ] = RevealChoice.EACH,
    lang: Annotated[Language | None, typer.Option("--lang", help="Kravenes sprog / language of the requirements.")] = None,
) -> None:
    """Mærk sager krav for krav, uden at se værktøjets svar først / label cases, requirement by requirement.

    Hvert svar gemmes straks i SÆT/labellers/NAVN. q, Ctrl-C eller slut på input stopper; samme kommando fortsætter.
    """
    from checker.evaluation.cases import load_manifest, load_set
    from checker.evaluation.labels.files import checked_name, opened, save
    from checker.evaluation.labels.walk import label as walk

    checked_name(labeller)
    bench, terminal = workbench(), Terminal()
    manifest, catalogue = load_manifest(folder), bench.library.catalogue
    everything = load_set(folder, catalogue)
    chosen = _chosen(folder, everything, cases, sample, seed)
    read = {c.id: bench.documents.read(c.file) for c in chosen}
    begun = {c.id: opened(folder, labeller, c, read[c.id], catalogue, bench.library.catalogue_hash) for c in chosen}
    try:
        for number, case in enumerate(chosen, start=1):
            if note := _note(before := begun[case.id], bench.library.catalogue_hash):
                terminal.show(note)
            document, language = read[case.id], language_of(lang, bench)
            sheet = _sheet(f"{case.id} ({number} af/of {len(chosen)})", document, bench, language, facts, reveal)
            tool = Answers(bench, document, manifest.law_date, language)
            begun[case.id], stopped = walk(sheet, before, terminal, lambda labels: save(folder, labels), tool)
            if stopped:
                break
    except KeyboardInterrupt:
        terminal.show("\nAfbrudt; alle svar er gemt. / Stopped; every answer is kept.")
    _summary(terminal, everything, [f for f in begun.values() if f.finished is not None], len(chosen), bench)


def _chosen(folder: Path, everything: Sequence[Case], named: list[str] | None, count: int | None, seed: int) -> tuple[Case, ...]:
    """The cases named, or a sample.

    Raises:
        SettingsError: both were given, an id is not in the set, or the set has no held-out cases.
    """
    from checker.evaluation.labels.files import sample

    if named and count is not None:
        raise SettingsError("Brug enten --case eller --sample, ikke begge / use one of them.")
    if not named:
        found = sample(everything, count or SAMPLE, seed)
        if not found:
            raise SettingsError(f"{folder} har ingen tilbageholdte sager / has no held-out cases.", "Vælg med --case / choose with --case.")
        if len(found) < (count or SAMPLE):
            say(f"sættet har kun {len(found)} tilbageholdte sager / the set has only that many held-out cases")
        return found
    by_id = {c.id: c for c in everything}
    if unknown := [n for n in named if n not in by_id]:
        from difflib import get_close_matches

        near = get_close_matches(unknown[0], by_id, n=3)
        raise SettingsError(f"Sagen {unknown[0]} findes ikke i {folder} / no such case.", f"Mente du {', '.join(near)}?" if near else "")
    return tuple(by_id[n] for n in dict.fromkeys(named))


def _note(labels: LabelFile, catalogue_hash: str) -> str:
    """What the labeller should know before going on with a text."""
    changed = "kravene er ændret, siden du begyndte / the catalogue has changed since you began. " if labels.catalogue != catalogue_hash else ""
    done = "er færdig / is finished" if labels.finished is not None else ""
    return f"{labels.case}: {changed}{done}" if changed or done else ""


def _sheet(title: str, document: Document, bench: Workbench, language: str, facts: bool, reveal: RevealChoice) -> Sheet:
    from checker.cli.explaining import words
    from checker.evaluation.labels.sheet import Reveal, Sheet

    return Sheet(
        title=title,
        blocks=blocks_of(document),
        catalogue=bench.library.catalogue,
        applies=lambda spec: words(bench.library, spec.applies_when, language),
        language=language,
        with_facts=facts,
        reveal=Reveal(reveal.value),
    )


def blocks_of(document: Document) -> tuple[tuple[Quote, ...], ...]:
    """All of the text, sentence by sentence: which part of it is the project is for the labeller to see."""
    from checker.model.project import Quote, Span
    from checker.read.segment import sentences

    found = []
    for block in document.blocks:
        span = block.span
        whole = [Span(start=span.start, end=span.end)] if block.kind in ("heading", "table_row") else sentences(document.text, span.start, span.end)
        quotes = (Quote.of(document.text, s.start, s.end) for s in whole)
        found.append(tuple(q for q in quotes if q.text.strip()))
    return tuple(block for block in found if block)


class Answers:
    """The tool's answers on one text, made when first asked for: loading its models takes seconds, and nobody may peek."""

    def __init__(self, bench: Workbench, document: Document, law_date: date, language: str) -> None:
        self._bench, self._document, self._law_date, self._language = bench, document, law_date, language

    def __call__(self) -> Mapping[str, ToolSays]:
        return answers_of(self._bench.check(self._document, self._law_date, self._language), self._language)


def answers_of(report: Report, language: str) -> dict[str, ToolSays]:
    from checker.evaluation.labels.files import RISK
    from checker.evaluation.labels.sheet import ToolSays
    from checker.report.words import Words

    words = Words(language)
    said = {
        f.requirement: ToolSays(f.verdict.value, words.name("reason", f.reason.value), tuple(q.text for q in f.evidence if not q.orphaned))
        for f in report.findings
    }
    return said | {RISK: ToolSays(report.risk_class.value, "")}


def _summary(terminal: Terminal, everything: Sequence[Case], finished: Sequence[LabelFile], of: int, bench: Workbench) -> None:
    """Figures only, and of finished texts only: one answer's agreement would tell what the other labeller answered."""
    if not finished:
        return
    from checker.evaluation.labels.compared import compared, headline

    found = compared(everything, finished, bench.library.catalogue)
    terminal.show(f"\n{len(finished)} af/of {of} sager er færdige / cases are finished. {headline(found)}")


class Terminal:
    """The `Form` of a terminal, or of a pipe: every line is asked on standard output and read from standard input."""

    def __init__(self) -> None:
        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(encoding="utf-8", errors="replace")

    def show(self, text: str) -> None:
        from checker.report.words import printable

        width = min(shutil.get_terminal_size().columns, 110)
        for line in printable(text).split("\n"):
            indent = " " * (len(line) - len(line.lstrip()) + 4)
            print(textwrap.fill(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False) if len(line) > width else line)
        sys.stdout.flush()

    def ask(self, prompt: str) -> str | None:
        try:
            return input(prompt)
        except (EOFError, KeyboardInterrupt):
            print()
            return None
