from __future__ import annotations

import os
from pathlib import Path

import pytest

from checker.adapters.documents import Documents
from checker.errors import DamagedInput, EmptyInput, InputError, InputTooLarge, UnsupportedInput
from checker.ports import DocumentReader

PROSE = "Kommunen vil bruge en model til at sortere ansøgninger."


def test_it_is_the_document_reader_of_the_ports(tmp_path):
    reader: DocumentReader = Documents()
    (tmp_path / "a.TXT").write_text(PROSE)
    document = reader.read(tmp_path / "a.TXT")
    assert document.text == PROSE and document.format == "txt" and document.source == str(tmp_path / "a.TXT")


def test_standard_input_is_recognised_by_its_content(docx, odt, pdf):
    from odf import text

    made = {
        "docx": docx(lambda w: w.add_paragraph(PROSE)),
        "odt": odt(lambda d: d.text.addElement(text.P(text=PROSE))),
        "pdf": pdf(lambda c: c.drawString(72, 700, PROSE)),
        "html": f"<!DOCTYPE html><p>{PROSE}".encode(),
        "txt": PROSE.encode(),
    }
    for format_, data in made.items():
        document = Documents().read_bytes(data, "-")
        assert (document.format, document.text, document.source) == (format_, PROSE, "-")


@pytest.mark.parametrize("suffix", [".xlsx", ".doc", ".png", ".rtf", ".pptx", ".zip", ".eml"])
def test_other_formats_are_refused_with_the_formats_that_are_read(tmp_path, suffix):
    (tmp_path / f"a{suffix}").write_bytes(b"PK\x03\x04 noget")
    with pytest.raises(UnsupportedInput, match=r"\.docx, \.pdf, \.odt"):
        Documents().read(tmp_path / f"a{suffix}")


@pytest.mark.parametrize(
    ("name", "data"),
    [("-", b"{\\rtf1 hej}"), ("-", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))],
)
def test_formats_known_by_content_are_refused_by_name(name, data):
    with pytest.raises(UnsupportedInput):
        Documents().read_bytes(data, name)


def test_a_spreadsheet_on_standard_input_is_called_a_spreadsheet(zipped):
    with pytest.raises(UnsupportedInput, match="Excel"):
        Documents().read_bytes(zipped({"xl/workbook.xml": b"<a/>", "_rels/.rels": b"<a/>"}), "-")


def test_a_word_file_under_the_name_of_a_pdf_is_refused_with_its_true_kind(docx):
    with pytest.raises(DamagedInput, match="Word"):
        Documents().read_bytes(docx(lambda w: w.add_paragraph(PROSE)), "a.pdf")


def test_an_encrypted_word_file_is_refused_with_what_to_do():
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(DamagedInput, match="uden adgangskode"):
        Documents().read_bytes(data, "a.docx")


def test_a_folder_gives_its_documents_sorted_and_nothing_else(tmp_path):
    for name in ("b.txt", "a.docx", "sub/c.PDF", ".skjult.txt", ".git/d.txt", "~$a.docx", "e.yaml", "f.json", "g.xlsx"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert [p.relative_to(tmp_path).as_posix() for p in Documents().paths(tmp_path)] == ["a.docx", "b.txt", "sub/c.PDF"]
    assert Documents().paths(tmp_path / "e.yaml") == [tmp_path / "e.yaml"]


def test_a_folder_without_documents_is_said_so(tmp_path):
    with pytest.raises(InputError, match="ingen dokumenter"):
        Documents().paths(tmp_path)


@pytest.mark.parametrize("ask", ["read", "paths"])
def test_a_missing_file_is_said_so(tmp_path, ask):
    with pytest.raises(InputError, match="findes ikke"):
        getattr(Documents(), ask)(tmp_path / "ingen.txt")


def test_a_folder_is_no_document(tmp_path):
    with pytest.raises(InputError, match="mappe"):
        Documents().read(tmp_path)


def test_a_file_that_may_not_be_read_is_said_so(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match="adgang"):
        Documents().read(tmp_path / "a.txt")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_said_so(tmp_path):
    (tmp_path / "lukket").mkdir(mode=0)
    with pytest.raises(InputError, match="adgang"):
        Documents().paths(tmp_path)


def test_an_endless_file_is_refused_at_the_limit(tmp_path, monkeypatch):
    import checker.adapters.documents as room

    monkeypatch.setattr(room, "MAX_FILE_BYTES", 1_000_000)
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(1_000_001)
    with pytest.raises(InputTooLarge, match="1 MB"):
        Documents().read(tmp_path / "a.txt")


def test_an_empty_file_is_empty_whatever_its_name(tmp_path):
    for name in ("a.txt", "a.docx", "a.pdf", "a.html"):
        with pytest.raises(EmptyInput):
            Documents().read_bytes(b"", name)


def test_heavy_libraries_are_not_imported_until_a_document_needs_them():
    import subprocess
    import sys

    code = "import sys, checker.adapters.documents; print([m for m in ('lxml', 'pdfplumber', 'pypdf', 'selectolax') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
