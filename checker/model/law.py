"""The law as the product holds it: acts, provisions of our own digest, requirements, facts, rules."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from checker.model.condition import Condition


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(Frozen):
    """The same text in Danish and English."""

    da: str
    en: str

    def get(self, language: str) -> str:
        return self.en if language == "en" else self.da


class Verified(StrEnum):
    """How far an entry was compared with the official text. No lawyer has checked any of them yet."""

    OFFICIAL_TEXT = "official_text"
    UNOFFICIAL_TEXT = "unofficial_text"
    SECONDARY = "secondary"
    MEMORY = "memory"


class Severity(StrEnum):
    BLOCKER = "blocker"
    MAJOR = "major"
    MINOR = "minor"
    ADVICE = "advice"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


class Provision(Frozen):
    """One provision in our own words. `id` is global, e.g. `gdpr:art_35.par_1` (EUR-Lex anchors)."""

    id: str
    act: str
    title: Bilingual
    text: Bilingual
    url: str | None
    verified: Verified


class Act(Frozen):
    """An act, guide or body of unwritten law, with the version our digest was written from."""

    id: str
    title: Bilingual
    short: Bilingual
    kind: Literal["eu", "dk", "guidance", "case_law", "unwritten", "guideline"]
    version: str
    address: str | None
    licence: str = ""


class Fact(Frozen):
    """A named property of a project, read as yes / no / unknown, or one of `values` / unknown."""

    id: str
    group: str
    label: Bilingual
    type: Literal["bool", "enum"]
    values: tuple[str, ...] = ()
    multi: bool = False
    claim: bool = Field(default=False, description="A claim somebody makes: silence counts as no.")
    ask_when: Condition | None = None
    question: Bilingual
    recognise: tuple[str, ...] = ()
    traps: tuple[str, ...] = ()


class DerivedFact(Frozen):
    """A fact worked out from others; never read from the text."""

    id: str
    label: Bilingual
    when: Condition
    note: str = ""


class CriteriaList(Frozen):
    """A named list of criteria, e.g. the nine of WP 248, to be counted by `at_least`."""

    id: str
    label: Bilingual
    criteria: tuple[tuple[Bilingual, Condition], ...]


class ContradictionRule(Frozen):
    """Statements that cannot both be right.

    `claim`: the fact that the text itself must state outright; what is only read from the use claims nothing. `unless_met`: a
    requirement that closes the matter where it is met.
    """

    id: str
    when: Condition
    claim: str = ""
    unless_met: str = ""
    say: Bilingual


class DueDate(Frozen):
    """From when a duty bites; `when` narrows it to some projects."""

    date: date
    note: Bilingual | None = None
    when: Condition | None = None


class SeverityOverride(Frozen):
    when: Condition
    severity: Severity


class SubCheck(Frozen):
    id: str
    label: str
    when: Condition | None = None


class SourceNote(Frozen):
    """Where the duty comes from, as a lawyer writes it."""

    act: str
    provision: str


GUIDELINE = "guideline:"
"""Begins the group of a requirement made of a municipality's own guideline; the guideline's id follows."""


class Requirement(Frozen):
    """One obligation. `applies_when` decides scope; `fulfilled_when` tells a reader what counts as evidence."""

    id: str
    group: str
    core: bool
    title: Bilingual
    addressee: tuple[Literal["controller", "deployer", "provider", "authority", "employer", "buyer"], ...]
    sources: tuple[SourceNote, ...]
    cites: tuple[str, ...]
    applies_when: Condition
    always: bool = False
    fulfilled_when: str
    not_evidence: str
    before_use: bool = Field(default=False, description="Must be met before first use: what comes later never closes it.")
    refused_evidence: tuple[str, ...] = Field(default=(), description="Patterns of sentences that never close it, however concrete.")
    gap_message: Bilingual
    action: Bilingual
    question: Bilingual
    severity: Severity
    severity_overrides: tuple[SeverityOverride, ...] = ()
    severity_before: Severity | None = None
    severity_reason: Bilingual
    due: tuple[DueDate, ...] = ()
    sub_checks: tuple[SubCheck, ...] = ()
    false_positives: tuple[str, ...] = ()
    false_negatives: tuple[str, ...] = ()
    verified: Literal["confirmed", "partly", "memory"]
    checked: str
    notes: str = ""
