"""What a second reader would be worth by how often it is right: a model of known accuracy, drawn from the labels, beside the real rule reader.

    python eval/llm/simulate.py [--split held-out] [--seeds 3]

No language model takes part. A drawn model answers a labelled item right with probability `a`. Where it is wrong it errs in the
dangerous direction as often as small models were seen to: a duty that is not met it calls done, with a passage of its choice (half
of them one that speaks of the duty, half any), a met one it passes over, a fact gets another value. Its answers go the same way as
a real model's: checks, table, verdicts. Printed beside the product: trusting the model blindly (its answer counts where it has a
passage), which is what the table guards against. Requirements and facts without a label are not asked.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from checker.cli.evaluate.sets import load
from checker.evaluation.figures.score import score
from checker.evaluation.records import Cost, Result, Subject
from checker.evaluation.said import said_of
from checker.model.catalogue import Catalogue
from checker.model.project import Project
from checker.model.reading import Answers, EvidenceAnswer, EvidenceStatus, FactAnswer
from checker.pipeline import conclude, new_receipt
from checker.read import read_project
from checker.reader.llm.checks import Checks
from checker.reader.llm.combine import combined
from checker.reader.llm.questions import Pick
from checker.settings import load_settings
from checker.wiring import Workbench

ROOT = Path(__file__).resolve().parents[2]
ACCURACIES = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0)
FIGURES = ("gap_f1", "wrong_met", "na_flagged", "fact_accuracy", "risk_accuracy")
Topics = Mapping[str, frozenset[int]]


class Drawn:
    """A model that is right with probability `accuracy`."""

    def __init__(self, accuracy: float, seed: int) -> None:
        self._accuracy, self._random = accuracy, random.Random(seed)  # noqa: S311 drawn answers, no secrets

    def picks(self, subject: Subject, project: Project, topics: Topics, catalogue: Catalogue) -> Iterator[Pick]:
        for requirement, verdict in subject.gold.verdicts.items():
            if verdict in ("gap", "met"):
                yield self._evidence(requirement, verdict == "met", subject, project, topics)
        for fact, value in subject.gold.facts.items():
            if fact in catalogue.facts and not isinstance(value, tuple):
                yield self._fact(fact, str(value).lower() if isinstance(value, bool) else value, catalogue, project, topics)

    def _evidence(self, requirement: str, met: bool, subject: Subject, project: Project, topics: Topics) -> Pick:
        right = self._random.random() < self._accuracy
        if met != right:  # says that it is not met
            return Pick(item=requirement, kind="evidence", value="silent", passages=())
        said = subject.gold.evidence.get(requirement, ())
        labelled = [i for i, p in enumerate(project.passages) if any(p.text in s or s[:60] in p.text for s in said)] if met else []
        at = labelled[0] if labelled else self._any(requirement, project, topics)
        status = self._random.choice(("done", "planned_before_use", "denied_with_reason")) if not met else "done"
        return Pick(item=requirement, kind="evidence", value=status, passages=(at,))

    def _fact(self, fact: str, value: str, catalogue: Catalogue, project: Project, topics: Topics) -> Pick:
        spec = catalogue.facts[fact]
        options = ["true", "false", "unknown"] if spec.type == "bool" else [*spec.values, "unknown"]
        right = self._random.random() < self._accuracy
        if not right:
            value = self._random.choice([o for o in options if o != value])
        if value == "unknown":
            return Pick(item=fact, kind="fact", value=value, passages=())
        checks = Checks(project, catalogue, topics)
        # Labels name no passage for a fact: a right answer is given one that can carry it, where the text has one.
        fit = [i for i in range(len(project.passages)) if not checks.refusal(fact, "fact", value, i)] if right else []
        return Pick(item=fact, kind="fact", value=value, passages=(self._random.choice(fit) if fit else self._any(fact, project, topics),))

    def _any(self, item: str, project: Project, topics: Topics) -> int:
        near = sorted(topics.get(item, frozenset()))
        if near and self._random.random() < 0.5:
            return self._random.choice(near)
        return self._random.randrange(len(project.passages))


def blindly(first: Answers, picks: Sequence[Pick], project: Project) -> Answers:
    """The model's answer counts wherever it names a passage."""
    facts, evidence = dict(first.facts), dict(first.evidence)
    for p in picks:
        quotes = tuple(project.passages[i].quote for i in p.passages)
        if p.kind == "fact":
            facts[p.item] = FactAnswer(fact=p.item, value=p.value, probability=0.9, quotes=quotes)
        else:
            evidence[p.item] = EvidenceAnswer(requirement=p.item, status=EvidenceStatus(p.value), probability_met=0.5, margin=0.0, quotes=quotes)
    return first.model_copy(update={"facts": facts, "evidence": evidence})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", default="held-out", choices=["held-out", "train"])
    parser.add_argument("--seeds", type=int, default=3)
    args = parser.parse_args()
    bench = Workbench(load_settings())
    loaded = load(ROOT / "eval" / "sets" / "municipal", bench)
    subjects = [s for s in loaded.subjects if s.split == args.split]
    receipt = new_receipt(bench.library, "simulated", "", "", loaded.law_date)
    catalogue = bench.library.catalogue
    read = [(s, p := read_project(s.document), bench.reader.read(p), bench.reader.topics(p)) for s in subjects]

    def measured(answers: Iterator[tuple[Subject, Project, Answers]]) -> dict[str, float | None]:
        results = []
        for subject, project, answer in answers:
            report = conclude(project, answer, bench.library, bench.index, receipt)
            results.append(Result.of(subject, "simulated", 0, subject.id, said_of(report), Cost(), receipt))
        return score(results)

    drawn_from = f"{args.split}, {len(subjects)} texts, mean of {args.seeds}"
    print(f"| accuracy of the drawn model ({drawn_from}) | {' | '.join(FIGURES)} | blindly: gap_f1 | blindly: wrong_met |")
    print("|---" * (len(FIGURES) + 3) + "|")
    row("rules alone", [measured((s, p, a) for s, p, a, _ in read)], [])
    for accuracy in ACCURACIES:
        ours, blind = [], []
        for seed in range(args.seeds):
            drawn = Drawn(accuracy, seed)
            picked = [(s, p, a, t, tuple(drawn.picks(s, p, t, catalogue))) for s, p, a, t in read]
            ours.append(measured((s, p, combined(a, {x.item: x for x in xs}, {}, p, catalogue, True, "drawn", t)) for s, p, a, t, xs in picked))
            blind.append(measured((s, p, blindly(a, xs, p)) for s, p, a, _, xs in picked))
        row(f"{accuracy:.2f}", ours, blind)


def row(name: str, ours: Sequence[Mapping[str, float | None]], blind: Sequence[Mapping[str, float | None]]) -> None:
    cells = [mean(ours, f) for f in FIGURES] + [mean(blind, f) for f in ("gap_f1", "wrong_met")]
    print(f"| {name} | " + " | ".join("–" if c is None else f"{c:.3f}" for c in cells) + " |", flush=True)


def mean(runs: Sequence[Mapping[str, float | None]], figure: str) -> float | None:
    found = [v for r in runs if (v := r.get(figure)) is not None]
    return sum(found) / len(found) if found else None


if __name__ == "__main__":
    main()
