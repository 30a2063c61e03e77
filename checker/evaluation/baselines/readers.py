"""What checker has to beat without learning from labels. Two are readers behind the same port, so that the same plain Python decides.

- flag everything: every labelled requirement is a gap.
- keyword cues: word lists of the catalogue as substrings, without negation, hedges or order.
- embeddings only: the nearest example of the sentence bank, without trained heads and without cues.

Those that learn from the train part are in learned.py; a language model that is given the whole text is in asking.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Protocol

import numpy as np

from checker.evaluation.records import Said, Subject
from checker.model.catalogue import Catalogue
from checker.model.law import Fact, Requirement
from checker.model.project import Passage, Project
from checker.model.reading import Answers, EvidenceAnswer, EvidenceStatus, FactAnswer
from checker.ports import Embedder, Vectors

FLAG_EVERYTHING = "flag everything"

KEY_TERMS = 3
"""A sentence with so many different key terms of a requirement counts as evidence. Tuned once on the 153 train cases, 2026-11-22:
1, 2, 3, 4 gave gap F1 .335, .556, .590, .584."""
FACT_CUT = 0.20
"""Tuned once on the same cases: .20, .30, .35, .40, .50 gave fact accuracy .607, .605, .565, .463, .251; nothing changes below .20."""
EVIDENCE_CUT = 0.45
"""Tuned once on the same cases, with FACT_CUT: .25, .30, .35, .40, .45 gave gap F1 .153, .392, .532, .575, .577."""

_NEAR = "near"
_BOOL = {"yes": "true", "no": "false"}
_STEM = 8
"""Danish inflects at the end of the word; terms are compared by their first letters."""
_STOP = frozenset({
    "eller", "efter", "andre", "deres", "denne", "dette", "disse", "enhver", "hvilke", "hvordan", "hvorfor", "ingen", "mellem", "netop", "nogle",
    "skal", "uden", "under", "ville", "være", "other", "their", "these", "which", "where", "before", "after", "about",
})
_ENUM_WORDS: Mapping[str, Mapping[str, str]] = {
    "automation_level": {
        "automatisk afgørelse": "solely_automated",
        "straksafgørelse": "solely_automated",
        "uden menneskelig indblanding": "solely_automated",
        "anbefaler": "recommends_or_ranks",
        "foreslår": "recommends_or_ranks",
        "beslutningsstøtte": "recommends_or_ranks",
        "udkast": "drafts_or_informs",
        "opsummerer": "drafts_or_informs",
    },
    "project_phase": {
        "idéfase": "idea",
        "foranalyse": "idea",
        "udbud": "procurement",
        "indkøbt": "procurement",
        "under udvikling": "development",
        "træner modellen": "development",
        "pilot": "pilot",
        "prøvehandling": "pilot",
        "test med borgere": "pilot",
        "i drift": "operation",
    },
}
"""The words of `recognise` for facts with values name no value; this says which."""


class BankExample(Protocol):
    """One sentence of the bank, as corpus/bank holds it."""

    @property
    def about(self) -> str: ...

    @property
    def item(self) -> str: ...

    @property
    def says(self) -> str: ...

    @property
    def text(self) -> str: ...


def flag_everything(subject: Subject) -> Said:
    """Every labelled requirement, graded ones too, is a gap; says nothing of facts or risk class."""
    return Said(verdicts=dict.fromkeys((*subject.gold.verdicts, *subject.gold.grades), "gap"))


class KeywordReader:
    """Reader by substring: a word of the list is there, so the fact is true; key terms are there, so the duty is met."""

    name = "keyword cues"

    def __init__(self, catalogue: Catalogue, key_terms: int = KEY_TERMS) -> None:
        self._facts = {f.id: _fact_words(f) for f in catalogue.facts.values()}
        self._multi = {f.id for f in catalogue.facts.values() if f.multi}
        self._terms = {r.id: _key_terms(r) for r in catalogue.requirements.values()}
        self._needed = key_terms

    def read(self, project: Project) -> Answers:
        passages = [(p, p.clean.lower()) for p in project.passages if p.kind != "heading"]
        facts = {f: self._fact(f, passages) for f in self._facts}
        evidence = {r: self._evidence(r, passages) for r in self._terms}
        return Answers(reader=self.name, facts=facts, evidence=evidence)

    def _fact(self, fact: str, passages: Sequence[tuple[Passage, str]]) -> FactAnswer:
        for word, value in self._facts[fact].items():
            for passage, text in passages:
                if word in text:
                    return FactAnswer(fact=fact, value=(value,) if fact in self._multi else value, probability=1.0, quotes=(passage.quote,))
        return FactAnswer(fact=fact, value="unknown", probability=1.0)

    def _evidence(self, requirement: str, passages: Sequence[tuple[Passage, str]]) -> EvidenceAnswer:
        terms = self._terms[requirement]
        for passage, text in passages:
            if sum(term in text for term in terms) >= self._needed:
                return _evidence_answer(requirement, EvidenceStatus.DONE, passage)
        return _evidence_answer(requirement, EvidenceStatus.SILENT, None)


class EmbeddingReader:
    """Reader by the nearest example of the bank: what it says of a fact or a duty, the sentence says.

    Cosines are taken after the bank's mean is subtracted: those of E5 lie close together (design, part 5).

    Args:
        catalogue: facts and requirements.
        embedder: the one of the shipped reader.
        examples: the sentence bank.
        fact_cut, evidence_cut: a nearest example further away than this says nothing.
    """

    name = "embeddings only"

    def __init__(
        self, catalogue: Catalogue, embedder: Embedder, examples: Sequence[BankExample], fact_cut: float = FACT_CUT, evidence_cut: float = EVIDENCE_CUT
    ) -> None:
        self._catalogue, self._embedder, self._examples = catalogue, embedder, examples
        self._cuts = {"fact": fact_cut, "evidence": evidence_cut}

    @cached_property
    def _bank(self) -> Vectors:
        return self._embedder.embed([e.text for e in self._examples], "query")

    @cached_property
    def _centred(self) -> Vectors:
        return _unit(self._bank - self._bank.mean(axis=0))

    @cached_property
    def _rows(self) -> dict[tuple[str, str], list[int]]:
        rows: dict[tuple[str, str], list[int]] = {}
        for i, example in enumerate(self._examples):
            rows.setdefault((example.about, example.item), []).append(i)
        return rows

    def read(self, project: Project) -> Answers:
        passages = [p for p in project.passages if p.kind != "heading"] or list(project.passages)
        vectors = self._embedder.embed([p.clean for p in passages], "query")
        cosines = _unit(vectors - self._bank.mean(axis=0)) @ self._centred.T
        facts = {f.id: self._fact(f, cosines, passages) for f in self._catalogue.facts.values()}
        evidence = {r: self._evidence(r, cosines, passages) for r in self._catalogue.requirements}
        return Answers(reader=self.name, facts=facts, evidence=evidence)

    def _nearest(self, about: str, item: str, cosines: Vectors) -> list[tuple[float, int, str]]:
        """(cosine, sentence, what its nearest example says) above the cut, closest first; near misses say nothing."""
        rows = self._rows.get((about, item), [])
        if not rows:
            return []
        part = cosines[:, rows]
        best = part.argmax(axis=1)
        found = [(float(part[s, b]), s, self._examples[rows[b]].says) for s, b in enumerate(best)]
        return sorted((f for f in found if f[0] >= self._cuts[about] and f[2] != _NEAR), reverse=True)

    def _fact(self, fact: Fact, cosines: Vectors, passages: Sequence[Passage]) -> FactAnswer:
        found = self._nearest("fact", fact.id, cosines)
        if not found:
            return FactAnswer(fact=fact.id, value="unknown", probability=1.0)
        cosine, sentence, says = found[0]
        value = _BOOL.get(says, says)
        return FactAnswer(
            fact=fact.id, value=(value,) if fact.multi else value, probability=min(max(cosine, 0.0), 1.0), quotes=(passages[sentence].quote,)
        )

    def _evidence(self, requirement: str, cosines: Vectors, passages: Sequence[Passage]) -> EvidenceAnswer:
        found = [(s, EvidenceStatus(says)) for _, s, says in self._nearest("evidence", requirement, cosines)]
        chosen = next((f for f in found if f[1].closes), found[0] if found else None)
        if chosen is None:
            return _evidence_answer(requirement, EvidenceStatus.SILENT, None)
        return _evidence_answer(requirement, chosen[1], passages[chosen[0]])


def _evidence_answer(requirement: str, status: EvidenceStatus, passage: Passage | None) -> EvidenceAnswer:
    return EvidenceAnswer(
        requirement=requirement,
        status=status,
        probability_met=1.0 if status.closes else 0.0,
        margin=0.0,
        quotes=(passage.quote,) if passage is not None else (),
    )


def _unit(vectors: Vectors) -> Vectors:
    scaled: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return scaled


def _fact_words(fact: Fact) -> dict[str, str]:
    """word → value, from the catalogue's list; `skole -> education` names the value itself."""
    words: dict[str, str] = {}
    for entry in fact.recognise:
        left, arrow, value = entry.partition(" -> ")
        if arrow:
            words |= dict.fromkeys((w.strip().lower() for w in re.split(r"[/,]", left)), value.strip())
        elif fact.type == "bool":
            words[entry.lower()] = "true"
    return words | dict(_ENUM_WORDS.get(fact.id, {}))


def _key_terms(requirement: Requirement) -> frozenset[str]:
    """The longer words of title and `fulfilled_when`, cut to their first letters."""
    return frozenset(_terms_of((requirement.title.da, requirement.title.en, requirement.fulfilled_when)))


def _terms_of(texts: Iterable[str]) -> Iterable[str]:
    for text in texts:
        for word in re.findall(r"[a-zæøå]{5,}", text.lower()):
            if word not in _STOP:
                yield word[:_STEM]
