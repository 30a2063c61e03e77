"""A language model on a server, against a real server that behaves and misbehaves as such servers do."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pydantic import SecretStr

from checker.adapters.chat import GIVE_UP, chat_model
from checker.errors import ModelMissing, SettingsError
from checker.ports import Reply

SCHEMA: dict[str, object] = {"type": "object", "properties": {"answer": {"type": "string", "enum": ["yes", "no"]}}, "required": ["answer"]}
Answer = tuple[int, str, str]
"""Status, content type, body."""


def completion(content: str | None, finish: str = "stop", usage: tuple[int, int] | None = (120, 7)) -> Answer:
    body: dict[str, Any] = {
        "id": "1", "object": "chat.completion", "created": 0, "model": "small",
        "choices": [{"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": content}}],
    }  # fmt: skip
    if usage is not None:
        body["usage"] = {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}
    return 200, "application/json", json.dumps(body)


def refusal(status: int, message: str) -> Answer:
    return status, "application/json", json.dumps({"error": {"message": message, "type": "t", "code": None}})


YES = completion('{"answer": "yes"}')


class Server:
    """Answers with what stands next in `answers`, the last of them again and again; None never answers. Remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: list[Answer | None] = [YES]
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.over = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def stop(self) -> None:
        self.over.set()
        self._http.shutdown()
        self._http.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                server.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                server.keys.append(self.headers["Authorization"])
                answer = server.answers.pop(0) if len(server.answers) > 1 else server.answers[0]
                if answer is None:
                    server.over.wait()
                    return
                self.send_response(answer[0])
                self.send_header("Content-Type", answer[1])
                self.send_header("retry-after-ms", "1")
                self.end_headers()
                self.wfile.write(answer[2].encode())

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.stop()


@pytest.fixture
def ask(server: Server) -> Callable[..., Reply]:
    def put(**options: Any) -> Reply:
        return chat_model(f"openai:small@{server.url}", **options).ask("You judge.", "Is it so?", SCHEMA)

    return put


def test_the_answer_comes_with_the_tokens_that_the_server_counted(ask: Callable[..., Reply]) -> None:
    assert ask() == Reply(text='{"answer": "yes"}', tokens_in=120, tokens_out=7)


def test_a_server_that_counts_nothing_costs_nothing(server: Server, ask: Callable[..., Reply]) -> None:
    server.answers = [completion("yes", usage=None)]
    assert ask() == Reply(text="yes")


def test_the_request_names_model_temperature_schema_and_both_messages(server: Server, ask: Callable[..., Reply]) -> None:
    ask(temperature=0.5)
    (asked,) = server.asked
    assert (asked["model"], asked["temperature"]) == ("small", 0.5)
    assert [(m["role"], m["content"]) for m in asked["messages"]] == [("system", "You judge."), ("user", "Is it so?")]
    assert asked["response_format"]["type"] == "json_schema"
    assert asked["response_format"]["json_schema"]["schema"] == SCHEMA
    assert asked["max_completion_tokens"] == 2000


def test_only_the_key_that_is_given_is_sent(server: Server, ask: Callable[..., Reply], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "somebody else's")
    ask()
    ask(key=SecretStr("ours"))
    assert server.keys == ["Bearer none", "Bearer ours"]


def test_a_server_on_this_machine_is_never_reached_through_a_proxy(ask: Callable[..., Reply], monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert ask().text == '{"answer": "yes"}'


def test_no_prompt_goes_to_a_tracing_service(server: Server, ask: Callable[..., Reply], monkeypatch: pytest.MonkeyPatch) -> None:
    from langchain_core.callbacks import CallbackManager
    from langchain_core.tracers import LangChainTracer
    from langsmith import utils

    utils.get_env_var.cache_clear()
    seen: list[bool] = []
    configure = CallbackManager.configure.__func__  # type: ignore[attr-defined]

    def watched(cls: type[CallbackManager], *args: Any, **kwargs: Any) -> CallbackManager:
        found: CallbackManager = configure(cls, *args, **kwargs)
        seen.append(any(isinstance(h, LangChainTracer) for h in found.handlers))
        return found

    monkeypatch.setattr(CallbackManager, "configure", classmethod(watched))
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    monkeypatch.setenv("LANGSMITH_API_KEY", "k")
    ask()
    utils.get_env_var.cache_clear()
    assert seen == [False]


def test_a_server_that_fails_once_is_asked_again(server: Server, ask: Callable[..., Reply]) -> None:
    server.answers = [refusal(500, "out of memory"), YES]
    assert ask().text == '{"answer": "yes"}'
    assert len(server.asked) == 2


def test_a_server_that_does_not_know_the_form_is_asked_without_it(server: Server, ask: Callable[..., Reply]) -> None:
    server.answers = [refusal(400, "response_format is not supported"), completion("yes")]
    assert ask().text == "yes"
    assert ["response_format" in a for a in server.asked] == [True, False]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (refusal(400, "maximum context length is 4096 tokens"), "refused the question (400)"),
        (refusal(422, "bad"), "refused the question (422)"),
        (refusal(413, "too long"), "refused the question (413)"),
        (completion("", "stop"), "answered nothing"),
        (completion(None, "stop"), "answered nothing"),
        (completion("", "content_filter"), "content filter"),
    ],
)
def test_what_fails_for_one_question_is_a_broken_reply(server: Server, ask: Callable[..., Reply], answer: Answer, why: str) -> None:
    server.answers = [answer]
    reply = ask()
    assert reply.text == ""
    assert why in reply.broken


def test_an_answer_that_was_cut_off_is_no_answer_but_is_counted(server: Server, ask: Callable[..., Reply]) -> None:
    server.answers = [completion('{"answer": "ye', "length", (50, 2000))]
    reply = ask()
    assert (reply.text, reply.tokens_in, reply.tokens_out) == ("", 50, 2000)
    assert "cut off" in reply.broken


def test_an_answer_cut_off_by_a_server_that_does_not_know_the_form_is_no_answer_either(server: Server, ask: Callable[..., Reply]) -> None:
    server.answers = [refusal(400, "response_format"), completion("gap, since", "length")]
    assert "cut off" in ask().broken


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_server_that_keeps_failing_ends_the_run(server: Server, status: int) -> None:
    server.answers = [refusal(status, "out of memory")]
    model = chat_model(f"openai:small@{server.url}")
    for _ in range(GIVE_UP - 1):
        assert str(status) in model.ask("s", "u", SCHEMA).broken
    with pytest.raises(ModelMissing, match="gange i træk"):
        model.ask("s", "u", SCHEMA)


def test_an_answer_between_two_failures_starts_the_count_again(server: Server) -> None:
    three_tries: list[Answer | None] = [refusal(500, "x")] * 3
    server.answers = [*three_tries, *three_tries, YES, *three_tries, *three_tries, YES]
    model = chat_model(f"openai:small@{server.url}")
    assert [bool(model.ask("s", "u", SCHEMA).broken) for _ in range(6)] == [True, True, False, True, True, False]


def test_a_server_that_does_not_answer_in_time_is_a_broken_reply(server: Server, ask: Callable[..., Reply]) -> None:
    server.answers = [None]
    assert ask(timeout=0.05).broken == "no answer within 0.05 seconds"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (refusal(401, "no"), "CHECKER_LLM_KEY"),
        (refusal(403, "no"), "CHECKER_LLM_KEY"),
        (refusal(404, "the model small does not exist"), "ingen model small"),
        ((404, "text/html", "<h1>Not found</h1>"), "/v1"),
        ((200, "text/html", "<h1>Welcome</h1>"), "svarer ikke, som en sprogmodels server gør"),
        ((200, "application/json", '{"hello": 1}'), "svarer ikke, som en sprogmodels server gør"),
        ((200, "application/json", '{"choices": ['), "svarer ikke, som en sprogmodels server gør"),
    ],
)
def test_what_would_fail_for_every_question_says_what_to_mend(server: Server, ask: Callable[..., Reply], answer: Answer, message: str) -> None:
    server.answers = [answer]
    with pytest.raises(SettingsError, match=message):
        ask()


def test_a_server_that_is_not_there_is_named(server: Server) -> None:
    model = chat_model(f"openai:small@{server.url}")
    server.stop()
    with pytest.raises(ModelMissing, match=r"127\.0\.0\.1:\d+/v1 kan ikke nås"):
        model.ask("s", "u", SCHEMA)


def test_a_model_is_named_by_its_setting_and_by_the_temperature_that_makes_it_sample() -> None:
    still = chat_model("openai:org/small@v2@http://127.0.0.1:8000/v1/")
    assert (still.name, still.samples) == ("openai:org/small@v2@http://127.0.0.1:8000/v1", False)
    warm = chat_model("openai:small@https://llm.example/v1", temperature=0.7)
    assert (warm.name, warm.samples) == ("openai:small@https://llm.example/v1, temperature 0.7", True)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("ollama:", "formen"),
        ("ollama:mistral@", "formen"),
        ("ollama:mistral small", "formen"),
        ("ollama:mistral@http://me:secret@host", "CHECKER_LLM_KEY"),
        ("llamacpp:", "formen"),
        ("mistral", "formen"),
        ("openai:mistral", "formen"),
        ("openai:@http://127.0.0.1/v1", "formen"),
        ("openai:mistral@127.0.0.1:8000", "formen"),
        ("openai:mistral@ftp://127.0.0.1", "formen"),
        ("openai:mistral@http://", "formen"),
        ("openai:mistral@http://:80/v1", "webadresse"),
        ("openai:mistral@http://host:99999/v1", "webadresse"),
        ("openai:mistral@http://[::1/v1", "webadresse"),
        ("openai:mistral@http://me:secret@host/v1", "CHECKER_LLM_KEY"),
        ("openai:mistral@http://host/v1?key=secret", "CHECKER_LLM_KEY"),
        ("", "formen"),
    ],
)
def test_a_setting_of_another_form_is_refused_without_showing_a_key(setting: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message) as refused:
        chat_model(setting)
    assert "secret" not in str(refused.value)


ODD = ['{"choices": []}', "", "[1, 2]", '{"error": {"message": "boo"}}', completion('{"answer": "\ud800"}')[2]]


@pytest.mark.parametrize("body", ODD)
def test_one_odd_answer_of_a_server_that_has_answered_is_a_broken_reply(server: Server, body: str) -> None:
    server.answers = [YES, (200, "application/json", body), YES]
    model = chat_model(f"openai:small@{server.url}")
    assert [bool(model.ask("s", "u", SCHEMA).broken) for _ in range(3)] == [False, True, False]


def test_odd_answers_time_after_time_end_the_reading(server: Server) -> None:
    server.answers = [YES, (200, "application/json", '{"choices": []}')]
    model = chat_model(f"openai:small@{server.url}")
    for _ in range(GIVE_UP):
        model.ask("s", "u", SCHEMA)
    with pytest.raises(ModelMissing, match="gange i træk"):
        model.ask("s", "u", SCHEMA)
