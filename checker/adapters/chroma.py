"""The searchable law in a persistent Chroma collection, through LangChain, with our own embedder behind it.

A build goes into a folder of its own and is renamed into place when it is whole: a killed build leaves the old index
usable. The name of the folder is the version (corpus, guidelines, what widens a search, embedder), so a changed corpus or model
is a new index; the newest two stay.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from checker.adapters.chroma_server import ChromaServer
from checker.adapters.chroma_vectors import Ahead, Progress, langchain
from checker.adapters.ranking import Searcher, save_vectors, vectors_of
from checker.errors import CorpusError, IndexFault
from checker.knowledge.documents import IndexDocument
from checker.knowledge.links import relevant
from checker.knowledge.retrieval.confidence import Answer
from checker.ports import Embedder, Hit, Reranker

_FORMAT = 4
_KEPT = 2
# Documents put into Chroma at a time: it commits each time, and 64 at a time took nearly twice as long.
_STEP = 512
_COLLECTION = "checker-law"
_PREFIX = ".building-"


class ChromaIndex:
    """One version of the index on disk.

    Args:
        home: folder that holds all versions.
        version: the version wanted; another one is never opened.
        embedder: turns queries and passages into vectors.
        server: keeps the collection; without one it lies in the folder. Everything else always lies there.
        corpus: folder with the vocabulary and questions that widen a search; None searches by the texts alone.
        reranker: reads the first passages of a search again; none by default.
    """

    def __init__(
        self,
        home: Path,
        version: str,
        embedder: Embedder,
        server: ChromaServer | None = None,
        corpus: Path | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        self.home, self.version, self._embedder, self._server, self._corpus, self._reranker = home, version, embedder, server, corpus, reranker

    @property
    def folder(self) -> Path:
        return self.home / self.version

    @property
    def embedder_name(self) -> str:
        return self._embedder.name

    def earlier(self) -> ChromaIndex | None:
        """The newest whole index of another version that this embedder made: it answers where a new one cannot be written."""
        manifests = sorted(self.home.glob("*/manifest.json"), key=lambda m: m.stat().st_mtime, reverse=True)
        others = (ChromaIndex(self.home, m.parent.name, self._embedder, self._server, self._corpus, self._reranker) for m in manifests)
        return next((o for o in others if o.version != self.version and (found := o._manifest()) and found["embedder"] == self._embedder.name), None)

    @property
    def ready(self) -> bool:
        """Whether this version stands on disk, whole as far as its files' sizes tell."""
        return self._manifest() is not None

    def _manifest(self) -> dict[str, Any] | None:
        try:
            manifest = json.loads((self.folder / "manifest.json").read_text("utf-8"))
            same = manifest["format"] == _FORMAT and manifest["version"] == self.version and manifest.get("server") == self._address
            whole = all((self.folder / name).stat().st_size == size for name, size in manifest["sizes"].items())
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        return manifest if same and whole else None

    @property
    def _address(self) -> str | None:
        return self._server.url if self._server else None

    def build(self, documents: Sequence[IndexDocument], queries: dict[str, str], progress: Progress | None = None) -> None:
        """Embeds the documents and puts the index in place; does nothing when this version is there.

        Args:
            documents: everything to be found.
            queries: requirement id → what to look for in the guidelines.

        Raises:
            IndexFault: the folder cannot be written, or the disk is full.
            CorpusError: two documents have the same key.
        """
        from filelock import FileLock, Timeout

        try:
            self.home.mkdir(parents=True, exist_ok=True)
            with FileLock(self.home / ".lock", timeout=600):
                if self.ready and self._on_server():
                    return
                self._sweep()
                self._close()
                building = self.home / f"{_PREFIX}{uuid.uuid4().hex[:8]}"
                building.mkdir()
                try:
                    self._fill(building, documents, queries, progress)
                    if self.folder.exists():
                        shutil.rmtree(self.folder)
                    os.replace(building, self.folder)
                except BaseException:
                    shutil.rmtree(building, ignore_errors=True)
                    raise
                self._prune()
        except Timeout:
            raise IndexFault("En anden checker bygger indekset og blev ikke færdig på ti minutter.", f"Slet {self.home}/.lock, og prøv igen.") from None
        except OSError as error:
            message = f"Indekset kan ikke skrives i {self.home} ({error.strerror or error})."
            raise IndexFault(message, "Giv skriveadgang, eller vælg en anden mappe med CHECKER_HOME.") from None

    def _sweep(self) -> None:
        """Removes what killed builds left behind. Only called under the lock."""
        for rest in self.home.glob(_PREFIX + "*"):
            shutil.rmtree(rest, ignore_errors=True)

    def _prune(self) -> None:
        """Keeps this version and the newest of the others; on a server, those that were built here. Only called under the lock."""
        others = [m for m in self.home.glob("*/manifest.json") if m.parent != self.folder]
        old = sorted(others, key=lambda m: m.stat().st_mtime, reverse=True)[_KEPT - 1 :]
        if self._server is not None and (dropped := [name for m in old if (name := self._built_here(m))]):
            self._server.drop(*dropped)
        for manifest in old:
            shutil.rmtree(manifest.parent, ignore_errors=True)

    def _built_here(self, manifest: Path) -> str:
        """The collection that another version's manifest says was put on this server from this folder; empty: none."""
        try:
            found = json.loads(manifest.read_text("utf-8"))
            return ChromaServer.collection(found["version"]) if found["server"] == self._address and found["built_here"] is True else ""
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def _on_server(self) -> bool:
        """Whether the server, if one is used, has this version: somebody may have emptied it."""
        if self._server is None:
            return True
        with self._damage(f"Indekset på {self._address} kan ikke læses", "Se serverens egen log."):
            client = self._server.connect()
            try:
                return self._server.holds(client, self.version, [d.key for d in self.documents.values() if d.searched])
            finally:
                client.close()

    def _close(self) -> None:
        """Forgets an opened version, so that a rebuilt one is read anew."""
        store = self.__dict__.pop("_store", None)
        if store is not None:
            store[1].close()
        for name in ("documents", "_links", "_texts", "_official", "_searcher"):
            self.__dict__.pop(name, None)

    def _fill(self, folder: Path, documents: Sequence[IndexDocument], queries: dict[str, str], progress: Progress | None) -> None:
        seen: set[str] = set()
        for document in documents:
            if document.key in seen:
                raise CorpusError(document.act, None, f"the id {document.key} is written twice")
            seen.add(document.key)
        damage = self._damage(f"Indekset kan ikke skrives i {self.home}", "Se efter, om disken er fuld, og prøv igen.")
        searched, ahead = [d for d in documents if d.searched], Ahead(self._embedder)
        with damage, self._filled(folder, [d.key for d in searched], ahead) as (store, held):
            if not held:
                # Beside the collection too, where the first search would else fetch them out of it.
                save_vectors(folder / "vectors.npy", ahead.make([d.search_text for d in searched], progress))
                self._add(store, searched, progress)
            links = self._link(store, queries, [d.key for d in documents if d.linked])
        (folder / "documents.json").write_text(json.dumps({d.key: d.model_dump(mode="json") for d in documents}, ensure_ascii=False), "utf-8")
        (folder / "links.json").write_text(json.dumps(links), "utf-8")
        sizes = {name: (folder / name).stat().st_size for name in ("documents.json", "links.json")}
        manifest = {"format": _FORMAT, "version": self.version, "embedder": self._embedder.name, "documents": len(documents), "built": time.time()}
        if self._server is not None:
            manifest |= {"server": self._address, "built_here": not held}
        (folder / "manifest.json").write_text(json.dumps(manifest | {"sizes": sizes}), "utf-8")

    @staticmethod
    def _add(store: Any, documents: Sequence[IndexDocument], progress: Progress | None) -> None:
        for begin in range(0, len(documents), _STEP):
            batch = documents[begin : begin + _STEP]
            store.add_texts([d.search_text for d in batch], metadatas=[d.metadata for d in batch], ids=[d.key for d in batch])
            if progress is not None:
                progress("indeks", begin + len(batch), len(documents))

    @staticmethod
    def _link(store: Any, queries: dict[str, str], points: list[str]) -> dict[str, list[str]]:
        """The guideline points that speak of each requirement. Queries are the catalogue's, so this is done once per version."""
        if not points or not queries:
            return {}
        column = {key: i for i, key in enumerate(points)}
        scores = np.zeros((len(queries), len(points)))
        for row, query in enumerate(queries.values()):
            for doc, distance in store.similarity_search_with_score(query, k=len(points), filter={"kind": "guideline"}):
                scores[row, column[doc.metadata["key"]]] = 1.0 - float(distance)
        return {requirement: [points[j] for j in found] for requirement, found in zip(queries, relevant(scores), strict=True)}

    @contextmanager
    def _filled(self, folder: Path, keys: Sequence[str], embedder: Embedder) -> Iterator[tuple[Any, bool]]:
        """A collection to be filled, and whether it is full already; on a server it is swapped in when nothing went wrong."""
        client, server, held = self._client(folder), self._server, False
        building = server.building() if server else _COLLECTION
        try:
            if server is not None:
                server.sweep(client)
                held = server.holds(client, self.version, keys)
            yield self._collection(client, ChromaServer.collection(self.version) if held else building, embedder, create=not held), held
            if server is not None and not held:
                server.swap(client, building, self.version)
        except BaseException:
            if server is not None and not held:
                server.drop(building)
            raise
        finally:
            client.close()

    def _open(self, folder: Path) -> tuple[Any, Any]:
        """The collection through LangChain, and Chroma's client, to be closed."""
        client = self._client(folder)
        try:
            name = ChromaServer.collection(self.version) if self._server else _COLLECTION
            store = self._collection(client, name, self._embedder)
            count, wanted = client.get_collection(name, embedding_function=None).count(), sum(d.searched for d in self.documents.values())
            if count != wanted:
                raise self._broken(f"{count} af {wanted} dokumenter")
        except BaseException:
            client.close()
            raise
        return store, client

    def _client(self, folder: Path) -> Any:
        # No telemetry leaves the machine, also not from libraries below.
        os.environ["ANONYMIZED_TELEMETRY"] = "False"
        if self._server is not None:
            return self._server.connect()
        import chromadb
        from chromadb.config import Settings

        return chromadb.PersistentClient(path=str(folder / "chroma"), settings=Settings(anonymized_telemetry=False))

    @staticmethod
    def _collection(client: Any, name: str, embedder: Embedder, create: bool = False) -> Any:
        from langchain_chroma import Chroma

        return Chroma(
            client=client,
            collection_name=name,
            embedding_function=langchain(embedder),
            collection_configuration={"hnsw": {"space": "cosine"}} if create else None,
            create_collection_if_not_exists=create,
        )

    @cached_property
    def _store(self) -> tuple[Any, Any]:
        self._require_ready()
        if self._server is not None:
            return self._open(self.folder)
        if not (self.folder / "chroma" / "chroma.sqlite3").is_file():
            raise self._broken("chroma.sqlite3 mangler")
        return self._open(self._writable())

    def _writable(self) -> Path:
        """The folder, or a copy of it where it may only be read: Chroma writes when it opens."""
        inside = [self.folder / "chroma", *(self.folder / "chroma").rglob("*")]
        if all(os.access(p, os.W_OK, effective_ids=os.access in os.supports_effective_ids) for p in inside):
            return self.folder
        self._copy = tempfile.TemporaryDirectory(prefix="checker-index-", ignore_cleanup_errors=True)
        for path in inside:
            target = Path(self._copy.name) / path.relative_to(self.folder)
            if path.is_dir():
                target.mkdir()
            else:
                shutil.copyfile(path, target)
        return Path(self._copy.name)

    def _require_ready(self) -> None:
        if self.ready:
            return
        if os.path.lexists(self.folder):  # also where it may not be looked into
            raise IndexFault(f"Indekset i {self.folder} er beskadiget eller fra en anden udgave af checker.", "Kør: checker corpus build")
        raise IndexFault("Indekset er ikke bygget.", "Kør: checker corpus build")

    def _broken(self, why: object) -> IndexFault:
        return IndexFault(f"Indekset i {self.folder} er beskadiget ({why}).", f"Slet mappen {self.folder}, og kør: checker corpus build")

    @contextmanager
    def _damage(self, message: str, hint: str) -> Iterator[None]:
        """Chroma's errors as ours."""
        from chromadb.errors import ChromaError

        try:
            with self._server.faults() if self._server else nullcontext():
                yield
        except ChromaError as error:
            raise IndexFault(f"{message} ({error}).", hint) from None

    @cached_property
    def documents(self) -> dict[str, IndexDocument]:
        """Every indexed document by key, as it was when the index was built."""
        self._require_ready()
        try:
            return _DOCUMENTS.validate_json((self.folder / "documents.json").read_bytes())
        except (OSError, ValueError) as error:
            raise self._broken(f"documents.json: {type(error).__name__}") from None

    @cached_property
    def _links(self) -> dict[str, list[str]]:
        self._require_ready()
        try:
            return _LINKS.validate_json((self.folder / "links.json").read_bytes())
        except (OSError, ValueError) as error:
            raise self._broken(f"links.json: {type(error).__name__}") from None

    @cached_property
    def _texts(self) -> dict[str, list[str]]:
        texts: dict[str, list[str]] = {}
        for document in self.documents.values():
            texts.setdefault(document.provision, []).append(document.text)
        return texts

    def _document(self, key: str) -> IndexDocument:
        try:
            return self.documents[key]
        except KeyError:
            raise self._broken(f"{key} mangler") from None

    def guideline_for(self, requirement: str) -> tuple[Hit, ...]:
        return tuple(self._document(key).hit(1.0) for key in self._links.get(requirement, []))

    def verbatim(self, provision: str) -> dict[str, IndexDocument]:
        """The official words of a provision by language; empty where the official text is not in the index."""
        return {d.language: d for d in self._official.get(provision, ())}

    @cached_property
    def _official(self) -> dict[str, list[IndexDocument]]:
        found: dict[str, list[IndexDocument]] = {}
        for document in self.documents.values():
            if document.kind == "verbatim":
                found.setdefault(document.provision, []).append(document)
        return found

    def text_of(self, provision: str) -> str | None:
        """The indexed text of a provision (all languages joined), against which quotes are verified."""
        found = self._texts.get(provision)
        return "\n".join(found) if found else None

    def search(self, queries: Sequence[str], k: int, act: str | None = None) -> Iterator[list[Hit]]:
        """Best passages first, one list per query; one hit per provision, the best of each article before further ones."""
        for query in queries:
            yield self._searcher.search(query, k, act)

    def ask(self, question: str, k: int, act: str | None = None, language: str = "da") -> Answer:
        """The passages that answer, and how sure they are."""
        return self._searcher.ask(question, k, act, language)

    @cached_property
    def _searcher(self) -> Searcher:
        documents = [d for d in self.documents.values() if d.searched]
        hint = f"Slet mappen {self.folder}, og kør: checker corpus build"
        with self._damage(f"Indekset i {self.folder} kan ikke læses", hint):
            try:
                vectors = vectors_of(self._store[0]._collection, [d.key for d in documents], self.folder / "vectors.npy")
            except KeyError as error:
                raise self._broken(f"{error} mangler") from None
        return Searcher(documents, vectors, self._embedder, self._corpus, self.folder / "words", self._reranker)


_DOCUMENTS = TypeAdapter(dict[str, IndexDocument])
_LINKS = TypeAdapter(dict[str, list[str]])
