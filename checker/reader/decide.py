"""Sentence logits → answers of a whole document. The same functions make the features in training and at run time.

Facts: most are never said, they follow from the use; so each fact is decided from its own sentences, from what the other
facts' heads see, and from the recognised use (archetypes). Evidence: the best sentence per requirement, judged together
with its cues, the runner-up and how the whole text speaks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from checker.model.catalogue import Catalogue
from checker.model.reading import EvidenceStatus
from checker.ports import Vectors
from checker.reader.cues import CUES, Cue, cues_of

CLOSING = ("status:done", "status:planned_before_use", "status:denied_with_reason")
BARRED = 3.0
"""Logits taken from sentences that cannot carry evidence: headings, empty fields, text that addresses the checker."""


@dataclass(frozen=True)
class Layout:
    """Which columns of the logit matrix belong to what."""

    columns: Mapping[str, int]
    fact_columns: tuple[int, ...]
    use_columns: tuple[int, ...]
    own: Mapping[str, tuple[int, ...]]
    use_votes: Mapping[str, tuple[int, ...]]
    """Per fact: +1, -1 or 0 for each archetype, in the order of `use_columns`."""

    @classmethod
    def of(cls, names: Sequence[str], catalogue: Catalogue) -> Layout:
        columns = {name: i for i, name in enumerate(names)}
        own = {f: tuple(i for n, i in columns.items() if n.startswith(f"fact:{f}=")) for f in catalogue.facts}
        uses = [n.removeprefix("use:") for n in names if n.startswith("use:")]
        votes = {f: tuple(_vote(catalogue.archetypes[u].facts.get(f)) if u in catalogue.archetypes else 0 for u in uses) for f in catalogue.facts}
        return cls(
            columns=columns,
            fact_columns=tuple(i for n, i in columns.items() if n.startswith("fact:")),
            use_columns=tuple(i for n, i in columns.items() if n.startswith("use:")),
            own=own,
            use_votes=votes,
        )


def _vote(value: object) -> int:
    if value is None:
        return 0
    if value is False or value == "none":
        return -1
    return 1


def fact_features(logits: Vectors, fact: str, layout: Layout) -> Vectors:
    """Features of one document for one fact, one vector."""
    ordered = -np.sort(-logits, axis=0)
    top, second, mean = ordered[0], ordered[min(1, len(ordered) - 1)], ordered[:5].mean(axis=0)
    own, facts, uses = list(layout.own[fact]), list(layout.fact_columns), list(layout.use_columns)
    seen = _sigmoid(top[uses])
    votes = np.array(layout.use_votes[fact], dtype=np.float32)
    prior = [float((seen * (votes > 0)).max()), float((seen * (votes < 0)).max()), float((seen * votes).sum())]
    features: Vectors = np.concatenate(
        [0.7 * top[own], 0.7 * second[own], 0.7 * mean[own], 0.6 * np.tanh(top[facts] / 3), prior, 0.7 * seen]
    ).astype(np.float32)
    return features


def _sigmoid(x: Vectors) -> Vectors:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(x, -30, 30))), dtype=np.float32)


@dataclass(frozen=True)
class Sentences:
    """A document as the judge sees it: logits, clean texts, and which sentences cannot carry evidence."""

    logits: Vectors
    texts: Sequence[str]
    barred: np.ndarray
    refusals: Mapping[str, np.ndarray] = field(default_factory=dict)
    """Per requirement: 1 for sentences that never close it (too late, or refused by the catalogue)."""

    def closed_to(self, requirement: str) -> np.ndarray:
        """1 for sentences that cannot close this requirement, for whatever reason."""
        refused = self.refusals.get(requirement)
        return self.barred if refused is None else np.maximum(self.barred, refused)

    def met(self, requirement: str, layout: Layout) -> Vectors:
        return np.asarray(self.logits[:, layout.columns[f"met:{requirement}"]] - BARRED * self.closed_to(requirement), dtype=np.float32)

    def closing(self, layout: Layout) -> Vectors:
        """How much each sentence sounds like something settled rather than intended, hedged or claimed."""
        settled = np.max(self.logits[:, [layout.columns[c] for c in CLOSING]], axis=1)
        open_names = [n for n in layout.columns if n.startswith("status:") and n not in CLOSING]
        return np.asarray(settled - np.max(self.logits[:, [layout.columns[n] for n in open_names]], axis=1), dtype=np.float32)


def evidence_features(doc: Sentences, requirement: str, layout: Layout, core: Sequence[str]) -> tuple[Vectors, int]:
    """Features for "is this requirement met", and the index of the sentence that says it best."""
    met, closing = doc.met(requirement, layout), doc.closing(layout)
    about = doc.logits[:, layout.columns[f"about:{requirement}"]]
    order = np.argsort(-met, kind="stable")
    best, next_best = int(order[0]), int(order[min(1, len(order) - 1)])
    features = [
        met[best],
        met[next_best],
        about[best],
        about.max(),
        closing[best],
        *cues_of(doc.texts[best]).vector(),
        *(0.7 if requirement == r else 0.0 for r in core),
        float(np.log(len(met))),
        float(closing.mean()),
        float(np.sort(closing)[::-1][:5].mean()),
    ]
    return np.array(features, dtype=np.float32), best


def status_of(doc: Sentences, sentence: int, layout: Layout, met: bool, before_use: bool = True) -> EvidenceStatus:
    """The reason kind of one sentence, among those that agree with the verdict; precise cues overrule the heads.

    "Too late" is a reason only for what must stand before use: "når løsningen er i drift, er grundlaget ..." is no promise.
    """
    cues = cues_of(doc.texts[sentence])
    if not met:
        for cue, status in _CUE_STATUS:
            if cue in cues and (before_use or cue is not Cue.AFTER_USE):
                return status
    # Another project, a vendor's word: said only where a cue names them; the heads alone guess too often.
    barred = (EvidenceStatus.EMPTY, EvidenceStatus.OTHER, EvidenceStatus.VENDOR_CLAIM)
    options = [s for s in EvidenceStatus if f"status:{s.value}" in layout.columns and s.closes == met and s not in barred]
    logits = [doc.logits[sentence, layout.columns[f"status:{s.value}"]] for s in options]
    return options[int(np.argmax(logits))]


_CUE_STATUS = (
    (Cue.EMPTY, EvidenceStatus.EMPTY),
    (Cue.OTHER_PLACE, EvidenceStatus.OTHER),
    (Cue.AFTER_USE, EvidenceStatus.PLANNED_AFTER_USE),
    (Cue.VENDOR, EvidenceStatus.VENDOR_CLAIM),
    (Cue.QUOTED_GUIDE, EvidenceStatus.OTHER),
    (Cue.NOT_NEEDED, EvidenceStatus.DENIED_WITHOUT_REASON),
    (Cue.GENERIC, EvidenceStatus.GENERIC),
)

CUE_COUNT = len(CUES)
