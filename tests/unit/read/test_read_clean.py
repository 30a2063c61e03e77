"""What scanners and hurried fingers do to a text, and what a reader sees after mending."""
# ruff: noqa: SIM905 - word lists read best as text

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.read.clean import clean, is_noisy, mend_word

KNOWN = frozenset("løsning løsninger være økonomi særligt gør børn på må år afgørelse høring model modellen til borgeren bør lokal".split())


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Vi vil bruge Al til sagsbehandling.", "Vi vil bruge AI til sagsbehandling."),
        ("INDSATS 4. Al TIL KONTROL", "INDSATS 4. AI TIL KONTROL"),
        ("Al til døgnrytmeplaner", "AI til døgnrytmeplaner"),
        ("En Al-model udregner listen", "En AI-model udregner listen"),
        ("Teamlederen kan lukke for Al'en.", "Teamlederen kan lukke for AI'en."),
        ("Vi peger på, at Al, ifølge KL, kan overtage", "Vi peger på, at AI, ifølge KL, kan overtage"),
        ("brug af A1 i skolen", "brug af AI i skolen"),
        ("KI og promter i ChatGTP og Co-pilot", "AI og prompter i ChatGPT og Copilot"),
        ("kunstig inteligens", "kunstig intelligens"),
    ],
)
def test_ai_is_recognised_however_it_was_written(written: str, read: str) -> None:
    assert clean(written) == read


@pytest.mark.parametrize(
    "text",
    [
        "Al personale skal læse vejledningen.",
        "Al kommunikation foregår på dansk.",
        "Krav: Al kommunikation skal krypteres.",
        "Det er besluttet. Al behandling stopper.",
        "1. Al personale skal undervises.",
        "»Al magt til folket«",
        "Næsten al tale optages.",
        "Prøven kræver dansk på niveau A1.",
        "Sprogniveau A1, A2 og B1 accepteres.",
        "Eleverne har et A1-niveau i dansk.",
        "Alle skal prompte korrekt.",
    ],
)
def test_what_only_looks_like_ai_stays_as_it_is(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("databehandler-\naftalen", "databehandleraftalen"),
        ("i plast-\n   beholderne", "i plastbeholderne"),
        ("både udviklings-\nog driftsfasen", "både udviklings- og driftsfasen"),
        ("person\u00adoplys\u00adninger", "personoplysninger"),
        ("\ufeffNotat\u200b", "Notat"),
        ("to  linjer\n\tbliver   én", "to linjer bliver én"),
        ("**Formål:** `modellen`", "Formål: modellen"),
        ("_**_", ""),
    ],
)
def test_broken_lines_invisible_signs_and_markup_are_mended(written: str, read: str) -> None:
    assert clean(written) == read


@pytest.mark.parametrize(
    ("scanned", "meant"),
    [
        ("lgsning", "løsning"),
        ("Lgsninger", "Løsninger"),
        ("veere", "være"),
        ("vaere", "være"),
        ("@konomi", "økonomi"),
        ("szerligt", "særligt"),
        ("b0rn", "børn"),
        ("pa", "på"),
        ("m4", "må"),
        ("afggrelse", "afgørelse"),
        ("h@ring", "høring"),
        ("Ioka1", "lokal"),
        ("løsning", "løsning"),
        ("Kladde", "Kladde"),
        ("2027", "2027"),
        ("x", "x"),
    ],
)
def test_a_scanned_word_becomes_the_known_word_it_came_from_or_stays(scanned: str, meant: str) -> None:
    assert mend_word(scanned, KNOWN).lower() == meant.lower()
    assert mend_word(scanned, KNOWN)[:1].isupper() == scanned[:1].isupper()


DANISH = "Sagsbehandleren gennemgår ansøgningen og hører borgeren, før afgørelsen træffes; løsningen foreslår intet. " * 3
SCANNED = DANISH.translate(str.maketrans("æøå", "zga"))


@pytest.mark.parametrize(
    ("text", "noisy"),
    [(DANISH, False), (SCANNED, True), ("Kort tekst uden de bogstaver", False), ("", False)],
    ids=["clean Danish", "scanned Danish", "too short to tell", "nothing"],
)
def test_a_long_danish_text_without_its_letters_is_noisy(text: str, noisy: bool) -> None:
    assert is_noisy(text) is noisy


PIECES = st.lists(
    st.sampled_from(
        [
            "Al",
            "A1",
            "Ai",
            "AI",
            "KI",
            "til",
            "personale",
            "chat gtp",
            "co-pilot",
            "promt",
            "-",
            "**",
            "__",
            "_",
            "`",
            "\n",
            " ",
            "\u00ad",
            ".",
            ":",
            "1.",
            "a-\n",
            "og",
            "»",
        ]
    )
).map("".join)


@given(PIECES | st.text())
def test_mending_twice_is_the_same_as_mending_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(alphabet="agzl01@oeirnm", max_size=12))
def test_a_mended_word_is_known_or_unchanged(word: str) -> None:
    assert mend_word(word, KNOWN) == word or mend_word(word, KNOWN).lower() in KNOWN
