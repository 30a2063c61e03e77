"""Danish and English are read; neighbours are refused with a message that says which language it is and what to do."""

import pytest
from municipal import Case, cases

from checker.errors import UnsupportedInput
from checker.read.language import language


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kommunen vil bruge en sprogmodel til at skrive udkast til afgørelser, og sagsbehandleren læser dem igennem, før de sendes.", "da"),
        ("The municipality will use a language model to draft decisions, and the case worker reads them before they are sent.", "en"),
        ("Lgsningen skal bruges af medarbejderne pa centret, og det er vigtigt at de kan se hvordan den nar frem til et forslag.", "da"),
        ("Formål: AI i jobcenter. DPIA: nej. Leverandør: Kladde A/S. Databehandleraftale: ja. Sletning: 30 dage. Høring: MED. Drift: 2027.", "da"),
        ("Oplysninger fra skolen fra 2019 skal være slettet, og fra 2027 skal oplysninger fra jobcentret være med i stedet fra start.", "da"),
        ("AI i skolen", "da"),
        ("The new chatbot for the citizens", "en"),
        ("Copilot", "da"),
        ("12345 67 %", "da"),
    ],
)
def test_a_text_is_danish_or_english(text: str, expected: str) -> None:
    assert language(text, "notat.txt") == expected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "svensk",
            "Kommunen ska använda artificiell intelligens för att bedöma ansökningar från invånare. Systemet levereras av ett externt företag till oss.",
        ),
        ("norsk", "Kommunen skal bruke kunstig intelligens til å vurdere søknader fra innbyggere. Systemet blir levert av en ekstern leverandør."),
        (
            "norsk",
            "Kommunen skal bruke kunstig intelligens til å vurdere søknader frå innbyggjarane. Systemet blir levert av ein annan, og dei får hjelp.",
        ),
        ("tysk", "Die Gemeinde will künstliche Intelligenz einsetzen, um Anträge zu prüfen. Das System wird von einem Anbieter geliefert."),
        (
            "fransk",
            "La commune veut utiliser l'intelligence artificielle pour examiner les demandes des citoyens. Le système est livré par un fournisseur externe.",
        ),
        (
            "nederlandsk",
            "De gemeente wil kunstmatige intelligentie gebruiken om aanvragen te beoordelen. Het systeem wordt door een leverancier geleverd.",
        ),
        (
            "finsk",
            "Kunta aikoo käyttää tekoälyä hakemusten arviointiin. Järjestelmän toimittaa ulkopuolinen yritys ja henkilöstö saa koulutusta ennen käyttöönottoa.",
        ),
    ],
)
def test_another_language_is_refused_by_name_in_danish_and_english(name: str, text: str) -> None:
    with pytest.raises(UnsupportedInput) as refusal:
        language(text, "beskrivning.docx")
    message = str(refusal.value)
    assert message.startswith("beskrivning.docx: ")
    assert name in message
    assert "checker reads Danish and English" in message
    assert message.endswith("Oversæt beskrivelsen, og prøv igen.")


@pytest.mark.parametrize("case", cases(), ids=str)
def test_the_language_of_every_municipal_case_is_recognised(case: Case) -> None:
    assert language(case.text, case.name) == case.language
