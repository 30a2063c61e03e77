"""The corpus as shipped is sound; every fault put into a copy is named with file, line and what was expected."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from checker.errors import CorpusError
from checker.library import Library, default_root, line_of, load_yaml
from checker.model.catalogue import FactFile

PARTS = ("facts", "requirements", "provisions", "archetypes.yaml", "guidelines")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    root = tmp_path / "corpus"
    root.mkdir()
    for part in PARTS:
        source = default_root() / part
        if source.is_dir():
            shutil.copytree(source, root / part)
        else:
            shutil.copy(source, root / part)
    return root


def put(root: Path, file: str, old: str, new: str) -> int:
    """Replaces the first `old` in a file; returns the line (from 1) where it stood."""
    text = (root / file).read_text("utf-8")
    assert old in text, f"{old!r} is not in {file}"
    (root / file).write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def fault_in(root: Path) -> CorpusError:
    with pytest.raises(CorpusError) as caught:
        Library(root).validate()
    return caught.value


def test_the_shipped_corpus_is_sound_and_as_large_as_it_should_be(library: Library) -> None:
    counts = library.validate()
    assert set(counts) == {"facts", "derived", "contradictions", "requirements", "archetypes", "acts", "provisions"}
    assert all(counts.values())
    assert counts["requirements"] >= 50
    assert 25 <= len(library.catalogue.core) < counts["requirements"]


def test_every_requirement_is_explained_by_provisions_of_known_acts(library: Library) -> None:
    for requirement in library.catalogue.requirements:
        assert all(p.act in library.acts for p in library.cited(requirement)), requirement


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("requirements/gdpr.yaml", "\n  severity: blocker", "\n  severity: terrible", "Input should be 'blocker', 'major', 'minor' or 'advice'"),
        ("requirements/gdpr.yaml", "\n  core: true", "\n  kore: true", "Field required"),
        ("requirements/gdpr.yaml", "\n  core: true", "\n  core: true\n  colour: red", "Extra inputs are not permitted"),
        (
            "requirements/gdpr.yaml",
            "applies_when: {fact: dpia_required}",
            "applies_when: {fakt: dpia_required}",
            "expected one of the keys fact, all, any, not",
        ),
        ("requirements/gdpr.yaml", "{fact: dpia_required}", "{fact: dpia_requird}", "requirement gdpr-dpia names the fact dpia_requird, which no file"),
        ("requirements/gdpr.yaml", "- gdpr:art_35.par_1\n", "- gdpr:art_935.par_1\n", "gdpr-dpia cites gdpr:art_935.par_1, which has no entry in provisions/"),
        ("facts/derived.yaml", "in: [solely_automated]", "in: [fully_robotic]", "automation_level has no value fully_robotic; expected one of none, drafts"),
        ("facts/implications.yaml", "{is_ai_system: true}", "{is_ai_sistem: true}", "an implication names the unknown fact is_ai_sistem"),
        ("facts/function.yaml", "type: enum", "type: color", "Input should be 'bool' or 'enum'"),
        ("archetypes.yaml", "is_ai_system: true", "is_ai_sistem: true", "names the unknown fact is_ai_sistem"),
        ("provisions/gdpr.yaml", "verified: official_text", "verified: hearsay", "Input should be 'official_text'"),
    ],
)
def test_a_slip_in_a_file_is_named_with_file_line_and_expectation(corpus: Path, file: str, old: str, new: str, expected: str) -> None:
    line = put(corpus, file, old, new) + old.count("\n", 0, 1)
    error = fault_in(corpus)
    assert error.file.endswith(file)
    assert expected in error.expected
    assert error.line is not None
    # a missing or an unknown key is shown at the entry or at the key; everything else on the very line
    assert line - 3 <= error.line <= line + 1
    assert str(error).startswith(f"{error.file}, line {error.line}: ")


@pytest.mark.parametrize(("folder", "file"), [("facts", "data.yaml"), ("requirements", "gdpr.yaml"), ("provisions", "gdpr.yaml")])
def test_an_id_that_is_written_twice_is_refused(corpus: Path, folder: str, file: str) -> None:
    text = (corpus / folder / file).read_text("utf-8")
    first, second = re.findall(r"^- id: (\S+)$", text, re.M)[:2]
    line = put(corpus, f"{folder}/{file}", f"- id: {second}\n", f"- id: {first}\n")
    error = fault_in(corpus)
    assert first in error.expected
    assert "twice" in error.expected
    assert error.file.endswith(file)
    assert error.line is not None
    assert error.line <= line


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        pytest.param(
            "facts/derived.yaml",
            "  - id: high_risk_ai\n",
            "  - id: personal_data_any\n    label: {da: x, en: x}\n    when: {fact: cpr_numbers}\n  - id: high_risk_ai\n",
            "the id personal_data_any is written twice",
            id="twin derived fact",
        ),
        pytest.param("facts/derived.yaml", "  - id: high_risk_ai\n", "  - id: cpr_numbers\n", "the id cpr_numbers is written twice", id="derived like a fact"),
        pytest.param("facts/contradictions.yaml", "- id: support-but-ranks", "- id: no-personal-data-but-persons", "twice", id="twin rule"),
        pytest.param("facts/contradictions.yaml", "claim: automation_level", "claim: nothing", "support-but-ranks: claim names nothing", id="unknown claim"),
        pytest.param("facts/contradictions.yaml", "unless_met: gdpr-lawful-basis", "unless_met: gdpr-x", "unless_met names gdpr-x", id="unknown closing duty"),
        pytest.param("requirements/admin_law.yaml", "- id: fr-lighed", "- id: fr-saglighed", "the id fr-saglighed is written twice", id="twin sub-check"),
        pytest.param("archetypes.yaml", '- id: "care-sensor-watch"', '- id: "elder-care-prediction"', "twice", id="twin archetype"),
        pytest.param("provisions/wp248.yaml", "id: wp248", "id: gdpr", "the id gdpr is written twice", id="twin act"),
        pytest.param(
            "facts/implications.yaml",
            "{is_ai_system: true}",
            "{is_ai_system: maybe}",
            "an implication: is_ai_system has no value maybe; expected one of true, false",
            id="impossible implied value",
        ),
        pytest.param(
            "facts/implications.yaml",
            "when_fact: annex_iii_use, when_value: false",
            "when_fact: project_phase, when_value: true",
            "has no value true",
            id="impossible cause",
        ),
        pytest.param(
            "archetypes.yaml",
            "is_ai_system: true",
            "is_ai_system: maybe",
            "archetype elder-care-prediction: is_ai_system has no value maybe",
            id="impossible inherent value",
        ),
        pytest.param(
            "archetypes.yaml",
            '"recommends_or_ranks"',
            '"rules_the_world"',
            "automation_level has no value rules_the_world; expected one of none",
            id="unknown word",
        ),
        pytest.param("archetypes.yaml", '"recommends_or_ranks"', "true", "automation_level has no value true", id="enum given yes"),
        pytest.param("archetypes.yaml", '"recommends_or_ranks"', "[none, drafts_or_informs]", "has no value none, drafts_or_informs", id="two values for one"),
    ],
)
def test_a_slip_that_would_be_lost_in_silence_is_refused_where_it_stands(corpus: Path, file: str, old: str, new: str, expected: str) -> None:
    line = put(corpus, file, old, new)
    error = fault_in(corpus)
    assert expected in error.expected
    assert error.file.endswith(file)
    assert error.line is not None
    assert line <= error.line <= line + 3


def test_a_condition_that_is_only_a_word_is_refused_with_its_line(corpus: Path) -> None:
    line = put(corpus, "requirements/gdpr.yaml", "applies_when: {fact: dpia_required}", "applies_when: dpia_required")
    error = fault_in(corpus)
    assert "expected one of the keys fact, all, any, not, at_least" in error.expected
    assert (error.file.endswith("requirements/gdpr.yaml"), error.line) == (True, line)


def broken_yaml(file: Path) -> None:
    file.write_text("group: gdpr\nrequirements:\n  - id: [unclosed\n", "utf-8")


def latin_1(file: Path) -> None:
    file.write_bytes("group: gdpr\n# tilsynsmyndighed på dansk\n".encode("latin-1"))


def empty(file: Path) -> None:
    file.write_text("", "utf-8")


@pytest.mark.parametrize(
    ("file", "harm", "line", "expected"),
    [
        ("requirements/gdpr.yaml", broken_yaml, 4, "not valid YAML"),
        ("requirements/gdpr.yaml", latin_1, None, "expected UTF-8 text"),
        ("archetypes.yaml", Path.unlink, None, "the file is missing"),
        ("facts/derived.yaml", Path.unlink, None, "the file is missing"),
        ("facts/contradictions.yaml", latin_1, None, "expected UTF-8 text"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(corpus: Path, file: str, harm: Callable[[Path], None], line: int | None, expected: str) -> None:
    harm(corpus / file)
    error = fault_in(corpus)
    assert error.file.endswith(file)
    assert error.line == line
    assert expected in error.expected


def test_an_empty_file_is_refused_with_its_name(corpus: Path) -> None:
    empty(corpus / "facts" / "data.yaml")
    assert fault_in(corpus).file.endswith("data.yaml")


def test_a_folder_without_any_requirements_is_not_a_corpus(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="expected a folder with facts/, requirements/ and provisions/"):
        Library(tmp_path)


def test_a_folder_that_lost_its_files_is_refused(corpus: Path) -> None:
    shutil.rmtree(corpus / "provisions")
    assert "expected at least one .yaml file" in fault_in(corpus).expected


def test_the_hash_of_the_catalogue_changes_with_the_law_and_with_nothing_else(corpus: Path) -> None:
    before = Library(corpus)
    catalogue, digest = before.catalogue_hash, before.digest_hash
    assert (Library(corpus).catalogue_hash, Library(corpus).digest_hash) == (catalogue, digest)
    put(corpus, "requirements/gdpr.yaml", "blocker", "major")
    assert Library(corpus).catalogue_hash != catalogue
    assert Library(corpus).digest_hash == digest
    put(corpus, "provisions/gdpr.yaml", "Dataansvarlig", "Ansvarlig")
    assert Library(corpus).digest_hash != digest


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("facts", 0, "id"), 3),
        (("facts", 1, "ask_when", "any", "any", 1, "fact"), 7),
        (("facts", 1, "missing"), 4),
        (("facts", 9), 2),
        ((), 1),
    ],
)
def test_the_line_of_a_node_or_of_its_nearest_parent(path: tuple[str | int, ...], line: int) -> None:
    text = "group: g\nfacts:\n- id: a\n- id: b\n  ask_when:\n    any: [{fact: x},\n      {fact: y}]\n"
    assert line_of(text, path) == line


def test_a_file_is_loaded_with_its_group_handed_down(library: Library) -> None:
    file = load_yaml(library.root / "facts" / "data.yaml", FactFile)
    assert {f.group for f in file.facts} == {file.group}
