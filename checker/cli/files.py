"""Files that are not text: where they may go, and how they get there."""

from __future__ import annotations

import sys
from pathlib import Path

from checker.errors import InputError, SettingsError


def check_target(form: str, out: Path | None, several: bool = False) -> None:
    """Asked before anything is read.

    Raises:
        SettingsError: a file of this form can't go where it would: to a screen, or several of them into one stream.
    """
    if out is None and several:
        raise SettingsError(
            f"Flere rapporter som {form} kan ikke skrives til én strøm / several reports cannot share one stream.",
            "Vælg en mappe med / choose a folder with --out.",
        )
    if out is None and sys.stdout.isatty():
        raise SettingsError(
            f"{form} er ikke tekst og kan ikke vises i et terminalvindue / {form} is not text and cannot be shown in a terminal.",
            f"Skriv den til en fil / write it to a file: --out rapport.{form}",
        )


def write_bytes(data: bytes, out: Path | None) -> None:
    """To the file (its folder is made), or to standard output.

    Raises:
        InputError: the file cannot be written.
    """
    if out is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(data)
    except OSError as error:
        raise InputError(
            str(out),
            f"filen kan ikke skrives / cannot be written ({error.strerror or error}).",
            "Vælg en anden placering med / choose another place with --out.",
        ) from None
