"""checker corpus add: an official file into the store, or a guideline with the checks that it proposes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from checker.cli import guidelines
from checker.cli.common import Language, say, workbench

if TYPE_CHECKING:
    from checker.knowledge.recognition import Find
    from checker.knowledge.store import Stored
    from checker.model.legal import SourceVersion
    from checker.wiring import Workbench


def add(
    path: Annotated[Path, typer.Argument(help="En officiel fil (EUR-Lex, Formex, Retsinformation) eller en retningslinje (PDF, Word, HTML, Markdown, tekst).")],
    act: Annotated[str, typer.Option("--act", help="Lovens id, fx gdpr, eller et nyt id til en retningslinje, fx gentofte-dataetik.")],
    title: Annotated[str | None, typer.Option("--title", help="Retningslinjens navn i rapporter; ellers dokumentets første overskrift.")] = None,
    lang: Annotated[Language | None, typer.Option("--lang", help="Sprog; ellers kendes det af teksten.")] = None,
    version: Annotated[str | None, typer.Option("--version", help="Lovens version, fx 2024-07-12; ellers kendes den af filen.")] = None,
) -> None:
    """Læg en lovtekst eller en retningslinje ind / add an official text or a guideline.

    En lov, som sources.yaml kender, gemmes ordret og citeres; af en retningslinje foreslås krav, som en person skal godkende.
    """
    bench = workbench()
    if act not in bench.sources:
        guidelines.add(path, act, title, lang)
        return
    find = _recognised(bench, path, act, lang, version)
    from checker.adapters.gathering import put, read_act
    from checker.adapters.store import Store
    from checker.errors import CorpusError, InputError
    from checker.knowledge.store import Origin

    origin = Origin(
        source=act,
        version=find.version,
        language=find.language,
        format=find.format,
        url=path.name,
        fetched_at=datetime.now(UTC).replace(microsecond=0),
        how="folder",
    )
    known = next((v for v in bench.sources[act].versions if v.version == find.version), None)
    try:
        # Read before it is stored: an unreadable text would count as the newest, and every index would fail on it.
        text = read_act(known or _own_version(find.version), origin, find.content)
    except CorpusError as error:
        raise InputError(str(path), f"kan ikke læses som {act}: {error.expected}", "Intet er gemt. " + error.hint) from None
    if text is None:
        raise InputError(str(path), f"formatet {find.format} kan ikke læses som en retsakt.", "Hent den som XHTML, Formex eller LexDania.")
    store = Store(bench.home)
    stored = put(store, origin, find.content, text)
    counted = {kind: len(text.of(kind)) for kind in ("article", "section", "recital", "annex", "paragraph", "point")}
    print(f"{act} {find.version} ({find.language}): " + ", ".join(f"{n} {kind}" for kind, n in counted.items() if n))
    for rival in store.rivals(stored):
        say(f"en anden fil er lagt ind som samme version ({rival.url}, {rival.sha256[:12]}); den nyeste gælder.")
    _say_which_counts(bench, stored)


def _own_version(version: str) -> SourceVersion:
    """A version that sources.yaml does not know, added under a date of its own."""
    from datetime import date

    from checker.model.legal import SourceVersion

    return SourceVersion(version=version, in_force_from=date.fromisoformat(version), files=())


def _say_which_counts(bench: Workbench, stored: Stored) -> None:
    """Aloud where the text that was just added is not the one that is searched: another format of the same version goes before it."""
    from checker.knowledge.overlay import UNOFFICIAL

    counts = next((s for v, s in bench.official.versions(stored.source, stored.language) if v.version == stored.version), stored)
    if counts.sha256 != stored.sha256:
        say(f"{stored.source} {stored.version} ({stored.language}) er også i lageret som {counts.format} ({counts.url}, {counts.sha256[:12]}); den gælder.")
    elif stored.format == "markdown":
        say(f"{UNOFFICIAL}; gælder, til en officiel tekst er i lageret / counts until an official text is in the store.")


def _recognised(bench: Workbench, path: Path, act: str, lang: Language | None, version: str | None) -> Find:
    """What the file is, and whether it is what was said.

    Raises:
        InputError: it cannot be read, or is not a text of this act, version or language.
    """
    from dataclasses import replace

    from checker.adapters.official import is_date
    from checker.errors import InputError
    from checker.knowledge.recognition import sort_files

    try:
        files = (
            {p.relative_to(path).as_posix(): p.read_bytes() for p in sorted(path.rglob("*")) if p.is_file()}
            if path.is_dir()
            else {path.name: path.read_bytes()}
        )
    except OSError as error:
        raise InputError(str(path), f"kan ikke læses ({error.strerror or error}).") from None
    found = sort_files(files, bench.sources)
    own = version is not None and version not in {v.version for v in bench.sources[act].versions}
    if own and not is_date(version or ""):
        raise InputError(str(path), f"--version {version} er hverken en kendt version af {act} eller en dato.", "Skriv datoen som 2024-07-12.")
    finds = [f for f in found.finds if f.source == act and (lang is None or f.language == lang.value) and (own or version in (None, f.version))]
    if not finds:
        others = ", ".join(f"{f.source} {f.version} ({f.language})" for f in found.finds) or "; ".join(why for _, why in found.unknown)
        wanted = " ".join(filter(None, (act, version, lang.value if lang else None)))
        raise InputError(str(path), f"er ikke {wanted}: {others or 'filen er tom'}.", "Se efter --act, --version og --lang, eller hent teksten igen.")
    if finds[0].fault:
        raise InputError(str(path), f"{finds[0].fault}.", "Hent filen igen fra den officielle adresse.")
    return replace(finds[0], version=version) if own and version is not None else finds[0]
