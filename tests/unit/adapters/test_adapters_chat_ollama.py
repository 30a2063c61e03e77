"""Ollama's protocol, against a local server that speaks it as its public API page describes it."""

import json
import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pydantic import SecretStr

from checker.adapters.chat import GIVE_UP, chat_model
from checker.adapters.chat.ollama_chat import ROOM
from checker.errors import ModelMissing, SettingsError
from checker.ports import ChatModel
from tests.unit.adapters.chat_servers import Asked, Page, Serving

SCHEMA: dict[str, object] = {"type": "object", "properties": {"answer": {"type": "string", "enum": ["yes", "no"]}}, "required": ["answer"]}
DIGEST = "a80c4f17acd55265feec403c7aef86be0c25983ab279d83f3bcd3abbcb5b8b72"
SOON = {"retry-after-ms": "1"}


def answer(content: str = '{"answer": "yes"}', reason: str = "stop", counts: tuple[int, int] = (26, 8), **more: Any) -> Page:
    return Page(
        {
            "model": "small:latest", "created_at": "2024-12-06T00:46:58.265747Z", "done": True, "done_reason": reason,
            "message": {"role": "assistant", "content": content},
            "total_duration": 2254970291, "load_duration": 574751416,
            "prompt_eval_count": counts[0], "prompt_eval_duration": 1502000000, "eval_count": counts[1], "eval_duration": 250000000,
            **more,
        }
    )  # fmt: skip


class Ollama(Serving):
    """`answers` are those of /api/chat, the last of them again and again."""

    def __init__(self) -> None:
        self.answers: list[Page | None] = [answer()]
        self.models: list[dict[str, Any]] = [{"name": "small:latest", "model": "small:latest", "digest": DIGEST, "size": 3338801804}]
        self.context: int | None = 32768
        self.more: dict[str, Any] = {}
        super().__init__(self._pages)

    def _pages(self, asked: Asked) -> Page | None:
        match asked.path:
            case "/api/chat":
                return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            case "/api/show" if asked.body["model"].split(":")[0] == "small":
                info = {"general.architecture": "llama"} | ({"llama.context_length": self.context} if self.context else {})
                return Page({"details": {"family": "llama"}, "model_info": info, "capabilities": ["completion"]} | self.more)
            case "/api/show":
                return Page({"error": f"model '{asked.body['model']}' not found"}, 404)
            case "/api/tags":
                return Page({"models": self.models})
        return Page("404 page not found", 404)

    def model(self, name: str = "small", **options: Any) -> ChatModel:
        return chat_model(f"ollama:{name}@{self.root}", **options)

    @property
    def questions(self) -> list[dict[str, Any]]:
        return [a.body for a in self.of("/api/chat")]


@pytest.fixture
def ollama() -> Iterator[Ollama]:
    running = Ollama()
    yield running
    running.stop()


def test_the_answer_comes_with_counts_and_seconds_of_ollamas_own_clock(ollama: Ollama) -> None:
    reply = ollama.model().ask("You judge.", "Is it so?", SCHEMA)
    assert (reply.text, reply.broken, reply.tokens_in, reply.tokens_out) == ('{"answer": "yes"}', "", 26, 8)
    assert (reply.seconds_reading, reply.seconds_writing) == (1.502, 0.25)


def test_the_question_names_schema_room_seed_and_temperature_and_asks_for_no_thinking(ollama: Ollama) -> None:
    ollama.model(temperature=0.5).ask("You judge.", "Is it so?", SCHEMA)
    (asked,) = ollama.questions
    assert (asked["model"], asked["format"], asked["stream"], asked["think"]) == ("small", SCHEMA, False, False)
    assert [(m["role"], m["content"]) for m in asked["messages"]] == [("system", "You judge."), ("user", "Is it so?")]
    assert asked["options"]["temperature"] == 0.5
    assert asked["options"]["num_ctx"] == ROOM
    assert asked["options"]["num_predict"] == 2000
    assert isinstance(asked["options"]["seed"], int)
    assert not asked.get("logprobs")


def test_probabilities_are_asked_for_and_read(ollama: Ollama) -> None:
    entries = [
        {"token": '{"answer": "', "logprob": -0.01, "top_logprobs": []},
        {"token": "yes", "logprob": math.log(0.75), "top_logprobs": [{"token": "yes", "logprob": math.log(0.75)}, {"token": "no", "logprob": math.log(0.25)}]},
        {"token": '"}', "logprob": -0.02},
    ]
    ollama.answers = [answer(logprobs=entries)]
    reply = ollama.model().ask("s", "u", SCHEMA, probabilities=True)
    assert (ollama.questions[0]["logprobs"], ollama.questions[0]["top_logprobs"]) == (True, 20)
    assert [t.text for t in reply.tokens] == ['{"answer": "', "yes", '"}']
    assert reply.tokens[1].choices == {"yes": math.log(0.75), "no": math.log(0.25)}
    assert reply.tokens[2].choices == {'"}': -0.02}


def test_the_room_grows_with_the_text_and_never_shrinks_again(ollama: Ollama) -> None:
    model = ollama.model()
    for text in ("short", "x" * 30_000, "short"):  # 30,000 bytes: some 10,000 tokens, and 2,000 for the answer
        model.ask("s", text, SCHEMA)
    assert [q["options"]["num_ctx"] for q in ollama.questions] == [8192, 16384, 16384]


def test_a_prompt_that_fills_the_room_is_asked_again_with_more(ollama: Ollama) -> None:
    ollama.answers = [answer(counts=(8192, 8)), answer(counts=(9000, 8))]
    assert ollama.model().ask("s", "x", SCHEMA).tokens_in == 9000
    assert [q["options"]["num_ctx"] for q in ollama.questions] == [8192, 16384]


def test_a_prompt_that_fills_the_largest_room_is_no_answer_since_ollama_may_have_cut_it(ollama: Ollama) -> None:
    ollama.context, ollama.answers = 8192, [answer(counts=(8190, 8))]
    reply = ollama.model().ask("s", "x", SCHEMA)
    assert (reply.text, reply.tokens_in) == ("", 8190)
    assert "too long" in reply.broken


def test_a_prompt_that_cannot_fit_is_not_sent(ollama: Ollama) -> None:
    ollama.context = 4096
    assert "room for 4096" in ollama.model().ask("s", "x" * 40_000, SCHEMA).broken
    assert ollama.questions == []


def test_a_small_model_gets_its_own_room_and_leaves_a_quarter_of_it_for_the_answer(ollama: Ollama) -> None:
    ollama.context = 2048
    ollama.model().ask("s", "u", SCHEMA)
    assert (ollama.questions[0]["options"]["num_ctx"], ollama.questions[0]["options"]["num_predict"]) == (2048, 512)


def test_a_model_that_does_not_say_its_context_is_asked_all_the_same(ollama: Ollama) -> None:
    ollama.context = None
    model = ollama.model()
    assert model.context() is None
    assert model.ask("s", "u", SCHEMA).broken == ""


def test_slots_and_context_are_what_ollama_says_unless_a_setting_does(ollama: Ollama) -> None:
    assert (ollama.model().slots(), ollama.model().context()) == (1, 32768)
    assert (ollama.model(parallel=3).slots(), ollama.model(context=4096).context()) == (3, 4096)


def test_the_identity_is_the_digest_at_whatever_address(ollama: Ollama) -> None:
    assert ollama.model().identity() == f"ollama:small#{DIGEST}"
    assert ollama.model("small:latest").identity() == f"ollama:small:latest#{DIGEST}"
    assert ollama.model(temperature=0.7).identity() == f"ollama:small#{DIGEST}, temperature 0.7"
    ollama.models = []
    assert ollama.model().identity() == f"ollama:small@{ollama.root}"


def test_the_name_leaves_out_the_usual_address() -> None:
    assert chat_model("ollama:mistral-small").name == "ollama:mistral-small"
    assert chat_model("ollama:hf.co/someone/model:Q4_K_M").name == "ollama:hf.co/someone/model:Q4_K_M"
    assert chat_model("ollama:m@http://10.0.0.1:11434/v1/").name == "ollama:m@http://10.0.0.1:11434"


def test_a_model_that_is_not_there_comes_with_the_command_that_gets_it(ollama: Ollama) -> None:
    with pytest.raises(SettingsError, match="ollama pull large"):
        ollama.model("large").ask("s", "u", SCHEMA)
    with pytest.raises(SettingsError, match="ollama pull large"):
        ollama.model("large").identity()


def test_an_ollama_that_refuses_the_schema_is_asked_without_it_from_then_on(ollama: Ollama) -> None:
    ollama.answers = [Page({"error": "invalid format: expected \"json\" or a JSON schema"}, 400), answer("yes")]
    model = ollama.model()
    assert [model.ask("s", "u", SCHEMA).text for _ in range(2)] == ["yes", "yes"]
    assert [bool(q.get("format")) for q in ollama.questions] == [True, False, False]


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (Page({"error": "bad options"}, 400), "refused the question (400): bad options"),
        (answer(""), "answered nothing"),
        (answer('{"answer": "ye', "length"), "cut off"),
    ],
)
def test_what_fails_for_one_question_is_a_broken_reply(ollama: Ollama, page: Page, why: str) -> None:
    ollama.answers = [page]
    reply = ollama.model().ask("s", "u", SCHEMA)
    assert reply.text == ""
    assert why in reply.broken


def test_an_ollama_that_is_busy_is_asked_again_after_the_pause_that_it_names(ollama: Ollama) -> None:
    ollama.answers = [Page({"error": "server busy, please try again"}, 503, SOON), answer()]
    assert ollama.model().ask("s", "u", SCHEMA).broken == ""
    assert len(ollama.questions) == 2


def test_an_ollama_that_keeps_failing_ends_the_run(ollama: Ollama) -> None:
    ollama.answers = [Page({"error": "model requires more system memory than is available"}, 500, SOON)]
    model = ollama.model()
    for _ in range(GIVE_UP - 1):
        assert "more system memory" in model.ask("s", "u", SCHEMA).broken
    with pytest.raises(ModelMissing, match="gange i træk"):
        model.ask("s", "u", SCHEMA)


def test_an_ollama_that_does_not_answer_in_time_is_a_broken_reply(ollama: Ollama) -> None:
    model = ollama.model(timeout=0.5)
    model.ask("s", "u", SCHEMA)
    ollama.answers = [None]
    assert model.ask("s", "u", SCHEMA).broken == "no answer within 0.5 seconds"


def test_an_ollama_that_is_not_there_is_named(ollama: Ollama) -> None:
    ollama.stop()
    with pytest.raises(ModelMissing, match="kan ikke nås"):
        ollama.model().ask("s", "u", SCHEMA)


@pytest.mark.parametrize("page", [Page("<h1>Welcome</h1>"), Page({"hello": 1}), Page([1])])
def test_something_else_than_ollama_at_the_address_is_said(ollama: Ollama, page: Page) -> None:
    ollama.pages = lambda asked: page
    with pytest.raises(SettingsError, match="svarer ikke, som Ollama gør"):
        ollama.model().ask("s", "u", SCHEMA)


def test_an_answer_of_another_shape_is_said(ollama: Ollama) -> None:
    ollama.answers = [Page({"hello": 1})]
    with pytest.raises(SettingsError, match="svarer ikke, som Ollama gør"):
        ollama.model().ask("s", "u", SCHEMA)


def test_only_the_key_that_is_given_is_sent(ollama: Ollama, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_API_KEY", "somebody else's")
    ollama.model().ask("s", "u", SCHEMA)
    assert {a.headers.get("authorization") for a in ollama.asked} == {None}
    ollama.asked.clear()
    ollama.model(key=SecretStr("ours")).ask("s", "u", SCHEMA)
    assert {a.headers.get("authorization") for a in ollama.asked} == {"Bearer ours"}


def test_a_refused_key_is_said(ollama: Ollama) -> None:
    ollama.answers = [Page({"error": "unauthorized"}, 401)]
    with pytest.raises(SettingsError, match="CHECKER_LLM_KEY"):
        ollama.model().ask("s", "u", SCHEMA)


def test_neither_a_proxy_nor_a_redirect_nor_ollama_host_takes_the_text_elsewhere(ollama: Ollama, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1:9")
    assert ollama.model().ask("s", "u", SCHEMA).broken == ""
    elsewhere = Ollama()
    ollama.answers = [Page(None, 307, {"Location": f"{elsewhere.root}/api/chat"})]
    with pytest.raises(SettingsError, match="sender videre"):
        ollama.model().ask("s", "u", SCHEMA)
    elsewhere.stop()
    assert elsewhere.asked == []


def test_many_questions_at_once_get_each_its_own_answer(ollama: Ollama) -> None:
    ollama.pages = lambda asked: answer(json.dumps(asked.body["messages"][1]["content"])) if asked.path == "/api/chat" else ollama._pages(asked)
    model = ollama.model()
    with ThreadPoolExecutor(8) as pool:
        assert [r.text for r in pool.map(lambda n: model.ask("s", str(n), SCHEMA), range(24))] == [f'"{n}"' for n in range(24)]
    assert len(ollama.of("/api/show")) == 1


@pytest.mark.parametrize("name", ["big:cloud", "big:120b-cloud", "owner/big:120B-Cloud"])
def test_a_cloud_model_is_refused_by_its_name(ollama: Ollama, name: str) -> None:
    with pytest.raises(SettingsError, match="cloud"):
        ollama.model(name)
    with pytest.raises(SettingsError, match="cloud"):
        chat_model(f"ollama:{name}")
    assert ollama.asked == []


@pytest.mark.parametrize("name", ["cloudy:7b", "cloud-notes", "small:cloud-7b"])
def test_a_model_that_only_has_cloud_in_its_name_is_not(ollama: Ollama, name: str) -> None:
    assert ollama.model(name).name.startswith(f"ollama:{name}")


@pytest.mark.parametrize("context", [None, 4096])
@pytest.mark.parametrize("where", ["show", "tags"])
def test_a_model_that_ollama_sends_on_to_another_host_gets_no_text(ollama: Ollama, where: str, context: int | None) -> None:
    remote = {"remote_host": "https://ollama.com:443", "remote_model": "big"}
    if where == "show":
        ollama.more = remote
    else:
        ollama.models[0] |= remote
    with pytest.raises(SettingsError, match=r"https://ollama\.com"):
        ollama.model(context=context).ask("s", "u", SCHEMA)
    with pytest.raises(SettingsError, match="cloud model"):
        ollama.model(context=context).identity()
    assert ollama.questions == []


def test_another_model_of_the_same_ollama_may_be_in_the_cloud(ollama: Ollama) -> None:
    ollama.models.append({"name": "big:cloud", "model": "big:cloud", "remote_host": "https://ollama.com:443", "digest": "0" * 64})
    assert ollama.model().ask("s", "u", SCHEMA).text
