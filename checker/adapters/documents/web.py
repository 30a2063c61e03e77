"""HTML: what a reader of the page sees, as headings, paragraphs, list items and table rows."""

from __future__ import annotations

import re
from typing import Any

from checker.adapters.documents import refuse
from checker.adapters.documents.draft import COMMENTS, HIDDEN, HIDDEN_LEFT_OUT, PICTURES, PROPERTIES, Draft
from checker.adapters.documents.limits import MAX_TEXT_CHARS
from checker.adapters.documents.text import decode
from checker.model.project import BlockKind, Document

_DROPPED = frozenset(["head", "script", "style", "nav", "template", "noscript", "svg", "iframe", "object", "canvas", "audio", "video", "datalist", "del"])
_INLINE = frozenset(
    [
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "dfn", "em", "font", "i", "input", "ins",
        "kbd", "label", "mark", "meter", "output", "progress", "q", "s", "samp", "select", "small", "span", "strike", "strong",
        "sub", "sup", "textarea", "time", "tt", "u", "var", "wbr", "img", "button", "option", "optgroup", "-text",
    ]
)
_HEADING = re.compile(r"h([1-6])$")
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0\d*)?\s*(?:;|$|!)|"
    r"font-size\s*:\s*(?:0(?:\.\d+)?(?:px|pt|em|rem|%)?|[1-3](?:\.\d+)?(?:px|pt))\s*(?:;|$|!)|font\s*:[^;]*\b[0-3](?:px|pt)\b|"
    r"(?:left|top|right|text-indent|margin-left)\s*:\s*-\d{3,}|clip\s*:\s*rect\(\s*0|clip-path\s*:\s*inset\(\s*(?:50|100)%|"
    r"transform\s*:[^;]*scale\(\s*0|(?<![-\w])(?:max-)?(?:height|width)\s*:\s*0(?:px)?\s*;.*overflow\s*:\s*hidden|overflow\s*:\s*hidden.*(?<![-\w])(?:max-)?(?:height|width)\s*:\s*0(?:px)?\s*(?:;|$)|(?<![-\w])color\s*:\s*transparent",
    re.IGNORECASE | re.DOTALL,
)
_WHITE = re.compile(r"(?<![-\w])color\s*:\s*(?:#fff(?:fff)?\b|white\b|rgba?\(\s*255\s*,\s*255\s*,\s*255|rgba\([^)]*,\s*0(?:\.0\d*)?\s*\))", re.IGNORECASE)
_GROUND = re.compile(r"\bbackground", re.IGNORECASE)
_RULE = re.compile(r"([^{}@]{1,300})\{([^{}]{0,2000})\}")
_NOT_ALWAYS = re.compile(r"/\*.*?\*/|@[^{};]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", re.DOTALL)  # comments; print, narrow screens, animations
_MAX_RULES = 500
_MAX_STYLE = 2_000  # characters of one style; more is no style
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
_NEVER_NEST = frozenset(
    ["area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option", "p", "source", "td", "th", "tr", "wbr"]
)
_MAX_DEPTH = 20_000
_SPACE = re.compile(r"[ \t\r\n\f]+")
_LABELS_BUTTON = frozenset(["hidden", "button", "submit", "reset", "image", "file", "password"])
_KINDS: dict[str, BlockKind] = {"li": "list_item", "dd": "list_item"}


def read(data: bytes, source: str) -> Document:
    """The visible text of a page.

    Raises:
        EmptyInput: no visible text.
        DamagedInput: binary data under an HTML name, or elements nested beyond reason.
        InputTooLarge: more than five million characters.
    """
    if len(data) > 16 * MAX_TEXT_CHARS:
        raise refuse.text_too_long(source, MAX_TEXT_CHARS)
    from selectolax.lexbor import LexborHTMLParser

    page = _page(data, source)
    if _deepest(page) > _MAX_DEPTH:
        raise refuse.damaged(source, "HTML")
    root = LexborHTMLParser(page).root
    draft = Draft(source, "html")
    if root is not None:
        _Walk(draft, root).walk(root)
        _unread(root, draft)
    return draft.document()


def _unread(root: Any, draft: Draft) -> None:
    """Tells the draft what stands in the page and is never shown."""
    for node in (root.parent or root).traverse(include_text=False):
        if node.tag == "-comment":
            draft.unread(COMMENTS, node.comment_content)
        elif node.tag in ("meta", "title"):
            draft.unread(PROPERTIES, node.attributes.get("content") or node.text())
        elif node.tag in ("template", "noscript"):
            draft.unread(HIDDEN, node.text())
        elif alone := [v for a in ("alt", "title", "aria-label") if (v := node.attributes.get(a))]:
            draft.unread(PICTURES, ". ".join(alone))


def _styled_away(root: Any) -> frozenset[int]:
    """Elements that a style sheet of the page hides for good; where scripts run, they may be opened by a click (tabs, folds)."""
    from selectolax.lexbor import SelectolaxError

    if root.css_first("script") is not None:
        return frozenset()
    rules = [r for sheet in root.css("style") for r in _RULE.findall(_NOT_ALWAYS.sub("", sheet.text()))][:_MAX_RULES]
    hidden: set[int] = set()
    for selector, style in rules:
        if _HIDING.search(style):
            try:
                hidden.update(node.mem_id for node in root.css(selector.strip()))
            except SelectolaxError:  # a selector it does not know is passed over, as browsers do
                continue
    return frozenset(hidden)


def _page(data: bytes, source: str) -> str:
    declared = _CHARSET.search(data[:4096])
    if declared and b"\0" not in data and not data.startswith(b"\xef\xbb\xbf"):
        name = declared.group(1).decode("ascii")
        # Browsers read latin-1 as Windows-1252, and so do the people who wrote the page.
        name = "cp1252" if name.lower() in ("iso-8859-1", "latin1", "us-ascii") else name
        try:
            return data.decode(name)
        except (LookupError, UnicodeDecodeError):
            pass  # a false declaration: look at the bytes instead
    return decode(data, source)


def _deepest(page: str) -> int:
    """How deep elements nest at most: the parser's time grows with the square of it."""
    depth = deepest = 0
    for match in _TAG.finditer(page):
        if match.group(2).lower() in _NEVER_NEST:
            continue
        depth = max(0, depth - 1) if match.group(1) else depth + 1
        deepest = max(deepest, depth)
    return deepest


class _Walk:
    """Goes through the tree with a stack of its own: pages nest deeper than Python's calls may."""

    def __init__(self, draft: Draft, root: Any) -> None:
        self._draft = draft
        self._away = _styled_away(root)
        # Where a style sheet paints grounds, white letters may well be seen.
        self._grounds = any(_GROUND.search(sheet.text()) for sheet in root.css("style")) or root.css_first("link[rel=stylesheet]") is not None
        self._inline: list[str] = []
        self._kinds: list[tuple[BlockKind, int]] = [("paragraph", 0)]
        self._depth = 0  # of preformatted text
        self._items = 0  # of list items

    def walk(self, root: Any) -> None:
        stack: list[tuple[Any, bool]] = [(root, False)]
        while stack:
            node, leaving = stack.pop()
            if leaving:
                self._leave(node)
            elif self._enter(node):
                stack.append((node, True))
                stack.extend((child, False) for child in reversed(list(node.iter(include_text=True))))
        self._flush()

    def _enter(self, node: Any) -> bool:
        """Takes note of a node; False when what is inside it is not walked."""
        tag = node.tag
        if tag == "-text":
            self._inline.append(node.text_content or "" if self._depth else _SPACE.sub(" ", node.text_content or ""))
            return False
        if not isinstance(tag, str) or tag.startswith(("-", "_", "!")):
            return False
        if tag in _DROPPED or self._hidden(node):
            return False
        if tag == "br":
            self._inline.append("\n")
            return False
        if tag == "hr":
            self._flush()
            return False
        if tag == "tr":
            return not self._row(node)
        if (said := _control(node)) is not None:
            self._inline.append(said)
            return False
        if tag in _INLINE:
            return True
        self._flush()
        if match := _HEADING.match(tag):
            self._kinds.append(("heading", int(match.group(1))))
        else:
            self._items += tag in _KINDS
            self._kinds.append((_KINDS.get(tag, "paragraph"), self._items if tag in _KINDS else 0) if tag not in ("p", "div") else self._kinds[-1])
        self._depth += tag == "pre"
        return True

    def _leave(self, node: Any) -> None:
        if node.tag in _INLINE or node.tag == "tr":
            if node.tag == "tr":
                self._flush()
            return
        self._flush()
        self._depth -= node.tag == "pre"
        self._items -= node.tag in _KINDS
        if len(self._kinds) > 1:
            self._kinds.pop()

    def _flush(self) -> None:
        text = "".join(self._inline)
        self._inline.clear()
        lines = [line.strip() if not self._depth else line.rstrip() for line in text.split("\n")]
        kind, level = self._kinds[-1]
        self._draft.add(kind, "\n".join(lines), level=level)

    def _row(self, row: Any) -> bool:
        """Writes a row of two or more cells; False for a row that only lays out the page: its content is walked."""
        cells = [c for c in row.iter() if c.tag in ("td", "th") and not self._hidden(c)]
        if len(cells) < 2 or any(c.css_first("table") is not None for c in cells):
            self._flush()
            return False
        self._flush()
        self._draft.row([self._cell_text(c) for c in cells])
        return True

    def _cell_text(self, cell: Any) -> str:
        out: list[str] = []
        stack = list(reversed(list(cell.iter(include_text=True))))
        while stack:
            node = stack.pop()
            if isinstance(node, str):
                out.append(node)
            elif node.tag == "-text":
                out.append(node.text_content or "")
            elif not str(node.tag).startswith(("-", "_", "!")) and node.tag not in _DROPPED and not self._hidden(node):
                said = _control(node)
                if said is not None:
                    out.append(said)
                elif node.tag in _INLINE:
                    stack.extend(reversed(list(node.iter(include_text=True))))
                else:
                    out.append(" - " if node.tag == "li" else " ")
                    stack.append(" ")
                    stack.extend(reversed(list(node.iter(include_text=True))))
        return "".join(out)

    def _hidden(self, node: Any) -> bool:
        attributes = node.attributes
        hides = (
            ("hidden" in attributes and attributes["hidden"] != "until-found")
            or attributes.get("aria-hidden") == "true"
            or bool(_HIDING.search((attributes.get("style") or "")[:_MAX_STYLE]))
            or node.mem_id in self._away
            or self._white_on_white(node)
        )
        if hides and (said := node.text() or "").strip():
            self._draft.note(HIDDEN_LEFT_OUT)
            self._draft.unread(HIDDEN, said)
        return hides

    def _white_on_white(self, node: Any) -> bool:
        attributes = node.attributes
        white = _WHITE.search(attributes.get("style") or "") or (attributes.get("color") or "").lower() in ("#ffffff", "#fff", "white")
        if not white or self._grounds:
            return False
        at = node
        while at is not None and isinstance(at.tag, str):
            if _GROUND.search(at.attributes.get("style") or "") or "bgcolor" in at.attributes or "background" in at.attributes:
                return False
            at = at.parent
        return True


def _control(node: Any) -> str | None:
    """What a filled-in form control says; None for everything else."""
    tag, attributes = node.tag, node.attributes
    if tag == "input":
        kind = (attributes.get("type") or "text").lower()
        if kind in ("checkbox", "radio"):
            return "☒ " if "checked" in attributes else "☐ "
        return "" if kind in _LABELS_BUTTON else f" {attributes.get('value') or ''} "
    if tag == "select":
        chosen = [o.text() for o in node.css("option") if "selected" in o.attributes]
        return f" {', '.join(chosen)} "
    return "" if tag in ("img", "button") else None
