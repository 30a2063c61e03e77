"""checker corpus add, proposals, approve: a municipality's own guideline becomes checks, once a person has approved them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from checker.cli.common import Language, ListFormat, workbench

if TYPE_CHECKING:
    from checker.knowledge.guidelines.proposals import Proposal
    from checker.knowledge.guidelines.store import Guidelines, ProposalFile
    from checker.knowledge.guidelines.structure import GuidelinePoint
    from checker.model.project import Document
    from checker.wiring import Workbench

_WHY = {
    "checker": "henvender sig til checker",
    "hidden": "skjult tekst",
    "law": "gengiver loven",
    "definition": "definition",
    "example": "eksempel",
    "question": "spørgsmål",
    "description": "beskriver",
    "self": "om retningslinjen selv",
    "heading": "overskrift",
    "lead": "indleder en liste",
    "plain": "pålægger, forbyder eller anbefaler intet",
}
_STATES = {"proposed": "foreslået", "approved": "godkendt", "rejected": "afvist"}


def add(
    path: Annotated[Path, typer.Argument(help="Retningslinjen: PDF, Word, HTML, Markdown eller tekst.")],
    act: Annotated[str, typer.Option("--act", help="Kort id, fx gentofte-dataetik.")],
    title: Annotated[str | None, typer.Option("--title", help="Navn i rapporter; ellers dokumentets første overskrift.")] = None,
    lang: Annotated[Language | None, typer.Option("--lang", help="Sprog; ellers kendes det af teksten.")] = None,
) -> None:
    """Læg en retningslinje ind, og foreslå krav ud fra den / add a guideline and propose requirements."""
    from checker.knowledge.guidelines.store import checked_act, file_hash

    bench = workbench()
    store = guidelines_of(bench)
    checked_act(act, _taken(bench))
    data, document = _read(path)
    twin = store.same_file(file_hash(data))
    if twin == act:
        print(f"Filen er allerede lagt ind som {act}; intet er ændret / this very file is already in.")
        return
    if twin is not None:
        from checker.errors import SettingsError

        raise SettingsError(f"{path}: den samme fil er allerede lagt ind som {twin} (same file).", f"Brug --act {twin}, eller aflevér en anden version.")
    found, points = _proposed(bench, document, data, act, title, lang)
    written = store.add(found, document, data)
    _report_added(found, points, written)


def proposals(
    act: Annotated[str | None, typer.Argument(help="Retningslinjens id; uden: en liste over dem alle.")] = None,
    state: Annotated[str | None, typer.Option("--state", help="Kun proposed, approved eller rejected.")] = None,
    format: Annotated[ListFormat, typer.Option("--format", "-f", help="text eller json.")] = ListFormat.TEXT,
) -> None:
    """Vis de foreslåede krav og hvad der er besluttet / show proposed requirements and what was decided."""
    store = guidelines_of(workbench())
    if act is None:
        for name in store.acts():
            print(_summary(store.load(name)))
        if not store.acts():
            print("Ingen retningslinjer er lagt ind endnu. Begynd med: checker corpus add FIL --act ID")
        return
    found = store.load(act)
    chosen = [p for p in found.proposals if state is None or p.state == state]
    if format is ListFormat.JSON:
        print(json.dumps([p.model_dump(mode="json", by_alias=True) for p in chosen], ensure_ascii=False, indent=2))
        return
    print(_summary(found))
    for proposal in chosen:
        _show(proposal)
    if state is None:
        for passed in found.passed_over:
            print(f"\n- intet krav ({_WHY.get(passed.why, passed.why)}) {passed.point}: {_one_line(passed.text)}")


def approve(
    act: Annotated[str, typer.Argument(help="Retningslinjens id.")],
    ids: Annotated[list[str] | None, typer.Argument(help="Forslagenes id'er, fx gentofte-dataetik:krav_3.4 eller blot 3.4.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Alle, der endnu ikke er besluttet.")] = False,
    by: Annotated[str, typer.Option("--by", help="Hvem der beslutter.")] = "",
    reject: Annotated[bool, typer.Option("--reject", help="Afvis i stedet for at godkende.")] = False,
    why: Annotated[str, typer.Option("--why", help="Begrundelse; skal med ved --reject.")] = "",
) -> None:
    """Godkend eller afvis foreslåede krav; beslutningen gemmes med navn og tid / approve or reject proposed requirements."""
    from checker.errors import SettingsError

    store = guidelines_of(workbench())
    found = store.load(act)
    if every == bool(ids):
        raise SettingsError("Angiv enten forslagenes id'er eller --all.", f"Se dem med: checker corpus proposals {act}")
    if reject and not why.strip():
        raise SettingsError("En afvisning skal begrundes: --why \"…\" (a rejection needs a reason).")
    chosen = [p.id for p in found.proposals if p.state == "proposed"] if every else [_full(act, i) for i in dict.fromkeys(ids or ())]
    verdict: Literal["approved", "rejected"] = "rejected" if reject else "approved"
    after = store.decide(act, chosen, verdict, by, datetime.now(UTC).replace(microsecond=0), why)
    print(f"{len(chosen)} {_STATES[verdict]} af {by.strip()}. {_summary(after)}")


def guidelines_of(bench: Workbench) -> Guidelines:
    from checker.knowledge.guidelines.store import Guidelines

    return Guidelines(bench.home / "guidelines")


def _full(act: str, given: str) -> str:
    return given if ":" in given else f"{act}:krav_{given.removeprefix('krav_')}"


def _taken(bench: Workbench) -> dict[str, str]:
    """Ids that laws and the shipped guidelines have."""
    import yaml

    library = bench.library
    taken = {a.id: f"en lov i samlingen ({a.short.da})" for a in library.acts.values()}
    taken |= {g: "en medfølgende retningslinje" for g in library.guideline_titles}
    taken |= {r.group: "en gruppe i kravkataloget" for r in library.catalogue.requirements.values()}
    sources = library.root / "sources.yaml"
    if sources.is_file():
        entries = yaml.safe_load(sources.read_text("utf-8")) or {}
        listed = entries.get("sources", ()) if isinstance(entries, dict) else entries
        taken |= {str(e["id"]): "en lov i corpus/sources.yaml" for e in listed if isinstance(e, dict) and "id" in e}
    return taken


def _read(path: Path) -> tuple[bytes, Document]:
    """The file and its text. A PDF that says it has too many pages is refused before they are read, which would take minutes."""
    from checker.adapters.documents import Documents
    from checker.adapters.documents.pdf import page_count
    from checker.errors import InputTooLarge
    from checker.knowledge.guidelines.structure import MAX_PAGES

    try:
        data = path.read_bytes() if path.is_file() else b""
    except OSError:
        data = b""  # the reader of documents says what is wrong
    pages = page_count(data) or 0
    if pages > MAX_PAGES:
        why = f"{pages:,} sider; grænsen for en retningslinje er {MAX_PAGES} sider (too many pages)."
        raise InputTooLarge(str(path), why, "Aflevér den uden bilag.")
    return data, Documents(comments=True).read(path)


def _proposed(
    bench: Workbench, document: Document, data: bytes, act: str, title: str | None, lang: Language | None
) -> tuple[ProposalFile, tuple[GuidelinePoint, ...]]:
    from checker.knowledge.guidelines.norms import norms_in
    from checker.knowledge.guidelines.proposals import passed_over, proposals_of
    from checker.knowledge.guidelines.store import ProposalFile, file_hash
    from checker.knowledge.guidelines.structure import points_of, readable
    from checker.read.address import addresses_checker
    from checker.read.language import language
    from checker.read.segment import sentences

    tongue: Literal["da", "en"] = ("en" if lang is Language.EN else "da") if lang is not None else language(document.text, document.source)
    points = points_of(document, act, tongue)
    found = norms_in(points, document.text, sentences, addresses_checker)
    first = next((document.text[b.span.start : b.span.end] for b in document.blocks if b.kind == "heading"), act)
    name = (title or readable(first.strip(" #\n")) or act)[:150]
    digest = file_hash(data)
    file = ProposalFile(
        act=act,
        title=name,
        language=tongue,
        source=Path(document.source).name,
        sha256=digest,
        original=f"original-{digest[:12]}{Path(document.source).suffix.lower()}",
        added=datetime.now(UTC).replace(microsecond=0),
        points=len(points),
        notes=document.notes,
        proposals=proposals_of(found.norms, bench.library.catalogue, bench.reading_embedder),
        passed_over=passed_over(found.refused),
    )
    return file, points


def _report_added(found: ProposalFile, points: tuple[GuidelinePoint, ...], written: Path) -> None:
    print(f"{found.title} ({found.act}): {len(points)} punkter, {len(found.proposals)} foreslåede krav i {written}")
    if not found.proposals:
        print("Ingen sætninger pålægger, forbyder eller anbefaler noget; teksten kan søges, men intet kontrolleres / no norms found; searchable only.")
    for passed in found.passed_over:
        if passed.why in ("checker", "hidden"):
            print(f"OBS {_WHY[passed.why]}, ikke brugt / not used: {passed.point}: {_one_line(passed.text)}")
    if left := len(found.passed_over):
        print(f"{left} {'sætning' if left == 1 else 'sætninger'} blev ikke til krav; de står med grunden i: checker corpus proposals {found.act}")
    for note in found.notes:
        print(f"Bemærk: {note}")
    if found.proposals:
        print(f"Læs og godkend: checker corpus proposals {found.act} · checker corpus approve {found.act} ID … --by NAVN")


def _summary(found: ProposalFile) -> str:
    counts = {name: sum(p.state == s for p in found.proposals) for s, name in _STATES.items()}
    return f"{found.act}: {', '.join(f'{n} {name}' for name, n in counts.items())} · {found.title}"


def _show(proposal: Proposal) -> None:
    from checker.model.condition import facts_in

    print(f"\n{proposal.id}  [{_STATES[proposal.state]}{' · ' + proposal.by if proposal.by else ''}]  {proposal.strength} → {proposal.severity.value}")
    print(f"  {proposal.duty}")
    print(f"  gælder når / applies when: {', '.join(facts_in(proposal.applies_when))}" + (f" · {proposal.condition}" if proposal.condition else ""))
    print(f"  opfyldt når / met when: {proposal.evidence}")
    for overlap in proposal.overlaps:
        print(f"  ligner / overlaps: {overlap.requirement} ({overlap.title})")
    if proposal.why:
        print(f"  {proposal.why}")


def _one_line(text: str) -> str:
    """Text from a document, made safe for a terminal: nothing invisible, no control characters, not too long."""
    from checker.knowledge.guidelines.structure import readable

    shown = "".join(c if c.isprintable() else " " for c in readable(text))
    return shown if len(shown) <= 140 else shown[:137] + "…"
