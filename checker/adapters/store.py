"""CHECKER_HOME/store: official texts by the hash of their content, and a log of what each is. Written so that a kill at any point,
or a full disk, leaves every earlier text usable: objects first, each under another name until it is whole, the line of the log last.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from checker.errors import IndexFault
from checker.knowledge.store import (
    Log,
    Origin,
    Stored,
    digest,
    log_line,
    newest,
    object_name,
    parse_log,
    read_manifest,
    rivals,
    write_manifest,
)

_STALE_AFTER = 3600.0
_ASK_AGAIN = "Hent den igen med: checker corpus fetch --again."


class Store:
    """The store of one CHECKER_HOME. Nothing is made until something is put in.

    Args:
        home: CHECKER_HOME; the store is its folder `store`.
    """

    def __init__(self, home: Path) -> None:
        self.root = home / "store"
        self._log = self.root / "log.jsonl"

    @property
    def log(self) -> Log:
        """Everything ever taken in, oldest first.

        Raises:
            IndexFault: the log is there and cannot be read.
        """
        try:
            return parse_log(self._log.read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return Log()
        except OSError as error:
            raise IndexFault(f"Lagerets log {self._log} kan ikke læses: {error.strerror or error}.") from None

    def latest(self, source: str, version: str, language: str, format: str | None = None) -> Stored | None:
        """The text of a version that counts, or None. Only whole ones: what is missing or cut short is passed over."""
        return newest(self.log.records, source, version, language, self._there, format)

    def rivals(self, stored: Stored) -> tuple[Stored, ...]:
        """Other texts that were taken in as the same version."""
        return rivals(self.log.records, stored)

    def read(self, sha256: str) -> bytes:
        """An object, proved by its hash.

        Raises:
            IndexFault: missing, or not what its name says.
        """
        try:
            data = (self.root / object_name(sha256)).read_bytes()
        except OSError as error:
            raise IndexFault(f"Teksten {sha256[:12]} mangler i lageret {self.root}: {error.strerror or error}.", _ASK_AGAIN) from None
        if digest(data) != sha256:
            raise IndexFault(f"Teksten {sha256[:12]} i lageret {self.root} er ændret eller beskadiget.", _ASK_AGAIN)
        return data

    def files(self, stored: Stored) -> dict[str, bytes]:
        """The files of a text by name; of a text that is one file, that file under the name of its format.

        Raises:
            IndexFault: something of it is missing or damaged.
        """
        data = self.read(stored.sha256)
        if not stored.parts:
            return {stored.format: data}
        members = read_manifest(data)
        if members is None:
            raise IndexFault(f"Listen over filerne i {stored.source} {stored.version} er beskadiget.", _ASK_AGAIN)
        return {name: self.read(member.sha256) for name, member in members.items()}

    def sound(self, stored: Stored) -> bool:
        """Whether every byte of a text is there and as it was."""
        try:
            return bool(self.files(stored))
        except IndexFault:
            return False

    def put(self, origin: Origin, content: bytes | Mapping[str, bytes]) -> Stored:
        """Takes a text in. It counts from the moment its line is in the log.

        Raises:
            IndexFault: it cannot be written (disk full, no permission); what was there before is as it was.
        """
        parts = {} if isinstance(content, bytes) else dict(content)
        data = content if isinstance(content, bytes) else write_manifest(parts)
        stored = Stored(**origin.model_dump(), sha256=digest(data), bytes=len(data), parts=len(parts))
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self._sweep()
            for part in (*parts.values(), data):
                self._write_object(part)
            with self._locked():
                self._append(log_line(stored))
        except OSError as error:
            why = error.strerror or str(error)
            raise IndexFault(
                f"Lageret {self.root} kan ikke skrives ({why}); {origin.source} {origin.version} blev ikke gemt.",
                "Det, der var hentet i forvejen, er uskadt. Frigør plads, eller vælg en anden mappe med CHECKER_HOME.",
            ) from None
        return stored

    def _there(self, stored: Stored) -> bool:
        if _size(self.root / object_name(stored.sha256)) != stored.bytes:
            return False
        if not stored.parts:
            return True
        members = read_manifest((self.root / object_name(stored.sha256)).read_bytes())
        return members is not None and all(_size(self.root / object_name(m.sha256)) == m.bytes for m in members.values())

    def _write_object(self, data: bytes) -> None:
        target = self.root / object_name(digest(data))
        if target.is_file() and digest(target.read_bytes()) == target.name:
            return
        incoming = self.root / "incoming"
        for folder in (incoming, target.parent):
            folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=incoming)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, target)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise

    def _append(self, line: bytes) -> None:
        """One line, or nothing: what a full disk let through of it is taken back."""
        with self._log.open("a+b", buffering=0) as file:
            before = file.seek(0, os.SEEK_END)
            if before:
                file.seek(before - 1)
                if file.read(1) != b"\n":  # a kill left half a line: it stays alone on its own
                    line = b"\n" + line
            try:
                if file.write(line) != len(line):
                    raise OSError("only a part of the line could be written")
                os.fsync(file.fileno())
            except OSError:
                file.truncate(before)
                raise

    def _sweep(self) -> None:
        """What a killed run left half-written. Fresh ones may belong to a run beside this one."""
        for file in (self.root / "incoming").glob("*"):
            with contextlib.suppress(OSError):
                if time.time() - file.stat().st_mtime > _STALE_AFTER:
                    file.unlink()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        from filelock import FileLock, Timeout

        try:
            with FileLock(self.root / ".lock", timeout=30):
                yield
        except Timeout:
            raise OSError("another checker has been writing for half a minute") from None


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return -1
