"""The metrics of an evaluation: name, direction, target, and what each one counts. `checker.evaluation.figures.score` works them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Metric:
    """One figure. `target` is what the project wants to reach on held-out cases; `about` says what is counted."""

    id: str
    label: str
    better: Literal["higher", "lower"]
    target: float | None
    about: str


def _higher(id: str, label: str, about: str, target: float | None = None) -> Metric:
    return Metric(id, label, "higher", target, about)


def _lower(id: str, label: str, about: str, target: float | None = None) -> Metric:
    return Metric(id, label, "lower", target, about)


METRICS: tuple[Metric, ...] = (
    _higher("cases", "cases", "texts; repeated runs of one text count once"),
    _higher("pairs", "pairs", "labelled (text, requirement) pairs, each run counted"),
    _higher("gap_f1", "gap F1", "F1 of `gap` over all pairs", 0.80),
    _higher("gap_f1_macro", "macro", "mean F1 of `gap` over the requirements that have a gold gap", 0.70),
    _higher("gap_f2", "gap F2", "F2 of `gap` over all pairs: a missed gap weighs more than a false alarm"),
    _higher("gap_precision", "gap P", "share of the pairs called gap that are gaps"),
    _higher("gap_recall", "gap R", "share of the gold gaps called gap"),
    _higher("gap_specificity", "gap spec.", "share of the pairs that are no gap and are not called gap"),
    _lower("na_flagged", "n/a→gap", "share of gold not applicable called gap", 0.08),
    _lower("wrong_met", "gap→met", "share of gold gaps called met", 0.05),
    _higher("met_f1", "met F1", "F1 of `met` over all pairs"),
    _higher("ask_recall", "ask R", "share of gold ask called ask"),
    _lower("ask_rate", "ask rate", "share of the pairs called ask"),
    _lower("rounds", "questions", "mean number of questions answered until nothing was left to ask"),
    _higher("pairs_flipped", "flipped", "share of (twins, requirement whose label differs) with both verdicts right", 0.80),
    _higher("risk_accuracy", "risk", "share of right risk classes, where one is labelled and one is said", 0.80),
    _higher("risk_recall_prohibited", "risk R proh.", "share of gold prohibited called prohibited, where a class is said"),
    _higher("risk_recall_high", "risk R high", "share of gold high risk called high, where a class is said"),
    _higher("fact_accuracy", "facts", "share of right facts, over all facts after rule 10 of the labelling guide"),
    _higher("fact_accuracy_said", "facts said", "share of right facts, over those that the labels settle outright"),
    _higher("evidence_overlap", "evidence", "token F1 of our passages against the labelled ones, where the verdict is right and both name some"),
    _higher("evidence_exact", "ev. exact", "share of the same pairs where one of our passages is, holds or lies in a labelled one"),
    _higher("citation_precision", "cite P", "share of the cited provisions that are labelled, mean over gaps found; guidelines are left out"),
    _higher("citation_recall", "cite R", "share of the labelled provisions that are cited, mean over gaps found"),
    _higher("contradiction_precision", "contr. P", "share of the named contradictions that are labelled"),
    _higher("contradiction_recall", "contr. R", "share of the labelled contradictions that are named"),
    _higher("contradiction_f1", "contr. F1", "F1 of the two"),
    _lower("ece", "ECE", "expected calibration error of the probability that evidence closes a duty"),
    _lower("brier", "Brier", "mean squared error of that probability"),
    _lower("fact_ece", "fact ECE", "expected calibration error of the probability of a chosen fact value"),
    _lower("aurc", "AURC", "area under the risk-coverage curve: mean share wrong, deciding the most certain verdicts first"),
    _higher("grade_kappa", "κ graded", "quadratically weighted Cohen's kappa on graded labels"),
    _higher("exact", "exact", "share of the pairs with the right verdict"),
    _higher("exact_cases", "exact texts", "share of the texts with every verdict right"),
    _lower("unjudged", "unjudged", "labelled pairs and grades without a verdict that could be read; wrong in every share of pairs"),
    _lower("invalid_quotes", "bad quotes", "quotes that are not in the text, and citations of nothing", 0),
    _lower("seconds_p50", "s p50", "median of wall-clock seconds per text, where measured"),
    _lower("seconds_p95", "s p95", "95th percentile of the same"),
    _lower("tokens", "tokens", "mean number of tokens a language model read and wrote per text; none where no model was asked"),
)
BY_ID = {m.id: m for m in METRICS}
