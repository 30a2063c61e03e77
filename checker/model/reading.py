"""What a reader says about a text: closed answers, each with the passages it rests on. Readers never decide."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, Protocol

from pydantic import Field

from checker.model.law import Frozen
from checker.model.project import Project, Quote, Span


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


class Standing(StrEnum):
    """What became of a second reader's answer (docs/decisions/0011: the table)."""

    AGREED = "agreed"
    FOUND = "found"
    OPENED = "opened"
    DISPUTED = "disputed"
    REFUSED = "refused"
    SUGGESTION = "suggestion"
    UNREAD = "unread"


class Second(Frozen):
    """What a second reader said of the same item, shown beside the answer that counts.

    `standing`: agreed (confidence up), found (it moved the answer, with a passage that passed the checks), opened (it reopened what
    the first reader had settled), disputed (both firm; a person decides), refused (its passage did not pass the checks; `why` names
    the check), suggestion (the model is not trusted), unread (no usable answer; `why`).
    """

    reader: str
    value: str
    standing: Standing
    quotes: tuple[Quote, ...] = ()
    confidence: float | None = Field(default=None, ge=0, le=1, description="Calibrated; none where the server gives no probabilities.")
    why: str = ""


class FactAnswer(Frozen):
    """Probabilities per value (`true`/`false`/enum values/`unknown`) and the passages that carry the chosen one."""

    fact: str
    value: str | tuple[str, ...]
    probability: float = Field(ge=0, le=1)
    quotes: tuple[Quote, ...] = ()
    from_use: bool = Field(default=False, description="Inherent in the recognised use rather than said.")
    why: str = ""
    second: Second | None = None


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
    second: Second | None = None


class OwnDuty(Frozen):
    """A duty of a municipality's own guideline that a person approved: no reader was ever trained for it."""

    requirement: str
    words: str
    forbids: bool = False


class Unjudged(Frozen):
    """An answer that could not be read. Counted and shown, never a verdict."""

    item: str
    reason: str


class ModelReading(Frozen):
    """How far a language model took part in one report. Nothing about it is hidden: what it was asked, read, and failed at.

    `trusted`: it passed the exam (`checker llm test`); otherwise its answers are suggestions and move nothing. `read`: the passages
    that stood in at least one prompt; `whole`: whether that was the whole text in every prompt. `broken_off`: why the rest was left
    to the rule reader (server gone, stopped by the user); empty when everything was asked.
    """

    model: str
    mode: Literal["auto", "llm"]
    trusted: bool
    identity: str = Field(default="", description="Of its weights, as far as its server told; empty where it could not be reached.")
    exam: str = ""
    prompts: dict[str, str] = Field(default_factory=dict, description="Prompt id → hash.")
    asked: int = 0
    answered: int = 0
    from_cache: int = 0
    unread: int = 0
    left: int = Field(default=0, description="Questions not asked, because the reading was broken off.")
    whole: bool = True
    read: tuple[Span, ...] = ()
    broken_off: str = ""
    tokens_read: int = 0
    tokens_cached: int = 0
    tokens_written: int = 0


class Answers(Frozen):
    """All a reader says about one project. `first`: where two readers read, what the rule reader said alone; a contradiction that
    stands on it is never closed by the second reader."""

    reader: str
    facts: dict[str, FactAnswer]
    evidence: dict[str, EvidenceAnswer]
    statements: tuple[Statement, ...] = ()
    unjudged: tuple[Unjudged, ...] = ()
    first: Answers | None = None
    model: ModelReading | None = None


class Reader(Protocol):
    """Reads a project and answers closed questions about it. The rule reader is one; a language model is another."""

    @property
    def name(self) -> str: ...

    def read(self, project: Project) -> Answers: ...
