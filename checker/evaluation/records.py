"""What an evaluation is made of: subjects go in, results come out, one line of JSON each.

A result carries the labels it is compared with, so that a results file can be scored, compared and drawn without the set it
came from. The file grows by whole lines, so a run that was killed goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from checker.errors import CaseError
from checker.model.law import Frozen
from checker.model.project import Document, Quote
from checker.model.report import Receipt

SCHEMA_VERSION = 1
RESULTS = "results.jsonl"

VERDICTS = ("gap", "met", "ask", "not_applicable")
SAID = (*VERDICTS, "unjudged")
FactValue = bool | str | tuple[str, ...]


class Grade(Frozen):
    """A graded label: `value` on a scale from `low` (not at all) to `high` (fully)."""

    value: int
    low: int = 1
    high: int = 5


class Gold(Frozen):
    """What people say of one text. What is left out was not labelled and is never counted.

    `verdicts`: requirement → verdict, for the labelled requirements only; `grades`: the same for graded sets. `facts`: every
    fact after rule 10 of the labelling guide, empty where facts were not labelled; `facts_said`: those that the labels settle
    outright. `contradictions` is None, and `risk_class` empty, where nobody looked. `provisions`: requirement → the
    provisions that a citation should name; `also`: those it may name without being wrong.
    """

    verdicts: dict[str, Literal["gap", "met", "ask", "not_applicable"]] = Field(default_factory=dict)
    grades: dict[str, Grade] = Field(default_factory=dict)
    risk_class: str = ""
    facts: dict[str, FactValue] = Field(default_factory=dict)
    facts_said: tuple[str, ...] = ()
    evidence: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    contradictions: tuple[str, ...] | None = None
    provisions: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    also: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class Subject(Frozen):
    """One labelled text, read: all that a system and a score need, no file."""

    set: str
    id: str
    split: Literal["train", "held-out"]
    family: str
    language: str
    kind: str = "project_description"
    origin: str = ""
    pair: str | None = None
    document: Document
    gold: Gold


class AskedQuestion(Frozen):
    fact: str
    settles: int


class Said(Frozen):
    """What one system says of one text. What it says nothing about is left out, and is not scored.

    `verdicts`: requirement → verdict (`unjudged` where an answer could not be read). `probabilities`: requirement → probability
    that the evidence closes it, for gap and met. `fact_probabilities`: of the chosen value. `citations`: requirement →
    provision ids. `rounds`: questions answered, best first, until nothing was left to ask; None where that was not tried.
    `unread`: why the text could not be read at all.
    """

    verdicts: dict[str, str] = Field(default_factory=dict)
    reasons: dict[str, str] = Field(default_factory=dict)
    probabilities: dict[str, float] = Field(default_factory=dict)
    risk_class: str = ""
    facts: dict[str, FactValue] = Field(default_factory=dict)
    fact_probabilities: dict[str, float] = Field(default_factory=dict)
    evidence: dict[str, tuple[Quote, ...]] = Field(default_factory=dict)
    citations: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    contradictions: tuple[str, ...] | None = None
    questions: tuple[AskedQuestion, ...] = ()
    rounds: int | None = None
    invalid_quotes: int = 0
    unread: str = ""

    def verdict(self, requirement: str) -> str:
        """`unjudged` where the text could not be read; not applicable where the system names no verdict."""
        return "unjudged" if self.unread else self.verdicts.get(requirement, "not_applicable")


class Cost(Frozen):
    """What a result cost: wall-clock seconds, peak memory of the process in MiB, tokens a language model read and wrote."""

    seconds: float = 0.0
    peak_mib: float = 0.0
    tokens_in: int = 0
    tokens_out: int = 0


class Result(Frozen):
    """One system on one text, once. `run` counts the repetitions of a system that samples."""

    schema_version: int = SCHEMA_VERSION
    set: str
    case: str
    system: str
    run: int = 0
    key: str
    """Hash of all the answer depends on; a result with the same key is not made again."""
    split: Literal["train", "held-out"]
    family: str
    language: str
    kind: str
    origin: str = ""
    pair: str | None = None
    text_sha256: str
    receipt: Receipt | None = None
    cost: Cost = Cost()
    gold: Gold
    said: Said

    @classmethod
    def of(cls, subject: Subject, system: str, run: int, key: str, said: Said, cost: Cost, receipt: Receipt | None = None) -> Result:
        shared = {name: getattr(subject, name) for name in ("set", "split", "family", "language", "kind", "origin", "pair", "gold")}
        return cls(**shared, case=subject.id, system=system, run=run, key=key, text_sha256=subject.document.sha256, receipt=receipt, cost=cost, said=said)


def key_of(subject: Subject, system: str, run: int, fingerprint: str) -> str:
    """Names an answer by what it depends on: text, labels, system, repetition, and the product's own fingerprint."""
    parts = [subject.set, subject.id, subject.split, subject.family, subject.document.source, subject.document.sha256, subject.gold.model_dump_json()]
    return hashlib.sha256("\n".join([*parts, system, str(run), fingerprint]).encode()).hexdigest()[:16]


def append(file: Path, result: Result) -> None:
    """One whole line, flushed, so that a killed run loses at most the line it was writing."""
    with file.open("a", encoding="utf-8") as stream:
        stream.write(result.model_dump_json(exclude_defaults=False) + "\n")
        stream.flush()


def read_results(path: Path) -> tuple[Result, ...]:
    """Every result of a file, or of the folder that a run wrote.

    Raises:
        CaseError: the file is missing or empty, a line is no result, or it is of another schema version.
    """
    file = path / RESULTS if path.is_dir() else path
    results = tuple(_lines(file))
    if not results:
        raise CaseError(file, None, "no results in it; expected one line of JSON per case, as `checker eval run` writes them")
    return results


def read_started(file: Path) -> tuple[Result, ...]:
    """What a run that was stopped had done; a last line without its end is cut off the file.

    Raises:
        CaseError: any other line is no result.
    """
    if not file.is_file():
        return ()
    data = file.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) < len(data):
        file.write_bytes(whole)
    return tuple(_lines(file))


def write_results(file: Path, results: Iterable[Result]) -> None:
    """The whole file anew, in the order given; the old one is there until the new one is complete."""
    beside = file.with_suffix(".part")
    beside.write_text("".join(r.model_dump_json() + "\n" for r in results), "utf-8")
    beside.replace(file)


def _lines(file: Path) -> Iterator[Result]:
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError:
        raise CaseError(file, None, "the file is missing; expected the results of `checker eval run`") from None
    except (UnicodeDecodeError, OSError) as error:
        raise CaseError(file, None, f"cannot be read as UTF-8 text ({error})") from None
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _result(file, number, line)


def _result(file: Path, number: int, line: str) -> Result:
    try:
        data = json.loads(line)
    except ValueError:
        raise CaseError(file, number, "not a line of JSON; expected one result as `checker eval run` writes it") from None
    version = data.get("schema_version") if isinstance(data, dict) else None
    if version != SCHEMA_VERSION:
        raise CaseError(file, number, f"schema_version is {version}, expected {SCHEMA_VERSION}; make the results again with `checker eval run`")
    try:
        return Result.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        raise CaseError(file, number, f"{'.'.join(str(p) for p in first['loc'])}: {first['msg']}") from None
