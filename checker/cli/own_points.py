"""The points of a guideline for `checker corpus show`: its own words, which version, and what was decided on each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checker.knowledge.guidelines.proposals import Proposal
    from checker.knowledge.guidelines.store import ProposalFile
    from checker.wiring import Workbench

_NOT_SHOWN = "(ikke vist: skjult tekst, eller tekst henvendt til checker / not shown: hidden text, or text that speaks to checker)"
_STATES = {"proposed": "foreslået, ikke kontrolleret / proposed, not checked", "rejected": "afvist / rejected"}


def own_points(bench: Workbench, asked: str) -> Iterator[str]:
    """The municipality's own guideline: all of it, or a point with those below it; nothing where there is no such point.

    Args:
        asked: `by-ai`, or `by-ai:pkt_3` for 3 and 3.1, 3.2, ….
    """
    from checker.cli.guidelines import guidelines_of
    from checker.report.words import printable

    act = asked.partition(":")[0]
    file = guidelines_of(bench).load(act)
    texts = {d.provision: d for g in bench.guidelines if g.act.id == act for d in g.documents}
    points = [p.passage.id for p in guidelines_of(bench).points(act)]
    wanted = [p for p in points if asked in (act, p) or p.startswith(f"{asked}.")]
    if not wanted:
        return
    checked = {p.id for p in bench.checked.catalogue.requirements.values() if p.id.startswith(f"{act}:")}
    yield _head(file)
    for point in wanted:
        document = texts.get(point)
        # Of a point that hides text or speaks to the checker only approved sentences are among the documents.
        words = printable(document.text) if document else _NOT_SHOWN
        heading = f"  {printable(document.title)}" if document and document.title else ""
        yield "\n".join([f"{point}{heading}", words, *(_decision(p, p.id in checked) for p in file.proposals if p.quote.point == point)])


def _head(file: ProposalFile) -> str:
    added = f"{file.added:%Y-%m-%d}"
    kind = "kommunens egen retningslinje / the municipality's own guideline"
    return f"{file.title} ({file.act}): {kind}\nudgave / version {added}, {file.source} ({file.sha256[:12]})"


def _decision(proposal: Proposal, checked: bool) -> str:
    if proposal.state != "approved":
        said = _STATES[proposal.state] + (f": {proposal.by}, {proposal.why}" if proposal.by else "")
    elif checked:
        said = f"kontrolleres / checked, {proposal.severity.value}; godkendt af / approved by {proposal.by} {proposal.at:%Y-%m-%d}"
    else:
        said = "godkendt, men ordene er ændret siden: skal godkendes igen / approved, but its words have changed since"
    return f"  → {proposal.id}: {said}"
