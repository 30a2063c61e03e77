"""Evidence without heads: near and settled closes, everything else is a gap with the sentence shown."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from checker.model.project import Passage
from checker.model.reading import EvidenceStatus
from checker.reader.cues import cues_of
from checker.reader.generic import NEAR_ABOUT, NEAR_MET, generic_evidence, nearness

DUTY = "Slettefristen skal være godkendt. Ansigtsgenkendelse i bygningerne er forbudt."
SETTLED = "Slettefristen på 90 dage er godkendt af jurist Ida Holm den 3. marts 2026 og sat i systemet."


def answer(sentence: str, near: float = NEAR_MET + 1, kind: str = "paragraph", forbids: bool = False, use: date | None = None):  # type: ignore[no-untyped-def]
    texts = ["Projektet handler om at svare på mails.", sentence]
    passages = [Passage(index=i, text=t, clean=t, start=i * 500, end=i * 500 + len(t), kind=kind if i else "paragraph") for i, t in enumerate(texts)]  # type: ignore[arg-type]
    return generic_evidence("by:krav_1", np.array([0.0, near], dtype=np.float32), passages, [cues_of(t) for t in texts], duty=DUTY, forbids=forbids, use=use)


def test_a_near_and_settled_sentence_closes_with_its_quote() -> None:
    found = answer(SETTLED)
    assert found.status is EvidenceStatus.DONE
    assert [q.text for q in found.quotes] == [SETTLED]
    assert found.probability_met > 0.5


@pytest.mark.parametrize(
    ("sentence", "status"),
    [
        ("Vi overvejer en slettefrist på 90 dage, som jurist Ida Holm måske godkender den 3. marts.", EvidenceStatus.CONSIDERED),
        ("Slettefristen på 90 dage fastsættes efter piloten af jurist Ida Holm den 3. marts 2026.", EvidenceStatus.PLANNED_AFTER_USE),
        ("Leverandøren oplyser, at data er slettet efter 90 dage, godkendt den 3. marts 2026 af Ida Holm.", EvidenceStatus.VENDOR_CLAIM),
        ("GDPR overholdes, og fristen på 90 dage er godkendt den 3. marts 2026 af jurist Ida Holm.", EvidenceStatus.GENERIC),
        ("Der er ikke fastsat en slettefrist på 90 dage, som jurist Ida Holm har godkendt den 3. marts.", EvidenceStatus.PARTIAL),
        ("Slettefrist er der.", EvidenceStatus.PARTIAL),
    ],
)
def test_hedged_deferred_borrowed_general_and_negative_sentences_never_close(sentence: str, status: EvidenceStatus) -> None:
    found = answer(sentence)
    assert not found.status.closes
    assert found.status is status
    assert found.quotes


def test_what_is_far_is_silence() -> None:
    assert answer(SETTLED, near=NEAR_ABOUT - 0.1).status is EvidenceStatus.SILENT


def test_what_is_near_but_not_near_enough_is_shown_and_does_not_close() -> None:
    found = answer(SETTLED, near=NEAR_MET - 0.1)
    assert found.status is EvidenceStatus.PARTIAL
    assert found.quotes


def test_a_heading_carries_nothing() -> None:
    assert answer(SETTLED, kind="heading").quotes == ()


def test_what_comes_after_the_first_use_comes_too_late() -> None:
    assert not answer(SETTLED, use=date(2026, 1, 1)).status.closes
    assert answer(SETTLED, use=date(2026, 6, 1)).status.closes


def test_a_prohibition_is_met_by_a_sentence_that_says_no_and_by_no_other() -> None:
    assert answer("Løsningen bruger ikke ansigtsgenkendelse i nogen af bygningerne.", forbids=True).status.closes
    assert not answer(SETTLED, forbids=True).status.closes


def test_a_sentence_about_something_else_closes_nothing_however_near_it_is_said_to_be() -> None:
    assert not answer("Møderne på 90 minutter blev holdt af jurist Ida Holm den 3. marts 2026 i kantinen.").status.closes
    assert not answer("Hjemlen er der ingen tvivl om.", forbids=True).status.closes


def test_no_passages_is_silence() -> None:
    assert generic_evidence("by:krav_1", np.zeros(0, dtype=np.float32), [], [], duty=DUTY).status is EvidenceStatus.SILENT


def test_a_sentence_near_to_every_duty_is_near_to_none() -> None:
    # Sentence 0 points at all three duties alike, sentence 1 at the first alone.
    duties = np.eye(3, dtype=np.float32)
    vectors = np.array([[0.57, 0.57, 0.57], [1.0, 0.0, 0.0], [0.0, 0.7, 0.7]], dtype=np.float32)
    near = nearness(duties, vectors)
    assert near[1, 0] == near.max()
    assert near[0, 0] < near[1, 0] / 2


def test_a_text_of_two_sentences_leaves_nothing_to_compare_with() -> None:
    assert not nearness(np.eye(3, dtype=np.float32), np.ones((2, 3), dtype=np.float32)).any()
