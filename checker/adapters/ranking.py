"""Searching an index: its documents as units, their vectors out of Chroma, the ranker over both."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from checker.knowledge.documents import IndexDocument
from checker.knowledge.retrieval import Expansions, Lexical, Unit
from checker.knowledge.retrieval.confidence import Answer, Found, confidence, trained_calibration
from checker.knowledge.retrieval.named import Named, Naming, first_rows
from checker.knowledge.retrieval.weigh import RERANKED, Weighed, Weigher
from checker.knowledge.sources import load_sources
from checker.ports import Embedder, Hit, Reranker, Vectors

_BATCH = 500
_OF_ONE = 3
"""Passages of one named article, as of any other article of an answer."""


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
        self._documents, self._embedder, self._reranker, self._corpus = documents, embedder, reranker, corpus
        units = [Unit(d.provision, d.belongs_to, d.act, d.language, d.kind, d.title, d.clean or d.text) for d in documents]
        expansions = Expansions.load(corpus, embedder) if corpus is not None else None
        self.ranker = Weigher(units, vectors, expansions, _lexical(units, saved))

    def search(self, query: str, k: int, act: str | None = None) -> list[Hit]:
        """Best first; a provision that is there in two languages is shown once."""
        if not self._documents:
            return []
        weighed, named = self._reranked(self._weighed(query), act), self.naming.read(query, act)
        found: dict[str, Hit] = {}
        for row, score in [*self._ahead(named, weighed, act), *self.ranker.choose(weighed, 2 * k + 2 + _OF_ONE, act)]:
            hit = self._documents[row].hit(score)
            found.setdefault(hit.provision, hit)
        return list(found.values())[:k]

    def ask(self, question: str, k: int, act: str | None = None, language: str = "da") -> Answer:
        """The best passages of the first `k` articles, in `language` where they are there in it, and how sure they are.

        How sure is worked out before a reranker changes the order: that is what was measured. Of a provision that the question
        names it is not a matter of measuring: it is there, or it is not.
        """
        calibration = trained_calibration()
        if not self._documents:
            return Answer(question, None, calibration.threshold, ())
        weighed, named = self._weighed(question), self.naming.read(question, act)
        features = self.ranker.features(weighed, act)
        sure = confidence(features, calibration) if features is not None else None
        if named.sure or (named.missing and not named.found):
            sure = float(named.sure)
        weighed = self._reranked(weighed, act)
        ahead = self._ahead(named, weighed, act)
        first = dict.fromkeys(self._documents[row].belongs_to for row, _ in ahead)
        articles = list(first)[:k]
        after = [(row, s) for row, s in self.ranker.passages(weighed, k, act) if self._documents[row].belongs_to not in first]
        found: dict[str, Found] = {}
        for row, score in [*ahead, *after]:
            document = self._documents[row]
            if document.belongs_to not in articles:
                if len(articles) == k:
                    continue
                articles.append(document.belongs_to)
            shown = self._in_language.get((document.provision, document.kind, document.version, language), document)
            found.setdefault(shown.provision, Found(shown, score))
        return Answer(question, sure, calibration.threshold, tuple(found.values()))

    @cached_property
    def naming(self) -> Naming:
        """Reads what a question names, by the ids of the index and the short names of the acts."""
        file = self._corpus / "sources.yaml" if self._corpus is not None else None
        sources = load_sources(file) if file is not None and file.is_file() else {}
        return Naming((d.provision for d in self._documents), {name: s.id for s in sources.values() for name in (s.short.da, s.short.en)})

    def _ahead(self, named: Named, weighed: Weighed, act: str | None) -> list[tuple[int, float]]:
        """Passages of what was named, in the order in which it was; where its act was left open, the act that fits the question best."""
        if not named.found:
            return []
        shown = [int(row) for row in self.ranker.articles.shown.rows if act in (None, self._documents[row].act)]
        nearness = {row: float(weighed.within[row]) for row in shown}
        provisions, articles = [d.provision for d in self._documents], [d.belongs_to for d in self._documents]
        groups = [first_rows(name, provisions, articles, nearness, _OF_ONE) for name in named.found]
        scored = [[(row, float(weighed.total[self.ranker.articles.of_unit[row]])) for row in rows] for rows in groups if rows]
        if scored and not named.sure and not named.missing:
            scored = [max(scored, key=lambda rows: rows[0][1])]
        return [pair for rows in scored for pair in rows]

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
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        pass
    made = Lexical.build([u.wording for u in units])
    with suppress(OSError):
        made.save(saved)
    return made


def vectors_of(collection: Any, keys: Sequence[str], file: Path) -> Vectors:
    """The vectors of the documents, in the order of `keys`: from the file beside the index, or out of Chroma and into that file."""
    try:
        kept = np.load(file, allow_pickle=False)
        if isinstance(kept, np.ndarray) and kept.ndim == 2 and kept.shape[0] == len(keys):
            return kept.astype(np.float32, copy=False)
    except (OSError, ValueError, EOFError, BadZipFile):  # EOFError: an empty file, left by a disk that ran full
        pass
    rows = dict(_pairs(collection, keys))
    vectors = np.stack([rows[key] for key in keys]).astype(np.float32) if keys else np.empty((0, 0), dtype=np.float32)
    with suppress(OSError):
        save_vectors(file, vectors)
    return vectors


def save_vectors(file: Path, vectors: Vectors) -> None:
    """Whole or not at all.

    Raises:
        OSError: it cannot be written; what was there stays.
    """
    beside = file.with_name(f"{file.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        with beside.open("wb") as opened:
            np.save(opened, vectors)
        os.replace(beside, file)
    except BaseException:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


def _pairs(collection: Any, keys: Sequence[str]) -> Iterator[tuple[str, Vectors]]:
    for begin in range(0, len(keys), _BATCH):
        found = collection.get(ids=list(keys[begin : begin + _BATCH]), include=["embeddings"])
        yield from zip(found["ids"], found["embeddings"], strict=True)
