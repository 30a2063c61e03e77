"""What differs between two versions of an act, told at the smallest place that differs.

Passages are paired from the outside in (articles, their paragraphs, their points), among those that stand side by side: first the
same number with the same words, then the same words under another number, then like words, last the same number alone. A passage
is compared by its own words, without those of the passages in it, so one changed point is told once and not also as a changed
paragraph and article. Words are compared in their searchable form: soft hyphens, footnote marks and the number itself say nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Literal

from checker.knowledge.overlay import UNOFFICIAL
from checker.knowledge.wording import Piece, plain, word_diff
from checker.model.law import Frozen, Requirement
from checker.model.legal import ActText, Language, LegalPassage

Kind = Literal["added", "removed", "changed", "renumbered"]

_ALIKE = 0.6
"""Two passages share so many of their words that one is a new wording of the other; the cut-off that difflib's manual names for close matches."""
_SAME_NUMBER = 0.25
_MOVED = 30
"""A passage with at least so many characters is known again under another article; shorter ones ("Finance Ministry") stand in many places."""
_GONE = re.compile(r"\W*(?:ophævet|udgået|udgår|deleted|repealed|omitted)\W*", re.IGNORECASE)


class Difference(Frozen):
    """One place. `before` and `after` are its ids, empty where it is not there; both are set and differ where it was renumbered (and,
    as `changed`, reworded too). `old` and `new` are its words: all of them where it came or went, its own where it changed."""

    kind: Kind
    before: str = ""
    after: str = ""
    heading: str = ""
    old: str = ""
    new: str = ""
    words: tuple[Piece, ...] = ()
    requirements: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return self.after or self.before

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(i for i in (self.before, self.after) if i))


class ActDifferences(Frozen):
    """All places that differ, in the order of the newer text. `unchanged`: how many passages are the same, number and words. `notes`:
    what must be known of a text that is not official."""

    act: str
    language: Language
    old_version: str
    new_version: str
    differences: tuple[Difference, ...]
    unchanged: int
    notes: tuple[str, ...] = ()

    def of(self, kind: Kind) -> tuple[Difference, ...]:
        return tuple(d for d in self.differences if d.kind == kind)


def differences(old: ActText, new: ActText, requirements: Iterable[Requirement] = ()) -> ActDifferences:
    """From the one version to the other, with the requirements that cite each place.

    Args:
        requirements: those of the catalogue; a coarse citation stands for everything below it.
    """
    before, after = _Tree(old), _Tree(new)
    found = _moved(tuple(_compared(before, after, None, None)))
    cites = {r.id: r.cites for r in requirements}
    touched = tuple(d.model_copy(update={"requirements": tuple(r for r, ids in cites.items() if any(touches(c, d) for c in ids))}) for d in found)
    notes = tuple(f"{text.version}: {'; '.join(text.notes)}" for text in (old, new) if UNOFFICIAL in text.notes)
    return ActDifferences(
        act=new.act, language=new.language, old_version=old.version, new_version=new.version, differences=touched, unchanged=_unchanged(old, new), notes=notes
    )


def touches(cited: str, difference: Difference) -> bool:
    """Whether a citation is of the place, of something above it, or of something in it: a list's first words hold for its points."""
    return any(i == cited or i.startswith((f"{cited}.", f"{cited}:")) or cited.startswith(f"{i}.") for i in difference.ids)


class _Node:
    """A passage with those directly in it."""

    def __init__(self, passage: LegalPassage) -> None:
        self.passage = passage
        self.inside: list[_Node] = []

    @cached_property
    def own(self) -> str:
        """Its words without those of the passages in it, without its number; an article's or annex's title is its own."""
        rest, position, kept = self.passage.clean, 0, ""
        for child in self.inside:
            at = rest.find(child.passage.clean, position)
            if at >= 0 and child.passage.clean:
                kept += rest[position:at] + "\n"
                position = at + len(child.passage.clean)
        return self._titled(_without_number(kept + rest[position:], self.passage))

    @cached_property
    def whole(self) -> str:
        return self._titled(_without_number(self.passage.clean, self.passage))

    @cached_property
    def key(self) -> str:
        return plain(self.whole)

    @cached_property
    def build(self) -> tuple[tuple[str, str], ...]:
        """Every passage in it by place and words. A text may keep a passage outside the words of the one it belongs to, so that these
        stay the same although something was put in."""
        found: list[tuple[str, str]] = []
        for node in self.inside:
            tail = node.passage.id.removeprefix(f"{self.passage.id}.")
            found += [(tail, node.key), *((f"{tail}.{t}", k) for t, k in node.build)]
        return tuple(sorted(found))

    @cached_property
    def counted(self) -> Counter[str]:
        return Counter(self.key.lower().split())

    def _titled(self, words: str) -> str:
        p = self.passage
        # The heading above a Danish section is often that of a whole group: a new one would make every section in it look changed.
        if p.kind not in ("article", "annex") or p.id != p.parent or words.startswith(p.title):
            return words
        return f"{p.title}\n{words}"


class _Tree:
    def __init__(self, text: ActText) -> None:
        nodes = {p.id: _Node(p) for p in text.passages}
        self.roots: list[_Node] = []
        for id_, node in nodes.items():
            above = "" if id_ == node.passage.parent else id_.rpartition(".")[0]
            while above and above not in nodes:
                above = above.rpartition(".")[0]
            (nodes[above].inside if above else self.roots).append(node)


_Pair = tuple[_Node | None, _Node | None]


def _compared(before: _Tree, after: _Tree, old: _Node | None, new: _Node | None) -> Iterator[Difference]:
    """The differences below two passages that are each other's; of the whole acts where none are given."""
    above = (old.passage.id if old else "", new.passage.id if new else "")
    for a, b in _pairs(old.inside if old else before.roots, new.inside if new else after.roots, above):
        if a is None or b is None:
            yield _gone(a) if a else _come(b)
            continue
        renumbered = _tail(a, above[0]) != _tail(b, above[1])
        if a.key == b.key and a.build == b.build:
            if renumbered:
                yield _difference("renumbered", a, b)
            continue
        inside = tuple(_compared(before, after, a, b))
        reworded = a.key != b.key and plain(a.own) != plain(b.own)
        if reworded or not (inside or renumbered):
            yield _difference("changed", a, b)
        elif renumbered:
            yield _difference("renumbered", a, b)
        yield from inside


def _pairs(old: Sequence[_Node], new: Sequence[_Node], above: tuple[str, str]) -> list[_Pair]:
    """Who is whose among passages side by side, in the new order; one that is gone stands where it stood."""
    partner: dict[int, int] = {}
    free = set(range(len(new)))

    def join(i: int, j: int) -> None:
        partner[i] = j
        free.discard(j)

    at = {_tail(n, above[1]): j for j, n in enumerate(new)}
    same = {i: at[t] for i, n in enumerate(old) if (t := _tail(n, above[0])) in at}
    for i, j in same.items():
        if old[i].key == new[j].key:
            join(i, j)
    for i, j in _only_twins([n.key if i not in partner else "" for i, n in enumerate(old)], [n.key if j in free else "" for j, n in enumerate(new)]):
        join(i, j)
    for i, j in _alike(old, new, [i for i in range(len(old)) if i not in partner], sorted(free), same):
        if i not in partner and j in free:
            join(i, j)
    for i, j in same.items():
        if i not in partner and j in free:
            join(i, j)
    return _in_order(old, new, partner)


def _only_twins(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Places of words that stand once in the old and once in the new; "(Ophævet)" is no passage that moved."""
    there = {words: j for j, words in enumerate(new)}
    n_old, n_new = Counter(old), Counter(new)
    for i, words in enumerate(old):
        if words and n_old[words] == n_new[words] == 1 and not _GONE.fullmatch(words):
            yield i, there[words]


def _alike(old: Sequence[_Node], new: Sequence[_Node], left: Sequence[int], right: Sequence[int], same: dict[int, int]) -> list[tuple[int, int]]:
    """Likely pairs, the likeliest first; the same number counts for something."""
    scored = []
    for i in left:
        for j in right:
            if old[i].passage.kind != new[j].passage.kind:
                continue
            likeness = _likeness(old[i].counted, new[j].counted)
            if likeness >= _ALIKE:
                scored.append((likeness + (_SAME_NUMBER if same.get(i) == j else 0), -abs(i - j), i, j))
    return [(i, j) for *_, i, j in sorted(scored, reverse=True)]


def _likeness(a: Counter[str], b: Counter[str]) -> float:
    """Dice's coefficient of the words."""
    n, m = a.total(), b.total()
    if not n or not m or 2 * min(n, m) < _ALIKE * (n + m):
        return 0.0
    return 2 * (a & b).total() / (n + m)


def _in_order(old: Sequence[_Node], new: Sequence[_Node], partner: dict[int, int]) -> list[_Pair]:
    back = {j: i for i, j in partner.items()}
    placed: list[tuple[tuple[int, int], _Pair]] = [((j, 0), (old[back[j]] if j in back else None, n)) for j, n in enumerate(new)]
    last = -1
    for i, node in enumerate(old):
        if i in partner:
            last = partner[i]
        else:
            placed.append(((last, i + 1), (node, None)))
    return [pair for _, pair in sorted(placed, key=lambda p: p[0])]


def _moved(found: Sequence[Difference]) -> tuple[Difference, ...]:
    """What went from one article and came in another, word for word, was renumbered."""
    went = [d for d in found if d.kind == "removed"]
    came = [d for d in found if d.kind == "added"]
    twins = _only_twins([plain(d.old) if len(d.old) >= _MOVED else "" for d in went], [plain(d.new) for d in came])
    origin = {came[j].after: went[i] for i, j in twins}
    taken = {d.before for d in origin.values()}
    return tuple(_from(origin.get(d.after), d) for d in found if not (d.kind == "removed" and d.before in taken))


def _from(origin: Difference | None, came: Difference) -> Difference:
    return came if origin is None else came.model_copy(update={"kind": "renumbered", "before": origin.before, "old": origin.old})


def _difference(kind: Kind, old: _Node, new: _Node) -> Difference:
    a, b = (old.own, new.own) if kind == "changed" else (old.whole, new.whole)
    if kind == "changed" and plain(a) == plain(b):
        a, b = old.whole, new.whole
    return Difference(
        kind=kind, before=old.passage.id, after=new.passage.id, heading=_heading(new.passage),
        old=a.strip(), new=b.strip(), words=word_diff(a, b) if kind == "changed" else (),
    )


def _gone(node: _Node) -> Difference:
    return Difference(kind="removed", before=node.passage.id, heading=_heading(node.passage), old=node.whole.strip())


def _come(node: _Node | None) -> Difference:
    assert node is not None
    return Difference(kind="added", after=node.passage.id, heading=_heading(node.passage), new=node.whole.strip())


def _heading(passage: LegalPassage) -> str:
    return passage.title or (passage.heading[-1] if passage.heading else "")


def _tail(node: _Node, above: str) -> str:
    """The id below the passage it stands in: point a stays point a when its paragraph gets another number."""
    id_ = node.passage.id
    return id_.removeprefix(f"{above}.") if above else id_.partition(":")[2]


def _without_number(words: str, passage: LegalPassage) -> str:
    """Without "§ 2 a.", "Stk. 3.", "(71)", "b)" at its head; an article's text has none of its own."""
    words = words.strip()
    if passage.kind == "article" or not passage.number:
        return words
    number = r"\s*".join(map(re.escape, passage.number.split()))
    found = re.match(rf"(?:§{{1,2}}|Stk\.|Bilag|ANNEX|BILAG|\()?\s*{number}(?:\s*[.):]+\s*|\s+)", words)
    return words[found.end() :] if found else words


def _unchanged(old: ActText, new: ActText) -> int:
    there = {p.id: plain(p.clean) for p in old.passages}
    return sum(there.get(p.id) == plain(p.clean) for p in new.passages)
