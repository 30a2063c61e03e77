"""Prompts tried without a model: every question in both languages, its length, and whether all share one beginning."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from checker.errors import CheckerError
from checker.model.catalogue import Catalogue
from checker.model.law import Frozen
from checker.model.project import Passage, Project
from checker.model.reading import EvidenceStatus
from checker.prompts import LANGUAGES, Prompt, Prompts
from checker.reader.llm.questions import Closed
from checker.reader.llm.rendering import Page, page_of, prompt_of, question_of

CHARACTERS_PER_TOKEN = 3
"""A cautious estimate for Danish; the tokenizers of the models differ."""
LONG = 200
"""Estimated tokens of one question that are no longer a short one."""
_RUN = 8


class Rehearsed(Frozen):
    """What one language's prompts amount to. Tokens are estimates; `long`: questions over the length, longest first."""

    language: str
    questions: int
    shared_tokens: int
    question_tokens: int
    long: tuple[tuple[str, int], ...]
    problems: tuple[str, ...]


def every_question(catalogue: Catalogue) -> tuple[Closed, ...]:
    """One question for each fact and each requirement, with all its options."""
    statuses = tuple(status.value for status in EvidenceStatus)
    facts = (Closed(item=f.id, kind="fact", options=(*(("true", "false") if f.type == "bool" else f.values), "unknown")) for f in catalogue.facts.values())
    return (*facts, *(Closed(item=r, kind="evidence", options=statuses) for r in catalogue.requirements))


def rehearse(prompts: Prompts, catalogue: Catalogue, page: Page | None = None) -> tuple[Rehearsed, ...]:
    """Both languages; `page`: a page to put the questions to, an invented one by default."""
    return tuple(_rehearsed(language, prompts, catalogue, page or sample_page()) for language in LANGUAGES)


def copied(prompt: Prompt, texts: Collection[str]) -> Iterator[str]:
    """Example passages that share a run of words with a text that must not stand in a prompt."""
    taken = {run for text in texts for run in _runs(text)}
    for example in prompt.examples:
        yield from (p.get(language) for p in example.passages for language in LANGUAGES if any(run in taken for run in _runs(p.get(language))))


def sample_page() -> Page:
    """Two invented passages."""
    texts = ("Vi prøver en talebot i borgerservice.", "Den svarer på spørgsmål om åbningstider.")
    passages = tuple(Passage(index=i, text=t, clean=t, start=i * 100, end=i * 100 + len(t), kind="paragraph") for i, t in enumerate(texts))
    return page_of(Project(title="", source="", language="da", text="", passages=passages, taken=()), range(len(passages)), mask=False)


def tokens(text: str) -> int:
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def _rehearsed(language: str, prompts: Prompts, catalogue: Catalogue, page: Page) -> Rehearsed:
    beginnings: set[str] = set()
    lengths: dict[str, int] = {}
    problems: list[str] = []
    for question in every_question(catalogue):
        try:
            system, user, _ = prompt_of(page, question, catalogue, language, prompts)
            asked = question_of(question, catalogue, language, prompts)
        except CheckerError as error:
            problems.append(f"{question.item}: {error.message}")
            continue
        if not user.endswith(asked):
            problems.append(f"{question.item}: spørgsmålet står ikke sidst / the question does not stand last")
        beginnings.add(f"{system}\0{user.removesuffix(asked)}")
        lengths[question.item] = tokens(asked)
    if len(beginnings) > 1:
        problems.append(f"begyndelsen er ikke den samme i alle spørgsmål / {len(beginnings)} different beginnings, expected one")
    return Rehearsed(
        language=language,
        questions=len(lengths),
        shared_tokens=max(map(tokens, beginnings), default=0) - tokens(page.text),
        question_tokens=sum(lengths.values()) // max(len(lengths), 1),
        long=tuple(sorted(((item, n) for item, n in lengths.items() if n > LONG), key=lambda pair: -pair[1])),
        problems=tuple(problems),
    )


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = text.casefold().split()
    yield from (tuple(words[i : i + _RUN]) for i in range(len(words) - _RUN + 1))
