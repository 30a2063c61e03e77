"""An entry for a public algorithm register, as far as the description itself can be quoted for it. Pure.

Every field is filled from facts and findings that carry a passage, and names that passage; where there is none, the field is empty. What
no fact tells, a municipality writes itself: who is responsible, and whom to ask.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from checker.adapters.written.strings import STRINGS
from checker.masking import mask
from checker.model.project import Quote
from checker.model.report import FactReading, Finding, Report, RiskClass, Verdict
from checker.report.names import Names
from checker.report.words import Words, printable

SCHEMA_VERSION: Final = 1
FIELDS: Final = (
    "name", "purpose", "organisation", "status", "ai_act_class", "legal_basis", "data_categories", "human_oversight", "dpia_status", "contact",
)  # fmt: skip

_CATEGORIES: Final = (
    "processes_personal_data", "special_categories", "cpr_numbers", "criminal_offence_data", "confidential_data", "location_data",
    "biometric_identification", "affects_children", "vulnerable_persons", "data_subjects_employees",
)  # fmt: skip
_CLASS: Final = ("prohibited_practice_hint", "is_ai_system", "annex_iii_use", "annex_iii_area", "citizen_facing", "generates_public_content")
_BASIS: Final = ("gdpr-lawful-basis", "gdpr-clear-supplementary-basis", "gdpr-special-categories", "fr-hjemmel")
_OVERSIGHT: Final = ("ai-act-human-oversight", "kl-human-in-control", "gdpr-automated-decisions")
_DPIA: Final = "gdpr-dpia"


def register_entry(report: Report, language: str, names: Names) -> dict[str, Any]:
    words, t = Words(language), STRINGS[language]
    found = {f.requirement: f for f in report.findings}
    filled = {
        "name": _name(report),
        "purpose": _purpose(report),
        "status": _value(report.facts.get("project_phase"), words),
        "ai_act_class": _class(report, words),
        "legal_basis": _met(found, _BASIS),
        "data_categories": _categories(report, names, language),
        "human_oversight": _met(found, _OVERSIGHT),
        "dpia_status": _dpia(found.get(_DPIA), words),
    }
    fields = {key: {"label": t[f"register.{key}"]} | filled.get(key, _field("")) for key in FIELDS}
    receipt = report.receipt.model_dump(mode="json")
    return {"schema_version": SCHEMA_VERSION, "language": language, "notice": t["register.notice"], "fields": fields, "receipt": receipt}


def to_json(report: Report, language: str, names: Names) -> bytes:
    return (json.dumps(register_entry(report, language, names), ensure_ascii=False, indent=2) + "\n").encode(errors="replace")


def _field(value: str | list[str], sources: Iterable[dict[str, Any]] = ()) -> dict[str, Any]:
    """A value without a source is no value."""
    named = list(sources)
    return {"value": value if named else ([] if isinstance(value, list) else ""), "sources": named}


def _sources(key: str, id_: str, quotes: Iterable[Quote]) -> list[dict[str, Any]]:
    """Each passage and what it is the source of. The place is that in the unmasked text."""
    return [{key: id_, "text": _public(q.text), "start": q.start, "end": q.end} for q in quotes if not q.orphaned]


def _public(text: str) -> str:
    return mask(printable(text))


def _name(report: Report) -> dict[str, Any]:
    """The title, where the description itself says it: a file's name is none."""
    title = report.project.title.strip()
    start = report.text.find(title) if title else -1
    quotes = [Quote.of(report.text, start, start + len(title))] if start >= 0 else []
    return _field(_public(title), _sources("project", "title", quotes))


def _purpose(report: Report) -> dict[str, Any]:
    """The passages that told the reader which use this is."""
    told = [(fact, q) for fact, reading in report.facts.items() if reading.origin == "use" for q in reading.quotes]
    first = {(q.start, q.end): (fact, q) for fact, q in reversed(told)}
    sources = [s for fact, q in sorted(first.values(), key=lambda found: found[1].start) for s in _sources("fact", fact, [q])]
    return _field([s["text"] for s in sources], sources)


def _value(reading: FactReading | None, words: Words) -> dict[str, Any]:
    if reading is None or not reading.known:
        return _field("")
    values = reading.value if isinstance(reading.value, tuple) else (str(reading.value).lower(),)
    return _field(", ".join(words.name("value", printable(v)) for v in values), _sources("fact", reading.fact, reading.quotes))


def _class(report: Report, words: Words) -> dict[str, Any]:
    if report.risk_class is RiskClass.UNCLEAR:
        return _field("")
    decisive = [report.facts[f] for f in _CLASS if f in report.facts and report.facts[f].known]
    return _field(words(f"risk.{report.risk_class.value}"), [s for f in decisive for s in _sources("fact", f.fact, f.quotes)])


def _met(found: dict[str, Finding], requirements: Iterable[str]) -> dict[str, Any]:
    """Only what the description settles: the words of a gap say what is not there."""
    met = [found[r] for r in requirements if r in found and found[r].verdict is Verdict.MET]
    sources = [s for f in met for s in _sources("requirement", f.requirement, f.evidence)]
    return _field(list(dict.fromkeys(s["text"] for s in sources)), sources)


def _categories(report: Report, names: Names, language: str) -> dict[str, Any]:
    held = [report.facts[f] for f in _CATEGORIES if f in report.facts and report.facts[f].value is True]
    cited = [(f, sources) for f in held if (sources := _sources("fact", f.fact, f.quotes))]
    return _field([printable(names.fact(f.fact, language)) for f, _ in cited], [s for _, sources in cited for s in sources])


def _dpia(finding: Finding | None, words: Words) -> dict[str, Any]:
    """How far it is, in the words of the finding's reason: also "planned for after use", which is a gap."""
    if finding is None or finding.verdict not in (Verdict.MET, Verdict.GAP):
        return _field("")
    return _field(words(f"reason.{finding.reason.value}"), _sources("requirement", finding.requirement, finding.evidence))
