"""Word (.docx): paragraphs, lists and tables in the order of the body, read from the XML itself.

The XML is walked directly because a form is content controls, check boxes, text boxes and nested tables, which python-docx passes
over, and because Word's strict variant of the format is unknown to it. Elements are known by their local names for the same reason.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from checker.adapters.documents import refuse
from checker.adapters.documents.draft import (
    CONTENTS_LEFT_OUT,
    DELETED,
    DELETED_LEFT_OUT,
    HIDDEN,
    HIDDEN_LEFT_OUT,
    PICTURES,
    Draft,
    could_be_heading,
)
from checker.adapters.documents.limits import open_archive, parse_xml, parts
from checker.adapters.documents.unread import look_through
from checker.model.project import Document

KIND = "Word (.docx)"
_TINY = 6  # half points: nobody reads three points
_HEADING = re.compile(r"(?:heading|overskrift|titel|title|undertitel|subtitle)\s*(\d)?(?!\w)", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|indholdsfortegnelse)\s*\d|(?:toc|indholdsfortegnelse) ?(?:heading|overskrift)", re.IGNORECASE)
_LIST = re.compile(r"(?:list (?:bullet|number|paragraph)|opstilling|punktopstilling)", re.IGNORECASE)
_THROUGH = frozenset(["sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag", "hyperlink", "fldSimple", "dir", "bdo", "r", "oMath", "oMathPara"])
_DELETED = frozenset(("del", "moveFrom"))
_OFF = frozenset(("0", "false", "off"))
_SYMBOLS = {"A8": "☐", "6F": "☐", "71": "☐", "FE": "☒", "FD": "☒", "78": "☒", "53": "☒", "54": "☒", "FC": "✓", "50": "✓", "52": "☑"}


def read(data: bytes, source: str) -> Document:
    """The document's body with footnotes and text boxes after the block they belong to; no page headers, no comments.

    Raises:
        EmptyInput: no text.
        DamagedInput: broken, encrypted, or another kind of archive.
        InputTooLarge: unpacks too large, or more than five million characters.
    """
    archive = open_archive(data, source, KIND)
    main = _main_part(parts(archive, ["_rels/.rels"], source, KIND).get("_rels/.rels"), source)
    folder = posixpath.dirname(main)
    beside = [posixpath.join(folder, n) for n in ("styles.xml", "footnotes.xml", "endnotes.xml")]
    found = parts(archive, [main, *beside], source, KIND)
    if main not in found:
        raise refuse.damaged(source, KIND)
    body = _first(parse_xml(found[main], source, KIND), "body")
    if body is None:
        raise refuse.damaged(source, KIND)
    trees = {posixpath.basename(n): parse_xml(found[n], source, KIND) for n in beside if n in found}
    draft = Draft(source, "docx")
    try:
        _Walk(draft, _Styles(trees.get("styles.xml")), trees.get("footnotes.xml"), trees.get("endnotes.xml")).body(body)
    except RecursionError as fault:
        raise refuse.damaged(source, KIND) from fault
    look_through(archive, draft, source, KIND)
    return draft.document()


def _main_part(relations: bytes | None, source: str) -> str:
    if relations is not None:
        for relation in parse_xml(relations, source, KIND):
            if (_attr(relation, "Type") or "").endswith("/officeDocument"):
                return posixpath.normpath((_attr(relation, "Target") or "").lstrip("/"))
    return "word/document.xml"


def _tag(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _attr(element: Any, name: str) -> str | None:
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return None


def _first(element: Any, *path: str) -> Any:
    """The element at the end of a path of local names, or None."""
    for name in path:
        element = next((c for c in element if _tag(c) == name), None)
        if element is None:
            return None
    return element


def _value(element: Any, *path: str) -> str | None:
    found = _first(element, *path) if element is not None else None
    return None if found is None else _attr(found, "val")


def _switch(properties: Any, name: str) -> bool | None:
    """A property that is on, off, or not spoken of."""
    found = _first(properties, name) if properties is not None else None
    return None if found is None else (_attr(found, "val") or "1").lower() not in _OFF


def _number(value: str | None) -> int | None:
    return int(value) if value is not None and value.lstrip("-").isdigit() else None


def _white(properties: Any) -> bool | None:
    colour = _first(properties, "color") if properties is not None else None
    if colour is None:
        return None
    value = _attr(colour, "val") or ""
    if re.fullmatch("[0-9A-Fa-f]{6}", value):
        return min(bytes.fromhex(value)) >= 0xF5
    return _attr(colour, "themeColor") == "background1" and _attr(colour, "themeShade") is None


def _shaded(properties: Any) -> bool:
    """Whether something other than white paper lies behind."""
    if properties is None:
        return False
    shade = _first(properties, "shd")
    fill = (_attr(shade, "fill") or "auto").lower() if shade is not None else "auto"
    themed = shade is not None and _attr(shade, "themeFill") not in (None, "background1")
    return fill not in ("auto", "ffffff") or themed or _value(properties, "highlight") not in (None, "none", "white")


@dataclass(frozen=True)
class _Style:
    names: tuple[str, ...] = ()
    outline: int | None = None
    numbered: bool = False
    hidden: bool | None = None
    bold: bool | None = None
    white: bool | None = None
    shaded: bool = False
    size: int | None = None


class _Styles:
    """Styles with what they inherit."""

    def __init__(self, root: Any) -> None:
        self._elements = {_attr(s, "styleId") or "": s for s in root if _tag(s) == "style"} if root is not None else {}
        self._done: dict[str, _Style] = {}

    def get(self, id_: str | None) -> _Style:
        if not id_:
            id_ = ""
        if id_ not in self._done:
            self._done[id_] = self._resolve(id_)
        return self._done[id_]

    def _resolve(self, id_: str) -> _Style:
        chain: list[Any] = []
        names: list[str] = [id_] if id_ else []
        seen = set()
        at: str | None = id_
        while at and at in self._elements and at not in seen:  # `seen`: a style may name itself as its own base
            seen.add(at)
            chain.append(self._elements[at])
            names += [n for n in (_value(chain[-1], "name"), at) if n]
            at = _value(chain[-1], "basedOn")
        runs = [_first(s, "rPr") for s in chain]
        numbers = [_value(s, "pPr", "numPr", "numId") for s in chain]
        outlines = (_number(_value(s, "pPr", "outlineLvl")) for s in chain)
        return _Style(
            names=tuple(names),
            outline=next((o for o in outlines if o is not None), None),
            numbered=next((n for n in numbers if n is not None), "0") != "0",
            hidden=next((v for r in runs if (v := _switch(r, "vanish")) is not None), None),
            bold=next((v for r in runs if (v := _switch(r, "b")) is not None), None),
            white=next((v for r in runs if (v := _white(r)) is not None), None),
            shaded=any(_shaded(r) for r in runs) or any(_shaded(_first(s, "pPr")) for s in chain),
            size=next((n for r in runs if (n := _number(_value(r, "sz"))) is not None), None),
        )


@dataclass
class _Line:
    """What a paragraph says, and what hangs on it."""

    pieces: list[str] = field(default_factory=list)
    letters: int = 0
    bold: int = 0
    boxes: list[Any] = field(default_factory=list)
    notes: list[Any] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.pieces).strip()


class _Walk:
    def __init__(self, draft: Draft, styles: _Styles, footnotes: Any, endnotes: Any) -> None:
        self._draft = draft
        self._styles = styles
        self._footnotes = {_attr(n, "id"): n for n in footnotes} if footnotes is not None else {}
        self._endnotes = {_attr(n, "id"): n for n in endnotes} if endnotes is not None else {}
        self._coloured = 0  # how many coloured grounds (table, text box) we stand in: white text shows there

    def body(self, parent: Any) -> None:
        for element in self._flat(parent):
            if _tag(element) == "p":
                self._paragraph(element)
            else:
                self._table(element)

    def _flat(self, parent: Any) -> Iterator[Any]:
        """Paragraphs and tables in order, through content controls and tracked insertions."""
        for element in parent:
            tag = _tag(element)
            if tag in ("p", "tbl"):
                yield element
            elif tag in _DELETED:
                self._draft.note(DELETED_LEFT_OUT)
            elif tag == "sdt" and "Table of Contents" in (_value(element, "sdtPr", "docPartObj", "docPartGallery") or ""):
                self._draft.note(CONTENTS_LEFT_OUT)
            elif tag == "sdt" and _first(element, "sdtPr", "showingPlcHdr") is not None:
                continue  # "click here to write": nobody wrote that
            elif tag in _THROUGH:
                yield from self._flat(element)
            elif tag == "AlternateContent":
                yield from self._flat(_alternative(element))

    def _paragraph(self, paragraph: Any) -> None:
        properties = _first(paragraph, "pPr")
        style = self._styles.get(_value(properties, "pStyle"))
        line = self._line(paragraph)
        if any(_CONTENTS.match(n) for n in style.names):
            self._draft.note(CONTENTS_LEFT_OUT)
            return
        level = _heading_level(properties, style)
        if level:
            self._draft.add("heading", line.text, level=level)
        elif _is_item(properties, style):
            self._draft.add("list_item", line.text, level=(_number(_value(properties, "numPr", "ilvl")) or 0) + 1)
        elif line.letters and line.bold >= line.letters and could_be_heading(line.text):
            self._draft.add("heading", line.text, level=2)
        else:
            self._draft.add("paragraph", line.text)
        self._hanging(line)

    def _hanging(self, line: _Line) -> None:
        for note in line.notes:
            self.body(note)
        self._coloured += 1  # the ground of a text box is drawn by its shape, which we do not read
        for box in line.boxes:
            self.body(box)
        self._coloured -= 1

    def _line(self, paragraph: Any) -> _Line:
        line = _Line()
        properties = _first(paragraph, "pPr")
        style = self._styles.get(_value(properties, "pStyle"))
        self._inline(paragraph, line, style, self._coloured > 0 or style.shaded or _shaded(properties))
        return line

    def _inline(self, parent: Any, line: _Line, style: _Style, coloured: bool) -> None:
        for element in parent:
            tag = _tag(element)
            if tag in _DELETED:
                if said := [e.text or "" for e in element.iter() if _tag(e) in ("delText", "t")]:
                    self._draft.note(DELETED_LEFT_OUT)
                    self._draft.unread(DELETED, "".join(said))
            elif tag == "sdt" and _first(element, "sdtPr", "showingPlcHdr") is not None:
                continue
            elif tag == "r":
                self._run(element, line, style, coloured)
            elif tag in _THROUGH:
                self._inline(element, line, style, coloured)
            elif tag == "AlternateContent":
                self._inline(_alternative(element), line, style, coloured)
            elif tag == "t":  # mathematics
                line.pieces.append(element.text or "")

    def _run(self, run: Any, line: _Line, paragraph: _Style, coloured: bool) -> None:
        properties = _first(run, "rPr")
        style = self._styles.get(_value(properties, "rStyle"))
        if self._hidden(properties, style, paragraph, coloured):
            said = "".join(e.text or "" for e in run.iter() if _tag(e) == "t")
            if said.strip():
                self._draft.note(HIDDEN_LEFT_OUT)
                self._draft.unread(HIDDEN, said)
            return
        bold = _chosen(_switch(properties, "b"), style.bold, paragraph.bold)
        before = len(line.pieces)
        self._pieces(run, line)
        letters = sum(1 for piece in line.pieces[before:] for c in piece if not c.isspace())
        line.letters += letters
        line.bold += letters if bold else 0

    def _hidden(self, properties: Any, style: _Style, paragraph: _Style, coloured: bool) -> bool:
        if _chosen(_switch(properties, "vanish"), style.hidden, paragraph.hidden):
            return True
        if (_number(_value(properties, "sz")) or style.size or paragraph.size or 99) <= _TINY or (_number(_value(properties, "w")) or 99) <= 5:
            return True
        white = _chosen(_white(properties), style.white, paragraph.white)
        return white and not coloured and not style.shaded and not _shaded(properties)

    def _pieces(self, run: Any, line: _Line) -> None:
        for element in run:
            tag = _tag(element)
            if tag == "t":
                line.pieces.append(element.text or "")
            elif tag in ("tab", "ptab"):
                line.pieces.append("\t")
            elif tag in ("br", "cr"):
                line.pieces.append("\n")
            elif tag == "noBreakHyphen":
                line.pieces.append("-")
            elif tag == "sym":
                line.pieces.append(_SYMBOLS.get((_attr(element, "char") or "").upper()[-2:], ""))
            elif tag == "fldChar":
                line.pieces.append(_form_field(element))
            elif tag in ("footnoteReference", "endnoteReference"):
                notes = self._footnotes if tag.startswith("foot") else self._endnotes
                note = notes.pop(_attr(element, "id"), None)  # once: also keeps a note that refers to itself from running on
                line.notes += [note] if note is not None else []
            elif tag == "AlternateContent":
                self._pieces(_alternative(element), line)
            elif tag in ("drawing", "pict", "object"):
                line.boxes += _outermost_boxes(element)
                for shape in element.iter():
                    if _tag(shape) in ("docPr", "cNvPr", "shape"):
                        self._draft.unread(PICTURES, ". ".join(filter(None, (_attr(shape, a) for a in ("title", "descr", "alt")))))

    def _table(self, table: Any) -> None:
        properties = _first(table, "tblPr")
        coloured = _value(properties, "tblStyle") is not None or any(_shaded(e) for e in table.iter() if _tag(e) in ("tblPr", "tcPr"))
        self._coloured += coloured
        for row in _within(table, "tr"):
            row_properties = _first(row, "trPr")
            if row_properties is not None and _first(row_properties, "del") is not None:
                self._draft.note(DELETED_LEFT_OUT)
            elif row_properties is not None and _switch(row_properties, "hidden"):
                self._draft.note(HIDDEN_LEFT_OUT)
                self._draft.unread(HIDDEN, " ".join(e.text or "" for e in row.iter() if _tag(e) == "t"))
            else:
                self._row(row)
        self._coloured -= coloured

    def _row(self, row: Any) -> None:
        cells = [c for c in _within(row, "tc") if not _continues(c)]
        content = [list(self._flat(c)) for c in cells]
        if len(content) == 1 and len(content[0]) > 1:  # a frame round ordinary text
            self.body(cells[0])
            return
        lines = [[self._line(e) for e in cell if _tag(e) == "p"] for cell in content]
        texts = [self._cell([e for e in cell if _tag(e) == "p"], said) for cell, said in zip(content, lines, strict=True)]
        self._draft.row(texts)
        for line in (one for cell in lines for one in cell):
            self._hanging(line)
        for inner in (e for cell in content for e in cell if _tag(e) == "tbl"):
            self._table(inner)

    def _cell(self, paragraphs: list[Any], lines: list[_Line]) -> str:
        return " ".join(self._marked(p, line) for p, line in zip(paragraphs, lines, strict=True) if line.text)

    def _marked(self, paragraph: Any, line: _Line) -> str:
        properties = _first(paragraph, "pPr")
        style = self._styles.get(_value(properties, "pStyle"))
        item = not _heading_level(properties, style) and _is_item(properties, style)
        return f"- {line.text}" if item else line.text


def _chosen(*said: bool | None) -> bool:
    """What the nearest speaker says: the run, its style, the paragraph's style."""
    return bool(next((s for s in said if s is not None), False))


def _heading_level(properties: Any, style: _Style) -> int:
    """1 to 9, or 0 for what is no heading. The outline level decides before the name; level 10 means body text."""
    outline = _number(_value(properties, "outlineLvl"))
    outline = style.outline if outline is None else outline
    if outline is not None and 0 <= outline <= 8:
        return outline + 1
    named = next((m for n in style.names if (m := _HEADING.match(n))), None)
    return 0 if named is None else int(named.group(1) or 1) or 1


def _is_item(properties: Any, style: _Style) -> bool:
    number = _value(properties, "numPr", "numId")
    if number is not None:
        return number != "0"
    # "List Paragraph" alone is only an indent; Word's list styles by name are lists also where their numbering is lost.
    return style.numbered or any(_LIST.match(n) and not n.lower().startswith("list paragraph") for n in style.names)


def _alternative(element: Any) -> Any:
    """One of several ways to write the same drawing: reading all of them would say it twice."""
    choice = _first(element, "Choice")
    chosen = choice if choice is not None else _first(element, "Fallback")
    return () if chosen is None else chosen


def _outermost_boxes(element: Any) -> list[Any]:
    found: list[Any] = []
    for child in element:
        if _tag(child) == "txbxContent":
            found.append(child)
        else:
            found += _outermost_boxes(_alternative(child) if _tag(child) == "AlternateContent" else child)
    return found


def _within(parent: Any, name: str) -> Iterator[Any]:
    """Rows of a table or cells of a row, through content controls."""
    for element in parent:
        if _tag(element) == name:
            yield element
        elif _tag(element) in _THROUGH:
            yield from _within(element, name)


def _continues(cell: Any) -> bool:
    """A cell merged with the one above (or before, in old files), or struck out: its text stands elsewhere."""
    properties = _first(cell, "tcPr")
    if properties is None:
        return False
    merges = (_first(properties, "vMerge"), _first(properties, "hMerge"))
    return any(m is not None and _attr(m, "val") != "restart" for m in merges) or _first(properties, "cellDel") is not None


def _form_field(element: Any) -> str:
    """What an old form field shows: its box, or the entry chosen from its list."""
    data = _first(element, "ffData")
    if data is None:
        return ""
    box = _first(data, "checkBox")
    if box is not None:
        checked = _switch(box, "checked")
        return "☒" if (_switch(box, "default") if checked is None else checked) else "☐"
    choices = _first(data, "ddList")
    if choices is None:
        return ""
    entries = [_attr(e, "val") or "" for e in choices if _tag(e) == "listEntry"]
    chosen = _number(_value(choices, "result")) or 0
    return entries[chosen] if 0 <= chosen < len(entries) else ""
