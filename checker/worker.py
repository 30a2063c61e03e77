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
from typing import TYPE_CHECKING

from checker import __version__
from checker.errors import CheckerError, InputError, SettingsError
from checker.evaluation.records import Cost, Result, Said, Subject, key_of
from checker.evaluation.said import said_of
from checker.model.law import Frozen
from checker.model.report import Receipt
from checker.pipeline import conclude, new_receipt, rounds_until_settled
from checker.read import read_project
from checker.settings import Settings
from checker.wiring import Workbench

if TYPE_CHECKING:
    from checker.ports import Reader

CHECKER, KEYWORDS, EMBEDDINGS = "checker", "keyword cues", "embeddings only"
READERS = (CHECKER, KEYWORDS, EMBEDDINGS)


class Task(Frozen):
    """One subject for one system that reads. `code` is the fingerprint of the product that the run began with."""

    system: str
    subject: Subject
    run: int = 0
    as_of: date
    settings: Settings
    fingerprint: str
    code: str

    @property
    def key(self) -> str:
        return key_of(self.subject, self.system, self.run, self.fingerprint)


class Bench:
    """Systems that read, each made when it is first asked for."""

    def __init__(self, settings: Settings, say: Callable[[str], None] | None = None) -> None:
        self._bench = Workbench(settings, say)

    @cached_property
    def _readers(self) -> dict[str, Reader]:
        from checker.evaluation.baselines.readers import EmbeddingReader, KeywordReader
        from checker.reader.bank import load_bank

        catalogue = self._bench.library.catalogue
        bank = load_bank(self._bench.library.root / "bank", catalogue)
        return {
            CHECKER: self._bench.reader,
            KEYWORDS: KeywordReader(catalogue),
            EMBEDDINGS: EmbeddingReader(catalogue, self._bench.reading_embedder, bank),
        }

    def reader(self, system: str) -> Reader:
        return self._bench.reader if system == CHECKER else self._readers[system]

    def receipt(self, system: str, as_of: date) -> Receipt:
        index = self._bench.index
        return new_receipt(self._bench.library, index.version, index.embedder_name, self.reader(system).name, as_of)

    def fingerprint(self, system: str, as_of: date) -> str:
        """Of all that an answer depends on besides the text: receipt without its time, and the product's own code."""
        same = self.receipt(system, as_of).model_dump(mode="json", exclude={"made_at", "text_sha256"})
        return hashlib.sha256(f"{sorted(same.items())}\n{code_hash()}".encode()).hexdigest()[:16]

    def answer(self, task: Task) -> Result:
        """The same way as `checker check`, with another reader in it for the baselines."""
        begin = time.perf_counter()
        receipt = self.receipt(task.system, task.as_of)
        try:
            said, receipt = self._said(task, receipt)
        except InputError as error:
            said = Said(unread=str(error))
        except CheckerError:
            raise  # the index or a model is not there: no text would fare better
        except Exception as error:
            said = Said(unread=f"{type(error).__name__}: {error}")
        cost = Cost(seconds=time.perf_counter() - begin, peak_mib=peak_mib())
        return Result.of(task.subject, task.system, task.run, task.key, said, cost, receipt)

    def _said(self, task: Task, receipt: Receipt) -> tuple[Said, Receipt]:
        project = read_project(task.subject.document)
        answers = self.reader(task.system).read(project)
        report = conclude(project, answers, self._bench.library, self._bench.index, receipt)
        facts = task.subject.gold.facts
        rounds = rounds_until_settled(answers, self._bench.library, task.as_of, facts) if facts else None
        return said_of(report, rounds), report.receipt


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
    return _bench(task.settings.model_dump_json()).answer(task)


@lru_cache(maxsize=2)
def _bench(settings: str) -> Bench:
    return Bench(Settings.model_validate_json(settings))


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
