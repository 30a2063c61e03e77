"""Reads the duties of a municipality's own guideline: nearest sentence and its wording, because nothing was trained for them.

What is not met is said to be not found, with the nearest sentence to look at. Of such answers 39 % are in truth met (measured as
`checker.reader.generic` tells), so none of them says more than that, and no kind of shortcoming is named.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from checker.model.project import Passage
from checker.model.reading import EvidenceAnswer, EvidenceStatus, OwnDuty
from checker.ports import Embedder, Vectors
from checker.reader.cues import cues_of
from checker.reader.generic import NEAR_ABOUT, generic_evidence, nearness
from checker.reader.timing import first_use

NAME = "generic:1"


def own_evidence(
    duties: Sequence[OwnDuty], others: Sequence[str], passages: Sequence[Passage], vectors: Vectors, barred: Sequence[bool], embedder: Embedder
) -> dict[str, EvidenceAnswer]:
    """An answer to every duty.

    Args:
        duties: the approved ones.
        others: what the catalogue asks for, so that a sentence near to everything is near to none of them.
        passages: the project's sentences, without those that address the checker.
        vectors: of the passages.
        barred: passages that may carry nothing.
        embedder: the one that made `vectors`.
    """
    if not duties:
        return {}
    near = nearness(embedder.embed([*(d.words for d in duties), *others], "query"), vectors)
    cues, use = [cues_of(p.clean) for p in passages], first_use([p.clean for p in passages])
    shut = {i: bool(b) for i, b in enumerate(barred)}
    return {
        d.requirement: _cautious(
            generic_evidence(d.requirement, np.asarray(near[:, i]), passages, cues, duty=d.words, forbids=d.forbids, use=use, barred=shut)
        )
        for i, d in enumerate(duties)
    }


def own_topics(
    duties: Sequence[OwnDuty], others: Sequence[str], passages: Sequence[Passage], vectors: Vectors, embedder: Embedder
) -> dict[str, frozenset[int]]:
    """Requirement → indices of the passages near enough to its words to be shown as speaking of it."""
    if not duties:
        return {}
    near = nearness(embedder.embed([*(d.words for d in duties), *others], "query"), vectors)
    return {d.requirement: frozenset(p.index for p, row in zip(passages, near, strict=True) if row[i] >= NEAR_ABOUT) for i, d in enumerate(duties)}


def _cautious(answer: EvidenceAnswer) -> EvidenceAnswer:
    status = answer.status if answer.status.closes else EvidenceStatus.SILENT
    return answer.model_copy(update={"status": status, "reader": NAME})
