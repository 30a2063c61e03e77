"""Provisions that a question names ("FVL § 24", "art. 35 i databeskyttelsesforordningen"): those are what is asked for, whatever else is near.

The words are read by `references`, as in the law's own texts. It knows acts by their names; here the short names of the corpus and
its ids are put into its words first, and what names no act ("artikel 35") is settled by the act asked for or by the acts that have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from checker.knowledge.references import links_in, settled
from checker.knowledge.retrieval.units import upwards

_OPEN = "_"
"""Stands for the act where the words name none."""
_EU = f"{_OPEN}:art_0"
"""Where a text of articles stands; without a place the words are read as a Danish act's."""


@dataclass(frozen=True)
class Named:
    """`found` are there, best known first; `missing` are of a named act, and are not. `sure`: act and number of all found were both said."""

    found: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    sure: bool = False


class Naming:
    """Reads questions against what an index holds.

    Args:
        provisions: ids of all that can be found; what lies above them is there too.
        names: other names of an act, as people write them, → its id; the ids themselves are always names.
    """

    def __init__(self, provisions: Iterable[str], names: Mapping[str, str]) -> None:
        self.ids = {above for p in provisions for above in upwards(p)}
        self._acts = sorted({p.partition(":")[0] for p in self.ids} | set(names.values()))
        self._names = {a.lower(): a for a in self._acts} | {n.lower(): a for n, a in names.items()}

    def read(self, question: str, act: str | None = None) -> Named:
        """What the question names; with `act` only of that one, which then also is the act of a bare "artikel 35"."""
        links, bare = self._links(question)
        said = [*links, *(f"{act}:{place}" for place in bare if act)]
        if act is not None:
            said = [link for link in said if link.startswith(f"{act}:")]
        there = {link: self._nearest(link) for link in said}
        found = dict.fromkeys(n for n in there.values() if n)
        missing = tuple(link for link, nearest in there.items() if nearest != link)
        sure = bool(found) and not missing
        if not found and not missing:
            found = dict.fromkeys(n for place in bare for a in self._acts if (n := self._nearest(f"{a}:{place}")))
        return Named(tuple(found), missing, sure)

    def act(self, name: str) -> str | None:
        """The act of a name alone: an id, a short name, or one that `references` knows."""
        known = self._names.get(name.strip().lower())
        links = links_in(name, _OPEN, "", "da") if ":" not in name else ()
        return known or (links[0] if len(links) == 1 and links[0] in self._acts else None)

    def _nearest(self, link: str) -> str | None:
        return next(iter(settled((link,), "", link.partition(":")[0], self.ids)), None)

    def _links(self, question: str) -> tuple[list[str], list[str]]:
        """Ids with their act, and the places whose act was not said."""
        text, own = question, ""
        if self._pattern is not None:
            strange = [a for m in self._pattern.finditer(question) if (a := self._names[m.group().lower()]) not in self._spoken]
            own = strange[0] if strange else ""
            text = self._pattern.sub(lambda m: self._spoken.get(self._names[m.group().lower()], ""), question)
        read = dict.fromkeys([*links_in(text, _OPEN, "", "da"), *links_in(text, _OPEN, _EU, "da")])
        links = [link for link in read if ":" in link and not link.startswith(f"{_OPEN}:")]
        bare = [link.partition(":")[2] for link in read if link.startswith(f"{_OPEN}:") and not link.startswith(_EU)]
        return ([*links, *(f"{own}:{place}" for place in bare)], []) if own else (links, bare)

    @cached_property
    def _spoken(self) -> dict[str, str]:
        """Act → a name of it that `references` knows; others are read as the act that the text belongs to."""
        found: dict[str, str] = {}
        for name, act in self._names.items():
            if links_in(name, _OPEN, "", "da") == (act,):
                found.setdefault(act, name)
        return found

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        names = sorted(self._names, key=len, reverse=True)
        return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, names))})(?![\w-])", re.IGNORECASE) if names else None


def first_rows(named: str, provisions: Sequence[str], articles: Sequence[str], nearness: Mapping[int, float], most: int) -> list[int]:
    """Rows of the named provision's article in the order to show them, each provision once: the provision itself (its first
    paragraph where it has no words of its own), then what is nearest to the question, of what lies below it before the rest.

    Args:
        provisions: id per row, paragraphs in the order of the law; `articles`: id of the article per row.
        nearness: of the rows that may be shown.
    """
    under = [row for row in nearness if provisions[row] == named or provisions[row].startswith(f"{named}.")]
    own = {articles[row] for row in under}
    best: dict[str, int] = {}
    for row in sorted((r for r in nearness if articles[r] in own), key=lambda r: (-nearness[r], r)):
        best.setdefault(provisions[row], row)
    first = named if named in best else next((provisions[row] for row in sorted(under)), None)
    below = {provisions[row] for row in under}
    order = sorted(best, key=lambda p: (p != first, p not in below, -nearness[best[p]]))
    return [best[p] for p in order][:most]
