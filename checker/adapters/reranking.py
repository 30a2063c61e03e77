"""Rerankers: models that read question and passage together, chosen by setting; none by default."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from checker.adapters.embedders_prompts import clean
from checker.errors import ModelMissing, SettingsError
from checker.ports import Reranker

_LONGEST = 8000
_BATCH = 32


class CrossEncoderReranker:
    """A sentence-transformers CrossEncoder: a folder, or a name in the local Hugging Face cache; never fetched over the network."""

    def __init__(self, model: str) -> None:
        folder = Path(model).expanduser()
        self._path = str(folder) if folder.is_dir() else model
        self.name = f"cross-encoder:{model}"
        self._model: Any = None

    def _load(self) -> Any:
        if self._model is None:
            if self._path.startswith(("/", "~", ".")) and not Path(self._path).expanduser().is_dir():
                raise self._missing("findes ikke; der er ingen mappe af det navn")  # before torch, which takes seconds to load
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
            try:
                import torch
                from sentence_transformers import CrossEncoder

                device = "cuda" if torch.cuda.is_available() else "cpu"
                model = CrossEncoder(self._path, local_files_only=True, device=device)
            except Exception as error:  # the library raises many kinds for a missing or broken folder
                raise self._missing(f"kan ikke indlæses af sentence-transformers ({type(error).__name__}: {error})") from None
            if model.num_labels != 1:
                raise self._missing(f"giver {model.num_labels} tal pr. tekst og ikke ét; den er ikke lavet til at rangere")
            self._model = model
        return self._model

    def score(self, query: str, passages: Sequence[str]) -> NDArray[np.float32]:
        if not passages:
            return np.empty(0, dtype=np.float32)
        model, asked = self._load(), clean(query, _LONGEST)
        try:
            scores = model.predict([(asked, clean(p, _LONGEST)) for p in passages], batch_size=_BATCH, show_progress_bar=False)
        except (RuntimeError, MemoryError, ValueError, IndexError) as error:
            raise self._missing(f"fejler ({type(error).__name__}: {error})") from None
        found = np.asarray(scores, dtype=np.float32).reshape(-1)
        if not np.isfinite(found).all():
            raise self._missing("giver tal, der ikke er tal")
        return found

    def _missing(self, why: str) -> ModelMissing:
        hint = "Angiv en mappe med modellen i CHECKER_RERANKER=cross-encoder:/sti/til/model, eller fjern indstillingen; den hentes ikke af sig selv."
        return ModelMissing(f"Omrangeringsmodellen {self._path} {why}.", hint)


def reranker_named(name: str | None) -> Reranker | None:
    """The reranker that a setting names; None: none is used.

    Raises:
        SettingsError: an unknown kind of reranker.
    """
    if not name:
        return None
    kind, _, model = name.partition(":")
    if kind == "cross-encoder" and model.strip():
        return CrossEncoderReranker(model.strip())
    raise SettingsError(f"CHECKER_RERANKER={name} kendes ikke.", "Brug cross-encoder:<mappe eller model>, eller fjern indstillingen.")
