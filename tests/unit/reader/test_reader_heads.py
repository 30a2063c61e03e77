"""The weights on disk: small, close to what was trained, and refused with advice when they are not whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from checker.errors import ModelMissing
from checker.reader.cues import CUES
from checker.reader.features import EMBEDDING
from checker.reader.heads import FORMAT, load_weights, pack

DIM, LATENT = 4, 2
NAMES = ("fact:a=yes", "fact:a=no", "met:r")
GRAMS = (" se", "sen", "sens")


@settings(deadline=None)
@given(arrays(np.float32, st.tuples(st.integers(1, 30), st.integers(1, 6)), elements=st.floats(-50, 50, width=32)))
def test_packing_loses_at_most_half_a_step_of_each_head(weights: np.ndarray) -> None:
    quantised, scale = pack(weights)
    assert quantised.dtype == np.int8
    back = quantised.astype(np.float32) * scale
    assert (np.abs(back - weights) <= scale / 2 + 1e-5).all()
    assert (scale <= np.maximum(np.abs(weights).max(axis=0), 1e-8) / 127 + 1e-6).all()


def test_a_head_of_zeros_stays_zero() -> None:
    quantised, scale = pack(np.zeros((5, 2), dtype=np.float32))
    assert not (quantised * scale).any()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Weights of a tiny reader, written as `checker train` writes them."""
    random = np.random.default_rng(0)
    heads_q, heads_scale = pack(random.normal(size=(2 * DIM + len(CUES) + LATENT, len(NAMES))).astype(np.float32))
    basis_q, basis_scale = pack(random.normal(size=(len(GRAMS), LATENT)).astype(np.float32))
    np.savez_compressed(
        tmp_path / "reader.npz",
        heads_q=heads_q,
        heads_scale=heads_scale,
        basis_q=basis_q,
        basis_scale=basis_scale,
        intercept=np.array([0.1, 0.2, 0.3], dtype=np.float32),
        idf=np.ones(len(GRAMS), dtype=np.float16),
    )
    (tmp_path / "ngrams.txt").write_text("\n".join(GRAMS), "utf-8")
    write_meta(tmp_path)
    return tmp_path


def write_meta(folder: Path, **changes: Any) -> None:
    meta = {"format": FORMAT, "heads": NAMES, "embedder": "numbers", "version": "abc"} | changes
    (folder / "reader.json").write_text(json.dumps(meta), "utf-8")


def test_what_was_written_is_loaded(folder: Path) -> None:
    heads = load_weights(folder).heads
    assert (heads.names, heads.embedder, heads.version) == (NAMES, "numbers", "abc")
    assert heads.column["met:r"] == 2
    assert heads.scores([], np.zeros((0, DIM), dtype=np.float32)).shape == (0, 3)


def test_a_score_is_dense_plus_ngrams_plus_intercept(folder: Path) -> None:
    heads = load_weights(folder).heads
    nothing = heads.scores([""], np.zeros((1, DIM), dtype=np.float32))
    assert nothing[0] == pytest.approx([0.1, 0.2, 0.3])
    sensor = heads.scores(["sensor"], np.zeros((1, DIM), dtype=np.float32))
    assert sensor[0] - nothing[0] == pytest.approx((heads.ngrams.latent(["sensor"]) @ heads.weights[-LATENT:])[0], abs=1e-5)
    one = np.eye(1, DIM, dtype=np.float32)
    assert heads.scores([""], one)[0] - nothing[0] == pytest.approx(heads.weights[0] * EMBEDDING, abs=1e-4)


def cut(file: str, keep: float) -> Callable[[Path], None]:
    def harm(folder: Path) -> None:
        data = (folder / file).read_bytes()
        (folder / file).write_bytes(data[: int(len(data) * keep)])

    return harm


def flip(folder: Path) -> None:
    data = bytearray((folder / "reader.npz").read_bytes())
    for at in range(100, len(data) // 2, 7):
        data[at] ^= 0xFF
    (folder / "reader.npz").write_bytes(bytes(data))


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda f: (f / "reader.json").unlink(), id="no json"),
        pytest.param(lambda f: (f / "reader.npz").unlink(), id="no npz"),
        pytest.param(lambda f: (f / "ngrams.txt").unlink(), id="no ngrams"),
        pytest.param(cut("reader.json", 0.5), id="half json"),
        pytest.param(cut("reader.npz", 0.5), id="half npz"),
        pytest.param(cut("reader.npz", 0.0), id="empty npz"),
        pytest.param(flip, id="bytes flipped"),
        pytest.param(lambda f: (f / "reader.npz").write_text("en tekst"), id="npz is text"),
        pytest.param(lambda f: (f / "reader.json").write_text("[]"), id="json is a list"),
        pytest.param(lambda f: (f / "reader.json").write_bytes(b"\xff\xfe"), id="json is binary"),
        pytest.param(lambda f: write_meta(f, heads=NAMES[:2]), id="a head too few"),
        pytest.param(lambda f: (f / "ngrams.txt").write_text("sen\nsens"), id="an n-gram too few"),
        pytest.param(lambda f: np.savez_compressed(f / "reader.npz", idf=np.ones(3)), id="arrays missing"),
    ],
)
def test_missing_or_damaged_weights_are_refused_with_advice(folder: Path, harm: Callable[[Path], Any]) -> None:
    harm(folder)
    with pytest.raises(ModelMissing, match="checker train"):
        load_weights(folder)


@pytest.mark.parametrize("format_", [0, 2, None])
def test_weights_of_another_format_are_refused(folder: Path, format_: Any) -> None:
    write_meta(folder, format=format_)
    with pytest.raises(ModelMissing, match=f"format {format_}"):
        load_weights(folder)
