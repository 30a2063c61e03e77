"""Mends noise for reading: OCR, typing slips, soft hyphens, broken lines, disguised letters. Quotes are never taken from mended text."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from functools import lru_cache
from importlib import resources

from checker.read.disguise import plain

_BROKEN_WORD = re.compile(r"(?<=[a-zæøå])-[ \t]*\n\s*(?=[a-zæøå])(?!(?:og|eller|samt|til|and|or)\b)")  # "drift- og ..." keeps its hyphen
_SPACE = re.compile(r"\s+")
_MARKDOWN = re.compile(r"(\*\*|__|`)")

# "Al" is AI when Danish grammar leaves no room for "al" (all): in the middle of a sentence, before a hyphen, before a verb
# or a preposition. Where a sentence may begin ("Krav: Al kommunikation ...") a noun after it leaves "al" as it is.
_AL_ENDS = r"(?=[\s,.;:!?)»«\"'’/-]|$)"
_AL_VERB = r"(?= (?:til|i|på|pa|som|kan|kunne|bruges|anvendes|løsning\w*|system\w*|projekt\w*|model\w*|og|TIL|I|OG|PÅ|PA)\b)"
_LEVEL = r"(?<!niveau )(?<!trin )(?<!bilag )(?<!prøve )(?<!modul )(?<!format )"
_AL_AS_AI = (
    re.compile(rf"(?<=[\wæøå,;] ){_LEVEL}(?<![.:!?\d] )(?:Al|A1|Ai){_AL_ENDS}(?!-niveau|[,/-]? ?(?:og |eller )?[AB][12]\b)"),
    re.compile(r"\b(?:Al|A1|Ai)(?=-[a-zæøå])(?!-niveau)"),
    re.compile(rf"(?:(?<=^)|(?<=[:.!?)»«\"\d] ))(?:Al|A1|Ai){_AL_VERB}"),
)
_SLIPS = (
    (re.compile(r"\bchat\s?g[tp]{2}\b", re.I), "ChatGPT"),
    (re.compile(r"\bco-?\s?pilot\b", re.I), "Copilot"),
    (re.compile(r"\bpromt(?=(e|en|er|ene|ing|s)?\b)", re.I), "prompt"),
    (re.compile(r"\bKI\b"), "AI"),
    (re.compile(r"\bkunstig inteligens\b", re.I), "kunstig intelligens"),
)
_WORD = re.compile(r"[A-Za-zÆØÅæøå@0-9]*[A-Za-zÆØÅæøå@][A-Za-zÆØÅæøå@0-9]*")
_DANISH_LETTERS = re.compile(r"[æøåÆØÅ]")
_LETTERS = re.compile(r"[A-Za-zÆØÅæøå]")

# What scanners make of the Danish letters, most frequent first.
_OCR = (("z", "æ"), ("ze", "æ"), ("ee", "æ"), ("ae", "æ"), ("g", "ø"), ("@", "ø"), ("o", "ø"), ("oe", "ø"), ("0", "ø"), ("q", "ø"),
        ("a", "å"), ("aa", "å"), ("4", "å"), ("l", "i"), ("i", "l"), ("1", "l"), ("I", "l"), ("I", "Lø"), ("rn", "m"))


def is_noisy(text: str) -> bool:
    """True when a Danish text has lost its æ, ø and å (they make up 3.0 % of the letters of our clean Danish cases)."""
    letters = len(_LETTERS.findall(text))
    return letters > 150 and len(_DANISH_LETTERS.findall(text)) / letters < 0.008


def clean(text: str, noisy: bool = False) -> str:
    """The text as a reader should see it. Idempotent; keeps word order.

    Args:
        text: any stretch of a document.
        noisy: also mend OCR letters against the vocabulary (`is_noisy` of the whole document).
    """
    before = None
    while text != before:  # a mended slip can lay bare another: "_**_" is "__"
        before = text
        text = _mend(text)
    if noisy:
        text = _WORD.sub(lambda m: mend_word(m.group(0), vocabulary()), text)
    return text


def _mend(text: str) -> str:
    text = _BROKEN_WORD.sub("", plain(text))
    text = _SPACE.sub(" ", _MARKDOWN.sub("", text)).strip()
    for pattern in _AL_AS_AI:
        text = pattern.sub("AI", text)
    for slip, right in _SLIPS:
        text = slip.sub(right, text)
    return text


def mend_word(word: str, known: AbstractSet[str]) -> str:
    """The known word that OCR turned into this one; the word itself when it is known or nothing fits."""
    lower = word.lower()
    if lower in known or len(word) < 2 or word.isdigit():
        return word
    for candidate in _variants(lower):
        if candidate in known:
            return candidate.capitalize() if word[:1].isupper() else candidate
    return word


def _variants(word: str) -> list[str]:
    """Spellings reached by one, then two replacements."""
    once = _replace_once(word)
    twice = [w for v in once[:40] for w in _replace_once(v)]
    return once + twice


def _replace_once(word: str) -> list[str]:
    found: list[str] = []
    for wrong, right in _OCR:
        start = word.find(wrong)
        while start >= 0:
            found.append(word[:start] + right + word[start + len(wrong) :])
            start = word.find(wrong, start + 1)
    return found


@lru_cache(maxsize=1)
def vocabulary() -> frozenset[str]:
    """Words of our own Danish texts (made by `checker train`), lower case."""
    file = resources.files("checker.reader") / "weights" / "vocabulary.txt"
    return frozenset(file.read_text("utf-8").split())
