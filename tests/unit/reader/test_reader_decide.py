"""From sentence logits to features of a document: shapes that do not depend on its length, and barred sentences."""

from __future__ import annotations

import numpy as np
import pytest

from checker.library import Library
from checker.model.reading import EvidenceStatus
from checker.reader.decide import CUE_COUNT, Layout, Sentences, evidence_features, fact_features, status_of

NAMES = (
    "fact:citizen_facing=yes", "fact:citizen_facing=no",
    "fact:project_phase=idea", "fact:project_phase=pilot", "fact:project_phase=operation",
    "use:citizen-chatbot", "use:not-in-the-catalogue",
    "met:gdpr-dpia", "about:gdpr-dpia", "met:gdpr-children", "about:gdpr-children",
    *(f"status:{s.value}" for s in EvidenceStatus if s not in (EvidenceStatus.SILENT, EvidenceStatus.CONTRADICTED)),
)  # fmt: skip
CORE = ("gdpr-dpia", "gdpr-children")


@pytest.fixture(scope="module")
def layout(library: Library) -> Layout:
    return Layout.of(NAMES, library.catalogue)


def logits(sentences: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(sentences, len(NAMES))).astype(np.float32)


def document(values: np.ndarray, barred: tuple[int, ...] = (), texts: tuple[str, ...] = ()) -> Sentences:
    mask = np.array([1.0 if i in barred else 0.0 for i in range(len(values))], dtype=np.float32)
    return Sentences(logits=values, texts=texts or tuple(f"Sætning {i}." for i in range(len(values))), barred=mask)


def test_the_layout_finds_the_columns_of_each_fact_and_use(layout: Layout) -> None:
    assert layout.own["citizen_facing"] == (0, 1)
    assert layout.own["project_phase"] == (2, 3, 4)
    assert layout.own["is_ai_system"] == ()
    assert layout.fact_columns == (0, 1, 2, 3, 4)
    assert layout.use_columns == (5, 6)


def test_a_use_votes_for_what_is_inherent_in_it(layout: Layout, library: Library) -> None:
    inherent = library.catalogue.archetypes["citizen-chatbot"].facts if "citizen-chatbot" in library.catalogue.archetypes else {}
    for fact, value in inherent.items():
        assert layout.use_votes[fact] == (-1 if value in (False, "none") else 1, 0), fact
    assert all(votes[1] == 0 for votes in layout.use_votes.values())


@pytest.mark.parametrize("sentences", [1, 2, 5, 40])
@pytest.mark.parametrize(("fact", "own"), [("citizen_facing", 2), ("project_phase", 3), ("is_ai_system", 0)])
def test_the_features_of_a_fact_have_one_shape_however_long_the_text(layout: Layout, sentences: int, fact: str, own: int) -> None:
    features = fact_features(logits(sentences), fact, layout)
    assert features.shape == (3 * own + 5 + 3 + 2,)
    assert features.dtype == np.float32
    assert np.isfinite(features).all()


def test_the_features_of_a_fact_do_not_depend_on_the_order_of_sentences(layout: Layout) -> None:
    values = logits(6)
    assert fact_features(values, "citizen_facing", layout) == pytest.approx(fact_features(values[::-1], "citizen_facing", layout))


@pytest.mark.parametrize("sentences", [1, 2, 5, 40])
def test_the_features_of_a_duty_have_one_shape_and_name_the_best_sentence(layout: Layout, sentences: int) -> None:
    values = logits(sentences)
    features, best = evidence_features(document(values), "gdpr-dpia", layout, CORE)
    assert features.shape == (5 + CUE_COUNT + len(CORE) + 3,)
    assert np.isfinite(features).all()
    assert best == int(np.argmax(values[:, NAMES.index("met:gdpr-dpia")]))
    assert list(features[5 + CUE_COUNT : 5 + CUE_COUNT + 2] > 0) == [True, False]


def test_a_barred_sentence_gives_way_to_the_next(layout: Layout) -> None:
    values = np.zeros((3, len(NAMES)), dtype=np.float32)
    values[:, NAMES.index("met:gdpr-dpia")] = (2.0, 1.0, 0.0)
    assert evidence_features(document(values), "gdpr-dpia", layout, CORE)[1] == 0
    assert evidence_features(document(values, barred=(0,)), "gdpr-dpia", layout, CORE)[1] == 1


@pytest.mark.parametrize("met", [True, False])
def test_the_reason_kind_agrees_with_the_verdict(layout: Layout, met: bool) -> None:
    for seed in range(30):
        status = status_of(document(logits(1, seed)), 0, layout, met)
        assert status.closes == met
        assert status not in (EvidenceStatus.SILENT, EvidenceStatus.EMPTY)


@pytest.mark.parametrize(
    ("sentence", "status"),
    [
        ("Databehandleraftale: udfyldes senere", EvidenceStatus.EMPTY),
        ("En anden kommune har lavet en konsekvensanalyse.", EvidenceStatus.OTHER),
        ("Konsekvensanalysen laves efter piloten.", EvidenceStatus.PLANNED_AFTER_USE),
        ("Leverandøren garanterer, at data slettes.", EvidenceStatus.VENDOR_CLAIM),
        ("KL's guide anbefaler åbenhed.", EvidenceStatus.OTHER),
        ("En konsekvensanalyse er ikke nødvendig.", EvidenceStatus.DENIED_WITHOUT_REASON),
        ("GDPR overholdes.", EvidenceStatus.GENERIC),
    ],
)
def test_a_plain_cue_decides_the_reason_of_a_gap(layout: Layout, sentence: str, status: EvidenceStatus) -> None:
    assert status_of(document(logits(1), texts=(sentence,)), 0, layout, met=False) is status
