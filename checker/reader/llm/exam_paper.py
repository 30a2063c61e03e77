"""The exam as a file: short Danish texts, closed questions about them, and the key (prompts/exam.yaml)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, model_validator

from checker.errors import CorpusError
from checker.library import load_yaml
from checker.model.catalogue import Catalogue
from checker.model.law import Frozen
from checker.model.project import Passage, Project, Span
from checker.model.reading import EvidenceStatus
from checker.prompts import LANGUAGES, Prompts, shipped_folder
from checker.reader.llm.parsing import NEEDS_NONE
from checker.reader.llm.questions import Closed, Kind, of_evidence, of_fact
from checker.reader.llm.rendering import question_of

QUESTIONS = 20
FACTS: Final = "fact"
DUTIES: Final = "evidence"


class Question(Frozen):
    """One question and its key. `answer`: the codes that are right; `passages`: those that carry it (from 1), none for a silent text."""

    item: str
    kind: Kind
    answer: tuple[str, ...] = Field(min_length=1)
    passages: tuple[int, ...] = ()
    dangerous: tuple[str, ...] = ()
    trap: str

    def closed(self, catalogue: Catalogue) -> Closed:
        """
        Raises:
            CorpusError: the catalogue has no such item, or no such answer to it.
        """
        known = catalogue.facts if self.kind == FACTS else catalogue.requirements
        if self.item not in known:
            raise CorpusError("prompts/exam.yaml", None, f"{self.kind} {self.item} findes ikke i kataloget / is not in the catalogue")
        asked = of_fact(catalogue.facts[self.item]) if self.kind == FACTS else of_evidence(catalogue.requirements[self.item])
        if odd := [code for code in (*self.answer, *self.dangerous) if code not in asked.options]:
            raise CorpusError("prompts/exam.yaml", None, f"{self.item} kan ikke besvares med {odd[0]} / cannot be answered with {odd[0]}")
        return asked

    def hides(self, code: str) -> bool:
        """Whether this wrong answer would hide a duty: it closes what is open, or denies what brings duties."""
        if self.kind == FACTS:
            return code in self.dangerous
        return EvidenceStatus(code).closes and not any(EvidenceStatus(right).closes for right in self.answer)

    def carried_by(self, numbers: Sequence[int]) -> bool:
        """Whether the answer rests on what carries it: at least half of the named passages do. Naming all of them is no reading."""
        return 2 * sum(n in self.passages for n in numbers) >= len(numbers) and bool(numbers) == bool(self.passages)


class Text(Frozen):
    id: str
    passages: tuple[str, ...] = Field(min_length=1)
    asked: tuple[Question, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> Text:
        for q in self.asked:
            if wrong := [n for n in q.passages if not 1 <= n <= len(self.passages)]:
                raise ValueError(f"{q.item} rests on passage {wrong[0]} of {len(self.passages)}")
            if q.dangerous and (q.kind == DUTIES or set(q.dangerous) & set(q.answer)):
                raise ValueError(f"{q.item}: expected dangerous answers with facts only, and none that are right")
            if bool(q.passages) == bool(set(q.answer) & set(NEEDS_NONE)):
                raise ValueError(f"{q.item}: expected passages, or {' or '.join(NEEDS_NONE)} without any")
        if len({q.item for q in self.asked}) < len(self.asked):
            raise ValueError(f"{self.id} asks twice about the same item")
        return self

    def project(self) -> Project:
        """Passages exactly as they stand here, whatever becomes of the way in which documents are cut into sentences."""
        passages, at = [], 0
        for i, words in enumerate(self.passages):
            passages.append(Passage(index=i, text=words, clean=words, start=at, end=at + len(words), kind="paragraph"))
            at += len(words) + 1
        text = "\n".join(self.passages)
        return Project(title="", source=f"exam:{self.id}", language="da", text=text, passages=tuple(passages), taken=(Span(start=0, end=len(text)),))


class Exam(Frozen):
    id: Literal["exam"]
    version: int
    about: str = ""
    texts: tuple[Text, ...]

    @model_validator(mode="after")
    def _whole(self) -> Exam:
        if (n := len(self.questions)) != QUESTIONS:
            raise ValueError(f"{n} questions, expected {QUESTIONS}: the bar is for so many")
        return self

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(q for text in self.texts for q in text.asked)

    @property
    def hash(self) -> str:
        """Of what is asked and the key; what is only told to people does not count."""
        asked = self.model_dump_json(exclude={"about": True, "texts": {"__all__": {"asked": {"__all__": {"trap"}}}}})
        return hashlib.sha256(asked.encode()).hexdigest()[:16]


def load_exam(folder: Path | None = None) -> Exam:
    """The exam that travels with the prompts.

    Raises:
        CorpusError: the file is missing or breaks its shape.
    """
    return load_yaml((folder or shipped_folder()) / "exam.yaml", Exam)


def exam_key(exam: Exam, prompts: Prompts, catalogue: Catalogue) -> str:
    """Names all that is examined: the exam, and its questions in the words that the catalogue lends them, in both languages.

    Raises:
        CorpusError: the catalogue lacks something that is asked.
    """
    asked = [question_of(q.closed(catalogue), catalogue, language, prompts) for language in LANGUAGES for q in exam.questions]
    return hashlib.sha256("\0".join([exam.hash, *asked]).encode("utf-8", "surrogatepass")).hexdigest()[:16]
