"""The searchable law in a persistent Chroma collection, through LangChain, with our own embedder behind it.

A build goes into a folder of its own and is renamed into place when it is whole: a killed build leaves the old index
usable. The name of the folder is the version (corpus, guidelines, embedder), so a changed corpus or model is a new index.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from checker.errors import IndexFault
from checker.knowledge.documents import IndexDocument
from checker.ports import Embedder, Hit

Progress = Callable[[str, int, int], None]
_FORMAT = 1
_GUIDELINE_HITS = 2
_PREFIX = ".building-"


class ChromaIndex:
    """One version of the index on disk.

    Args:
        home: folder that holds all versions.
        version: the version wanted; another one is never opened.
        embedder: turns queries and passages into vectors.
    """

    def __init__(self, home: Path, version: str, embedder: Embedder) -> None:
        self.home, self.version, self._embedder = home, version, embedder

    @property
    def folder(self) -> Path:
        return self.home / self.version

    @property
    def embedder_name(self) -> str:
        return self._embedder.name

    @property
    def ready(self) -> bool:
        return (self.folder / "manifest.json").is_file()

    def build(self, documents: Sequence[IndexDocument], queries: dict[str, str], progress: Progress | None = None) -> None:
        """Embeds the documents and puts the index in place; does nothing when this version is there.

        Args:
            documents: everything to be found.
            queries: requirement id → what to look for in the guidelines.

        Raises:
            IndexFault: the folder cannot be written, or the disk is full.
        """
        from filelock import FileLock, Timeout

        try:
            self.home.mkdir(parents=True, exist_ok=True)
            with FileLock(self.home / ".lock", timeout=600):
                if self.ready:
                    return
                self._sweep()
                building = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=self.home))
                try:
                    self._fill(building, documents, queries, progress)
                    if self.folder.exists():
                        shutil.rmtree(self.folder)
                    os.replace(building, self.folder)
                except BaseException:
                    shutil.rmtree(building, ignore_errors=True)
                    raise
        except Timeout:
            raise IndexFault("En anden checker bygger indekset og blev ikke færdig på ti minutter.", f"Slet {self.home}/.lock, og prøv igen.") from None
        except OSError as error:
            raise IndexFault(f"Indekset kan ikke skrives i {self.home} ({error.strerror or error}).", "Giv skriveadgang, eller vælg en anden mappe med CHECKER_HOME.") from None

    def _sweep(self) -> None:
        """Removes what killed builds left behind. Only called under the lock."""
        for rest in self.home.glob(_PREFIX + "*"):
            shutil.rmtree(rest, ignore_errors=True)

    def _fill(self, folder: Path, documents: Sequence[IndexDocument], queries: dict[str, str], progress: Progress | None) -> None:
        store = self._open(folder)
        for begin in range(0, len(documents), 64):
            batch = documents[begin : begin + 64]
            store.add_texts([d.search_text for d in batch], metadatas=[d.metadata for d in batch], ids=[d.key for d in batch])
            if progress is not None:
                progress("indeks", min(begin + 64, len(documents)), len(documents))
        links = self._link(store, queries) if any(d.kind == "guideline" for d in documents) else {}
        (folder / "documents.json").write_text(json.dumps({d.key: d.model_dump(mode="json") for d in documents}, ensure_ascii=False), "utf-8")
        (folder / "links.json").write_text(json.dumps(links), "utf-8")
        manifest = {"format": _FORMAT, "version": self.version, "embedder": self._embedder.name, "documents": len(documents), "built": time.time()}
        (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")

    @staticmethod
    def _link(store: Any, queries: dict[str, str]) -> dict[str, list[str]]:
        """The guideline points nearest to each requirement. Queries are the catalogue's, so this is done once per version."""
        return {
            requirement: [doc.metadata["key"] for doc, _ in store.similarity_search_with_score(query, k=_GUIDELINE_HITS, filter={"kind": "guideline"})]
            for requirement, query in queries.items()
        }

    def _open(self, folder: Path) -> Any:
        # No telemetry leaves the machine, also not from libraries below.
        os.environ["ANONYMIZED_TELEMETRY"] = "False"
        import chromadb
        from chromadb.config import Settings
        from langchain_chroma import Chroma

        client = chromadb.PersistentClient(path=str(folder / "chroma"), settings=Settings(anonymized_telemetry=False))
        return Chroma(
            client=client,
            collection_name="checker-law",
            embedding_function=_langchain(self._embedder),
            collection_configuration={"hnsw": {"space": "cosine"}},
        )

    @cached_property
    def _store(self) -> Any:
        if not self.ready:
            raise IndexFault("Indekset er ikke bygget.", "Kør: checker corpus build")
        return self._open(self.folder)

    @cached_property
    def documents(self) -> dict[str, IndexDocument]:
        """Every indexed document by key, as it was when the index was built."""
        if not self.ready:
            raise IndexFault("Indekset er ikke bygget.", "Kør: checker corpus build")
        raw = json.loads((self.folder / "documents.json").read_text("utf-8"))
        return {key: IndexDocument.model_construct(**value) for key, value in raw.items()}

    @cached_property
    def _links(self) -> dict[str, list[str]]:
        links: dict[str, list[str]] = json.loads((self.folder / "links.json").read_text("utf-8"))
        return links

    def guideline_for(self, requirement: str) -> tuple[Hit, ...]:
        return tuple(self.documents[key].hit(1.0) for key in self._links.get(requirement, []))

    def text_of(self, provision: str) -> str | None:
        """The indexed Danish text of a provision (all languages joined), against which quotes are verified."""
        found = [d.text for d in self.documents.values() if d.provision == provision]
        return "\n".join(found) if found else None

    def search(self, queries: Sequence[str], k: int, act: str | None = None) -> Iterator[list[Hit]]:
        """Best passages first, one list per query; one hit per provision."""
        where = {"act": act} if act else None
        for query in queries:
            found: dict[str, Hit] = {}
            for doc, distance in self._store.similarity_search_with_score(query, k=2 * k + 2, filter=where):
                hit = self.documents[doc.metadata["key"]].hit(1.0 - float(distance))
                found.setdefault(hit.provision, hit)
            yield list(found.values())[:k]


def _langchain(embedder: Embedder) -> Any:
    from langchain_core.embeddings import Embeddings

    class Port(Embeddings):
        """Our embedder as LangChain sees one."""

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            vectors: list[list[float]] = embedder.embed(texts, "passage").tolist()
            return vectors

        def embed_query(self, text: str) -> list[float]:
            vector: list[float] = embedder.embed([text], "query")[0].tolist()
            return vector

    return Port()
