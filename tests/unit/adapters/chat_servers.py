"""A small HTTP server whose pages a test writes, and that remembers what it was asked: for protocols that no package here serves."""

import json
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Page:
    """`body` is sent as JSON, or as it is where it is text."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    path: str
    body: dict[str, Any]
    headers: dict[str, str]


Pages = Callable[[Asked], Page | None]
"""What to answer; none to never answer."""


class Serving:
    def __init__(self, pages: Pages, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        self.pages = pages
        self._over = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        if tls is not None:
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True)
        self.root = f"http{'s' if tls else ''}://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def of(self, path: str) -> list[Asked]:
        return [a for a in self.asked if a.path == path]

    def stop(self) -> None:
        self._over.set()
        self._http.shutdown()
        self._http.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer({})

            def do_POST(self) -> None:
                self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def _answer(self, body: dict[str, Any]) -> None:
                asked = Asked(self.path, body, {k.lower(): v for k, v in self.headers.items()})
                server.asked.append(asked)
                page = server.pages(asked)
                if page is None:
                    server._over.wait()
                    return
                text = isinstance(page.body, str)
                self.send_response(page.status)
                self.send_header("Content-Type", "text/html" if text else "application/json")
                for name, value in page.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                with suppress(BrokenPipeError, ConnectionResetError):  # who asked has gone, as some tests want
                    self.wfile.write((page.body if text else json.dumps(page.body)).encode())

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler
