"""Whether two texts say the same words, and where they do not."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Literal

from checker.model.law import Frozen

_LONG = 3000
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "»": '"', "«": '"', "„": '"', "–": "-", "—": "-", "‑": "-"})


class Piece(Frozen):
    """A run of words that both versions have, or only the one."""

    words: str
    kind: Literal["same", "removed", "added"]


def word_diff(old: str, new: str) -> tuple[Piece, ...]:
    """Runs of words, in reading order; what is only in the old text stands before what replaced it."""
    a, b = old.split(), new.split()
    # Words alike but for the make of a quotation mark are the same word. Above some length difflib may skip frequent words: slow otherwise.
    matcher = SequenceMatcher(None, [plain(w) for w in a], [plain(w) for w in b], autojunk=max(len(a), len(b)) > _LONG)
    pieces: list[Piece] = []
    for what, i, j, k, m in matcher.get_opcodes():
        if what == "equal":
            pieces.append(Piece(words=" ".join(b[k:m]), kind="same"))
            continue
        if i < j:
            pieces.append(Piece(words=" ".join(a[i:j]), kind="removed"))
        if k < m:
            pieces.append(Piece(words=" ".join(b[k:m]), kind="added"))
    return tuple(pieces)


def plain(words: str) -> str:
    """Formats differ in the make of quotation marks and dashes and in the space around them."""
    return " ".join(words.translate(_QUOTES).split())
