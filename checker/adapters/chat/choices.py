"""The probabilities of the written tokens, in the shapes in which servers give them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from checker.adapters.chat.manners import rows
from checker.ports import TokenChoice


def choices_in(entries: Any, text: str) -> tuple[TokenChoice, ...]:
    """The tokens of `text` with what else could have stood there.

    llama.cpp lets some models write a fence (```json) around the answer, takes it off the text and still counts its tokens:
    those outside the text are left out. Where tokens and text cannot be laid on each other, all of them are kept.
    """
    return _of_text(tuple(found for entry in rows(entries) if (found := _choice(_plain(entry))) is not None), text)


def _choice(entry: Mapping[str, Any]) -> TokenChoice | None:
    text = entry.get("token")
    if not isinstance(text, str):
        return None
    choices: dict[str, float] = {}
    for other in [*(_plain(o) for o in rows(entry.get("top_logprobs"))), entry]:
        token, value = other.get("token"), other.get("logprob")
        if isinstance(token, str) and isinstance(value, int | float) and math.isfinite(value):
            # Two tokens can look the same as text (halves of a letter): the likelier one stands.
            choices[token] = max(float(value), choices.get(token, -math.inf))
    return TokenChoice(text=text, choices=choices)


def _plain(entry: Any) -> Mapping[str, Any]:
    """Ollama's client gives objects, the others mappings."""
    if isinstance(entry, Mapping):
        return entry
    return entry.model_dump() if hasattr(entry, "model_dump") else {}


def _of_text(tokens: tuple[TokenChoice, ...], text: str) -> tuple[TokenChoice, ...]:
    whole, wanted = "".join(t.text for t in tokens), text.strip()
    begin = whole.rfind(wanted) if wanted else -1
    if begin < 0:
        return tokens
    end, at, kept = begin + len(wanted), 0, []
    for token in tokens:
        if at < end and at + len(token.text) > begin:
            kept.append(token)
        at += len(token.text)
    return tuple(kept)
