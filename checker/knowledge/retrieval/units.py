"""What is searched: pieces of official texts, of our own digest and of guidelines, and the article each belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Unit:
    """One searchable piece. `parent`: the article, section, recital, annex or guideline point that a search finds; `text`: the clean words."""

    id: str
    parent: str
    act: str
    language: str
    kind: Literal["verbatim", "digest", "guideline"]
    title: str
    text: str

    @property
    def wording(self) -> str:
        """What is embedded and indexed: a paragraph alone often lacks the words that its article's title has."""
        return f"{self.title}. {self.text}" if self.title else self.text


def upwards(provision: str) -> Iterable[str]:
    """`gdpr:art_35.par_3` → itself, then `gdpr:art_35`."""
    yield provision
    while "." in provision.partition(":")[2]:
        provision = provision.rpartition(".")[0]
        yield provision


class Articles:
    """Units gathered under what they are part of.

    A digest entry describes the official article with its id or above it: it lifts that article and is not found itself. Where
    the official text is not among the units, the digest is all there is, and it is found.
    """

    def __init__(self, units: Sequence[Unit]) -> None:
        official = {u.parent for u in units if u.kind != "digest"}
        self.number: dict[str, int] = {}
        members = np.zeros(len(units), dtype=np.int64)
        shown = np.zeros(len(units), dtype=bool)
        for i, unit in enumerate(units):
            above = next((a for a in upwards(unit.id) if a in official), None) if unit.kind == "digest" else None
            shown[i] = above is None
            members[i] = self.number.setdefault(above or unit.parent, len(self.number))
        self.names = list(self.number)
        self.of_unit: NDArray[np.int64] = members
        self.shown = Part(members, np.flatnonzero(shown), len(self.names))
        self.described = Part(members, np.flatnonzero(~shown), len(self.names))

    def find(self, provision: str) -> int | None:
        return next((self.number[a] for a in upwards(provision) if a in self.number), None)


class Part:
    """Some rows (units, or questions asked), each belonging to one article; the best of an article's rows stands for it."""

    def __init__(self, article_of: NDArray[np.int64], rows: NDArray[np.int64], articles: int) -> None:
        self.rows = rows[np.argsort(article_of[rows], kind="stable")]
        of = article_of[self.rows]
        self.starts = np.flatnonzero(np.r_[True, of[1:] != of[:-1]]) if len(of) else np.empty(0, dtype=np.int64)
        self.articles = of[self.starts]
        self.everywhere = len(self.articles) == articles

    def best(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """The best score of each of `articles`."""
        found: NDArray[np.float32] = np.maximum.reduceat(scores[self.rows], self.starts)
        return found

    def mean(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """The mean direction of each of `articles`' rows, as unit vectors."""
        sums = np.add.reduceat(vectors[self.rows], self.starts, axis=0)
        mean: NDArray[np.float32] = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
        return mean
