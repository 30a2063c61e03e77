"""Foreign sets come in by a mapping, not by code: a YAML beside a table says which column is the text and which are labels.

What a column does not say is not a label: "unknown", "N/A" and an empty cell leave the pair unlabelled, and are never a no. A
column that is missing, or whose values its scale does not know, stops with the file, the row and the nearest guess, since the
usual cause is a column that was renamed or shifted, and wrong labels would look like a bad reader.

The format is described in eval/mappings/README.md.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from checker.errors import CaseError
from checker.evaluation.foreign.format import ForeignSet, close, header, load_mapping
from checker.evaluation.foreign.scales import Cell, Label, Outcome, UnknownValue, as_text, entries, matches
from checker.evaluation.records import FactValue, Gold, Subject
from checker.model.project import Document

__all__ = ["ForeignSet", "ForeignTable", "Read", "TableRow", "load_mapping", "subjects_of"]

_SHOWN = 5
Read = Callable[[str, bytes], Document]


class TableRow(Protocol):
    @property
    def number(self) -> int: ...

    @property
    def cells(self) -> Mapping[str, Cell]: ...


class ForeignTable(Protocol):
    """What `checker.adapters.tables.read_table` gives."""

    @property
    def file(self) -> Path: ...

    @property
    def columns(self) -> tuple[str, ...]: ...

    @property
    def rows(self) -> Sequence[TableRow]: ...

    @property
    def repeated(self) -> AbstractSet[str]: ...


def subjects_of(mapping: ForeignSet, table: ForeignTable, read: Read) -> tuple[list[Subject], list[str]]:
    """The rows that carry a label, all held out, and notes on what was left out and why.

    Args:
        mapping: from `load_mapping`.
        table: from `checker.adapters.tables.read_table`.
        read: name and Markdown bytes → document, as the product reads a file.

    Raises:
        CaseError: the table is empty, a column is not there, a value is not on its scale, or two labels contradict: file and row.
    """
    if not table.rows:
        raise CaseError(table.file, None, "no rows under the header; expected at least one")
    reader = _Reader(mapping, table, _columns(mapping, table))
    subjects, notes = [], _Notes()
    first: dict[str, int] = {}
    for row in table.rows:
        name = reader.name(row)
        if name in first:
            raise CaseError(table.file, row.number, f"the id {name} is there twice; also in line {first[name]}. Name another column under `id`")
        first[name] = row.number
        text, gold = reader.text(row), reader.gold(row, notes)
        if not text:
            notes.no_text.append(row.number)
        elif gold == Gold():
            notes.no_label.append(row.number)
        else:
            file = re.sub(r"[^\w-]+", "-", name)
            subjects.append(reader.subject(row, name, gold, read(f"{mapping.name}/{file}.md", text.encode())))
    if not subjects:
        raise CaseError(table.file, None, f"no row has both a text and a label ({len(table.rows)} rows); is it the table that the mapping is for?")
    return subjects, list(notes.lines(mapping, subjects))


def _columns(mapping: ForeignSet, table: ForeignTable) -> dict[str, str]:
    """Asked-for column → the name that it has in this table."""
    found = {}
    for column in mapping.columns:
        names = [n for n in dict.fromkeys((column, *mapping.aliases.get(column, ()))) if header(n) in {header(c) for c in table.columns}]
        if not names:
            seen = ", ".join(table.columns)
            raise CaseError(table.file, None, f"there is no column »{column}«{close(column, table.columns)}. Columns found: {seen}")
        if len(names) > 1:
            raise CaseError(table.file, None, f"both »{names[0]}« and »{names[1]}« are there; expected one of them for {column}")
        found[column] = next(c for c in table.columns if header(c) == header(names[0]))
        if found[column] in table.repeated:
            raise CaseError(table.file, None, f"the column »{found[column]}« is there more than once; give each a name of its own in a copy of the file")
    return found


@dataclass
class _Notes:
    no_text: list[int] = field(default_factory=list)
    no_label: list[int] = field(default_factory=list)
    lost: list[tuple[int, str]] = field(default_factory=list)

    def lines(self, mapping: ForeignSet, subjects: Sequence[Subject]) -> Iterator[str]:
        for label in mapping.labels:
            yield _counted(label, [s.gold for s in subjects])
        if self.no_text:
            yield f"{len(self.no_text)} rows have no text and are left out: {_some(self.no_text)}"
        if self.no_label:
            yield f"{len(self.no_label)} rows carry no label and are left out: {_some(self.no_label)}"
        if self.lost:
            shown = "; ".join(f"»{what[:80]}« (line {number})" for number, what in self.lost[:_SHOWN])
            yield f"{len(self.lost)} references to law were not recognised and are no label: {shown}{' ...' if len(self.lost) > _SHOWN else ''}"


def _some(numbers: Sequence[int]) -> str:
    return "line " + ", ".join(str(n) for n in numbers[:_SHOWN]) + (" ..." if len(numbers) > _SHOWN else "")


def _counted(label: Label, golds: Sequence[Gold]) -> str:
    """How often the item has each label, so that a label that never comes is seen."""
    if label.requirement:
        said: list[object] = [g.verdicts[label.requirement] for g in golds if label.requirement in g.verdicts]
        said += [f"grade {g.grades[label.requirement].value}" for g in golds if label.requirement in g.grades]
        said += ["provisions" for g in golds if g.provisions.get(label.requirement)] if label.scale == "articles" else []
    elif label.fact:
        said = [g.facts[label.fact] for g in golds if label.fact in g.facts]
    else:
        said = [g.risk_class for g in golds if g.risk_class]
    counts = ", ".join(f"{value} {times}" for value, times in sorted(Counter(str(s) for s in said).items()))
    return f"{label.item} (from {', '.join(label.asked)}): {counts or 'no row has this label'}"


@dataclass(frozen=True)
class _Reader:
    """One table under one mapping. `columns`: asked-for name → name in the table."""

    mapping: ForeignSet
    table: ForeignTable
    columns: Mapping[str, str]

    def cell(self, row: TableRow, column: str) -> Cell:
        return row.cells.get(self.columns[column], "")

    def says_nothing(self, cell: Cell, missing: Sequence[str] = ()) -> bool:
        return all(not e.strip() or any(matches(e, m, "whole") for m in (*self.mapping.missing, *missing)) for e in entries(cell))

    def name(self, row: TableRow) -> str:
        if self.mapping.id is None:
            return f"row-{row.number}"
        if name := as_text(self.cell(row, self.mapping.id)):
            return name
        raise CaseError(self.table.file, row.number, f"the id column »{self.columns[self.mapping.id]}« is empty; expected a name for the row")

    def text(self, row: TableRow) -> str:
        parts = []
        for part in self.mapping.text:
            cell = self.cell(row, part.column)
            if self.says_nothing(cell):
                continue
            body = cell.strip() if isinstance(cell, str) else "\n".join(f"- {entry}" for entry in cell)
            above = f"## {part.heading}\n\n" if part.heading else ""
            parts.append(f"# {as_text(cell)}" if part.title else above + body)
        return "\n\n".join(parts) + "\n" if parts else ""

    def language(self, row: TableRow) -> str:
        spec = self.mapping.language
        if isinstance(spec, str):
            return spec
        cell = self.cell(row, spec.column)
        if self.says_nothing(cell) and spec.empty:
            return spec.empty
        for value, language in spec.values.items():
            if matches(as_text(cell), value, "whole"):
                return language
        raise self._unknown(row, spec.column, UnknownValue(as_text(cell), f"one of {', '.join(spec.values)}"), 0)

    def gold(self, row: TableRow, notes: _Notes) -> Gold:
        verdicts: dict[str, Any] = {}
        grades: dict[str, Any] = {}
        facts: dict[str, FactValue] = {}
        risk: dict[str, Any] = {}
        provisions: dict[str, tuple[str, ...]] = {}
        for label in self.mapping.labels:
            for outcome in self._outcomes(row, label):
                notes.lost += [(row.number, what) for what in outcome.lost]
                if outcome.grade is not None:
                    self._set(row, grades, label.item, outcome.grade)
                if outcome.value is not None:
                    self._set(row, verdicts if label.requirement else facts if label.fact else risk, label.item, outcome.value)
                if outcome.provisions:
                    provisions[label.item] = tuple(dict.fromkeys((*provisions.get(label.item, ()), *outcome.provisions)))
        return Gold(
            verdicts=verdicts, grades=grades, facts=facts, facts_said=tuple(facts), provisions=provisions, risk_class=risk.get("risk_class", "")
        )

    def _outcomes(self, row: TableRow, label: Label) -> Iterator[Outcome]:
        if label.only_when and not label.only_when.holds(self.cell(row, label.only_when.column)):
            return
        for column in label.asked:
            cell = self.cell(row, column)
            if not self.says_nothing(cell, label.missing):
                try:
                    yield label.read(cell)
                except UnknownValue as unknown:
                    raise self._unknown(row, column, unknown, self._strangers(label, column), label) from None

    def _set(self, row: TableRow, labels: dict[str, Any], item: str, value: Any) -> None:
        if labels.setdefault(item, value) != value:
            raise CaseError(self.table.file, row.number, f"{item} is labelled both {labels[item]} and {value}; expected columns that agree")

    def _strangers(self, label: Label, column: str, name: str = "") -> int:
        """Rows in which the column holds what the scale does not know."""
        return sum(not _reads(label, c) for r in self.table.rows if not self.says_nothing(c := r.cells.get(name or self.columns[column], ""), label.missing))

    def _unknown(self, row: TableRow, column: str, unknown: UnknownValue, strangers: int, label: Label | None = None) -> CaseError:
        name = self.columns[column]
        why = f"»{name}« holds »{unknown.value[:80]}«; expected {unknown.expected}"
        filled = sum(not self.says_nothing(r.cells.get(name, "")) for r in self.table.rows)
        if strangers < 2 or strangers * 2 < filled or label is None:
            return CaseError(self.table.file, row.number, why)
        taken = {name, *(self.columns[c] for c in (*(p.column for p in self.mapping.text), self.mapping.id) if c)}
        fits = [c for c in self.table.columns if c not in taken and self._fits(label, column, c)]
        shown = f" Such values stand in {', '.join(f'»{c}«' for c in fits[:3])}." if fits else ""
        return CaseError(
            self.table.file, row.number, f"{why}. {strangers} of {filled} rows with a value are like that: the columns look shifted or renamed.{shown}"
        )

    def _fits(self, label: Label, column: str, name: str) -> bool:
        """Whether another column holds what the label expects, and something at all."""
        filled = any(not self.says_nothing(r.cells.get(name, ""), label.missing) for r in self.table.rows)
        return filled and not self._strangers(label, column, name)

    def subject(self, row: TableRow, name: str, gold: Gold, document: Document) -> Subject:
        family = as_text(self.cell(row, self.mapping.family)) if self.mapping.family else ""
        return Subject(
            set=self.mapping.name,
            id=name,
            split="held-out",
            family=family or name,
            language=self.language(row),
            kind=self.mapping.kind,
            document=document,
            gold=gold,
        )


def _reads(label: Label, cell: Cell) -> bool:
    try:
        label.read(cell)
    except UnknownValue:
        return False
    return True
