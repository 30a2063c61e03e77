"""The tables of figures: systems, targets, all metrics, confusion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from checker.evaluation.figures.metrics import BY_ID, METRICS, Metric
from checker.evaluation.figures.score import confusion
from checker.evaluation.page.measured import MAIN_METRICS, Measured
from checker.evaluation.page.table import Cell, Row, Table, row
from checker.evaluation.page.words import NOTHING, Words
from checker.evaluation.records import SAID, VERDICTS

Outcome = Literal["reached", "unsure", "missed", "close"]
_COUNTS = {"cases", "pairs", "unjudged", "invalid_quotes"}


@dataclass(frozen=True)
class TargetRow:
    """A figure of the basis split against its target. `unsure` and `close`: the interval holds the target."""

    metric: Metric
    value: float
    interval: str
    outcome: Outcome


def figure(words: Words, metric: str, value: float | None) -> str:
    if value is not None and metric in _COUNTS:
        return str(round(value))
    return words.number(value, 2 if metric.startswith("seconds") else 0 if metric == "tokens" else 3)


def interval_text(words: Words, measured: Measured, split: str, metric: str) -> str:
    found = measured.interval(split, metric)
    return f"{words.number(found.low)}–{words.number(found.high)}" if found else ""


def target_text(words: Words, metric: Metric) -> str:
    if metric.target is None:
        return ""
    if metric.target == 0:
        return "0"
    return words("at_least" if metric.better == "higher" else "at_most", value=words.number(metric.target, 2))


def label(words: Words, metric: str) -> str:
    return words.name("metric", metric, BY_ID[metric].label)


def shown_metrics(measured: Measured) -> list[str]:
    """The headline metrics that at least one system has a figure for."""
    keys = [(s, split) for s in measured.systems for split in measured.splits if measured.part(s, split)]
    return [m for m in MAIN_METRICS if m in BY_ID and any(measured.score(*key).get(m) is not None for key in keys)]


def headline_table(words: Words, measured: Measured) -> Table:
    metrics = shown_metrics(measured)
    rows = []
    for system in measured.systems:
        for split in measured.splits:
            if measured.part(system, split):
                cells = (_headline_cell(words, measured, system, split, m) for m in metrics)
                rows.append(Row((Cell(system), Cell(words.name("split", split)), *cells), split))
    targets = (target_text(words, BY_ID[m]) for m in metrics)
    rows.append(row(words("headline.targets"), words.name("split", measured.basis), *targets))
    head = (words("system"), words("split"), *(label(words, m) for m in metrics))
    return Table("t-headline", words("headline.caption", system=measured.main), head, tuple(rows), left=2)


def _headline_cell(words: Words, measured: Measured, system: str, split: str, metric: str) -> Cell:
    text = figure(words, metric, measured.score(system, split).get(metric))
    if system != measured.main:
        return Cell(text)
    mark = words("dagger.short") if measured.word_count_reaches(split, metric) else ""
    return Cell(text, small="" if metric in _COUNTS else interval_text(words, measured, split, metric), mark=mark)


def target_rows(words: Words, measured: Measured) -> list[TargetRow]:
    rows = []
    for metric in METRICS:
        value = measured.score(measured.main, measured.basis).get(metric.id)
        if metric.target is None or value is None:
            continue
        sign = 1 if metric.better == "higher" else -1
        reached = sign * value >= sign * metric.target
        found = measured.interval(measured.basis, metric.id)
        inside = found is not None and metric.id not in _COUNTS and found.low < metric.target < found.high
        outcome: Outcome = ("unsure" if inside else "reached") if reached else ("close" if inside else "missed")
        rows.append(TargetRow(metric, value, interval_text(words, measured, measured.basis, metric.id), outcome))
    return rows


def targets_table(words: Words, measured: Measured) -> Table:
    rows = tuple(
        row(label(words, t.metric.id), target_text(words, t.metric), figure(words, t.metric.id, t.value), t.interval or NOTHING, words(f"outcome.{t.outcome}"))
        for t in target_rows(words, measured)
    )
    caption = words("targets.caption", system=measured.main, split=words.name("split", measured.basis))
    return Table("t-targets", caption, tuple(words(k) for k in ("metric", "target", "measured", "interval", "outcome")), rows)


def all_metrics_table(words: Words, measured: Measured) -> Table:
    rows = []
    for metric in METRICS:
        values = {split: measured.score(measured.main, split).get(metric.id) for split in measured.splits}
        if any(v is not None for v in values.values()):
            better = "" if metric.id in ("cases", "pairs") else f" ({words('better.' + metric.better)})"
            about = f"{words.name('about', metric.id, metric.about)}{better}"
            cells = (Cell(figure(words, metric.id, v), small=interval_text(words, measured, s, metric.id)) for s, v in values.items())
            rows.append(Row((Cell(label(words, metric.id)), Cell(about), *cells)))
    head = (words("metric"), words("about"), *(words.name("split", s) for s in measured.splits))
    return Table("t-metrics", words("all_metrics.caption", system=measured.main), head, tuple(rows), left=2)


def confusion_table(words: Words, measured: Measured, split: str) -> Table:
    """Counts with their share of the row; the class shades the cell, the share says the same in words."""
    rows = []
    for gold, counts in zip(VERDICTS, confusion(measured.part(measured.main, split)), strict=True):
        total = sum(counts)
        cells = (
            Cell(str(n), small=words.percent(n / total) if total else "", css=f"h{round(9 * n / total) if total else 0}{' e' if said == gold else ''}")
            for said, n in zip(SAID, counts, strict=True)
        )
        rows.append(Row((Cell(words(f"verdict.{gold}")), *cells)))
    head = (words("confusion.corner"), *(words(f"verdict.{said}") for said in SAID))
    return Table(f"t-confusion-{split}", words("confusion.caption", split=words.name("split", split)), head, tuple(rows), split=split)
