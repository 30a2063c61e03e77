"""The report on a console. Every text goes in as `Text`, never as markup: a title may hold `[bold]` or worse."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from checker.report.view import ReportView
from checker.report.view_basics import QuoteView
from checker.report.view_parts import FindingView
from checker.report.words import Words

# Colour only repeats what the words say.
_STYLES = {"blocker": "bold red", "major": "yellow", "minor": "cyan", "advice": "cyan"}


def write(v: ReportView, t: Words, console: Console) -> None:
    _head(v, t, console)
    for section in v.todo:
        _heading(t(section.id), console)
        if section.id == "own":
            _line(t("own.intro"), console)
        _findings(section.findings, t, console)
    if v.unjudged:
        _heading(t("unjudged"), console)
        _line(t("unjudged.intro"), console)
        # Only their names: message and severity would read as a gap, which nobody has found.
        for f in v.unjudged:
            _line(f"- {f.title}", console, indent=2)
    _questions(v, t, console)
    _contradictions(v, t, console)
    _stale(v, t, console)
    _met(v, t, console)
    _document(v, t, console)
    _model(v, t, console)
    _lawyer(v, t, console)


def _line(text: str, console: Console, *, indent: int = 0, style: str = "") -> None:
    console.print(Padding(Text(text, style=style), (0, 0, 0, indent)))


def _heading(text: str, console: Console, *, mark: str = "=") -> None:
    console.print()
    console.print(Text(text, style="bold"))
    console.print(Text(mark * min(len(text), console.width), style="dim"))


def _head(v: ReportView, t: Words, console: Console) -> None:
    console.print(Text(v.title, style="bold"))
    _line(v.headline, console)
    console.print()
    _line(f"{t('risk.title')}: {v.risk}. {v.risk_say}", console)
    if v.risk_reasons:
        _line(f"{t('risk.why')}: " + "; ".join(f"{r.name}: {r.value}" for r in v.risk_reasons), console, indent=2)
    _line(f"{t('role.title')}: {'; '.join(v.roles)}", console)
    console.print()
    _line(v.notice, console, style="italic")
    if v.addressed:
        console.print()
        _line(f"! {t('alert.addressed')}:", console, style="bold")
        _quotes(v.addressed, t, console)
    if v.model and v.model.broken:
        console.print()
        _line(f"! {v.model.broken}", console, style="bold")


def _quotes(quotes: tuple[QuoteView, ...], t: Words, console: Console) -> None:
    for quote in quotes:
        _line(f"»{quote.text}«" + (f" [{t('orphaned')}]" if quote.orphaned else ""), console, indent=4, style="dim" if quote.orphaned else "")


def _passages(f: FindingView, t: Words, console: Console) -> None:
    """The finding's passages; both readers' where they disagree."""
    if not f.sides:
        _quotes(f.quotes, t, console)
    if f.note:
        _line(f"{f.note}.", console, indent=2, style="bold")
    for side in f.sides:
        _line(side.says, console, indent=2)
        _quotes(side.quotes, t, console)
        if not side.quotes:
            _line(side.nowhere, console, indent=4)


def _findings(findings: tuple[FindingView, ...], t: Words, console: Console) -> None:
    if not findings:
        _line(t("none"), console)
    for f in findings:
        console.print()
        console.print(Text.assemble((f"[{f.severity}] ", _STYLES[f.severity_id]), (f.title, "bold")))
        if f.due:
            _line(f.due, console, indent=2, style="bold")
        _line(f.message, console, indent=2)
        _line(f"{t('do')}: {f.action}", console, indent=2)
        _line(t("silent") if f.silent else f"{t('why')}: {f.reason}", console, indent=2)
        _passages(f, t, console)
        _laws(f, t, console)


def _laws(f: FindingView, t: Words, console: Console) -> None:
    named = (law.name + (f" [{t('orphaned.law')}]" if law.orphaned else "") for law in f.main_laws)
    more = f" ({t('law.more', n=f.more_laws)})" if f.more_laws else ""
    _line(f"{t('law')}: {'; '.join(named) or t('law.none')}{more}", console, indent=2, style="dim")


def _questions(v: ReportView, t: Words, console: Console) -> None:
    _heading(t("questions"), console)
    if not v.questions:
        _line(t("none"), console)
        return
    _line(t("questions.intro"), console)
    for number, q in enumerate(v.questions + v.questions_rest, start=1):
        if number == len(v.questions) + 1:
            _line(t("questions.more"), console, style="bold")
        _line(f"{number}. {q.question} ({q.settles})", console, indent=2)


def _contradictions(v: ReportView, t: Words, console: Console) -> None:
    _heading(t("contradictions"), console)
    if not v.contradictions:
        _line(t("none"), console)
    for c in v.contradictions:
        _line(c.say, console, indent=2)
        _quotes(c.quotes, t, console)


def _stale(v: ReportView, t: Words, console: Console) -> None:
    if not v.stale:
        return
    _heading(t("stale"), console)
    _line(t("stale.intro"), console)
    for s in v.stale:
        _line(s.say, console, indent=2)
        if s.now:
            _line(f"{t('stale.now')}: {'; '.join(s.now)}", console, indent=2)
        _quotes(s.quotes, t, console)


def _met(v: ReportView, t: Words, console: Console) -> None:
    _heading(t("met"), console)
    if not v.met:
        _line(t("none"), console)
    for f in v.met:
        _line(f"{f.title}: {f.reason}", console, indent=2)
        _passages(f, t, console)


def _document(v: ReportView, t: Words, console: Console) -> None:
    _heading(t("document"), console)
    _line(f"{t('document.source')}: {v.source}", console)
    _line(f"{t('document.taken')}: {', '.join(v.taken) or '–'}", console)
    if not v.left_out:
        _line(t("document.left_out.none"), console)
    for part in v.left_out:
        _line(f"{t('document.left_out')}: {part.title} ({part.where}): {part.reason}", console)
    for note in v.notes:
        _line(f"{t('document.notes')}: {note}", console)
    if v.addressed:
        console.print()
        _line(t("addressed.intro"), console)
        _quotes(v.addressed, t, console)


def _model(v: ReportView, t: Words, console: Console) -> None:
    if v.model is None:
        return
    _heading(t("model"), console)
    _line(v.model.trust, console)
    for row in v.model.rows:
        _line(f"{row.name}: {row.value}", console, indent=2)


def _lawyer(v: ReportView, t: Words, console: Console) -> None:
    """Only where the rest stands: evidence beside law for every requirement fills a screen a hundred times over."""
    _heading(t("lawyer"), console)
    _line(t("text.more"), console)
    _heading(t("receipt"), console, mark="-")
    for row in v.receipt:
        _line(f"{row.name}: {row.value}", console, indent=2)
