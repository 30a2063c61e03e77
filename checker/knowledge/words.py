"""Words of official texts: as they were published, and cleaned for searching."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

NOTE_OPEN, NOTE_CLOSE = "\ufdd0", "\ufdd1"
"""Around footnote marks while a file is read. Unicode keeps these two code points for uses inside a program: no published text has them."""

_NOTE = re.compile(f"{NOTE_OPEN}[^{NOTE_CLOSE}]*{NOTE_CLOSE}")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
# Consolidated texts mark what came from which amendment: "►M1 ... ◄", "▼B".
_EDITORIAL = re.compile(r"[►▼]\s*[A-Z]+\d*|[►◄▼]")
_LOOSE = re.compile(r"\s+(?=[,.;:)])")
_WORD = re.compile(r"[^\W\d_]+")

# Five words that are frequent in legal texts of one language and, taken together, in no other.
_FREQUENT = {
    "da": ("og", "af", "til", "ikke", "ved"),
    "en": ("the", "of", "and", "to", "by"),
    "sv": ("och", "av", "till", "inte", "vid"),
    "no": ("og", "av", "til", "ikke", "ved"),
    "de": ("und", "der", "die", "nicht", "von"),
    "nl": ("en", "van", "het", "niet", "voor"),
    "fr": ("et", "de", "la", "les", "des"),
    "es": ("y", "de", "la", "los", "del"),
}
_ENOUGH = 20


def squeeze(text: str) -> str:
    """Runs of white space, no-break spaces among them, become one space."""
    return " ".join(text.split())


def published(raw: str) -> str:
    """The words as published: footnote marks and soft hyphens stay."""
    return squeeze(raw.replace(NOTE_OPEN, "").replace(NOTE_CLOSE, ""))


def searchable(raw: str) -> str:
    """The words for searching: no footnote marks, soft hyphens, invisible characters or marks of amendments."""
    text = _INVISIBLE.sub("", _EDITORIAL.sub(" ", _NOTE.sub("", raw)))
    return _LOOSE.sub("", squeeze(unicodedata.normalize("NFC", text)))


def language_of(text: str) -> str:
    """The language whose frequent words are most frequent here; "" where there are too few words to tell."""
    counts = Counter(w.lower() for w in _WORD.findall(text))
    scores = {language: sum(counts[w] for w in words) for language, words in _FREQUENT.items()}
    best = max(scores, key=lambda language: scores[language])
    return best if scores[best] >= _ENOUGH else ""
