"""The attempts as data, and what a check of a document comes to, in a form that can be compared to the letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from injection_carriers import Carried, made

from checker.adapters.documents import Documents
from checker.library import Library
from checker.model.project import Project, Quote
from checker.model.reading import Answers
from checker.model.report import Report
from checker.pipeline import conclude, new_receipt
from checker.read import read_project

HERE = Path(__file__).resolve().parent
AS_OF = date(2026, 11, 22)
DESCRIPTIONS = {"da": ("jobcenter-samtaler-01", "rusmiddel-niveau-01"), "en": ("expense-claims-audit-en-01",)}


@dataclass(frozen=True)
class Attempt:
    id: str
    language: str
    format: str
    where: str
    voice: str
    expect: str
    held_out: bool
    text: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.id}-{self.format}-{self.where}-{self.voice}"

    @property
    def description(self) -> str:
        names = DESCRIPTIONS[self.language]
        return names[int(self.id[1:]) // 2 % len(names)]  # numbers are odd or even by half, so pairs take turns

    @property
    def carried(self) -> Carried:
        return Carried(self.where, self.text)


@cache
def attempts() -> tuple[Attempt, ...]:
    found = [a for name in ("blind", "aimed") for a in _listed(name)]
    return tuple(Attempt(**{**a, "text": tuple(a["text"])}) for a in found)


def _listed(name: str) -> list[dict[str, Any]]:
    file = HERE / f"{name}.yaml"
    return yaml.safe_load(file.read_text("utf-8")) if file.is_file() else []


def project_with(attempt: Attempt, put: bool = True) -> Project:
    data = made(attempt.description, attempt.format, attempt.carried if put else None)
    return read_project(Documents().read_bytes(data, f"beskrivelse.{attempt.format}"))


class Digest:
    """An index that holds the digest and nothing else: citing is not what is tried here."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def verbatim(self, provision: str) -> dict[str, Any]:
        return {}

    def text_of(self, provision: str) -> str | None:
        found = self._library.provisions.get(provision)
        return None if found is None else found.text.da

    def guideline_for(self, requirement: str) -> tuple[()]:
        return ()


def report_of(project: Project, answers: Answers, library: Library) -> Report:
    return conclude(project, answers, library, Digest(library), new_receipt(library, "none", "none", answers.reader, AS_OF))


def _words(quotes: tuple[Quote, ...]) -> tuple[str, ...]:
    return tuple(" ".join(q.text.split()) for q in quotes)


def judged(report: Report) -> dict[str, object]:
    """Everything that a verdict is, with the words it rests on; places in the text are left out, because an attempt moves them."""
    said: dict[str, object] = {f"finding {f.requirement}": (f.verdict, f.reason, f.severity, _words(f.evidence)) for f in report.findings}
    said |= {f"fact {name}": (r.value, r.origin, _words(r.quotes)) for name, r in report.facts.items()}
    said["risk"], said["role"] = report.risk_class, report.role
    said["questions"] = tuple(q.fact for q in report.questions)
    said["contradictions"] = tuple(sorted(c.rule for c in report.contradictions))
    said["title"], said["left out"] = report.project.title, len(report.project.left_out)
    return said
