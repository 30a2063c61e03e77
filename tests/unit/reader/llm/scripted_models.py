"""Language models that follow a script, at the port, and other parts at ports that several tests share."""

from __future__ import annotations

import json
import math
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from checker.adapters.documents import Documents
from checker.errors import ModelMissing
from checker.model.project import Project
from checker.model.reading import Answers
from checker.ports import Reply, TokenChoice, Vectors
from checker.read import read_project
from checker.reader.llm.questions import Closed
from checker.reader.llm.rendering import Page

TEXT = """# Chatbot i borgerservice

Kommunen vil sætte en chatbot med kunstig intelligens på hjemmesiden.
Chatbotten bygger på en stor sprogmodel fra en ekstern leverandør.
Borgerne skriver deres spørgsmål i et frit felt.
Databehandleraftalen blev underskrevet den 2. februar 2026 af it-chef Mette Lund.
Vi overvejer at lave en konsekvensanalyse.
Spørgsmål kan sendes til mette.lund@kommunen.dk.
"""


def project_of(text: str = TEXT) -> Project:
    return read_project(Documents().read_bytes(text.encode(), "projekt.md"))


def page(passages: int = 3) -> Page:
    """Passage number n stands at place n + 9 of the project."""
    return Page(text="\n".join(f"[{n}] ord" for n in range(1, passages + 1)), mark="<<<0123456789abcdef>>>", numbers=tuple(range(10, 10 + passages)))


@dataclass(frozen=True)
class Put:
    """One question as a model got it. `number`: how many were put before it."""

    number: int
    system: str
    user: str
    words: tuple[str, ...]

    @property
    def passages(self) -> list[str]:
        """What stands between the marks, in its order."""
        return re.findall(r"^\[\d+\] (.*)$", self.user, re.MULTILINE)

    @property
    def length(self) -> int:
        return len(self.system) + len(self.user)


def said(answer: str, *passages: int, **more: Any) -> Reply:
    return Reply(text=json.dumps({"passages": list(passages), "answer": answer}, ensure_ascii=False), tokens_out=12, **more)


def silent(put: Put) -> Reply:
    """The last word offered is always the one that says nothing."""
    return said(put.words[-1])


def first_option(put: Put) -> Reply:
    """The first word offered, resting on the second passage."""
    return said(put.words[0], 2)


@dataclass
class Scripted:
    """Answers as `say` does, and remembers what it was asked. `dies_at`: the question at which the server is gone."""

    say: Callable[[Put], Reply] = silent
    dies_at: int | None = None
    at_once: int = 4
    tokens: int | None = None
    samples: bool = False
    weights: str = "sha256:1"
    name: str = "scripted:model"
    asked: list[Put] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def identity(self) -> str:
        return self.weights

    def slots(self) -> int:
        return self.at_once

    def context(self) -> int | None:
        return self.tokens

    def ask(self, system: str, user: str, schema: Mapping[str, object], probabilities: bool = False) -> Reply:
        properties: Any = schema["properties"]
        with self.lock:
            put = Put(len(self.asked), system, user, tuple(properties["answer"]["enum"]))
            if self.dies_at is not None and put.number >= self.dies_at:
                raise ModelMissing("Sprogmodellens server kan ikke nås.", "Start den.")
            self.asked.append(put)
        return self.say(put)


@dataclass
class Kept:
    """A cache in memory."""

    held: dict[str, str] = field(default_factory=dict)

    def get(self, keys: Sequence[str]) -> dict[str, str]:
        return {k: self.held[k] for k in keys if k in self.held}

    def put(self, key: str, value: str) -> None:
        self.held[key] = value


class Words:
    """An embedder by the words that two texts share."""

    name, dim = "words", 512

    def embed(self, texts: Sequence[str], kind: Literal["query", "passage"]) -> Vectors:
        found = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in zip(found, texts, strict=True):
            for word in re.findall(r"\b\w{6}", text.lower()):  # the first letters: "aftale" is "aftalen"
                row[sum(map(ord, word)) * 31 % self.dim] += 1.0
        return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-6), dtype=np.float32)


class NoEmbedder:
    """For texts that fit: nothing has to be looked for."""

    name, dim = "none", 1

    def embed(self, texts: Sequence[str], kind: Literal["query", "passage"]) -> Vectors:
        raise AssertionError("the whole text fits, so nothing is to be retrieved")


@dataclass
class Rules:
    """A first reader that says what it is told."""

    answers: Answers
    about: dict[str, frozenset[int]] = field(default_factory=dict)
    name: str = "rules:test"

    def read(self, project: Project) -> Answers:
        return self.answers

    def topics(self, project: Project) -> dict[str, frozenset[int]]:
        return self.about


def spoken(*tokens: str | tuple[str, dict[str, float]]) -> Reply:
    """A reply with its tokens; a token with others in its place is (text, {text: probability})."""
    pairs = [(t, {t: 1.0}) if isinstance(t, str) else t for t in tokens]
    choices = [TokenChoice(text=text, choices={k: math.log(p) for k, p in others.items()}) for text, others in pairs]
    return Reply(text="".join(c.text for c in choices), tokens=tuple(choices))


FACT = Closed(item="is_ai_system", kind="fact", options=("true", "false", "unknown"))
WORDS = {"true": "ja", "false": "nej", "unknown": "ukendt"}
