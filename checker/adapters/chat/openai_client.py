"""langchain-openai and openai, set up so that nothing but what we are told decides where a prompt goes. Imported when first used."""

from __future__ import annotations

import ssl
from typing import Any

import openai
from langchain_core.outputs import ChatResult
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from checker.adapters.chat.manners import Manners
from checker.adapters.servers import is_here


class TimedChatOpenAI(ChatOpenAI):
    """Keeps the server's own clock, which ChatOpenAI leaves out of its result."""

    def _create_chat_result(self, response: Any, generation_info: dict[str, Any] | None = None) -> ChatResult:
        result = super()._create_chat_result(response, generation_info)
        timings = response.get("timings") if isinstance(response, dict) else getattr(response, "timings", None)
        result.llm_output = {**(result.llm_output or {}), "timings": timings if isinstance(timings, dict) else {}}
        return result


def client_for(url: str, key: SecretStr | None, manners: Manners, tls: ssl.SSLContext | None) -> openai.OpenAI:
    """OPENAI_API_KEY, organisation and project belong to another service; a proxy never stands before this machine; a redirect is
    refused, since it could name another host; asking again is ours, since an answer that took too long would take too long again.
    """
    http: dict[str, Any] = {"follow_redirects": False, "trust_env": not is_here(url)}
    if tls is not None:
        http["verify"] = tls
    ours: dict[str, Any] = {"OpenAI-Organization": openai.Omit(), "OpenAI-Project": openai.Omit()}
    return openai.OpenAI(
        base_url=url,
        api_key=key.get_secret_value() if key else "none",
        timeout=openai.Timeout(manners.timeout, connect=manners.connect()),
        max_retries=0,
        default_headers=ours,
        http_client=openai.DefaultHttpxClient(**http),
    )


def chat_for(client: openai.OpenAI, model: str, url: str, manners: Manners) -> ChatOpenAI:
    return TimedChatOpenAI(
        model=model,
        base_url=url,
        api_key=SecretStr("none"),  # the client above bears the real one
        client=client.chat.completions,
        root_client=client,
        openai_proxy=None,
        temperature=manners.temperature,
        max_retries=0,
        use_responses_api=False,
        output_version="v0",
    )
