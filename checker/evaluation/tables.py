"""Results → tables, as text for a terminal, Markdown for eval/README.md, or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property

from checker.evaluation.figures.calibration import fact_reliability, met_reliability, risk_coverage
from checker.evaluation.figures.score import METRICS, Metric, RequirementScore, confusion, pair_flips, per_requirement, score, wrong_verdicts
from checker.evaluation.figures.stats import MIN_POSITIVES, Interval, exact_interval, intervals
from checker.evaluation.records import SAID, VERDICTS, Result
from checker.evaluation.run import CHECKER, by_system, of_split, slices, splits_of

NOTHING = "–"
REACHED = "†"
TFIDF = "TF-IDF + linear"
_SENTENCE = 160
_SHORT = {
    "gap_f1": "gap F1",
    "gap_f1_macro": "macro",
    "gap_f2": "gap F2",
    "gap_precision": "gap P",
    "gap_recall": "gap R",
    "na_flagged": "n/a→gap",
    "wrong_met": "gap→met",
    "met_f1": "met F1",
    "ask_recall": "ask R",
    "pairs_flipped": "flipped",
    "risk_accuracy": "risk",
    "fact_accuracy": "facts",
    "fact_accuracy_said": "facts said",
    "evidence_overlap": "evidence",
    "invalid_quotes": "bad quotes",
    "unjudged": "unjudged",
    "exact": "exact",
}
"""The columns of the table of systems; the table of checker itself has every metric as a row."""


@dataclass(frozen=True)
class Table:
    """A title, a header and rows of cells; the first `left` columns are text, the others figures."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: int = 1


@dataclass(frozen=True)
class Evaluation:
    """Every system's results on the same cases. `left_out` names baselines that were not run, and why."""

    title: str
    notes: tuple[str, ...]
    results: tuple[Result, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)
    resamples: int = 1000

    @cached_property
    def systems(self) -> dict[str, list[Result]]:
        return by_system(self.results)

    @property
    def first(self) -> str:
        return CHECKER if CHECKER in self.systems else next(iter(self.systems))

    @cached_property
    def splits(self) -> tuple[str, ...]:
        return splits_of(self.systems[self.first])

    def of(self, system: str, split: str) -> list[Result]:
        return of_split(self.systems.get(system, ()), split)

    @cached_property
    def scores(self) -> dict[tuple[str, str], dict[str, float | None]]:
        return {(name, split): score(self.of(name, split)) for name in self.systems for split in self.splits if self.of(name, split)}

    @cached_property
    def intervals(self) -> dict[str, dict[str, Interval | None]]:
        """Split → metric → 95 % interval of the first system."""
        return {split: intervals(self.of(self.first, split), resamples=self.resamples) for split in self.splits}


def render(evaluation: Evaluation, format: str, details: bool = False) -> str:
    """The whole evaluation as `text`, `md` or `json`."""
    if format == "json":
        return json.dumps(as_data(evaluation, details), ensure_ascii=False, indent=1)
    tables = list(tables_of(evaluation, details))
    return markdown(evaluation.title, evaluation.notes, tables) if format == "md" else text(evaluation.title, evaluation.notes, tables)


def tables_of(evaluation: Evaluation, details: bool) -> Iterator[Table]:
    yield systems_table(evaluation)
    yield metrics_table(evaluation)
    if parts := slices(evaluation.systems[evaluation.first]):
        rows = tuple((name, *_cells(score(results)), str(_cases(results))) for name, results in parts.items())
        yield Table(f"Held-out cases of {evaluation.first}, by language, origin and kind", ("part", *_SHORT.values(), "cases"), rows)
    for split in evaluation.splits:
        yield confusion_table(evaluation, split)
    yield calibration_table(evaluation)
    if details:
        for split in evaluation.splits:
            yield requirement_table(evaluation, split)
        for split in evaluation.splits:
            yield flips_table(evaluation, split)
            yield wrong_table(evaluation, split)


def systems_table(evaluation: Evaluation) -> Table:
    """One row per system and split; a system's splits stand under each other, so that their distance is seen."""
    rows = [(name, split, *_cells(figures), str(_cases(evaluation.of(name, split)))) for (name, split), figures in evaluation.scores.items()]
    rows += [(name, "not run", *(NOTHING for _ in _SHORT), NOTHING) for name in evaluation.left_out]
    targets = {m.id: _target(m) for m in METRICS}
    rows.append(("target", "held-out", *(targets.get(m, "") for m in _SHORT), ""))
    return Table("Systems", ("system", "split", *_SHORT.values(), "cases"), tuple(rows), left=2)


def metrics_table(evaluation: Evaluation) -> Table:
    """Every metric of the first system with its interval, beside what TF-IDF + linear reaches on the last split."""
    last = evaluation.splits[-1]
    tfidf = evaluation.scores.get((TFIDF, last), {})
    rows = []
    for metric in METRICS:
        cells = [_with_interval(evaluation, metric, split) for split in evaluation.splits]
        if all(cell == NOTHING for cell in cells):
            continue
        theirs = tfidf.get(metric.id)
        mark = REACHED if reached(metric, evaluation.scores[evaluation.first, last].get(metric.id), theirs) else ""
        rows.append((metric.label, *cells, _target(metric), _figure(theirs), mark))
    header = ("metric", *evaluation.splits, "target", f"{TFIDF} ({last})", "")
    return Table(f"{evaluation.first}, value [95 % interval, bootstrap over project families]; {REACHED}: {TFIDF} reaches it", header, tuple(rows))


def reached(metric: Metric, ours: float | None, theirs: float | None) -> bool:
    """True when the simple baseline is as good; counts and costs are not compared."""
    if ours is None or theirs is None or metric.id in _NOT_COMPARED:
        return False
    return theirs >= ours if metric.better == "higher" else theirs <= ours


_NOT_COMPARED = frozenset({"cases", "pairs", "seconds_p50", "seconds_p95", "tokens", "invalid_quotes", "unjudged", "ask_rate"})


def confusion_table(evaluation: Evaluation, split: str) -> Table:
    counts = confusion(evaluation.of(evaluation.first, split))
    rows = tuple((gold, *(str(n) for n in row)) for gold, row in zip(VERDICTS, counts, strict=True))
    return Table(f"Confusion of {evaluation.first}, {split}: gold (rows) × said (columns)", ("gold", *SAID), rows)


def calibration_table(evaluation: Evaluation) -> Table:
    """How far the probabilities can be believed, and what deciding less would save."""
    rows = []
    for split in evaluation.splits:
        results = evaluation.of(evaluation.first, split)
        for name, found in (("met or gap, by evidence", met_reliability(results)), ("facts", fact_reliability(results))):
            if found is not None:
                rows.append((name, split, str(found.count), _figure(found.ece), _figure(found.brier), NOTHING, NOTHING))
        if (curve := risk_coverage(results)) is not None:
            half = next((r for c, r in zip(curve.coverage, curve.risk, strict=True) if c >= 0.5), None)
            rows.append(("verdicts, most certain first", split, str(curve.count), NOTHING, NOTHING, _figure(curve.aurc), _figure(half)))
    header = ("probabilities", "split", "count", "ECE", "Brier", "AURC", "wrong among the most certain half")
    return Table(f"Calibration of {evaluation.first}", header, tuple(rows), left=2)


def requirement_table(evaluation: Evaluation, split: str) -> Table:
    """Per requirement, worst first; fewer than 20 gold gaps: counts and exact intervals only."""
    found = per_requirement(evaluation.of(evaluation.first, split))
    theirs = per_requirement(evaluation.of(TFIDF, split)) if evaluation.of(TFIDF, split) else {}
    order = sorted(found, key=lambda r: (found[r].gold < MIN_POSITIVES, found[r].f1 if found[r].f1 is not None else 2.0, r))
    rows = tuple((r, *_requirement_cells(found[r], theirs.get(r))) for r in order)
    header = ("requirement", "gaps", "called", "right", "P", "R", "R exact 95 %", "F1", "F2", "specificity", TFIDF, "")
    return Table(f"Gap per requirement, {evaluation.first}, {split}, worst first; fewer than {MIN_POSITIVES} gaps: counts alone", header, rows)


def _requirement_cells(ours: RequirementScore, theirs: RequirementScore | None) -> tuple[str, ...]:
    counts = (str(ours.gold), str(ours.said), str(ours.right))
    exact = _range(exact_interval(ours.right, ours.gold))
    if ours.gold < MIN_POSITIVES:
        return (*counts, NOTHING, NOTHING, exact, NOTHING, NOTHING, NOTHING, NOTHING, "")
    simple = theirs.f1 if theirs is not None else None
    mark = REACHED if simple is not None and ours.f1 is not None and simple >= ours.f1 else ""
    figures = (ours.precision, ours.recall, ours.f1, ours.f2, ours.specificity)
    precision, recall, *rest = (_figure(f) for f in figures)
    return (*counts, precision, recall, exact, *rest, _figure(simple), mark)


def flips_table(evaluation: Evaluation, split: str) -> Table:
    """Twins: a requirement whose label differs between them, and what was said of each."""
    found = pair_flips(evaluation.of(evaluation.first, split))
    rows = tuple(
        (f.requirement, f.first, f.second, "/".join(f.gold), "/".join(f.said), "right" if f.right else "wrong")
        for f in sorted(found, key=lambda f: (f.right, f.requirement, f.first))
    )
    return Table(
        f"Pairs of {evaluation.first}, {split}: {sum(f.right for f in found)} of {len(found)} flipped right",
        ("requirement", "one", "other", "gold", "said", ""),
        rows,
        left=6,
    )


def wrong_table(evaluation: Evaluation, split: str) -> Table:
    wrong = wrong_verdicts(evaluation.of(evaluation.first, split))
    rows = tuple((w.gold, w.said, w.requirement, w.case, w.reason, _short(" | ".join(w.sentences))) for w in wrong)
    title = f"Wrong verdicts of {evaluation.first}, {split} ({len(rows)})"
    return Table(title, ("gold", "said", "requirement", "case", "reason", "sentence used"), rows, left=6)


def markdown(title: str, notes: Sequence[str], tables: Sequence[Table]) -> str:
    parts = [f"## {title}", "", *(f"{note}  " for note in notes)]
    for table in tables:
        rule = ["---" if i < table.left else "---:" for i in range(len(table.header))]
        parts += ["", f"### {table.title}", "", _row(table.header), _row(rule), *(_row(r) for r in table.rows)]
    return "\n".join(parts) + "\n"


def text(title: str, notes: Sequence[str], tables: Sequence[Table]) -> str:
    """Plain columns, never cut: a table that is wider than the terminal is for a pager."""
    parts = [title, *notes]
    for table in tables:
        widths = [max(len(r[i]) for r in (table.header, *table.rows)) for i in range(len(table.header))]
        lines = [_aligned(r, widths, table.left) for r in (table.header, *table.rows)]
        parts += ["", table.title, lines[0], "-" * max(len(line) for line in lines), *lines[1:]]
    return "\n".join(parts) + "\n"


def as_data(evaluation: Evaluation, details: bool) -> dict[str, object]:
    """The figures for programs: system → split → metric → value, and intervals of the first system."""
    first = evaluation.systems[evaluation.first]
    systems: dict[str, dict[str, object]] = {}
    for (name, split), figures in evaluation.scores.items():
        systems.setdefault(name, {})[split] = figures
    data: dict[str, object] = {
        "schema_version": 1,
        "title": evaluation.title,
        "notes": list(evaluation.notes),
        "left_out": dict(evaluation.left_out),
        "systems": systems,
        "intervals": {s: {m: asdict(i) if i is not None else None for m, i in found.items()} for s, found in evaluation.intervals.items()},
        "parts": {name: score(results) for name, results in slices(first).items()},
        "confusion": {s: confusion(evaluation.of(evaluation.first, s)) for s in evaluation.splits},
        "requirements": {s: {r: asdict(f) for r, f in per_requirement(evaluation.of(evaluation.first, s)).items()} for s in evaluation.splits},
    }
    if details:
        data["pairs"] = [asdict(f) for f in pair_flips(first)]
        data["wrong"] = [asdict(w) for w in wrong_verdicts(first)]
    return data


def _cases(results: Sequence[Result]) -> int:
    return len({(r.set, r.case) for r in results})


def _cells(figures: Mapping[str, float | None]) -> tuple[str, ...]:
    return tuple(_figure(figures.get(m)) for m in _SHORT)


def _with_interval(evaluation: Evaluation, metric: Metric, split: str) -> str:
    value = evaluation.scores[evaluation.first, split].get(metric.id)
    interval = evaluation.intervals[split].get(metric.id)
    return _figure(value) + (f" {_range(interval)}" if interval is not None and value is not None else "")


def _range(interval: Interval | None) -> str:
    return f"[{interval.low:.2f}; {interval.high:.2f}]" if interval is not None else NOTHING


def _target(metric: Metric) -> str:
    if metric.target is None:
        return ""
    if metric.target == 0:
        return "0"
    return f"{'≥' if metric.better == 'higher' else '≤'} {metric.target:.2f}"


def _figure(value: float | int | None) -> str:
    if value is None:
        return NOTHING
    return str(int(value)) if isinstance(value, int) or (value.is_integer() and value > 1) else f"{value:.3f}"


def _short(sentence: str) -> str:
    line = " ".join(sentence.split())
    return line if len(line) <= _SENTENCE else line[: _SENTENCE - 1] + "…"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |"


def _aligned(cells: Sequence[str], widths: Sequence[int], left: int) -> str:
    return "  ".join(c.ljust(w) if i < left else c.rjust(w) for i, (c, w) in enumerate(zip(cells, widths, strict=True))).rstrip()
