"""What the core asks of the outside world. Adapters implement these; fakes in tests stand only here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from checker.model.law import Frozen
from checker.model.project import Document
from checker.model.reading import Reader

Vectors = NDArray[np.float32]

__all__ = ["ChatModel", "DocumentReader", "Embedder", "Hit", "Index", "Reader", "Reply", "Vectors"]


class Embedder(Protocol):
    """Turns texts into unit vectors, shape (n, dim), float32."""

    @property
    def name(self) -> str: ...

    @property
    def dim(self) -> int: ...

    def embed(self, texts: Sequence[str], kind: Literal["query", "passage"]) -> Vectors: ...


class DocumentReader(Protocol):
    """Reads one file (or bytes from standard input) into a Document.

    Raises:
        InputError: with the file, what is wrong and what to do.
    """

    def read(self, path: Path) -> Document: ...

    def read_bytes(self, data: bytes, name: str) -> Document: ...


class Hit(Frozen):
    """One passage found by a search, best first; `score` is comparable within one answer only."""

    provision: str
    act: str
    kind: Literal["verbatim", "digest", "guideline"]
    title: str
    text: str
    score: float
    url: str | None


class Index(Protocol):
    """The searchable law and guidelines."""

    version: str

    def search(self, queries: Sequence[str], k: int, act: str | None = None) -> Iterator[list[Hit]]: ...

    def guideline_for(self, requirement: str) -> tuple[Hit, ...]: ...


class Reply(Frozen):
    """What a language model answered to one question. `broken`: why there is no usable text; empty when there is one."""

    text: str
    broken: str = ""
    tokens_in: int = 0
    tokens_out: int = 0


class ChatModel(Protocol):
    """Answers one question at a time and remembers nothing. `samples`: asked again, it may answer otherwise.

    `schema` is the JSON schema of the answer; the text may still break it, so whoever asks must read it with care.

    Raises:
        CheckerError: asking anything else would fail too (no server, no such model, a wrong key).
    """

    @property
    def name(self) -> str: ...

    @property
    def samples(self) -> bool: ...

    def ask(self, system: str, user: str, schema: Mapping[str, object]) -> Reply: ...
