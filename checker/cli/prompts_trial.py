"""How often a configured model answers closed questions of labelled training cases right: a change of prompts is a measured change.

Facts count as right with the labelled value; duties when the chosen status closes the gap exactly where the label says met, since
cases are labelled with verdicts and not with statuses.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checker.model.reading import EvidenceStatus
from checker.reader.llm.questions import Closed, Pick

if TYPE_CHECKING:
    from checker.evaluation.records import FactValue, Subject
    from checker.model.catalogue import Catalogue
    from checker.model.project import Project
    from checker.ports import ChatModel
    from checker.prompts import Prompts


@dataclass(frozen=True)
class Labelled:
    """A question about a training case with the option codes that are right. `group` is what the label says: questions are drawn evenly from each."""

    case: str
    question: Closed
    right: frozenset[str]
    group: str


@dataclass(frozen=True)
class Score:
    """How many of one group were answered right; `unread` of the wrong ones gave no usable answer. The interval is Wilson's, 95 %."""

    group: str
    asked: int
    right: int
    unread: int

    @property
    def interval(self) -> tuple[float, float]:
        from scipy.stats import binomtest

        found = binomtest(self.right, self.asked).proportion_ci(confidence_level=0.95, method="wilson")
        return float(found.low), float(found.high)


@dataclass(frozen=True)
class Trial:
    """`scores`: one for each group, the whole last. `sure`: (the model's own probability, was it right), where the server gave one."""

    scores: tuple[Score, ...]
    sure: tuple[tuple[float, bool], ...]


def labelled_questions(subjects: Iterable[Subject], catalogue: Catalogue) -> tuple[Labelled, ...]:
    """Every fact that a case labels or leaves unknown, and every duty labelled gap or met. Texts of other parts are left out."""
    statuses = tuple(status.value for status in EvidenceStatus)
    closing = frozenset(status.value for status in EvidenceStatus if status.closes)
    found: list[Labelled] = []
    for subject in subjects:
        if subject.split != "train":
            continue
        for item, value in subject.gold.facts.items():
            said, fact = _codes(value), catalogue.facts[item]
            if item in subject.gold.facts_said or said == {"unknown"}:
                options = (*(("true", "false") if fact.type == "bool" else fact.values), "unknown")
                group = next(iter(said)) if said <= {"true", "false", "unknown"} else "value"
                found.append(Labelled(subject.id, Closed(item=item, kind="fact", options=options), said, f"fact {group}"))
        for item, verdict in subject.gold.verdicts.items():
            if verdict in ("met", "gap"):
                right = closing if verdict == "met" else frozenset(statuses) - closing
                found.append(Labelled(subject.id, Closed(item=item, kind="evidence", options=statuses), right, f"duty {verdict}"))
    return tuple(found)


def drawn(questions: Sequence[Labelled], n: int, seed: int) -> tuple[Labelled, ...]:
    """As many from each group as there are, up to n in all; the same for the same seed. Those about one text stand together."""
    groups: dict[str, list[Labelled]] = defaultdict(list)
    for question in questions:
        groups[question.group].append(question)
    chance = random.Random(seed)  # noqa: S311
    for group in groups.values():
        chance.shuffle(group)
    chosen: list[Labelled] = []
    for place in range(max(map(len, groups.values()), default=0)):
        chosen += [groups[name][place] for name in sorted(groups) if place < len(groups[name])]
    return tuple(sorted(chosen[:n], key=lambda q: (q.case, q.question.kind, q.question.item)))


def measured(
    questions: Sequence[Labelled],
    projects: Callable[[str], Project],
    model: ChatModel,
    catalogue: Catalogue,
    prompts: Prompts,
    done: Callable[[int], None] = lambda n: None,
) -> Trial:
    """How the model fares. Personal data are masked, as in a check.

    Raises:
        CheckerError: the model cannot be asked at all.
    """
    from checker.reader.llm.rendering import page_of

    pages = {}
    for case in dict.fromkeys(q.case for q in questions):
        project = projects(case)
        pages[case] = project, page_of(project, range(len(project.passages)), mask=True)

    def ask(asked: Labelled) -> tuple[str, float | None]:
        from checker.reader.llm.calibrate import confidence
        from checker.reader.llm.parsing import pick_in
        from checker.reader.llm.rendering import prompt_of, words_of

        project, page = pages[asked.case]
        reply = model.ask(*prompt_of(page, asked.question, catalogue, project.language, prompts), probabilities=True)
        words = words_of(asked.question, catalogue, project.language, prompts)
        pick = pick_in(reply, asked.question, page, words)
        return (pick.value, confidence(reply, words[pick.value], words.values())) if isinstance(pick, Pick) else ("", None)

    answers: list[tuple[str, float | None]] = []
    with ThreadPoolExecutor(max_workers=model.slots()) as pool:
        for answer in pool.map(ask, questions):
            answers.append(answer)
            done(len(answers))
    sure = tuple((p, value in q.right) for q, (value, p) in zip(questions, answers, strict=True) if p is not None)
    return Trial(_scores(questions, [value for value, _ in answers]), sure)


def _scores(questions: Sequence[Labelled], values: Sequence[str]) -> tuple[Score, ...]:
    pairs = list(zip(questions, values, strict=True))
    groups = sorted({q.group for q in questions})
    split = [(group, [(q, v) for q, v in pairs if q.group == group]) for group in groups]
    return tuple(Score(group, len(part), sum(v in q.right for q, v in part), sum(not v for _, v in part)) for group, part in [*split, ("all", pairs)] if part)


def _codes(value: FactValue) -> frozenset[str]:
    if isinstance(value, tuple):
        return frozenset(value)
    return frozenset({str(value).lower() if isinstance(value, bool) else value})
