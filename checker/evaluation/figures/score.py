"""Point figures of one system over (text, labelled requirement) pairs. Precision, recall, F by scikit-learn; sets by ir_measures.

- micro: over all pairs; macro: mean over the requirements that have a gold gap.
- A requirement that is not in a result's `gold.verdicts` was not labelled and is not counted.
- An `unjudged` verdict is a wrong one: it misses a gap, it spoils `exact`. It stands in its own column of the confusion.
- Repeated runs of a system that samples are more results; they count like any other, and once as a text.
- A figure for which there is nothing to measure is None, never 0. Counts are whole numbers.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from checker.evaluation.figures.calibration import fact_reliability, met_reliability, risk_coverage
from checker.evaluation.figures.matching import grade_said
from checker.evaluation.figures.metrics import METRICS, Metric
from checker.evaluation.figures.tally import ASK, GAP, MET, NOT_APPLICABLE, Pairs, contradiction_pairs, pairs_of, shares_of, twin_flips
from checker.evaluation.records import SAID, VERDICTS, Result

__all__ = ["METRICS", "Metric", "PairFlip", "RequirementScore", "Wrong", "confusion", "pair_flips", "per_requirement", "score", "wrong_verdicts"]


@dataclass(frozen=True)
class RequirementScore:
    """`gap` for one requirement. `gold`: labelled gaps, `said`: called gap, `right`: both; `negatives`: labelled and no gap,
    `false_alarms`: those called gap. A share of nothing is None."""

    gold: int
    said: int
    right: int
    negatives: int
    false_alarms: int
    precision: float | None
    recall: float | None
    f1: float | None
    f2: float | None
    specificity: float | None


@dataclass(frozen=True)
class Wrong:
    """One verdict that differs from the label, and the sentences it was given on."""

    case: str
    split: str
    requirement: str
    gold: str
    said: str
    reason: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class PairFlip:
    """Twins, and a requirement whose label differs between them. Right when both verdicts are."""

    first: str
    second: str
    requirement: str
    gold: tuple[str, str]
    said: tuple[str, str]
    right: bool


def score(results: Sequence[Result]) -> dict[str, float | None]:
    """Metric id → value, for every metric of METRICS.

    Args:
        results: of one system.
    """
    pairs = pairs_of(results)
    values: dict[str, float | None] = {
        "cases": len({(r.set, r.case) for r in results}),
        "pairs": len(pairs.gold),
        "unjudged": _unjudged(results),
        "invalid_quotes": sum(r.said.invalid_quotes for r in results),
    }
    values |= {id: float(top.sum() / below.sum()) if below.any() else None for id, (top, below) in shares_of(results).items()}
    values |= _verdict_figures(pairs) | _contradiction_figures(results) | _certainty_figures(results) | _seconds(results)
    values["grade_kappa"] = _grade_kappa(results)
    return {m.id: _known(values.get(m.id)) for m in METRICS}


def per_requirement(results: Sequence[Result]) -> dict[str, RequirementScore]:
    """Requirement → how `gap` fares, in the order in which the labels name them."""
    return _per_requirement(pairs_of(results))


def confusion(results: Sequence[Result]) -> tuple[tuple[int, ...], ...]:
    """Rows: gold, in the order of VERDICTS. Columns: said, in the order of SAID."""
    pairs = pairs_of(results)
    if not len(pairs.gold):
        return tuple((0,) * len(SAID) for _ in VERDICTS)
    from sklearn.metrics import confusion_matrix

    table = confusion_matrix(pairs.gold, pairs.said, labels=range(len(SAID)))
    return tuple(tuple(int(n) for n in row) for row in table[: len(VERDICTS)])


def wrong_verdicts(results: Sequence[Result]) -> Iterator[Wrong]:
    """Every wrong verdict: gaps called met first, then what does not apply but is called a gap, then the rest."""
    order = {("gap", "met"): 0, ("not_applicable", "gap"): 1}
    found = []
    for r in results:
        for requirement, gold in r.gold.verdicts.items():
            said = r.said.verdict(requirement)
            if said != gold:
                sentences = tuple(q.text for q in r.said.evidence.get(requirement, ()))
                reason = r.said.unread or r.said.reasons.get(requirement, "")
                found.append(Wrong(r.case, r.split, requirement, gold, said, reason, sentences))
    yield from sorted(found, key=lambda w: (order.get((w.gold, w.said), 2), w.gold, w.said, w.requirement, w.case))


def pair_flips(results: Sequence[Result]) -> tuple[PairFlip, ...]:
    """Each (twins, requirement whose gold differs), sorted by the twins' ids."""
    found = []
    for flip in twin_flips(results):
        one, two, q = results[flip.row], results[flip.twin], flip.requirement
        gold = (one.gold.verdicts[q], two.gold.verdicts[q])
        found.append(PairFlip(one.case, two.case, q, gold, (one.said.verdict(q), two.said.verdict(q)), flip.right))
    return tuple(sorted(found, key=lambda f: (f.first, f.second, f.requirement)))


def _verdict_figures(pairs: Pairs) -> dict[str, float | None]:
    if not len(pairs.gold):
        return {}
    from sklearn.metrics import accuracy_score, f1_score, fbeta_score, precision_score, recall_score

    g, p, nan = pairs.gold, pairs.said, np.nan
    flagged = p == GAP
    return {
        "gap_f1": f1_score(g == GAP, flagged, zero_division=nan),
        "gap_f1_macro": _mean([s.f1 for s in _per_requirement(pairs).values() if s.gold and s.f1 is not None]),
        "gap_f2": fbeta_score(g == GAP, flagged, beta=2, zero_division=nan),
        "gap_precision": precision_score(g == GAP, flagged, zero_division=nan),
        "gap_recall": recall_score(g == GAP, flagged, zero_division=nan),
        "gap_specificity": recall_score(g != GAP, ~flagged, zero_division=nan),
        "na_flagged": _mean(flagged[g == NOT_APPLICABLE]),
        "wrong_met": _mean(p[g == GAP] == MET),
        "met_f1": f1_score(g == MET, p == MET, zero_division=nan),
        "ask_recall": recall_score(g == ASK, p == ASK, zero_division=nan),
        "ask_rate": _mean(p == ASK),
        "exact": accuracy_score(g, p),
    }


def _per_requirement(pairs: Pairs) -> dict[str, RequirementScore]:
    """One call for all: a pair's class is its requirement where it is a gap and `rest` where not, so that the scores per
    class are those of `gap` per requirement. The other way round, recall of no gap is specificity."""
    if not pairs.names:
        return {}
    from sklearn.metrics import precision_recall_fscore_support, recall_score

    n = len(pairs.names)
    every = range(n)
    gold, said = pairs.gold == GAP, pairs.said == GAP
    classes = np.where(gold, pairs.requirement, n), np.where(said, pairs.requirement, n)
    precision, recall, f1, _ = precision_recall_fscore_support(*classes, labels=every, zero_division=np.nan)
    f2 = precision_recall_fscore_support(*classes, labels=every, beta=2, zero_division=np.nan)[2]
    others = np.where(gold, n, pairs.requirement), np.where(said, n, pairs.requirement)
    specificity = recall_score(*others, labels=every, average=None, zero_division=np.nan)
    counts = [np.bincount(pairs.requirement[mask], minlength=n) for mask in (gold, said, gold & said, ~gold, ~gold & said)]
    shares = (precision, recall, f1, f2, specificity)
    return {name: RequirementScore(*(int(c[i]) for c in counts), *(_known(s[i]) for s in shares)) for i, name in enumerate(pairs.names)}


def _contradiction_figures(results: Sequence[Result]) -> dict[str, float | None]:
    found = list(contradiction_pairs(results))
    if not found:
        return {}
    from sklearn.metrics import precision_recall_fscore_support

    gold, said = [g for _, g, _ in found], [s for _, _, s in found]
    precision, recall, f1, _ = precision_recall_fscore_support(gold, said, average="binary", zero_division=np.nan)
    return {"contradiction_precision": precision, "contradiction_recall": recall, "contradiction_f1": f1}


def _certainty_figures(results: Sequence[Result]) -> dict[str, float | None]:
    met, facts, curve = met_reliability(results), fact_reliability(results), risk_coverage(results)
    return {
        "ece": met.ece if met else None,
        "brier": met.brier if met else None,
        "fact_ece": facts.ece if facts else None,
        "aurc": curve.aurc if curve else None,
    }


def _seconds(results: Sequence[Result]) -> dict[str, float | None]:
    """A cost of 0 was not measured."""
    seconds = [r.cost.seconds for r in results if r.cost.seconds > 0]
    if not seconds:
        return {}
    p50, p95 = np.percentile(seconds, [50, 95])
    return {"seconds_p50": p50, "seconds_p95": p95}


def _grade_kappa(results: Sequence[Result]) -> float | None:
    """Cohen 1968, quadratic weights. Labels on different scales are measured apart and weighted by their number."""
    scales: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for r in results:
        for requirement, grade in r.gold.grades.items():
            said = grade_said(r.said, requirement, grade)
            if said is not None:
                scales[grade.low, grade.high].append((grade.value, said))
    kappas = [(kappa, len(pairs)) for scale, pairs in scales.items() if (kappa := _weighted_kappa(pairs, scale)) is not None]
    return float(np.average([k for k, _ in kappas], weights=[n for _, n in kappas])) if kappas else None


def _weighted_kappa(pairs: Sequence[tuple[int, int]], scale: tuple[int, int]) -> float | None:
    gold, said = [g for g, _ in pairs], [s for _, s in pairs]
    if len({*gold, *said}) < 2:
        return None  # everything in one grade: agreement beyond chance cannot be told
    from sklearn.metrics import cohen_kappa_score

    return _known(cohen_kappa_score(gold, said, labels=range(scale[0], scale[1] + 1), weights="quadratic"))


def _unjudged(results: Sequence[Result]) -> int:
    return sum(r.said.verdict(q) not in VERDICTS for r in results for q in {**r.gold.verdicts, **r.gold.grades})


def _mean(values: Sequence[float] | NDArray[np.bool_]) -> float | None:
    return float(np.mean(values)) if len(values) else None


def _known(value: float | None) -> float | None:
    if value is None or isinstance(value, int):
        return value
    return None if math.isnan(value) else float(value)
