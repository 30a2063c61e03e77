"""checker corpus diff: what changed between two stored versions of an act, and which requirements cite it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from checker.cli.common import Language, say

if TYPE_CHECKING:
    from checker.knowledge.differences import ActDifferences, Difference
    from checker.knowledge.store import Stored
    from checker.knowledge.wording import Piece
    from checker.model.legal import Source, SourceVersion


class DiffFormat(StrEnum):
    TEXT = "text"
    MD = "md"
    JSON = "json"


_KINDS = {"added": "ny / added", "removed": "udgået / removed", "changed": "ændret / changed", "renumbered": "omnummereret / renumbered"}
_CITED = "krav / requirements"
_AROUND = 12
"""Words that are the same are shown so many to each side of a change."""


def diff(
    act: Annotated[str, typer.Argument(metavar="ACT", help="Retsakten, fx ai-act / the act.")],
    old: Annotated[str, typer.Argument(metavar="V1", help="Udgave eller dato, fx 2024-07-12 / version or date.")],
    new: Annotated[str, typer.Argument(metavar="V2", help="Udgaven, der sammenlignes med / the version compared with it.")],
    lang: Annotated[Language | None, typer.Option("--lang", help="Sprog; uden: det, begge findes på / without: one that both have.")] = None,
    format: Annotated[DiffFormat, typer.Option("--format", "-f", help="text, md eller json.")] = DiffFormat.TEXT,
) -> None:
    """Vis forskellen på to udgaver af en lov, og hvilke krav der henviser til den / what differs between two versions of an act."""
    from checker.adapters.official import OfficialTexts
    from checker.adapters.store import Store
    from checker.errors import SettingsError
    from checker.knowledge.differences import differences
    from checker.knowledge.sources import load_sources
    from checker.library import Library
    from checker.settings import load_settings

    settings = load_settings()
    library = Library(settings.corpus)
    sources = load_sources(library.root / "sources.yaml")
    if act not in sources:
        close = get_close_matches(act, sources, n=1)
        raise SettingsError(f"{act} står ikke i sources.yaml.", f"Mente du {close[0]}?" if close else f"Kendte: {', '.join(sources)}.")
    store = Store(settings.home)
    if store.log.damaged:
        say(f"lagerets log har {len(store.log.damaged)} linjer, der ikke kan læses; de springes over.")
    texts = OfficialTexts(store, sources, settings.home / "store" / "read")
    stored = texts.versions(act)
    before, after = (_named(name, sources[act], stored) for name in (old, new))
    if before.version == after.version:
        raise SettingsError(f"{old} og {new} er den samme udgave af {act}: {before.version}.", _there(act, stored))
    language = _language(lang, settings.language, act, (before, after), stored)
    first, second = (texts.whole(v, next(s for w, s in stored if w == v and s.language == language)) for v in (before, after))
    show(differences(first, second, library.catalogue.requirements.values()), format)


Pairs = Sequence[tuple["SourceVersion", "Stored"]]


def _named(name: str, source: Source, stored: Pairs) -> SourceVersion:
    """The version of that name, else the one in force on that date.

    Raises:
        SettingsError: there is none, or it is not in the store.
    """
    from checker.errors import SettingsError

    found = next((v for v in source.versions if v.version == name), None)
    if found is None:
        try:
            found = source.in_force(date.fromisoformat(name))
        except ValueError:
            found = None
        if found is None:
            raise SettingsError(f"{name} er ingen udgave af {source.id} og ingen dato, hvor den var i kraft.", _there(source.id, stored))
    if all(v != found for v, _ in stored):
        raise SettingsError(f"{source.id} {found.version} er ikke i lageret.", _there(source.id, stored))
    return found


def _there(act: str, stored: Pairs) -> str:
    rows: dict[str, list[str]] = {}
    for version, text in stored:
        rows.setdefault(version.version, []).append(text.language)
    if not rows:
        return f"Lageret har ingen udgaver af den. Hent dem med: checker corpus fetch {act}"
    listed = "; ".join(f"{version} ({', '.join(languages)})" for version, languages in rows.items())
    return f"I lageret: {listed}. Hent flere med: checker corpus fetch {act}"


def _language(lang: Language | None, usual: str, act: str, wanted: tuple[SourceVersion, SourceVersion], stored: Pairs) -> str:
    """The language asked for; else the usual one where both versions have it; else one that both have."""
    from checker.errors import SettingsError

    both = [language for language in ("da", "en") if all(any(v == w and s.language == language for v, s in stored) for w in wanted)]
    chosen = lang.value if lang is not None else usual if usual in both else next(iter(both), usual)
    if chosen not in both:
        names = " og ".join(w.version for w in wanted)
        raise SettingsError(f"{act} {names} er ikke begge i lageret på samme sprog{f' ({chosen})' if lang else ''}.", _there(act, stored))
    return chosen


def show(found: ActDifferences, format: DiffFormat) -> None:
    """Prints the differences; texts come from outside, so nothing in them may steer a terminal."""
    from checker.report.words import printable

    if format is DiffFormat.JSON:
        print(found.model_dump_json(indent=2))
        return
    written = _markdown(found) if format is DiffFormat.MD else _text(found)
    for line in written:
        print(printable(line))


def _summary(found: ActDifferences) -> str:
    counts = ", ".join(f"{len(found.of(kind))} {said}" for kind, said in _KINDS.items() if found.of(kind))  # type: ignore[arg-type]
    return f"{counts or 'ingen forskel / no difference'}; {found.unchanged} uændrede / unchanged"


def _text(found: ActDifferences) -> Iterator[str]:
    yield f"{found.act} ({found.language}): {found.old_version} → {found.new_version}"
    yield from found.notes
    yield _summary(found)
    for d in found.differences:
        yield ""
        yield f"{_place(d)}: {_KINDS[d.kind]}" + (f" – {d.heading}" if d.heading else "")
        yield from (f"  {line}" for line in _words(d, "[-{}-]", "{{+{}+}}"))
        if d.requirements:
            yield f"  {_CITED}: {', '.join(d.requirements)}"


def _markdown(found: ActDifferences) -> Iterator[str]:
    from checker.report.markup import escape_markdown

    yield f"# {escape_markdown(f'{found.act} ({found.language}): {found.old_version} → {found.new_version}')}"
    yield from (f"\n*{escape_markdown(note)}*" for note in found.notes)
    yield f"\n{_summary(found)}"
    for d in found.differences:
        yield f"\n## {escape_markdown(_place(d))}: {_KINDS[d.kind]}\n"
        if d.heading:
            yield f"*{escape_markdown(d.heading)}*\n"
        yield from (f"> {line}" for line in _words(d, "~~{}~~", "**{}**", escape_markdown))
        if d.requirements:
            yield f"\n{_CITED}: {', '.join(f'`{r}`' for r in d.requirements)}"


def _place(d: Difference) -> str:
    return f"{d.before} → {d.after}" if d.before and d.after and d.before != d.after else d.id


def _words(d: Difference, gone: str, come: str, safe: Callable[[str], str] = str) -> Iterator[str]:
    match d.kind:
        case "changed":
            yield " ".join(_piece(p, n, len(d.words), gone, come, safe) for n, p in enumerate(d.words))
        case "added":
            yield come.format(safe(" ".join(d.new.split())))
        case "removed":
            yield gone.format(safe(" ".join(d.old.split())))
        case "renumbered":
            yield safe(" ".join(_short(d.new.split(), 0, 1)))


def _piece(piece: Piece, n: int, total: int, gone: str, come: str, safe: Callable[[str], str]) -> str:
    if piece.kind == "same":
        return safe(" ".join(_short(piece.words.split(), n, total)))
    return (gone if piece.kind == "removed" else come).format(safe(piece.words))


def _short(words: list[str], n: int, total: int) -> list[str]:
    """Enough of unchanged words to find the place."""
    head = words[:_AROUND] if n > 0 or total == 1 else []
    tail = words[-_AROUND:] if n < total - 1 else []
    return words if len(words) <= len(head) + len(tail) else [*head, "…", *tail]
