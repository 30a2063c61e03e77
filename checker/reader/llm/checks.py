"""What a passage must stand up to before a model's answer may rest on it: polarity, deferral, subject. Deterministic, no model.

The rules are those of the labelling guide (3-9) that the embedded reader is held to; here they are asked of one passage. A refusal
is a name, so that a report can say why an answer was not believed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from checker.model.catalogue import Catalogue
from checker.model.law import Requirement
from checker.model.project import Passage, Project
from checker.model.reading import EvidenceStatus
from checker.reader.cues import Cue, Cues, cues_of
from checker.reader.timing import comes_late, first_use

NOT_PROSE, ADDRESSED, ELSEWHERE, EMPTY = "heading", "addresses_checker", "another_place_or_phase", "empty_field"
SUBJECT, LATE, HEDGED, CLAIMED, GENERIC, REFUSED = "another_subject", "after_use", "considered", "vendor_claim", "generic", "refused_by_catalogue"
NEGATED, NOT_NEGATED, NO_REASON, ASKED, NO_TIME = "negated", "nothing_denied", "no_reason", "a_question", "no_time_before_use"
UNSETTLED = "unsettled"

_MADE = (
    r"udarbejdet|lavet|gennemført|indgået|udpeget|underskrevet|foretaget|skrevet|besluttet|afklaret|vurderet|godkendt|fastlagt|fastsat|hørt|informeret|"
    r"orienteret|drøftet|beskrevet|undersøgt|testet|oprettet|aftalt|på plads|taget stilling|"
    r"made|done|carried out|signed|appointed|decided|assessed|completed|written|approved|tested|agreed|in place|informed|consulted"
)
_DUTY = (
    r"dpia\w*|konsekvensanalyse\w*|\w*aftale\w*|slettefrist\w*|frist\w*|procedure\w*|plan\w*|fortegnelse\w*|vurdering\w*|hjemmel|retsgrundlag|beslutning\w*|"
    r"test\w*|instruks\w*|ansvarlig\w*|kontrol\w*|impact assessment|agreement|deadline|legal basis|assessment|decision|plan|record|procedure"
)
_UNDONE = re.compile(
    rf"\bendnu ikke\b|\bikke endnu\b|\bnot yet\b|\b(?:ikke|aldrig|not|never|n't) (?:\w+ ){{0,2}}(?:{_MADE})\b|\bmangler\b|\b(?:is|are) missing\b|"
    rf"\b(?:ingen|uden|intet|no|without) (?:(?:en|et|nogen|egentlig|skriftlig|a|an|any|written) )?(?:{_DUTY})\b",
    re.I,
)

_AFFIRMS = re.compile(
    r"\b(?:ikke|not) (?:kun|alene|bare|blot|only|just|merely)\b|\b(?:ikke|aldrig|not|cannot|never) (?:\w+ ){0,2}(?:undgå\w*|undvære\w*|avoid\w*|help)\b|"
    r"\bmen også\b|\bbut also\b|\b(?:ikke|ingen|not?)\b[^.;]*,? (?:men|but)\b",
    re.I,
)
"""Sentences that negate one thing and affirm another ("not only names but health data"): no denial of either."""

Topics = Mapping[str, frozenset[int]]
"""Requirement or fact → indices of the passages that speak of it, by the embedded reader's own heads; `met:<requirement>` → of those that
sound as if it were met. The second is missing for what no head was trained for."""


@dataclass(frozen=True)
class Checks:
    """The checks for one project. `topics`: None leaves the subject unchecked; otherwise an item that is not in it is spoken of nowhere."""

    project: Project
    catalogue: Catalogue
    topics: Topics | None = None

    def refusal(self, item: str, kind: str, value: str, index: int) -> str:
        """Why passage `index` cannot carry this answer; empty when it can."""
        passage = self.project.passages[index]
        return self._evidence(item, value, passage) if kind == "evidence" else self._fact(item, value, passage)

    def _evidence(self, requirement: str, value: str, passage: Passage) -> str:
        cues = cues_of(passage.clean)
        found = self._anywhere(passage, cues) or self._subject(requirement, passage)
        status = EvidenceStatus(value)
        if found or not status.closes:
            return found
        return self._closing(self.catalogue.requirements[requirement], status, passage, cues)

    def _closing(self, requirement: Requirement, status: EvidenceStatus, passage: Passage, cues: Cues) -> str:
        """A closing answer must rest on a sentence that settles something, in time, for this project, and that does not read as open."""
        settled = (self.topics or {}).get(f"met:{requirement.id}")
        if settled is not None and passage.index not in settled:
            return UNSETTLED
        if any(re.search(p, passage.clean, re.I) for p in requirement.refused_evidence):
            return REFUSED
        if requirement.before_use and comes_late(passage.clean, self._first_use):
            return LATE
        for cue, name in ((Cue.QUESTION, ASKED), (Cue.VENDOR, CLAIMED), (Cue.GENERIC, GENERIC)):
            if cue in cues:
                return name
        if Cue.HEDGE in cues and Cue.DONE not in cues:
            return HEDGED
        return _polarity(status, passage.clean, cues)

    def _fact(self, fact: str, value: str, passage: Passage) -> str:
        cues = cues_of(passage.clean)
        found = self._anywhere(passage, cues) or self._subject(fact, passage)
        if found:
            return found
        if Cue.QUESTION in cues:
            return ASKED
        denied = Cue.NEGATION in cues and Cue.EXCEPT not in cues
        if value == "false" and (Cue.NEGATION not in cues or _double(passage.clean) or _AFFIRMS.search(passage.clean)):
            # A fact is settled as "no" by a plain denial; that a passage does not show it is silence (labelling guide, rule 1).
            return NOT_NEGATED
        return NEGATED if value == "true" and denied and not (_double(passage.clean) or _AFFIRMS.search(passage.clean)) else ""

    def _anywhere(self, passage: Passage, cues: Cues) -> str:
        if passage.kind == "heading":
            return NOT_PROSE
        if (passage.start, passage.end) in self._spoken:
            return ADDRESSED
        if Cue.EMPTY in cues:
            return EMPTY
        return ELSEWHERE if {Cue.OTHER_PLACE, Cue.QUOTED_GUIDE, Cue.FUTURE_PHASE} & cues.found else ""

    def _subject(self, item: str, passage: Passage) -> str:
        return "" if self.topics is None or passage.index in self.topics.get(item, frozenset()) else SUBJECT

    @property
    def _spoken(self) -> frozenset[tuple[int, int]]:
        return frozenset((q.start, q.end) for q in self.project.addresses_checker)

    @property
    def _first_use(self) -> date | None:
        return first_use([p.clean for p in self.project.passages])


def _polarity(status: EvidenceStatus, text: str, cues: Cues) -> str:
    if status is EvidenceStatus.DENIED_WITH_REASON:
        if not ({Cue.NEGATION, Cue.EXCEPT, Cue.NOT_NEEDED} & cues.found):
            return NOT_NEGATED
        return "" if {Cue.REASON, Cue.LAW_REF} & cues.found else NO_REASON
    if _UNDONE.search(text) and Cue.BEFORE_USE not in cues:
        # "No pilot before the DPIA is signed" negates and still settles; "no DPIA has been made" does not. Other negations may
        # settle something too ("there is no sound or picture"), so a negation alone is no refusal.
        return NEGATED
    if status is EvidenceStatus.PLANNED_BEFORE_USE and not ({Cue.BEFORE_USE, Cue.DATE} & cues.found):
        return NO_TIME
    return ""


def _double(text: str) -> bool:
    """Two negations in one sentence ("ikke uden"): which way it points is not for a pattern to say."""
    return len(re.findall(r"\b(?:ikke|ingen|uden|aldrig|not|no|without|never)\b", text, re.I)) > 1
