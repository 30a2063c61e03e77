"""Sentences inside a description that address the checker itself. They are content: reported, never obeyed, no evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from checker.model.project import Passage
from checker.read.disguise import decoded, hides_writing, views
from checker.read.orders import COMMANDS

# What cleaning takes away or closes up, and orders may hide in or stand out by: markup, letters nobody sees, gaps between letters.
_CLEANED = re.compile(
    "[<\\[{#`*\u00ad\u034f\u115f-\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
    r"|\b\w[ \t]{2,}\w\b"
)
_CLOSES = re.compile(r"[«”\"\]>)]\s*$")


def addresses_checker(sentence: str) -> bool:
    """True when a sentence speaks to a checking tool instead of describing the project, also in disguise."""
    return hides_writing(sentence) or any(COMMANDS.search(view) for view in views(sentence)) or any(True for _ in decoded(sentence))


def addressing(passages: Iterable[Passage], block_starts: AbstractSet[int]) -> list[Passage]:
    """The passages that address the checker: each such sentence and what follows it up to the end of the quotation or block.

    What only announces an order ("To the machine that reads this:", the label of a form field) takes what it announces with it.
    """
    found: list[Passage] = []
    before: Passage | None = None
    for passage in passages:
        goes_on = before is not None and not _CLOSES.search(before.text) and (passage.start not in block_starts or _announces(before))
        if goes_on or _addresses(passage):
            found.append(passage)
            before = passage
        else:
            before = None
    return found


def _announces(passage: Passage) -> bool:
    return passage.text.rstrip().endswith(":") and addresses_checker(passage.clean)


def _addresses(passage: Passage) -> bool:
    """As it is read, as it is written where cleaning took something away, or by the label of its form field."""
    if addresses_checker(passage.clean) or (_CLEANED.search(passage.text) and addresses_checker(passage.text)):
        return True
    return passage.kind == "table_row" and bool(passage.context) and addresses_checker(passage.context)
