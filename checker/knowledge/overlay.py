"""A selection of amended provisions over the act as first published, and what of a translation the amendment has made untrue.

Pure functions over texts. A provision is an article, annex or recital; the selection replaces whole provisions. A translation that knows
nothing of the amendment still holds wherever the words it translates have not changed, which the two texts in the other language tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from checker.knowledge.wording import plain
from checker.model.legal import ActText

UNOFFICIAL = "uofficiel konsolidering / unofficial consolidation"
AMENDED = "ændret siden / amended since"
"""What `ActText.notes` says of a text that is not the official one, or not the newest; shown wherever its words are."""

_NUMBER = re.compile(r"art_(\d+)([a-z]*)")


def is_unofficial(text: ActText) -> bool:
    return UNOFFICIAL in text.notes


def version_label(text: ActText) -> str:
    """The version as it is shown beside words of the text: "2026-07-27, uofficiel konsolidering / unofficial consolidation"."""
    return ", ".join((text.version, *(n for n in text.notes if n in (UNOFFICIAL, AMENDED))))


def provisions_in(text: ActText) -> tuple[str, ...]:
    """The ids of the articles, annexes and recitals, in order: `ai-act:art_4a`."""
    return tuple(dict.fromkeys(p.parent for p in text.passages))


def laid_over(base: ActText, selection: ActText) -> ActText:
    """The whole act with the selection in its place: version and notes are the selection's, new articles stand by their number."""
    fresh = {parent: list(run) for parent, run in groupby(selection.passages, key=lambda p: p.parent)}
    order = [*provisions_in(base)]
    for parent in fresh:
        if parent not in order:
            order.insert(_place(parent, order), parent)
    old = {parent: list(run) for parent, run in groupby(base.passages, key=lambda p: p.parent)}
    passages = [p for parent in order for p in fresh.get(parent) or old[parent]]
    return selection.model_copy(
        update={"title": selection.title or base.title, "passages": tuple(p.model_copy(update={"order": n}) for n, p in enumerate(passages))}
    )


def outdated(text: ActText, before: ActText | None, now: ActText) -> frozenset[str]:
    """The passages of an older text that must not be quoted as law any more.

    Args:
        text: the older text, in any language.
        before: the same version as `text` in the language of `now`; None: not there, so nothing of the provisions in `now` can be vouched for.
        now: the amended words, of the whole act or a selection. Of provisions it does not have, nothing is said.
    """
    there = {p.id: plain(p.clean) for p in now.passages}
    was = {p.id: plain(p.clean) for p in before.passages} if before is not None else {}
    told = set(provisions_in(now))
    if text.language == now.language:
        return frozenset(p.id for p in text.passages if p.parent in told)
    return frozenset(p.id for p in text.passages if p.parent in told and not (p.id in was and was[p.id] == there.get(p.id)))


def without(text: ActText, ids: frozenset[str]) -> ActText:
    """The text without these passages."""
    return text.model_copy(update={"passages": tuple(p for p in text.passages if p.id not in ids)}) if ids else text


def told_apart(text: ActText, amended: Iterable[str]) -> Iterator[ActText]:
    """The text in two: what stands, and the provisions that were amended since, which say so. A part without passages is left out."""
    old = {f"{text.act}:{a}" for a in amended}
    stands = tuple(p for p in text.passages if p.parent not in old)
    if len(stands) == len(text.passages):
        yield text
        return
    if stands:
        yield text.model_copy(update={"passages": stands})
    yield text.model_copy(update={"passages": tuple(p for p in text.passages if p.parent in old), "notes": (*text.notes, AMENDED)})


def named(provisions: Iterable[str]) -> str:
    """Provisions as a person reads them: "art. 1, 4a, 6; bilag/annex III"."""
    anchors = [p.rpartition(":")[2] for p in provisions]
    articles = [a.removeprefix("art_") for a in anchors if a.startswith("art_")]
    annexes = [a.removeprefix("anx_") for a in anchors if a.startswith("anx_")]
    return "; ".join(filter(None, (f"art. {', '.join(articles)}" if articles else "", f"bilag/annex {', '.join(annexes)}" if annexes else "")))


def _place(parent: str, order: Sequence[str]) -> int:
    """Where a new article stands: after the last one with a smaller number; anything else at the end."""
    number = _numbered(parent)
    before = [i for i, other in enumerate(order) if number and (n := _numbered(other)) and n < number]
    return before[-1] + 1 if before else len(order)


def _numbered(parent: str) -> tuple[int, str] | None:
    found = _NUMBER.fullmatch(parent.rpartition(":")[2])
    return (int(found[1]), found[2]) if found else None
