"""What a cell of somebody else's table says as a label of ours. A value that a scale does not know is never guessed at."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from checker.evaluation.foreign.articles import references
from checker.evaluation.records import FactValue, Grade
from checker.model.law import Frozen

Cell = str | tuple[str, ...]
RISK_CLASSES = ("prohibited", "high", "transparency", "minimal", "not_ai", "unclear")
_YES = ("yes", "y", "true", "1", "x", "ja", "j", "sand", "waar")
_NO = ("no", "n", "false", "0", "nej", "nee", "falsk", "onwaar")


def _as_written(value: Any) -> Any:
    """YAML makes a number of 1 and a truth of true; in a table both are text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if value is None or isinstance(value, str) else str(value)


Word = Annotated[str, BeforeValidator(_as_written)]
Match = Literal["whole", "start", "contains"]


class UnknownValue(Exception):
    """The cell holds what the scale has no name for; `expected` says what it knows."""

    def __init__(self, value: str, expected: str) -> None:
        super().__init__(value)
        self.value, self.expected = value, expected


class Outcome(Frozen):
    """The label of one cell. All empty: the cell says nothing. `lost`: references to law that were not recognised."""

    value: FactValue | None = None
    grade: Grade | None = None
    provisions: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


class When(Frozen):
    """Label only rows where a column holds one of these values: a "no" counts where the duty was there."""

    column: str
    values: tuple[Word, ...] = Field(min_length=1)
    match: Match = "whole"

    def holds(self, cell: Cell) -> bool:
        return any(matches(v, key, self.match) for v in entries(cell) for key in self.values)


class LabelBase(Frozen):
    """One column (or several that ask the same) → one requirement, one fact, or the risk class."""

    requirement: str | None = None
    fact: str | None = None
    risk_class: Literal[True] | None = None
    column: str | None = None
    columns: tuple[str, ...] = ()
    missing: tuple[Word, ...] = Field(default=(), description="Values that say nothing, beside those of the mapping.")
    only_when: When | None = None
    note: str = ""

    @model_validator(mode="after")
    def _one_target_and_a_column(self) -> LabelBase:
        if sum(x is not None for x in (self.requirement, self.fact, self.risk_class)) != 1:
            raise ValueError("a label is for one of requirement, fact, risk_class")
        if bool(self.column) == bool(self.columns):
            raise ValueError("expected column, or columns where several ask the same")
        return self

    @property
    def asked(self) -> tuple[str, ...]:
        return self.columns or (str(self.column),)

    @property
    def item(self) -> str:
        return self.requirement or self.fact or "risk_class"

    def read(self, cell: Cell) -> Outcome:
        raise NotImplementedError

    def outcomes(self) -> tuple[FactValue, ...]:
        """Every label that the scale can give, to be compared with the catalogue."""
        return ()


class YesNo(LabelBase):
    """`says`: what a yes and a no mean. A side left out says nothing: a "no" may mean "not required"."""

    scale: Literal["yes_no"]
    yes: tuple[Word, ...] = ()
    no: tuple[Word, ...] = ()
    says: dict[Literal["yes", "no"], FactValue | None] = Field(default_factory=dict)

    def read(self, cell: Cell) -> Outcome:
        word = as_text(cell)
        for side, words in (("yes", (*self.yes, *_YES)), ("no", (*self.no, *_NO))):
            if any(matches(word, w, "whole") for w in words):
                return Outcome(value=self._meaning(side))
        raise UnknownValue(word, "yes or no (or list the word under yes, no or missing)")

    def _meaning(self, side: Literal["yes", "no"] | str) -> FactValue | None:
        if self.says:
            return next((v for k, v in self.says.items() if k == side), None)
        return (side == "yes") if self.fact else {"yes": "met", "no": "gap"}[side]

    def outcomes(self) -> tuple[FactValue, ...]:
        return tuple(v for side in ("yes", "no") if (v := self._meaning(side)) is not None)


class Graded(LabelBase):
    """Whole numbers from `low` to `high`; compared as grades, and as verdicts only where `met_from` and `gap_to` say so."""

    scale: Literal["grade"]
    low: int = 1
    high: int = 5
    met_from: int | None = None
    gap_to: int | None = None

    @model_validator(mode="after")
    def _for_a_requirement(self) -> Graded:
        if self.requirement is None:
            raise ValueError("a grade is for a requirement")
        inside = [g for g in (self.gap_to, self.met_from) if g is not None]
        if self.low >= self.high or any(not self.low <= g <= self.high for g in inside) or inside != sorted(set(inside)):
            raise ValueError("expected low < high, and gap_to < met_from between them")
        return self

    def read(self, cell: Cell) -> Outcome:
        word = as_text(cell)
        number = re.fullmatch(r"(-?\d+)(?:[.,]0+)?", word)
        if number is None or not self.low <= int(number[1]) <= self.high:
            raise UnknownValue(word, f"a whole number from {self.low} to {self.high}")
        value = int(number[1])
        met, gap = self.met_from is not None and value >= self.met_from, self.gap_to is not None and value <= self.gap_to
        return Outcome(value="met" if met else "gap" if gap else None, grade=Grade(value=value, low=self.low, high=self.high))


class Articles(LabelBase):
    """A list of references to law: the provisions that a citation of the duty should name."""

    scale: Literal["articles"]
    act: str = Field(default="", description="Whose articles are meant where an entry is nothing but a reference: 6(1)(e).")
    within: tuple[str, ...] = Field(default=(), description="Only provisions under these, e.g. gdpr:art_6; others are passed over.")
    means: Literal["met"] | None = Field(default=None, description="The verdict where at least one is recognised.")

    @model_validator(mode="after")
    def _for_a_requirement(self) -> Articles:
        if self.requirement is None:
            raise ValueError("a list of articles is for a requirement")
        return self

    def read(self, cell: Cell) -> Outcome:
        cited = references(entries(cell), self.act)
        kept = tuple(p for p in cited.found if not self.within or any(p == w or p.startswith(f"{w}.") for w in self.within))
        return Outcome(value=self.means if kept else None, provisions=kept, lost=cited.not_recognised)


class Values(LabelBase):
    """A map from the cell's value to a label, the first that fits; null: that value says nothing.

    `match`: the whole value, its start (to the end of a word), or anywhere in it. `otherwise: unlabelled` passes over what is
    not in the map, which also hides shifted columns: for free text only.
    """

    scale: Literal["values"]
    values: dict[Word, FactValue | None] = Field(min_length=1)
    match: Match = "whole"
    otherwise: Literal["error", "unlabelled"] = "error"

    def read(self, cell: Cell) -> Outcome:
        words = entries(cell)
        for key, label in self.values.items():
            if any(matches(w, key, self.match) for w in words):
                return Outcome(value=label)
        if self.otherwise == "unlabelled":
            return Outcome()
        raise UnknownValue(as_text(cell), f"one of {', '.join(self.values)}")

    def outcomes(self) -> tuple[FactValue, ...]:
        return tuple(v for v in self.values.values() if v is not None)


class Filled(LabelBase):
    """Free text: that it is there is the label; an empty cell says nothing."""

    scale: Literal["filled"]
    means: FactValue

    def read(self, cell: Cell) -> Outcome:
        return Outcome(value=self.means)

    def outcomes(self) -> tuple[FactValue, ...]:
        return (self.means,)


Label = Annotated[YesNo | Graded | Articles | Values | Filled, Field(discriminator="scale")]


def entries(cell: Cell) -> tuple[str, ...]:
    return (cell,) if isinstance(cell, str) else cell


def as_text(cell: Cell) -> str:
    return " ".join(", ".join(entries(cell)).split())


def matches(value: str, key: str, match: Match) -> bool:
    """Capitals and runs of white space do not count."""
    value, key = (" ".join(text.casefold().split()) for text in (value, key))
    if match == "whole" or not key:
        return value == key
    edge = r"(?!\w)" if key[-1].isalnum() else ""
    before = r"(?<!\w)" if key[0].isalnum() else ""
    return bool((re.match if match == "start" else re.search)(before + re.escape(key) + edge, value))
