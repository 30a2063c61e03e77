"""How sure the figures are. 95 % throughout.

Texts of one project family resemble each other, so families are drawn, not texts: a cluster bootstrap (Field and Welsh 2007)
by scipy, percentile method (Efron and Tibshirani 1993, ch. 13). BCa is not used: it has no answer where leaving out any one
cluster changes nothing, which is common in small slices. Figures come from `checker.evaluation.figures.sums`.

No interval: counts (cases, pairs, unjudged, invalid_quotes), ece and fact_ece (resampling inflates them), aurc, grade_kappa,
seconds. Tests per requirement: exact McNemar with Holm's correction.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from checker.evaluation.figures.compare import matched
from checker.evaluation.figures.metrics import BY_ID, METRICS
from checker.evaluation.figures.score import score
from checker.evaluation.figures.sums import FORMULAS, cluster_index, clusters_of, values
from checker.evaluation.figures.tally import Floats
from checker.evaluation.records import Result

MIN_POSITIVES = 20
"""With fewer gold positives show counts and an exact interval only."""
MIN_CLUSTERS = 5
"""Fewer families than this say nothing about how much families differ: no interval."""
MIN_DEFINED = 0.9
"""A figure that more than every tenth resample cannot measure gets no interval."""
LEVEL = 0.95
_EXACT = 12
"""Decimals kept of a difference: the order in which floats were added must not look like a change."""


@dataclass(frozen=True)
class Interval:
    low: float
    high: float


@dataclass(frozen=True)
class Difference:
    """One metric in two versions. `worse`: the whole interval lies on the worse side of 0; without an interval neither holds."""

    metric: str
    before: float | None
    after: float | None
    delta: float | None
    interval: Interval | None
    worse: bool
    better: bool


@dataclass(frozen=True)
class RequirementChange:
    """Verdicts of one requirement that became right and wrong; `p_holm` is corrected for the number of requirements."""

    requirement: str
    mended: int
    broken: int
    p: float
    p_holm: float


def intervals(
    results: Sequence[Result], metrics: Sequence[str] | None = None, resamples: int = 1000, seed: int = 0
) -> dict[str, Interval | None]:
    """Metric id → interval; None where there is none to give (see above).

    Args:
        results: of one system. Repeated runs stay within their family.
        metrics: ids; left out, every metric.
        resamples, seed: of the bootstrap; equal input gives equal intervals.
    """
    wanted = tuple(BY_ID if metrics is None else metrics)
    measured = [m for m in wanted if m in FORMULAS]
    index = cluster_index(results)
    clusters = clusters_of(results, index)
    drawn = _bootstrap(len(index), lambda weights: values(clusters.sums(weights), measured), resamples, seed)
    found = {m: _interval(row) for m, row in zip(measured, drawn, strict=True)} if drawn is not None else {}
    return {m: found.get(m) for m in wanted}


def exact_interval(right: int, of: int) -> Interval | None:
    """Clopper and Pearson 1934; for shares of few."""
    if not of:
        return None
    from scipy.stats import binomtest

    found = binomtest(right, of).proportion_ci(confidence_level=LEVEL, method="exact")
    return Interval(float(found.low), float(found.high))


def paired_differences(before: Sequence[Result], after: Sequence[Result], resamples: int = 1000, seed: int = 0) -> dict[str, Difference]:
    """Metric id → difference on the matched results. Both versions are resampled by the same families."""
    old, new, _ = matched(before, after)
    was, now = score(old), score(new)
    index = cluster_index(new)
    one, two = clusters_of(old, index), clusters_of(new, index)
    measured = tuple(FORMULAS)

    def change(weights: Floats) -> Floats:
        difference: Floats = values(two.sums(weights), measured) - values(one.sums(weights), measured)
        return difference.round(_EXACT)

    drawn = _bootstrap(len(index), change, resamples, seed)
    found = {m: _interval(row) for m, row in zip(measured, drawn, strict=True)} if drawn is not None else {}
    return {m.id: _difference(m.id, was[m.id], now[m.id], found.get(m.id)) for m in METRICS}


def mcnemar_by_requirement(before: Sequence[Result], after: Sequence[Result]) -> tuple[RequirementChange, ...]:
    """Exact McNemar on right and wrong per requirement, least p first. Of repeated runs only the first counts: the test
    takes its pairs for independent."""
    old, new, _ = matched(before, after)
    changes: dict[str, tuple[int, int]] = {}
    first = {(a.set, a.case): (b, a) for b, a in reversed(list(zip(old, new, strict=True)))}  # matched: lowest run first
    for b, a in first.values():
        for requirement, gold in a.gold.verdicts.items():
            was, now = b.said.verdict(requirement) == gold, a.said.verdict(requirement) == gold
            mended, broken = changes.get(requirement, (0, 0))
            changes[requirement] = mended + (now and not was), broken + (was and not now)
    return _tested(changes)


def _tested(changes: Mapping[str, tuple[int, int]]) -> tuple[RequirementChange, ...]:
    if not changes:
        return ()
    from statsmodels.stats.contingency_tables import mcnemar
    from statsmodels.stats.multitest import multipletests

    p = [float(mcnemar([[0, broken], [mended, 0]], exact=True).pvalue) for mended, broken in changes.values()]
    corrected = multipletests(p, method="holm")[1]
    found = [RequirementChange(r, *changes[r], p=one, p_holm=float(many)) for r, one, many in zip(changes, p, corrected, strict=True)]
    return tuple(sorted(found, key=lambda c: (c.p, -c.broken, c.requirement)))


def _difference(metric: str, before: float | None, after: float | None, interval: Interval | None) -> Difference:
    delta = None if before is None or after is None else round(after - before, _EXACT)
    if delta is None:
        interval = None
    below, above = interval is not None and interval.high < 0, interval is not None and interval.low > 0
    worse, better = (below, above) if BY_ID[metric].better == "higher" else (above, below)
    return Difference(metric, before, after, delta, interval, worse, better)


def _bootstrap(clusters: int, value: Callable[[Floats], Floats], resamples: int, seed: int) -> Floats | None:
    """(figure, resample); `value` maps weights (resample, cluster) to that."""
    if clusters < MIN_CLUSTERS:
        return None
    from scipy.stats import DegenerateDataWarning, bootstrap

    def statistic(drawn: Floats, axis: int) -> Floats:
        places = drawn.astype(np.int64) + clusters * np.arange(len(drawn))[:, None]
        return value(np.bincount(places.ravel(), minlength=drawn.shape[0] * clusters).reshape(len(drawn), clusters).astype(np.float64))

    rng = np.random.default_rng(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DegenerateDataWarning)  # NaN where a resample has nothing to measure: seen to in _interval
        found = bootstrap((np.arange(clusters),), statistic, n_resamples=resamples, vectorized=True, method="percentile", batch=1000, rng=rng)
    drawn: Floats = found.bootstrap_distribution
    return drawn


def _interval(drawn: Floats) -> Interval | None:
    """The middle 95 % of the resamples in which the figure can be measured."""
    defined = drawn[np.isfinite(drawn)]
    if len(defined) < MIN_DEFINED * len(drawn):
        return None
    low, high = np.percentile(defined, [50 * (1 - LEVEL), 50 * (1 + LEVEL)])
    return Interval(float(low), float(high))
