"""Figures over (case, labelled requirement) pairs. Metrics by scikit-learn.

- gap F1 micro: over all pairs; macro: mean over the requirements that have a gold gap.
- `na_flagged`: share of gold not_applicable that are called gap. `wrong_met`: share of gold gaps called met.
- `pairs_flipped`: share of (twins, requirement that differs) where both verdicts are right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from sklearn.metrics import confusion_matrix, f1_score, precision_score, recall_score

from checker.evaluation.cases import Case, twins
from checker.model.catalogue import Catalogue
from checker.model.report import FactReading, Report

VERDICTS = ("gap", "met", "ask", "not_applicable")


@dataclass(frozen=True)
class Prediction:
    """What one system says of one case."""

    verdicts: Mapping[str, str]
    risk_class: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    quotes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    invalid_quotes: int = 0


@dataclass(frozen=True)
class Scores:
    """The figures of one system on one set of cases. Shares are between 0 and 1."""

    cases: int
    pairs: int
    gap_f1: float
    gap_precision: float
    gap_recall: float
    gap_f1_macro: float
    na_flagged: float
    wrong_met: float
    exact: float
    met_f1: float
    ask_recall: float
    pairs_flipped: float
    twin_count: int
    risk_accuracy: float
    fact_accuracy: float
    evidence_overlap: float
    invalid_quotes: int
    confusion: tuple[tuple[int, ...], ...]


def prediction_of(report: Report) -> Prediction:
    text = report.text
    bad = sum(q.orphaned or text[q.start : q.end] != q.text for f in report.findings for q in f.evidence)
    bad += sum(q.orphaned or text[q.start : q.end] != q.text for r in report.facts.values() for q in r.quotes)
    bad += sum(c.orphaned for f in report.findings for c in f.citations)
    return Prediction(
        verdicts={f.requirement: f.verdict.value for f in report.findings},
        risk_class=report.risk_class.value,
        facts={k: r.value for k, r in report.facts.items()},
        quotes={f.requirement: tuple(q.text for q in f.evidence) for f in report.findings},
        invalid_quotes=bad,
    )


def score(cases: tuple[Case, ...], predictions: Mapping[str, Prediction], catalogue: Catalogue, gold_fact: Callable[[Case, str], object]) -> Scores:
    """All figures for one system.

    Args:
        cases: labelled cases.
        predictions: case id → prediction.
        catalogue: names the labelled core requirements.
        gold_fact: the labelled value of a fact after rule 10 of the guide, or "unknown".
    """
    core = catalogue.core
    gold = [c.labels.verdict(r) for c in cases for r in core]
    said = [predictions[c.id].verdicts.get(r, "not_applicable") for c in cases for r in core]
    g, p = np.array(gold), np.array(said)
    per_requirement = [
        f1_score([c.labels.verdict(r) == "gap" for c in cases], [predictions[c.id].verdicts.get(r) == "gap" for c in cases], zero_division=0)
        for r in core
        if any(c.labels.verdict(r) == "gap" for c in cases)
    ]
    flips = list(_flips(cases, predictions, core))
    facts = [_same(gold_fact(c, f), predictions[c.id].facts.get(f, "unknown")) for c in cases for f in catalogue.facts if predictions[c.id].facts]
    overlaps = [o for c in cases for o in _overlaps(c, predictions[c.id])]
    return Scores(
        cases=len(cases),
        pairs=len(gold),
        gap_f1=float(f1_score(g == "gap", p == "gap", zero_division=0)),
        gap_precision=float(precision_score(g == "gap", p == "gap", zero_division=0)),
        gap_recall=float(recall_score(g == "gap", p == "gap", zero_division=0)),
        gap_f1_macro=_mean(per_requirement),
        na_flagged=_share(p[g == "not_applicable"] == "gap"),
        wrong_met=_share(p[g == "gap"] == "met"),
        exact=_share(g == p),
        met_f1=float(f1_score(g == "met", p == "met", zero_division=0)),
        ask_recall=_share(p[g == "ask"] == "ask"),
        pairs_flipped=_mean(flips),
        twin_count=len(flips),
        risk_accuracy=_mean([predictions[c.id].risk_class == c.labels.risk_class for c in cases]),
        fact_accuracy=_mean(facts),
        evidence_overlap=_mean(overlaps),
        invalid_quotes=sum(predictions[c.id].invalid_quotes for c in cases),
        confusion=tuple(tuple(int(n) for n in row) for row in confusion_matrix(g, p, labels=list(VERDICTS))),
    )


def per_requirement(cases: tuple[Case, ...], predictions: Mapping[str, Prediction], core: Iterable[str]) -> dict[str, tuple[int, float, float, float]]:
    """requirement → (gold gaps, precision, recall, F1) for `gap`."""
    table = {}
    for r in core:
        g = [c.labels.verdict(r) == "gap" for c in cases]
        p = [predictions[c.id].verdicts.get(r) == "gap" for c in cases]
        table[r] = (
            sum(g),
            float(precision_score(g, p, zero_division=0)),
            float(recall_score(g, p, zero_division=0)),
            float(f1_score(g, p, zero_division=0)),
        )
    return table


def _flips(cases: tuple[Case, ...], predictions: Mapping[str, Prediction], core: Iterable[str]) -> Iterable[bool]:
    for a, b in twins(cases):
        for r in core:
            if a.labels.verdict(r) != b.labels.verdict(r):
                yield all(predictions[c.id].verdicts.get(r, "not_applicable") == c.labels.verdict(r) for c in (a, b))


def _same(gold: object, said: object) -> bool:
    gold_set = set(gold) if isinstance(gold, tuple | list) else {gold}
    said_set = set(said) if isinstance(said, tuple | list) else {said}
    return bool(gold_set & said_set)


def _overlaps(case: Case, prediction: Prediction) -> Iterable[float]:
    """Token F1 of our passages against the labelled ones, where both name a passage and the verdict is right."""
    for requirement, verdict in case.labels.verdicts.items():
        gold, said = case.labels.quotes(requirement), prediction.quotes.get(requirement, ())
        if verdict == prediction.verdicts.get(requirement) and gold and said:
            yield token_f1(" ".join(gold), " ".join(said))


def token_f1(gold: str, said: str) -> float:
    """F1 over the sets of lower-cased words."""
    a, b = set(re.findall(r"\w+", gold.lower())), set(re.findall(r"\w+", said.lower()))
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def gold_fact(case: Case, fact: str, scope_value: Callable[[str], object]) -> object:
    value = case.labels.facts.get(fact)
    return scope_value(fact) if value is None else value


def readings_of(case: Case) -> dict[str, FactReading]:
    """The labelled facts as a fact sheet, so that the same Kleene scope can be run over the gold labels."""
    return {f: FactReading(fact=f, value=v, origin="text") for f, v in case.labels.facts.items()}


def _share(mask: np.ndarray) -> float:
    return float(mask.mean()) if len(mask) else 0.0


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return float(np.mean(found)) if found else 0.0
