"""What a Word document is put together from: styles, language, links, fields, tables. Nothing here knows a report."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from checker.adapters.written.clean import clean, repacked, shortened

LOCALES: Final = {"da": "da-DK", "en": "en-GB"}
PROJECT, LAW = "Project Quote", "Law Quote"
"""Paragraph styles of their own, so that a lawyer can find, restyle or hide all of the project's words or all of the law's."""

_FONT = "Arial"
_INK, _SOFT, _LINK = "1A1F26", "4A5462", "0B4FA8"
_SIZES = {"Title": 22, "Heading 1": 15, "Heading 2": 12.5, "Heading 3": 11, "Heading 4": 10.5, "Heading 5": 9.5}


class Writer:
    """One document, written from top to bottom.

    Args:
        title: of the document, as its properties and its first heading say it.
        language: `da` or `en`.
    """

    def __init__(self, title: str, language: str, made_at: datetime) -> None:
        from docx import Document

        self.language, self._made_at = language, made_at
        self.document = Document()
        self._marks = 0
        _styles(self.document, LOCALES[language])
        _properties(self.document, title, LOCALES[language], made_at)
        _page(self.document)
        _page_numbers(self.document.sections[0].footer.paragraphs[0])

    def paragraph(self, text: str = "", style: str | None = None, *, bold: bool = False, into: Any = None) -> Any:
        """A paragraph at the end of the document, or `into` a table's cell."""
        made = (into or self.document).add_paragraph(style=style)
        if text:
            self.run(made, text, bold=bold)
        return made

    def run(self, paragraph: Any, text: str, *, bold: bool = False, style: str | None = None, language: str | None = None) -> Any:
        """More text in the paragraph; `language` where it is not the document's."""
        made = paragraph.add_run(clean(text), style=style)
        made.bold = True if bold else None
        if language is not None and language != self.language:
            made._r.get_or_add_rPr().append(_element("w:lang", val=LOCALES.get(language, language)))
        return made

    def labelled(self, label: str, text: str) -> Any:
        made = self.paragraph(f"{label}: ", bold=True)
        self.run(made, text)
        return made

    def heading(self, text: str, level: int, bookmark: str = "") -> Any:
        """`level` 0 is the title. `bookmark`: a name that links in the document lead to."""
        made = self.document.add_heading("", level)
        if bookmark:
            self._marks += 1
            made._p.append(_element("w:bookmarkStart", id=str(self._marks), name=bookmark))
        self.run(made, text)
        if bookmark:
            made._p.append(_element("w:bookmarkEnd", id=str(self._marks)))
        return made

    def link(self, paragraph: Any, text: str, *, url: str = "", bookmark: str = "") -> None:
        """A link that works: to an address on the web or to a place in the document."""
        from docx.opc.constants import RELATIONSHIP_TYPE
        from docx.oxml.ns import qn

        link = _element("w:hyperlink")
        if url:
            link.set(qn("r:id"), self.document.part.relate_to(clean(url), RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
        else:
            link.set(qn("w:anchor"), bookmark)
        link.set(qn("w:history"), "1")
        link.append(self.run(paragraph, text, style="Hyperlink")._r)
        paragraph._p.append(link)

    def contents(self, entries: Iterable[tuple[str, str]]) -> None:
        """A table of contents: (text, bookmark) of each heading. A real field, filled in already, so that Word need not ask to update it."""
        rows = list(entries)
        for number, (text, bookmark) in enumerate(rows):
            line = self.paragraph(style="Contents")
            if number == 0:
                _field_begins(line, r'TOC \o "1-1" \n \h \z \u')
            self.link(line, text, bookmark=bookmark)
            if number == len(rows) - 1:
                _field_ends(line)

    def table(self, heads: Sequence[str], widths: Sequence[float], name: str) -> Any:
        """An empty table with a header row that repeats on each page; `widths` in centimetres, `name` for those who cannot see it."""
        from docx.shared import Cm

        table = self.document.add_table(rows=1, cols=len(heads), style="Table Grid")
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width)
        properties = table._tbl.tblPr
        properties.append(_element("w:tblCaption", val=clean(name)))
        properties.append(_element("w:tblDescription", val=clean(f"{name}: {', '.join(heads)}")))
        table.rows[0]._tr.get_or_add_trPr().append(_element("w:tblHeader"))
        self.cells(table.rows[0], heads, widths, bold=True)
        return table

    def row(self, table: Any, cells: Sequence[str], widths: Sequence[float], *, whole: bool = False) -> Any:
        """`whole`: the row does not break over two pages."""
        made = table.add_row()
        if whole:
            made._tr.get_or_add_trPr().append(_element("w:cantSplit"))
        self.cells(made, cells, widths)
        return made

    def cells(self, row: Any, texts: Sequence[str], widths: Sequence[float], *, bold: bool = False) -> None:
        from docx.shared import Cm

        for cell, text, width in zip(row.cells, texts, widths, strict=True):
            cell.width = Cm(width)
            paragraph = cell.paragraphs[0]
            paragraph.style = "Table Text"
            self.run(paragraph, text, bold=bold)

    def saved(self) -> bytes:
        written = io.BytesIO()
        self.document.save(written)
        return repacked(written.getvalue(), self._made_at)


def _element(tag: str, **attributes: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made: Any = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def _styles(document: Any, locale: str) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Cm, Pt, RGBColor

    styles = document.styles
    _proofing(styles.element, locale)
    _font(styles["Normal"], 10, _INK)
    styles["Normal"].paragraph_format.space_after = Pt(5)
    for name, size in _SIZES.items():
        _font(styles[name], size, _INK)
        styles[name].paragraph_format.keep_with_next, styles[name].font.bold = True, True
    for name, bar in ((PROJECT, "7A0F18"), (LAW, "1F5578")):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles["Quote"]
        style.quick_style = True
        _font(style, 9.5, _INK)
        style.paragraph_format.left_indent = Cm(0.6)
        _bar(style, bar)
    for name, base, size, after in (("Small", "Normal", 8.5, 4), ("Contents", "Normal", 10, 1), ("Table Text", "Normal", 8.5, 1)):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles[base]
        _font(style, size, _SOFT if name == "Small" else _INK)
        style.paragraph_format.space_after = Pt(after)
    link = styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    link.font.color.rgb, link.font.underline = RGBColor.from_string(_LINK), True


def _font(style: Any, size: float, ink: str) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.size, style.font.color.rgb, style.font.italic = Pt(size), RGBColor.from_string(ink), False
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):  # a theme's font would win over a font's name
        del fonts.attrib[name]
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), _FONT)


def _bar(style: Any, ink: str) -> None:
    """A line down the left side; where it stands among the paragraph's properties is fixed by the schema."""
    borders = _element("w:pBdr")
    borders.append(_element("w:left", val="single", sz="12", space="6", color=ink))
    style.element.get_or_add_pPr().insert_element_before(borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:outlineLvl")


def _proofing(styles: Any, locale: str) -> None:
    """The language that spelling and screen readers go by, in the defaults that every style inherits."""
    from docx.oxml.ns import qn

    defaults = styles.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for old in defaults.findall(qn("w:lang")):
        defaults.remove(old)
    defaults.append(_element("w:lang", val=locale, eastAsia=locale, bidi="ar-SA"))


def _properties(document: Any, title: str, locale: str, made_at: datetime) -> None:
    """No name of a person, and none of python-docx's own; its template also carries a picture of another document."""
    from docx.oxml.ns import qn

    at = made_at.astimezone(UTC).replace(tzinfo=None)
    core = document.core_properties
    core.title, core.author, core.last_modified_by = shortened(title, 255), "checker", "checker"
    core.language, core.comments, core.keywords, core.subject, core.revision = locale, "", "", "", 1
    core.created = core.modified = at
    package = document.part.package
    for id_, relation in list(package.rels.items()):
        if relation.reltype.endswith("/thumbnail"):
            del package.rels[id_]
    settings = document.settings.element
    for old in settings.findall(qn("w:themeFontLang")):
        old.set(qn("w:val"), locale)


def _page(document: Any) -> None:
    from docx.shared import Cm

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(2)


def _page_numbers(paragraph: Any) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for number, code in enumerate(("PAGE", "NUMPAGES")):
        if number:
            paragraph.add_run(" / ")
        _field_begins(paragraph, code)
        paragraph.add_run("1")
        _field_ends(paragraph)


def _field_begins(paragraph: Any, code: str) -> None:
    from docx.oxml.ns import qn

    paragraph.add_run()._r.append(_element("w:fldChar", fldCharType="begin"))
    instruction = _element("w:instrText")
    instruction.text = f" {code} "
    instruction.set(qn("xml:space"), "preserve")
    paragraph.add_run()._r.append(instruction)
    paragraph.add_run()._r.append(_element("w:fldChar", fldCharType="separate"))


def _field_ends(paragraph: Any) -> None:
    paragraph.add_run()._r.append(_element("w:fldChar", fldCharType="end"))
