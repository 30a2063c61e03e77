"""What a draft says without a language model: the catalogue's sentences and the project's own words, put together by rule. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from checker.drafting import outline
from checker.drafting.ground import pieces
from checker.drafting.lexicon import CONSENT
from checker.drafting.nouns import Kind, Law, Section, Sentence, Source
from checker.drafting.sources import gaps_of, is_measure
from checker.drafting.strings import Words
from checker.model.law import Severity
from checker.model.project import Quote
from checker.model.report import Report

MAIL_CHARACTERS = 2600
"""Of sentences in a mail: with greeting and closing about a page. The report holds the rest."""
MAIL_BLOCKERS, MAIL_UNCLEAR, MAIL_QUESTIONS = 5, 2, range(3, 10)
"""At most so many blockers and contradictions; questions as many as there is room for, and these at least and at most."""
_QUOTE, _MAIL_QUOTE, _LAW = 320, 160, 260
_ASKED = 3
_NUMBERED = re.compile(r"^(?:\d+\.|§ \d+ ?\w?\.|\d+\)|Stk\. \d+\.)\s+")
_LIST = re.compile(r"(?<=:)\s+(?:a\)|1\)|a\.|i\))\s")


@dataclass(frozen=True)
class Plan:
    """A draft with nothing missing: `allowed` holds, for each section, the sources that a model may write from."""

    title: str
    opening: tuple[str, ...]
    sections: tuple[Section, ...]
    closing: tuple[str, ...]
    allowed: tuple[tuple[int, ...], ...]


def plan_of(report: Report, kind: Kind, sources: Sequence[Source], words: Words, title: str) -> Plan:
    """The draft as rules write it."""
    make = {Kind.MAIL: _mail, Kind.DPIA: _dpia, Kind.RATIONALE: _rationale}[kind]
    return make(report, _Book(sources, words), words, words.quote(title, 120) if title else words("untitled"))


class _Book:
    """Sources by what they are about, and sentences made of them."""

    def __init__(self, sources: Sequence[Source], words: Words) -> None:
        self.all, self._words = tuple(sources), words
        self._by_item = {(s.says in ("fact", "question"), s.item): s for s in sources}

    def facts(self, ids: Iterable[str], says: str) -> list[Source]:
        return [s for i in ids if (s := self._by_item.get((True, i))) and s.says == says]

    def findings(self, ids: Iterable[str]) -> list[Source]:
        return [s for i in ids if (s := self._by_item.get((False, i)))]

    def of(self, says: str) -> list[Source]:
        return [s for s in self.all if s.says == says]

    def sentence(self, key: str, *sources: Source, **values: object) -> Sentence:
        return Sentence(text=" ".join(self._words(key, **values).split()), sources=tuple(s.number for s in sources))

    def by_passage(self, facts: Sequence[Source], said: str, use: str) -> Iterator[Sentence]:
        """One sentence for each passage, with all that is read from it; what only follows from the use is told apart."""
        groups: dict[tuple[int, int, bool], list[Source]] = {}
        for fact in facts:
            if fact.quotes:
                groups.setdefault((fact.quotes[0].start, fact.quotes[0].end, fact.reason == "use"), []).append(fact)
        for (_, _, from_use), group in sorted(groups.items(), key=lambda g: (g[0][2], g[0][0])):
            quote = self._words.quote(group[0].quotes[0].text, _QUOTE)
            yield self.sentence(use if from_use else said, *group, quote=quote, facts="; ".join(map(_phrase, group)))
        if told := [f for f in facts if f.reason == "answered"]:
            yield self.sentence("dpia.answered", *told, facts="; ".join(map(_phrase, told)))

    def quoted(self, quotes: Sequence[Quote], most: int = _QUOTE) -> str:
        return " ".join(self._words.quote(q.text, most) for q in quotes)


def _phrase(fact: Source) -> str:
    """The label alone for a plain yes, else with the value."""
    label = _small(fact.title)
    return label if fact.status in ("ja", "yes") else f"{label}: {fact.status}"


def _small(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


# ---- the mail


def _mail(report: Report, book: _Book, words: Words, title: str) -> Plan:
    gaps = {f.requirement: f for f in gaps_of(report)}
    severe = [s for s in book.of("gap") if gaps[s.item].severity is Severity.BLOCKER]
    blockers = [_blocker(s, book, words) for s in severe[:MAIL_BLOCKERS]]
    unclear = [_unclear(s, book, _MAIL_QUOTE) for s in book.of("contradiction")[:MAIL_UNCLEAR]]
    asked = [*book.of("question"), *book.of("gap")]
    room = MAIL_CHARACTERS - sum(len(s.text) for s in (*blockers, *unclear))
    questions = list(_within(dict.fromkeys(Sentence(text=s.question, sources=(s.number,)) for s in asked if s.question), room))
    sections = [
        Section(id="blockers", title=words("mail.blockers"), lead=words("mail.blockers.lead"), sentences=tuple(blockers)),
        Section(id="unclear", title=words("mail.unclear"), lead=words("mail.unclear.lead"), sentences=tuple(unclear)),
        Section(id="questions", title=words("mail.questions"), lead=words("mail.questions.lead"), numbered=True, sentences=tuple(questions)),
    ]
    kept = tuple(s for s in sections if s.sentences)
    named = {n for s in kept for sentence in s.sentences for n in sentence.sources}
    left = [s for s in book.of("gap") if s.number not in named]
    more = {"gaps": len(left), "blockers": sum(s in severe for s in left), "questions": len(asked) - len(questions)}
    rest = (words("mail.rest", **more),) if more["gaps"] or more["questions"] else ()
    opening = (words("mail.hello"), words("mail.thanks" if kept else "mail.nothing", title=title))
    closing = (*rest, *((words("mail.close"),) if kept else ()), words("mail.bye"))
    return Plan(words("mail.title", title=title), opening, kept, closing, _own_sources(kept))


def _blocker(source: Source, book: _Book, words: Words) -> Sentence:
    if not source.quotes or source.silent:
        return Sentence(text=source.message, sources=(source.number,))
    said = words("said.reason", quote=book.quoted(source.quotes[:1], _MAIL_QUOTE), reason=source.reason)
    return book.sentence("mail.item", source, message=source.message, said=said)


def _unclear(source: Source, book: _Book, most: int = _QUOTE) -> Sentence:
    return book.sentence("dpia.unclear", source, say=source.message, quote=book.quoted(source.quotes, most))


def _within(sentences: Iterable[Sentence], room: int) -> Iterator[Sentence]:
    for n, sentence in enumerate(sentences):
        room -= len(sentence.text)
        if n >= MAIL_QUESTIONS.start and (room < 0 or n not in MAIL_QUESTIONS):
            return
        yield sentence


# ---- the impact assessment


def _dpia(report: Report, book: _Book, words: Words, title: str) -> Plan:
    parts = {
        "purpose": (*_read(book, outline.PURPOSE), *_duties(book, words, outline.PURPOSE_DUTIES)),
        "data": (*_read(book, outline.DATA), *_absent(book, outline.DATA)),
        "necessity": _duties(book, words, outline.NECESSITY),
        "risks": tuple(_risks(book)),
        "measures": tuple(_measures(report, book, words)),
    }
    sections = tuple(
        Section(id=name, title=words(f"dpia.{name}"), lead="" if sentences else words("dpia.nothing"), sentences=sentences) for name, sentences in parts.items()
    )
    return Plan(words("dpia.title", title=title), (words("dpia.opening"),), sections, (), _own_sources(sections))


def _read(book: _Book, ids: Iterable[str]) -> tuple[Sentence, ...]:
    ids = tuple(ids)
    known = [f for f in book.facts(ids, "fact") if f.present]
    return (*book.by_passage(known, "dpia.read", "dpia.use"), *_silent(book, book.facts(ids, "question")))


def _silent(book: _Book, sources: Iterable[Source]) -> tuple[Sentence, ...]:
    """What the text says nothing about, with the question."""
    return tuple(
        book.sentence("dpia.open" if s.says == "ask" else "dpia.silent", s, title=book._words.quote(s.title, 200), question=s.question) for s in sources
    )


def _absent(book: _Book, ids: Iterable[str]) -> Iterator[Sentence]:
    if none := [f for f in book.facts(ids, "fact") if not f.present]:
        yield book.sentence("dpia.no_sign", *none, facts="; ".join(_small(f.title) for f in none))


def _duties(book: _Book, words: Words, ids: Iterable[str]) -> tuple[Sentence, ...]:
    return tuple(_duty(s, book, words) for s in book.findings(ids))


def _duty(source: Source, book: _Book, words: Words) -> Sentence:
    if source.silent or not source.quotes:
        return _silent(book, [source])[0] if source.question else book.sentence("dpia.gap", source, message=source.title)
    key = "dpia.short" if source.says == "gap" else "dpia.met"
    return book.sentence(key, source, title=words.quote(source.title, 200), quote=book.quoted(source.quotes), reason=source.reason)


def _risks(book: _Book) -> Iterator[Sentence]:
    present = [f for f in book.facts(outline.RISKS, "fact") if f.present]
    yield from book.by_passage(present, "dpia.risk", "dpia.risk.use")
    yield from (_unclear(s, book) for s in book.of("contradiction"))
    for gap in book.findings(outline.RISK_DUTIES):
        if gap.says == "gap":
            yield book.sentence("dpia.gap", gap, message=gap.message)


def _measures(report: Report, book: _Book, words: Words) -> Iterator[Sentence]:
    described = [f for f in report.findings if is_measure(f)]
    written = False
    for finding in described:
        for source in book.findings([finding.requirement]):
            if source.quotes:
                key = f"dpia.measure.{'done' if finding.reason.value == 'done' else 'planned'}"
                yield book.sentence(key, source, title=words.quote(source.title, 200), quote=book.quoted(source.quotes))
                written = True
    if not written:
        yield from _silent(book, [s for s in book.findings(outline.MEASURES_ASKED) if s.silent and s.question][:_ASKED])


# ---- the rationale


def _rationale(report: Report, book: _Book, words: Words, title: str) -> Plan:
    due = {f.requirement: f for f in gaps_of(report, own=True)}
    sections = tuple(
        Section(id=s.item, title=f"{s.title} ({s.status})", sentences=tuple(_reasons(s, book, words)))
        for s in sorted(book.of("gap"), key=lambda s: list(due).index(s.item))
    )
    opening = () if sections else (words("rationale.none"),)
    return Plan(words("rationale.title", title=title), opening, sections, (), _own_sources(sections))


def _reasons(source: Source, book: _Book, words: Words) -> Iterator[Sentence]:
    law = next(iter(source.laws), None)
    if law is None:
        yield book.sentence("rationale.no_law", source, message=source.message)
    elif not (text := _law_text(law, source, words.language)):
        yield book.sentence("rationale.named", source, message=source.message, law=law.name)
    elif law.kind == "digest":
        yield book.sentence("rationale.summary", source, message=source.message, law=law.name, text=_shortened(text))
    else:
        yield book.sentence("rationale.law", source, message=source.message, law=law.name, quote=words.quote(text, _LAW))
    if source.silent or not source.quotes:
        yield book.sentence("rationale.silent", source, title=words.quote(source.title, 200))
    else:
        yield book.sentence("said.reason", source, quote=book.quoted(source.quotes), reason=source.reason)
    yield book.sentence("rationale.due" if source.due else "rationale.do", source, action=source.action, date=source.due)


def _law_text(law: Law, source: Source, language: str) -> str:
    """What of a provision a reason quotes: without its number, up to a list. Nothing in another language, and nothing that would hold out
    consent where the matter is not about it."""
    line = _NUMBERED.sub("", " ".join(law.text.split()))
    lead = _LIST.split(line, maxsplit=1)[0]
    held_out = CONSENT.search(lead[:_LAW]) and not CONSENT.search(source.message)
    return "" if law.language != language or held_out else lead


def _shortened(text: str) -> str:
    """Whole sentences, as many as fit; a first one that is longer ends in a mark."""
    line = " ".join(text.split())
    if len(line) <= _LAW:
        return line
    kept = ""
    for piece in pieces(line):
        if len(kept) + len(piece) > _LAW:
            break
        kept = f"{kept} {piece}".strip()
    return kept or line[:_LAW].rsplit(" ", 1)[0] + " …"


def _own_sources(sections: Sequence[Section]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(dict.fromkeys(n for sentence in s.sentences for n in sentence.sources)) for s in sections)
