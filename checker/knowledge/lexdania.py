"""LexDania 2.1, the XML in which Retsinformation publishes Danish acts and executive orders.

    Dokument / DokumentIndhold
      Bog, Afsnit, Kapitel, ParagrafGruppe      levels in any depth, each with Explicatus (its number) and Rubrica (its title)
        Paragraf                                a section: Explicatus "§ 11 a.", then
          Stk                                   its paragraphs; the first has no Explicatus
            Exitus / Linea / Char               text, a Linea for each sentence
            Exitus / Index / Indentatio         numbers and letters, which may hold further ones
      Ikraft                                    sections of the acts that amended this one: their numbers are not this act's
      AendringCentreretParagraf                 an amending act's own section; what it writes into another act is text here
      IkraftCentreretParagraf                   its section on when it enters into force
    Bilag                                       annexes
    Nota                                        footnotes, in the middle of the text they belong to

No description of the format is published; this follows files of Retsinformation (2013 to 2025: acts, consolidated and amending, executive orders).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from checker.errors import CorpusError
from checker.knowledge.danish_acts import (
    FETCH_AGAIN,
    FORMAT,
    TRANSITION,
    Draft,
    Identity,
    act_text,
    name_of,
    printed_number,
    refuse_what_is_no_act,
    same_act,
    slug,
)
from checker.knowledge.words import NOTE_CLOSE, NOTE_OPEN, published, squeeze
from checker.model.legal import ActText

_SECTIONS = frozenset(("Paragraf", "AendringCentreretParagraf", "IkraftCentreretParagraf"))
_NO_CONTENT = frozenset(("Meta", "TitelGruppe", "Indledning", "Hymne", "UnderskriftGruppe", "Explicatus", "Rubrica", "Nota"))
_NEW_LINE = frozenset(("Stk", "Indentatio", "AendringsNummer", "AendringNyTekst", "Rykningsklausul", "Paragraf", "Rubrica", "Tr"))
_STK = re.compile(r"Stk\.\s*(\d+(?:\s*(?:-|–|og)\s*\d+)?)")
_ANNEX = re.compile(r"\b(?:\d+\s?[a-z]?|[IVXL]+)$")
_MARK = re.compile(r"\(?(?:(?P<nr>\d+(?:\s?[a-z])?)|(?P<lit>[a-zæøå]{1,4}))[).]?")

Element = Any
"""lxml has no types of its own."""


def read_lexdania(data: bytes, act: str, version: str, *, eli: str = "", source: str = "") -> ActText:
    """The act as passages: sections, their paragraphs (stk.), numbers and letters, footnotes and annexes, in the file's order.

    Args:
        eli: the act's address or `2014/433`; the file must be that one.
        source: what to call the file in messages.

    Raises:
        CorpusError: empty, a web page, broken XML, another act, no sections, or a section twice.
    """
    name = name_of(act, version, source)
    refuse_what_is_no_act(data, name, "LexDania XML")
    root = _parsed(data, name)
    remarks = same_act(_identity(root), version, eli, name)
    reading = _Reading(name)
    reading.sections(root, (), "")
    title = _meta(root, "DocumentTitle") or " ".join(_lines(e)[0] for e in root.iter("Titel") if _lines(e))
    return act_text(reading.in_order(root), act, version, title, (*remarks, *_about(root), *reading.notes), name)


def _parsed(data: bytes, name: str) -> Element:
    from lxml import etree

    # No entity is unfolded and nothing outside the file is opened: it may come from anywhere.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise CorpusError(name, error.lineno, f"the XML is broken or breaks off here ({error.msg}).", FETCH_AGAIN) from None
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname
    if root.tag != "Dokument":
        raise CorpusError(name, root.sourceline, f"the outermost element is {root.tag}; expected Dokument (LexDania).", FORMAT)
    if root.find("DokumentIndhold") is None:
        what = "the file holds facts about the act but not its text (no DokumentIndhold)."
        raise CorpusError(name, None, what, "Old acts have no text at Retsinformation: add the PDF with checker corpus add.")
    return root


def _identity(root: Element) -> Identity:
    return Identity(_meta(root, "Year"), _meta(root, "Number"), _meta(root, "DiesSigni"))


def _meta(root: Element, field_name: str) -> str:
    return published(root.findtext(f"Meta/{field_name}") or "")


def _about(root: Element) -> Iterator[str]:
    if _meta(root, "Status") not in {"", "Valid"}:
        yield f"Retsinformation marks this text {_meta(root, 'Status')}"
    for opening in root.iterfind("DokumentIndhold/Indledning"):
        yield from (f"Indledning: {published(line)}" for line in _lines(opening))


@dataclass
class _Reading:
    """What has been found so far: the drafts by the element they come from, so that footnotes can be put where they stand."""

    name: str
    drafts: dict[Element, list[Draft]] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    transitions: int = 0
    annexes: int = 0

    def sections(self, node: Element, heading: tuple[str, ...], title: str, prefix: str = "") -> None:
        """All sections below a level, with the way down to them."""
        for child in node:
            if child.tag in _SECTIONS:
                self.section(child, heading, title, prefix)
            elif child.tag == "Ikraft":
                self.transitions += 1
                opening = " ".join(line for e in child.iterfind("Exitus") for line in _lines(e))
                self.sections(child, (TRANSITION, opening) if opening else heading, "", f"ikraft_{self.transitions}." if opening else "")
            elif child.tag == "Bilag":
                self.annex(child)
            elif child.tag not in _NO_CONTENT:
                own = _title_of(child)
                self.sections(child, (*heading, own) if own else heading, own if child.tag == "ParagrafGruppe" else "", prefix)

    def section(self, node: Element, heading: tuple[str, ...], title: str, prefix: str) -> None:
        number = printed_number(node.findtext("Explicatus") or "") or node.get("localId", "")
        if not slug(number):
            raise CorpusError(self.name, node.sourceline, f"a section is numbered {number!r}; expected a number such as § 11 a.", FETCH_AGAIN)
        if not _lines(node):
            raise CorpusError(self.name, node.sourceline, f"§ {number} has no text.", FETCH_AGAIN)
        own = " ".join(line for e in node.iterfind("Rubrica") for line in _lines(e))
        way, title = ((*heading, own), own) if own else (heading, title)
        own_id = f"{prefix}par_{slug(number)}"
        # What an amending act says of "§ 6" is another act's section.
        refers = not prefix and node.tag != "AendringCentreretParagraf"
        section = Draft(own_id, "section", number, way, title, _lines(node), own_id, node.sourceline, refers)
        self.keep(node, section)
        paragraphs = node.findall("Stk")
        numbered = [self.paragraph_number(stk, i, section) for i, stk in enumerate(paragraphs)]
        for stk, found in zip(paragraphs, numbered, strict=True):
            if found == "1" and len(paragraphs) == 1:
                # "§ 13, nr. 1": nobody says stk. 1 where there is no other.
                self.points(stk, section.id, section)
            elif found:
                draft = Draft(f"{section.id}.stk_{slug(found)}", "paragraph", found, way, title, _lines(stk), section.id, stk.sourceline, section.refers)
                if self.keep(stk, draft):
                    self.points(stk, draft.id, section)
        self.points(node, section.id, section)
        for change in node.iterfind("AendringsNummer"):
            self.point(change, section.id, section)

    def paragraph_number(self, stk: Element, place: int, section: Draft) -> str:
        found = _STK.match(published(stk.findtext("Explicatus") or ""))
        if found:
            return published(found[1])
        if place:
            self.notes.append(f"§ {section.number}: a paragraph without a number (line {stk.sourceline}) is found in the section only")
        return "" if place else "1"

    def points(self, node: Element, base: str, section: Draft) -> None:
        for item in node.xpath("./Exitus/Index/Indentatio | ./Index/Indentatio"):
            self.point(item, base, section)

    def point(self, item: Element, base: str, section: Draft) -> None:
        """A number or letter and those within it. Dashes and dots have no number to cite: they stay text of what they are in."""
        mark = published(item.findtext("Explicatus") or "")
        found = _MARK.fullmatch(mark)
        if not found:
            self.points(item, base, section)
            return
        number = (found["nr"] or found["lit"]).replace(" ", "")
        own = f"{base}.{'nr' if found['nr'] else 'lit'}_{number}"
        if self.keep(item, Draft(own, "point", number, section.heading, section.title, _lines(item), section.id, item.sourceline, section.refers)):
            self.points(item, own, section)

    def annex(self, node: Element) -> None:
        self.annexes += 1
        label = published(node.findtext("Explicatus") or "")
        found = _ANNEX.search(label) or _ANNEX.fullmatch(node.get("localId", ""))
        number = found[0].replace(" ", "") if found else str(self.annexes)
        title = " ".join(line for e in node.iterfind("Rubrica") for line in _lines(e))
        annex = Draft(f"anx_{number}", "annex", number, (f"{label} {title}".strip(),), title, _lines(node), f"anx_{number}", node.sourceline)
        if self.keep(node, annex):
            for item in node.xpath(".//Indentatio[not(ancestor::Indentatio)]"):
                self.point(item, annex.id, annex)

    def keep(self, node: Element, draft: Draft) -> bool:
        """Two sections with one number are for `act_text` to refuse; of two paragraphs or points the second stays text of the section."""
        if draft.kind != "section" and draft.id in self.ids:
            self.notes.append(f"{draft.id}: a second one (line {draft.line}) is found in the section only")
            return False
        self.ids.add(draft.id)
        self.drafts.setdefault(node, []).append(draft)
        return True

    def in_order(self, root: Element) -> list[Draft]:
        """The drafts as they stand in the file, footnotes among them."""
        found: list[Draft] = []
        for node in root.iter():
            found += self.drafts.get(node, ())
            if node.tag == "Nota":
                found.append(self.footnote(node))
        return found

    def footnote(self, node: Element) -> Draft:
        host = next((self.drafts[e][0] for e in node.iterancestors() if e in self.drafts), None)
        mark = re.sub(r"\W", "", node.findtext("Explicatus") or "") or str(sum("nota_" in i for i in self.ids) + 1)
        own = f"{host.id}.nota_{mark}" if host else f"nota_{mark}"
        while own in self.ids:
            own += "_2"
        self.ids.add(own)
        heading, title, parent = (host.heading, host.title, host.parent) if host else ((), "", own)
        return Draft(own, "point", mark, heading, title, _lines(node), parent, node.sourceline, False)


def _title_of(level: Element) -> str:
    parts = [level.findtext("Explicatus") or "", *(line for e in level.iterfind("Rubrica") for line in _lines(e))]
    return " ".join(filter(None, map(published, parts)))


def _lines(node: Element) -> tuple[str, ...]:
    """The text of an element: a line for each paragraph, number or letter. Headings above it and notes are not part of it, marks of notes are."""
    lines: list[list[str]] = [[]]
    for new, words in _pieces(node, node):
        if new and lines[-1]:
            lines.append([])
        if words:
            lines[-1].append(words)
    return tuple(" ".join(line) for line in lines if line)


def _pieces(node: Element, top: Element) -> Iterator[tuple[bool, str]]:
    """Words in their order, and where a line begins."""
    if node.tag == "Linea":
        yield False, _sentence(node)
        return
    yield node.tag in _NEW_LINE, squeeze(node.text or "")
    after_list = False
    for child in node:
        if child.tag == "Nota":
            yield False, _note_mark(child)
        elif not (child.tag == "Rubrica" and node is top and node.tag in _SECTIONS):
            yield after_list, ""
            yield from _pieces(child, top)
            after_list = child.find("Index") is not None
        yield False, squeeze(child.tail or "")


def _sentence(linea: Element) -> str:
    """The runs of a Linea follow each other directly; an empty one stands for a space."""
    words = [linea.text or ""]
    for run in linea:
        words.append(f" {_note_mark(run)} " if run.tag == "Nota" else "".join(run.itertext()) or " ")
        words.append(run.tail if (run.tail or "").strip() else "")
    return squeeze("".join(words))


def _note_mark(note: Element) -> str:
    return f"{NOTE_OPEN}{squeeze(note.findtext('Explicatus') or '')}{NOTE_CLOSE}"
