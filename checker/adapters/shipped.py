"""Vectors that ship with the product: figures keyed by a hash of model, kind and text, so that the first index is built in seconds.

No text is in the file. Each vector is kept as 384 signed bytes and a scale; its cosine to the vector it was made from is above .999
(a test holds it). A text that is not in it is embedded as ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from checker.ports import Vectors

_KEY = 16
"""Bytes of the hash that are kept: two of a million texts share one with a chance below 10^-26."""


class ShippedVectors:
    """One file of vectors. An absent or damaged file is an empty one: it is an optimisation.

    Args:
        file: vectors.npz as `write` makes it.
    """

    def __init__(self, file: Path) -> None:
        self._rows: dict[bytes, int] = {}
        try:
            with np.load(file) as data:
                keys, self._bytes, self._scales = data["keys"], data["vectors"], data["scales"]
            if keys.shape != (len(self._scales), _KEY) or self._bytes.shape[0] != len(self._scales):
                raise ValueError("shapes differ")
            self._rows = {key.tobytes(): i for i, key in enumerate(keys)}
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            self._rows = {}

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, keys: Iterable[str]) -> dict[str, Vectors]:
        """Hex hash → unit vector, for those that are there."""
        found = {key: self._rows.get(bytes.fromhex(key)[:_KEY]) for key in keys}
        return {key: self._vector(row) for key, row in found.items() if row is not None}

    def everything(self) -> dict[str, Vectors]:
        """All of it, by the bytes of the hash that are kept, as hex; `write` takes that."""
        return {key.hex(): self._vector(row) for key, row in self._rows.items()}

    def _vector(self, row: int) -> Vectors:
        vector = self._bytes[row].astype(np.float32) * self._scales[row]
        unit: Vectors = (vector / max(float(np.linalg.norm(vector)), 1e-9)).astype(np.float32)
        return unit


def write(file: Path, vectors: Mapping[str, Vectors]) -> None:
    """Hex hash → vector, as a file; sorted, so that the same vectors give the same file."""
    vectors = {key[: 2 * _KEY]: vector for key, vector in vectors.items()}
    keys = sorted(vectors)
    matrix = np.stack([vectors[k] for k in keys]).astype(np.float32)
    scales = (np.abs(matrix).max(axis=1) / 127).astype(np.float32)
    packed = np.round(matrix / scales[:, None]).astype(np.int8)
    names = np.array([list(bytes.fromhex(k)[:_KEY]) for k in keys], dtype=np.uint8)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as stream:
        np.savez_compressed(stream, keys=names, vectors=packed, scales=scales)


@lru_cache(maxsize=4)
def shipped(file: Path) -> ShippedVectors:
    """Loaded once per process."""
    return ShippedVectors(file)
