"""What a sentence may say of something that is missing or open: ask, demand, tell of a lack or a plan, or report the project's words. Pure.

The other checks cut what a source does not have. Here it is the other way round: only the forms below stand, because the words of a
demand (`Der mangler en aftale, der dækker …`) are also those of its opposite (`Aftalen dækker …`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from checker.drafting import exact
from checker.drafting.ground import WORD, Unit, pieces, share, stem, stems_of
from checker.drafting.lexicon import HEDGE, LEGAL_WORD, NEGATION, NOT_ONLY, STOP, VENDOR, VENDOR_SAYS
from checker.drafting.nouns import Source

BORNE = 0.75
"""At least this share of the content words of a report, a plan or an order stands in the sentences that bear it."""
LACKED = 0.5
"""At least this share of the content words of a lack stands in one sentence of ours that tells of it."""
FAR = 6
"""The demand is among the first words of its clause."""
UNSETTLED = ("gap", "ask", "question", "contradiction")

_ANSWER = re.compile(
    r"(?:^|[\s:;,.()=/–—-])(?:ja|jo|nej|ok(?:ay|ey)?|yes|yep|no|nope|true|false|sand|falsk|tjek|check)"
    r"\s*(?:$|[.,;:!?)–—](?:\s|$))",
    re.IGNORECASE,
)
_ODD = re.compile(r"[^\w\s.,;:!?()»«“”„\"'’‘/%§&+…–—°€-]")
_SPLIT = re.compile(r"([;:,()–—]|\s-\s|\.\s+(?=[A-ZÆØÅ])|\s(?:men|but)\s|\s(?:og|and)\s(?=(?:der|det|den|de|it|there|the|they|we|vi|I)\b))")
_LEADS = re.compile(r"\s*(?:før|inden|når|hvis|efter|before|when|if|after|until)\b", re.IGNORECASE)
_SPLICED = re.compile(r"\s*(?:der (?:er|findes|foreligger)|there (?:is|are))\b", re.IGNORECASE)
_HANGS = re.compile(
    r"\s*(?:(?:og|and|eller|or)\s+)?(?:før|inden|når|hvis|der|som|hvor|hvem|hvad|hvilke\w*|hvordan|hvornår|hvorfor|om|efter|til|at|before|when|if|that|which|who|what|where|how"
    r"|whether|until|to)\b",
    re.IGNORECASE,
)
_INNER = re.compile(r"(?<=\s)(?:som|der|hvad|hvem|hvor|hvordan|at|hvis|når|om|før|inden|that|which|who|what|as|if|when|whether|before|how)\b", re.IGNORECASE)
_MUST = re.compile(r"\b(?:skal|bør|burde|kræves|must|shall|should|needs? to|has to|have to)\b", re.IGNORECASE)
_LAW_WANTS = re.compile(r"\b(?:kræver|requires?)\b", re.IGNORECASE)
_PRONOUN = re.compile(r"\s(?:den|det|de|I|vi|it|they|we|you)\s*$")
_SETTLING = re.compile(
    r"\b(?:er|var|har|havde|blev|bliver|gælder|dækker|omfatter|forbyder|sikrer|indeholder|foreligger|findes|virker|bruger|opfylder"
    r"|is|are|was|were|has|had|have(?! to)|applies|apply|covers?|forbids?|includes?|contains?|ensures?|exists?)\b|\w+(?:ede|edes)\b",
    re.IGNORECASE,
)
_DEEMED = re.compile(r"\b(?:siges|anses|betragtes|antages|regnes|forstås|said|deemed|considered|regarded|taken)\b", re.IGNORECASE)
_DONE = re.compile(r"\b(?:er|blev|bliver|har|var|være|is|was|are|were|has|have|had|been)\s+(?:\w+\s+){0,3}?\w+(?:et|ede|te|t|ed|gt)\b", re.IGNORECASE)
_TIME = re.compile(r"\s*(?:før|inden|når|hvis|before|when|if|until)\b", re.IGNORECASE)
_PLANS = re.compile(r"\b(?:forvent\w*|overvej\w*|planlæg\w*|planlagt\w*|påtænk\w*|expect\w*|consider(?:s|ing)?|plan(?:s|ned|ning)?)\b", re.IGNORECASE)
_LACK = re.compile(r"\b(?:mangler|mangle|manglende|udestår|missing|lacks?|lacking)\b", re.IGNORECASE)
_SILENT = re.compile(
    r"\b(?:siger intet|siger ikke|nævner ikke|nævner intet|beskriver ikke|(?:er )?ikke (?:beskrevet|oplyst|nævnt)|fremgår ikke"
    r"|says nothing|does not (?:say|mention|describe)|not (?:described|mentioned|stated))\b",
    re.IGNORECASE,
)
_FRAME = re.compile(
    r"\s*(?:og |and |men |but )?(?:det|dette|kravet|that|this|it|the duty)\s+(?:rækker ikke|er ikke nok|følger af|is not enough|follows from)"
    r"(?:\s+(?:GDPR|art\.?))?\s*[.,]?\s*$",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"\s*(?:ifølge (?:beskrivelsen|teksten)|according to the (?:description|text)"
    r"|(?P<who>(?:beskrivelsen|teksten|leverandøren|udbyderen|the description|the text|the (?:vendor|supplier|provider)))\s+"
    r"(?:siger|skriver|oplyser|nævner|forsikrer|lover|says|states|writes|claims|promises))\b(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_ASKS = re.compile(
    r"(?:hv\w+|kan|er|har|skal|må|vil|bliver|findes|foreligger|bruger|indgår|behandler|who|what|when|where|which|why|how|is|are|does|do|did|has|have|can|could|will|would|may"
    r"|should|must)\b",
    re.IGNORECASE,
)


def is_unsettled(sources: Sequence[Source]) -> bool:
    return any(s.says in UNSETTLED for s in sources)


def answers(text: str) -> bool:
    """`DPIA: ja.` says all that a gap denies, in one word without a verb; a tick or an arrow does too."""
    return bool(_ANSWER.search(text) or _ODD.search(text))


def stays_open(text: str, sources: Sequence[Source], language: str, spoken: str) -> bool:
    """Whether a sentence leaves open what its sources leave open. `spoken`: the language of the project's own words."""
    if any(_bare(text) == _bare(own) for s in sources for own in _ours(s)):
        return True
    if answers(text) or not _quotes_begin(text, sources):
        return False
    if text.rstrip().endswith("?"):
        return _asks(text, sources)
    plain = exact.without_references(exact.without_quotes(text))
    if any(s.says != "gap" for s in sources if s.says in UNSETTLED):
        return _only_tells_quotes(text, plain)
    return _clauses_stay_open(plain, _Told(sources, language, spoken))


def _ours(source: Source) -> list[str]:
    """Whole sentences of ours; a title alone would stand for an answer."""
    return [p for line in (*source.lines, source.message, source.action, source.question) for p in pieces(line)]


def _asks(text: str, sources: Sequence[Source]) -> bool:
    first = WORD.search(text)
    same = {m.group().lower() for s in sources for p in pieces(s.question) if p.endswith("?") and (m := WORD.search(p))}
    return bool(_ASKS.match(text.strip())) or bool(first and first.group().lower() in same)


def _quotes_begin(text: str, sources: Sequence[Source]) -> bool:
    """A quotation out of the middle of a demand or of a denial can be its opposite: it begins where a sentence of the project's words does."""
    said = [_bare(p) for s in sources for q in s.quotes for p in (" ".join(q.text.split()), *pieces(" ".join(q.text.split())))]
    said += [_bare(p) for s in sources for law in s.laws for p in (law.text, *pieces(law.text))]
    titles = {_bare(s.title) for s in sources}
    return all(_bare(q) in titles or any(u.startswith(_bare(q)) and len(q.split()) >= 3 for u in said) for q in exact.quoted(text) if q.strip())


def _only_tells_quotes(text: str, plain: str) -> bool:
    told = _TOLD.match(plain)
    return bool(exact.quoted(text)) and bool(told) and not WORD.search(told.group("rest"))  # type: ignore[union-attr]


class _Told:
    """What the sources of one sentence say, by who says it."""

    def __init__(self, sources: Sequence[Source], language: str, spoken: str) -> None:
        self.language = language
        self.ours = [Unit(p, stems_of(p, language), claims=False) for s in sources for p in _ours(s) if not p.endswith("?")]
        self.theirs = [Unit(p, stems_of(p, spoken), claims=True) for s in sources for q in s.quotes for p in pieces(" ".join(q.text.split()))]
        self.orders = {m.group().lower() for s in sources for p in pieces(s.action) if (m := re.search(r"[^\W\d_]+", p))}
        self.acts = frozenset(w.lower() for s in sources for law in s.laws for w in re.findall(r"\w+", f"{law.act} {law.act_title}"))


def _clauses_stay_open(text: str, told: _Told) -> bool:
    if reported := _TOLD.match(text):
        return _reported(reported, told)
    leans = stands = False
    for mark, clause in _clauses(text):
        if _LEADS.match(clause) or (mark == "," and _HANGS.match(clause)):
            if _SPLICED.match(clause):
                return False
            if _DONE.search(clause) and not _TIME.match(clause):
                return False
            if not leans and stands:
                return False
            continue
        leans = _demands(clause, told) or _lacks(clause, told) or _planned(clause, told) or _orders(clause, told)
        if not (leans or _FRAME.match(clause)):
            return False
        stands = True
    return stands


def _clauses(text: str) -> list[tuple[str, str]]:
    """(what stands before it, clause): `der` begins a relative clause after a comma, and a main one anywhere else."""
    parts = ["", *_SPLIT.split(text)]
    return [(mark.strip(), clause) for mark, clause in zip(parts[::2], parts[1::2], strict=True) if re.search(r"\w", clause)]


def _reported(found: re.Match[str], told: _Told) -> bool:
    """The project's or the vendor's words as theirs: no more certain than they are, and denied only where they deny."""
    rest = found.group("rest")
    kept = " ".join(c for _, c in _clauses(rest) if not _FRAME.match(c))
    mine = stems_of(kept, told.language)
    if not mine:
        return not WORD.search(kept) or bool(_SILENT.search(found.group()))
    if _SILENT.search(found.group()):
        return max((share(mine, u.stems) for u in told.ours), default=0.0) >= LACKED
    by_vendor = bool(found.group("who") and VENDOR.search(found.group("who")))
    bearing = [
        u
        for u in told.theirs
        if _denials(u.text) == _denials(kept)
        and all(bool(weak.search(u.text)) <= bool(weak.search(kept)) for weak in (HEDGE, _PLANS, _MUST))
        and bool(VENDOR_SAYS.search(u.text)) == by_vendor
    ]
    return max((share(mine, u.stems) for u in bearing), default=0.0) >= BORNE


def _demands(clause: str, told: _Told) -> bool:
    """`Der skal foreligge …`: the demand is the clause's own verb, and nothing before or beside it says how things are."""
    found = _MUST.search(clause)
    wanted = _LAW_WANTS.search(clause) if found is None else None
    if wanted:
        words = [w.lower() for w in re.findall(r"\w+", clause[: wanted.start()])]
        if not words or not all(w in told.acts or w in STOP or w == "gdpr" or LEGAL_WORD.fullmatch(w) for w in words):
            return False
    found = found or wanted
    if found is None or _denials(clause) or _DEEMED.search(clause):
        return False
    before, after = clause[: found.start()], clause[found.end() :]
    if len(before.split()) >= FAR or _INNER.search(before) or (_PRONOUN.search(before) and len(before.split()) > 1) or _SETTLING.search(before):
        return False
    return not _DONE.search(clause) and not re.search(rf"\b(?:og|samt|and)\s+{_SETTLING.pattern}", after, re.IGNORECASE)


def _lacks(clause: str, told: _Told) -> bool:
    """`Der mangler …`: what is missing is what a sentence of ours says is missing, and it is denied once."""
    plain = NOT_ONLY.sub(" ", clause)
    found = NEGATION.search(plain)
    mine = stems_of(clause, told.language)
    if found is None or _denials(clause) > 1 or not mine or re.search(rf"\b(?:og|samt|and)\s+{_SETTLING.pattern}", plain, re.IGNORECASE):
        return False
    about = [u for u in told.ours if (lack := NEGATION.search(u.text)) and share(mine, u.stems) >= LACKED and _heads(plain, found, u.text, lack, told)]
    return bool(about)


def _heads(clause: str, found: re.Match[str], said: str, lack: re.Match[str], told: _Told) -> bool:
    mine, theirs = (_first_stem(t[m.end() :], told.language) for t, m in ((clause, found), (said, lack)))
    if not mine:  # `Databehandleraftalen mangler`
        return bool(_LACK.fullmatch(found.group())) and bool(theirs) and theirs in stems_of(clause, told.language)
    return mine == theirs


def _first_stem(text: str, language: str) -> str:
    return next((stem(w, language) for w in WORD.findall(text.lower()) if w not in STOP), "")


def _planned(clause: str, told: _Told) -> bool:
    found, mine = _PLANS.search(clause), stems_of(clause, told.language)
    if not found or _denials(clause) or re.search(rf"\b(?:og|samt|and)\s+{_SETTLING.pattern}", clause, re.IGNORECASE):
        return False
    return max((share(mine, u.stems) for u in (*told.ours, *told.theirs) if _PLANS.search(u.text)), default=0.0) >= BORNE


def _orders(clause: str, told: _Told) -> bool:
    """Begins as the catalogue's own advice does: `Udfyld …`; a noun that looks like one has a verb after it."""
    first = re.search(r"[^\W\d_]+", re.sub(r"^\s*(?:og|and)\s", "", clause))
    inner = _INNER.search(clause)
    head = clause[: inner.start()] if inner else clause
    if first is None or first.group().lower() not in told.orders or _denials(clause) or _SETTLING.search(head):
        return False
    return share(stems_of(clause, told.language), frozenset().union(*(u.stems for u in told.ours))) >= BORNE


def _denials(text: str) -> int:
    return len(NEGATION.findall(NOT_ONLY.sub(" ", text)))


def _bare(text: str) -> str:
    return " ".join(text.split()).strip(" .").casefold()
