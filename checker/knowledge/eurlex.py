"""EU acts as EUR-Lex and Cellar serve them in XHTML: today's Official Journal (with ids), older pages (without), consolidated texts.

The layout of today's pages was read from real files, that of older and consolidated pages from their style classes
(`ti-art`, `title-article-norm`); the pages differ in class names and in whether articles carry ids, not in their order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from checker.errors import CorpusError
from checker.knowledge.outline import act_text
from checker.knowledge.points import MARK, Item, Line, Node, is_quoted, render
from checker.knowledge.words import NOTE_CLOSE, NOTE_OPEN, published, squeeze
from checker.model.legal import ActText, Language

_ROLES = {
    "ti-art": "article", "title-article-norm": "article", "sti-art": "article-title", "stitle-article-norm": "article-title",
    "ti-section-1": "division", "title-division-1": "division", "ti-section-2": "division-title", "title-division-2": "division-title",
    "ti-grseq-1": "group", "title-gr-seq-level-1": "group", "doc-ti": "doc-title", "title-doc-first": "doc-title", "title-doc-last": "doc-title",
    "title-annex-1": "annex", "title-annex-2": "annex-title", "signatory": "end", "final": "end",
}
_LEFT_OUT = {"note", "footnote", "modref", "arrow", "hd-modifiers", "reference", "disclaimer", "linkToTop"}
_SKIPPED = {"script", "style", "head", "noscript", "template", "select", "button"}
_BLOCKS = {"p", "div", "table", "tbody", "thead", "tr", "td", "th", "ul", "ol", "li", "dl", "dt", "dd", "hr", "h1", "h2", "h3", "h4", "h5", "h6",
           "body", "section", "article", "blockquote", "center", "form", "main"}
_UNIT = re.compile(r"(?:art_\d+[a-z]*|rct_\d+[a-z]*|anx_\w+|fnp_\d+|cit_\d+|tit_1|cpt_\w+(?:\.sct_\w+)*)")
_PARAGRAPH = re.compile(r"\d{3}[a-zA-Z]*\.\d{3}[a-zA-Z]*")
_ANNEX = re.compile(r"(?:BILAG|ANNEX)\b", re.IGNORECASE)
# Where no id says so, the last article ends with these words.
_CLOSING = re.compile(r"(?:Denne forordning er bindende i alle|This Regulation shall be binding in its|Udfærdiget i|Done at)\b")
_CHALLENGE = re.compile(rb"awswaf|challenge\.js|gokuProps|captcha|enable JavaScript", re.IGNORECASE)


@dataclass(frozen=True)
class _Where:
    anchor: str = ""
    para: str = ""
    quoted: bool = False


def read_eurlex(data: bytes, act: str, language: Language, version: str, source: str) -> ActText:
    """The act in passages.

    Args:
        source: what to call the file in messages.

    Raises:
        CorpusError: an error page, a page cut off, no articles, or another language.
    """
    _check(data, source)
    return act_text(_stream(data), act, language, version, source)


def whole_text(data: bytes) -> str:
    """All words of the page in order, a line per block: what quotes are checked against."""
    return render(_stream(data))


def _check(data: bytes, source: str) -> None:
    again = "Fetch it again later (Cellar answers without the JavaScript check of eur-lex.europa.eu), or hand in the file with --from."
    if not data.strip():
        raise CorpusError(source, None, "the file is empty; expected the act as XHTML.", again)
    if data.startswith(b"PK"):
        raise CorpusError(source, None, "this is a zip file; expected the act as XHTML.", "Formex comes as zip: read it as Formex.")
    if b"<" not in data or re.search(rb"<(?:ACT|ANNEX|CONS\.ACT)\b", data[:2000]):
        what = f"this is no web page (it begins {_beginning(data)}); expected the act as XHTML."
        raise CorpusError(source, None, what, "Look at the format in corpus/sources.yaml.")
    if not re.search(rb"class=[\"'][^\"']*(?:ti-art|title-article-norm)", data):
        title = re.search(rb"<title[^>]*>(.*?)</title>", data, re.DOTALL | re.IGNORECASE)
        name = f'a page titled "{squeeze(title[1].decode("utf-8", "replace"))[:80]}"' if title else f"a page that begins {_beginning(data)}"
        what = "the JavaScript check of a web firewall" if _CHALLENGE.search(data) else name
        raise CorpusError(source, None, f"this is {what}, without a single article (no art_1); expected the act as XHTML.", again)
    if b"<html" in data[:2000].lower() and b"</html>" not in data[-2000:].lower():
        line = data.count(b"\n") + 1
        raise CorpusError(source, line, "the page breaks off here (no </html>); expected the whole act.", "Fetch it again.")


def _beginning(data: bytes) -> str:
    return repr(squeeze(data[:60].decode("utf-8", "replace")))


def _stream(data: bytes) -> list[Node]:
    from lxml import html

    root = html.document_fromstring(data, parser=html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True))
    return list(_endings(_blocks(root, _Where(), "")))


def _endings(nodes: Iterator[Node]) -> Iterator[Node]:
    """Title lines of annexes and closing formulas get their role by their words: pages mark them like other lines."""
    in_annex = False
    for node in nodes:
        if not isinstance(node, Line):
            yield node
        elif node.role == "doc-title" and _ANNEX.match(node.text):
            in_annex = True
            yield replace(node, role="annex")
        elif node.role == "doc-title" and (in_annex or node.anchor.startswith("anx_")):
            yield replace(node, role="annex-title")
        elif not node.role and (node.anchor.startswith("fnp_") or (not node.anchor.startswith(("art_", "anx_", "rct_")) and _CLOSING.match(node.text))):
            yield replace(node, role="end")
        else:
            yield node


def _classes(el: Any) -> set[str]:
    return {c.removeprefix("oj-") for c in (el.get("class") or "").split()}


def _is_block(el: Any) -> bool:
    return el.tag in _BLOCKS or any(d.tag in _BLOCKS for d in el.iterdescendants())


def _blocks(el: Any, where: _Where, role: str, without: Any = None) -> Iterator[Node]:
    """Lines and points of an element, in order. Text beside blocks makes a line of its own."""
    inline = [el.text or ""]
    for child in el:
        if child is without or child.tag in _SKIPPED or not isinstance(child.tag, str) or _classes(child) & _LEFT_OUT:
            inline.append(child.tail or "")
        elif _is_block(child):
            yield from _line(inline, where, role)
            yield from _block(child, where, role)
            inline = [child.tail or ""]
        else:
            inline += [_inline(child), child.tail or ""]
    yield from _line(inline, where, role)


def _line(parts: list[str], where: _Where, role: str) -> Iterator[Line]:
    text = squeeze("".join(parts))
    if text:
        yield Line(text, role, where.anchor, where.para)


def _inline(el: Any) -> str:
    if el.tag == "br":
        return " "
    if el.tag in _SKIPPED or not isinstance(el.tag, str):
        return ""
    inner = (el.text or "") + "".join(_inline(c) + (c.tail or "") for c in el)
    return f"{NOTE_OPEN}{inner}{NOTE_CLOSE}" if _is_note(el) else inner


def _is_note(el: Any) -> bool:
    return el.tag == "a" and ((el.get("href") or "").startswith(("#ntr", "#E0")) or (el.get("id") or "").startswith("ntc"))


def _block(el: Any, where: _Where, role: str) -> Iterator[Node]:
    classes, id_ = _classes(el), el.get("id") or ""
    role = next((_ROLES[c] for c in classes if c in _ROLES), role)
    if _UNIT.fullmatch(id_):
        where = _Where(anchor=id_, quoted=where.quoted)
    elif _PARAGRAPH.fullmatch(id_):
        where = replace(where, para=id_)
    elif el.tag == "div" and not el.attrib and where.anchor.startswith("art_"):
        where = replace(where, quoted=is_quoted(squeeze(el.text_content())))
    if el.tag == "table":
        for row in (r for r in el.iter("tr") if next(r.iterancestors("table")) is el):
            yield from _columns([c for c in row if c.tag in {"td", "th"}], where)
    elif "grid-container" in classes or "enumeration-spacing" in classes:
        yield from _columns(list(el), where)
    elif (number := next((c for c in el if c.tag == "span" and "no-parag" in _classes(c)), None)) is not None:
        yield from _numbered(el, number, where)
    else:
        yield from _blocks(el, where, role)


def _columns(cells: list[Any], where: _Where) -> Iterator[Node]:
    """A row is a point where a mark stands before one column of text; other rows are lines of a table."""
    filled = [c for c in cells if squeeze(c.text_content())]
    mark = published(_inline_all(filled[0])) if filled else ""
    if len(filled) == 2 and MARK.fullmatch(mark):
        quoted = where.quoted or is_quoted(mark)
        yield Item(mark, tuple(_blocks(filled[1], where, "")), where.anchor, where.para, quoted)
    elif any(d.tag == "table" for c in filled for d in c.iterdescendants()):
        for cell in filled:
            yield from _blocks(cell, where, "")
    else:
        raws = [" ".join(n.raw for n in _blocks(c, where, "") if isinstance(n, Line)) for c in filled]
        yield from _line([" ".join(raws)], where, "")


def _inline_all(el: Any) -> str:
    return (el.text or "") + "".join(_inline(c) + (c.tail or "") for c in el)


def _numbered(el: Any, number: Any, where: _Where) -> Iterator[Node]:
    """Consolidated texts: the number of a paragraph in a span, its text in a block beside it."""
    mark = squeeze(_inline(number))
    where = where if where.para or where.quoted else replace(where, para=mark)
    first, *others = list(_blocks(el, where, "", without=number)) or [Line("")]
    if isinstance(first, Line):
        yield replace(first, raw=squeeze(f"{mark} {first.raw}"), anchor=where.anchor, para=where.para)
    else:
        yield Line(mark, "", where.anchor, where.para)
        yield first
    yield from others
