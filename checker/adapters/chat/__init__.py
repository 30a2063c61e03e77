"""Language models behind the port, chosen by one setting: a server that speaks OpenAI's protocol, Ollama, or llama.cpp inside checker."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import SecretStr

from checker.adapters.chat.llamacpp import EmbeddedChat, Weights
from checker.adapters.chat.manners import GIVE_UP, LONGEST, TIMEOUT, Manners, certificates
from checker.adapters.chat.ollama_chat import DEFAULT, OllamaChat
from checker.adapters.chat.openai_chat import OpenAIChat
from checker.adapters.servers import checked_address
from checker.errors import SettingsError
from checker.ports import ChatModel

__all__ = ["GIVE_UP", "LONGEST", "TIMEOUT", "EmbeddedChat", "OllamaChat", "OpenAIChat", "chat_model"]
_ADDRESS = re.compile(r"(?P<model>\S+?)@(?P<url>https?://\S+)")
_EXAMPLE = "http://127.0.0.1:8000/v1"


def chat_model(
    setting: str,
    key: SecretStr | None = None,
    temperature: float = 0.0,
    timeout: float = TIMEOUT,
    ca: Path | None = None,
    parallel: int | None = None,
    context: int | None = None,
    threads: int | None = None,
    home: Path | None = None,
) -> ChatModel:
    """The model that CHECKER_LLM names. No request is made and no model loaded yet.

    Args:
        ca: a PEM file that the server's certificate is checked against.
        parallel, context: stand in for what the server says (questions at once; tokens of prompt and answer).
        threads: processor threads of a model inside checker.
        home: where the hash of a large model file is remembered.

    Raises:
        SettingsError: not of a known form, an address or file that cannot be used.
    """
    kind, _, rest = (part.strip() for part in setting.strip().partition(":"))
    manners = Manners(temperature, timeout, parallel, context)
    if kind == "llamacpp" and rest:
        return EmbeddedChat(Weights(Path(rest).expanduser(), home), manners, threads)
    found = _ADDRESS.fullmatch(rest)
    if kind == "openai" and found is not None:
        return OpenAIChat(found["model"], _checked(found["url"], _EXAMPLE), key, manners, certificates(ca))
    if kind == "ollama" and found is not None:
        return OllamaChat(found["model"], _checked(found["url"], DEFAULT).removesuffix("/v1"), key, manners, certificates(ca))
    if kind == "ollama" and re.fullmatch(r"[\w./:-]+", rest):
        return OllamaChat(rest, DEFAULT, key, manners, certificates(ca))
    # What was written is not shown: a key may stand in it by mistake.
    raise SettingsError(
        f"CHECKER_LLM kan ikke bruges: {_lacking(kind, rest)}; "
        "den har ikke formen ollama:<model>[@<adresse>], openai:<model>@<adresse> eller llamacpp:<fil.gguf>.",
        f"Skriv fx ollama:mistral-small eller openai:mistral-small@{_EXAMPLE}",
    )


def _lacking(kind: str, rest: str) -> str:
    """What to mend, without a letter of what was written."""
    if kind not in ("ollama", "openai", "llamacpp"):
        return "den begynder ikke med ollama:, openai: eller llamacpp: (unknown kind)"
    if kind == "llamacpp":
        return "filen mangler efter llamacpp: (no file)"
    model, at, url = (part.strip() for part in rest.partition("@"))
    if not model or model.startswith(("http://", "https://")):
        return f"modellens navn mangler efter {kind}: (no model)"
    if any(c.isspace() for c in rest):
        return "der står et mellemrum i den (a space in it)"
    if not url and (at or kind == "openai"):
        return "adressen mangler efter modellens navn: @http://… (no address)"
    if not url.startswith(("http://", "https://")):
        return "adressen efter @ mangler http:// eller https:// foran (no http://)" if at else "modellens navn har tegn, der ikke kan bruges (bad model name)"
    return "adressen efter @ mangler et navn på serveren (no host)"


def _checked(url: str, example: str) -> str:
    return checked_address(url, "CHECKER_LLM", "CHECKER_LLM_KEY", example)
