"""What a project claims outright, and the sentence that says the opposite: material for the contradiction rules.

A claim is no fact: "der behandles ikke personoplysninger" beside a key that leads back to the person settles nothing but that
both cannot be right. Patterns were written on the training cases; a vendor's or another place's word, a quoted guide, a doubt or
a question claims nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from checker.model.project import Passage
from checker.model.reading import Statement
from checker.reader.cues import Cue, cues_of

_BARRED = frozenset({Cue.OTHER_PLACE, Cue.QUOTED_GUIDE, Cue.VENDOR, Cue.QUESTION, Cue.FUTURE_PHASE})

_MERELY = r"(?:kun|blot|bare|alene|rent|udelukkende|jo bare|only|merely|simply|just|purely)"
_AID = r"(?:\w*(?:beslutnings)?støtte|vejledning|skøn|input|(?:internt |almindeligt )?(?:arbejds)?redskab|inspiration|decision support|support|guidance|an? (?:estimate|aid|tool))"
_MERE_SUPPORT = (
    re.compile(rf"\b{_MERELY}\b (?:er |tale om |et |en |kommer med |med )*{_AID}\b", re.I),
    re.compile(rf"\blav(?:risiko)?\b[^.]{{0,25}}\b(?:da|fordi|for|idet)\b[^.]{{0,30}}\b{_AID}\b", re.I),
    re.compile(rf"\blow[- ]risk\b[^.]{{0,25}}\b(?:because|since|as)\b[^.]{{0,30}}\b{_AID}\b", re.I),
)
_NOT_MERELY = re.compile(rf"\b(?:ikke|not)\b (?:\w+ )?{_MERELY}\b", re.I)

_NO_PERSONS = re.compile(
    r"\b(?:ikke|ingen|hverken|no|not|never|does not|without)\b(?! (?:længere|kun|bare|only))[^.,;:]{0,25}\b"
    r"(?:person(?:ale)?oplysninger|persondata|personhenførbar\w*|GDPR|personal (?:data|information))\b|"
    r"\b(?:person(?:ale)?oplysninger|persondata)\b (?:er|indgår|behandles) (?:det |der )?(?:vel |jo )?ikke\b|"
    r"\b(?:er|handler om|angår|gælder) (?:[^.,;:]{1,20} )?(?:og )?ikke personer\b|\bnot about anybody\b",
    re.I,
)
_LIMITED = re.compile(
    r"\b(?:ud over|udover|bortset fra|undtagen|af betydning|må|skal|other than|except|beyond|must|shall|should|may|prompt\w*|til leverandøren|videregives|deles|sendes|"
    r"gemmes|lagres|stored|kept|shared|sent|trænes?|træning\w*|train\w*)\b",
    re.I,
)
_ANONYMOUS = re.compile(r"\banonym(?:e|t|iseret|iserede)?\b|\banonymi[sz]ed\b|\banonymous\b", re.I)
_UNMADE = re.compile(r"\b(?:ikke|ingen|bliver|skal|kan|måske|hvis|not|cannot|will|must|if)\b[^.]{0,20}\banonym", re.I)
_LEADS_BACK = re.compile(
    r"\bnøgle(?:n|fil\w*)?\b|\bløbenummer\b|\bkode(?:n|r)?\b[^.]{0,40}\b(?:låses op|slå\w* op)|\b(?:kan|kunne) (?:stadig |altid |godt )?(?:slå|kende|genkende|finde|trække|spore)\b|"
    r"\bkan godt kende\b|\bføres tilbage\b|\bgenfinder\b|\bmedarbejdernummer\b|\bkundenummer\b|\b(?:the |a )key\b|\blook(?:ed)? up\b|\btraced? back\b|\blinked back\b|\bname badge\b",
    re.I,
)
_ABOUT_PERSONS = re.compile(
    r"\bnavn(?:e|et|ene)?\b|\bansigt\w*|\bchauffør\w*|\bbarnets\b|\bbluetooth\w*|\bnummerplade\w*|\bmobilnum\w*|\bCPR\b|\bname(?:s|d)?\b|\bfaces?\b|\bphone numbers?\b|\bregistration plates?\b",
    re.I,
)
_NOT_AI = re.compile(r"\bikke (?:tale om |er |nogen |en )*(?:AI|kunstig intelligens)\b|\bnot (?:an? )?(?:AI\b|artificial intelligence)|\b(?:kun|bare|blot) (?:faste )?regler\b", re.I)


def claims_in(passages: Sequence[Passage]) -> Iterator[Statement]:
    """Each kind of claim once, with the passage that says the opposite where one does.

    Args:
        passages: of the project, in order.
    """
    prose = [p for p in passages if not (_BARRED & cues_of(p.clean).found)]
    for passage in prose:
        if any(pattern.search(passage.clean) for pattern in _MERE_SUPPORT) and not _NOT_MERELY.search(passage.clean):
            yield Statement(fact="automation_level", value="drafts_or_informs", quote=passage.quote)
            break
    for passage in prose:
        if _NOT_AI.search(passage.clean):
            yield Statement(fact="is_ai_system", value="false", quote=passage.quote)
            break
    yield from _no_personal_data(prose)


def _no_personal_data(prose: Sequence[Passage]) -> Iterator[Statement]:
    """Denied outright, or called anonymous while something leads back to the person; one with an opposite comes first."""
    found = []
    for passage in prose:
        text = passage.clean
        if _ANONYMOUS.search(text) and not _UNMADE.search(text):
            against = _other(passage, prose, _LEADS_BACK)
            if against is not None:
                found.append(Statement(fact="processes_personal_data", value="false", quote=passage.quote, against=against.quote))
        elif _NO_PERSONS.search(text) and not _LIMITED.search(text):
            against = _other(passage, prose, _LEADS_BACK) or _other(passage, prose, _ABOUT_PERSONS)
            found.append(Statement(fact="processes_personal_data", value="false", quote=passage.quote, against=against.quote if against else None))
    found.sort(key=lambda s: s.against is None)
    yield from found[:1]


def _other(claim: Passage, passages: Sequence[Passage], pattern: re.Pattern[str]) -> Passage | None:
    """The nearest passage that the pattern finds and that does not deny it; the claim itself last."""
    hits = [p for p in passages if (m := pattern.search(p.clean)) and not re.search(r"\b(?:ingen|ikke|hverken|no|not|without|uden)\b[^.]{0,30}$", p.clean[: m.start()], re.I)]
    return min(hits, key=lambda p: (p.index == claim.index, abs(p.index - claim.index)), default=None)
