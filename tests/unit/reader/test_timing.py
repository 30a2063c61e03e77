"""A promise that comes after the first use closes nothing that must stand before it."""

from __future__ import annotations

from datetime import date

import pytest

from checker.reader.timing import comes_late, dates, first_use

START = date(2027, 1, 11)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("godkendt 4. november 2026 af centerchefen", [date(2026, 11, 4)]),
        ("signed on 25 November 2026 and 1 March 2027", [date(2026, 11, 25), date(2027, 3, 1)]),
        ("kontrolleret 14-08-2026 og 3/9 2026", [date(2026, 8, 14), date(2026, 9, 3)]),
        ("i maj 2027", [date(2027, 5, 1)]),
        ("den 31. februar 2027 findes ikke", []),
        ("4. november uden år", []),
    ],
)
def test_full_dates_are_found_in_danish_and_english(text: str, found: list[date]) -> None:
    assert [day for _, day in dates(text)] == found


@pytest.mark.parametrize(
    ("texts", "use"),
    [
        (["Piloten begynder 1. februar 2027 med 300 borgere.", "Fuld drift fra 1. september 2027."], date(2027, 2, 1)),
        (["Launch: 1 March 2027."], date(2027, 3, 1)),
        (["Vi går i gang fra januar 2027."], date(2027, 1, 28)),
        (["Databehandleraftalen af 6. november 2026 dækker assistenten."], None),
    ],
)
def test_the_first_use_is_the_earliest_date_tied_to_a_start(texts: list[str], use: date | None) -> None:
    assert first_use(texts) == use


@pytest.mark.parametrize(
    "text",
    [
        "Konsekvensanalysen godkendes af sundhedschefen den 30. april 2027.",
        "DPIA'en laves, når piloten er slut.",
        "The DPIA will be written after the pilot.",
    ],
)
def test_what_comes_after_the_start_is_late(text: str) -> None:
    assert comes_late(text, START)


@pytest.mark.parametrize(
    "text",
    [
        "Konsekvensanalysen blev godkendt 2. november 2026.",
        "It will be signed on 25 November 2026, before the first letter goes in.",
        "Godkendt 2. november 2026 og gennemgås igen 1. juni 2027.",
        "Databeskyttelsesrådgiveren er hørt.",
    ],
)
def test_what_stands_before_the_start_or_has_no_date_is_not_late(text: str) -> None:
    assert not comes_late(text, START)


def test_without_a_known_start_only_words_make_a_promise_late() -> None:
    assert not comes_late("Godkendes 30. april 2031.", None)
    assert comes_late("Skrives efter piloten.", None)
