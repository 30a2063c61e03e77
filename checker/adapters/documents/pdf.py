"""PDF: lines of visible text, tables that are drawn with rules, and what is filled into form fields. Blocks: `pdf_layout`.

pdfplumber reads, since it gives every letter's place, size and colour: without those there are no paragraphs, headings or table cells.
pypdf reads the form fields, which are no part of a page's own text.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from checker.adapters.documents import refuse
from checker.adapters.documents.draft import COMMENTS, COMMENTS_LEFT_OUT, HIDDEN, HIDDEN_LEFT_OUT, PROPERTIES, Draft, tidy
from checker.adapters.documents.limits import MAX_TEXT_CHARS, check_pdf_streams
from checker.adapters.documents.pdf_layout import Line, Page, compose
from checker.errors import InputError
from checker.model.project import Document

KIND = "PDF"
MAX_PAGES = 3_000
_LOCKED = ("PDFPasswordIncorrect", "PDFEncryptionError", "PDFTextExtractionNotAllowed")
_UNMAPPED = re.compile(r"\(cid:\d+\)")
_BULLETS = frozenset(("(cid:127)", "\x7f", "\uf0b7", "\uf0a7"))  # as WinAnsi, Symbol and Wingdings number them
_SAME_SPOT = 0.8
_TINY = 2.0  # points
_MANY_EDGES = 4_000  # a drawing, not a table; finding cells in it takes minutes
_FEW_LETTERS = 30  # a stamp or page number on a scanned page

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class _Field:
    """A filled-in form field, in PDF's own coordinates (from the bottom of the page)."""

    text: str
    box: Box


def read(data: bytes, source: str) -> Document:
    """The visible text, page by page, without repeated page headers, footers and page numbers.

    Raises:
        EmptyInput: no text and no pictures.
        NoTextLayer: pictures of pages, or letters that stand for nothing.
        DamagedInput: broken, or locked with a password.
        InputTooLarge: unpacks too large, too many pages, or more than five million characters.
    """
    check_pdf_streams(data, source)
    for library in ("pdfminer", "pypdf", "pdfplumber"):  # their remarks on sloppy PDFs mean nothing to the user
        logging.getLogger(library).setLevel(logging.CRITICAL)
    try:
        pages, unreadable, beside = _pages(data, source)
    except InputError:
        raise
    except MemoryError as fault:
        raise refuse.unpacks_too_large(source) from fault
    except Exception as fault:  # a broken PDF makes pdfminer fail with any built-in error: there is no narrower family
        raise _meaning(fault, source) from fault
    return _document(pages, unreadable, beside, source)


def page_count(data: bytes) -> int | None:
    """How many pages a PDF says it has, without reading any; None where it does not say, or is none."""
    from pypdf import PdfReader

    if b"%PDF" not in data[:1024]:
        return None
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        return int(PdfReader(io.BytesIO(data)).root_object["/Pages"]["/Count"])  # type: ignore[index]
    except Exception:  # broken or locked: the reader of documents says so, in its own words
        return None


def _meaning(fault: BaseException, source: str) -> InputError:
    """What a library's error says to the user: locked, or damaged. pdfplumber wraps the error that says which."""
    told: list[object] = [fault, *fault.args, fault.__cause__, fault.__context__]
    return refuse.locked(source) if any(type(t).__name__ in _LOCKED for t in told) else refuse.damaged(source, KIND)


def _document(pages: list[Page], unreadable: list[int], beside: dict[tuple[str, str], list[str]], source: str) -> Document:
    letters = sum(p.letters for p in pages)
    unmapped = sum(p.unmapped for p in pages)
    scanned = [p.number for p in pages if p.picture and p.letters < _FEW_LETTERS]
    if (pages and len(scanned) == len(pages)) or (unmapped > letters and unmapped > 0):
        raise refuse.no_text_layer(source)
    if not letters:
        raise refuse.no_text_layer(source) if any(p.drawn for p in pages) else refuse.empty(source)
    draft = Draft(source, "pdf")
    compose(pages, draft)
    if any(p.hidden for p in pages):
        draft.note(HIDDEN_LEFT_OUT)
    for page in pages:
        draft.unread(HIDDEN, page.unseen)
    if beside.get(COMMENTS):
        draft.note(COMMENTS_LEFT_OUT)
    for kind, texts in beside.items():
        draft.unread(kind, ". ".join(texts))
    if scanned:
        listed = _listed(scanned)
        draft.note(f"Side {listed} er billeder uden læsbar tekst og er ikke læst / page {listed} is a picture without readable text")
    if unreadable:
        listed = _listed(unreadable)
        draft.note(f"Side {listed} er beskadiget og er ikke læst / page {listed} is damaged and was not read")
    return draft.document()


def _listed(numbers: list[int]) -> str:
    shown = ", ".join(str(n) for n in numbers[:10])
    return shown if len(numbers) <= 10 else f"{shown} …"


def _pages(data: bytes, source: str) -> tuple[list[Page], list[int], dict[tuple[str, str], list[str]]]:
    """The pages, the numbers of those that cannot be read, and what the file holds beside them: properties and comments."""
    import pdfplumber

    fields = _fields(data)
    read_pages: list[Page] = []
    unreadable: list[int] = []
    total = 0
    last: Exception | None = None
    beside: dict[tuple[str, str], list[str]] = {}
    with pdfplumber.open(io.BytesIO(data)) as opened:
        beside[PROPERTIES] = [tidy(v) for v in opened.metadata.values() if isinstance(v, str)]
        if len(opened.pages) > MAX_PAGES:
            raise refuse.too_many_pages(source, MAX_PAGES)
        for page in opened.pages:
            try:
                read_pages.append(_page(page, fields.get(page.page_number, [])))
                beside.setdefault(COMMENTS, []).extend(_comments(page))
            except MemoryError:
                raise
            except Exception as fault:
                last = fault
                unreadable.append(page.page_number)
                continue
            finally:
                page.close()  # each page keeps all its letters otherwise
            total += read_pages[-1].letters
            if total > MAX_TEXT_CHARS:
                raise refuse.text_too_long(source, MAX_TEXT_CHARS)
    if not read_pages:
        raise last if last is not None else refuse.damaged(source, KIND)
    return read_pages, unreadable, beside


def _comments(page: Any) -> list[str]:
    """What is written in the page's notes; form fields are no notes."""
    try:
        notes = [a for a in page.annots if "Widget" not in str(a["data"].get("Subtype", ""))]
    except MemoryError:
        raise
    except Exception:  # broken notes spoil nothing: they are not read
        return []
    return [tidy(said) for a in notes if isinstance(said := a.get("contents"), str) and said.strip()]


def _page(page: Any, fields: list[_Field]) -> Page:
    from pdfplumber.utils.text import extract_words

    drawn = page.chars
    visible, unseen = _visible(page, drawn)
    mapped = [{**c, "text": "•"} if c["text"] in _BULLETS else c for c in visible]
    chars = _once([c for c in mapped if not _UNMAPPED.fullmatch(c["text"])])
    words = extract_words(chars, x_tolerance_ratio=0.15, return_chars=True)
    words += [_as_word(f, page) for f in fields]
    rows, rest = _rows(page, words)
    lines = sorted([*rows, *_lines(rest, page)], key=lambda line: (line.top, line.x0))
    area = float(page.width) * float(page.height)
    images = [abs(float(i["width"]) * float(i["height"])) for i in page.images]
    return Page(
        number=page.page_number,
        height=float(page.height),
        lines=lines,
        letters=sum(1 for line in lines for c in line.text if not c.isspace()),
        unmapped=sum(1 for c in mapped if _UNMAPPED.fullmatch(c["text"])),
        hidden=bool(unseen.strip()),
        unseen=unseen,
        picture=max(images, default=0.0) > 0.4 * area,
        drawn=bool(images) or len(page.curves) > 20,
    )


def _visible(page: Any, chars: list[Any]) -> tuple[list[Any], str]:
    """The letters a reader of the page sees, and those left out: white on white, too small, outside the page."""
    left, top, right, bottom = page.bbox
    upright = sum(1 for c in chars if c["upright"]) * 2 >= len(chars)
    grounds: list[Any] | None = None
    kept: list[Any] = []
    unseen: list[str] = []
    for char in chars:
        x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
        seen = left <= x <= right and top <= y <= bottom and char["size"] > _TINY
        if seen and _is_white(char["non_stroking_color"]):
            if grounds is None:
                grounds = [g for g in [*page.rects, *page.curves, *page.images] if _covers(g)]
            seen = any(g["x0"] <= x <= g["x1"] and g["top"] <= y <= g["bottom"] for g in grounds)
        if not seen:
            unseen.append(char["text"])
        if seen and (char["upright"] or not upright):  # watermarks stand askew
            kept.append(char)
    return kept, "".join(unseen)


def _once(chars: list[Any]) -> list[Any]:
    """Letters without those printed twice on the same spot to look bold. (pdfplumber's own way takes most of the reading time.)"""
    places: dict[tuple[str, int, int], list[tuple[float, float]]] = {}
    kept: list[Any] = []
    for char in chars:
        text, x, y = char["text"], char["x0"], char["top"]
        column, line = int(x), int(y)
        near = (place for i in (-1, 0, 1) for j in (-1, 0, 1) for place in places.get((text, column + i, line + j), ()))
        if not any(abs(a - x) < _SAME_SPOT and abs(b - y) < _SAME_SPOT for a, b in near):
            places.setdefault((text, column, line), []).append((x, y))
            kept.append(char)
    return kept


def _is_white(colour: Any) -> bool:
    if not isinstance(colour, (tuple, list)) or not all(isinstance(c, (int, float)) for c in colour):
        return False
    return max(colour) <= 0.04 if len(colour) == 4 else len(colour) in (1, 3) and min(colour) >= 0.96


def _covers(ground: Any) -> bool:
    return ground["object_type"] == "image" or (bool(ground.get("fill")) and not _is_white(ground.get("non_stroking_color")))


def _as_word(field: _Field, page: Any) -> dict[str, Any]:
    x0, low, x1, high = field.box
    top = float(page.height) - max(low, high)
    return {"text": field.text, "x0": min(x0, x1), "x1": max(x0, x1), "top": top, "bottom": top + min(abs(high - low), 14.0), "chars": []}


def _lines(words: list[Any], page: Any) -> list[Line]:
    """Words that stand at the same height, from left to right."""
    groups: list[list[Any]] = []
    for word in sorted(words, key=lambda w: ((w["top"] + w["bottom"]) / 2, w["x0"])):
        middle = (word["top"] + word["bottom"]) / 2
        if groups and groups[-1][0]["top"] <= middle <= groups[-1][0]["bottom"]:
            groups[-1].append(word)
        else:
            groups.append([word])
    return [_line(sorted(g, key=lambda w: float(w["x0"])), page.page_number) for g in groups]


def _line(words: list[Any], page: int) -> Line:
    chars = [c for w in words for c in w["chars"]]
    sizes = sorted(float(c["size"]) for c in chars)
    bold = sum(1 for c in chars if re.search("bold|black|heavy|semibold|demi", c["fontname"], re.IGNORECASE))
    return Line(
        text=_text(words),
        x0=words[0]["x0"],
        x1=max(w["x1"] for w in words),
        top=min(w["top"] for w in words),
        bottom=max(w["bottom"] for w in words),
        size=round(sizes[len(sizes) // 2], 1) if sizes else 0.0,
        bold=bool(chars) and bold >= 0.95 * len(chars),
        page=page,
    )


def _text(words: Iterable[Any]) -> str:
    return tidy(" ".join(w["text"] for w in words)).strip()


def _rows(page: Any, words: list[Any]) -> tuple[list[Line], list[Any]]:
    """Rows of the tables drawn with rules, and the words that stand outside them."""
    if not words or not 4 <= len(page.edges) <= _MANY_EDGES:
        return [], words
    rows: list[Line] = []
    rest = words
    for table in page.find_tables():
        if max((sum(1 for c in r.cells if c) for r in table.rows), default=0) < 2:
            continue  # a frame round ordinary text
        for row in table.rows:
            cells: list[str] = []
            for cell in (c for c in row.cells if c):  # None: covered by a merged cell, which is read where it begins
                inside = _inside(cell)
                cells.append(" ".join(line.text for line in _lines([w for w in rest if inside(w)], page)))
                rest = [w for w in rest if not inside(w)]
            if any(cells):
                x0, top, x1, bottom = row.bbox
                text = " ".join(c for c in cells if c)
                rows.append(Line(text=text, x0=x0, x1=x1, top=top, bottom=bottom, size=0.0, bold=False, page=page.page_number, cells=tuple(cells)))
    return rows, rest


def _inside(cell: Box) -> Callable[[Any], bool]:
    x0, top, x1, bottom = cell
    return lambda w: x0 <= (w["x0"] + w["x1"]) / 2 <= x1 and top <= (w["top"] + w["bottom"]) / 2 <= bottom


def _fields(data: bytes) -> dict[int, list[_Field]]:
    """What is filled into form fields, by page number. A form that pypdf cannot read has none: its page is still read."""
    from pypdf import PdfReader

    found: dict[int, list[_Field]] = {}
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted or "/AcroForm" not in reader.root_object or len(reader.pages) > MAX_PAGES:
            return {}
        for number, page in enumerate(reader.pages, start=1):
            widgets = [a.get_object() for a in page.get("/Annots") or []]
            found[number] = [f for w in widgets if w.get("/Subtype") == "/Widget" and (f := _field(w)) is not None]
    except MemoryError:
        raise
    except Exception:
        return found
    return found


def _field(widget: Any) -> _Field | None:
    def inherited(key: str) -> Any:
        at, steps = widget, 0
        while at is not None and steps < 10:
            if key in at:
                return at[key]
            at, steps = (at["/Parent"].get_object() if "/Parent" in at else None), steps + 1
        return None

    kind, value = inherited("/FT"), inherited("/V")
    if int(inherited("/F") or 0) & 2 or len(widget.get("/Rect", ())) != 4:  # 2: hidden
        return None
    x0, y0, x1, y1 = (float(v) for v in widget["/Rect"])
    if kind == "/Btn":
        if int(inherited("/Ff") or 0) & 0x10000:  # a push button
            return None
        text = "☐" if str(widget.get("/AS", value or "/Off")) == "/Off" else "☒"
    elif kind in ("/Tx", "/Ch") and value is not None and not int(inherited("/Ff") or 0) & 0x2000:  # 0x2000: a password
        text = " ".join(str(v) for v in value) if isinstance(value, list) else str(value)
    else:
        return None
    text = " ".join(text.split())
    return _Field(text=text, box=(x0, y0, x1, y1)) if text else None
