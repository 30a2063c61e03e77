"""One score per article from several: each is put on one scale per query and weighted.

Adding ranks or raw scores made things worse (docs/decisions/0008-retrieval.md): cosines of E5 lie within a tenth, BM25's scores
have no upper end. So every layer becomes standard deviations above its mean over all articles for this query, and the weights
were fitted on questions (eval/retrieval/train.py) and stand in `weights.json`.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from checker.knowledge.retrieval.units import Part
from checker.model.law import Frozen

LAYERS = ("dense", "centre", "stems", "pieces", "digest", "digest_stems", "asked", "asked_stems")
"""Nearest passage, mean of the passages, words, pieces of words; our digest's vectors and words; questions asked, vectors and words."""
DESCRIBED = {"digest": "dense", "digest_stems": "stems", "asked": "dense", "asked_stems": "stems"}
"""Layers that not every article has, and the layer that says what would have been expected of it."""
LEXICAL = 10.0
"""Words are a share of the query between 0 and 1; vectors are standard deviations."""
KINDS = ("recital", "annex")

Row = NDArray[np.float32]


class Weights(Frozen):
    """`layers`: weight per layer. `kinds`: added for recitals and annexes. `expected`: share of the neighbouring layer's score that an
    article without a description is given, so that an act nobody has described can still be found."""

    layers: dict[str, float]
    kinds: dict[str, float]
    expected: dict[str, float]


@cache
def trained_weights() -> Weights:
    return Weights.model_validate(json.loads((Path(__file__).parent / "weights.json").read_text("utf-8")))


def products(vectors: Row, query: Row) -> Row:
    """Every row times the query, on one thread: threads of a BLAS wait for each other ten milliseconds beside another program (measured: 9.9 ms against 0.6
    for 5,000 rows), and the sum is the same every time."""
    found: Row = np.einsum("ij,j->i", vectors, query)
    return found


def standard(scores: Row) -> Row:
    """Standard deviations above the mean; zeros where all are equal."""
    spread = float(scores.std())
    result: Row = (scores - scores.mean()) / spread if spread > 1e-9 else np.zeros_like(scores)
    return result


def spread_out(part: Part, best: Row, neighbour: Row, share: float, scaled: bool = True) -> Row:
    """Scores of the articles that have a description, and for the others the part of `neighbour` that can be expected."""
    row = (share * neighbour).astype(np.float32)
    if len(best) > 1:
        row[part.articles] = standard(best) if scaled else best
    return row


def fuse(layers: dict[str, Row], kinds: dict[str, Row], weights: Weights) -> Row:
    total = np.zeros_like(next(iter(layers.values())))
    for name, row in layers.items():
        total += weights.layers.get(name, 0.0) * row
    for name, row in kinds.items():
        total += weights.kinds.get(name, 0.0) * row
    return total
