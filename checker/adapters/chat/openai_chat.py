"""Any server that answers as OpenAI's chat completions do: vLLM, llama.cpp, LM Studio, a gateway."""

from __future__ import annotations

import re
import ssl
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from checker.adapters.chat import manners as common
from checker.adapters.chat.choices import choices_in
from checker.adapters.chat.manners import ALTERNATIVES, SEED, Breaker, Manners, dig, longest_answer, patiently, whole
from checker.adapters.chat.openai_server import Told, told_by
from checker.adapters.servers import short
from checker.errors import CheckerError, ModelMissing, SettingsError
from checker.ports import Reply

if TYPE_CHECKING:
    from langchain_openai import ChatOpenAI

_SLOTS = 4
"""Of a server that does not say: vLLM and gateways take many at once, and queue the rest."""
_EXTRAS = {"cache_prompt": True, "chat_template_kwargs": {"enable_thinking": False}}
"""llama.cpp's own: keep what is read for the next question; a closed question needs no thinking aloud."""
_OPTIONAL = {
    "probabilities": re.compile(r"logprob", re.IGNORECASE),
    "extras": re.compile(r"cache_prompt|chat_template|extra", re.IGNORECASE),
    "seed": re.compile(r"\bseed\b", re.IGNORECASE),
    "form": re.compile(r"response_format|json_schema|schema|grammar|guided|structured", re.IGNORECASE),
}
"""What a server may refuse to take, the least important first, and the words by which it names it."""


class OpenAIChat:
    """One model on one server, through langchain-openai. Safe to call from several threads.

    What a server refuses (probabilities, the schema, …) is left out for the rest of the run, once an answer came without it.
    """

    def __init__(self, model: str, url: str, key: SecretStr | None, manners: Manners, tls: ssl.SSLContext | None = None) -> None:
        self._model, self._url, self._key, self._manners, self._tls = model, url, key, manners, tls
        self._breaker = Breaker(url)
        self._lock = threading.RLock()
        self._chat: ChatOpenAI | None = None
        self._told: Told | None = None
        self._unknown: frozenset[str] = frozenset()
        self._known = False

    @property
    def name(self) -> str:
        return f"openai:{self._model}@{self._url}{self._manners.warmth}"

    @property
    def samples(self) -> bool:
        return self._manners.samples

    def identity(self) -> str:
        told = self.told()
        if told.weights is None:
            return self.name
        if told.kind == "llama.cpp":
            return f"llama.cpp:{told.weights}{self._manners.warmth}"
        return f"openai:{self._model}@{self._url}#{told.weights}{self._manners.warmth}"

    def slots(self) -> int:
        return self._manners.parallel or self.told().slots or _SLOTS

    def context(self) -> int | None:
        return self._manners.context or self.told().context

    def told(self) -> Told:
        """What the server says about itself, asked until it has answered once.

        Raises:
            CheckerError: it cannot be reached.
        """
        client = self._loaded().root_client
        import openai

        with self._lock:
            if self._told is None:
                try:
                    self._told = patiently(lambda: told_by(client, self._url, self._model, self._manners.timeout), _again)
                except (openai.RateLimitError, openai.InternalServerError):
                    return Told()
                except Exception as error:
                    raise self._hopeless(error) from None
            return self._told

    def ask(self, system: str, user: str, schema: Mapping[str, object], probabilities: bool = False) -> Reply:
        """The answer to one question.

        Raises:
            ModelMissing: the server cannot be reached, or fails time after time.
            SettingsError: no such model, a wrong key, or something else than such a server at the address.
        """
        try:
            self._loaded()
            reply = self._asked([("system", system), ("human", user)], schema, probabilities)
        except Exception as error:  # beside openai's own, langchain raises many kinds for an answer of another shape
            return self._explained(error)
        self._breaker.answered()
        self._known = True
        return reply

    def _asked(self, messages: list[tuple[str, str]], schema: Mapping[str, object], probabilities: bool) -> Reply:
        import openai

        told = self.told()
        sent = {"form", "seed"} | ({"probabilities"} if probabilities else set()) | ({"extras"} if told.kind == "llama.cpp" else set())
        sent -= self._unknown
        refused: frozenset[str] = frozenset()
        while True:
            more = _request(sent, schema, longest_answer(self._manners.context or told.context))
            try:
                reply = patiently(lambda more=more: self._send(messages, more), _again)  # type: ignore[misc]
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                dropped = _named(sent, str(error))
                if not dropped:
                    raise
                sent, refused = sent - dropped, refused | dropped
                continue
            with self._lock:
                self._unknown |= refused
            return reply

    def _send(self, messages: list[tuple[str, str]], more: dict[str, Any]) -> Reply:
        from langsmith import tracing_context

        with tracing_context(enabled=False):
            message = self._loaded().invoke(messages, **more)
        said = message.response_metadata
        text, cut = message.text, said.get("finish_reason") == "length"
        usage, timings = message.usage_metadata, said.get("timings")
        return Reply(
            text="" if cut else text,
            broken=common.cut_off(more["max_completion_tokens"]) if cut else "" if text.strip() else "the model answered nothing",
            tokens_in=whole(dig(usage, "input_tokens")),
            tokens_out=whole(dig(usage, "output_tokens")),
            tokens_cached=whole(dig(timings, "cache_n")) or whole(dig(usage, "input_token_details", "cache_read")),
            tokens=() if cut else choices_in(dig(said, "logprobs", "content"), text),
            seconds_reading=whole(dig(timings, "prompt_ms")) / 1000,
            seconds_writing=whole(dig(timings, "predicted_ms")) / 1000,
        )

    def _loaded(self) -> ChatOpenAI:
        with self._lock:
            if self._chat is None:
                try:
                    from checker.adapters.chat.openai_client import chat_for, client_for
                except ImportError as error:
                    raise ModelMissing(f"langchain-openai kan ikke indlæses ({error}).", "Installér det: pip install langchain-openai") from None
                self._chat = chat_for(client_for(self._url, self._key, self._manners, self._tls), self._model, self._url, self._manners)
            return self._chat

    def _explained(self, error: Exception) -> Reply:
        """What fails for this question alone, as a broken reply; what would fail for every other one too is raised."""
        import openai

        match error:
            case CheckerError():
                raise error
            case openai.APITimeoutError() if not common.never_connected(error):
                hint = "Sæt CHECKER_LLM_TIMEOUT højere, eller brug en mindre model."
                return self._breaker.failed(f"no answer within {self._manners.timeout:g} seconds", hint)
            case openai.RateLimitError() | openai.InternalServerError():
                return self._breaker.failed(f"the server failed ({error.status_code}): {short(error)}", "Se serverens egen log.")
            case openai.APIConnectionError():
                raise self._hopeless(error) from None
            case openai.LengthFinishReasonError() | openai.ContentFilterFinishReasonError() | openai.APIStatusError():
                pass
            case _ if self._known:  # such a server it is, so this answer alone is odd
                return self._breaker.failed(f"the server's answer has another shape ({type(error).__name__})", "Se serverens egen log.")
        self._breaker.answered()
        match error:
            case openai.LengthFinishReasonError():
                used = error.completion.usage
                read, written = (used.prompt_tokens, used.completion_tokens) if used else (0, 0)
                return Reply(text="", broken=common.cut_off(written or common.LONGEST), tokens_in=read, tokens_out=written)
            case openai.ContentFilterFinishReasonError():
                return Reply(text="", broken="the server held the answer back (content filter)")
            case openai.APIStatusError() if error.status_code >= 400 and error.status_code not in (401, 403, 404):
                return Reply(text="", broken=f"the server refused the question ({error.status_code}): {short(error)}")
        raise self._hopeless(error) from None

    def _hopeless(self, error: Exception) -> CheckerError:
        import openai

        match error:
            case CheckerError():
                return error
            case openai.APIConnectionError():
                if common.untrusted(error):
                    return common.distrust(self._url)
                return ModelMissing(f"Sprogmodellens server {self._url} kan ikke nås.", "Start den, eller ret adressen i CHECKER_LLM.")
            case openai.AuthenticationError() | openai.PermissionDeniedError():
                return SettingsError(f"Serveren {self._url} afviser nøglen ({error.status_code}).", "Sæt den rigtige i CHECKER_LLM_KEY.")
            case openai.NotFoundError():
                return SettingsError(
                    f"Serveren {self._url} har ingen model {self._model}, eller der er ingen sprogmodel på adressen ({short(error)}).",
                    "Ret CHECKER_LLM; adressen slutter som regel på /v1.",
                )
            case openai.APIStatusError() if error.status_code < 400:
                host = urlsplit(error.response.headers.get("location", "")).hostname or "en anden adresse"
                return SettingsError(f"{self._url} sender videre til {host}; teksten sendes ikke med.", "Skriv den adresse, der skal bruges, i CHECKER_LLM.")
        return SettingsError(
            f"{self._url} svarer ikke, som en sprogmodels server gør ({type(error).__name__}: {short(error)}).",
            "Ret adressen i CHECKER_LLM; den slutter som regel på /v1.",
        )


def _request(sent: set[str], schema: Mapping[str, object], longest: int) -> dict[str, Any]:
    more: dict[str, Any] = {"max_completion_tokens": longest}
    if "form" in sent:
        more["response_format"] = {"type": "json_schema", "json_schema": {"name": "answer", "schema": dict(schema), "strict": True}}
    if "seed" in sent:
        more["seed"] = SEED
    if "probabilities" in sent:
        more |= {"logprobs": True, "top_logprobs": ALTERNATIVES}
    if "extras" in sent:
        more["extra_body"] = _EXTRAS
    return more


def _named(sent: set[str], words: str) -> frozenset[str]:
    """What to leave out after a refusal: what it names, else the least important; nothing where the prompt is too long."""
    if common.too_long(words):
        return frozenset()
    left = [name for name in _OPTIONAL if name in sent]
    return frozenset(name for name in left if _OPTIONAL[name].search(words)) or frozenset(left[:1])


def _again(error: Exception) -> bool | float:
    """An answer that took too long would take too long again; a server that is just being started, or busy, is asked again."""
    import openai

    match error:
        case openai.APITimeoutError():
            return False
        case openai.APIConnectionError():
            return not common.untrusted(error)
        case openai.APIStatusError() if error.status_code in (408, 409, 429) or error.status_code >= 500:
            return common.pause_asked(error.response.headers)
    return False
