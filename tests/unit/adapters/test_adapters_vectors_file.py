"""The vectors beside an index: whatever the file holds, the search gets those of the collection."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from checker.adapters.ranking import save_vectors, vectors_of

ROWS = {"a": [1.0, 0.0], "b": [0.0, 1.0]}


class Collection:
    """What Chroma answers, in another order than asked."""

    def __init__(self) -> None:
        self.asked = 0

    def get(self, ids: list[str], include: list[str]) -> dict[str, Any]:
        self.asked += 1
        return {"ids": ids[::-1], "embeddings": [ROWS[i] for i in ids[::-1]]}


def whole(folder: Path) -> bytes:
    file = folder / "whole.npy"
    np.save(file, np.array(list(ROWS.values()), dtype=np.float32))
    return file.read_bytes()


@pytest.mark.parametrize("cut", [0, 1, 6, 60, 128, -1], ids=str)
def test_an_empty_or_truncated_file_is_made_anew_from_the_collection(tmp_path: Path, cut: int) -> None:
    file, collection = tmp_path / "vectors.npy", Collection()
    file.write_bytes(whole(tmp_path)[:cut])
    for _ in ("rebuilt", "read"):
        assert vectors_of(collection, ["a", "b"], file).tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert collection.asked == 1


@pytest.mark.parametrize("content", [b"PK\x03\x04 no archive", b"\x80\x04 a pickle?", b"<html>"], ids=["zip", "pickle", "html"])
def test_a_file_of_another_kind_is_made_anew(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "vectors.npy"
    file.write_bytes(content)
    assert vectors_of(Collection(), ["b"], file).tolist() == [[0.0, 1.0]]


def test_a_write_that_fails_leaves_what_was_there_and_nothing_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "vectors.npy"
    file.write_bytes(b"before")

    def full(opened: Any, vectors: object) -> None:
        opened.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(OSError, match="No space"):
        save_vectors(file, np.zeros((1, 2), dtype=np.float32))
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("vectors.npy", b"before")]
