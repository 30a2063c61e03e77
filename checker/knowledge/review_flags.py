"""Requirements whose law has changed since our digest of it was written: a person must look at them again.

The version a digest was written from is told by what its file says already: `act.version` and `act.address` of provisions/<act>.yaml
name a CELEX number, an ELI address or the day of the act, and so does each version in sources.yaml. No new field is needed, and a
digest that names no version of sources.yaml is noted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Protocol

from checker.knowledge.differences import Difference, differences, touches
from checker.knowledge.store import Stored
from checker.model.law import Act, Bilingual, Frozen, Requirement
from checker.model.legal import ActText, Language, Source, SourceVersion

_LANGUAGES: tuple[Language, ...] = ("da", "en")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?!\d)")
_ISO = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")


class Texts(Protocol):
    """The official texts in the store."""

    def versions(self, act: str, language: str | None = None) -> tuple[tuple[SourceVersion, Stored], ...]: ...

    def whole(self, version: SourceVersion, stored: Stored) -> ActText: ...


class Review(Frozen):
    """`flags`: requirement → what it cites that reads otherwise now. `notes`: acts that could not be compared, and why."""

    flags: dict[str, tuple[str, ...]]
    notes: tuple[Bilingual, ...] = ()


def flags(acts: Mapping[str, Act], requirements: Collection[Requirement], sources: Mapping[str, Source], texts: Texts, on: date) -> dict[str, tuple[str, ...]]:
    """Requirement → the cited provisions that differ between the digest's version and the one in force in the store; see `review`."""
    return review(acts, requirements, sources, texts, on).flags


def review(acts: Mapping[str, Act], requirements: Collection[Requirement], sources: Mapping[str, Source], texts: Texts, on: date) -> Review:
    """Every act that is cited and has sources. Nothing is read where the digest was written from the version in force.

    Args:
        acts: of the digest.
        on: the day whose law counts.

    Raises:
        CorpusError: a stored text cannot be read.
        IndexFault: a stored object is missing or damaged.
    """
    cited = {c.partition(":")[0] for r in requirements for c in r.cites}
    found: dict[str, list[Difference]] = {}
    notes: list[Bilingual] = []
    for id_ in (i for i in acts if i in cited and i in sources):
        base = written_from(acts[id_], sources[id_])
        if base is None:
            notes.append(_untied(id_))
            continue
        for language in _LANGUAGES:
            told = _since(base, id_, language, texts, on)
            if isinstance(told, Bilingual):
                notes.append(told)
            else:
                found.setdefault(id_, []).extend(told)
    return Review(flags=dict(_flagged(requirements, found)), notes=tuple(notes))


def written_from(act: Act, source: Source) -> SourceVersion | None:
    """The version that a digest says it was written from: by CELEX number, else by ELI address, else by its day or name.

    The newest where several are named: a digest "of 32024R1689, consolidated 02024R1689-20260727" is one of the consolidation.
    """
    told = f"{act.version} {act.address or ''}"
    days = {*_ISO.findall(told), *(f"{y}-{int(m):02}-{int(d):02}" for d, m, y in _DAY_FIRST.findall(act.version))}
    ways = (
        [v for v in source.versions if v.celex and _named(v.celex, told)],
        [v for v in source.versions if v.eli and act.address and act.address.rstrip("/") == v.eli.rstrip("/")],
        [v for v in source.versions if v.version in days or _named(v.version, act.version)],
    )
    found = next((way for way in ways if way), [])
    return max(found, key=lambda v: v.in_force_from, default=None)


def lines(review: Review, language: str) -> Iterator[str]:
    """One line a flag and one a note, as a command prints them."""
    say = "efterses, teksten er ændret: " if language == "da" else "to be reviewed, the text has changed: "
    yield from (f"{requirement}: {say}{', '.join(ids)}" for requirement, ids in review.flags.items())
    yield from (note.get(language) for note in review.notes)


def _named(name: str, text: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) is not None


def _since(base: SourceVersion, act: str, language: Language, texts: Texts, on: date) -> Sequence[Difference] | Bilingual:
    """What has changed since; a note where the one of the two texts is not in the store."""
    stored = texts.versions(act, language)
    begun = [pair for pair in stored if pair[0].in_force_from <= on]
    if not begun:
        return ()
    version, current = max(begun, key=lambda pair: pair[0].in_force_from)
    if version.version == base.version:
        return ()
    origin = next((s for v, s in stored if v.version == base.version), None)
    if origin is None:
        return _not_there(act, base.version, version.version, language)
    return differences(texts.whole(base, origin), texts.whole(version, current)).differences


def _flagged(requirements: Collection[Requirement], found: Mapping[str, Sequence[Difference]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for requirement in requirements:
        changed = tuple(c for c in requirement.cites if any(touches(c, d) for d in found.get(c.partition(":")[0], ())))
        if changed:
            yield requirement.id, changed


def _untied(act: str) -> Bilingual:
    return Bilingual(
        da=f"{act}: resuméet siger ikke, hvilken udgave i sources.yaml det er skrevet efter. Skriv CELEX-nummer, ELI-adresse eller dato i act.version.",
        en=f"{act}: the digest does not say which version in sources.yaml it was written from. Write the CELEX number, ELI address or date in act.version.",
    )


def _not_there(act: str, base: str, held: str, language: str) -> Bilingual:
    return Bilingual(
        da=f"{act} ({language}): lageret har {held}, men ikke {base}, som resuméet er skrevet efter; de kan ikke sammenlignes. "
           f"Hent den med: checker corpus fetch {act}.",
        en=f"{act} ({language}): the store has {held} but not {base}, which the digest was written from; they cannot be compared. "
           f"Fetch it with: checker corpus fetch {act}.",
    )
