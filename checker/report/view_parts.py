"""The parts of the view: one small frozen class and one function each."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from checker.model.law import Bilingual
from checker.model.report import Citation, Contradiction, FactReading, Finding, Question, Reason, Report, StaleNote, Trace, Verdict
from checker.report.contract import citation_text
from checker.report.names import Names
from checker.report.provision import provision_name
from checker.report.second import SecondView, Side, note_of, second_view, sides_of
from checker.report.view_basics import QuoteView, Row, quote_views
from checker.report.words import Words, printable

# These close a gap, unless the passage they rest on is missing or orphaned.
_CLOSING = (Reason.DONE, Reason.PLANNED_BEFORE_USE, Reason.DENIED_WITH_REASON)


MAIN_LAWS = 3
"""Provisions named to a project manager; the lawyer's part lists them all."""


@dataclass(frozen=True)
class LawView:
    id: str
    name: str
    title: str
    text: str
    language: str
    kind: str
    kind_id: str
    verified: str
    url: str | None
    orphaned: bool


@dataclass(frozen=True)
class TraceView:
    label: str
    short: str
    truth: str
    value: str
    parts: tuple[TraceView, ...]

    @property
    def line(self) -> str:
        """`label: truth`, with the value where it says more than the truth."""
        return f"{self.label}: {self.truth}" + (f" ({self.value})" if self.value and self.value != self.truth else "")


@dataclass(frozen=True)
class FindingView:
    id: str
    title: str
    verdict_id: str
    verdict: str
    severity_id: str
    severity: str
    reason: str
    silent: bool
    message: str
    action: str
    quotes: tuple[QuoteView, ...]
    laws: tuple[LawView, ...]
    due: str
    probability: str
    margin: str
    rows: tuple[Row, ...]
    trace: TraceView | None
    second: SecondView | None
    note: str
    sides: tuple[Side, ...]

    @property
    def short_laws(self) -> tuple[LawView, ...]:
        """One law of each name: two passages of the same paragraph are one reference to a project manager."""
        return tuple({law.name: law for law in reversed(self.laws)}.values())[::-1]

    @property
    def main_laws(self) -> tuple[LawView, ...]:
        """What a project manager needs: the main provisions, which stand first, and the municipality's own guideline."""
        laws = [law for law in self.short_laws if law.kind_id != "guideline"][:MAIN_LAWS]
        return (*laws, *[law for law in self.short_laws if law.kind_id == "guideline"])

    @property
    def more_laws(self) -> int:
        return len(self.short_laws) - len(self.main_laws)


@dataclass(frozen=True)
class QuestionView:
    question: str
    settles: str
    titles: tuple[str, ...]


@dataclass(frozen=True)
class ContradictionView:
    say: str
    quotes: tuple[QuoteView, ...]


@dataclass(frozen=True)
class StaleView:
    say: str
    now: tuple[str, ...]
    quotes: tuple[QuoteView, ...]


@dataclass(frozen=True)
class LeftOutView:
    title: str
    reason: str
    where: str


@dataclass(frozen=True)
class FactView:
    id: str
    label: str
    value: str
    origin: str
    certainty: str
    why: str
    quotes: tuple[QuoteView, ...]
    second: SecondView | None


def _said(text: Bilingual, words: Words) -> str:
    return printable(text.get(words.language))


def law_view(citation: Citation, words: Words, names: Names) -> LawView:
    text, language = citation_text(citation, words.language)
    return LawView(
        id=printable(citation.provision),
        name=printable(provision_name(citation.provision, names, words.language)),
        title=_said(citation.title, words),
        text=printable(text),
        language=language,
        kind=words(f"kind.{citation.kind}"),
        kind_id=citation.kind,
        verified=words(f"verified.{citation.verified.value}"),
        url=_web_address(citation.url),
        orphaned=citation.orphaned,
    )


def _web_address(url: str | None) -> str | None:
    """Only an address on the web becomes a link: `javascript:` and its kin in a corpus file must not."""
    if url is None or printable(url) != url or any(c.isspace() for c in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def trace_view(trace: Trace, words: Words) -> TraceView:
    parts = tuple(trace_view(p, words) for p in trace.parts)
    label = words.name("trace", printable(trace.label))
    if trace.label.startswith("count:"):
        label = words("trace.count") + trace.label.removeprefix("count")
    return TraceView(label, _short(trace, label, parts, words), words(f"truth.{trace.truth.value}"), words.name(*_valued(trace)), parts)


def _valued(trace: Trace) -> tuple[str, str]:
    """The root of the risk trace has a risk class for its value, all others a fact's value or a count."""
    return ("risk" if trace.label == "risk_class" else "value"), printable(trace.value)


def _short(trace: Trace, label: str, parts: tuple[TraceView, ...], words: Words) -> str:
    """A one-line label: `any` of two facts reads "a eller b", which a project manager can follow."""
    if trace.label in ("any", "all") and parts:
        joiner = words("or") if trace.label == "any" else words("and")
        return f" {joiner} ".join(p.short for p in parts)
    if trace.label == "not" and len(parts) == 1:
        return f"{words('not')} ({parts[0].short})"
    return label


def finding_view(finding: Finding, report: Report, words: Words, names: Names) -> FindingView:
    reason = _reason(finding)
    return FindingView(
        id=printable(finding.requirement),
        title=_said(finding.title, words),
        verdict_id=finding.verdict.value,
        verdict=words("verdict.own_gap" if _own_gap(finding) else f"verdict.{finding.verdict.value}"),
        severity_id=finding.severity.value,
        severity=words(f"severity.{finding.severity.value}") if finding.verdict in (Verdict.GAP, Verdict.ASK) else "–",
        reason=words(f"reason.{reason}"),
        silent=reason == "silent" and not finding.evidence,
        message=_said(finding.message, words),
        action=_said(finding.action, words),
        quotes=quote_views(finding.evidence, report, words),
        laws=tuple(law_view(c, words, names) for c in finding.citations),
        due=words("due", date=words.date(finding.applicable_from)) if finding.applicable_from and not finding.due_now else "",
        probability=words.decimal(finding.probability_met),
        margin=words.decimal(finding.margin, signed=True),
        rows=_rows(finding, words, names),
        trace=trace_view(finding.trace, words) if finding.trace else None,
        second=second_view(finding.second, "reason", report, words),
        note=note_of(finding, words),
        sides=sides_of(finding, words(f"reason.{reason}"), report, words),
    )


def _own_gap(finding: Finding) -> bool:
    return finding.own and finding.verdict is Verdict.GAP


def _reason(finding: Finding) -> str:
    """The reason's word; where it would puzzle beside what the report shows, or claim too much, it gets one of its own."""
    if _own_gap(finding):
        return "own_near" if any(not q.orphaned for q in finding.evidence) else "own_gap"
    if finding.own and finding.verdict is Verdict.MET:
        return "own_met"
    if finding.verdict is Verdict.GAP and finding.reason in _CLOSING:
        return "unproven"
    # A heading or an empty template field counts as silence, but "says nothing" under a quote would read as a mistake.
    if finding.reason is Reason.SILENT and any(not q.orphaned for q in finding.evidence):
        return "empty"
    return finding.reason.value


def _rows(finding: Finding, words: Words, names: Names) -> tuple[Row, ...]:
    """What a lawyer wants to know besides; empty ones are left out."""
    listed = {
        "field.question": _said(finding.question, words),
        "field.depends_on": ", ".join(names.fact(f, words.language) for f in finding.depends_on),
        "field.addressee": ", ".join(words.name("addressee", a) for a in finding.addressee),
        "field.sub_checks": ", ".join(finding.sub_checks),
        "field.decided_by": finding.decided_by,
        "field.reader": finding.why,
        "field.catalogue": words.name("verified", finding.verified),
    }
    return tuple(Row(words(key), printable(value)) for key, value in listed.items() if value)


def question_view(question: Question, words: Words, titles: dict[str, str]) -> QuestionView:
    return QuestionView(
        _said(question.text, words), words.count("settles", question.settles), tuple(titles.get(r, printable(r)) for r in question.requirements)
    )


def contradiction_view(contradiction: Contradiction, report: Report, words: Words) -> ContradictionView:
    return ContradictionView(_said(contradiction.say, words), quote_views(contradiction.quotes, report, words))


def stale_views(stale: tuple[StaleNote, ...], report: Report, words: Words, names: Names) -> tuple[StaleView, ...]:
    """One for each law that is gone, with every place that names it."""
    first = {note.say: note for note in reversed(stale)}
    return tuple(
        StaleView(
            say=_said(say, words),
            now=tuple(printable(provision_name(id_, names, words.language)) for id_ in note.replaced_by),
            quotes=quote_views(tuple(n.quote for n in stale if n.say == say), report, words),
        )
        for say, note in reversed(first.items())
    )


def fact_view(id_: str, reading: FactReading, report: Report, words: Words, names: Names) -> FactView:
    values = reading.value if isinstance(reading.value, tuple) else (str(reading.value).lower() if isinstance(reading.value, bool) else reading.value,)
    return FactView(
        id=printable(id_),
        label=printable(names.fact(id_, words.language)),
        value=", ".join(words.name("value", printable(v)) for v in values),
        origin=words(f"origin.{reading.origin}"),
        certainty=words.decimal(reading.probability),
        why=printable(reading.why),
        quotes=quote_views(reading.quotes, report, words),
        second=second_view(reading.second, "value", report, words),
    )
