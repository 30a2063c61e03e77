"""Two versions side by side, as tables: what differs, how sure that is, and which verdicts changed on which sentences."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from checker.evaluation.figures.compare import Flip, flips
from checker.evaluation.figures.score import METRICS
from checker.evaluation.figures.stats import Difference, RequirementChange, mcnemar_by_requirement, paired_differences
from checker.evaluation.gate.hold import Gate
from checker.evaluation.records import Result
from checker.evaluation.run import of_split, splits_of
from checker.evaluation.tables import NOTHING, Table, markdown, text

_MARKS = {"broken": "✗", "mended": "✓", "changed": "·"}
_LONG = 200


@dataclass(frozen=True)
class Comparison:
    """B against A, on the cases that are in both."""

    title: str
    notes: tuple[str, ...]
    differences: dict[str, dict[str, Difference]]
    changes: dict[str, tuple[RequirementChange, ...]]
    flips: tuple[Flip, ...]


def compared(title: str, notes: Sequence[str], before: Sequence[Result], after: Sequence[Result], resamples: int = 1000) -> Comparison:
    """Per split: paired differences, and McNemar per requirement with Holm's correction."""
    differences, changes = {}, {}
    for split in splits_of(after):
        a, b = of_split(before, split), of_split(after, split)
        differences[split] = paired_differences(a, b, resamples=resamples)
        changes[split] = tuple(c for c in mcnemar_by_requirement(a, b) if c.mended or c.broken)
    return Comparison(title, tuple(notes), differences, changes, tuple(flips(before, after)))


def render_comparison(comparison: Comparison, format: str) -> str:
    if format == "json":
        data = {
            "schema_version": 1,
            "title": comparison.title,
            "notes": list(comparison.notes),
            "differences": {s: {m: asdict(d) for m, d in found.items()} for s, found in comparison.differences.items()},
            "requirements": {s: [asdict(c) for c in found] for s, found in comparison.changes.items()},
            "flips": [asdict(f) for f in comparison.flips],
        }
        return json.dumps(data, ensure_ascii=False, indent=1)
    tables = [differences_table(found, f"Differences, {split}") for split, found in comparison.differences.items()]
    for split, found in comparison.changes.items():
        rows = tuple((c.requirement, str(c.mended), str(c.broken), f"{c.p:.4f}", f"{c.p_holm:.4f}") for c in sorted(found, key=lambda c: (c.p, c.requirement)))
        tables.append(
            Table(
                f"Requirements with changed verdicts, {split}: exact McNemar, Holm over requirements",
                ("requirement", "mended", "broken", "p", "p (Holm)"),
                rows,
            )
        )
    written = markdown if format == "md" else text
    return written(comparison.title, comparison.notes, tables) + "\n" + written_flips(comparison.flips)


def render_gate(gates: Sequence[Gate], format: str) -> str:
    """What the gate says, failures last, where a log ends."""
    if format == "json":
        return json.dumps({"schema_version": 1, "passed": all(g.passed for g in gates), "gates": [_gate_data(g) for g in gates]}, ensure_ascii=False, indent=1)
    written = markdown if format == "md" else text
    parts = []
    for gate in gates:
        head = gate.baseline.head
        title = f"Gate: {head.set}, {head.split}, {gate.cases} cases, against the baseline of {head.made} ({head.why})"
        parts.append(written(title, gate.notes, [differences_table(gate.differences, "Differences")]))
        parts.append(written_flips(gate.flips))
        parts.append("PASSED" if gate.passed else "FAILED\n" + "\n".join(f"  {line}" for line in gate.failures))
    return "\n".join(parts) + "\n"


def differences_table(differences: dict[str, Difference], title: str) -> Table:
    rows = []
    for metric in METRICS:
        d = differences.get(metric.id)
        if d is None or (d.before is None and d.after is None):
            continue
        span = f"[{d.interval.low:+.3f}; {d.interval.high:+.3f}]" if d.interval is not None else NOTHING
        verdict = "worse" if d.worse else "better" if d.better else ""
        rows.append((metric.label, _figure(d.before), _figure(d.after), f"{d.delta:+.3f}" if d.delta is not None else NOTHING, span, verdict))
    return Table(f"{title}: paired bootstrap over project families", ("metric", "before", "after", "difference", "95 %", ""), tuple(rows))


def written_flips(found: Sequence[Flip]) -> str:
    """Each changed verdict with the sentences that went (-) and came (+)."""
    count = {kind: sum(f.kind == kind for f in found) for kind in _MARKS}
    lines = [f"Changed verdicts: {len(found)} ({count['broken']} broken, {count['mended']} mended, {count['changed']} wrong before and after)"]
    for flip in found:
        lines.append(f"{_MARKS[flip.kind]} {flip.case} ({flip.split}) {flip.requirement}: {flip.before} → {flip.after}, label {flip.gold}")
        lines += [f"    - {_short(q)}" for q in flip.evidence_before if q not in flip.evidence_after]
        lines += [f"    + {_short(q)}" for q in flip.evidence_after if q not in flip.evidence_before]
    return "\n".join(lines) + "\n"


def _gate_data(gate: Gate) -> dict[str, object]:
    return {
        "set": gate.baseline.head.set,
        "split": gate.baseline.head.split,
        "cases": gate.cases,
        "passed": gate.passed,
        "failures": list(gate.failures),
        "notes": list(gate.notes),
        "differences": {m: asdict(d) for m, d in gate.differences.items()},
        "flips": [asdict(f) for f in gate.flips],
    }


def _figure(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.3f}"


def _short(quote: str) -> str:
    line = " ".join(quote.split())
    return line if len(line) <= _LONG else line[: _LONG - 1] + "…"
