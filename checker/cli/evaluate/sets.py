"""A set named on the command line → its subjects: labelled cases of our own, or a foreign table with its mapping."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from checker.errors import CaseError, SettingsError

if TYPE_CHECKING:
    from checker.evaluation.records import Subject
    from checker.wiring import Workbench

DEFAULT = Path("eval/sets/municipal")
_FOLDERS = (Path("eval/sets"), Path("eval/mappings"))
MAPPING = "mapping.yaml"


@dataclass(frozen=True)
class LoadedSet:
    name: str
    title: str
    verified: str
    law_date: date
    subjects: tuple[Subject, ...]
    notes: tuple[str, ...] = ()

    def cut(self, split: str) -> LoadedSet:
        """The set with one part's subjects alone.

        Raises:
            CaseError: that part is empty.
        """
        chosen = tuple(s for s in self.subjects if split in ("all", s.split))
        if not chosen:
            raise CaseError(self.name, None, f"no case of the part {split}; expected at least one. Choose another --split")
        return replace(self, subjects=chosen)


def load(path: Path, bench: Workbench, data: Path | None = None, *, agreed: bool = True) -> LoadedSet:
    """The set at a folder, at a mapping file, or by its bare name.

    Args:
        path: folder with manifest.yaml or mapping.yaml, the mapping file itself, or the name of a set.
        bench: reads documents and knows the catalogue.
        data: the table, where it is not the one that the mapping names.
        agreed: whether verdicts that the catalogue's rules exclude are refused.

    Raises:
        CaseError: no such set, an empty one, or labels that are wrong: file and line.
    """
    found = find(path)
    return _foreign(found, bench, data) if found.is_file() else _own(found, bench, data, agreed)


def find(path: Path) -> Path:
    """The set's folder, or the mapping file of a foreign one.

    Raises:
        CaseError: there is none of that name.
    """
    for candidate in (path, *(folder / path for folder in _FOLDERS)):
        if candidate.is_file() and candidate.suffix in (".yaml", ".yml"):
            return candidate
        if (candidate / "manifest.yaml").is_file():
            return candidate
        if (candidate / MAPPING).is_file():
            return candidate / MAPPING
    raise CaseError(path, None, f"no set there; expected a folder with manifest.yaml (our own cases) or {MAPPING} (a foreign table)")


def _own(folder: Path, bench: Workbench, data: Path | None, agreed: bool) -> LoadedSet:
    if data is not None:
        raise SettingsError(f"--data hører til et fremmed sæt; {folder} har sine egne tekster.", "Udelad --data / leave --data out.")
    from checker.evaluation.cases import load_manifest, load_set
    from checker.evaluation.gold import subject_of

    catalogue = bench.library.catalogue
    manifest = load_manifest(folder)
    cases = load_set(folder, catalogue)
    subjects = tuple(subject_of(case, bench.documents.read(case.file), manifest, catalogue, agreed=agreed) for case in cases)
    return LoadedSet(manifest.name, manifest.title, manifest.verified, manifest.law_date, subjects)


def _foreign(file: Path, bench: Workbench, data: Path | None) -> LoadedSet:
    from checker.adapters.tables import read_table
    from checker.evaluation.foreign.mapping import load_mapping, subjects_of

    mapping = load_mapping(file, bench.library.catalogue)
    table = read_table(data or file.parent / mapping.file, mapping.sheet)
    subjects, notes = subjects_of(mapping, table, lambda name, text: bench.documents.read_bytes(text, name))
    return LoadedSet(mapping.name, mapping.title, mapping.verified, mapping.law_date, tuple(subjects), tuple(notes))
