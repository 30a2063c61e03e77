"""Which language a text is in. Function words settle nearly every case; py3langid is asked only when they do not."""

# ruff: noqa: SIM905 - word lists read best as text
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
# Words that Danish does not have, in the languages next to it.
_NEIGHBOURS = frozenset(
    """å av blir ikkje jeg meg hva noen etter gjennom mellom slik och är att från inte som också genom mellan blir ska
    und der das ist nicht wird werden mit für
    het van een niet wordt worden zijn voor naar ook deze dat dit bij uit aan zij""".split()
) - {"der", "som", "jeg", "mit"}
_WORD = re.compile(r"[^\W\d_]+")
_NAMES = {
    "sv": "svensk", "no": "norsk", "nb": "norsk", "nn": "norsk", "de": "tysk", "fr": "fransk", "es": "spansk", "pl": "polsk", "nl": "nederlandsk",
    "fi": "finsk", "it": "italiensk", "is": "islandsk", "fo": "færøsk", "uk": "ukrainsk", "ar": "arabisk", "tr": "tyrkisk",
}
_FEW = 12


def language(text: str, source: str) -> Literal["da", "en"]:
    """`da` or `en`. A text of a few words is taken as the one it is closer to.

    Raises:
        UnsupportedInput: the text is in another language.
    """
    words = [w.lower() for w in _WORD.findall(text[:20_000])]
    danish, english, neighbours = (_share(words, known) for known in (_DANISH, _ENGLISH, _NEIGHBOURS))
    if english > 0.18 and english > 2 * danish:
        return "en"
    if danish > 0.10 and danish > 2 * english and neighbours < 0.03:
        return "da"
    if len(words) < _FEW:
        return "en" if english > danish else "da"
    return _ask_library(text, source, has_danish=danish > 0.05 and neighbours < 0.03)


def _share(words: list[str], known: frozenset[str]) -> float:
    return sum(w in known for w in words) / len(words) if words else 0.0


def _ask_library(text: str, source: str, has_danish: bool) -> Literal["da", "en"]:
    import py3langid

    found = str(py3langid.classify(text[:20_000])[0])
    if found == "en":
        return "en"
    if found == "da" or has_danish:
        return "da"
    raise UnsupportedInput(
        source,
        f"teksten ser ud til at være {_NAMES.get(found, f'på et andet sprog ({found})')}; checker læser dansk og engelsk "
        f"(the text looks like '{found}'; checker reads Danish and English).",
        "Oversæt beskrivelsen, og prøv igen.",
    )
