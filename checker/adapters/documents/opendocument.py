"""OpenDocument text (.odt, LibreOffice): the body in order, read from content.xml itself with the guarded XML parser.

odfpy is not used for reading: it stops at attributes it does not know, and its parser is not ours to guard.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from checker.adapters.documents import refuse
from checker.adapters.documents.draft import (
    COMMENTS,
    COMMENTS_LEFT_OUT,
    CONTENTS_LEFT_OUT,
    DELETED_LEFT_OUT,
    HIDDEN,
    HIDDEN_LEFT_OUT,
    MARGINS,
    PICTURES,
    Draft,
    could_be_heading,
)
from checker.adapters.documents.limits import open_archive, parse_xml, parts
from checker.adapters.documents.unread import look_through, text_of
from checker.model.project import Document

KIND = "OpenDocument (.odt)"
_HEADING_STYLE = re.compile(r"(?:heading|overskrift|titel|title|subtitle|undertitel)(?:[ _]|_20_)*(\d)?$", re.IGNORECASE)
_INDEXES = frozenset(
    ["table-of-content", "alphabetical-index", "illustration-index", "table-index", "object-index", "user-index", "bibliography"]
)
_MAX_SPACES = 100
_SIZE = re.compile(r"(\d{1,4}(?:\.\d{1,4})?)(pt|px|in|cm|mm)$")
_POINTS = {"pt": 1.0, "px": 0.75, "in": 72.0, "cm": 28.35, "mm": 2.835}
_TINY = 3  # points


def read(data: bytes, source: str) -> Document:
    """The document's body, with notes and text boxes after the block they belong to.

    Raises:
        EmptyInput: no text.
        DamagedInput: broken, encrypted, or another kind of archive.
        InputTooLarge: unpacks too large, or more than five million characters.
    """
    archive = open_archive(data, source, KIND)
    found = parts(archive, ["content.xml", "styles.xml", "META-INF/manifest.xml"], source, KIND)
    if b"encryption-data" in found.get("META-INF/manifest.xml", b""):
        raise refuse.locked(source)
    if "content.xml" not in found:
        raise refuse.damaged(source, KIND)
    content = parse_xml(found["content.xml"], source, KIND)
    text = next((e for e in content.iter() if _tag(e) == "text" and _tag(e.getparent()) == "body"), None)
    if text is None:
        raise refuse.damaged(source, KIND)
    common = parse_xml(found["styles.xml"], source, KIND) if "styles.xml" in found else None
    draft = Draft(source, "odt")
    try:
        _Walk(draft, _Styles(common, content)).body(text)
    except RecursionError as fault:
        raise refuse.damaged(source, KIND) from fault
    look_through(archive, draft, source, KIND)
    for element in common.iter() if common is not None else ():
        if _tag(element) in ("header", "footer", "header-left", "footer-left", "header-first", "footer-first"):
            draft.unread(MARGINS, text_of(element))
    return draft.document()


def _tag(element: Any) -> str:
    return element.tag.rpartition("}")[2] if element is not None and isinstance(element.tag, str) else ""


def _attr(element: Any, name: str) -> str | None:
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return None


def _number(value: str | None, otherwise: int) -> int:
    return int(value) if value is not None and value.isdecimal() else otherwise


class _Styles:
    """Properties of styles, looked up through what they inherit."""

    def __init__(self, *roots: Any) -> None:
        self._elements: dict[tuple[str, str], Any] = {}
        for root in (r for r in roots if r is not None):
            for style in root.iter():
                if _tag(style) == "style":
                    self._elements[_attr(style, "family") or "", _attr(style, "name") or ""] = style

    def names(self, family: str, name: str | None) -> list[str]:
        """The style's names and those it builds on."""
        return [n for s in self._chain(family, name) for n in (_attr(s, "display-name"), _attr(s, "name")) if n] or ([name] if name else [])

    def get(self, family: str, name: str | None, prop: str) -> str | None:
        for style in self._chain(family, name):
            for properties in style:
                if (value := _attr(properties, prop)) is not None:
                    return value
        return None

    def _chain(self, family: str, name: str | None) -> list[Any]:
        chain: list[Any] = []
        while name and (style := self._elements.get((family, name))) is not None and style not in chain:
            chain.append(style)
            name = _attr(style, "parent-style-name")
        return chain


@dataclass
class _Line:
    pieces: list[str] = field(default_factory=list)
    letters: int = 0
    bold: int = 0
    hanging: list[Any] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.pieces).strip()


@dataclass(frozen=True)
class _Look:
    """How text stands: inherited from paragraph to span."""

    hidden: bool = False
    bold: bool = False


class _Walk:
    def __init__(self, draft: Draft, styles: _Styles) -> None:
        self._draft = draft
        self._styles = styles
        self._coloured = 0

    def body(self, parent: Any, depth: int = 0) -> None:
        for element in parent:
            tag = _tag(element)
            if tag == "h":
                self._heading(element)
            elif tag == "p":
                self._paragraph(element, depth)
            elif tag == "list":
                self.body(element, depth + 1)
            elif tag in ("list-item", "list-header"):
                self._item(element, depth)
            elif tag == "table":
                self._table(element)
            elif tag == "section" and _attr(element, "display") == "none":
                self._hide(text_of(element))
            elif tag in ("section", "numbered-paragraph", "text-box", "note-body"):
                self.body(element, depth)
            elif tag == "frame":
                self._frame(element)
            elif tag in _INDEXES:
                self._draft.note(CONTENTS_LEFT_OUT)
            elif tag == "tracked-changes" and any(_tag(e) == "deletion" for e in element.iter()):
                self._draft.note(DELETED_LEFT_OUT)

    def _item(self, item: Any, depth: int) -> None:
        """The first paragraph of an item is the item; what follows in it stands beneath."""
        first = True
        for element in item:
            if _tag(element) == "p" and not first:
                self._paragraph(element, 0)
            else:
                self.body([element], depth)
            first = first and _tag(element) != "p"

    def _heading(self, element: Any) -> None:
        line = self._line(element)
        self._draft.add("heading", line.text, level=max(1, _number(_attr(element, "outline-level"), 1)))
        self._hang(line)

    def _paragraph(self, element: Any, depth: int) -> None:
        line = self._line(element)
        styled = self._styled_heading(element)
        if styled:
            self._draft.add("heading", line.text, level=styled)
        elif depth:
            self._draft.add("list_item", line.text, level=depth)
        elif line.letters and line.bold >= line.letters and could_be_heading(line.text):
            self._draft.add("heading", line.text, level=2)
        else:
            self._draft.add("paragraph", line.text)
        self._hang(line)

    def _styled_heading(self, element: Any) -> int:
        named = next((m for n in self._styles.names("paragraph", _attr(element, "style-name")) if (m := _HEADING_STYLE.match(n))), None)
        return 0 if named is None else int(named.group(1) or 1) or 1

    def _hang(self, line: _Line) -> None:
        for element in line.hanging:
            self.body(element)

    def _frame(self, frame: Any) -> None:
        self._coloured += 1  # the ground of a text box is drawn by its shape
        for box in frame:
            if _tag(box) in ("title", "desc"):
                self._draft.unread(PICTURES, text_of(box))
            if _tag(box) == "text-box":
                self.body(box)
        self._coloured -= 1

    def _line(self, paragraph: Any) -> _Line:
        line = _Line()
        self._inline(paragraph, line, self._look(paragraph, "paragraph", _Look()))
        return line

    def _look(self, element: Any, family: str, around: _Look) -> _Look:
        def said(prop: str) -> str | None:
            return self._styles.get(family, _attr(element, "style-name"), prop)

        colour, ground, weight = (said("color") or "").lower(), said("background-color"), said("font-weight")
        white = colour in ("#ffffff", "#fefefe") and ground in (None, "transparent", "#ffffff") and not self._coloured
        bold = around.bold if weight is None else weight in ("bold", "600", "700", "800", "900")
        size = _SIZE.match(said("font-size") or "")
        tiny = size is not None and float(size.group(1)) * _POINTS[size.group(2)] <= _TINY
        return _Look(hidden=around.hidden or said("display") == "none" or white or tiny, bold=bold)

    def _inline(self, parent: Any, line: _Line, look: _Look) -> None:
        self._say(parent.text, line, look)
        for element in parent:
            tag = _tag(element)
            if tag == "s":
                self._say(" " * min(_number(_attr(element, "c"), 1), _MAX_SPACES), line, look)
            elif tag == "tab":
                self._say("\t", line, look)
            elif tag == "line-break":
                line.pieces.append("\n")
            elif tag in ("hidden-text", "hidden-paragraph"):
                self._hide(_attr(element, "string-value") or "".join(element.itertext()))
            elif tag in ("frame", "text-box"):
                line.hanging.append([element])
            elif tag == "note":
                line.hanging += [e for e in element if _tag(e) == "note-body"]
            elif tag == "annotation":
                self._draft.note(COMMENTS_LEFT_OUT)
                self._draft.unread(COMMENTS, text_of(element))
            elif tag not in ("annotation-end", "script", "ruby-text", "change", "note-citation"):
                self._inline(element, line, self._look(element, "text", look) if tag == "span" else look)
            self._say(element.tail, line, look)

    def _say(self, text: str | None, line: _Line, look: _Look) -> None:
        if not text:
            return
        if look.hidden:
            if text.strip():
                self._hide(text)
            return
        text = re.sub(r"[\r\n]+[ \t]*", " ", text) if "\n" in text else text  # line ends in the XML are not in the document
        letters = sum(1 for c in text if not c.isspace())
        line.pieces.append(text)
        line.letters += letters
        line.bold += letters if look.bold else 0

    def _hide(self, text: str) -> None:
        self._draft.note(HIDDEN_LEFT_OUT)
        self._draft.unread(HIDDEN, text)

    def _table(self, table: Any) -> None:
        self._coloured += 1  # cells are often coloured, by more ways than we follow: white text shows there
        for row in _rows(table):
            cells = [c for c in row if _tag(c) == "table-cell"]
            if len(cells) == 1 and len(cells[0]) > 1:  # a frame round ordinary text
                self.body(cells[0])
                continue
            hanging: list[_Line] = []
            self._draft.row([self._cell(c, hanging) for c in cells])
            for line in hanging:
                self._hang(line)
            for inner in (e for c in cells for e in c if _tag(e) == "table"):
                self._table(inner)
        self._coloured -= 1

    def _cell(self, cell: Any, hanging: list[_Line]) -> str:
        said: list[str] = []
        for element, item in _paragraphs(cell):
            line = self._line(element)
            hanging.append(line)
            if line.text:
                said.append(f"- {line.text}" if item else line.text)
        return " ".join(said)


def _rows(table: Any) -> list[Any]:
    rows: list[Any] = []
    for element in table:
        if _tag(element) == "table-row":
            rows.append(element)
        elif _tag(element) in ("table-header-rows", "table-rows", "table-row-group"):
            rows += _rows(element)
    return rows


def _paragraphs(parent: Any, item: bool = False) -> list[tuple[Any, bool]]:
    found: list[tuple[Any, bool]] = []
    for element in parent:
        tag = _tag(element)
        if tag in ("p", "h"):
            found.append((element, item))
        elif tag in ("list", "list-item", "section"):
            found += _paragraphs(element, item or tag == "list")
    return found
