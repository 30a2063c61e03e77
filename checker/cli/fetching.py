"""checker corpus fetch: official texts into the store, from their addresses or from a folder."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from checker.cli.common import Language, exit_with, say

if TYPE_CHECKING:
    from checker.adapters.gathering import Outcome, Step
    from checker.model.legal import Source

_STATES = {"new": "ny / new", "unchanged": "uændret / unchanged", "missing": "mangler / missing", "failed": "fejl / failed"}


def fetch(
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID", help="Retsakter, fx gdpr forvaltningsloven; uden: alle / acts; without: all.")] = None,
    folder: Annotated[Path | None, typer.Option("--from", help="En mappe med hentede filer i stedet for nettet / a folder instead of the network.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Spørg også efter det, der er hentet / ask also for what is stored.")] = False,
    lang: Annotated[Language | None, typer.Option("--lang", help="Kun dette sprog / only this language.")] = None,
    pause: Annotated[
        float, typer.Option("--pause", envvar="CHECKER_FETCH_PAUSE", min=0.0, max=60.0, help="Sekunder mellem kald til samme vært / seconds between calls.")
    ] = 1.0,
) -> None:
    """Hent officielle tekster til lageret i CHECKER_HOME / fetch official texts into the store."""
    from checker.adapters.gathering import from_folder
    from checker.adapters.store import Store
    from checker.knowledge.sources import load_sources
    from checker.library import default_root
    from checker.settings import load_settings

    settings = load_settings()
    sources = load_sources((settings.corpus or default_root()) / "sources.yaml")
    wanted = _known(ids or [], sources)
    store = Store(settings.home)
    if store.log.damaged:
        say(f"lagerets log har {len(store.log.damaged)} linjer, der ikke kan læses; de springes over.")
    languages = _languages(lang)
    if folder is not None:
        outcomes, unknown = from_folder(folder, sources, wanted, languages, store)
        for name, why in unknown:
            say(f"sprunget over: {name}: {why}")
        if not outcomes:
            say("ingen af filerne er en retsakt, som sources.yaml kender.")
    else:
        outcomes = _over_the_network([sources[i] for i in wanted or _with(lang, sources)], lang, store.root.parent, again, pause)
    _show(outcomes)
    if not outcomes or any(o.bad for o in outcomes):
        exit_with(2)


def _languages(lang: Language | None) -> tuple[Literal["da", "en"]] | None:
    return None if lang is None else ("en",) if lang is Language.EN else ("da",)


def _known(ids: Sequence[str], sources: dict[str, Source]) -> list[str]:
    from checker.errors import SettingsError

    for name in ids:
        if name not in sources:
            close = get_close_matches(name, sources, n=1)
            raise SettingsError(f"{name} står ikke i sources.yaml.", f"Mente du {close[0]}?" if close else f"Kendte: {', '.join(sources)}.")
    return list(dict.fromkeys(ids))


def _with(lang: Language | None, sources: dict[str, Source]) -> list[str]:
    """Without names, one language asks for the acts that have it; by name, an act without it is reported as missing."""
    return [i for i, s in sources.items() if lang is None or any(f.language == lang.value for v in s.versions for f in v.files)]


def _over_the_network(sources: Sequence[Source], lang: Language | None, home: Path, again: bool, pause: float) -> list[Outcome]:
    from checker.adapters.fetching import Fetcher, Patience
    from checker.adapters.gathering import from_network
    from checker.adapters.store import Store

    outcomes: list[Outcome] = []
    texts = sum(len({f.language for f in v.files}) if lang is None else 1 for s in sources for v in s.versions)
    try:
        with Fetcher(Patience(pause=pause)) as fetcher, _progress(texts) as step:
            outcomes.extend(from_network(sources, _languages(lang), Store(home), fetcher, again, step))
    except BaseException:
        _show(outcomes)
        raise
    return outcomes


@contextmanager
def _progress(texts: int) -> Iterator[Step]:
    """Names each text on a terminal; silent elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("henter", total=texts)
        done = 0

        def step(name: str) -> None:
            nonlocal done
            bar.update(task, description=name, completed=done)
            done += 1

        yield step


def _show(outcomes: Sequence[Outcome]) -> None:
    """source, version, languages, state; languages to which the same happened share a line."""
    if not outcomes:
        return
    rows: dict[tuple[str, str, str, str], list[str]] = {}
    for o in outcomes:
        languages = rows.setdefault((o.source, o.version, o.state, o.why), [])
        if o.language and o.language not in languages:
            languages.append(o.language)
    lines = [(source, version, ", ".join(languages), _STATES[state]) for (source, version, state, _), languages in rows.items()]
    lines.insert(0, ("kilde / source", "udgave / version", "sprog", "tilstand / state"))
    widths = [max(len(line[i]) for line in lines) for i in range(3)]
    notes = ["", *(why for *_, why in rows)]
    for line, why in zip(lines, notes, strict=True):
        print("  ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[3]]) + (f": {why}" if why else ""))
