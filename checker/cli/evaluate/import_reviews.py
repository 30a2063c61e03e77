"""checker eval import-reviews: exports of the review desk → labelled cases, personal data masked."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from checker.cli.common import workbench, write

if TYPE_CHECKING:
    from checker.evaluation.reviews.sets import Imported


class ReviewSplit(StrEnum):
    HELD_OUT = "held-out"
    TRAIN = "train"


def import_reviews(
    files: Annotated[list[Path], typer.Argument(metavar="FIL…", help="Eksport fra gennemgangen / exports of the review desk (JSON Lines).")],
    cases: Annotated[Path, typer.Option("--set", metavar="MAPPE", help="Sættet med gennemgange; oprettes første gang / the set of reviews, made at first.")],
    split: Annotated[ReviewSplit, typer.Option("--split", help="Hvor nye projekter hører til / where new projects go.")] = ReviewSplit.HELD_OUT,
    staff_of: Annotated[str, typer.Option("--staff-of", metavar="NAVN", help="Hvis medarbejdere afgjorde / whose staff decided (manifest).")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Vis kun, hvad der ville ske / only show what would happen.")] = False,
) -> None:
    """Gør afgørelser fra gennemgangen til mærkede sager / turn decisions of reviewers into labelled cases.

    Kun det, et menneske har afgjort, bliver et mærke. Personoplysninger maskeres, før noget skrives; læs hver tekst, før sættet deles.
    """
    from checker.evaluation.reviews.sets import import_reviews as run

    bench = workbench()
    done = run(files, cases, split.value, bench.library.catalogue, bench.documents.read_bytes, staff_of, dry_run)
    write(_said(done, cases, dry_run), None)


def _said(done: Imported, folder: Path, dry_run: bool) -> str:
    """Counts and kinds; never a value that was masked."""
    counts = (
        ("nye sager / new cases", done.added),
        ("erstattet af nyere eksport / replaced by a newer export", done.replaced),
        ("uændret / unchanged", done.unchanged),
        ("sprunget over / skipped", done.skipped),
    )
    lines = [f"{folder}" + (" (prøve: intet er skrevet / dry run: nothing written)" if dry_run else "")]
    lines += [f"  {len(ids):4} {what}" for what, ids in counts if ids]
    if done.added or done.replaced:
        lines += [f"  {done.labels:4} mærker, alle afgjort af mennesker / labels, all decided by people"]
        masked = ", ".join(f"{kind} {count}" for kind, count in done.masked.most_common()) or "intet / nothing"
        lines += [f"       maskeret / masked: {masked}"]
    lines += [f"  - {note}" for note in done.notes]
    if done.added or done.replaced:
        lines += [
            "",
            "Maskinen overser navne og andet, der peger på personer. Et menneske skal læse hver tekst, før sættet deles.",
            "The machine misses names and other traces of persons. A person must read each text before the set is shared.",
        ]
    return "\n".join(lines) + "\n"
