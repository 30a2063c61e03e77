"""Real documents, made by the libraries that people's programs stand for."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from checker.model.project import Document


@pytest.fixture
def docx() -> Callable[[Callable], bytes]:
    """Bytes of a Word file that a function has written into."""
    from docx import Document as Word

    def make(write: Callable) -> bytes:
        word, out = Word(), io.BytesIO()
        write(word)
        word.save(out)
        return out.getvalue()

    return make


@pytest.fixture
def odt() -> Callable[[Callable], bytes]:
    from odf.opendocument import OpenDocumentText

    def make(write: Callable) -> bytes:
        text, out = OpenDocumentText(), io.BytesIO()
        write(text)
        text.save(out)
        return out.getvalue()

    return make


@pytest.fixture
def pdf() -> Callable[[Callable], bytes]:
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    def make(write: Callable) -> bytes:
        out = io.BytesIO()
        canvas = Canvas(out, pagesize=A4)
        write(canvas)
        canvas.save()
        return out.getvalue()

    return make


@pytest.fixture
def zipped() -> Callable[[dict[str, bytes]], bytes]:
    def make(parts: dict[str, bytes]) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in parts.items():
                archive.writestr(name, data)
        return out.getvalue()

    return make


@pytest.fixture
def texts() -> Callable[[Document], list[tuple[str, str]]]:
    """Kind and text of every block, after checking that the spans are exact, ordered and apart."""

    def of(document: Document) -> list[tuple[str, str]]:
        at = 0
        for block in document.blocks:
            said = document.text[block.span.start : block.span.end]
            assert at <= block.span.start < block.span.end <= len(document.text)
            assert said == said.strip()
            at = block.span.end
        return [(b.kind, document.text[b.span.start : b.span.end]) for b in document.blocks]

    return of
