"""Sentence → numbers: meaning (embedding), the sentence before it, cues, and character n-grams.

The n-grams are those of scikit-learn's `TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)`; they
are made here so that a check need not import scikit-learn (a test holds both equal).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from checker.ports import Vectors
from checker.reader.cues import CUES, cues_of

# Measured weights of the blocks against each other (docs/decisions/0004-reader.md).
EMBEDDING, CUE, BEFORE, NGRAM = 10.0, 0.7, 4.0, 4.0


def dense(texts: Sequence[str], vectors: Vectors) -> Vectors:
    """Shape (n, 2 × dim + cues): embedding, cues, embedding of the sentence before."""
    cues = np.array([cues_of(t).vector() for t in texts], dtype=np.float32).reshape(len(texts), len(CUES))
    before = np.vstack([np.zeros_like(vectors[:1]), vectors[:-1]]) if len(texts) else vectors
    return np.hstack([vectors * EMBEDDING, cues * CUE, before * BEFORE]).astype(np.float32)


def char_wb(text: str) -> list[str]:
    """Character n-grams of length 3 to 5 inside word boundaries, as scikit-learn counts them."""
    found: list[str] = []
    for word in text.split():
        padded = f" {word} "
        length = len(padded)
        for n in range(3, 6):
            found.append(padded[:n])
            offset = 0
            while offset + n < length:
                offset += 1
                found.append(padded[offset : offset + n])
            if offset == 0:  # a short word is counted once, not once per n
                break
    return found


@dataclass(frozen=True)
class NGrams:
    """A fixed vocabulary of n-grams with their inverse document frequencies."""

    columns: dict[str, int]
    idf: Vectors

    def row(self, text: str) -> tuple[list[int], list[float]]:
        """Columns and weights of one text: sublinear tf × idf, L2-normalised, times the block's weight."""
        counts = Counter(g for g in char_wb(text.lower()) if g in self.columns)
        if not counts:
            return [], []
        columns = [self.columns[g] for g in counts]
        values = [(1.0 + math.log(n)) * float(self.idf[c]) for c, n in zip(columns, counts.values(), strict=True)]
        norm = math.sqrt(sum(v * v for v in values)) / NGRAM
        return columns, [v / norm for v in values]

    def times(self, texts: Sequence[str], weights: Vectors) -> Vectors:
        """Matrix of n-gram rows × weights, shape (n, heads), without building the matrix."""
        out = np.zeros((len(texts), weights.shape[1]), dtype=np.float32)
        for i, text in enumerate(texts):
            columns, values = self.row(text)
            if columns:
                out[i] = np.asarray(values, dtype=np.float32) @ weights[columns]
        return out
