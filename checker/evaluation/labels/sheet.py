"""What a labeller sees and may answer: the sheet of one text, the words, the keys, and how an answer is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from checker.evaluation.labels.files import UNKNOWN
from checker.evaluation.records import FactValue
from checker.model.catalogue import Catalogue
from checker.model.law import Fact, Requirement
from checker.model.project import Quote

KEYS = {"g": "gap", "m": "met", "a": "ask", "n": "not_applicable"}
WORDS = {
    "gap": "mangler / gap",
    "met": "på plads / met",
    "ask": "spørg / ask",
    "not_applicable": "gælder ikke / not applicable",
    "unjudged": "ikke vurderet / not judged",
    "prohibited": "forbudt / prohibited",
    "high": "højrisiko / high",
    "transparency": "gennemsigtighed / transparency",
    "minimal": "minimal",
    "not_ai": "ikke AI / not AI",
    "unclear": "uafklaret / unclear",
}
HELP = (
    "g mangler / gap · m på plads / met · a spørg / ask · n gælder ikke / not applicable\n"
    "t vis teksten / show the text · b tilbage / back · q stop og gem / stop and keep · ? denne hjælp / this help"
)


class Form(Protocol):
    """Where a labeller reads and answers."""

    def show(self, text: str) -> None: ...

    def ask(self, prompt: str) -> str | None:
        """One line; None where no more will come (end of input, Ctrl-C)."""


class Reveal(StrEnum):
    """When the tool's answers are shown: after each answer, after the whole text, or not at all."""

    EACH = "each"
    END = "end"
    NEVER = "never"


@dataclass(frozen=True)
class ToolSays:
    """The tool on one item; `verdict` is a risk class for the item `risk_class`."""

    verdict: str
    reason: str
    passages: tuple[str, ...] = ()


Tool = Callable[[], Mapping[str, ToolSays]]


@dataclass(frozen=True)
class Sheet:
    """What is labelled and how. `blocks`: the text's sentences, block by block, all of it: what the tool leaves out of a document is
    an answer of the tool's too. `applies`: when a requirement applies, in words."""

    title: str
    blocks: tuple[tuple[Quote, ...], ...]
    catalogue: Catalogue
    applies: Callable[[Requirement], str]
    language: str = "da"
    with_facts: bool = False
    reveal: Reveal = Reveal.EACH

    @property
    def sentences(self) -> tuple[Quote, ...]:
        return tuple(q for block in self.blocks for q in block)

    def text(self) -> str:
        number, parts = 0, [f"=== {self.title} ==="]
        for block in self.blocks:
            lines = []
            for quote in block:
                number += 1
                lines.append(f"[{number}] {' '.join(quote.text.split())}")
            parts.append("\n".join(lines))
        return "\n\n".join(parts) + "\n"


def numbers_of(answer: str, last: int) -> tuple[int, ...] | None:
    """`3, 5-7` → 3, 5, 6, 7, each once, in order of mention. None where something is no number from 1 to `last`."""
    found: dict[int, None] = {}
    # ASCII digits and few of them: an answer is never made into a huge number or range.
    for part in re.sub(r"\s*[-–]\s*", "-", answer).replace(",", " ").split():
        match = re.fullmatch(r"\[?([0-9]{1,6})\]?(?:-([0-9]{1,6}))?", part)
        if match is None:
            return None
        first, end = int(match.group(1)), int(match.group(2) or match.group(1))
        if not 1 <= first <= end <= last:
            return None
        found.update(dict.fromkeys(range(first, end + 1)))
    return tuple(found)


def listed(options: Sequence[str]) -> str:
    return "\n".join(f"  {i} {WORDS.get(o, o)}" for i, o in enumerate(options, start=1))


def numbers_wanted(options: Sequence[str]) -> str:
    return f"Svar med et tal fra 1 til {len(options)}. / Answer with a number from 1 to {len(options)}."


def picked(answer: str, options: Sequence[str]) -> str | None:
    numbers = numbers_of(answer, len(options))
    return options[numbers[0] - 1] if numbers is not None and len(numbers) == 1 else None


def fact_value(answer: str, spec: Fact) -> FactValue | None:
    """1, j, y: yes; 2, n: no; u: unknown; numbers of values, several where the fact takes several."""
    if answer == "u":
        return UNKNOWN
    if spec.type == "bool":
        return {"1": True, "j": True, "y": True, "2": False, "n": False}.get(answer)
    numbers = numbers_of(answer, len(spec.values))
    if not numbers or (len(numbers) > 1 and not spec.multi):
        return None
    chosen = tuple(spec.values[n - 1] for n in numbers)
    return chosen if spec.multi else chosen[0]
