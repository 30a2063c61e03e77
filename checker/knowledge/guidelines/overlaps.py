"""Which requirements of the catalogue a guideline's norm resembles, so that nobody approves the same duty twice unawares.

Two measures that fail differently: meaning (the embedder) and shared word pieces (character n-grams). Each is centred by rows and
columns, as `checker.knowledge.links` explains, and their sum is cut where the links read by eye on the example guideline were apt.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from checker.model.law import Requirement
from checker.ports import Embedder, Vectors

MIN_SPREAD = 2.5
"""Standard deviations of the mean of both measures. Against our own labels of the example guideline: 54 links, 83 % apt, for 42 of the 57
norms that resemble something; meaning alone 59 %, word pieces alone 68 % at the same cut."""
PER_NORM = 2
_SMALL = 4


def requirement_text(requirement: Requirement) -> str:
    """What a requirement is compared by."""
    return f"{requirement.title.da}. {requirement.gap_message.da} {requirement.fulfilled_when}"


def resembling(sentences: Sequence[str], requirements: Sequence[Requirement], embedder: Embedder) -> list[list[tuple[str, float]]]:
    """(requirement id, how much it stands out) for each sentence, best first, at most two; empty where nothing is near."""
    if not sentences or not requirements:
        return [[] for _ in sentences]
    scores = similarity(sentences, [requirement_text(r) for r in requirements], embedder)
    found = []
    for row in scores:
        best = np.argsort(-row, kind="stable")[:PER_NORM]
        found.append([(requirements[j].id, round(float(row[j]), 2)) for j in best if row[j] >= MIN_SPREAD])
    return found


def similarity(sentences: Sequence[str], others: Sequence[str], embedder: Embedder) -> Vectors:
    """Shape (sentences, others): the mean of both measures, in standard deviations."""
    meaning = embedder.embed(list(sentences), "query") @ embedder.embed(list(others), "query").T
    return np.asarray((_centred(meaning) + _centred(_pieces(sentences, others))) / 2, dtype=np.float32)


def _pieces(sentences: Sequence[str], others: Sequence[str]) -> Vectors:
    from sklearn.feature_extraction.text import TfidfVectorizer

    grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit([*sentences, *others])
    return np.asarray((grams.transform(sentences) @ grams.transform(others).T).toarray(), dtype=np.float32)


def _centred(scores: Vectors) -> Vectors:
    """Without the general nearness of a row or a column. With a few sentences only, a row's own mean says too little to be taken out."""
    centred = scores - scores.mean(axis=1, keepdims=True)
    if len(scores) >= _SMALL:
        centred = centred - scores.mean(axis=0) + scores.mean()
    return np.asarray(centred / max(float(centred.std()), 1e-6), dtype=np.float32)
