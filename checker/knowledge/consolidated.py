"""An unofficial consolidation in Markdown: one file a provision (`art_6.md`, `anx_III.md`), a selection of an amended act.

The lines are read here and not by a Markdown library: to one, "1." and "1a." are two different things and the numbers themselves are
lost, while here they are what is cited. Which passages follow from the lines is decided in outline.py, as for every EU act, so the ids
are those of the official text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from checker.errors import CorpusError
from checker.knowledge.outline import act_text
from checker.knowledge.overlay import UNOFFICIAL
from checker.knowledge.points import MARK, Item, Line, Node
from checker.knowledge.words import squeeze
from checker.model.legal import ActText, Language

_PIECE = re.compile(r"(?P<kind>art|anx)_(?P<number>\d+[a-z]*|[IVXLC]+[a-z]*)\.md")
_HEADING = re.compile(r"#{1,6}\s+(.+?)(?:\s+#+)?\s*$")
_LABEL = {"art": re.compile(r"(?:Article|Artikel)\s+(\d+)\s?([a-z]*)$", re.I), "anx": re.compile(r"(?:ANNEX|BILAG)\s+([IVXLC]+)\s?([a-z]*)$", re.I)}
_POINT = re.compile(rf"-\s+(?:({MARK.pattern})\s+)?(\S.*)$")
_PARAGRAPH = re.compile(r"(\d+[a-z]{0,2})\.\s")
_EMPHASIS = re.compile(r"(?<![\w*\\])(\*{1,3})(?=\S)(.+?)(?<=\S)\1(?![\w*])")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!>-])")


def read_consolidated(files: Mapping[str, bytes], act: str, language: Language, version: str, source: str = "") -> ActText:
    """The provisions that the files hold, as passages; `notes` says that the text is unofficial.

    Raises:
        CorpusError: a file that is no provision, is not what its name says, or is empty; another language; the same article twice.
    """
    names = sorted((n for n in files if _PIECE.fullmatch(PurePosixPath(n).name)), key=_order)
    if not names:
        raise CorpusError(source or act, None, "no provision in it; expected files such as art_6.md and anx_III.md.")
    stream = [node for name in names for node in _stream(name, files[name])]
    text = act_text(stream, act, language, version, source or act)
    return text.model_copy(update={"notes": (UNOFFICIAL,)})


def _order(name: str) -> tuple[str, int, str]:
    found = re.fullmatch(r"(art|anx)_(\d*)(\w*)\.md", PurePosixPath(name).name)
    assert found is not None  # only pieces are sorted
    return ("0" if found[1] == "art" else "1", int(found[2] or 0), found[3])


def _stream(name: str, data: bytes) -> Iterator[Node]:
    piece = _PIECE.fullmatch(PurePosixPath(name).name)
    assert piece is not None
    anchor, kind = f"{piece['kind']}_{piece['number']}", piece["kind"]
    try:
        lines = [(number, raw) for number, raw in enumerate(data.decode("utf-8-sig").splitlines(), 1) if raw.strip()]
    except UnicodeDecodeError as error:
        raise CorpusError(name, None, f"expected UTF-8 text ({error.reason} at byte {error.start}).") from None
    if len(lines) < 2:  # a heading and some words
        raise CorpusError(name, None, "there is no text in it; expected a heading and the words of the provision.")
    number, first = lines[0]
    heading = _HEADING.match(first)
    label = _LABEL[kind].match(_words(heading[1])) if heading else None
    if heading is None or label is None or label[1] + label[2] != piece["number"]:
        what = "Article" if kind == "art" else "ANNEX"
        raise CorpusError(name, number, f"begins {first.strip()[:60]!r}; expected the heading of what its name says: {what} {piece['number']}.")
    yield Line(_words(heading[1]), "article" if kind == "art" else "annex", anchor)
    rest = lines[1:]
    title = _HEADING.match(rest[0][1]) if kind == "art" else re.match(r"(?!\s*-\s)(.*)$", rest[0][1])
    if title is not None:
        yield Line(_words(title[1]), "article-title" if kind == "art" else "annex-title", anchor)
        rest = rest[1:]
    yield from _body(name, rest, anchor, numbered=kind == "art")


@dataclass
class _Open:
    """A point while it is read: everything further to the right stands in it."""

    indent: int
    marker: str
    para: str
    inside: list[Line | _Open] = field(default_factory=list)

    def closed(self, anchor: str) -> Item:
        return Item(self.marker, tuple(n if isinstance(n, Line) else n.closed(anchor) for n in self.inside), anchor, self.para)


def _body(name: str, lines: Sequence[tuple[int, str]], anchor: str, numbered: bool) -> Iterator[Node]:
    """Lines and points of one provision. `numbered`: a number at the margin opens a paragraph (in an annex it is a point)."""
    para = ""
    stack: list[_Open] = []
    for number, raw in lines:
        indent = len(raw) - len(raw.lstrip())
        if _HEADING.match(raw):
            raise CorpusError(name, number, f"a further heading ({raw.strip()[:60]!r}); expected one provision a file.")
        closed = [o for o in stack if indent <= o.indent]
        stack = [o for o in stack if indent > o.indent]
        if closed and not stack:
            yield closed[0].closed(anchor)
        if point := _POINT.match(raw.strip()):
            here = _Open(indent, point[1] or "-", para, [Line(_words(point[2]), "", anchor, para)])
            if stack:
                stack[-1].inside.append(here)
            stack.append(here)
            continue
        words = _words(raw)
        if stack:
            stack[-1].inside.append(Line(words, "", anchor, para))
            continue
        if numbered and (found := _PARAGRAPH.match(words)):
            para = found[1]
        yield Line(words, "", anchor, para)
    if stack:
        yield stack[0].closed(anchor)


def _words(raw: str) -> str:
    """Without marks of emphasis and escapes: the words as printed."""
    return squeeze(_ESCAPED.sub(r"\1", _EMPHASIS.sub(r"\2", raw)))
