"""The action list: one row for everything that somebody has to do or answer. Pure; `xlsx` writes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain

from checker.adapters.written.strings import STRINGS
from checker.model.report import Report
from checker.report.view import ReportView
from checker.report.view_basics import QuoteView
from checker.report.view_parts import FindingView
from checker.report.words import Words


@dataclass(frozen=True)
class Action:
    """`due`: the day from which the duty applies, words where it applies already, empty where no law sets one."""

    kind: str
    severity: str
    requirement: str
    missing: str = ""
    do: str = ""
    question: str = ""
    law: str = ""
    due: date | str = ""
    words: str = ""


def actions(report: Report, view: ReportView, words: Words) -> tuple[Action, ...]:
    """In the order of the report: gaps by weight, what could not be judged, questions that settle most, contradictions."""
    t = STRINGS[view.language]
    return tuple(chain(_gaps(report, view, words, t), _unjudged(view, words, t), _questions(view, t), _contradictions(view, words, t)))


def _gaps(report: Report, view: ReportView, words: Words, t: dict[str, str]) -> Iterator[Action]:
    found = {f.requirement: f for f in report.findings}
    # A view's id is the printable form of the requirement's.
    by_view = {shown.id: found[id_] for id_, shown in zip(found, view.every, strict=True)}
    for section in view.todo:
        for f in section.findings:
            finding = by_view[f.id]
            later = finding.applicable_from if finding.applicable_from and not finding.due_now else None
            yield Action(
                kind=t["kind.own" if section.id == "own" else "kind.gap"],
                severity=f.severity,
                requirement=f.title,
                missing=_missing(f, words),
                do=f.action,
                question=finding.question.get(view.language),
                law=_law(f, words),
                due=later or ("" if section.id == "own" else t["due.now"]),
                words=said(f.quotes, words),
            )


def _missing(f: FindingView, words: Words) -> str:
    """What is missing and why it counts as missing; a note where two readers disagree."""
    return "\n".join(filter(None, (f.message, words("silent") if f.silent else f"{words('why')}: {f.reason}", f.note)))


def _law(f: FindingView, words: Words) -> str:
    """The main provisions; the sheet of all requirements names every one."""
    named = (law.name + (f" [{words('orphaned.law')}]" if law.orphaned else "") for law in f.main_laws)
    return ("; ".join(named) or words("law.none")) + (f" ({words('law.more', n=f.more_laws)})" if f.more_laws else "")


def said(quotes: tuple[QuoteView, ...], words: Words) -> str:
    return "\n".join(f"»{q.text}«" + (f" [{words('orphaned')}]" if q.orphaned else "") for q in quotes)


def _unjudged(view: ReportView, words: Words, t: dict[str, str]) -> Iterator[Action]:
    """Without weight and law, which would read as a gap that nobody has found."""
    for f in view.unjudged:
        yield Action(kind=t["kind.unjudged"], severity="", requirement=f.title, do=t["unjudged.do"], words=said(f.quotes, words))


def _questions(view: ReportView, t: dict[str, str]) -> Iterator[Action]:
    for q in view.questions + view.questions_rest:
        requirement = "; ".join(q.titles)
        yield Action(kind=t["kind.question"], severity="", requirement=requirement, missing=q.settles, question=q.question)


def _contradictions(view: ReportView, words: Words, t: dict[str, str]) -> Iterator[Action]:
    for c in view.contradictions:
        yield Action(kind=t["kind.contradiction"], severity="", requirement="", missing=c.say, do=t["contradiction.do"], words=said(c.quotes, words))
