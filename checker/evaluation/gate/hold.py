"""Refuses a change that makes the product worse: figures beyond their paired interval, or more of what must not be at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from checker.errors import CaseError
from checker.evaluation.figures.compare import Flip, flips
from checker.evaluation.figures.score import score
from checker.evaluation.figures.stats import Difference, paired_differences
from checker.evaluation.gate.baseline import Baseline
from checker.evaluation.records import Result

GATED = (
    "gap_f1",
    "gap_f1_macro",
    "gap_f2",
    "gap_precision",
    "gap_recall",
    "na_flagged",
    "wrong_met",
    "met_f1",
    "ask_recall",
    "pairs_flipped",
    "risk_accuracy",
    "risk_recall_prohibited",
    "risk_recall_high",
    "fact_accuracy",
    "fact_accuracy_said",
    "evidence_overlap",
    "citation_precision",
    "citation_recall",
    "contradiction_f1",
    "rounds",
    "exact",
)
"""A metric fails when the 95 % interval of its paired difference lies wholly on the worse side of zero."""
NEVER_MORE = ("invalid_quotes", "unjudged")
"""Counted, not estimated: one more than in the baseline is too many."""


@dataclass(frozen=True)
class Gate:
    """What the gate found for one baseline. It passes when `failures` is empty."""

    baseline: Baseline
    differences: dict[str, Difference]
    failures: tuple[str, ...]
    flips: tuple[Flip, ...]
    notes: tuple[str, ...]
    cases: int

    @property
    def passed(self) -> bool:
        return not self.failures


def hold(baseline: Baseline, results: Sequence[Result], resamples: int = 1000) -> Gate:
    """Today's results against a baseline of the same set and split.

    Args:
        baseline: the committed answers.
        results: those of checker itself, of any splits; the baseline's own is taken.
        resamples: of the bootstrap.

    Raises:
        CaseError: no case in common.
    """
    head = baseline.head
    now = [r for r in results if r.set == head.set and r.split == head.split and r.run == 0]
    before = baseline.results(now)
    after = [r for r in now if r.case in baseline.cases]
    if not after:
        raise CaseError(head.set, None, f"no case of {head.set}, {head.split}, is both in the baseline and in the results; nothing can be compared")
    differences = paired_differences(before, after, resamples=resamples)
    failures = [f"{m}: {_was(d)}" for m in GATED if (d := differences.get(m)) is not None and d.worse]
    then, today = score(before), score(after)
    failures += [f"{m}: {then[m] or 0:g} → {today[m] or 0:g}" for m in NEVER_MORE if (today[m] or 0) > (then[m] or 0)]
    missing = sorted(set(baseline.cases) - {r.case for r in now})
    if missing:
        failures.append(
            f"not measured: {len(missing)} cases of the baseline are not in the results ({', '.join(missing[:5])}{', …' if len(missing) > 5 else ''})"
        )
    return Gate(baseline, differences, tuple(failures), tuple(flips(before, after)), tuple(baseline.notes(now)), len(after))


def _was(difference: Difference) -> str:
    interval = difference.interval
    span = f", difference [{interval.low:+.3f}; {interval.high:+.3f}]" if interval is not None else ""
    return f"{difference.before:.3f} → {difference.after:.3f}{span}"
