"""checker explain: one requirement in full: when it applies, what fulfils it, which law."""

from __future__ import annotations

from typing import Annotated

import typer

from checker.cli.common import Language, language_of, workbench


def explain(
    requirement: Annotated[str, typer.Argument(metavar="KRAV", help="Kravets id, fx gdpr-dpia.")],
    lang: Annotated[Language | None, typer.Option("--lang", help="Sprog.")] = None,
) -> None:
    """Forklar et krav: hvornår gælder det, hvad opfylder det, hvilken lov / explain one requirement."""
    from checker.cli.explaining import explanation

    bench = workbench()
    print(explanation(bench.checked, requirement, language_of(lang, bench)))
