"""Ollama by its own protocol: unlike its OpenAI pages, that one lets the room for the prompt be set, and says which weights it has."""

from __future__ import annotations

import re
import ssl
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from checker.adapters.chat import manners as common
from checker.adapters.chat.choices import choices_in
from checker.adapters.chat.manners import ALTERNATIVES, SEED, Breaker, Manners, longest_answer, patiently, whole
from checker.adapters.servers import short
from checker.errors import CheckerError, ModelMissing, SettingsError
from checker.model.law import Frozen
from checker.ports import Reply

if TYPE_CHECKING:
    from langchain_ollama import ChatOllama
    from ollama import Client

DEFAULT = "http://127.0.0.1:11434"
ROOM = 8192
"""Tokens asked for at first; it is doubled when a prompt needs more, since another size makes Ollama load the model anew."""
_BYTES = 3
"""Of text for one token, about; a prompt that turns out longer is asked again with more room."""
_MOST_BYTES = 8
"""Of text for one token, at the very most: what does not fit by this measure is not sent."""
_FORM = re.compile(r"format|schema|grammar", re.IGNORECASE)
_CLOUD = re.compile(r":(?:[^:/]*-)?cloud$", re.IGNORECASE)


class Told(Frozen):
    digest: str | None = None
    context: int | None = None


class OllamaChat:
    """One model in one Ollama, through langchain-ollama. Safe to call from several threads.

    Ollama cuts a prompt that is longer than its room without a word, and its own room is small: the room is set for every question,
    and a prompt that fills it is refused here. Its "cloud" models are run by somebody else, under the address of the Ollama that passes
    the text on: they are refused, by name at once and by what Ollama says of them before anything is sent.

    Raises:
        SettingsError: the name is that of a cloud model.
    """

    def __init__(self, model: str, url: str, key: SecretStr | None, manners: Manners, tls: ssl.SSLContext | None = None) -> None:
        self._model, self._url, self._key, self._manners, self._tls = model, url, key, manners, tls
        if _CLOUD.search(model):
            raise _abroad(model, "ollama.com")
        self._breaker = Breaker(url)
        self._lock = threading.RLock()
        self._clients: tuple[ChatOllama, Client] | None = None
        self._told: Told | None = None
        self._room = ROOM
        self._form = True

    @property
    def name(self) -> str:
        return f"ollama:{self._model}" + ("" if self._url == DEFAULT else f"@{self._url}") + self._manners.warmth

    @property
    def samples(self) -> bool:
        return self._manners.samples

    def identity(self) -> str:
        digest = self.told().digest
        return self.name if digest is None else f"ollama:{self._model}#{digest}{self._manners.warmth}"

    def slots(self) -> int:
        """Ollama does not say how many questions it takes at once (OLLAMA_NUM_PARALLEL); more than that wait in its queue."""
        return self._manners.parallel or 1

    def context(self) -> int | None:
        return self._manners.context or self.told().context

    def told(self) -> Told:
        """The model's digest and its longest context, asked once.

        Raises:
            CheckerError: Ollama cannot be reached or has no such model.
        """
        client = self._loaded()[1]
        with self._lock:
            if self._told is None:
                try:
                    self._told = patiently(lambda: self._found_out(client), _again)
                except Exception as error:
                    raise self._hopeless(error) from None
            return self._told

    def _found_out(self, client: Client) -> Told:
        info = client.show(self._model).modelinfo or {}
        context = next((whole(v) for k, v in info.items() if k.endswith(".context_length")), 0)
        names = {self._model.lower(), f"{self._model}:latest".lower()}
        digest = next((m.digest for m in client.list().models if (m.model or "").lower() in names), None)
        return Told(digest=digest or None, context=context or None)

    def ask(self, system: str, user: str, schema: Mapping[str, object], probabilities: bool = False) -> Reply:
        """The answer to one question.

        Raises:
            ModelMissing: Ollama cannot be reached, or fails time after time.
            SettingsError: no such model, a wrong key, or something else than Ollama at the address.
        """
        try:
            reply = self._fitting([("system", system), ("human", user)], schema, probabilities)
        except Exception as error:  # beside ollama's and httpx's own, the libraries raise many kinds for an answer of another shape
            return self._explained(error)
        self._breaker.answered()
        return reply

    def _fitting(self, messages: list[tuple[str, str]], schema: Mapping[str, object], probabilities: bool) -> Reply:
        self.told()  # also where the context is set: a model that runs elsewhere gets no text
        limit = self.context()
        size = sum(len(text.encode("utf-8", "surrogatepass")) for _, text in messages)
        if limit is not None and size // _MOST_BYTES >= limit:
            return Reply(text="", broken=f"the prompt is too long: more than {size // _MOST_BYTES} tokens, and there is room for {limit}")
        room = self._room_for(size // _BYTES + longest_answer(limit), limit)
        while True:
            reply = self._sent(messages, schema, probabilities, room, longest_answer(limit))
            if reply.tokens_in + reply.tokens_out < room:
                return reply
            if room == limit:
                return reply.model_copy(update={"text": "", "tokens": (), "broken": f"the prompt is too long: it fills the room for {limit} tokens"})
            room = self._room_for(2 * room, limit)

    def _room_for(self, tokens: int, limit: int | None) -> int:
        """Never smaller than before: going back and forth would load the model anew each time."""
        with self._lock:
            while self._room < tokens and (limit is None or self._room < limit):
                self._room *= 2
            return self._room if limit is None else min(self._room, limit)

    def _sent(self, messages: list[tuple[str, str]], schema: Mapping[str, object], probabilities: bool, room: int, longest: int) -> Reply:
        from ollama import ResponseError

        more: dict[str, Any] = {"options": {"temperature": self._manners.temperature, "seed": SEED, "num_ctx": room, "num_predict": longest}}
        if probabilities:
            more |= {"logprobs": True, "top_logprobs": ALTERNATIVES}
        if self._form:
            try:
                return patiently(lambda: self._send(messages, more | {"format": dict(schema)}), _again)
            except ResponseError as error:
                if error.status_code != 400 or common.too_long(error.error) or not _FORM.search(str(error.error)):
                    raise
        reply = patiently(lambda: self._send(messages, more), _again)
        self._form = False
        return reply

    def _send(self, messages: list[tuple[str, str]], more: dict[str, Any]) -> Reply:
        from langsmith import tracing_context

        with tracing_context(enabled=False):
            # In one piece: then the time limit is that of the whole answer, not of each word.
            message = self._loaded()[0].invoke(messages, stream=False, **more)
        said = message.response_metadata
        text, cut = message.text, said.get("done_reason") == "length"
        return Reply(
            text="" if cut else text,
            broken=common.cut_off(more["options"]["num_predict"]) if cut else "" if text.strip() else "the model answered nothing",
            tokens_in=whole(said.get("prompt_eval_count")),
            tokens_out=whole(said.get("eval_count")),
            tokens=() if cut else choices_in(said.get("logprobs"), text),
            seconds_reading=whole(said.get("prompt_eval_duration")) / 1e9,
            seconds_writing=whole(said.get("eval_duration")) / 1e9,
        )

    def _loaded(self) -> tuple[ChatOllama, Client]:
        with self._lock:
            if self._clients is None:
                try:
                    from checker.adapters.chat.ollama_client import clients_for
                except ImportError as error:
                    raise ModelMissing(f"langchain-ollama kan ikke indlæses ({error}).", "Installér det: pip install langchain-ollama") from None
                self._clients = clients_for(self._model, self._url, self._key, self._manners, self._tls)
            return self._clients

    def _explained(self, error: Exception) -> Reply:
        """What fails for this question alone, as a broken reply; what would fail for every other one too is raised."""
        if isinstance(error, CheckerError):
            raise error
        import httpx
        from ollama import ResponseError

        from checker.adapters.chat.ollama_client import Busy

        match error:
            case Busy():
                return self._breaker.failed(f"the server failed ({error.status}): {short(error)}", "Se Ollamas egen log.")
            case httpx.TimeoutException() if not common.never_connected(error):
                hint = "Sæt CHECKER_LLM_TIMEOUT højere, eller brug en mindre model."
                return self._breaker.failed(f"no answer within {self._manners.timeout:g} seconds", hint)
            case ResponseError() if error.status_code >= 400 and error.status_code not in (401, 403, 404):
                self._breaker.answered()
                return Reply(text="", broken=f"the server refused the question ({error.status_code}): {short(error.error)}")
        raise self._hopeless(error) from None

    def _hopeless(self, error: Exception) -> CheckerError:
        if isinstance(error, CheckerError):
            return error
        import httpx
        from ollama import ResponseError

        from checker.adapters.chat.ollama_client import Busy, Elsewhere, Moved

        match error:
            case Busy():
                return ModelMissing(f"Ollama på {self._url} svigter ({error.status}: {short(error)}).", "Se Ollamas egen log.")
            case ConnectionError() | httpx.TransportError():
                if common.untrusted(error):
                    return common.distrust(self._url)
                return ModelMissing(f"Ollama på {self._url} kan ikke nås.", "Start den (ollama serve), eller ret adressen i CHECKER_LLM.")
            case ResponseError() if error.status_code in (401, 403):
                return SettingsError(f"Ollama på {self._url} afviser nøglen ({error.status_code}).", "Sæt den rigtige i CHECKER_LLM_KEY.")
            case ResponseError() if error.status_code == 404:
                return SettingsError(f"Ollama på {self._url} har ingen model {self._model} ({short(error.error)}).", f"Hent den: ollama pull {self._model}")
            case Elsewhere():
                return _abroad(self._model, short(error))
            case Moved():
                return SettingsError(f"{self._url} sender videre til {error}; teksten sendes ikke med.", "Skriv den adresse, der skal bruges, i CHECKER_LLM.")
        return SettingsError(f"{self._url} svarer ikke, som Ollama gør ({type(error).__name__}: {short(error)}).", "Ret adressen i CHECKER_LLM, fx " + DEFAULT)


def _abroad(model: str, host: str) -> SettingsError:
    return SettingsError(
        f"Modellen {model} kører ikke på Ollamas egen maskine, men hos {host}, og så forlader teksten jeres maskiner / a cloud model: the text would leave.",
        "Vælg en model, der er hentet ned (ollama pull) og ikke ender på cloud / choose a downloaded model.",
    )


def _again(error: Exception) -> bool | float:
    """An answer that took too long would take too long again; a server that is just being started, or busy, is asked again."""
    import httpx

    from checker.adapters.chat.ollama_client import Busy

    match error:
        case Busy():
            return error.pause
        case httpx.TimeoutException():
            return False
        case ConnectionError() | httpx.TransportError():
            return not common.untrusted(error)
    return False
