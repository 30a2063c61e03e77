from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.adapters.documents import Documents
from checker.errors import DamagedInput, EmptyInput, InputTooLarge

DANISH = "Ældre på Ærø får hjælp: »så længe det går« – 100 €\nOgså i små øer."
PLAIN = "Ældre på Ærø får hjælp af en model. Også i små øer på Sjælland."


def read(data: bytes, name: str = "projekt.txt"):
    return Documents().read_bytes(data, name)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_danish_letters_and_signs_are_read_rightly_in(encoding):
    assert read(DANISH.encode(encoding)).text == DANISH


@pytest.mark.parametrize("encoding", ["latin-1", "mac-roman", "cp850"])
def test_danish_letters_are_read_rightly_in_older(encoding):
    assert read(PLAIN.encode(encoding)).text == PLAIN


@pytest.mark.parametrize("ends", ["\r\n", "\r", "\n"])
def test_every_kind_of_line_end_becomes_lf(ends):
    assert read(f"En linje.{ends}{ends}To.".encode()).text == "En linje.\n\nTo."


def test_a_single_broken_byte_does_not_turn_utf8_into_gibberish():
    document = read("Ældre på Ærø får hjælp æøå".encode() + b"\xff slut")
    assert document.text.startswith("Ældre på Ærø") and document.notes


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", "\ufeff\n".encode(), "\ufeff".encode("utf-16-le")])
def test_a_file_without_text_is_called_empty(data):
    with pytest.raises(EmptyInput, match="ingen tekst"):
        read(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(bytes(range(256)) * 40, id="all bytes"),
        pytest.param(b"hello\0world and \0 more", id="NUL in a text"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(300), id="a picture"),
        pytest.param(b"%PDF-1.4\n1 0 obj\nendobj\n", id="a PDF"),
        pytest.param(b"\xff\xfe\x00\xd8", id="half a character"),
    ],
)
def test_binary_data_under_a_text_name_is_refused(data):
    with pytest.raises(DamagedInput):
        read(data)


def test_a_text_of_fifty_megabytes_is_refused_with_its_limit():
    with pytest.raises(InputTooLarge, match="5 mio. tegn"):
        read(b"Et ord til. " * 4_200_000)


def test_markdown_keeps_its_marks_and_gets_its_blocks(texts):
    document = read(b"# Titel\n\nEn tekst.\n\n- et punkt\n\n| a | b |\n|---|---|\n| c | d |\n", "projekt.md")
    assert document.format == "md"
    assert [kind for kind, _ in texts(document)] == ["heading", "paragraph", "list_item", "table_row", "table_row"]


@given(st.text(alphabet=string.ascii_letters + "æøåÆØÅ .,:;!?-*#|_=1234567890\n\r\t()§»«\u2028\x0c\x85", min_size=1, max_size=400))
def test_every_block_is_exact_in_order_and_together_they_hold_every_word(text):
    try:
        document = read(text.encode("utf-8-sig"))
    except EmptyInput:
        return
    covered, at = set(), 0
    for block in document.blocks:
        assert at <= block.span.start < block.span.end <= len(document.text)
        covered.update(range(block.span.start, block.span.end))
        at = block.span.end
    assert all(i in covered for i, c in enumerate(document.text) if c.isalnum())


@given(st.binary(max_size=600), st.sampled_from(["a.txt", "a.md", "a.docx", "a.odt", "a.pdf", "a.html", "-"]))
def test_any_bytes_are_read_or_refused_but_never_crash(data, name):
    from checker.errors import InputError

    try:
        read(data, name).sha256  # noqa: B018 - also the text must be storable
    except InputError as refusal:
        assert str(refusal)
