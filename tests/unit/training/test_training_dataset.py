"""Labelled quotes find their passages; families stay together; the threshold keeps its promise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.adapters.documents import Documents
from checker.evaluation.cases import Case, Labels
from checker.library import Library
from checker.model.project import Project
from checker.read import read_project
from checker.training.dataset import CaseRows, Dataset, passages_of
from checker.training.deciders import MAX_WRONG_MET, threshold_for
from checker.training.heads import holds

TEXT = """Kommunen vil bruge en AI-sensor på plejehjemmet. Sensoren følger beboernes bevægelser om natten. DPO'en er hørt.

Sensoren følger beboernes bevægelser om natten. Aftalen er ikke underskrevet endnu.
"""


@pytest.fixture(scope="module")
def project() -> Project:
    return read_project(Documents().read_bytes(TEXT.encode(), "sensor.txt"))


@pytest.mark.parametrize(
    ("quote", "passages"),
    [
        ("DPO'en er hørt.", [2]),
        ("er ikke underskrevet", [4]),
        ("Kommunen vil bruge en AI-sensor på plejehjemmet. Sensoren følger beboernes bevægelser om natten.", [0, 1]),
        ("Sensoren følger beboernes bevægelser om natten.", [1, 3]),
        ("plejehjemmet. Sensoren følger beboernes bevægelser om natten. DPO", [1]),
        ("står der ikke", []),
    ],
)
def test_a_labelled_quote_finds_the_passages_it_lies_in_or_covers_by_half(quote: str, passages: list[int], project: Project) -> None:
    assert passages_of(quote, project) == passages


def dataset(families: list[str], library: Library) -> Dataset:
    def rows(number: int, family: str) -> CaseRows:
        labels = Labels(id=f"case-{number}", language="da", kind="project_description", family=family, facts={}, risk_class="unclear")
        return CaseRows(case=Case(labels=labels, file=Path("x.txt"), split="train"), passages=(), carries=(), facts={})

    none = np.zeros((0, 8), dtype=np.float32)
    return Dataset(
        catalogue=library.catalogue,
        cases=tuple(rows(i, f) for i, f in enumerate(families)),
        bank=(),
        uses=(),
        case_vectors=(),
        bank_vectors=none,
        use_vectors=none,
    )


@settings(deadline=None)
@given(st.lists(st.sampled_from([f"familie-{i}" for i in range(12)]), min_size=1, max_size=40), st.integers(2, 5))
def test_a_family_never_straddles_two_folds_and_folds_are_even(library: Library, families: list[str], count: int) -> None:
    folds = dataset(families, library).folds(count)
    of_family = {family: {int(f) for f, g in zip(folds, families, strict=True) if g == family} for family in families}
    assert all(len(f) == 1 for f in of_family.values())
    assert set(folds) <= set(range(count))
    sizes = [sum(next(iter(f)) == fold for f in of_family.values()) for fold in range(count)]
    assert max(sizes) - min(sizes) <= 1
    assert list(dataset(families, library).folds(count)) == list(folds)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=200))
def test_the_threshold_is_the_lowest_that_keeps_wrong_met_within_the_promise(pairs: list[tuple[float, bool]]) -> None:
    probability = np.array([p for p, _ in pairs])
    gold = np.array([int(m) for _, m in pairs])
    if not (gold == 0).any():
        return
    gaps = probability[gold == 0]
    threshold = threshold_for(probability, gold)
    assert 0.3 <= threshold <= 0.99
    if threshold < 0.99:
        assert (gaps > threshold).mean() <= MAX_WRONG_MET
    if 0.3 < threshold < 0.99:
        assert (gaps > threshold - 0.01).mean() > MAX_WRONG_MET


@pytest.mark.parametrize(
    ("gold", "value", "truth"),
    [
        (True, "yes", True), (True, "no", False), (False, "no", True), (False, "yes", False),
        ("unknown", "yes", False), ("unknown", "no", False), ("pilot", "pilot", True), ("pilot", "idea", False),
        (("education", "employment"), "employment", True), (("education",), "employment", False),
    ],
)  # fmt: skip
def test_whether_a_gold_value_is_the_one_a_head_asks_for(gold: bool | str | tuple[str, ...], value: str, truth: bool) -> None:
    assert holds(gold, value) is truth
