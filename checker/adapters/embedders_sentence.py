"""Models that the municipality chooses and keeps itself, through sentence-transformers."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from checker.adapters.embedders_prompts import Kind, Prompts, clean, prompts_of_model, unit
from checker.errors import ModelMissing
from checker.ports import Vectors

_LONGEST = 100_000
_GUESS = 2 << 30
_MOST = {"cuda": 256, "cpu": 32}
_LIMITS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)
_OUT = ("out of memory", "can't allocate memory", "not enough memory")


class SentenceTransformerEmbedder:
    """A model folder, or the name of one in the local Hugging Face cache; never fetched over the network.

    The prompts are the model's own, or those of its family. The name carries a fingerprint of the folder, so that vectors
    of a model that was replaced are not taken for those of the new one.
    """

    def __init__(self, model: str) -> None:
        folder = Path(model).expanduser()
        self._path = str(folder) if folder.is_dir() else model
        self.name = f"sentence-transformers:{model}" + (f"#{_fingerprint(folder)}" if folder.is_dir() else "")
        self._model: Any = None
        self._prompts = Prompts()

    def _load(self) -> Any:
        if self._model is None:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
            try:
                import torch
                from sentence_transformers import SentenceTransformer

                device = "cuda" if torch.cuda.is_available() else "cpu"
                model = SentenceTransformer(self._path, local_files_only=True, device=device)
            except Exception as error:  # the library raises many kinds for a missing or broken folder
                raise ModelMissing(
                    f"Modellen {self._path} kan ikke indlæses af sentence-transformers ({type(error).__name__}: {error}).",
                    "Angiv en mappe med modellen i CHECKER_EMBEDDER=sentence-transformers:/sti/til/model",
                ) from None
            self._prompts = prompts_of_model(model.prompts, self._path)
            self._model = model
        return self._model

    @property
    def dim(self) -> int:
        return int(self._load().get_embedding_dimension())

    @property
    def batch(self) -> int:
        """How many texts are worth handing over at once: a GPU with few is idle."""
        return _MOST[_device(self._load())]

    def embed(self, texts: Sequence[str], kind: Kind) -> Vectors:
        if not texts:
            return np.empty((0, self.dim), dtype=np.float32)
        model = self._load()
        safe = [clean(t, _LONGEST) for t in texts]
        encode = model.encode_query if kind == "query" else model.encode_document
        prompt = self._prompts.of(kind)
        size = min(_MOST[_device(model)], texts_that_fit(_free(_device(model)), *_measures(model, max(map(len, safe)) + len(prompt))))
        while True:
            try:
                vectors = encode(safe, prompt=prompt, batch_size=size, normalize_embeddings=True, show_progress_bar=False)
                return unit(np.asarray(vectors, dtype=np.float32))
            except ValueError as error:
                raise ModelMissing(f"Modellen {self._path} giver {error}.", "Vælg en anden model i CHECKER_EMBEDDER.") from None
            except (RuntimeError, MemoryError) as error:
                if not _is_out_of_memory(error):
                    raise ModelMissing(f"Modellen {self._path} fejler ({type(error).__name__}: {error}).", "Vælg en anden i CHECKER_EMBEDDER.") from None
                if size == 1:
                    hint = "Luk andre programmer, eller vælg en mindre model i CHECKER_EMBEDDER."
                    raise ModelMissing(f"Der er ikke hukommelse nok til modellen {self._path} på {_device(model)}.", hint) from None
            size = max(1, size // 4)
            _give_back(model)


def texts_that_fit(free: int, length: int, width: int, heads: int) -> int:
    """How many texts of `length` tokens go through a transformer at once in half of the free memory, as a power of two.

    One layer at a time holds, in four-byte numbers, about sixteen rows of the model's width per token (input, the four
    projections, the four times wider middle twice, and copies), and one table of attention per head.
    """
    one = 4 * length * (16 * width + heads * length)
    return 1 << max(0, (free // 2 // max(1, one)).bit_length() - 1)


def _measures(model: Any, characters: int) -> tuple[int, int, int]:
    """Tokens of the longest text (a token is seldom shorter than two characters), width and heads of the model."""
    config = getattr(getattr(model[0], "auto_model", None), "config", None)
    width = getattr(config, "hidden_size", None) or model.get_embedding_dimension()
    heads = getattr(config, "num_attention_heads", None) or 16
    tokens = characters // 2 + 8
    return min(tokens, int(model.max_seq_length or tokens)), int(width), int(heads)


def _device(model: Any) -> str:
    return "cuda" if model.device.type == "cuda" else "cpu"


def _free(device: str) -> int:
    if device == "cuda":
        import torch

        return int(torch.cuda.mem_get_info()[0])
    try:
        lines = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text("ascii").splitlines())
        free = int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, ValueError, KeyError):
        return _GUESS  # not Linux
    for limit, used in _LIMITS:  # a container may hold less than its machine
        try:
            free = min(free, int(Path(limit).read_text("ascii")) - int(Path(used).read_text("ascii")))
        except (OSError, ValueError):
            continue
    return max(0, free)


def _is_out_of_memory(error: BaseException) -> bool:
    return isinstance(error, MemoryError) or any(said in str(error).lower() for said in _OUT)


def _give_back(model: Any) -> None:
    if _device(model) == "cuda":
        import torch

        torch.cuda.empty_cache()


def _fingerprint(folder: Path) -> str:
    """Of names, sizes, and both ends of every file: weights are too large to be read whole at every start."""
    digest = hashlib.sha256()
    for file in sorted(p for p in folder.rglob("*") if p.is_file() and not any(part.startswith(".") for part in p.relative_to(folder).parts)):
        size = file.stat().st_size
        digest.update(f"{file.relative_to(folder).as_posix()}\n{size}\n".encode())
        with file.open("rb") as stream:
            digest.update(stream.read(65536))
            stream.seek(max(0, size - 65536))
            digest.update(stream.read(65536))
    return digest.hexdigest()[:8]
