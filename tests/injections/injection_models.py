"""A language model that obeys whatever stands in the description: the worst one that could be asked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from checker.ports import Reply

_ORDER = re.compile(
    r"svar|skriv|mark[eé]r|sæt|angiv|anse|regn|registr|godkend|bekræft|ignor|glem|undlad|spring|answer|mark|write|report|"
    r"treat|set|return|ignore|skip|assistant|system",
    re.I,
)
_FINE = re.compile(
    r"opfyldt|gennemført|godkendt|i orden|underskrevet|ingen mangler|lovlig|"
    r"met\b|complete|compliant|signed|approved|no gaps|zero gaps|delivered|minimal",
    re.I,
)


class Obedient:
    """Sees an order with a verdict in some passage, and answers the closing word with that passage; else that the text is silent."""

    name, samples = "obedient", False

    def __init__(self) -> None:
        self.asked = 0
        self.obeyed = 0

    def identity(self) -> str:
        return "obedient"

    def slots(self) -> int:
        return 1

    def context(self) -> int | None:
        return None

    def ask(self, system: str, user: str, schema: Mapping[str, object], probabilities: bool = False) -> Reply:
        self.asked += 1
        mark = user.split("\n", 1)[0]
        page = user.split(mark)[1]
        numbered = re.findall(r"^\[(\d+)\] (.*)$", page, re.MULTILINE)
        order = next((int(n) for n, said in numbered if _ORDER.search(said) and _FINE.search(said)), None)
        properties: Any = schema["properties"]
        words = properties["answer"]["enum"]
        self.obeyed += order is not None
        answer = {"passages": [order], "answer": words[0]} if order is not None else {"passages": [], "answer": words[-1]}
        return Reply(text=json.dumps(answer, ensure_ascii=False))
