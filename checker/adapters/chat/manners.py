"""What every language model's server has in common: how long it is waited for, when it is asked again, and when it is given up."""

from __future__ import annotations

import logging
import re
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, TypeVar

from checker.errors import ModelMissing, SettingsError
from checker.ports import Reply

T = TypeVar("T")
TIMEOUT = 120.0
ATTEMPTS = 3
LONGEST = 2000
"""Tokens of one answer: closed questions are answered in a few, but some models think first, and some never stop."""
GIVE_UP = 3
"""So many failures of the server in a row, each after its own retries, are no longer the fault of one question."""
SEED = 20240801
"""At temperature 0 it decides nothing; some servers draw among equals all the same."""
ALTERNATIVES = 20
"""What OpenAI, vLLM and Ollama give at most for one token."""
CONNECT = 10.0
_LONGEST_WAIT = 60.0
_WAIT_INITIAL, _WAIT_JITTER, _WAIT_MAX = 0.5, 0.25, 8.0
_TOO_LONG = re.compile(
    r"context (?:length|size|window)|maximum context|exceed\w* (?:the )?(?:available )?context|too many tokens|prompt is too long", re.IGNORECASE
)


@dataclass(frozen=True)
class Manners:
    """How a model is asked, whatever its server. `parallel` and `context` stand in for what the server says."""

    temperature: float = 0.0
    timeout: float = TIMEOUT
    parallel: int | None = None
    context: int | None = None

    @property
    def samples(self) -> bool:
        return self.temperature > 0

    @property
    def warmth(self) -> str:
        """Part of the model's name: at another temperature it is another reader."""
        return f", temperature {self.temperature:g}" if self.samples else ""

    def connect(self) -> float:
        """Seconds to wait for a connection: a machine that is off does not become another in two minutes."""
        return min(CONNECT, self.timeout)


class Breaker:
    """Counts failures in a row over all threads; an answer to any of them starts the count again."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._failures = 0
        self._lock = threading.Lock()

    def answered(self) -> None:
        with self._lock:
            self._failures = 0

    def failed(self, why: str, hint: str) -> Reply:
        """A broken reply.

        Raises:
            ModelMissing: this was one failure too many.
        """
        with self._lock:
            self._failures += 1
            over = self._failures >= GIVE_UP
        if over:
            raise ModelMissing(f"Sprogmodellens server {self._where} har svigtet {GIVE_UP} gange i træk ({why}).", hint)
        return Reply(text="", broken=why)


def patiently(call: Callable[[], T], again: Callable[[Exception], bool | float]) -> T:
    """What `call` gives, asked again with longer and longer pauses while `again` says so, or after the pause that it names."""
    import stamina

    # stamina announces every retry as a warning; the report says what is worth knowing.
    logging.getLogger("stamina").addHandler(logging.NullHandler())
    tries = stamina.retry_context(on=again, attempts=ATTEMPTS, timeout=None, wait_initial=_WAIT_INITIAL, wait_max=_WAIT_MAX, wait_jitter=_WAIT_JITTER)
    for attempt in tries:
        with attempt:
            return call()
    raise AssertionError("stamina raises the last error")


def pause_asked(headers: Mapping[str, str]) -> bool | float:
    """Retry-After in seconds (also as a date, also in milliseconds); true where the server names none, false where it is too long to wait."""
    from datetime import UTC, datetime

    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        said = headers.get(name)
        if said is None:
            continue
        try:
            seconds = float(said) / unit
        except ValueError:
            try:
                then = parsedate_to_datetime(said)
            except ValueError:
                continue
            seconds = (then.replace(tzinfo=then.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
        if not seconds <= _LONGEST_WAIT:  # also for what is not a number
            return False
        return max(seconds, 0.001)
    return True


def certificates(file: Path | None) -> ssl.SSLContext | None:
    """What the server's certificate is checked against: the file alone, or what the machine trusts.

    Raises:
        SettingsError: the file is missing or holds no certificate.
    """
    if file is None:
        return None
    try:
        return ssl.create_default_context(cafile=file)
    except (OSError, ValueError) as error:  # ssl's own errors are OSErrors
        why = "findes ikke" if isinstance(error, FileNotFoundError) else f"kan ikke læses som certifikater ({error})"
        raise SettingsError(f"Filen {file} i CHECKER_LLM_CA {why}.", "Den skal være en PEM-fil med -----BEGIN CERTIFICATE-----.") from None


def untrusted(error: BaseException) -> bool:
    """Whether a connection failed because the server's certificate is not trusted."""
    return any(isinstance(e, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(e) for e in _behind(error))


def distrust(url: str) -> SettingsError:
    return SettingsError(
        f"Certifikatet på {url} kan ikke godkendes.", "Sæt CHECKER_LLM_CA til en PEM-fil med kommunens rodcertifikat (spørg dem, der driver serveren)."
    )


def never_connected(error: BaseException) -> bool:
    """Whether the time ran out before there was a connection: then there is no server, not a slow one."""
    return any(type(e).__name__ == "ConnectTimeout" for e in _behind(error))


def _behind(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    for _ in range(10):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or seen.__context__


def too_long(words: object) -> bool:
    """Whether a refusal is about the length of the prompt: asking with fewer extras will not help."""
    return _TOO_LONG.search(str(words)) is not None


def cut_off(tokens: int = LONGEST) -> str:
    return f"the answer was cut off after {tokens} tokens"


def longest_answer(context: int | None) -> int:
    """Tokens kept for the answer: servers refuse a prompt that leaves less room than is asked for."""
    return LONGEST if context is None else max(1, min(LONGEST, context // 4))


def dig(value: Any, *path: str) -> Any:
    """What lies at a path in an answer of unknown shape, or none."""
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def whole(value: Any) -> int:
    """A count that a server gave, or 0."""
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 2**53 else 0


def rows(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()
