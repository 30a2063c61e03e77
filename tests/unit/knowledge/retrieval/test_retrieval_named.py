"""What a question names: acts by every name that people use, places in every order of words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.knowledge.retrieval.named import Named, Naming, first_rows

IDS = (
    "gdpr:art_22.par_1", "gdpr:art_35.par_1", "gdpr:art_35.par_3.pnt_b", "ai-act:art_35.par_1", "ai-act:anx_III.pnt_1",
    "forvaltningsloven:par_19.stk_1", "forvaltningsloven:par_24.stk_1", "straffeloven:par_152", "charteret:art_8",
)
NAMING = Naming(IDS, {"FVL": "forvaltningsloven", "GDPR": "gdpr", "AI-forordningen": "ai-act", "STRFL": "straffeloven", "ÆL": "aeldreloven"})


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("forvaltningsloven § 19", "forvaltningsloven:par_19"),
        ("GDPR artikel 22", "gdpr:art_22"),
        ("art. 35 i databeskyttelsesforordningen", "gdpr:art_35"),
        ("Article 22 of the GDPR", "gdpr:art_22"),
        ("AI-forordningen bilag III", "ai-act:anx_III"),
        ("FVL § 24", "forvaltningsloven:par_24"),
        ("Hvad kræver § 24 i fvl?", "forvaltningsloven:par_24"),
        ("GDPR art. 35, stk. 3, litra b", "gdpr:art_35.par_3.pnt_b"),
        ("STRFL § 152", "straffeloven:par_152"),
        ("straffeloven § 152", "straffeloven:par_152"),
        ("Hvad siger charteret artikel 8?", "charteret:art_8"),
    ],
)
def test_act_and_number_together_are_sure(question: str, named: str) -> None:
    assert NAMING.read(question) == Named((named,), (), True)


@pytest.mark.parametrize(
    ("question", "missing"),
    [("forvaltningsloven § 999", "forvaltningsloven:par_999"), ("ÆL § 3", "aeldreloven:par_3"), ("GDPR artikel 300", "gdpr:art_300")],
)
def test_what_is_named_and_not_there_is_missing(question: str, missing: str) -> None:
    assert NAMING.read(question) == Named((), (missing,), False)


def test_of_a_missing_paragraph_the_article_is_found_and_not_sure() -> None:
    assert NAMING.read("GDPR artikel 35, stk. 99") == Named(("gdpr:art_35",), ("gdpr:art_35.par_99",), False)


def test_a_number_without_an_act_is_of_every_act_that_has_it_or_of_the_one_asked_for() -> None:
    question = "Hvad siger artikel 35 om konsekvensanalyse?"
    assert NAMING.read(question) == Named(("ai-act:art_35", "gdpr:art_35"), (), False)
    assert NAMING.read(question, "gdpr") == Named(("gdpr:art_35",), (), True)
    assert NAMING.read("Hvad siger § 24?") == Named(("forvaltningsloven:par_24",), (), False)


@pytest.mark.parametrize("question", ["Må vi bruge GDPR?", "Hvad koster kaffen?", "stk. 2", "selskabsloven § 19", "§ 777", "", "Se artikel 1 til 3"])
def test_other_questions_name_nothing(question: str) -> None:
    assert NAMING.read(question) == Named()


def test_another_act_than_the_one_asked_for_is_left_out() -> None:
    assert NAMING.read("GDPR artikel 22", "forvaltningsloven") == Named()


@pytest.mark.parametrize(("name", "act"), [("fvl", "forvaltningsloven"), ("persondataforordningen", "gdpr"), ("gdpr:art_3", None), ("kaffe", None)])
def test_an_act_is_known_by_its_names(name: str, act: str | None) -> None:
    assert NAMING.act(name) == act


@given(st.text(max_size=80) | st.lists(st.sampled_from(["FVL", "GDPR", "§", "35", "artikel", "art.", "stk.", "i", "og", ","])).map(" ".join))
def test_any_words_are_read_and_what_is_found_is_there(question: str) -> None:
    assert set(NAMING.read(question).found) <= NAMING.ids


def test_the_provision_comes_before_its_best_paragraph_and_that_before_the_others() -> None:
    provisions = ["a:art_1.par_1", "a:art_1.par_2", "a:art_1.par_3", "a:art_1.par_3", "a:art_2"]
    articles, near = ["a:art_1"] * 4 + ["a:art_2"], {0: 0.1, 1: 0.2, 2: 0.3, 3: 0.4, 4: 0.9}
    assert first_rows("a:art_1", provisions, articles, near, 3) == [0, 3, 1]
    assert first_rows("a:art_1.par_2", provisions, articles, near, 2) == [1, 3]
    assert first_rows("a:art_7", provisions, articles, near, 3) == []
