"""What servers of OpenAI's protocol tell and refuse, and where a prompt may go: against local servers that answer as those do."""

import datetime as dt
import ipaddress
import math
import ssl
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from checker.adapters.chat import GIVE_UP, chat_model
from checker.adapters.chat.choices import choices_in
from checker.adapters.chat.manners import Breaker, longest_answer, pause_asked
from checker.errors import ModelMissing, SettingsError
from checker.ports import ChatModel
from tests.unit.adapters.chat_servers import Asked, Page, Serving

SCHEMA: dict[str, object] = {"type": "object", "properties": {"answer": {"type": "string", "enum": ["yes", "no"]}}, "required": ["answer"]}
VLLM = {"id": "small", "object": "model", "created": 1, "owned_by": "vllm", "root": "org/small", "parent": None, "max_model_len": 4096}
LLAMA = {"id": "/m/a.gguf", "created": 1, "owned_by": "llamacpp", "meta": {"n_ctx": 512, "n_ctx_train": 8192, "n_params": 7, "size": 9}}
PROPS = {"total_slots": 3, "model_path": "/m/a.gguf", "build_info": "b1", "chat_template": "t", "default_generation_settings": {"n_ctx": 512}}


def completion(content: str = '{"answer": "yes"}', **more: Any) -> Page:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}, "logprobs": more.pop("logprobs", None)}
    usage = {"prompt_tokens": 120, "completion_tokens": 7, "total_tokens": 127}
    return Page({"id": "1", "object": "chat.completion", "created": 0, "model": "small", "choices": [choice], "usage": usage, **more})


def refusal(status: int, message: str, **headers: str) -> Page:
    return Page({"error": {"message": message, "type": "t", "code": None}}, status, {k.replace("_", "-"): v for k, v in headers.items()})


class Server(Serving):
    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.answers = [completion()]
        self.entries: list[dict[str, Any]] | None = None
        self.props: dict[str, Any] | None = None
        super().__init__(self._pages, tls)

    def _pages(self, asked: Asked) -> Page:
        if asked.path == "/v1/chat/completions":
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if asked.path == "/v1/models" and self.entries is not None:
            return Page({"object": "list", "data": self.entries})
        if asked.path == "/props" and self.props is not None:
            return Page(self.props)
        return Page("<h1>Not found</h1>", 404)

    def model(self, name: str = "small", **options: Any) -> ChatModel:
        return chat_model(f"openai:{name}@{self.root}/v1", **options)

    @property
    def questions(self) -> list[dict[str, Any]]:
        return [a.body for a in self.of("/v1/chat/completions")]


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.stop()


def test_vllm_says_its_room_and_its_weights_but_not_its_slots(server: Server) -> None:
    server.entries = [{**VLLM, "id": "other"}, VLLM]
    model = server.model()
    assert (model.context(), model.slots()) == (4096, 4)
    assert model.identity().startswith(f"openai:small@{server.root}/v1#")
    assert server.of("/props") == []  # only llama.cpp has that page


def test_other_weights_under_the_same_name_are_another_model_and_a_new_start_is_not(server: Server) -> None:
    server.entries = [VLLM]
    first = server.model().identity()
    server.entries = [{**VLLM, "created": 2}]
    assert server.model().identity() == first
    server.entries = [{**VLLM, "root": "org/small-v2"}]
    assert server.model().identity() != first
    assert server.model(temperature=0.7).identity() != server.model().identity()


def test_llama_cpp_is_known_by_its_weights_wherever_they_lie_and_however_much_room_they_have(server: Server) -> None:
    server.entries, server.props = [LLAMA], PROPS
    model = server.model()
    assert (model.slots(), model.context()) == (3, 512)
    first = model.identity()
    assert first.startswith("llama.cpp:a.gguf#")
    server.entries, server.props = [{**LLAMA, "meta": {**LLAMA["meta"], "n_ctx": 1024}}], {**PROPS, "model_path": "C:\\models\\a.gguf"}  # type: ignore[dict-item]
    assert server.model("another").identity() == first
    for entry, props in (
        ({**LLAMA, "meta": {**LLAMA["meta"], "size": 10}}, PROPS),  # type: ignore[dict-item]
        (LLAMA, {**PROPS, "build_info": "b2"}),
        (LLAMA, {**PROPS, "chat_template": "u"}),
    ):
        server.entries, server.props = [entry], props
        assert server.model().identity() != first


def test_a_server_that_says_nothing_is_known_by_its_name_and_address(server: Server) -> None:
    model = server.model()
    assert (model.identity(), model.slots(), model.context()) == (f"openai:small@{server.root}/v1", 4, None)
    assert (server.model(parallel=2).slots(), server.model(context=2048).context()) == (2, 2048)


def test_a_server_that_is_still_reading_its_model_is_asked_about_itself_again(server: Server) -> None:
    loading = [refusal(503, "Loading model", retry_after_ms="1")] * 4
    usual = server.pages
    server.pages = lambda asked: loading.pop() if asked.path == "/v1/models" and loading else usual(asked)
    server.entries = [VLLM]
    model = server.model()
    assert model.identity() == model.name  # three tries, then it is not known
    assert model.identity() != model.name  # one more, then it is


def test_a_server_is_asked_about_itself_once(server: Server) -> None:
    server.entries = [VLLM]
    model = server.model()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: (model.ask("s", "u", SCHEMA), model.identity(), model.context()), range(8)))
    assert len(server.of("/v1/models")) == 1


def test_only_llama_cpp_is_told_to_keep_what_it_read(server: Server) -> None:
    server.entries, server.props = [LLAMA], PROPS
    server.model().ask("s", "u", SCHEMA)
    assert server.questions[0]["cache_prompt"] is True
    server.entries, server.props = [VLLM], None
    server.model().ask("s", "u", SCHEMA)
    assert "cache_prompt" not in server.questions[1]


def test_the_answer_leaves_room_for_the_prompt(server: Server) -> None:
    server.entries = [VLLM]
    server.model().ask("s", "u", SCHEMA)
    assert server.questions[0]["max_completion_tokens"] == 1024
    assert [longest_answer(c) for c in (None, 32768, 8000, 2048)] == [2000, 2000, 2000, 512]


def test_probabilities_cached_tokens_and_seconds_are_read(server: Server) -> None:
    entry = {"token": "yes", "logprob": -0.5, "top_logprobs": [{"token": "no", "logprob": -1.0}, {"token": "maybe", "logprob": -9999.0}]}
    usage = {"prompt_tokens": 120, "completion_tokens": 1, "total_tokens": 121, "prompt_tokens_details": {"cached_tokens": 112}}
    server.answers = [completion("yes", logprobs={"content": [entry]}, usage=usage)]
    reply = server.model().ask("s", "u", SCHEMA, probabilities=True)
    assert (server.questions[0]["logprobs"], server.questions[0]["top_logprobs"]) == (True, 20)
    assert [(t.text, t.choices) for t in reply.tokens] == [("yes", {"yes": -0.5, "no": -1.0, "maybe": -9999.0})]
    assert (reply.tokens_cached, reply.seconds_reading) == (112, 0)
    server.answers = [completion("yes", timings={"cache_n": 100, "prompt_n": 20, "prompt_ms": 250.5, "predicted_ms": 1000.0})]
    reply = server.model().ask("s", "u", SCHEMA)
    assert (reply.tokens_cached, reply.seconds_reading, reply.seconds_writing) == (100, 0.25, 1.0)


def test_a_server_that_knows_no_probabilities_is_asked_without_them_from_then_on(server: Server) -> None:
    server.answers = [refusal(400, "logprobs is not supported"), completion()]
    model = server.model()
    for _ in range(2):
        assert model.ask("s", "u", SCHEMA, probabilities=True).tokens == ()
    assert ["logprobs" in q for q in server.questions] == [True, False, False]
    assert ["response_format" in q for q in server.questions] == [True, True, True]


def test_a_server_that_does_not_say_what_it_refuses_loses_the_least_important_first(server: Server) -> None:
    server.entries, server.props = [LLAMA], PROPS
    server.answers = [refusal(422, "bad request")] * 4 + [completion()]
    assert server.model().ask("s", "u", SCHEMA, probabilities=True).text == '{"answer": "yes"}'
    sent = [("logprobs" in q, "cache_prompt" in q, "seed" in q, "response_format" in q) for q in server.questions]
    assert sent == [(True, True, True, True), (False, True, True, True), (False, False, True, True), (False, False, False, True), (False, False, False, False)]


def test_nothing_is_given_up_for_a_question_that_is_refused_anyway(server: Server) -> None:
    server.answers = [refusal(400, "no")]
    model = server.model()
    assert "refused" in model.ask("s", "u", SCHEMA).broken
    server.answers = [completion()]
    model.ask("s", "u", SCHEMA)
    assert "response_format" in server.questions[-1]
    server.answers = [refusal(400, "This model's maximum context length is 4096 tokens")]
    before = len(server.questions)
    assert "maximum context" in model.ask("s", "u", SCHEMA).broken
    assert len(server.questions) == before + 1


def test_a_pause_that_the_server_asks_for_is_kept_and_too_long_a_one_is_a_failure(server: Server) -> None:
    server.answers = [refusal(429, "slow down", Retry_After="0.01"), completion()]
    assert server.model().ask("s", "u", SCHEMA).broken == ""
    server.answers = [refusal(429, "slow down", Retry_After="3600")]
    before = len(server.questions)
    assert "slow down" in server.model().ask("s", "u", SCHEMA).broken
    assert len(server.questions) == before + 1


def test_retry_after_is_read_as_seconds_as_a_date_and_as_nonsense() -> None:
    now = dt.datetime.now(dt.UTC)
    assert pause_asked({"retry-after": "7"}) == 7
    assert 0 < pause_asked({"retry-after": format_datetime(now + dt.timedelta(seconds=30), usegmt=True)}) <= 30
    assert pause_asked({"retry-after": format_datetime(now - dt.timedelta(seconds=30), usegmt=True)}) == 0.001
    assert pause_asked({"retry-after": format_datetime(now + dt.timedelta(hours=2), usegmt=True)}) is False
    assert [pause_asked({"retry-after": said}) for said in ("soon", "nan", "inf", "-1")] == [True, False, False, 0.001]
    assert pause_asked({}) is True


def test_a_redirect_takes_no_text_anywhere(server: Server) -> None:
    elsewhere = Server()
    server.answers = [Page(None, 307, {"Location": f"{elsewhere.root}/v1/chat/completions"})]
    with pytest.raises(SettingsError, match=r"sender videre til 127\.0\.0\.1"):
        server.model().ask("s", "u", SCHEMA)
    elsewhere.stop()
    assert elsewhere.asked == []


def test_no_variable_of_another_service_is_sent_or_followed(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = Server()
    for variable in ("OPENAI_BASE_URL", "OPENAI_API_BASE", "OPENAI_PROXY", "LANGSMITH_GATEWAY"):
        monkeypatch.setenv(variable, elsewhere.root)
    for variable in ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "LANGSMITH_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.setenv(variable, "theirs")
    assert server.model(key=SecretStr("ours")).ask("s", "u", SCHEMA).broken == ""
    elsewhere.stop()
    assert elsewhere.asked == []
    assert not [a for a in server.asked if "theirs" in a.headers.values()]
    assert {a.headers["authorization"] for a in server.asked} == {"Bearer ours"}


@pytest.mark.parametrize("kind", ["openai", "ollama"])
def test_a_missing_library_is_named(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, f"checker.adapters.chat.{kind}_client", None)
    model = chat_model(f"{kind}:small@http://127.0.0.1:9")
    for use in (model.identity, model.context, lambda: model.ask("s", "u", SCHEMA)):
        with pytest.raises(ModelMissing, match=f"pip install langchain-{kind}"):
            use()


def test_failures_are_counted_over_all_threads() -> None:
    breaker, raised = Breaker("here"), []
    barrier = threading.Barrier(8)

    def fail() -> None:
        barrier.wait()
        try:
            breaker.failed("x", "y")
        except ModelMissing as error:
            raised.append(error)

    threads = [threading.Thread(target=fail) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(raised) == 8 - (GIVE_UP - 1)
    breaker.answered()
    assert breaker.failed("x", "y").broken == "x"


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that is its own authority, and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "checker test")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    folder = tmp_path_factory.mktemp("pem")
    (folder / "ca.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return folder


@pytest.fixture
def safe_server(pem: Path) -> Iterator[Server]:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pem / "ca.pem", pem / "key.pem")
    running = Server(tls)
    yield running
    running.stop()


def test_a_certificate_is_checked_against_the_file_that_is_given(safe_server: Server, pem: Path) -> None:
    assert safe_server.model(ca=pem / "ca.pem").ask("s", "u", SCHEMA).text == '{"answer": "yes"}'


@pytest.mark.parametrize("kind", ["openai", "ollama"])
def test_a_certificate_that_is_not_trusted_gets_no_text_and_says_which_setting_to_mend(safe_server: Server, kind: str) -> None:
    with pytest.raises(SettingsError, match="CHECKER_LLM_CA"):
        chat_model(f"{kind}:small@{safe_server.root}/v1").ask("s", "u", SCHEMA)
    assert safe_server.asked == []


def test_a_file_of_certificates_that_cannot_be_used_is_named(pem: Path, tmp_path: Path) -> None:
    (tmp_path / "text.pem").write_text("hello")
    for kind in ("openai", "ollama"):
        for file in (tmp_path / "text.pem", tmp_path, pem / "key.pem"):
            with pytest.raises(SettingsError, match=r"CHECKER_LLM_CA kan ikke læses"):
                chat_model(f"{kind}:small@https://127.0.0.1/v1", ca=file)
        with pytest.raises(SettingsError, match=r"none\.pem i CHECKER_LLM_CA findes ikke"):
            chat_model(f"{kind}:small@https://127.0.0.1/v1", ca=tmp_path / "none.pem")


def test_the_tokens_of_a_fence_around_the_answer_are_left_out() -> None:
    entries = [{"token": t, "logprob": -1.0} for t in ("```", "json", "\n", '{"a', '": 1', "}", "\n", "```")]
    assert [t.text for t in choices_in(entries, '{"a": 1}')] == ['{"a', '": 1', "}"]
    assert [t.text for t in choices_in(entries, "something else")] == [e["token"] for e in entries]


@pytest.mark.parametrize("entries", [None, "x", [None], [{"token": 1}], [{"logprob": -1}]])
def test_probabilities_of_another_shape_are_none(entries: Any) -> None:
    assert choices_in(entries, "yes") == ()


def test_a_probability_that_is_no_number_is_left_out() -> None:
    (token,) = choices_in([{"token": "yes", "logprob": None, "top_logprobs": [{"token": "no", "logprob": -math.inf}, {"token": "no", "logprob": -2}]}], "yes")
    assert token.choices == {"no": -2}
