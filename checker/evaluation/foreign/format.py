"""mapping.yaml: its form, and what is refused in it. The format is described in eval/mappings/README.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from pathlib import Path

import yaml
from pydantic import Field, ValidationError, model_validator

from checker.errors import CaseError
from checker.evaluation.foreign.scales import RISK_CLASSES, Label, Word
from checker.evaluation.records import VERDICTS
from checker.library import line_of
from checker.model.catalogue import Catalogue
from checker.model.law import Frozen


class Part(Frozen):
    """A column of the description. `title`: the cell is the heading of the whole; `heading`: stands above the cell."""

    column: str
    heading: str = ""
    title: bool = False


class LanguageColumn(Frozen):
    column: str
    values: dict[Word, str]
    empty: str = Field(default="", description="The language where the cell is empty; none: that is an error.")


class ForeignSet(Frozen):
    """mapping.yaml"""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str
    source: str
    licence: str
    law_date: date
    verified: str = "labelled by others; not checked by us"
    language: str | LanguageColumn
    file: str = Field(description="The table beside the mapping that is read when no other is named.")
    sheet: str | None = None
    id: str | None = Field(default=None, description="Column with a unique name for each row; none: the row's number.")
    family: str | None = Field(default=None, description="Column whose equal values keep rows together in one cluster.")
    kind: str = "project_description"
    missing: tuple[Word, ...] = Field(default=(), description="Values that say nothing, in every column. An empty cell never says anything.")
    aliases: dict[str, tuple[str, ...]] = Field(default_factory=dict, description="Column → its names in other versions of the file.")
    text: tuple[Part, ...] = Field(min_length=1)
    labels: tuple[Label, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_title(self) -> ForeignSet:
        if sum(p.title for p in self.text) > 1:
            raise ValueError("only one part of the text can be the title")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is asked for, once."""
        asked = [p.column for p in self.text] + [c for label in self.labels for c in label.asked]
        asked += [label.only_when.column for label in self.labels if label.only_when]
        asked += [self.language.column] if isinstance(self.language, LanguageColumn) else []
        return tuple(dict.fromkeys([*asked, *(c for c in (self.id, self.family) if c)]))


def load_mapping(file: Path, catalogue: Catalogue) -> ForeignSet:
    """A mapping, its ids and labels compared with the catalogue.

    Raises:
        CaseError: missing, not YAML, a key twice or unknown, or an id or label that we do not have: file and line.
    """
    try:
        text = file.read_text("utf-8-sig")
        _refuse_repeats(yaml.compose(text, Loader=_Plain), file)
        mapping = ForeignSet.model_validate(yaml.load(text, Loader=_Plain))
    except FileNotFoundError:
        raise CaseError(file, None, "the mapping is missing; expected mapping.yaml as eval/mappings/README.md describes it") from None
    except UnicodeDecodeError as error:
        raise CaseError(file, None, f"expected UTF-8 text ({error.reason} at byte {error.start})") from None
    except OSError as error:
        raise CaseError(file, None, f"cannot be read ({error.strerror})") from None
    except yaml.MarkedYAMLError as error:
        raise CaseError(file, error.problem_mark.line + 1 if error.problem_mark else None, f"not valid YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise CaseError(file, None, f"not valid YAML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(p) for p in first["loc"])
        raise CaseError(file, line_of(text, first["loc"]), f"{where or 'top level'}: {first['msg']}") from None
    for index, label in enumerate(mapping.labels):
        if why := _not_ours(label, catalogue):
            raise CaseError(file, line_of(text, ("labels", index, "requirement" if label.requirement else "fact")), why)
    return mapping


class _Plain(yaml.SafeLoader):
    """YAML in which only true and false are truths: `yes`, `no`, `on`, `off` are words of somebody's table."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the library's own attribute
        first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:bool" or first in "tTfF"]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _refuse_repeats(node: yaml.Node | None, file: Path) -> None:
    """YAML keeps the last of two equal keys; a label must not be lost that way."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_repeats(item, file)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if str(key.value) in seen:
                raise CaseError(file, key.start_mark.line + 1, f"{key.value} is there twice")
            seen.add(str(key.value))
            _refuse_repeats(value, file)


def _not_ours(label: Label, catalogue: Catalogue) -> str:
    """Why a label cannot be ours; empty where it can."""
    if label.requirement:
        if label.requirement not in catalogue.requirements:
            return f"unknown requirement {label.requirement}{close(label.requirement, catalogue.requirements)}"
        wrong = [v for v in label.outcomes() if v not in VERDICTS]
        return f"{label.requirement} has no verdict {wrong[0]}; expected one of {', '.join(VERDICTS)}, or null" if wrong else ""
    if label.fact:
        spec = catalogue.facts.get(label.fact)
        if spec is None:
            return f"unknown fact {label.fact}{close(label.fact, catalogue.facts)}"
        known: tuple[object, ...] = spec.values if spec.type == "enum" else (True, False)
        for value in label.outcomes():
            several = value if isinstance(value, tuple) else (value,)
            if any(v not in known or isinstance(v, bool) != (spec.type == "bool") for v in several) or isinstance(value, tuple) != spec.multi:
                return f"{label.fact} has no value {value}; expected {'a list of ' if spec.multi else 'one of '}{', '.join(str(k) for k in known)}, or null"
        return ""
    wrong = [v for v in label.outcomes() if v not in RISK_CLASSES]
    return f"there is no risk class {wrong[0]}; expected one of {', '.join(RISK_CLASSES)}, or null" if wrong else ""


def header(name: str) -> str:
    return " ".join(name.split()).casefold()


def close(name: str, known: Mapping[str, object] | Sequence[str]) -> str:
    lowered = {header(k): k for k in known}
    best = get_close_matches(header(name), lowered, n=1, cutoff=0.5)
    return f"; the closest is {lowered[best[0]]}" if best else ""
