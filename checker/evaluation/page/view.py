"""The whole page as frozen views: the templates print these and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from checker.evaluation.figures.score import pair_flips
from checker.evaluation.page.cases import CaseView, case_view, columns, first_runs
from checker.evaluation.page.charts import Chart, reliability_chart, requirement_chart, risk_coverage_chart, trend_chart
from checker.evaluation.page.facts import PageFacts
from checker.evaluation.page.headline import all_metrics_table, confusion_table, headline_table, shown_metrics, targets_table
from checker.evaluation.page.lead import lead, weak
from checker.evaluation.page.measured import Measured
from checker.evaluation.page.table import Cell, Row, Table, row
from checker.evaluation.page.words import NOTHING, Words, printable
from checker.evaluation.records import SAID

_SLOWEST = 10


@dataclass(frozen=True)
class CaseGroup:
    """The cases of one split, in the order of the page."""

    split: str
    cases: tuple[CaseView, ...]


@dataclass(frozen=True)
class PageView:
    language: str
    title: str
    system: str
    splits: tuple[str, ...]
    basis: str
    lead: tuple[str, ...]
    weak: tuple[str, ...]
    notes: tuple[str, ...]
    headline: Table
    dagger: bool
    targets: Table
    all_metrics: Table
    requirements: Chart
    confusion: tuple[Table, ...]
    reliability: Chart
    risk_coverage: Chart
    pairs: Table | None
    trend: Chart
    slowest: Table
    unjudged: Table | None
    columns: tuple[str, ...]
    legend: tuple[tuple[str, str], ...]
    kinds: tuple[str, ...]
    groups: tuple[CaseGroup, ...]
    run: Table | None

    @property
    def total(self) -> int:
        return sum(len(g.cases) for g in self.groups)


def page_view(facts: PageFacts, words: Words) -> PageView:
    measured = Measured(facts.results)
    titles = facts.titles
    groups = _groups(words, facts, measured)
    anchors = {c.name.rpartition("/")[2]: c.number for g in groups for c in g.cases}
    return PageView(
        language=words.language,
        title=printable(facts.title),
        system=measured.main,
        splits=measured.splits,
        basis=measured.basis,
        lead=lead(words, measured),
        weak=weak(words, measured, titles),
        notes=tuple(printable(n) for n in facts.notes),
        headline=headline_table(words, measured),
        dagger=any(measured.word_count_reaches(s, m) for s in measured.splits for m in shown_metrics(measured)),
        targets=targets_table(words, measured),
        all_metrics=all_metrics_table(words, measured),
        requirements=requirement_chart(words, measured, titles, measured.basis),
        confusion=tuple(confusion_table(words, measured, s) for s in measured.splits),
        reliability=reliability_chart(words, measured),
        risk_coverage=risk_coverage_chart(words, measured),
        pairs=_pairs(words, measured, titles, anchors),
        trend=trend_chart(words, measured, facts.history),
        slowest=_slowest(words, facts, measured, anchors),
        unjudged=_unjudged(words, measured, titles, anchors),
        columns=tuple(titles.get(r, r) for r in _columns(facts, measured)),
        legend=tuple((words(f"letter.{v}"), words(f"verdict.{v}")) for v in SAID),
        kinds=tuple(k for k in "rxlfoun" if k != "n" or any(r.gold.grades for r in facts.results)),
        groups=groups,
        run=_run(words, facts),
    )


def _columns(facts: PageFacts, measured: Measured) -> tuple[str, ...]:
    return columns([r for s in measured.splits for r in measured.part(measured.main, s)], facts.titles)


def _groups(words: Words, facts: PageFacts, measured: Measured) -> tuple[CaseGroup, ...]:
    named, with_set = _columns(facts, measured), len({r.set for r in facts.results}) > 1
    groups, number = [], 0
    for split in measured.splits:
        views = []
        for result in first_runs(measured.part(measured.main, split)):
            number += 1
            views.append(case_view(words, result, number, named, facts.titles, facts.texts.get(result.case), with_set))
        groups.append(CaseGroup(split, tuple(views)))
    return tuple(groups)


def _link(anchors: Mapping[str, int], case: str) -> Cell:
    return Cell(case, href=f"c{anchors[case]}" if case in anchors else "")


def _pairs(words: Words, measured: Measured, titles: Mapping[str, str], anchors: Mapping[str, int]) -> Table | None:
    """Wrong flips first; None where there are no twins."""
    found = [(split, flip) for split in measured.splits for flip in pair_flips(measured.part(measured.main, split))]
    if not found:
        return None
    rows = []
    for split, flip in sorted(found, key=lambda f: (f[1].right, measured.splits.index(f[0]), f[1].first, f[1].requirement)):
        gold, said = (" → ".join(words.name("verdict", v) for v in pair) for pair in (flip.gold, flip.said))
        outcome = Cell(words("pair.right" if flip.right else "pair.wrong"), css="good" if flip.right else "bad")
        requirement = Cell(titles.get(flip.requirement, flip.requirement))
        twins = (_link(anchors, flip.first), _link(anchors, flip.second))
        rows.append(Row((requirement, *twins, Cell(words.name("split", split)), Cell(gold), Cell(said), outcome), split))
    head = ("requirement", "pair.first", "pair.second", "split", "pair.gold", "pair.said", "pair.outcome")
    caption = words("pairs.caption", right=sum(f.right for _, f in found), of=len(found))
    return Table("t-pairs", caption, tuple(words(k) for k in head), tuple(rows), left=7)


def _slowest(words: Words, facts: PageFacts, measured: Measured, anchors: Mapping[str, int]) -> Table:
    mine = [r for s in measured.splits for r in measured.part(measured.main, s)]
    rows = []
    for r in sorted(mine, key=lambda r: (-r.cost.seconds, r.set, r.case))[:_SLOWEST]:
        length = str(len(facts.texts[r.case])) if r.case in facts.texts else NOTHING
        figures = (words.number(r.cost.seconds, 2), str(round(r.cost.peak_mib)) if r.cost.peak_mib else NOTHING, length)
        rows.append(Row((_link(anchors, r.case), Cell(words.name("split", r.split)), *(Cell(f) for f in figures)), r.split))
    head = tuple(words(k) for k in ("case", "split", "seconds", "memory", "characters"))
    return Table("t-slowest", words("slowest.caption", n=len(rows), system=measured.main), head, tuple(rows), left=2)


def _unjudged(words: Words, measured: Measured, titles: Mapping[str, str], anchors: Mapping[str, int]) -> Table | None:
    rows = []
    for split in measured.splits:
        for r in measured.part(measured.main, split):
            shared = (_link(anchors, r.case), Cell(words.name("split", split)))
            if r.said.unread:
                rows.append(Row((*shared, Cell(words("unjudged.whole")), Cell(printable(r.said.unread))), split))
                continue
            for requirement in (q for q in r.gold.verdicts if r.said.verdict(q) == "unjudged"):
                why = words.name("reason", printable(r.said.reasons.get(requirement, ""))) or NOTHING
                rows.append(Row((*shared, Cell(titles.get(requirement, requirement)), Cell(why)), split))
    head = tuple(words(k) for k in ("case", "split", "requirement", "reason"))
    return Table("t-unjudged", words("unjudged.caption"), head, tuple(rows), left=4) if rows else None


def _run(words: Words, facts: PageFacts) -> Table | None:
    rows = tuple(row(printable(n), printable(v)) for n, v in facts.run_info)
    return Table("t-run", words("run.caption"), (words("name"), words("value")), rows, left=2) if rows else None
