"""Where a run connects to: nowhere by default, and with a language model to that host alone, whatever the environment says.

Each run is a process of its own with an audit hook (through `sitecustomize`), which sees every connection and every name looked up.
"""

from __future__ import annotations

import http.server
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, Ran, run_checker
from texts import SENSOR

HOOK = '''
import json, os, sys
def seen(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.sendmsg"):
        where = args[1:] if event in ("socket.connect", "socket.sendto", "socket.sendmsg") else args[:2]
        with open(os.environ["SEEN_CONNECTIONS"], "a") as file:
            file.write(json.dumps([event, repr(where)]) + "\\n")
sys.addaudithook(seen)
'''
HOSTILE = {
    "LANGSMITH_TRACING": "true",
    "LANGCHAIN_TRACING_V2": "true",
    "LANGSMITH_API_KEY": "ls-secret",
    "LANGCHAIN_API_KEY": "ls-secret",
    "LANGSMITH_ENDPOINT": "http://telemetry.invalid",
    "HTTP_PROXY": "http://proxy.invalid:3128",
    "HTTPS_PROXY": "http://proxy.invalid:3128",
    "ALL_PROXY": "http://proxy.invalid:3128",
    "http_proxy": "http://proxy.invalid:3128",
    "OPENAI_API_KEY": "sk-not-for-us",
    "OPENAI_BASE_URL": "http://openai.invalid/v1",
    "OPENAI_ORG_ID": "org-secret",
    "ANONYMIZED_TELEMETRY": "True",
    # What people set when they look for a fault.
    "OPENAI_LOG": "debug",
    "HTTPX_LOG_LEVEL": "trace",
    "LANGCHAIN_VERBOSE": "true",
    "LANGCHAIN_DEBUG": "true",
    "LOG_LEVEL": "DEBUG",
}
MARK = "Plejehjemmet Solsortens Eng"
TEXT = f"{SENSOR}\n\n{MARK} deltager i prøven."


class Recorder(http.server.BaseHTTPRequestHandler):
    """Speaks as much of OpenAI's protocol as one answer takes, and keeps what it was sent."""

    sent: list[tuple[str, dict[str, str], bytes]]

    def do_GET(self) -> None:
        self._answer({"object": "list", "data": [{"id": "prøve", "object": "model"}]})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.sent.append((self.path, dict(self.headers), body))
        words = re.search(rb'"enum": ?(\[[^\]]*\])', body)
        said = json.dumps({"passages": [], "answer": json.loads(words[1])[-1] if words else "ukendt"}, ensure_ascii=False)
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": said}}
        usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
        self._answer({"id": "1", "object": "chat.completion", "created": 1, "model": "prøve", "choices": [choice], "usage": usage})

    def _answer(self, said: object) -> None:
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[tuple[int, type[Recorder]]]:
    handler = type("Kept", (Recorder,), {"sent": []})
    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield running.server_address[1], handler
    running.shutdown()
    running.server_close()


def watched(home: Path, folder: Path, *args: str, **env: str) -> tuple[Ran, list[tuple[str, str]]]:
    hooks = folder / "hooks"
    hooks.mkdir()
    (hooks / "sitecustomize.py").write_text(HOOK)
    (folder / "projekt.txt").write_text(TEXT, "utf-8")
    log = folder / "seen.jsonl"
    log.touch()
    ours = {"PYTHONPATH": f"{hooks}{os.pathsep}{ROOT}", "SEEN_CONNECTIONS": str(log)}
    ran = run_checker(home, folder, "check", "projekt.txt", "--format", "json", "--out", "rapport.json", *args, **(HOSTILE | ours | env))
    return ran, [tuple(json.loads(line)) for line in log.read_text().splitlines()]


def report_in(folder: Path) -> str:
    return (folder / "rapport.json").read_text("utf-8")


def test_by_default_nothing_is_connected_to_and_no_name_is_looked_up(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for offline in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(offline, raising=False)
    ran, seen = watched(home, tmp_path, "--reader", "rules")
    assert ran.code in (0, 1) and report_in(tmp_path)
    assert seen == []
    assert MARK not in ran.err and "DEBUG" not in ran.err


def test_the_hook_sees_a_connection(tmp_path: Path, server: tuple[int, type[Recorder]]) -> None:
    (tmp_path / "sitecustomize.py").write_text(HOOK)
    log = tmp_path / "seen.jsonl"
    code = f"import socket; socket.create_connection(('127.0.0.1', {server[0]}))"
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | {"PYTHONPATH": str(tmp_path), "SEEN_CONNECTIONS": str(log)})
    assert [json.loads(line)[0] for line in log.read_text().splitlines()] == ["socket.getaddrinfo", "socket.connect"]


def test_with_a_language_model_only_its_host_is_connected_to(home: Path, tmp_path: Path, server: tuple[int, type[Recorder]]) -> None:
    port, handler = server
    ran, seen = watched(home, tmp_path, "--reader", "llm", CHECKER_LLM=f"openai:prøve@http://127.0.0.1:{port}/v1", CHECKER_LLM_TIMEOUT="20")
    assert ran.code in (0, 1), ran.err
    assert handler.sent and all(path == "/v1/chat/completions" for path, _, _ in handler.sent)
    assert seen and {where for _, where in seen if f"'127.0.0.1', {port}" not in where} == set()
    told = json.dumps([headers for _, headers, _ in handler.sent])
    assert "sk-not-for-us" not in told and "org-secret" not in told and "ls-secret" not in told
    assert MARK not in ran.err and "sk-not-for-us" not in ran.err
