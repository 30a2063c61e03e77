"""The bank of example sentences as shipped, and every fault put into a copy named with file and line."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from checker.errors import CorpusError
from checker.library import Library
from checker.reader.bank import load_bank

FACT = """fact: citizen_facing
version: '1'
examples:
  yes:
    - da: Borgeren skriver med assistenten på hjemmesiden.
    - en: Citizens chat with the assistant.
  no:
    - da: Kun sagsbehandleren ser skærmen.
"""
EVIDENCE = """requirement: gdpr-dpia
version: '1'
examples:
  done:
    - da: Konsekvensanalysen er underskrevet.
  considered:
    - da: Vi overvejer en konsekvensanalyse.
"""


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    for folder, name, text in (("facts", "citizen_facing", FACT), ("evidence", "gdpr-dpia", EVIDENCE)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{name}.yaml").write_text(text.replace("  yes:", '  "yes":').replace("  no:", '  "no":'), "utf-8")
    return tmp_path


def test_the_shipped_bank_speaks_of_every_fact_and_every_labelled_duty(library: Library) -> None:
    catalogue = library.catalogue
    count = Counter(e.item for e in load_bank(library.root / "bank", catalogue))
    assert [i for i in (*catalogue.facts, *catalogue.core) if count[i] < 25] == []
    assert sum(count.values()) > 3000


def test_every_fact_has_both_polarities_and_every_labelled_duty_both_outcomes(library: Library) -> None:
    catalogue = library.catalogue
    says: dict[str, set[str]] = {}
    for example in load_bank(library.root / "bank", catalogue):
        says.setdefault(example.item, set()).add(example.says)
    assert [f.id for f in catalogue.facts.values() if f.type == "bool" and not {"yes", "no"} <= says[f.id]] == []
    assert [r for r in catalogue.core if "done" not in says[r] or not says[r] & {"considered", "generic", "planned_after_use"}] == []


def test_examples_come_in_the_order_of_the_files(bank: Path, library: Library) -> None:
    found = load_bank(bank, library.catalogue)
    assert [(e.about, e.item, e.says, e.language) for e in found] == [
        ("fact", "citizen_facing", "yes", "da"),
        ("fact", "citizen_facing", "yes", "en"),
        ("fact", "citizen_facing", "no", "da"),
        ("evidence", "gdpr-dpia", "done", "da"),
        ("evidence", "gdpr-dpia", "considered", "da"),
    ]
    assert found[0].text == "Borgeren skriver med assistenten på hjemmesiden."


def test_an_empty_folder_is_an_empty_bank(tmp_path: Path, library: Library) -> None:
    assert load_bank(tmp_path, library.catalogue) == ()


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "expected"),
    [
        ("facts/citizen_facing.yaml", "fact: citizen_facing", "fact: citizen_faced", 1, "the fact citizen_faced is not in corpus/facts"),
        ("evidence/gdpr-dpia.yaml", "requirement: gdpr-dpia", "requirement: gdpr-dpai", 1, "the requirement gdpr-dpai is not in corpus/requirements"),
        ("facts/citizen_facing.yaml", '"no":', "perhaps:", 7, "unknown kind perhaps; expected one of near, no, yes"),
        ("evidence/gdpr-dpia.yaml", "considered:", "pondered:", 6, "unknown kind pondered"),
        ("evidence/gdpr-dpia.yaml", "done:", '"yes":', 4, "unknown kind yes"),
        (
            "facts/citizen_facing.yaml",
            "- en: Citizens chat with the assistant.",
            "- da: Borgeren skriver med assistenten på hjemmesiden.",
            5,
            "written twice",
        ),
        ("facts/citizen_facing.yaml", "- en: Citizens chat with the assistant.", "- de: Bürger.", 6, "Extra inputs are not permitted"),
        (
            "facts/citizen_facing.yaml",
            "- en: Citizens chat with the assistant.",
            "- {da: Borgeren skriver., en: Citizens chat.}",
            6,
            "exactly one of the keys da and en",
        ),
        ("facts/citizen_facing.yaml", "version: '1'\n", "", 1, "version: Field required"),
        ("evidence/gdpr-dpia.yaml", "version: '1'", "fact: citizen_facing\nversion: '1'", 1, "exactly one of the keys fact and requirement"),
        ("evidence/gdpr-dpia.yaml", "requirement: gdpr-dpia\n", "", 1, "exactly one of the keys fact and requirement"),
        ("evidence/gdpr-dpia.yaml", "examples:", "examples: [", 5, "not valid YAML"),
    ],
)
def test_a_fault_is_named_with_file_and_line(bank: Path, library: Library, file: str, old: str, new: str, line: int, expected: str) -> None:
    text = (bank / file).read_text("utf-8")
    assert old in text
    (bank / file).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(CorpusError) as caught:
        load_bank(bank, library.catalogue)
    assert caught.value.file.endswith(file)
    assert expected in caught.value.expected
    assert caught.value.line == line
