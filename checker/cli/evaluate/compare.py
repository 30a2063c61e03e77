"""checker eval compare: two runs side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from checker.cli.common import write
from checker.cli.evaluate.run import EvalFormat

if TYPE_CHECKING:
    from checker.evaluation.records import Result


def compare(
    a: Annotated[Path, typer.Argument(metavar="A", help="Den gamle kørsel: mappe eller results.jsonl / the older run: folder or results.jsonl.")],
    b: Annotated[Path, typer.Argument(metavar="B", help="Den nye / the newer one.")],
    system: Annotated[str, typer.Option("--system", help="Systemet, der sammenlignes / the system that is compared.")] = "checker",
    against: Annotated[str | None, typer.Option("--against", help="Systemet i A, hvis det er et andet / the system in A, if another.")] = None,
    format: Annotated[EvalFormat, typer.Option("--format", "-f")] = EvalFormat.TEXT,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FIL", help="Skriv til denne fil / write to this file.")] = None,
) -> None:
    """Sammenlign to kørsler på de samme sager / compare two runs on the same cases.

    Forskelle med 95 %-interval (parret bootstrap over projektfamilier), McNemar pr. krav med Holms korrektion, og hver afgørelse, der skiftede.

    Differences with a 95 % interval (paired bootstrap over project families), McNemar per requirement with Holm's correction, and every verdict that changed.
    """
    from checker.evaluation.figures.compare import matched
    from checker.evaluation.gate.changes import compared, render_comparison
    from checker.evaluation.records import read_results

    old, new = against or system, system
    before = _of(read_results(a), old, a)
    after = _of(read_results(b), new, b)
    before, after, notes = matched(before, after)
    title = f"{b} ({new}) against {a} ({old}): {len(after)} cases in both"
    write(render_comparison(compared(title, notes, before, after), format.value), out)


def _of(results: Sequence[Result], system: str, path: Path) -> list[Result]:
    from checker.errors import CaseError

    found = [r for r in results if r.system == system]
    if not found:
        names = ", ".join(sorted({r.system for r in results}))
        raise CaseError(path, None, f"no results of {system}; there are: {names}")
    return found
