"""Sentence heads: one logistic regression per question (scikit-learn), each with its own idea of positives and negatives.

A sentence that may well carry a label nobody wrote down is left out or weighs little; near misses and sentences of
cases where the answer is different weigh most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from checker.model.reading import EvidenceStatus
from checker.ports import Vectors
from checker.reader.bank import NEAR
from checker.reader.features import NGRAM, NGrams, dense
from checker.reader.heads import pack
from checker.training.dataset import Dataset, FactValue

Row = tuple[int, int, float]
"""(row of the matrix, 1 or 0, weight)"""

C = 0.3
POSITIVE_SHARE = 0.3
"""Total weight of the positives against that of the negatives."""
NGRAM_COUNT = 8_000
LATENT = 200


@dataclass(frozen=True)
class Matrix:
    """Feature matrix of all rows, with what is needed to make it again at run time."""

    x: Vectors
    ngrams: NGrams


def matrix(data: Dataset) -> Matrix:
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [t.lower() for t in data.texts()]
    tfidf = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=5, max_features=NGRAM_COUNT, sublinear_tf=True)
    rows = tfidf.fit_transform(texts)
    latent = TruncatedSVD(min(LATENT, rows.shape[1] - 1), random_state=0).fit(rows)
    basis_q, basis_scale = pack(latent.components_.T.astype(np.float32))
    # The shipped, rounded basis is also the one trained on: what is measured is what runs.
    basis = (basis_q.astype(np.float32) * basis_scale).astype(np.float32)
    ngrams = NGrams({str(g): i for i, g in enumerate(tfidf.get_feature_names_out())}, tfidf.idf_.astype(np.float32), basis)
    blocks = [dense([p.clean for p in c.passages], v) for c, v in zip(data.cases, data.case_vectors, strict=True)]
    # Bank sentences stand alone: each is its own document, so that none gets its neighbour as "the sentence before".
    alone = [(e.text, v) for e, v in zip(data.bank, data.bank_vectors, strict=True)]
    alone += [(t, v) for (_, t), v in zip(data.uses, data.use_vectors, strict=True)]
    blocks += [dense([text], vector[None, :]) for text, vector in alone]
    x = np.hstack([np.vstack(blocks), NGRAM * (rows @ basis)])
    return Matrix(x=np.ascontiguousarray(x, dtype=np.float32), ngrams=ngrams)


def names(data: Dataset) -> list[str]:
    """All heads, in the order of the shipped columns."""
    found = []
    for fact in data.catalogue.facts.values():
        values = fact.values if fact.type == "enum" else ("yes", "no")
        found += [f"fact:{fact.id}={value}" for value in values]
    found += [f"use:{archetype}" for archetype in data.catalogue.archetypes]
    for requirement in data.catalogue.requirements:
        found += [f"met:{requirement}", f"about:{requirement}"]
    return found + [f"status:{s.value}" for s in EvidenceStatus if s not in (EvidenceStatus.SILENT, EvidenceStatus.CONTRADICTED)]


def fit(data: Dataset, x: Vectors, head: str, in_training: np.ndarray) -> tuple[Vectors, float]:
    """Weights and intercept of one head.

    Args:
        data: rows and labels.
        x: feature matrix, one row per sentence.
        head: name of the head.
        in_training: mask over cases.
    """
    from sklearn.linear_model import LogisticRegression

    rows = list(_rows(data, head, in_training))
    index = np.array([r[0] for r in rows])
    y = np.array([r[1] for r in rows])
    w = np.array([r[2] for r in rows])
    if y.sum() < 3:
        return np.zeros(x.shape[1], dtype=np.float32), -3.0
    w = np.where(y == 1, w * POSITIVE_SHARE * w[y == 0].sum() / w[y == 1].sum(), w)
    model = LogisticRegression(C=C, solver="lbfgs", max_iter=60, tol=1e-3).fit(x[index], y, sample_weight=w)
    return model.coef_[0].astype(np.float32), float(model.intercept_[0])


def fit_all(
    data: Dataset, x: Vectors, in_training: np.ndarray, heads: list[str], progress: Callable[[int, int], None] | None = None
) -> tuple[Vectors, Vectors]:
    """Weights, shape (features, heads), and intercepts of the named heads."""
    from joblib import Parallel, delayed

    fitted = Parallel(n_jobs=2, prefer="threads", return_as="generator")(delayed(fit)(data, x, head, in_training) for head in heads)
    columns, intercepts = [], []
    for number, (coefficients, intercept) in enumerate(fitted, 1):
        columns.append(coefficients)
        intercepts.append(intercept)
        if progress is not None:
            progress(number, len(heads))
    return np.stack(columns, axis=1), np.array(intercepts, dtype=np.float32)


def _rows(data: Dataset, head: str, in_training: np.ndarray) -> Iterator[Row]:
    kind, rest = head.split(":", 1)
    if kind == "fact":
        fact, value = rest.split("=", 1)
        yield from _fact_rows(data, fact, value, in_training)
    elif kind == "use":
        yield from _use_rows(data, rest)
    elif kind == "status":
        yield from _status_rows(data, rest)
    else:
        yield from _evidence_rows(data, kind, rest, in_training)


def holds(gold: FactValue, value: str) -> bool:
    """True when a gold value is the one a head asks for (`yes`, `no` or an enum value)."""
    if isinstance(gold, tuple | list):
        return value in gold
    return gold is True if value == "yes" else gold is False if value == "no" else gold == value


def _fact_rows(data: Dataset, fact: str, value: str, in_training: np.ndarray) -> Iterator[Row]:
    chosen = in_training.tolist()
    agrees = [holds(c.facts[fact], value) for c in data.cases]
    for row, (case, labels) in enumerate(zip(data.case_list, data.row_labels, strict=True)):
        if not chosen[case]:
            continue
        said = fact in labels
        if not agrees[case]:
            yield row, 0, 1.0 if said else 0.4
        elif said:
            yield row, 1, 1.5
    for i, example in enumerate(data.bank):
        if example.item == fact and example.about == "fact":
            yield data.rows + i, int(example.says == value), 1.0
        elif example.about == "evidence":
            yield data.rows + i, 0, 0.05
    for i, (archetype, _) in enumerate(data.uses):
        inherent = data.catalogue.archetypes[archetype].facts
        if fact in inherent:
            yield data.rows + len(data.bank) + i, int(holds(inherent[fact], value)), 0.5


def _use_rows(data: Dataset, archetype: str) -> Iterator[Row]:
    for i in range(len(data.bank)):
        yield data.rows + i, 0, 0.1
    for i, (use, _) in enumerate(data.uses):
        yield data.rows + len(data.bank) + i, int(use == archetype), 1.0


def _status_rows(data: Dataset, status: str) -> Iterator[Row]:
    for i, example in enumerate(data.bank):
        if example.about == "evidence" and example.says != NEAR:
            yield data.rows + i, int(example.says == status), 1.0


def _evidence_rows(data: Dataset, kind: str, requirement: str, in_training: np.ndarray) -> Iterator[Row]:
    labelled = data.catalogue.requirements[requirement].core
    chosen = in_training.tolist()
    closed = [c.case.labels.verdict(requirement) == "met" for c in data.cases]
    for row, (case, labels) in enumerate(zip(data.case_list, data.row_labels, strict=True)):
        if not chosen[case]:
            continue
        met, said = closed[case], requirement in labels
        if not labelled:
            yield row, 0, 0.05
        elif said:
            yield row, int(met or kind == "about"), 1.5
        else:
            yield row, 0, (0.15 if met else 0.5)
    for i, example in enumerate(data.bank):
        if example.about == "evidence" and example.item == requirement:
            yield data.rows + i, int(_speaks(example.says, kind)), 1.0
        elif example.about == "evidence" and example.says != NEAR:
            yield data.rows + i, 0, 0.3
        else:
            yield data.rows + i, 0, 0.1
    for i in range(len(data.uses)):
        yield data.rows + len(data.bank) + i, 0, 0.1


def _speaks(says: str, kind: str) -> bool:
    if says in (NEAR, EvidenceStatus.EMPTY.value):
        return False
    return kind == "about" or EvidenceStatus(says).closes
