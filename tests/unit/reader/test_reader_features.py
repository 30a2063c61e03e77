"""Numbers of a sentence: the same n-grams as scikit-learn's, and the blocks in their places."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.reader.cues import CUES
from checker.reader.features import BEFORE, CUE, EMBEDDING, NGRAM, NGrams, char_wb, dense

TEXTS = (
    "Kommunen vil afprøve en AI-sensor på plejehjemmet, og nattevagten får besked.",
    "Konsekvensanalysen er godkendt af DPO'en den 3. marts 2026.",
    "Ældre borgere på Ærø – åben dør hver onsdag kl. 10-12.",
    "The assistant answers citizens; staff read every answer first.",
    "Der gemmes ikke billeder, og der gemmes ikke lyd.",
)
DANISH = st.text(alphabet="abcdefghijklmnoprstuvyæøåÆØÅéüABCDK0123456789 .,;:-–§'\"()\n\t\u00a0", max_size=120)
WORDS = st.lists(st.sampled_from([*" ".join(TEXTS).split(), "i", "på", "å", "og"]), max_size=30).map(" ".join)


@cache
def fitted() -> tuple[Any, NGrams]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    sklearn = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    sklearn.fit([t.lower() for t in TEXTS])
    grams = sklearn.get_feature_names_out()
    basis = np.random.default_rng(1).normal(size=(len(grams), 3)).astype(np.float32)
    return sklearn, NGrams({g: i for i, g in enumerate(grams)}, sklearn.idf_.astype(np.float32), basis)


@settings(deadline=None)
@given(st.one_of(DANISH, WORDS, st.text(max_size=40)))
def test_the_ngrams_of_any_text_are_those_of_scikit_learn(text: str) -> None:
    analyse = fitted()[0].build_analyzer()
    assert sorted(char_wb(text.lower())) == sorted(analyse(text))


@settings(deadline=None)
@given(st.one_of(DANISH, WORDS))
def test_the_weights_of_any_text_are_those_of_scikit_learn(text: str) -> None:
    sklearn, ours = fitted()
    expected = sklearn.transform([text.lower()]).toarray()[0]
    columns, values = ours.row(text)
    got = np.zeros_like(expected)
    got[columns] = values
    assert got == pytest.approx(expected, abs=1e-5)


@settings(deadline=None)
@given(st.lists(st.one_of(WORDS, st.just("")), min_size=1, max_size=4))
def test_the_latent_numbers_are_the_weighted_matrix_product_as_in_training(texts: list[str]) -> None:
    sklearn, ours = fitted()
    expected = NGRAM * (sklearn.transform([t.lower() for t in texts]) @ ours.basis)
    assert ours.latent(texts) == pytest.approx(expected, abs=1e-3)


def test_a_text_without_known_ngrams_is_nothing() -> None:
    assert fitted()[1].row("zzzz qqqq") == ([], [])
    assert fitted()[1].row("") == ([], [])


def test_the_dense_blocks_are_meaning_cues_and_the_sentence_before() -> None:
    vectors = np.arange(8, dtype=np.float32).reshape(2, 4)
    rows = dense(["Det er ikke sket.", "Sensoren måler."], vectors)
    assert rows.shape == (2, 4 + len(CUES) + 4)
    assert rows.dtype == np.float32
    assert np.array_equal(rows[:, :4], vectors * EMBEDDING)
    assert set(np.unique(rows[:, 4 : 4 + len(CUES)])) <= {np.float32(0), np.float32(CUE)}
    assert not rows[0, -4:].any()
    assert np.array_equal(rows[1, -4:], vectors[0] * BEFORE)


def test_no_sentences_give_no_rows() -> None:
    assert len(dense([], np.zeros((0, 4), dtype=np.float32))) == 0
