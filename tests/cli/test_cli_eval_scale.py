"""`checker eval run` on several processes: the same answers, also when a worker is killed on the way."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest
import yaml
from conftest import environment, run_checker

pytest.importorskip("distributed")  # of the extra checker[eval]

pytestmark = pytest.mark.alone
SET = Path(__file__).resolve().parents[2] / "eval" / "sets" / "municipal"
RESULTS = Path("out", "eval", "six", "results.jsonl")
CASES = ("affaldskurve-01", "affaldsbil-kamera-01", "library-companion-en-01", "badevand-prognose-01", "akutbolig-anvisning-ocr-01", "arkiv-haandskrift-01")


@pytest.fixture(scope="module")
def six(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sets") / "six"
    folder.mkdir()
    manifest = yaml.safe_load((SET / "manifest.yaml").read_text("utf-8")) | {"name": "six"}
    (folder / "manifest.yaml").write_text(yaml.safe_dump(manifest, allow_unicode=True), "utf-8")
    for case in CASES:
        for file in SET.glob(f"{case}.*"):
            shutil.copy(file, folder)
    return folder


@pytest.fixture(scope="module")
def alone(home: Path, six: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What one process answers."""
    folder = tmp_path_factory.mktemp("alone")
    done = run_checker(home, folder, "eval", "run", six, "--no-baselines")
    assert done.code == 0, done.err
    return answers(folder)


def answers(folder: Path) -> dict[str, object]:
    """case → what is said; every case once."""
    lines = [json.loads(line) for line in (folder / RESULTS).read_text("utf-8").splitlines()]
    mine = [line for line in lines if line["system"] == "checker"]
    assert sorted(line["case"] for line in mine) == sorted(CASES)
    return {line["case"]: rounded(line["said"]) for line in mine}


def rounded(value: object) -> object:
    """Sums are taken in another order by another number of threads: the sixth decimal may differ."""
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    return pytest.approx(value, abs=2e-6) if isinstance(value, float) else value


def test_two_processes_answer_as_one_does(home: Path, six: Path, alone: dict[str, object], tmp_path: Path) -> None:
    done = run_checker(home, tmp_path, "eval", "run", six, "--no-baselines", "--executor", "dask", "--jobs", "2")
    assert done.code == 0, done.err
    assert answers(tmp_path) == alone


def test_a_worker_killed_on_the_way_loses_nothing(home: Path, six: Path, alone: dict[str, object], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "checker", "eval", "run", str(six), "--no-baselines", "--jobs", "2"]
    child = subprocess.Popen(command, cwd=tmp_path, env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    os.kill(_worker_of(child, tmp_path / RESULTS), signal.SIGKILL)
    _, err = child.communicate(timeout=200)
    assert child.returncode == 0, err
    assert "Traceback" not in err and "distributed" not in err
    assert answers(tmp_path) == alone


def test_a_scheduler_that_is_not_there_is_named(home: Path, six: Path, tmp_path: Path) -> None:
    done = run_checker(home, tmp_path, "eval", "run", six, "--executor", "dask:127.0.0.1")
    assert done.code == 2
    assert "127.0.0.1" in done.err and "tcp://" in done.err


def _worker_of(child: subprocess.Popen[str], results: Path) -> int:
    """One of its workers, as soon as the first answer is there: it is in the middle of a text then."""
    pause = threading.Event()
    while child.poll() is None:
        if results.is_file() and results.stat().st_size:
            return next(p.pid for p in psutil.Process(child.pid).children() if "spawn_main" in " ".join(p.cmdline()))
        pause.wait(0.01)
    raise AssertionError(f"it ended before its first answer: {child.communicate()}")
