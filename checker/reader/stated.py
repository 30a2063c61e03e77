"""What a project says of its own AI Act class. It tilts the reading of the purpose; it never overrules it.

A reasoned "holdt op mod bilag III: intet punkt passer" is worth more than the word "lavrisiko" in a vendor's leaflet, and a claim under
Article 6(3) says that the purpose *is* one of Annex III.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

TILT = 2.0
"""Log-odds. Among the training cases 18 of 18 plain statements of high risk and 29 of 30 reasoned denials were right (the other is open)."""

_HIGH = re.compile(r"højrisiko|high[- ]risk", re.I)
_OPEN = re.compile(r"\b(?:ikke|ingen|hverken|uden|næppe|not|no|neither|nor|never|hvis|om|whether|if|måske|kan|may|might|could|kommer)\b|\?", re.I)
_DENIED = re.compile(
    r"ikke (?:et )?(?:er )?høj-?risiko|ikke (?:\w+ ){0,3}bilag III|intet (?:andet )?punkt|not (?:a )?high[- ]risk|none of the points|no point|"
    r"outside annex III|uden for bilag III|ikke nævnt",
    re.I,
)
_REASONED = re.compile(r"bilag III|annex III|punkt \d|point \d", re.I)
_EXCEPTION = re.compile(r"6, stk\. 3|6\(3\)|forbered|snæver|preparatory|narrow", re.I)
_PRODUCT = re.compile(r"6, stk\. 1\b|6\(1\)|medicinsk udstyr|medical device|MDR", re.I)


def stated_purpose(texts: Sequence[str]) -> int:
    """1 when the text says outright that the purpose is in Annex III, -1 when it denies it with a reason, else 0."""
    whole = " ".join(texts)
    if any(_HIGH.search(t) and not _OPEN.search(t) and not _PRODUCT.search(t) for t in texts):
        return 1
    if _EXCEPTION.search(whole) and _DENIED.search(whole):
        return 0
    denied = any(_DENIED.search(t) for t in texts)
    return -1 if denied and _REASONED.search(whole) else 0
