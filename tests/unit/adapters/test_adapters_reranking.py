"""A real CrossEncoder of two layers with random weights, made here: small, and the same every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from checker.adapters.ranking import Searcher
from checker.adapters.reranking import CrossEncoderReranker, reranker_named
from checker.errors import ModelMissing, SettingsError
from checker.knowledge.documents import IndexDocument
from checker.knowledge.retrieval.weigh import RERANKER_WEIGHT
from checker.model.law import Verified

WORDS = ["hæk", "bål", "sti", "klippes", "tændes", "fri", "må", "hvornår", "hvor", "græs", "slås", "jord"]
PASSAGES = ["hæk klippes", "bål tændes", "sti fri", "græs slås jord"]


def save_model(folder: Path, labels: int = 1) -> Path:
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    folder.mkdir()
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]) + "\n", "utf-8")
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=5 + len(WORDS),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        num_labels=labels,
        initializer_range=1.0,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizer(str(vocabulary), do_lower_case=False).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model(tmp_path_factory.mktemp("reranker") / "model")


class Flat:
    """An embedder that holds all texts for alike: whatever order comes out is the reranker's."""

    name, dim = "flat", 2

    def embed(self, texts: list[str], kind: str) -> np.ndarray:
        return np.tile(np.array([1, 0], dtype=np.float32), (len(texts), 1))


def searcher(tmp_path: Path, model: Path | None) -> Searcher:
    documents = [
        IndexDocument(
            key=f"{i}", provision=f"havelov:art_{i}", act="havelov", kind="verbatim", language="da", title="", text=text, url=None, verified=Verified.MEMORY
        )
        for i, text in enumerate(PASSAGES)
    ]
    embedder = Flat()
    reranker = reranker_named(f"cross-encoder:{model}") if model else None
    return Searcher(documents, embedder.embed(PASSAGES, "passage"), embedder, None, tmp_path / "words", reranker)


def test_every_passage_gets_a_score_of_its_own_and_the_same_every_time(model: Path) -> None:
    first, again = (CrossEncoderReranker(str(model)).score("hvornår", PASSAGES) for _ in range(2))
    assert len(set(first.tolist())) == len(PASSAGES)
    assert first.tolist() == again.tolist()
    assert CrossEncoderReranker(str(model)).score("hvornår", []).shape == (0,)


def test_where_nothing_else_speaks_the_order_follows_its_scores(model: Path, tmp_path: Path) -> None:
    # No word of the query stands in a passage, and all vectors are equal.
    scores = CrossEncoderReranker(str(model)).score("hvornår", PASSAGES)
    expected = [f"havelov:art_{i}" for i in np.argsort(-scores)]
    hits = searcher(tmp_path, model).search("hvornår", 4)
    assert [h.provision for h in hits] == expected
    assert expected != [h.provision for h in searcher(tmp_path, None).search("hvornår", 4)]
    # One more layer: standard deviations times its weight.
    assert [h.score for h in hits] == pytest.approx(sorted(RERANKER_WEIGHT * (scores - scores.mean()) / scores.std(), reverse=True), abs=1e-4)


def test_a_very_long_passage_and_an_empty_one_are_read(model: Path) -> None:
    assert np.isfinite(CrossEncoderReranker(str(model)).score("hvor", ["hæk " * 5000, "", "\ud800"])).all()


def test_no_reranker_is_used_unless_one_is_named() -> None:
    assert reranker_named(None) is None


@pytest.mark.parametrize("name", ["cross-encoder:", "cross-encoder", "cohere:rerank-3"])
def test_an_unknown_reranker_is_refused_with_what_to_write(name: str) -> None:
    with pytest.raises(SettingsError, match="cross-encoder:<mappe eller model>"):
        reranker_named(name)


@pytest.mark.parametrize("model", ["/no/such/folder", "nobody/no-such-model"])
def test_a_model_is_looked_for_only_when_it_is_used_and_then_never_fetched(model: str) -> None:
    missing = reranker_named(f"cross-encoder:{model}")
    assert missing is not None
    with pytest.raises(ModelMissing, match="hentes ikke af sig selv"):
        missing.score("hæk", ["hæk klippes"])


def test_a_model_that_sorts_into_classes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="giver 3 tal"):
        CrossEncoderReranker(str(save_model(tmp_path / "classes", labels=3))).score("hæk", ["hæk klippes"])
