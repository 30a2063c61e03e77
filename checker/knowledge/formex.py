"""EU acts in Formex 4, the XML of the Publications Office: one file for the act, one for each annex.

Elements as documented at formex.publications.europa.eu. Read to the same stream of lines and points as EUR-Lex's pages, so
that ids and words come out equal. Footnotes stand inside the sentence in Formex; their marks have no text there, so none is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from checker.errors import CorpusError
from checker.knowledge.outline import act_text
from checker.knowledge.points import Item, Line, Node, is_quoted, render
from checker.knowledge.words import squeeze
from checker.model.legal import ActText, Language

_SKIPPED = {"NOTE", "BIB.INSTANCE", "BIB.DATA", "GR.NOTES", "TOC", "COMMENT", "META.DATA", "FORMULA.S", "INCL.ELEMENT"}
_BLOCKS = {
    "ACT", "CONS.ACT", "CONS.DOC", "ANNEX", "CONS.ANNEX", "TITLE", "TI", "STI", "P", "PREAMBLE", "PREAMBLE.INIT", "PREAMBLE.FINAL", "GR.VISA",
    "VISA", "GR.CONSID", "GR.CONSID.INIT", "CONSID", "ENACTING.TERMS", "DIVISION", "ARTICLE", "TI.ART", "STI.ART", "PARAG", "NO.PARAG", "ALINEA",
    "SUBDIV", "LIST", "ITEM", "NP", "NO.P", "TXT", "QUOT.S", "CONTENTS", "GR.SEQ", "FINAL", "SIGNATURE", "PL.DATE", "SIGNATORY", "TBL", "CORPUS",
    "ROW", "CELL", "GR.TBL", "DLIST", "DLIST.ITEM", "TERM", "DEFINITION", "FAM.COMP", "TOC.ITEM", "LV",
}
_ARTICLE = re.compile(r"(?:Artikel|Article)\s+(\d+)\s?([a-z]{0,2})\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Where:
    anchor: str = ""
    para: str = ""
    quoted: bool = False
    role: str = ""


def read_formex(files: Mapping[str, bytes], act: str, language: Language, version: str) -> ActText:
    """The act in passages, annexes included.

    Args:
        files: name → bytes of the members of the Formex zip; those that hold no text (contents, publication data) may be among them.

    Raises:
        CorpusError: broken XML (with its line), no act among the files, the language of another version.
    """
    stream = _stream(files)
    name = _act_file(files)
    said = _language_said(_parsed(name, files[name]))
    if said and said != language.upper():
        raise CorpusError(name, None, f"the file says its language is {said}; expected {language.upper()}.", "Fetch the right language version.")
    return act_text(stream, act, language, version, name)


def whole_text(files: Mapping[str, bytes]) -> str:
    """All words of the act in order, a line per block: what quotes are checked against."""
    return render(_stream(files))


def _stream(files: Mapping[str, bytes]) -> list[Node]:
    if not files:
        raise CorpusError("Formex", None, "there are no files; expected the members of a Formex zip.", "Fetch the act again.")
    name = _act_file(files)
    nodes = list(_block(_parsed(name, files[name]), _Where()))
    for annex in _annex_files(files, name):
        nodes += _block(_parsed(annex, files[annex]), _Where())
    return nodes


def _act_file(files: Mapping[str, bytes]) -> str:
    found = [n for n in sorted(files) if n.lower().endswith(".xml") and _root_of(n, files[n]) in {"ACT", "CONS.ACT"}]
    if not found:
        there = ", ".join(f"{n} ({_root_of(n, files[n])})" for n in sorted(files)[:3])
        what = f"no file with the act itself (root ACT) is among the {len(files)}: {there}."
        raise CorpusError(min(files), None, what, "Fetch the Formex zip again.")
    if len(found) > 1:
        raise CorpusError(found[1], None, f"there are two acts, {found[0]} and {found[1]}; expected the files of one act.", "Hand in one act at a time.")
    return found[0]


def _annex_files(files: Mapping[str, bytes], act_file: str) -> list[str]:
    """Names carry the page an annex begins on, so their order is that of the annexes."""
    return [n for n in sorted(files) if n != act_file and n.lower().endswith(".xml") and _root_of(n, files[n]) in {"ANNEX", "CONS.ANNEX"}]


def _root_of(name: str, data: bytes) -> str:
    return str(_parsed(name, data).tag)


def _parsed(name: str, data: bytes) -> Any:
    from lxml import etree

    try:
        # Nothing is fetched and no entity is resolved: the file is data.
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True))
    except etree.XMLSyntaxError as error:
        page = b"<html" in data[:500].lower()
        what = "this is a web page; expected Formex XML" if page else f"the XML is broken or cut off ({error.msg})"
        raise CorpusError(name, error.lineno, f"{what}.", "Fetch the Formex zip again.") from error


def _language_said(root: Any) -> str:
    found = root.findtext(".//BIB.INSTANCE/LG.DOC") or root.findtext(".//LG.DOC") or ""
    return str(found).strip().upper()


def _block(el: Any, where: _Where) -> Iterator[Node]:
    tag = el.tag
    if tag in _SKIPPED:
        return
    if tag == "ARTICLE" and not where.quoted:
        yield from _blocks(el, _Where(anchor=_article(el)))
    elif tag == "CONSID":
        yield from _blocks(el, _Where(anchor=f"rct_{squeeze(el.findtext('.//NO.P') or '').strip('()')}"))
    elif tag in {"PARAG", "NP"}:
        yield from _paragraph(el, where) if tag == "PARAG" else _point(el, where)
    elif tag == "ITEM" and el.find("NP") is None:
        yield Item("—", tuple(_blocks(el, where)), where.anchor, where.para, where.quoted)
    elif tag == "QUOT.S":
        yield from _blocks(el, replace(where, quoted=True))
    elif tag == "ROW":
        yield from _line([" ".join(n.text for n in _blocks(el, where))], where)
    elif tag in {"FINAL", "SIGNATURE"}:
        yield from _blocks(el, replace(where, role="end"))
    elif (role := _role(el, where)) == "annex":
        # The title itself may stand beside "ANNEX X", a line below it.
        for n, line in enumerate(_blocks(el, replace(where, role=""))):
            yield Line(line.text, "annex-title" if n else "annex")
    elif role:
        # A title of two lines is one title.
        yield from _line([" ".join(n.text for n in _blocks(el, replace(where, role="")))], replace(where, role=role))
    else:
        yield from _blocks(el, where)


def _role(el: Any, where: _Where) -> str:
    if where.quoted:
        return ""
    if el.tag in {"TI.ART", "STI.ART"}:
        return "article" if el.tag == "TI.ART" else "article-title"
    if el.tag not in {"TI", "STI"}:
        return ""
    around = el.getparent().getparent().tag if el.getparent() is not None and el.getparent().getparent() is not None else ""
    first = el.tag == "TI"
    return {
        "DIVISION": "division" if first else "division-title", "GR.SEQ": "group", "ACT": "doc-title", "CONS.ACT": "doc-title",
        "ANNEX": "annex" if first else "annex-title", "CONS.ANNEX": "annex" if first else "annex-title",
    }.get(around, "")


def _article(el: Any) -> str:
    found = _ARTICLE.search(squeeze("".join(el.find("TI.ART").itertext()))) if el.find("TI.ART") is not None else None
    if found:
        return f"art_{found[1]}{found[2].lower()}"
    return f"art_{(el.get('IDENTIFIER') or '').lstrip('0').lower()}"


def _paragraph(el: Any, where: _Where) -> Iterator[Node]:
    """The number stands before the first line of the text, as it is printed."""
    where = replace(where, para=el.get("IDENTIFIER") or _words(el.find("NO.PARAG")))
    mark = _words(el.find("NO.PARAG"))
    inner = [n for child in el if child.tag != "NO.PARAG" and isinstance(child.tag, str) for n in _block(child, where)]
    first, *others = inner or [Line("", "", where.anchor, where.para)]
    if isinstance(first, Line):
        yield replace(first, raw=squeeze(f"{mark} {first.raw}"))
    else:
        yield Line(mark, "", where.anchor, where.para)
        yield first
    yield from others


def _point(el: Any, where: _Where) -> Iterator[Node]:
    mark = _words(el.find("NO.P"))
    inner = replace(where, role="")
    nodes = tuple(n for child in el if isinstance(child.tag, str) and child.tag != "NO.P" for n in _block(child, inner))
    yield Item(mark, nodes, where.anchor, where.para, where.quoted or is_quoted(mark))


def _blocks(el: Any, where: _Where) -> Iterator[Node]:
    inline = [el.text or ""]
    for child in el:
        if isinstance(child.tag, str) and child.tag in _BLOCKS:
            yield from _line(inline, where)
            yield from _block(child, where)
            inline = [child.tail or ""]
        else:
            inline += [_inline(child), child.tail or ""]
    yield from _line(inline, where)


def _line(parts: list[str], where: _Where) -> Iterator[Line]:
    text = squeeze("".join(parts))
    if text:
        yield Line(text, where.role, where.anchor, where.para)


def _inline(el: Any) -> str:
    if not isinstance(el.tag, str) or el.tag in _SKIPPED:  # page breaks are processing instructions
        return ""
    if el.tag in {"QUOT.START", "QUOT.END"} and el.get("CODE"):
        return chr(int(el.get("CODE"), 16))
    text = (el.text or "") + "".join(_inline(c) + (c.tail or "") for c in el)
    # Formex leaves the spaces between thousands to the printer.
    return f"{int(text):,}".replace(",", " ") if el.tag == "FT" and el.get("TYPE") == "NUMBER" and text.isdigit() else text


def _words(el: Any) -> str:
    return squeeze(_inline(el)) if el is not None else ""
