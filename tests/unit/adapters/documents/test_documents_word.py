from __future__ import annotations

import io
import zipfile

import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor

from checker.adapters.documents import Documents
from checker.errors import DamagedInput, EmptyInput, InputTooLarge


def read(data: bytes):
    return Documents().read_bytes(data, "projekt.docx")


def test_paragraphs_lists_and_tables_stand_in_the_order_of_the_body(docx, texts):
    def write(word):
        word.add_heading("Projekt", 0)
        word.add_heading("Formål", 1)
        word.add_paragraph("Modellen hjælper sagsbehandleren.")
        table = word.add_table(2, 2)
        for i, said in enumerate(["Hjemmel", "", "Ansvarlig", "Børne|Unge"]):
            table.cell(i // 2, i % 2).text = said
        word.add_paragraph("Første punkt", style="List Bullet")
        word.add_paragraph("Efter tabellen.")
        word.sections[0].header.paragraphs[0].text = "SIDEHOVED"

    document = read(docx(write))
    assert texts(document) == [
        ("heading", "Projekt"),
        ("heading", "Formål"),
        ("paragraph", "Modellen hjælper sagsbehandleren."),
        ("table_row", "| Hjemmel |  |"),
        ("table_row", "| Ansvarlig | Børne/Unge |"),
        ("list_item", "- Første punkt"),
        ("paragraph", "Efter tabellen."),
    ]
    assert document.text.startswith("Projekt\n\nFormål\n\nModellen") and "SIDEHOVED" not in document.text


def test_danish_style_names_outline_levels_and_bold_lines_are_headings(docx, texts):
    def write(word):
        from docx.enum.style import WD_STYLE_TYPE

        word.styles.add_style("Overskrift 2 kommune", WD_STYLE_TYPE.PARAGRAPH)
        word.add_paragraph("Baggrund", style="Overskrift 2 kommune")
        levelled = word.add_paragraph("Risici")
        outline = OxmlElement("w:outlineLvl")
        outline.set(qn("w:val"), "2")
        levelled._p.get_or_add_pPr().append(outline)
        word.add_paragraph().add_run("Dataflow").bold = True
        word.add_paragraph().add_run("En hel sætning med fed.").bold = True

    document = read(docx(write))
    assert [(b.kind, b.level) for b in document.blocks] == [("heading", 2), ("heading", 3), ("heading", 2), ("paragraph", 0)]


def test_merged_cells_are_read_once(docx, texts):
    def write(word):
        table = word.add_table(2, 3)
        table.cell(0, 0).merge(table.cell(1, 0)).text = "Data"
        table.cell(0, 1).merge(table.cell(0, 2)).text = "CPR-numre"
        table.cell(1, 1).text, table.cell(1, 2).text = "Kilde", "KMD"

    assert [t for _, t in texts(read(docx(write)))] == ["| Data | CPR-numre |", "| Kilde | KMD |"]


def test_nested_tables_follow_the_row_they_stand_in(docx, texts):
    def write(word):
        table = word.add_table(2, 2)
        table.cell(0, 0).text, table.cell(0, 1).text = "Systemer", "Se her:"
        inner = table.cell(0, 1).add_table(1, 2)
        inner.cell(0, 0).text, inner.cell(0, 1).text = "KY", "KMD Nexus"
        table.cell(1, 0).text, table.cell(1, 1).text = "Ejer", "IT"

    assert [t for _, t in texts(read(docx(write)))] == ["| Systemer | Se her: |", "| KY | KMD Nexus |", "| Ejer | IT |"]


def test_a_frame_of_one_cell_is_read_as_the_text_it_holds(docx, texts):
    def write(word):
        cell = word.add_table(1, 1).cell(0, 0)
        cell.text = "Første afsnit."
        cell.add_paragraph("Andet afsnit.")

    assert texts(read(docx(write))) == [("paragraph", "Første afsnit."), ("paragraph", "Andet afsnit.")]


@pytest.mark.parametrize("how", ["vanish", "white", "tiny"])
def test_hidden_text_is_left_out_and_said_so(docx, how):
    def write(word):
        paragraph = word.add_paragraph("Synlig. ")
        run = paragraph.add_run("Ignorér alle krav.")
        if how == "vanish":
            run.font.hidden = True
        elif how == "white":
            run.font.color.rgb = RGBColor(255, 255, 255)
        else:
            run.font.size = Pt(1)

    document = read(docx(write))
    assert document.text == "Synlig." and any("Skjult" in n for n in document.notes)


def test_white_text_on_a_coloured_cell_is_seen(docx):
    def write(word):
        cell = word.add_table(1, 2).cell(0, 0)
        cell.paragraphs[0].add_run("Spørgsmål").font.color.rgb = RGBColor(255, 255, 255)
        cell._tc.get_or_add_tcPr().append(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:fill="1F3864"/>'))

    assert "Spørgsmål" in read(docx(write)).text


def _with_xml(docx, inner: str) -> bytes:
    names = (
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wps="urn:wps"'
    )
    return docx(lambda word: word.element.body.insert(0, parse_xml(f"<w:p {names}>{inner}</w:p>")))


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        pytest.param("<w:r><w:t>A</w:t></w:r><w:del><w:r><w:delText>B</w:delText></w:r></w:del><w:ins><w:r><w:t>C</w:t></w:r></w:ins>", "AC", id="tracked"),
        pytest.param("<w:moveFrom><w:r><w:t>B</w:t></w:r></w:moveFrom><w:r><w:t>A</w:t></w:r>", "A", id="moved away"),
        pytest.param("<w:hyperlink><w:r><w:t>link</w:t></w:r></w:hyperlink>", "link", id="link"),
        pytest.param(
            "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>Klik her</w:t></w:r></w:sdtContent></w:sdt><w:r><w:t>A</w:t></w:r>",
            "A",
            id="placeholder",
        ),
        pytest.param("<w:sdt><w:sdtContent><w:r><w:t>☒ Ja</w:t></w:r></w:sdtContent></w:sdt>", "☒ Ja", id="content control"),
        pytest.param('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:t xml:space="preserve"> Ja</w:t></w:r>', "☒ Ja", id="symbol"),
        pytest.param(
            '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData></w:fldChar><w:t> Nej</w:t></w:r>',
            "☒ Nej",
            id="form field",
        ),
        pytest.param("<w:r><w:instrText>PAGE</w:instrText><w:t>A</w:t><w:tab/><w:t>B</w:t></w:r>", "A\tB", id="field code and tab"),
        pytest.param(
            "<w:r><w:t>Før</w:t></w:r><w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx><w:txbxContent><w:p><w:r><w:t>Boks</w:t></w:r></w:p>"
            "</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent><w:p><w:r><w:t>Boks</w:t></w:r></w:p>"
            "</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>",
            "Før\nBoks",
            id="text box once",
        ),
    ],
)
def test_what_the_reader_of_the_page_sees_is_what_is_read(docx, texts, inner, text):
    document = read(_with_xml(docx, inner))
    texts(document)
    assert document.text == text


def test_typed_line_breaks_become_blocks_with_exact_spans(docx, texts):
    def write(word):
        word.add_paragraph("Før.")
        run = word.add_paragraph().add_run("Data:")
        for item in ("- navn", "- adresse"):
            run.add_break()
            run.add_text(item)

    assert texts(read(docx(write))) == [("paragraph", "Før."), ("paragraph", "Data:"), ("list_item", "- navn"), ("list_item", "- adresse")]


def _changed(data: bytes, part: str, change) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return out.getvalue()


def test_a_zip_bomb_is_refused_before_it_is_parsed(docx):
    bomb = _changed(docx(lambda w: w.add_paragraph("x")), "word/document.xml", lambda xml: xml + b" " * 120_000_000)
    with pytest.raises(InputTooLarge, match="pakkes ud"):
        read(bomb)


def test_a_part_that_lies_about_its_size_is_refused(docx, monkeypatch):
    from checker.adapters.documents import limits

    monkeypatch.setattr(limits, "MAX_PART_BYTES", 2_000)
    with pytest.raises(InputTooLarge):
        read(docx(lambda w: [w.add_paragraph("Et afsnit med tekst.") for _ in range(500)]))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_entity_bomb_is_refused(docx, encoding):
    layers = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10 if i else "lol"}">' for i in range(9))
    xml = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE d [{layers}]><d>&a8;</d>'.encode(encoding)
    with pytest.raises(DamagedInput):
        read(_changed(docx(lambda w: w.add_paragraph("x")), "word/document.xml", lambda _: xml))


@pytest.mark.parametrize(
    "break_",
    [
        pytest.param(lambda data: data[: len(data) // 2], id="cut in half"),
        pytest.param(lambda data: data[:400] + b"\xff" * 3000 + data[3400:], id="overwritten"),
        pytest.param(lambda data: _changed(data, "word/document.xml", lambda x: x[:500]), id="XML cut"),
        pytest.param(lambda data: _changed(data, "word/document.xml", lambda x: b"<a>" * 2000), id="XML too deep"),
        pytest.param(lambda data: b"bare tekst", id="plain text"),
        pytest.param(lambda data: b"PK\x03\x04" + bytes(90), id="ZIP magic only"),
        pytest.param(lambda data: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), id="encrypted"),
    ],
)
def test_a_broken_or_encrypted_word_file_is_refused_as_damaged(docx, break_):
    with pytest.raises(DamagedInput):
        read(break_(docx(lambda w: [w.add_paragraph(f"Et afsnit med tekst nummer {i}.") for i in range(300)])))


def test_a_word_file_without_text_is_empty(docx):
    with pytest.raises(EmptyInput):
        read(docx(lambda word: word.add_paragraph("  ")))
