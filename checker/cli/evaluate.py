"""checker eval: labelled cases → figures beside baselines."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, help="Mål checker på mærkede sager / measure checker on labelled cases.")


@app.callback()
def _group() -> None:
    pass
