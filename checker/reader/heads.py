"""The trained linear heads: loaded from small files, run with numpy alone."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np

from checker.errors import ModelMissing
from checker.ports import Vectors
from checker.reader.features import NGrams, dense

FORMAT = 1


@dataclass(frozen=True)
class Heads:
    """One logit per (sentence, head); heads are named `fact:<id>=<value>`, `use:<archetype>`, `met:<req>`, `about:<req>`, `status:<kind>`."""

    names: tuple[str, ...]
    weights: Vectors
    intercepts: Vectors
    ngrams: NGrams
    embedder: str
    version: str

    def scores(self, texts: Sequence[str], vectors: Vectors) -> Vectors:
        """Logits, shape (n, heads)."""
        if not texts:
            return np.zeros((0, len(self.names)), dtype=np.float32)
        return np.hstack([dense(texts, vectors), self.ngrams.latent(texts)]) @ self.weights + self.intercepts

    @cached_property
    def column(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.names)}


@dataclass(frozen=True)
class Weights:
    """Everything `checker train` ships: sentence heads, fact deciders, the evidence judge, measured thresholds."""

    heads: Heads
    arrays: dict[str, Any]
    meta: dict[str, Any]


def load_weights(folder: Traversable | None = None) -> Weights:
    """The shipped weights.

    Raises:
        ModelMissing: the files are not there or of another format; says to run `checker train`.
    """
    folder = folder or resources.files("checker.reader") / "weights"
    try:
        meta = json.loads((folder / "reader.json").read_text("utf-8"))
        if meta.get("format") != FORMAT:
            raise ModelMissing(f"Den trænede læser har format {meta.get('format')}, ventet {FORMAT}.", "Kør: checker train")
        with (folder / "reader.npz").open("rb") as file:
            arrays = dict(np.load(file, allow_pickle=False))
        grams = (folder / "ngrams.txt").read_text("utf-8").split("\n")
        heads = _heads(meta, arrays, grams)
    except (OSError, ValueError, KeyError, AttributeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        why = f"{type(error).__name__}: {error}"
        raise ModelMissing(f"Den trænede læser mangler eller er beskadiget ({why}).", "Kør: checker train, eller installér igen.") from None
    return Weights(heads=heads, arrays=arrays, meta=meta)


def _heads(meta: dict[str, Any], arrays: dict[str, Any], grams: list[str]) -> Heads:
    heads = Heads(
        names=tuple(meta["heads"]),
        weights=_unpack(arrays, "heads"),
        intercepts=arrays["intercept"].astype(np.float32),
        ngrams=NGrams({g: i for i, g in enumerate(grams)}, arrays["idf"].astype(np.float32), _unpack(arrays, "basis")),
        embedder=meta["embedder"],
        version=meta["version"],
    )
    widths = {heads.weights.shape[1], len(heads.intercepts), len(heads.names)}
    if len(widths) > 1 or heads.ngrams.basis.shape[0] != len(grams) or len(heads.ngrams.idf) != len(grams):
        raise ValueError("reader.json, reader.npz and ngrams.txt are not of one training")
    return heads


def pack(weights: Vectors) -> tuple[Any, Any]:
    """int8 with one scale per column: a quarter of the size. The figures in eval/ are those of the rounded weights."""
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-8) / 127.0
    return np.round(weights / scale).astype(np.int8), scale.astype(np.float32)


def _unpack(arrays: dict[str, Any], name: str) -> Vectors:
    unpacked: Vectors = arrays[f"{name}_q"].astype(np.float32) * arrays[f"{name}_scale"]
    return unpacked
