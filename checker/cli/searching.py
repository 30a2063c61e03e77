"""Helpers of `checker corpus search` and `checker ask`."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from checker.errors import InputError, SettingsError
from checker.ports import Hit

if TYPE_CHECKING:
    from checker.knowledge.retrieval.named import Naming
    from checker.model.law import Act
    from checker.model.legal import Source
    from checker.report.names import Names
    from checker.wiring import Workbench


def lines_of(file: Path | None) -> list[str]:
    """The queries of a file, one a line, empty lines kept as empty answers.

    Raises:
        InputError: the file cannot be read.
    """
    if file is None:
        return []
    try:
        lines = file.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(str(file), f"søgefilen kan ikke læses ({error}).", "Gem den som UTF-8 tekst med én søgning pr. linje.") from None
    return [line.strip() for line in (lines if lines[-1].strip() else lines[:-1])]


def known_act(act: str | None, bench: Workbench) -> str | None:
    """The act that a search is narrowed to.

    Raises:
        SettingsError: nothing of it is in the index.
    """
    if act is None:
        return None
    indexed = sorted({d.act for d in bench.index.documents.values()})
    if act in indexed:
        return act
    meant = naming_of(bench).act(act)
    if meant in indexed:
        return meant
    fetch = f" Hent den med: checker corpus fetch {act}" if act in bench.sources else ""
    near = get_close_matches(act.lower(), indexed, n=1)
    hint = f"Mente du {near[0]}?" if near and not fetch else f"Kendte: {', '.join(indexed)}."
    raise SettingsError(f"Loven {act} findes ikke i indekset.", hint + fetch)


def naming_of(bench: Workbench) -> Naming:
    """Reads what is named, by the index and the short names of every act of the corpus. Not of guidance: "MED" is a word too."""
    from checker.knowledge.retrieval.named import Naming

    acts: list[Source | Act] = [a for a in bench.sources.values() if a.kind != "guideline"]
    acts += [a for a in bench.checked.acts.values() if a.kind in ("eu", "dk")]
    return Naming((d.provision for d in bench.index.documents.values()), {name: a.id for a in acts for name in (a.short.da, a.short.en)})


def spoken_names(bench: Workbench) -> Names:
    """The names of reports, with "FVL" written out: who asks need not know the abbreviations."""
    from checker.model.law import Bilingual
    from checker.report.names import names_of

    names = names_of(bench.checked.catalogue, bench.checked.acts, bench.library.guideline_titles)
    acts = {s.id: s.title for s in bench.sources.values()} | {a.id: a.title for a in bench.checked.acts.values()}
    whole = {id_: Bilingual(da=_lowered(_head(t.da)), en=_head(t.en)) for id_, t in acts.items() if _head(t.da).endswith("loven")}
    return names.model_copy(update={"acts": names.acts | whole})


def _head(title: str) -> str:
    return title.partition(" (")[0]


def _lowered(name: str) -> str:
    """ "Forvaltningsloven" inside a sentence; "AI-loven" stays."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def show(hits: list[Hit]) -> None:
    for number, hit in enumerate(hits, 1):
        print(f"{number}. {hit.provision}  [{hit.kind}, {hit.score:.3f}]  {hit.title}\n   {hit.text}\n   {hit.url or ''}".rstrip())
