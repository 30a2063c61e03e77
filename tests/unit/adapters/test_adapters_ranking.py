"""Searching and asking over real documents; only embedder and reranker are stood in for, at their ports."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from checker.adapters.ranking import Searcher
from checker.knowledge.documents import IndexDocument
from checker.model.law import Verified

Language = Literal["da", "en"]
_SUBJECTS = ("hæk", "bål", "sti", "hedge", "fire", "path")


class Subjects:
    """One dimension per subject, Danish and English alike: vectors that can be worked out by hand."""

    name, dim = "subjects", 4

    def embed(self, texts: Sequence[str], kind: Literal["query", "passage"]) -> np.ndarray:
        found = np.full((len(texts), 4), 0.1, dtype=np.float32)
        for row, text in enumerate(texts):
            for i, subject in enumerate(_SUBJECTS):
                found[row, i % 3] += subject in text.lower()
        return found / np.linalg.norm(found, axis=1, keepdims=True)


class Last:
    """A reranker that likes the passages with one word."""

    name = "last"

    def __init__(self, word: str) -> None:
        self.word, self.read = word, list[str]()

    def score(self, query: str, passages: Sequence[str]) -> np.ndarray:
        self.read = list(passages)
        return np.array([9.0 * (self.word in p) for p in passages], dtype=np.float32)


def document(anchor: str, text: str, language: Language = "da", version: str = "2020") -> IndexDocument:
    provision = f"havelov:{anchor}"
    return IndexDocument(
        key=f"{provision}@{language}#{version}",
        provision=provision,
        act="havelov",
        kind="verbatim",
        language=language,
        title="",
        text=text,
        url=None,
        verified=Verified.OFFICIAL_TEXT,
        version=version,
    )


DOCUMENTS = [
    document("art_1.par_1", "Hækken klippes hvert forår."),
    document("art_1.par_1", "The hedge is cut every spring.", "en"),
    document("art_2.par_1", "Bål tændes kun på bålpladsen."),
    document("art_2.par_1", "A fire is lit in the fire place only.", "en", version="2024"),
    document("art_3", "Stien holdes fri for grene."),
]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    asked = {"art_1": "Hvor høj må en hæk være?", "art_2": "Må vi tænde bål?", "art_3": "Må sti og hæk vokse sammen?"}
    (tmp_path / "asked.yaml").write_text("havelov:\n" + "".join(f'  {article}: ["{text}"]\n' for article, text in asked.items()), "utf-8")
    return tmp_path


def searcher(corpus: Path | None, tmp_path: Path, reranker: Last | None = None, documents: list[IndexDocument] = DOCUMENTS) -> Searcher:
    model = Subjects()
    return Searcher(documents, model.embed([d.search_text for d in documents], "passage"), model, corpus, tmp_path / "words", reranker)


def test_an_answer_is_given_in_the_language_asked_for(corpus: Path, tmp_path: Path) -> None:
    search = searcher(corpus, tmp_path)
    for language, text in (("da", "Hækken klippes hvert forår."), ("en", "The hedge is cut every spring.")):
        first = search.ask("Hvornår klippes hækken?", 1, language=language).passages[0].document
        assert (first.provision, first.text) == ("havelov:art_1.par_1", text)


def test_another_versions_words_never_stand_in_for_those_that_were_found(corpus: Path, tmp_path: Path) -> None:
    first = searcher(corpus, tmp_path).ask("Er der bål på bålpladsen?", 1, language="en").passages[0].document
    assert (first.version, first.text) == ("2020", "Bål tændes kun på bålpladsen.")


def test_a_question_about_nothing_in_the_texts_is_less_sure(corpus: Path, tmp_path: Path) -> None:
    search = searcher(corpus, tmp_path)
    near, far = (search.ask(q, 3).confidence for q in ("Hvornår klippes hækken?", "Hvad koster kaffen?"))
    assert near is not None and far is not None
    assert near > far


def test_an_answer_asked_of_one_act_comes_from_it(corpus: Path, tmp_path: Path) -> None:
    assert searcher(corpus, tmp_path).ask("hæk", 3, act="vejlov").passages == ()


def test_without_questions_to_compare_with_no_answer_is_sure(tmp_path: Path) -> None:
    answer = searcher(None, tmp_path).ask("Hvornår klippes hækken?", 2)
    assert (answer.confidence, answer.sure, len(answer.passages)) == (None, False, 2)


def test_an_index_without_documents_answers_nothing(corpus: Path, tmp_path: Path) -> None:
    empty = searcher(corpus, tmp_path, documents=[])
    assert (empty.ask("hæk", 3).passages, empty.search("hæk", 3)) == ((), [])


def test_a_provision_that_is_named_comes_first_whatever_is_nearer(corpus: Path, tmp_path: Path) -> None:
    search = searcher(corpus, tmp_path)
    question = "Hvad siger artikel 3 i havelov om hækken?"
    assert search.search(question, 3)[0].provision == "havelov:art_3"
    answer = search.ask(question, 2)
    assert (answer.confidence, answer.passages[0].document.provision) == (1.0, "havelov:art_3")
    assert [p.document.provision for p in answer.passages] == ["havelov:art_3", "havelov:art_1.par_1"]


def test_a_bare_number_is_first_and_as_sure_as_the_search(corpus: Path, tmp_path: Path) -> None:
    search = searcher(corpus, tmp_path)
    answer = search.ask("Hvad siger artikel 2 om hækken?", 3)
    assert answer.passages[0].document.provision == "havelov:art_2.par_1"
    assert answer.confidence is not None
    assert answer.confidence < 1
    assert search.ask("Hvad siger artikel 2 om hækken?", 3, act="havelov").confidence == 1


def test_a_named_provision_that_is_not_there_makes_no_answer_sure(corpus: Path, tmp_path: Path) -> None:
    assert searcher(corpus, tmp_path).ask("Hvad siger havelov artikel 9 om hækken?", 3).confidence == 0


def test_a_reranker_reads_one_passage_of_each_article_and_moves_the_one_it_likes_up(corpus: Path, tmp_path: Path) -> None:
    danish = [d for d in DOCUMENTS if d.language == "da"]
    search = searcher(corpus, tmp_path, documents=danish)
    plain = search.search("Bål ved hækken?", 3)
    likes = Last(plain[1].text)
    lifted = searcher(corpus, tmp_path, likes, danish)
    assert lifted.search("Bål ved hækken?", 3)[0].provision == plain[1].provision
    assert sorted(likes.read) == sorted(d.text for d in danish)
    # What was measured is the order before it: the confidence stays.
    assert lifted.ask("Bål ved hækken?", 3).confidence == search.ask("Bål ved hækken?", 3).confidence
