"""The eight projects of the municipal documents: which of the labelled duties apply, and which must be asked about."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from checker.library import Library
from checker.model.report import FactReading
from checker.model.truth import Truth
from checker.scope import Scope

SEEDS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "seeds.yaml").read_text("utf-8"))["seeds"]
EACH_SEED = pytest.mark.parametrize("seed", SEEDS, ids=[s["id"] for s in SEEDS])


def scope_over(seed: dict[str, Any], library: Library) -> Scope:
    catalogue = library.catalogue
    sheet = {fact: FactReading(fact=fact, value=value, origin="answered") for fact, value in seed["facts"].items()}
    return Scope(catalogue.facts, catalogue.derived, catalogue.criteria, sheet)


def test_there_are_eight_and_they_differ() -> None:
    assert len({s["id"] for s in SEEDS}) == 8
    assert len({str(s["facts"]) for s in SEEDS}) == 8


@EACH_SEED
@pytest.mark.parametrize(("truth", "heading"), [(Truth.YES, "applies"), (Truth.UNKNOWN, "ask")])
def test_exactly_the_listed_duties_apply_or_are_asked_about(seed: dict[str, Any], truth: Truth, heading: str, library: Library) -> None:
    scope = scope_over(seed, library)
    found = [r for r in library.catalogue.core if scope.truth(library.catalogue.requirements[r].applies_when) is truth]
    assert sorted(found) == sorted(seed[heading])


@EACH_SEED
def test_every_duty_to_ask_about_comes_with_a_question_the_seed_leaves_open(seed: dict[str, Any], library: Library) -> None:
    scope = scope_over(seed, library)
    for requirement in seed["ask"]:
        asked = scope.deciding(library.catalogue.requirements[requirement].applies_when)
        assert asked, requirement
        assert not set(asked) & set(seed["facts"]), requirement
