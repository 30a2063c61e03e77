"""Document formats behind the `DocumentReader` port: .txt .md .docx .pdf .odt .html, and bytes from standard input."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from checker.adapters.documents import opendocument, pdf, refuse, text, web, word
from checker.adapters.documents.limits import MAX_FILE_BYTES, open_archive, parts
from checker.model.project import Document

__all__ = ["SUFFIXES", "Documents"]

_Read = Callable[[bytes, str], Document]

_READERS: dict[str, _Read] = {
    "txt": lambda data, source: text.read(data, source, "txt"),
    "docx": word.read,
    "pdf": pdf.read,
    "odt": opendocument.read,
    "html": web.read,
}
_FORMATS = {".txt": "txt", ".text": "txt", ".md": "md", ".markdown": "md", ".docx": "docx", ".pdf": "pdf", ".odt": "odt", ".html": "html", ".htm": "html"}
SUFFIXES = frozenset(_FORMATS)
_TEXTS = frozenset(("txt", "md", "html"))

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
)
_OTHER_ZIPS = (("xl/", "Excel (.xlsx)"), ("ppt/", "PowerPoint (.pptx)"))
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|div|h[1-6]|p|table|ul|ol|section|article|main|meta)\b",
    re.IGNORECASE | re.DOTALL,
)
_NAMES = {"docx": "Word (.docx)", "pdf": "PDF", "odt": "OpenDocument (.odt)", "html": "HTML", "txt": "tekst (.txt)", "md": "Markdown (.md)"}


class Documents:
    """The `DocumentReader` of the product.

    Args:
        comments: comments of Markdown stay in the text. Only for guidelines, where what is hidden is found, shown, and never used.
    """

    def __init__(self, comments: bool = False) -> None:
        self._comments = comments

    def read(self, path: Path) -> Document:
        """Reads one file.

        Raises:
            EmptyInput: no text in it.
            UnsupportedInput: another format.
            DamagedInput: broken, locked with a password, or not what its name says.
            NoTextLayer: a PDF of pictures.
            InputTooLarge: past a limit of `limits`.
            InputError: no such file, a folder, or no permission.
        """
        source = str(path)
        suffix = path.suffix.lower()
        data = _bytes_of(path)
        if suffix and suffix not in _FORMATS and not _old_word(data):
            raise refuse.unsupported(source, suffix)
        return self.read_bytes(data, source)

    def read_bytes(self, data: bytes, name: str) -> Document:
        """Reads bytes. The ending of the name says the format; without one (`-`) the content is looked at.

        Raises:
            InputError: the kinds of `read`, those about files aside.
        """
        if len(data) > MAX_FILE_BYTES:
            raise refuse.file_too_large(name, MAX_FILE_BYTES)
        if not data.strip():
            raise refuse.empty(name)
        suffix = Path(name).suffix.lower() if name != "-" else ""
        if suffix and suffix not in _FORMATS:
            raise refuse.unsupported(name, suffix)
        found = _sniffed(data, name)
        format_ = _FORMATS[suffix] if suffix else found
        agrees = format_ == found or (format_ in _TEXTS and found in _TEXTS)
        if not agrees and found in _TEXTS:
            raise refuse.damaged(name, _NAMES[format_])
        if not agrees:
            raise refuse.misnamed(name, _NAMES[format_], _NAMES[found])
        if format_ == "md":
            return text.read(data, name, format_, self._comments)
        return _READERS[format_](data, name)

    def paths(self, path: Path) -> list[Path]:
        """A file itself, or every document in a folder and its folders, sorted; hidden and temporary files are passed over.

        Raises:
            InputError: nothing there, no permission, or no readable document in the folder.
        """
        try:
            if not path.exists():
                raise refuse.missing(str(path))
            if not path.is_dir():
                return [path]
        except OSError as fault:
            raise _about(fault, str(path)) from fault
        found = [Path(folder) / name for folder, names in _walk(path) for name in names if _is_document(name)]
        if not found:
            raise refuse.nothing_in_folder(str(path))
        return sorted(found)


def _walk(top: Path) -> list[tuple[str, list[str]]]:
    visited: list[tuple[str, list[str]]] = []

    def refused(fault: OSError) -> None:
        raise _about(fault, str(fault.filename or top)) from fault

    for folder, inner, names in os.walk(top, onerror=refused):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        visited.append((folder, names))
    return visited


def _is_document(name: str) -> bool:
    return not name.startswith((".", "~$")) and Path(name).suffix.lower() in _FORMATS  # "~$": Word's lock files


def _bytes_of(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise refuse.is_folder(str(path))
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)  # never the whole of an endless device
    except (OSError, ValueError) as fault:  # ValueError: a NUL in the name
        raise _about(fault, str(path)) from fault
    if len(data) > MAX_FILE_BYTES:
        raise refuse.file_too_large(str(path), MAX_FILE_BYTES)
    return data


def _about(fault: OSError | ValueError, source: str) -> Exception:
    if isinstance(fault, (FileNotFoundError, NotADirectoryError, ValueError)):
        return refuse.missing(source)
    if isinstance(fault, PermissionError):
        return refuse.no_permission(source)
    return refuse.unreachable(source, fault.strerror or type(fault).__name__)


def _old_word(data: bytes) -> bool:
    """Locked documents keep their message also under another ending."""
    return data.startswith(_OLE) and _ENCRYPTED_STREAM in data


def _sniffed(data: bytes, source: str) -> str:
    """The format that the content shows.

    Raises:
        UnsupportedInput: recognised as a format we do not read.
        DamagedInput: an encrypted Office document, or an archive that cannot be opened.
    """
    if data.startswith(_OLE):
        raise refuse.locked(source) if _ENCRYPTED_STREAM in data else refuse.unsupported(source, "Word 97-2003 (.doc)")
    if b"%PDF-" in data[:1024] and not _HTML.match(data[:4096]) and _looks_like_pdf(data):
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _sniffed_zip(data, source)
    if data.startswith(b"{\\rtf"):
        raise refuse.unsupported(source, "RTF (.rtf)")
    if name := next((n for magic, n in _PICTURES if data.startswith(magic)), None):
        raise refuse.misnamed(source, Path(source).suffix or "tekst", name)
    return "html" if _HTML.match(data[:4096].removeprefix(b"\xef\xbb\xbf")) else "txt"


def _looks_like_pdf(data: bytes) -> bool:
    """A text may speak of "%PDF-" near its start; a PDF begins with it, or has something binary before it."""
    return data.lstrip().startswith(b"%PDF-") or b"endobj" in data


def _sniffed_zip(data: bytes, source: str) -> str:
    kind = _FORMATS.get(Path(source).suffix.lower(), "")
    archive = open_archive(data, source, _NAMES.get(kind, "ZIP") if kind not in _TEXTS else "ZIP")
    names = archive.namelist()
    mime = parts(archive, ["mimetype"], source, "ZIP").get("mimetype", b"")
    if mime.startswith(b"application/vnd.oasis.opendocument.text") or (not mime and "content.xml" in names):
        return "odt"
    if mime.startswith(b"application/vnd.oasis.opendocument"):
        raise refuse.unsupported(source, "OpenDocument (.ods, .odp)")
    other = next((what for folder, what in _OTHER_ZIPS if any(n.startswith(folder) for n in names)), None)
    if other:
        raise refuse.unsupported(source, other)
    if "_rels/.rels" in names or any(n.startswith("word/") for n in names):
        return "docx"
    if kind in ("docx", "odt"):
        raise refuse.damaged(source, _NAMES[kind])
    raise refuse.unsupported(source, "ZIP (.zip)")
