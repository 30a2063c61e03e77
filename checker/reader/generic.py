"""Evidence for a requirement without trained heads: a municipality's own guideline, an approved norm.

No model knows such a requirement, so this is deliberately narrow. Meaning (nearness of a sentence to the duty, with what is near to
everything taken out, as in `checker.knowledge.links`) says where the text speaks of the matter; the cues say how it speaks. `met` takes
both: a near sentence that is positive, settled and about this project. Everything else stays a gap with the nearest sentence shown,
because a wrong "met" hides a duty and a wrong "gap" costs a reader one look. Figures: docs/guidelines.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from checker.model.project import Passage
from checker.model.reading import EvidenceAnswer, EvidenceStatus
from checker.ports import Vectors
from checker.reader.cues import Cue, Cues
from checker.reader.timing import comes_late

NEAR_MET = 2.5
"""Nearness (standard deviations above the text's own sentences) from which a settled sentence closes a requirement."""
SETTLED_CUES = 2
SETTLED_WORDS = 12
"""One date or one name is in many a sentence; two signs of something settled in a sentence of some length are not."""
SHARED_STEMS = 2
"""Words that the sentence must have in common with the duty: nearness alone took "hjemlen er der ingen tvivl om" for any prohibition.

Measured on the 31 labelled requirements of the training cases as if they had no heads (4,624 verdicts, thresholds chosen on them): 92 % of its
`met` are right and 6 % of what is met is found (nearness and one sign alone: 62 % and 31 %). With a duty of one sentence, as guidelines
have: 92 % and 2 %. Prohibitions could not be measured: no labelled requirement is one."""
NEAR_ABOUT = 1.6
"""Nearness from which a sentence is shown as speaking of the matter."""

_NEVER = frozenset((Cue.EMPTY, Cue.OTHER_PLACE, Cue.QUOTED_GUIDE, Cue.QUESTION, Cue.FUTURE_PHASE, Cue.OLD))
_OPEN = frozenset((Cue.HEDGE, Cue.DEFERRAL, Cue.AFTER_USE, Cue.GENERIC, Cue.VENDOR, Cue.NOT_NEEDED))
_SETTLED = frozenset((Cue.DONE, Cue.DATE, Cue.NUMBER, Cue.PERSON, Cue.MUST, Cue.BEFORE_USE))
_WHY = "læst uden trænet model: nærmeste sætning og dens ord / read without a trained model: nearest sentence and its wording"
_STATUS = (
    (Cue.EMPTY, EvidenceStatus.EMPTY),
    (Cue.OTHER_PLACE, EvidenceStatus.OTHER),
    (Cue.QUOTED_GUIDE, EvidenceStatus.OTHER),
    (Cue.AFTER_USE, EvidenceStatus.PLANNED_AFTER_USE),
    (Cue.VENDOR, EvidenceStatus.VENDOR_CLAIM),
    (Cue.NOT_NEEDED, EvidenceStatus.DENIED_WITHOUT_REASON),
    (Cue.GENERIC, EvidenceStatus.GENERIC),
    (Cue.HEDGE, EvidenceStatus.CONSIDERED),
    (Cue.DEFERRAL, EvidenceStatus.PLANNED_AFTER_USE),
)


def nearness(duties: Vectors, vectors: Vectors) -> Vectors:
    """How near each sentence is to each duty, shape (sentences, duties), in standard deviations over the text.

    `duties` should hold more than the one asked for (the catalogue's will do): what is near to all of them is near to none in
    particular. Fewer than three sentences or duties leave nothing to compare with: then nothing is near.
    """
    if len(vectors) < 3 or len(duties) < 3:
        return np.zeros((len(vectors), len(duties)), dtype=np.float32)
    scores = vectors @ duties.T
    centred = scores - scores.mean(axis=0) - scores.mean(axis=1, keepdims=True) + scores.mean()
    return np.asarray(centred / max(float(centred.std()), 1e-6), dtype=np.float32)


_WORD = re.compile(r"[a-zæøå]{5,}")
_COMMON = frozenset(("beskri", "løsnin", "projek", "kommun", "system", "modell", "beslut", "mellem", "andre", "eller", "deres", "bliver", "bruges"))


def shared_stems(duty: str, sentence: str) -> int:
    """How many words of five letters or more the two share, by their first six letters; words of every project do not count."""
    return len(_stems(duty) & _stems(sentence))


def _stems(text: str) -> set[str]:
    return {w[:6] for w in _WORD.findall(text.lower())} - _COMMON


def may_close(passage: Passage, cues: Cues, forbids: bool, use: date | None) -> bool:
    """True for a sentence that passes polarity and deferral: positive (or, for a prohibition, negative), settled, ours, in time."""
    if passage.kind == "heading" or cues.found & (_NEVER | _OPEN) or comes_late(passage.clean, use):
        return False
    denies = Cue.NEGATION in cues
    if forbids:  # "må ikke" is met by a sentence that says no
        return denies
    settled = len(cues.found & _SETTLED) >= SETTLED_CUES and len(passage.clean.split()) >= SETTLED_WORDS
    return settled and not denies


def generic_evidence(
    requirement: str,
    near: Vectors,
    passages: Sequence[Passage],
    cues: Sequence[Cues],
    *,
    duty: str,
    forbids: bool = False,
    use: date | None = None,
    barred: Mapping[int, bool] | None = None,
) -> EvidenceAnswer:
    """How the text speaks of one requirement, from nearness and cues alone.

    Args:
        requirement: its id.
        near: one column of `nearness`, a figure per passage.
        passages: the sentences of the project, without those that address the checker.
        cues: of each passage's clean text.
        duty: the duty's own words.
        forbids: the requirement is a prohibition.
        use: the project's first use (`timing.first_use`), so that what comes later closes nothing.
        barred: indexes of passages that may carry nothing.
    """
    shut = barred or {}
    open_to = [i for i, p in enumerate(passages) if not shut.get(i) and p.kind != "heading"]
    if not open_to:
        return EvidenceAnswer(requirement=requirement, status=EvidenceStatus.SILENT, probability_met=0.0, margin=0.5, why=_WHY)
    closing = [
        i
        for i in open_to
        if near[i] >= NEAR_MET and may_close(passages[i], cues[i], forbids, use) and shared_stems(duty, passages[i].clean) >= SHARED_STEMS
    ]
    if closing:
        best = max(closing, key=lambda i: float(near[i]))
        status = EvidenceStatus.DONE if Cue.DONE in cues[best] or Cue.BEFORE_USE not in cues[best] else EvidenceStatus.PLANNED_BEFORE_USE
        return _answer(requirement, status, float(near[best]), passages[best])
    nearest = max(open_to, key=lambda i: float(near[i]))
    if near[nearest] < NEAR_ABOUT:
        return EvidenceAnswer(requirement=requirement, status=EvidenceStatus.SILENT, probability_met=0.1, margin=0.4, why=_WHY)
    status = next((s for cue, s in _STATUS if cue in cues[nearest]), EvidenceStatus.PARTIAL)
    return _answer(requirement, status, float(near[nearest]), passages[nearest])


def _answer(requirement: str, status: EvidenceStatus, near: float, passage: Passage) -> EvidenceAnswer:
    """Odds that rise with nearness; a gap never says more than even."""
    odds = 1.0 / (1.0 + float(np.exp(NEAR_MET - near)))
    probability = max(odds, 0.5) if status.closes else min(odds, 0.49)
    return EvidenceAnswer(
        requirement=requirement, status=status, probability_met=probability, margin=abs(probability - 0.5), quotes=(passage.quote,), why=_WHY
    )
