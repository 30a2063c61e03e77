"""A draft (mail, impact assessment, reasons) as a Word document: the order and the words of its Markdown form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from checker.adapters.written.word import LAW, PROJECT, Writer
from checker.drafting.nouns import Draft, Kind, Law, Section, Source
from checker.drafting.strings import Words
from checker.report.words import printable

_KINDS = {"verbatim": "verbatim", "digest": "summary", "guideline": "guideline"}


def draft_docx(draft: Draft, day: Callable[[date], str]) -> bytes:
    """Args: `day`: a date as people write it."""
    w, words = Writer(printable(draft.title), draft.language, draft.receipt.made_at), Words(draft.language)
    made = draft.receipt
    w.heading(printable(draft.title), 0)
    w.paragraph(printable(draft.mark), bold=True)
    w.paragraph(words("made", as_of=day(made.as_of), reader=printable(made.reader), made=day(made.made_at.date()), checker=made.checker), "Small")
    for line in (*draft.notes, *draft.opening):
        w.paragraph(printable(line))
    for number, section in enumerate(draft.sections, 1):
        _section(w, section, number if draft.kind is not Kind.MAIL else 0)
    for line in draft.closing:
        w.paragraph(printable(line))
    if draft.sources:
        w.heading(words("sources"), 1)
    for source in draft.sources:
        _source(w, source, words)
    return w.saved()


def _section(w: Writer, section: Section, number: int) -> None:
    w.heading(f"{f'{number}. ' if number else ''}{printable(section.title)}", 1)
    if section.lead:
        w.paragraph(printable(section.lead))
    for n, sentence in enumerate(section.sentences, 1):
        said = f"{n}. {sentence.text}" if section.numbered else sentence.text
        made = w.paragraph(printable(said), None if section.numbered else "List Bullet")
        for source in sentence.sources:
            w.run(made, " ")
            w.link(made, f"[{source}]", bookmark=f"source_{source}")


def _source(w: Writer, source: Source, words: Words) -> None:
    w.heading(f"[{source.number}] {printable(source.title)}", 2, f"source_{source.number}")
    status = f", {printable(source.status)}" if source.status else ""
    w.paragraph(f"{words(f'says.{source.says}')}{status}; {printable(source.item)}", "Small")
    for quote in source.quotes:
        w.paragraph(printable(quote.text), PROJECT)
        w.paragraph(words("chars", start=quote.start, end=quote.end), "Small")
    for law in source.laws:
        _law(w, law, words)


def _law(w: Writer, law: Law, words: Words) -> None:
    made: Any = w.paragraph()
    name = printable(f"{law.name}, {law.title}")
    if law.url:
        w.link(made, name, url=law.url)
    else:
        w.run(made, name)
    w.run(made, f" ({words(_KINDS[law.kind])})")
    w.run(w.paragraph(style=LAW), printable(law.text), language=law.language)
