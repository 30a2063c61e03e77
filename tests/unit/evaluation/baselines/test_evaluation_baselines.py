"""What checker has to beat, on texts small enough to see why."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pytest

from checker.evaluation.baselines.readers import _ENUM_WORDS, FLAG_EVERYTHING, EmbeddingReader, KeywordReader, _fact_words, flag_everything
from checker.evaluation.records import Gold, Grade, Said, Subject
from checker.library import Library
from checker.model.project import Document, Passage, Project
from checker.model.reading import Answers, EvidenceStatus
from checker.ports import Vectors
from checker.reader.bank import Example


def project(*sentences: str) -> Project:
    passages, start = [], 0
    for i, s in enumerate(sentences):
        passages.append(Passage(index=i, text=s, clean=s, start=start, end=start + len(s), kind="paragraph"))
        start += len(s) + 1
    return Project(title="t", source="t", language="da", text=" ".join(sentences), passages=tuple(passages), taken=())


class WordEmbedder:
    """A unit vector that counts the words of a tiny vocabulary."""

    name, dim = "words", 6
    _words = ("cpr", "aldrig", "analyse", "lavet", "senere", "vejr")

    def embed(self, texts: Sequence[str], kind: Literal["query", "passage"]) -> Vectors:
        counts = np.array([[float(w in t.lower()) for w in self._words] for t in texts], dtype=np.float32).reshape(len(texts), self.dim)
        return np.asarray(counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def example(about: Literal["fact", "evidence"], item: str, says: str, text: str) -> Example:
    return Example(about=about, item=item, says=says, language="da", text=text)


BANK = (
    example("fact", "cpr_numbers", "yes", "cpr"),
    example("fact", "cpr_numbers", "no", "aldrig cpr"),
    example("fact", "cpr_numbers", "near", "vejr"),
    example("evidence", "gdpr-dpia", "done", "analyse lavet"),
    example("evidence", "gdpr-dpia", "planned_after_use", "analyse senere"),
)


def read(library: Library, *sentences: str, cut: float = 0.5) -> Answers:
    return EmbeddingReader(library.catalogue, WordEmbedder(), BANK, cut, cut).read(project(*sentences))


def test_flag_everything_says_gap_of_every_labelled_requirement_and_nothing_else() -> None:
    gold = Gold(verdicts={"gdpr-dpia": "met", "fr-hjemmel": "not_applicable"}, grades={"ai-act-literacy": Grade(value=5)}, risk_class="high")
    document = Document(source="a.txt", format="txt", text="Godt vejr.", blocks=())
    said = flag_everything(Subject(set="s", id="a", split="train", family="f", language="da", document=document, gold=gold))
    assert said == Said(verdicts={"gdpr-dpia": "gap", "fr-hjemmel": "gap", "ai-act-literacy": "gap"})


def test_the_names_are_those_of_the_table() -> None:
    assert (FLAG_EVERYTHING, KeywordReader.name, EmbeddingReader.name) == ("flag everything", "keyword cues", "embeddings only")


def test_keywords_do_not_see_negation(library: Library) -> None:
    answers = KeywordReader(library.catalogue).read(project("Vi behandler ikke personoplysninger."))
    assert answers.facts["processes_personal_data"].value == "true"
    assert answers.facts["processes_personal_data"].quotes[0].text == "Vi behandler ikke personoplysninger."


def test_keywords_find_values_of_facts_with_values(library: Library) -> None:
    answers = KeywordReader(library.catalogue).read(project("Skolen er med i en pilot."))
    assert answers.facts["project_phase"].value == "pilot"
    assert answers.facts["annex_iii_area"].value == ("education",)


def test_key_terms_must_stand_in_one_sentence(library: Library) -> None:
    reader = KeywordReader(library.catalogue, key_terms=2)
    together = reader.read(project("Konsekvensanalyse vedrørende databeskyttelse følger."))
    apart = reader.read(project("Konsekvensanalyse følger.", "Godt vejr."))
    assert together.evidence["gdpr-dpia"].status is EvidenceStatus.DONE
    assert apart.evidence["gdpr-dpia"].status is EvidenceStatus.SILENT
    assert apart.evidence["gdpr-dpia"].quotes == ()


def test_words_of_facts_with_values_are_those_of_the_catalogue(library: Library) -> None:
    for fact, words in _ENUM_WORDS.items():
        assert set(words) <= set(library.catalogue.facts[fact].recognise)
        assert set(words.values()) <= set(library.catalogue.facts[fact].values)
    assert set(_fact_words(library.catalogue.facts["annex_iii_area"]).values()) <= set(library.catalogue.facts["annex_iii_area"].values)


@pytest.mark.parametrize(("sentence", "value"), [("CPR indgår", "true"), ("Aldrig CPR", "false"), ("Vejr", "unknown"), ("Andet", "unknown")])
def test_the_nearest_example_gives_the_fact(library: Library, sentence: str, value: str) -> None:
    answer = read(library, sentence).facts["cpr_numbers"]
    assert answer.value == value
    assert bool(answer.quotes) == (value != "unknown")


def test_the_nearest_example_gives_the_evidence(library: Library) -> None:
    assert read(library, "analyse lavet").evidence["gdpr-dpia"].status is EvidenceStatus.DONE
    assert read(library, "analyse senere").evidence["gdpr-dpia"].status is EvidenceStatus.PLANNED_AFTER_USE
    both = read(library, "analyse senere", "analyse lavet").evidence["gdpr-dpia"]
    assert (both.status, both.quotes[0].text) == (EvidenceStatus.DONE, "analyse lavet")


def test_further_away_than_the_cut_says_nothing(library: Library) -> None:
    assert read(library, "analyse lavet", cut=1.01).evidence["gdpr-dpia"].status is EvidenceStatus.SILENT


def test_an_item_without_examples_is_silent(library: Library) -> None:
    answers = read(library, "analyse lavet")
    assert answers.facts["is_ai_system"].value == "unknown"
    assert answers.evidence["fr-hjemmel"].status is EvidenceStatus.SILENT
