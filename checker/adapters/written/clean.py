"""Text that the parts of an office file can hold, and such a file packed so that the same report gives the same bytes."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

# What XML 1.0 has no letter for, beyond what `printable` made visible. A document with one of them does not open.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")

_EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
"""A zip can hold no earlier date."""


def clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def shortened(text: str, most: int) -> str:
    """At most so many characters, the last one a mark of what was left out; on one line."""
    line = " ".join(clean(text).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def packed(parts: dict[str, bytes], moment: datetime) -> bytes:
    """A zip of these parts in this order, all dated `moment`."""
    written = io.BytesIO()
    at = max(moment.astimezone(UTC), _EARLIEST)
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            info = ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
            info.compress_type = ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)
    return written.getvalue()


def repacked(office: bytes, moment: datetime, without: tuple[str, ...] = ()) -> bytes:
    """The same office file with every part dated `moment` instead of now."""
    with ZipFile(io.BytesIO(office)) as archive:
        return packed({name: archive.read(name) for name in archive.namelist() if name not in without}, moment)
