"""Fits the weights of the search on the dev questions, over both sets of Danish texts, and writes them into the package.

    python eval/retrieval/train.py [--cache FILE] [--home CHECKER_HOME]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from fitting import fit
from layers import FEATURES, TRAINED_ON, Asked, layers, ranker, texts_of
from texts import ROOT, questions

from checker.knowledge.retrieval import Weights
from checker.knowledge.retrieval.fuse import DESCRIBED, KINDS, LAYERS

OUT = ROOT / "checker" / "knowledge" / "retrieval" / "weights.json"
NONE = Weights(layers={}, kinds={}, expected={})


def expected(search_layers: list[Asked], described: dict[str, np.ndarray]) -> dict[str, float]:
    """Slope of each description's score on its neighbouring layer's, over articles that have a description."""
    slopes = {}
    for name, neighbour in DESCRIBED.items():
        here = described[name]
        y = np.concatenate([a.rows[here, FEATURES.index(name)] for a in search_layers])
        x = np.concatenate([a.rows[here, FEATURES.index(neighbour)] for a in search_layers])
        slopes[name] = round(float(x @ y / (x @ x)), 2)
    return slopes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=ROOT / "out" / "eval" / "retrieval.sqlite")
    parser.add_argument("--home", type=Path, default=None)
    args = parser.parse_args()
    dev = [q for q in questions() if q.split == "dev"]
    first = ranker(texts_of("eu-da", args.home), args.cache, NONE)
    parts = {"digest": first.articles.described, "digest_stems": first.articles.described, "asked": first._asked, "asked_stems": first._asked}
    shares = expected(layers(first, dev, args.cache), {name: part.articles for name, part in parts.items()})
    weights = Weights(layers={}, kinds={}, expected=shares)
    data = [a for name in TRAINED_ON for a in layers(ranker(texts_of(name, args.home), args.cache, weights), dev, args.cache)]
    found = fit([a.rows for a in data], [a.gold for a in data], [f in KINDS for f in FEATURES])
    value = {f: round(float(w), 2) for f, w in zip(FEATURES, found, strict=True)}
    result = {"layers": {f: value[f] for f in LAYERS}, "kinds": {f: value[f] for f in KINDS}, "expected": shares}
    OUT.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(OUT.read_text("utf-8"))


if __name__ == "__main__":
    main()
