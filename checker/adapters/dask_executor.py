"""Work spread over processes by Dask: a cluster of our own on this machine, or one that is there already.

What can go wrong is told apart by where it is caught. What `work` raises never reaches Dask: it travels as an answer, so one
item costs one item. What Dask itself reports is either a worker that died (the item is tried again) or a cluster that cannot
do the work at all (the run stops).

Dask blames every item that waited on a worker for that worker's death, also those that had not begun. Items that Dask gives
up are therefore tried once more at the end, one at a time: the one that kills again is the one that kills.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import islice
from types import TracebackType
from typing import Any, Generic, Literal, NamedTuple, Self, TypeVar

import dask
import distributed
from distributed import CancelledError, Future, KilledWorker
from distributed.client import ClosedClientError
from distributed.protocol import pickle

from checker.adapters.dask_cluster import CONFIG, connected, interrupt_held, own_cluster, quiet
from checker.adapters.executors import BROKEN
from checker.errors import CheckerError, SettingsError

T = TypeVar("T")
R = TypeVar("R")

# Dask is typed in part. Its own pickle also carries the functions of a script.
_dask: Any = distributed
_dumps: Callable[[object], bytes] = pickle.dumps
_loads: Callable[[bytes], Any] = pickle.loads

AHEAD = 4
"""Items sent ahead per worker thread: enough that none waits for us, few enough that thousands do not sit in memory."""
PATIENCE = 10.0
_LOST = (CancelledError, ClosedClientError, TimeoutError, OSError)


class WorkerDied(Exception):
    """The item ended the process it ran in, alone and more than once."""


_Answer = tuple[Literal["worked", "failed", "unable"], bytes]
"""Pickled already, so that what cannot be pickled is a failure of the item and not of Dask. `unable`: the worker lacks the work."""


class _Sent(NamedTuple, Generic[T]):
    future: Future[_Answer]
    item: T


class DaskExecutor:
    """See `executors.Executor`.

    Args:
        address: `tcp://host:port` or `tls://host:port` of a scheduler (certificates as Dask's own settings name them); None
            starts workers on this machine, which are ended again.
        jobs: how many workers to start; of no meaning with an address.
        patience: seconds until an address where nothing answers, or a cluster without workers, is given up.
    """

    def __init__(self, address: str | None = None, jobs: int = 1, patience: float = PATIENCE) -> None:
        if jobs < 1:
            raise SettingsError(f"--jobs {jobs} kan ikke bruges.", "Skriv et tal fra 1 og op.")
        self._address, self._jobs, self._patience = address, jobs, patience
        self._stack = ExitStack()
        self._client: Any = None

    @property
    def client(self) -> Any:
        """Dask's own, between enter and exit."""
        if self._client is None:
            raise RuntimeError("DaskExecutor is used outside its `with`")
        return self._client

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(quiet())
            stack.enter_context(dask.config.set(CONFIG))
            self._client = own_cluster(stack, self._jobs) if self._address is None else connected(stack, self._address, self._patience)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._client = None
        self._stack.close()

    def map(self, work: Callable[[T], R], items: Iterable[T], on_failed: Callable[[T, Exception], R]) -> Iterator[R]:
        """See `executors.Executor`.

        Raises:
            SettingsError, IndexFault, ModelMissing: `work` raised it; see BROKEN.
            CheckerError: the scheduler is gone, or its workers cannot load `work`.
        """
        suspects: list[T] = []
        for item, outcome in self._stream(work, items, self._room()):
            if isinstance(outcome, KilledWorker):
                suspects.append(item)
            else:
                yield _result(item, outcome, on_failed)
        for suspect in suspects:
            for item, outcome in self._stream(work, [suspect], _always(1)):
                died = WorkerDied("arbejderen døde hver gang, den fik teksten / the worker died each time it was given this text")
                yield _result(item, died if isinstance(outcome, KilledWorker) else outcome, on_failed)

    def _stream(self, work: Callable[[T], R], items: Iterable[T], room: Iterator[int]) -> Iterator[tuple[T, _Answer | Exception]]:
        """Each item with its answer, or with why there is none (KilledWorker, or it cannot be sent)."""
        source, waiting, task = iter(items), dict[Any, _Sent[T]](), (_portable(), _dumps(work))
        done = _dask.as_completed(loop=self.client.loop)
        try:
            while True:
                for item in islice(source, max(0, next(room) - len(waiting))):
                    try:
                        data = _dumps(item)
                    except Exception as error:
                        yield item, error
                        continue
                    sent = self._send(*task, data, item)
                    waiting[sent.future.key] = sent
                    done.add(sent.future)
                if not waiting:
                    return
                sent = waiting.pop(next(done).key)
                yield sent.item, _outcome(sent.future)
        finally:
            done.clear()
            with suppress(Exception):
                self.client.cancel([sent.future for sent in waiting.values()])

    def _send(self, run: Callable[[bytes, bytes], _Answer], work: bytes, data: bytes, item: T) -> _Sent[T]:
        with interrupt_held(), _lost_is_ours():  # a future that is half made complains
            return _Sent(self.client.submit(run, work, data, key=f"item-{uuid.uuid4().hex}", pure=False), item)

    def _room(self) -> Iterator[int]:
        """How many items may be under way; looked up anew now and then, because a cluster grows and shrinks."""
        asked, room = 0.0, 0
        while True:
            if not room or time.monotonic() - asked > 10:
                with _lost_is_ours():
                    room = AHEAD * max(1, sum(self.client.nthreads().values()))
                asked = time.monotonic()
            yield room


_ONE = threading.Lock()


def attempt(work: Callable[[Any], Any], item: Any) -> _Answer:
    """On the worker. One item at a time in a process, also where an existing worker has several threads."""
    with _ONE:
        try:
            return "worked", _dumps(work(item))
        except BaseException as error:  # SystemExit too: it would end the worker
            return "failed", _pickled(error)


def _portable() -> Callable[[bytes, bytes], _Answer]:
    """Travels by value, because it has no name to be imported by: a scheduler needs no checker, and a worker that has none can
    still say so. (A worker that cannot load a task says nothing, and the task waits for ever.)"""

    def portable(work: bytes, item: bytes) -> Any:
        from distributed.protocol import pickle

        try:
            from checker.adapters.dask_executor import attempt

            loads: Any = pickle.loads
            loaded = loads(work), loads(item)
        except BaseException as error:
            return "unable", f"{type(error).__name__}: {error}".encode()
        return attempt(*loaded)

    return portable


def _pickled(error: BaseException) -> bytes:
    """The error, or one of the same words where it does not survive the way."""
    with suppress(Exception):
        data = _dumps(error)
        if isinstance(_loads(data), Exception):
            return data
    if isinstance(error, CheckerError):
        return _dumps(CheckerError(error.message, error.hint))
    return _dumps(RuntimeError(f"{type(error).__name__}: {error}"))


def _outcome(future: Future[_Answer]) -> _Answer | KilledWorker:
    try:
        with _lost_is_ours():
            return future.result()
    except KilledWorker as error:
        return error
    except CheckerError:
        raise
    except Exception as error:
        raise _unable(f"{type(error).__name__}: {error}") from None


def _result(item: T, outcome: _Answer | Exception, on_failed: Callable[[T, Exception], R]) -> R:
    if isinstance(outcome, Exception):
        return on_failed(item, outcome)
    kind, data = outcome
    if kind == "unable":
        raise _unable(data.decode())
    value = _loads(data)
    if kind == "worked":
        result: R = value
        return result
    if isinstance(value, BROKEN):
        raise value
    return on_failed(item, value)


def _unable(why: str) -> CheckerError:
    return CheckerError(f"Arbejderne på Dask kan ikke køre opgaven ({why}).", "Installér den samme checker på alle arbejdere.")


def _always(number: int) -> Iterator[int]:
    while True:
        yield number


def _lost() -> CheckerError:
    return CheckerError("Forbindelsen til Dask gik tabt.", "De svar, der er kommet, er der stadig. Start kørslen igen for at få resten.")


@contextmanager
def _lost_is_ours() -> Iterator[None]:
    try:
        yield
    except _LOST:
        raise _lost() from None
