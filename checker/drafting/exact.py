"""Numbers, dates, legal references, names and quoted phrases of a sentence, as they can be looked up in its sources. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from checker.drafting.lexicon import STARTERS

Day = tuple[int | None, int, int | None]
Reference = tuple[str, ...]

_MONTHS = {
    name: n
    for names in (
        "januar februar marts april maj juni juli august september oktober november december",
        "january february march april may june july august september october november december",
    )
    for n, name in enumerate(names.split(), 1)
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_WRITTEN = re.compile(
    rf"(?:\b(\d{{1,2}})(?:\.|st|nd|rd|th)?\s*)?\b({_MONTH})\b(?:\s*(\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d))?(?:,?\s*((?:19|20)\d\d)\b)?",
    re.IGNORECASE,
)
_ISO = re.compile(r"\b((?:19|20)\d\d)-(\d\d)-(\d\d)\b")
_SHORT = re.compile(r"\b(\d{1,2})[-/.]\s?(\d{1,2})(?:[-/.]\s?((?:19|20)?\d\d))?\b(?!\.?\d)(?!\s*%)")
_WEEKDAYS = re.compile(
    r"\b(?:man|tirs|ons|tors|fre|lør|søn)dag(?:en|s|e)?\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b[1-4]\. kvartal\b|\bQ[1-4]\b", re.IGNORECASE
)
_MAIN = re.compile(
    r"(?P<kind>\bart(?:ikel|iklerne|icles?|ikler|s?\.)?|§{1,2}|\bbetragtning|\brecital|\bbilag|\bannex|\bkapitel|\bchapter|\bkap\.)\s*(?P<n>\d+(?:\s?[a-z]\b)?|[IVXL]+\b)"
    r"(?P<subs>(?:,?\s*(?:stk\.?|nr\.?|litra|pkt\.?|no\.?|point|subparagraph|sentence|paragraph|letter)\s*\w+|\(\w+\))*)",
    re.IGNORECASE,
)
_SUB = re.compile(r"(?:stk\.?|nr\.?|litra|pkt\.?|no\.?|point|subparagraph|sentence|paragraph|letter)\s*(\w+)|\((\w+)\)", re.IGNORECASE)
_LOOSE = re.compile(r"\b(stk|litra|paragraph|point)\.?\s*(\d+|[a-z]\b)", re.IGNORECASE)
_KINDS = {"§": "par", "§§": "par", "betragtning": "rct", "recital": "rct", "bilag": "anx", "annex": "anx", "kapitel": "cpt", "chapter": "cpt", "kap.": "cpt"}
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_UNITS = (
    ("%", r"%|procent|pct\.?|percent|per cent"),
    ("money", r"kr\b\.?|kroner|dkk|euro?s?\b|€|mio\b\.?|mia\b\.?|million\w*"),
    ("day", r"dag(?:e|es|s)?\b|døgn|days?\b"),
    ("week", r"uger?s?\b|weeks?\b"),
    ("month", r"måned(?:er|ers|s)?\b|months?\b"),
    ("year", r"års?\b|years?\b"),
    ("hour", r"timer?s?\b|hours?\b"),
    ("minute", r"minut(?:ter|ters)?\b|minutes?\b"),
)
_COUNTED = re.compile(r"(\d+(?:[.,]\d+)*)\s*[- ]?(?:" + "|".join(f"(?P<u{i}>{p})" for i, (_, p) in enumerate(_UNITS)) + ")", re.IGNORECASE)
_SPELT = {
    "da": "to tre fire fem seks syv otte ni ti elleve tolv tretten fjorten femten seksten sytten atten nitten tyve",
    "en": "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty",
}
_MORE = {
    "da": {"tredive": 30, "fyrre": 40, "halvtreds": 50, "tres": 60, "halvfjerds": 70, "firs": 80, "halvfems": 90, "hundrede": 100, "tusind": 1000},
    "en": {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000},
}
_VALUES = {lang: {w: n for n, w in enumerate(words.split(), 2)} | _MORE[lang] for lang, words in _SPELT.items()}
_QUOTED = re.compile(r"»([^»«]*)«|“([^“”]*)”|„([^„“”]*)[“”]|\"([^\"]*)\"|‘([^‘’]*)’|(?<![\wæøå])'([^']+)'(?![\wæøå])|”([^”]*)”")
_TOKEN = re.compile(r"[^\W_]+(?:['’&.-][^\W_]+)*")
_GENITIVE = re.compile(r"['’]?s$|['’]$")
_PRONOUNS = ("i", "jer", "jeres", "de", "dem", "deres")


def digits(text: str, language: str) -> str:
    """Spelt numbers as digits, so that `tre` and `3` are one number. English `to` and `ten` and Danish `to` and `ti` are told apart by language."""
    return re.sub(r"[^\W\d_]+", lambda m: str(_VALUES[language].get(m.group().lower(), m.group())), text)


def numbers(text: str, language: str) -> set[str]:
    """Every number outside of dates and legal references; thousands and decimals without their marks."""
    plain = digits(without_references(text), language)
    return {re.sub(r"[.,]", "", n) for n in _NUMBER.findall(plain)}


def measures(text: str, language: str) -> set[tuple[str, str]]:
    """(number, unit) where a unit follows: 50 per cent is not 50 citizens."""
    found = _COUNTED.finditer(digits(without_references(text), language))
    return {(re.sub(r"[.,]", "", m.group(1)), next(name for i, (name, _) in enumerate(_UNITS) if m.group(f"u{i}"))) for m in found}


def days(text: str) -> set[Day]:
    """(year, month, day), with none for what is not said."""
    found: set[Day] = {(int(y), int(m), int(d)) for y, m, d in _ISO.findall(text)}
    for before, name, after, year in _WRITTEN.findall(text):
        if name.lower() in ("may", "march") and not (before or after or year):
            continue  # the verbs
        found.add((int(year) if year else None, _MONTHS[name.lower()], int(before or after) if before or after else None))
    for day, month, year in _SHORT.findall(_ISO.sub(" ", text)):
        if 1 <= int(month) <= 12 and 1 <= int(day) <= 31:
            full = (int(year) if len(year) == 4 else 2000 + int(year)) if year else None
            found.add((full, int(month), int(day)))
    return found


def says_day(day: Day, said: set[Day]) -> bool:
    """A less exact date may rest on a more exact one, not the other way round."""
    return any(other[1] == day[1] and day[0] in (None, other[0]) and day[2] in (None, other[2]) for other in said)


def weekdays(text: str) -> set[str]:
    return {w.lower() for w in _WEEKDAYS.findall(text)}


def references(text: str) -> set[Reference]:
    """Legal references as (kind, number, parts…): art. 35, stk. 3, litra b → ("art", "35", "3", "b")."""
    found: set[Reference] = set()
    for m in _MAIN.finditer(text):
        kind = _KINDS.get(m.group("kind").lower(), "art")
        subs = [(a or b).lower() for a, b in _SUB.findall(m.group("subs"))]
        found.add((kind, re.sub(r"\s", "", m.group("n")).lower(), *subs))
    rest = _MAIN.sub(" ", text)
    found |= {("part", n.lower()) for _, n in _LOOSE.findall(rest)}
    return found


def says_reference(reference: Reference, said: set[Reference]) -> bool:
    if reference[0] == "part":
        return any(reference[1] in other[1 if other[0] == "part" else 2 :] for other in said)
    return any(other[: len(reference)] == reference for other in said)


def quoted(text: str) -> list[str]:
    """Every phrase in quotation marks, on one line."""
    return [" ".join(next(filter(None, groups), "").split()) for groups in _QUOTED.findall(text)]


def without_quotes(text: str) -> str:
    return _QUOTED.sub(" ", text)


def words_in(text: str) -> set[str]:
    """Words in small letters, whole and in their parts, with and without a genitive s."""
    found: set[str] = set()
    for token in _TOKEN.findall(text):
        for word in (token, *re.split(r"[-&.'’]", token)):
            found |= {word.lower(), _GENITIVE.sub("", word.lower())}
    return found - {""}


def strange_names(text: str, known: Collection[str], known_stems: Collection[str], stem: Callable[[str], str]) -> Iterator[str]:
    """Name-like words that no source has: capitals inside the sentence, and an unusual first word."""
    for position, token in enumerate(_TOKEN.findall(text)):
        for part in token.split("-"):
            small = _GENITIVE.sub("", part.lower())
            if not any(c.isupper() for c in part) or small in known or part.lower() in known or small in _PRONOUNS:
                continue
            if position == 0 and part[1:].islower() and (small in STARTERS or part.lower() in STARTERS or stem(part.lower()) in known_stems):
                continue
            yield part


def without_references(text: str) -> str:
    """The text without references and dates, which are looked up in other ways."""
    for pattern in (_MAIN, _LOOSE, _ISO, _SHORT):
        text = pattern.sub(" ", text)
    return _WRITTEN.sub(lambda m: " " if m.group(1) or m.group(3) or m.group(4) else m.group(), text)
