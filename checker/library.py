"""Loads and validates corpus/: facts, requirements, rules, digest, guidelines, archetypes. Names file, line and expectation."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from checker.errors import CorpusError
from checker.model.catalogue import (
    ActFile,
    ArchetypeFile,
    Catalogue,
    ContradictionFile,
    DerivedFile,
    FactFile,
    ImplicationFile,
    RequirementFile,
)
from checker.model.condition import Condition, facts_in
from checker.model.law import Act, Frozen, Provision, Requirement

M = TypeVar("M", bound=BaseModel)
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Addition(Frozen):
    """Requirements from outside the corpus folder, with the act and the provisions they cite. `file`: where a person corrects them."""

    act: Act
    file: Path
    requirements: tuple[Requirement, ...] = ()
    provisions: tuple[Provision, ...] = ()


class Library:
    """The validated content of one corpus folder.

    Args:
        root: the folder that holds `facts/`, `requirements/`, `provisions/`, ... Default: the one that travels with
            the package, or the repository's own when run from a checkout.

    Raises:
        CorpusError: a file breaks its schema, an id is written twice, or a reference points nowhere.
    """

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or default_root()
        if not (self.root / "requirements").is_dir():
            raise CorpusError(self.root, None, "expected a folder with facts/, requirements/ and provisions/")

    @cached_property
    def catalogue(self) -> Catalogue:
        facts = [f for _, x in self._load("facts", FactFile, exclude=_OTHER_FACT_FILES) for f in x.with_group()]
        derived = self._one("facts/derived.yaml", DerivedFile)
        contradictions = self._one("facts/contradictions.yaml", ContradictionFile)
        requirements = [r for _, x in self._load("requirements", RequirementFile) for r in x.with_group()]
        archetypes = self._one("archetypes.yaml", ArchetypeFile)
        implications = self._one("facts/implications.yaml", ImplicationFile)
        catalogue = Catalogue(
            facts={f.id: f for f in facts},
            derived={d.id: d for d in derived.derived},
            criteria={c.id: c.as_list() for c in derived.criteria},
            contradictions=contradictions.contradictions,
            requirements={r.id: r for r in requirements},
            archetypes={a.id: a for a in archetypes.archetypes},
            implications=implications.implications,
            doubts=implications.doubts,
        )
        # One name space: a condition names facts, derived facts and criteria in the same way.
        self._refuse_twins("facts", [f.id for f in facts] + [d.id for d in derived.derived] + [c.id for c in derived.criteria])
        self._refuse_twins("facts", [r.id for r in contradictions.contradictions])
        self._refuse_twins("requirements", [r.id for r in requirements])
        self._refuse_twins("requirements", [s.id for r in requirements for s in r.sub_checks])
        self._refuse_twins("archetypes.yaml", [a.id for a in archetypes.archetypes])
        self._check_conditions(catalogue)
        return catalogue

    @cached_property
    def acts(self) -> dict[str, Act]:
        return {f.act.id: f.act for f in self._act_files}

    @cached_property
    def provisions(self) -> dict[str, Provision]:
        """Every entry of our own digest by its global id."""
        found: dict[str, Provision] = {}
        for file in self._act_files:
            for provision in file.as_provisions():
                if provision.id in found:
                    own = f"provisions/{provision.act}.yaml"
                    where = own if (self.root / own).is_file() else "provisions"
                    raise self._fault(where, provision.id.partition(":")[2], f"{provision.id} is written twice", key="id", which=2)
                found[provision.id] = provision
        return found

    @cached_property
    def _act_files(self) -> list[ActFile]:
        files = [x for _, x in self._load("provisions", ActFile)]
        self._refuse_twins("provisions", [f.act.id for f in files])
        return files

    @cached_property
    def guideline_titles(self) -> dict[str, str]:
        """Guideline id → its first heading."""
        titles = {}
        for file in sorted((self.root / "guidelines").glob("*.md")):
            heading = next((line for line in file.read_text("utf-8", errors="replace").splitlines() if line.startswith("# ")), file.stem)
            titles[file.stem] = heading.lstrip("# ").strip()
        return titles

    def with_checks(self, additions: Sequence[Addition]) -> Library:
        """This corpus and what a municipality added to it; the corpus itself where nothing was added.

        Raises:
            CorpusError: an id is taken, or a condition names what no file in facts/ defines.
        """
        used = tuple(a for a in additions if a.requirements)
        return _Extended(self, used) if used else self

    def cited(self, requirement: str) -> tuple[Provision, ...]:
        return tuple(self.provisions[c] for c in self.catalogue.requirements[requirement].cites)

    def validate(self) -> dict[str, int]:
        """Loads everything and checks every reference. Returns counts; raises CorpusError at the first fault."""
        catalogue = self.catalogue
        for requirement in catalogue.requirements.values():
            for cite in requirement.cites:
                if cite not in self.provisions:
                    raise self._fault("requirements", cite, f"{requirement.id} cites {cite}, which has no entry in provisions/")
        return {
            "facts": len(catalogue.facts),
            "derived": len(catalogue.derived),
            "contradictions": len(catalogue.contradictions),
            "requirements": len(catalogue.requirements),
            "archetypes": len(catalogue.archetypes),
            "acts": len(self.acts),
            "provisions": len(self.provisions),
        }

    @cached_property
    def catalogue_hash(self) -> str:
        return self._hash("facts", "requirements", "archetypes.yaml")

    @cached_property
    def digest_hash(self) -> str:
        return self._hash("provisions", "guidelines")

    def _hash(self, *parts: str) -> str:
        digest = hashlib.sha256()
        for part in parts:
            path = self.root / part
            for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
                if file.is_file():
                    digest.update(file.relative_to(self.root).as_posix().encode())
                    digest.update(file.read_bytes())
        return digest.hexdigest()[:16]

    def _load(self, folder: str, model: type[M], exclude: Sequence[str] = ()) -> Iterator[tuple[Path, M]]:
        files = sorted((self.root / folder).glob("*.yaml"))
        if not files:
            raise CorpusError(self.root / folder, None, "expected at least one .yaml file")
        for file in files:
            if file.name not in exclude:
                yield file, load_yaml(file, model)

    def _one(self, name: str, model: type[M]) -> M:
        return load_yaml(self.root / name, model)

    def _refuse_twins(self, folder: str, ids: list[str]) -> None:
        seen: set[str] = set()
        for twin in ids:
            if twin in seen:
                raise self._fault(folder, twin, f"the id {twin} is written twice", key="id", which=2)
            seen.add(twin)

    def _check_conditions(self, catalogue: Catalogue) -> None:
        known = set(catalogue.facts) | set(catalogue.derived) | set(catalogue.criteria)
        for where, folder, condition in catalogue.conditions():
            for fact in facts_in(condition):
                if fact not in known:
                    raise self._fault(folder, fact, f"{where} names the fact {fact}, which no file in facts/ defines")
            for fact, value in catalogue.values_in(condition):
                spec = catalogue.facts.get(fact)
                if spec is None or (value not in spec.values):
                    allowed = ", ".join(spec.values) if spec else "none"
                    raise self._fault(folder, value, f"{where}: {fact} has no value {value}; expected one of {allowed}")
        for doubt in catalogue.doubts:
            for fact in (doubt.when_fact, doubt.leaves_open):
                self._check_value(catalogue, fact, True, "facts/implications.yaml", "a doubt")
        for rule in catalogue.implications:
            for fact, said in ((rule.when_fact, rule.when_value), *rule.then.items()):
                self._check_value(catalogue, fact, said, "facts/implications.yaml", "an implication")
        self._check_contradictions(catalogue)
        for archetype in catalogue.archetypes.values():
            for fact, inherent in archetype.facts.items():
                self._check_value(catalogue, fact, inherent, "archetypes.yaml", f"archetype {archetype.id}")

    def _check_contradictions(self, catalogue: Catalogue) -> None:
        for rule in catalogue.contradictions:
            for field, name, known in (("claim", rule.claim, catalogue.facts), ("unless_met", rule.unless_met, catalogue.requirements)):
                if name and name not in known:
                    raise self._fault("facts/contradictions.yaml", name, f"contradiction {rule.id}: {field} names {name}, which is not there", key=field)

    def _check_value(self, catalogue: Catalogue, fact: str, value: bool | str | tuple[str, ...], file: str, where: str) -> None:
        spec = catalogue.facts.get(fact)
        if spec is None:
            raise self._fault(file, fact, f"{where} names the unknown fact {fact}")
        if spec.type == "bool":
            possible, allowed = isinstance(value, bool), "true, false"
        else:
            named = value if isinstance(value, tuple) else (value,)
            possible = all(v in spec.values for v in named) and (spec.multi or len(named) == 1)
            allowed = ", ".join(spec.values)
        if not possible:
            shown = str(value).lower() if isinstance(value, bool) else value if isinstance(value, str) else ", ".join(value)
            raise self._fault(file, shown, f"{where}: {fact} has no value {shown}; expected one of {allowed}", key=fact)

    def _fault(self, where: str, needle: str, expected: str, key: str = "", which: int = 1) -> CorpusError:
        """A CorpusError at the line under `where` (file or folder) that holds `needle` for the `which`th time, after `key:` if given."""
        path = self.root / where
        files = sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
        lines = [(file.relative_to(self.root), number, line) for file in files for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)]
        exact = re.compile(rf"\b{re.escape(key)}:\s*\[?[\"']?{re.escape(needle)}[\"']?\s*(?:[,\]}}#]|$)")
        found = [spot for spot in lines if key and exact.search(spot[2])] or [spot for spot in lines if needle in spot[2] and key in spot[2]]
        if not found:
            return CorpusError(path, None, expected)
        file, number, _ = found[min(which, len(found)) - 1]
        return CorpusError(file, number, expected)


class _Extended(Library):
    """A corpus with additions. `root`, and with it the digest's hash, stays the corpus's own."""

    def __init__(self, base: Library, additions: Sequence[Addition]) -> None:
        super().__init__(base.root)
        self._base, self._additions = base, additions

    @cached_property
    def catalogue(self) -> Catalogue:
        catalogue = self._base.catalogue
        for addition in self._additions:
            fresh = {r.id: r for r in addition.requirements}
            if taken := next((i for i in fresh if i in catalogue.requirements), None):
                raise self._fault_of(addition, f"the id {taken} is taken", taken)
            for requirement in fresh.values():
                if wrong := _fault_in(requirement.applies_when, catalogue):
                    raise self._fault_of(addition, f"applies_when of {requirement.id} names {wrong[0]}", wrong[1])
            catalogue = catalogue.model_copy(update={"requirements": catalogue.requirements | fresh})
        return catalogue

    @cached_property
    def acts(self) -> dict[str, Act]:
        acts = self._base.acts
        for addition in self._additions:
            if addition.act.id in acts:
                raise self._fault_of(addition, f"the id {addition.act.id} is taken by an act of the corpus; add the guideline under another", "act:")
            acts = acts | {addition.act.id: addition.act}
        return acts

    @cached_property
    def provisions(self) -> dict[str, Provision]:
        return self._base.provisions | {p.id: p for a in self._additions for p in a.provisions}

    @cached_property
    def catalogue_hash(self) -> str:
        digest = hashlib.sha256(self._base.catalogue_hash.encode())
        for addition in self._additions:
            digest.update(addition.model_dump_json(exclude={"file"}).encode())
        return digest.hexdigest()[:16]

    @staticmethod
    def _fault_of(addition: Addition, expected: str, needle: str) -> CorpusError:
        lines = addition.file.read_text("utf-8").splitlines() if addition.file.is_file() else []
        return CorpusError(addition.file, next((n for n, line in enumerate(lines, 1) if needle in line), None), expected)


def _fault_in(condition: Condition, catalogue: Catalogue) -> tuple[str, str] | None:
    """(what is wrong, the word that is) in a condition written outside the corpus; None where all is known."""
    known = set(catalogue.facts) | set(catalogue.derived) | set(catalogue.criteria)
    for fact in facts_in(condition):
        if fact not in known:
            return f"the unknown fact {fact}; expected one of facts/ in the corpus", fact
    for fact, value in catalogue.values_in(condition):
        spec = catalogue.facts.get(fact)
        if spec is None or value not in spec.values:
            return f"{fact} = {value}; expected one of {', '.join(spec.values) if spec else 'none'}", value
    return None


_OTHER_FACT_FILES = ("derived.yaml", "contradictions.yaml", "traps.yaml", "implications.yaml")


def default_root() -> Path:
    """corpus/ inside the installed package, or beside the package in a checkout."""
    here = Path(__file__).resolve().parent
    packaged = here / "_data" / "corpus"
    return packaged if packaged.is_dir() else here.parent / "corpus"


def load_yaml(file: Path, model: type[M]) -> M:
    """One YAML file as a validated model.

    Raises:
        CorpusError: with the file, the line, and what was expected there.
    """
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError:
        raise CorpusError(file, None, "the file is missing") from None
    except UnicodeDecodeError as error:
        raise CorpusError(file, None, f"expected UTF-8 text ({error.reason} at byte {error.start})") from None
    try:
        data = yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise CorpusError(file, line, f"not valid YAML: {error.problem}") from None
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        path = ".".join(str(p) for p in first["loc"])
        raise CorpusError(file, line_of(text, first["loc"]), f"{path or 'top level'}: {first['msg']}") from None


def line_of(text: str, path: Sequence[Any]) -> int:
    """The line (from 1) of the node at `path` in a YAML text, or of its nearest parent that exists."""
    node = yaml.compose(text, Loader=_Loader)
    line = 1
    for step in path:
        if isinstance(node, yaml.MappingNode):
            hit = next(((k, v) for k, v in node.value if k.value == step), None)
            if hit is None:
                continue  # a tag of a union, not a key of the file
            line, node = hit[0].start_mark.line + 1, hit[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
    return line


def schemas() -> dict[str, dict[str, Any]]:
    """JSON schemas of the corpus files, by file kind, for editors and for outsiders."""
    models: dict[str, type[BaseModel]] = {
        "facts": FactFile,
        "derived": DerivedFile,
        "contradictions": ContradictionFile,
        "implications": ImplicationFile,
        "requirements": RequirementFile,
        "provisions": ActFile,
        "archetypes": ArchetypeFile,
    }
    return {name: _open_group(model.model_json_schema()) for name, model in models.items()}


def _open_group(schema: dict[str, Any]) -> dict[str, Any]:
    """The files state `group` once at the top; entries inherit it, so a schema must not ask for it again."""
    for name in ("Fact", "Requirement"):
        entry = schema.get("$defs", {}).get(name)
        if entry is not None and "group" in entry.get("required", []):
            entry["required"].remove("group")
    return schema
