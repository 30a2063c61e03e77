"""How sure an answer is: the probability that the first articles hold the right one, from four figures of the search.

The scores of a search say which article is best, not whether any is good: something is always first. Off-topic questions show
by their words (few of them stand in the law), by their nearest passage, and by a first article that hardly leads the tenth.
Weights and threshold were fitted on questions with and without an answer (eval/retrieval/threshold.py) and stand in `confidence.json`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from checker.knowledge.documents import IndexDocument
from checker.model.law import Frozen

FEATURES = ("lead", "met", "length", "nearness")
"""The first article's lead on the tenth; the share of the question that one passage has in words; the number of its words, because
a share of many says more than a share of one; nearness of the nearest passage, compared with that of questions known to have an answer."""


class Calibration(Frozen):
    """`first`: among how many articles the right one is meant to be. `precision`: the share of answers at or above `threshold`, on the
    questions they were fitted on, that have it there. `embedder`: the one that it was measured with."""

    weights: dict[str, float]
    intercept: float
    threshold: float
    precision: float
    first: int
    embedder: str


@cache
def trained_calibration() -> Calibration:
    return Calibration.model_validate(json.loads((Path(__file__).parent / "confidence.json").read_text("utf-8")))


def confidence(features: Mapping[str, float], calibration: Calibration) -> float:
    """Between 0 and 1."""
    total = calibration.intercept + sum(calibration.weights[name] * features[name] for name in FEATURES)
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, total))))


@dataclass(frozen=True)
class Found:
    """A passage as it is indexed, and its article's score."""

    document: IndexDocument
    score: float


@dataclass(frozen=True)
class Answer:
    """`confidence` is None where it cannot be said: the corpus has no questions asked to compare with."""

    question: str
    confidence: float | None
    threshold: float
    passages: tuple[Found, ...]

    @property
    def sure(self) -> bool:
        return self.confidence is not None and self.confidence >= self.threshold and bool(self.passages)
