"""Blocks of plain text and Markdown: headings, list items, table rows, paragraphs. Offsets are kept."""

from __future__ import annotations

import re
from dataclasses import dataclass

from checker.model.project import Block, BlockKind, Span

_MD_HEADING = re.compile(r"(#{1,6})\s+\S")
_TABLE_ROW = re.compile(r"\s*\|.*\|\s*$")
_ORDINAL = re.compile(r"\s*\d{1,2}\.\s+[a-zæøå]")
_ENDS_OPEN = re.compile(
    r"\b(?:og|eller|samt|for|med|om|af|til|i|på|fra|ved|under|den|det|de|en|et|at|som|der|er|the|of|and|or|to|in|with|an?|by|from|is|are)\s*$", re.I
)
_TABLE_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$")
_LIST_ITEM = re.compile(r"\s*(?:[-*•–·o+]|e(?= [A-ZÆØÅ])|\(?\d{1,2}[.)]|\(?[a-zæøå][.)])\s+\S")
_NUMBERED_HEADING = re.compile(r"\s*(?:§\s*)?(?:\d{1,2}|[IVX]{1,4})(?:\.\d{1,2})*[.)]?\s+[A-ZÆØÅ]")
_RULE = re.compile(r"\s*([-=_*])\1{2,}\s*$")
_ENDS_PROSE = re.compile(r"[.!?,;:…»\"”)]\s*$|[-–]\s*$")
_BOLD_LINE = re.compile(r"\s*(\*\*|__)[^*_]+\1:?\s*$")


@dataclass(frozen=True)
class _Line:
    start: int
    end: int
    text: str


def blocks_of(text: str) -> tuple[Block, ...]:
    """The blocks of plain text or Markdown, in order. Every character that is not white space or a rule is in one block."""
    found: list[Block] = []
    group: list[_Line] = []
    for line in [*_lines(text), None]:
        if line is None or not line.text.strip() or _RULE.match(line.text) or _TABLE_RULE.match(line.text):
            found += _group(group)
            group = []
        else:
            group.append(line)
    return tuple(found)


def _lines(text: str) -> list[_Line]:
    lines, at = [], 0
    for raw in text.splitlines(keepends=True):
        body = raw.rstrip("\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
        lines.append(_Line(at, at + len(body), body))
        at += len(raw)
    return lines


def _group(lines: list[_Line]) -> list[Block]:
    """Blocks of lines that stand together without an empty line between them."""
    found: list[Block] = []
    paragraph: list[_Line] = []
    kind: BlockKind = "paragraph"

    def close() -> None:
        if paragraph:
            found.append(_block(kind, paragraph[0], paragraph[-1]))
            paragraph.clear()

    for i, line in enumerate(lines):
        following = lines[i + 1] if i + 1 < len(lines) else None
        if match := _MD_HEADING.match(line.text):
            close()
            found.append(_block("heading", line, line, level=len(match.group(1))))
        elif _TABLE_ROW.match(line.text):
            close()
            found.append(_block("table_row", line, line))
        elif _is_heading(line, paragraph, following, alone=len(lines) == 1):
            close()
            found.append(_block("heading", line, line, level=2))
        elif _LIST_ITEM.match(line.text) and not _is_wrapped_date(line, paragraph):
            close()
            kind = "list_item"
            paragraph.append(line)
        else:
            kind = kind if paragraph else "paragraph"
            paragraph.append(line)
        if kind == "list_item" and paragraph and not _runs_on(line, following):
            close()
    close()
    return found


def _runs_on(line: _Line, following: _Line | None) -> bool:
    """True when a list item goes on in the next line: indented, or in the middle of a sentence."""
    if following is None or _LIST_ITEM.match(following.text):
        return False
    return following.text.startswith((" ", "\t")) or _continues(line, following)


def _is_wrapped_date(line: _Line, paragraph: list[_Line]) -> bool:
    """True for "14. maj ..." at the start of a line in the middle of a sentence."""
    return bool(paragraph) and not _ENDS_PROSE.search(paragraph[-1].text) and bool(_ORDINAL.match(line.text))


def _continues(line: _Line, following: _Line) -> bool:
    """True when a hard-wrapped line runs on into the next one."""
    return not _ENDS_PROSE.search(line.text) and following.text.lstrip()[:1].islower()


def _is_heading(line: _Line, paragraph: list[_Line], following: _Line | None, alone: bool) -> bool:
    text = line.text.strip()
    if _BOLD_LINE.match(text):
        return True
    if len(text) > 90 or len(text.split()) > 13 or _ENDS_PROSE.search(text) or _ENDS_OPEN.search(text) or not text[:1].isalnum():
        return False
    in_the_middle = bool(paragraph) and not _ENDS_PROSE.search(paragraph[-1].text)  # of a hard-wrapped paragraph
    if in_the_middle or following is None:
        return not in_the_middle and alone and not text[:1].islower() and len(text.split()) <= 12
    if _LIST_ITEM.match(text) and not (_NUMBERED_HEADING.match(text) and not _LIST_ITEM.match(following.text)):
        return False
    starts = following.text.lstrip()[:1]
    if not (starts.isupper() or starts.isdigit() or _LIST_ITEM.match(following.text) or starts in "»\"'(|*"):
        return False
    return len(text) < 60 or len(following.text) > 1.4 * len(text)


def _block(kind: BlockKind, first: _Line, last: _Line, level: int = 0) -> Block:
    start = first.start + len(first.text) - len(first.text.lstrip())
    end = last.start + len(last.text.rstrip())
    return Block(kind=kind, span=Span(start=start, end=end), level=level)
