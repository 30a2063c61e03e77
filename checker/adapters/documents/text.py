"""Plain text and Markdown: bytes to text, whatever program wrote them."""

from __future__ import annotations

import codecs
import re

from checker.adapters.documents import refuse
from checker.adapters.documents.draft import COMMENTS, COMMENTS_LEFT_OUT, spoken_in, unread_note
from checker.adapters.documents.limits import MAX_FILE_BYTES, MAX_TEXT_CHARS
from checker.model.project import Document
from checker.read.structure import blocks_of

_BOMS = (  # UTF-32 first: its little-endian mark starts with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OLD_ENCODINGS = ("cp1252", "mac-roman", "cp850")  # Windows, old Macs, DOS case systems; the first wins a tie
_DANISH = re.compile("[æøåÆØÅéÉüöä§»«–“”’]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_COMMENT = re.compile(r"<!--(.*?)(?:-->|\Z)", re.DOTALL)
_SAMPLE = 200_000
BROKEN_CHARACTERS = "Enkelte tegn i filen kunne ikke læses og er vist som \ufffd / a few characters could not be read and are shown as \ufffd"


def read(data: bytes, source: str, format_: str, comments: bool = False) -> Document:
    """Text as written, with LF line ends and without a byte order mark.

    Args:
        comments: Markdown's comments stay where they stand: for a guideline, whose own steps show what is hidden to the one who approves.

    Raises:
        EmptyInput: nothing but white space.
        DamagedInput: binary data, or another format under a text name.
        InputTooLarge: more than five million characters.
    """
    if len(data) > min(4 * MAX_TEXT_CHARS + 4, MAX_FILE_BYTES):  # no encoding takes more than four bytes a character
        raise refuse.text_too_long(source, MAX_TEXT_CHARS)
    text = decode(data, source)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    notes: tuple[str, ...] = (BROKEN_CHARACTERS,) if "\ufffd" in text else ()
    if format_ == "md" and not comments:
        text, hidden = _without_comments(text)
        notes += hidden
    if len(text) > MAX_TEXT_CHARS:
        raise refuse.text_too_long(source, MAX_TEXT_CHARS)
    blocks = blocks_of(text)
    if not text.strip() or not blocks:
        raise refuse.empty(source)
    return Document(source=source, format=format_, text=text, blocks=blocks, notes=notes)


def _without_comments(text: str) -> tuple[str, tuple[str, ...]]:
    """Markdown as it is shown, with notes on what is not; inside code, a comment is text."""
    if "<!--" not in text or "```" in text:
        return text, ()
    said = " ".join(_COMMENT.findall(text))
    shown = _COMMENT.sub("", text)
    spoken = spoken_in(said)
    return shown, (COMMENTS_LEFT_OUT, unread_note(COMMENTS, spoken)) if spoken else (COMMENTS_LEFT_OUT,) if said else ()


def decode(data: bytes, source: str) -> str:
    """The text in the bytes.

    Raises:
        DamagedInput: the bytes are not text.
    """
    text = _decoded(data, source)
    # A text has next to no control characters; a form feed, a tab and an escape now and then are all right.
    if "\x00" in text or len(_CONTROLS.findall(text)) > max(2, len(text) // 500):
        raise refuse.binary(source)
    return text


def _decoded(data: bytes, source: str) -> str:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as fault:
                if encoding == "utf-8-sig":
                    return data.decode(encoding, errors="replace")
                raise refuse.binary(source) from fault
    if b"\0" in data:
        return _utf16(data, source)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _without_mark(data)


def _utf16(data: bytes, source: str) -> str:
    """UTF-16 without a mark: in Latin writing nearly every other byte is zero, always the same half of the pair."""
    zeros_first, zeros_second = data[0::2].count(0), data[1::2].count(0)
    pairs = len(data) // 2
    encoding = "utf-16-le" if zeros_second > zeros_first else "utf-16-be"
    if len(data) % 2 or max(zeros_first, zeros_second) < 0.6 * pairs or min(zeros_first, zeros_second) > 0.02 * pairs:
        raise refuse.binary(source)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as fault:
        raise refuse.binary(source) from fault


def _without_mark(data: bytes) -> str:
    """UTF-8 with a broken character or two, or one of the old one-byte encodings."""
    mended = data.decode("utf-8", errors="replace")
    broken, whole = mended.count("\ufffd"), sum(1 for c in mended[:_SAMPLE] if ord(c) > 127 and c != "\ufffd")
    if whole > 3 * broken:
        return mended
    high = bytes(b for b in data[:_SAMPLE] if b > 127)
    best = max(_OLD_ENCODINGS, key=lambda e: len(_DANISH.findall(high.decode(e, errors="replace"))))
    try:
        return data.decode(best)
    except UnicodeDecodeError:
        return data.decode("latin-1")
