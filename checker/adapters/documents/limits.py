"""Size limits, and opening ZIP and XML without being blown up: everything is measured before a parser sees it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable
from typing import Any

from checker.adapters.documents import refuse

MAX_FILE_BYTES = 200_000_000
MAX_TEXT_CHARS = 5_000_000  # a thousand times a long project description; more is a wrong file, not a project
MAX_UNPACKED_BYTES = 500_000_000  # the whole archive, pictures with it
MAX_PART_BYTES = 64_000_000  # one XML part; its tree takes about ten times as much memory
MAX_RATIO = 200
RATIO_MATTERS_FROM = 20_000_000  # small files of nothing but table cells pack very well, and do no harm
MAX_ENTRIES = 20_000
MAX_PDF_STREAM_BYTES = 64_000_000

_CHUNK = 1 << 20
_PDF_STREAM = re.compile(rb"stream\r?\n")
_ENCRYPTED = 0x1


def open_archive(data: bytes, source: str, kind: str) -> zipfile.ZipFile:
    """The archive, once its declared sizes are within bounds.

    Raises:
        DamagedInput: not a whole ZIP, or encrypted.
        InputTooLarge: too many parts, or unpacks too large.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RecursionError, EOFError) as fault:
        raise refuse.damaged(source, kind) from fault
    entries = archive.infolist()
    declared = sum(e.file_size for e in entries)
    if len(entries) > MAX_ENTRIES or declared > MAX_UNPACKED_BYTES:
        raise refuse.unpacks_too_large(source)
    if declared > RATIO_MATTERS_FROM and declared > MAX_RATIO * len(data):
        raise refuse.unpacks_too_large(source)
    if any(e.flag_bits & _ENCRYPTED for e in entries):
        raise refuse.locked(source)
    return archive


def parts(archive: zipfile.ZipFile, names: Iterable[str], source: str, kind: str) -> dict[str, bytes]:
    """Those of the named parts that are there, unpacked in pieces so that a false declared size does no harm.

    Raises:
        DamagedInput: a part cannot be unpacked.
        InputTooLarge: a part unpacks too large.
    """
    present = set(archive.namelist())
    return {name: _unpack(archive, name, source, kind) for name in names if name in present}


def _unpack(archive: zipfile.ZipFile, name: str, source: str, kind: str) -> bytes:
    if archive.getinfo(name).file_size > MAX_PART_BYTES:
        raise refuse.unpacks_too_large(source)
    out = io.BytesIO()
    try:
        with archive.open(name) as part:
            while chunk := part.read(_CHUNK):
                out.write(chunk)
                if out.tell() > MAX_PART_BYTES:
                    raise refuse.unpacks_too_large(source)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as fault:
        raise refuse.damaged(source, kind) from fault
    return out.getvalue()


def parse_xml(data: bytes, source: str, kind: str) -> Any:
    """The root element. Entities are refused: neither Word nor OpenDocument writes any, only entity bombs do.

    Raises:
        DamagedInput: not well-formed, too deep, or with entities of its own.
    """
    from lxml import etree

    if b"<!ENTITY" in data.replace(b"\0", b""):  # without NULs: also when written as UTF-16
        raise refuse.damaged(source, kind)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as fault:
        raise refuse.damaged(source, kind) from fault
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and any(True for _ in dtd.iterentities()):  # other encodings hide from the search above
        raise refuse.damaged(source, kind)
    return root


def check_pdf_streams(data: bytes, source: str) -> None:
    """Refuses a PDF whose packed streams (pictures aside, which are never unpacked) grow out of bounds.

    Raises:
        InputTooLarge: a stream unpacks to more than the limit, or is packed twice over.
    """
    for match in _PDF_STREAM.finditer(data):
        if data[max(0, match.start() - 3) : match.start()] == b"end":
            continue
        head = data[max(0, match.start() - 600) : match.start()]
        head = head[head.rfind(b" obj") + 1 :]
        if b"/Image" in head:
            continue
        if head.count(b"FlateDecode") > 1:
            raise refuse.unpacks_too_large(source)
        if data[match.end() : match.end() + 1] in (b"\x78", b"\x68", b"\x58", b"\x48") and _grows(data, match.end()):
            raise refuse.unpacks_too_large(source)


def _grows(data: bytes, start: int) -> bool:
    unpacker = zlib.decompressobj()
    total, at = 0, start
    pending = b""
    try:
        while not unpacker.eof and (pending or at < len(data)):
            if not pending:
                pending, at = data[at : at + (1 << 16)], at + (1 << 16)
            total += len(unpacker.decompress(pending, _CHUNK))
            pending = unpacker.unconsumed_tail
            if total > MAX_PDF_STREAM_BYTES:
                return True
    except zlib.error:
        pass  # not packed this way, encrypted, or broken: the PDF reader decides that
    return False
