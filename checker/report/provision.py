"""Provision ids as a lawyer writes them: `gdpr:art_35.par_3.pnt_b` → "GDPR art. 35, stk. 3, litra b" / "GDPR Art. 35(3)(b)"."""

from __future__ import annotations

import re

from checker.report.names import Names

# What opens an id, and what may follow it; `par` opens a Danish act's § and follows an EU article's number.
_FIRST = {
    "art": ("art. {}", "Art. {}"),
    "par": ("§ {}", "§ {}"),
    "rct": ("betragtning {}", "recital {}"),
    "anx": ("bilag {}", "Annex {}"),
    "cpt": ("kapitel {}", "chapter {}"),
    "kap": ("kap. {}", "chapter {}"),
}
_NEXT = {
    "par": (", stk. {}", "({})"),
    "stk": (", stk. {}", "({})"),
    "nr": (", nr. {}", ", no. {}"),
    "sub": (", {}. afsnit", ", subparagraph {}"),
    "sen": (", {}. pkt.", ", sentence {}"),
    "pkt": (", {}. pkt.", ", sentence {}"),
    "lit": (", litra {}", "({})"),
}


def provision_name(provision: str, names: Names, language: str) -> str:
    """Short name of the act and the place in it. An address of a form we don't know stands as it is."""
    act, _, anchor = provision.partition(":")
    place = _place(anchor, 1 if language == "en" else 0)
    return f"{names.act(act, language)} {place}".strip()


def _place(anchor: str, column: int) -> str:
    parts = anchor.split(".")
    written = ""
    for position, part in enumerate(parts):
        kind, _, number = part.partition("_")
        if position == 0:
            form = _FIRST.get(kind)
        elif kind == "pnt":
            form = (", litra {}", "({})") if number.isalpha() else (", pkt. {}", ", point {}")
        elif not number:
            form, number = ((", litra {}", "({})") if kind.isalpha() else (", nr. {}", "({})")), kind
        else:
            form = _NEXT.get(kind)
        if form is None:
            return anchor.replace("_", " ")
        written += form[column].format(_spaced(number))
    return written


def _spaced(number: str) -> str:
    """`15b` → `15 b`, as Danish acts number inserted sections."""
    return re.sub(r"^(\d+)_?([a-z])$", r"\1 \2", number)
