"""A ranking with what it rests on: for answers that must say how sure they are, and for a second look by a reranker."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from checker.knowledge.retrieval.fuse import Row, fuse, products, standard
from checker.knowledge.retrieval.lexical import grams, words
from checker.knowledge.retrieval.rank import Ranker

RERANKED = 30
"""So many articles' best passages are read by a reranker."""
RERANKER_WEIGHT = 1.5
"""About that of the strongest layer in weights.json. Set by hand: no reranker was there to fit it with."""
_TENTH = 10
_COMPARED = 200


@dataclass(frozen=True)
class Weighed:
    """One question weighed: `total` per article, `within` per unit (which passage of an article is best), `nearness` per unit."""

    query: str
    total: Row
    within: Row
    nearness: Row


class Weigher(Ranker):
    """A ranker that also tells what its ranking rests on."""

    def weigh(self, query: str, query_vector: Row) -> Weighed:
        """As `rank` does, before anything is chosen."""
        nearness, stems = products(self._vectors, query_vector), self.lexical.by_stem(self.wording(query))
        total = fuse(self.layers(query, query_vector, nearness, stems), self._kinds, self._weights)
        within = (nearness + 0.1 * stems / max(float(stems.max()), 1e-9)).astype(np.float32)
        return Weighed(query, total, within, nearness)

    def choose(self, weighed: Weighed, k: int, act: str | None = None) -> list[tuple[int, float]]:
        """What `rank` returns."""
        return self._choose(weighed.total, weighed.within, k, act)

    def lifted(self, weighed: Weighed, rows: Sequence[int], scores: Row, weight: float = RERANKER_WEIGHT) -> Weighed:
        """The same with a reranker's scores of some units as one more layer; articles it did not read are given its lowest."""
        if not len(rows):
            return weighed
        scaled = weight * standard(np.asarray(scores, dtype=np.float32))
        total = weighed.total + scaled.min()
        articles = self.articles.of_unit[list(rows)]
        total[articles] = weighed.total[articles] + scaled
        return replace(weighed, total=total)

    def heads(self, weighed: Weighed, articles: int, act: str | None = None) -> list[int]:
        """The best unit of each of the first articles, best article first."""
        of_unit, rows = self.articles.of_unit, [row for row, _ in self.choose(weighed, articles, act)]
        return [row for i, row in enumerate(rows) if of_unit[row] not in of_unit[rows[:i]]]

    def passages(self, weighed: Weighed, articles: int, act: str | None = None, most: int = 3) -> list[tuple[int, float]]:
        """The first articles with their best passages: one each, and more of an article where they answer better than another
        article's best passage does; `most` of one article."""
        heads = self.heads(weighed, articles, act)
        lowest = min((weighed.within[row] for row in heads), default=0.0) if len(heads) > 1 else math.inf
        of_unit = self.articles.of_unit
        shown = {int(of_unit[row]): [row] for row in heads}
        for row, _ in self.choose(weighed, len(self.units), act):
            rows = shown.get(int(of_unit[row]), [])
            again = self.units[row].id in {self.units[other].id for other in rows}  # in another language
            if rows and not again and len(rows) < most and weighed.within[row] > lowest:
                rows.append(row)
        return [(row, float(weighed.total[article])) for article, rows in shown.items() for row in rows]

    def features(self, weighed: Weighed, act: str | None = None) -> dict[str, float] | None:
        """The figures of FEATURES; None without questions to compare with or without anything to search."""
        rows = self.articles.shown.rows
        if act is not None:
            rows = rows[self._acts[rows] == act]
        if self._usual is None or not len(rows):
            return None
        scores = np.sort(weighed.total[np.unique(self.articles.of_unit[rows])])[::-1]
        mean, spread = self._usual
        return {
            "lead": float(scores[0] - scores[min(_TENTH, len(scores)) - 1]),
            "met": float(self.lexical.by_stem(weighed.query)[rows].max()),
            "length": math.log1p(sum(bool(grams(word)) for word in words(weighed.query))),
            "nearness": (float(weighed.nearness[rows].max()) - mean) / spread,
        }

    @cached_property
    def _usual(self) -> tuple[float, float] | None:
        """Mean and spread of the nearest passage's cosine, over questions asked: every embedder has cosines of its own."""
        some = self._asked_vectors[:: max(1, len(self._asked_vectors) // _COMPARED)]
        if len(some) < 2 or not len(self._vectors):
            return None
        nearest = (self._vectors @ some.T).max(axis=0)
        return float(nearest.mean()), max(float(nearest.std()), 1e-6)
