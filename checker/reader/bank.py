"""The authored bank of example sentences in corpus/bank: what a fact or a piece of evidence sounds like, and its near misses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from checker.errors import CorpusError
from checker.library import load_yaml
from checker.model.catalogue import Catalogue
from checker.model.law import Frozen
from checker.model.reading import EvidenceStatus

NEAR = "near"


class Sentence(Frozen):
    """One sentence, keyed by its language."""

    da: str = ""
    en: str = ""

    @model_validator(mode="after")
    def _one_language(self) -> Sentence:
        if bool(self.da) == bool(self.en):
            raise ValueError("expected exactly one of the keys da and en")
        return self

    @property
    def text(self) -> str:
        return self.da or self.en


class BankFile(Frozen):
    """corpus/bank/facts/<fact>.yaml or corpus/bank/evidence/<requirement>.yaml"""

    fact: str = ""
    requirement: str = ""
    version: str
    examples: dict[str, tuple[Sentence, ...]] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_item(self) -> BankFile:
        if bool(self.fact) == bool(self.requirement):
            raise ValueError("expected exactly one of the keys fact and requirement")
        return self


class Example(Frozen):
    """A bank sentence: for `item` it `says` a value (facts: yes, no, an enum value, near) or a status (evidence)."""

    about: Literal["fact", "evidence"]
    item: str
    says: str
    language: Literal["da", "en"]
    text: str


def load_bank(folder: Path, catalogue: Catalogue) -> tuple[Example, ...]:
    """Every example, in file order.

    Raises:
        CorpusError: an unknown fact, requirement, value or status; a sentence written twice in one file.
    """
    return tuple([*_read(folder / "facts", catalogue), *_read(folder / "evidence", catalogue)])


def _read(folder: Path, catalogue: Catalogue) -> Iterator[Example]:
    for file in sorted(folder.glob("*.yaml")):
        bank = load_yaml(file, BankFile)
        allowed = _allowed(bank, file, catalogue)
        seen: set[str] = set()
        for says, sentences in bank.examples.items():
            if says not in allowed:
                raise CorpusError(file, _line(file, says), f"unknown kind {says}; expected one of {', '.join(sorted(allowed))}")
            for sentence in sentences:
                if (says + sentence.text) in seen:
                    raise CorpusError(file, _line(file, sentence.text[:40]), "the sentence is written twice under the same kind")
                seen.add(says + sentence.text)
                yield Example(
                    about="fact" if bank.fact else "evidence",
                    item=bank.fact or bank.requirement,
                    says=says,
                    language="da" if sentence.da else "en",
                    text=sentence.text,
                )


def _allowed(bank: BankFile, file: Path, catalogue: Catalogue) -> set[str]:
    if bank.fact:
        if bank.fact not in catalogue.facts:
            raise CorpusError(file, _line(file, bank.fact), f"the fact {bank.fact} is not in corpus/facts")
        spec = catalogue.facts[bank.fact]
        return {NEAR, *(spec.values if spec.type == "enum" else ("yes", "no"))}
    if bank.requirement not in catalogue.requirements:
        raise CorpusError(file, _line(file, bank.requirement), f"the requirement {bank.requirement} is not in corpus/requirements")
    return {NEAR, *(s.value for s in EvidenceStatus)}


def _line(file: Path, needle: str) -> int | None:
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        if needle in line:
            return number
    return None
