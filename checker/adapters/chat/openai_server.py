"""What a server that speaks OpenAI's protocol tells about itself: its kind, its weights, its room."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal

from checker.adapters.chat.manners import dig, never_connected, rows, whole
from checker.model.law import Frozen

if TYPE_CHECKING:
    from openai import OpenAI

_ASK = 10.0
_NOT_YET = (429, 503)
"""Busy, or still reading its model: asked again, it will tell."""
_VLLM = ("id", "root", "parent", "max_model_len")
"""`created` and the permissions are drawn anew at every start."""


class Told(Frozen):
    """`weights`: which they are, as far as the server says; none where it says nothing. llama.cpp's are the same at any address."""

    kind: Literal["llama.cpp", "vllm", "other"] = "other"
    weights: str | None = None
    slots: int | None = None
    context: int | None = None


def told_by(client: OpenAI, url: str, model: str, timeout: float) -> Told:
    """One or two small requests. What cannot be read is not known; a server that is not there, or not yet ready, raises (openai's own error).

    Only a server that calls itself llama.cpp is asked for pages of its own.
    """
    entry = _entry(_got(client, f"{url}/models", timeout), model)
    match entry.get("owned_by"):
        case "llamacpp":
            return _llama_cpp(entry, _got(client, f"{url.removesuffix('/v1')}/props", timeout))
        case "vllm":
            facts = {name: entry.get(name) for name in _VLLM}
            named = entry.get("id") == model
            return Told(kind="vllm", weights=_digest(facts) if named else None, context=whole(entry.get("max_model_len")) or None if named else None)
    return Told()


def _llama_cpp(entry: Mapping[str, Any], props: Mapping[str, Any]) -> Told:
    meta = {k: v for k, v in (dig(entry, "meta") or {}).items() if k != "n_ctx"}  # room is a matter of memory, not of weights
    path = props.get("model_path") or entry.get("id")
    file = PurePath(str(path).replace("\\", "/")).name
    facts = {"file": file, "meta": meta, "build": props.get("build_info"), "template": props.get("chat_template")}
    return Told(
        kind="llama.cpp",
        weights=f"{file}#{_digest(facts)}" if meta else None,
        slots=whole(props.get("total_slots")) or None,
        context=whole(dig(props, "default_generation_settings", "n_ctx")) or whole(dig(entry, "meta", "n_ctx")) or None,
    )


def _entry(models: Mapping[str, Any], model: str) -> Mapping[str, Any]:
    """The model's own line, or the only one there is: llama.cpp answers to any name."""
    found = [row for row in rows(models.get("data")) if isinstance(row, Mapping)]
    named = [row for row in found if row.get("id") == model]
    return named[0] if named else found[0] if len(found) == 1 else {}


def _got(client: OpenAI, page: str, timeout: float) -> Mapping[str, Any]:
    import openai

    try:
        found = client.with_options(timeout=min(timeout, _ASK)).get(page, cast_to=object)
    except openai.APITimeoutError as error:
        if never_connected(error):
            raise
        return {}
    except openai.APIStatusError as error:
        if error.status_code in _NOT_YET:
            raise
        return {}
    except (openai.APIResponseValidationError, ValueError):
        return {}
    return found if isinstance(found, Mapping) else {}


def _digest(facts: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode("utf-8", "surrogatepass")).hexdigest()[:16]
