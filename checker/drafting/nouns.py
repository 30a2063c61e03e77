"""What a draft is made of: numbered sources, sentences that each name theirs, sections, and what was cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field

from checker.model.law import Frozen
from checker.model.project import Quote
from checker.model.report import Finding


class Kind(StrEnum):
    MAIL = "mail"
    DPIA = "dpia"
    RATIONALE = "rationale"


class Law(Frozen):
    """A provision as a source names it. `text`: the official words, our own summary (digest) or a guideline's words; by `kind`."""

    provision: str
    name: str
    act: str
    act_title: str
    title: str
    text: str
    kind: Literal["verbatim", "digest", "guideline"]
    language: str
    url: str | None = None


Says = Literal["fact", "gap", "ask", "met", "question", "contradiction"]


class Source(Frozen):
    """What sentences may rest on: one fact, finding, open question or contradiction of the report.

    `lines`: what checker says of it; `asserts`: those of them that claim something of the project. `quotes`: the project's own words, with
    offsets in the extracted text; personal data are written as x of the same length. `action`, `question`: the catalogue's words.
    `present`: of a fact, whether it was read as there.
    """

    number: int = Field(ge=1)
    says: Says
    item: str
    title: str
    status: str = ""
    lines: tuple[str, ...] = ()
    asserts: tuple[str, ...] = ()
    message: str = ""
    action: str = ""
    question: str = ""
    reason: str = ""
    silent: bool = False
    present: bool = True
    due: str = ""
    quotes: tuple[Quote, ...] = ()
    laws: tuple[Law, ...] = ()


class Sentence(Frozen):
    """One sentence and the numbers of its sources: never none. `by`: who put it together."""

    text: str = Field(min_length=1)
    sources: tuple[int, ...] = Field(min_length=1)
    by: Literal["checker", "model"] = "checker"


class Section(Frozen):
    """`lead`: fixed words about the section, which say nothing of the project."""

    id: str
    title: str
    lead: str = ""
    numbered: bool = False
    sentences: tuple[Sentence, ...] = ()


class Made(Frozen):
    """What it takes to make the draft again."""

    checker: str
    as_of: date
    made_at: datetime
    text_sha256: str
    reader: str
    model: str = Field(default="", description="The language model that wrote; empty where none did.")
    identity: str = ""
    prompt: str = Field(default="", description="Hash of the prompt it was given.")


class Draft(Frozen):
    """`mark` stands before everything else. `cut`: reason → sentences of the model that were thrown away."""

    schema_version: Literal[1] = 1
    kind: Kind
    language: str
    mark: str
    title: str
    receipt: Made
    notes: tuple[str, ...] = ()
    opening: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    closing: tuple[str, ...] = ()
    cut: dict[str, int] = Field(default_factory=dict)
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True)
class Lent:
    """What other rooms know and a draft needs, in the language of the draft.

    Args:
        reason: the words for why a finding is as it is, and whether the text says nothing at all.
        laws: the provisions that a finding rests on, the main ones first.
        value: the word for a fact's value; day: a date as people write it.
        readable: a text in which nothing can pass for our numbers, the fence or a control word of a chat template.
        addresses: whether a sentence speaks to the tool.
    """

    reason: Callable[[Finding], tuple[str, bool]]
    laws: Callable[[Finding], tuple[Law, ...]]
    value: Callable[[str], str]
    day: Callable[[date], str]
    readable: Callable[[str], str]
    addresses: Callable[[str], bool]
