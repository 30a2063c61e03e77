"""Sentences that the catalogue refuses never close their requirement, however concrete they are."""

from __future__ import annotations

import re

import pytest

from checker.library import Library


@pytest.mark.parametrize(
    ("requirement", "sentence", "refused"),
    [
        ("gdpr-lawful-basis", "Når løsningen er i drift, er behandlingsgrundlaget artikel 6, stk. 1, litra e.", True),
        ("gdpr-lawful-basis", "Grundlaget er litra e, både når løsningen er i drift og under træningen.", False),
        ("gdpr-lawful-basis", "Grundlag: artikel 6, stk. 1, litra f.", True),
        ("gdpr-lawful-basis", "Grundlaget er artikel 6, stk. 1, litra e, og for helbred artikel 9, stk. 2, litra f.", False),
        ("gdpr-processor-agreement", "Databehandleraftalen er fra 2019.", True),
        ("gdpr-processor-agreement", "Databehandleraftalen af 6. november 2026 dækker assistenten.", False),
    ],
)
def test_refused_evidence_hits_what_it_names_and_nothing_near_it(requirement: str, sentence: str, refused: bool) -> None:
    patterns = Library().catalogue.requirements[requirement].refused_evidence
    assert any(re.search(p, sentence, re.I) for p in patterns) is refused
