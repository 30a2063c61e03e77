"""Report → JSON, JSON lines, Markdown, HTML, console. The report is frozen; nothing here judges, it only says."""

from __future__ import annotations

import io
from typing import Final

from rich.console import Console

from checker.errors import SettingsError
from checker.model.report import Report
from checker.report import markup, terminal
from checker.report.contract import to_json
from checker.report.names import Names
from checker.report.view import view
from checker.report.words import Words

__all__ = ["FORMATS", "Names", "print_text", "render"]

FORMATS: Final = ("text", "md", "html", "json", "jsonl")

_NO_NAMES = Names()
_WIDTH = 100


def render(report: Report, format: str, language: str, *, names: Names = _NO_NAMES, with_text: bool = False) -> str:
    """The report as one string. `with_text` puts the extracted text, which offsets count in, into json and jsonl."""
    words = Words(language)
    match format:
        case "json":
            return to_json(report, language, names, with_text=with_text)
        case "jsonl":
            return to_json(report, language, names, with_text=with_text, indent=None)
        case "html":
            return markup.html(view(report, words, names), words)
        case "md":
            return markup.markdown(view(report, words, names), words)
        case "text":
            written = io.StringIO()
            console = Console(file=written, width=_WIDTH, color_system=None, force_terminal=False, legacy_windows=False)
            print_text(report, console, language, names=names)
            return "\n".join(line.rstrip() for line in written.getvalue().rstrip().split("\n")) + "\n"
    raise SettingsError(f"Unknown report format {format!r}.", f"Use one of: {', '.join(FORMATS)}.")


def print_text(report: Report, console: Console, language: str, *, names: Names = _NO_NAMES) -> None:
    """Prints the report to a console, as wide and as colourful as the console is."""
    words = Words(language)
    terminal.write(view(report, words, names), words, console)
