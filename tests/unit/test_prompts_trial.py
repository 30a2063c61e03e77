"""Measuring prompts: which questions a labelled case gives, how they are drawn, and what counts as right."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping

import pytest

from checker.cli.prompts_trial import Score, drawn, labelled_questions, measured
from checker.evaluation.records import Gold, Subject
from checker.library import Library
from checker.model.project import Document, Passage, Project
from checker.model.reading import EvidenceStatus
from checker.ports import Reply, TokenChoice
from checker.prompts import load_prompts

CLOSING = {"done", "planned_before_use", "denied_with_reason"}


class Answering:
    """A model that answers by a rule over the end of the prompt."""

    name = "answering"
    samples = False

    def __init__(self, rule: Callable[[str], object]) -> None:
        self._rule = rule

    def identity(self) -> str:
        return self.name

    def slots(self) -> int:
        return 2

    def context(self) -> int | None:
        return None

    def ask(self, system: str, user: str, schema: Mapping[str, object], probabilities: bool = False) -> Reply:
        answer = self._rule(user.rpartition(">>>")[2])
        return Reply(text=answer if isinstance(answer, str) else json.dumps(answer))


def subject(case: str = "a", split: str = "train") -> Subject:
    gold = Gold(
        facts={"cpr_numbers": True, "is_ai_system": "unknown", "affects_children": False, "annex_iii_area": ("education", "employment")},
        facts_said=("cpr_numbers", "annex_iii_area"),
        verdicts={"gdpr-dpia": "met", "ai-act-literacy": "gap", "gdpr-children": "not_applicable", "fr-hjemmel": "ask"},
    )
    document = Document(source="a.txt", format="txt", text="Vi bruger CPR.", blocks=())
    return Subject.model_validate({"set": "s", "id": case, "split": split, "family": case, "language": "da", "document": document, "gold": gold})


def project(case: str) -> Project:
    passage = Passage(index=0, text="Vi bruger CPR.", clean="Vi bruger CPR.", start=0, end=14, kind="paragraph")
    return Project(title="", source=case, language="da", text="Vi bruger CPR.", passages=(passage,), taken=())


def test_said_facts_open_facts_and_settled_duties_become_questions(library: Library) -> None:
    found = {q.question.item: q for q in labelled_questions([subject()], library.catalogue)}
    # affects_children is false only by the rule on silence; the last two duties have no verdict of their own
    assert {item: q.group for item, q in found.items()} == {
        "cpr_numbers": "fact true",
        "is_ai_system": "fact unknown",
        "annex_iii_area": "fact value",
        "gdpr-dpia": "duty met",
        "ai-act-literacy": "duty gap",
    }
    assert found["cpr_numbers"].right == {"true"}
    assert found["annex_iii_area"].right == {"education", "employment"}
    assert found["gdpr-dpia"].right == CLOSING
    assert found["ai-act-literacy"].right == {s.value for s in EvidenceStatus} - CLOSING


def test_held_out_cases_are_never_asked_about(library: Library) -> None:
    assert labelled_questions([subject(split="held-out")], library.catalogue) == ()


def test_questions_are_drawn_evenly_and_the_same_for_the_same_seed(library: Library) -> None:
    many = labelled_questions([subject(f"case{i}") for i in range(20)], library.catalogue)
    chosen = drawn(many, 10, seed=1)
    assert sorted(q.group for q in chosen) == sorted(["duty gap", "duty met", "fact true", "fact unknown", "fact value"] * 2)
    assert chosen == drawn(many, 10, seed=1) != drawn(many, 10, seed=2)
    assert [q.case for q in chosen] == sorted(q.case for q in chosen)
    assert len(drawn(many, 1000, seed=0)) == len(many)
    assert drawn((), 5, seed=0) == ()


def test_answers_are_counted_by_group_with_unread_ones_as_wrong(library: Library) -> None:
    def rule(asked: str) -> object:
        if "CPR" in asked:
            return {"passages": [1], "answer": "ja"}  # right
        if "Pligt: Konsekvensanalyse" in asked:
            return {"passages": [1], "answer": "inden_brug"}  # right: it closes
        if "AI-færdigheder" in asked:
            return {"passages": [1], "answer": "udført"}  # wrong: labelled gap
        return "Det ved jeg ikke."  # no JSON

    questions = labelled_questions([subject()], library.catalogue)
    scores = measured(questions, project, Answering(rule), library.catalogue, load_prompts()).scores
    assert {s.group: (s.right, s.asked, s.unread) for s in scores} == {
        "duty gap": (0, 1, 0),
        "duty met": (1, 1, 0),
        "fact true": (1, 1, 0),
        "fact unknown": (0, 1, 1),
        "fact value": (0, 1, 1),
        "all": (2, 5, 2),
    }


class Telling(Answering):
    """Also says how likely its word was: .8 where it is right by the label, .6 where it is not."""

    def ask(self, system: str, user: str, schema: Mapping[str, object], probabilities: bool = False) -> Reply:
        reply = super().ask(system, user, schema)
        word = json.loads(reply.text)["answer"]
        share = 0.8 if word == "ja" else 0.6
        before, after = reply.text.split(word)
        tokens = (TokenChoice(text=before, choices={before: 0.0}), TokenChoice(text=word, choices={word: math.log(share), "nej": math.log(1 - share)}))
        return reply.model_copy(update={"tokens": (*tokens, TokenChoice(text=after, choices={after: 0.0})) if probabilities else ()})


def test_what_the_model_was_sure_of_is_kept_with_whether_it_was_right(library: Library) -> None:
    questions = [q for q in labelled_questions([subject()], library.catalogue) if q.question.item in ("cpr_numbers", "is_ai_system")]
    trial = measured(questions, project, Telling(lambda asked: {"passages": [1], "answer": "ja"}), library.catalogue, load_prompts())
    assert [(round(p, 3), right) for p, right in trial.sure] == [(0.8, True), (0.8, False)]  # the second is labelled unknown


def test_the_interval_is_wilsons() -> None:
    # 8 of 10, z² = 3.84146: centre (0.8 + 3.84146/20) / 1.384146 = 0.71674, half (1.95996 / 1.384146) √(0.016 + 3.84146/400) = 0.22658
    low, high = Score("all", 10, 8, 0).interval
    assert (low, high) == pytest.approx((0.4902, 0.9433), abs=5e-4)
