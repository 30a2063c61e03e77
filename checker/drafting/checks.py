"""Whether a sentence of a language model may stand: held against its sources word by word. Pure, and strict: what is cut is written by rule.

The checks know no meaning. They look for everything in the sentence that could be more than its sources say: other numbers, dates, references,
names or quotations; a verdict; consent as a way out; words that no source has; and a claim where the sources only plan, ask, deny or demand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from checker.drafting import exact
from checker.drafting.ground import WORD, Ground, Unit, ground_of, pieces, share, stem, stems_of
from checker.drafting.lexicon import (
    CONSENT,
    HEDGE,
    LEGAL_WORD,
    NEGATION,
    NOT_MET,
    NOT_ONLY,
    OBLIGATION,
    OFFER,
    PLAN,
    TO_BE,
    VENDOR,
    VENDOR_SAYS,
    VERDICT,
)
from checker.drafting.nouns import Source
from checker.drafting.unsettled import UNSETTLED, answers, is_unsettled, stays_open

OVERLAP = 2 / 3
"""At least this share of a sentence's content words stand in its sources."""
CLAIMED = 0.75
"""At least this share of the content words of a claim stand in what its sources claim themselves."""
DENIED = 0.5
"""At least this share of the content words of a denial stand in one sentence that denies, and no more of them in one that claims."""
LONGEST = 400
_FORM = re.compile(r"[\[\]{}<>|`\\*_#]|https?:|www\.|@\w|\n|(?:^|\s)//")
_CLAUSES = re.compile(r"[;:,]|\.\s+(?=[A-ZÆØÅ])|\s(?:men|but)\s|\s(?:og|and)\s(?=(?:der|det|den|de|it|there|the|they|we|vi|I)\b)")
_SUBORDINATE = re.compile(
    r"\s*(?:før|inden|når|hvis|så|at|der|som|hvor|hvem|hvad|hvilke\w*|hvordan|hvornår|hvorfor|om|fordi|da|efter|til|before|when|if|so|that|which|who|what|where|how|whether"
    r"|because|until|to)\b",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"\b(?:er|blev|bliver|har|var|is|was|are|were|has|have|had)\s+(?:\w+\s+){0,3}?(?P<what>\w+(?:et|ede|te|t|ed|en|gt)|done|made|met)\b", re.IGNORECASE
)


def fault(text: str, sources: Sequence[Source], language: str, spoken: str, readable: Callable[[str], str], addresses: Callable[[str], bool]) -> str:
    """Why a sentence may not stand; empty where it may.

    Args:
        text: one sentence.
        sources: those that it names.
        language: of the draft; spoken: of the description, whose quotes stand in the sources.
        readable: as the model was shown the sources; it may quote either form.
        addresses: whether a sentence speaks to the tool.
    """
    if not sources:
        return "no_source"
    if len(text) > LONGEST:
        return "length"
    if _FORM.search(text) or not WORD.search(text):
        return "form"
    if addresses(text):
        return "address"
    ground = ground_of(sources, language, spoken, readable)
    if CONSENT.search(text) and not _consent_is_theirs(text, ground, language):
        return "consent"
    return _inexact(text, sources, ground, language) or _too_strong(text, sources, ground) or _unborne(text, sources, ground, language, spoken)


# ---- what can be looked up


def _inexact(text: str, sources: Sequence[Source], ground: Ground, language: str) -> str:
    if any(phrase and not any(phrase in said for said in ground.quotes) for phrase in exact.quoted(text)) or _half_quoted(text):
        return "quote"
    if not _references_stand(text, sources, ground):
        return "reference"
    if not all(exact.says_day(d, set(ground.days)) for d in exact.days(text)) or not exact.weekdays(text) <= ground.weekdays:
        return "date"
    if not exact.numbers(text, language) <= ground.numbers or not exact.measures(text, language) <= ground.measures:
        return "number"
    names = exact.strange_names(text, ground.words, ground.stems, lambda word: stem(word, language))
    return "name" if any(True for _ in names) else ""


def _half_quoted(text: str) -> bool:
    """A quotation mark without its other half could hide where the quotation ends."""
    return bool(re.search(r"[»«“”„\"]", exact.without_quotes(text)))


def _references_stand(text: str, sources: Sequence[Source], ground: Ground) -> bool:
    """The same article of the same act: where a sentence names acts, each reference must stand with one of them."""
    if not {w.lower() for w in LEGAL_WORD.findall(text)} <= _bent(ground.words):
        return False
    wanted = exact.references(text)
    laws = [law for s in sources for law in s.laws]
    named = {law.act for law in laws if _names(text, (law.act, law.act_title))}
    said = set(ground.references)
    if named and len({law.act for law in laws}) > 1:
        others = {law.act for law in laws} - named
        mine = [u.text for u in ground.units if _names(u.text, named) and not _names(u.text, others)]
        said = exact.references("\n".join(mine))
    return all(exact.says_reference(r, said) for r in wanted)


def _names(text: str, acts: Collection[str]) -> bool:
    return any(act and re.search(rf"(?<!\w){re.escape(act)}", text, re.IGNORECASE) for act in acts)


def _bent(words: frozenset[str]) -> set[str]:
    return {form for w in words for form in (w, f"{w}s", f"{w}ens", f"{w}en")}


# ---- verdicts and consent


def _too_strong(text: str, sources: Sequence[Source], ground: Ground) -> str:
    plain = exact.without_quotes(text)
    met = all(s.says == "met" for s in sources)
    if not met and not plain.rstrip().endswith("?") and VERDICT.search(TO_BE.sub(" ", NOT_MET.sub(" ", plain))):
        return "verdict"
    if met and (judged := VERDICT.search(plain)) and not _stated(judged.group(), ground):
        return "verdict"
    return ""


def _stated(words: str, ground: Ground) -> bool:
    """Even of something that is in place, a draft says no more than the text does."""
    return any(words.lower() in u.text.lower() and not NEGATION.search(u.text) for u in ground.units if u.claims)


def _consent_is_theirs(text: str, ground: Ground, language: str) -> bool:
    """Consent may be named where a passage of the project plans it, or in the catalogue's very words, which warn and ask."""
    mine = stems_of(text, language)
    units = [u for u in ground.units if CONSENT.search(u.text) and not u.law]
    if any(mine <= u.stems for u in units):
        return not OFFER.match(text.strip()) or any(OFFER.match(u.text.strip()) and mine <= u.stems for u in units)
    planned = [u for u in units if u.claims and not NEGATION.search(u.text)]
    if not OFFER.search(exact.without_quotes(text)):
        return bool(units)
    return any(OFFER.search(u.text) and len(mine & u.stems) >= CLAIMED * len(mine) for u in planned)


# ---- words and certainty


def _unborne(text: str, sources: Sequence[Source], ground: Ground, language: str, spoken: str) -> str:
    mine = stems_of(text, language)
    if not mine:
        return "words"
    if share(mine, ground.stems) < OVERLAP:
        return "words"
    if is_unsettled(sources):
        unsettled = [s for s in sources if s.says in UNSETTLED]
        return "" if stays_open(text, unsettled, language, spoken) else "stronger"
    if any(_bare(text) == _bare(u.text) for u in ground.units if not u.law):
        return ""
    if text.rstrip().endswith("?") or answers(text):
        return "stronger"
    return "" if _clauses_stand(exact.without_references(exact.without_quotes(text)), sources, ground, language) else "stronger"


def _clauses_stand(text: str, sources: Sequence[Source], ground: Ground, language: str) -> bool:
    """Every main clause stands by itself; one that hangs on a demand or a plan (`…, før forsøget begynder`) stands with it."""
    open_before, first = False, True
    for clause in _CLAUSES.split(text):
        hangs = bool(_SUBORDINATE.match(clause))
        leans = open_before and (hangs or first)
        opens = _is_open(clause, sources)
        if not (leans or opens or _clause_stands(clause, ground, language)):
            return False
        first = hangs and first
        open_before = leans or opens
    return True


def _is_open(clause: str, sources: Sequence[Source]) -> bool:
    """It demands, advises or plans, and does not say in the same breath that something is done."""
    done = _DONE.search(clause)
    if NEGATION.search(NOT_ONLY.sub(" ", clause)) or (done and not HEDGE.search(done.group("what"))):
        return False
    return bool(OBLIGATION.search(clause) or PLAN.search(clause)) or _is_order(clause, sources)


def _clause_stands(clause: str, ground: Ground, language: str) -> bool:
    mine = stems_of(clause, language)
    if not mine or (len(mine) < 2 and not _CLAIMS.search(clause)):
        return True
    if NEGATION.search(NOT_ONLY.sub(" ", clause)):
        denying = [u for u in ground.units if _denies(u)]
        denied = max((share(mine, u.stems) for u in denying), default=0.0)
        claimed = max((share(mine, u.stems) for u in ground.units if u.claims and u not in denying), default=0.0)
        return denied >= DENIED and denied >= claimed
    bearing = [u for u in ground.units if u.claims and _claims(u, clause)]
    borne = share(mine, frozenset().union(*(u.stems for u in bearing))) if bearing else 0.0
    other = max((share(mine, u.stems) for u in ground.units if u not in bearing and u.claims), default=0.0)
    return borne >= CLAIMED and other <= borne


_CLAIMS = re.compile(r"\b(?:er|har|blev|bliver|foreligger|findes|is|are|was|were|has|have|exists)\b", re.IGNORECASE)


def _denies(unit: Unit) -> bool:
    return bool(NEGATION.search(NOT_ONLY.sub(" ", unit.text)))


def _claims(unit: Unit, clause: str) -> bool:
    """Whether a sentence of a source claims something outright: one that denies, plans, demands or asks bears no plain claim."""
    text = NOT_ONLY.sub(" ", unit.text)
    if NEGATION.search(text) or HEDGE.search(text) or OBLIGATION.search(text) or text.rstrip().endswith("?"):
        return False
    return not VENDOR_SAYS.search(text) or bool(VENDOR.search(clause))


def _is_order(clause: str, sources: Sequence[Source]) -> bool:
    """Begins as the catalogue's own advice does: `Udfyld …`."""
    first = re.search(r"[^\W\d_]+", clause)
    orders = {m.group().lower() for s in sources for p in pieces(s.action) if (m := re.search(r"[^\W\d_]+", p))}
    return bool(first) and first.group().lower() in orders  # type: ignore[union-attr]


def _bare(text: str) -> str:
    return text.strip(" .").casefold()
