"""Our embedders as LangChain sees them, and vectors made before a collection is filled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np

from checker.adapters.embedders import CachedEmbedder
from checker.ports import Embedder, Vectors

Progress = Callable[[str, int, int], None]


class Ahead:
    """An embedder whose passages are all made before Chroma asks for them.

    An embedder that hears of all texts at once can choose the way that is quick for many (docs/decisions/0010-embedding-speed.md);
    in Chroma's steps it would see a few at a time.
    """

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self._made: dict[str, Vectors] = {}
        self.name = inner.name

    @property
    def dim(self) -> int:
        return self._inner.dim

    def make(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """The vectors of all texts, one row each; kept for `embed`."""

        def step(done: int, total: int) -> None:
            if progress is not None:
                progress("vektorer", done, total)

        unique = list(dict.fromkeys(texts))
        rows = self._inner.embed(unique, "passage", step) if isinstance(self._inner, CachedEmbedder) else self._inner.embed(unique, "passage")
        self._made = dict(zip(unique, rows, strict=True))
        return np.stack([self._made[t] for t in texts]).astype(np.float32) if texts else np.empty((0, 0), dtype=np.float32)

    def embed(self, texts: Sequence[str], kind: Literal["query", "passage"]) -> Vectors:
        return np.stack([self._made[t] for t in texts]) if kind == "passage" else self._inner.embed(texts, kind)


def langchain(embedder: Embedder) -> Any:
    from langchain_core.embeddings import Embeddings

    class Port(Embeddings):
        """Our embedder as LangChain sees one."""

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            vectors: list[list[float]] = embedder.embed(texts, "passage").tolist()
            return vectors

        def embed_query(self, text: str) -> list[float]:
            vector: list[float] = embedder.embed([text], "query")[0].tolist()
            return vector

    return Port()
