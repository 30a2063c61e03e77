"""Work over real processes: every item comes back once, whatever happens to a worker."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("distributed")  # of the extra checker[eval]

from checker.adapters.dask_executor import DaskExecutor
from checker.adapters.executors import Executor, LocalExecutor
from checker.errors import CaseError, CheckerError, IndexFault, SettingsError

pytestmark = pytest.mark.alone
DASK = Path(sys.executable).with_name("dask")
HERE = Path(__file__).parent


def square(number: int) -> str:
    return str(number * number)


def seven_fails(number: int) -> str:
    if number == 7:
        raise CaseError("sag.yaml", 3, "seven")  # its constructor takes what pickle does not give it
    return str(number * number)


def index_is_gone(number: int) -> str:
    if number == 3:
        raise IndexFault("Indekset er ikke bygget.", "Kør: checker corpus build")
    return str(number)


def three_kills(number: int) -> str:
    if number == 3:
        os._exit(1)
    return str(number * number)


def three_exits(number: int) -> str:
    if number == 3:
        raise SystemExit(1)
    return str(number * number)


def cannot_come_back(number: int) -> object:
    return threading.Lock() if number == 3 else str(number * number)


def first_one_is_killed(marker: str) -> str:
    """The first process to come here says who it is and waits to be killed; whoever comes after goes on."""
    try:
        with open(marker, "x") as file:
            file.write(f"{os.getpid()}\n")
    except FileExistsError:
        return str(os.getpid())
    signal.pause()
    return "never"


def failed(item: object, error: Exception) -> str:
    return f"{item}: {type(error).__name__}: {error}"


def squares(*numbers: int) -> list[str]:
    return sorted(str(n * n) for n in numbers)


@pytest.fixture(scope="module")
def two() -> Iterator[DaskExecutor]:
    """Two workers on this machine."""
    with DaskExecutor(None, jobs=2) as executor:
        yield executor


@pytest.fixture(params=["local", "dask"])
def either(request: pytest.FixtureRequest) -> Executor:
    return LocalExecutor() if request.param == "local" else request.getfixturevalue("two")


class TestEitherWay:
    def test_every_item_comes_back_once(self, either: Executor) -> None:
        assert sorted(either.map(square, range(100), failed)) == squares(*range(100))

    def test_nothing_gives_nothing(self, either: Executor) -> None:
        assert list(either.map(square, [], failed)) == []

    def test_an_item_that_raises_costs_one_item(self, either: Executor) -> None:
        said = list(either.map(seven_fails, range(10), failed))
        [wrong] = [s for s in said if ":" in s]
        assert wrong.startswith("7: ") and wrong.endswith("sag.yaml, line 3: seven")
        assert sorted(set(said) - {wrong}) == squares(0, 1, 2, 3, 4, 5, 6, 8, 9)

    def test_a_missing_index_stops_the_run(self, either: Executor) -> None:
        with pytest.raises(IndexFault, match="ikke bygget") as caught:
            list(either.map(index_is_gone, range(50), failed))
        assert caught.value.hint == "Kør: checker corpus build"

    def test_items_are_drawn_as_there_is_room(self, either: Executor) -> None:
        drawn: list[int] = []
        results = either.map(square, (drawn.append(n) or n for n in range(10_000)), failed)
        next(results)
        assert len(drawn) <= 8  # four for each of two workers
        results.close()  # type: ignore[attr-defined]


class TestProcesses:
    def test_the_workers_are_two_other_processes_with_one_thread_each(self, two: DaskExecutor) -> None:
        pids = set(two.client.run(os.getpid).values())
        threads = two.client.run(lambda: (os.environ["OMP_NUM_THREADS"], os.environ["OMP_WAIT_POLICY"]))
        assert len(pids - {os.getpid()}) == 2
        assert set(threads.values()) == {("1", "passive")}

    def test_what_cannot_be_sent_or_brought_back_costs_one_item(self, two: DaskExecutor) -> None:
        lock = threading.Lock()
        sent = list(two.map(square, [1, lock, 2], failed))  # type: ignore[list-item]
        back = list(two.map(cannot_come_back, range(5), failed))
        assert [s for s in sent if "pickle" in s] and sorted(s for s in sent if "pickle" not in s) == ["1", "4"]
        assert [s for s in back if str(s).startswith("3: ")] and sorted(s for s in back if ":" not in str(s)) == squares(0, 1, 2, 4)

    def test_an_item_that_exits_does_not_take_its_worker_along(self, two: DaskExecutor) -> None:
        before = set(two.client.run(os.getpid).values())
        said = list(two.map(three_exits, range(10), failed))
        assert sorted(s for s in said if ":" in s) == ["3: RuntimeError: SystemExit: 1"]
        assert set(two.client.run(os.getpid).values()) == before

    def test_a_worker_that_is_killed_loses_nothing(self, two: DaskExecutor, tmp_path: Path) -> None:
        marker = tmp_path / "who"
        murder = threading.Thread(target=_kill_who_is_named_in, args=(marker,))
        murder.start()
        said = list(two.map(first_one_is_killed, [str(marker)] * 30, failed))
        murder.join()
        killed = marker.read_text().strip()
        assert len(said) == 30 and all(s.isdigit() and s != "never" for s in said)
        assert killed not in said

    def test_an_item_that_kills_every_worker_is_named_and_the_rest_arrives(self, two: DaskExecutor) -> None:
        said = list(two.map(three_kills, range(40), failed))
        [wrong] = [s for s in said if ":" in s]
        assert wrong.startswith("3: WorkerDied: ")
        assert sorted(set(said) - {wrong}) == squares(*(n for n in range(40) if n != 3))
        assert len(said) == 40

    def test_nothing_is_left_behind_and_nothing_is_printed(self, tmp_path: Path) -> None:
        script = tmp_path / "run.py"
        script.write_text(SCRIPT, "utf-8")
        env = os.environ | {"TMPDIR": str(tmp_path), "PYTHONPATH": os.pathsep.join([str(HERE.parents[2]), str(HERE)])}
        env.pop("OMP_NUM_THREADS", None)
        ran = subprocess.run([sys.executable, str(script)], env=env, capture_output=True, text=True, timeout=60, check=False)
        # A loaded machine may make Dask warn of a slow heartbeat; a traceback it may not print.
        assert (ran.stdout, ran.returncode, "Traceback" in ran.stderr) == ("5 None\n", 0, False), ran.stderr
        assert [p.name for p in tmp_path.iterdir()] == ["run.py"]

    def test_an_interrupt_ends_the_workers_quietly(self, tmp_path: Path) -> None:
        script = tmp_path / "run.py"
        script.write_text(INTERRUPTED, "utf-8")
        env = os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE.parents[2]), str(HERE)])}
        # In a group of its own, so that the interrupt reaches it and its workers as Ctrl-C in a terminal would.
        child = subprocess.Popen(
            [sys.executable, str(script), str(tmp_path / "who")], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        assert child.stdout is not None and child.stdout.readline() == "up\n"
        os.killpg(child.pid, signal.SIGINT)
        out, err = child.communicate(timeout=30)
        assert (out, "Traceback" in err) == ("interrupted\n", False), err


class TestExistingCluster:
    def test_a_scheduler_that_runs_already_is_used(self, tmp_path: Path) -> None:
        with _scheduler() as address, _worker(address):
            with DaskExecutor(address) as executor:
                pids = set(executor.client.run(os.getpid).values())
                assert sorted(executor.map(seven_fails, range(7), failed)) == squares(*range(7))
            with DaskExecutor(address) as again:
                assert set(again.client.run(os.getpid).values()) == pids

    def test_a_scheduler_without_workers_is_refused(self) -> None:
        with _scheduler() as address, pytest.raises(SettingsError, match="ingen arbejdere"), DaskExecutor(address, patience=5):
            pass

    def test_a_scheduler_that_dies_ends_the_run_with_what_there_is(self) -> None:
        with _scheduler() as address, _worker(address), DaskExecutor(address) as executor:
            results = executor.map(square, range(1000), failed)
            first = next(results)
            pid = executor.client.run_on_scheduler(os.getpid)
            os.kill(pid, signal.SIGKILL)
            with pytest.raises(CheckerError, match="Forbindelsen til Dask gik tabt"):
                list(results)
            assert first.isdigit()

    def test_workers_that_lack_the_work_end_the_run(self) -> None:
        with _scheduler() as address, _worker(address, path=""), DaskExecutor(address) as executor:
            results = executor.map(square, range(3), failed)
            with pytest.raises(CheckerError, match=r"kan ikke køre opgaven \(ModuleNotFoundError.*Installér"):
                list(results)

    def test_an_address_where_nothing_answers_is_refused(self) -> None:
        address = f"tcp://127.0.0.1:{_port()}"
        with pytest.raises(SettingsError, match=f"Ingen Dask-planlægger svarer på {address}"), DaskExecutor(address, patience=1):
            pass

    def test_an_address_where_something_else_answers_is_refused(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
            with pytest.raises(SettingsError, match="Ingen Dask-planlægger svarer"), DaskExecutor(address, patience=1):
                pass

    @pytest.mark.parametrize("address", ["", "127.0.0.1", "http://127.0.0.1:1", "tcp://:1", "tcp://a b:1", "tls://127.0.0.1:1"])
    def test_what_is_no_address_is_refused(self, address: str) -> None:
        with pytest.raises(SettingsError), DaskExecutor(address):
            pass

    def test_no_workers_at_all_is_refused(self) -> None:
        with pytest.raises(SettingsError, match="--jobs 0"):
            DaskExecutor(None, jobs=0)


SCRIPT = """
import os
from checker.adapters.dask_executor import DaskExecutor
from test_adapters_dask import failed, three_kills

if __name__ == "__main__":
    with DaskExecutor(None, 2) as executor:
        done = list(executor.map(three_kills, range(5), failed))
    print(len(done), os.environ.get("OMP_NUM_THREADS"))
"""
INTERRUPTED = """
import signal, sys
from checker.adapters.dask_executor import DaskExecutor
from test_adapters_dask import failed, first_one_is_killed

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with DaskExecutor(None, 1) as executor:
            print("up", flush=True)
            list(executor.map(first_one_is_killed, [sys.argv[1]], failed))
    except KeyboardInterrupt:
        print("interrupted")
"""


def _kill_who_is_named_in(marker: Path) -> None:
    written = threading.Event()
    while not (marker.is_file() and marker.read_text().endswith("\n")):
        written.wait(0.02)
    os.kill(int(marker.read_text()), signal.SIGKILL)


def _port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def _scheduler() -> Iterator[str]:
    port = str(_port())
    with _process("scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard", waits_for="Scheduler at:", path=""):
        yield f"tcp://127.0.0.1:{port}"


@contextmanager
def _worker(address: str, path: str = str(HERE)) -> Iterator[None]:
    with _process("worker", address, "--host", "127.0.0.1", "--nthreads", "1", "--no-dashboard", waits_for="Registered to:", path=path):
        yield


@contextmanager
def _process(*arguments: str, waits_for: str, path: str) -> Iterator[None]:
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [str(HERE.parents[2]), path]))}
    child = subprocess.Popen([str(DASK), *arguments], env=env, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    assert child.stderr is not None
    log = child.stderr
    try:
        for line in log:
            if waits_for in line:
                break
        reader = threading.Thread(target=log.read)  # a full pipe would stop it
        reader.start()
        yield
    finally:
        child.terminate()
        child.wait(20)
