"""What comes out: findings, citations, contradictions, questions and the receipt. JSON contract, schema_version 1."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field

from checker.model.law import GUIDELINE, Bilingual, Frozen, Severity, Verified
from checker.model.project import LeftOut, Quote, Span
from checker.model.reading import ModelReading, Second
from checker.model.truth import Truth

FactScalar = bool | str


class Verdict(StrEnum):
    NOT_APPLICABLE = "not_applicable"
    ASK = "ask"
    GAP = "gap"
    MET = "met"
    UNJUDGED = "unjudged"


class Reason(StrEnum):
    """Why the verdict is what it is. The first seven belong to gaps, the next three to met."""

    SILENT = "silent"
    CONSIDERED = "considered"
    GENERIC = "generic"
    DENIED_WITHOUT_REASON = "denied_without_reason"
    PLANNED_AFTER_USE = "planned_after_use"
    VENDOR_CLAIM = "vendor_claim"
    CONTRADICTED = "contradicted"
    PARTIAL = "partial"
    OTHER_PROJECT = "other_project"
    DONE = "done"
    PLANNED_BEFORE_USE = "planned_before_use"
    DENIED_WITH_REASON = "denied_with_reason"
    OUT_OF_SCOPE = "out_of_scope"
    FACT_UNKNOWN = "fact_unknown"
    UNREADABLE = "unreadable"


class RiskClass(StrEnum):
    PROHIBITED = "prohibited"
    HIGH = "high"
    TRANSPARENCY = "transparency"
    MINIMAL = "minimal"
    NOT_AI = "not_ai"
    UNCLEAR = "unclear"


class Trace(Frozen):
    """One node of an evaluated condition: what was asked, what it came to, and its parts."""

    label: str
    truth: Truth
    value: str = ""
    parts: tuple[Trace, ...] = ()


class FactReading(Frozen):
    """A fact's settled value with its passages; `unknown` when nothing settles it.

    `origin`: `text` (a passage says it), `use` (inherent in the recognised use), `not_asked` (its `ask_when` is no),
    `claim` (nobody claims it), `derived`, `silent`, `answered` (a person said so).
    """

    fact: str
    value: bool | str | tuple[str, ...]
    quotes: tuple[Quote, ...] = ()
    origin: Literal["text", "use", "not_asked", "claim", "derived", "silent", "answered"]
    probability: float = 1.0
    why: str = ""
    second: Second | None = None

    @property
    def known(self) -> bool:
        return self.value != "unknown"


class Citation(Frozen):
    """Law or guideline words beside the project's: id, text as it stands in the source, kind, link."""

    provision: str
    source: str
    title: Bilingual
    text: str
    text_en: str = ""
    kind: Literal["verbatim", "digest", "guideline"]
    url: str | None
    verified: Verified
    orphaned: bool = False


class Finding(Frozen):
    """The verdict on one requirement for one project, and everything it rests on."""

    requirement: str
    title: Bilingual
    group: str
    verdict: Verdict
    reason: Reason
    severity: Severity
    message: Bilingual
    action: Bilingual
    question: Bilingual
    evidence: tuple[Quote, ...] = ()
    citations: tuple[Citation, ...] = ()
    applicable_from: date | None = None
    due_now: bool = True
    addressee: tuple[str, ...] = ()
    decided_by: str = "rules"
    probability_met: float | None = None
    margin: float | None = None
    depends_on: tuple[str, ...] = ()
    trace: Trace | None = None
    sub_checks: tuple[str, ...] = ()
    verified: str = ""
    why: str = ""
    second: Second | None = None

    @property
    def own(self) -> bool:
        """Of the municipality's own guideline, not of the law."""
        return self.group.startswith(GUIDELINE)


class Contradiction(Frozen):
    rule: str
    say: Bilingual
    facts: tuple[str, ...]
    quotes: tuple[Quote, ...]


class Question(Frozen):
    """An open fact, with how many findings its answer would settle."""

    fact: str
    text: Bilingual
    settles: int
    requirements: tuple[str, ...]


class Receipt(Frozen):
    """Everything that must be equal for the report to be equal."""

    checker: str
    schema_version: int = 1
    catalogue: str
    digest: str
    index: str
    embedder: str
    reader: str
    as_of: date
    made_at: datetime
    text_sha256: str
    model: str = Field(default="", description="Identity of the language model that took part; empty where none did.")
    prompts: dict[str, str] = Field(default_factory=dict, description="Prompt id → hash.")


class StaleNote(Frozen):
    """Law that the text names though it is gone, and the ids of what stands in its place; it decides nothing."""

    quote: Quote
    say: Bilingual
    replaced_by: tuple[str, ...] = ()


class ReportProject(Frozen):
    title: str
    source: str
    language: Literal["da", "en"]
    taken: tuple[Span, ...]
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    addresses_checker: tuple[Quote, ...] = ()
    stale: tuple[StaleNote, ...] = ()


class Report(Frozen):
    project: ReportProject
    facts: dict[str, FactReading]
    findings: tuple[Finding, ...]
    contradictions: tuple[Contradiction, ...]
    risk_class: RiskClass
    risk_trace: Trace
    role: tuple[str, ...]
    questions: tuple[Question, ...]
    receipt: Receipt
    model: ModelReading | None = None
    text: str = Field(default="", repr=False)

    def by_verdict(self, *verdicts: Verdict) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.verdict in verdicts)

    @property
    def serious(self) -> bool:
        """True when there is a gap of severity blocker or major (exit code 1).

        Requirements of the municipality's own guideline never count: of those shown as not found, many are met (docs/guidelines.md).
        """
        return any(f.severity.rank <= Severity.MAJOR.rank for f in self.by_verdict(Verdict.GAP) if not f.own)
