"""Each plot with its words and the table that says the same."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from checker.evaluation.figures.calibration import RiskCoverage, met_reliability, risk_coverage
from checker.evaluation.figures.metrics import BY_ID
from checker.evaluation.figures.score import RequirementScore
from checker.evaluation.figures.stats import MIN_POSITIVES, Interval, exact_interval, intervals
from checker.evaluation.page import plots
from checker.evaluation.page.facts import HistoryEntry
from checker.evaluation.page.headline import figure, label
from checker.evaluation.page.measured import Measured, only
from checker.evaluation.page.table import Cell, Row, Table, row
from checker.evaluation.page.words import NOTHING, Words

TREND = ("gap_f1", "gap_f1_macro", "wrong_met", "pairs_flipped", "risk_accuracy", "exact")
_CURVE_POINTS = 80


@dataclass(frozen=True)
class Chart:
    """`svg` is empty where there is nothing to draw."""

    svg: str
    tables: tuple[Table, ...]


def requirement_chart(words: Words, measured: Measured, titles: Mapping[str, str], split: str) -> Chart:
    """Bars for requirements with enough gold gaps, worst first; the others as counts with exact intervals."""
    scores = measured.requirements(split)
    many = [r for r, s in scores.items() if s.gold >= MIN_POSITIVES]
    many.sort(key=lambda r: (scores[r].f1 or 0.0, r))
    few = sorted((r for r, s in scores.items() if s.gold < MIN_POSITIVES), key=lambda r: (-scores[r].gold, r))
    found = {r: _f1_interval(measured, split, r) for r in many}
    name = words.name("split", split)
    svg = ""
    if many:
        bars = [_bar(words, titles.get(r, r), scores[r], found[r]) for r in many]
        ends = {k: titles.get(r, r) for k, r in (("worst", many[0]), ("best", many[-1]))}
        title, desc = words("requirements.plot", split=name), words("requirements.desc", n=len(many), **ends)
        svg = plots.bars(f"bars-{split}", title, desc, bars, words.comma)
    tables = [_many_table(words, split, [(titles.get(r, r), scores[r], found[r]) for r in many])] if many else []
    tables += [_few_table(words, split, [(titles.get(r, r), scores[r]) for r in few])] if few else []
    return Chart(svg, tuple(tables))


def _f1_interval(measured: Measured, split: str, requirement: str) -> Interval | None:
    return intervals(only(measured.part(measured.main, split), requirement), metrics=["gap_f1"]).get("gap_f1")


def _bar(words: Words, title: str, s: RequirementScore, found: Interval | None) -> plots.Bar:
    value = s.f1 or 0.0
    return plots.Bar(title, value, found.low if found else value, found.high if found else value, words.number(s.f1, 2))


def _many_table(words: Words, split: str, scores: Sequence[tuple[str, RequirementScore, Interval | None]]) -> Table:
    rows = []
    for title, s, found in scores:
        small = f"{words.number(found.low, 2)}–{words.number(found.high, 2)}" if found else ""
        shares = (words.number(v, 2) for v in (s.precision, s.recall))
        rows.append(Row((Cell(title), Cell(words.number(s.f1, 2), small=small), *(Cell(v) for v in shares), *map(Cell, map(str, (s.gold, s.said, s.right))))))
    head = tuple(words(k) for k in ("requirement", "f1", "precision", "recall", "gold", "said", "right"))
    return Table(f"t-many-{split}", words("requirements.caption", split=words.name("split", split)), head, tuple(rows))


def _few_table(words: Words, split: str, scores: Sequence[tuple[str, RequirementScore]]) -> Table:
    rows = [Row((Cell(title), *(_exact(words, s.right, of) for of in (s.gold, s.said)))) for title, s in scores]
    head = tuple(words(k) for k in ("requirement", "recall", "precision"))
    return Table(f"t-few-{split}", words("requirements.few", split=words.name("split", split)), head, tuple(rows))


def _exact(words: Words, right: int, of: int) -> Cell:
    found = exact_interval(right, of)
    return Cell(words("found_of", right=right, of=of), small=f"{words.number(found.low, 2)}–{words.number(found.high, 2)}" if found else "")


def reliability_chart(words: Words, measured: Measured) -> Chart:
    lines, rows, said = [], [], []
    for split in measured.splits:
        found = met_reliability(measured.part(measured.main, split))
        if found is None:
            continue
        name, bins = words.name("split", split), [b for b in found.bins if b.count]
        lines.append(plots.Line(name, tuple(b.mean_probability for b in bins), tuple(b.share_right for b in bins)))
        said.append(words("reliability.item", split=name, n=found.count, ece=words.number(found.ece), brier=words.number(found.brier)))
        for b in bins:
            edges = f"{words.number(b.low, 2)}–{words.number(b.high, 2)}"
            rows.append(row(edges, name, str(b.count), words.number(b.mean_probability, 2), words.number(b.share_right, 2), split=split))
    if not lines:
        return Chart("", ())
    names = plots.Names(words("reliability.x"), words("reliability.y"), words("reliability.ideal"))
    svg = plots.reliability("reliability", words("reliability.plot"), words("reliability.desc", list="; ".join(said)), lines, names, words.comma)
    head = tuple(words(k) for k in ("bin", "split", "count", "mean", "share_right"))
    return Chart(svg, (Table("t-reliability", words("reliability.caption"), head, tuple(rows), left=2),))


def risk_coverage_chart(words: Words, measured: Measured) -> Chart:
    found = {s: c for s in measured.splits if (c := risk_coverage(measured.part(measured.main, s)))}
    if not found:
        return Chart("", ())
    lines, said = [], []
    for split, curve in found.items():
        name = words.name("split", split)
        points = _spread(curve)
        lines.append(plots.Line(name, tuple(curve.coverage[i] for i in points), tuple(curve.risk[i] for i in points)))
        said.append(words("risk_coverage.item", split=name, n=curve.count, aurc=words.number(curve.aurc), risk=words.percent(curve.risk[-1])))
    names = plots.Names(words("risk_coverage.x"), words("risk_coverage.y"))
    svg = plots.risk_coverage("risk-coverage", words("risk_coverage.plot"), words("risk_coverage.desc", list="; ".join(said)), lines, names, words.comma)
    rows = tuple(row(words.percent(share / 10), *(words.percent(_risk_at(c, share / 10)) for c in found.values())) for share in range(1, 11))
    head = (words("coverage"), *(words.name("split", s) for s in found))
    return Chart(svg, (Table("t-risk-coverage", words("risk_coverage.caption"), head, rows),))


def _spread(curve: RiskCoverage) -> list[int]:
    """So many points that the eye sees no difference; a curve has one for each verdict."""
    last = len(curve.coverage) - 1
    return sorted({round(k * last / _CURVE_POINTS) for k in range(_CURVE_POINTS + 1)})


def _risk_at(curve: RiskCoverage, share: float) -> float | None:
    """The risk when so many are decided; None where the surest, all equally sure, are more than that."""
    place = bisect_right(curve.coverage, share + 1e-9)
    return curve.risk[place - 1] if place else None


def trend_chart(words: Words, measured: Measured, history: Sequence[HistoryEntry]) -> Chart:
    """The committed runs, oldest first: one small plot per metric, and all figures in a table."""
    metrics = [m for m in TREND if any(e.figures.get(s, {}).get(m) is not None for e in history for s in measured.splits)]
    if not metrics:
        return Chart("", ())
    panels = [_panel(words, measured, history, m) for m in metrics]
    ends = {"first": history[0].date.isoformat(), "last": history[-1].date.isoformat()}
    desc = words("trend.desc", list=words.list([p.title for p in panels]), n=len(history), **ends)
    svg = plots.trend("trend", words("trend.plot"), desc, panels, [e.version or e.date.isoformat() for e in history], words.comma)
    return Chart(svg, (_trend_table(words, measured, history, metrics),))


def _panel(words: Words, measured: Measured, history: Sequence[HistoryEntry], metric: str) -> plots.Panel:
    """A share that should be small gets an axis of its own size: from 0 to 1 nothing of it would be seen."""
    values = {s: tuple(e.figures.get(s, {}).get(metric) for e in history) for s in measured.splits}
    lines = tuple(plots.Line(words.name("split", s), tuple(range(len(history))), y) for s, y in values.items())
    target, top = BY_ID[metric].target, 1.0
    if BY_ID[metric].better == "lower":
        top = min(1.0, 1.2 * max(2 * (target or 0.0), 0.02, *(v for y in values.values() for v in y if v is not None)))
    return plots.Panel(label(words, metric), lines, target, top)


def _trend_table(words: Words, measured: Measured, history: Sequence[HistoryEntry], metrics: Sequence[str]) -> Table:
    rows = []
    for entry in history:
        for split in measured.splits:
            figures = entry.figures.get(split, {})
            shown = (figure(words, m, figures.get(m)) for m in metrics)
            rows.append(row(entry.date.isoformat(), entry.version or NOTHING, entry.note or NOTHING, words.name("split", split), *shown, split=split))
    head = (*(words(k) for k in ("date", "version", "note", "split")), *(label(words, m) for m in metrics))
    return Table("t-trend", words("trend.caption"), head, tuple(rows), left=4)
