"""Which questions one text has, in which order and under which numbers, and the overview of what was answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from checker.evaluation.labels.files import RISK, UNKNOWN, LabelFile
from checker.evaluation.labels.sheet import KEYS, WORDS, Sheet, fact_words
from checker.evaluation.records import FactValue
from checker.model.catalogue import Catalogue
from checker.model.report import FactReading
from checker.model.truth import Truth
from checker.scope import Scope


def steps_of(sheet: Sheet) -> tuple[str, ...]:
    return (*sheet.catalogue.core, RISK, *(sheet.catalogue.facts if sheet.with_facts else ()))


def is_asked(sheet: Sheet, labels: LabelFile, step: str) -> bool:
    """A fact is not asked while its `ask_when` is no on the answers so far (rule 3 of the labelling guide)."""
    spec = sheet.catalogue.facts.get(step)
    if spec is None or spec.ask_when is None:
        return True
    return scope_of_facts(sheet.catalogue, {f: labels.settled(f) for f in labels.facts}).truth(spec.ask_when) is not Truth.NO


def scope_of_facts(catalogue: Catalogue, facts: Mapping[str, FactValue]) -> Scope:
    read = {f: FactReading(fact=f, value=v, origin="answered") for f, v in facts.items()}
    return Scope(catalogue.facts, catalogue.derived, catalogue.criteria, read)


def is_open(sheet: Sheet, labels: LabelFile, step: str) -> bool:
    return not labels.has(step) and is_asked(sheet, labels, step)


def anything_open(sheet: Sheet, labels: LabelFile) -> bool:
    return any(is_open(sheet, labels, step) for step in steps_of(sheet))


def numbered(sheet: Sheet, labels: LabelFile) -> tuple[str, ...]:
    """The questions that count: those asked, and those that were before another answer made them moot."""
    return tuple(s for s in steps_of(sheet) if labels.has(s) or is_asked(sheet, labels, s))


def in_answer_words(sheet: Sheet, step: str, value: FactValue) -> str:
    return fact_words(value, sheet) if step in sheet.catalogue.facts else WORDS[str(value)]


def overview(sheet: Sheet, labels: LabelFile) -> str:
    """Every answer with the number of its question, by answer, and how many of each. `*`: changed afterwards."""
    places = {step: place for place, step in enumerate(numbered(sheet, labels), start=1)}
    lines = [f"\nOversigt / overview: {sheet.title}"]
    for verdict in KEYS.values():
        lines += _group(labels, places, WORDS[verdict], [s for s in labels.verdicts if labels.settled(s) == verdict])
    if labels.risk_class:
        lines.append(f"  Risikoklasse / risk class: {_named(labels, places, RISK)}: {in_answer_words(sheet, RISK, labels.settled(RISK))}")
    lines += _facts(sheet, labels, places)
    if labels.remarks:
        lines.append(f"  Bemærkninger / remarks: {len(labels.remarks)}")
    return "\n".join(lines)


def _facts(sheet: Sheet, labels: LabelFile, places: dict[str, int]) -> Iterator[str]:
    answered = [f for f in places if f in labels.facts]
    if not answered:
        return
    yield f"  Oplysninger / facts ({len(answered)}):"
    for plain in (True, False, UNKNOWN):
        same = [f for f in answered if isinstance(labels.settled(f), bool) == isinstance(plain, bool) and labels.settled(f) == plain]
        yield from _group(labels, places, f"  {fact_words(plain, sheet)}", same)
    for fact in answered:
        value = labels.settled(fact)
        if not isinstance(value, bool) and value != UNKNOWN:
            yield f"    {_named(labels, places, fact)}: {fact_words(value, sheet)}"


def _group(labels: LabelFile, places: dict[str, int], words: str, steps: list[str]) -> Iterator[str]:
    if steps:
        in_order = sorted(steps, key=lambda s: places.get(s, 0))
        yield f"  {words} ({len(steps)}): {', '.join(_named(labels, places, s) for s in in_order)}"


def _named(labels: LabelFile, places: dict[str, int], step: str) -> str:
    return f"{places.get(step, '-')} {step}{'*' if step in labels.revised else ''}"
