"""Shipped vectors: what goes in comes out in the same direction, and damage is as good as absence."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.adapters.shipped import ShippedVectors, write


def key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 2**31), count=st.integers(1, 20))
def test_a_vector_comes_back_in_its_own_direction(seed: int, count: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    matrix = np.random.default_rng(seed).normal(size=(count, 384)).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    file = tmp_path_factory.mktemp("v") / "vectors.npz"
    write(file, {key(str(i)): v for i, v in enumerate(matrix)})
    found = ShippedVectors(file).get([key(str(i)) for i in range(count)])
    for i, vector in enumerate(matrix):
        assert float(found[key(str(i))] @ vector) > 0.999
        assert float(np.linalg.norm(found[key(str(i))])) == pytest.approx(1.0, abs=1e-5)


def test_the_same_vectors_give_the_same_file(tmp_path: Path) -> None:
    vectors = {key(t): np.eye(384, dtype=np.float32)[i] for i, t in enumerate("abc")}
    write(tmp_path / "one.npz", vectors)
    write(tmp_path / "two.npz", dict(reversed(vectors.items())))
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_what_is_not_in_it_is_not_found(tmp_path: Path) -> None:
    write(tmp_path / "v.npz", {key("a"): np.ones(384, dtype=np.float32)})
    assert set(ShippedVectors(tmp_path / "v.npz").get([key("a"), key("b")])) == {key("a")}


@pytest.mark.parametrize("damage", [None, b"", b"PK nothing", "half"])
def test_an_absent_or_damaged_file_is_an_empty_one(tmp_path: Path, damage: bytes | str | None) -> None:
    file = tmp_path / "v.npz"
    if damage == "half":
        write(file, {key(str(i)): np.ones(384, dtype=np.float32) for i in range(50)})
        file.write_bytes(file.read_bytes()[:-200])
    elif isinstance(damage, bytes):
        file.write_bytes(damage)
    assert len(ShippedVectors(file)) == 0
