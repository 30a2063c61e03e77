"""The ranking, on invented law with vectors worked out by hand: two dimensions, one per subject."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.errors import CorpusError
from checker.knowledge.retrieval import Asked, Expansions, Lexical, Ranker, Synonym, Unit, Vocabulary, Weights, trained_weights
from checker.knowledge.retrieval.expansion import load_asked, load_synonyms
from checker.knowledge.retrieval.fuse import DESCRIBED, KINDS, LAYERS, standard
from checker.knowledge.retrieval.lexical import Splitter, grams
from checker.library import default_root

DENSE_ONLY = Weights(layers={"dense": 1.0}, kinds={}, expected={})


def unit(anchor: str, text: str, kind: str = "verbatim", act: str = "havelov") -> Unit:
    return Unit(f"{act}:{anchor}", f"{act}:{anchor.split('.', maxsplit=1)[0]}", act, "da", kind, "", text)  # type: ignore[arg-type]


def rows(*angles: float) -> np.ndarray:
    """Unit vectors at these degrees."""
    turned = np.radians(np.array(angles))
    return np.stack([np.cos(turned), np.sin(turned)], axis=1).astype(np.float32)


UNITS = [
    unit("art_1.par_1", "Hækken klippes hvert forår."),
    unit("art_1.par_2", "Hækkens højde aftales med naboen."),
    unit("art_2.par_1", "Bålpladsen holdes ryddet."),
    unit("rct_1", "Haver er til glæde for alle."),
]
ANGLES = rows(0, 20, 90, 45)


def ids(found: list[tuple[int, float]], units: list[Unit] = UNITS) -> list[str]:
    return [units[i].id for i, _ in found]


def test_one_passage_per_article_comes_before_a_second_one_of_the_same_article() -> None:
    found = Ranker(UNITS, ANGLES, weights=DENSE_ONLY).rank("hæk", rows(0)[0], 4)
    assert ids(found) == ["havelov:art_1.par_1", "havelov:rct_1", "havelov:art_2.par_1", "havelov:art_1.par_2"]


def test_scores_never_rise_among_the_first_of_each_article() -> None:
    found = Ranker(UNITS, ANGLES).rank("bålplads", rows(80)[0], 3)
    assert [s for _, s in found] == sorted((s for _, s in found), reverse=True)


def test_a_word_of_the_text_decides_between_articles_that_lie_equally_near() -> None:
    weights = Weights(layers={"dense": 1.0, "stems": 1.0}, kinds={}, expected={})
    assert ids(Ranker(UNITS, rows(0, 0, 0, 0), weights=weights).rank("Er den ryddet?", rows(0)[0], 1)) == ["havelov:art_2.par_1"]


def test_recitals_stand_back_where_the_weights_say_so() -> None:
    weights = Weights(layers={"dense": 1.0}, kinds={"recital": -9.0}, expected={})
    assert ids(Ranker(UNITS, ANGLES, weights=weights).rank("haver", rows(45)[0], 3))[-1] == "havelov:rct_1"


def test_a_digest_entry_lifts_the_official_article_and_is_not_found_itself() -> None:
    units = [*UNITS, unit("art_2.par_1", "Ild og gnister i haven.", "digest"), unit("art_1", "Noget andet.", "digest")]
    vectors = np.concatenate([ANGLES, rows(0, 180)])
    weights = Weights(layers={"dense": 0.1, "digest": 5.0}, kinds={}, expected={})
    found = Ranker(units, vectors, weights=weights).rank("ild", rows(0)[0], 10)
    assert ids(found, units)[0] == "havelov:art_2.par_1"
    assert all(units[i].kind == "verbatim" for i, _ in found)


def test_a_digest_entry_is_found_where_the_official_text_is_absent() -> None:
    units = [*UNITS, unit("par_7", "Skraldespande tømmes.", "digest", act="affaldslov")]
    found = Ranker(units, np.concatenate([ANGLES, rows(180)]), weights=DENSE_ONLY).rank("skrald", rows(180)[0], 1)
    assert ids(found, units) == ["affaldslov:par_7"]


def test_a_question_asked_lifts_the_article_that_answers_it() -> None:
    expansions = Expansions((), (Asked("Må jeg grille?", "havelov:art_2"), Asked("Hvor høj må den være?", "havelov:art_1")), rows(10, 170))
    weights = Weights(layers={"dense": 0.1, "asked": 3.0}, kinds={}, expected={})
    assert ids(Ranker(UNITS, ANGLES, expansions, weights=weights).rank("grill", rows(10)[0], 1)) == ["havelov:art_2.par_1"]


def test_a_question_whose_article_is_not_among_the_units_changes_nothing() -> None:
    expansions = Expansions((), (Asked("Må jeg parkere?", "vejlov:par_1"),), rows(0))
    plain = Ranker(UNITS, ANGLES).rank("hæk", rows(0)[0], 4)
    assert Ranker(UNITS, ANGLES, expansions).rank("hæk", rows(0)[0], 4) == plain


def test_one_act_can_be_asked_for() -> None:
    units = [*UNITS, unit("art_1", "Hunde føres i snor.", act="hundelov")]
    found = Ranker(units, np.concatenate([ANGLES, rows(180)])).rank("hæk", rows(0)[0], 5, act="hundelov")
    assert ids(found, units) == ["hundelov:art_1"]
    assert Ranker(units, np.concatenate([ANGLES, rows(180)])).rank("hæk", rows(0)[0], 5, act="ukendt") == []


@pytest.mark.parametrize("query", ["", "   ", "?!", "\x00", "og i at", "a" * 20_000, "日本語"])
def test_any_query_gets_an_answer(query: str) -> None:
    assert len(Ranker(UNITS, ANGLES).rank(query, rows(0)[0], 3)) == 3


def test_nothing_is_found_among_no_units() -> None:
    assert Ranker([], np.empty((0, 2), dtype=np.float32)).rank("hæk", rows(0)[0], 3) == []


def test_units_and_vectors_must_match() -> None:
    with pytest.raises(ValueError, match="4 units but 3 vectors"):
        Ranker(UNITS, ANGLES[:3])


@given(st.lists(st.sampled_from(["hæk", "bål", "ild", "nabo", "have"]), min_size=1, max_size=4), st.floats(0, 360), st.integers(1, 9))
def test_every_unit_is_found_at_most_once_and_no_more_than_asked_for(words: list[str], angle: float, k: int) -> None:
    found = Ranker(UNITS, ANGLES).rank(" ".join(words), rows(angle)[0], k)
    assert len({i for i, _ in found}) == len(found) == min(k, len(UNITS))


def test_a_saved_lexical_index_answers_as_the_one_that_was_saved(tmp_path: Path) -> None:
    built = Lexical.build([u.text for u in UNITS])
    built.save(tmp_path / "ord")
    loaded = Lexical.load(tmp_path / "ord")
    for query in ("hækkens højde", "bålplads", "intet af det"):
        assert np.allclose(built.by_stem(query), loaded.by_stem(query)) and np.allclose(built.by_piece(query), loaded.by_piece(query))
    assert Ranker(UNITS, ANGLES, lexical=loaded).rank("hæk", rows(0)[0], 4) == Ranker(UNITS, ANGLES).rank("hæk", rows(0)[0], 4)


def test_an_empty_lexical_index_can_be_saved_too(tmp_path: Path) -> None:
    Lexical.build([]).save(tmp_path)
    assert Lexical.load(tmp_path).by_stem("hæk").shape == (0,)


def test_a_share_of_the_query_is_never_more_than_the_whole() -> None:
    scores = Lexical.build([u.text for u in UNITS]).by_stem("Hækken klippes hvert forår")
    assert 0 < float(scores.max()) <= 1


def test_compounds_are_split_where_both_halves_are_words() -> None:
    splitter = Splitter(frozenset({"behandling", "sikkerhed", "arbejde"}))
    assert splitter.halves("behandlingssikkerhed") == ("behandling", "sikkerhed")
    assert splitter.halves("behandlingsgrundlag") == ()
    assert splitter.halves("arbejde") == ()


def test_pieces_mark_the_ends_of_a_word() -> None:
    assert grams("bål") == ("_bål", "bål_")
    assert grams("og") == ()


def test_everyday_words_bring_the_law_s_words() -> None:
    vocabulary = Vocabulary([Synonym(says=("lækage", "gået galt"), law="brud"), Synonym(says=("sky",), law="tredjeland")])
    assert vocabulary.law_words("En LÆKAGEN i går") == "brud"
    assert vocabulary.law_words("Det er gået galt, i skyen") == "brud"  # "sky" is short, so "skyen" is another word
    assert vocabulary.law_words("Hvem har skylden?") == ""
    ranker = Ranker(UNITS, ANGLES, Expansions((Synonym(says=("sky",), law="tredjeland"),)))
    assert ranker.wording("i en sky") == "i en sky. tredjeland"
    assert ranker.wording("hæk") == "hæk"


def test_an_article_without_questions_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "asked.yaml").write_text("havelov:\n  art_1: []\n", "utf-8")
    with pytest.raises(CorpusError, match="havelov:art_1 has no question"):
        load_asked(tmp_path)


def test_a_corpus_without_these_files_expands_nothing(tmp_path: Path) -> None:
    assert load_asked(tmp_path) == () and load_synonyms(tmp_path) == ()


def test_the_shipped_files_are_sound_and_no_question_is_written_twice() -> None:
    asked = load_asked(default_root())
    assert len({a.text for a in asked}) == len(asked) > 300
    assert len(load_synonyms(default_root())) > 70


def test_the_shipped_weights_name_every_layer_and_nothing_else() -> None:
    weights = trained_weights()
    assert set(weights.layers) == set(LAYERS) and set(weights.kinds) == set(KINDS) and set(weights.expected) == set(DESCRIBED)
    assert all(w >= 0 for w in weights.layers.values())


def test_equal_scores_say_nothing() -> None:
    assert standard(np.ones(4, dtype=np.float32)).tolist() == [0, 0, 0, 0]
