"""The template environment. It escapes whatever a template prints; only templates and our own plots are trusted."""

from __future__ import annotations

import base64
import hashlib

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from checker.evaluation.page.view import PageView
from checker.evaluation.page.words import Words


def html(view: PageView, words: Words) -> str:
    environment = _environment()
    script = environment.get_template("script.js.j2").render().strip()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{_digest(script)}'; base-uri 'none'; form-action 'none'"
    template = environment.get_template("page.html.j2")
    return template.render(v=view, t=words, script=Markup(script), policy=policy) + "\n"  # noqa: S704  (a file of this package)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("checker.evaluation.page"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["drawing"] = _drawing
    return environment


def _drawing(svg: str) -> Markup:
    """A plot of ours, whose labels were escaped when it was written."""
    return Markup(svg)  # noqa: S704


def _digest(script: str) -> str:
    """The page runs this script and no other: a text that smuggles one in is not run, even if it got past the escaping."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
