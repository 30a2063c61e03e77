"""The command tree. Modules of the commands import what they need when they run, so that `--help` is quick."""

from __future__ import annotations

from typing import Annotated

import typer

from checker import __version__
from checker.cli import ask, check, corpus, draft, explain, export, facts, llm, prompts, train
from checker.cli.evaluate import app as evaluate

app = typer.Typer(
    name="checker",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=(
        "Tjekker beskrivelser af kommunale AI-projekter: hvilke pligter gælder, hvad mangler, hvad skal I svare på.\n\n"
        "Alt kører på denne maskine. Støtter jurister; er ikke juridisk rådgivning.\n\n"
        "Checks descriptions of municipal AI projects: which duties apply, what is missing, what to answer. Supports lawyers; not legal advice."
    ),
    epilog="Begynd her:  checker check projekt.docx --format html --out rapport.html",
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"checker {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Vis versionen / show the version.")] = False,
) -> None:
    pass


app.command("check")(check.check)
app.command("facts")(facts.facts)
app.command("explain")(explain.explain)
app.command("export")(export.export)
app.command("ask")(ask.ask)
app.command("draft")(draft.draft)
app.add_typer(corpus.app, name="corpus")
app.add_typer(llm.app, name="llm")
app.add_typer(prompts.app, name="prompts")
app.add_typer(evaluate.app, name="eval")
app.command("train")(train.train)
