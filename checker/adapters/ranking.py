"""Searching an index: its documents as units, their vectors out of Chroma, the ranker over both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from checker.knowledge.documents import IndexDocument
from checker.knowledge.retrieval import Expansions, Lexical, Ranker, Unit
from checker.ports import Embedder, Hit, Vectors

_BATCH = 500


class Searcher:
    """One index, searched: articles by all layers, then the best passage of each.

    Args:
        documents: what is searched, in the order of `vectors`.
        vectors: one row per document.
        embedder: for queries.
        corpus: folder with the vocabulary and the questions asked; None searches by the texts alone.
        saved: folder for what is worked out once; a folder that cannot be written costs time, nothing else.
    """

    def __init__(self, documents: Sequence[IndexDocument], vectors: Vectors, embedder: Embedder, corpus: Path | None, saved: Path) -> None:
        self._documents, self._embedder = documents, embedder
        units = [Unit(d.provision, d.belongs_to, d.act, d.language, d.kind, d.title, d.clean or d.text) for d in documents]
        expansions = Expansions.load(corpus, embedder) if corpus is not None else None
        self.ranker = Ranker(units, vectors, expansions, _lexical(units, saved))

    def search(self, query: str, k: int, act: str | None = None) -> list[Hit]:
        """Best first; a provision that is there in two languages is shown once."""
        vector = self._embedder.embed([self.ranker.wording(query)], "query")[0]
        found: dict[str, Hit] = {}
        for row, score in self.ranker.rank(query, vector, 2 * k + 2, act):
            hit = self._documents[row].hit(score)
            found.setdefault(hit.provision, hit)
        return list(found.values())[:k]


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
