"""Language models behind the port: any server that answers as OpenAI's chat completions do (vLLM, llama.cpp, a gateway)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from checker.errors import CheckerError, ModelMissing, SettingsError
from checker.ports import ChatModel, Reply

TIMEOUT = 120.0
RETRIES = 2
LONGEST = 2000
"""Tokens of one answer: closed questions are answered in a few, but some models think first, and some never stop."""
GIVE_UP = 3
"""So many failures of the server in a row, each after its own retries, are no longer the fault of one question."""
_SHOWN = 200
_ADDRESS = re.compile(r"(?P<model>\S+?)@(?P<url>https?://\S+)")
_LATER = ("ollama", "llamacpp")


def chat_model(setting: str, key: SecretStr | None = None, temperature: float = 0.0, timeout: float = TIMEOUT) -> ChatModel:
    """The model that CHECKER_LLM names. No request is made yet.

    Raises:
        SettingsError: not of the form `openai:<model>@<base-url>`, or of a kind that does not exist yet.
    """
    kind, _, rest = setting.strip().partition(":")
    if kind in _LATER:
        raise SettingsError(
            f"CHECKER_LLM={kind}:… kan ikke bruges endnu.",
            "Start modellen som en server, og brug openai:<model>@<adresse> (Ollama: http://127.0.0.1:11434/v1).",
        )
    found = _ADDRESS.fullmatch(rest)
    if kind != "openai" or found is None:
        raise SettingsError(
            "CHECKER_LLM kan ikke bruges: den har ikke formen openai:<model>@<adresse>.",  # not shown: a key may stand in it by mistake
            "Skriv fx openai:mistral-small@http://127.0.0.1:8000/v1",
        )
    return OpenAIChat(found["model"], _checked(found["url"]), key, temperature, timeout)


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        sound = bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise SettingsError(f"Adressen {url} i CHECKER_LLM er ikke en webadresse.", "Skriv fx http://127.0.0.1:8000/v1")
    if parts.username or parts.password or parts.query:
        raise SettingsError("Adressen i CHECKER_LLM bærer en nøgle eller et spørgsmålstegn.", "Sæt nøglen i CHECKER_LLM_KEY; adressen vises i rapporter.")
    return url.rstrip("/")


class OpenAIChat:
    """One model on one server, through langchain-openai.

    The key is only the one given: OPENAI_API_KEY belongs to another service than the server named here. A server on this
    machine is never reached through a proxy, and no prompt is sent to a tracing service.
    """

    def __init__(self, model: str, url: str, key: SecretStr | None, temperature: float, timeout: float) -> None:
        self._model, self._url, self._key = model, url, key
        self._temperature, self._timeout = temperature, timeout
        self._client: Any = None
        self._failures = 0

    @property
    def name(self) -> str:
        return f"openai:{self._model}@{self._url}" + (f", temperature {self._temperature:g}" if self.samples else "")

    @property
    def samples(self) -> bool:
        return self._temperature > 0

    def ask(self, system: str, user: str, schema: Mapping[str, object]) -> Reply:
        """The answer to one question.

        Raises:
            ModelMissing: the server cannot be reached, or fails time after time.
            SettingsError: no such model, a wrong key, or something else than such a server at the address.
        """
        import openai

        messages = [("system", system), ("human", user)]
        form = {"type": "json_schema", "json_schema": {"name": "answer", "schema": dict(schema), "strict": True}}
        try:
            try:
                reply = self._send(messages, response_format=form)
            except openai.BadRequestError:
                reply = self._send(messages)  # some servers refuse the form; one that refuses the question refuses it twice
        except Exception as error:  # beside openai's own, langchain raises many kinds for an answer of another shape
            return self._explained(error)
        self._failures = 0
        return reply

    def _send(self, messages: list[tuple[str, str]], **form: object) -> Reply:
        from langsmith import tracing_context

        with tracing_context(enabled=False):
            message = self._loaded().invoke(messages, **form)
        used = message.usage_metadata or {}
        text, cut = message.text, message.response_metadata.get("finish_reason") == "length"
        return Reply(
            text="" if cut else text,
            broken=_cut() if cut else "" if text.strip() else "the model answered nothing",
            tokens_in=used.get("input_tokens", 0),
            tokens_out=used.get("output_tokens", 0),
        )

    def _loaded(self) -> Any:
        if self._client is None:
            try:
                from langchain_openai import ChatOpenAI
            except ImportError as error:
                raise ModelMissing(f"langchain-openai kan ikke indlæses ({error}).", "Installér det: pip install langchain-openai") from None
            from openai import DefaultHttpxClient

            self._client = ChatOpenAI(
                model=self._model,
                base_url=self._url,
                api_key=self._key or SecretStr("none"),
                temperature=self._temperature,
                timeout=self._timeout,
                max_retries=RETRIES,
                max_completion_tokens=LONGEST,
                use_responses_api=False,
                http_client=DefaultHttpxClient(trust_env=False) if _is_here(self._url) else None,
            )
        return self._client

    def _explained(self, error: Exception) -> Reply:
        """What fails for this question alone, as a broken reply; what would fail for every other one too is raised."""
        import openai

        match error:
            case CheckerError():
                raise error
            case openai.APITimeoutError():
                return self._failed(f"no answer within {self._timeout:g} seconds", "Sæt CHECKER_LLM_TIMEOUT højere, eller brug en mindre model.")
            case openai.RateLimitError() | openai.InternalServerError():
                return self._failed(f"the server failed ({error.status_code}): {_short(error)}", "Se serverens egen log.")
        self._failures = 0
        match error:
            case openai.LengthFinishReasonError():
                used = error.completion.usage
                return Reply(text="", broken=_cut(), tokens_in=used.prompt_tokens if used else 0, tokens_out=used.completion_tokens if used else 0)
            case openai.ContentFilterFinishReasonError():
                return Reply(text="", broken="the server held the answer back (content filter)")
            case openai.APIStatusError() if error.status_code not in (401, 403, 404):
                return Reply(text="", broken=f"the server refused the question ({error.status_code}): {_short(error)}")
        raise self._hopeless(error) from None

    def _hopeless(self, error: Exception) -> CheckerError:
        import openai

        match error:
            case openai.APIConnectionError():
                return ModelMissing(f"Sprogmodellens server {self._url} kan ikke nås.", "Start den, eller ret adressen i CHECKER_LLM.")
            case openai.AuthenticationError() | openai.PermissionDeniedError():
                return SettingsError(f"Serveren {self._url} afviser nøglen ({error.status_code}).", "Sæt den rigtige i CHECKER_LLM_KEY.")
            case openai.NotFoundError():
                return SettingsError(
                    f"Serveren {self._url} har ingen model {self._model}, eller der er ingen sprogmodel på adressen ({_short(error)}).",
                    "Ret CHECKER_LLM; adressen slutter som regel på /v1.",
                )
        return SettingsError(
            f"{self._url} svarer ikke, som en sprogmodels server gør ({type(error).__name__}: {_short(error)}).",
            "Ret adressen i CHECKER_LLM; den slutter som regel på /v1.",
        )

    def _failed(self, why: str, hint: str) -> Reply:
        self._failures += 1
        if self._failures >= GIVE_UP:
            raise ModelMissing(f"Sprogmodellens server {self._url} har svigtet {GIVE_UP} gange i træk ({why}).", hint)
        return Reply(text="", broken=why)


def _cut() -> str:
    return f"the answer was cut off after {LONGEST} tokens"


def _short(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _is_here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
