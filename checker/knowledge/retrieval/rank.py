"""Articles ranked for a question: dense and lexical search, our digest, questions asked; one passage per article first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from checker.knowledge.retrieval.expansion import Expansions
from checker.knowledge.retrieval.fuse import DESCRIBED, KINDS, LAYERS, LEXICAL, Row, Weights, fuse, products, spread_out, standard, trained_weights
from checker.knowledge.retrieval.lexical import Lexical
from checker.knowledge.retrieval.units import Articles, Part, Unit
from checker.ports import Vectors

_ANCHORS = {"recital": ":rct_", "annex": ":anx_"}


class Ranker:
    """Searches units whose vectors are given; holds nothing but arrays, so one ranker serves many threads.

    Args:
        vectors: one row per unit, of `Unit.wording` embedded as a passage.
        expansions: None searches by the texts alone.
        lexical: a saved index of the same units; built anew when None.
        weights: those shipped when None.
        leave_out: layers not to use, for measuring what each is worth.
    """

    def __init__(
        self,
        units: Sequence[Unit],
        vectors: Vectors,
        expansions: Expansions | None = None,
        lexical: Lexical | None = None,
        weights: Weights | None = None,
        leave_out: frozenset[str] = frozenset(),
    ) -> None:
        if len(units) != len(vectors):
            raise ValueError(f"{len(units)} units but {len(vectors)} vectors")
        self.units, self._vectors = units, vectors
        self._expansions = expansions or Expansions()
        self._weights = weights or trained_weights()
        self._used = [name for name in LAYERS if name not in leave_out]
        self.articles = Articles(units)
        self.lexical = lexical or Lexical.build([u.wording for u in units])
        self._acts = np.array([u.act for u in units])
        self._centres = self.articles.shown.mean(vectors) if len(units) else vectors
        self._kinds = {kind: np.array([_ANCHORS[kind] in name for name in self.articles.names], dtype=np.float32) for kind in KINDS}
        self._place_asked()

    def _place_asked(self) -> None:
        found = [(i, self.articles.find(a.target)) for i, a in enumerate(self._expansions.asked)]
        placed = [(i, article) for i, article in found if article is not None]
        article_of = np.array([article for _, article in placed], dtype=np.int64)
        self._asked = Part(article_of, np.arange(len(placed)), len(self.articles.names))
        self._asked_vectors = self._expansions.vectors[[i for i, _ in placed]] if placed else np.empty((0, 0), dtype=np.float32)
        self._asked_words = Lexical.build([self._expansions.asked[i].text for i, _ in placed], self.lexical.vocabulary)

    def wording(self, query: str) -> str:
        """The text to embed for a query: with the law's own words for what it says."""
        law = self._expansions.vocabulary.law_words(query)
        return f"{query}. {law}" if law else query

    def rank(self, query: str, query_vector: NDArray[np.float32], k: int, act: str | None = None) -> list[tuple[int, float]]:
        """The best units: first the best one of each article, best article first; then further ones of the same articles.

        Args:
            query_vector: of `wording(query)`, embedded as a query. That of the bare query works too, less well.
            act: only this one.
        """
        if not len(self.units) or k < 1:
            return []
        nearness, stems = products(self._vectors, query_vector), self.lexical.by_stem(self.wording(query))
        total = fuse(self.layers(query, query_vector, nearness, stems), self._kinds, self._weights)
        within = (nearness + 0.1 * stems / max(float(stems.max()), 1e-9)).astype(np.float32)
        return self._choose(total, within, k, act)

    def layers(self, query: str, query_vector: NDArray[np.float32], nearness: Row, stems: Row) -> dict[str, Row]:
        """Every layer in use: one figure per article, in standard deviations."""
        shown, described, asked = self.articles.shown, self.articles.described, self._asked
        wording = self.wording(query)
        rows = {"dense": standard(shown.best(nearness)), "stems": LEXICAL * shown.best(stems)}
        if "centre" in self._used:
            rows["centre"] = standard(products(self._centres, query_vector))
        if "pieces" in self._used:
            rows["pieces"] = LEXICAL * shown.best(self.lexical.by_piece(wording))
        nothing = np.empty(0, dtype=np.float32)
        parts: dict[str, tuple[Part, Callable[[], Row]]] = {
            "digest": (described, lambda: described.best(nearness)),
            "digest_stems": (described, lambda: LEXICAL * described.best(stems)),
            "asked": (asked, lambda: asked.best(products(self._asked_vectors, query_vector))),
            "asked_stems": (asked, lambda: LEXICAL * asked.best(self._asked_words.by_stem(query))),
        }
        for name, (part, scores) in parts.items():
            if name in self._used:
                neighbour, share = rows[DESCRIBED[name]], self._weights.expected.get(name, 0.0)
                rows[name] = spread_out(part, scores() if len(part.rows) else nothing, neighbour, share, scaled=DESCRIBED[name] == "dense")
        return {name: rows[name] for name in self._used}

    def _choose(self, total: Row, within: Row, k: int, act: str | None) -> list[tuple[int, float]]:
        """Of equal scores the earlier unit, so that an answer is the same every time."""
        rows = self.articles.shown.rows
        if act is not None:
            rows = rows[self._acts[rows] == act]
        article = self.articles.of_unit[rows]
        order = np.lexsort((rows, -within[rows], -total[article]))
        rows, article = rows[order], article[order]
        first = np.zeros(len(rows), dtype=bool)
        first[np.unique(article, return_index=True)[1]] = True
        chosen = np.concatenate([rows[first], rows[~first]])[:k]
        return [(int(i), float(total[self.articles.of_unit[i]])) for i in chosen]
