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

__all__ = ["AnswerCache", "ChatModel", "DocumentReader", "Embedder", "Hit", "Index", "Reader", "Reply", "Reranker", "TokenChoice", "Vectors"]


class Embedder(Protocol):
    """Turns texts into unit vectors, shape (n, dim), float32."""

    @property
    def name(self) -> str: ...

    @property
    def dim(self) -> int: ...

    def embed(self, texts: Sequence[str], kind: Literal["query", "passage"]) -> Vectors: ...


class Reranker(Protocol):
    """Reads a question and each passage together, and says how well the passage answers: higher is better, comparable within one call.

    Raises:
        ModelMissing: the model is not where it should be.
    """

    @property
    def name(self) -> str: ...

    def score(self, query: str, passages: Sequence[str]) -> NDArray[np.float32]: ...


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


class TokenChoice(Frozen):
    """One written token and what else could have stood there: text → log probability (natural), the written one included."""

    text: str
    choices: dict[str, float]


class Reply(Frozen):
    """What a language model answered to one question. `broken`: why there is no usable text; empty when there is one.

    `tokens_in` counts the whole prompt, `tokens_cached` the part of it that the server did not read again (0 where it does not say);
    `tokens`: the written tokens with their alternatives, where they were asked for and the server gives them. Seconds by the server's
    own clock where it tells, else 0.
    """

    text: str
    broken: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    tokens: tuple[TokenChoice, ...] = ()
    seconds_reading: float = 0.0
    seconds_writing: float = 0.0


class ChatModel(Protocol):
    """Answers one question at a time and remembers nothing; safe to call from several threads. `samples`: asked again, it may answer
    otherwise. `identity`: of the very weights, as far as the server tells (a digest, a file's hash), else the name: trust hangs on it.
    `slots`: how many questions the server answers at once. `context`: tokens of prompt and answer together; none where it does not say.

    `schema` is the JSON schema of the answer; the text may still break it, so whoever asks must read it with care.

    Raises:
        CheckerError: asking anything else would fail too (no server, no such model, a wrong key).
    """

    @property
    def name(self) -> str: ...

    @property
    def samples(self) -> bool: ...

    def identity(self) -> str: ...

    def slots(self) -> int: ...

    def context(self) -> int | None: ...

    def ask(self, system: str, user: str, schema: Mapping[str, object], probabilities: bool = False) -> Reply: ...


class AnswerCache(Protocol):
    """Answers of a language model that need not be asked again. Keys are hashes; values hold no text of the description."""

    def get(self, keys: Sequence[str]) -> dict[str, str]: ...

    def put(self, key: str, value: str) -> None: ...
