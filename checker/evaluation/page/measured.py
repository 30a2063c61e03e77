"""Everything the page has to count, counted once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from checker.evaluation.figures.metrics import BY_ID
from checker.evaluation.figures.score import RequirementScore, per_requirement, score
from checker.evaluation.figures.stats import Interval, intervals
from checker.evaluation.records import Result

MAIN_SYSTEM = "checker"
WORD_COUNT = "TF-IDF"
SPLITS = ("held-out", "train")
MAIN_METRICS = (
    "cases",
    "gap_f1",
    "gap_f1_macro",
    "gap_precision",
    "gap_recall",
    "na_flagged",
    "wrong_met",
    "met_f1",
    "ask_recall",
    "pairs_flipped",
    "risk_accuracy",
    "fact_accuracy",
    "evidence_overlap",
    "citation_recall",
    "ece",
    "exact",
    "unjudged",
    "invalid_quotes",
    "seconds_p50",
)
# Counts and costs say nothing about how well a text was read, so reaching them is no feat.
NO_FEAT = {"cases", "pairs", "unjudged", "invalid_quotes", "seconds_p50", "seconds_p95", "tokens", "ask_rate", "rounds"}


@dataclass(frozen=True)
class Measured:
    """The results by system and split, and their figures. `basis` is the split that conclusions are drawn from."""

    results: Sequence[Result]

    @cached_property
    def main(self) -> str:
        return MAIN_SYSTEM if MAIN_SYSTEM in self._parts_by_system else next(iter(self._parts_by_system))

    @cached_property
    def systems(self) -> tuple[str, ...]:
        return (self.main, *(s for s in self._parts_by_system if s != self.main))

    @cached_property
    def splits(self) -> tuple[str, ...]:
        return tuple(s for s in SPLITS if self.part(self.main, s))

    @property
    def basis(self) -> str:
        return self.splits[0]

    def part(self, system: str, split: str) -> tuple[Result, ...]:
        return self._parts.get((system, split), ())

    def score(self, system: str, split: str) -> Mapping[str, float | None]:
        return self._scores[system, split]

    def interval(self, split: str, metric: str) -> Interval | None:
        """The 95 % interval of the system that is measured."""
        return self._intervals[split].get(metric)

    def requirements(self, split: str) -> dict[str, RequirementScore]:
        return self._requirements[split]

    def word_count_reaches(self, split: str, metric: str) -> bool:
        """True when a TF-IDF baseline has our figure or a better one."""
        ours = self.score(self.main, split).get(metric)
        if ours is None or metric in NO_FEAT or self.main.startswith(WORD_COUNT):
            return False
        sign = 1 if BY_ID[metric].better == "higher" else -1
        theirs = [self.score(s, split).get(metric) for s in self.systems if s.startswith(WORD_COUNT) and self.part(s, split)]
        return any(t is not None and sign * t >= sign * ours for t in theirs)

    @cached_property
    def _parts_by_system(self) -> dict[str, None]:
        return dict.fromkeys(r.system for r in self.results)

    @cached_property
    def _parts(self) -> dict[tuple[str, str], tuple[Result, ...]]:
        found: dict[tuple[str, str], list[Result]] = {}
        for result in self.results:
            found.setdefault((result.system, result.split), []).append(result)
        return {key: tuple(part) for key, part in found.items()}

    @cached_property
    def _scores(self) -> dict[tuple[str, str], Mapping[str, float | None]]:
        return {key: score(part) for key, part in self._parts.items()}

    @cached_property
    def _intervals(self) -> dict[str, dict[str, Interval | None]]:
        return {split: intervals(self.part(self.main, split)) for split in self.splits}

    @cached_property
    def _requirements(self) -> dict[str, dict[str, RequirementScore]]:
        return {split: per_requirement(self.part(self.main, split)) for split in self.splits}


def only(results: Sequence[Result], requirement: str) -> list[Result]:
    """The same results with the labels of one requirement, so that any figure can be had for it alone."""
    return [
        r.model_copy(update={"gold": r.gold.model_copy(update={"verdicts": {requirement: r.gold.verdicts[requirement]}})})
        for r in results
        if requirement in r.gold.verdicts
    ]
