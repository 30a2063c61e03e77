"""What lies between everyday words and the law's: a list of words, and questions as people ask them with the article that answers.

Both are data (`corpus/vocabulary.yaml`, `corpus/asked.yaml`) and serve searching only: nothing is decided or shown from them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from pydantic import Field, RootModel

from checker.errors import CorpusError
from checker.knowledge.retrieval.lexical import words
from checker.library import load_yaml
from checker.model.law import Frozen
from checker.ports import Embedder, Vectors

_SHORT = 4
"""Words this short are met whole only: "sky" is not "skyld"."""


class Synonym(Frozen):
    says: tuple[str, ...] = Field(min_length=1)
    law: str = Field(min_length=1)


class VocabularyFile(Frozen):
    words: tuple[Synonym, ...]


class AskedFile(RootModel[dict[str, dict[str, tuple[str, ...]]]]):
    """Act → article → questions."""


@dataclass(frozen=True)
class Asked:
    """A question in everyday words, and the provision that answers it."""

    text: str
    target: str


class Vocabulary:
    """Everyday words → the law's words."""

    def __init__(self, synonyms: Sequence[Synonym]) -> None:
        self._patterns = [(re.compile("|".join(_pattern(s) for s in entry.says)), entry.law) for entry in synonyms]

    def law_words(self, query: str) -> str:
        """The law's words for what the query says; empty where it says nothing that the list has."""
        said = " ".join(words(query))
        return " ".join(law for pattern, law in self._patterns if pattern.search(said))


def _pattern(says: str) -> str:
    plain = " ".join(words(says))
    return rf"\b{re.escape(plain)}\b" if len(plain) <= _SHORT else rf"\b{re.escape(plain)}"


@dataclass(frozen=True)
class Expansions:
    """`vectors`: one per question of `asked`, embedded as a query, because it is compared with queries."""

    synonyms: tuple[Synonym, ...] = ()
    asked: tuple[Asked, ...] = ()
    vectors: Vectors = field(default_factory=lambda: np.empty((0, 0), dtype=np.float32))

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return Vocabulary(self.synonyms)

    @classmethod
    def load(cls, root: Path, embedder: Embedder) -> Expansions:
        """From a corpus folder; a file that is absent expands nothing.

        Raises:
            CorpusError: a file breaks its form.
        """
        asked = load_asked(root)
        vectors = embedder.embed([a.text for a in asked], "query") if asked else np.empty((0, 0), dtype=np.float32)
        return cls(load_synonyms(root), asked, vectors)


def load_synonyms(root: Path) -> tuple[Synonym, ...]:
    file = root / "vocabulary.yaml"
    return load_yaml(file, VocabularyFile).words if file.is_file() else ()


def load_asked(root: Path) -> tuple[Asked, ...]:
    file = root / "asked.yaml"
    if not file.is_file():
        return ()
    acts = load_yaml(file, AskedFile).root
    empty = next((f"{act}:{article}" for act, articles in acts.items() for article, texts in articles.items() if not texts), None)
    if empty:
        raise CorpusError(file, None, f"{empty} has no question; write one or remove the line")
    return tuple(Asked(text, f"{act}:{article}") for act, articles in acts.items() for article, texts in articles.items() for text in texts)
