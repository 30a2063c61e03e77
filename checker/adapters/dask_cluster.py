"""Dask's clusters: workers of our own on this machine, and one that is there already. Quiet, private, ended again."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import signal
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import resource_tracker
from typing import Any

import dask
import distributed
from distributed.system import MEMORY_LIMIT
from distributed.utils import silence_logging_cmgr

from checker.errors import CheckerError, SettingsError

_dask: Any = distributed  # typed in part
_ADDRESS = re.compile(r"((tcp|tls)://)?(\[[0-9a-fA-F:.]+\]|[^\s:/\[\]]+):\d{1,5}")
_LEAST_MEMORY = 2 * 2**30
_STARTING = 5.0
"""Seconds that a worker is given to come up before it is ended."""
CONFIG = {
    # Threads that spin while they wait make every other worker slow; both are read when an OpenMP library loads.
    "distributed.nanny.pre-spawn-environ.OMP_NUM_THREADS": 1,
    "distributed.nanny.pre-spawn-environ.OMP_WAIT_POLICY": "passive",
    # What a worker holds are texts handed in; they are not written to disk. A worker that pauses would never go on.
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.profile.enabled": False,
    "distributed.worker.http.routes": [],
    "distributed.scheduler.http.routes": [],
    "distributed.admin.large-graph-warning-threshold": "1GB",
}


def own_cluster(stack: ExitStack, jobs: int) -> Any:
    """Workers on this machine; encrypted with a key of this run, because whoever can talk to a scheduler can run code.

    Raises:
        CheckerError: they cannot be started.
    """
    stack.enter_context(_environment_kept())  # also of workers that are started again
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="checker-dask-", ignore_cleanup_errors=True))
    stack.enter_context(dask.config.set({"temporary-directory": folder}))
    with interrupt_held():
        try:
            cluster = _started(jobs)
        except (OSError, RuntimeError, TimeoutError) as error:
            raise CheckerError(f"{jobs} arbejdere kan ikke startes ({error}).", "Prøv færre med --jobs.") from None
        stack.callback(_ended, cluster)
        client = _dask.Client(cluster, set_as_default=False)
        stack.callback(_closed, client)
    return client


def _started(jobs: int) -> Any:
    with _environment_kept():
        return _dask.LocalCluster(
            n_workers=jobs,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",  # without one Dask serves its pages on port 8787 of every interface
            worker_dashboard_address="127.0.0.1:0",
            security=_dask.Security.temporary(),
            silence_logs=logging.CRITICAL,
            memory_limit=max(_LEAST_MEMORY, MEMORY_LIMIT // jobs),
            scheduler_kwargs={"allowed_failures": 1, "dashboard": False},
        )


def connected(stack: ExitStack, address: str, patience: float) -> Any:
    """A client of a scheduler that is there and has a worker; certificates are those of Dask's own settings.

    Raises:
        SettingsError: no address, nothing or something else answers there, or nobody works there.
    """
    if not _ADDRESS.fullmatch(address):
        raise SettingsError(f"{address!r} er ikke adressen på en Dask-planlægger.", "Skriv den som tcp://vært:8786 eller tls://vært:8786.")
    secrets = _dask.Security().get_connection_args("client")
    if address.startswith("tls:") and secrets.get("ssl_context") is None:
        raise SettingsError(f"Der er ingen certifikater til {address}.", "Sæt distributed.comm.tls i Dasks egne indstillinger (ca-file og client).")
    try:
        # In a thread of its own: a notebook, or a browser under test, has a loop running in this one.
        with ThreadPoolExecutor(1) as aside:
            aside.submit(lambda: asyncio.run(asyncio.wait_for(_answering(address, patience, secrets), patience))).result()
        client = _dask.Client(address, timeout=patience, set_as_default=False)
    except Exception as error:  # whatever it is that answers there
        why = str(error) or type(error).__name__
        raise SettingsError(f"Ingen Dask-planlægger svarer på {address} ({why}).", "Se efter, om `dask scheduler` kører der.") from None
    stack.callback(_closed, client)
    try:
        client.wait_for_workers(1, timeout=patience)
    except TimeoutError:
        raise SettingsError(f"Dask-planlæggeren på {address} har ingen arbejdere.", f"Start nogle: dask worker {address} --nthreads 1") from None
    return client


async def _answering(address: str, patience: float, secrets: dict[str, Any]) -> None:
    """Dask's client waits for ever where something answers that is not Dask."""
    line = await _dask.comm.connect(address, timeout=patience, **secrets)
    try:
        await line.write({"op": "identity", "reply": True})
        kind = (await line.read()).get("type")
        if kind != "Scheduler":
            raise ValueError(f"der svarer en {kind}")
    finally:
        line.abort()


def _ended(cluster: Any) -> None:
    """A worker that is in the middle of a text gets a second, not the time that Dask would give it."""

    async def up(nanny: Any) -> None:
        """One that is being started again (its process had died) would print where it was, if it were closed before it is up."""
        running = getattr(getattr(nanny, "process", None), "running", None)
        if running is not None:
            await asyncio.wait_for(running.wait(), _STARTING)

    async def end() -> None:
        await asyncio.gather(*(up(worker) for worker in cluster.workers.values()), return_exceptions=True)
        await asyncio.gather(*(worker.close(timeout=1) for worker in cluster.workers.values()), return_exceptions=True)

    with suppress(Exception):
        cluster.sync(end)
    _closed(cluster)


def _closed(what: Any) -> None:
    """Whatever is left of it; how a closing went is of no use to anyone."""
    with suppress(Exception):
        what.close(timeout=5)


@contextmanager
def interrupt_held() -> Iterator[None]:
    """Ctrl-C reaches every process of a terminal, and each would print where it was. Threads and processes begun in here, and
    those they begin, never see it; one that comes meanwhile is ours afterwards, when there is something to close."""
    if not hasattr(signal, "pthread_sigmask") or threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    resource_tracker.ensure_running()  # unblocks signals when it begins, so it begins first
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    handler = signal.signal(signal.SIGINT, lambda number, _: came.append(number))  # through a thread that was there before
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        if came:
            signal.raise_signal(signal.SIGINT)


@contextmanager
def _environment_kept() -> Iterator[None]:
    """Dask sets its workers' variables in this process too, where they would slow all that comes after."""
    names = [*dask.config.get("distributed.nanny.pre-spawn-environ"), "PYTHONHASHSEED"]
    before = {name: os.environ.get(name) for name in names}
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def quiet() -> Iterator[None]:
    """Dask and asyncio log what we report ourselves."""
    log = logging.getLogger("asyncio")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        with silence_logging_cmgr(logging.CRITICAL):
            yield
    finally:
        log.setLevel(before)
