"""The second stage: from a document's sentence logits to fact values and to "is this met". Fitted on out-of-fold logits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from checker.ports import Vectors
from checker.reader.decide import Layout, Sentences, evidence_features, fact_features
from checker.training.dataset import Dataset

FACT_C = 0.05
TRUE_FACTOR = 0.8
"""Odds of "true" times this: a duty wrongly put on a project costs more trust than one asked about (n/a called gap .100 to .081, gap F1 equal)."""
JUDGE_C = 0.3
HANDED_OVER_WEIGHT = 3.0
"""Cases that came with the project weigh more: they follow the guide's conventions about unknown facts most closely."""
MAX_WRONG_MET = 0.035
"""Share of gold gaps that the judge may call met on out-of-fold documents; the promise to users is 5 %."""


def fit_facts(data: Dataset, logits: Sequence[Vectors], layout: Layout, in_training: np.ndarray) -> tuple[dict[str, Any], dict[str, Any]]:
    """One multinomial logistic regression per fact. Returns (arrays, meta) as shipped."""
    arrays: dict[str, Any] = {}
    meta: dict[str, Any] = {}
    chosen = np.where(in_training)[0]
    weight = np.array([HANDED_OVER_WEIGHT if data.cases[i].case.labels.origin == "shared" else 1.0 for i in chosen])
    for fact in data.catalogue.facts:
        x = np.stack([fact_features(logits[i], fact, layout) for i in chosen])
        y = np.array([_class(data.cases[i].facts[fact]) for i in chosen])
        mean = x.mean(axis=0)
        classes, w, b = _multinomial(x - mean, y, weight)
        arrays[f"fact_{fact}_w"], arrays[f"fact_{fact}_mean"] = w.astype(np.float16), mean.astype(np.float16)
        shift = [float(np.log(TRUE_FACTOR)) if c == "true" else 0.0 for c in classes]
        meta[fact] = {"classes": classes, "b": [round(float(v) + s, 5) for v, s in zip(b, shift, strict=True)]}
    return arrays, meta


def _class(value: object) -> str:
    if isinstance(value, tuple | list):
        return str(sorted(value)[0]) if value else "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _multinomial(x: Vectors, y: np.ndarray, weight: np.ndarray) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Classes, weights (classes × features) and intercepts; one class alone needs no model."""
    from sklearn.linear_model import LogisticRegression

    classes = sorted(set(y))
    if len(classes) == 1:
        return classes, np.zeros((1, x.shape[1])), np.zeros(1)
    model = LogisticRegression(C=FACT_C, max_iter=400).fit(x, y, sample_weight=weight)
    names = [str(c) for c in model.classes_]
    if len(names) == 2:
        return names, np.vstack([-model.coef_[0] / 2, model.coef_[0] / 2]), np.array([-model.intercept_[0] / 2, model.intercept_[0] / 2])
    return names, model.coef_, model.intercept_


def judge_rows(data: Dataset, documents: Sequence[Sentences], layout: Layout, in_training: np.ndarray) -> tuple[Vectors, np.ndarray, np.ndarray]:
    """Features, gold (1 met, 0 gap) and case of every labelled (case, core requirement) that applies."""
    core = data.catalogue.core
    features, gold, case = [], [], []
    for i in np.where(in_training)[0]:
        for requirement in core:
            verdict = data.cases[i].case.labels.verdict(requirement)
            if verdict in ("gap", "met"):
                features.append(evidence_features(documents[i], requirement, layout, core)[0])
                gold.append(int(verdict == "met"))
                case.append(i)
    return np.stack(features), np.array(gold), np.array(case)


def fit_judge(
    data: Dataset, documents: Sequence[Sentences], layout: Layout, in_training: np.ndarray, folds: np.ndarray
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The judge and its threshold, set on cross-validated probabilities so that wrong "met" stays below MAX_WRONG_MET."""
    from sklearn.linear_model import LogisticRegression

    x, y, case = judge_rows(data, documents, layout, in_training)
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-6
    scale = np.where(spread < 0.5, 1.0, spread)
    z = (x - mean) / scale
    honest = np.zeros(len(y))
    for fold in sorted(set(folds)):
        held = folds[case] == fold
        if held.any():
            honest[held] = LogisticRegression(C=JUDGE_C, max_iter=500).fit(z[~held], y[~held]).predict_proba(z[held])[:, 1]
    threshold = threshold_for(honest, y)
    model = LogisticRegression(C=JUDGE_C, max_iter=500).fit(z, y)
    arrays = {"judge_w": model.coef_[0].astype(np.float32), "judge_mean": mean.astype(np.float32), "judge_scale": scale.astype(np.float32)}
    said = honest > threshold
    meta = {
        "b": float(model.intercept_[0]),
        "threshold": threshold,
        "core": list(data.catalogue.core),
        "cross_validated": {
            "pairs": len(y),
            "wrong_met": round(float(said[y == 0].mean()), 4),
            "met_recall": round(float(said[y == 1].mean()), 4),
        },
    }
    return arrays, meta


def threshold_for(probability: np.ndarray, gold: np.ndarray) -> float:
    """The lowest threshold (steps of 0.01) at which at most MAX_WRONG_MET of the gaps are called met."""
    for step in range(30, 100):
        if float((probability[gold == 0] > step / 100).mean()) <= MAX_WRONG_MET:
            return step / 100
    return 0.99
