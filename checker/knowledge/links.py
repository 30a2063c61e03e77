"""Which guideline points speak of which requirement: similarity, with what is common to all taken out.

Cosines of E5 vectors lie close together and some points are near everything ("hubs"), so a cut-off on the cosine cites the
same point for every duty. Centring rows and columns takes out the general nearness of a point and of a requirement; what is
left says whether they are nearer to each other than either is to the rest (docs/decisions/0005-index-and-guidelines.md).
"""

from __future__ import annotations

import numpy as np

MIN_SPREAD = 2.9
"""Standard deviations above what a random pair has. Read by eye on the example guideline: 34 links, 30 of them apt."""
PER_REQUIREMENT = 2
PER_POINT = 3
SMALL = 8
"""With fewer points the spread means nothing: then the nearest point alone."""


def relevant(scores: np.ndarray) -> list[list[int]]:
    """Columns (guideline points) that belong to each row (requirement), best first.

    Args:
        scores: similarities, shape (requirements, points).
    """
    rows, columns = scores.shape
    if rows < SMALL or columns < SMALL:
        return [[int(np.argmax(row))] if columns else [] for row in scores]
    centred = scores - scores.mean(axis=0) - scores.mean(axis=1, keepdims=True) + scores.mean()
    centred = centred / max(float(centred.std()), 1e-9)
    rank = (-centred).argsort(axis=0).argsort(axis=0)
    return [
        [int(j) for j in np.argsort(-centred[i])[:PER_REQUIREMENT] if centred[i, j] >= MIN_SPREAD and rank[i, j] < PER_POINT]
        for i in range(rows)
    ]
