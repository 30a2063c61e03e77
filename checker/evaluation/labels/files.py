"""Where a labeller's answers live: `<set>/labellers/<name>/<case>.yaml`, written whole after every answer."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field

from checker.errors import CaseError, CorpusError, SettingsError
from checker.evaluation.cases import Case
from checker.evaluation.labels.wording import wording_of
from checker.evaluation.records import FactValue
from checker.library import line_of, load_yaml
from checker.model.catalogue import Catalogue
from checker.model.law import Frozen
from checker.model.project import Document

FOLDER = "labellers"
RISK = "risk_class"
RISK_CLASSES = ("prohibited", "high", "transparency", "minimal", "not_ai", "unclear")
UNKNOWN = "unknown"
_NAME = re.compile(r"[\w][\w.-]{0,39}")


class Revision(Frozen):
    """A changed mind after the tool's answer was seen, or after the text was closed, and why. It never takes the place of the first answer.

    `verdict`: a risk class for the item `risk_class`, a value for a fact.
    """

    verdict: FactValue
    why: str
    evidence: tuple[str, ...] = ()


class LabelFile(Frozen):
    """One labeller on one text. Unlike in a set's own labels nothing is left out by meaning: what is not here was not answered.

    `seen`: the requirements whose answer by the tool was shown; from then on the first answer stands, a change is a revision.
    `facts` hold `unknown` where the labeller found that the text does not settle it. `wording`: hashes of the form the answers were
    given on (`wording_of`); files from before it was kept have none.
    """

    case: str
    labeller: str
    started: datetime
    finished: datetime | None = None
    catalogue: str
    text_sha256: str
    verdicts: dict[str, Literal["gap", "met", "ask", "not_applicable"]] = Field(default_factory=dict)
    evidence: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    remarks: dict[str, str] = Field(default_factory=dict)
    seen: tuple[str, ...] = ()
    revised: dict[str, Revision] = Field(default_factory=dict)
    risk_class: Literal["prohibited", "high", "transparency", "minimal", "not_ai", "unclear", ""] = ""
    facts: dict[str, FactValue] = Field(default_factory=dict)
    wording: dict[str, str] = Field(default_factory=dict)

    def has(self, item: str) -> bool:
        """Whether there is a first answer."""
        return bool(self.risk_class) if item == RISK else item in self.verdicts or item in self.facts

    def first(self, item: str) -> FactValue:
        """The first answer; empty where there is none."""
        return self.risk_class if item == RISK else self.verdicts[item] if item in self.verdicts else self.facts.get(item, "")

    def settled(self, item: str) -> FactValue:
        """The answer after a change of mind; the first one where there was none."""
        return self.revised[item].verdict if item in self.revised else self.first(item)


def checked_name(name: str) -> str:
    """A labeller's name as it may stand in a path.

    Raises:
        SettingsError: it holds something else than letters, digits, `.`, `-` and `_`, or starts with a sign.
    """
    if not _NAME.fullmatch(name):
        raise SettingsError(f"--labeller {name!r} kan ikke bruges som mappenavn.", "Brug bogstaver, tal, - og _, fx initialer / use letters, digits, - and _.")
    return name


def label_path(folder: Path, labeller: str, case: str) -> Path:
    return folder / FOLDER / labeller / f"{case}.yaml"


def opened(folder: Path, labeller: str, case: Case, document: Document, catalogue: Catalogue, catalogue_hash: str) -> LabelFile:
    """What this labeller has answered on this text so far; empty at the first time.

    Raises:
        CaseError: the file is wrong, or the text has changed since its first answer.
    """
    file = label_path(folder, labeller, case.id)
    if not file.is_file():
        now = datetime.now(UTC).replace(microsecond=0)
        wording = wording_of(catalogue)
        return LabelFile(case=case.id, labeller=labeller, started=now, catalogue=catalogue_hash, text_sha256=document.sha256, wording=wording)
    labels = read_labels(file, catalogue)
    if labels.text_sha256 != document.sha256:
        line = line_of(file.read_text("utf-8"), ("text_sha256",))
        raise CaseError(file, line, f"the text {case.file.name} has changed since these labels were given; move this file away and label the text anew")
    return labels


def save(folder: Path, labels: LabelFile) -> Path:
    """The whole file anew; the old one is there until the new one is complete."""
    file = label_path(folder, labels.labeller, labels.case)
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(".part")
    with beside.open("w", encoding="utf-8") as stream:
        yaml.safe_dump(labels.model_dump(mode="json"), stream, allow_unicode=True, sort_keys=False, width=120)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(file)
    return file


def read_labels(file: Path, catalogue: Catalogue) -> LabelFile:
    """One label file.

    Raises:
        CaseError: file, line and what was expected.
    """
    try:
        labels = load_yaml(file, LabelFile)
    except CorpusError as error:
        raise CaseError(error.file, error.line, error.expected) from None
    for path, expected in _faults(file, labels, catalogue):
        raise CaseError(file, line_of(file.read_text("utf-8"), path), expected)
    return labels


def read_all(folder: Path, catalogue: Catalogue, labellers: Sequence[str] = ()) -> tuple[LabelFile, ...]:
    """Every label file of a set, or those of the named labellers, sorted by labeller and case.

    Raises:
        CaseError: a file is wrong, a named labeller has none, or there are none at all.
    """
    for name in labellers:
        if not any((folder / FOLDER / checked_name(name)).glob("*.yaml")):
            raise CaseError(folder / FOLDER / name, None, f"no label files; expected those that `checker eval label --labeller {name}` writes")
    files = [f for f in sorted(folder.glob(f"{FOLDER}/*/*.yaml")) if not labellers or f.parent.name in labellers]
    if not files:
        raise CaseError(folder / FOLDER, None, "no label files; expected those that `checker eval label --labeller NAME` writes")
    return tuple(read_labels(f, catalogue) for f in files)


def _faults(file: Path, labels: LabelFile, catalogue: Catalogue) -> Iterator[tuple[tuple[str, ...], str]]:
    if labels.case != file.stem:
        yield ("case",), f"case is {labels.case}, expected the file's name {file.stem}"
    if labels.labeller != file.parent.name:
        yield ("labeller",), f"labeller is {labels.labeller}, expected the folder's name {file.parent.name}"
    for part in ("verdicts", "evidence", "remarks", "revised"):
        for item in getattr(labels, part):
            if item not in catalogue.core and not (part == "revised" and (item == RISK or item in catalogue.facts)):
                yield (part, item), f"unknown id {item} under {part}; expected a labelled requirement"
    for fact in labels.facts:
        if fact not in catalogue.facts:
            yield ("facts", fact), f"unknown id {fact} under facts"
    for item, change in labels.revised.items():
        allowed = _allowed(item, catalogue)
        values = change.verdict if isinstance(change.verdict, tuple) else (change.verdict,)
        if not all(any(v is a if isinstance(a, bool) else v == a for a in allowed) for v in values):
            yield ("revised", item), f"verdict is {change.verdict}, expected one of {', '.join(map(str, allowed))}"
        if not labels.has(item):
            yield ("revised", item), f"{item} is revised, but has no first answer"


def _allowed(item: str, catalogue: Catalogue) -> tuple[str | bool, ...]:
    if item in catalogue.facts:
        return (*(catalogue.facts[item].values or (True, False)), UNKNOWN)
    return RISK_CLASSES if item == RISK else ("gap", "met", "ask", "not_applicable")


def sample(cases: Sequence[Case], count: int, seed: int) -> tuple[Case, ...]:
    """`count` held-out cases, one of each family before a second of any.

    The order comes from hashes of seed and id, not from a random generator over the list: everybody with the same seed gets
    the same cases, fewer are the first of more, and a case added later moves few of the others.
    """
    families: dict[str, list[Case]] = {}
    for case in cases:
        if case.split == "held-out":
            families.setdefault(case.labels.family, []).append(case)
    ranked = [(place, _drawn(seed, family), case) for family, members in families.items() for place, case in _in_order(members, seed)]
    return tuple(case for _, _, case in sorted(ranked, key=lambda r: r[:2])[:count])


def _in_order(members: Sequence[Case], seed: int) -> Iterator[tuple[int, Case]]:
    yield from enumerate(sorted(members, key=lambda c: _drawn(seed, c.id)))


def _drawn(seed: int, name: str) -> str:
    return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()
