"""The store of official texts, as data: what its log says, which text counts, and how a text of several files is one object.

A text is named by the SHA-256 of its bytes, so what is stored cannot be changed unseen. A version that comes as several files
(Formex, Markdown) is one object per file and one more, a manifest, that names them: the zip they came in is made anew for each
request, so its own hash would differ although no word has changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Literal

from pydantic import Field, ValidationError

from checker.model.law import Frozen
from checker.model.legal import Language

FORMATS = ("eurlex-xhtml", "lexdania", "formex", "retsinformation-json", "html", "docx", "pdf", "markdown")
"""The nearer the official publication and the surer its ids, the earlier; a re-typed text counts only where there is no other."""


class Origin(Frozen):
    """What a text is and where it comes from. `url`: its address, or the name of the file in the folder it was taken from."""

    source: str
    version: str
    language: Language
    format: str
    url: str
    fetched_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    how: Literal["network", "folder"]

    @property
    def key(self) -> tuple[str, str, str, str]:
        return (self.source, self.version, self.language, self.format)


class Stored(Origin):
    """One line of the log. `parts`: of how many files the text consists; 0 when the object is the text itself."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(ge=0)
    parts: int = Field(default=0, ge=0)


class Log(Frozen):
    """`damaged`: lines that cannot be read, as a kill in the middle of writing leaves one."""

    records: tuple[Stored, ...] = ()
    damaged: tuple[int, ...] = ()


class Member(Frozen):
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(ge=0)


class Manifest(Frozen):
    members: dict[str, Member] = Field(min_length=1)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def object_name(sha256: str) -> str:
    """Where an object lies in the store; two letters a folder keep folders small."""
    return f"objects/{sha256[:2]}/{sha256}"


def write_manifest(members: Mapping[str, bytes]) -> bytes:
    """The same files give the same bytes, in whatever order they come."""
    content = {name: {"bytes": len(members[name]), "sha256": digest(members[name])} for name in sorted(members)}
    return json.dumps({"members": content}, ensure_ascii=False, indent=1).encode() + b"\n"


def read_manifest(data: bytes) -> dict[str, Member] | None:
    """The files of a text, by name; None when this is no manifest."""
    try:
        return Manifest.model_validate_json(data).members
    except ValidationError:
        return None


def parse_log(data: bytes) -> Log:
    records, damaged = [], []
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            records.append(Stored.model_validate_json(line))
        except ValidationError:
            damaged.append(number)
    return Log(records=tuple(records), damaged=tuple(damaged))


def log_line(stored: Stored) -> bytes:
    return stored.model_dump_json().encode() + b"\n"


def newest(
    records: Iterable[Stored],
    source: str,
    version: str,
    language: str,
    there: Callable[[Stored], bool],
    format: str | None = None,
) -> Stored | None:
    """The text that counts: of the best format that is there, what was logged last.

    Args:
        there: whether the objects of a record are in the store; a record without them is passed over.
        format: only this one.
    """
    found = [r for r in records if (r.source, r.version, r.language) == (source, version, language) and format in (None, r.format)]
    best: dict[str, Stored] = {}
    for record in reversed(found):
        if record.format not in best and there(record):
            best[record.format] = record
    return min(best.values(), key=lambda r: _rank(r.format), default=None)


def _rank(format: str) -> int:
    return FORMATS.index(format) if format in FORMATS else len(FORMATS)


def rivals(records: Iterable[Stored], stored: Stored) -> tuple[Stored, ...]:
    """Other texts that claim to be the same version in the same language and format, each once, oldest first."""
    others = {r.sha256: r for r in records if r.key == stored.key and r.sha256 != stored.sha256}
    return tuple(others.values())
