"""Reads labelled cases: a text beside a YAML with facts, verdicts, evidence. Refuses what contradicts itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from checker.errors import CaseError
from checker.library import line_of
from checker.model.catalogue import Catalogue
from checker.model.project import Document

M = TypeVar("M", bound=BaseModel)
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TEXT_SUFFIXES = (".txt", ".md", ".docx", ".pdf", ".odt", ".html")


class Labels(BaseModel):
    """One label file. Facts left out are unknown; requirements left out are not applicable."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    language: Literal["da", "en"]
    kind: Literal["project_description", "agenda_item", "ocr", "injection", "form"]
    pair: str | None = None
    family: str
    origin: str = ""
    facts: dict[str, bool | str | tuple[str, ...]]
    evidence: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    verdicts: dict[str, Literal["gap", "met", "ask"]] = Field(default_factory=dict)
    risk_class: Literal["prohibited", "high", "transparency", "minimal", "not_ai", "unclear"]
    notes: str = ""

    def quotes(self, item: str) -> tuple[str, ...]:
        found = self.evidence.get(item, ())
        return (found,) if isinstance(found, str) else found

    def verdict(self, requirement: str) -> str:
        return self.verdicts.get(requirement, "not_applicable")


class Case(BaseModel):
    """A labelled description. `split` is its family's: twins and variants never straddle."""

    model_config = ConfigDict(frozen=True)

    labels: Labels
    file: Path
    split: Literal["train", "held-out"]

    @property
    def id(self) -> str:
        return self.labels.id


class Manifest(BaseModel):
    """eval/sets/<name>/manifest.yaml"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    source: str
    licence: str
    labelled_by: str
    verified: str
    law_date: str
    held_out_families: tuple[str, ...]


def load_set(folder: Path, catalogue: Catalogue) -> tuple[Case, ...]:
    """Every case of a set, sorted by id.

    Raises:
        CaseError: names the file, the line and what was expected.
    """
    manifest = _model(folder / "manifest.yaml", Manifest)
    held_out = set(manifest.held_out_families)
    cases = [_case(file, held_out, catalogue) for file in sorted(folder.glob("*.yaml")) if file.name != "manifest.yaml"]
    if not cases:
        raise CaseError(folder, None, "expected at least one labelled case")
    twins = {c.id for c in cases if [d.id for d in cases].count(c.id) > 1}
    if twins:
        raise CaseError(folder, None, f"the case {sorted(twins)[0]} is there twice")
    return tuple(cases)


def check_evidence(case: Case, document: Document) -> None:
    """Every labelled quote must stand in the extracted text.

    Raises:
        CaseError: a quote that does not.
    """
    for item in case.labels.evidence:
        for quote in case.labels.quotes(item):
            if quote not in document.text:
                raise CaseError(_label_file(case.file), None, f"evidence {item}: not found in the text: {quote!r}")


def _case(file: Path, held_out: set[str], catalogue: Catalogue) -> Case:
    labels = _model(file, Labels)
    if labels.id != file.stem:
        raise CaseError(file, 1, f"id is {labels.id}, expected the file's name {file.stem}")
    text = next((file.with_suffix(s) for s in TEXT_SUFFIXES if file.with_suffix(s).is_file()), None)
    if text is None:
        raise CaseError(file, None, f"no text beside it; expected {file.stem} with one of {', '.join(TEXT_SUFFIXES)}")
    for path, known in ((("facts",), catalogue.facts), (("verdicts",), catalogue.requirements)):
        for item in getattr(labels, path[0]):
            if item not in known:
                raise CaseError(file, line_of(file.read_text("utf-8"), (*path, item)), f"unknown id {item} under {path[0]}")
    for item in labels.evidence:
        if item not in labels.facts and item not in labels.verdicts:
            raise CaseError(file, line_of(file.read_text("utf-8"), ("evidence", item)), f"evidence for {item}, which has no label")
    return Case(labels=labels, file=text, split="held-out" if labels.family in held_out else "train")


def _label_file(text: Path) -> Path:
    return text.with_suffix(".yaml")


def _model(file: Path, model: type[M]) -> M:
    try:
        text = file.read_text("utf-8")
        data = yaml.load(text, Loader=_Loader)
        return model.model_validate(data)
    except FileNotFoundError:
        raise CaseError(file, None, "the file is missing") from None
    except yaml.MarkedYAMLError as error:
        raise CaseError(file, error.problem_mark.line + 1 if error.problem_mark else None, f"not valid YAML: {error.problem}") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise CaseError(file, line_of(text, first["loc"]), f"{'.'.join(str(p) for p in first['loc'])}: {first['msg']}") from None


def twins(cases: tuple[Case, ...]) -> Iterator[tuple[Case, Case]]:
    """Each counterfactual pair once."""
    by_id = {c.id: c for c in cases}
    for case in cases:
        other = by_id.get(case.labels.pair or "")
        if other is not None and case.id < other.id:
            yield case, other
