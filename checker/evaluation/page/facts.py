"""What a page is made from. Plain data, so that anything that has results can draw them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from checker.evaluation.records import Result

Language = Literal["da", "en"]


@dataclass(frozen=True)
class HistoryEntry:
    """The figures of one committed run. `figures`: split → metric id → value."""

    date: date
    version: str
    note: str
    figures: Mapping[str, Mapping[str, float | None]]


@dataclass(frozen=True)
class PageFacts:
    """All that one page shows.

    Args:
        title: stands on top.
        notes: remarks of the run, in the language of the page.
        results: of all systems; `checker` is the one measured, the others are baselines.
        texts: case id → text. A case without one is shown without.
        titles: requirement → title in the language of the page, in the order of the columns.
        history: committed runs, oldest first.
        run_info: (name, value) of what the figures rest on.
    """

    title: str
    notes: tuple[str, ...]
    results: Sequence[Result]
    texts: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    history: Sequence[HistoryEntry] = ()
    run_info: tuple[tuple[str, str], ...] = ()
