"""Each cue: sentences that have it, Danish and English, and near ones that must not."""

import pytest

from checker.reader.cues import CUES, Cue, cues_of

SENTENCES: dict[Cue, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Cue.NEGATION: (
        ("Der behandles ikke personoplysninger.", "Ingen borgere bliver optaget.", "No personal data leave the building."),
        ("Løsningen behandler personoplysninger.", "All staff use the tool."),
    ),
    Cue.EXCEPT: (
        ("Der gemmes intet ud over et tidspunkt.", "Systemet læser kun overskrifter.", "Nothing apart from the time is stored."),
        ("Der gemmes et tidspunkt.", "The time is stored."),
    ),
    Cue.HEDGE: (
        ("Vi overvejer at lave en konsekvensanalyse.", "Der bør nok udpeges en ansvarlig.", "We might write an impact assessment."),
        ("Vi har lavet en konsekvensanalyse.", "The impact assessment is signed."),
    ),
    Cue.DEFERRAL: (
        ("Slettefrister aftales senere.", "Det afklares, når leverandøren er valgt.", "The agreement will be signed in due course."),
        ("Slettefristen er 30 dage.", "The agreement is signed."),
    ),
    Cue.AFTER_USE: (
        ("Konsekvensanalysen laves efter piloten.", "Vi ser på bias, når løsningen er i drift.", "The assessment is written after the pilot."),
        ("Konsekvensanalysen laves før piloten.", "The assessment is written before the pilot."),
    ),
    Cue.BEFORE_USE: (
        ("Medarbejderne undervises inden start.", "Aftalen underskrives senest 1. maj.", "Staff are trained before the pilot begins."),
        ("Medarbejderne undervises undervejs.", "Staff are trained along the way."),
    ),
    Cue.GENERIC: (
        ("GDPR overholdes selvfølgelig.", "Løsningen følger gældende lovgivning.", "The solution is fully compliant."),
        ("Hjemlen er serviceloven § 83.", "The legal basis is section 83."),
    ),
    Cue.VENDOR: (
        ("Leverandøren garanterer, at data slettes.", "Ifølge leverandøren er systemet testet.", "The vendor states that the model is unbiased."),
        ("Kommunen har selv prøvet, at data slettes.", "We tested the model for bias."),
    ),
    Cue.OTHER_PLACE: (
        ("En anden kommune har lavet en konsekvensanalyse.", "Nabokommunen bruger samme sensor.", "Another municipality has trained its staff."),
        ("Kommunen har lavet en konsekvensanalyse.", "The municipality has trained its staff."),
    ),
    Cue.QUOTED_GUIDE: (
        ("KL's guide anbefaler åbenhed.", "Datatilsynets vejledning siger, at data skal minimeres.", "The guidance recommends a human in control."),
        ("Vi fortæller åbent om løsningen.", "A human is in control."),
    ),
    Cue.FUTURE_PHASE: (
        ("På sigt kan løsningen også bruges i skolerne.", "Næste fase omfatter flere plejehjem.", "In the future it may cover schools."),
        ("Løsningen bruges i skolerne.", "It covers two schools."),
    ),
    Cue.EMPTY: (
        ("Databehandleraftale: udfyldes senere", "DPIA: N/A", "Ansvarlig: -"),
        ("Databehandleraftale: underskrevet den 3. marts 2026", "Responsible: Karen Holm, head of section"),
    ),
    Cue.NOT_NEEDED: (
        ("En konsekvensanalyse er ikke nødvendig.", "Vi vurderer, at det er overflødigt.", "An impact assessment is not required."),
        ("En konsekvensanalyse er nødvendig.", "An impact assessment is required."),
    ),
    Cue.REASON: (
        ("Det er nok, fordi der kun måles temperatur.", "Af hensyn til beboerne slettes alt.", "It is enough because only temperature is measured."),
        ("Der måles kun temperatur.", "Only temperature is measured."),
    ),
    Cue.DATE: (
        ("Piloten begynder den 1. marts.", "Drift fra 2027.", "The pilot begins on 1 March 2026."),
        ("Piloten begynder om en måned.", "The pilot begins next month."),
    ),
    Cue.NUMBER: (
        ("Der er 120 boliger.", "Data slettes efter 30 dage.", "Accuracy was 93.5 per cent."),
        ("Der er mange boliger.", "Accuracy was good."),
    ),
    Cue.PERSON: (
        ("Afdelingschefen kan stoppe systemet.", "Karen Holm har ansvaret.", "The head of section signs."),
        ("systemet kan stoppes.", "somebody signs."),
    ),
    Cue.LAW_REF: (
        ("Hjemlen er serviceloven § 83.", "Grundlaget er artikel 6.", "The basis is Article 6 of the AI Act."),
        ("Grundlaget er i orden.", "The basis is clear."),
    ),
    Cue.DONE: (
        ("Databehandleraftalen er underskrevet.", "Medarbejderne blev undervist i april.", "The assessment was approved by the board."),
        ("Databehandleraftalen skal underskrives.", "The assessment will come."),
    ),
    Cue.QUESTION: (
        ("Hvem har ansvaret?", "Er der lavet en DPIA? ", "Who is responsible?"),
        ("Vi ved, hvem der har ansvaret.", "Somebody asked who is responsible."),
    ),
    Cue.MUST: (
        ("Medarbejderen skal godkende svaret.", "Oplysninger må ikke deles.", "Staff must approve every answer."),
        ("Medarbejderen godkender svaret.", "Staff approve every answer."),
    ),
    Cue.OLD: (
        ("Den gamle aftale gælder stadig.", "Vi bruger det tidligere system.", "The existing agreement applies."),
        ("Den nye aftale gælder.", "A new agreement applies."),
    ),
}
HAS = [(cue, s) for cue, (has, _) in SENTENCES.items() for s in has]
LACKS = [(cue, s) for cue, (_, lacks) in SENTENCES.items() for s in lacks]


def test_every_cue_has_been_tried() -> None:
    assert set(SENTENCES) == set(CUES)


@pytest.mark.parametrize(("cue", "sentence"), HAS)
def test_a_sentence_that_has_the_cue(cue: Cue, sentence: str) -> None:
    assert cue in cues_of(sentence)


@pytest.mark.parametrize(("cue", "sentence"), LACKS)
def test_a_near_sentence_that_must_not_have_it(cue: Cue, sentence: str) -> None:
    assert cue not in cues_of(sentence)


def test_the_vector_has_one_place_for_each_cue() -> None:
    cues = cues_of("Vi overvejer det ikke.")
    assert len(cues.vector()) == len(CUES)
    assert {c for c, x in zip(CUES, cues.vector(), strict=True) if x == 1.0} == cues.found
    assert cues_of("").vector() == [0.0] * len(CUES)
