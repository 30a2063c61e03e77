"""checker eval label: a person labels texts of a set in the terminal; the tool's answer stays hidden until theirs is given."""

from __future__ import annotations

import io
import shutil
import sys
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    from checker.model.catalogue import Catalogue
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
    cases: Annotated[
        list[str] | None, typer.Option("--case", metavar="ID", help="Denne sag; en færdig åbnes til nye svar; kan gentages / this case, repeatable.")
    ] = None,
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
    Enigheden med sættet vises først, når alle sager i kaldet er færdige.
    """
    from checker.evaluation.cases import load_manifest, load_set
    from checker.evaluation.labels.files import checked_name, opened

    checked_name(labeller)
    bench, terminal = workbench(), Terminal()
    manifest, catalogue = load_manifest(folder), bench.library.catalogue
    everything = load_set(folder, catalogue)
    chosen = _chosen(folder, everything, cases, sample, seed)
    read = {c.id: bench.documents.read(c.file) for c in chosen}
    begun = {c.id: opened(folder, labeller, c, read[c.id], catalogue, bench.library.catalogue_hash) for c in chosen}
    call = _Call(folder, bench, terminal, manifest.law_date, language_of(lang, bench), facts, reveal, again=bool(cases))
    stopped = False
    try:
        for number, case in enumerate(chosen, start=1):
            place = f"Sag {number} af {len(chosen)} / case {number} of {len(chosen)}: {case.id}"
            begun[case.id], stopped = call.one(place, read[case.id], begun[case.id])
            if stopped:
                break
    except KeyboardInterrupt:
        stopped = True
        terminal.show("\nAfbrudt; alle svar er gemt. / Stopped; every answer is kept.")
    _summary(terminal, everything, [f for f in begun.values() if f.finished is not None], len(chosen), stopped, bench)


@dataclass
class _Call:
    """One run of the command: what holds for all of its cases, and whether one was worked on yet."""

    folder: Path
    bench: Workbench
    terminal: Terminal
    law_date: date
    language: str
    facts: bool
    reveal: RevealChoice
    again: bool
    begun: bool = False

    def one(self, place: str, document: Document, labels: LabelFile) -> tuple[LabelFile, bool]:
        """One case: (what was answered, whether the labeller stopped). Between two texts there is a breath."""
        from checker.evaluation.labels.files import save
        from checker.evaluation.labels.questions import ready
        from checker.evaluation.labels.steps import anything_open
        from checker.evaluation.labels.walk import label as walk

        closed = labels.finished is not None
        # Named again, a text that was labelled with its facts is opened with them.
        sheet = _sheet(labels.case, document, self.bench, self.language, self.facts or (closed and self.again and bool(labels.facts)), self.reveal)
        if note := note_on(labels, self.bench.library.catalogue, self.bench.library.catalogue_hash, sheet.with_facts):
            self.terminal.show(note)
        if closed and not self.again and not anything_open(sheet, labels):
            self.terminal.show(f"{place}: er færdig, ret den med / is finished, correct it with --case {labels.case}")
        else:
            if not self.begun:
                self.terminal.show(f"\n{place}")
            elif not ready(self.terminal, place):
                return labels, True
            self.begun = True
        tool = Answers(self.bench, document, self.law_date, self.language)
        return walk(sheet, labels, self.terminal, lambda changed: save(self.folder, changed), tool, self.again)


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


def note_on(labels: LabelFile, catalogue: Catalogue, catalogue_hash: str, with_facts: bool) -> str:
    """What the labeller should know before going on with a text: whether its questions read otherwise than when they were answered."""
    from checker.evaluation.labels.wording import reworded, wording_of

    if labels.catalogue == catalogue_hash or not (labels.verdicts or labels.risk_class or labels.facts):
        return ""
    changed = reworded(labels.wording, wording_of(catalogue), with_facts and bool(labels.facts))
    closed = labels.finished is not None
    if changed is False or (changed is None and closed):
        return ""
    case, da, en = labels.case, "er ændret" if changed else "kan være ændret", "have changed" if changed else "may have changed"
    if closed:
        return (
            f"Spørgsmålene {da}, siden du mærkede {case}: giv et nyt svar med --case {case}, hvor dit første ikke længere passer.\n"
            f"The questions {en} since you labelled {case}: with --case {case}, give a second answer where your first no longer fits."
        )
    return (
        f"Spørgsmålene {da}, siden du begyndte på {case}: se dine svar igennem i oversigten, før du lukker sagen.\n"
        f"The questions {en} since you began on {case}: go through your answers in the overview before you close the case."
    )


def _sheet(title: str, document: Document, bench: Workbench, language: str, facts: bool, reveal: RevealChoice) -> Sheet:
    from checker.evaluation.conditions import defined
    from checker.evaluation.labels.sheet import Reveal, Sheet
    from checker.report.words import Words

    catalogue, words = bench.library.catalogue, Words(language)

    def value_name(value: str) -> str:
        return words.name("value", value)

    return Sheet(
        title=title,
        blocks=blocks_of(document),
        catalogue=catalogue,
        applies=lambda spec: defined(spec.applies_when, catalogue, language, value_name),
        value_name=value_name,
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


def _summary(terminal: Terminal, everything: Sequence[Case], finished: Sequence[LabelFile], of: int, stopped: bool, bench: Workbench) -> None:
    """Figures only, and only when every case of this call is closed: whoever sees them in between labels the rest in their light."""
    if not finished:
        return
    counted = f"\n{len(finished)} af/of {of} sager er færdige / cases are finished."
    if stopped or len(finished) < of:
        terminal.show(f"{counted} Enigheden vises, når alle er det. / The agreement is shown when all are.")
        return
    from checker.evaluation.labels.compared import compared, headline

    terminal.show(f"{counted} {headline(compared(everything, finished, bench.library.catalogue))}")


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
