"""What a reader says about a text: closed answers, each with the passages it rests on. Readers never decide."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from pydantic import Field

from checker.model.law import Frozen
from checker.model.project import Project, Quote


class EvidenceStatus(StrEnum):
    """How a text speaks of a duty (corpus/README: evidence statuses). The first three close a gap."""

    DONE = "done"
    PLANNED_BEFORE_USE = "planned_before_use"
    DENIED_WITH_REASON = "denied_with_reason"
    PLANNED_AFTER_USE = "planned_after_use"
    CONSIDERED = "considered"
    GENERIC = "generic"
    DENIED_WITHOUT_REASON = "denied_without_reason"
    VENDOR_CLAIM = "vendor_claim"
    OTHER = "other"
    PARTIAL = "partial"
    CONTRADICTED = "contradicted"
    EMPTY = "empty"
    SILENT = "silent"

    @property
    def closes(self) -> bool:
        return self in (self.DONE, self.PLANNED_BEFORE_USE, self.DENIED_WITH_REASON)


class FactAnswer(Frozen):
    """Probabilities per value (`true`/`false`/enum values/`unknown`) and the passages that carry the chosen one."""

    fact: str
    value: str | tuple[str, ...]
    probability: float = Field(ge=0, le=1)
    quotes: tuple[Quote, ...] = ()
    from_use: bool = Field(default=False, description="Inherent in the recognised use rather than said.")
    why: str = ""


class Statement(Frozen):
    """A value that one sentence states outright, whether or not the whole text bears it out; `against` says the opposite."""

    fact: str
    value: str
    quote: Quote
    against: Quote | None = None


class EvidenceAnswer(Frozen):
    """How the text speaks of one requirement, how firmly, and where."""

    requirement: str
    status: EvidenceStatus
    probability_met: float = Field(ge=0, le=1)
    margin: float
    quotes: tuple[Quote, ...] = ()
    why: str = ""
    reader: str = Field(default="", description="Who read it, where it was not the reader of the other answers.")


class OwnDuty(Frozen):
    """A duty of a municipality's own guideline that a person approved: no reader was ever trained for it."""

    requirement: str
    words: str
    forbids: bool = False


class Unjudged(Frozen):
    """An answer that could not be read. Counted and shown, never a verdict."""

    item: str
    reason: str


class Answers(Frozen):
    """All a reader says about one project."""

    reader: str
    facts: dict[str, FactAnswer]
    evidence: dict[str, EvidenceAnswer]
    statements: tuple[Statement, ...] = ()
    unjudged: tuple[Unjudged, ...] = ()


class Reader(Protocol):
    """Reads a project and answers closed questions about it. The rule reader is one; a language model is another."""

    @property
    def name(self) -> str: ...

    def read(self, project: Project) -> Answers: ...
