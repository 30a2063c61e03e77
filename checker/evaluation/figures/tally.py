"""Results as arrays: what `score` measures once and `stats` resamples a thousand times.

Whatever is a share is held as (numerator, denominator) per result, so that any group of results, also one drawn with
repetition, has the share of the sums.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from checker.evaluation.figures.matching import act_of, addressed, same_value, token_f1, touches
from checker.evaluation.records import SAID, VERDICTS, Result

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Share = tuple[Floats, Floats]
GAP, MET, ASK, NOT_APPLICABLE = range(len(VERDICTS))
UNJUDGED = SAID.index("unjudged")
_CODE = {verdict: code for code, verdict in enumerate(SAID)}


@dataclass(frozen=True)
class Pairs:
    """Every labelled (text, requirement) pair: row of its result, row of its requirement in `names`, and the two verdicts as
    places in SAID. A verdict that is none of them could not be read: unjudged."""

    result: Ints
    requirement: Ints
    gold: Ints
    said: Ints
    names: tuple[str, ...]


def pairs_of(results: Sequence[Result]) -> Pairs:
    names: dict[str, int] = {}
    rows: list[tuple[int, int, int, int]] = []
    for i, result in enumerate(results):
        for requirement, gold in result.gold.verdicts.items():
            said = _CODE.get(result.said.verdict(requirement), UNJUDGED)
            rows.append((i, names.setdefault(requirement, len(names)), _CODE[gold], said))
    table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    return Pairs(table[:, 0], table[:, 1], table[:, 2], table[:, 3], tuple(names))


def shares_of(results: Sequence[Result]) -> dict[str, Share]:
    """Metric id → numerators and denominators, one per result."""
    single: dict[str, Callable[[Result], Iterable[float]]] = {
        "rounds": lambda r: () if r.said.rounds is None else (r.said.rounds,),
        "risk_accuracy": _risk_right,
        "risk_recall_prohibited": lambda r: _risk_right(r, "prohibited"),
        "risk_recall_high": lambda r: _risk_right(r, "high"),
        "fact_accuracy": lambda r: _facts_right(r, r.gold.facts),
        "fact_accuracy_said": lambda r: _facts_right(r, r.gold.facts_said),
        "evidence_overlap": lambda r: (token_f1(" ".join(gold), " ".join(said)) for gold, said in _passages(r)),
        "evidence_exact": lambda r: (touches(gold, said) for gold, said in _passages(r)),
        "brier": lambda r: ((p - met) ** 2 for p, met in met_probabilities(r)),
        "exact_cases": lambda r: (all(r.said.verdict(q) == gold for q, gold in r.gold.verdicts.items()),) if r.gold.verdicts else (),
    }
    shares = {id: _share([list(values(r)) for r in results]) for id, values in single.items()}
    asked = [[r.cost.tokens_in + r.cost.tokens_out] for r in results]
    shares["tokens"] = _share(asked if any(a[0] for a in asked) else [[] for _ in results])
    flips = list(twin_flips(results))
    shares["pairs_flipped"] = _share_at([(f.row, float(f.right)) for f in flips], len(results))
    return shares | _citation_shares(results)


def _share(values: Sequence[Sequence[float]]) -> Share:
    return np.array([sum(v) for v in values], dtype=np.float64), np.array([len(v) for v in values], dtype=np.float64)


def _share_at(found: Sequence[tuple[int, float]], size: int) -> Share:
    rows = np.array([row for row, _ in found], dtype=np.int64)
    sums = np.bincount(rows, weights=[value for _, value in found], minlength=size)
    return sums.astype(np.float64), np.bincount(rows, minlength=size).astype(np.float64)


def _risk_right(result: Result, only: str = "") -> tuple[float, ...]:
    gold, said = result.gold.risk_class, result.said.risk_class
    return (float(gold == said),) if gold and said and only in ("", gold) else ()


def _facts_right(result: Result, facts: Iterable[str]) -> Iterator[float]:
    gold, said = result.gold.facts, result.said.facts
    if said:
        for fact in facts:
            if fact in gold:
                yield float(same_value(gold[fact], said.get(fact, "unknown")))


def _passages(result: Result) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """(labelled, ours) for every requirement with the right verdict where both name a passage."""
    for requirement, gold in result.gold.verdicts.items():
        labelled = result.gold.evidence.get(requirement)
        ours = result.said.evidence.get(requirement)
        if labelled and ours and result.said.verdict(requirement) == gold:
            yield labelled, tuple(q.text for q in ours)


def met_probabilities(result: Result) -> Iterator[tuple[float, bool]]:
    """(probability that the evidence closes the duty, gold met) for every pair that is gap or met in gold and in what was said."""
    for requirement, probability in result.said.probabilities.items():
        gold = result.gold.verdicts.get(requirement)
        if gold in ("gap", "met") and result.said.verdict(requirement) in ("gap", "met"):
            yield probability, gold == "met"


@dataclass(frozen=True)
class TwinFlip:
    """One requirement whose label differs between twins: rows of the two results, whether both verdicts are right."""

    row: int
    twin: int
    requirement: str
    right: bool


def twin_flips(results: Sequence[Result]) -> Iterator[TwinFlip]:
    """Each pair of twins once per run; they are twins when one of them names the other."""
    rows = {(r.set, r.run, r.case): i for i, r in enumerate(results)}
    seen: set[tuple[int, int]] = set()
    for i, result in enumerate(results):
        j = rows.get((result.set, result.run, result.pair or ""))
        if j is None or j == i:
            continue
        a, b = sorted((i, j), key=lambda row: results[row].case)
        if (a, b) not in seen:
            seen.add((a, b))
            yield from _differing(results, a, b)


def _differing(results: Sequence[Result], a: int, b: int) -> Iterator[TwinFlip]:
    one, two = results[a], results[b]
    for requirement, gold in one.gold.verdicts.items():
        other = two.gold.verdicts.get(requirement)
        if other is not None and other != gold:
            right = one.said.verdict(requirement) == gold and two.said.verdict(requirement) == other
            yield TwinFlip(a, b, requirement, right)


def contradiction_pairs(results: Sequence[Result]) -> Iterator[tuple[int, bool, bool]]:
    """(row, labelled, named) for every rule that either side names, where somebody looked and the system says."""
    for i, r in enumerate(results):
        if r.gold.contradictions is not None and r.said.contradictions is not None:
            gold, said = set(r.gold.contradictions), set(r.said.contradictions)
            for rule in sorted(gold | said):
                yield i, rule in gold, rule in said


def _citation_shares(results: Sequence[Result]) -> dict[str, Share]:
    """SetP and SetR of ir_measures, one query per gold gap that was found.

    Relevant for recall are the provisions that a citation should name, for precision also those it may name. A coarser id
    addresses all below it, both ways. Citations of acts that the labels of the text name nowhere (guides of an authority, the
    municipality's own paper) say nothing about the law cited and are left out of precision. A system that cites nothing beside
    any gap it found is not measured.
    """
    precision, recall, cites = _Queries("SetP"), _Queries("SetR"), False
    for i, result in enumerate(results):
        acts = {act_of(p) for named in (*result.gold.provisions.values(), *result.gold.also.values()) for p in named}
        for requirement, gold in result.gold.verdicts.items():
            if gold != "gap" or result.said.verdict(requirement) != "gap":
                continue
            main = dict.fromkeys(result.gold.provisions.get(requirement, ()))
            fine = main | dict.fromkeys(result.gold.also.get(requirement, ()))
            cited = dict.fromkeys(result.said.citations.get(requirement, ()))
            cites |= bool(cited)
            if main:
                recall.add(i, list(main), [p for p in main if addressed(p, cited)])
            if fine and (of_law := [c for c in cited if act_of(c) in acts]):
                precision.add(i, [*fine, *(c for c in of_law if addressed(c, fine))], of_law)
    nothing = np.zeros(len(results)), np.zeros(len(results))
    return {
        "citation_precision": precision.share(len(results)) if cites else nothing,
        "citation_recall": recall.share(len(results)) if cites else nothing,
    }


class _Queries:
    """Gathers queries for one set measure, so that the library is asked once."""

    def __init__(self, measure: str) -> None:
        self._measure = measure
        self._rows: list[int] = []
        self._relevant: list[Any] = []
        self._retrieved: list[Any] = []

    def add(self, row: int, relevant: Iterable[str], retrieved: Iterable[str]) -> None:
        from ir_measures import Qrel, ScoredDoc

        query = str(len(self._rows))
        self._rows.append(row)
        self._relevant += [Qrel(query, p, 1) for p in dict.fromkeys(relevant)]
        self._retrieved += [ScoredDoc(query, p, 1.0) for p in dict.fromkeys(retrieved)]

    def share(self, size: int) -> Share:
        if not self._rows:
            return np.zeros(size), np.zeros(size)
        import ir_measures

        measure = ir_measures.parse_measure(self._measure)
        found = {m.query_id: m.value for m in ir_measures.iter_calc([measure], self._relevant, self._retrieved)}
        return _share_at([(row, found[str(query)]) for query, row in enumerate(self._rows)], size)
