"""The report as PDF/A-2a: the HTML report on paper. An archive can keep it, a screen reader can read it, nothing in it is fetched or run."""

from __future__ import annotations

import logging
import re
import unicodedata
from datetime import datetime
from typing import Any

from checker.adapters.written.clean import shortened
from checker.errors import CheckerError
from checker.report.markup import html
from checker.report.view import ReportView
from checker.report.words import Words

VARIANT = "pdf/a-2a"
"""Tagged, with Unicode for every letter and its fonts inside. Part 2 allows no attached files, which archives refuse."""

_BETWEEN_TAGS = re.compile(r"(?<=>)[^<>]+(?=<)")
_LONG = re.compile(r"(?:&#?\w{1,8};|[^\s&]){60}(?=\S)")

# `!important`, since a page's own style sheet counts for more than one laid over it. Without grids, which take WeasyPrint minutes for a
# report of this length, and without shades that a printer would rasterise.
STYLE = """
@page { size: A4; margin: 18mm 17mm 20mm; }
@page { @bottom-right { content: counter(page) " / " counter(pages); font: 8pt "Liberation Sans", "DejaVu Sans", sans-serif; } }
body { font: 9.5pt/1.4 "Liberation Sans", "DejaVu Sans", sans-serif !important; }
code { font-family: "Liberation Mono", "DejaVu Sans Mono", monospace !important; }
header, main, footer { padding: 0 !important; }
.skip, .onscreen { display: none !important; }
.beside, .beside > div, dl.rows { display: block !important; }
dl.rows { margin-top: 1.5mm !important; }
dt, dd { display: inline !important; }
dt::after { content: ": "; }
dd::after { content: "\\A"; white-space: pre; }
h1 { margin-top: 0 !important; bookmark-level: 1; }
h2 { margin-top: 8mm !important; }
aside h2 { margin-top: 0 !important; }
.finding .law a[href^="http"]::after { content: none !important; }
h1, h2, h3, h4, h5, summary { break-after: avoid; }
details.basis { padding: 1.5mm 3mm !important; }
.finding, tr, blockquote { break-inside: auto !important; }
summary { bookmark-level: 5; list-style: none; }
table { font-size: 8.5pt !important; }
thead { display: table-header-group; }
td blockquote, tbody th { min-width: 0 !important; }
a { text-decoration: none; }
"""


def weasyprint() -> Any:
    """WeasyPrint itself. Called before a long reading, so that what is missing is told at once.

    Raises:
        CheckerError: Pango, which it draws letters with, is not installed.
    """
    try:
        import weasyprint as library
    except OSError as error:
        raise CheckerError(
            f"PDF kan ikke skrives: biblioteket Pango mangler på maskinen / Pango is missing, so no PDF can be written ({_first_line(error)}).",
            "Debian/Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core. Eller vælg / or choose --format docx.",
        ) from None
    return library


def _first_line(error: OSError) -> str:
    return str(error).strip().split("\n", 1)[0]


def to_pdf(view: ReportView, words: Words, made_at: datetime) -> bytes:
    """The page of the HTML report, in its language; `made_at` stands as the time it was made.

    Raises:
        CheckerError: see `weasyprint`.
    """
    library = weasyprint()
    # It warns of each rule for screens that it passes over; nothing of that concerns a user.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    page, title = breakable(html(view, words)), words("page_title", title=view.title)
    written, strange = _drawn(library, page, title, made_at)
    return _drawn(library, page.translate({letter: spelled(letter) for letter in strange}), title, made_at)[0] if strange else written


def breakable(page: str) -> str:
    """The page with a place to break in every word longer than a line: without one, WeasyPrint measures such a word anew for each line."""
    return _BETWEEN_TAGS.sub(lambda text: _LONG.sub("\\g<0>\u200b", text.group()), page)


def _drawn(library: Any, page: str, title: str, made_at: datetime) -> tuple[bytes, set[int]]:
    """The PDF, and the letters that no font on this machine has: drawn as empty boxes, which PDF/A forbids."""
    closed = library.URLFetcher(allowed_protocols=())  # The report is whole: nothing is fetched, wherever it lies.
    document = library.HTML(string=page, url_fetcher=closed).render(pdf_variant=VARIANT, stylesheets=[library.CSS(string=STYLE, url_fetcher=closed)])
    document.metadata.title = shortened(title, 255)
    document.metadata.authors = ["checker"]
    document.metadata.generator = "checker"
    document.metadata.created = document.metadata.modified = made_at.isoformat(timespec="seconds")
    written: bytes = document.write_pdf(pdf_variant=VARIANT, finisher=_named_by_its_title)
    return written, {letter for font in document.fonts.values() for letter in font.missing}


def spelled(letter: int) -> str:
    """A letter without a shape, by its number; signs that never have one are left out."""
    return "" if unicodedata.category(chr(letter)) in ("Cf", "Mn") else f"[U+{letter:04X}]"


def _named_by_its_title(_document: Any, pdf: Any) -> None:
    """A reader shows, and a screen reader says, the title instead of the file's name."""
    pdf.catalog["ViewerPreferences"] = "<</DisplayDocTitle true>>"
