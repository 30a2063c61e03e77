"""Lines and points: what the readers of EU acts hand on, and how lists are told from running text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from checker.knowledge.words import published, searchable


@dataclass(frozen=True)
class Line:
    """A block of text. `role` says what it is in the act ("article", "division", "group", …; "" is text), `anchor` in which
    article, recital or annex it stands as far as the file says so, `para` the key of its numbered paragraph."""

    raw: str
    role: str = ""
    anchor: str = ""
    para: str = ""

    @property
    def text(self) -> str:
        return published(self.raw)


@dataclass(frozen=True)
class Item:
    """A point: its mark ("a)", "(ii)", "—") and what it holds. `quoted` ones belong to another act that is amended here."""

    marker: str
    nodes: tuple[Node, ...]
    anchor: str = ""
    para: str = ""
    quoted: bool = False

    @property
    def text(self) -> str:
        return render([self])


Node = Line | Item

MARK = re.compile(r"[‘’“”»«\"]*\(?(?:\d+(?:\.\d+)*(?:\s?[a-z]{1,2})?|[a-zæøå]{1,2}|[A-Z]|[ivxlc]+|[IVXLC]+)(?:\)|\.|\.\))|[—–•-]")
"""What stands in the narrow column before a point."""
# A point in running text: "7)   »dataansvarlig«: ...". A full stop after the number would be a paragraph or the end of a sentence.
_INLINE = re.compile(r"(\(?(?:\d{1,3}[a-z]?|[a-zæøå]{1,2}|[ivxl]+)\))\s+(?=\S)")
_OPENING = "‘“»\"«"


def render(nodes: Sequence[Node]) -> str:
    """The published words, a line per block; a point's mark stands before its first line."""
    return "\n".join(published(raw) for raw in _raws(nodes))


def render_clean(nodes: Sequence[Node]) -> str:
    return "\n".join(c for raw in _raws(nodes) if (c := searchable(raw)))


def _raws(nodes: Sequence[Node]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Line):
            yield node.raw
        else:
            inner = list(_raws(node.nodes)) or [""]
            yield f"{node.marker} {inner[0]}"
            yield from inner[1:]


def is_quoted(marker: str) -> bool:
    """A point with an opening quotation mark before it is text that this act writes into another act."""
    return marker[:1] in _OPENING


def label_of(marker: str) -> str:
    """`a` of "(a)", `3.1` of "3.1."; "" of a dash."""
    bare = marker.strip("‘’“”»«\"() \u00a0.")
    return re.sub(r"[^\w.]+", "", bare)


def lifted(nodes: Sequence[Node]) -> list[Node]:
    """Points in running text become points, with the list that follows them inside (Danish GDPR, article 4)."""
    found: list[Node] = []
    open_at: int | None = None
    for node in nodes:
        mark = _INLINE.match(node.raw) if isinstance(node, Line) and not node.role else None
        if isinstance(node, Line) and mark:
            found.append(Item(mark[1], (Line(node.raw[mark.end():]),), node.anchor, node.para))
            open_at = len(found) - 1
        elif isinstance(node, Item) and open_at is not None and _style(node) != _style(found[open_at]):
            holder = found[open_at]
            assert isinstance(holder, Item)  # only points are opened
            found[open_at] = Item(holder.marker, (*holder.nodes, node), holder.anchor, holder.para)
        else:
            found.append(node)
            open_at = None
    return found


def _style(node: Node) -> str:
    if isinstance(node, Line):
        return ""
    label = label_of(node.marker)
    return "number" if label[:1].isdigit() else "letter" if label else "dash"


def listed(nodes: Sequence[Node]) -> Iterator[tuple[int, list[Item]]]:
    """The lists among the nodes, each with the number of the subparagraph it stands in. Quoted points are text."""
    lines, run = 0, list[Item]()
    for node in nodes:
        if isinstance(node, Item):
            if not node.quoted:
                run.append(node)
            continue
        if run:
            yield max(lines, 1), run
            run = []
        lines += 1
    if run:
        yield max(lines, 1), run
