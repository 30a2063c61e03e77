"""The commands of `checker eval`."""

from __future__ import annotations

from importlib.util import find_spec

import typer

from checker.cli.evaluate import add_case, agreement, compare, gate, import_reviews, label, run
from checker.errors import SettingsError

_NEEDED = ("statsmodels", "krippendorff", "ir_measures", "matplotlib", "distributed", "openpyxl", "stdnum", "phonenumbers", "faker")

app = typer.Typer(no_args_is_help=True, help="Mål checker på mærkede sager / measure checker on labelled cases.")


@app.callback()
def _group() -> None:
    """Says what to install when the extra is not there; asked for help, nothing is looked up."""


def _ready() -> None:
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise SettingsError(f"`checker eval` mangler pakker ({', '.join(missing)}).", "Installér dem med / install them with: pip install 'checker[eval]'")


def _command(name: str, function: object) -> None:
    from functools import wraps

    @wraps(function)  # type: ignore[arg-type]
    def ready(*arguments: object, **options: object) -> object:
        _ready()
        return function(*arguments, **options)  # type: ignore[operator]

    app.command(name)(ready)


for _name, _function in (
    ("run", run.run),
    ("compare", compare.compare),
    ("gate", gate.gate),
    ("baseline", gate.baseline),
    ("label", label.label),
    ("agreement", agreement.agreement),
    ("add-case", add_case.add_case),
    ("import-reviews", import_reviews.import_reviews),
):
    _command(_name, _function)
