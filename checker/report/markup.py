"""The two template environments, HTML and Markdown. Both escape whatever a template prints; only the template itself is trusted."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from checker.report.view import ReportView
from checker.report.words import Words

_SPECIAL = re.compile(r"([\\`*_\[\]|~#])")
_OPENING = re.compile(r"^([-+=]|\d+(?=[.)]))")


def html(view: ReportView, words: Words) -> str:
    return _written(_environment(), "report.html.j2", view, words) + "\n"


def markdown(view: ReportView, words: Words) -> str:
    written = _written(_environment(_safe_in_markdown), "report.md.j2", view, words)
    return re.sub(r"\n{3,}", "\n\n", written).strip() + "\n"


def _environment(finalize: Callable[..., Any] | None = None) -> Environment:
    environment = Environment(
        loader=PackageLoader("checker.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"markdown_address": _markdown_address, "markdown_depth": _markdown_depth}
    return environment


def _written(environment: Environment, template: str, view: ReportView, words: Words) -> str:
    return environment.get_template(template).render(v=view, t=words)


def escape_markdown(text: str) -> str:
    """Text that shows as itself in Markdown: on one line, no markup, no HTML, no list or heading by accident."""
    line = " ".join(text.split())
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    line = _SPECIAL.sub(r"\\\1", line)
    return _OPENING.sub(lambda m: f"{m.group()}\\" if m.group()[0].isdigit() else f"\\{m.group()}", line)


def _safe_in_markdown(value: object) -> object:
    """Marks the escaped text as safe, so that the HTML escaping does not run over it a second time.

    What a macro returns is Markup already: its parts were escaped when they were printed.
    """
    return value if isinstance(value, Markup) else Markup(escape_markdown(str(value)))


def _markdown_address(url: str) -> Markup:
    """The address in angle brackets, where nothing but these three characters could end it early."""
    return Markup("<" + url.replace("<", "%3C").replace(">", "%3E").replace("\\", "%5C") + ">")


def _markdown_depth(depth: int) -> Markup:
    """The indentation of a nested list item; a plain string would lose its spaces on the way out."""
    return Markup("    " * depth)
