"""Report → JSON, schema_version 1: what outsiders build on. Texts in the chosen language; ids, numbers and quotes as they are.

An orphaned quote or citation carries `"orphaned": true`; others lack the key, so that most of the file is the plain contract. What a
second reader said stands under `second` and `model`, which only reports with a language model have.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from checker.model.project import Quote, Span
from checker.model.reading import Second
from checker.model.report import Citation, Contradiction, FactReading, Finding, Report, StaleNote, Trace
from checker.report.names import Names

SCHEMA_VERSION = 1

# Characters that some readers take for the end of a line, and lone surrogates, which UTF-8 cannot hold.
_RISKY = re.compile("[\x85\u2028\u2029\ud800-\udfff]")


def to_json(report: Report, language: str, names: Names, *, with_text: bool = False, indent: int | None = 2) -> str:
    """With `indent=None` the whole report stands on one line (jsonl)."""
    written = json.dumps(as_data(report, language, names, with_text=with_text), ensure_ascii=False, allow_nan=False, indent=indent)
    return _RISKY.sub(lambda m: f"\\u{ord(m.group()):04x}", written) + "\n"


def as_data(report: Report, language: str, names: Names, *, with_text: bool = False) -> dict[str, Any]:
    data = {
        "schema_version": SCHEMA_VERSION,
        "language": language,
        "project": _project(report, language),
        "facts": {id_: _fact(reading) for id_, reading in report.facts.items()},
        "findings": [_finding(f, language, names) for f in report.findings],
        "contradictions": [_contradiction(c, language) for c in report.contradictions],
        "risk_class": report.risk_class.value,
        "risk_trace": _trace(report.risk_trace),
        "roles": list(report.role),
        "questions": [{"fact": q.fact, "question": q.text.get(language), "settles": q.settles, "requirements": list(q.requirements)} for q in report.questions],
        "receipt": report.receipt.model_dump(mode="json"),
    }
    if report.model is not None:
        data["model"] = report.model.model_dump(mode="json")
    return data | {"text": report.text} if with_text else data


def _project(report: Report, language: str) -> dict[str, Any]:
    project = report.project
    return {
        "title": project.title,
        "source": project.source,
        "language": project.language,
        "taken": [_span(s) for s in project.taken],
        "left_out": [_span(part.span) | {"title": part.title, "reason": part.reason} for part in project.left_out],
        "notes": list(project.notes),
        "addresses_checker": [_quote(q) for q in project.addresses_checker],
        "stale_references": [_stale(s, language) for s in project.stale],
    }


def _stale(stale: StaleNote, language: str) -> dict[str, Any]:
    return {"quote": _quote(stale.quote), "say": stale.say.get(language), "replaced_by": list(stale.replaced_by)}


def _span(span: Span) -> dict[str, Any]:
    return {"start": span.start, "end": span.end}


def _quote(quote: Quote) -> dict[str, Any]:
    data: dict[str, Any] = {"text": quote.text, "start": quote.start, "end": quote.end}
    return data | {"orphaned": True} if quote.orphaned else data


def _second(second: Second | None) -> dict[str, Any]:
    """The key and what stands under it; nothing where nobody read a second time."""
    if second is None:
        return {}
    return {
        "second": {
            "reader": second.reader,
            "value": second.value,
            "standing": second.standing.value,
            "quotes": [_quote(q) for q in second.quotes],
            "confidence": _number(second.confidence),
            "why": second.why,
        }
    }


def _fact(reading: FactReading) -> dict[str, Any]:
    data: dict[str, Any] = {
        "value": list(reading.value) if isinstance(reading.value, tuple) else reading.value,
        "quotes": [_quote(q) for q in reading.quotes],
        "origin": reading.origin,
        "probability": _number(reading.probability),
    }
    return data | _second(reading.second)


def _finding(finding: Finding, language: str, names: Names) -> dict[str, Any]:
    data: dict[str, Any] = {"requirement": finding.requirement, "title": finding.title.get(language), "group": finding.group}
    if names.core is not None:
        data["core"] = finding.requirement in names.core
    data |= {
        "verdict": finding.verdict.value,
        "reason": finding.reason.value,
        "severity": finding.severity.value,
        "message": finding.message.get(language),
        "action": finding.action.get(language),
        "question": finding.question.get(language),
        "evidence": [_quote(q) for q in finding.evidence],
        "citations": [_citation(c, language) for c in finding.citations],
        "applicable_from": finding.applicable_from.isoformat() if finding.applicable_from else None,
        "due_now": finding.due_now,
        "addressee": list(finding.addressee),
        "decided_by": finding.decided_by,
        "probability_met": _number(finding.probability_met),
        "margin": _number(finding.margin),
        "depends_on": list(finding.depends_on),
        "sub_checks": list(finding.sub_checks),
        "why": finding.why,
        "scope_trace": _trace(finding.trace) if finding.trace else None,
        "verified": finding.verified,
    }
    return data | _second(finding.second)


def citation_text(citation: Citation, language: str) -> tuple[str, str]:
    """(the source's words, their language): English only where the source has them in English."""
    return (citation.text_en, "en") if language == "en" and citation.text_en else (citation.text, "da")


def _citation(citation: Citation, language: str) -> dict[str, Any]:
    data: dict[str, Any] = {
        "provision": citation.provision,
        "source": citation.source,
        "title": citation.title.get(language),
        "text": citation_text(citation, language)[0],
        "kind": citation.kind,
        "url": citation.url,
        "verified": citation.verified.value,
    }
    return data | {"orphaned": True} if citation.orphaned else data


def _contradiction(contradiction: Contradiction, language: str) -> dict[str, Any]:
    return {
        "rule": contradiction.rule,
        "say": contradiction.say.get(language),
        "facts": list(contradiction.facts),
        "quotes": [_quote(q) for q in contradiction.quotes],
    }


def _trace(trace: Trace) -> dict[str, Any]:
    return {"label": trace.label, "truth": trace.truth.value, "value": trace.value, "parts": [_trace(p) for p in trace.parts]}


def _number(number: float | None) -> float | None:
    """JSON has no infinity and no not-a-number."""
    return number if number is not None and math.isfinite(number) else None
