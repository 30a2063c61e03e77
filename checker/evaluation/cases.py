"""Reads labelled cases: a text beside a YAML with facts, verdicts, evidence. Refuses what contradicts itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
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
MANIFEST = "manifest.yaml"
TEXT_SUFFIXES = (".txt", ".md", ".docx", ".pdf", ".odt", ".html")


class Labels(BaseModel):
    """One label file. Facts left out are unknown; requirements left out are not applicable."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    language: Literal["da", "en"]
    kind: Literal["project_description", "agenda_item", "ocr", "injection", "form", "review"]
    pair: str | None = None
    family: str
    origin: str = ""
    facts: dict[str, bool | str | tuple[str, ...]]
    evidence: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    verdicts: dict[str, Literal["gap", "met", "ask"]] = Field(default_factory=dict)
    risk_class: Literal["prohibited", "high", "transparency", "minimal", "not_ai", "unclear", ""]
    contradictions: tuple[str, ...] | None = Field(default=None, description="Ids of the contradiction rules that the text breaks; absent: nobody looked.")
    provisions: dict[str, tuple[str, ...]] = Field(default_factory=dict, description="Requirement → provisions to cite, where they differ from the set's.")
    only: tuple[str, ...] = Field(default=(), description="The labelled requirements, where not all of the core were decided (imported reviews).")
    provenance: dict[str, str] = Field(default_factory=dict, description="Where an imported case comes from.")
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


class GoldProvisions(BaseModel):
    """Provisions that a citation of a duty should name (`main`), and those it may name without being wrong (`also`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    main: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


class Manifest(BaseModel):
    """eval/sets/<name>/manifest.yaml"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    source: str
    licence: str
    labelled_by: str
    verified: str
    law_date: date
    kind: Literal["authored", "reviews"] = "authored"
    held_out_families: tuple[str, ...] = ()
    provisions: dict[str, GoldProvisions] = Field(default_factory=dict, description="Per requirement, labelled without looking at the catalogue's.")


def load_set(folder: Path, catalogue: Catalogue) -> tuple[Case, ...]:
    """Every case of a set, sorted by id.

    Raises:
        CaseError: names the file, the line and what was expected.
    """
    held_out = set(load_manifest(folder).held_out_families)
    labels = {file: _model(file, Labels) for file in sorted(folder.glob("*.yaml")) if file.name != MANIFEST}
    if not labels:
        raise CaseError(folder, None, "expected at least one labelled case")
    first: dict[str, Path] = {}
    for file, label in labels.items():
        if label.id in first:
            raise CaseError(file, _line(file, ("id",)), f"the id {label.id} is there twice; also in {first[label.id].name}")
        first[label.id] = file
    return tuple(_case(file, label, held_out, catalogue) for file, label in labels.items())


def load_manifest(folder: Path) -> Manifest:
    """What a set says of itself.

    Raises:
        CaseError: manifest.yaml is missing or wrong.
    """
    return _model(folder / MANIFEST, Manifest)


def check_evidence(case: Case, document: Document) -> None:
    """Every labelled quote must stand in the extracted text.

    Raises:
        CaseError: a quote that does not.
    """
    for item in case.labels.evidence:
        for quote in case.labels.quotes(item):
            if quote not in document.text:
                labels = case.file.with_suffix(".yaml")
                raise CaseError(labels, _line(labels, ("evidence", item)), f"evidence {item}: not found in the text: {quote!r}")


def _case(file: Path, labels: Labels, held_out: set[str], catalogue: Catalogue) -> Case:
    if labels.id != file.stem:
        raise CaseError(file, _line(file, ("id",)), f"id is {labels.id}, expected the file's name {file.stem}")
    texts = [file.with_suffix(s) for s in TEXT_SUFFIXES if file.with_suffix(s).is_file()]
    if not texts:
        raise CaseError(file, None, f"no text beside it; expected {file.stem} with one of {', '.join(TEXT_SUFFIXES)}")
    if len(texts) > 1:
        raise CaseError(file, None, f"two texts beside it ({texts[0].name}, {texts[1].name}); expected one")
    _refuse_unknown(file, labels, catalogue)
    return Case(labels=labels, file=texts[0], split="held-out" if labels.family in held_out else "train")


def _refuse_unknown(file: Path, labels: Labels, catalogue: Catalogue) -> None:
    for fact, value in labels.facts.items():
        spec = catalogue.facts.get(fact)
        if spec is None:
            raise CaseError(file, _line(file, ("facts", fact)), f"unknown id {fact} under facts")
        several = value if isinstance(value, tuple) else (value,)
        allowed: tuple[object, ...] = spec.values if spec.type == "enum" else (True, False)
        if any(v not in allowed or isinstance(v, bool) != (spec.type == "bool") for v in several):
            raise CaseError(file, _line(file, ("facts", fact)), f"{fact} has no value {value}; expected one of {', '.join(str(a) for a in allowed)}")
    for requirement in labels.verdicts:
        if requirement not in catalogue.core:
            raise CaseError(file, _line(file, ("verdicts", requirement)), f"unknown id {requirement} under verdicts; expected a labelled requirement")
    rules = {rule.id for rule in catalogue.contradictions}
    named = [("contradictions", r, rules, "a rule of corpus/facts/contradictions.yaml") for r in labels.contradictions or ()]
    named += [(key, r, set(catalogue.requirements), "a requirement") for key in ("only", "provisions") for r in getattr(labels, key)]
    for key, name, known, expected in named:
        if name not in known:
            raise CaseError(file, _line(file, (key, name)), f"unknown id {name} under {key}; expected {expected}")
    for item in labels.evidence:
        if item not in labels.facts and item not in labels.verdicts:
            raise CaseError(file, _line(file, ("evidence", item)), f"evidence for {item}, which has no label")


def label_line(case: Case, item: str) -> int:
    """The line in the label file where an item's label stands."""
    file = case.file.with_suffix(".yaml")
    parts = next((p for p in ("verdicts", "facts", "evidence") if item in getattr(case.labels, p)), "")
    return _line(file, (parts, item) if parts else (item,))


def _line(file: Path, path: tuple[str, ...]) -> int:
    return line_of(file.read_text("utf-8"), path)


def _model(file: Path, model: type[M]) -> M:
    try:
        text = file.read_text("utf-8")
        data = yaml.load(text, Loader=_Loader)
        _refuse_repeats(yaml.compose(text, Loader=_Loader), file)
        return model.model_validate(data)
    except FileNotFoundError:
        raise CaseError(file, None, "the file is missing") from None
    except UnicodeDecodeError as error:
        raise CaseError(file, None, f"expected UTF-8 text ({error.reason} at byte {error.start})") from None
    except yaml.MarkedYAMLError as error:
        raise CaseError(file, error.problem_mark.line + 1 if error.problem_mark else None, f"not valid YAML: {error.problem}") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise CaseError(file, line_of(text, first["loc"]), f"{'.'.join(str(p) for p in first['loc'])}: {first['msg']}") from None


def _refuse_repeats(node: yaml.Node | None, file: Path) -> None:
    """YAML keeps the last of two equal keys and forgets the first; a label must not be lost that way."""
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        if key.value in seen:
            raise CaseError(file, key.start_mark.line + 1, f"{key.value} is there twice")
        seen.add(key.value)
        _refuse_repeats(value, file)


def twins(cases: tuple[Case, ...]) -> Iterator[tuple[Case, Case]]:
    """Each counterfactual pair once."""
    by_id = {c.id: c for c in cases}
    for case in cases:
        other = by_id.get(case.labels.pair or "")
        if other is not None and case.id < other.id:
            yield case, other
