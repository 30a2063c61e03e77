"""What the review desk writes and we read: people's decisions on machine findings, schema_version 1 (docs/reviews-format.md).

One reviewed project a line of JSON, or one JSON list. Decisions are only ever added; for a requirement the latest one counts.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, NoReturn

import yaml
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool, ValidationError

from checker.errors import CaseError
from checker.library import line_of
from checker.model.catalogue import Catalogue
from checker.model.law import Frozen
from checker.model.project import Quote

SCHEMA_VERSION = 1
LabelVerdict = Literal["gap", "met", "ask", "not_applicable"]
RiskLabel = Literal["prohibited", "high", "transparency", "minimal", "not_ai", "unclear"]


class Decision(Frozen):
    """What a person decided of one finding. `verdict` is the one after the decision."""

    requirement: str
    action: Literal["accept", "reject", "change", "ask"]
    verdict: LabelVerdict | None = None
    reason: str
    author: str
    role: str
    time: AwareDatetime
    evidence: tuple[Quote, ...] = ()


class Answer(Frozen):
    """What a person answered to a question: true of the project, but not in its text."""

    fact: str
    value: bool | str | tuple[str, ...]
    by: str
    time: AwareDatetime


class _Part(BaseModel):
    """A part of checker's JSON report; what we do not need is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ReportedFact(_Part):
    value: bool | str | tuple[str, ...]
    origin: str
    quotes: tuple[Quote, ...] = ()


class ReportedFinding(_Part):
    requirement: str
    verdict: Literal["gap", "met", "ask", "not_applicable", "unjudged"]
    evidence: tuple[Quote, ...] = ()


class ReportedProject(_Part):
    language: Literal["da", "en"]


class ReportedReceipt(_Part):
    checker: str
    catalogue: str
    as_of: date
    text_sha256: str


class ReportJson(_Part):
    """`checker check --format json --with-text`."""

    schema_version: Literal[1]
    text: str = Field(min_length=1)
    project: ReportedProject
    facts: dict[str, ReportedFact] = Field(default_factory=dict)
    findings: tuple[ReportedFinding, ...]
    receipt: ReportedReceipt

    def finding(self, requirement: str) -> ReportedFinding | None:
        return next((f for f in self.findings if f.requirement == requirement), None)


class Review(Frozen):
    """One reviewed project, as the desk exports it."""

    schema_version: Literal[1]
    kind: Literal["review"]
    project_id: str = Field(min_length=1)
    exported_at: AwareDatetime
    report: ReportJson
    decisions: tuple[Decision, ...]
    facts: tuple[Answer, ...] = ()
    risk_class: RiskLabel | None = None
    signed_off: StrictBool
    signed_at: AwareDatetime | None = None

    @property
    def project(self) -> str:
        """The project's id as a hash: a pseudonym, since who knows the ids can find it again."""
        return hashlib.sha256(self.project_id.encode()).hexdigest()[:12]

    def latest(self) -> dict[str, Decision]:
        """Requirement → the decision that counts."""
        return {d.requirement: d for d in sorted(self.decisions, key=lambda d: d.time)}

    def answers(self) -> dict[str, Answer]:
        return {a.fact: a for a in sorted(self.facts, key=lambda a: a.time)}


@dataclass(frozen=True)
class Located:
    """A review and where it stands, for messages."""

    review: Review
    file: Path
    line: int


def read_reviews(file: Path, catalogue: Catalogue) -> tuple[Located, ...]:
    """Every review of an export, checked.

    Raises:
        CaseError: names file and line: not JSON, another schema version, a report without text, an unknown requirement,
            evidence that is not in the text, a decision that says two things.
    """
    found = tuple(_review(file, line, written, data, catalogue) for line, written, data in _values(file))
    if not found:
        raise CaseError(file, None, "no reviews in it; expected one reviewed project a line, as the review desk exports them")
    return found


def _values(file: Path) -> Iterator[tuple[int, str, Any]]:
    """(line, as written, value) of every project in the file."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise CaseError(file, None, "the file is missing; expected an export of the review desk") from None
    except (UnicodeDecodeError, OSError) as error:
        raise CaseError(file, None, f"cannot be read as UTF-8 text ({error}); export it again") from None
    start = len(text) - len(text.lstrip())
    if text.startswith("[", start):
        yield from _of_list(file, text, start)
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line, _decoded(file, number, line)[0]


def _of_list(file: Path, text: str, start: int) -> Iterator[tuple[int, str, Any]]:
    """The elements of a JSON list one by one, so that each has its line."""
    _decoded(file, 1, text)
    position, line, counted = start + 1, 1, 0
    while True:
        position = _BETWEEN.match(text, position).end()  # type: ignore[union-attr]  # it matches the empty string too
        if text.startswith("]", position):
            return
        line, counted = line + text.count("\n", counted, position), position
        value, end = _DECODER.raw_decode(text, position)
        yield line, text[position:end], value
        position = end


_BETWEEN = re.compile(r"[ \t\r\n,]*")


def _decoded(file: Path, line: int, text: str) -> tuple[Any, int]:
    text = text.rstrip()
    lead = len(text) - len(text.lstrip())
    try:
        value, end = _DECODER.raw_decode(text, lead)
    except _Refused as refused:
        raise CaseError(file, line, str(refused)) from None
    except RecursionError:
        raise CaseError(file, line, "nested too deeply to be a review; export it again") from None
    except json.JSONDecodeError as error:
        raise CaseError(file, line + error.lineno - 1, f"not JSON ({error.msg}); expected one reviewed project a line, or a JSON list of them") from None
    except ValueError:
        raise CaseError(file, line, "not JSON that can be read (a number too long); export it again") from None
    if end < len(text):
        more = line + text.count("\n", 0, end)
        raise CaseError(file, more, "more after the end of the JSON value; expected one reviewed project a line, or one JSON list")
    return value, end


class _Refused(Exception):
    pass


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """JSON keeps the last of two equal keys and forgets the first; a decision must not be lost that way."""
    found = dict[str, Any]()
    for key, value in pairs:
        if key in found:
            raise _Refused(f"{key} is there twice in one object; expected it once")
        found[key] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise _Refused(f"{name} is no JSON number; export it again")


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_constant)


def _review(file: Path, line: int, written: str, data: Any, catalogue: Catalogue) -> Located:
    def wrong(path: tuple[Any, ...], why: str) -> NoReturn:
        raise CaseError(file, line + _lines_down(written, path), why)

    if not isinstance(data, dict):
        wrong((), "expected a reviewed project (a JSON object)")
    if data.get("schema_version") != SCHEMA_VERSION or isinstance(data.get("schema_version"), bool):
        wrong(("schema_version",), f"schema_version is {data.get('schema_version')}, expected {SCHEMA_VERSION}; export it with a desk of this version")
    report = data.get("report")
    if not isinstance(report, dict) or not isinstance(report.get("text"), str) or not report["text"].strip():
        wrong(("report",), "the report has no text; expected checker's JSON report with it (`checker check --format json --with-text`)")
    try:
        review = Review.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        wrong(first["loc"], f"{'.'.join(str(p) for p in first['loc'])}: {first['msg']}")
    for path, why in problems(review, catalogue):
        wrong(path, why)
    return Located(review, file, line)


def _lines_down(written: str, path: tuple[Any, ...]) -> int:
    """How many lines into a project the named part stands; JSON is YAML enough for that, else its first line."""
    if "\n" not in written:
        return 0
    try:
        return line_of(written, path) - 1
    except (yaml.YAMLError, RecursionError, ValueError):
        return 0


def problems(review: Review, catalogue: Catalogue) -> Iterator[tuple[tuple[Any, ...], str]]:
    """(where, why) for everything that makes a review unusable. Never quotes the text: it may hold personal data."""
    if hashlib.sha256(review.report.text.encode()).hexdigest() != review.report.receipt.text_sha256:
        yield ("report", "text"), "the report's text is not the one its receipt names (text_sha256); export report and text together"
    for index, answer in enumerate(review.facts):
        if answer.fact not in catalogue.facts:
            yield ("facts", index, "fact"), _unknown("fact", answer.fact, catalogue.facts)
    for index, decision in enumerate(review.decisions):
        for part, why in _decision_problems(decision, review, catalogue):
            yield ("decisions", index, part), why
    yield from _ties(review)


def _decision_problems(decision: Decision, review: Review, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    name = decision.requirement
    if name not in catalogue.requirements:
        yield "requirement", _unknown("requirement", name, catalogue.requirements)
        return
    finding = review.report.finding(name)
    if finding is None:
        yield "requirement", f"a decision on {name}, on which the report has no finding; expected the report that was decided on"
        return
    if why := _contrary(decision, finding.verdict):
        yield "action", f"{name}: {why}"
    for quote in decision.evidence:
        if not quote.text or review.report.text[quote.start : quote.end] != quote.text or quote.start < 0:
            yield "evidence", f"{name}: the evidence at {quote.start}-{quote.end} is not what stands there in report.text; expected the exact words and offsets"


def _contrary(decision: Decision, machine: str) -> str:
    """Why an action and its verdict do not go together; empty when they do."""
    after = decision.verdict
    match decision.action:
        case "change" if after is None:
            return "change without a verdict; expected the verdict after the decision (gap, met, ask or not_applicable)"
        case "accept" if machine == "unjudged":
            return "accept of a finding that checker did not judge; expected change with a verdict"
        case "accept" if after is not None and after != machine:
            return f"accept with the verdict {after}, but checker said {machine}; expected change, or the same verdict"
        case "reject" if after == machine:
            return f"reject with checker's own verdict {machine}; expected accept, or another verdict"
        case "ask" if after not in (None, "ask"):
            return f"ask with the verdict {after}; expected ask, or change"
    return ""


def _ties(review: Review) -> Iterator[tuple[tuple[Any, ...], str]]:
    first: dict[tuple[str, Any], Decision] = {}
    for index, decision in enumerate(review.decisions):
        other = first.setdefault((decision.requirement, decision.time), decision)
        if (other.action, other.verdict, other.evidence) != (decision.action, decision.verdict, decision.evidence):
            yield (
                ("decisions", index, "time"),
                f"{decision.requirement}: two decisions at {decision.time.isoformat()} that differ; expected one, or another time",
            )


def _unknown(what: str, name: str, known: Mapping[str, Any]) -> str:
    near = get_close_matches(name, list(known), n=1)
    return f"unknown {what} {name}; " + (f"did you mean {near[0]}?" if near else "expected an id of the catalogue")
