"""Do the probabilities mean what they say, and does certainty tell right from wrong? Reliability and risk-coverage curves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from checker.evaluation.figures.matching import same_value
from checker.evaluation.figures.tally import met_probabilities
from checker.evaluation.records import Result

BINS = 10
POINTS = 200
"""A curve is thinned to so many points for drawing; its area is over all of them."""


@dataclass(frozen=True)
class Bin:
    """Answers whose probability lies between `low` and `high`; empty bins are left out."""

    low: float
    high: float
    count: int
    mean_probability: float
    share_right: float


@dataclass(frozen=True)
class Reliability:
    """`ece`: mean distance between probability and share right, weighted by the bins' counts (Naeini et al. 2015; ten bins of
    equal width). `brier`: mean squared error (Brier 1950)."""

    bins: tuple[Bin, ...]
    ece: float
    brier: float
    count: int


@dataclass(frozen=True)
class RiskCoverage:
    """Share wrong (`risk`) among the share decided (`coverage`), most certain first. `aurc`: mean risk over all coverages
    (Geifman, Uziel and El-Yaniv 2019); lower is better, and it is the overall error where certainty says nothing."""

    coverage: tuple[float, ...]
    risk: tuple[float, ...]
    aurc: float
    count: int


def met_reliability(results: Sequence[Result]) -> Reliability | None:
    """Probability that evidence closes the duty against gold met, over pairs that are gap or met in gold and in what was said."""
    return _reliability(found for r in results for found in met_probabilities(r))


def fact_reliability(results: Sequence[Result]) -> Reliability | None:
    """Probability of the chosen fact value against right, over labelled facts that carry one."""
    return _reliability(
        (probability, same_value(r.gold.facts[fact], r.said.facts.get(fact, "unknown")))
        for r in results
        for fact, probability in r.said.fact_probabilities.items()
        if fact in r.gold.facts
    )


def risk_coverage(results: Sequence[Result]) -> RiskCoverage | None:
    """Over the verdicts gap and met that carry a probability. Certainty is the probability of the verdict that was given.

    Equally certain verdicts are decided in no order: within them the errors rise evenly, so that neither the curve nor its
    area depends on how the results are sorted.
    """
    found = [
        (p if said == "met" else 1 - p, said != r.gold.verdicts[q])
        for r in results
        for q, p in r.said.probabilities.items()
        if q in r.gold.verdicts and (said := r.said.verdict(q)) in ("gap", "met")
    ]
    if not found:
        return None
    certainty, wrong = np.array(found, dtype=np.float64).T
    levels, group = np.unique(-certainty, return_inverse=True)
    decided = np.cumsum(np.bincount(group, minlength=len(levels)))
    errors = np.cumsum(np.bincount(group, weights=wrong, minlength=len(levels)))
    n = len(found)
    each = np.arange(1, n + 1)
    risk_of_each = np.interp(each, np.r_[0, decided], np.r_[0, errors]) / each
    shown = np.unique(np.linspace(0, len(levels) - 1, min(POINTS, len(levels))).round().astype(int))
    return RiskCoverage(
        coverage=tuple(float(c) for c in decided[shown] / n),
        risk=tuple(float(r) for r in errors[shown] / decided[shown]),
        aurc=float(risk_of_each.mean()),
        count=n,
    )


def _reliability(found: Iterable[tuple[float, bool]]) -> Reliability | None:
    pairs = list(found)
    if not pairs:
        return None
    from sklearn.calibration import calibration_curve
    from sklearn.metrics import brier_score_loss

    probability = np.array([p for p, _ in pairs])
    right = np.array([r for _, r in pairs], dtype=np.int64)
    share_right, mean_probability = calibration_curve(right, probability, n_bins=BINS, pos_label=1)
    edges = np.linspace(0.0, 1.0, BINS + 1)
    counts = np.bincount(np.searchsorted(edges[1:-1], probability), minlength=BINS)  # as calibration_curve puts them
    filled = np.flatnonzero(counts)
    bins = tuple(
        Bin(float(edges[b]), float(edges[b + 1]), int(counts[b]), float(mean), float(share))
        for b, mean, share in zip(filled, mean_probability, share_right, strict=True)
    )
    ece = float(np.average(np.abs(share_right - mean_probability), weights=counts[filled]))
    return Reliability(bins, ece, float(brier_score_loss(right, probability, pos_label=1)), len(pairs))
