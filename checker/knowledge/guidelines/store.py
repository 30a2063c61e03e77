"""Guidelines on disk: CHECKER_HOME/guidelines/<act>/ with the original, its text, the proposals, and the decisions.

    original-<hash>.<ending>   the file as handed in; every version stays
    document.json              the extracted text and blocks, which the offsets count in
    proposals.yaml             for people to read and correct; written whole and swapped in
    decisions.jsonl            append-only: who decided what, when, why, on which content. It alone says what is approved.

proposals.yaml is written last: a folder without it was never finished and counts as absent.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError

from checker.errors import CorpusError, SettingsError
from checker.knowledge.guidelines.proposals import PassedOver, Proposal, State, carried_over, unfaithful
from checker.knowledge.guidelines.structure import GuidelinePoint, points_of
from checker.library import load_yaml
from checker.model.law import Frozen
from checker.model.project import Document

_ACT = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_HEAD = (
    "# Forslag til krav ud fra retningslinjen. Ret titel, pligt, styrke, alvor, betingelse eller evidens her; ret ikke id og citat.\n"
    "# Godkend bagefter med: checker corpus approve {act} ID … --by NAVN. Står der \"approved\" her uden en beslutning, tæller det ikke.\n"
    "# Proposed requirements; correct them here, then approve them. What decides is decisions.jsonl, not the state written here.\n"
)


class ProposalFile(Frozen):
    """CHECKER_HOME/guidelines/<act>/proposals.yaml"""

    act: str
    title: str
    language: Literal["da", "en"]
    source: str
    sha256: str
    original: str
    added: datetime
    points: int
    notes: tuple[str, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()


class Decision(Frozen):
    """One line of decisions.jsonl."""

    id: str
    state: Literal["approved", "rejected"]
    by: str = Field(min_length=1)
    at: datetime
    why: str = ""
    content: str


class Guidelines:
    """The guidelines of one CHECKER_HOME.

    Args:
        folder: CHECKER_HOME/guidelines.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def acts(self) -> tuple[str, ...]:
        """Ids of the guidelines that were added."""
        return tuple(sorted(f.parent.name for f in self.folder.glob("*/proposals.yaml")))

    def load(self, act: str) -> ProposalFile:
        """One guideline with the decided state of every proposal.

        Raises:
            SettingsError: no such guideline.
            CorpusError: proposals.yaml was edited into something that cannot be read, or names an id twice.
        """
        file = self._file(act)
        found = load_yaml(file, ProposalFile)
        ids = [p.id for p in found.proposals]
        if twice := next((i for i in ids if ids.count(i) > 1), None):
            raise CorpusError(file, _line(file, twice), f"{twice} is written twice; every id once")
        if foreign := next((p.id for p in found.proposals if p.act != act), None):
            raise CorpusError(file, _line(file, foreign), f"{foreign} belongs to another guideline; expected {act}:krav_…")
        last = {d.id: d for d in self.decisions(act)}
        return found.model_copy(update={"proposals": tuple(_decided(p, last.get(p.id)) for p in found.proposals)})

    def document(self, act: str) -> Document:
        """The extracted text of the newest version."""
        self._file(act)
        file = self.folder / act / "document.json"
        try:
            return Document.model_validate_json(file.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise CorpusError(file, None, f"cannot be read ({type(error).__name__}); add the guideline again") from None

    def points(self, act: str) -> tuple[GuidelinePoint, ...]:
        """The points of the newest version, for the search index."""
        return points_of(self.document(act), act, self.load(act).language)

    def approved(self) -> tuple[tuple[str, tuple[Proposal, ...]], ...]:
        """(title, approved proposals) of every guideline; one whose quote does not stand in the text is left out."""
        found = []
        for file in map(self.load, self.acts()):
            wrong = set(unfaithful(file.proposals, self.document(file.act).text))
            found.append((file.title, tuple(p for p in file.proposals if p.state == "approved" and p.id not in wrong)))
        return tuple(found)

    def lapsed(self, act: str) -> tuple[str, ...]:
        """Requirements that were approved and are not now: their words have changed, or the guideline no longer has them."""
        found = self.load(act)
        wrong = unfaithful(found.proposals, self.document(act).text)
        now = {p.id for p in found.proposals if p.state == "approved" and p.id not in wrong}
        last = {d.id: d for d in self.decisions(act)}
        return tuple(i for i, d in last.items() if d.state == "approved" and i not in now)

    def decisions(self, act: str) -> tuple[Decision, ...]:
        """Every decision, oldest first. A line torn by a crash at the very end is passed over.

        Raises:
            CorpusError: another line cannot be read.
        """
        file = self.folder / act / "decisions.jsonl"
        lines = file.read_text("utf-8").split("\n") if file.is_file() else []
        found = []
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                found.append(Decision.model_validate_json(line))
            except ValidationError as error:
                if number == len(lines):
                    break
                raise CorpusError(file, number, f"expected a decision ({error.errors()[0]['msg']})") from None
        return tuple(found)

    def same_file(self, sha256: str) -> str | None:
        """The guideline that holds this very file."""
        return next((a for a in self.acts() if load_yaml(self.folder / a / "proposals.yaml", ProposalFile).sha256 == sha256), None)

    def add(self, found: ProposalFile, document: Document, data: bytes) -> Path:
        """Writes a guideline or a new version of it; corrections and decisions stay for proposals whose words have not changed."""
        folder = self.folder / found.act
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(f"{folder} kan ikke oprettes ({error.strerror or error}).", "Vælg en anden mappe med CHECKER_HOME.") from None
        if found.act in self.acts():
            found = found.model_copy(update={"proposals": carried_over(found.proposals, self.load(found.act).proposals)})
        _swap(folder / found.original, data)
        _swap(folder / "document.json", document.model_dump_json().encode())
        self._write(found)
        self._write(self.load(found.act))  # with the states that the decisions give
        return folder / "proposals.yaml"

    def decide(self, act: str, ids: Sequence[str], state: Literal["approved", "rejected"], by: str, at: datetime, why: str = "") -> ProposalFile:
        """Appends one decision per id and writes the states into proposals.yaml.

        Raises:
            SettingsError: an unknown id, or nobody named.
            CorpusError: a proposal's quote does not stand in the guideline where it says.
        """
        if not by.strip():
            raise SettingsError("Angiv, hvem der beslutter: --by NAVN.")
        found = self.load(act)
        known = {p.id: p for p in found.proposals}
        if unknown := next((i for i in ids if i not in known), None):
            raise SettingsError(f"{unknown} findes ikke i {act}.", f"Se dem med: checker corpus proposals {act}")
        if state == "approved" and (wrong := unfaithful((known[i] for i in ids), self.document(act).text)):
            file = self.folder / act / "proposals.yaml"
            raise CorpusError(file, _line(file, wrong[0]), f"the quote of {wrong[0]} does not stand in the guideline at its offsets; do not edit quotes")
        new = [Decision(id=i, state=state, by=by.strip(), at=at, why=why, content=known[i].content) for i in ids]
        _append(self.folder / act / "decisions.jsonl", "".join(d.model_dump_json() + "\n" for d in new))
        decided = self.load(act)
        self._write(decided)
        return decided

    def _write(self, found: ProposalFile) -> None:
        text = _HEAD.format(act=found.act) + yaml.safe_dump(_plain(found), allow_unicode=True, sort_keys=False, width=110)
        _swap(self.folder / found.act / "proposals.yaml", text.encode())

    def _file(self, act: str) -> Path:
        file = self.folder / act / "proposals.yaml"
        if not _ACT.fullmatch(act) or not file.is_file():
            known = ", ".join(self.acts()) or "ingen"
            raise SettingsError(f"Retningslinjen {act} er ikke lagt ind (not added).", f"Kendte: {known}. Læg den ind med: checker corpus add FIL --act {act}")
        return file


def checked_act(act: str, taken: Mapping[str, str]) -> str:
    """An id that a guideline may have.

    Args:
        act: the id asked for.
        taken: ids in use elsewhere → what they are (laws, shipped guidelines).

    Raises:
        SettingsError: written wrongly, or taken.
    """
    if not _ACT.fullmatch(act) or len(act) > 60:
        raise SettingsError(f"--act {act!r} kan ikke bruges.", "Skriv små bogstaver a-z, tal og bindestreg, fx gentofte-dataetik.")
    if act in taken:
        raise SettingsError(f"--act {act} er allerede {taken[act]} (already taken).", "Vælg et andet id, fx med kommunens navn foran.")
    return act


def file_hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _decided(proposal: Proposal, decision: Decision | None) -> Proposal:
    """The proposal with its decided state; one that was edited since the decision is a proposal again."""
    state: State = "proposed"
    if decision is None:
        return proposal.model_copy(update={"state": state, "by": "", "at": None, "why": ""})
    if decision.content != proposal.content:
        return proposal.model_copy(update={"state": state, "by": "", "at": None, "why": f"ændret siden {decision.state} af {decision.by}"})
    return proposal.model_copy(update={"state": decision.state, "by": decision.by, "at": decision.at, "why": decision.why})


def _plain(found: ProposalFile) -> dict[str, Any]:
    data: dict[str, Any] = found.model_dump(mode="json", by_alias=True)
    for entry, proposal in zip(data["proposals"], found.proposals, strict=True):
        entry["applies_when"] = proposal.applies_when.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return data


def _swap(file: Path, data: bytes) -> None:
    """Written whole beside it, then swapped in: a crash leaves the old file or the new one."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with fresh.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.replace(fresh, file)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise SettingsError(f"{file} kan ikke skrives ({error.strerror or error}).", "Gør plads, eller vælg en anden mappe med CHECKER_HOME.") from None


def _append(file: Path, lines: str) -> None:
    try:
        with file.open("a+b") as out:
            out.seek(0, os.SEEK_END)
            if out.tell():
                out.seek(-1, os.SEEK_END)
                torn = out.read(1) != b"\n"
                if torn:  # what a crash left of a line is no decision, and must not swallow the next one
                    _cut_torn(out)
            out.write(lines.encode())
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise SettingsError(f"{file} kan ikke skrives ({error.strerror or error}).", "Kontrollér rettigheder og plads.") from None


def _cut_torn(out: Any) -> None:
    out.seek(0)
    whole = out.read().rpartition(b"\n")
    out.truncate(len(whole[0]) + len(whole[1]))
    out.seek(0, os.SEEK_END)


def _line(file: Path, needle: str) -> int | None:
    return next((n for n, line in enumerate(file.read_text("utf-8").splitlines(), 1) if needle in line), None)



