"""How sure an answer is, on invented law with vectors worked out by hand: two dimensions, one per subject."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.knowledge.retrieval import Asked, Expansions, Ranker, Unit, Weights
from checker.knowledge.retrieval.confidence import FEATURES, Answer, Calibration, confidence, trained_calibration
from checker.knowledge.retrieval.weigh import RERANKER_WEIGHT, Weigher

DENSE_ONLY = Weights(layers={"dense": 1.0}, kinds={}, expected={})
PLAIN = Calibration(weights={"lead": 1.0, "met": 2.0, "length": 0.5, "nearness": 0.0}, intercept=-1.0, threshold=0.5, precision=0.9, first=3, embedder="none")
SEEN = {"lead": 0.5, "met": 0.25, "length": 2.0, "nearness": 7.0}


def unit(anchor: str, text: str, act: str = "havelov") -> Unit:
    return Unit(f"{act}:{anchor}", f"{act}:{anchor.split('.', maxsplit=1)[0]}", act, "da", "verbatim", "", text)


def rows(*angles: float) -> np.ndarray:
    """Unit vectors at these degrees."""
    turned = np.radians(np.array(angles))
    return np.stack([np.cos(turned), np.sin(turned)], axis=1).astype(np.float32)


UNITS = [
    unit("art_1.par_1", "Hækken klippes hvert forår."),
    unit("art_1.par_2", "Hækkens højde aftales med naboen."),
    unit("art_2.par_1", "Bålpladsen holdes ryddet."),
    unit("art_3", "Haver er til glæde for alle."),
    unit("art_1", "Stien holdes fri.", act="vejlov"),
]
ANGLES = rows(0, 20, 90, 45, 180)
ASKED = Expansions((), (Asked("Hvor høj må hækken være?", "havelov:art_1"), Asked("Må vi tænde bål?", "havelov:art_2")), rows(0, 100))


@pytest.fixture
def weigher() -> Weigher:
    return Weigher(UNITS, ANGLES, ASKED, weights=DENSE_ONLY)


def test_confidence_is_the_logistic_of_the_weighted_sum() -> None:
    # -1 + 0.5 + 2 * 0.25 + 0.5 * 2 + 0 * 7 = 1
    assert confidence(SEEN, PLAIN) == pytest.approx(1 / (1 + math.exp(-1)))


@given(st.dictionaries(st.sampled_from(FEATURES), st.floats(-1e300, 1e300), min_size=4, max_size=4))
def test_confidence_stays_between_0_and_1_whatever_the_figures(features: dict[str, float]) -> None:
    assert 0 <= confidence(features, trained_calibration()) <= 1


def test_the_shipped_calibration_has_a_weight_for_every_figure_and_none_that_punishes_a_better_one() -> None:
    shipped = trained_calibration()
    assert set(shipped.weights) == set(FEATURES)
    assert all(weight > 0 for weight in shipped.weights.values())
    assert 0.5 < shipped.threshold < 1


def test_an_answer_is_sure_from_the_threshold_on_and_never_without_passages_or_confidence() -> None:
    assert not Answer("?", 0.9, 0.5, ()).sure
    assert not Answer("?", None, 0.0, ()).sure


def test_a_weigher_chooses_what_a_ranker_ranks(weigher: Weigher) -> None:
    plain = Ranker(UNITS, ANGLES, ASKED, weights=DENSE_ONLY)
    for angle in (0, 30, 80, 170):
        vector = rows(angle)[0]
        assert weigher.choose(weigher.weigh("hæk", vector), 5) == plain.rank("hæk", vector, 5)


def test_the_figures_of_a_question(weigher: Weigher) -> None:
    found = weigher.features(weigher.weigh("Er græsset langt?", rows(0)[0]))
    assert found is not None
    # Best cosines of the four articles: 1, 0, .7071, -1: mean .1768, spread .7706; the last of them stands in for the tenth.
    assert found["lead"] == pytest.approx(2 / 0.7706, abs=1e-3)
    assert found["met"] == 0  # no word of it in the texts
    assert found["length"] == pytest.approx(math.log(3))  # "er" is no word that counts
    # The questions asked have cosines 1 and cos 10° = .9848: mean .9924, spread .0076.
    assert found["nearness"] == pytest.approx(1.0, abs=1e-2)


def test_words_of_the_texts_raise_the_share_that_is_met(weigher: Weigher) -> None:
    met = [weigher.features(weigher.weigh(q, rows(0)[0])) for q in ("cyklen males", "hækken males", "hækken klippes")]
    assert [m["met"] for m in met if m] == sorted(m["met"] for m in met if m)
    assert met[0] is not None and met[2] is not None
    assert met[0]["met"] < met[2]["met"]


def test_within_one_act_only_its_own_passages_count(weigher: Weigher) -> None:
    found = weigher.features(weigher.weigh("hækken", rows(0)[0]), "vejlov")
    assert found is not None
    assert (found["lead"], found["met"]) == (0, 0)  # one article; nothing about hedges
    assert found["nearness"] < -100


def test_without_questions_to_compare_with_or_passages_nothing_is_said() -> None:
    alone = Weigher(UNITS, ANGLES, weights=DENSE_ONLY)
    assert alone.features(alone.weigh("hæk", rows(0)[0])) is None
    asked = Weigher(UNITS, ANGLES, ASKED, weights=DENSE_ONLY)
    assert asked.features(asked.weigh("hæk", rows(0)[0]), "no-such-act") is None


def test_an_article_shows_a_further_passage_that_answers_better_than_another_articles_best(weigher: Weigher) -> None:
    shown = [UNITS[row].id for row, _ in weigher.passages(weigher.weigh("have", rows(0)[0]), 2)]
    assert shown == ["havelov:art_1.par_1", "havelov:art_1.par_2", "havelov:art_3"]
    assert [UNITS[row].id for row, _ in weigher.passages(weigher.weigh("have", rows(0)[0]), 1)] == ["havelov:art_1.par_1"]


def test_the_same_passage_in_another_language_is_no_further_passage() -> None:
    twice = [*UNITS, Unit("havelov:art_1.par_1", "havelov:art_1", "havelov", "en", "verbatim", "", "The hedge is cut every spring.")]
    search = Weigher(twice, np.vstack([ANGLES, rows(1)]), ASKED, weights=DENSE_ONLY)
    shown = [twice[row].id for row, _ in search.passages(search.weigh("have", rows(0)[0]), 2)]
    assert shown == ["havelov:art_1.par_1", "havelov:art_1.par_2", "havelov:art_3"]


def test_a_rerankers_scores_are_one_more_layer(weigher: Weigher) -> None:
    weighed = weigher.weigh("have", rows(0)[0])
    heads = weigher.heads(weighed, 2)
    assert [UNITS[row].id for row in heads] == ["havelov:art_1.par_1", "havelov:art_3"]
    lifted = weigher.lifted(weighed, heads, np.array([1.0, 3.0], dtype=np.float32))
    # Two scores are one standard deviation below and above their mean; what was not read gets the lower.
    change = lifted.total - weighed.total
    assert change.tolist() == pytest.approx([-RERANKER_WEIGHT, -RERANKER_WEIGHT, RERANKER_WEIGHT, -RERANKER_WEIGHT])
    assert [UNITS[row].id for row in weigher.heads(lifted, 2)] == ["havelov:art_3", "havelov:art_1.par_1"]


def test_equal_scores_of_a_reranker_change_nothing(weigher: Weigher) -> None:
    weighed = weigher.weigh("have", rows(0)[0])
    lifted = weigher.lifted(weighed, weigher.heads(weighed, 3), np.ones(3, dtype=np.float32))
    assert weigher.choose(lifted, 5) == weigher.choose(weighed, 5)
    assert weigher.lifted(weighed, [], np.empty(0, dtype=np.float32)) is weighed
