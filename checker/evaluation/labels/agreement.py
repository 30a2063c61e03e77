"""How far people who label the same texts agree: the ceiling a tool's figures are compared with."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

Item = tuple[str, str]
FEWEST_SHARED = 5
Labels = Mapping[str, Mapping[Item, str]]


@dataclass(frozen=True)
class RequirementAgreement:
    """`agreed`: items on which everybody who labelled them says the same."""

    items: int
    agreed: int


@dataclass(frozen=True)
class Agreement:
    """Agreement on (case, requirement) items that at least two labelled.

    Args:
        labellers: in the order given; the first is what the others are compared with.
        cases, items: that at least two labelled.
        percent: share of the items on which everybody who labelled them says the same, from 0 to 1.
        cohen: Cohen's kappa (1960) of every two labellers on what both labelled. None: no item, or one verdict throughout.
        fleiss: Fleiss' kappa (1971) over the items that all labelled; None with one labeller, no such item, or one verdict.
        shared: cases of those items: what Fleiss' kappa rests on.
        krippendorff: Krippendorff's alpha, nominal, missing labels allowed; None where there is one verdict only.
        gap_f1: labeller → F1 of `gap` with the first labeller as gold, on what both labelled.
        per_requirement: requirement → items and how many are agreed on; least agreement first.
    """

    labellers: tuple[str, ...]
    cases: int
    items: int
    percent: float | None
    cohen: Mapping[tuple[str, str], float | None]
    fleiss: float | None
    shared: int
    krippendorff: float | None
    gap_f1: Mapping[str, float | None]
    per_requirement: Mapping[str, RequirementAgreement]

    @property
    def fleiss_told(self) -> float | None:
        """Left out where it rests on fewer than five cases: one easy text would give 1.00 and look like a finding."""
        return self.fleiss if self.shared >= FEWEST_SHARED else None


def agreement(labels: Labels) -> Agreement:
    """Figures of agreement.

    Args:
        labels: labeller → (case, requirement) → verdict.
    """
    names = tuple(labels)
    items = sorted({item for said in labels.values() for item in said if sum(item in other for other in labels.values()) > 1})
    same = {item: len({said[item] for said in labels.values() if item in said}) == 1 for item in items}
    return Agreement(
        labellers=names,
        cases=len({case for case, _ in items}),
        items=len(items),
        percent=sum(same.values()) / len(items) if items else None,
        cohen={(a, b): _cohen(*_both(labels[a], labels[b])) for a, b in combinations(names, 2)},
        fleiss=_fleiss(labels, items),
        shared=len({case for case, _ in _of_all(labels, items)}),
        krippendorff=_krippendorff(labels, items),
        gap_f1={name: _gap_f1(*_both(labels[names[0]], labels[name])) for name in names[1:]},
        per_requirement=_per_requirement(same),
    )


def _per_requirement(same: Mapping[Item, bool]) -> dict[str, RequirementAgreement]:
    counted: dict[str, list[bool]] = {}
    for (_, requirement), agreed in same.items():
        counted.setdefault(requirement, []).append(agreed)
    worst_first = sorted(counted, key=lambda r: (sum(counted[r]) / len(counted[r]), r))
    return {r: RequirementAgreement(len(counted[r]), sum(counted[r])) for r in worst_first}


def _both(one: Mapping[Item, str], two: Mapping[Item, str]) -> tuple[list[str], list[str]]:
    shared = [item for item in one if item in two]
    return [one[i] for i in shared], [two[i] for i in shared]


def _cohen(one: Sequence[str], two: Sequence[str]) -> float | None:
    from sklearn.metrics import cohen_kappa_score

    return _defined(lambda: cohen_kappa_score(one, two)) if len({*one, *two}) > 1 else None


def _gap_f1(gold: Sequence[str], said: Sequence[str]) -> float | None:
    if "gap" not in {*gold, *said}:
        return None
    from sklearn.metrics import f1_score

    return float(f1_score([g == "gap" for g in gold], [s == "gap" for s in said]))


def _fleiss(labels: Labels, items: Sequence[Item]) -> float | None:
    from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

    rows = [[said[item] for said in labels.values()] for item in _of_all(labels, items)]
    if not rows or len({v for row in rows for v in row}) < 2:
        return None
    table, _ = aggregate_raters(np.array(rows))
    return _defined(lambda: fleiss_kappa(table))


def _of_all(labels: Labels, items: Sequence[Item]) -> list[Item]:
    return [item for item in items if all(item in said for said in labels.values())]


def _krippendorff(labels: Labels, items: Sequence[Item]) -> float | None:
    codes = {verdict: float(code) for code, verdict in enumerate(sorted({said[i] for said in labels.values() for i in items if i in said}))}
    if len(codes) < 2:
        return None
    import krippendorff

    data = np.array([[codes[said[i]] if i in said else np.nan for i in items] for said in labels.values()])
    return _defined(lambda: krippendorff.alpha(reliability_data=data, level_of_measurement="nominal"))


def _defined(figure: Callable[[], float]) -> float | None:
    """None where chance alone would agree fully, so that agreement beyond chance is 0/0; the libraries warn and say NaN."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = float(figure())
    return None if math.isnan(value) else value
