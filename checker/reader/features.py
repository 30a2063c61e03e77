"""Sentence → numbers: meaning (embedding), the sentence before it, cues, and character n-grams in a latent space.

The n-grams are those of scikit-learn's `TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)`, brought
down by a truncated SVD (latent semantic analysis, Deerwester et al. 1990); they are made here so that a check need not
import scikit-learn (a test holds both equal).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from checker.ports import Vectors
from checker.reader.cues import CUES, cues_of

# Weights of the blocks against each other. Only the n-grams' was compared (docs/decisions/0004-reader.md); the others were set once.
EMBEDDING, CUE, BEFORE, NGRAM = 10.0, 0.7, 4.0, 8.0


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
    """A fixed vocabulary of n-grams, their inverse document frequencies, and the latent space, shape (n-grams, dimensions)."""

    columns: dict[str, int]
    idf: Vectors
    basis: Vectors

    def row(self, text: str) -> tuple[list[int], list[float]]:
        """Columns and weights of one text: sublinear tf × idf, L2-normalised."""
        counts = Counter(g for g in char_wb(text.lower()) if g in self.columns)
        if not counts:
            return [], []
        columns = [self.columns[g] for g in counts]
        values = [(1.0 + math.log(n)) * float(self.idf[c]) for c, n in zip(columns, counts.values(), strict=True)]
        norm = math.sqrt(sum(v * v for v in values))
        return columns, [v / norm for v in values]

    def latent(self, texts: Sequence[str]) -> Vectors:
        """Shape (n, dimensions), times the block's weight."""
        out = np.zeros((len(texts), self.basis.shape[1]), dtype=np.float32)
        for i, text in enumerate(texts):
            columns, values = self.row(text)
            if columns:
                out[i] = NGRAM * (np.asarray(values, dtype=np.float32) @ self.basis[columns])
        return out
