"""Results → one self-contained HTML page, in Danish or English: no network, no JavaScript needed, printable."""

from __future__ import annotations

from checker.evaluation.page.facts import HistoryEntry, Language, PageFacts

__all__ = ["HistoryEntry", "PageFacts", "render_page"]


def render_page(facts: PageFacts, language: Language) -> str:
    """The page as one string.

    Raises:
        ValueError: there are no results to show.
    """
    if not facts.results:
        raise ValueError("no results to show")
    from checker.evaluation.page.markup import html
    from checker.evaluation.page.view import page_view
    from checker.evaluation.page.words import Words

    words = Words(language)
    return html(page_view(facts, words), words)
