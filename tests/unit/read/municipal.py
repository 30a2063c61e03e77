"""The labelled municipal cases, and how to read them without any adapter."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from checker.model.project import Document, Project, Span
from checker.read import read_project
from checker.read.structure import blocks_of

SET = Path(__file__).parents[3] / "eval" / "sets" / "municipal"
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Case:
    name: str
    kind: str
    language: str
    text: str
    quotes: tuple[str, ...]

    def __str__(self) -> str:
        return self.name


def document(text: str, source: str = "notat.txt") -> Document:
    return Document(source=source, format="txt", text=text, blocks=blocks_of(text))


@lru_cache(maxsize=1)
def cases() -> tuple[Case, ...]:
    return tuple(_case(f) for f in sorted((*SET.glob("*.txt"), *SET.glob("*.md"))) if f.with_suffix(".yaml").exists())


@lru_cache(maxsize=512)
def project(name: str) -> Project:
    case = next(c for c in cases() if c.name == name)
    return read_project(document(case.text, name))


def of_kind(*kinds: str) -> list[Case]:
    return [c for c in cases() if c.kind in kinds]


def lost_quotes(case: Case, taken: tuple[Span, ...]) -> list[str]:
    """Evidence quotes of the label file that stand in the text but in none of the taken spans."""
    lost = []
    for quote in case.quotes:
        places = [m.span() for m in re.finditer(r"\s+".join(map(re.escape, quote.split())), case.text)]
        if places and not any(s.start <= a and b <= s.end for a, b in places for s in taken):
            lost.append(quote)
    return lost


def _case(file: Path) -> Case:
    label = yaml.load(file.with_suffix(".yaml").read_text("utf-8"), Loader=_Loader)
    quotes = tuple(q for v in (label["evidence"] or {}).values() for q in (v if isinstance(v, list) else [v]) if isinstance(q, str))
    return Case(name=file.stem, kind=label["kind"], language=label["language"], text=file.read_text("utf-8"), quotes=quotes)
