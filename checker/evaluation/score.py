"""Figures over (case, labelled requirement) pairs. Metrics by scikit-learn.

- gap F1 micro: over all pairs; macro: mean over the requirements that have a gold gap.
- `na_flagged`: share of gold not_applicable that are called gap. `wrong_met`: share of gold gaps called met.
- `pairs_flipped`: share of (twins, requirement that differs) where both verdicts are right.
- `fact_accuracy`: over every fact of every case after rule 10 of the labelling guide; `fact_accuracy_said`: over the
  facts that the labels settle explicitly.

A figure that a system says nothing about (facts of "flag everything") is None, never 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from sklearn.metrics import confusion_matrix, f1_score, precision_score, recall_score

from checker.evaluation.cases import Case, twins
from checker.model.catalogue import Catalogue
from checker.model.project import Quote
from checker.model.report import FactReading, Report
from checker.scope import Scope

VERDICTS = ("gap", "met", "ask", "not_applicable")
SAID = (*VERDICTS, "unjudged")


@dataclass(frozen=True)
class Prediction:
    """What one system says of one case."""

    verdicts: Mapping[str, str]
    risk_class: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    quotes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    invalid_quotes: int = 0

    def verdict(self, requirement: str) -> str:
        return self.verdicts.get(requirement, "not_applicable")


@dataclass(frozen=True)
class Scores:
    """The figures of one system on some cases. Shares are between 0 and 1; None where there is nothing to measure."""

    cases: int
    pairs: int
    gap_f1: float
    gap_f1_macro: float | None
    gap_precision: float
    gap_recall: float
    na_flagged: float | None
    wrong_met: float | None
    met_f1: float
    ask_recall: float | None
    pairs_flipped: float | None
    twin_count: int
    risk_accuracy: float | None
    fact_accuracy: float | None
    fact_accuracy_said: float | None
    evidence_overlap: float | None
    invalid_quotes: int
    exact: float
    confusion: tuple[tuple[int, ...], ...]
    """Rows: gold, in the order of VERDICTS. Columns: said, in the order of SAID."""


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


def prediction_of(report: Report) -> Prediction:
    """A report as a prediction; every quote is compared with the text once more."""
    quotes = [q for f in report.findings for q in f.evidence]
    quotes += [q for r in report.facts.values() for q in r.quotes]
    quotes += [q for c in report.contradictions for q in c.quotes]
    bad = sum(_invalid(q, report.text) for q in quotes) + sum(c.orphaned for f in report.findings for c in f.citations)
    return Prediction(
        verdicts={f.requirement: f.verdict.value for f in report.findings},
        risk_class=report.risk_class.value,
        facts={k: r.value for k, r in report.facts.items()},
        quotes={f.requirement: tuple(q.text for q in f.evidence) for f in report.findings},
        reasons={f.requirement: f.reason.value for f in report.findings},
        invalid_quotes=bad,
    )


def _invalid(quote: Quote, text: str) -> bool:
    return quote.orphaned or not quote.text or text[quote.start : quote.end] != quote.text


def score(cases: Sequence[Case], predictions: Mapping[str, Prediction], catalogue: Catalogue) -> Scores:
    """All figures of one system.

    Args:
        cases: labelled cases.
        predictions: case id → prediction; one for every case.
        catalogue: names the labelled requirements and settles the gold facts.
    """
    g = np.array([c.labels.verdict(r) for c in cases for r in catalogue.core])
    p = np.array([predictions[c.id].verdict(r) for c in cases for r in catalogue.core])
    flips = list(_flips(cases, predictions, catalogue.core))
    return Scores(
        cases=len(cases),
        pairs=len(g),
        gap_f1=float(f1_score(g == "gap", p == "gap", zero_division=0)),
        gap_f1_macro=_mean(f1 for gaps, _, _, f1 in per_requirement(cases, predictions, catalogue.core).values() if gaps),
        gap_precision=float(precision_score(g == "gap", p == "gap", zero_division=0)),
        gap_recall=float(recall_score(g == "gap", p == "gap", zero_division=0)),
        na_flagged=_mean(p[g == "not_applicable"] == "gap"),
        wrong_met=_mean(p[g == "gap"] == "met"),
        met_f1=float(f1_score(g == "met", p == "met", zero_division=0)),
        ask_recall=_mean(p[g == "ask"] == "ask"),
        pairs_flipped=_mean(flips),
        twin_count=len(flips),
        risk_accuracy=_mean(predictions[c.id].risk_class == c.labels.risk_class for c in cases if predictions[c.id].risk_class),
        fact_accuracy=_mean(_facts_right(cases, predictions, catalogue, explicit=False)),
        fact_accuracy_said=_mean(_facts_right(cases, predictions, catalogue, explicit=True)),
        evidence_overlap=_mean(o for c in cases for o in _overlaps(c, predictions[c.id])),
        invalid_quotes=sum(predictions[c.id].invalid_quotes for c in cases),
        exact=float((g == p).mean()),
        confusion=tuple(tuple(int(n) for n in row) for row in confusion_matrix(g, p, labels=list(SAID))[: len(VERDICTS)]),
    )


def per_requirement(
    cases: Sequence[Case], predictions: Mapping[str, Prediction], core: Iterable[str]
) -> dict[str, tuple[int, float, float, float]]:
    """requirement → (gold gaps, precision, recall, F1) for `gap`."""
    table = {}
    for r in core:
        g = [c.labels.verdict(r) == "gap" for c in cases]
        p = [predictions[c.id].verdict(r) == "gap" for c in cases]
        precision, recall, f1 = (float(m(g, p, zero_division=0)) for m in (precision_score, recall_score, f1_score))
        table[r] = (sum(g), precision, recall, f1)
    return table


def wrong_verdicts(cases: Sequence[Case], predictions: Mapping[str, Prediction], core: Iterable[str]) -> Iterator[Wrong]:
    """Every wrong verdict: gaps called met first, then what does not apply but is called a gap, then the rest."""
    order = {("gap", "met"): 0, ("not_applicable", "gap"): 1}
    found = []
    for case in cases:
        said = predictions[case.id]
        for r in core:
            gold = case.labels.verdict(r)
            if said.verdict(r) != gold:
                found.append(Wrong(case.id, case.split, r, gold, said.verdict(r), said.reasons.get(r, ""), said.quotes.get(r, ())))
    yield from sorted(found, key=lambda w: (order.get((w.gold, w.said), 2), w.gold, w.said, w.requirement, w.case))


def gold_facts(case: Case, catalogue: Catalogue) -> dict[str, object]:
    """The labelled value of every fact after rule 10 of the guide, by the same scope that decides for projects."""
    scope = Scope(catalogue.facts, catalogue.derived, catalogue.criteria, readings_of(case))
    return {fact: scope.value(fact) for fact in catalogue.facts}


def readings_of(case: Case) -> dict[str, FactReading]:
    """The labelled facts as a fact sheet, so that the same Kleene scope can be run over the gold labels."""
    return {f: FactReading(fact=f, value=v, origin="text") for f, v in case.labels.facts.items()}


def token_f1(gold: str, said: str) -> float:
    """F1 over the sets of lower-cased words."""
    a, b = _words(gold), _words(said)
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


@lru_cache(maxsize=4096)
def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower()))


def _flips(cases: Sequence[Case], predictions: Mapping[str, Prediction], core: Iterable[str]) -> Iterator[bool]:
    for a, b in twins(tuple(cases)):
        for r in core:
            if a.labels.verdict(r) != b.labels.verdict(r):
                yield all(predictions[c.id].verdict(r) == c.labels.verdict(r) for c in (a, b))


def _facts_right(cases: Sequence[Case], predictions: Mapping[str, Prediction], catalogue: Catalogue, explicit: bool) -> Iterator[bool]:
    for case in cases:
        said = predictions[case.id].facts
        if said:
            for fact, value in gold_facts(case, catalogue).items():
                if not explicit or fact in case.labels.facts:
                    yield same_value(value, said.get(fact, "unknown"))


def same_value(gold: object, said: object) -> bool:
    """True when both name the same value; for facts with several values, when they share one."""
    return bool(_as_set(gold) & _as_set(said))


def _as_set(value: object) -> set[object]:
    if isinstance(value, tuple | list):
        return set(value) or {"none"}
    return {value}


def _overlaps(case: Case, prediction: Prediction) -> Iterator[float]:
    """Token F1 of our passages against the labelled ones, where both name a passage and the verdict is right."""
    for requirement, verdict in case.labels.verdicts.items():
        gold, said = case.labels.quotes(requirement), prediction.quotes.get(requirement, ())
        if verdict == prediction.verdicts.get(requirement) and gold and said:
            yield token_f1(" ".join(gold), " ".join(said))


def _mean(values: Iterable[float | bool]) -> float | None:
    found = list(values)
    return float(np.mean(found)) if found else None
