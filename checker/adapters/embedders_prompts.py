"""What a model wants to read before a question and before a passage, and texts that every model can take.

An asymmetric model that is asked without its prompts finds worse, and nothing says so. Sources: E5 (Wang et al.,
arXiv:2212.03533 and 2402.05672; the instructed ones 2401.00368), BGE (Xiao et al., arXiv:2309.07597; BGE-M3, 2402.03216,
wants none), Qwen3 Embedding (arXiv:2506.05176), Snowflake Arctic Embed (arXiv:2405.05374; 2.0, 2412.04506), nomic-embed-text
(arXiv:2402.01613).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Literal, NamedTuple

import numpy as np

from checker.ports import Vectors

Kind = Literal["query", "passage"]
TASK = "Given a question or a duty, retrieve the legal provisions that answer it"
_SEARCHING = "Represent this sentence for searching relevant passages: "


class Prompts(NamedTuple):
    """What is written before each kind of text."""

    query: str = ""
    passage: str = ""

    def of(self, kind: Kind) -> str:
        return self.query if kind == "query" else self.passage


# The first that fits: the instructed E5 models are called E5 too, but want no "passage: ".
_FAMILIES: tuple[tuple[str, Prompts], ...] = (
    (r"m?e5(?![a-z0-9]).*(?:instruct|mistral)", Prompts(f"Instruct: {TASK}\nQuery: ")),
    (r"m?e5(?![a-z0-9])", Prompts("query: ", "passage: ")),
    (r"bge-(?:small|base|large)-en(?![a-z0-9])", Prompts(_SEARCHING)),
    (r"qwen3-embedding", Prompts(f"Instruct: {TASK}\nQuery:")),
    (r"arctic-embed-[a-z]+-v2", Prompts("query: ")),
    (r"arctic-embed-(?:xs|s|m|l)(?![a-z0-9])", Prompts(_SEARCHING)),
    (r"nomic-embed-text", Prompts("search_query: ", "search_document: ")),
)


def prompts_by_name(model: str) -> Prompts:
    """The prompts of the family that the model's name (or its folder's) tells; none where it tells none."""
    folder = PurePath(model)
    # A folder in the Hugging Face cache is named by a commit, .../models--intfloat--multilingual-e5-small/snapshots/<commit>
    called = folder.parent.parent.name if folder.parent.name == "snapshots" else folder.name
    return next((prompts for pattern, prompts in _FAMILIES if re.search(rf"(?<![a-z0-9]){pattern}", called.lower())), Prompts())


def prompts_of_model(configured: Mapping[str, str | None], model: str) -> Prompts:
    """The prompts that a model brings with it (config_sentence_transformers.json), else those of its name."""
    query = configured.get("query") or ""
    passage = next((p for name in ("passage", "document", "corpus") if (p := configured.get(name))), "")
    return Prompts(query, passage) if query or passage else prompts_by_name(model)


def clean(text: str, longest: int) -> str:
    """A NUL byte ends a string in C early; half a surrogate pair has no UTF-8."""
    return text[:longest].replace("\x00", " ").encode("utf-8", "replace").decode("utf-8")


def unit(vectors: Sequence[Sequence[float]] | Vectors) -> Vectors:
    """Rows of length one.

    Raises:
        ValueError: rows of unlike length, of nothing, or that are no numbers.
    """
    rows = np.asarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True) if rows.ndim == 2 else np.zeros(1)
    if rows.ndim != 2 or rows.shape[1] == 0 or not np.isfinite(rows).all() or not (lengths > 0).all():
        raise ValueError("vectors that are empty, of unlike length, zero or not numbers")
    return np.asarray(rows / lengths, dtype=np.float32)
