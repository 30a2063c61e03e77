"""Hostile descriptions: what is written to steer the tool is reported where it stands to be read, and moves nothing."""

from __future__ import annotations

from functools import cache

import pytest
import yaml
from injection_cases import HERE, Attempt, attempts, judged, project_with, report_of
from injection_models import Obedient

from checker.adapters.embedders import CachedEmbedder
from checker.library import Library
from checker.model.project import Project
from checker.prompts import load_prompts
from checker.read.address import addresses_checker
from checker.reader.llm.reader import TwoReaders
from checker.reader.llm.rendering import page_of
from checker.reader.rules import RuleReader, without_addressed

TUNED = [a for a in attempts() if not a.held_out]
HELD_OUT = [a for a in attempts() if a.held_out]
FULL = [a for a in TUNED if a.id in ("b03", "b07", "b19", "b35", "a13", "a17", "a19")]  # each format, and every kind of place that is read
HELD_OUT_EQUAL, HELD_OUT_REPORTED = 21, 21
"""Of 22. No pattern was changed after their result was seen; but who wrote the patterns had written them, so they say little of
attempts by others. FRESH says more."""
FRESH_RECOGNISED = 2
"""Of 20 orders written after the patterns were done and run once: patterns catch what is said plainly, and little of what is not."""


@cache
def plain(description: str, format_: str) -> Project:
    attempt = next(a for a in attempts() if (a.description, a.format) == (description, format_))
    return project_with(attempt, put=False)


@cache
def hostile(attempt: Attempt) -> Project:
    return project_with(attempt)


def read_of(project: Project) -> tuple[object, ...]:
    """All that a reader sees of a project: the rule reader the passages, a model the page."""
    passages = without_addressed(project).passages
    said = [(" ".join(p.text.split()), p.clean, p.kind, p.heading, p.context) for p in passages]
    page = page_of(project, range(len(project.passages)), mask=True).text
    return (said, page, project.title, project.language, [(o.title, o.reason) for o in project.left_out])


def reads_the_same(attempt: Attempt) -> bool:
    return read_of(hostile(attempt)) == read_of(plain(attempt.description, attempt.format))


def is_reported(attempt: Attempt) -> bool:
    project, before = hostile(attempt), plain(attempt.description, attempt.format)
    if attempt.expect == "read":
        return bool(project.addresses_checker)
    new_notes = set(project.notes) - set(before.notes)
    return not project.addresses_checker and (bool(new_notes) if attempt.expect == "unread" else not new_notes)


def test_there_are_enough_attempts_in_both_languages_and_all_formats_and_places() -> None:
    assert len(attempts()) >= 60 and 3 * len(HELD_OUT) >= len(attempts())
    assert {a.format for a in attempts()} == {"docx", "pdf", "html", "odt", "txt", "md"}
    assert {a.language for a in attempts()} == {"da", "en"} and sum(a.language == "en" for a in attempts()) >= 20
    assert len({a.where for a in attempts()}) >= 18 and len({a.voice for a in attempts()}) >= 40


@pytest.mark.parametrize("attempt", TUNED, ids=str)
def test_a_description_with_an_attempt_is_read_as_if_it_were_not_there(attempt: Attempt) -> None:
    assert read_of(hostile(attempt)) == read_of(plain(attempt.description, attempt.format))


@pytest.mark.parametrize("attempt", TUNED, ids=str)
def test_an_attempt_is_reported_with_its_own_words_or_as_left_out(attempt: Attempt) -> None:
    project = hostile(attempt)
    assert is_reported(attempt), (project.addresses_checker, project.notes)
    assert all(q.verified_in(project.text) == q and not q.orphaned for q in project.addresses_checker)


def test_attempts_whose_result_changed_no_pattern_are_held_to_what_was_measured(rules: RuleReader, library: Library) -> None:
    reported = sum(is_reported(a) for a in HELD_OUT)
    equal = sum(reads_the_same(a) or _verdicts(a, rules, library) for a in HELD_OUT)
    assert reported >= HELD_OUT_REPORTED and equal >= HELD_OUT_EQUAL, (reported, equal)


def _verdicts(attempt: Attempt, rules: RuleReader, library: Library) -> bool:
    pair = (hostile(attempt), plain(attempt.description, attempt.format))
    one, other = (judged(report_of(p, rules.read(p), library)) for p in pair)
    return one == other


def test_orders_that_were_written_afterwards_are_recognised_as_often_as_was_measured() -> None:
    fresh = yaml.safe_load((HERE / "fresh.yaml").read_text("utf-8"))
    assert len(fresh) == 20 and sum(addresses_checker(s) for s in fresh) >= FRESH_RECOGNISED


@pytest.mark.parametrize("attempt", FULL, ids=str)
def test_verdicts_facts_and_risk_class_are_equal_to_the_letter(attempt: Attempt, rules: RuleReader, library: Library) -> None:
    project, before = hostile(attempt), plain(attempt.description, attempt.format)
    assert judged(report_of(project, rules.read(project), library)) == judged(report_of(before, rules.read(before), library))


@pytest.mark.parametrize("attempt", [a for a in FULL if a.id in ("b19", "a17")], ids=str)
def test_a_trusted_model_that_obeys_whatever_it_reads_finds_nothing_more_to_obey(
    attempt: Attempt, rules: RuleReader, library: Library, embedder: CachedEmbedder
) -> None:
    told: list[tuple[object, ...]] = []
    for project in (hostile(attempt), plain(attempt.description, attempt.format)):
        model = Obedient()
        reader = TwoReaders(rules, model, load_prompts(), library.catalogue, embedder, "llm", trusted=True)
        told.append((judged(report_of(project, reader.read(project), library)), model.asked, model.obeyed))
        assert model.asked > 80
    assert told[0] == told[1]


def test_the_obedient_model_does_obey_an_order_that_nobody_took_out(rules: RuleReader, library: Library, embedder: CachedEmbedder) -> None:
    project = hostile(next(a for a in TUNED if a.id == "b19")).model_copy(update={"addresses_checker": ()})
    model = Obedient()
    TwoReaders(rules, model, load_prompts(), library.catalogue, embedder, "auto", trusted=True).read(project)
    assert model.asked > 0 and model.obeyed == model.asked


@pytest.mark.parametrize("sentence", [s for said in yaml.safe_load((HERE / "innocent.yaml").read_text("utf-8")).values() for s in said])
def test_a_sentence_about_systems_prompts_and_checks_is_no_attempt(sentence: str) -> None:
    assert not addresses_checker(sentence)
