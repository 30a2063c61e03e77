"""Points of guidelines in Markdown, Word, HTML and PDF: the document's own numbers, verbatim text, unique ids, limits."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.adapters.documents import Documents
from checker.errors import InputTooLarge
from checker.knowledge.documents import guideline_documents
from checker.knowledge.guidelines.structure import MAX_PAGES, MAX_POINTS, GuidelinePoint, points_of
from checker.library import Library
from checker.model.project import Block, Document, Span


def read(text: str, name: str = "r.md") -> tuple[GuidelinePoint, ...]:
    return points_of(Documents().read_bytes(text.encode(), name), "act")


def ids(points: tuple[GuidelinePoint, ...]) -> list[str]:
    return [p.passage.id.removeprefix("act:pkt_") for p in points]


def test_the_shipped_guideline_is_split_as_the_index_splits_it(library: Library) -> None:
    folder = library.root / "guidelines"
    for file in folder.glob("*.md"):
        points = points_of(Documents().read(file), file.stem)
        held = [d for d in guideline_documents(folder) if d.act == file.stem]
        assert [(p.passage.id, p.passage.text) for p in points] == [(d.provision, d.text) for d in held]


def test_own_numbers_are_kept_and_the_rest_is_counted() -> None:
    points = read("# Titel\n\nEn indledning, der siger hvorfor vi gør det.\n\n3.4. Der skal være en frist.\n\n§ 7. Ejeren skal udpeges straks.\n")
    assert ids(points) == ["s1", "3.4", "7"]
    assert points[1].passage.clean == "Der skal være en frist."
    assert points[1].passage.text == "3.4. Der skal være en frist."


def test_a_number_that_comes_back_gets_an_id_of_its_own() -> None:
    text = "## A\n\n1. Det første punkt her i listen.\n\n## B\n\n1. Det samme nummer en gang til.\n\n1. Og igen det samme nummer.\n"
    assert ids(read(text)) == ["1", "1_2", "1_3"]


def test_letters_stand_below_their_number() -> None:
    text = "# T\n\n5. Projektet skal have følgende:\n   a) en ejer, der er udpeget af chefen\n   b) en frist, der står i planen\n"
    assert ids(read(text)) == ["5", "5.a", "5.b"]


def test_text_under_a_numbered_heading_is_cited_by_that_number() -> None:
    assert ids(read("## 2.1 Sletning\n\nProjektet skal have en slettefrist.\n\nFristen skal være kort og skrevet ned.\n")) == ["2.1.s1", "2.1.s2"]


def test_the_way_down_to_a_point_is_its_heading_path() -> None:
    (point,) = read("# Kompas\n\n## 3. Privatliv\n\n### Frister\n\n3.4. Der skal være en frist.\n")
    assert point.passage.heading == ("Kompas", "3. Privatliv", "Frister")
    assert point.passage.title == "Frister"


def test_a_table_keeps_its_column_heads_and_numbers() -> None:
    points = read("# K\n\n| Nr. | Krav | Ansvarlig |\n|---|---|---|\n| 2.1 | Ejeren skal udpeges. | Chef |\n| K2 | Data slettes. | Drift |\n")
    assert ids(points) == ["2.1", "K2"]
    assert [(c.head, c.text) for c in points[0].cells] == [("Nr.", "2.1"), ("Krav", "Ejeren skal udpeges."), ("Ansvarlig", "Chef")]


def test_points_that_run_together_in_one_block_of_a_pdf_are_taken_apart() -> None:
    text = "2.1 Ejeren skal udpeges af chefen.\n2.2 Data skal slettes efter brug.\n14. maj er fristen for alle."
    document = Document(source="x.pdf", format="pdf", text=text, blocks=(Block(kind="paragraph", span=Span(start=0, end=len(text)), page=1),))
    points = points_of(document, "act")
    assert ids(points) == ["2.1", "2.2"]
    assert points[1].passage.text.endswith("for alle.")


def test_a_word_file_is_read_with_its_headings_lists_and_tables() -> None:
    docx = pytest.importorskip("docx")
    file = docx.Document()
    file.add_heading("Regler for AI", 1)
    file.add_paragraph("1.1 Ejeren skal udpeges, før løsningen købes.")
    file.add_paragraph("Leverandøren må ikke bruge kommunens data.", style="List Bullet")
    table = file.add_table(rows=2, cols=2)
    for cell, said in zip([c for row in table.rows for c in row.cells], ["Nr.", "Krav", "4.2", "Logfiler skal gemmes i et år."], strict=True):
        cell.text = said
    out = io.BytesIO()
    file.save(out)
    document = Documents().read_bytes(out.getvalue(), "r.docx")
    points = points_of(document, "act")
    assert ids(points) == ["1.1", "s2", "4.2"]
    assert all(document.text[p.span.start : p.span.end] == p.passage.text for p in points)


def test_a_pdf_is_read_and_keeps_its_pages() -> None:
    canvas = pytest.importorskip("reportlab.pdfgen.canvas")
    out = io.BytesIO()
    sheet = canvas.Canvas(out)
    for number, said in (("1.1", "Ejeren skal udpeges af chefen inden brug."), ("1.2", "Data skal slettes efter tredive dage.")):
        sheet.drawString(72, 700, f"{number} {said}")
        sheet.showPage()
    sheet.save()
    points = points_of(Documents().read_bytes(out.getvalue(), "r.pdf"), "act")
    assert [(p.passage.number, p.page) for p in points] == [("1.1", 1), ("1.2", 2)]


def test_a_document_of_two_thousand_pages_is_no_guideline() -> None:
    block = Block(kind="paragraph", span=Span(start=0, end=4), page=2_000)
    with pytest.raises(InputTooLarge, match=f"2,000 sider.*{MAX_PAGES} sider"):
        points_of(Document(source="x.pdf", format="pdf", text="tekst", blocks=(block,)), "act")


def test_a_document_of_endless_points_is_no_guideline() -> None:
    with pytest.raises(InputTooLarge, match="punkter"):
        read("# T\n\n" + "\n\n".join(f"{n}. Ejeren skal gøre dette her punkt." for n in range(1, MAX_POINTS + 2)))


LINES = ["1. Ejeren skal udpeges.", "a) en ting, som er lang nok", "- kort", "# H", "## 2 H", "| a | b |", "Tekst, der siger noget.", "1.1 x", "1_2 y"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=15))
def test_whatever_the_document_ids_are_unique_and_texts_verbatim(lines: list[str]) -> None:
    document = Documents().read_bytes("\n\n".join(lines).encode(), "r.md")
    points = points_of(document, "act")
    assert len({p.passage.id for p in points}) == len(points)
    assert all(document.text[p.span.start : p.span.end] == p.passage.text for p in points)
