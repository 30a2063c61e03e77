"""A report as what a system said; every quote is compared with the text once more."""

from __future__ import annotations

from checker.evaluation.records import AskedQuestion, Said
from checker.model.project import Quote
from checker.model.report import Report, Verdict

_JUDGED = (Verdict.GAP, Verdict.MET)
_DIGITS = 6
"""Later digits depend on how many threads added the numbers up."""


def said_of(report: Report, rounds: int | None = None) -> Said:
    """All that is scored. Quotes that are not in the text are left out of the evidence and counted as invalid."""
    quotes = [q for f in report.findings for q in f.evidence]
    quotes += [q for r in report.facts.values() for q in r.quotes]
    quotes += [q for c in report.contradictions for q in c.quotes]
    invalid = sum(_invalid(q, report.text) for q in quotes) + sum(c.orphaned for f in report.findings for c in f.citations)
    judged = [f for f in report.findings if f.verdict in _JUDGED]
    return Said(
        verdicts={f.requirement: f.verdict.value for f in report.findings},
        reasons={f.requirement: f.reason.value for f in report.findings},
        probabilities={f.requirement: round(f.probability_met, _DIGITS) for f in judged if f.probability_met is not None},
        risk_class=report.risk_class.value,
        facts={k: r.value for k, r in report.facts.items()},
        fact_probabilities={k: round(r.probability, _DIGITS) for k, r in report.facts.items() if r.known and r.origin in ("text", "use")},
        evidence={f.requirement: sound for f in report.findings if (sound := tuple(q for q in f.evidence if not _invalid(q, report.text)))},
        citations={f.requirement: tuple(c.provision for c in f.citations) for f in report.findings if f.citations and f.verdict is Verdict.GAP},
        contradictions=tuple(c.rule for c in report.contradictions),
        questions=tuple(AskedQuestion(fact=q.fact, settles=q.settles) for q in report.questions),
        rounds=rounds,
        invalid_quotes=invalid,
    )


def _invalid(quote: Quote, text: str) -> bool:
    return quote.orphaned or not quote.text or text[quote.start : quote.end] != quote.text
