"""Conditions for people: a short sentence, each of its terms explained once below it."""

from checker.evaluation.conditions import defined
from checker.library import Library
from checker.model.condition import FactIs


def test_a_derived_fact_is_explained_down_to_facts(library: Library) -> None:
    catalogue = library.catalogue
    sentence, *terms = defined(catalogue.requirements["gdpr-dpia"].applies_when, catalogue, "da")
    assert sentence == "Konsekvensanalyse kræves"
    names = [term.split(" = ")[0] for term in terms]
    assert names == ["Konsekvensanalyse kræves", "Personoplysninger (også tilfældige)", "De ni kriterier i WP 248 rev. 01"]
    assert "Behandler personoplysninger eller Personoplysninger kan komme med tilfældigt" in terms[1]
    # The list stands twice in the condition and is told once, each criterion with the facts it counts.
    assert "Evaluering eller scoring (Vurderer, forudsiger eller rangordner personer); " in terms[2]
    assert "Stort omfang; " in terms[2]


def test_no_condition_of_a_requirement_is_circular(library: Library) -> None:
    catalogue = library.catalogue
    labels = {d.label.get(language) for d in catalogue.derived.values() for language in ("da", "en")}
    for spec in catalogue.requirements.values():
        for language in ("da", "en"):
            sentence, *terms = defined(spec.applies_when, catalogue, language)
            explained = {label for label in labels if any(term.startswith(f"{label} = ") for term in terms)}
            assert all(label in explained for label in labels if label in sentence)


def test_values_are_told_in_the_readers_words(library: Library) -> None:
    condition = FactIs.model_validate({"fact": "project_phase", "in": ["idea", "pilot"]})
    assert defined(condition, library.catalogue, "da", {"idea": "idé", "pilot": "pilot"}.__getitem__) == ("Projektets fase = idé/pilot",)
    other = FactIs(fact="annex_iii_area", other_than="none")
    assert defined(other, library.catalogue, "en", {"none": "nothing"}.__getitem__)[0].endswith("≠ nothing")
