"""What the other parts of the view are made of: named values and quotes."""

from __future__ import annotations

from dataclasses import dataclass

from checker.model.project import Quote
from checker.model.report import Report
from checker.report.words import Words, printable


@dataclass(frozen=True)
class Row:
    name: str
    value: str


@dataclass(frozen=True)
class QuoteView:
    text: str
    language: str
    where: str
    orphaned: bool


def chars(start: int, end: int, words: Words) -> str:
    return words("chars", start=start, end=end) if start >= 0 else ""


def quote_view(quote: Quote, report: Report, words: Words) -> QuoteView:
    return QuoteView(printable(quote.text), report.project.language, chars(quote.start, quote.end, words), quote.orphaned)


def quote_views(quotes: tuple[Quote, ...], report: Report, words: Words) -> tuple[QuoteView, ...]:
    return tuple(quote_view(q, report, words) for q in quotes)
