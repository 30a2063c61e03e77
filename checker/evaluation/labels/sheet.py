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
_EVERYWHERE = "t vis teksten / show the text · b tilbage / back · q stop og gem / stop and keep · ? denne hjælp / this help"
HELP = (
    "g mangler / gap · m på plads / met · a spørg / ask · n gælder ikke / not applicable\n"
    "Sætninger på samme linje / sentences on the same line: m 18-19 · med bemærkning / with a remark: g 5 # tekst · r kun bemærkning / a remark only\n"
    + _EVERYWHERE
)
RISK_HELP = "Tallet foran klassen / the number before the class.\n" + _EVERYWHERE
FACT_HELP = (
    "j eller 1 ja · n eller 2 nej · u teksten afgør det ikke; ved lister tallene foran værdierne\n"
    "y or 1 yes · n or 2 no · u the text does not settle it; with lists the numbers before the values\n" + _EVERYWHERE
)
_YES_NO_KEYS = dict.fromkeys(("1", "j", "y", "ja", "yes"), True) | dict.fromkeys(("2", "n", "nej", "no"), False)
YES_NO = ("ja / yes", "nej / no")
UNSETTLED = "teksten afgør det ikke / the text does not settle it"


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
    an answer of the tool's too. `applies`: when a requirement applies, in words: the sentence, then what its terms mean.
    `value_name`: a fact's value in the reader's language."""

    title: str
    blocks: tuple[tuple[Quote, ...], ...]
    catalogue: Catalogue
    applies: Callable[[Requirement], Sequence[str]]
    value_name: Callable[[str], str] = str
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


@dataclass(frozen=True)
class Given:
    """One line of answer to a requirement. Empty `verdict`: the answer that is there is kept. `numbers`: None where they are no sentences."""

    verdict: str
    numbers: tuple[int, ...] | None = ()
    remark: str = ""


def given_in(line: str, last: int) -> Given | None:
    """`m 18-19`, `g 5 # remark`, `n`; None where it starts with none of the keys."""
    answer, _, remark = line.partition("#")
    match = re.fullmatch(r"([gman])(|[\s\d\[].*)", answer.strip().lower())
    if match is None:
        return None
    return Given(KEYS[match.group(1)], numbers_of(match.group(2), last), remark.strip())


def listed(options: Sequence[str]) -> str:
    return "\n".join(f"  {i} {WORDS.get(o, o)}" for i, o in enumerate(options, start=1))


def numbers_wanted(options: Sequence[str]) -> str:
    return f"Svar med et tal fra 1 til {len(options)}. / Answer with a number from 1 to {len(options)}."


def picked(answer: str, options: Sequence[str]) -> str | None:
    numbers = numbers_of(answer, len(options))
    return options[numbers[0] - 1] if numbers is not None and len(numbers) == 1 else None


def fact_value(answer: str, spec: Fact) -> FactValue | None:
    """1, j, y: yes; 2, n: no (or the words); u: unknown; numbers of values, several where the fact takes several."""
    if answer == "u":
        return UNKNOWN
    if spec.type == "bool":
        return _YES_NO_KEYS.get(answer)
    numbers = numbers_of(answer, len(spec.values))
    if not numbers or (len(numbers) > 1 and not spec.multi):
        return None
    chosen = tuple(spec.values[n - 1] for n in numbers)
    return chosen if spec.multi else chosen[0]


def fact_words(value: FactValue, sheet: Sheet) -> str:
    """A fact's value for a reader; the id stands beside the word, because the labelling guide speaks in ids."""
    if isinstance(value, bool):
        return YES_NO[0] if value else YES_NO[1]
    if value == UNKNOWN:
        return UNSETTLED
    return ", ".join(_value_words(v, sheet) for v in (value if isinstance(value, tuple) else (value,)))


def fact_options(spec: Fact, sheet: Sheet) -> tuple[str, ...]:
    return tuple(_value_words(v, sheet) for v in spec.values)


def _value_words(value: str, sheet: Sheet) -> str:
    name = sheet.value_name(value)
    return name if name == value else f"{name} ({value})"
