"""Norm → proposed requirement, and approved proposals → requirements that are checked like the catalogue's own.

Strength to severity: `must` and `may_only` are major, `should` is minor. `must_not` is major too, not blocker: a guideline is the
municipality's own rule below the law, a description is mostly silent about what is *not* done, and blockers on every silent project
would drown those the law sets. Whoever approves may write `blocker` in the file first.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal

from pydantic import Field

from checker.knowledge.guidelines.norms import Norm, Refused, Strength
from checker.knowledge.guidelines.overlaps import resembling
from checker.knowledge.guidelines.scope import applies_when
from checker.model.catalogue import Catalogue
from checker.model.condition import Condition
from checker.model.law import GUIDELINE, Bilingual, Frozen, Requirement, Severity, SourceNote
from checker.ports import Embedder

State = Literal["proposed", "approved", "rejected"]
SEVERITY: Mapping[Strength, Severity] = {"must": Severity.MAJOR, "may_only": Severity.MAJOR, "must_not": Severity.MAJOR, "should": Severity.MINOR}
_TITLE = 80


class PointQuote(Frozen):
    """The norm's own words: `document[start:end] == text`."""

    point: str
    text: str = Field(min_length=1)
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Overlap(Frozen):
    """A requirement of the catalogue that says something like it, and how much it stands out (standard deviations)."""

    requirement: str
    title: str
    score: float


class Proposal(Frozen):
    """One proposed requirement as a person reads and corrects it. What decides is `state` in the decisions, not in this file."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*:krav_\S+$")
    title: str = Field(min_length=1)
    duty: str = Field(min_length=1)
    strength: Strength
    severity: Severity
    quote: PointQuote
    who: str = ""
    condition: str = ""
    applies_when: Condition
    evidence: str = Field(min_length=1)
    overlaps: tuple[Overlap, ...] = ()
    state: State = "proposed"
    by: str = ""
    at: datetime | None = None
    why: str = ""

    @property
    def act(self) -> str:
        return self.id.partition(":")[0]

    @property
    def content(self) -> str:
        """Hash of everything that is approved: who edits a proposal afterwards has to have it approved again.

        Offsets are left out: a new first paragraph moves a point without changing it. `unfaithful` holds them to the text.
        """
        left_out = {"state": True, "by": True, "at": True, "why": True, "overlaps": True, "quote": {"start", "end"}}
        said = self.model_dump(mode="json", by_alias=True, exclude=left_out)  # type: ignore[arg-type]
        return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


class PassedOver(Frozen):
    """A sentence no requirement was made of, and why."""

    point: str
    text: str
    why: str


def proposals_of(norms: Sequence[Norm], catalogue: Catalogue, embedder: Embedder) -> tuple[Proposal, ...]:
    """One proposal per norm, in the guideline's order; ids `<act>:krav_<point>`, with -2, -3 for further norms of a point."""
    near = resembling([n.sentence for n in norms], list(catalogue.requirements.values()), embedder)
    seen: Counter[str] = Counter()
    found = []
    for norm, overlaps in zip(norms, near, strict=True):
        act, _, anchor = norm.point.partition(":")
        base = f"{act}:krav_{anchor.removeprefix('pkt_')}"
        seen[base] += 1
        found.append(
            Proposal(
                id=base if seen[base] == 1 else f"{base}-{seen[base]}",
                title=_title(norm),
                duty=duty_of(norm),
                strength=norm.strength,
                severity=SEVERITY[norm.strength],
                quote=PointQuote(point=norm.point, text=norm.quote.text, start=norm.quote.start, end=norm.quote.end),
                who=norm.who,
                condition=norm.condition,
                applies_when=applies_when(norm, catalogue.facts),
                evidence=_evidence(norm),
                overlaps=tuple(Overlap(requirement=r, title=catalogue.requirements[r].title.da, score=s) for r, s in overlaps),
            )
        )
    return tuple(found)


def duty_of(norm: Norm) -> str:
    """The duty as a sentence that stands alone: with the lead-in of its list, or with the strength its table gives it."""
    said = norm.sentence.rstrip(" ;,")
    if norm.lead.endswith(":"):
        return f"{norm.lead} {said}"
    return said if said.endswith((".", "!")) else f"{said}."


def _title(norm: Norm) -> str:
    """The first words of the norm, cut between words."""
    said = duty_of(norm).rstrip(".")
    said = said[:1].upper() + said[1:]
    if len(said) <= _TITLE:
        return said
    return said[:_TITLE].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"


def _evidence(norm: Norm) -> str:
    """What would fulfil it, said positively."""
    duty = duty_of(norm).rstrip(".")
    if norm.strength == "must_not":
        return f"Beskrivelsen siger klart, at det ikke sker i dette projekt, og hvad der forhindrer det: »{duty}«."
    if norm.strength == "may_only":
        return f"Beskrivelsen siger, hvad der er tilladt i dette projekt, og hvordan grænsen holdes: »{duty}«."
    return f"Beskrivelsen siger konkret, hvem der gør det, hvordan, og at det er sket eller sker før brug: »{duty}«."


def unfaithful(proposals: Iterable[Proposal], text: str) -> tuple[str, ...]:
    """Ids of proposals whose quote does not stand in the guideline where it says."""
    return tuple(p.id for p in proposals if text[p.quote.start : p.quote.end] != p.quote.text)


def carried_over(new: Iterable[Proposal], old: Iterable[Proposal]) -> tuple[Proposal, ...]:
    """The proposals of a new version; where point and words are as before, what a person corrected in the old one stays."""
    known = {(p.id, p.quote.point, p.quote.text): p for p in old}
    return tuple(
        p if (kept := known.get((p.id, p.quote.point, p.quote.text))) is None else kept.model_copy(update={"quote": p.quote, "overlaps": p.overlaps})
        for p in new
    )


def passed_over(refused: Iterable[Refused]) -> tuple[PassedOver, ...]:
    return tuple(PassedOver(point=r.point, text=r.quote.text, why=r.why) for r in refused)


def checks_of(approved: Iterable[Proposal], title: str = "") -> tuple[Requirement, ...]:
    """Requirements of the approved proposals (others are left out), in the group `guideline:<act>`, each citing its point.

    Args:
        approved: proposals with their decided state.
        title: the guideline's name, as reports show it; the act's id by default.
    """
    return tuple(_requirement(p, title or p.act) for p in approved if p.state == "approved")


def forbids(proposal: Proposal) -> bool:
    return proposal.strength == "must_not"


def _requirement(p: Proposal, title: str) -> Requirement:
    number = p.quote.point.partition(":")[2].removeprefix("pkt_")
    place = f"{title}, pkt. {number}"
    soft = p.strength == "should"
    return Requirement(
        id=p.id,
        group=f"{GUIDELINE}{p.act}",
        core=False,
        title=Bilingual(da=p.title, en=p.title),
        addressee=("deployer",),
        sources=(SourceNote(act=title, provision=f"pkt. {number}"),),
        cites=(p.quote.point,),
        applies_when=p.applies_when,
        fulfilled_when=p.evidence,
        not_evidence="Hensigter, henvisning til retningslinjen selv, leverandørens ord, og hvad der først sker efter ibrugtagning.",
        gap_message=Bilingual(
            da=f"Ikke fundet i beskrivelsen; se selv efter. Kommunens egen retningslinje siger ({place}): »{p.duty}«",
            en=f"Not found in the description; look yourself. The municipality's own guideline says ({place}): “{p.duty}”",
        ),
        action=Bilingual(da=f"Beskriv, hvordan projektet lever op til {place}.", en=f"Describe how the project meets {place}."),
        question=Bilingual(da=f"Hvordan lever projektet op til {place}?", en=f"How does the project meet {place}?"),
        severity=p.severity,
        severity_reason=Bilingual(
            da=f"Kommunens egen {'anbefaling' if soft else 'regel'}; godkendt af {p.by}.",
            en=f"The municipality's own {'recommendation' if soft else 'rule'}; approved by {p.by}.",
        ),
        verified="confirmed",
        checked=f"{p.at:%d-%m-%Y}: ordret fra retningslinjen, godkendt af {p.by}." if p.at else "",
        notes=p.why,
    )
