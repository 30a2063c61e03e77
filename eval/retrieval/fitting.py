"""Weights of the layers: those under which the right articles get the largest share of a softmax over all articles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize

L2 = 1.0


def fit(rows: Sequence[np.ndarray], gold: Sequence[np.ndarray], free: Sequence[bool]) -> np.ndarray:
    """
    Args:
        rows: per question an array (articles, features).
        gold: per question the rows that answer.
        free: features whose weight may be negative; the others are descriptions, which cannot speak against an article.
    """

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = L2 * float(weights @ weights), 2 * L2 * weights
        for x, right in zip(rows, gold, strict=True):
            scores = x @ weights
            share = np.exp(scores - scores.max())
            share /= share.sum()
            hit = share[right].sum() + 1e-12
            value -= np.log(hit)
            slope = slope + share @ x - (share[right] / hit) @ x[right]
        return value, slope

    start = np.full(rows[0].shape[1], 0.3)
    return minimize(loss, start, jac=True, bounds=[(None, None) if f else (0, None) for f in free], method="L-BFGS-B").x


def folds(groups: Sequence[str], count: int = 5, seed: int = 0) -> list[list[int]]:
    """Positions in `count` parts; what shares a group (one question over several sets of texts) stays together."""
    order = np.random.default_rng(seed).permutation(sorted(set(groups)))
    part = {g: i % count for i, g in enumerate(order)}
    return [[i for i, g in enumerate(groups) if part[g] == f] for f in range(count)]
