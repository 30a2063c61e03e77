"""checker corpus: validate, build, search and show the law as data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel

from checker.cli import adding, differing, fetching, guidelines
from checker.cli.common import Language, ListFormat, language_of, parse_date, workbench

app = typer.Typer(no_args_is_help=True, help="Lovsamlingen: kontrollér, byg, søg, vis / the law as data.")


@app.command("validate")
def validate(
    folder: Annotated[Path | None, typer.Argument(help="En anden corpus-mappe end den medfølgende.")] = None,
) -> None:
    """Kontrollér alle filer; ved fejl nævnes fil, linje og hvad der var ventet / check every file."""
    from checker.knowledge.documents import guideline_documents
    from checker.knowledge.review_flags import lines, review
    from checker.knowledge.search_data import check_search_data
    from checker.knowledge.sources import load_sources
    from checker.library import Library
    from checker.reader.bank import load_bank

    bench = workbench()
    library = Library(folder) if folder else bench.library
    counts = library.validate()
    counts["bank sentences"] = len(load_bank(library.root / "bank", library.catalogue))
    counts["guideline points"] = len(list(guideline_documents(library.root / "guidelines")))
    sources = load_sources(library.root / "sources.yaml") if (library.root / "sources.yaml").is_file() else {}
    counts["sources"] = len(sources)
    counts |= check_search_data(library.root, library.provisions, sources)
    print(", ".join(f"{n} {what}" for what, n in counts.items()))
    flagged = review(library.acts, library.catalogue.requirements.values(), sources, bench.official, bench.as_of)
    print("\n".join(lines(flagged, bench.settings.language)), end="")


app.command("fetch")(fetching.fetch)
app.command("add")(adding.add)
app.command("diff")(differing.diff)
app.command("proposals")(guidelines.proposals)
app.command("approve")(guidelines.approve)


@app.command("build")
def build(
    as_of: Annotated[str | None, typer.Option("--as-of", help="Lovens dato, fx 2027-12-02 / the law date.")] = None,
) -> None:
    """Byg søgeindekset, hvis det mangler / build the search index when it is missing."""
    bench = workbench(parse_date(as_of))
    index = bench.built_index()
    print(f"indeks {index.version}: {len(index.documents)} dokumenter i {index.folder}")
    for held in bench.held:
        print(f"  {held.source} {held.version} ({held.language}){': ' + held.note if held.note else ''}")


@app.command("search")
def search(
    query: Annotated[str | None, typer.Argument(help="Hvad der søges efter.")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="Antal svar.")] = 5,
    act: Annotated[str | None, typer.Option("--act", help="Kun denne lov, fx gdpr.")] = None,
    queries: Annotated[Path | None, typer.Option("--queries", help="Fil med én søgning pr. linje; svarer med én JSON-liste pr. linje.")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="Lovens dato, fx 2027-12-02 / the law date.")] = None,
    format: Annotated[ListFormat, typer.Option("--format", "-f", help="text eller json.")] = ListFormat.TEXT,
) -> None:
    """Søg i lov og retningslinjer / search law and guidelines."""
    from checker.cli.searching import known_act, lines_of, show
    from checker.errors import SettingsError

    bench = workbench(parse_date(as_of))
    if (query is None) == (queries is None):
        raise SettingsError("Angiv enten en søgning eller --queries FIL.")
    act = known_act(act, bench)
    wanted = [query] if query is not None else lines_of(queries)
    found = bench.index.search([q for q in wanted if q], k, act)
    for query_ in wanted:
        hits = next(found) if query_ else []
        rows = [h.model_dump() for h in hits]
        if queries is not None:
            print(json.dumps(rows, ensure_ascii=False))
        elif format is ListFormat.JSON:
            print(json.dumps(rows, ensure_ascii=False, indent=2))
        else:
            show(hits)


@app.command("show")
def show_provision(
    provision: Annotated[str, typer.Argument(help="Fx gdpr:art_35 (viser alt derunder), et punkt i en retningslinje eller et krav-id.")],
    lang: Annotated[Language | None, typer.Option("--lang", help="Sprog.")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="Lovens dato, fx 2027-12-02 / the law date.")] = None,
) -> None:
    """Vis en bestemmelse ordret og i vores resumé, et punkt i jeres retningslinje eller et krav / show a provision, a guideline's point or a requirement."""
    from checker.cli.explaining import shown
    from checker.errors import SettingsError

    bench = workbench(parse_date(as_of))
    found = list(shown(bench, provision, language_of(lang, bench)))
    if not found:
        missing = f"Bestemmelsen {provision} findes ikke i resuméet, i de officielle tekster fra {bench.as_of} eller i retningslinjerne."
        raise SettingsError(missing, "Søg med: checker corpus search …")
    print("\n\n".join(found))


@app.command("schema")
def schema(
    folder: Annotated[Path | None, typer.Option("--out", help="Skriv JSON-skemaerne i denne mappe.")] = None,
) -> None:
    """Skriv JSON-skemaerne for corpus-filerne / write the JSON schemas of the corpus files."""
    from checker.knowledge.retrieval.expansion import AskedFile, VocabularyFile
    from checker.library import schemas
    from checker.reader.bank import BankFile

    target = folder or workbench().library.root / "schema"
    target.mkdir(parents=True, exist_ok=True)
    others: dict[str, type[BaseModel]] = {"bank": BankFile, "vocabulary": VocabularyFile, "asked": AskedFile}
    all_schemas = schemas() | {name: model.model_json_schema() for name, model in others.items()}
    for name, content in all_schemas.items():
        (target / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(f"{len(all_schemas)} skemaer i {target}")
