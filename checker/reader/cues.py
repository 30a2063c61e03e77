"""What a sentence does with what it says: negates, hedges, defers, quotes, speaks for a vendor or of another municipality.

Cues are features for the trained heads and, where the labelling guide is strict, gates: a hedged or deferred sentence never
closes a gap, whatever the heads say. Sources: labelling guide rules 3-9, corpus/facts/traps.yaml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Cue(StrEnum):
    NEGATION = "negation"
    EXCEPT = "except"
    HEDGE = "hedge"
    DEFERRAL = "deferral"
    AFTER_USE = "after_use"
    BEFORE_USE = "before_use"
    GENERIC = "generic"
    VENDOR = "vendor"
    OTHER_PLACE = "other_place"
    QUOTED_GUIDE = "quoted_guide"
    FUTURE_PHASE = "future_phase"
    EMPTY = "empty"
    NOT_NEEDED = "not_needed"
    REASON = "reason"
    DATE = "date"
    NUMBER = "number"
    PERSON = "person"
    LAW_REF = "law_ref"
    DONE = "done"
    QUESTION = "question"
    MUST = "must"
    OLD = "old"


_MONTHS = "januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december|january|february|march|may|june|july|october"
_ROLE = (
    r"chef|leder|direktør|jurist|koordinator|ansvarlig|konsulent|rådgiver|teamleder|souschef|inspektør|forstander|redaktør|vejleder|"
    r"manager|head of|director|officer|lawyer|coordinator"
)
_PATTERNS: dict[Cue, str] = {
    Cue.NEGATION: r"\b(ikke|ingen|intet|aldrig|hverken|uden|ej|næppe|heller ikke|no|not|never|none|neither|nor|without|cannot|don't|doesn't|isn't|won't)\b|\b(pa|ma) ikke\b",
    Cue.EXCEPT: r"\b(ud over|udover|bortset fra|undtagen|medmindre|kun|alene|other than|except|apart from|only|beyond)\b",
    Cue.HEDGE: r"\bovervej\w*|\bovervejes\b|\bbør\b|\bforvente\w*|\bforventes\b|\beventuelt\b|\bevt\b|\bmåske\b|\bmuligvis\b|\bså vidt muligt\b|\bopmærksom\w* på\b|"
    r"\bhensigten\b|\bhåber\b|\bregner med\b|\bpåtænk\w*|\bhar til hensigt\b|\bvil se på\b|\bundersøge[sr]?\b|\btænker på\b|\bkunne\b|\bbør det\b|\bbgr\b|"
    r"\bconsider\w*|\bmight\b|\bmay\b|\bshould\b|\bhope\b|\bintend\w*|\bexpect\w*|\baware\b|\blook(?:ing)? into\b|\bhensyn\w* tages\b|\ber på listen\b|\ber sat i gang\b|\bi gang\b|\bdrøfte\w*",
    Cue.DEFERRAL: r"\bsenere\b|\bnår (?:vi|løsningen|modellen|systemet|piloten|projektet|forsøget|pilot|der|tallene|det|de|året|modulet|kontrakten|leverandøren)\b|\bi næste fase\b|\bpå sigt\b|\bsidenhen\b|"
    r"\bi takt med\b|\budfyldes\b|\bafventer\b|\bsideløbende\b|\bløbende\b|\bafklares\b|\bi forlængelse af\b|\bhen ad vejen\b|\bundervejs\b|\blater\b|\bonce\b|\bwhen (?:we|the)\b|\bin due course\b|\bas we go\b|\bnext phase\b|\bfollows?\b",
    Cue.AFTER_USE: r"\befter (?:piloten|pilot|idriftsættelse|ibrugtagning|prøve\w*|forsøg\w*|opstart|start|lancering|første|evaluering\w*|go-live|sommerferien|et par måneder)\b|"
    r"\bnår (?:piloten|forsøget|pilotperioden|prøveperioden|løsningen er i drift|vi er i gang|vi kender|vi har set|vi har (?:de|fået|samlet|lært)|året er gået|den er i drift|det kører|testen)\b|\bsideløbende med\b|\bunder piloten\b|"
    r"\bi løbet af (?:piloten|forsøget|året|første)\b|\bafter (?:the )?(?:pilot|launch|go-live|trial|start|rollout|first)\b|\bonce (?:it|the system|we) (?:is|are) (?:live|running)\b|\bduring the (?:pilot|trial)\b",
    Cue.BEFORE_USE: r"\b(?:før|inden|forud for)\b|\bfirst\b|\bbefore\b|\bprior to\b|\bahead of\b|\bførst (?:når|derefter|da)\b|\bsenest\b|\bellers\b|\bderefter\b|\bno later than\b",
    Cue.GENERIC: r"\b(?:gdpr|databeskyttelse\w*|forordning\w*|lovgivning\w*|regler\w*|reglerne|loven|law|rules|regulation\w*|legislation)\b[^.]{0,40}\b(?:overhold\w*|følges|følger|efterlev\w*|iagttag\w*|comply|complies|complied|followed|respected|met)\b|"
    r"\b(?:overhold\w*|følger|efterlever|comply with|complies with|in line with)\b[^.]{0,50}\b(?:gdpr|lovgivning\w*|regler\w*|reglerne|loven|law|rules|regulation\w*|legislation|persondata\w*)\b|\bcompliant\b|\bcompliance\b|"
    r"\bstyr på\b|\bselvfølgelig\b|\bnaturligvis\b|\bforsvarlig\w*|\bmed respekt\b|\bsikker(?:t)? (?:løsning|og)\b|\bløsningen er sikker\b|\bof course\b|\bfully secure\b|\bhøj(?:t|este)? (?:sikkerhed|niveau|prioritet)\w*|\bat all times\b|"
    r"\bgældende\b|\bi overensstemmelse med\b|\baltid et menneske\b|\bmenneske i loopet\b|\bhuman in the loop\b|\bså længe (?:det er )?nødvendigt\b|\bikke længere (?:er )?nødvendig\w*|\bas long as (?:needed|necessary)\b|\bno longer needed\b",
    Cue.VENDOR: r"\bleverandøren (?:oplyser|garanterer|siger|lover|har selv|kalder|vurderer|oplyste|hævder|forsikrer|skriver|mener|står inde|beskriver|har (?:lavet|udarbejdet|testet|dokumenteret|foretaget))|\bifølge (?:leverandøren|firmaet|producenten|[A-ZÆØÅ]\w+(?: ApS| A/S)?)\b|"
    r"\bleverandørens (?:egen|egne|dpia|konsekvensanalyse|materiale|salg\w*|test\w*|hjemmeside|brochure|udsagn|standard\w*)|\biso ?27001|\bce-mærk\w*|\bcertificer\w*|\bmarkedsfør\w*|\b(?:supplier|vendor|provider|manufacturer)(?:'s)? (?:says|states|guarantees|assures|claims|has|own)\b|\baccording to the (?:supplier|vendor)\b|\bcertified\b",
    Cue.OTHER_PLACE: r"\b(?:anden|andre|nabo\w*|anden) kommune\w*|\bnabokommune\w*|\ben kommune (?:længere|på|i|syd|nord|vest|øst)\b|\banother municipality\b|\bneighbouring municipalit\w*|\bother municipalit\w*|\bandre steder\b|\bhos naboen\b|\bnabobyen\b",
    Cue.QUOTED_GUIDE: r"\bkl(?:'s|s)?\b[^.]{0,40}\b(?:guide|råd|anbefal\w*|vejledning|opmærksomhedspunkt\w*)|\b(?:vejledning\w*|guiden?|retningslinje\w*|datatilsynet(?:s)?)\b[^.]{0,40}\b(?:siger|anbefaler|råder|skriver|peger|fremhæver|advarer|nævner|recommends|says|advises)\b|\bguidance (?:says|recommends)\b|\bden råder\b",
    Cue.FUTURE_PHASE: r"\bpå sigt\b|\bpå længere sigt\b|\bsenere (?:kan|vil|fase|udvidelse|version)\b|\bi fremtiden\b|\bnæste (?:fase|runde|version|skridt)\b|\bfase 2\b|\bkan forestille\b|\bforestille os\b|\bin (?:the )?future\b|\blater phase\b|\bphase two\b|\bdrømmen\b|\bvision\w*\b",
    Cue.EMPTY: r"^(?:[\w .()/,?-]{0,60}:\s*)?(?:-|–|n/?a|ja|nej|ok|følger|udfyldes(?: senere)?|afventer|tbd|se bilag|ikke udfyldt|\?|x|ukendt|ved ikke|yes|no|tba|ikke relevant\w*|under udarbejdelse|kommer|\.{2,})\.?$",
    Cue.NOT_NEEDED: r"\b(?:ikke|hverken|næppe|ingen|not|no)\b[^.]{0,40}\b(?:nødvendig\w*|kræves|kræver|behov|behøve\w*|relevant\w*|påkrævet|required|needed|necessary|need)\b|\bunødvendig\w*|\boverflødig\w*|\bunnecessary\b|\bbehøver (?:vi )?ikke\b",
    Cue.REASON: r"\b(?:fordi|da (?:der|det|den|vi|de|svaret|modellen|løsningen)|idet|eftersom|grundet|af hensyn til|hvorfor|derfor|dermed|because|since|as (?:it|the|we)|due to)\b",
    Cue.DATE: rf"\b\d{{1,2}}\.? ?(?:{_MONTHS})\b|\b\d{{1,2}}[-./]\d{{1,2}}[-./]\d{{2,4}}\b|\b(?:{_MONTHS}) 20\d\d\b|\buge \d{{1,2}}\b|\b20(?:2[4-9]|3\d)\b",
    Cue.NUMBER: r"\b\d+(?:[.,]\d+)?\b",
    Cue.PERSON: rf"\b\w*(?:{_ROLE})(?:en|eren|erne|er|s)?\b|\b[A-ZÆØÅ][a-zæøå]+ [A-ZÆØÅ][a-zæøå]{{2,}}\b",
    Cue.LAW_REF: r"§|\bartikel \d|\bart\. ?\d|\barticle \d|\bsection \d|\blitra [a-z]\b|\bstk\. ?\d|\bbilag iii\b|\bannex iii\b|\b\w+lovens?\b|\b\w+ Act\b",
    Cue.DONE: r"\b(?:er|blev|har|var|fik|is|was|has|have|were|had)\b[^.]{0,60}\b(?:godkendt|underskrevet|gennemgået|udarbejdet|indgået|oprettet|orienteret|hørt|lavet|skrevet|vurderet|testet|prøvet|undervist|oplært|vedtaget|fulgt|noteret|afprøvet|"
    r"konkluderet|holdt|journaliseret|signed|approved|reviewed|written|trained|tested|informed|entered|assessed|completed|done)\b",
    Cue.QUESTION: r"\?\s*$",
    Cue.MUST: r"\b(?:skal|må ikke|must|shall|kræver|forbyder|udelukker|forbydes|er forbudt|forpligte\w*|requires|forbids|rules out)\b",
    Cue.OLD: r"\b(?:gamle|tidligere|forrige|eksisterende|gammel|fra 20(?:1\d|2[0-4])|nuværende|old|former|existing|previous|earlier)\b",
}
CUES: tuple[Cue, ...] = tuple(Cue)
_COMPILED = {cue: re.compile(pattern, re.I if cue is not Cue.PERSON else 0) for cue, pattern in _PATTERNS.items()}


@dataclass(frozen=True)
class Cues:
    """The cues of one sentence, in the order of `CUES`."""

    found: frozenset[Cue]

    def __contains__(self, cue: Cue) -> bool:
        return cue in self.found

    def vector(self) -> list[float]:
        return [1.0 if cue in self.found else 0.0 for cue in CUES]


def cues_of(sentence: str) -> Cues:
    """The cues in a cleaned sentence."""
    return Cues(frozenset(cue for cue, pattern in _COMPILED.items() if pattern.search(sentence)))
