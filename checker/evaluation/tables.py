"""Evaluation → tables, as text for a terminal, Markdown for eval/README.md, or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from checker.evaluation.run import Evaluation, slices
from checker.evaluation.score import SAID, VERDICTS, Scores, per_requirement, wrong_verdicts

NOTHING = "–"
_SENTENCE = 160
_COLUMNS = (
    ("cases", "cases", ""),
    ("gap F1", "gap_f1", "≥ .80"),
    ("macro", "gap_f1_macro", "≥ .70"),
    ("gap P", "gap_precision", ""),
    ("gap R", "gap_recall", ""),
    ("n/a→gap", "na_flagged", "≤ .08"),
    ("gap→met", "wrong_met", "≤ .05"),
    ("met F1", "met_f1", ""),
    ("ask R", "ask_recall", ""),
    ("flipped (n)", "pairs_flipped", "≥ .80"),
    ("risk", "risk_accuracy", "≥ .80"),
    ("facts", "fact_accuracy", ""),
    ("facts said", "fact_accuracy_said", ""),
    ("evidence", "evidence_overlap", ""),
    ("bad quotes", "invalid_quotes", "0"),
    ("exact", "exact", ""),
)


@dataclass(frozen=True)
class Table:
    """A title, a header and rows of cells; the first `left` columns are text, the others figures."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: int = 1


def render(evaluation: Evaluation, format: str, details: bool = False) -> str:
    """The whole evaluation as `text`, `md` or `json`."""
    if format == "json":
        return json.dumps(as_data(evaluation, details), ensure_ascii=False, indent=1)
    tables = list(tables_of(evaluation, details))
    return markdown(evaluation, tables) if format == "md" else text(evaluation, tables)


def tables_of(evaluation: Evaluation, details: bool) -> Iterator[Table]:
    yield systems_table(evaluation)
    if (parts := slices(evaluation.cases)) and evaluation.systems:
        first = evaluation.systems[0]
        rows = tuple((name, *_cells(evaluation.scores(first, cases))) for name, cases in parts.items())
        yield Table(f"Held-out cases of {first}, by origin, language and kind", ("part", *_headers()), rows)
    for split in evaluation.splits:
        yield confusion_table(evaluation, split)
    if details:
        yield requirement_table(evaluation)
        for split in evaluation.splits:
            yield wrong_table(evaluation, split)


def systems_table(evaluation: Evaluation) -> Table:
    """One row per system and split; a system's splits stand under each other, so that their distance is seen."""
    rows = [
        (system, split, *_cells(evaluation.scores(system, evaluation.split(split)))) for system in evaluation.systems for split in evaluation.splits
    ]
    rows.append(("target", "held-out", *(target for _, _, target in _COLUMNS)))
    return Table("Systems", ("system", "split", *_headers()), tuple(rows), left=2)


def confusion_table(evaluation: Evaluation, split: str) -> Table:
    system = evaluation.systems[0]
    confusion = evaluation.scores(system, evaluation.split(split)).confusion
    rows = tuple((gold, *(str(n) for n in row)) for gold, row in zip(VERDICTS, confusion, strict=True))
    return Table(f"Confusion of {system}, {split}: gold (rows) × said (columns)", ("gold", *SAID), rows)


def requirement_table(evaluation: Evaluation) -> Table:
    """Per requirement, worst first by the last split (held-out where it was run)."""
    system = evaluation.systems[0]
    found = [per_requirement(evaluation.split(s), evaluation.predictions[system], evaluation.catalogue.core) for s in evaluation.splits]
    order = sorted(found[-1], key=lambda r: (found[-1][r][0] == 0, found[-1][r][3], r))
    header = ("requirement", *(f"{split} {name}" for split in evaluation.splits for name in ("gaps", "P", "R", "F1")))
    rows = tuple((r, *(cell for table in found for cell in _requirement_cells(table[r]))) for r in order)
    return Table(f"Gap per requirement, {system}, worst first", header, rows)


def wrong_table(evaluation: Evaluation, split: str) -> Table:
    system = evaluation.systems[0]
    wrong = wrong_verdicts(evaluation.split(split), evaluation.predictions[system], evaluation.catalogue.core)
    rows = tuple((w.gold, w.said, w.requirement, w.case, w.reason, _short(" | ".join(w.sentences))) for w in wrong)
    return Table(f"Wrong verdicts of {system}, {split} ({len(rows)})", ("gold", "said", "requirement", "case", "reason", "sentence used"), rows, left=6)


def markdown(evaluation: Evaluation, tables: Sequence[Table]) -> str:
    parts = [f"## {evaluation.title}", "", *(f"{note}  " for note in evaluation.notes)]
    for table in tables:
        rule = ["---" if i < table.left else "---:" for i in range(len(table.header))]
        parts += ["", f"### {table.title}", "", _row(table.header), _row(rule), *(_row(r) for r in table.rows)]
    return "\n".join(parts) + "\n"


def text(evaluation: Evaluation, tables: Sequence[Table]) -> str:
    """Plain columns, never cut: a table that is wider than the terminal is for a pager."""
    parts = [evaluation.title, *evaluation.notes]
    for table in tables:
        widths = [max(len(r[i]) for r in (table.header, *table.rows)) for i in range(len(table.header))]
        lines = [_aligned(r, widths, table.left) for r in (table.header, *table.rows)]
        parts += ["", table.title, lines[0], "-" * max(len(line) for line in lines), *lines[1:]]
    return "\n".join(parts) + "\n"


def as_data(evaluation: Evaluation, details: bool) -> dict[str, object]:
    core = evaluation.catalogue.core
    data: dict[str, object] = {
        "title": evaluation.title,
        "notes": list(evaluation.notes),
        "systems": {s: {split: asdict(evaluation.scores(s, evaluation.split(split))) for split in evaluation.splits} for s in evaluation.systems},
        "held_out": {name: asdict(evaluation.scores(evaluation.systems[0], cases)) for name, cases in slices(evaluation.cases).items()},
    }
    if details:
        first = evaluation.predictions[evaluation.systems[0]]
        data["requirements"] = {
            split: {
                r: dict(zip(("gaps", "precision", "recall", "f1"), figures, strict=True))
                for r, figures in per_requirement(evaluation.split(split), first, core).items()
            }
            for split in evaluation.splits
        }
        data["wrong"] = [asdict(w) for w in wrong_verdicts(evaluation.cases, first, core)]
    return data


def _headers() -> tuple[str, ...]:
    return tuple(name for name, _, _ in _COLUMNS)


def _cells(scores: Scores) -> tuple[str, ...]:
    return tuple(_flipped(scores) if key == "pairs_flipped" else _figure(getattr(scores, key)) for _, key, _ in _COLUMNS)


def _flipped(scores: Scores) -> str:
    return f"{_figure(scores.pairs_flipped)} ({scores.twin_count})"


def _figure(value: float | int | None) -> str:
    if value is None:
        return NOTHING
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def _requirement_cells(figures: tuple[int, float, float, float]) -> tuple[str, ...]:
    gaps, *shares = figures
    return (str(gaps), *(_figure(s) if gaps else NOTHING for s in shares))


def _short(sentence: str) -> str:
    line = " ".join(sentence.split())
    return line if len(line) <= _SENTENCE else line[: _SENTENCE - 1] + "…"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |"


def _aligned(cells: Sequence[str], widths: Sequence[int], left: int) -> str:
    return "  ".join(c.ljust(w) if i < left else c.rjust(w) for i, (c, w) in enumerate(zip(cells, widths, strict=True))).rstrip()
