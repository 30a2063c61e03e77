"""Words and pieces of words: BM25 (Robertson & Zaragoza 2009) through bm25s, over Danish stems and over runs of four letters.

Danish writes compounds in one word ("konsekvensanalyse"), so a word is also indexed by its two halves where the texts use both
halves by themselves; four letters meet what neither stems nor halves do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import bm25s
import numpy as np
import Stemmer
from numpy.typing import NDArray

K1, B = 1.2, 0.6
_SHORTEST_COMPOUND, _SHORTEST_HALF = 9, 4
_WORD = re.compile(r"[^\W_]+")
_COMMON_WORDS = (
    "og i at det der de en et som til er af for på med den kan skal ikke om har vi hvad hvornår hvilke hvilken hvem hvor hvordan må man hun han vores vil "
    "eller fra ved når hvis så også være bliver blive sig efter under over ham hende jeg du denne dette disse inden "
    "the of and to a in is be it on with as by or we our that are what when which who do does can must have has"
)
_COMMON = frozenset(_COMMON_WORDS.split())


def words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


class Splitter:
    """A word's stem, and the stems of its halves where it is put together of words that `vocabulary` has."""

    def __init__(self, vocabulary: frozenset[str]) -> None:
        self.vocabulary = vocabulary
        self._stem: Callable[[str], str] = cache(Stemmer.Stemmer("danish").stemWord)
        self.terms: Callable[[str], tuple[str, ...]] = cache(self._terms)

    def halves(self, word: str) -> tuple[str, ...]:
        """The most even split; "s" between the halves belongs to neither. Empty for a word that is no compound."""
        best: tuple[int, tuple[str, ...]] = (0, ())
        if len(word) >= _SHORTEST_COMPOUND:
            for i in range(_SHORTEST_HALF, len(word) - _SHORTEST_HALF + 1):
                head, tail = word[:i], word[i:]
                if head.endswith("s") and head[:-1] in self.vocabulary:
                    head = head[:-1]
                if tail in self.vocabulary and head in self.vocabulary:
                    best = max(best, (min(len(head), len(tail)), (head, tail)))
        return best[1]

    def _terms(self, word: str) -> tuple[str, ...]:
        return tuple(self._stem(w) for w in (word, *self.halves(word))) if word not in _COMMON else ()


@cache
def grams(word: str) -> tuple[str, ...]:
    """Runs of four letters, with the word's ends marked."""
    if word in _COMMON:
        return ()
    marked = f"_{word}_"
    return tuple(marked[i : i + 4] for i in range(max(1, len(marked) - 3)))


class Terms:
    """BM25 over one way of cutting words into terms."""

    def __init__(self, cut: Callable[[str], tuple[str, ...]], model: bm25s.BM25, known: dict[str, int], size: int) -> None:
        self._cut, self._model, self._known, self._size = cut, model, known, size
        # The same formula as in bm25s (Lucene's), whose term scores reach this value for a text full of the term.
        with_term = np.diff(model.scores["indptr"]) if known else np.empty(0)
        self._rarity = np.log1p((size - with_term + 0.5) / (with_term + 0.5))
        self._unknown = float(np.log1p((size + 0.5) / 0.5))

    @classmethod
    def build(cls, texts: Sequence[Sequence[str]], cut: Callable[[str], tuple[str, ...]]) -> Terms:
        known: dict[str, int] = {}
        numbers: dict[str, list[int]] = {}
        rows = []
        for text in texts:
            row: list[int] = []
            for word in text:
                if word not in numbers:
                    numbers[word] = [known.setdefault(t, len(known)) for t in cut(word)]
                row.extend(numbers[word])
            rows.append(row)
        model = bm25s.BM25(k1=K1, b=B)
        if known:
            model.index((rows, known), create_empty_token=False, show_progress=False)
        return cls(cut, model, known, len(texts))

    def scores(self, query: Sequence[str]) -> NDArray[np.float32]:
        """How much of the query a text has: 1 where it has every term in plenty. Terms that no text has count as the rarest."""
        terms = [t for word in query for t in self._cut(word)]
        found = [self._known[t] for t in terms if t in self._known]
        unknown = len(terms) - len(found)
        if not found:
            return np.zeros(self._size, dtype=np.float32)
        scores: NDArray[np.float32] = self._model.get_scores_from_ids(found)
        return scores / (sum(float(self._rarity[t]) for t in found) + unknown * self._unknown)

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "terms.json").write_text(json.dumps({"size": self._size, "known": list(self._known)}, ensure_ascii=False), "utf-8")
        if self._known:
            self._model.save(str(folder), show_progress=False)

    @classmethod
    def load(cls, folder: Path, cut: Callable[[str], tuple[str, ...]]) -> Terms:
        data = json.loads((folder / "terms.json").read_text("utf-8"))
        model = bm25s.BM25.load(str(folder)) if data["known"] else bm25s.BM25(k1=K1, b=B)
        return cls(cut, model, {t: i for i, t in enumerate(data["known"])}, data["size"])


class Lexical:
    """Both indexes over the same texts."""

    def __init__(self, splitter: Splitter, stems: Terms, pieces: Terms) -> None:
        self._splitter, self._stems, self._pieces = splitter, stems, pieces

    @classmethod
    def build(cls, texts: Sequence[str], vocabulary: frozenset[str] | None = None) -> Lexical:
        """`vocabulary`: words that compounds are made of; those of the texts by default."""
        cut = [words(t) for t in texts]
        splitter = Splitter(vocabulary if vocabulary is not None else frozenset(w for row in cut for w in row))
        return cls(splitter, Terms.build(cut, splitter.terms), Terms.build(cut, grams))

    @property
    def vocabulary(self) -> frozenset[str]:
        return self._splitter.vocabulary

    def by_stem(self, query: str) -> NDArray[np.float32]:
        return self._stems.scores(words(query))

    def by_piece(self, query: str) -> NDArray[np.float32]:
        return self._pieces.scores(words(query))

    def save(self, folder: Path) -> None:
        """Only terms and figures are written, no texts; the vocabulary is a list of words."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "vocabulary.json").write_text(json.dumps(sorted(self.vocabulary), ensure_ascii=False), "utf-8")
        self._stems.save(folder / "stems")
        self._pieces.save(folder / "pieces")

    @classmethod
    def load(cls, folder: Path) -> Lexical:
        """
        Raises:
            OSError, ValueError, KeyError: the folder is not one that `save` wrote.
        """
        splitter = Splitter(frozenset(json.loads((folder / "vocabulary.json").read_text("utf-8"))))
        return cls(splitter, Terms.load(folder / "stems", splitter.terms), Terms.load(folder / "pieces", grams))
