"""Which passages stand in a prompt: all of them, or, where they would not fit, those nearest to each question. Never a silent cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from checker.model.catalogue import Catalogue
from checker.model.project import Project, Span
from checker.ports import Embedder, Vectors
from checker.reader.llm.questions import Closed
from checker.reader.llm.rendering import Page, page_of

CHARACTERS_A_TOKEN = 3.0
"""Before the first reply has told; Danish takes more tokens than English."""
FOR_ANSWER = 2000
"""Tokens of the context that are kept for the answer, and a quarter of it at most: adapters ask for as many (adapters/chat/manners.py)."""
RETRIEVED = 6000
"""Characters of a page of retrieved passages, about two sheets, also where the context would take more: each such page is read anew."""

Sheet = tuple[Page, tuple[Closed, ...]]
"""A page with the questions that are put to it."""


@dataclass(frozen=True)
class Pages:
    """Pages of one project.

    Args:
        project: passages that address the checker never stand on a page.
        catalogue: the words of each question, to look for.
        embedder: for the looking, only where the whole does not fit.
        quoted: item → places of the passages that the first reader rests on; they stand on the item's page before any other.
        mask: whether numbers of persons, mail addresses and phone numbers are masked.
    """

    project: Project
    catalogue: Catalogue
    embedder: Embedder
    quoted: Mapping[str, tuple[int, ...]]
    mask: bool = True

    def sheets(self, questions: Sequence[Closed], room: int | None) -> tuple[Sheet, ...]:
        """Every question once, together with all others of the same page; not those whose page has no room for what the first reader rests on.

        Args:
            questions: in the order in which they are asked.
            room: characters that a page may take; None where no limit is known.
        """
        if not questions or room is None or len(self.whole.text) <= room:
            return ((self.whole, tuple(questions)),) if questions else ()
        groups: dict[tuple[int, ...], tuple[Page, list[Closed]]] = {}
        for question, nearest in zip(questions, self._ranked(questions), strict=True):
            quoted = self.quoted.get(question.item, ())
            page = self._fitting([*quoted, *nearest], min(room, RETRIEVED))
            if set(quoted).intersection(self.whole.numbers).difference(page.numbers):
                continue
            groups.setdefault(page.numbers, (page, []))[1].append(question)
        return tuple((page, tuple(asked)) for page, asked in groups.values())

    @cached_property
    def whole(self) -> Page:
        return page_of(self.project, range(len(self.project.passages)), self.mask)

    def is_whole(self, page: Page) -> bool:
        return page.numbers == self.whole.numbers

    def spans(self, pages: Iterable[Page]) -> tuple[Span, ...]:
        """What of the text stood on at least one page, neighbours joined."""
        shown = sorted({i for page in pages for i in page.numbers})
        runs: list[list[int]] = []
        for i in shown:
            if runs and runs[-1][-1] == i - 1:
                runs[-1].append(i)
            else:
                runs.append([i])
        passages = self.project.passages
        return tuple(Span(start=passages[run[0]].start, end=passages[run[-1]].end) for run in runs)

    def _ranked(self, questions: Sequence[Closed]) -> Iterator[list[int]]:
        """Per question: the places of the passages, nearest first, each with its neighbours behind it."""
        passages = self.embedder.embed([p.clean for p in self.project.passages], "query")
        near: Vectors = np.asarray(self.embedder.embed([self._words(q) for q in questions], "query") @ passages.T)
        for row in near:
            yield [place for i in np.argsort(-row, kind="stable") for place in (int(i), int(i) - 1, int(i) + 1) if 0 <= place < len(row)]

    def _words(self, question: Closed) -> str:
        """What to look for, in Danish as the embedder was trained."""
        if question.kind == "fact":
            fact = self.catalogue.facts[question.item]
            return f"{fact.label.da}. {fact.question.da}"
        requirement = self.catalogue.requirements[question.item]
        return f"{requirement.title.da}. {requirement.gap_message.da}"

    def _fitting(self, wanted: Iterable[int], room: int) -> Page:
        """The first of the wanted passages that fit together, in the order of the text; one that is too long alone is passed over."""
        lines = self.whole.text.split("\n") if self.whole.numbers else []
        lengths = {place: len(line) for place, line in zip(self.whole.numbers, lines, strict=True)}
        chosen: dict[int, None] = {}
        left = room
        for place in wanted:
            if place in lengths and place not in chosen and lengths[place] + 1 <= left:
                chosen[place] = None
                left -= lengths[place] + 1
        return page_of(self.project, sorted(chosen), self.mask)


def room_for(context: int | None, characters_a_token: float = CHARACTERS_A_TOKEN) -> int | None:
    """Characters that a whole prompt may take, so that prompt and answer fit the context; None where that is not known."""
    return None if context is None else max(0, int((context - min(FOR_ANSWER, context // 4)) * characters_a_token))
