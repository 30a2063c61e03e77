"""One question, ready to be sent; the name of its answer in the cache, and what is kept there: a word and numbers, no text."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from checker.model.catalogue import Catalogue
from checker.prompts import Prompts
from checker.reader.llm.parsing import checked
from checker.reader.llm.questions import Closed, Pick
from checker.reader.llm.rendering import Page, prompt_of, words_of


@dataclass(frozen=True)
class Job:
    """`words`: option code → the word for it in the prompt's language; `schema`: of the answer; `key`: of the answer in the cache."""

    question: Closed
    page: Page
    words: dict[str, str]
    system: str
    user: str
    schema: dict[str, object]
    key: str

    @property
    def length(self) -> int:
        return len(self.system) + len(self.user)


def job_of(question: Closed, page: Page, catalogue: Catalogue, language: str, prompts: Prompts, model: str) -> Job:
    """Args: `model` names the very weights and how they are run.

    The key is of all that the answer depends on: the whole prompt, so also the words of the catalogue, the passages and their masking.
    """
    system, user, schema = prompt_of(page, question, catalogue, language, prompts)
    key = _hash(question.kind, question.item, model, *_versions(prompts), system, user, json.dumps(schema, sort_keys=True))
    return Job(question, page, words_of(question, catalogue, language, prompts), system, user, schema, key)


def room_key(whole: Page, prompts: Prompts, model: str, context: int | None) -> str:
    """Names, in the cache, the characters that a page of this text may take for this model."""
    return _hash("room", model, str(context), *_versions(prompts), whole.text)


def kept(job: Job, pick: Pick, raw: float | None) -> str:
    """An answer as the cache holds it; `raw`: the model's own probability, because the calibration may change."""
    numbers = [job.page.numbers.index(place) + 1 for place in pick.passages]
    return json.dumps({"answer": job.words[pick.value], "passages": numbers, "confidence": raw}, ensure_ascii=False)


def recalled(job: Job, value: str) -> tuple[Pick, float | None] | None:
    """The answer and the model's own probability; None for a value that is not one of ours, which is then asked anew."""
    try:
        held = json.loads(value)
        raw = held["confidence"]
        pick = checked(held["answer"], held["passages"], job.question, job.page, job.words)
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    sound = raw is None or (isinstance(raw, int | float) and not isinstance(raw, bool) and 0 <= raw <= 1)
    return (pick.model_copy(update={"from_cache": True}), raw) if isinstance(pick, Pick) and sound else None


def _versions(prompts: Prompts) -> list[str]:
    return [f"{name} {value}" for name, value in sorted(prompts.hashes.items())]


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
