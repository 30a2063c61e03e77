"""From the lines of PDF pages to blocks: page furniture dropped, paragraphs, lists and headings told apart. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from checker.adapters.documents.draft import MARGINS, Draft, could_be_heading
from checker.model.project import BlockKind

_MARGIN = 0.12  # share of the page's height where headers and footers stand
_PAGE_NUMBER = re.compile(r"[-–\s]*(?:(?:side|page|s\.|p\.)\s*)?\d{1,3}(?:\s*(?:af|of|/|ud af)\s*\d{1,3})?[-–\s]*$", re.IGNORECASE)
_BULLET = re.compile(r"[-*•–·▪◦‣]\s+\S")
_COUNTED = re.compile(r"(?:\(?\d{1,2}[.)]|\(?[a-zæøå][.)])\s+\S")
_SENTENCE_END = re.compile(r"[.!?:;][\"»”)]?$")
_LARGER = 1.15
_NEW_PARAGRAPH = 1.25
_SINGLE_SPACED = 1.25  # letter sizes
_DOUBLE_SPACED = 2.6
_TYPED_ROW = re.compile(r"\|.*\|$")


@dataclass(frozen=True)
class Line:
    """A line of a page, or a row of a table when it has cells."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    bold: bool
    page: int
    cells: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Page:
    """What one page holds. `unseen`: letters left out as hidden; `picture`: a picture fills it; `drawn`: it holds pictures or drawings at all."""

    number: int
    height: float
    lines: list[Line]
    letters: int = 0
    unmapped: int = 0
    hidden: bool = False
    unseen: str = ""
    picture: bool = False
    drawn: bool = False


def compose(pages: list[Page], draft: Draft) -> None:
    """Writes the pages' blocks into the draft.

    Raises:
        InputTooLarge: more text than the draft takes.
    """
    body = _body_size(pages)
    lines = list(_without_furniture(pages, body))
    kept = {id(line) for line in lines}
    for dropped in {line.text for page in pages for line in page.lines if id(line) not in kept}:
        draft.unread(MARGINS, dropped)
    if not lines:  # a document of nothing but its own header: better that than nothing
        lines = [line for page in pages for line in page.lines]
    _Composer(lines, body).write(draft)


def _body_size(pages: Iterable[Page]) -> float:
    weights: Counter[float] = Counter()
    for line in (line for page in pages for line in page.lines if line.size):
        weights[line.size] += len(line.text)
    return weights.most_common(1)[0][0] if weights else 0.0


def _without_furniture(pages: list[Page], body: float) -> Iterable[Line]:
    """Lines without page numbers and what comes back in the margins of at least two pages and two pages in five."""
    seen = Counter(key for page in pages for key in {_key(line) for line in page.lines if _in_margin(line, page)})
    enough = max(2.0, 0.4 * len(pages))
    titles: set[str] = set()
    for page in pages:
        for line in page.lines:
            if line.text and _in_margin(line, page):
                if _PAGE_NUMBER.match(line.text):
                    continue
                if seen[_key(line)] >= enough:
                    # A title that the next pages repeat in small print is still the title.
                    if line.size < _LARGER * body or _key(line) in titles or _in_margin(line, page, 0.05):
                        continue
                    titles.add(_key(line))
            if line.text:
                yield line


def _key(line: Line) -> str:
    return re.sub(r"\d+", "#", " ".join(line.text.split())).lower()


def _in_margin(line: Line, page: Page, share: float = _MARGIN) -> bool:
    return line.bottom <= share * page.height or line.top >= (1 - share) * page.height


class _Composer:
    def __init__(self, lines: list[Line], body: float) -> None:
        self._lines = lines
        self._body = body
        self._pitch = _pitch(lines)
        self._right = max((line.x1 for line in lines if line.cells is None), default=0.0)
        self._left = min((line.x0 for line in lines if line.cells is None), default=0.0)
        bold = sum(len(line.text) for line in lines if line.bold)
        self._bold_means = bold < 0.4 * sum(len(line.text) for line in lines)
        self._sizes = sorted({line.size for line in lines if self._is_larger(line)}, reverse=True)

    def write(self, draft: Draft) -> None:
        group: list[Line] = []
        for line in self._lines:
            if group and self._starts_new(group, line):
                self._close(group, draft)
                group = []
            group.append(line)
        if group:
            self._close(group, draft)

    def _close(self, group: list[Line], draft: Draft) -> None:
        first = group[0]
        if first.cells is not None:
            draft.row(list(first.cells), page=first.page)
            return
        level = self._heading_level(first)
        kind: BlockKind = "heading" if level else "list_item" if self._is_item(first) else "paragraph"
        kind = "table_row" if _TYPED_ROW.match(first.text) else kind
        draft.add(kind, "\n".join(line.text for line in group), level=level, page=first.page)

    def _starts_new(self, group: list[Line], line: Line) -> bool:
        before = group[-1]
        if line.cells is not None or before.cells is not None or _TYPED_ROW.match(line.text) or _TYPED_ROW.match(before.text):
            return True
        if self._heading_level(line) != self._heading_level(before):
            return True
        ended = bool(_SENTENCE_END.search(before.text))
        if _BULLET.match(line.text) or (_COUNTED.match(line.text) and (ended or self._is_item(group[0]))):
            return True
        if line.page != before.page:
            return ended or not line.text[:1].islower()  # a sentence that runs on over the page break stays whole
        if self._is_apart(before, line):
            return True
        short = before.x1 < self._right - 0.25 * (self._right - self._left)
        return ended and short and not line.text[:1].islower()

    def _is_apart(self, before: Line, line: Line) -> bool:
        return line.top - before.top > _NEW_PARAGRAPH * self._pitch * max(before.size, line.size, 1.0)

    def _is_larger(self, line: Line) -> bool:
        return line.cells is None and bool(self._body) and line.size >= _LARGER * self._body and len(line.text) <= 120

    def _heading_level(self, line: Line) -> int:
        if self._is_larger(line):
            return min(self._sizes.index(line.size) + 1, 6)
        bold = line.bold and self._bold_means and line.cells is None and could_be_heading(line.text) and not _BULLET.match(line.text)
        return min(len(self._sizes) + 1, 6) if bold else 0

    def _is_item(self, line: Line) -> bool:
        return bool(_BULLET.match(line.text) or _COUNTED.match(line.text))


def _pitch(lines: list[Line]) -> float:
    """The usual distance from line to line, in letter sizes: measured where a sentence certainly runs on."""
    runs_on = [
        (b.top - a.top) / a.size
        for a, b in pairwise(lines)
        if a.page == b.page and a.size == b.size and a.size and b.top > a.top and b.text[:1].islower() and not _SENTENCE_END.search(a.text)
    ]
    near = [step for step in runs_on if step < _DOUBLE_SPACED]
    return median(near) if near else _SINGLE_SPACED
