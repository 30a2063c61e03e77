"""Official texts over HTTP: slowly, patiently, and with distrust of what comes back.

The endpoints and their pitfalls: Cellar answers with a chain of 303s and rebuilds its zips; EUR-Lex may answer 202 with a page of
script; a language that is missing is 404; Retsinformation asks for a real User-Agent and pauses.
"""

from __future__ import annotations

import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from checker import __version__
from checker.adapters.documents.limits import open_archive, parts
from checker.errors import InputError
from checker.knowledge.sources import all_look_like, looks_like
from checker.model.legal import SourceFile

if TYPE_CHECKING:
    import httpx

USER_AGENT = f"checker/{__version__} (+municipal compliance checker)"
SLOW_HOSTS = {"api.retsinformation.dk": 10.0}
"""Seconds between two calls, by the host's own rules; never shortened."""

_OK, _ACCEPTED, _NOT_MODIFIED = 200, 202, 304
_ABSENT = frozenset((404, 406, 410))
_BUSY = frozenset((408, 425, 429))
_SERVER_FAULT = 500
_TEXTS_IN_VAIN = 3


@dataclass(frozen=True)
class Patience:
    """How politely and how long. Seconds throughout.

    `pause`: between two requests to one host, give or take half of it; the wait before a first retry as well, doubled each time.
    `longest`: no retry waits longer, and a server that asks for more is left alone. `whole`: for one text from the first byte to the last.
    """

    pause: float = 1.0
    attempts: int = 5
    longest: float = 60.0
    connect: float = 15.0
    silence: float = 60.0
    whole: float = 300.0
    max_bytes: int = 64_000_000


@dataclass(frozen=True)
class Got:
    """What came back. `content` is None when the server says that what we have is still the text (304)."""

    content: bytes | dict[str, bytes] | None
    etag: str | None = None
    last_modified: str | None = None


class Absent(Exception):
    """The server has no such text: this language or format is missing."""


class Refused(Exception):
    """No text, and asking again at once would not help; the message says why."""


class _Again(Exception):
    """No text this time. `wait`: as long as the server asks for."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait


@dataclass
class Pacer:
    """Keeps two requests to one host apart."""

    pause: float
    slow: Mapping[str, float] = field(default_factory=lambda: SLOW_HOSTS)
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _last: dict[str, float] = field(default_factory=dict)

    def before(self, host: str) -> None:
        wanted = max(self.pause * random.uniform(0.5, 1.5), self.slow.get(host, 0.0))  # noqa: S311 - spreads requests, hides nothing
        if host in self._last and (left := self._last[host] + wanted - self.clock()) > 0:
            self.sleep(left)
        self._last[host] = self.clock()


class Fetcher:
    """One run's connection to the outside; a host that cannot be reached is asked no second text.

    Raises from `get`: Absent, Refused.
    """

    def __init__(self, patience: Patience | None = None, pacer: Pacer | None = None) -> None:
        import httpx

        # stamina announces every retry as a warning; the table at the end says what is worth knowing.
        logging.getLogger("stamina").addHandler(logging.NullHandler())
        self._patience = patience or Patience()
        self._pacer = pacer or Pacer(self._patience.pause)
        self._unreachable: dict[str, str] = {}
        self._in_vain: Counter[str] = Counter()
        self._client = httpx.Client(
            headers={"User-Agent": USER_AGENT},
            follow_redirects=True,
            max_redirects=10,
            timeout=httpx.Timeout(self._patience.silence, connect=self._patience.connect),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._client.close()

    def get(self, file: SourceFile, etag: str | None = None, last_modified: str | None = None) -> Got:
        """One text, proved to look like what it should be.

        Args:
            etag, last_modified: of what we have, if anything: the server may answer that it is still the text.
        """
        import httpx
        import stamina

        host = urlsplit(file.url).netloc
        if host in self._unreachable:
            raise Refused(self._unreachable[host])
        headers = dict(file.headers) | ({"If-None-Match": etag} if etag else {}) | ({"If-Modified-Since": last_modified} if last_modified else {})
        p = self._patience
        retries = stamina.retry_context(
            on=self._retry, attempts=p.attempts, timeout=None, wait_initial=p.pause, wait_max=p.longest, wait_jitter=p.pause / 2
        )
        try:
            for attempt in retries:
                with attempt:
                    self._pacer.before(host)
                    got = self._once(file.url, headers)
        except _Again as error:
            tried = error.wait is None or error.wait <= p.longest
            raise self._gave_up(host, f"{error} ({p.attempts} forsøg)" if tried else f"{error}; prøv igen senere") from None
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            self._unreachable[host] = f"ingen forbindelse til {host} ({error})"
            raise Refused(self._unreachable[host]) from None
        except httpx.TimeoutException:
            raise self._gave_up(host, f"{host} svarer ikke i tide ({p.attempts} forsøg)") from None
        except httpx.TooManyRedirects:
            raise Refused(f"{host} viderestiller i ring") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Refused(f"forbindelsen til {host} brød sammen ({error})") from None
        self._in_vain[host] = 0
        return _checked(got, file)

    def _gave_up(self, host: str, why: str) -> Refused:
        """The error to raise; a host that fails text after text is left alone for the rest of the run."""
        self._in_vain[host] += 1
        if self._in_vain[host] >= _TEXTS_IN_VAIN:
            self._unreachable[host] = f"ikke forsøgt: {host} svarede ikke på de foregående"
        return Refused(why)

    def _retry(self, error: Exception) -> bool | float:
        import httpx

        if isinstance(error, _Again):
            if error.wait is None:
                return True
            return error.wait if error.wait <= self._patience.longest else False
        return isinstance(error, httpx.TransportError | httpx.DecodingError) and not isinstance(error, httpx.UnsupportedProtocol)

    def _once(self, url: str, headers: Mapping[str, str]) -> Got:
        with self._client.stream("GET", url, headers=headers) as answer:
            _judge(answer, conditional="If-None-Match" in headers or "If-Modified-Since" in headers)
            etag, changed = answer.headers.get("ETag"), answer.headers.get("Last-Modified")
            if answer.status_code == _NOT_MODIFIED:
                return Got(None, etag, changed)
            body = self._body(answer)
        if not body.strip():
            raise _Again("svaret er tomt")
        return Got(body, etag, changed)

    def _body(self, answer: httpx.Response) -> bytes:
        p = self._patience
        promised = answer.headers.get("Content-Length", "")
        length = int(promised) if promised.isascii() and promised.isdigit() else None
        if length is not None and length > p.max_bytes:
            raise Refused(f"svaret er for stort ({length:,} byte; højst {p.max_bytes:,})")
        begun, body = time.monotonic(), bytearray()
        for chunk in answer.iter_bytes():
            body += chunk
            if len(body) > p.max_bytes:
                raise Refused(f"svaret er for stort (over {p.max_bytes:,} byte)")
            if time.monotonic() - begun > p.whole:
                raise Refused(f"svaret blev ikke færdigt på {p.whole:g} sekunder")
        if length is not None and answer.num_bytes_downloaded < length:
            raise _Again(f"svaret er afkortet ({answer.num_bytes_downloaded:,} af {length:,} byte)")
        return bytes(body)


def _judge(answer: httpx.Response, conditional: bool) -> None:
    status = answer.status_code
    if status == _OK or (status == _NOT_MODIFIED and conditional):
        return
    if status in _ABSENT:
        raise Absent(f"findes ikke på adressen (status {status})")
    if status in _BUSY or status >= _SERVER_FAULT:
        wait = _seconds(answer.headers.get("Retry-After", ""))
        asks = f" og beder os vente {wait:.0f} sekunder" if wait else ""
        raise _Again(f"serveren svarer med status {status}{asks}", wait)
    if status == _ACCEPTED:
        raise Refused("en spærreside i stedet for retsakten (status 202)")
    raise Refused(f"serveren svarer med status {status}")


def _seconds(retry_after: str) -> float | None:
    """Retry-After is a number of seconds or a date (RFC 9110, 10.2.3)."""
    if retry_after.strip().isascii() and retry_after.strip().isdigit():
        return float(retry_after)
    with suppress(ValueError, TypeError):
        when = parsedate_to_datetime(retry_after)
        return max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
    return None


def _checked(got: Got, file: SourceFile) -> Got:
    if got.content is None:
        return got
    content = unpacked(got.content, file.url) if file.format == "formex" and isinstance(got.content, bytes) else got.content
    reason = all_look_like(file.format, content, file.language) if isinstance(content, dict) else looks_like(file.format, content, file.language)
    if reason:
        raise Refused(reason)
    return Got(content, got.etag, got.last_modified)


def unpacked(data: bytes, source: str) -> dict[str, bytes]:
    """The XML files of a Formex zip, by name; one XML file counts as a zip of one. Scans beside them are left.

    Raises:
        Refused: not a whole zip, or one that unpacks too large.
    """
    if not data.startswith(b"PK"):
        return {"act.fmx.xml": data}
    try:
        with open_archive(data, source, "zip") as archive:
            names = [n for n in archive.namelist() if n.lower().endswith(".xml")]
            found = parts(archive, names, source, "zip")
    except InputError as error:
        raise Refused(error.message.removeprefix(f"{source}: ")) from None
    return {name.rpartition("/")[2]: content for name, content in found.items()}
