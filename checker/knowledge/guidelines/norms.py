"""Finds the sentences of a guideline that order, forbid, limit or recommend something, and takes each apart: who, what, when.

Rules, not a model: a lawyer must be able to see why a sentence was taken, and what was passed over is listed with the reason. The
modal verb has to stand in the main clause: "hvordan vi skal arbejde" describes, "vi skal arbejde" orders. Danish subordinate clauses
are told by the comma and the word that opens them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from checker.knowledge.guidelines.structure import Cell, GuidelinePoint, hidden_spans, is_tricked, readable
from checker.model.law import Frozen
from checker.model.project import Quote, Span

Strength = Literal["must", "must_not", "may_only", "should"]
Why = Literal["checker", "hidden", "law", "definition", "example", "question", "description", "self", "heading", "lead", "plain"]
Split = Callable[[str, int, int], Sequence[Span]]
Addressed = Callable[[str], bool]


class Norm(Frozen):
    """One normative sentence. `quote` is verbatim with offsets into the document; who, what and condition are its readable parts."""

    point: str
    number: str
    quote: Quote
    sentence: str
    lead: str = ""
    heading: tuple[str, ...] = ()
    strength: Strength
    who: str = ""
    what: str
    condition: str = ""


class Refused(Frozen):
    """A sentence that is not taken, and why: shown to the person who approves, so that nothing of the guideline is lost from sight."""

    point: str
    quote: Quote
    why: Why


class Found(Frozen):
    norms: tuple[Norm, ...]
    refused: tuple[Refused, ...]


_MODAL = r"\b(?:skal|bør|må|kan|must|shall|should|may)\b"
# (pattern, strength): the first that matches the main clause decides.
_SIGNS: tuple[tuple[str, Strength], ...] = (
    (r"^(?:ingen|intet|ingenting)\b.*\b(?:må|kan|skal)\b|^no \w+.*\b(?:may|must|shall)\b|\bmå (?:\S+ ){0,7}?(?:ikke|aldrig|hverken|ingen|under ingen)\b", "must_not"),
    (r"\b(?:er|bliver) (?:det )?(?:ikke tilladt|forbudt|ulovligt)\b|\bforbydes\b|\b(?:may|must|shall) (?:not|never)\b|\b(?:is|are) (?:prohibited|forbidden|not allowed|not permitted)\b", "must_not"),
    (r"\b(?:må|kan) (?:\S+ ){0,4}?(?:kun|alene|udelukkende)\b|\b(?:kan|må) først\b|^(?:kun|alene)\b.*\b(?:må|kan)\b|\b(?:may|can|must) only\b|^only\b.*\b(?:may|can)\b", "may_only"),
    (r"\bskal\b(?! (?:\S+ ){0,2}?ikke\b)|\b(?:must|shall)\b", "must"),
    (r"\b(?:det er|der er|stilles) (?:et |som )?(?:ufravigeligt |fast |absolut )?krav\b|\bkræves\b|\b(?:har|have|får) (?:\w+ ){0,2}?pligt til\b|\b(?:er|bliver) (?:\w+ )?forpligtet til\b|\bforpligter sig til\b|\bpåhviler\b", "must"),
    (r"\b(?:er|bliver) ansvarlige? for,? at\b|\bhar (?:det \w+ |\w+ )?ansvare?t? for,? at\b|\bsikrer?(?: sig)?,? at\b|\bsørger? for\b|\b(?:is|are) (?:required|obliged) to\b|\bensures? that\b|\b(?:is|are) responsible for\b", "must"),
    (r"\bbør\b|\bshould\b|\banbefales\b|\b(?:is|are) recommended\b|\btilstræb\w*|\bopfordres til\b", "should"),
    (r"^(?:og |samt )?(?:skriv|del|indtast|upload|brug|send|kopi[ée]r|stol|overlad|giv|gem)\b (?:\S+ ){0,3}?(?:aldrig|ikke|ingen)\b|^(?:never|do not|don't)\b", "must_not"),
    (r"^(?:undlad|undgå|sørg for|sikr|husk|kontroll[ée]r|tjek|spørg|oplys|mærk|vær (?:åben|opmærksom|kritisk|sikker|varsom)|overvej|inddrag|dokument[ée]r|brug kun|avoid|make sure|ensure)\b", "should"),
)
_STRENGTHS = tuple((re.compile(pattern, re.I), strength) for pattern, strength in _SIGNS)
_NORMLIKE = re.compile(rf"{_MODAL}|\bkrav\b|\bpligt\b|\bforbudt\b|\bsikrer?\b", re.I)

_OPENERS = (
    r"hvis|når|hvor|hvornår|hvordan|hvad|hvem|hvorvidt|hvorfor|hvilke[nt]?|om|da|fordi|inden|før|medmindre|mens|selvom|uden at|for at|så|at|som|der|hvis|"
    r"if|when|where|unless|because|that|which|who|before|until|how|what|whether|so"
)
_ASIDE = re.compile(rf"(?<=,)\s*(?:og |eller |and |or )?(?:{_OPENERS})\b[^,;:]*", re.I)
_FIRST = re.compile(r"^(?:hvis|når|hvor|hvad|da|fordi|mens|selvom|for at|if|when|where|unless|because|before|until|before)\b[^,;:]*(?=,)", re.I)
_FIRST_LOOSE = re.compile(r"^(?:før|inden|medmindre|om)\b[^,;:]*(?=,)", re.I)
_RELATIVE = re.compile(r"(?<=[a-zæøå] )(?<!og )(?<!eller )(?<!samt )(?<!men )(?:der|som|that|which|who) (?:skal|bør|må|kan|must|shall|should|may)\b", re.I)
_CONDITION = re.compile(r"^(?:hvis|når|hvor|før|inden|ved|medmindre|if|when|where|before|unless)\b[^,;]*|(?<=, )(?:hvis|når|før|inden|medmindre|if|when|before|unless)\b[^,;]*|(?<= )(?:hvis|når|medmindre|if|when|unless)\b[^,;]*", re.I)
_INVERTED = re.compile(r"^((?:er|har|kan|bliver|sker|opstår|findes|mangler|ændres|bruges|afviges|skifter|får|viser|indgår)\b[^,;]*), (?:skal|må|bør|kan)\b", re.I)

_LAW = re.compile(
    r"^(?:ifølge|efter|i henhold til|i medfør af|det følger af|som det fremgår af|under|according to|pursuant to)\b[^,.]{0,50}(?:§|\bart(?:ikel|icle|\.)|\w*lov(?:en|ens|givningen)?\b|forordning\w*|\bGDPR\b|regulation|\bact\b)"
    r"|(?:\w*loven|\w*forordningen|GDPR|artikel \d+\w*|article \d+\w*|§ ?\d+\w*(?:, stk\. ?\d+)?|datatilsynet|\bthe act|regulation)\s+(?:siger|kræver|fastslår|bestemmer|foreskriver|forbyder|pålægger|stiller|requires|says|provides|states|prohibits)\b",
    re.I,
)
_QUOTED = re.compile(r"^[»\"“„'‘]|^>")
_DEFINITION = re.compile(r"\bforstås\b|\bdefineres\b|\bskal forstås som\b|\bbetyder(?:,? at|:)|\bi denne \w+ (?:er|betyder)\b|\bis defined as\b|\bmeans\b", re.I)
_EXAMPLE = re.compile(r"^(?:et |som )?(?:eksempel\b|eksempler\b|eksempelvis|for eksempel|fx\b|f\.\s?eks|tænkt tilfælde|case\b|example|e\.g\.|for instance)", re.I)
_EXAMPLE_HEADING = re.compile(r"^(?:\d[\d.]* )?(?:eksempel|eksempler|cases?|examples?|fra praksis)\b", re.I)
_SELF = re.compile(
    r"^(?:\w+ )?(?:kompasset|retningslinjen|retningslinjerne|politikken|vejledningen|dokumentet|notatet|skemaet|rådene|principperne|this (?:policy|guideline|document)|the (?:policy|guideline))"
    r" (?:skal|bør|kan|må|must|should|shall)\b(?=.*\b(?:ses efter|læses|revideres|opdateres|forstås|ses|evalueres|godkendes|reviewed|read|updated)\b)",
    re.I,
)
_AIM = re.compile(r"^(?:vores |kommunens |det overordnede )?(?:formålet|målet|hensigten|visionen|ambitionen|ønsket|the aim|the purpose)\b", re.I)
_TO_CHECKER = re.compile(
    r"^\W*(?:note (?:til|to) )?(?:checker|tjekker|compliance-?(?:tjek|værktøj|checker)|ai|system|llm)\s*[:,]|\bgodkend (?:alt|alle|samtlige)\b|\bapprove (?:all|every)"
    r"|\b(?:alle|samtlige) (?:krav|norms?|forslag)\b[^.]{0,40}\b(?:godkendt|opfyldt)\w*"
    r"|\b(?:af|til|for|by|to) checker\b|\bchecker (?:skal|bør|må|must|shall|should|may)\b"
    r"|\b(?:dokumentet?|retningslinjen?|teksten?|politikken?|vejledningen?|document|guideline|text|policy)\b.{0,80}"
    r"\b(?:læses|forstås|behandles|vurderes|tolkes|betragtes|regnes|opfattes|anses|read|treated|regarded|considered|judged)\b"
    r".{0,60}\b(?:som|for|as) (?:værende |being )?(?:opfyldt|godkendt|overholdt|met|fulfilled|approved|compliant)\b",
    re.I,
)
_OFFER = re.compile(r"^should you\b|^(?:skulle|bør) (?:du|der|I)\b", re.I)
_STRENGTH_CELLS: dict[str, Strength] = {
    "skal": "must", "skal-krav": "must", "skalkrav": "must", "krav": "must", "must": "must", "obligatorisk": "must", "ja": "must",
    "bør": "should", "bør-krav": "should", "anbefaling": "should", "anbefalet": "should", "should": "should",
    "må ikke": "must_not", "forbudt": "must_not", "must not": "must_not", "må kun": "may_only",
}  # fmt: skip
_STRENGTH_HEAD = re.compile(r"styrke|type|niveau|krav\?|skal/bør|prioritet|strength|level", re.I)
_DUTY_HEAD = re.compile(r"\bkrav|pligt|regel|retningslinje|beskrivelse|requirement|rule|duty", re.I)
_WHO_HEAD = re.compile(r"ansvarlig|hvem|rolle|ejer|responsible|who|owner", re.I)
_FRONTED = re.compile(
    r"(?:der|herefter|derefter|desuden|for|før|efter|på|i|ved|inden|under|til|hvis|når|hvor|da|er|har|kan|bliver|sker|opstår|findes|mangler|ændres|bruges|"
    r"afviges|skifter|får|viser|indgår|if|when|where|there|before|after|for|in)\b",
    re.I,
)
_NOUN = re.compile(r"(?!under\b|ingen\b|ikke\b|altid\b|kun\b)(?:du|vi|man|I|(?:(?:en|et|den|det|de|hver|enhver|alle|kommunens?|lederen|begge) )?(?:\S+ )?\S+(?:en|et|ne|ene|ren|rne|erne))\b")


def norms_in(points: Sequence[GuidelinePoint], text: str, split: Split, addressed: Addressed) -> Found:
    """The norms of a guideline and what was passed over.

    Args:
        points: the points of the document.
        text: the document's text.
        split: sentences of a stretch of text, as spans.
        addressed: whether a sentence speaks to a checking tool.
    """
    norms: list[Norm] = []
    refused: list[Refused] = []
    hidden = hidden_spans(text)
    titles: set[tuple[str, ...]] = set()
    for point in points:
        if point.passage.heading not in titles:
            titles.add(point.passage.heading)
            refused.extend(_ordering_title(point, text))
        for found in _of_point(point, text, split, addressed, hidden):
            (norms if isinstance(found, Norm) else refused).append(found)  # type: ignore[arg-type]
    return Found(norms=tuple(norms), refused=tuple(refused))


def _ordering_title(point: GuidelinePoint, text: str) -> Iterator[Refused]:
    """A heading that orders something is no point of its own, but it must not go unseen."""
    title = point.passage.title
    at = text.rfind(title, 0, point.span.start) if title and strength_of(title) is not None and not title.endswith("?") else -1
    if at >= 0:
        yield Refused(point=point.passage.id, quote=Quote.of(text, at, at + len(title)), why="heading")


def _of_point(point: GuidelinePoint, text: str, split: Split, addressed: Addressed, hidden: Sequence[Span]) -> Iterator[Norm | Refused]:
    by_cell = _strength_cell(point.cells)
    stretches = [(c.span.start, c.span.end) for c in point.cells if c is not by_cell] or [(point.content, point.span.end)]
    spans = [s for a, b in stretches for s in split(_blanked(text, a, b), a, b)]
    duty = _duty_cell(point.cells) if by_cell is not None else None
    example = bool(_EXAMPLE_HEADING.match(point.passage.title)) and len(point.passage.heading) > 1
    for i, span in enumerate(spans):
        raw = text[span.start : span.end]
        said = readable(raw)
        example = example or bool(_EXAMPLE.match(said))
        quote = Quote.of(text, span.start, span.end)
        strength = strength_of(said)
        if strength is None and point.shape == "list_item" and i == 0:
            strength = strength_of(point.lead.rstrip(":")) if point.lead and _ends_open(point.lead) else None
        if strength is None and duty is not None and duty.span.start <= span.start < duty.span.end and by_cell is not None:
            strength = _STRENGTH_CELLS[readable(by_cell.text).lower()]
        why = _why_not(said, raw, span, hidden, addressed, example, _is_title(text, span), strength)
        if why is not None:
            yield Refused(point=point.passage.id, quote=quote, why=why)
        elif strength is not None and not said.endswith(":"):  # a lead-in orders through its items
            yield _norm(point, quote, said, strength)
        elif _is_words(said, span, point.cells):
            yield Refused(point=point.passage.id, quote=quote, why="lead" if said.endswith(":") else "plain")


def _is_words(said: str, span: Span, cells: Sequence[Cell]) -> bool:
    """Words that say something: no bare number or rule, and in a table neither one word nor the cell that names who."""
    cell = next((c for c in cells if c.span.start <= span.start < c.span.end), None)
    named = cell is not None and (len(said.split()) < 2 or bool(_WHO_HEAD.search(cell.head)))
    return any(c.isalpha() for c in said) and not named


def _blanked(text: str, start: int, end: int) -> str:
    """The text with marks of emphasis made blank, at the same offsets, so that a sentence ends at "ude.**"."""
    return text[:start] + re.sub(r"\*\*|__|`", lambda m: " " * len(m.group(0)), text[start:end]) + text[end:]


def _is_title(text: str, span: Span) -> bool:
    """A few words in bold before the sentences of a point ("**Tjek svaret.** Du skal …")."""
    bold = text[max(0, span.start - 2) : span.start] in ("**", "__") and text[span.end : span.end + 2] in ("**", "__")
    return bold and len(text[span.start : span.end].split()) <= 6


def _why_not(
    said: str, raw: str, span: Span, hidden: Sequence[Span], addressed: Addressed, example: bool, title: bool, strength: Strength | None
) -> Why | None:
    """Why a sentence is not taken; None for norms, lead-ins and plain prose."""
    if addressed(said) or _TO_CHECKER.search(said):
        return "checker"
    if is_tricked(raw) or any(h.start < span.end and span.start < h.end for h in hidden):
        return "hidden"
    if strength is None:
        sounds = _NORMLIKE.search(said) and not said.endswith("?")
        return "description" if sounds else None
    if said.endswith("?") or _OFFER.match(said):
        return "question"
    if example:
        return "example"
    if _QUOTED.match(raw) or _LAW.search(main_clause(said)):
        return "law"
    if _DEFINITION.search(said):
        return "definition"
    if title:
        return "heading"
    return "self" if _SELF.match(said) else "description" if _AIM.match(said) else None


def main_clause(sentence: str) -> str:
    """The sentence with its subordinate clauses made blank, at the same offsets; the "at" of "sikrer, at" stays."""
    bare = _RELATIVE.sub(_blank, _ASIDE.sub(_blank_but_at, sentence))
    if inverted := _INVERTED.match(bare):
        bare = " " * inverted.end(1) + bare[inverted.end(1) :]
    shorter = _FIRST.sub(_blank, bare)
    loose = _FIRST_LOOSE.sub(_blank, shorter)
    return loose if re.search(_MODAL, loose, re.I) else shorter


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group(0))


def _blank_but_at(match: re.Match[str]) -> str:
    aside = match.group(0)
    return " at" + " " * (len(aside) - 3) if aside.startswith(" at ") else " " * len(aside)


def strength_of(sentence: str) -> Strength | None:
    """How strongly a sentence binds; None when it orders nothing."""
    main = " ".join(main_clause(sentence).split())
    for pattern, strength in _STRENGTHS:
        if pattern.search(main):
            return strength
    return None


def _ends_open(lead: str) -> bool:
    return lead.rstrip().endswith(":")


def _strength_cell(cells: tuple[Cell, ...]) -> Cell | None:
    named = [c for c in cells if readable(c.text).lower() in _STRENGTH_CELLS and (not c.head or _STRENGTH_HEAD.search(c.head))]
    return named[0] if named else None


def _duty_cell(cells: tuple[Cell, ...]) -> Cell | None:
    """The cell that says the duty: under a head that says so, else the longest."""
    headed = [c for c in cells if _DUTY_HEAD.search(c.head) and readable(c.text).lower() not in _STRENGTH_CELLS]
    return max(headed or cells, key=lambda c: len(c.text), default=None)


def _norm(point: GuidelinePoint, quote: Quote, said: str, strength: Strength) -> Norm:
    condition = _condition(said) or (_condition(point.lead.rstrip(":")) if point.lead else "")
    who = next((readable(c.text) for c in point.cells if _WHO_HEAD.search(c.head) and c.text.strip()), "") or _who(said)
    return Norm(
        point=point.passage.id,
        number=point.passage.number,
        quote=quote,
        sentence=said,
        lead=point.lead,
        heading=point.passage.heading,
        strength=strength,
        who=who,
        what=_what(said),
        condition=condition,
    )


def _condition(said: str) -> str:
    """The clause that says when: what stands first before the verb, else after "hvis", "når", "før", …"""
    if match := _INVERTED.match(said):
        return match.group(1)
    match = _CONDITION.search(said)
    found = match.group(0).strip(" .;") if match else ""
    # "Før testen skal ejeren …": the condition ends where the main verb comes.
    return re.split(rf"\s{_MODAL}", found, maxsplit=1)[0] if said.startswith(found) else found


def _verb_at(said: str) -> int:
    """Where the main clause's modal verb stands; -1 without one."""
    match = re.search(_MODAL, main_clause(said), re.I)
    return match.start() if match else -1


def _who(said: str) -> str:
    """The one addressed: what stands before the verb; after it when something else comes first."""
    at = _verb_at(said)
    if at < 0:
        head = re.match(r"(.{2,80}?) (?:sikrer|sørger|er|har)\b", said)
        return head.group(1) if head and not said.startswith(("Det ", "Der ")) else ""
    before = said[:at].strip(" ,")
    if before and len(before) < 150 and not _FRONTED.match(before):
        return before
    after = _NOUN.match(re.sub(r"^\S+\s+", "", said[at:]))
    return after.group(0) if after else ""


def _what(said: str) -> str:
    """The action: what follows the verb, without full stop."""
    return said[max(_verb_at(said), 0) :].rstrip(" .;")
