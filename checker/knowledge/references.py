"""Where a provision leads: "artikel 6, stk. 1", "point (b) of paragraph 2", "§ 22, stk. 2, nr. 1", "bilag III, punkt 5" → ids.

Words that name a place are found one by one; those with nothing but a comma or "of" between them make one place ("stk. 2" +
"litra b"), those with "and" between them share what the first says (its article, the act at the end). What is left unsaid
is the article, or the paragraph, the text stands in. Ids are not looked up here: `settled` keeps those that exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise

from checker.knowledge.stale import StaleReference, stale_references

__all__ = ["StaleReference", "links_in", "settled", "stale_references"]

EU_ACTS = {"gdpr": ("2016/679",), "ai-act": ("2024/1689",)}
_NAMED = {
    "gdpr": r"databeskyttelsesforordning\w*|persondataforordning\w*|GDPR\b|General\s+Data\s+Protection\s+Regulation",
    "ai-act": r"AI-forordning\w*|forordning\w*\s+om\s+kunstig\s+intelligens|Artificial\s+Intelligence\s+Act|AI\s+Act\b",
    "databeskyttelsesloven": r"databeskyttelseslov\w*",
    "forvaltningsloven": r"forvaltningslov\w*",
    "offentlighedsloven": r"offentlighedslov\w*|lov\s+om\s+offentlighed\s+i\s+forvaltningen",
    "serviceloven": r"servicelov\w*|lov\s+om\s+social\s+service",
    "kommunestyrelsesloven": r"kommunestyrelseslov\w*|lov\s+om\s+kommunernes\s+styrelse",
    "retssikkerhedsloven": r"retssikkerhedslov\w*|lov\s+om\s+retssikkerhed\s+og\s+administration\s+på\s+det\s+sociale\s+område",
    "arkivloven": r"arkivlov\w*",
    "aeldreloven": r"ældrelov\w*",
}
_HERE = r"(?:i\s+|of\s+)?(?:denne|nærværende|this)\s+(?:forordning\w*|lov\w*|Regulation|Act)\b|\blovens\b"
_SAID = r"\b(?:nævnte|samme|den\s+pågældende|dette|that|the\s+said)\s+(?:forordning\w*|direktiv\w*|lov\w*|Regulation|Directive|Act|Decision)\b"
_ISSUER = r"(?:Europa-Parlamentets\s+og\s+Rådets\s+|Kommissionens\s+|Rådets\s+)"
_NUMBERED = (
    rf"{_ISSUER}?(?:(?:delegerede\s+|gennemførelses)?(?:forordning|direktiv|afgørelse|rammeafgørelse)\w*|(?:Delegated\s+|Implementing\s+)?"
    r"(?:Regulation|Directive|(?:Framework\s+)?Decision)s?)\s*(?:\((?:EU|EF|EØF|EC|EEC|EU,\s*Euratom)\)\s*)?(?:nr\.\s*|No\s+)?(?P<eu>\d+/\d+)(?:/\w+)?"
)
_OTHER = (
    r"TEUF\b|TEU\b|TFEU\b|chartret\w*|(?:the\s+)?Charter\b|traktat\w*|(?:the\s+)?Treaty\b|konvention\w*|Convention\b|[Pp]roto[ck]ol\w*|henstilling\w*"
    r"|lov\s+nr\.\s*\d+|lovbekendtgørelse\s+nr\.\s*\d+|bekendtgørelse\s+(?:nr\.\s*\d+|om)|\blov\s+om\b|[a-zæøå]{3,}(?:loven|lovens|bekendtgørelsens?)\b|cirkulære\w*"
)
_N = r"\d{1,3}(?:\s?(?!i\b)[a-zæøå](?![\wæøå)]))?"
_ROMAN = r"(?-i:[IVXLC]+)\b"
_AND = r"(?:\s*(?:,|\bog\b|\beller\b|\bsamt\b|\band\b|\bor\b|\btil\b|\bto\b|[-–])\s*)+"
_LETTER = r"\(?[a-zæøå]{1,2}\)"
_KINDS = {
    "article": rf"(?:artikel|artiklerne|artikler|Articles?|art\.)\s*{_N}(?:\(\w{{1,3}}\))*"
               rf"(?:{_AND}(?:\(\d{{1,3}}[a-z]?\)|{_N})(?![\w/%]|\)|\s+(?:days|months|years|dage|måneder|år)\b)(?:\(\w{{1,3}}\))*)*",
    "section": rf"§{{1,2}}\s*{_N}(?:{_AND}(?:§{{1,2}}\s*)?{_N}(?![\w/)]))*",
    "annex": rf"(?:bilag(?:ene|s)?|Annex(?:es)?)\s+{_ROMAN}(?:{_AND}{_ROMAN})*",
    "part": r"(?:Section|afsnit|del)\s+(?:(?-i:[A-Z])\b|\d\b)",
    "recital": rf"(?:betragtning(?:erne)?|recitals?)\s*\(?\d{{1,3}}\)?(?:{_AND}\(?\d{{1,3}}\)?(?![\w/]))*",
    "paragraph": rf"(?:stk\.|paragraphs?)\s*\(?{_N}\)?(?:{_AND}\(?{_N}(?![\w/.])\)?)*",
    "point": rf"(?:(?:litra|points?|punkt(?:erne)?|pkt\.|nr\.)\s*(?:\(?\d{{1,2}}(?:\.\d)?\b\)?|{_LETTER}|(?<=litra\s)[a-zæøå]\b)(?:\s?\([a-z]+\))*"
             rf"(?:{_AND}(?:\(?\d{{1,2}}(?![\w/.])\)?|{_LETTER}|[a-zæøå](?=\s*(?:[,.;]|$)))(?:\([a-z]+\))*)*)",
    "this": r"(?:denne|nærværende)\s+artikels?\b|this\s+Article\b|denne\s+bestemmelse\b",
    "thispar": r"dette\s+stykkes?\b|this\s+paragraph\b",
}
_TOKEN = re.compile(
    "|".join(
        (
            *(f"(?P<{name.replace('-', '_')}>{pattern})" for name, pattern in _NAMED.items()),
            f"(?P<numbered>{_NUMBERED})", f"(?P<here>{_HERE})", f"(?P<said>{_SAID})", f"(?P<other>{_OTHER})",
            *(f"(?P<{name}>{pattern})" for name, pattern in _KINDS.items()),
        )
    ),
    re.IGNORECASE,
)
_SUB = (
    r"(?:(?:the\s+)?(?:første|andet|tredje|fjerde|first|second|third|fourth|last|sidste|\d\.)\s+"
    r"(?:afsnit|punktum|pkt\.|led|subparagraphs?|sentence|indent)\b[\s,]*(?:of\s+)?)"
)
_GLUE = re.compile(
    rf"[\s,)]*(?:(?:navnlig|in\s+particular|særlig)\s+)?(?:(?:i|of|in|til|to)\s+(?:the\s+)?{_ISSUER}?)?{_SUB}?(?:(?:i|of)\s+)?$", re.IGNORECASE
)
_CONJUNCTION = re.compile(
    rf"[\s,)]*{_SUB}?(?:og|eller|samt|and|or|og/eller|til|to|,|jf\.|cf\.)[\s,]*(?:jf\.\s+|i\s+|in\s+|of\s+)?{_SUB}?$", re.IGNORECASE
)
_FOREIGN = re.compile(r"\s*,?\s+(?:i|of|til|to)\s+(?:the\s+)?[A-ZÆØÅ]")
_RANGE = re.compile(r"(?:\btil\b|\bto\b|[-–])")
_VALUE = re.compile(
    rf"(?P<sep>{_AND})?(?P<bracket>\(?)(?P<value>\d{{1,3}}(?:\.\d)?(?:\s?(?!i\b)[a-zæøå](?![\wæøå)]))?|[a-zæøå]{{1,2}})\)?"
    r"(?P<inner>(?:\s?\([a-z0-9]+\))*)",
    re.IGNORECASE,
)
_LONGEST_RANGE = 30
_LEVEL = {"section": 0, "article": 0, "annex": 0, "recital": 0, "this": 0, "part": 1, "thispar": 2, "paragraph": 2, "point": 3}


@dataclass
class _Place:
    """Tokens that name one place: (kind, the values in order), and the act they were said to be of."""

    parts: list[tuple[str, list[str]]] = field(default_factory=list)
    act: str = ""
    joined: bool = False

    def of(self, kind: str) -> list[str]:
        return [v for k, values in self.parts if k == kind for v in values]

    @property
    def rooted(self) -> bool:
        return any(_LEVEL[k] == 0 for k, _ in self.parts)


def links_in(text: str, act: str, here: str, language: str) -> tuple[str, ...]:
    """The ids a text refers to, each once, in the order of the text; an act's own id where it is named as a whole.

    Args:
        act: the act the text belongs to, e.g. `gdpr`.
        here: the id of the passage, e.g. `gdpr:art_35.par_3`; "stk. 1" alone is a paragraph beside it.
        language: the language of the text; Danish and English wordings are both understood.
    """
    found: dict[str, None] = {}
    for places in _groups(text, act):
        _share(places)
        for place in places:
            target = place.act or act
            if not place.parts:
                if target not in {act, "?"}:
                    found[target] = None
                continue
            inside = here.partition(":")[2] if target == act else ""
            danish = target not in EU_ACTS and not inside.startswith(("art_", "rct_", "anx_"))
            for path in _paths(place, target, inside, danish):
                found[f"{target}:{path}"] = None
    return tuple(found)


def settled(links: Sequence[str], own: str, act: str, ids: Set[str] | Mapping[str, object]) -> tuple[str, ...]:
    """Links inside the act that exist, or the nearest above them that does; never the passage itself or what it lies in."""
    kept: dict[str, None] = {}
    for link in links:
        if not link.startswith(f"{act}:"):
            kept[link] = None
            continue
        while link not in ids and "." in link:
            link = link.rpartition(".")[0]  # noqa: PLW2901 - climbing
        if link in ids and link != own and not own.startswith(f"{link}."):
            kept[link] = None
    return tuple(kept)


def _groups(text: str, act: str) -> Iterator[list[_Place]]:
    """Places joined by "and"."""
    group: list[_Place] = []
    end, last_act = 0, "?"
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup or ""
        if kind == "eu":
            kind = "numbered"
        between = text[end : token.start()]
        named = _act_named(kind, token, act, last_act)
        if named and kind not in {"here", "said"}:
            last_act = named
        if group and _GLUE.match(between) and not (named and group[-1].act) and not _repeats(group[-1], kind):
            place = group[-1]
        else:
            joined = bool(group and _CONJUNCTION.match(between))
            if group and not joined:
                yield group
                group = []
            place = _Place(joined=joined)
            group.append(place)
        if named:
            place.act = named
        else:
            place.parts.append((kind, _values(kind, token.group())))
            if place.rooted and _FOREIGN.match(text, token.end()) and not _TOKEN.match(text, _after_of(text, token.end())):
                place.act = place.act or "?"
        end = token.end()
    if group:
        yield group


def _after_of(text: str, position: int) -> int:
    found = re.compile(r"\s*,?\s+(?:i|of|til|to)\s+(?:the\s+)?").match(text, position)
    return found.end() if found else position


def _repeats(place: _Place, kind: str) -> bool:
    """A second article after a first is another place; a point below a point is not."""
    level = _LEVEL.get(kind)
    return level is not None and any(_LEVEL[k] == level for k, _ in place.parts) and (kind != "point" or len(place.of("point")) > 1)


def _act_named(kind: str, token: re.Match[str], act: str, last: str) -> str:
    """The id of the act, "?" of one that is not ours, "" where the token names none."""
    if kind == "numbered":
        return next((a for a, numbers in EU_ACTS.items() if token["eu"] in numbers), "?")
    if kind in {"other", "said"}:
        return "?" if kind == "other" else last
    if kind == "here":
        return act
    named = kind.replace("_", "-")
    return named if named in _NAMED else ""


def _share(places: list[_Place]) -> None:
    """The act said at the end holds for the articles before it, the one said first for those after; so does the article."""
    last = next((p.act for p in reversed(places) if p.act), "")
    if places[-1].act == last and last:
        for place in places[:-1]:
            place.act = place.act or (last if place.rooted else "")
    for before, after in pairwise(places):
        if not after.parts or not before.parts:
            continue
        if not after.act and not after.rooted and before.act:
            after.act = before.act
        if not after.rooted and before.rooted:
            root = [(k, v[-1:]) for k, v in before.parts if _LEVEL[k] == 0]
            if all(_LEVEL[k] > 2 for k, _ in after.parts):
                root += [(k, v[-1:]) for k, v in before.parts if _LEVEL[k] in {1, 2}]
            after.parts = root + after.parts


def _values(kind: str, words: str) -> list[str]:
    """ "stk. 2-4" → 2, 3, 4; "Article 6(1) and (2)" → 6.1, 6.2; "point 5(a)" → 5.a"""
    if kind in {"this", "thispar"}:
        return [""]
    if kind == "annex":
        return re.findall(r"\b[IVXLC]+\b", words)
    if kind == "part":
        return [words.rsplit(maxsplit=1)[-1]]
    found: list[str] = []
    body = words.replace("§", " ").strip() if kind == "section" else re.sub(r"^[^\W\d]+\.?\s*", "", words)
    for m in _VALUE.finditer(body):
        value, whole = re.sub(r"\s", "", m["value"]).lower(), found[-1].partition(".") if found else ("", "", "")
        if found and found[-1][0].isalpha() and value[0].isdigit():
            break  # "point (h), (2) to (6)": what follows are paragraphs again
        if whole[2] and (value[0].isalpha() or (kind == "article" and m["bracket"])):
            value = f"{whole[0]}.{value}"
        elif found and m["sep"] and _RANGE.search(m["sep"]):
            found += _between(whole[0], value)
        inner = ".".join(re.findall(r"\w+", m["inner"]))
        found.append(f"{value}.{inner}" if inner else value)
    return found


def _between(first: str, last: str) -> list[str]:
    if first.isdigit() and last.isdigit():
        return [str(n) for n in range(int(first) + 1, min(int(last), int(first) + _LONGEST_RANGE))]
    if len(first) == len(last) == 1 and first.isalpha() and last.isalpha():
        return [chr(c) for c in range(ord(first) + 1, ord(last))]
    return []


def _paths(place: _Place, target: str, here: str, danish: bool) -> Iterator[str]:
    if target == "?":
        return
    roots = list(_roots(place, here, danish))
    paragraphs, points = place.of("paragraph"), place.of("point")
    for n, root in enumerate(roots):
        only_last = n < len(roots) - 1  # "artikel 5 og 6, stk. 1": the paragraph is of the last
        yield from [root] if only_last else _below(root, paragraphs, points, danish)


def _roots(place: _Place, here: str, danish: bool) -> Iterator[str]:
    if place.of("section"):
        yield from (f"par_{n}" for n in place.of("section") if danish)
    elif place.of("article"):
        for value in place.of("article"):
            article, _, inner = value.partition(".")
            if not danish:
                yield _inner(f"art_{article}", inner)
    elif place.of("annex"):
        parts = place.of("part")
        for annex in place.of("annex"):
            yield f"anx_{annex}.sct_{parts[0]}" if parts else f"anx_{annex}"
    elif place.of("recital"):
        yield from (f"rct_{n}" for n in place.of("recital") if not danish)
    elif here and not place.of("part"):
        yield _standing(here, place)


def _inner(article: str, inner: str) -> str:
    """What brackets after an article say: 6(1) a paragraph, 6(1)(f) and a point in it."""
    if not inner:
        return article
    first, *rest = inner.split(".")
    way = f"{article}.par_{first}" if first[:1].isdigit() else f"{article}.pnt_{first}"
    return f"{way}.{'' if not first[:1].isdigit() else 'pnt_'}{'.'.join(rest)}" if rest else way


def _standing(here: str, place: _Place) -> str:
    """What is unsaid: the article or annex for a paragraph or number, the paragraph or point it stands in for a letter."""
    unit, *inside = here.split(".")
    if unit.startswith("rct_"):
        return ""
    if place.of("paragraph") or any(k == "this" for k, _ in place.parts):
        return unit
    kept = [p for p in inside if p.startswith(("par_", "stk_", "sct_"))][:1]
    if unit.startswith("anx_") and place.of("point")[:1] and place.of("point")[0][:1].isalpha():
        kept = inside[:2] if inside[:1] and inside[0].startswith("sct_") else inside[:1]
    return ".".join([unit, *kept])


def _below(root: str, paragraphs: list[str], points: list[str], danish: bool) -> Iterator[str]:
    if not root:
        return
    stem = "stk" if danish else "par"
    bases = [f"{root}.{stem}_{n}" for n in paragraphs] or [root]
    yield from bases[:-1]
    yield from _with_points(bases[-1], points, danish)


def _with_points(base: str, points: list[str], danish: bool) -> Iterator[str]:
    """A letter after a number is a point in it ("punkt 5, litra a"); otherwise each is a point of its own."""
    if not points:
        yield base
        return
    numbers, letters = [p for p in points if p[0].isdigit()], [p for p in points if p[0].isalpha()]
    in_point = ".pnt_" in base and base.startswith("anx_")
    if danish:
        firsts = [f"{base}.nr_{n}" for n in numbers]
        yield from [f"{f}.lit_{x}" for f in firsts[-1:] or [base] for x in letters] or firsts
        return
    firsts = [f"{base}.{n}" if in_point else f"{base}.pnt_{n}" for n in numbers]
    if not letters:
        yield from firsts
    elif firsts:
        yield from firsts[:-1]
        yield from (f"{firsts[-1]}.{x}" for x in letters)
    else:
        yield from (f"{base}.{x}" if in_point else f"{base}.pnt_{x}" for x in letters)
