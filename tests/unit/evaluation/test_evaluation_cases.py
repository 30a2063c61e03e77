"""A wrong label stops with the file, the line and what was expected; it is never scored."""

from collections.abc import Callable
from pathlib import Path

import pytest
from small_labels import LABELS

from checker.errors import CaseError
from checker.evaluation.cases import Case, check_evidence, load_manifest, load_set, twins
from checker.evaluation.gold import contradictory
from checker.library import Library
from checker.model.project import Document

ROOT = Path(__file__).resolve().parents[3]
GOOD = LABELS.format(id="a", family="f")


def document(text: str) -> Document:
    return Document(source="a.txt", format="txt", text=text, blocks=())


def test_the_split_is_that_of_the_family(write_case: Callable[..., Path], library: Library) -> None:
    write_case("a", family="f")
    folder = write_case("b", family="held")
    assert [(c.id, c.split) for c in load_set(folder, library.catalogue)] == [("a", "train"), ("b", "held-out")]


def test_what_is_left_out_is_not_applicable(write_case: Callable[..., Path], library: Library) -> None:
    (case,) = load_set(write_case(), library.catalogue)
    assert case.labels.verdict("gdpr-dpia") == "gap"
    assert case.labels.verdict("fr-hjemmel") == "not_applicable"


@pytest.mark.parametrize(
    ("labels", "line", "says"),
    [
        (GOOD.replace("  is_ai_system: true", "  is_ai_sistem: true"), 7, "unknown id is_ai_sistem under facts"),
        (GOOD.replace("gdpr-dpia: gap", "gdpr-dpja: gap"), 11, "unknown id gdpr-dpja under verdicts"),
        (GOOD.replace("gdpr-dpia: gap", "gdpr-cpr-number: gap"), 11, "unknown id gdpr-cpr-number under verdicts"),
        (GOOD.replace("gdpr-dpia: gap", "gdpr-dpia: missing"), 11, "verdicts.gdpr-dpia"),
        (GOOD.replace("  is_ai_system: true", "  is_ai_system: pilot"), 7, "is_ai_system has no value pilot"),
        (GOOD.replace("  is_ai_system: true", "  is_ai_system: true\n  project_phase: later"), 8, "expected one of idea, procurement"),
        (GOOD.replace("  is_ai_system: Modellen", "  cpr_numbers: Modellen"), 9, "evidence for cpr_numbers, which has no label"),
        (GOOD.replace("  is_ai_system: true", "  is_ai_system: true\n  is_ai_system: false"), 8, "is_ai_system is there twice"),
        (GOOD.replace("id: a", "id: b"), 1, "id is b, expected the file's name a"),
        (GOOD.replace("  is_ai_system: true", "\tis_ai_system: true"), 7, "not valid YAML"),
        (GOOD + "extra: 1\n", 13, "extra"),
        (GOOD + "contradictions: [support-but-ranks, nonsense]\n", 13, "unknown id nonsense under contradictions"),
        (GOOD + "provisions:\n  gdpr-dpja: [gdpr:art_35]\n", 14, "unknown id gdpr-dpja under provisions"),
        (GOOD + "only: [gdpr-dpja]\n", 13, "unknown id gdpr-dpja under only"),
        (GOOD.replace("family: f\n", ""), None, "family"),
    ],
)
def test_a_wrong_label_names_file_and_line(
    write_case: Callable[..., Path], library: Library, labels: str, line: int | None, says: str
) -> None:
    folder = write_case(labels=labels)
    with pytest.raises(CaseError, match="a.yaml") as caught:
        load_set(folder, library.catalogue)
    assert says in str(caught.value)
    assert line is None or caught.value.line == line


def test_twice_the_same_id_names_both_files(write_case: Callable[..., Path], library: Library) -> None:
    write_case("a")
    folder = write_case("b", labels=GOOD)
    with pytest.raises(CaseError, match=r"b\.yaml, line 1: the id a is there twice; also in a\.yaml"):
        load_set(folder, library.catalogue)


def test_a_label_without_its_text_is_refused(write_case: Callable[..., Path], library: Library) -> None:
    with pytest.raises(CaseError, match="no text beside it"):
        load_set(write_case(text=None), library.catalogue)


def test_two_texts_for_one_label_are_refused(write_case: Callable[..., Path], library: Library) -> None:
    folder = write_case()
    (folder / "a.md").write_text("Modellen er trænet", "utf-8")
    with pytest.raises(CaseError, match=r"two texts beside it \(a.txt, a.md\)"):
        load_set(folder, library.catalogue)


def test_a_folder_without_manifest_or_cases_is_refused(write_case: Callable[..., Path], library: Library, tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"manifest\.yaml: the file is missing"):
        load_set(tmp_path, library.catalogue)
    folder = write_case()
    (folder / "a.yaml").unlink()
    with pytest.raises(CaseError, match="at least one labelled case"):
        load_set(folder, library.catalogue)


def test_a_label_file_in_another_encoding_is_refused(write_case: Callable[..., Path], library: Library) -> None:
    folder = write_case()
    (folder / "a.yaml").write_bytes(GOOD.encode("cp1252"))
    with pytest.raises(CaseError, match=r"a\.yaml: expected UTF-8 text"):
        load_set(folder, library.catalogue)


def test_evidence_must_stand_in_the_text(write_case: Callable[..., Path], library: Library) -> None:
    (case,) = load_set(write_case(), library.catalogue)
    check_evidence(case, document("Modellen er trænet på data."))
    with pytest.raises(CaseError, match=r"a\.yaml, line 9: evidence is_ai_system: not found in the text: 'Modellen er trænet'"):
        check_evidence(case, document("Modellen er  trænet på data."))


def test_each_pair_is_given_once(make_case: Callable[..., Case]) -> None:
    a, b, alone = make_case("a", pair="b"), make_case("b", pair="a"), make_case("c", pair="gone")
    assert [(x.id, y.id) for x, y in twins((b, alone, a))] == [("a", "b")]


def test_the_shipped_set_is_sound(library: Library) -> None:
    folder = ROOT / "eval" / "sets" / "municipal"
    cases = load_set(folder, library.catalogue)
    families = {c.labels.family for c in cases}
    assert set(load_manifest(folder).held_out_families) <= families
    assert all(a.split == b.split for a, b in twins(cases)), "twins never straddle the split"
    by_id = {c.id: c for c in cases}
    assert all(by_id[c.labels.pair].labels.pair == c.id for c in cases if c.labels.pair)


def test_the_shipped_labels_follow_from_the_labelled_facts(library: Library) -> None:
    cases = load_set(ROOT / "eval" / "sets" / "municipal", library.catalogue)
    assert [(c.id, why) for c in cases for _, why in contradictory(c, library.catalogue)] == []


@pytest.mark.parametrize(
    ("facts", "verdicts", "risk", "why"),
    [
        ({"processes_personal_data": False}, {"gdpr-lawful-basis": "gap"}, "minimal", "gdpr-lawful-basis is labelled gap, but on the labelled facts"),
        ({"is_ai_system": False}, {}, "high", "risk_class is high, but is_ai_system is labelled false; expected not_ai"),
    ],
)
def test_labels_that_exclude_each_other_are_found(
    make_case: Callable[..., Case], library: Library, facts: dict[str, object], verdicts: dict[str, str], risk: str, why: str
) -> None:
    case = make_case("a", facts=facts, verdicts=verdicts, risk_class=risk)
    assert any(why in said for _, said in contradictory(case, library.catalogue))
    excused = make_case("a", facts=facts, verdicts=verdicts, risk_class=risk, notes="exception: gdpr-lawful-basis")
    assert not any("gdpr-lawful-basis" in item for item, _ in contradictory(excused, library.catalogue))
