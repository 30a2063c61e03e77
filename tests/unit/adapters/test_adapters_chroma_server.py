"""The index on a real Chroma server, started here on loopback: built, shared, killed, emptied, unreachable, behind a gateway."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from test_chroma import DOCUMENTS, QUERIES, TEXTS, Words, child, found, usable

from checker.adapters import chroma_server
from checker.adapters.chroma import ChromaIndex
from checker.adapters.chroma_server import ChromaServer
from checker.errors import IndexFault, SettingsError


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`chroma run` as chromadb installs it."""
    port, folder = free_port(), tmp_path_factory.mktemp("chroma")
    program = shutil.which("chroma", path=str(Path(sys.executable).parent))
    assert program is not None, "chromadb installs it"
    command = [program, "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            deadline = time.monotonic() + 60
            while not answers(address):
                assert process.poll() is None, (folder / "log").read_text("utf-8", "replace")
                assert time.monotonic() < deadline, "chroma run did not start"
                time.sleep(0.1)
            yield address
        finally:
            process.terminate()


def answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/api/v2/heartbeat", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.fixture
def server(url: str) -> Iterator[ChromaServer]:
    """The server with nothing of ours on it."""
    yield ChromaServer(url)
    with_client(url, lambda client: [client.delete_collection(c.name) for c in client.list_collections()])


def with_client(url: str, do: Callable[[Any], Any]) -> Any:
    client = ChromaServer(url).connect()
    try:
        return do(client)
    finally:
        client.close()


def collections(url: str) -> list[str]:
    return sorted(with_client(url, lambda client: [c.name for c in client.list_collections()]))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "index"


def built(home: Path, server: ChromaServer | None, version: str = "v1-abc") -> ChromaIndex:
    index = ChromaIndex(home, version, Words(), server)
    index.build(DOCUMENTS, QUERIES)
    return index


def test_an_index_on_a_server_answers_as_the_embedded_one_does(home: Path, tmp_path: Path, server: ChromaServer) -> None:
    built(home, server)
    assert collections(server.url) == ["checker-v1-abc"]
    assert sorted(p.name for p in (home / "v1-abc").iterdir()) == ["documents.json", "links.json", "manifest.json", "vectors.npy"]
    there, here = ChromaIndex(home, "v1-abc", Words(), server), built(tmp_path / "embedded", None)
    for query in ("sletning uden unødig forsinkelse", "menneskeligt tilsyn", "noget helt andet"):
        (ours,), (theirs,) = here.search([query], 3), there.search([query], 3)
        assert [h.provision for h in theirs] == [h.provision for h in ours]
        assert [h.score for h in theirs] == pytest.approx([h.score for h in ours], abs=1e-5)
    assert found(there, "sletning", act="ai-act") == ["ai-act:art_14"]
    assert there.guideline_for("gdpr-dpia") == here.guideline_for("gdpr-dpia") != ()
    assert there.text_of("gdpr:art_17") == "\n".join(TEXTS["gdpr:art_17"])


def test_a_second_build_embeds_nothing_and_a_second_machine_only_what_it_asks(home: Path, tmp_path: Path, server: ChromaServer) -> None:
    built(home, server)
    again, other = Words(), Words()
    ChromaIndex(home, "v1-abc", again, server).build(DOCUMENTS, QUERIES)
    assert again.texts == 0
    index = ChromaIndex(tmp_path / "another machine", "v1-abc", other, server)
    index.build(DOCUMENTS, QUERIES)
    assert other.texts == len(QUERIES), "the documents were there"
    assert usable(index)


def test_an_index_without_anything_works(home: Path, server: ChromaServer) -> None:
    empty = ChromaIndex(home, "v1-empty", Words(), server)
    empty.build([], {})
    assert found(empty, "noget") == []


def test_going_over_to_a_server_and_back_builds_anew_and_never_mixes_the_two(home: Path, server: ChromaServer) -> None:
    built(home, None)
    on_server = ChromaIndex(home, "v1-abc", Words(), server)
    assert not on_server.ready
    on_server.build(DOCUMENTS, QUERIES)
    assert usable(on_server)
    embedded = ChromaIndex(home, "v1-abc", Words())
    assert not embedded.ready
    embedded.build(DOCUMENTS, QUERIES)
    assert usable(embedded)


def test_old_versions_built_here_leave_the_server_and_strangers_collections_stay(home: Path, tmp_path: Path, server: ChromaServer) -> None:
    with_client(server.url, lambda client: client.create_collection("somebody-elses", embedding_function=None))
    built(tmp_path / "another machine", server, "v1-theirs")
    for version in ("v1-theirs", "v1-one", "v1-two", "v1-three"):
        built(home, server, version)
    assert collections(server.url) == ["checker-v1-theirs", "checker-v1-three", "checker-v1-two", "somebody-elses"]
    assert usable(ChromaIndex(home, "v1-two", Words(), server))


SLOW = """
import time
from pathlib import Path
import test_chroma as t
from checker.adapters.chroma_server import ChromaServer
def step(what, done, total):
    print(done, flush=True)
    time.sleep(60)
many = [t.document(f"gdpr:art_{n}", f"tekst {n}") for n in range(600)]
t.ChromaIndex(Path(HOME), "v1-new", t.Words(), ChromaServer(URL)).build(many, {}, step)
"""


def test_a_build_that_is_killed_leaves_the_old_index_and_is_swept_up_a_day_later(home: Path, server: ChromaServer, monkeypatch: pytest.MonkeyPatch) -> None:
    old = built(home, server, "v1-old")
    process = child(SLOW.replace("HOME", repr(str(home))).replace("URL", repr(server.url)))
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "512", process.communicate()
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    process.communicate()
    building, *rest = collections(server.url)
    assert building.startswith("checker-building-")
    assert rest == ["checker-v1-old"]
    assert usable(old)
    new = ChromaIndex(home, "v1-new", Words(), server)
    assert not new.ready
    new.build(DOCUMENTS, QUERIES)
    assert usable(new)
    assert building in collections(server.url), "another machine may be at it"
    monkeypatch.setattr(chroma_server, "_FORGOTTEN", -1)
    built(home, server, "v1-newer")
    assert building not in collections(server.url)


class Failing(Words):
    def embed(self, texts: Any, kind: Any) -> Any:
        raise IndexFault("the embedder fails")


def test_a_build_that_fails_leaves_nothing_on_the_server(home: Path, server: ChromaServer) -> None:
    with pytest.raises(IndexFault, match="the embedder fails"):
        ChromaIndex(home, "v1-abc", Failing(), server).build(DOCUMENTS, QUERIES)
    assert collections(server.url) == []
    assert list(home.glob("*/")) == []


def test_an_emptied_server_is_a_fault_with_advice_and_the_next_build_fills_it(home: Path, server: ChromaServer) -> None:
    built(home, server)
    with_client(server.url, lambda client: client.get_collection("checker-v1-abc", embedding_function=None).delete(ids=[DOCUMENTS[0].key]))
    with pytest.raises(IndexFault, match="checker corpus build"):
        found(ChromaIndex(home, "v1-abc", Words(), server), "x")
    assert usable(built(home, server))
    with_client(server.url, lambda client: client.delete_collection("checker-v1-abc"))
    with pytest.raises(IndexFault, match="checker corpus build"):
        found(ChromaIndex(home, "v1-abc", Words(), server), "x")
    assert usable(built(home, server))


# --- a server that is not there, or is something else ---


def test_a_server_that_is_not_there_is_a_fault_with_advice(home: Path, server: ChromaServer) -> None:
    nobody = ChromaServer(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(IndexFault, match=r"kan ikke nås .*chroma run.*CHECKER_CHROMA"):
        built(home, nobody)
    assert list(home.glob("*/")) == []
    built(home, server)
    manifest = home / "v1-abc" / "manifest.json"
    manifest.write_text(manifest.read_text().replace(server.url, nobody.url))
    gone = ChromaIndex(home, "v1-abc", Words(), nobody)
    assert gone.ready
    assert gone.guideline_for("gdpr-dpia"), "what a check needs lies here"
    with pytest.raises(IndexFault, match="kan ikke nås"):
        found(gone, "x")


class Other:
    """An HTTP server whose answers a test decides: takes method, path, headers and body, gives status and body, or None for silence."""

    def __init__(self, answer: Callable[[str, str, dict[str, str], bytes], tuple[int, bytes] | None]) -> None:
        self.over = threading.Event()
        other = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"] or 0))
                given = answer(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
                if given is None:
                    other.over.wait(30)
                    self.close_connection = True
                    return
                self.send_response(given[0])
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(given[1])))
                self.end_headers()
                self.wfile.write(given[1])

            do_GET = do_POST = do_PUT = do_DELETE = answer

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def __enter__(self) -> "Other":
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._http.shutdown()
        self._http.server_close()


@pytest.mark.parametrize("body", [b"<html>login</html>", b"{}", b"[1, 2]", b"7", b"null"], ids=["a page", "an empty answer", "a list", "a number", "null"])
@pytest.mark.parametrize("status", [200, 404, 500])
def test_another_kind_of_server_is_a_fault_with_advice(home: Path, status: int, body: bytes) -> None:
    with Other(lambda *_: (status, body)) as other, pytest.raises(IndexFault, match=r"svarer ikke, som en Chroma-server gør .*CHECKER_CHROMA"):
        built(home, ChromaServer(other.url))


def test_a_server_that_never_answers_is_given_up(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chroma_server, "_PATIENCE", 0.2)
    with Other(lambda *_: None) as other, pytest.raises(IndexFault, match=r"svarer ikke\..*CHECKER_CHROMA"):
        built(home, ChromaServer(other.url))


def forwarding(to: str, lets: Callable[[str, dict[str, str]], bool], refusal: tuple[int, bytes] | None) -> Other:
    """A gateway before the real server."""

    def answer(method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes] | None:
        if not lets(path, headers):
            return refusal
        reply = httpx.request(method, to + path, content=body, headers={"content-type": "application/json"}, trust_env=False, timeout=30)
        return reply.status_code, reply.content

    return Other(answer)


@pytest.mark.parametrize(("header", "value"), [("authorization", "Bearer s3cret"), ("x-chroma-token", "s3cret")])
def test_a_gateway_gets_the_token_and_one_that_refuses_it_is_a_fault(home: Path, server: ChromaServer, header: str, value: str) -> None:
    with forwarding(server.url, lambda _, headers: headers.get(header) == value, (401, b'{"error": "no"}')) as gateway:
        for wrong in (None, SecretStr("wr0ng")):
            with pytest.raises(IndexFault, match=r"afviser adgang \(401\).*CHECKER_CHROMA_TOKEN") as caught:
                built(home, ChromaServer(gateway.url, wrong))
            assert "wr0ng" not in str(caught.value)
        assert usable(built(home, ChromaServer(gateway.url, SecretStr("s3cret"))))
    assert b"s3cret" not in b"".join(p.read_bytes() for p in home.rglob("*.json"))


@pytest.mark.parametrize("refusal", [(502, b"<html>bad gateway</html>"), None])
def test_a_server_that_goes_away_during_a_build_or_a_search_is_a_fault(
    home: Path, server: ChromaServer, refusal: tuple[int, bytes] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chroma_server, "_TIMEOUT", 2.0)
    refused: set[str] = {"upsert"}
    with forwarding(server.url, lambda path, _: path.rsplit("/", 1)[-1] not in refused, refusal) as gateway:
        with pytest.raises(IndexFault, match=r"Chroma-serveren .* (kan ikke nås|svarer ikke)"):
            built(home, ChromaServer(gateway.url))
        assert list(home.glob("*/")) == []
        refused.clear()
        index = built(home, ChromaServer(gateway.url))
        assert usable(index)
        refused |= {"get", "query"}
        assert found(index, "x"), "the vectors of an index that was searched lie beside it"
        (index.folder / "vectors.npy").unlink()
        index._close()
        with pytest.raises(IndexFault, match=r"Chroma-serveren .* (kan ikke nås|svarer ikke)"):
            found(index, "x")


def test_a_server_on_this_machine_is_never_reached_through_a_proxy(home: Path, server: ChromaServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setenv("no_proxy", "example.org")
    assert usable(built(home, server))
    assert os.environ["no_proxy"] == "example.org,127.0.0.1"


@pytest.mark.parametrize("address", ["", "127.0.0.1:8000", "chroma", "ftp://127.0.0.1", "http://", "http://[", "http://h:0", "http://a b"])
def test_an_address_that_cannot_be_used_is_refused_before_anything_is_asked(address: str) -> None:
    with pytest.raises(SettingsError, match="CHECKER_CHROMA er ikke en webadresse"):
        ChromaServer(address)


@pytest.mark.parametrize("address", ["http://user:pw@127.0.0.1:8000", "http://127.0.0.1:8000?token=pw"])
def test_a_key_in_the_address_is_refused_and_not_shown(address: str) -> None:
    with pytest.raises(SettingsError, match="CHECKER_CHROMA_TOKEN") as caught:
        ChromaServer(address)
    assert "pw" not in str(caught.value)


def test_the_manifest_says_where_the_collection_is(home: Path, server: ChromaServer) -> None:
    built(home, ChromaServer(server.url + "/"))
    manifest = json.loads((home / "v1-abc" / "manifest.json").read_text())
    assert (manifest["server"], manifest["built_here"]) == (server.url, True)
