"""Two versions on the same texts: what can be compared at all, and which verdicts changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from checker.evaluation.records import Gold, Result

_NAMED = 10
_Key = tuple[str, str, int]


@dataclass(frozen=True)
class Flip:
    """One verdict that is no longer the same. Broken: right before, wrong now. Mended: the reverse. Changed: wrong both times."""

    case: str
    family: str
    split: str
    requirement: str
    gold: str
    before: str
    after: str
    kind: Literal["broken", "mended", "changed"]
    evidence_before: tuple[str, ...]
    evidence_after: tuple[str, ...]


def matched(before: Sequence[Result], after: Sequence[Result]) -> tuple[list[Result], list[Result], list[str]]:
    """The results that can be compared, in the same order, and notes on all that was put aside or set straight.

    A text that is in one only, or was rewritten, is left out: the difference would be the set's, not the version's. A text
    that was relabelled is scored by the labels of `after` on both sides, over what is labelled in both. Repeated runs are
    matched by their number.

    Args:
        before, after: results of one system each.
    """
    old, new = _by_key(before), _by_key(after)
    shared = sorted(old.keys() & new.keys())
    rewritten = [k for k in shared if old[k].text_sha256 != new[k].text_sha256]
    relabelled = [k for k in shared if k not in rewritten and old[k].gold != new[k].gold]
    moved = [k for k in shared if k not in rewritten and _place(old[k]) != _place(new[k])]
    notes = [
        *_note("only before, left out", old.keys() - new.keys()),
        *_note("only after, left out", new.keys() - old.keys()),
        *_note("text rewritten in between, left out", rewritten),
        *_note("relabelled in between, both scored by the new labels", relabelled),
        *_note("moved to another split or family in between, counted where it is now", moved),
    ]
    kept = [k for k in shared if k not in set(rewritten)]
    pairs = [_set_straight(old[k], new[k]) for k in kept]
    return [b for b, _ in pairs], [a for _, a in pairs], notes


def flips(before: Sequence[Result], after: Sequence[Result]) -> tuple[Flip, ...]:
    """Verdicts that changed on the matched results, broken first; the same change in several runs is told once."""
    old, new, _ = matched(before, after)
    rank = {"broken": 0, "mended": 1, "changed": 2}
    found = dict.fromkeys(flip for b, a in zip(old, new, strict=True) for flip in _flips(b, a))
    return tuple(sorted(found, key=lambda f: (rank[f.kind], f.case, f.requirement)))


def _by_key(results: Sequence[Result]) -> dict[_Key, Result]:
    return {(r.set, r.case, r.run): r for r in results}


def _place(result: Result) -> tuple[str, str, str | None]:
    return result.split, result.family, result.pair


def _set_straight(before: Result, after: Result) -> tuple[Result, Result]:
    if before.gold == after.gold and _place(before) == _place(after):
        return before, after
    place = {"gold": _in_both(before.gold, after.gold), "split": after.split, "family": after.family, "pair": after.pair}
    return before.model_copy(update=place), after.model_copy(update=place)


def _in_both(before: Gold, after: Gold) -> Gold:
    """The new labels, without those that the old set did not ask for."""
    return after.model_copy(
        update={
            "verdicts": {q: v for q, v in after.verdicts.items() if q in before.verdicts},
            "grades": {q: v for q, v in after.grades.items() if q in before.grades},
            "facts": {f: v for f, v in after.facts.items() if f in before.facts},
        }
    )


def _flips(before: Result, after: Result) -> Iterator[Flip]:
    for requirement, gold in after.gold.verdicts.items():
        was, now = before.said.verdict(requirement), after.said.verdict(requirement)
        if was != now:
            kind: Literal["broken", "mended", "changed"] = "broken" if was == gold else "mended" if now == gold else "changed"
            evidence = _evidence(before, requirement), _evidence(after, requirement)
            yield Flip(after.case, after.family, after.split, requirement, gold, was, now, kind, *evidence)


def _evidence(result: Result, requirement: str) -> tuple[str, ...]:
    return tuple(q.text for q in result.said.evidence.get(requirement, ()))


def _note(what: str, keys: Sequence[_Key] | set[_Key]) -> Iterator[str]:
    """One line with the texts' ids; a long list is cut, with its length."""
    names = sorted({case for _, case, _ in keys})
    if names:
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        yield f"{what}: {', '.join(names[:_NAMED])}{more} ({len(names)})"
