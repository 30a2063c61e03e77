"""From the stream of lines and points that every format of an EU act gives, to citable passages with EUR-Lex ids.

The readers (eurlex.py, formex.py) only say what each line is; which passages follow from it is decided here, once, so that
two formats of one act give the same ids. A passage is a run of the stream, so its text always stands in the text of the whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from checker.errors import CorpusError
from checker.knowledge.points import Item, Line, Node, label_of, lifted, listed, render, render_clean
from checker.knowledge.references import links_in, settled
from checker.knowledge.words import language_of
from checker.model.legal import ActText, Language, LegalPassage, PassageKind

_ARTICLE = re.compile(r"(?:Artikel|Article)\s+(\d+)\s?([a-z]{0,2})$", re.IGNORECASE)
_ANNEX = re.compile(r"(?:BILAG|ANNEX)(?:\s+([IVXLC]+|\d+|[A-Z])([a-z]?))?$", re.IGNORECASE)
_SECTION = re.compile(r"(?:Section|Afsnit|Afdeling|Del|Part)\s+([A-Z]|\d+|[IVX]+)\b[\s.:—–-]*(.*)$")
_GROUP_NUMBER = re.compile(r"(\d+[a-z]?)\.\s+(.*)$")
_LOWER_DIVISION = re.compile(r"(?:Afdeling|Section|Underafdeling|Subsection)\b", re.IGNORECASE)
_PARAGRAPH = re.compile(r"[‘“»\"]?(\d+)\s?([a-z]{0,2})\.\s")
_RECITAL = re.compile(r"\((\d+)\)\s")
_AMENDING = re.compile(r"(?:Amendments?|Ændring(?:er)?)\s+(?:to|af|of)\b", re.IGNORECASE)
_LANGUAGES = {"da": "dansk / Danish", "en": "engelsk / English"}


@dataclass
class _Unit:
    """An article, a recital or an annex, as it is gathered."""

    kind: Literal["article", "recital", "annex"]
    number: str
    heading: tuple[str, ...] = ()
    label: str = ""
    anchor: str = ""
    title: list[str] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"{ {'article': 'art', 'recital': 'rct', 'annex': 'anx'}[self.kind] }_{self.number}"


@dataclass
class _Draft:
    id: str
    kind: PassageKind
    number: str
    heading: tuple[str, ...]
    title: str
    nodes: Sequence[Node]
    parent: str


def act_text(stream: Sequence[Node], act: str, language: Language, version: str, source: str) -> ActText:
    """The act as passages.

    Raises:
        CorpusError: no articles in it, the same article twice, or another language than said.
    """
    units = list(_units(stream))
    articles = [u.number for u in units if u.kind == "article"]
    if not articles:
        hint = "Fetch the act again, or look whether it is the right file."
        raise CorpusError(source, None, "no article was found in it; expected an act with articles.", hint)
    double = sorted({n for n in articles if articles.count(n) > 1})
    if double:
        raise CorpusError(source, None, f"article {', '.join(double)} stands in it more than once; expected each article once.", "Fetch the act again.")
    _check_language(render(stream), language, source)
    drafts = [d for unit in units for d in _drafts(unit)]
    return ActText(
        act=act,
        language=language,
        version=version,
        title=" ".join(n.text for n in stream if isinstance(n, Line) and n.role == "doc-title"),
        passages=tuple(_passages(drafts, act, language)),
        notes=_gaps(articles),
    )


def _check_language(text: str, language: Language, source: str) -> None:
    found = language_of(text)
    if found and found != language:
        raise CorpusError(
            source, None, f"the text is in another language ({_LANGUAGES.get(found, found)}) than said ({_LANGUAGES[language]}).",
            "Fetch the right language version, or say which language it is.",
        )


def _gaps(articles: Sequence[str]) -> tuple[str, ...]:
    """Consolidated texts leave out repealed articles, so a gap is said and is no error."""
    numbers = {int(re.match(r"\d+", n)[0]) for n in articles if n[:1].isdigit()}  # type: ignore[index]
    missing = [str(n) for n in range(1, max(numbers, default=0)) if n not in numbers]
    return (f"articles missing between the first and the last: {', '.join(missing)}",) if missing else ()


# The stream into articles, recitals and annexes.


def _units(stream: Sequence[Node]) -> Iterator[_Unit]:
    has_ids = any(n.anchor.startswith("art_") for n in stream)
    headings: list[str] = []
    unit: _Unit | None = None
    last_recital, last_article = 0, 0
    for node in stream:
        role = node.role if isinstance(node, Line) else ""
        if role in {"division", "division-title"} and not (unit and unit.kind == "annex"):
            headings = _division(headings, node, role)
            yield from _done(unit)
            unit = None
        elif role == "article" and (number := _article_number(node, unit, has_ids, last_article)):
            yield from _done(unit)
            last_article = int(re.match(r"\d+", number)[0])  # type: ignore[index]
            unit = _Unit("article", number, tuple(headings), node.text, node.anchor)
        elif role == "annex" and (found := _ANNEX.match(node.text)):
            yield from _done(unit)
            unit = _Unit("annex", (found[1] or "1") + (found[2] or ""), (), node.text, node.anchor)
        elif role == "end":
            yield from _done(unit)
            unit = None
        elif number := _recital_number(node, unit, has_ids, last_recital, last_article):
            yield from _done(unit)
            last_recital = int(number)
            unit = _Unit("recital", number)
            unit.nodes.append(node)
        elif unit and role in {"article-title", "annex-title"} and not unit.nodes:
            unit.title.append(node.text)
        elif unit and ((unit.kind == "recital" and node.anchor != unit.id) or (unit.anchor and node.anchor != unit.anchor)):
            yield from _done(unit)
            unit = None
        elif unit:
            unit.nodes.append(node)
    yield from _done(unit)


def _done(unit: _Unit | None) -> Iterator[_Unit]:
    if unit:
        yield unit


def _division(headings: list[str], node: Node, role: str) -> list[str]:
    if role == "division-title" and headings:
        return [*headings[:-1], f"{headings[-1]} {node.text}"]
    level = 1 if ".sct_" in node.anchor or _LOWER_DIVISION.match(node.text) else 0
    return [*headings[:level], node.text]


def _article_number(node: Node, unit: _Unit | None, has_ids: bool, last: int) -> str:
    """The article a title line opens, "" where it is quoted text of another act: those carry no id, or break the order."""
    if has_ids:
        number = node.anchor.removeprefix("art_") if node.anchor.startswith("art_") else ""
        return "" if unit and unit.kind == "article" and unit.number == number else number
    found = _ARTICLE.match(node.text)
    return found[1] + found[2] if found and int(found[1]) in {last, last + 1} else ""


def _recital_number(node: Node, unit: _Unit | None, has_ids: bool, last: int, last_article: int) -> str:
    if node.anchor.startswith("rct_"):
        return "" if unit and unit.kind == "recital" and unit.id == node.anchor else node.anchor.removeprefix("rct_")
    if has_ids or last_article:
        return ""
    if isinstance(node, Item):
        number = label_of(node.marker) if node.marker.startswith("(") or node.marker.endswith(")") else ""
    else:
        found = _RECITAL.match(node.text)
        number = found[1] if found else ""
    return number if number == str(last + 1) else ""


# Each of them into passages.


def _drafts(unit: _Unit) -> Iterator[_Draft]:
    title = " ".join(unit.title)
    if unit.kind == "recital":
        yield _Draft(unit.id, "recital", unit.number, (), "", unit.nodes, unit.id)
        return
    heading = (*unit.heading, f"{unit.label} {title}".strip())
    yield _Draft(unit.id, unit.kind, unit.number, heading, title, unit.nodes, unit.id)
    taken = {unit.id}
    if unit.kind == "annex":
        yield from _annex(unit.nodes, unit.id, unit.id, heading, title, taken)
        return
    yield from _text(_paragraphs(unit.nodes), unit.id, unit.id, heading, title, taken)


def _text(
    groups: Sequence[tuple[str, Sequence[Node]]], base: str, unit: str, heading: tuple[str, ...], title: str, taken: set[str], above: str | None = None
) -> Iterator[_Draft]:
    for number, nodes in groups:
        if number:
            paragraph = free(f"{base}.par_{number}", taken)
            yield _Draft(paragraph, "paragraph", number, heading, title, nodes, unit)
            yield from _points(nodes, paragraph, unit, heading, title, taken)
        else:
            yield from _points(nodes, base, unit, heading, title, taken, above)


def _inserted(item: Item) -> Sequence[tuple[str, Sequence[Node]]]:
    """What a point holds. Points of an amending article hold the numbered paragraphs they insert, which EUR-Lex marks and counts as such."""
    if any(n.para != item.para for n in item.nodes):
        return _paragraphs([n if n.para != item.para else replace(n, para="") for n in item.nodes])
    return [("", item.nodes)]


def _paragraphs(nodes: Sequence[Node]) -> list[tuple[str, list[Node]]]:
    """Numbered paragraphs with their number, what stands between them with none."""
    has_keys = any(n.para for n in nodes)
    groups: list[tuple[str, str, list[Node]]] = []
    last = (0, "")
    for node in nodes:
        if has_keys:
            key = node.para
            new = not groups or groups[-1][0] != key
            number = _paragraph_number(node, key) if key and new else ""
        else:
            found = None if isinstance(node, Item) else re.match(r"(\d+)\s?([a-z]{0,2})\.\s", node.text)
            next_one = (int(found[1]), found[2]) if found else (0, "")
            follows = next_one == (last[0] + 1, "") or (last[0] and next_one[0] == last[0] and next_one[1] > last[1])
            new, number = not groups or bool(follows), f"{next_one[0]}{next_one[1]}" if follows else ""
            last = next_one if follows else last
            key = number
        if new:
            groups.append((key, number, [node]))
        else:
            groups[-1][2].append(node)
    return [(number, found) for _, number, found in groups]


def _paragraph_number(node: Node, key: str) -> str:
    found = _PARAGRAPH.match(node.text)
    return f"{found[1]}{found[2]}" if found else (key.rsplit(".", 1)[-1].lstrip("0") or "0")


def _annex(nodes: Sequence[Node], base: str, unit: str, heading: tuple[str, ...], title: str, taken: set[str]) -> Iterator[_Draft]:
    """Annexes have sections ("Section A") and numbered groups ("1. Introduction"), both marked by a title line."""
    loose, sections = _cut(nodes, _SECTION)
    yield from _groups(loose, base, unit, heading, title, taken)
    for number, rest, run in sections:
        name = rest or (run[1].text if len(run) > 1 and isinstance(run[1], Line) and run[1].role == "group" else "")
        section = free(f"{base}.sct_{number}", taken)
        way = (*heading, f"{run[0].text} {name}".strip() if not rest else run[0].text)
        yield _Draft(section, "section", number, way, name or title, run, unit)
        yield from _groups(run[1:], section, unit, way, name or title, taken)


def _groups(nodes: Sequence[Node], base: str, unit: str, heading: tuple[str, ...], title: str, taken: set[str]) -> Iterator[_Draft]:
    loose, groups = _cut(nodes, _GROUP_NUMBER)
    yield from _points(loose, base, unit, heading, title, taken)
    for number, name, run in groups:
        point = free(f"{base}.pnt_{number}", taken)
        yield _Draft(point, "point", number, heading, title, run, unit)
        yield from _points(run[1:], point, unit, (*heading, f"{number}. {name}"), title, taken, above=number)


def _cut(nodes: Sequence[Node], pattern: re.Pattern[str]) -> tuple[list[Node], list[tuple[str, str, list[Node]]]]:
    loose: list[Node] = []
    runs: list[tuple[str, str, list[Node]]] = []
    for node in nodes:
        found = pattern.match(node.text) if isinstance(node, Line) and node.role in {"group", "division"} else None
        if found:
            runs.append((found[1], found[2], [node]))
        elif runs:
            runs[-1][2].append(node)
        else:
            loose.append(node)
    return loose, runs


def _points(
    nodes: Sequence[Node], base: str, unit: str, heading: tuple[str, ...], title: str, taken: set[str], above: str | None = None
) -> Iterator[_Draft]:
    """The points of a paragraph, and theirs. A second list with the same letters is told apart by its subparagraph: `sub_2`."""
    for subparagraph, items in listed(lifted(nodes)):
        for point, number, item in _named(items, base, subparagraph, above, taken):
            yield _Draft(point, "point", number, heading, title, [item], unit)
            yield from _text(_inserted(item), point, unit, heading, title, taken, above=number)


def _named(items: Sequence[Item], base: str, subparagraph: int, above: str | None, taken: set[str]) -> list[tuple[str, str, Item]]:
    """Their ids. All of a list are named before what lies in them, so that `pnt_a.i` never meets a list's own `i`."""
    labels = [label_of(i.marker) or f"idt_{n}" for n, i in enumerate(items, 1)]
    short = [x.removeprefix(f"{above}.") for x in labels]
    wanted = [x if above is not None or x.startswith("idt_") else f"pnt_{x}" for x in short]
    inner = base if not any(f"{base}.{w}" in taken for w in wanted) else f"{base}.sub_{subparagraph}"
    return [(free(f"{inner}.{w}", taken), x.removeprefix("idt_"), i) for w, x, i in zip(wanted, labels, items, strict=True)]


def free(id_: str, taken: set[str]) -> str:
    """The id, or the first of `id_2`, `id_3`, … that is free: damaged or quoted text never makes two passages share one."""
    found, n = id_, 2
    while found in taken:
        found, n = f"{id_}_{n}", n + 1
    taken.add(found)
    return found


def _passages(drafts: Iterable[_Draft], act: str, language: Language) -> Iterator[LegalPassage]:
    drafts = list(drafts)
    ids = {f"{act}:{d.id}" for d in drafts}
    for order, d in enumerate(drafts):
        own, clean = f"{act}:{d.id}", render_clean(d.nodes)
        # "In Article 17 the following is added" in an amending article is Article 17 of the amended act.
        links = () if _AMENDING.match(d.title) else links_in(clean, act, own, language)
        yield LegalPassage(
            id=own, act=act, language=language, kind=d.kind, number=d.number, heading=d.heading, title=d.title, text=render(d.nodes), clean=clean,
            parent=f"{act}:{d.parent}", order=order, links=settled(links, own, act, ids),
        )
