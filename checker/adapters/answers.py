"""Answers of a language model that are kept between runs (SQLite), so that a run that was broken off goes on where it stopped."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
_AT_ONCE = 500
"""Keys in one statement; SQLite takes no more than some hundreds of variables in older builds."""
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class SqliteAnswers:
    """An AnswerCache in one file, shared by threads and by processes. Each answer is on the disk once `put` returns.

    A cache never stops a check: a damaged file is set aside as `<name>.damaged`, one that cannot be written is left alone, and
    answers are then kept for this run only. Either is said once.
    """

    def __init__(self, file: Path, say: Callable[[str], None] | None = None) -> None:
        self._wanted = file
        self._file: Path | None = file
        self._say = say or (lambda line: None)
        self._db: sqlite3.Connection | None = None
        self._lock = threading.Lock()

    def get(self, keys: Sequence[str]) -> dict[str, str]:
        unique = list(dict.fromkeys(keys))

        def select(db: sqlite3.Connection) -> dict[str, str]:
            found: dict[str, str] = {}
            for begin in range(0, len(unique), _AT_ONCE):
                part = unique[begin : begin + _AT_ONCE]
                rows = db.execute(f"select key, value from answers where key in ({','.join('?' * len(part))})", part)
                found.update({key: value for key, value in rows if isinstance(value, str)})
            return found

        return self._with(select, {})

    def put(self, key: str, value: str) -> None:
        def insert(db: sqlite3.Connection) -> None:
            with db:
                db.execute("insert or replace into answers values (?, ?)", (key, value))

        self._with(insert, None)

    def close(self) -> None:
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def _with(self, do: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        with self._lock:
            for _ in range(3):  # the file, a new file, memory
                try:
                    return do(self._connected())
                except (sqlite3.Error, OSError) as error:
                    self._retreat(error)
            return otherwise

    def _connected(self) -> sqlite3.Connection:
        if self._db is None:
            if self._file is not None:
                self._file.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self._file or ":memory:", timeout=10, check_same_thread=False)
            self._db.execute("pragma journal_mode=wal")
            self._db.execute("pragma synchronous=normal")
            self._db.execute("create table if not exists answers (key text primary key, value text not null) without rowid")
        return self._db

    def _retreat(self, error: Exception) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None
        file, self._file = self._file, None
        if file is None:
            return
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED and self._set_aside(file):
            self._file = file
            return
        self._say(f"Sprogmodellens gemte svar i {self._wanted} kan ikke bruges ({error}); svarene gemmes kun i denne kørsel.")

    def _set_aside(self, file: Path) -> bool:
        aside = file.with_name(file.name + ".damaged")
        try:
            os.replace(file, aside)
            for side in ("-wal", "-shm"):
                file.with_name(file.name + side).unlink(missing_ok=True)
        except OSError:
            return False
        self._say(f"Filen med sprogmodellens gemte svar var beskadiget. Den er lagt til side som {aside}, og en ny er begyndt.")
        return True
