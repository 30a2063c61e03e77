"""The baseline of a language model without retrieval: the whole text in the prompt, one closed question per labelled requirement.

It is given no rules, no facts and no law, and quotes nothing. An answer that cannot be read is `unjudged` with the reason,
never a verdict.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from checker.evaluation.conditions import in_words
from checker.evaluation.records import VERDICTS, Said, Subject
from checker.model.catalogue import Catalogue
from checker.ports import ChatModel, Reply
from checker.prompts import Prompt, fence, load_prompt

LLM = "LLM without retrieval"
PROMPT = "baseline-verdict"
_SHOWN = 80
_LANGUAGES = ("da", "en")
_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)
_JSON = json.JSONDecoder(object_pairs_hook=list)


@dataclass(frozen=True)
class Asked:
    """What the model said of one text, and what the server counted for it."""

    said: Said
    tokens_in: int = 0
    tokens_out: int = 0


class Asking:
    """Puts one question per labelled requirement to a language model.

    Args:
        model: any model behind the port.
        catalogue: names, conditions and what fulfils each requirement.
        prompt: default: the one that ships.
    """

    name = LLM

    def __init__(self, model: ChatModel, catalogue: Catalogue, prompt: Prompt | None = None) -> None:
        self._model, self._catalogue, self.prompt = model, catalogue, prompt or load_prompt(PROMPT)

    @property
    def samples(self) -> bool:
        """Whether another run may answer otherwise: then one run says too little."""
        return self._model.samples

    @cached_property
    def fingerprint(self) -> str:
        """Of model, prompt, and what the catalogue lends to it."""
        spoken = [f"{d}{r}{self._about(r, d)}" for d in _LANGUAGES for r in self._catalogue.requirements]
        return hashlib.sha256("\n".join([self.name, self._model.name, self.prompt.hash, *spoken]).encode()).hexdigest()[:16]

    def predict(self, subject: Subject) -> Asked:
        """Every labelled requirement, graded ones too.

        Raises:
            CheckerError: the model cannot be asked at all.
        """
        replies = {r: self._ask(subject, r) for r in (*subject.gold.verdicts, *subject.gold.grades)}
        read = {r: ("", reply.broken) if reply.broken else verdict_in(reply.text) for r, reply in replies.items()}
        return Asked(
            said=Said(
                verdicts={r: verdict or "unjudged" for r, (verdict, _) in read.items()},
                reasons={r: why for r, (verdict, why) in read.items() if not verdict},
            ),
            tokens_in=sum(reply.tokens_in for reply in replies.values()),
            tokens_out=sum(reply.tokens_out for reply in replies.values()),
        )

    def _ask(self, subject: Subject, requirement: str) -> Reply:
        language = "da" if subject.language == "da" else "en"
        text = subject.document.text
        system, user = self.prompt.fill(language, mark=fence(text), text=text, **self._about(requirement, language))
        return self._model.ask(system, user, self.prompt.answer)

    def _about(self, requirement: str, language: str) -> dict[str, str]:
        spec = self._catalogue.requirements[requirement]
        return {
            "title": spec.title.get(language),
            "fulfilled_when": spec.fulfilled_when,
            "applies_when": in_words(spec.applies_when, self._catalogue, language),
        }


def verdict_in(text: str) -> tuple[str, str]:
    """(verdict, "") or ("", why it cannot be read).

    Servers that do not hold a model to the schema answer in prose around the JSON, or with the bare word. A verdict within a
    sentence is not taken: "there is no gap" names one and means the other.
    """
    said = _THOUGHT.sub("", text).strip()
    found = {_plain(answer) for answer in _answers(said)} or {_plain(said)}
    verdict = found.pop() if len(found) == 1 else ""
    if verdict in VERDICTS:
        return verdict, ""
    shown = said if len(said) <= _SHOWN else said[:_SHOWN] + "…"
    return "", f"expected one of {', '.join(VERDICTS)}; the model answered {shown!r}" if said else "the model answered nothing"


def _answers(text: str) -> Iterator[str]:
    """The `answer` of every JSON object in the text; one written twice in an object counts twice."""
    for brace in re.finditer(r"\{", text):
        try:
            pairs, _ = _JSON.raw_decode(text, brace.start())
        except (ValueError, RecursionError):
            continue
        yield from (str(value) for key, value in pairs if key == "answer")


def _plain(answer: str) -> str:
    return answer.strip(" \t\r\n\"'`*.").lower().replace(" ", "_").replace("-", "_")
