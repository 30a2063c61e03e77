"""What counts as a claim, who may make it, and what stands against it. Every sentence is our own."""

import pytest

from checker.model.project import Passage
from checker.reader.claims import claims_in

RANKS = "Modellen giver hver ansøger et tal."


def passages(*texts: str) -> tuple[Passage, ...]:
    return tuple(Passage(index=i, text=t, clean=t, start=100 * i, end=100 * i + len(t), kind="paragraph") for i, t in enumerate(texts))


def claimed(*texts: str) -> dict[str, tuple[str, str | None]]:
    """Fact → (the claim, what stands against it)."""
    return {c.fact: (c.quote.text, c.against.text if c.against else None) for c in claims_in(passages(*texts))}


@pytest.mark.parametrize(
    "text",
    [
        "Scoren er kun beslutningsstøtte.",
        "Der er alene tale om støtte til rådgiveren.",
        "Tallet er blot et input til mødet.",
        "Risikoen er lav, da det er vejledning.",
        "It is merely decision support for the officer.",
        "We regard it as low-risk because it is support only.",
    ],
)
def test_mere_support_is_a_claim(text: str) -> None:
    assert claimed(RANKS, text) == {"automation_level": (text, None)}


@pytest.mark.parametrize(
    "text",
    [
        "Det er ikke kun beslutningsstøtte, den lukker også sager.",
        "Ifølge leverandøren er det kun beslutningsstøtte.",
        "I en anden kommune er det kun beslutningsstøtte.",
        "Er det kun beslutningsstøtte?",
        "Sagsbehandleren har altid det sidste ord.",
        "Der er støtte i sekretariatet om mandagen.",
    ],
)
def test_oversight_doubt_and_the_words_of_others_claim_nothing(text: str) -> None:
    assert claimed(RANKS, text) == {}


@pytest.mark.parametrize(
    ("claim", "against"),
    [
        ("Svarene er anonyme.", "Nøglen ligger hos teamlederen."),
        ("CPR er fjernet, så data er anonymiseret.", "Et løbenummer viser, hvem det er, hvis vi vil."),
        ("The records are anonymous.", "Each one can be traced back by the registry office."),
        ("Der behandles ikke personoplysninger.", "Kameraet tager billeder af ansigter."),
        ("Det er der ikke GDPR i.", "Listen viser barnets klasse."),
    ],
)
def test_a_denial_beside_what_leads_back_to_a_person_carries_both(claim: str, against: str) -> None:
    assert claimed(claim, "Vejret er godt.", against) == {"processes_personal_data": (claim, against)}


@pytest.mark.parametrize(
    "texts",
    [
        ("Svarene er anonyme.",),
        ("Svarene er anonyme.", "Der findes ingen nøgle."),
        ("Data bliver først anonymiseret til foråret.", "Nøglen ligger hos teamlederen."),
        ("Der må ikke skrives personoplysninger i chatten.", "Listen viser barnets klasse."),
        ("Der sendes ikke personoplysninger til firmaet.", "Listen viser barnets klasse."),
        ("Der er ingen personoplysninger ud over medarbejderens initialer.", "Listen viser navne."),
        ("Modellen vurderer ikke personer.", "Listen viser navne."),
        ("Svarene er anonyme.", "I en anden kommune ligger nøglen hos lederen."),
    ],
)
def test_without_an_opposite_or_with_a_limit_nobody_denies_anything(texts: tuple[str, ...]) -> None:
    assert claimed(*texts) == {}


def test_a_plain_denial_is_a_claim_by_itself() -> None:
    assert claimed("Der indgår ingen personoplysninger.") == {"processes_personal_data": ("Der indgår ingen personoplysninger.", None)}


def test_the_claim_with_an_opposite_is_preferred() -> None:
    found = claimed("Der indgår ingen personoplysninger.", "Svarene er anonyme.", "Nøglen ligger hos teamlederen.")
    assert found["processes_personal_data"][1] is not None


@pytest.mark.parametrize("text", ["Det er ikke AI.", "Der er ikke tale om kunstig intelligens.", "Det er bare faste regler.", "It is not AI."])
def test_not_ai_is_a_claim(text: str) -> None:
    assert claimed(text) == {"is_ai_system": (text, None)}
