"""Label files of a set beside the set's own labels: how far people agree, and where they do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from checker.errors import CaseError
from checker.evaluation.cases import Case
from checker.evaluation.gold import gold_facts
from checker.evaluation.labels.agreement import Agreement, Item, agreement
from checker.evaluation.labels.files import FOLDER, RISK, LabelFile
from checker.evaluation.labels.steps import scope_of_facts
from checker.evaluation.records import FactValue, Result
from checker.model.catalogue import Catalogue

SET = "sættet / the set"
"""The labeller that a set's own labels stand for; it is first, and the others are compared with it."""


@dataclass(frozen=True)
class Opinion:
    """What one labeller (or the tool) says; only what was answered is in it. `facts`: as text, so that two can be compared."""

    verdicts: Mapping[Item, str]
    risk: Mapping[Item, str]
    evidence: Mapping[Item, tuple[str, ...]]
    remarks: Mapping[Item, str]
    facts: Mapping[Item, str]


@dataclass(frozen=True)
class Comparison:
    """`people`: every labeller, the set first; `tool`: kept apart, it is no labeller. `cases`: that somebody beside the set labelled."""

    people: Mapping[str, Opinion]
    tool: Mapping[str, Opinion]
    cases: tuple[str, ...]
    of: int
    notes: tuple[str, ...] = ()

    def verdicts(self) -> Agreement:
        """First answers: a mind changed in view of the tool is no independent opinion."""
        return agreement({name: o.verdicts for name, o in self.people.items()})

    def risk(self) -> Agreement:
        return agreement({name: o.risk for name, o in self.people.items()})

    def facts(self) -> Agreement:
        """On the values that both give, `unknown` among them, after rules 3 and 5 of the guide on either side."""
        return agreement({name: o.facts for name, o in self.people.items()})


@dataclass(frozen=True)
class Pair:
    """Two beside each other; `gap_f1` takes the first as gold."""

    first: str
    second: str
    cases: int
    items: int
    percent: float | None
    kappa: float | None
    gap_f1: float | None
    risk_cases: int
    risk_percent: float | None
    risk_kappa: float | None
    fact_cases: int
    facts: int
    fact_percent: float | None
    fact_kappa: float | None


@dataclass(frozen=True)
class Disagreement:
    """`said`, `evidence`, `remarks`: by labeller; the tool's too where it is shown."""

    case: str
    requirement: str
    said: Mapping[str, str]
    evidence: Mapping[str, tuple[str, ...]]
    remarks: Mapping[str, str]


def compared(cases: Sequence[Case], files: Sequence[LabelFile], catalogue: Catalogue, texts: Mapping[str, str] | None = None) -> Comparison:
    """The label files beside the set.

    Args:
        files: an empty one has no weight; one of a case that is not in the set, or of another text, is left out and named.
        texts: case → SHA-256 of its text today; None where that was compared already.
    """
    known = {c.id: c for c in cases}
    notes, sound = list[str](), list[LabelFile]()
    for file in files:
        where = f"{FOLDER}/{file.labeller}/{file.case}.yaml"
        if file.case not in known:
            notes.append(f"{where}: sagen er ikke i sættet, udeladt / the case is not in the set, left out")
        elif texts is not None and texts.get(file.case) != file.text_sha256:
            notes.append(f"{where}: teksten er ændret siden, udeladt / the text has changed since, left out")
        else:
            sound.append(file)
    unfinished = sum(f.finished is None for f in sound)
    revised = sum(len(f.revised) for f in sound)
    if unfinished:
        notes.append(f"{unfinished} ikke færdige; det besvarede tæller med / not finished; what is answered counts")
    if revised:
        notes.append(f"{revised} svar ændret bagefter; de første tæller / answers changed afterwards; the first count")
    labelled = tuple(sorted({f.case for f in sound if f.verdicts or f.risk_class or f.facts}))
    people = {SET: _of_set([known[c] for c in labelled], catalogue)}
    for name in dict.fromkeys(f.labeller for f in sound):
        people[name] = _of_labeller([f for f in sound if f.labeller == name], catalogue)
    return Comparison(people, {}, labelled, len(cases), tuple(notes))


def with_tool(found: Comparison, file: Path, results: Sequence[Result], set_name: str, system: str, texts: Mapping[str, str]) -> Comparison:
    """The same with a system's results beside it, on the cases people labelled.

    Raises:
        CaseError: no result of that system on any of them.
    """
    first = [r for r in results if r.set == set_name and r.system == system and r.run == 0 and r.case in found.cases]
    sound = [r for r in first if texts.get(r.case) == r.text_sha256]
    if not sound:
        there = ", ".join(sorted({f"{r.system} ({r.set})" for r in results}))
        raise CaseError(file, None, f"no result of {system} on the labelled texts of {set_name}, as they are today; there is: {there}")
    missing = len(found.cases) - len(sound)
    notes = found.notes + ((f"{system}: {missing} sager uden resultat / cases without a result",) if missing else ())
    core = {requirement for opinion in found.people.values() for _, requirement in opinion.verdicts}
    opinion = Opinion(
        verdicts={(r.case, q): r.said.verdict(q) for r in sound for q in core},
        risk={(r.case, RISK): r.said.risk_class for r in sound if r.said.risk_class},
        evidence={(r.case, q): tuple(p.text for p in quotes) for r in sound for q, quotes in r.said.evidence.items()},
        remarks={(r.case, q): why for r in sound for q, why in r.said.reasons.items()},
        facts={(r.case, fact): _as_text(value) for r in sound for fact, value in r.said.facts.items()},
    )
    return Comparison(found.people, {system: opinion}, found.cases, found.of, notes)


def pairs(found: Comparison) -> tuple[Pair, ...]:
    """Every two people, then the tool with each of them."""
    people = [_pair(a, found.people[a], b, found.people[b]) for a, b in combinations(found.people, 2)]
    return (*people, *(_pair(name, opinion, tool, said) for tool, said in found.tool.items() for name, opinion in found.people.items()))


def disagreements(found: Comparison, kinds: Sequence[str] = ("verdicts", "risk")) -> Iterator[Disagreement]:
    """Every item on which two people differ, kind by kind, then by case; `facts` is the third kind."""
    everyone = dict(found.people) | dict(found.tool)
    for kind in kinds:
        said: dict[Item, dict[str, str]] = {}
        for name, opinion in found.people.items():
            for item, verdict in getattr(opinion, kind).items():
                said.setdefault(item, {})[name] = verdict
        for item in sorted(said):
            if len(set(said[item].values())) > 1:
                answers = {n: getattr(o, kind)[item] for n, o in everyone.items() if item in getattr(o, kind)}
                evidence = {n: o.evidence[item] for n, o in everyone.items() if o.evidence.get(item)}
                yield Disagreement(*item, answers, evidence, {n: o.remarks[item] for n, o in everyone.items() if o.remarks.get(item)})


def headline(found: Comparison) -> str:
    """One line for the end of a labelling: with the set, on what was labelled."""
    parts = [p for p in pairs(found) if p.first == SET and p.second in found.people]
    return " ".join(
        f"{p.second} og/and {SET}: {share(p.percent)} ens/equal af/of {p.items}, kappa {figure(p.kappa)}; "
        f"risikoklasse/risk class {share(p.risk_percent)} af/of {p.risk_cases}"
        + (f"; oplysninger/facts {share(p.fact_percent)} af/of {p.facts}, kappa {figure(p.fact_kappa)}." if p.facts else ".")
        for p in parts
    )


def figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}".replace("%", " %")


def _pair(first: str, one: Opinion, second: str, two: Opinion) -> Pair:
    verdicts = agreement({first: one.verdicts, second: two.verdicts})
    risk = agreement({first: one.risk, second: two.risk})
    facts = agreement({first: one.facts, second: two.facts})
    names = (first, second)
    return Pair(
        first,
        second,
        verdicts.cases,
        verdicts.items,
        verdicts.percent,
        verdicts.cohen[names],
        verdicts.gap_f1[second],
        risk.items,
        risk.percent,
        risk.cohen[names],
        facts.cases,
        facts.items,
        facts.percent,
        facts.cohen[names],
    )


def _of_set(cases: Sequence[Case], catalogue: Catalogue) -> Opinion:
    return Opinion(
        verdicts={(c.id, r): c.labels.verdict(r) for c in cases for r in c.labels.only or catalogue.core},
        risk={(c.id, RISK): c.labels.risk_class for c in cases if c.labels.risk_class},
        evidence={(c.id, item): c.labels.quotes(item) for c in cases for item in c.labels.evidence},
        remarks={},
        facts={(c.id, fact): _as_text(value) for c in cases if c.labels.facts for fact, value in gold_facts(c, catalogue).items()},
    )


def _of_labeller(files: Sequence[LabelFile], catalogue: Catalogue) -> Opinion:
    return Opinion(
        verdicts={(f.case, r): v for f in files for r, v in f.verdicts.items()},
        risk={(f.case, RISK): f.risk_class for f in files if f.risk_class},
        evidence={(f.case, r): quotes for f in files for r, quotes in f.evidence.items()},
        remarks={(f.case, r): text for f in files for r, text in f.remarks.items()},
        facts={(f.case, fact): _as_text(value) for f in files for fact, value in _settled_facts(f, catalogue).items()},
    )


def _settled_facts(file: LabelFile, catalogue: Catalogue) -> dict[str, FactValue]:
    """What was answered, after rules 3 and 5 as in the set: a claim or a moot question left `unknown` is no. What was not asked is not in it."""
    scope = scope_of_facts(catalogue, file.facts)
    return {fact: scope.value(fact) for fact in file.facts}


def _as_text(value: FactValue) -> str:
    """The same text for the same meaning: several values in any order, one alone or in a list."""
    return str(value).lower() if isinstance(value, bool) else "/".join(sorted(value)) if isinstance(value, tuple) else value
