"""Finding → citations: the digest entries of its requirement, then what the municipal guideline says of it.

Each quoted text is verified against what stands in the index; one that does not is `orphaned`: visible, weightless.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from checker.model.law import Act, Bilingual, Provision, Verified
from checker.model.report import Citation, Finding, Verdict
from checker.ports import Hit

_CITED = (Verdict.GAP, Verdict.ASK, Verdict.MET, Verdict.UNJUDGED)


class Worded(Protocol):
    """A provision's official words as the index holds them."""

    @property
    def text(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def url(self) -> str | None: ...

    @property
    def verified(self) -> Verified: ...


class Indexed(Protocol):
    """What citing needs of the index."""

    def text_of(self, provision: str) -> str | None: ...

    def verbatim(self, provision: str) -> Mapping[str, Worded]: ...

    def guideline_for(self, requirement: str) -> tuple[Hit, ...]: ...


def cite(finding: Finding, cited: tuple[Provision, ...], acts: Mapping[str, Act], index: Indexed) -> Finding:
    """The finding with its citations. What does not apply is not cited."""
    if finding.verdict not in _CITED:
        return finding
    law = tuple(c for p in cited for c in _cited(p, acts[p.act], index))
    guidelines = tuple(_guideline(h, index) for h in index.guideline_for(finding.requirement)) if finding.verdict is not Verdict.MET else ()
    return finding.model_copy(update={"citations": law + guidelines})


def _cited(provision: Provision, act: Act, index: Indexed) -> tuple[Citation, ...]:
    if act.kind == "guideline":
        return (_digest(provision, act, index).model_copy(update={"kind": "guideline"}),)
    if (verbatim := _verbatim(provision, act, index)) is not None:
        return (verbatim,)
    unofficial = _unofficial(provision, act, index)
    return (_digest(provision, act, index), *((unofficial,) if unofficial else ()))


def _verbatim(provision: Provision, act: Act, index: Indexed) -> Citation | None:
    """The official words, where they are in the index in Danish; else None, and our own digest is cited."""
    words = index.verbatim(provision.id)
    danish, english = words.get("da"), words.get("en")
    if danish is None:
        return None
    indexed = index.text_of(provision.id) or ""
    return Citation(
        provision=provision.id,
        source=f"{act.short.da} ({danish.version})" if danish.version else act.short.da,
        title=provision.title,
        text=danish.text,
        text_en=english.text if english is not None else "",
        kind="verbatim",
        url=danish.url or provision.url,
        verified=Verified.OFFICIAL_TEXT,
        orphaned=danish.text not in indexed,
    )


def _unofficial(provision: Provision, act: Act, index: Indexed) -> Citation | None:
    """The words in force where only an unofficial English consolidation has them: beside our Danish digest, and called what they are."""
    english = index.verbatim(provision.id).get("en")
    if english is None or english.verified is not Verified.UNOFFICIAL_TEXT:
        return None
    return Citation(
        provision=provision.id,
        source=f"{act.short.da} ({english.version})",
        title=provision.title,
        text=english.text,
        text_en=english.text,
        kind="verbatim",
        url=english.url or provision.url,
        verified=Verified.UNOFFICIAL_TEXT,
        orphaned=english.text not in (index.text_of(provision.id) or ""),
    )


def _digest(provision: Provision, act: Act, index: Indexed) -> Citation:
    indexed = index.text_of(provision.id)
    return Citation(
        provision=provision.id,
        source=act.short.da,
        title=provision.title,
        text=provision.text.da,
        text_en=provision.text.en,
        kind="digest",
        url=provision.url,
        verified=provision.verified,
        orphaned=indexed is None or provision.text.da not in indexed,
    )


def _guideline(hit: Hit, index: Indexed) -> Citation:
    indexed = index.text_of(hit.provision)
    return Citation(
        provision=hit.provision,
        source=hit.act,
        title=Bilingual(da=hit.title, en=hit.title),
        text=hit.text,
        text_en=hit.text,
        kind="guideline",
        url=hit.url,
        verified=Verified.OFFICIAL_TEXT,
        orphaned=indexed is None or hit.text not in indexed,
    )
