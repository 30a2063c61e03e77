"""Searching an index: its documents as units, their vectors out of Chroma, the ranker over both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from checker.knowledge.documents import IndexDocument
from checker.knowledge.retrieval import Expansions, Lexical, Unit
from checker.knowledge.retrieval.confidence import Answer, Found, confidence, trained_calibration
from checker.knowledge.retrieval.weigh import RERANKED, Weighed, Weigher
from checker.ports import Embedder, Hit, Reranker, Vectors

_BATCH = 500


class Searcher:
    """One index, searched: articles by all layers, then the best passage of each.

    Args:
        documents: what is searched, in the order of `vectors`.
        vectors: one row per document.
        embedder: for queries.
        corpus: folder with the vocabulary and the questions asked; None searches by the texts alone.
        saved: folder for what is worked out once; a folder that cannot be written costs time, nothing else.
        reranker: reads the first articles' best passages again; none by default.
    """

    def __init__(
        self, documents: Sequence[IndexDocument], vectors: Vectors, embedder: Embedder, corpus: Path | None, saved: Path, reranker: Reranker | None = None
    ) -> None:
        self._documents, self._embedder, self._reranker = documents, embedder, reranker
        units = [Unit(d.provision, d.belongs_to, d.act, d.language, d.kind, d.title, d.clean or d.text) for d in documents]
        expansions = Expansions.load(corpus, embedder) if corpus is not None else None
        self.ranker = Weigher(units, vectors, expansions, _lexical(units, saved))

    def search(self, query: str, k: int, act: str | None = None) -> list[Hit]:
        """Best first; a provision that is there in two languages is shown once."""
        if not self._documents:
            return []
        found: dict[str, Hit] = {}
        for row, score in self.ranker.choose(self._reranked(self._weighed(query), act), 2 * k + 2, act):
            hit = self._documents[row].hit(score)
            found.setdefault(hit.provision, hit)
        return list(found.values())[:k]

    def ask(self, question: str, k: int, act: str | None = None, language: str = "da") -> Answer:
        """The best passages of the first `k` articles, in `language` where they are there in it, and how sure they are.

        How sure is worked out before a reranker changes the order: that is what was measured.
        """
        calibration = trained_calibration()
        if not self._documents:
            return Answer(question, None, calibration.threshold, ())
        weighed = self._weighed(question)
        features = self.ranker.features(weighed, act)
        found: dict[str, Found] = {}
        for row, score in self.ranker.passages(self._reranked(weighed, act), k, act):
            document = self._documents[row]
            shown = self._in_language.get((document.provision, document.kind, document.version, language), document)
            found.setdefault(shown.provision, Found(shown, score))
        return Answer(question, confidence(features, calibration) if features is not None else None, calibration.threshold, tuple(found.values()))

    @cached_property
    def _in_language(self) -> dict[tuple[str, str, str, str], IndexDocument]:
        """By version too: in the other language an older wording may be all there is, and it is not what was found."""
        return {(d.provision, d.kind, d.version, d.language): d for d in self._documents}

    def _weighed(self, query: str) -> Weighed:
        return self.ranker.weigh(query, self._embedder.embed([self.ranker.wording(query)], "query")[0])

    def _reranked(self, weighed: Weighed, act: str | None) -> Weighed:
        if self._reranker is None:
            return weighed
        heads = self.ranker.heads(weighed, RERANKED, act)
        return self.ranker.lifted(weighed, heads, self._reranker.score(weighed.query, [self._documents[row].search_text for row in heads]))


def _lexical(units: Sequence[Unit], saved: Path) -> Lexical | None:
    """The word index of these units from the folder, or None where it has to be made: then it is kept there."""
    try:
        return Lexical.load(saved)
    except (OSError, ValueError, KeyError):
        pass
    made = Lexical.build([u.wording for u in units])
    with suppress(OSError):
        made.save(saved)
    return made


def vectors_of(collection: Any, keys: Sequence[str], file: Path) -> Vectors:
    """The vectors of the documents, in the order of `keys`: from the file beside the index, or out of Chroma and into that file."""
    try:
        kept: Vectors = np.load(file)
        if kept.shape[0] == len(keys):
            return kept
    except (OSError, ValueError):
        pass
    rows = dict(_pairs(collection, keys))
    vectors = np.stack([rows[key] for key in keys]).astype(np.float32) if keys else np.empty((0, 0), dtype=np.float32)
    with suppress(OSError):
        np.save(file, vectors)
    return vectors


def _pairs(collection: Any, keys: Sequence[str]) -> Iterator[tuple[str, Vectors]]:
    for begin in range(0, len(keys), _BATCH):
        found = collection.get(ids=list(keys[begin : begin + _BATCH]), include=["embeddings"])
        yield from zip(found["ids"], found["embeddings"], strict=True)
