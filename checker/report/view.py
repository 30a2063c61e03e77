"""What every written form of a report says, in its order and in its language: Markdown, HTML and console print this, nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from checker.model.law import Severity
from checker.model.report import Finding, Report, Verdict
from checker.report.names import Names
from checker.report.second import ModelView, model_view
from checker.report.view_basics import QuoteView, Row, chars, quote_views
from checker.report.view_parts import (
    ContradictionView,
    FactView,
    FindingView,
    LeftOutView,
    QuestionView,
    StaleView,
    TraceView,
    contradiction_view,
    fact_view,
    finding_view,
    question_view,
    stale_views,
    trace_view,
)
from checker.report.words import Words, one_line, printable

QUESTIONS_SHOWN = 7


@dataclass(frozen=True)
class Section:
    """A list of findings under one heading; `id` names it in the strings and in the page."""

    id: str
    findings: tuple[FindingView, ...]


@dataclass(frozen=True)
class ReportView:
    language: str
    title: str
    headline: str
    notice: str
    risk: str
    risk_say: str
    risk_reasons: tuple[Row, ...]
    risk_trace: TraceView
    roles: tuple[str, ...]
    todo: tuple[Section, ...]
    unjudged: tuple[FindingView, ...]
    questions: tuple[QuestionView, ...]
    questions_rest: tuple[QuestionView, ...]
    contradictions: tuple[ContradictionView, ...]
    stale: tuple[StaleView, ...]
    met: tuple[FindingView, ...]
    source: str
    taken: tuple[str, ...]
    left_out: tuple[LeftOutView, ...]
    notes: tuple[str, ...]
    addressed: tuple[QuoteView, ...]
    every: tuple[FindingView, ...]
    detailed: tuple[Section, ...]
    not_applicable: tuple[FindingView, ...]
    facts: tuple[FactView, ...]
    receipt: tuple[Row, ...]
    model: ModelView | None

    @property
    def facts_read_twice(self) -> bool:
        """Whether the facts need a column for what the second reader said."""
        return any(f.second is not None for f in self.facts)


def view(report: Report, words: Words, names: Names) -> ReportView:
    """The report in words. Every text that came from outside has passed `printable`."""
    shown = {f.requirement: finding_view(f, report, words, names) for f in report.findings}
    titles = {id_: f.title for id_, f in shown.items()}
    questions = tuple(question_view(q, words, titles) for q in report.questions)
    project = report.project
    return ReportView(
        language=words.language,
        title=printable(project.title).strip() or words("untitled"),
        headline=headline(report, words),
        notice=words("notice", as_of=words.date(report.receipt.as_of)),
        risk=words(f"risk.{report.risk_class.value}"),
        risk_say=words(f"risk_say.{report.risk_class.value}"),
        risk_reasons=tuple(Row(p.short, p.truth) for p in trace_view(report.risk_trace, words).parts),
        risk_trace=trace_view(report.risk_trace, words),
        roles=tuple(words.name("role", r) for r in report.role),
        todo=_todo(report, shown),
        unjudged=_views(report.by_verdict(Verdict.UNJUDGED), shown),
        questions=questions[:QUESTIONS_SHOWN],
        questions_rest=questions[QUESTIONS_SHOWN:],
        contradictions=tuple(contradiction_view(c, report, words) for c in report.contradictions),
        stale=stale_views(project.stale, report, words, names),
        met=_views(report.by_verdict(Verdict.MET), shown),
        source=printable(project.source),
        taken=tuple(chars(s.start, s.end, words) for s in project.taken),
        left_out=tuple(LeftOutView(printable(p.title), printable(p.reason), chars(p.span.start, p.span.end, words)) for p in project.left_out),
        notes=tuple(printable(n) for n in project.notes),
        addressed=quote_views(project.addresses_checker, report, words),
        every=tuple(shown.values()),
        detailed=_detailed(report, shown),
        not_applicable=_views(report.by_verdict(Verdict.NOT_APPLICABLE), shown),
        facts=tuple(fact_view(id_, f, report, words, names) for id_, f in report.facts.items()),
        receipt=_receipt(report, words),
        model=model_view(report, words) if report.model is not None else None,
    )


def headline(report: Report, words: Words) -> str:
    """The verdict in one sentence; what there is none of is left out, apart from gaps."""
    gaps = [f for f in report.by_verdict(Verdict.GAP) if not f.own]
    blockers = sum(f.severity is Severity.BLOCKER for f in gaps)
    said = words.count("sum.gaps", len(gaps)) if gaps else words("sum.gaps.none")
    if blockers:
        said += f", {words.count('sum.blockers', blockers)}"
    own = sum(f.own for f in report.by_verdict(Verdict.GAP))
    rest = {"own": own, "questions": len(report.questions), "unjudged": len(report.by_verdict(Verdict.UNJUDGED)), "contradictions": len(report.contradictions)}
    return "; ".join([said, *(words.count(f"sum.{key}", n) for key, n in rest.items() if n)]) + "."


def _views(findings: tuple[Finding, ...], shown: dict[str, FindingView]) -> tuple[FindingView, ...]:
    return tuple(shown[f.requirement] for f in findings)


def _todo(report: Report, shown: dict[str, FindingView]) -> tuple[Section, ...]:
    """Gaps by severity; what already bites stands before what bites later. The municipality's own guidelines have a section of their own."""
    gaps = sorted(report.by_verdict(Verdict.GAP), key=lambda f: (f.severity.rank, not f.due_now))
    kinds = {"blockers": (Severity.BLOCKER,), "majors": (Severity.MAJOR,), "minors": (Severity.MINOR, Severity.ADVICE)}
    law = (Section(id_, _views(tuple(f for f in gaps if f.severity in among and not f.own), shown)) for id_, among in kinds.items())
    own = tuple(f for f in gaps if f.own)
    return (*law, Section("own", _views(own, shown))) if own else tuple(law)


def _detailed(report: Report, shown: dict[str, FindingView]) -> tuple[Section, ...]:
    gaps = report.by_verdict(Verdict.GAP)
    rest = tuple(Section(v.value, _views(report.by_verdict(v), shown)) for v in (Verdict.ASK, Verdict.UNJUDGED, Verdict.MET))
    law, own = (Section(id_, _views(tuple(f for f in gaps if f.own is mine), shown)) for id_, mine in (("gap", False), ("own", True)))
    return (law, own, *rest)


def _receipt(report: Report, words: Words) -> tuple[Row, ...]:
    """A report without a language model has no lines about one."""
    receipt = report.receipt
    written = {
        "as_of": words.date(receipt.as_of),
        "made_at": words.time(receipt.made_at),
        "model": one_line(receipt.model),
        "prompts": one_line(", ".join(f"{name} {hash_}" for name, hash_ in receipt.prompts.items())),
    }
    said = {k: v for k, v in receipt.model_dump().items() if v or k not in ("model", "prompts")}
    return tuple(Row(words(f"receipt.{k}"), written.get(k) or printable(str(v)) or "–") for k, v in said.items())
