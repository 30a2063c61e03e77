"""The official texts in the store, as of a day: which version of each act is in force and there, read once and kept."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from urllib.parse import quote

from pydantic import ValidationError

from checker.adapters.store import Store
from checker.knowledge.official import READ, SELECTION, read_official
from checker.knowledge.overlay import UNOFFICIAL, is_unofficial, laid_over, named, outdated, provisions_in, told_apart, without
from checker.knowledge.sources import changes_of
from checker.knowledge.store import Stored
from checker.model.law import Frozen
from checker.model.legal import ActText, Language, LegalPassage, Source, SourceVersion

LANGUAGES: tuple[Language, ...] = ("da", "en")


class Held(Frozen):
    """One text that is searched: what it is, and why it is not the newest where it is not."""

    source: str
    version: str
    language: str
    sha256: str
    note: str = ""


Pair = tuple[SourceVersion, Stored]


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
        """One text per act and language: the version in force on that day, or the one before it where that is not there; and beside
        the one before, an unofficial selection of the amended provisions where there is one."""
        return tuple(held for source in self._sources.values() for held in self._held(source, on))

    def texts(self, on: date) -> Iterator[ActText]:
        """The same, read; without what is known to be amended, and with what may be so in a text of its own that says it.

        Raises:
            CorpusError: a stored text cannot be read.
            IndexFault: a stored object is missing or damaged.
        """
        for source in self._sources.values():
            yield from self._in_force(source, on)

    def quoted(self, provision: str, on: date) -> dict[str, tuple[ActText, LegalPassage]]:
        """A provision's words on that day, by language, with the text they stand in; nothing where the store has none."""
        source = self._sources.get(provision.partition(":")[0])
        texts = self._in_force(source, on) if source is not None else ()
        return {t.language: (t, p) for t in texts for p in t.passages if p.id == provision}

    def versions(self, act: str, language: str | None = None) -> tuple[Pair, ...]:
        """Every stored version of an act that can be read, oldest first."""
        pairs = [
            (v, stored)
            for v in (self._versions(self._sources[act]) if act in self._sources else ())
            for tongue in LANGUAGES
            if language in (None, tongue) and (stored := self._stored(act, v, tongue) or self._selection(act, v, tongue)) is not None
        ]
        return tuple(sorted(pairs, key=lambda pair: (pair[0].in_force_from, pair[1].language)))

    def read(self, version: SourceVersion, stored: Stored) -> ActText:
        """One stored text, from the cache where it was read before."""
        kept = self._kept(stored)
        try:
            return ActText.model_validate_json(kept.read_text("utf-8"))
        except (OSError, ValidationError):
            pass
        name = f"{stored.source} {stored.version} ({stored.url})"
        text = read_official(stored.format, self._store.files(stored), stored.source, stored.language, stored.version, version.eli, name)
        self._keep(kept, text)
        return text

    def keep(self, stored: Stored, text: ActText) -> None:
        """A text that was read already, so that the first index does not read it again."""
        self._keep(self._kept(stored), text)

    def whole(self, version: SourceVersion, stored: Stored) -> ActText:
        """One stored version as a whole act: a selection is laid over the official text before it, and its notes say so."""
        text = self.read(version, stored)
        before = [(v, s) for v, s in self.versions(stored.source, stored.language) if v.in_force_from < version.in_force_from and s.format != SELECTION]
        if not is_unofficial(text) or not before:
            return text
        base = self.read(*before[-1])
        unseen = _unseen(version, {p.rpartition(":")[2] for p in provisions_in(text)})
        return laid_over(base, text.model_copy(update={"notes": (UNOFFICIAL, _covers(provisions_in(text), base.version, unseen))}))

    def _held(self, source: Source, on: date) -> Iterator[Held]:
        chosen = list(self._choose(source, on))
        selection = self._selected(source, on, [pair for _, pair in chosen])
        yield from (held for held, _ in chosen)
        if selection is not None:
            version, stored = selection
            there = [name.removesuffix(".md") for name in sorted(self._store.files(stored), key=_natural)]
            older = next((v.version for _, (v, s) in chosen if s.language == stored.language), "")
            note = f"{UNOFFICIAL}: {_covers(there, older, _unseen(version, set(there)))}"
            yield Held(source=source.id, version=version.version, language=stored.language, sha256=stored.sha256, note=self._rivalled(stored, note))

    def _in_force(self, source: Source, on: date) -> Iterator[ActText]:
        chosen = [pair for _, pair in self._choose(source, on)]
        selection = self._selected(source, on, chosen)
        wanted = source.in_force(on)
        newest = [pair for pair in (*chosen, selection) if pair is not None and wanted is not None and pair[0].version == wanted.version]
        now = [self.read(*pair) for pair in newest]
        seen = {p.rpartition(":")[2] for text in now for p in provisions_in(text)}
        for version, stored in chosen:
            text = self.read(version, stored)
            if wanted is None or version.in_force_from >= wanted.in_force_from:
                yield text
                continue
            gone = frozenset[str]().union(*(outdated(text, self._text(source.id, version, n.language), n) for n in now))
            yield from told_apart(without(text, gone), _unseen(wanted, seen))
        if selection is not None:
            yield self.read(*selection)

    def _text(self, source: str, version: SourceVersion, language: str) -> ActText | None:
        stored = self._stored(source, version, language)
        return self.read(version, stored) if stored is not None else None

    def _selected(self, source: Source, on: date, chosen: Sequence[Pair]) -> Pair | None:
        """The unofficial selection that is used on that day: of the version in force, in a language that has only an older text of it."""
        wanted = source.in_force(on)
        if wanted is None:
            return None
        begun = {stored.language: version.in_force_from for version, stored in chosen}
        for language in LANGUAGES:
            older = language not in begun or begun[language] < wanted.in_force_from
            if older and (stored := self._selection(source.id, wanted, language)) is not None:
                return wanted, stored
        return None

    def _choose(self, source: Source, on: date) -> Iterator[tuple[Held, Pair]]:
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
                held = Held(source=source.id, version=version.version, language=language, sha256=stored.sha256, note=self._rivalled(stored, note))
                yield held, (version, stored)
                break

    def _rivalled(self, stored: Stored, note: str) -> str:
        """The note, and aloud that another file claims to be the same text."""
        rivals = self._store.rivals(stored)
        if not rivals:
            return note
        others = ", ".join(f"{r.url} ({r.sha256[:12]})" for r in rivals)
        told = f"flere filer er lagt ind som denne udgave: {stored.url} ({stored.sha256[:12]}) gælder, ikke {others} / several files, the newest counts"
        return f"{note}; {told}" if note else told

    def _selection(self, source: str, version: SourceVersion, language: str) -> Stored | None:
        """An unofficial one, where there is no official text of that version and language."""
        return None if self._stored(source, version, language) else self._store.latest(source, version.version, language, SELECTION)

    def _versions(self, source: Source) -> tuple[SourceVersion, ...]:
        """Those of sources.yaml, and those that were added under a date of their own."""
        known = {v.version for v in source.versions}
        added = {r.version for r in self._store.log.records if r.source == source.id} - known
        return (*source.versions, *(SourceVersion(version=v, in_force_from=date.fromisoformat(v), files=()) for v in sorted(added) if is_date(v)))

    def _stored(self, source: str, version: SourceVersion, language: str) -> Stored | None:
        found = [s for f in READ if (s := self._store.latest(source, version.version, language, f)) is not None]
        return found[0] if found else None

    def _kept(self, stored: Stored) -> Path:
        # The same bytes can be two versions (a text put in again under a new date), and each says its own.
        name = quote(f"{stored.source}-{stored.version}-{stored.language}", safe="")
        return self._cache / f"{stored.sha256}-{name}-{_reader_hash()}.json"

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


def _unseen(version: SourceVersion, seen: Collection[str]) -> tuple[str, ...]:
    """What a version changed and nothing at hand has the new words of."""
    return tuple(c for c in changes_of(version) if c not in seen)


def _covers(provisions: Sequence[str], older: str, unseen: Sequence[str]) -> str:
    rest = f"; resten / the rest: {older}" if older else ""
    missing = f"; ændret, men ny ordlyd er ikke i lageret / amended, new words not in the store: {named(unseen)}" if unseen else ""
    return f"kun / only {named(provisions)}{rest}{missing}"


def _natural(name: str) -> tuple[str, int, str]:
    kind, _, number = name.removesuffix(".md").partition("_")
    digits = number[: len(number) - len(number.lstrip("0123456789"))]
    return ("0" if kind == "art" else kind, int(digits or 0), number)


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
