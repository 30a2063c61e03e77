"""Every layer of the search for every question, over one set of texts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from texts import LEGAL, Question, acts_in_folder, acts_in_store, embedder, units

from checker.knowledge.retrieval import Expansions, Ranker, Unit, Weights
from checker.knowledge.retrieval.fuse import KINDS, LAYERS
from checker.library import Library

FEATURES = (*LAYERS, *KINDS)
SETS = {"eu-da": ("da", False), "all-da": ("da", True), "eu-en": ("en", False)}
"""GDPR and AI Act in Danish; with ten Danish acts beside them; GDPR and AI Act in English."""

TRAINED_ON = ("eu-da", "all-da")
"""English texts are measured only: Danish questions share few words with them, and the weight of words would fall for all."""


class Asked(NamedTuple):
    question: Question
    rows: np.ndarray
    gold: np.ndarray
    also: np.ndarray
    names: list[str]


def ranker(found: list[Unit], cache: Path, weights: Weights, words: bool = True) -> Ranker:
    model = embedder(cache)
    expansions = Expansions.load(Library().root, model)
    if not words:
        expansions = Expansions((), expansions.asked, expansions.vectors)
    return Ranker(found, model.embed([u.wording for u in found], "passage"), expansions, weights=weights)


def texts_of(name: str, home: Path | None) -> list[Unit]:
    language, danish = SETS[name]
    acts = acts_in_store(home, language, danish) if home else acts_in_folder(LEGAL, language, danish)
    return units(acts, Library())


def layers(search: Ranker, asked: Sequence[Question], cache: Path) -> list[Asked]:
    """Only questions that one of the articles answers."""
    number = search.articles.number
    here = [q for q in asked if any(g in number for g in q.gold)]
    vectors = embedder(cache).embed([search.wording(q.text) for q in here], "query")
    found = []
    for question, vector in zip(here, vectors, strict=True):
        nearness, stems = search._vectors @ vector, search.lexical.by_stem(search.wording(question.text))
        rows = search.layers(question.text, vector, nearness, stems) | search._kinds
        gold, also = ([number[g] for g in sorted(ids) if g in number] for ids in (question.gold, question.also))
        found.append(Asked(question, np.stack([rows[f] for f in FEATURES], axis=1).astype(float), np.array(gold), np.array(also), search.articles.names))
    return found
