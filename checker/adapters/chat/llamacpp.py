"""llama.cpp inside checker: one model file, served on this machine to this process alone."""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import json
import os
import queue
import re
import secrets
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from pydantic import SecretStr

from checker.adapters.chat.manners import Manners
from checker.adapters.chat.openai_chat import OpenAIChat
from checker.errors import CheckerError, ModelMissing, SettingsError
from checker.ports import Reply

CONTEXT = 16384
"""Tokens for each question at once, where no setting says; a model that was trained on fewer is held to its own number."""
STARTING = 600.0
"""Seconds for reading a large model from a slow disk."""
_MAGIC = b"GGUF"
_SPLIT = re.compile(r"(?P<name>.+)-\d{5}-of-(?P<many>\d{5})(?P<end>\.gguf)", re.IGNORECASE)
_MOST_PARTS = 1000
_MENDED = "Hent filen igen, eller brug en anden GGUF-fil."


@dataclass(frozen=True)
class Weights:
    """A model file. Its hash is remembered under `home`, by size and time: hashing gigabytes takes as long as a check."""

    file: Path
    home: Path | None = None

    @property
    def label(self) -> str:
        return self.file.name

    def check(self) -> None:
        """
        Raises:
            ModelMissing: no such file.
            SettingsError: something else than a GGUF file.
        """
        try:
            with self.file.open("rb") as opened:
                begin = opened.read(len(_MAGIC))
        except FileNotFoundError:
            raise ModelMissing(f"Modelfilen {self.file} findes ikke.", "Ret stien i CHECKER_LLM=llamacpp:<fil.gguf>.") from None
        except OSError as error:
            raise ModelMissing(f"Modelfilen {self.file} kan ikke læses ({error.strerror or error}).", "Ret stien i CHECKER_LLM=llamacpp:<fil.gguf>.") from None
        if begin != _MAGIC:
            raise SettingsError(f"{self.file} er ikke en GGUF-fil.", _MENDED)

    def parts(self) -> tuple[Path, ...]:
        """All files of a model that is split into several (`name-00001-of-00003.gguf`); llama.cpp loads the others by itself."""
        split = _SPLIT.fullmatch(self.file.name)
        if split is None or not 1 <= int(split["many"]) <= _MOST_PARTS:
            return (self.file,)
        return tuple(self.file.with_name(f"{split['name']}-{n:05d}-of-{split['many']}{split['end']}") for n in range(1, int(split["many"]) + 1))

    def sha256(self) -> str:
        """Of the file; of a split model, the hash of all its parts' hashes.

        Raises:
            ModelMissing, SettingsError: as `check`, for every part.
        """
        hashes = [Weights(part, self.home)._sha256() for part in self.parts()]
        return hashes[0] if len(hashes) == 1 else hashlib.sha256(" ".join(hashes).encode()).hexdigest()

    def _sha256(self) -> str:
        self.check()
        found = self.file.stat()
        stamp = f"{self.file.resolve()} {found.st_size} {found.st_mtime_ns}"
        key = hashlib.sha256(stamp.encode("utf-8", "surrogateescape")).hexdigest()
        notes = self._notes()
        if key not in notes:
            with self.file.open("rb") as opened:
                notes = {**notes, key: hashlib.file_digest(opened, "sha256").hexdigest()}
            self._note(notes)
        return notes[key]

    def _place(self) -> Path | None:
        return self.home / "cache" / "weights.json" if self.home else None

    def _notes(self) -> dict[str, str]:
        place = self._place()
        try:
            read = json.loads(place.read_text("utf-8")) if place else {}
        except (OSError, ValueError):
            return {}
        return {k: v for k, v in read.items() if isinstance(v, str) and re.fullmatch(r"[0-9a-f]{64}", v)} if isinstance(read, dict) else {}

    def _note(self, notes: dict[str, str]) -> None:
        place = self._place()
        if place is None:
            return
        new = place.with_name(f"{place.name}.{os.getpid()}.{threading.get_ident()}")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(json.dumps(notes), "utf-8")
            os.replace(new, place)
        except OSError:  # it is hashed again next time
            new.unlink(missing_ok=True)


class LlamaServer:
    """llama.cpp's server in a process of its own, on a free port of this machine; it ends with this process.

    Raises:
        ModelMissing: xllamacpp is not installed, the file is not there, or there is too little memory for the model.
        SettingsError: the file is damaged or of a kind that this llama.cpp cannot read.
    """

    def __init__(self, file: Path, parallel: int = 1, context: int = CONTEXT, threads: int | None = None, key: str = "", patience: float = STARTING) -> None:
        if find_spec("xllamacpp") is None:
            raise ModelMissing("xllamacpp er ikke installeret; det kører modelfiler inde i checker.", "Installér det: pip install 'checker[llamacpp]'")
        Weights(file).check()
        self._last: deque[str] = deque(maxlen=50)
        # Run as a file and with -P: the child needs nothing of checker, and starts faster without it.
        child = str(Path(__file__).with_name("llama_child.py"))
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-P", child],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # Ctrl-C is for us: what was being answered is still wanted
        )
        atexit.register(self.stop)
        asked = {"file": str(file.absolute()), "parallel": parallel, "context": context, "threads": threads, "key": key}
        self.url = f"{self._started(asked, patience)}/v1"

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> None:
        atexit.unregister(self.stop)
        if self.running:
            self._process.kill()  # it keeps nothing that could be lost
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _started(self, asked: Mapping[str, object], patience: float) -> str:
        answers: queue.Queue[str] = queue.Queue()
        reader = threading.Thread(target=self._keep_reading, daemon=True)
        reader.start()
        threading.Thread(target=self._first_line, args=(json.dumps(asked), answers), daemon=True).start()
        try:
            line = answers.get(timeout=patience)
        except queue.Empty:
            self.stop()
            raise ModelMissing(f"llama.cpp blev ikke klar inden for {patience:g} sekunder.", "Brug en mindre model, eller start den som en server.") from None
        try:
            said = json.loads(line)
        except ValueError:
            said = {}
        if "url" in said:
            return str(said["url"])
        self._process.wait()
        reader.join(timeout=5)
        code = self._process.returncode
        self.stop()
        why = self._reason()
        name = Path(str(asked["file"])).name
        if said:
            raise SettingsError(f"Modelfilen {name} kan ikke indlæses: {why or said.get('error', 'ukendt fejl')}.", _MENDED)
        raise ModelMissing(f"llama.cpp gik ned under indlæsning af {name} (kode {code}{', ' + why if why else ''}).", "Modellen kræver måske mere hukommelse.")

    def _first_line(self, asked: str, answers: queue.Queue[str]) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(asked + "\n")
            self._process.stdin.flush()
            answers.put(self._process.stdout.readline())
        except (OSError, ValueError):
            answers.put("")

    def _keep_reading(self) -> None:
        """A pipe that nobody reads fills up, and then the server stands still."""
        assert self._process.stderr is not None
        with self._process.stderr as lines:
            for line in lines:
                self._last.append(line.rstrip())

    def _reason(self) -> str:
        """llama.cpp's first complaint in its own words: the later ones only pass it on."""
        faults = [re.sub(r"^[\d.]+ E ", "", line).strip() for line in list(self._last) if re.match(r"^[\d.]+ E ", line)]
        return faults[0] if faults else ""


class EmbeddedChat:
    """A model file, run by llama.cpp in a child process that starts with the first question. Safe to call from several threads.

    One question at a time unless a setting says otherwise: each further slot reads the description for itself, on the same processor.
    """

    def __init__(self, weights: Weights, manners: Manners, threads: int | None = None) -> None:
        weights.check()
        self._weights, self._manners, self._threads = weights, manners, threads
        self._lock = threading.Lock()
        self._running: tuple[LlamaServer, OpenAIChat] | None = None
        self._fault: CheckerError | None = None
        self._hash: str | None = None

    @property
    def name(self) -> str:
        return f"llamacpp:{self._weights.label}{self._manners.warmth}"

    @property
    def samples(self) -> bool:
        return self._manners.samples

    def identity(self) -> str:
        with self._lock:
            if self._hash is None:
                self._hash = self._weights.sha256()
        return f"llamacpp:{self._weights.label}#sha256:{self._hash}{self._manners.warmth}"

    def slots(self) -> int:
        return self._manners.parallel or 1

    def context(self) -> int | None:
        """What the server really gives: a model's own limit can be lower than what was asked for."""
        return self._served()[1].told().context

    def ask(self, system: str, user: str, schema: Mapping[str, object], probabilities: bool = False) -> Reply:
        server, chat = self._served()
        try:
            return chat.ask(system, user, schema, probabilities)
        except CheckerError:
            if server.running:
                raise
            raise ModelMissing(f"llama.cpp med {self._weights.label} er gået ned.", "Modellen kræver måske mere hukommelse; brug en mindre.") from None

    def close(self) -> None:
        with self._lock:
            if self._running is not None:
                self._running[0].stop()

    def _served(self) -> tuple[LlamaServer, OpenAIChat]:
        with self._lock:
            if self._fault is not None:
                raise self._fault
            if self._running is None:
                # A key of its own: no other user of this machine can ask, or read what is in the cache.
                key = secrets.token_urlsafe(32)
                try:
                    server = LlamaServer(self._weights.file, self.slots(), self._manners.context or CONTEXT, self._threads, key)
                except CheckerError as error:
                    self._fault = error  # the next question would wait as long for the same
                    raise
                own = Manners(self._manners.temperature, self._manners.timeout, self.slots())
                self._running = server, OpenAIChat(self._weights.label, server.url, SecretStr(key), own)
            return self._running
