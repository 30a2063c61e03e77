"""Which language a text is in. Function words settle nearly every case; py3langid is asked only when they do not."""

from __future__ import annotations

import re
from typing import Literal

from checker.errors import UnsupportedInput

_DANISH = frozenset(
    """og i at det er en til af på som for de med den der ikke et om han var men sig fra har vi kan skal vil så eller når efter ved
    kommunen kommune borgere borgeren løsningen systemet blive bliver bruges også dette deres vores pa lgsningen bor""".split()
)
_ENGLISH = frozenset(
    """the and of to in is that it for on with as are this be by from or an which will has have not we they their our can at
    municipality system data staff""".split()
)
_OTHER = frozenset(
    """och att är som på inte från eller och der die und das ist nicht mit ein eine für von og å ikke kommunen på et av til
    le la les des et est dans pour une qui que el los las y en que por con una""".split()
)
_WORD = re.compile(r"[^\W\d_]+")
_NAMES = {"sv": "svensk", "no": "norsk", "nb": "norsk", "nn": "norsk", "de": "tysk", "fr": "fransk", "es": "spansk", "pl": "polsk", "nl": "nederlandsk"}


def language(text: str, source: str) -> Literal["da", "en"]:
    """`da` or `en`.

    Raises:
        UnsupportedInput: the text is in another language.
    """
    words = [w.lower() for w in _WORD.findall(text[:20_000])]
    if not words:
        return "da"
    danish = sum(w in _DANISH for w in words) / len(words)
    english = sum(w in _ENGLISH for w in words) / len(words)
    norwegian_or_swedish = sum(w in ("å", "och", "är", "att", "av", "fra", "blir", "være") for w in words) / len(words)
    if english > 0.18 and english > 2 * danish:
        return "en"
    if danish > 0.16 and danish > 2 * english and norwegian_or_swedish < 0.02:
        return "da"
    if len(words) < 12:
        return "en" if english > danish else "da"
    return _ask_library(text, source)


def _ask_library(text: str, source: str) -> Literal["da", "en"]:
    import py3langid

    found = str(py3langid.classify(text[:20_000])[0])
    if found == "en":
        return "en"
    if found in _NAMES and len(_WORD.findall(text)) >= 12:
        raise UnsupportedInput(
            source,
            f"teksten ser ud til at være {_NAMES[found]}; checker læser dansk og engelsk "
            f"(the text looks like '{found}'; checker reads Danish and English).",
            "Oversæt beskrivelsen, og prøv igen.",
        )
    return "da"
