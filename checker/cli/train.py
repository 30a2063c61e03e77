"""checker train: makes the weights of the embedded reader again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from checker.cli.common import say, workbench


def train(
    cases: Annotated[Path, typer.Option("--cases", help="Mappe med mærkede sager.")] = Path("eval/sets/municipal"),
    out: Annotated[Path, typer.Option("--out", help="Hvor vægtene skrives.")] = Path("checker/reader/weights"),
) -> None:
    """Træn læseren igen af sætningsbanken og træningssagerne / train the embedded reader again.

    Tager omkring ti minutter på to kerner. Sager i den gemte del (held-out) læses ikke.
    """
    from checker.evaluation.cases import load_set
    from checker.training.train import train as run

    bench = workbench()
    seen: set[str] = set()

    def progress(stage: str, done: int, total: int) -> None:
        if stage not in seen:
            seen.add(stage)
            say(stage)

    meta = run(bench.library, load_set(cases, bench.library.catalogue), bench.documents.read, bench.reading_embedder, out, progress)
    print(json.dumps({"version": meta["version"], "trained_on": meta["trained_on"], "judge": meta["judge"]["cross_validated"]}, indent=1))
