"""Every figure from sums over clusters, so that a thousand resamples are one product of matrices. A test holds each formula to
scikit-learn's figure on the same results.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from checker.evaluation.figures.tally import ASK, GAP, MET, NOT_APPLICABLE, Floats, contradiction_pairs, pairs_of, shares_of
from checker.evaluation.records import SAID, VERDICTS, Result


@dataclass(frozen=True)
class Sums:
    """Sums over clusters, one row per resample. `verdicts`: (row, requirement, gold, said) in the order of VERDICTS and SAID."""

    verdicts: Floats
    shares: Mapping[str, tuple[Floats, Floats]]

    @cached_property
    def table(self) -> Floats:
        """(gold, said, row)"""
        return np.moveaxis(self.verdicts.sum(axis=1), 0, -1)


@dataclass(frozen=True)
class Clusters:
    """One row per cluster: all counts side by side."""

    matrix: Floats
    requirements: int
    shares: tuple[str, ...]

    def sums(self, weights: Floats) -> Sums:
        """Each row of `weights` says how often each cluster was drawn."""
        total = weights @ self.matrix
        cells = self.requirements * len(VERDICTS) * len(SAID)
        verdicts = total[:, :cells].reshape(len(total), self.requirements, len(VERDICTS), len(SAID))
        rest = total[:, cells:].T
        return Sums(verdicts, {id: (rest[2 * i], rest[2 * i + 1]) for i, id in enumerate(self.shares)})


def cluster_index(results: Sequence[Result]) -> dict[tuple[str, str], int]:
    return {key: i for i, key in enumerate(sorted({(r.set, r.family) for r in results}))}


def clusters_of(results: Sequence[Result], index: Mapping[tuple[str, str], int]) -> Clusters:
    rows = np.array([index[r.set, r.family] for r in results], dtype=np.int64)
    pairs = pairs_of(results)
    shape = (len(index), len(pairs.names), len(VERDICTS), len(SAID))
    counts = np.zeros(shape)
    np.add.at(counts, (rows[pairs.result], pairs.requirement, pairs.gold, pairs.said), 1)
    shares = shares_of(results) | _contradiction_shares(results)
    columns = [np.bincount(rows, weights=part, minlength=len(index)) for share in shares.values() for part in share]
    matrix = np.column_stack([counts.reshape(len(index), math.prod(shape[1:])), *columns])
    return Clusters(matrix, len(pairs.names), tuple(shares))


def _contradiction_shares(results: Sequence[Result]) -> dict[str, tuple[Floats, Floats]]:
    table = np.zeros((3, len(results)))
    for row, gold, said in contradiction_pairs(results):
        table[:, row] += (gold and said, said, gold)
    right, named, labelled = table
    return {
        "contradiction_precision": (right, named),
        "contradiction_recall": (right, labelled),
        "contradiction_f1": (2 * right, named + labelled),
    }


def point_values(results: Sequence[Result]) -> dict[str, float]:
    """Metric id → value from the sums, NaN where there is nothing to measure. What intervals are intervals of."""
    index = cluster_index(results)
    sums = clusters_of(results, index).sums(np.ones((1, len(index))))
    return {m: float(row[0]) for m, row in zip(FORMULAS, values(sums, tuple(FORMULAS)), strict=True)}


def values(sums: Sums, metrics: Sequence[str]) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        rows = [FORMULAS[m](sums) for m in metrics]
    return np.array(rows).reshape(len(rows), len(sums.verdicts))


def _f(verdict: int, beta: float) -> Callable[[Sums], Floats]:
    """F = (1 + β²)·TP / ((1 + β²)·TP + β²·FN + FP)"""

    def value(sums: Sums) -> Floats:
        right, gold, said = sums.table[verdict, verdict], sums.table[verdict].sum(axis=0), sums.table[:, verdict].sum(axis=0)
        f: Floats = (1 + beta**2) * right / (beta**2 * gold + said)
        return f

    return value


def _macro(sums: Sums) -> Floats:
    counts = sums.verdicts
    right, gold, said = counts[:, :, GAP, GAP], counts[:, :, GAP].sum(axis=-1), counts[:, :, :, GAP].sum(axis=-1)
    f1 = np.where(gold > 0, 2 * right / (gold + said), 0.0)
    macro: Floats = f1.sum(axis=1) / (gold > 0).sum(axis=1)
    return macro


def _cell(gold: int, said: int) -> Callable[[Sums], Floats]:
    """Share of a gold verdict that is called so."""
    return lambda s: s.table[gold, said] / s.table[gold].sum(axis=0)


def _specificity(sums: Sums) -> Floats:
    others = np.delete(sums.table, GAP, axis=0)
    share: Floats = 1 - others[:, GAP].sum(axis=0) / others.sum(axis=(0, 1))
    return share


def _share(metric: str) -> Callable[[Sums], Floats]:
    return lambda s: s.shares[metric][0] / s.shares[metric][1]


FORMULAS: Mapping[str, Callable[[Sums], Floats]] = {
    "gap_f1": _f(GAP, 1),
    "gap_f1_macro": _macro,
    "gap_f2": _f(GAP, 2),
    "gap_precision": lambda s: s.table[GAP, GAP] / s.table[:, GAP].sum(axis=0),
    "gap_recall": _cell(GAP, GAP),
    "gap_specificity": _specificity,
    "na_flagged": _cell(NOT_APPLICABLE, GAP),
    "wrong_met": _cell(GAP, MET),
    "met_f1": _f(MET, 1),
    "ask_recall": _cell(ASK, ASK),
    "ask_rate": lambda s: s.table[:, ASK].sum(axis=0) / s.table.sum(axis=(0, 1)),
    "exact": lambda s: sum((s.table[v, v] for v in range(len(VERDICTS))), np.float64(0)) / s.table.sum(axis=(0, 1)),
    **{
        m: _share(m)
        for m in (
            "rounds", "pairs_flipped", "risk_accuracy", "risk_recall_prohibited", "risk_recall_high", "fact_accuracy", "fact_accuracy_said",
            "evidence_overlap", "evidence_exact", "citation_precision", "citation_recall", "contradiction_precision", "contradiction_recall",
            "contradiction_f1", "brier", "exact_cases", "tokens",
        )
    },
}
"""Every metric that is worked out from sums."""
