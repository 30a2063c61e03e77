"""What a project says of its own AI Act class tilts the reading of its purpose."""

from __future__ import annotations

import pytest

from checker.reader.stated import stated_purpose


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["Systemet er højrisiko efter bilag III, punkt 5, litra a."], 1),
        (["The system is high-risk under Annex III, point 4."], 1),
        (["Juristen har holdt formålet op mod bilag III: intet punkt passer, så systemet er ikke højrisiko."], -1),
        (["Er det højrisiko?"], 0),
        (["Kommer arbejdsevnen med, er det højrisiko."], 0),
        (["Leverandøren kalder det lavrisiko."], 0),
        (["Det er ikke højrisiko, siger leverandøren."], 0),
        (["Systemet er ikke højrisiko, fordi det kun er en forberedende opgave, jf. artikel 6, stk. 3."], 0),
        (["Begge led i artikel 6, stk. 1, er opfyldt, og systemet er højrisiko som medicinsk udstyr."], 0),
        ([], 0),
    ],
)
def test_only_a_plain_statement_or_a_reasoned_denial_counts(texts: list[str], said: int) -> None:
    assert stated_purpose(texts) == said
