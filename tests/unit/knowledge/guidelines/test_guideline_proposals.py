"""From norm to proposal to approved requirement, on disk and back. The embedder counts letters: overlap figures are not the point here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from checker.adapters.documents import Documents
from checker.errors import CorpusError, SettingsError
from checker.knowledge.guidelines.norms import norms_in
from checker.knowledge.guidelines.overlaps import resembling
from checker.knowledge.guidelines.proposals import Proposal, checks_of, passed_over, proposals_of
from checker.knowledge.guidelines.store import Guidelines, ProposalFile, checked_act, file_hash
from checker.knowledge.guidelines.structure import points_of
from checker.library import Library
from checker.model.condition import facts_in
from checker.model.law import Severity
from checker.model.project import Document
from checker.ports import Vectors
from checker.read.address import addresses_checker
from checker.read.segment import sentences

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TEXT = """# Regler

1.1. Ejeren skal føre en liste. Listen må ikke ligge hos leverandøren.

1.2. Teksten bør være kort.

1.3. Når løsningen bruger ansigtsgenkendelse, skal borgeren spørges.

1.4. Må alle det? Formålet er, at borgerne skal mærke forskel.
"""


class Letters:
    """A stand-in embedder: how often each letter comes."""

    name, dim = "letters", 29

    def embed(self, texts: Sequence[str], kind: Literal["query", "passage"]) -> Vectors:
        rows = np.array([[t.lower().count(c) for c in "abcdefghijklmnopqrstuvwxyzæøå"] for t in texts], dtype=np.float32)
        return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6), dtype=np.float32)


def made(library: Library, text: str = TEXT) -> tuple[ProposalFile, Document]:
    document = Documents().read_bytes(text.encode(), "regler.md")
    points = points_of(document, "by-regler")
    found = norms_in(points, document.text, sentences, addresses_checker)
    digest = file_hash(text.encode())
    file = ProposalFile(
        act="by-regler", title="Byens regler", language="da", source="regler.md", sha256=digest, original=f"original-{digest[:12]}.md", added=NOW,
        points=len(points), proposals=proposals_of(found.norms, library.catalogue, Letters()), passed_over=passed_over(found.refused),
    )  # fmt: skip
    return file, document


@pytest.fixture
def store(tmp_path: Path, library: Library) -> Guidelines:
    store = Guidelines(tmp_path / "guidelines")
    file, document = made(library)
    store.add(file, document, TEXT.encode())
    return store


def by_id(file: ProposalFile) -> dict[str, Proposal]:
    return {p.id: p for p in file.proposals}


def test_every_norm_becomes_a_proposal_with_its_own_words(library: Library) -> None:
    file, document = made(library)
    assert [(p.id.partition(":")[2], p.strength, p.severity) for p in file.proposals] == [
        ("krav_1.1", "must", Severity.MAJOR),
        ("krav_1.1-2", "must_not", Severity.MAJOR),
        ("krav_1.2", "should", Severity.MINOR),
        ("krav_1.3", "must", Severity.MAJOR),
    ]
    assert all(document.text[p.quote.start : p.quote.end] == p.quote.text for p in file.proposals)
    assert {p.state for p in file.proposals} == {"proposed"}


def test_a_condition_is_told_by_the_catalogues_own_words_else_it_is_every_ai_system(library: Library) -> None:
    file, _ = made(library)
    assert facts_in(by_id(file)["by-regler:krav_1.3"].applies_when) == ("is_ai_system", "biometric_identification")
    assert facts_in(by_id(file)["by-regler:krav_1.1"].applies_when) == ("is_ai_system",)


def test_what_is_written_is_read_back_the_same(store: Guidelines, library: Library) -> None:
    file, document = made(library)
    assert store.load("by-regler") == file
    assert store.document("by-regler") == document
    assert [p.passage.number for p in store.points("by-regler")] == ["1.1", "1.2", "1.3", "1.4"]


def test_only_what_a_person_approved_becomes_a_check(store: Guidelines) -> None:
    assert checks_of(store.load("by-regler").proposals) == ()
    store.decide("by-regler", ["by-regler:krav_1.1"], "approved", "Ida Jurist", NOW)
    store.decide("by-regler", ["by-regler:krav_1.2"], "rejected", "Ida Jurist", NOW, "kun stil")
    ((title, approved),) = store.approved()
    (check,) = checks_of(approved, title)
    assert check.id == "by-regler:krav_1.1"
    assert check.group == "guideline:by-regler"
    assert check.cites == ("by-regler:pkt_1.1",)
    assert "»Ejeren skal føre en liste.«" in check.gap_message.da
    assert check.checked == "22-11-2026: ordret fra retningslinjen, godkendt af Ida Jurist."


def test_who_approved_and_why_is_never_overwritten(store: Guidelines) -> None:
    store.decide("by-regler", ["by-regler:krav_1.1"], "approved", "Ida", NOW)
    store.decide("by-regler", ["by-regler:krav_1.1"], "rejected", "Bo", NOW, "dobbelt")
    assert [(d.state, d.by, d.why) for d in store.decisions("by-regler")] == [("approved", "Ida", ""), ("rejected", "Bo", "dobbelt")]
    assert by_id(store.load("by-regler"))["by-regler:krav_1.1"].state == "rejected"


def test_a_state_written_by_hand_approves_nothing(store: Guidelines) -> None:
    file = store.folder / "by-regler" / "proposals.yaml"
    file.write_text(file.read_text("utf-8").replace("state: proposed", "state: approved"), "utf-8")
    assert {p.state for p in store.load("by-regler").proposals} == {"proposed"}


def test_a_proposal_corrected_before_approval_is_checked_as_corrected(store: Guidelines) -> None:
    file = store.folder / "by-regler" / "proposals.yaml"
    file.write_text(file.read_text("utf-8").replace("severity: minor", "severity: blocker"), "utf-8")
    store.decide("by-regler", ["by-regler:krav_1.2"], "approved", "Ida", NOW)
    (check,) = checks_of(store.load("by-regler").proposals)
    assert check.severity is Severity.BLOCKER


def test_a_proposal_changed_after_approval_has_to_be_approved_again(store: Guidelines) -> None:
    store.decide("by-regler", ["by-regler:krav_1.2"], "approved", "Ida", NOW)
    file = store.folder / "by-regler" / "proposals.yaml"
    file.write_text(file.read_text("utf-8").replace("severity: minor", "severity: blocker"), "utf-8")
    again = by_id(store.load("by-regler"))["by-regler:krav_1.2"]
    assert (again.state, again.why) == ("proposed", "ændret siden approved af Ida")


def test_a_new_version_keeps_the_approval_of_what_did_not_change(store: Guidelines, library: Library) -> None:
    store.decide("by-regler", ["by-regler:krav_1.1", "by-regler:krav_1.2"], "approved", "Ida", NOW)
    file, document = made(library, TEXT.replace("bør være kort", "bør være klar"))
    store.add(file, document, document.text.encode())
    states = {i.partition("_")[2]: p.state for i, p in by_id(store.load("by-regler")).items()}
    assert states == {"1.1": "approved", "1.1-2": "proposed", "1.2": "proposed", "1.3": "proposed"}
    assert len(list((store.folder / "by-regler").glob("original-*"))) == 2


def test_a_new_paragraph_in_front_moves_points_and_keeps_corrections_and_approvals(store: Guidelines, library: Library) -> None:
    yaml_file = store.folder / "by-regler" / "proposals.yaml"
    yaml_file.write_text(yaml_file.read_text("utf-8").replace("severity: minor", "severity: blocker"), "utf-8")
    store.decide("by-regler", ["by-regler:krav_1.2"], "approved", "Ida", NOW)
    file, document = made(library, TEXT.replace("# Regler\n", "# Regler\n\nEn ny indledning om det hele.\n"))
    store.add(file, document, document.text.encode())
    ((_, (kept,)),) = store.approved()
    assert (kept.id, kept.severity, kept.by) == ("by-regler:krav_1.2", Severity.BLOCKER, "Ida")
    assert document.text[kept.quote.start : kept.quote.end] == "Teksten bør være kort."


def test_an_approved_quote_that_no_longer_stands_in_the_text_is_not_checked(store: Guidelines) -> None:
    store.decide("by-regler", ["by-regler:krav_1.2"], "approved", "Ida", NOW)
    (at,) = [p.quote.start for p in store.load("by-regler").proposals if p.id == "by-regler:krav_1.2"]
    file = store.folder / "by-regler" / "proposals.yaml"
    file.write_text(file.read_text("utf-8").replace(f"start: {at}", f"start: {at + 1}"), "utf-8")
    assert [approved for _, approved in store.approved()] == [()]


def test_an_edited_quote_cannot_be_approved(store: Guidelines) -> None:
    file = store.folder / "by-regler" / "proposals.yaml"
    file.write_text(file.read_text("utf-8").replace("text: Teksten bør være kort.", "text: Teksten bør være lang."), "utf-8")
    with pytest.raises(CorpusError, match=r"proposals.yaml, line \d+: the quote of by-regler:krav_1.2 does not stand in the guideline"):
        store.decide("by-regler", ["by-regler:krav_1.2"], "approved", "Ida", NOW)


def test_a_broken_file_is_named_with_its_line(store: Guidelines) -> None:
    file = store.folder / "by-regler" / "proposals.yaml"
    file.write_text(file.read_text("utf-8").replace("severity: minor", "severity: huge"), "utf-8")
    with pytest.raises(CorpusError, match=r"proposals.yaml, line \d+: proposals.2.severity"):
        store.load("by-regler")


def test_a_decision_torn_by_a_crash_is_no_decision_and_spoils_none(store: Guidelines) -> None:
    store.decide("by-regler", ["by-regler:krav_1.1"], "approved", "Ida", NOW)
    log = store.folder / "by-regler" / "decisions.jsonl"
    with log.open("a") as file:
        file.write('{"id": "by-regler:krav_1.2", "sta')
    assert len(store.decisions("by-regler")) == 1
    store.decide("by-regler", ["by-regler:krav_1.3"], "approved", "Ida", NOW)
    assert [d.id.partition("_")[2] for d in store.decisions("by-regler")] == ["1.1", "1.3"]


def test_a_guideline_half_written_counts_as_absent(tmp_path: Path) -> None:
    store = Guidelines(tmp_path)
    (tmp_path / "halv").mkdir()
    (tmp_path / "halv" / "original-x.md").write_text("tekst")
    assert store.acts() == ()
    with pytest.raises(SettingsError, match="halv er ikke lagt ind"):
        store.load("halv")


def test_nobody_approves_without_a_name_or_what_is_not_there(store: Guidelines) -> None:
    with pytest.raises(SettingsError, match="--by NAVN"):
        store.decide("by-regler", ["by-regler:krav_1.1"], "approved", "  ", NOW)
    with pytest.raises(SettingsError, match="krav_9 findes ikke"):
        store.decide("by-regler", ["by-regler:krav_9"], "approved", "Ida", NOW)


@pytest.mark.parametrize("act", ["gdpr", "Stort-Bogstav", "../op", "a b", "", "-x", "æøå"])
def test_an_act_id_is_plain_and_not_that_of_a_law(act: str) -> None:
    with pytest.raises(SettingsError):
        checked_act(act, {"gdpr": "en lov i samlingen (GDPR)"})


def test_a_norm_in_the_words_of_a_requirement_is_said_to_overlap(library: Library) -> None:
    requirements = list(library.catalogue.requirements.values())
    said = [
        "Projektet skal have slettefrister for rådata, træningsdata og logs.",
        "Kaffemaskinen skal afkalkes hver fredag.",
        "Vinduerne skal pudses to gange om året af gårdmanden.",
        "Ansøgere skal bære hat.",
    ]
    found = resembling(said, requirements, Letters())
    assert "gdpr-storage-limitation" in [r for r, _ in found[0]]
    assert resembling([], requirements, Letters()) == []
