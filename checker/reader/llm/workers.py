"""Several questions at once, with an end that nobody has to wait for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Workers(Generic[T, R]):
    """Does the work of every unit, one unit per thread at a time, and hands out each result as it comes.

    The threads are daemons: a pool of `concurrent.futures` keeps the program alive until its last request has timed out, also after
    Ctrl-C. What `work` raises is handed out as a result, so that one failure loses no other answer.

    Args:
        units: the things of a unit are done in their order by the same thread.
        work: safe to be called from several threads.
        threads: at most so many at once.
    """

    def __init__(self, units: Sequence[Sequence[T]], work: Callable[[T], R], threads: int) -> None:
        self._units: SimpleQueue[Sequence[T]] = SimpleQueue()
        for unit in units:
            self._units.put(unit)
        self._work, self._threads = work, min(max(1, threads), len(units))
        self._results: SimpleQueue[tuple[T, R | BaseException] | None] = SimpleQueue()
        self._stopped = threading.Event()

    def results(self) -> Iterator[tuple[T, R | BaseException]]:
        """Until all is done; after `stop`, until what runs is done."""
        for number in range(self._threads):
            threading.Thread(target=self._run, name=f"question-{number}", daemon=True).start()
        alive = self._threads
        while alive:
            found = self._results.get()
            if found is None:
                alive -= 1
            else:
                yield found

    def stop(self) -> None:
        """Nothing more is begun."""
        self._stopped.set()

    def arrived(self) -> Iterator[tuple[T, R | BaseException]]:
        """What lies ready, without waiting for what still runs."""
        while True:
            try:
                found = self._results.get_nowait()
            except Empty:
                return
            if found is not None:
                yield found

    def _run(self) -> None:
        try:
            while not self._stopped.is_set():
                for thing in self._units.get_nowait():
                    if self._stopped.is_set():
                        break
                    self._results.put((thing, self._done(thing)))
        except Empty:
            pass
        finally:
            self._results.put(None)

    def _done(self, thing: T) -> R | BaseException:
        try:
            return self._work(thing)
        except BaseException as error:  # handed to the thread that waits, which raises what is not the server's fault
            return error
