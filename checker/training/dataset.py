"""Bank, archetypes and training cases as rows: a sentence, its vector, and what is known about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from checker.evaluation.cases import Case
from checker.model.catalogue import Catalogue
from checker.model.project import Passage, Project
from checker.ports import Embedder, Vectors
from checker.reader.bank import Example

FactValue = bool | str | tuple[str, ...]


@dataclass(frozen=True)
class CaseRows:
    """One training case: its passages, which labels each carries, and the gold values."""

    case: Case
    passages: tuple[Passage, ...]
    carries: tuple[frozenset[str], ...]
    facts: Mapping[str, FactValue]
    """Gold value of every fact after rule 10; `unknown` where nothing settles it."""


@dataclass(frozen=True)
class Dataset:
    """Everything the heads learn from. Rows of cases come first, then the bank, then the archetypes."""

    catalogue: Catalogue
    cases: tuple[CaseRows, ...]
    bank: tuple[Example, ...]
    uses: tuple[tuple[str, str], ...]
    case_vectors: tuple[Vectors, ...]
    bank_vectors: Vectors
    use_vectors: Vectors
    _folds: dict[str, int] = field(default_factory=dict)

    @cached_property
    def case_of_row(self) -> np.ndarray:
        return np.array([i for i, c in enumerate(self.cases) for _ in c.passages], dtype=int)

    @cached_property
    def case_list(self) -> list[int]:
        """`case_of_row` as a plain list: the row loops run ten times faster over it."""
        return [int(i) for i in self.case_of_row]

    @cached_property
    def row_labels(self) -> list[frozenset[str]]:
        return [labels for c in self.cases for labels in c.carries]

    @property
    def rows(self) -> int:
        return len(self.case_of_row)

    def folds(self, count: int) -> np.ndarray:
        """Fold of each case: families stay together, sizes even, the same every time."""
        families = sorted({c.case.labels.family for c in self.cases})
        order = np.random.RandomState(0).permutation(len(families))
        fold = {families[f]: i % count for i, f in enumerate(order)}
        return np.array([fold[c.case.labels.family] for c in self.cases])

    def texts(self) -> list[str]:
        return [*(p.clean for c in self.cases for p in c.passages), *(e.text for e in self.bank), *(t for _, t in self.uses)]


def build(
    catalogue: Catalogue,
    projects: Sequence[tuple[Case, Project, Mapping[str, FactValue]]],
    bank: tuple[Example, ...],
    embedder: Embedder,
) -> Dataset:
    """Embeds every sentence (cached) and lines it up with its labels."""
    rows = tuple(_rows(case, project, facts) for case, project, facts in projects)
    uses = tuple((a.id, text) for a in catalogue.archetypes.values() for text in a.examples)
    return Dataset(
        catalogue=catalogue,
        cases=rows,
        bank=bank,
        uses=uses,
        case_vectors=tuple(embedder.embed([p.clean for p in r.passages], "query") for r in rows),
        bank_vectors=embedder.embed([e.text for e in bank], "query"),
        use_vectors=embedder.embed([t for _, t in uses], "query"),
    )


def _rows(case: Case, project: Project, facts: Mapping[str, FactValue]) -> CaseRows:
    carries: list[set[str]] = [set() for _ in project.passages]
    for item in case.labels.evidence:
        for quote in case.labels.quotes(item):
            for i in passages_of(quote, project):
                carries[i].add(item)
    return CaseRows(case=case, passages=project.passages, carries=tuple(frozenset(c) for c in carries), facts=facts)


def passages_of(quote: str, project: Project) -> list[int]:
    """Indexes of the passages that a labelled quote lies in (or covers by half)."""
    found = []
    start = project.text.find(quote)
    while start >= 0:
        end = start + len(quote)
        for passage in project.passages:
            shared = min(passage.end, end) - max(passage.start, start)
            if shared > 0.5 * len(quote) or shared > 0.5 * (passage.end - passage.start):
                found.append(passage.index)
        start = project.text.find(quote, start + 1) if len(quote) > 25 else -1
    return found
