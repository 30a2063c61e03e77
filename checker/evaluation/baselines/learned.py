"""Baselines that learn from the train part of a set: what a system has to beat before its reading of the text counts.

- majority: the most frequent label of each item, whatever the text says.
- TF-IDF + linear: words and pairs of words of the whole text, and one logistic regression for each item.

Both answer the labelled requirements, the risk class and the facts. They quote nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

from checker.evaluation.records import VERDICTS, FactValue, Said, Subject

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAJORITY, LINEAR = "majority", "TF-IDF + linear"
FOLDS = 5
STRENGTH = 100.0
"""C of the logistic regressions. Tuned once on the 279 train cases, out of fold, 2026-11-22: 30, 100, 300, 1000 gave gap F1 .651, .654, .656, .655."""
SELDOM = 0.01
"""A term in a smaller share of the texts is left out. On the same cases: in 1, 2, 3 texts or more gave gap F1 .629, .646, .654 (C = 100)."""

_GRAVEST = {json.dumps(verdict): rank for rank, verdict in enumerate(VERDICTS)}
_WORD = re.compile(r"\b\w\w+\b")
"""What the vectoriser takes for a word; a text without one teaches it nothing."""

Item = tuple[Literal["verdict", "risk", "fact"], str]
Shares = Mapping[str, float]
"""Label, as JSON → its probability."""


class Learned(Protocol):
    """A baseline that was fitted. `fingerprint` names all that it learned from, so that an older answer is not taken for one of this."""

    @property
    def name(self) -> str: ...

    @property
    def fingerprint(self) -> str: ...

    def predict(self, subject: Subject) -> Said: ...


@dataclass(frozen=True)
class Majority:
    """The same answer to every text: per item, the label most frequent in the train part."""

    fingerprint: str
    said: Said
    name: str = MAJORITY

    def predict(self, subject: Subject) -> Said:
        return self.said


@dataclass(frozen=True)
class Linear:
    """Texts it was fitted on get the answer of the fold that had not seen their family; others that of the whole train part."""

    fingerprint: str
    model: _Model
    unseen: Mapping[tuple[str, str], Said]
    name: str = LINEAR

    def predict(self, subject: Subject) -> Said:
        known = self.unseen.get((subject.set, subject.id))
        return known if known is not None else _said(self.model.shares([subject.document.text])[0])


def fit_majority(train: Sequence[Subject], core: Sequence[str]) -> Majority | None:
    """Learns the most frequent label of each requirement in `core`, of the risk class and of each fact.

    Returns:
        The baseline, or None where the train part labels none of the requirements: there is nothing to learn from.
    """
    labels = [_labels(s, core) for s in _ordered(train)]
    if not _learnable(labels):
        return None
    counts = {item: Counter(found[item] for found in labels if item in found) for item in _items(labels)}
    shares = {item: {label: n / count.total() for label, n in count.items()} for item, count in counts.items()}
    return Majority(_fingerprint(MAJORITY, train, core), _said(shares))


def fit_linear(train: Sequence[Subject], core: Sequence[str]) -> Linear | None:
    """Learns from the texts of the train part; for these very texts it answers out of fold, split by family.

    Returns:
        The baseline, or None where the train part labels none of the requirements or is of one family.
    """
    from sklearn.model_selection import GroupKFold

    ordered = [s for s in _ordered(train) if _WORD.search(s.document.text)]
    labels, texts, families = [_labels(s, core) for s in ordered], [s.document.text for s in ordered], [s.family for s in ordered]
    folds = min(FOLDS, len(set(families)))
    if not _learnable(labels) or folds < 2:
        return None
    unseen: dict[tuple[str, str], Said] = {}
    for rest, part in GroupKFold(folds).split(texts, groups=families):
        model = _Model([texts[i] for i in rest], [labels[i] for i in rest])
        for i, shares in zip(part, model.shares([texts[i] for i in part]), strict=True):
            unseen[ordered[i].set, ordered[i].id] = _said(shares)
    return Linear(_fingerprint(LINEAR, train, core), _Model(texts, labels), unseen)


class _Model:
    """TF-IDF features and one logistic regression per item.

    A linear model with a ridge penalty depends on its features through their inner products alone, so it is fitted on the
    principal components of the linear kernel: as many columns as there are texts instead of tens of thousands, and the same
    answers (Schölkopf, Herbrich & Smola 2001, A Generalized Representer Theorem).
    """

    def __init__(self, texts: Sequence[str], labels: Sequence[Mapping[Item, str]]) -> None:
        from sklearn.decomposition import KernelPCA
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._terms: Any = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=SELDOM)
        self._axes: Any = KernelPCA(kernel="linear")
        features = self._axes.fit_transform(self._terms.fit_transform(texts))
        self._heads = {item: _head(features, [found.get(item) for found in labels]) for item in _items(labels)}

    def shares(self, texts: Sequence[str]) -> list[dict[Item, Shares]]:
        """For each text, for each item, the probability of each label."""
        features = self._axes.transform(self._terms.transform(texts))
        told: list[dict[Item, Shares]] = [{} for _ in texts]
        for item, head in self._heads.items():
            for found, row in zip(told, head.predict_proba(features), strict=True):
                found[item] = dict(zip(map(str, head.classes_), map(float, row), strict=True))
        return told


def _head(features: NDArray[np.float64], labels: Sequence[str | None]) -> Any:
    """A classifier of one item, on the texts that carry its label; one that always says the same where there is nothing to tell apart."""
    from sklearn.dummy import DummyClassifier
    from sklearn.linear_model import LogisticRegression

    rows = [i for i, label in enumerate(labels) if label is not None]
    told = [label for label in labels if label is not None]
    if len(set(told)) < 2 or not features.shape[1]:
        return DummyClassifier(strategy="prior").fit(features[rows], told)
    return LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=1000).fit(features[rows], told)


def _labels(subject: Subject, core: Sequence[str]) -> dict[Item, str]:
    """Item → label as JSON, so that yes/no, words and lists can stand beside each other as classes."""
    gold, found = subject.gold, dict[Item, str]()
    for requirement in core:
        if requirement in gold.verdicts:
            found["verdict", requirement] = json.dumps(gold.verdicts[requirement])
    if gold.risk_class:
        found["risk", ""] = json.dumps(gold.risk_class)
    for fact, value in gold.facts.items():
        found["fact", fact] = json.dumps(value, ensure_ascii=False)
    return found


def _items(labels: Sequence[Mapping[Item, str]]) -> tuple[Item, ...]:
    return tuple(dict.fromkeys(item for found in labels for item in found))


def _learnable(labels: Sequence[Mapping[Item, str]]) -> bool:
    return any(kind == "verdict" for kind, _ in _items(labels))


def _ordered(train: Sequence[Subject]) -> list[Subject]:
    return sorted(train, key=lambda s: (s.set, s.id))


def _said(shares: Mapping[Item, Shares]) -> Said:
    """Of each item the likeliest label; of a judged requirement also how likely `met` is against `gap`."""
    best = {item: _likeliest(told) for item, told in shares.items()}
    value = {item: _value(label) for item, label in best.items()}
    verdicts = {name: str(v) for (kind, name), v in value.items() if kind == "verdict"}
    return Said(
        verdicts=verdicts,
        probabilities={r: _met_share(shares["verdict", r]) for r, v in verdicts.items() if v in ("gap", "met")},
        risk_class=str(value.get(("risk", ""), "")),
        facts={name: v for (kind, name), v in value.items() if kind == "fact"},
        fact_probabilities={item[1]: shares[item][best[item]] for item in best if item[0] == "fact"},
    )


def _likeliest(told: Shares) -> str:
    """Of equally likely labels the graver verdict, else the first by name: the answer must not hang on the order of the cases."""
    return min(told, key=lambda label: (-told[label], _GRAVEST.get(label, 0), label))


def _value(label: str) -> FactValue:
    value: Any = json.loads(label)
    found: FactValue = tuple(value) if isinstance(value, list) else value
    return found


def _met_share(shares: Shares) -> float:
    met, gap = (shares.get(json.dumps(v), 0.0) for v in ("met", "gap"))
    return met / (met + gap)


def _fingerprint(name: str, train: Sequence[Subject], core: Sequence[str]) -> str:
    parts = [name, *core, *(f"{s.set} {s.id} {s.family} {s.document.sha256} {s.gold.model_dump_json()}" for s in _ordered(train))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
