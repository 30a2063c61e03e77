"""One process's bench for evaluations: models loaded once, then one subject after the other, here or on a cluster.

A text that cannot be read, or on which the product breaks, is a result like any other (`unread`): counted, shown, never a
verdict, and never the end of a run.
"""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from checker import __version__
from checker.errors import CheckerError, CorpusError, InputError, ModelMissing, SettingsError
from checker.evaluation.records import Cost, Result, Said, Subject, key_of
from checker.evaluation.said import said_of
from checker.model.law import Frozen
from checker.model.reading import ModelReading
from checker.model.report import Receipt
from checker.pipeline import conclude, new_receipt, rounds_until_settled
from checker.read import read_project
from checker.reader.llm.asking import STOPPED
from checker.reader.llm.calibrate import UNCALIBRATED
from checker.settings import Settings, load_settings
from checker.wiring import Workbench

if TYPE_CHECKING:
    from checker.ports import Reader

CHECKER, KEYWORDS, EMBEDDINGS = "checker", "keyword cues", "embeddings only"
READERS = (CHECKER, KEYWORDS, EMBEDDINGS)
SECRETS = ("llm_key", "embedder_key", "chroma_token")
"""Settings that never travel with a task."""


class Task(Frozen):
    """One subject for one system that reads. `code` is the fingerprint of the product that the run began with; `reader`: whether a
    language model reads along with checker's rules, and how much it is asked."""

    system: str
    subject: Subject
    run: int = 0
    as_of: date
    settings: Settings
    fingerprint: str
    code: str
    reader: Literal["rules", "auto", "llm"] = "rules"

    @property
    def key(self) -> str:
        return key_of(self.subject, self.system, self.run, self.fingerprint)


class Bench:
    """Systems that read, each made when it is first asked for."""

    def __init__(self, settings: Settings, say: Callable[[str], None] | None = None, mode: Literal["rules", "auto", "llm"] = "rules") -> None:
        self._bench, self._mode = Workbench(settings, say), mode

    @cached_property
    def _checker(self) -> Reader:
        """Without a municipality's own checks, which no labelled case knows."""
        return self._bench.reader if self._mode == "rules" else self._bench.two_readers(self._mode, own=False)

    @cached_property
    def _readers(self) -> dict[str, Reader]:
        from checker.evaluation.baselines.readers import EmbeddingReader, KeywordReader
        from checker.reader.bank import load_bank

        catalogue = self._bench.library.catalogue
        bank = load_bank(self._bench.library.root / "bank", catalogue)
        return {
            CHECKER: self._checker,
            KEYWORDS: KeywordReader(catalogue),
            EMBEDDINGS: EmbeddingReader(catalogue, self._bench.reading_embedder, bank),
        }

    def reader(self, system: str) -> Reader:
        return self._checker if system == CHECKER else self._readers[system]

    def receipt(self, system: str, as_of: date) -> Receipt:
        index = self._bench.index
        return new_receipt(self._bench.library, index.version, index.embedder_name, self.reader(system).name, as_of)

    def fingerprint(self, system: str, as_of: date) -> str:
        """Of all that an answer depends on besides the text: receipt without its time, and the product's own code."""
        same = self.receipt(system, as_of).model_dump(mode="json", exclude={"made_at", "text_sha256"})
        if system == CHECKER and self._mode != "rules":
            same |= self._of_model()
        return hashlib.sha256(f"{sorted(same.items())}\n{code_hash()}".encode()).hexdigest()[:16]

    def _of_model(self) -> dict[str, object]:
        """What the language model's part in an answer depends on."""
        bench = self._bench
        identity, prompts = bench.chat.identity(), bench.prompts.hashes
        try:
            calibration = bench.calibrations.look_up(identity, prompts, bench.exam_key)
        except CorpusError:  # a corpus of one's own without what the exam asks about; none is used then
            calibration = UNCALIBRATED
        # A model inside checker is not loaded to ask: its weights, in its identity, decide where no setting does.
        inside = (bench.settings.llm or "").strip().startswith("llamacpp:")
        context = bench.settings.llm_context or (None if inside else bench.chat.context())
        return {
            "mode": self._mode,
            "prompts": prompts,
            "model": identity,
            "trusted": bench.trust.trusted,
            "calibration": calibration.model_dump(mode="json"),
            "context": context,
        }

    def answer(self, task: Task) -> Result:
        """The same way as `checker check`, with another reader in it for the baselines."""
        begin = time.perf_counter()
        receipt, model = self.receipt(task.system, task.as_of), None
        try:
            said, receipt, model = self._said(task, receipt)
        except InputError as error:
            said = Said(unread=str(error))
        except CheckerError:
            raise  # the index or a model is not there: no text would fare better
        except Exception as error:
            said = Said(unread=f"{type(error).__name__}: {error}")
        if model is not None and model.broken_off == STOPPED:
            raise KeyboardInterrupt  # the reader took the user's Ctrl-C for itself, to keep what was answered
        if model is not None and model.broken_off:
            raise ModelMissing(model.broken_off, "Det, der er besvaret, er gemt; samme kommando går videre / the same command goes on.")
        read, written = (model.tokens_read + model.tokens_cached, model.tokens_written) if model is not None else (0, 0)
        cost = Cost(seconds=time.perf_counter() - begin, peak_mib=peak_mib(), tokens_in=read, tokens_out=written)
        return Result.of(task.subject, task.system, task.run, task.key, said, cost, receipt)

    def _said(self, task: Task, receipt: Receipt) -> tuple[Said, Receipt, ModelReading | None]:
        project = read_project(task.subject.document)
        answers = self.reader(task.system).read(project)
        report = conclude(project, answers, self._bench.library, self._bench.index, receipt)
        facts = task.subject.gold.facts
        rounds = rounds_until_settled(answers, self._bench.library, task.as_of, facts) if facts else None
        return said_of(report, rounds), report.receipt, report.model


def answer(task: Task) -> Result:
    """The task answered by this process's bench, which is made at the first call.

    Raises:
        SettingsError: this process runs other code than the run began with.
        CheckerError: the index or a model is missing.
    """
    if task.code != code_hash():
        raise SettingsError(
            f"Denne arbejder kører en anden checker ({__version__}, {code_hash()}) end kørslen ({task.code}).",
            "Installér den samme version på alle arbejdere.",
        )
    return _bench(task.settings.model_dump_json(), task.reader).answer(task)


@lru_cache(maxsize=2)
def _bench(settings: str, mode: Literal["rules", "auto", "llm"]) -> Bench:
    given = Settings.model_validate_json(settings)
    # Keys don't travel with a task; each process has its own, from its own variables or file.
    own = load_settings()
    return Bench(given.model_copy(update={name: getattr(own, name) for name in SECRETS}), mode=mode)


@lru_cache(maxsize=1)
def code_hash() -> str:
    """Of every file of the package but its copy of the law: an answer made by other code is not taken for one of this."""
    root = Path(__file__).parent
    digest = hashlib.sha256()
    for file in sorted(p for p in root.rglob("*") if p.is_file() and p.suffix not in (".pyc", ".pyo")):
        name = file.relative_to(root).as_posix()
        if not name.startswith("_data/"):
            digest.update(name.encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def peak_mib() -> float:
    """Peak resident memory of this process in MiB (Linux counts in KiB, macOS in bytes, Windows through psutil)."""
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset) / 2**20
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
