"""Imported reviews as a set of their own: refuses authored sets, keeps one case per project, writes whole files."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import yaml

from checker.errors import CaseError
from checker.evaluation.cases import MANIFEST, Manifest, load_manifest
from checker.evaluation.reviews.cases import Read, ReviewCase, case_of
from checker.evaluation.reviews.exports import Located, Review, read_reviews
from checker.library import line_of
from checker.model.catalogue import Catalogue

SplitName = Literal["held-out", "train"]
NOT_READ = "personal data masked by machine, the texts not read through"


@dataclass
class Imported:
    """What an import did, or would do: case ids by what happened to them."""

    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    masked: Counter[str] = field(default_factory=Counter)
    labels: int = 0
    notes: list[str] = field(default_factory=list)


def import_reviews(
    files: Sequence[Path], folder: Path, split: SplitName, catalogue: Catalogue, read: Read, staff_of: str = "", dry_run: bool = False
) -> Imported:
    """Reads every export, then writes the cases; nothing is written when one of them is wrong.

    Args:
        files: exports of the review desk.
        folder: the set; made when it is not there.
        split: where a project goes that the set does not have yet; one that it has stays where it is.
        catalogue: the requirements that decisions name.
        read: bytes and a file name → document, as the product reads them.
        staff_of: whose staff reviewed, for the manifest.
        dry_run: say what would happen, write nothing.

    Raises:
        CaseError: a wrong export (file and line), or a folder that is no set of reviews.
    """
    manifest = _manifest(folder)
    located = [one for file in files for one in read_reviews(file, catalogue)]
    done = Imported()
    made: list[ReviewCase] = []
    for one in _newest(located, done):
        case = case_of(one, catalogue, read)
        if case is None:
            done.skipped.append(f"review-{one.review.project}")
            done.notes.append(f"{one.file}, line {one.line}: nobody decided a labelled requirement; no case")
        elif _takes(folder, case, done):
            made.append(case)
    for case in made:
        done.masked += case.masked
        done.labels += len(case.labels.only)
        done.notes += [f"{case.labels.id}: {note}" for note in case.notes]
        if manifest is not None and case.labels.provenance["as_of"] != manifest.law_date.isoformat():
            done.notes.append(f"{case.labels.id}: reviewed under the law of {case.labels.provenance['as_of']}, the set is measured under {manifest.law_date}")
    if made and not dry_run:
        _write(folder, manifest or _new_manifest(folder, located[0].review, staff_of), made, split, done)
    return done


def _newest(located: Iterable[Located], done: Imported) -> Iterator[Located]:
    """One review per project, the latest export of it.

    Raises:
        CaseError: two exports of a project at the same time that differ.
    """
    newest: dict[str, Located] = {}
    for one in located:
        other = newest.setdefault(one.review.project, one)
        if other.review.exported_at == one.review.exported_at and other.review != one.review:
            raise CaseError(one.file, one.line, f"another export of the same project at the same time, and it differs ({other.file}, line {other.line})")
        if other.review.exported_at != one.review.exported_at:
            late, early = sorted((other, one), key=lambda o: o.review.exported_at, reverse=True)
            newest[one.review.project] = late
            done.notes.append(f"{early.file}, line {early.line}: an older export of a project that is there twice; not used")
    yield from newest.values()


def _takes(folder: Path, case: ReviewCase, done: Imported) -> bool:
    """Whether the case is written: it is new, or newer than the one the set has.

    A case of the same export stays as it is, byte for byte: somebody may have read its text and masked more by hand.
    """
    file = folder / f"{case.labels.id}.yaml"
    if not file.is_file():
        done.added.append(case.labels.id)
        return True
    there = _exported_at(file)
    if there == case.exported_at:
        done.unchanged.append(case.labels.id)
        return False
    if there > case.exported_at:
        done.skipped.append(case.labels.id)
        done.notes.append(f"{case.labels.id}: the set has a newer export of this project ({there.isoformat()}); not used")
        return False
    done.replaced.append(case.labels.id)
    done.notes.append(f"{case.labels.id}: replaces the export of {there.isoformat()}; what was masked or mended by hand in the old text must be done again")
    return True


def _exported_at(file: Path) -> datetime:
    try:
        return datetime.fromisoformat(yaml.safe_load(file.read_text("utf-8"))["provenance"]["exported_at"])
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise CaseError(file, None, f"is there, but is no imported review ({type(error).__name__}); move it away, or import into another folder") from None


def _manifest(folder: Path) -> Manifest | None:
    """The set's manifest; None for a folder to be made.

    Raises:
        CaseError: authored cases, or files that belong to no set.
    """
    if not folder.exists():
        return None
    if not folder.is_dir():
        raise CaseError(folder, None, "is a file; expected a folder for imported reviews")
    if not (folder / MANIFEST).is_file():
        if any(folder.iterdir()):
            raise CaseError(folder, None, f"has files but no {MANIFEST}; expected a set of reviews, or a folder that is empty or not there yet")
        return None
    manifest = load_manifest(folder)
    if manifest.kind != "reviews":
        file = folder / MANIFEST
        line = line_of(file.read_text("utf-8"), ("kind",))
        raise CaseError(file, line, f"a set of kind {manifest.kind}; imported reviews are kept apart from authored cases: choose another folder")
    return manifest


def _new_manifest(folder: Path, review: Review, staff_of: str) -> Manifest:
    staff = f"staff of {staff_of}" if staff_of else "staff of the municipality that exported them"
    return Manifest(
        name=folder.resolve().name,
        title="Reviewed projects, imported from the review desk",
        source=f"Real project descriptions, reviewed by {staff}; imported with `checker eval import-reviews`, {NOT_READ}",
        licence="internal: real texts, not to be shared before a person has read each of them",
        labelled_by=f"{staff}, one person a decision, who saw checker's finding first; no second reading",
        verified=f"reviewed by {staff}; no second reading; {NOT_READ}",
        law_date=review.report.receipt.as_of,
        kind="reviews",
    )


def _write(folder: Path, manifest: Manifest, made: Sequence[ReviewCase], split: SplitName, done: Imported) -> None:
    """Manifest first: a case without its split would be taken for a training case."""
    folder.mkdir(parents=True, exist_ok=True)
    families = {case.labels.family for case in made if case.labels.id in done.added}
    if split == "held-out":
        manifest = manifest.model_copy(update={"held_out_families": tuple(sorted({*manifest.held_out_families, *families}))})
    if not (folder / MANIFEST).is_file() or manifest != load_manifest(folder):
        _replace(folder / MANIFEST, _yaml(manifest.model_dump(mode="json", exclude={"provisions"} if not manifest.provisions else None)))
    for case in made:
        # The text before its labels: a label file always has its text.
        _replace(folder / f"{case.labels.id}.txt", case.text)
        _replace(folder / f"{case.labels.id}.yaml", _yaml(case.labels.model_dump(mode="json", exclude_defaults=True)))


def _replace(file: Path, text: str) -> None:
    beside = file.with_name(f".{file.name}.part")
    beside.write_bytes(text.encode())
    os.replace(beside, file)


def _yaml(data: Mapping[str, Any]) -> str:
    return str(yaml.safe_dump(dict(data), allow_unicode=True, sort_keys=False, width=150))
