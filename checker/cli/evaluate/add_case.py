"""checker eval add-case: one labelled text into a set, after all checks; without labels, a skeleton to fill in."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from checker.cli.common import Language, say, workbench, write


class Kind(StrEnum):
    PROJECT_DESCRIPTION = "project_description"
    AGENDA_ITEM = "agenda_item"
    OCR = "ocr"
    INJECTION = "injection"
    FORM = "form"


def add_case(
    folder: Annotated[Path, typer.Argument(metavar="SÆT", help="Mappe med mærkede sager / a labelled set.")],
    text: Annotated[Path, typer.Argument(metavar="TEKST", help="Beskrivelsen / the description (.txt .md .docx .pdf .odt .html).")],
    family: Annotated[str, typer.Option("--family", metavar="F", help="Sager, der deler tekst eller idé / cases that share text or idea.")],
    kind: Annotated[Kind, typer.Option("--kind", help="Hvad teksten er / what the text is.")],
    language: Annotated[Language | None, typer.Option("--language", help="Tekstens sprog; uden: som mærkerne eller teksten / the text's language.")] = None,
    id: Annotated[str | None, typer.Option("--id", help="Sagens id; uden: mærkernes eller filens navn / the case's id.")] = None,
    pair: Annotated[str | None, typer.Option("--pair", metavar="ID", help="Tvillingen, der kun skiller sig ud på ét sted / the counterfactual twin.")] = None,
    origin: Annotated[str | None, typer.Option("--origin", help="Hvor sagen kom fra / the batch it came with.")] = None,
    labels: Annotated[Path | None, typer.Option("--labels", metavar="FIL", help="Udfyldte mærker; uden: et skelet / labels; without: a skeleton.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Skriv skelettet her / write the skeleton here.")] = None,
) -> None:
    """Læg en tekst med mærker i et sæt / add a labelled text to a set.

    Uden --labels skrives et skelet med alle id'er, og sættet røres ikke. Alt kontrolleres, før noget skrives.
    """
    from checker.evaluation.labels.additions import Addition, add, check_text, existing, id_in, skeleton

    bench = workbench()
    catalogue, read = bench.library.catalogue, bench.documents.read
    document = read(text)
    name = id or (id_in(labels) if labels is not None else "") or text.stem
    new = Addition(text, name, family, kind.value, None if language is None else language.value, pair, origin)
    old = existing(folder, catalogue, read)
    check_text(new, old, document)
    if labels is None:
        from dataclasses import replace

        from checker.read.language import language as language_of_text

        new = replace(new, language=new.language or language_of_text(document.text, document.source))
        write(skeleton(new, catalogue), out)
        say("intet er lagt i sættet; udfyld skelettet, og kør igen med --labels FIL / nothing was added; fill in the skeleton, run again with --labels FILE")
        return
    case = add(new, labels, old, catalogue, read)
    print(f"{case.file.name} og/and {case.id}.yaml ligger i/are in {folder}; familie/family {case.labels.family}: {case.split}")
    if case.labels.pair and not any(c.id == case.labels.pair for c in old.cases):
        print(f"tvillingen {case.labels.pair} mangler endnu / the twin {case.labels.pair} is still to come")
