"""ollama and langchain-ollama, set up so that nothing but what we are told decides where a prompt goes. Imported when first used."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from typing import Any

import httpx
from langchain_ollama import ChatOllama
from ollama import Client
from pydantic import SecretStr

from checker.adapters.chat.manners import Manners, pause_asked
from checker.adapters.servers import is_here


class Busy(Exception):
    """The server failed for the moment; `pause` is how long it asks us to wait. The client's own error does not carry that."""

    def __init__(self, status: int, words: str, pause: bool | float) -> None:
        super().__init__(words)
        self.status, self.pause = status, pause


class Moved(Exception):
    """The server names another address; the text is not sent there."""


class Elsewhere(Exception):
    """The model runs on another machine than the server that was asked: Ollama's "cloud" models."""


def clients_for(model: str, url: str, key: SecretStr | None, manners: Manners, tls: ssl.SSLContext | None) -> tuple[ChatOllama, Client]:
    """OLLAMA_API_KEY belongs to another service, a proxy never stands before this machine, a redirect could name another host."""

    def ours(request: httpx.Request) -> httpx.Request:
        request.headers.pop("authorization", None)
        if key is not None:
            request.headers["Authorization"] = f"Bearer {key.get_secret_value()}"
        return request

    settings: dict[str, Any] = {
        "timeout": httpx.Timeout(manners.timeout, connect=manners.connect()),
        "follow_redirects": False,
        "trust_env": not is_here(url),
        "auth": ours,
    }
    if tls is not None:
        settings["verify"] = tls
    hooks = {"event_hooks": {"response": [_noticed, _only_here(model)]}}
    chat = ChatOllama(model=model, base_url=url, temperature=manners.temperature, reasoning=False, client_kwargs=settings, sync_client_kwargs=hooks)
    return chat, Client(host=url, **settings, **hooks)


def _noticed(response: httpx.Response) -> None:
    if response.is_redirect:
        raise Moved(httpx.URL(response.headers.get("location", "")).host or "en anden adresse")
    if response.status_code in (408, 429) or response.status_code >= 500:
        response.read()
        try:
            said = response.json()
        except ValueError:
            said = None
        words = said.get("error") if isinstance(said, dict) else None
        raise Busy(response.status_code, str(words or response.text), pause_asked(response.headers))


def _only_here(model: str) -> Callable[[httpx.Response], None]:
    """Looks at the raw answers, since the library's own types leave out the fields that name a remote host."""
    names = {model.lower(), f"{model}:latest".lower()}

    def look(response: httpx.Response) -> None:
        if response.is_error:
            return
        response.read()
        try:
            said = response.json()
        except ValueError:
            return
        for entry in _entries(said, names):
            if host := next((value for key, value in entry.items() if key.startswith("remote_") and value), None):
                raise Elsewhere(str(entry.get("remote_host") or host))

    return look


def _entries(said: object, names: set[str]) -> Iterator[dict[str, Any]]:
    """What an answer says about this model: itself, and its line in a list of models."""
    if not isinstance(said, dict):
        return
    yield said
    models = said.get("models")
    for entry in models if isinstance(models, list) else ():
        if isinstance(entry, dict) and {str(entry.get("model") or "").lower(), str(entry.get("name") or "").lower()} & names:
            yield entry
