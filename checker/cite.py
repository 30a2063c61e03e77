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


class Indexed(Protocol):
    """What citing needs of the index."""

    def text_of(self, provision: str) -> str | None: ...

    def guideline_for(self, requirement: str) -> tuple[Hit, ...]: ...


def cite(finding: Finding, cited: tuple[Provision, ...], acts: Mapping[str, Act], index: Indexed) -> Finding:
    """The finding with its citations. What does not apply is not cited."""
    if finding.verdict not in _CITED:
        return finding
    law = tuple(_digest(p, acts[p.act], index) for p in cited)
    guidelines = tuple(_guideline(h, index) for h in index.guideline_for(finding.requirement)) if finding.verdict is not Verdict.MET else ()
    return finding.model_copy(update={"citations": law + guidelines})


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
