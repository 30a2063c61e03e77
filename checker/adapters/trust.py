"""Which models passed the exam: one file per model, prompts and exam in CHECKER_HOME/llm/exams.

Trust hangs on the model's identity (its weights, as far as the server tells), on the words of the prompts, and on the exam with the words
that the catalogue lends its questions (exam_key). Whether a sitting passed is reckoned anew from its answers, so a higher bar holds for old
sittings too. What cannot be read is not trusted.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, Field, ValidationError

from checker import __version__
from checker.errors import SettingsError
from checker.model.law import Frozen
from checker.reader.llm.exam import DANGEROUS, RIGHT, UNREAD, ExamResult

_LACKS = {
    "questions": "prøven er ikke hel / the exam is incomplete",
    "right": "{right} af {asked} rigtige, krav {RIGHT} / {right} of {asked} right, needs {RIGHT}",
    "dangerous": "{dangerous} farlige svar, højst {DANGEROUS} / {dangerous} dangerous answers, {DANGEROUS} at most",
    "unread": "{unread} ubrugelige svar, højst {UNREAD} / {unread} unusable answers, {UNREAD} at most",
    "samples": "temperaturen er over 0, så svarene er tilfældige / its temperature is above 0, so answers are drawn",
}


class Record(Frozen):
    """A sitting on record."""

    schema_version: Literal[1] = Field(default=1, description="Of this file.")
    when: AwareDatetime
    product: str
    result: ExamResult


class Trust(Frozen):
    """Whether a model's answers may move anything. `note` says why, in both languages; `record`: the sitting, none where there is none."""

    trusted: bool
    note: str
    record: Record | None = None

    @property
    def sitting(self) -> str:
        """Names this very sitting, by its time and all that was said; empty where there is none."""
        if self.record is None:
            return ""
        return f"{self.record.when.isoformat()} {hashlib.sha256(self.record.model_dump_json().encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


class TrustBook:
    """Sittings by model, prompts and exam.

    Args:
        folder: CHECKER_HOME/llm/exams; made when first written to.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def look_up(self, identity: str, prompts: Mapping[str, str], exam: str) -> Trust:
        """The last sitting of just this model, these prompts and this exam (exam_key)."""
        file = self._file(identity, prompts, exam)
        try:
            record = Record.model_validate_json(file.read_bytes())
        except FileNotFoundError:
            return Trust(trusted=False, note="ikke prøvet endnu: checker llm test / not tested yet: checker llm test")
        except (OSError, ValidationError) as error:
            why = error.strerror or str(error) if isinstance(error, OSError) else "beskadiget / damaged"
            return Trust(trusted=False, note=f"prøven i {file.name} kan ikke læses ({why}); kør checker llm test --again / the exam on record cannot be read")
        result = record.result
        if (result.identity, result.prompts, result.exam) != (identity, dict(prompts), exam):
            return Trust(trusted=False, note=f"prøven i {file.name} er en anden models; kør checker llm test --again / the exam on record is another model's")
        return Trust(trusted=result.passed, note=verdict(result), record=record)

    def record(self, result: ExamResult, when: datetime | None = None) -> Record:
        """Takes the place of the last sitting.

        Raises:
            SettingsError: the folder cannot be written.
        """
        made = Record(when=when or datetime.now(UTC), product=__version__, result=result)
        file = self._file(result.identity, result.prompts, result.exam)
        new = file.with_name(f"{file.name}.{os.getpid()}.{threading.get_ident()}")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            new.write_text(made.model_dump_json(indent=1), "utf-8")
            os.replace(new, file)  # a run that is stopped here leaves the old one
        except OSError as error:
            raise SettingsError(
                f"Prøven kan ikke gemmes i {self._folder} ({error.strerror or error}) / the exam cannot be stored.",
                "Ret rettighederne, eller sæt CHECKER_HOME.",
            ) from None
        return made

    def _file(self, identity: str, prompts: Mapping[str, str], exam: str) -> Path:
        parts = [identity, *(f"{name} {value}" for name, value in sorted(prompts.items())), exam]
        return self._folder / f"{hashlib.sha256(chr(0).join(parts).encode('utf-8', 'surrogatepass')).hexdigest()[:32]}.json"


def verdict(result: ExamResult) -> str:
    """How an exam went, in a line."""
    counts = {"right": result.right, "dangerous": result.dangerous, "unread": result.unread, "asked": len(result.outcomes)}
    if result.passed:
        passed = "bestod prøven: {right} af {asked} rigtige, {dangerous} farlige / passed the exam: {right} of {asked} right, {dangerous} dangerous"
        return passed.format(**counts)
    said = "; ".join(_LACKS[name].format(**counts, RIGHT=RIGHT, DANGEROUS=DANGEROUS, UNREAD=UNREAD) for name in result.lacks)
    return f"bestod ikke prøven / failed the exam: {said}"
