"""An HTTP server on this machine that answers as the official ones do, and misbehaves as they do. All texts are invented."""

from __future__ import annotations

import io
import threading
import zipfile
from collections import defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from checker.model.legal import Source

WORDS = {
    "da": "Kommunen skal føre en bog over alle broer og må ikke rive nogen af dem ned. ",
    "en": "The municipality shall keep a book of all the bridges and shall not pull any of them down. ",
}
WAF = b"<!DOCTYPE html><html><body><div id='challenge-container'>enable JavaScript</div></body></html>"


ARTICLE = {"da": "Artikel 1", "en": "Article 1"}


def page(language: str = "da", number: str = "2099/1", more: str = "") -> bytes:
    head = f'<p class="oj-hd-lg">{language.upper()}</p><p class="oj-doc-ti">FORORDNING (EU) {number}</p>'
    article = f'<div id="art_1"><p class="oj-ti-art">{ARTICLE[language]}</p><p class="oj-normal">{WORDS[language] * 30}{more}</p></div>'
    return f"<html>{head}{article}</html>".encode()


def consolidated(language: str = "en") -> bytes:
    line = f"02099R0001 — {language.upper()} — 01.06.2099 — 001.001"
    article = f'<div id="art_1"><p class="title-article-norm">{ARTICLE[language]}</p><p class="norm">{WORDS[language] * 31}</p></div>'
    return f'<html><p class="reference">{line}</p>{article}</html>'.encode()


def lexdania(number: int = 7) -> bytes:
    meta = f"<Meta><Year>2099</Year><Number>{number}</Number></Meta>"
    words = f"<Stk><Exitus><Linea><Char>{WORDS['da'] * 30}</Char></Linea></Exitus></Stk>"
    section = f'<Paragraf localId="1"><Explicatus>§ 1.</Explicatus>{words}</Paragraf>'
    return f"<Dokument>{meta}<DokumentIndhold>{section}</DokumentIndhold></Dokument>".encode()


def formex_zip(level: int = 9, order: int = 1) -> bytes:
    """The same two files; level and order make another zip of them."""
    head = "<BIB.INSTANCE><NO.DOC><YEAR>2099</YEAR><NO.CURRENT>1</NO.CURRENT></NO.DOC></BIB.INSTANCE>"
    article = f"<ARTICLE IDENTIFIER='001'><TI.ART>Artikel 1</TI.ART><ALINEA>{WORDS['da'] * 30}</ALINEA></ARTICLE>"
    annex = f"<ANNEX><TITLE><TI><P>BILAG I</P></TI></TITLE><CONTENTS><P>{WORDS['da']}</P></CONTENTS></ANNEX>"
    files = [("d/a.fmx.xml", f"<ACT>{head}<ENACTING.TERMS>{article}</ENACTING.TERMS></ACT>"), ("d/b.fmx.xml", annex)]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, text in files[::order]:
            archive.writestr(name, text)
    return out.getvalue()


@dataclass
class Answer:
    """`cut`: send only so many bytes of what Content-Length promises. `wait`: hold the body back until the server stops.

    `length`: whether the length is said at all.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    wait: bool = False
    length: bool = True


@dataclass
class Asked:
    path: str
    headers: dict[str, str]


class LawServer:
    """`answers[path]` or `answers[path + "#dan"]` are given one after another, the last of them again and again; else 404.

    A condition that the answer's own ETag or Last-Modified meets gives 304.
    """

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[Asked] = []
        self.over = threading.Event()
        self.waiting = threading.Event()
        self._given: dict[str, int] = defaultdict(int)
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    @property
    def paths(self) -> list[str]:
        return [a.path for a in self.asked]

    def on(self, path: str, *answers: Answer | bytes) -> None:
        self.answers[path] = [a if isinstance(a, Answer) else Answer(body=a) for a in answers]
        self._given.pop(path, None)

    def stop(self) -> None:
        self.over.set()
        self._http.shutdown()
        self._http.server_close()

    def _next(self, path: str, language: str) -> Answer:
        for key in (f"{path}#{language}", path):
            if key in self.answers:
                turn = min(self._given[key], len(self.answers[key]) - 1)
                self._given[key] += 1
                return self.answers[key][turn]
        return Answer(404, b"no such expression")

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(Asked(self.path, dict(self.headers.items())))
                answer = server._next(self.path, self.headers.get("Accept-Language", ""))
                status, body = answer.status, answer.body
                for condition, mark in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
                    if status == 200 and self.headers.get(condition) and self.headers[condition] == answer.headers.get(mark):
                        status, body = 304, b""
                self.send_response(status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if status != 304 and answer.length:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if answer.wait:
                    self.wfile.write(body[:10])
                    self.wfile.flush()
                    server.waiting.set()
                    server.over.wait()
                    return
                self.wfile.write(body[: answer.cut])
                self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler


def laws(url: str) -> list[Source]:
    """Two acts on the server: `bro`, an EU act with a consolidation, each as XHTML and Formex, and `vej`, a Danish one."""
    tongues = {"da": "dan", "en": "eng"}

    def files(path: str) -> list[dict[str, Any]]:
        xhtml = [{"language": x, "format": "eurlex-xhtml", "url": url + path, "headers": {"Accept-Language": t}} for x, t in tongues.items()]
        return [*xhtml, {"language": "da", "format": "formex", "url": f"{url}{path}/fmx", "headers": {"Accept-Language": "dan"}}]

    def source(id: str, kind: str, versions: list[dict[str, Any]]) -> Source:
        name = {"da": id, "en": id}
        return Source.model_validate({"id": id, "title": name, "short": name, "kind": kind, "licence": "none", "versions": versions})

    first = {"version": "2099-01-01", "in_force_from": "2099-01-02", "in_force_to": "2099-05-31", "celex": "32099R0001", "files": files("/bro")}
    second = {"version": "2099-06-01", "in_force_from": "2099-06-01", "celex": "02099R0001-20990601", "files": files("/bro2")}
    road = [{"language": "da", "format": "lexdania", "url": f"{url}/vej"}]
    third = {"version": "2099-02-02", "in_force_from": "2099-02-02", "eli": "https://example.invalid/eli/lta/2099/7", "files": road}
    return [source("bro", "eu", [first, second]), source("vej", "dk", [third])]


def all_well(server: LawServer) -> None:
    server.on("/bro#dan", page("da"))
    server.on("/bro#eng", page("en"))
    server.on("/bro2#dan", consolidated("da"))
    server.on("/bro2#eng", consolidated("en"))
    server.on("/vej", lexdania())
