"""References to law as people write them → ids of our digest: "Art. 6(1)(e) GDPR", "artikel 35 AVG", "§ 11, stk. 2, DBL".

Danish, English, Dutch and German forms. A reference is taken only where its act is named beside it (or the whole entry is a
reference and the mapping says which act is meant); everything else is handed back as not recognised. The forms of the ids are
those of corpus/provisions (EUR-Lex anchors); an article need not be in our digest, but must be one that the act has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_ACTS = {
    "gdpr": r"GDPR|AVG|DSGVO|DS-GVO|RGPD|General Data Protection Regulation|Algemene verordening gegevensbescherming|"
    r"databeskyttelsesforordningen|(?:Regulation )?\(EU\) (?:No )?2016/679|2016/679",
    "ai-act": r"(?:EU )?AI[- ]Act|(?:EU )?Artificial Intelligence Act|AI-forordningen|AI-verordening|KI-VO|(?:Regulation )?\(EU\) (?:No )?2024/1689|2024/1689",
    "databeskyttelsesloven": r"databeskyttelsesloven|DBL",
    "forvaltningsloven": r"forvaltningsloven|FVL",
    "offentlighedsloven": r"offentlighedsloven|OFFL",
    "serviceloven": r"serviceloven|SEL",
    "retssikkerhedsloven": r"retssikkerhedsloven|RSL",
}
_LAST_ARTICLE = {"gdpr": 99, "ai-act": 113}
_DEFINITIONS = {("gdpr", "4"), ("ai-act", "3")}  # one paragraph of numbered points: Art. 4(7) GDPR is a point
_ORDINALS = {w: str(n) for n, w in enumerate(("eerste", "tweede", "derde", "vierde", "vijfde", "zesde", "zevende", "achtste"), 1)}

_NUMBER = r"\d{1,3}[a-z]?(?![\w])"
_LETTER = r"[a-z](?![\w])"
_POINT_WORD = r"(?:points?|pnt\.?|pkt\.?|litra|litt?\.?|onder(?:deel)?|sub|letter|Buchst(?:\.|abe)?|aanhef en onder)"
_AND = r"(?:\s*(?:,|and|en|og|und|or|of|eller|&|/)\s*)"
_PARAGRAPH = (
    r"(?:\s*\((?P<par_a>\d{1,2}[a-z]?)\)|,?\s*(?:par(?:agraph|\.)?|stk\.?|lid|Abs(?:\.|atz)?)\s*(?P<par_b>\d{1,2}[a-z]?)(?!\w)"
    rf"|,?\s*(?P<par_c>{'|'.join(_ORDINALS)})\s+lid)"
)
_GOES_ON = r"(?=\s*(?:$|[,;.)]|and\b|en\b|og\b|und\b|(?-i:[A-Z])))"
_POINTS = (
    rf"(?:\s*(?:\((?P<pnt_a>[a-z]{{1,2}})\)|,?\s*{_POINT_WORD}\s*\(?(?P<pnt_b>{_LETTER})\)?)"
    rf"(?P<more>(?:{_AND}\(?{_LETTER}\)?{_GOES_ON})*))"
)
_ARTICLE = re.compile(rf"(?P<word>\b(?:articles?|artikel(?:en|s)?|artikler|artiklen|arts?)\b\.?\s*)?(?P<art>{_NUMBER}){_PARAGRAPH}?{_POINTS}?", re.I)
_LIST = re.compile(_AND, re.I)
_ANNEX = re.compile(
    r"\b(?:annex|bilag|bijlage|Anhang)\s+(?P<annex>[IVX]+)\b(?:\s*\((?P<n_a>\d)\)|,?\s*(?:points?|nr\.?|punt|pkt\.?|Nr\.?|Nummer)\s*(?P<n_b>\d))?"
    r"(?:\s*\((?P<l_a>[a-d])\)|,?\s*(?:litra|lit\.?|onder|point)\s*(?P<l_b>[a-d])\b)?",
    re.I,
)
_RECITAL = re.compile(r"\b(?:recital|betragtning|overweging|Erwägungsgrund)\s*\(?(?P<rct>\d{1,3})\)?", re.I)
_SECTION = re.compile(  # no letter i: "§ 11 i loven" is section 11 in the act
    r"§+\s*(?P<sec>\d{1,3})(?:\s?(?P<sec_l>[a-hj-z])(?![\w]))?(?:,?\s*stk\.?\s*(?P<stk>\d{1,2}))?(?:,?\s*nr\.?\s*(?P<nr>\d{1,2}))?", re.I
)
_ACT = re.compile("|".join(rf"(?P<{name.replace('-', '_')}>(?<!\w)(?:{forms})(?!\w))" for name, forms in _ACTS.items()), re.I)
_GLUE = re.compile(r"[\s,:()&/.]*(?:(?:of the|of|the|van de|van|de|het|i|in|og|and|en|und|or|der|des|den|jf|jo|juncto|EU)[\s,:()&/.]+)*", re.I)
_OTHER_ACT = re.compile(
    r"[\s,]*(?:(?:of the|of|the|van de|van het|van|de|het|i|in|der|des)\s+)*"
    r"(?:(?-i:[A-ZÆØÅ])\w+|\w*(?:lov|loven|wet|besluit|gesetz|act|code))\b",
    re.I,
)
_PIECES = re.compile(r"[;\n]|\.\s+(?=\d+:\s)")


@dataclass(frozen=True)
class References:
    found: tuple[str, ...]
    not_recognised: tuple[str, ...]


@dataclass(frozen=True)
class _Mark:
    """An act, or a reference that waits for its act."""

    start: int
    end: int
    act: str = ""
    reference: re.Match[str] | None = None


def references(entries: Iterable[str], act: str = "") -> References:
    """Every reference of a cell.

    Args:
        entries: the items of a list, or one text in which `;` and line ends part the items.
        act: whose articles are meant where an item is nothing but a reference: `6(1)(e)`.
    """
    found: dict[str, None] = {}
    lost: list[str] = []
    for piece in (p.strip() for entry in entries for p in _PIECES.split(entry)):
        if piece:
            ids, whole = _piece(piece, act)
            found |= dict.fromkeys(ids)
            if not whole:
                lost.append(piece)
    return References(tuple(found), tuple(lost))


def _piece(piece: str, act: str) -> tuple[list[str], bool]:
    """Ids, and whether every reference in the piece (at least one) was recognised."""
    marks = _marks(piece)
    if act and not any(m.act for m in marks):
        bare = _bare(piece, act)
        return bare, bool(bare)
    waiting = [m for m in marks if m.reference is not None]
    ids = [(_ids(m.reference, named) if (named := _act_of(m, marks, piece)) else []) for m in waiting if m.reference is not None]
    return [i for several in ids for i in several], bool(ids) and all(ids)


def _bare(piece: str, act: str) -> list[str]:
    for pattern in (_ARTICLE, _ANNEX, _RECITAL, _SECTION):
        if match := pattern.fullmatch(piece.rstrip(".")):
            return _ids(match, act)
    return []


def _marks(piece: str) -> list[_Mark]:
    acts = [_Mark(m.start(), m.end(), act=(m.lastgroup or "").replace("_", "-")) for m in _ACT.finditer(piece)]
    taken = [(a.start, a.end) for a in acts]
    found = [m for pattern in (_ANNEX, _RECITAL, _SECTION) for m in pattern.finditer(piece)]
    taken += [m.span() for m in found]
    articles = [m for m in _ARTICLE.finditer(piece) if not any(m.start() < end and start < m.end() for start, end in taken)]
    # A number without the word is an article only in a list that the word opened: "Articles 6 and 9 GDPR".
    named: list[re.Match[str]] = []
    for match in articles:
        if match["word"] or (named and _LIST.fullmatch(piece, named[-1].end(), match.start())):
            named.append(match)
    marks = acts + [_Mark(m.start(), m.end(), reference=m) for m in (*found, *named)]
    return sorted(marks, key=lambda m: m.start)


def _act_of(mark: _Mark, marks: list[_Mark], piece: str) -> str:
    """The act that stands beside a reference, or beside the run of references it belongs to.

    In a run with several acts the first mark says the order: "GDPR art. 6, AI Act art. 26" or "art. 6 GDPR, art. 26 AI Act".
    """
    run = [mark]
    place = marks.index(mark)
    beside = _OTHER_ACT.match(piece, mark.end)
    if beside and not any(m.start < beside.end() and m.start >= mark.end for m in marks):
        return ""  # "AVG en artikel 17 Participatiewet": the article is the other act's
    for other in marks[place + 1 :]:
        if not _GLUE.fullmatch(piece, run[-1].end, other.start):
            break
        run.append(other)
    for other in reversed(marks[:place]):
        if not _GLUE.fullmatch(piece, other.end, run[0].start):
            break
        run.insert(0, other)
    here = run.index(mark)
    before = next((m.act for m in reversed(run[:here]) if m.act), "")
    after = next((m.act for m in run[here:] if m.act), "")
    return before or after if run[0].act else after or before


def _ids(match: re.Match[str], act: str) -> list[str]:
    groups = match.groupdict()
    if groups.get("annex"):
        parts = [f"anx_{groups['annex'].upper()}", f"pnt_{n}" if (n := groups["n_a"] or groups["n_b"]) else "", (groups["l_a"] or groups["l_b"] or "").lower()]
        return [f"{act}:{'.'.join(p for p in parts if p)}"] if act == "ai-act" else []
    if groups.get("rct"):
        return [f"{act}:rct_{groups['rct']}"] if act in _LAST_ARTICLE else []
    if groups.get("sec"):
        letter = (groups["sec_l"] or "").lower()
        tail = "".join(f".{name}_{groups[key]}" for key, name in (("stk", "stk"), ("nr", "nr")) if groups[key])
        return [f"{act}:par_{groups['sec']}{letter}{tail}"] if act not in _LAST_ARTICLE else []
    return _article_ids(match, act)


def _article_ids(match: re.Match[str], act: str) -> list[str]:
    article = match["art"].lower()
    if act not in _LAST_ARTICLE or not 1 <= int(re.sub(r"\D", "", article)) <= _LAST_ARTICLE[act] or (act == "gdpr" and not article.isdigit()):
        return []
    paragraph = (match["par_a"] or match["par_b"] or _ORDINALS.get((match["par_c"] or "").lower(), "")).lower()
    stem = f"{act}:art_{article}"
    if paragraph:
        stem += f".pnt_{paragraph}" if (act, article) in _DEFINITIONS else f".par_{paragraph}"
    first = match["pnt_a"] or match["pnt_b"]
    letters = [first, *re.findall(rf"\b{_LETTER}", re.sub(r"(?:and|en|og|und|or|of|eller)\b", " ", match["more"] or "", flags=re.I))] if first else []
    return [f"{stem}.pnt_{letter.lower()}" for letter in letters] or [stem]
