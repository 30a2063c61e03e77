"""Writing that is meant to be seen otherwise than it is stored: lookalike letters, letters nobody sees, turned or coded text.

Only for reading: quotes and offsets are always those of the text as it stands.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import unicodedata
from collections.abc import Iterator

# Letters without a shape, and marks that only steer: soft hyphen, zero width, bidi, fillers, variation selectors, tag characters.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
# A flag of a part of a country is the only honest use of tag characters, and no honest letter has four selectors after it.
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007f]{1,8}")
_TAGS = re.compile("[\U000e0020-\U000e007e]{4,}")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{4,}")
_TURNED = re.compile("\u202e([^\u202c\u202e\n]{3,})")
_FORMS = re.compile("[\u210a-\u2113\u2119-\u211d\u249c-\u24e9\uff01-\uff5e\U0001d400-\U0001d7ff\U0001f110-\U0001f189]")  # full-width, mathematical, ringed
_LOOKALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеѕіјорсухԁԛԝһӏвкмнтгпΑΒΕΖΗΙΚΜΝΟΡΤΥΧαεικνορτυχγɑɡıℓ",
    "ABESIJKMHOPCTYXaesijopcyxdqwhlbkmhtrnABEZHIKMNOPTYXaeiknoptuxyagil",
)
_OTHER_LETTER = re.compile("[\u0370-\u03ff\u0400-\u052f]")
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile("[A-Za-zÆØÅæøåÉé]")
_SPACED = re.compile(r"(?<!\w)(?:\w[ \u00a0\t.*_-]{1,2}){5,}\w(?!\w)")
_CODED = re.compile(r"[A-Za-z0-9+/_-]{20,}={0,2}")
# A sentence without one of these is tried with its letters turned by thirteen places (rot13).
_COMMON = re.compile(
    r"\b(?:og|i|at|det|er|en|et|til|af|på|for|med|de|den|der|som|ikke|har|kan|skal|ved|om|"
    r"the|of|and|to|in|is|are|that|it|on|with|by|be|or|we|a|an|all)\b", re.I
)
_MANY_WORDS = 5
_WORDS = re.compile(r"[^\W\d_]{2,}\s+[^\W\d_]{2,}\s+[^\W\d_]{2,}")


def plain(text: str) -> str:
    """The text with ordinary letters for those made to look like them, and without what nobody sees."""
    if text.isascii():
        return text
    text = _UNSEEN.sub("", text)
    text = _FORMS.sub(lambda m: unicodedata.normalize("NFKC", m.group(0)), text)
    return _WORD.sub(_latin, text) if _OTHER_LETTER.search(text) else text


def _latin(word: re.Match[str]) -> str:
    """A word of two alphabets is a disguise; one wholly in Greek or Cyrillic letters is a word of another language."""
    said = word.group(0)
    mixed = _OTHER_LETTER.search(said) and _LATIN.search(said)
    return said.translate(_LOOKALIKES) if mixed else said


def hides_writing(text: str) -> bool:
    """Whether letters that nobody sees stand in it, enough of them to carry words."""
    return not text.isascii() and bool(_TAGS.search(_FLAG.sub("", text)) or _SELECTORS.search(text))


def views(text: str) -> Iterator[str]:
    """What the text may be made to say: as read, and each disguise that is found in it taken off."""
    shown = " ".join(plain(text).split())
    yield shown
    if not text.isascii():
        whole = shown.translate(_LOOKALIKES)  # also words that are foreign letters throughout
        if whole != shown:
            yield whole
        if turned := _TURNED.findall(text):
            yield " ".join(part[::-1] for part in turned)
        if tagged := _TAGS.findall(_FLAG.sub("", text)):
            yield "".join(chr(ord(c) - 0xE0000) for c in "".join(tagged))
    if _SPACED.search(text):
        yield _SPACED.sub(_closed_up, text)
    yield from decoded(shown)
    if len(_WORD.findall(shown)) >= _MANY_WORDS and not _COMMON.search(shown):
        yield codecs.encode(shown, "rot13")


def decoded(text: str) -> Iterator[str]:
    """Readable sentences written in base64."""
    for match in _CODED.finditer(text):
        coded = match.group(0).rstrip("=").replace("-", "+").replace("_", "/")
        try:
            said = base64.b64decode(coded + "=" * (-len(coded) % 4), validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            continue
        if said.isprintable() and _WORDS.search(said):
            yield said


def _closed_up(match: re.Match[str]) -> str:
    """"o p f y l d t" as a word; two spaces or more between letters stand between words."""
    return "".join(" " if len(gap) > 1 and gap.isspace() else "" if gap else letter for letter, gap in re.findall(r"(\w)|([^\w]+)", match.group(0)))
