"""Report → numbered sources: the only things that a draft may say anything from. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import count

from checker.drafting.nouns import Kind, Lent, Source
from checker.drafting.outline import DPIA_FACTS, DPIA_FINDINGS
from checker.drafting.strings import Words
from checker.masking import mask as masked
from checker.model.catalogue import Catalogue
from checker.model.project import Quote
from checker.model.report import Contradiction, FactReading, Finding, Question, Reason, Report, Verdict

_MEASURES = (Reason.DONE, Reason.PLANNED_BEFORE_USE)


def sources_of(report: Report, kind: Kind, catalogue: Catalogue, lent: Lent, language: str, mask: bool = True) -> tuple[Source, ...]:
    """What a draft of this kind may rest on, numbered from one.

    Passages that address the checker, and quotes that are not in the text, are in none of them.

    Args:
        mask: whether CPR numbers, mail addresses and phone numbers are written as x; drafts are sent around.
    """
    maker = _Maker(report, catalogue, lent, Words(language), mask)
    chosen = {Kind.MAIL: maker.for_mail, Kind.DPIA: maker.for_dpia, Kind.RATIONALE: maker.for_rationale}[kind]
    return tuple(chosen())


def gaps_of(report: Report, own: bool = False) -> list[Finding]:
    """Gaps, the most severe first, otherwise in the order of the report; `own`: with those of the municipality's own guidelines, last."""
    gaps = [f for f in report.by_verdict(Verdict.GAP) if own or not f.own]
    return sorted(gaps, key=lambda f: (f.own, f.severity.rank))


def is_measure(finding: Finding) -> bool:
    """Something that was read as done, or planned before use; what holds by definition (no probability) is no measure."""
    return finding.verdict is Verdict.MET and finding.reason in _MEASURES and finding.probability_met is not None and not finding.own


class _Maker:
    def __init__(self, report: Report, catalogue: Catalogue, lent: Lent, words: Words, mask: bool) -> None:
        self._report, self._catalogue, self._lent, self._words = report, catalogue, lent, words
        self._mask = mask
        self._text = hidden(report.text) if mask else report.text
        self._numbers = count(1)

    def for_mail(self) -> Iterator[Source]:
        yield from (self._finding(f) for f in gaps_of(self._report))
        yield from self._contradictions()
        yield from (self._question(q) for q in self._report.questions)

    def for_rationale(self) -> Iterator[Source]:
        yield from (self._finding(f) for f in gaps_of(self._report, own=True))

    def for_dpia(self) -> Iterator[Source]:
        for fact in DPIA_FACTS:
            if fact in self._report.facts and fact in self._catalogue.facts:
                yield self._fact(self._report.facts[fact])
        wanted = (Verdict.GAP, Verdict.ASK, Verdict.MET)
        for finding in self._report.findings:
            if finding.verdict in wanted and (finding.requirement in DPIA_FINDINGS or is_measure(finding)):
                yield self._finding(finding)
        yield from self._contradictions()

    def _fact(self, reading: FactReading) -> Source:
        spec = self._catalogue.facts[reading.fact]
        label, question = spec.label.get(self._words.language), spec.question.get(self._words.language)
        base = {"number": next(self._numbers), "item": reading.fact, "title": label}
        if not reading.known:
            return Source(**base, says="question", question=question, silent=True, lines=(self._words("line.silent", title=self._words.quote(label, 200)),))
        values = reading.value if isinstance(reading.value, tuple) else (str(reading.value).lower() if isinstance(reading.value, bool) else reading.value,)
        value = ", ".join(self._lent.value(v) for v in values)
        line = f"{label}: {value}."
        present = values not in (("false",), ("none",))  # what is not there is said of the whole text, not of one passage
        quotes = self._sound(reading.quotes) if present else ()
        return Source(**base, says="fact", status=value, reason=reading.origin, present=present, lines=(line,), asserts=(line,), quotes=quotes)

    def _finding(self, finding: Finding) -> Source:
        language = self._words.language
        reason, silent = self._lent.reason(finding)
        quotes = self._sound(finding.evidence) if finding.verdict in (Verdict.GAP, Verdict.MET) else ()
        silent = finding.verdict is Verdict.ASK or silent or (finding.verdict is Verdict.GAP and not quotes)
        title = finding.title.get(language)
        laws = self._lent.laws(finding)
        due = self._lent.day(finding.applicable_from) if finding.applicable_from and not finding.due_now else ""
        return Source(
            number=next(self._numbers),
            says=self._says(finding),
            item=finding.requirement,
            title=title,
            status=self._words(f"severity.{finding.severity.value}") if finding.verdict is Verdict.GAP else "",
            lines=tuple(self._lines(finding, reason, silent, title, [law.name for law in laws], due)),
            due=due,
            message=finding.message.get(language) if finding.verdict is Verdict.GAP else "",
            action=finding.action.get(language) if finding.verdict is Verdict.GAP else "",
            question=self._asked(finding),
            reason=reason,
            silent=silent,
            quotes=quotes,
            laws=laws,
        )

    @staticmethod
    def _says(finding: Finding) -> str:
        return {Verdict.GAP: "gap", Verdict.ASK: "ask"}.get(finding.verdict, "met")

    def _lines(self, finding: Finding, reason: str, silent: bool, title: str, laws: list[str], due: str) -> Iterator[str]:
        if finding.verdict is Verdict.ASK:
            yield self._words("line.open")
        elif finding.verdict is Verdict.GAP:
            quoted = self._words.quote(title, 200)
            yield self._words("line.silent" if silent else "line.missing", title=quoted)
            if not silent:
                yield self._words("line.short", reason=reason)
        if laws:
            yield self._words("line.law", laws=", ".join(laws))
        if due:
            yield self._words("line.due", date=due)

    def _asked(self, finding: Finding) -> str:
        """What is open decides what is asked: the fact, where it is unknown whether the duty applies."""
        if finding.verdict is Verdict.ASK and (facts := [f for f in finding.depends_on if f in self._catalogue.facts]):
            return self._catalogue.facts[facts[0]].question.get(self._words.language)
        return finding.question.get(self._words.language) if finding.verdict in (Verdict.GAP, Verdict.ASK) else ""

    def _question(self, question: Question) -> Source:
        spec = self._catalogue.facts.get(question.fact)
        title = spec.label.get(self._words.language) if spec else question.fact
        return Source(
            number=next(self._numbers), says="question", item=question.fact, title=title, silent=True, question=question.text.get(self._words.language)
        )

    def _contradictions(self) -> Iterator[Source]:
        for found in self._report.contradictions:
            if quotes := self._sound(found.quotes):
                yield self._contradiction(found, quotes)

    def _contradiction(self, found: Contradiction, quotes: tuple[Quote, ...]) -> Source:
        say = found.say.get(self._words.language)
        return Source(
            number=next(self._numbers),
            says="contradiction",
            item=found.rule,
            title=self._words("says.contradiction"),
            message=say,
            asserts=(say,),
            quotes=quotes,
        )

    def _sound(self, quotes: Iterable[Quote]) -> tuple[Quote, ...]:
        spoken = self._report.project.addresses_checker
        kept = {}
        for quote in quotes:
            to_tool = any(q.start < quote.end and quote.start < q.end for q in spoken) or self._lent.addresses(quote.text)
            if quote.text.strip() and not quote.orphaned and not to_tool:
                kept[quote.start, quote.end] = quote.model_copy(update={"text": self._shown(quote)})
        return tuple(kept.values())

    def _shown(self, quote: Quote) -> str:
        """Masked where it stands, so that a label before the quote still tells a phone number."""
        in_place = self._report.text[quote.start : quote.end] == quote.text
        if not self._mask:
            return quote.text
        return fully_hidden(self._text[quote.start : quote.end] if in_place else quote.text, self._lent.readable)


def fully_hidden(text: str, readable: Callable[[str], str]) -> str:
    """Masked; where a disguise takes more than one character (a circled twelve, a soft hyphen within), the text is folded first."""
    shown = hidden(text)
    folded = readable(shown)
    return shown if (safe := masked(folded)) == folded else safe


def hidden(text: str) -> str:
    """Masked, also where full-width or raised characters disguise a number; every character keeps its place."""
    crossed = masked("".join(map(_folded, text)))
    plain = masked(text)
    return "".join("x" if c == "x" and p != "x" and _folded(p) != "x" else p for p, c in zip(plain, crossed, strict=True))


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    form = unicodedata.normalize("NFKC", character)
    return form if len(form) == 1 else character
