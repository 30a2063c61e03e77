"""Texts into the store: from their official addresses, or from a folder. Each text is stored as soon as it is had."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from checker.adapters.fetching import Absent, Fetcher, Got, Refused, unpacked
from checker.adapters.official import OfficialTexts
from checker.adapters.store import Store
from checker.errors import CorpusError, InputError
from checker.knowledge.official import READ, SELECTION, read_official
from checker.knowledge.overlay import UNOFFICIAL
from checker.knowledge.recognition import Find, number_of, number_of_version, sort_files
from checker.knowledge.sources import stand_ins
from checker.knowledge.store import Origin, Stored, digest, write_manifest
from checker.model.legal import ActText, Language, Source, SourceFile, SourceVersion

State = Literal["new", "unchanged", "missing", "failed"]
SUFFIXES = (".html", ".htm", ".xhtml", ".xml", ".json", ".md", ".zip")
_MAX_FILES = 5000
_MAX_BYTES = 64_000_000
_MAX_TOTAL = 500_000_000
_LANGUAGES: tuple[Language, ...] = ("da", "en")


@dataclass(frozen=True)
class Outcome:
    """What became of one text. `why`: what a person should know about it."""

    source: str
    version: str
    language: str
    state: State
    why: str = ""

    @property
    def bad(self) -> bool:
        return self.state in ("missing", "failed")


Step = Callable[[str], None]


def from_network(
    sources: Sequence[Source], languages: Sequence[Language] | None, store: Store, fetcher: Fetcher, again: bool = False, step: Step = lambda _: None
) -> Iterator[Outcome]:
    """Every version of every source, in the languages asked for; where one is missing, what may be read instead is fetched and named.

    Args:
        languages: None: those that each source has.
        again: ask also for what is stored; the server may answer that nothing changed.
        step: called with the name of each text before it is fetched.

    Raises:
        IndexFault: the store cannot be written.
    """
    for source in sources:
        yield from _Network(source, languages, store, fetcher, again, step).outcomes()


@dataclass
class _Network:
    source: Source
    languages: Sequence[Language] | None
    store: Store
    fetcher: Fetcher
    again: bool
    step: Step

    def outcomes(self) -> Iterator[Outcome]:
        done: dict[tuple[str, str], Outcome] = {}
        for version in self.source.versions:
            offered = {f.language for f in version.files}
            for language in self.languages or [x for x in _LANGUAGES if x in offered]:
                done[version.version, language] = self._one(version, language)
        for key, outcome in list(done.items()):
            if outcome.bad and self.store.latest(self.source.id, *key) is None:
                instead = [self._instead(v, x, done) for v, x in stand_ins(self.source, outcome.version, self._language(outcome))]
                had = ", ".join(filter(None, instead))
                done[key] = replace(outcome, why=f"{outcome.why}; {f'i stedet: {had}' if had else 'intet andet kan læses i stedet'}")
        yield from done.values()

    def _language(self, outcome: Outcome) -> Language:
        return "en" if outcome.language == "en" else "da"

    def _instead(self, version: str, language: Language, done: dict[tuple[str, str], Outcome]) -> str:
        """The name of a text to read instead, when it can be had; fetched now if it was not asked for."""
        if (version, language) not in done and not self.store.latest(self.source.id, version, language):
            done[version, language] = self._one(next(v for v in self.source.versions if v.version == version), language)
        return f"{language} af {version}" if self.store.latest(self.source.id, version, language) else ""

    def _one(self, version: SourceVersion, language: Language) -> Outcome:
        outcome = Outcome(self.source.id, version.version, language, "missing")
        had = self.store.latest(self.source.id, version.version, language)
        had = had if had and self.store.sound(had) else None
        if had and not self.again:
            return replace(outcome, state="unchanged")
        files = [f for f in version.files if f.language == language]
        if not files:
            return replace(outcome, why=f"udgives ikke på {language}")
        self.step(f"{self.source.id} {version.version} {language}")
        reasons: dict[str, str] = {}
        state: State = "missing"
        for file in files:
            try:
                return self._stored(version, file, outcome, reasons)
            except Absent as error:
                reasons[file.format] = str(error)
            except Refused as error:
                state = "failed"
                reasons[file.format] = str(error)
        kept = f"; teksten fra {had.fetched_at:%Y-%m-%d} beholdes" if had else ""
        return replace(outcome, state=state, why=_said(reasons) + kept)

    def _stored(self, version: SourceVersion, file: SourceFile, outcome: Outcome, reasons: Mapping[str, str]) -> Outcome:
        before = self.store.latest(self.source.id, version.version, file.language, file.format)
        whole = before if before and self.store.sound(before) else None
        known = whole if whole and whole.url == file.url and whole.how == "network" else None
        got = self.fetcher.get(file, known.etag if known else None, known.last_modified if known else None)
        if got.content is None:
            return replace(outcome, state="unchanged")
        _refuse_another_act(version, file, got)
        origin = Origin(
            source=self.source.id, version=version.version, language=file.language, format=file.format, url=file.url,
            fetched_at=_now(), etag=got.etag, last_modified=got.last_modified, how="network",
        )  # fmt: skip
        try:
            text = read_act(version, origin, got.content)
        except CorpusError as error:
            raise Refused(f"teksten kan ikke læses: {error.expected}") from None
        stored = put(self.store, origin, got.content, text)
        through = f"som {file.format}; {_said(reasons)}" if reasons else ""
        if whole is None:
            return replace(outcome, state="new", why=through)
        if whole.sha256 == stored.sha256:
            return replace(outcome, state="unchanged", why=through)
        return replace(outcome, state="new", why=f"teksten er ændret siden {whole.fetched_at:%Y-%m-%d}; den gamle er gemt, den nye gælder")


def read_act(version: SourceVersion, origin: Origin, content: bytes | Mapping[str, bytes]) -> ActText | None:
    """The act, or None where texts of this format are only kept. Nothing is stored that cannot be read: it would count as the
    newest, and every index would fail on it.

    Raises:
        CorpusError: it is not an act that can be read.
    """
    if origin.format not in (*READ, SELECTION):
        return None
    files = {origin.format: content} if isinstance(content, bytes) else content
    return read_official(origin.format, files, origin.source, origin.language, origin.version, version.eli, origin.url)


def put(store: Store, origin: Origin, content: bytes | Mapping[str, bytes], text: ActText | None) -> Stored:
    """Into the store, with what was read of it beside, so that the next index does not read it again."""
    stored = store.put(origin, content)
    if text is not None:
        OfficialTexts(store, {}, store.root / "read").keep(stored, text)
    return stored


def _said(reasons: Mapping[str, str]) -> str:
    """Why each format could not be had; once, where the reason is the same for all."""
    if len(set(reasons.values())) == 1:
        return next(iter(reasons.values()))
    return "; ".join(f"{format}: {why}" for format, why in reasons.items())


def _refuse_another_act(version: SourceVersion, file: SourceFile, got: Got) -> None:
    expected = number_of_version(version)
    # Of a package the first number counts, as on the cover.
    bodies = got.content.values() if isinstance(got.content, dict) else [got.content or b""]
    found = next((n for body in bodies if (n := number_of(file.format, body))), "")
    if expected and found and found != expected:
        raise Refused(f"det er {found}, ikke {expected}")


def from_folder(
    folder: Path, sources: Mapping[str, Source], wanted: Sequence[str], languages: Sequence[Language] | None, store: Store
) -> tuple[list[Outcome], list[tuple[str, str]]]:
    """What a folder (or one file) holds of the sources, and the files that are none of them, each with the reason.

    Args:
        sources: all that are known.
        wanted: ids asked for; empty: whatever is there.

    Raises:
        InputError: no such folder, or more in it than texts of acts ever are.
        IndexFault: the store cannot be written.
    """
    files, unread = _read(folder)
    sorted_ = sort_files(files, sources)
    finds = [f for f in sorted_.finds if (not wanted or f.source in wanted) and (languages is None or f.language in languages)]
    proved = [_proved(find, sources, store) for find in finds]
    finds = [find for find, _ in proved]
    outcomes = [_take(find, text, [f for f in finds if _key(f) == _key(find)], store) for find, text in proved]
    for missing in (w for w in wanted if not any(f.source == w for f in finds)):
        outcomes += [Outcome(missing, v.version, "", "missing", "ingen af filerne er denne retsakt") for v in sources[missing].versions]
    return outcomes, sorted([*unread, *sorted_.unknown])


def _proved(find: Find, sources: Mapping[str, Source], store: Store) -> tuple[Find, ActText | None]:
    """The find, with what was read of it; one that cannot be read has a fault. What is stored already was read before."""
    if find.fault or any(r.key == _key(find) and r.sha256 == _hash(find.content) for r in store.log.records):
        return find, None
    version = next(v for v in sources[find.source].versions if v.version == find.version)
    try:
        return find, read_act(version, _origin(find), find.content)
    except CorpusError as error:
        return replace(find, fault=f"teksten kan ikke læses: {error.expected}"), None


def _origin(find: Find) -> Origin:
    return Origin(source=find.source, version=find.version, language=find.language, format=find.format, url=find.name, fetched_at=_now(), how="folder")


def _take(find: Find, text: ActText | None, same: Sequence[Find], store: Store) -> Outcome:
    outcome = Outcome(find.source, find.version, find.language, "unchanged")
    if find.fault:
        return replace(outcome, state="failed", why=f"{find.name}: {find.fault}")
    whole = [f for f in same if not f.fault]
    contents = {_hash(f.content) for f in whole}
    several = f"{len(contents)} forskellige tekster for samme udgave; alle gemt, {whole[-1].name} gælder" if len(contents) > 1 else ""
    latest = store.latest(*_key(find))
    if latest and latest.sha256 == _hash(find.content) and store.sound(latest):
        return replace(outcome, why=several)
    superseded = find is not whole[-1] and any(r.key == _key(find) and r.sha256 == _hash(find.content) and store.sound(r) for r in store.log.records)
    if not superseded:
        stored = put(store, _origin(find), find.content, text)
        return replace(outcome, state="new", why=several or _replaced(latest, stored) or _unofficial(find))
    return replace(outcome, why=several)


def _unofficial(find: Find) -> str:
    return f"{UNOFFICIAL}; gælder, til en officiel tekst er i lageret / counts until an official text is in the store" if find.format == SELECTION else ""


def _replaced(latest: Stored | None, stored: Stored) -> str:
    if latest is None or latest.sha256 == stored.sha256:
        return ""
    return f"en anden tekst end den fra {latest.fetched_at:%Y-%m-%d}; begge er gemt, den nye gælder"


def _key(find: Find) -> tuple[str, str, str, str]:
    return (find.source, find.version, find.language, find.format)


def _hash(content: bytes | Mapping[str, bytes]) -> str:
    return digest(content if isinstance(content, bytes) else write_manifest(content))


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _read(folder: Path) -> tuple[dict[str, bytes], list[tuple[str, str]]]:
    """Files by their path inside the folder, zips opened; and those left unread."""
    if not folder.exists():
        raise InputError(str(folder), "mappen findes ikke.", "Angiv en mappe med hentede retsakter: --from MAPPE.")
    base, names = (folder.parent, [folder.name]) if folder.is_file() else (folder, list(_names(folder)))
    found: dict[str, bytes] = {}
    unread: list[tuple[str, str]] = []
    total = 0
    for name in names:
        try:
            size = (base / name).stat().st_size
            if not name.lower().endswith(SUFFIXES):
                unread.append((name, "ikke en retsakt i et format, vi kender"))
            elif size > _MAX_BYTES:
                unread.append((name, f"for stor ({size:,} byte)"))
            elif (total := total + size) > _MAX_TOTAL:
                raise InputError(str(folder), "mappen fylder for meget.", "Læg retsakterne i en mappe for sig.")
            else:
                found |= _opened(name, (base / name).read_bytes())
        except OSError as error:
            unread.append((name, f"kan ikke læses: {error.strerror or error}"))
        except Refused as error:
            unread.append((name, str(error)))
    return found, unread


def _opened(name: str, data: bytes) -> dict[str, bytes]:
    if not name.lower().endswith(".zip"):
        return {name: data}
    return {f"{name}/{member}": content for member, content in unpacked(data, name).items()}


def _names(folder: Path) -> Iterator[str]:
    count = 0
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        for file in sorted(f for f in files if not f.startswith(".")):
            count += 1
            if count > _MAX_FILES:
                raise InputError(str(folder), f"mappen har over {_MAX_FILES} filer.", "Læg retsakterne i en mappe for sig.")
            yield (Path(parent) / file).relative_to(folder).as_posix()
