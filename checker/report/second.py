"""What the report says of a second reader: the panel about the language model, and its answer beside each finding and fact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from checker.model.law import Severity
from checker.model.reading import ModelReading, Second, Standing
from checker.model.report import Finding, Report
from checker.report.view_basics import QuoteView, Row, chars, quote_views
from checker.report.words import Words, one_line

_DISAGREE = (Standing.OPENED, Standing.DISPUTED)


@dataclass(frozen=True)
class SecondView:
    """What the second reader said of one item, and what became of it. `why`: why its answer was not used."""

    standing_id: str
    standing: str
    reader: str
    value: str
    confidence: str
    why: str
    rows: tuple[Row, ...]
    quotes: tuple[QuoteView, ...]

    @property
    def line(self) -> str:
        """All of it in a line, for the cell of a table."""
        return " · ".join(filter(None, (self.standing, self.value, self.confidence, self.why)))


@dataclass(frozen=True)
class Side:
    """One of two readers that disagree: what it says, where it takes it from, and what to print where that is nowhere."""

    says: str
    quotes: tuple[QuoteView, ...]
    nowhere: str


@dataclass(frozen=True)
class ModelView:
    """The panel. `trust`: whether its answers count, and what to do where not; `broken`: that it did not answer all; empty where it did."""

    trust: str
    broken: str
    rows: tuple[Row, ...]


def second_view(second: Second | None, values: str, report: Report, words: Words) -> SecondView | None:
    """Args: `values`: the kind of word that its value is, `reason` for evidence and `value` for facts."""
    if second is None:
        return None
    standing, value, why = words(f"standing.{second.standing.value}"), _value(second, values, words), words.name("second_why", one_line(second.why))
    listed = {
        "second.value": value,
        "second.confidence": words.percent(second.confidence),
        "second.why": why,
        "second.reader": one_line(second.reader),
    }
    return SecondView(
        standing_id=second.standing.value,
        standing=standing,
        reader=listed["second.reader"],
        value=value,
        confidence=listed["second.confidence"],
        why=why,
        rows=tuple(Row(words(key), text) for key, text in listed.items() if text),
        quotes=quote_views(second.quotes, report, words),
    )


def note_of(finding: Finding, words: Words) -> str:
    """What a project manager must know of the second reading; nothing where it changes nothing to look at."""
    second = finding.second
    if second is None:
        return ""
    if second.standing is Standing.FOUND and second.quotes:
        return words("second.found")
    return words("second.disagree") if _matters(finding, second) else ""


def sides_of(finding: Finding, reason: str, report: Report, words: Words) -> tuple[Side, ...]:
    """Both readings, the one that counts first; none where the two do not disagree on anything serious.

    Args: `reason`: the finding's reason in words.
    """
    second = finding.second
    if second is None or not _matters(finding, second):
        return ()
    model = Side(words("second.model_says", value=_value(second, "reason", words)), quote_views(second.quotes, report, words), words("no_passage"))
    if second.standing is Standing.DISPUTED:
        return (Side(words("second.rules_say", value=reason), quote_views(finding.evidence, report, words), words("no_passage")), model)
    # Reopened: the finding carries both readers' passages, and only what closes a gap can be reopened.
    places = {(q.start, q.end, q.text) for q in second.quotes}
    rules = tuple(q for q in finding.evidence if (q.start, q.end, q.text) not in places)
    return (model, Side(words("second.rules_say", value=words("second.closed")), quote_views(rules, report, words), words("second.no_other")))


def _matters(finding: Finding, second: Second) -> bool:
    return second.standing in _DISAGREE and finding.severity.rank <= Severity.MAJOR.rank


def _value(second: Second, values: str, words: Words) -> str:
    """The answer in words; what no list of ours knows stands as it is."""
    value = one_line(second.value)
    return words.name(values, "other_project" if values == "reason" and value == "other" else value)


def model_view(report: Report, words: Words) -> ModelView | None:
    model = report.model
    if model is None:
        return None
    listed = {
        "model.name": one_line(model.model),
        "model.broken.why": words.name("broken_off", one_line(model.broken_off)),
        "model.asked": words(f"model.asked.{model.mode}", n=model.asked),
        "model.answered": words("model.answered.cached", n=model.answered, cached=model.from_cache) if model.from_cache else str(model.answered),
        "model.unread": str(model.unread),
        "model.read": _read(model, words),
        "model.standings": "; ".join(_standings(report, words)),
        "model.exam": one_line(model.exam),
    }
    return ModelView(
        trust=words("model.trusted" if model.trusted else "model.untrusted"),
        broken=words("model.broken") if model.broken_off else "",
        rows=tuple(Row(words(key), text) for key, text in listed.items() if text),
    )


def _read(model: ModelReading, words: Words) -> str:
    """A model that was shown nothing has not read the whole text, though no prompt lacked a part of it."""
    if not model.read:
        return words("model.read.nothing")
    if model.whole:
        return words("model.read.whole")
    return words("model.read.parts", where=", ".join(chars(s.start, s.end, words) for s in model.read))


def _standings(report: Report, words: Words) -> Iterator[str]:
    """How many answers came to what, over the findings and facts of the report."""
    seconds = [*(f.second for f in report.findings), *(f.second for f in report.facts.values())]
    found = Counter(s.standing for s in seconds if s is not None)
    return (f"{words(f'standing.{s.value}')} ({found[s]})" for s in Standing if found[s])
