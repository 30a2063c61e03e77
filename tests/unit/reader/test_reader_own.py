"""Duties of a municipality's own guideline: met by a near, settled sentence; else not found, with the nearest sentence and no verdict on it."""

from __future__ import annotations

import numpy as np
import pytest

from checker.model.project import Passage
from checker.model.reading import EvidenceAnswer, EvidenceStatus, OwnDuty
from checker.ports import Vectors
from checker.reader.own import NAME, own_evidence

SETTLED = "Slettefristen på 90 dage er godkendt af jurist Ida Holm den 3. marts 2026 og sat i systemet."
HEDGED = "Vi overvejer en slettefrist på 90 dage, som jurist Ida Holm måske godkender den 3. marts."
DUTY = OwnDuty(requirement="by:krav_1", words="Slettefristen skal være godkendt af en jurist.")
REST = ("Projektet svarer på mails.", "Det ligger i kælderen.", "Farven er blå.", "Møder holdes om tirsdagen.", "Kaffen er god.", "Der er en cykel.")
OTHERS = [f"Noget andet {i}." for i in range(6)]


class Axes:
    """Texts about deletion lie on one axis, each other text on one of its own."""

    name, dim = "axes", 16

    def embed(self, texts: list[str], kind: str) -> Vectors:
        found = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in zip(found, texts, strict=True):
            row[0 if "lettefrist" in text else 1 + sum(map(ord, text)) % 15] = 1.0
        return found


def answer(*sentences: str, duties: tuple[OwnDuty, ...] = (DUTY,)) -> dict[str, EvidenceAnswer]:
    texts = [*sentences, *REST]
    passages = [Passage(index=i, text=t, clean=t, start=i * 500, end=i * 500 + len(t), kind="paragraph") for i, t in enumerate(texts)]
    axes = Axes()
    return own_evidence(duties, OTHERS, passages, axes.embed(texts, "query"), [False] * len(texts), axes)  # type: ignore[arg-type]


def test_a_settled_sentence_closes_and_the_reader_is_named() -> None:
    found = answer(SETTLED)["by:krav_1"]
    assert found.status is EvidenceStatus.DONE
    assert found.reader == NAME


@pytest.mark.parametrize("sentence", [HEDGED, "Slettefrist er der."])
def test_what_does_not_close_is_not_found_with_the_nearest_sentence(sentence: str) -> None:
    found = answer(sentence)["by:krav_1"]
    assert found.status is EvidenceStatus.SILENT
    assert [q.text for q in found.quotes] == [sentence]
    assert found.reader == NAME


def test_without_duties_nothing_is_read() -> None:
    assert answer(SETTLED, duties=()) == {}
