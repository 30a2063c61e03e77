"""Real documents: a training description, with or without an attempt to steer the tool put into it somewhere."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SET = Path(__file__).resolve().parents[2] / "eval" / "sets" / "municipal"
PLACE = 4
"""Before which block of the description the attempt is put: between the first chapters."""


@dataclass(frozen=True)
class Carried:
    """What is put into a description: `text`, one paragraph each (in a table: the cells of a row), and where."""

    where: str
    text: tuple[str, ...]


Blocks = list[tuple[str, str]]


def blocks_of_case(name: str) -> Blocks:
    """(kind, text) of the blocks of a labelled description: first line and short lines are headings."""
    lines = [line.strip() for line in (SET / f"{name}.txt").read_text("utf-8").splitlines() if line.strip()]
    return [("h" if i == 0 or (len(line) < 60 and not re.search(r"[.:;]$", line)) else "p", line) for i, line in enumerate(lines)]


def made(name: str, format_: str, carried: Carried | None) -> bytes:
    """The bytes of a document with the description `name`; the attempt, if any, put into it."""
    return _MAKERS[format_](blocks_of_case(name), carried)


def _spread(blocks: Blocks, carried: Carried | None) -> Blocks:
    """The blocks with a visible attempt among them as paragraphs, a table row, or at the end of a paragraph."""
    if carried is None or carried.where in _BESIDE:
        return blocks
    if carried.where == "inline":
        at = next(i for i, (kind, _) in enumerate(blocks) if i >= PLACE and kind == "p")
        return [(k, f"{t} {' '.join(carried.text)}" if i == at else t) for i, (k, t) in enumerate(blocks)]
    kind = "row" if carried.where == "table" else "h" if carried.where == "heading" else "p"
    added = [("row", " | ".join(carried.text))] if kind == "row" else [(kind, text) for text in carried.text]
    return [*blocks[:PLACE], *added, *blocks[PLACE:]]


# Where nothing is added to the description's own blocks.
_BESIDE = frozenset(
    (
        *("white-text", "hidden-run", "tiny-font", "off-page", "styled-away", "hidden-html"),
        *("comment", "annotation", "alt-text", "metadata", "header", "footer", "form-field"),
    )
)


def _text(blocks: Blocks, carried: Carried | None) -> bytes:
    shown = _spread(blocks, carried)
    lines = [f"| {t} |" if k == "row" else t for k, t in shown]
    if carried is not None and carried.where in _BESIDE:
        lines.insert(PLACE, " ".join(carried.text))
    return "\n\n".join(lines).encode()


def _markdown(blocks: Blocks, carried: Carried | None) -> bytes:
    shown = _spread(blocks, carried)
    lines = [f"## {t}" if k == "h" else f"| {t} |" if k == "row" else t for k, t in shown]
    if carried is not None and carried.where in _BESIDE:
        lines.insert(PLACE, " ".join(carried.text))
    return "\n\n".join(lines).encode()


def _word(blocks: Blocks, carried: Carried | None) -> bytes:
    from docx import Document as Word
    from docx.shared import Pt, RGBColor

    word = Word()
    for i, (kind, text) in enumerate(_spread(blocks, carried)):
        if kind == "row":
            cells = text.split(" | ")
            table = word.add_table(1, len(cells))
            for cell, said in zip(table.rows[0].cells, cells, strict=True):
                cell.text = said
            continue
        paragraph = word.add_heading(text, 1) if kind == "h" else word.add_paragraph(text)
        if carried is None or i != PLACE:
            continue
        said = " ".join(carried.text)
        if carried.where in ("white-text", "hidden-run", "tiny-font"):
            run = word.add_paragraph().add_run(said) if carried.where == "white-text" else paragraph.add_run(f" {said}")
            run.font.color.rgb = RGBColor(255, 255, 255) if carried.where == "white-text" else None
            run.font.hidden = True if carried.where == "hidden-run" else None
            run.font.size = Pt(2) if carried.where == "tiny-font" else None
        elif carried.where == "comment":
            word.add_comment(paragraph.runs, text=said, author="Konsulent", initials="K")
        elif carried.where == "alt-text":
            _picture(word, said)
    if carried is not None and carried.where in ("header", "footer"):
        section = word.sections[0]
        (section.header if carried.where == "header" else section.footer).paragraphs[0].text = " ".join(carried.text)
    if carried is not None and carried.where == "metadata":
        word.core_properties.subject = " ".join(carried.text)[:250]
    return _saved(word.save)


def _picture(word: Any, said: str) -> None:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (4, 4), "blue").save(out, "PNG")
    out.seek(0)
    word.add_picture(out)
    for element in word.inline_shapes[-1]._inline.iter():
        if element.tag.endswith("}docPr"):
            element.set("descr", said)


def _saved(save: Callable[[Any], None]) -> bytes:
    out = io.BytesIO()
    save(out)
    return out.getvalue()


def _pdf(blocks: Blocks, carried: Carried | None) -> bytes:
    from reportlab.lib import colors
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

    styles = getSampleStyleSheet()
    styles["BodyText"].spaceAfter = 8
    story: list[Any] = []
    for kind, text in _spread(blocks, carried):
        if kind == "row":
            cells = [Paragraph(html.escape(c), styles["BodyText"]) for c in text.split(" | ")]
            story.append(Table([cells], colWidths=[150, 280], style=[("GRID", (0, 0), (-1, -1), 0.5, colors.black)]))
        else:
            story.append(Paragraph(html.escape(text), styles["Heading2" if kind == "h" else "BodyText"]))

    def furnish(canvas: Any, _: object) -> None:
        if carried is None or carried.where not in _BESIDE:
            return
        said = " ".join(carried.text)
        canvas.saveState()
        canvas.setFont("Helvetica", 8)
        if carried.where == "white-text":
            canvas.setFillColorRGB(1, 1, 1)
        if carried.where == "tiny-font":
            canvas.setFont("Helvetica", 1)
        if carried.where == "metadata":
            canvas.setSubject(said)
        elif carried.where == "form-field":
            canvas.acroForm.textfield(name="felt", value=said, x=70, y=30, width=450, height=16, fontSize=8)
        elif carried.where == "annotation":
            canvas.textAnnotation(said, Rect=[500, 700, 520, 720])
        else:
            canvas.drawString(-900 if carried.where == "off-page" else 70, 800 if carried.where == "header" else 30, said)
        canvas.restoreState()

    return _saved(lambda out: SimpleDocTemplate(out).build(story, onFirstPage=furnish))


def _web(blocks: Blocks, carried: Carried | None) -> bytes:
    parts: list[str] = []
    for kind, text in _spread(blocks, carried):
        said = html.escape(text)
        row = said.replace(" | ", "</td><td>")
        parts.append({"h": f"<h2>{said}</h2>", "row": f"<table><tr><td>{row}</td></tr></table>"}.get(kind, f"<p>{said}</p>"))
    head = "<meta charset='utf-8'><title>Projekt</title>"
    if carried is not None and carried.where in _BESIDE:
        said = html.escape(" ".join(carried.text), quote=True)
        hidden = {
            "hidden-html": f"<div style='display:none'>{said}</div>",
            "white-text": f"<p style='color:#ffffff'>{said}</p>",
            "tiny-font": f"<p style='font-size:1px'>{said}</p>",
            "off-page": f"<p style='position:absolute; left:-9999px'>{said}</p>",
            "styled-away": f"<p class='note'>{said}</p>",
            "comment": f"<!-- {' '.join(carried.text)} -->",
            "alt-text": f"<p><img src='x.png' alt='{said}'></p>",
            "form-field": f"<p><input type='text' value='{said}'></p>",
        }
        parts.insert(PLACE, hidden.get(carried.where, ""))
        head += f"<meta name='description' content='{said}'>" if carried.where == "metadata" else ""
        head += "<style>.note { display: none }</style>" if carried.where == "styled-away" else ""
    return f"<!doctype html><html><head>{head}</head><body>{''.join(parts)}</body></html>".encode()


def _opendocument(blocks: Blocks, carried: Carried | None) -> bytes:
    from odf import dc
    from odf.office import Annotation
    from odf.opendocument import OpenDocumentText
    from odf.style import Style, TextProperties
    from odf.table import Table, TableCell, TableColumn, TableRow
    from odf.text import H, P, Span

    text = OpenDocumentText()
    white, tiny, gone = (Style(name=n, family="text") for n in ("hvid", "lille", "skjult"))
    white.addElement(TextProperties(color="#ffffff"))
    tiny.addElement(TextProperties(fontsize="1pt"))
    gone.addElement(TextProperties(display="none"))
    for style in (white, tiny, gone):
        text.automaticstyles.addElement(style)
    for i, (kind, said) in enumerate(_spread(blocks, carried)):
        if kind == "row":
            cells = said.split(" | ")
            table, row = Table(), TableRow()
            table.addElement(TableColumn(numbercolumnsrepeated=len(cells)))
            for one in cells:
                cell = TableCell()
                cell.addElement(P(text=one))
                row.addElement(cell)
            table.addElement(row)
            text.text.addElement(table)
            continue
        paragraph = H(outlinelevel=1, text=said) if kind == "h" else P(text=said)
        text.text.addElement(paragraph)
        if carried is None or i != PLACE or carried.where not in _BESIDE:
            continue
        attempt = " ".join(carried.text)
        if carried.where == "comment":
            note = Annotation()
            note.addElement(dc.Creator(text="Konsulent"))
            note.addElement(P(text=attempt))
            paragraph.addElement(note)
        else:
            look = {"white-text": white, "tiny-font": tiny, "hidden-run": gone}.get(carried.where)
            if look is not None:
                text.text.addElement(P())
                text.text.lastChild.addElement(Span(stylename=look, text=attempt))
    if carried is not None and carried.where == "metadata":
        text.meta.addElement(dc.Subject(text=" ".join(carried.text)))
    return _saved(text.save)


_MAKERS: dict[str, Callable[[Blocks, Carried | None], bytes]] = {
    "txt": _text,
    "md": _markdown,
    "docx": _word,
    "pdf": _pdf,
    "html": _web,
    "odt": _opendocument,
}
