"""checker eval: labelled cases → figures beside baselines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from checker.cli.common import say, workbench, write

if TYPE_CHECKING:
    from checker.evaluation.cases import Case
    from checker.evaluation.run import Predict
    from checker.evaluation.score import Prediction
    from checker.model.project import Document
    from checker.model.reading import Reader
    from checker.wiring import Workbench

app = typer.Typer(no_args_is_help=True, help="Mål checker på mærkede sager / measure checker on labelled cases.")


class Split(StrEnum):
    TRAIN = "train"
    HELD_OUT = "held-out"
    ALL = "all"


class EvalFormat(StrEnum):
    TEXT = "text"
    MD = "md"
    JSON = "json"


@app.callback()
def _group() -> None:
    pass


@app.command("run")
def run(
    cases: Annotated[Path, typer.Option("--set", metavar="MAPPE", help="Mappe med mærkede sager.")] = Path("eval/sets/municipal"),
    split: Annotated[Split, typer.Option("--split", help="Hvilken del af sagerne.")] = Split.ALL,
    format: Annotated[EvalFormat, typer.Option("--format", "-f", help="md er til at sætte ind i eval/README.md.")] = EvalFormat.TEXT,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Skriv til denne fil.")] = None,
    details: Annotated[bool, typer.Option("--details", help="Vis også tal pr. krav og hver forkert afgørelse med den brugte sætning.")] = False,
    baselines: Annotated[bool, typer.Option("--baselines/--no-baselines", help="Mål også det, checker skal slå.")] = True,
) -> None:
    """Kør alle mærkede sager og vis tallene / run all labelled cases and show the figures.

    Samme vej som `checker check`. Forkerte mærker stopper kørslen med fil og linje (exit 2).
    """
    from checker.evaluation.cases import load_manifest, load_set
    from checker.evaluation.run import Evaluation, read_all
    from checker.evaluation.tables import render

    bench = workbench()
    manifest = load_manifest(cases)
    chosen = tuple(c for c in load_set(cases, bench.library.catalogue) if split in (Split.ALL, c.split))
    documents = read_all(chosen, bench.documents.read)
    bench.index.version  # noqa: B018 - an index that is not there is built now, before the progress bar of the cases
    systems = _systems(bench, manifest.law_date, baselines)
    predictions = _predictions(documents, systems, bench)
    evaluation = Evaluation(
        title=f"{manifest.name}: {len(chosen)} cases, {sum(len(c.labels.verdicts) for c in chosen)} labelled verdicts",
        notes=(*_notes(bench, manifest.law_date, chosen), f"labels: {manifest.verified}"),
        cases=chosen,
        predictions=predictions,
        catalogue=bench.library.catalogue,
    )
    write(render(evaluation, format.value, details), out)


def _notes(bench: Workbench, as_of: date, cases: Sequence[Case]) -> tuple[str, ...]:
    from checker import __version__

    count = {s: sum(c.split == s for c in cases) for s in ("train", "held-out")}
    return (
        f"checker {__version__}, reader {bench.reader.name}, catalogue {bench.library.catalogue_hash}, law of {as_of:%Y-%m-%d}",
        f"{count['train']} train, {count['held-out']} held-out (split by family; the reader was trained on train)",
    )


def _systems(bench: Workbench, as_of: date, baselines: bool) -> dict[str, Predict]:
    from checker.evaluation.baselines import EmbeddingReader, KeywordReader, flag_everything
    from checker.evaluation.score import prediction_of
    from checker.reader.bank import load_bank

    catalogue = bench.library.catalogue
    systems: dict[str, Predict] = {"checker": lambda document: prediction_of(bench.check(document, as_of))}
    if baselines:
        bank = load_bank(bench.library.root / "bank", catalogue)
        systems["flag everything"] = lambda document: flag_everything(catalogue)
        for reader in (KeywordReader(catalogue), EmbeddingReader(catalogue, bench.reading_embedder, bank)):
            systems[reader.name] = _with_reader(bench, reader, as_of)
    return systems


def _with_reader(bench: Workbench, reader: Reader, as_of: date) -> Predict:
    """The same pipeline with another reader in it."""
    from checker.evaluation.score import prediction_of
    from checker.pipeline import check, new_receipt

    receipt = new_receipt(bench.library, bench.index.version, bench.index.embedder_name, reader.name, as_of)

    def predict(document: Document) -> Prediction:
        return prediction_of(check(document, bench.library, reader, bench.index, receipt))

    return predict


def _predictions(documents: dict[str, Document], systems: dict[str, Predict], bench: Workbench) -> dict[str, dict[str, Prediction]]:
    """With a progress bar on stderr where a person watches."""
    from rich.console import Console
    from rich.progress import Progress

    from checker.evaluation.run import predict_all

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        tasks = {name: bar.add_task(name, total=len(documents)) for name in systems}
        return predict_all(documents, systems, bench.library.catalogue.core, lambda name: bar.advance(tasks[name]), say)
