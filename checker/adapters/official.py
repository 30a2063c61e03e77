"""The official texts in the store, as of a day: which version of each act is in force and there, read once and kept."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from checker.adapters.store import Store
from checker.knowledge.official import READ, read_official
from checker.knowledge.store import Stored
from checker.model.law import Frozen
from checker.model.legal import ActText, Source, SourceVersion

LANGUAGES = ("da", "en")


class Held(Frozen):
    """One text that is searched: what it is, and why it is not the newest where it is not."""

    source: str
    version: str
    language: str
    sha256: str
    note: str = ""


class OfficialTexts:
    """What the store holds of the acts in sources.yaml.

    Args:
        store: the content-addressed store.
        sources: by id.
        cache: folder for texts that were read; made anew when the reader's code changes.
    """

    def __init__(self, store: Store, sources: Mapping[str, Source], cache: Path) -> None:
        self._store, self._sources, self._cache = store, sources, cache

    def held(self, on: date) -> tuple[Held, ...]:
        """One text per act and language: the version in force on that day, or the one before it where that is not there."""
        return tuple(held for source in self._sources.values() for held, _ in self._choose(source, on))

    def texts(self, on: date) -> Iterator[ActText]:
        """The same, read.

        Raises:
            CorpusError: a stored text cannot be read.
            IndexFault: a stored object is missing or damaged.
        """
        for source in self._sources.values():
            for _, (version, stored) in self._choose(source, on):
                yield self.read(version, stored)

    def versions(self, act: str, language: str | None = None) -> tuple[tuple[SourceVersion, Stored], ...]:
        """Every stored version of an act that can be read, oldest first."""
        pairs = [
            (v, stored)
            for v in (self._versions(self._sources[act]) if act in self._sources else ())
            for tongue in LANGUAGES
            if language in (None, tongue) and (stored := self._stored(act, v, tongue)) is not None
        ]
        return tuple(sorted(pairs, key=lambda pair: (pair[0].in_force_from, pair[1].language)))

    def read(self, version: SourceVersion, stored: Stored) -> ActText:
        """One stored text, from the cache where it was read before."""
        kept = self._cache / f"{stored.sha256}-{stored.source}-{_reader_hash()}.json"
        try:
            return ActText.model_validate_json(kept.read_text("utf-8"))
        except (OSError, ValidationError):
            pass
        name = f"{stored.source} {stored.version} ({stored.url})"
        text = read_official(stored.format, self._store.files(stored), stored.source, stored.language, stored.version, version.eli, name)
        self._keep(kept, text)
        return text

    def _choose(self, source: Source, on: date) -> Iterator[tuple[Held, tuple[SourceVersion, Stored]]]:
        begun = sorted((v for v in self._versions(source) if v.in_force_from <= on), key=lambda v: v.in_force_from, reverse=True)
        for language in LANGUAGES:
            for version in begun:
                stored = self._stored(source.id, version, language)
                if stored is None:
                    continue
                wanted = source.in_force(on)
                note = (
                    ""
                    if wanted is None or wanted.version == version.version
                    else f"{wanted.version} er ikke i lageret på {language}; her bruges {version.version}"
                )
                held = Held(source=source.id, version=version.version, language=language, sha256=stored.sha256, note=note)
                yield held, (version, stored)
                break

    def _versions(self, source: Source) -> tuple[SourceVersion, ...]:
        """Those of sources.yaml, and those that were added under a date of their own."""
        known = {v.version for v in source.versions}
        added = {r.version for r in self._store.log.records if r.source == source.id} - known
        return (*source.versions, *(SourceVersion(version=v, in_force_from=date.fromisoformat(v), files=()) for v in sorted(added) if is_date(v)))

    def _stored(self, source: str, version: SourceVersion, language: str) -> Stored | None:
        found = [s for f in READ if (s := self._store.latest(source, version.version, language, f)) is not None]
        return found[0] if found else None

    @staticmethod
    def _keep(file: Path, text: ActText) -> None:
        """A cache that cannot be written is skipped: it is an optimisation."""
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            beside = file.with_suffix(f".{os.getpid()}")
            beside.write_text(text.model_dump_json(), "utf-8")
            beside.replace(file)
        except OSError:
            pass


def is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _reader_hash() -> str:
    """Of the code that reads official texts."""
    folder = Path(__file__).resolve().parents[1] / "knowledge"
    digest = hashlib.sha256()
    for file in sorted(folder.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:10]
