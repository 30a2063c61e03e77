"""Adds one labelled text to a set. Everything is checked before anything is written; then both files are there, or none."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from checker.errors import CaseError, InputError
from checker.evaluation.cases import MANIFEST, TEXT_SUFFIXES, Case, Manifest, load_manifest, load_set
from checker.evaluation.gold import subject_of
from checker.library import line_of
from checker.model.catalogue import Catalogue
from checker.model.project import Document

Read = Callable[[Path], Document]

NEAR = 0.5
"""From this Jaccard similarity on, two texts are variants of one: they must be on the same side of the split."""
_SHINGLE = 3
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_SAME_FORMAT = {".text": ".txt", ".markdown": ".md", ".htm": ".html"}
# Day and month, two figures of the year, four more, with any mark or blank between. No checksum: numbers given out since 2007 may fail it.
_CPR = re.compile(r"(?<!\d)(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}[ \t\u00a0\u2009]?[-–—./]?[ \t\u00a0\u2009]?\d{4}(?!\d)")


@dataclass(frozen=True)
class Addition:
    """A text to be added, and what is said of it. `language`, `pair`, `origin` are None where the labels say them."""

    text: Path
    id: str
    family: str
    kind: str
    language: str | None = None
    pair: str | None = None
    origin: str | None = None

    @property
    def suffix(self) -> str:
        own = self.text.suffix.lower()
        return _SAME_FORMAT.get(own, own)


@dataclass(frozen=True)
class Existing:
    """A set as it is, its texts read."""

    folder: Path
    manifest: Manifest
    cases: tuple[Case, ...]
    texts: dict[str, str]


def existing(folder: Path, catalogue: Catalogue, read: Read) -> Existing:
    """A set to add to; one with a manifest and no cases is fine.

    Raises:
        CaseError: it is wrong, or it holds imported reviews, which authored cases are kept apart from.
    """
    manifest = load_manifest(folder)
    if manifest.kind != "authored":
        raise CaseError(folder / MANIFEST, _line(folder / MANIFEST, "kind"), "this set holds imported reviews; add written cases to an authored set")
    empty = not any(f.name != MANIFEST for f in folder.glob("*.yaml"))
    cases = () if empty else load_set(folder, catalogue)
    return Existing(folder, manifest, cases, {c.id: read(c.file).text for c in cases})


def check_text(new: Addition, old: Existing, document: Document) -> None:
    """All that can be said of a text without its labels.

    Raises:
        CaseError: the id is taken or no file name, the text is in the set or close to one of another family, a twin does not fit.
        InputError: a format the sets do not hold, or what looks like a CPR number in the text.
    """
    if not _ID.fullmatch(new.id):
        raise CaseError(new.text, None, f"id {new.id!r} cannot be a file name in a set; expected small letters a-z, digits and hyphens; choose one with --id")
    if new.suffix not in TEXT_SUFFIXES:
        raise InputError(str(new.text), "formatet kan ikke stå i et sæt.", f"Brug {', '.join(TEXT_SUFFIXES)} / use one of these.")
    for suffix in (".yaml", *TEXT_SUFFIXES):
        if (taken := old.folder / f"{new.id}{suffix}").exists():
            raise CaseError(taken, None, f"the id {new.id} is taken; choose another with --id")
    if lines := personal_numbers(document.text):
        raise InputError(
            str(new.text),
            f"linje {', '.join(map(str, lines))} har noget, der ligner et CPR-nummer (looks like a CPR number).",
            "Et sæt deles med andre: skriv fx 'et CPR-nummer' i stedet / sets are shared: write 'a CPR number' instead.",
        )
    _refuse_copies(new, old, document.text)
    _check_twin(new, old)


def personal_numbers(text: str) -> tuple[int, ...]:
    """The lines (from 1) that hold something shaped like a CPR number. The number itself is never repeated."""
    return tuple(dict.fromkeys(text.count("\n", 0, m.start()) + 1 for m in _CPR.finditer(text)))


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Runs of three words, as Broder compares documents (On the resemblance and containment of documents, 1997)."""
    words = re.findall(r"\w+", text.casefold())
    return frozenset(tuple(words[i : i + _SHINGLE]) for i in range(max(1, len(words) - _SHINGLE + 1))) if words else frozenset()


def resemblance(first: frozenset[tuple[str, ...]], second: frozenset[tuple[str, ...]]) -> float:
    """Jaccard: shared over all; 0 where there is nothing to compare."""
    union = len(first | second)
    return len(first & second) / union if union else 0.0


def add(new: Addition, labels: Path, old: Existing, catalogue: Catalogue, read: Read) -> Case:
    """Checks labels and text together as a set of their own, then writes both files into the set.

    Returns:
        The case as it now stands in the set.

    Raises:
        CaseError: whatever `load_set` and `subject_of` refuse, with the line in the file that was handed in; or the labels say
            something else than the options.
    """
    with tempfile.TemporaryDirectory(prefix="checker-case-") as room:
        stage = Path(room)
        shutil.copyfile(old.folder / MANIFEST, stage / MANIFEST)
        staged_labels, staged_text = stage / f"{new.id}.yaml", stage / f"{new.id}{new.suffix}"
        _copy(labels, staged_labels)
        _copy(new.text, staged_text)
        with _told_of(staged_labels, labels):
            (case,) = load_set(stage, catalogue)
            subject_of(case, read(staged_text), old.manifest, catalogue)
        _refuse_other_words(new, case, labels)
        _check_twin(_told_by(new, case), old)
        _put_both(staged_text, staged_labels, old.folder)
    return Case(labels=case.labels, file=old.folder / staged_text.name, split=case.split)


def id_in(labels: Path) -> str:
    """The id that a label file gives itself; empty where it gives none or cannot be read (`add` then says why)."""
    try:
        data = yaml.safe_load(labels.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return ""
    return str(data.get("id") or "") if isinstance(data, dict) else ""


def _told_by(new: Addition, case: Case) -> Addition:
    """What the labels say of a twin counts as if it were said as an option."""
    return Addition(new.text, new.id, new.family, new.kind, pair=case.labels.pair)


def _refuse_copies(new: Addition, old: Existing, text: str) -> None:
    folded, own = text.split(), shingles(text)
    families = {c.id: c.labels.family for c in old.cases}
    for case, other in old.texts.items():
        if other.split() == folded:
            raise CaseError(new.text, None, f"the text is in the set already, as {case}")
    near = max(
        ((resemblance(own, shingles(other)), case) for case, other in old.texts.items() if families[case] != new.family), default=(0.0, "")
    )
    if near[0] >= NEAR:
        raise CaseError(
            new.text,
            None,
            f"shares {near[0]:.0%} of its runs of three words with {near[1]}, of the family {families[near[1]]}; "
            f"give it the same family (--family {families[near[1]]}), so that variants do not straddle the split",
        )


def _check_twin(new: Addition, old: Existing) -> None:
    """Twins name each other and are of one family. The twin may come later."""
    by_id = {c.id: c for c in old.cases}
    if new.pair == new.id:
        raise CaseError(new.text, None, f"{new.id} cannot be its own twin")
    twin = by_id.get(new.pair or "")
    if twin is not None:
        labels = twin.file.with_suffix(".yaml")
        if twin.labels.family != new.family:
            raise CaseError(labels, _line(labels, "family"), f"the twin's family is {twin.labels.family}; expected {new.family}, that of {new.id}")
        if twin.labels.pair != new.id:
            raise CaseError(labels, _line(labels, "pair"), f"the twin names {twin.labels.pair} as its pair; expected {new.id}: write it there first")
    for case in old.cases:
        if case.labels.pair == new.id and new.pair != case.id:
            labels = case.file.with_suffix(".yaml")
            raise CaseError(labels, _line(labels, "pair"), f"{case.id} names {new.id} as its pair; expected --pair {case.id} (now: {new.pair or 'none'})")


def _refuse_other_words(new: Addition, case: Case, labels: Path) -> None:
    for name in ("family", "kind", "language", "pair", "origin"):
        wanted, found = getattr(new, name), getattr(case.labels, name)
        if wanted is not None and wanted != found:
            raise CaseError(labels, _line(labels, name), f"{name} is {found or 'not there'}, but --{name} says {wanted}; make them agree")


def _put_both(text: Path, labels: Path, folder: Path) -> None:
    """Text first: a text without labels is no case yet. Whatever fails, neither stays."""
    targets = [(text, folder / text.name), (labels, folder / labels.name)]
    done: list[Path] = []
    try:
        for source, target in targets:
            shutil.copyfile(source, beside := target.with_name(f".{target.name}.part"))
            done.append(beside)
        for _, target in targets:
            target.with_name(f".{target.name}.part").rename(target)
            done.append(target)
    except BaseException as fault:
        for file in done:
            file.unlink(missing_ok=True)
        if isinstance(fault, OSError):
            raise CaseError(folder, None, f"cannot be written ({fault.strerror or fault}); nothing was added") from None
        raise


def _copy(source: Path, target: Path) -> None:
    try:
        shutil.copyfile(source, target)
    except OSError as fault:
        raise CaseError(source, None, f"cannot be read ({fault.strerror or fault})") from None


@contextmanager
def _told_of(staged: Path, given: Path) -> Iterator[None]:
    """An error in the checked copy is an error in the file that was handed in."""
    try:
        yield
    except CaseError as error:
        if error.file != str(staged):
            raise
        where = f"{error.file}, line {error.line}" if error.line else error.file
        raise CaseError(given, error.line, str(error).removeprefix(f"{where}: ")) from None


def _line(file: Path, key: str) -> int:
    return line_of(file.read_text("utf-8"), (key,))


# --- a skeleton to fill in


def skeleton(new: Addition, catalogue: Catalogue) -> str:
    """A label file with every id in it, commented out: what stays so is unknown (facts) or not applicable (verdicts)."""
    head = {"id": new.id, "language": new.language or "da", "kind": new.kind, "pair": new.pair, "family": new.family, "origin": new.origin or ""}
    facts = [f"  # {f.id}: {_values(f.values, f.multi)}   # {f.label.da}" for f in catalogue.facts.values()]
    verdicts = [f"  # {r}: gap | met | ask   # {catalogue.requirements[r].title.da}" for r in catalogue.core]
    return "".join(
        [
            "# Se eval/labelling-guide.md. Fjern # foran det, teksten afgør. / Take the # away from what the text settles.\n",
            yaml.safe_dump(head, allow_unicode=True, sort_keys=False),
            "# Kun det, teksten afgør; resten er ukendt / only what the text settles; the rest is unknown\n",
            _block("facts", facts),
            "# id: ordret citat, eller en liste / id: exact quote, or a list\nevidence: {}\n",
            "# Det, der ikke står her, gælder ikke / what is left out is not applicable\n",
            _block("verdicts", verdicts),
            'risk_class: ""   # prohibited | high | transparency | minimal | not_ai | unclear\nnotes: ""\n',
        ]
    )


def _block(name: str, lines: Sequence[str]) -> str:
    return f"{name}:\n" + "".join(f"{line}\n" for line in lines)


def _values(values: Sequence[str], multi: bool) -> str:
    listed = " | ".join(values) if values else "true | false"
    return f"[{listed}]" if multi else listed
