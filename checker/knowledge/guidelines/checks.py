"""What an approved guideline adds to a check: requirements, the points they cite, the duties to be read, and texts to be searched.

Only what a person approved is checked and cited. The other points are found by a search alone, and points that hide text or speak to
the checker are in neither: of those, an approved sentence stands alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from checker.knowledge.documents import IndexDocument
from checker.knowledge.guidelines.proposals import Proposal, checks_of, forbids
from checker.knowledge.guidelines.store import Guidelines, ProposalFile
from checker.knowledge.guidelines.structure import GuidelinePoint, hidden_spans, is_tricked, points_of
from checker.library import Addition
from checker.model.law import Act, Bilingual, Provision, Verified
from checker.model.project import Document
from checker.model.reading import OwnDuty


class OwnGuideline(Addition):
    """One guideline of the municipality's as a check needs it. `lapsed`: approved requirements that need approval again."""

    duties: tuple[OwnDuty, ...] = ()
    documents: tuple[IndexDocument, ...] = ()
    lapsed: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Of everything that is searched."""
        digest = hashlib.sha256()
        for document in self.documents:
            digest.update(document.model_dump_json().encode())
        return f"{self.act.id} {digest.hexdigest()[:16]}"


def own_guidelines(store: Guidelines) -> tuple[OwnGuideline, ...]:
    """Every added guideline, by id.

    Raises:
        CorpusError: its files were edited into something that cannot be read.
    """
    approved = dict(zip(store.acts(), store.approved(), strict=True))
    return tuple(_guideline(store, act, title, proposals) for act, (title, proposals) in approved.items())


def _guideline(store: Guidelines, act: str, title: str, approved: Sequence[Proposal]) -> OwnGuideline:
    file, document = store.load(act), store.document(act)
    quoted = {p.quote.point: tuple(q.quote.text for q in approved if q.quote.point == p.quote.point) for p in approved}
    texts = dict(_texts(points_of(document, act, file.language), document, file, quoted))
    sound = [p for p in approved if p.quote.text in texts.get(p.quote.point, ("", ""))[1]]
    name = Bilingual(da=title, en=title)
    return OwnGuideline(
        act=Act(id=act, title=name, short=name, kind="guideline", version=f"{file.added:%Y-%m-%d}", address=None),
        file=store.folder / act / "proposals.yaml",
        requirements=checks_of(sound, title),
        provisions=tuple(_provision(act, point, *texts[point]) for point in dict.fromkeys(p.quote.point for p in sound)),
        duties=tuple(OwnDuty(requirement=p.id, words=p.duty, forbids=forbids(p)) for p in sound),
        documents=tuple(_indexed(act, file, point, *text) for point, text in texts.items()),
        lapsed=(*store.lapsed(act), *(p.id for p in approved if p not in sound)),
    )


def _texts(
    points: Sequence[GuidelinePoint], document: Document, file: ProposalFile, quoted: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, tuple[str, str]]]:
    """Point → (heading, words). A point with anything hidden in it has only the sentences that were approved, or is left out."""
    spoken = {p.point for p in file.passed_over if p.why in ("checker", "hidden")}
    hidden = hidden_spans(document.text)
    for point in points:
        passage = point.passage
        covered = any(h.start < point.span.end and point.span.start < h.end for h in hidden)
        heading = passage.heading[-1] if passage.heading else file.title
        if not (covered or passage.id in spoken or is_tricked(passage.text)):
            yield passage.id, (heading, passage.text)
        elif passage.id in quoted:
            yield passage.id, (heading, "\n".join(quoted[passage.id]))


def _provision(act: str, point: str, heading: str, text: str) -> Provision:
    return Provision(
        id=point, act=act, title=Bilingual(da=heading, en=heading), text=Bilingual(da=text, en=text), url=None, verified=Verified.OFFICIAL_TEXT
    )


def _indexed(act: str, file: ProposalFile, point: str, heading: str, text: str) -> IndexDocument:
    return IndexDocument(
        key=f"{point}@{file.language}",
        provision=point,
        act=act,
        kind="guideline",
        language=file.language,
        title=heading,
        text=text,
        url=None,
        verified=Verified.OFFICIAL_TEXT,
        own=True,
    )
