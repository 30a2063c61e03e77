"""Files that people hand in by mistake, made by the libraries that people's programs stand for."""

from __future__ import annotations

import io
import zipfile


def scanned_pdf() -> bytes:
    from PIL import Image
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out)
    for _ in range(2):
        canvas.drawImage(ImageReader(Image.new("RGB", (60, 80), (200, 200, 200))), 0, 0, 595, 842)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def text_pdf() -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(72, 760, "Kommunen vil bruge en AI-sensor på plejehjemmet, og beboerne er orienteret.")
    canvas.save()
    return out.getvalue()


def encrypted_pdf() -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer, out = PdfWriter(PdfReader(io.BytesIO(text_pdf()))), io.BytesIO()
    writer.encrypt("hemmelig", "ejer", algorithm="AES-256")
    writer.write(out)
    return out.getvalue()


def word() -> bytes:
    from docx import Document

    document, out = Document(), io.BytesIO()
    document.add_paragraph("Kommunen vil bruge en AI-sensor på plejehjemmet, og beboerne er orienteret.")
    document.save(out)
    return out.getvalue()


def encrypted_word() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)


def bomb_word() -> bytes:
    """A Word file whose text unpacks to 300 MB."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word())) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            if entry.filename != "word/document.xml":
                target.writestr(entry, source.read(entry))
        with target.open("word/document.xml", "w", force_zip64=True) as part:
            for _ in range(300):
                part.write(b" " * 1_000_000)
    return out.getvalue()


BAD: dict[str, tuple[bytes | object, str]] = {
    "tom.txt": (b"", "ingen tekst"),
    "blank.txt": (b" \n\t\n ", "ingen tekst"),
    "program.txt": (bytes(range(256)) * 40, "binære data"),
    "billede.txt": (b"\x89PNG\r\n\x1a\n" + bytes(200), "PNG"),
    "ark.xlsx": (b"PK\x03\x04", ".xlsx"),
    "laast.pdf": (encrypted_pdf, "adgangskode"),
    "laast.docx": (encrypted_word, "adgangskode"),
    "knaekket.pdf": (lambda: text_pdf()[:300], "beskadiget"),
    "knaekket.docx": (lambda: word()[: len(word()) // 2], "beskadiget"),
    "skannet.pdf": (scanned_pdf, "uden læsbar tekst"),
    "bombe.docx": (bomb_word, "pakkes ud"),
    "kaempe.txt": (lambda: b"Kommunen vil bruge AI til at laese breve fra borgere.\n" * 1_000_000, "længere end"),
}


def content(name: str) -> bytes:
    made = BAD[name][0]
    return made if isinstance(made, bytes) else made()  # type: ignore[operator]
