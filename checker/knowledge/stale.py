"""Law that project texts still name though it is gone, and what stands in its place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checker.model.law import Bilingual, Frozen


class StaleReference(Frozen):
    """A reference to law no longer in force, at its place in the text. `replaced_by` are act or provision ids, empty where none is ours."""

    text: str
    start: int
    end: int
    replaced_by: tuple[str, ...]
    say: Bilingual


class _Rule(Frozen):
    pattern: str
    replaced_by: tuple[str, ...]
    say: Bilingual
    about: tuple[str, ...] = ()
    """The sentence must also speak of each of these: draft numbers of the AI Act are numbers of something else in force."""
    not_about: str = ""


# How far a word may go on is bounded: a text without spaces would be read to its end from every place a word could begin.
_AI_ACT = r"AI[- ]?forordning|AI[- ]?Act\b|forordning\w{0,20} om kunstig intelligens|AI Regulation"
# "52 a" is another article; "52 i AI-forordningen" is this one.
_NO_LETTER = r"(?!\s?[a-hj-z]\b)"
_DRAFT = "udkastet til AI-forordningen / the draft of the AI Act"

_RULES = (
    _Rule(
        pattern=r"\bpersondatalov\w*|\blov(?:en)? om behandling af personoplysninger\b|\blov nr\.? 429 af 31\.? maj 2000",
        replaced_by=("gdpr", "databeskyttelsesloven"),
        say=Bilingual(
            da="Persondataloven blev ophævet 25. maj 2018. I dag gælder databeskyttelsesforordningen (GDPR) og databeskyttelsesloven.",
            en="The Danish Act on Processing of Personal Data was repealed on 25 May 2018. The GDPR and the Data Protection Act apply today.",
        ),
    ),
    _Rule(
        pattern=r"\b(?:databeskyttelses|persondata)?direktiv(?:et)?\s*\(?95/46(?:/E[FGCØ]\w*)?\)?|\bdirektiv(?:et)?\s+(?:nr\.?\s*)?95/46\w*|\bDirective\s+95/46(?:/EC)?"
                r"|\b95/46/E[FC]\b|\bdatabeskyttelsesdirektivet\b|\bpersondatadirektivet\b|\bData Protection Directive\b(?!\s*\(EU\))",
        replaced_by=("gdpr",),
        say=Bilingual(
            da="Direktiv 95/46/EF blev ophævet 25. maj 2018 og afløst af databeskyttelsesforordningen (GDPR).",
            en="Directive 95/46/EC was repealed on 25 May 2018 and replaced by the GDPR.",
        ),
    ),
    _Rule(
        pattern=r"\b(?:lov om (?:offentlige myndigheders|private) registre|registerlov(?:en|ens|ene|enes)?)\b",
        replaced_by=("gdpr", "databeskyttelsesloven"),
        say=Bilingual(
            da="Registerlovene blev ophævet i 2000. I dag gælder databeskyttelsesforordningen (GDPR) og databeskyttelsesloven.",
            en="The Danish Registers Acts were repealed in 2000. The GDPR and the Data Protection Act apply today.",
        ),
    ),
    _Rule(
        pattern=r"\bsikkerhedsbekendtgørels\w+|\bbekendtgørelse nr\.? 528 af 15\.? juni 2000",
        replaced_by=("gdpr:art_32",),
        about=(r"person|\bdata|528",),
        say=Bilingual(
            da="Sikkerhedsbekendtgørelsen (nr. 528/2000) er ophævet. Krav til sikkerhed følger i dag af GDPR artikel 32.",
            en="The Danish order on security (no 528/2000) has been repealed. Security requirements follow from GDPR Article 32.",
        ),
    ),
    _Rule(
        pattern=r"\bPrivacy Shield\w*|\bSafe Harbou?r\w*",
        replaced_by=("gdpr:art_45",),
        say=Bilingual(
            da="Safe Harbor og Privacy Shield er kendt ugyldige af EU-Domstolen. Overførsel til USA må have et andet grundlag, f.eks. EU-U.S. Data Privacy "
               "Framework for de virksomheder, der er omfattet (GDPR artikel 45).",
            en="Safe Harbor and Privacy Shield were declared invalid by the Court of Justice. Transfers to the USA need another basis, e.g. the EU-U.S. Data "
               "Privacy Framework for companies that are part of it (GDPR Article 45).",
        ),
    ),
    _Rule(
        pattern=r"\b2010/87/E[UF]\b|\b2001/497/E[FC]\b|\b2004/915/E[FC]\b",
        replaced_by=("gdpr:art_46",),
        say=Bilingual(
            da="Disse standardkontraktbestemmelser er ophævet og afløst af dem i Kommissionens gennemførelsesafgørelse (EU) 2021/914 (GDPR artikel 46).",
            en="These standard contractual clauses were repealed and replaced by those of Commission Implementing Decision (EU) 2021/914 (GDPR Article 46).",
        ),
    ),
    _Rule(
        pattern=r"\b[CK]OM\s*\(2021\)\s*(?:nr\.\s*)?206\b"
                r"|\bforslag(?:et)? til (?:en )?(?:AI[- ]?forordning\w*|forordning om kunstig intelligens)|\bproposal for an AI Act\b",
        replaced_by=("ai-act",),
        say=Bilingual(
            da="Forslaget er vedtaget: forordning (EU) 2024/1689 gælder i stedet, med andre artikelnumre.",
            en="The proposal was adopted: Regulation (EU) 2024/1689 applies instead, with other article numbers.",
        ),
    ),
    _Rule(
        pattern=r"\b(?:artikel|art\.|Article)\s*28\s?b\b", replaced_by=("ai-act:art_53", "ai-act:art_55"), about=(_AI_ACT,),
        say=Bilingual(
            da=f"Artikel 28b findes kun i {_DRAFT.split(' / ', maxsplit=1)[0]}. Pligter for AI-modeller til almen brug står i artikel 53 og 55.",
            en=f"Article 28b exists only in {_DRAFT.split(' / ')[1]}. Duties for general-purpose AI models are in Articles 53 and 55.",
        ),
    ),
    _Rule(
        pattern=r"\b(?:artikel|art\.|Article)\s*29\s?a\b", replaced_by=("ai-act:art_27",), about=(_AI_ACT,),
        say=Bilingual(
            da=f"Artikel 29a findes kun i {_DRAFT.split(' / ', maxsplit=1)[0]}. Konsekvensanalysen vedrørende grundlæggende rettigheder står i artikel 27.",
            en=f"Article 29a exists only in {_DRAFT.split(' / ')[1]}. The fundamental rights impact assessment is in Article 27.",
        ),
    ),
    _Rule(
        pattern=r"\b(?:artikel|art\.|Article)\s*4\s?b\b", replaced_by=("ai-act:art_4",), about=(_AI_ACT,),
        say=Bilingual(
            da=f"Artikel 4b findes kun i {_DRAFT.split(' / ', maxsplit=1)[0]}. AI-færdigheder står i artikel 4.",
            en=f"Article 4b exists only in {_DRAFT.split(' / ')[1]}. AI literacy is in Article 4.",
        ),
    ),
    _Rule(
        pattern=rf"\b(?:artikel|art\.|Article)\s*52\b{_NO_LETTER}", replaced_by=("ai-act:art_50",),
        about=(_AI_ACT, r"gennemsigtig|transparen|chatbot|deep ?fake|oplys\w{0,20} om|interager|inform"),
        not_about=r"systemisk|systemic|almen brug|general-purpose|GPAI",
        say=Bilingual(
            da="I forslaget til AI-forordningen stod gennemsigtighed i artikel 52; i den vedtagne forordning er det artikel 50.",
            en="In the proposal for the AI Act transparency was in Article 52; in the adopted Regulation it is Article 50.",
        ),
    ),
    _Rule(
        pattern=rf"\b(?:artikel|art\.|Article)\s*29\b{_NO_LETTER}", replaced_by=("ai-act:art_26",),
        about=(_AI_ACT, r"idriftsætter|bruger(?:e|en|ne|s)?\b|deployer|users?\b|logfil|menneskeligt tilsyn|human oversight"),
        not_about=r"bemyndige|notific|notified|akkredit",
        say=Bilingual(
            da="I forslaget til AI-forordningen stod brugerens pligter i artikel 29; i den vedtagne forordning står idriftsætterens pligter i artikel 26.",
            en="In the proposal for the AI Act the duties of users were in Article 29; in the adopted Regulation those of deployers are in Article 26.",
        ),
    ),
)
# Who says that it is gone needs no telling.
_KNOWN_BEFORE = re.compile(
    r"\b(?:tidligere|dagældende|daværende|ophæve\w*|gamle|afløs\w*|erstatte\w*|former|repeal\w*|replac\w*|old|previous\w*)\W+(?:\w+\W+){0,3}$", re.IGNORECASE
)
_KNOWN_AFTER = re.compile(
    r"\W{0,3}(?:\([^)]*\)\s*)?(?:\w+\s+){0,2}(?:ophævet|afløst|erstattet|ugyldig\w*|gælder ikke længere|repealed|replaced|invalid\w*|no longer)\b",
    re.IGNORECASE,
)
_NEAR = 200
"""Characters around a reference in which the text may say that it is gone. Without a bound each reference would read the whole text."""
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÆØÅ»\"])|\n\s*\n")
_ABBREVIATION = re.compile(r"\b(?:art|nr|stk|pkt|jf|ca|bl|No)\.$")
_LONGEST_ABBREVIATION = 4


class _Matcher:
    """A rule, its patterns compiled."""

    def __init__(self, rule: _Rule) -> None:
        self.rule, self.pattern = rule, re.compile(rule.pattern, re.IGNORECASE)
        self._about = [re.compile(words, re.IGNORECASE) for words in rule.about]
        self._not_about = [re.compile(rule.not_about, re.IGNORECASE)] if rule.not_about else []

    def fits(self, sentence: str) -> bool:
        return all(p.search(sentence) for p in self._about) and not any(p.search(sentence) for p in self._not_about)


_MATCHERS = tuple(_Matcher(rule) for rule in _RULES)


def stale_references(text: str) -> tuple[StaleReference, ...]:
    """References to law that is gone, in order; none where the text itself says that it is gone."""
    found = [s for start, end in _sentences(text) for s in _in_sentence(text, start, end)]
    return tuple(sorted(found, key=lambda s: s.start))


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for stop in _SENTENCE_END.finditer(text):
        if _ABBREVIATION.search(text, max(0, stop.start() - _LONGEST_ABBREVIATION), stop.start()) is None:
            yield start, stop.start()
            start = stop.end()
    yield start, len(text)


def _in_sentence(text: str, start: int, end: int) -> Iterator[StaleReference]:
    sentence = text[start:end]
    for matcher in _MATCHERS:
        found = list(matcher.pattern.finditer(sentence))
        if not found or not matcher.fits(sentence):
            continue
        rule = matcher.rule
        for m in found:
            if not _known_to_be_gone(sentence, m.start(), m.end()):
                yield StaleReference(text=m.group(), start=start + m.start(), end=start + m.end(), replaced_by=rule.replaced_by, say=rule.say)


def _known_to_be_gone(sentence: str, start: int, end: int) -> bool:
    return bool(_KNOWN_BEFORE.search(sentence, max(0, start - _NEAR), start) or _KNOWN_AFTER.match(sentence, end, end + _NEAR))
