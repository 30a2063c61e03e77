"""What is masked before a text leaves for a model, a log or a cache, and what must stay readable."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.masking import mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Borger 010190-1234 har søgt.", "Borger xxxxxx-xxxx har søgt."),
        ("010190 1234", "xxxxxx xxxx"),
        ("01 01 90 1234", "xx xx xx xxxx"),
        ("0101901234", "xxxxxxxxxx"),
        ("010190–1234 (tankestreg)", "xxxxxx–xxxx (tankestreg)"),
        ("01\u200b0190-1234", "xx\u200bxxxx-xxxx"),
        ("erstatnings-cpr 610190-1234", "erstatnings-cpr xxxxxx-xxxx"),  # 60 is added to the day
        ("010190-xxxx", "xxxxxx-xxxx"),
        ("Skriv til mette.kj@kommune.dk.", "Skriv til xxxxx.xx@xxxxxxx.xx."),
        ("mette (at) kommune.dk", "xxxxx (xx) xxxxxxx.xx"),
        ("tlf. 12 34 56 78", "tlf. xx xx xx xx"),
        ("Ring 22334455 eller 2233 4455", "Ring xxxxxxxx eller xxxx xxxx"),
        ("22 33 44 55, +45 22334455", "xx xx xx xx, +xx xxxxxxxx"),
        ("support: +46 8 123 456 78", "support: +xx x xxx xxx xx"),
        ("Call +44 20 7946 0958 now", "Call +xx xx xxxx xxxx now"),
        ("22334455 010190-1234", "xxxxxxxx xxxxxx-xxxx"),
    ],
)
def test_numbers_and_addresses_of_people_become_x_and_keep_their_form(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "Fra 1. marts 2027 til 22-11-2026 og 2025-2026",
        "i årene 2026 2027",
        "20261122",
        "Budget: 25.000.000 kr. eller 25000000 kr",
        "databeskyttelseslovens § 11, stk. 2, og artikel 35, stk. 7",
        "afsnit 3.2.1.4",
        "CVR 29189668 og cvr-nr. 29 18 96 68",
        "j.nr. 24-22334455",
        "lægges på sag 2027-0441 samme dag",
        "EAN 5798001234567",
        "P-nr. 1012345678",
        "320190-1234",  # no 32nd of January
        "kl. 08.15-16.00 i 20 boliger",
        "d@gn",
        "forordning (EU) 2024/1689 og (EU) 2016/679",
        "lov nr. 1702/2024",
        "CPR-numre bruges ikke",
    ],
)
def test_years_amounts_sections_and_numbers_of_organisations_stay(text: str) -> None:
    assert mask(text) == text


_NUMBERS = ["010190-1234", "0101901234", "22334455", "+45 22 33 44 55", "2026", "§ 11"]
_OTHER = ["a.b@c.dk", "tlf.", "CVR", "kr", "[MAIL-1]", "x", " ", "-", "/", "\u200b", "(at)", "æ"]
_PIECES = st.sampled_from([*_NUMBERS, *_OTHER])


@given(st.lists(st.one_of(_PIECES, st.text(alphabet="0123456789 .-/@xæb§()", max_size=12))).map("".join))
def test_length_is_kept_and_a_masked_text_is_left_as_it_is(text: str) -> None:
    masked = mask(text)
    assert len(masked) == len(text)
    assert mask(masked) == masked


@given(st.lists(st.one_of(_PIECES, st.text(max_size=8))).map("".join))
def test_signs_between_letters_and_digits_never_change(text: str) -> None:
    assert all(before == after or (after == "x" and before.isalnum()) for before, after in zip(text, mask(text), strict=True))


@given(st.text().filter(lambda t: not re.search(r"\d|@|(?i:at\))|(?i:\(a)|(?i:\[a)|snabel", t)))
def test_a_text_without_digits_and_addresses_is_unchanged(text: str) -> None:
    assert mask(text) == text
