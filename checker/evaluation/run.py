"""Runs systems over labelled cases and gathers what the tables show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from checker.errors import InputError
from checker.evaluation.cases import Case, check_evidence
from checker.evaluation.score import Prediction, Scores, score
from checker.model.catalogue import Catalogue
from checker.model.project import Document

Predict = Callable[[Document], Prediction]
SPLITS = ("train", "held-out")
FRESH, HANDED_OVER = "test1", "shared"


@dataclass(frozen=True)
class Evaluation:
    """Every system's predictions on the same cases. The first system is checker."""

    title: str
    notes: tuple[str, ...]
    cases: tuple[Case, ...]
    predictions: Mapping[str, Mapping[str, Prediction]]
    catalogue: Catalogue

    @property
    def systems(self) -> tuple[str, ...]:
        return tuple(self.predictions)

    def split(self, name: str) -> tuple[Case, ...]:
        return tuple(c for c in self.cases if c.split == name)

    @property
    def splits(self) -> tuple[str, ...]:
        return tuple(s for s in SPLITS if self.split(s))

    def scores(self, system: str, cases: Sequence[Case]) -> Scores:
        return score(cases, self.predictions[system], self.catalogue)


def read_all(cases: Sequence[Case], read: Callable[[Path], Document]) -> dict[str, Document]:
    """Every case's document, with its labelled quotes looked up in it.

    Raises:
        CaseError: a labelled quote is not in the text.
    """
    documents = {}
    for case in cases:
        documents[case.id] = read(case.file)
        check_evidence(case, documents[case.id])
    return documents


def predict_all(
    documents: Mapping[str, Document], systems: Mapping[str, Predict], core: Sequence[str], step: Callable[[str], None], say: Callable[[str], None]
) -> dict[str, dict[str, Prediction]]:
    """System → case → prediction. A text that a system cannot read is `unjudged` throughout: counted, never a verdict.

    Args:
        documents: case id → document.
        systems: name → how it predicts.
        core: the labelled requirements.
        step: called with the system's name after each case.
        say: where a text that could not be read is named.
    """
    found: dict[str, dict[str, Prediction]] = {name: {} for name in systems}
    for case, document in documents.items():
        for name, predict in systems.items():
            try:
                found[name][case] = predict(document)
            except InputError as error:
                say(f"{name}: {error}")
                found[name][case] = Prediction(verdicts=dict.fromkeys(core, "unjudged"))
            step(name)
    return found


def slices(cases: Sequence[Case]) -> dict[str, tuple[Case, ...]]:
    """The held-out cases by where they come from, language and kind; empty slices are left out."""
    held = [c for c in cases if c.split == "held-out"]
    parts = {
        f"origin: {HANDED_OVER}": [c for c in held if c.labels.origin == HANDED_OVER],
        f"origin: {FRESH} (fresh set)": [c for c in held if c.labels.origin == FRESH],
        "origin: others": [c for c in held if c.labels.origin not in (HANDED_OVER, FRESH)],
    }
    parts |= {f"language: {tongue}": [c for c in held if c.labels.language == tongue] for tongue in ("da", "en")}
    parts |= {f"kind: {kind}": [c for c in held if c.labels.kind == kind] for kind in sorted({c.labels.kind for c in held})}
    return {name: tuple(part) for name, part in parts.items() if part}
