"""Which part of a document is the AI project: items of an agenda about other matters are left out and named."""

from itertools import pairwise

import pytest
from municipal import Case, cases, document, lost_quotes, of_kind, project

from checker.model.project import LeftOut, Span
from checker.read.locate import locate

AGENDAS = {
    "aeldreudvalg-dagsorden-01": ["Skærninge Kommune", "Punkt 84.", "Punkt 85.", "Punkt 87.", "Punkt 88."],
    "dagsorden-integration-01": ["Integrations- og Beskæftigelsesudvalget", "4. Ny telefontolk", "6. Chatbot", "7. Regler", "8. Eventuelt"],
    "hoeringssvar-dagsorden-01": ["Plan- og Klimaudvalget", "Punkt 10. Chatbot i borgerservice (lukket)"],
    "konsulent-chatgpt-dagsorden-01": ["Dagsorden", "Punkt 1:", "Punkt 2:", "Punkt 4:", "Punkt 5:", "Punkt 6:", "Punkt 7:"],
    "lyskryds-01": ["Dagsorden", "Punkt 8. Kameraer på genbrugspladsen"],
    "svoemmehal-drukning-01": ["Kultur- og Fritidsudvalget", "41.", "42.", "44.", "45.", "46."],
}
BARE = "Sagen har ventet i to år, og der er afsat midler til den i budgettet for næste år."
AI = (
    "Staben foreslår, at sprogmodellen Kladde tages i brug. Modellen læser ansøgningen og skriver et udkast, og AI-projektet styres af Kladde A/S. "
    "Medarbejderne bruger Kladde hver dag."
)


def located(text: str) -> tuple[tuple[Span, ...], tuple[LeftOut, ...]]:
    doc = document(text)
    return locate(doc.text, doc.blocks)


@pytest.mark.parametrize("case", of_kind("agenda_item"), ids=str)
def test_the_evidence_of_an_agenda_item_is_inside_what_is_taken(case: Case) -> None:
    assert lost_quotes(case, project(case.name).taken) == []


@pytest.mark.parametrize(("name", "titles"), AGENDAS.items(), ids=AGENDAS)
def test_the_other_items_of_a_real_agenda_are_left_out_by_name(name: str, titles: list[str]) -> None:
    left_out = project(name).left_out
    assert len(left_out) == len(titles)
    for item, title in zip(left_out, titles, strict=True):
        assert item.title.startswith(title)
        assert " / " in item.reason


@pytest.mark.parametrize("case", [c for c in cases() if c.kind != "agenda_item"], ids=str)
def test_no_other_document_loses_any_evidence(case: Case) -> None:
    assert lost_quotes(case, project(case.name).taken) == []


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        (
            f"Dagsorden for direktionen\n\nPunkt 1: Referat\n{BARE}\n\nPunkt 2: Kladde\n{AI}\n\nPunkt 3: Svømmehal\n{BARE}",
            ["Dagsorden for direktionen", "Punkt 1: Referat", "Punkt 3: Svømmehal"],
        ),
        (f"REFERAT\nTil stede: Bodil\n\n1. Siden sidst\n{BARE}\n\n2. Kladde\n{AI}\n\n3. Eventuelt\nKage.", ["REFERAT", "1. Siden sidst", "3. Eventuelt"]),
        (f"# Byrådet\n\n## Punkt 9. Kladde\n{AI}\n\n## Punkt 10. Svømmehal\n{BARE}", ["Byrådet", "Punkt 10. Svømmehal"]),
        (
            f"Agenda, committee meeting\n\nItem 4. Swimming pool\n{BARE}\n\nItem 7. Kladde\n{AI}\n\nItem 12. Any other business\nNone.",
            ["Agenda, committee meeting", "Item 4. Swimming pool", "Item 12. Any other business"],
        ),
        (
            f"# Dagsorden\n\n## 4. Tolke\n{BARE}\n\n## 6. Kladde\n{AI}\n1. Læs sagen.\n2. Ret udkastet.\n\n## 9. Eventuelt\nKage.",
            ["Dagsorden", "4. Tolke", "9. Eventuelt"],
        ),
    ],
    ids=["agenda", "minutes", "two items of a committee", "English", "extract that skips numbers, with a list inside"],
)
def test_what_is_about_other_matters_is_left_out_and_named(text: str, left_out: list[str]) -> None:
    taken, out = located(text)
    assert [o.title for o in out] == left_out
    assert "Kladde A/S" in "".join(text[s.start : s.end] for s in taken)
    assert "to år" not in "".join(text[s.start : s.end] for s in taken)


@pytest.mark.parametrize(
    "text",
    [
        f"Projektbeskrivelse\n\n1. Baggrund\n{BARE}\n\n2. Løsningen\n{AI}\n\n3. Økonomi\n{BARE}",
        f"Notat til Ældreudvalget\n\n1. Baggrund\n{BARE}\n\n2. Løsningen\n{AI}\n\n3. Data\n{BARE}\n\n4. Økonomi\n{BARE}",
        f"Referat af styregruppemøde\n\n1. Status\n{BARE}\n\n2. Kladde\n{AI}\n\n3. Test\n{BARE}",
        f"Referat, mandag\n\n1. Kladde\n{AI}\n\n2. Hvem gør hvad\nVi retter i Kladde hver dag.\n\n3. Næste skridt\nPer ringer til Kladde om Kladde.",
        f"Dagsorden\n\nPunkt 1: Referat\n{BARE}\n\nPunkt 2: Pool\n{BARE}\n\nPunkt 3: Eventuelt\n{BARE}",
        AI,
    ],
    ids=[
        "numbered description",
        "note to a committee",
        "minutes of the project's own group",
        "minutes about one product",
        "agenda without AI",
        "one paragraph",
    ],
)
def test_a_document_about_one_matter_is_taken_whole(text: str) -> None:
    assert located(text) == ((Span(start=0, end=len(text)),), ())


@pytest.mark.parametrize("name", AGENDAS)
def test_taken_and_left_out_together_are_the_whole_document_without_overlap(name: str) -> None:
    here = project(name)
    spans = sorted([*here.taken, *(o.span for o in here.left_out)], key=lambda s: s.start)
    assert spans[0].start == 0
    assert spans[-1].end == len(here.text)
    assert all(a.end == b.start for a, b in pairwise(spans))
