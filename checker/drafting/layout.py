"""A draft as Markdown. The mark stands first; every sentence ends with the numbers of its sources, which are listed at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from checker.drafting.nouns import Draft, Kind, Law, Section, Source
from checker.drafting.strings import Words


def as_markdown(draft: Draft, escaped: Callable[[str], str], day: Callable[..., str]) -> str:
    """The draft to read and copy from.

    Args:
        escaped: makes a text show as itself in Markdown: quotes come from whoever wrote the description.
        day: a date as people write it.
    """
    words = Words(draft.language)
    made = draft.receipt
    when = words("made", as_of=day(made.as_of), reader=made.reader, made=day(made.made_at), checker=made.checker)
    lines = [f"> **{escaped(draft.mark)}**", "", f"> {escaped(when)}"]
    for note in draft.notes:
        lines += ["", f"> {escaped(note)}"]
    lines += ["", f"# {escaped(draft.title)}"]
    for line in draft.opening:
        lines += ["", escaped(line)]
    for number, section in enumerate(draft.sections, 1):
        lines += ["", *_section(section, number if draft.kind is not Kind.MAIL else 0, escaped)]
    for line in draft.closing:
        lines += ["", escaped(line)]
    if draft.sources:
        lines += ["", "---", "", f"## {words('sources')}", ""]
        for source in draft.sources:
            lines += _source(source, words, escaped)
    return "\n".join(lines) + "\n"


def _section(section: Section, number: int, escaped: Callable[[str], str]) -> Iterator[str]:
    yield f"## {f'{number}. ' if number else ''}{escaped(section.title)}"
    yield ""
    if section.lead:
        yield escaped(section.lead)
        yield ""
    for n, sentence in enumerate(section.sentences, 1):
        marks = "".join(f"\\[{s}\\]" for s in sentence.sources)
        yield f"{f'{n}.' if section.numbered else '-'} {escaped(sentence.text)} {marks}"


def _source(source: Source, words: Words, escaped: Callable[[str], str]) -> Iterator[str]:
    status = f", {source.status}" if source.status else ""
    yield f"- \\[{source.number}\\] {escaped(source.title)} ({words(f'says.{source.says}')}{escaped(status)}; `{source.item}`)"
    for quote in source.quotes:
        where = words("chars", start=quote.start, end=quote.end)
        yield f"    - {words('words')}: {escaped(words('quote').format(shown(quote.text)))} ({where})"
    for law in source.laws:
        yield f"    - {words('law')}: {_linked(law, escaped)} ({_kind(law, words)})"


def shown(quote: str) -> str:
    """A quote on one line. A plain row of a table loses its bars: the cells are the project's words, the bars are Markdown's."""
    line = " ".join(quote.split())
    row = len(line) > 2 and line.startswith("|") and line.endswith("|") and "\\|" not in line and "`" not in line
    return " · ".join(cell.strip() for cell in line[1:-1].split("|") if cell.strip()) if row else line


def _linked(law: Law, escaped: Callable[[str], str]) -> str:
    name = f"{escaped(law.name)}, {escaped(law.title)}"
    return f"[{name}](<{law.url}>)" if law.url and not set("<>\\") & set(law.url) else name


def _kind(law: Law, words: Words) -> str:
    return words({"verbatim": "verbatim", "digest": "summary", "guideline": "guideline"}[law.kind])
