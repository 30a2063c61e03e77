"""A person at the form, as a script: the answers, what was shown to them, what was kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from checker.cli.evaluate.label import blocks_of
from checker.evaluation.labels.files import LabelFile
from checker.evaluation.labels.sheet import Form, Reveal, Sheet, Tool, ToolSays
from checker.evaluation.labels.walk import label
from checker.library import Library
from checker.model.project import Block, Document, Span

TEXT = "Modellen skriver udkast.\n\nKonsekvensanalysen er lavet. Den er godkendt i maj."
DOCUMENT = Document(
    source="a.txt",
    format="txt",
    text=TEXT,
    blocks=(Block(kind="paragraph", span=Span(start=0, end=24)), Block(kind="paragraph", span=Span(start=26, end=len(TEXT)))),
)
FIRST, SECOND = "fr-hjemmel", "fvl-partshoering"
"""The first two core requirements of the catalogue, in its order."""
CLOSE = ""
"""Enter at the overview."""


@dataclass
class Script:
    """Answers from a list; None (end of input) after the last. Keeps what was shown and how far the answers had come then."""

    answers: list[str]
    shown: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def show(self, text: str) -> None:
        self.shown.append(text)

    def ask(self, prompt: str) -> str | None:
        self.asked.append(prompt)
        return self.answers[len(self.asked) - 1] if len(self.asked) <= len(self.answers) else None

    def all(self) -> str:
        return "\n".join(self.shown)


class Ready(Script):
    """Answers facts by their id (`u` where none is given), everything else as `answers_of`, and closes."""

    def __init__(self, facts: Mapping[str, str]) -> None:
        super().__init__([])
        self.facts = facts

    def ask(self, prompt: str) -> str | None:
        self.asked.append(prompt)
        if prompt.startswith("g/m/a/n"):
            return "n"
        if prompt == "1-6 > ":
            return "4"
        if prompt.startswith("Enter"):
            return CLOSE
        named = [f for f, answer in self.facts.items() if f"({f})" in self.shown[-1]]
        return self.facts[named[0]] if named else "u"


@dataclass
class Walked:
    labels: LabelFile
    stopped: bool
    form: Script
    kept: list[LabelFile]


Walk = Callable[..., Walked]


def nothing() -> Mapping[str, ToolSays]:
    raise AssertionError("the tool was asked before it may be")


def walked(
    library: Library,
    answers: Iterable[str] | Script,
    before: LabelFile | None = None,
    tool: Tool = nothing,
    reveal: Reveal = Reveal.NEVER,
    facts: bool = False,
    again: bool = False,
) -> Walked:
    script, kept = answers if isinstance(answers, Script) else Script(list(answers)), list[LabelFile]()
    form: Form = script
    sheet = Sheet("a", blocks_of(DOCUMENT), library.catalogue, lambda spec: ("altid",), value_name=str.upper, with_facts=facts, reveal=reveal)
    labels, stopped = label(sheet, before or blank(), form, kept.append, tool, again)
    return Walked(labels, stopped, script, kept)


def blank(**more: object) -> LabelFile:
    start = {"case": "a", "labeller": "anna", "started": "2026-11-22T10:00:00Z", "catalogue": "c", "text_sha256": DOCUMENT.sha256}
    return LabelFile.model_validate(start | more)


def answers_of(library: Library) -> list[str]:
    """Not applicable for every requirement, then risk class 4 (minimal)."""
    return ["n"] * len(library.catalogue.core) + ["4"]


def all_of(library: Library) -> list[str]:
    """The same, and the text is closed."""
    return [*answers_of(library), CLOSE]


def tool_says() -> Tool:
    said = {FIRST: ToolSays("gap", "teksten siger intet om det"), SECOND: ToolSays("met", "det er gjort", ("Den er godkendt i maj.",))}
    return lambda: said
