"""Kleene's strong three-valued logic (S. C. Kleene, Introduction to Metamathematics, 1952, § 64)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Truth(StrEnum):
    """yes, no or unknown. Silence is UNKNOWN, never NO."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, value: bool) -> Truth:
        return cls.YES if value else cls.NO

    def __invert__(self) -> Truth:
        return {Truth.YES: Truth.NO, Truth.NO: Truth.YES, Truth.UNKNOWN: Truth.UNKNOWN}[self]


def all_of(values: Iterable[Truth]) -> Truth:
    """NO when one is NO; else UNKNOWN when one is UNKNOWN; else YES (also for none)."""
    seen = set(values)
    if Truth.NO in seen:
        return Truth.NO
    return Truth.UNKNOWN if Truth.UNKNOWN in seen else Truth.YES


def any_of(values: Iterable[Truth]) -> Truth:
    """YES when one is YES; else UNKNOWN when one is UNKNOWN; else NO (also for none)."""
    seen = set(values)
    if Truth.YES in seen:
        return Truth.YES
    return Truth.UNKNOWN if Truth.UNKNOWN in seen else Truth.NO


def at_least(count: int, values: Iterable[Truth]) -> Truth:
    """YES when `count` are YES; NO when even all UNKNOWN ones could not reach it."""
    seen = list(values)
    sure = seen.count(Truth.YES)
    if sure >= count:
        return Truth.YES
    return Truth.NO if sure + seen.count(Truth.UNKNOWN) < count else Truth.UNKNOWN
