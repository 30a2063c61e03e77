"""The committed answers that a change is held against: small, one line per case, and a head that says why they stand there.

Labels are not in it: both sides are scored against the labels of today, so a corrected label never looks like a change of the
product. Passages and citation lists are written once per case and per file, and referred to by number.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field, ValidationError

from checker.errors import CaseError
from checker.evaluation.records import FactValue, Gold, Result, Said
from checker.model.law import Frozen
from checker.model.project import Quote

SCHEMA_VERSION = 1
M = TypeVar("M", bound=Frozen)
HISTORY = "history.jsonl"


class Head(Frozen):
    """First line of a baseline: of what, by which product, when and why."""

    schema_version: int = SCHEMA_VERSION
    kind: Literal["baseline"] = "baseline"
    set: str
    split: Literal["train", "held-out"]
    made: date
    why: str
    checker: str
    code: str
    reader: str
    catalogue: str
    cases: int
    metrics: dict[str, float | None]
    citations: tuple[tuple[str, ...], ...] = ()


class Kept(Frozen):
    """One case's answer. `not_applicable` verdicts and unknown facts are left out."""

    case: str
    text_sha256: str
    labels: str
    verdicts: dict[str, str]
    reasons: dict[str, str] = Field(default_factory=dict)
    probabilities: dict[str, float] = Field(default_factory=dict)
    risk_class: str = ""
    facts: dict[str, FactValue] = Field(default_factory=dict)
    passages: tuple[Quote, ...] = ()
    evidence: dict[str, tuple[int, ...]] = Field(default_factory=dict)
    citations: dict[str, int] = Field(default_factory=dict)
    contradictions: tuple[str, ...] | None = None
    rounds: int | None = None
    invalid_quotes: int = 0
    unread: str = ""


class Baseline(Frozen):
    head: Head
    cases: dict[str, Kept]

    def results(self, now: Sequence[Result]) -> list[Result]:
        """The kept answers as results over today's labels, for the cases that are in both."""
        return [_as_result(self.cases[r.case], r, self.head) for r in now if r.case in self.cases]

    def notes(self, now: Sequence[Result]) -> list[str]:
        """What differs between then and now besides the product: texts and labels."""
        here = {r.case: r for r in now}
        rewritten = sorted(c for c, k in self.cases.items() if c in here and here[c].text_sha256 != k.text_sha256)
        relabelled = sorted(c for c, k in self.cases.items() if c in here and labels_hash(here[c].gold) != k.labels)
        added = sorted(set(here) - set(self.cases))
        named = (("text changed since the baseline, left out", rewritten), ("labels changed since the baseline", relabelled), ("not in the baseline", added))
        return [f"{what}: {len(cases)} ({', '.join(cases[:5])}{', …' if len(cases) > 5 else ''})" for what, cases in named if cases]


def labels_hash(gold: Gold) -> str:
    return hashlib.sha256(gold.model_dump_json().encode()).hexdigest()[:12]


def keep(results: Sequence[Result], head: Head) -> str:
    """The baseline as text, cases by name."""
    lists: dict[tuple[str, ...], int] = {}
    cases = [_kept(r, lists) for r in sorted(results, key=lambda r: r.case)]
    head = head.model_copy(update={"citations": tuple(lists), "cases": len(cases)})
    return "".join(_line(model) for model in (head, *cases))


def read_baseline(file: Path) -> Baseline:
    """The baseline in a file.

    Raises:
        CaseError: it is missing, no baseline, of another schema version, or has a case twice.
    """
    try:
        lines = file.read_text("utf-8").split("\n")
    except FileNotFoundError:
        raise CaseError(file, None, "no baseline there; `checker eval baseline` writes one") from None
    except (UnicodeDecodeError, OSError) as error:
        raise CaseError(file, None, f"cannot be read as UTF-8 text ({error})") from None
    head = _read(file, 1, lines[0], Head)
    cases: dict[str, Kept] = {}
    for number, line in enumerate(lines[1:], start=2):
        if line.strip():
            kept = _read(file, number, line, Kept)
            if kept.case in cases:
                raise CaseError(file, number, f"the case {kept.case} is there twice")
            cases[kept.case] = kept
    if len(cases) != head.cases:
        raise CaseError(file, None, f"{len(cases)} cases, but its first line says {head.cases}: the file was cut off or edited; make it again")
    return Baseline(head=head, cases=cases)


class Entry(Frozen):
    """One line of history.jsonl: the figures each time a baseline was set."""

    date: date
    set: str
    checker: str
    code: str
    why: str
    cases: dict[str, int]
    metrics: dict[str, dict[str, float | None]]


def read_history(file: Path, set: str) -> tuple[Entry, ...]:
    """The entries of one set, oldest first; none where the file is not there.

    Raises:
        CaseError: a line that is no entry.
    """
    if not file.is_file():
        return ()
    found = (_read(file, n, line, Entry) for n, line in enumerate(file.read_text("utf-8").split("\n"), start=1) if line.strip())
    return tuple(entry for entry in found if entry.set == set)


def append_history(file: Path, entry: Entry) -> None:
    with file.open("a", encoding="utf-8") as stream:
        stream.write(_line(entry))


def _kept(result: Result, lists: dict[tuple[str, ...], int]) -> Kept:
    said, judged = result.said, result.gold.verdicts
    passages: dict[Quote, int] = {}
    evidence = {r: tuple(passages.setdefault(q, len(passages)) for q in quotes) for r, quotes in said.evidence.items() if r in judged}
    return Kept(
        case=result.case,
        text_sha256=result.text_sha256,
        labels=labels_hash(result.gold),
        verdicts={r: v for r, v in said.verdicts.items() if r in judged and v != "not_applicable"},
        reasons={r: v for r, v in said.reasons.items() if r in judged and v != "out_of_scope"},
        probabilities={r: round(p, 4) for r, p in said.probabilities.items() if r in judged},
        risk_class=said.risk_class,
        facts={f: v for f, v in said.facts.items() if v != "unknown"},
        passages=tuple(passages),
        evidence=evidence,
        citations={r: lists.setdefault(c, len(lists)) for r, c in said.citations.items()},
        contradictions=said.contradictions,
        rounds=said.rounds,
        invalid_quotes=said.invalid_quotes,
        unread=said.unread,
    )


def _as_result(kept: Kept, now: Result, head: Head) -> Result:
    said = Said(
        verdicts=kept.verdicts,
        reasons=kept.reasons,
        probabilities=kept.probabilities,
        risk_class=kept.risk_class,
        facts=dict.fromkeys(now.said.facts, "unknown") | kept.facts,
        evidence={r: tuple(kept.passages[i] for i in which) for r, which in kept.evidence.items()},
        citations={r: head.citations[i] for r, i in kept.citations.items()},
        contradictions=kept.contradictions,
        rounds=kept.rounds,
        invalid_quotes=kept.invalid_quotes,
        unread=kept.unread,
    )
    return now.model_copy(update={"said": said, "key": "baseline", "receipt": None, "text_sha256": kept.text_sha256})


def _line(model: Frozen) -> str:
    return json.dumps(model.model_dump(mode="json", exclude_defaults=True) | _version(model), ensure_ascii=False, separators=(",", ":")) + "\n"


def _version(model: Frozen) -> dict[str, object]:
    return {"schema_version": SCHEMA_VERSION, "kind": "baseline"} if isinstance(model, Head) else {}


def _read(file: Path, number: int, line: str, model: type[M]) -> M:
    try:
        data = json.loads(line)
    except ValueError:
        raise CaseError(file, number, "not a line of JSON; expected a baseline as `checker eval baseline` writes it") from None
    version = data.get("schema_version") if isinstance(data, dict) else None
    if model is Head and version != SCHEMA_VERSION:
        raise CaseError(file, number, f"schema_version is {version}, expected {SCHEMA_VERSION}; make the baseline again with `checker eval baseline`")
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise CaseError(file, number, f"{'.'.join(str(p) for p in first['loc'])}: {first['msg']}") from None
