"""checker facts: what a description settles, with the passages."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from checker.cli.common import Language, ListFormat, language_of, parse_date, workbench


def facts(
    path: Annotated[str, typer.Argument(metavar="FIL", help="En projektbeskrivelse; '-' læser standard input.")],
    format: Annotated[ListFormat, typer.Option("--format", "-f", help="text eller json.")] = ListFormat.TEXT,
    lang: Annotated[Language | None, typer.Option("--lang", help="Sprog.")] = None,
) -> None:
    """Vis de oplysninger, teksten afgør, og hvor / show the facts a text settles, and where."""
    bench = workbench()
    document = bench.documents.read_bytes(sys.stdin.buffer.read(), "-") if path == "-" else bench.documents.read(Path(path))
    report = bench.check(document, parse_date(None))
    catalogue, language = bench.library.catalogue, language_of(lang, bench)
    if format is ListFormat.JSON:
        print(json.dumps({k: r.model_dump(mode="json") for k, r in report.facts.items()}, ensure_ascii=False, indent=2))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*(("Faktum", "Værdi", "Kilde", "Tekst") if language == "da" else ("Fact", "Value", "Origin", "Text")))
    for fact, reading in report.facts.items():
        value = ", ".join(reading.value) if isinstance(reading.value, tuple) else str(reading.value).lower()
        table.add_row(catalogue.facts[fact].label.get(language), value, reading.origin, reading.quotes[0].text[:160] if reading.quotes else "")
    Console().print(table)
