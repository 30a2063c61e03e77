"""When one thing that was said is the same as one thing that was labelled: values, words, passages, provisions, grades."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from checker.evaluation.records import Grade, Said


def same_value(gold: object, said: object) -> bool:
    """True when both name the same value; for facts with several values, when they share one."""
    return bool(_as_set(gold) & _as_set(said))


def _as_set(value: object) -> set[object]:
    if isinstance(value, tuple | list):
        return set(value) or {"none"}
    return {value}


def token_f1(gold: str, said: str) -> float:
    """F1 over the sets of lower-cased words."""
    a, b = _words(gold), _words(said)
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


@lru_cache(maxsize=65536)
def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower()))


def touches(gold: Sequence[str], said: Sequence[str]) -> bool:
    """True when one of our passages is, holds or lies in one of the labelled. White space is folded, nothing else:
    a labeller marks a clause or three sentences where we quote one, and both have found the place."""
    ours = [_folded(q) for q in said]
    return any(a in b or b in a for a in map(_folded, gold) for b in ours if a and b)


@lru_cache(maxsize=65536)
def _folded(text: str) -> str:
    return " ".join(text.split())


def act_of(provision: str) -> str:
    return provision.partition(":")[0]


def addresses(a: str, b: str) -> bool:
    """True when two provision ids name the same, or one names a part of the other: `gdpr:art_35` and
    `gdpr:art_35.par_3.pnt_b`. Who cites the whole article has cited its third paragraph, and the reverse."""
    return a == b or _below(a, b) or _below(b, a)


def _below(part: str, whole: str) -> bool:
    return part.startswith((f"{whole}.", f"{whole}:"))


def addressed(provision: str, among: Iterable[str]) -> bool:
    return any(addresses(provision, other) for other in among)


def grade_said(said: Said, requirement: str, grade: Grade) -> int | None:
    """What a system says on the scale of a graded label: its probability stretched over the scale, without one its verdict at
    the ends or in the middle. None where it gives no grade: not applicable, or unjudged."""
    verdict = said.verdict(requirement)
    share = said.probabilities.get(requirement) if verdict in ("gap", "met") else None
    if share is None:
        share = {"gap": 0.0, "ask": 0.5, "met": 1.0}.get(verdict)
    return None if share is None else grade.low + math.floor(share * (grade.high - grade.low) + 0.5)
