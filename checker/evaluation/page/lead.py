"""The plain-language lead: what was measured, how to read it, where it is weak. Every sentence is made from the figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from checker.evaluation.figures.score import confusion, score
from checker.evaluation.figures.stats import MIN_POSITIVES
from checker.evaluation.page.headline import figure, interval_text, label, shown_metrics, target_rows, target_text
from checker.evaluation.page.measured import WORD_COUNT, Measured
from checker.evaluation.page.words import Words
from checker.evaluation.records import SAID, VERDICTS

_WORST = 4
_WEAK_BELOW = 0.8
_LANGUAGE_TEXTS = 5
_LANGUAGE_APART = 0.03


def lead(words: Words, measured: Measured) -> tuple[str, ...]:
    mine = [r for split in measured.splits for r in measured.part(measured.main, split)]
    cases = {s: len({(r.set, r.case) for r in measured.part(measured.main, s)}) for s in measured.splits}
    sizes = {
        "cases": sum(cases.values()),
        "requirements": len({q for r in mine for q in r.gold.verdicts}),
        "pairs": words.whole(sum(len(r.gold.verdicts) for r in mine)),
    }
    said = [words("lead.what", system=measured.main, **sizes)]
    if len(cases) > 1:
        said.append(words("lead.splits", train=cases["train"], held=cases["held-out"]))
    else:
        said.append(words("lead.one_split", split=words.name("split", measured.basis)))
    said += [words("lead.labels"), words("lead.interval", least=MIN_POSITIVES)]
    if len(measured.systems) > 1:
        said.append(words("lead.baselines"))
    return tuple(said)


def weak(words: Words, measured: Measured, titles: Mapping[str, str]) -> tuple[str, ...]:
    """Where the measured system is weak, on the basis split."""
    said = [
        *_targets(words, measured),
        *_errors(words, measured),
        *_requirements(words, measured, titles),
        *_distance(words, measured),
        *_languages(words, measured),
        *_word_count(words, measured),
    ]
    return tuple(said) or (words("weak.none"),)


def _targets(words: Words, measured: Measured) -> Iterator[str]:
    for target in target_rows(words, measured):
        shown = {
            "metric": label(words, target.metric.id),
            "value": figure(words, target.metric.id, target.value),
            "target": target_text(words, target.metric),
        }
        if target.outcome in ("missed", "close"):
            yield words("weak.missed", **shown)
        elif target.outcome == "unsure":
            yield words("weak.unsure", **shown, interval=interval_text(words, measured, measured.basis, target.metric.id))


def _errors(words: Words, measured: Measured) -> Iterator[str]:
    table = dict(zip(VERDICTS, confusion(measured.part(measured.main, measured.basis)), strict=True))
    gap, met = SAID.index("gap"), SAID.index("met")
    if table["gap"][met]:
        yield words("weak.met", wrong=table["gap"][met], gold=sum(table["gap"]))
    if alarms := table["not_applicable"][gap]:
        yield words.count("weak.alarms", alarms, share=words.percent(alarms / sum(table["not_applicable"])))
    if unjudged := sum(counts[SAID.index("unjudged")] for counts in table.values()):
        yield words.count("weak.unjudged", unjudged)


def _requirements(words: Words, measured: Measured, titles: Mapping[str, str]) -> Iterator[str]:
    scores = measured.requirements(measured.basis)
    weakest = sorted((s.f1, r) for r, s in scores.items() if s.gold >= MIN_POSITIVES and s.f1 is not None and s.f1 < _WEAK_BELOW)[:_WORST]
    if weakest:
        items = [
            words("weak.worst.item", title=titles.get(r, r), f1=words.number(f1, 2), right=scores[r].right, gold=scores[r].gold) for f1, r in weakest
        ]
        yield words("weak.worst", list=words.list(items))
    if few := sum(s.gold < MIN_POSITIVES for s in scores.values()):
        yield words.count("weak.few", few)


def _distance(words: Words, measured: Measured) -> Iterator[str]:
    if len(measured.splits) > 1:
        held, train = (measured.score(measured.main, s).get("gap_f1") for s in ("held-out", "train"))
        if held is not None and train is not None and held < train:
            yield words("weak.heart", train=words.number(train), held=words.number(held))


def _languages(words: Words, measured: Measured) -> Iterator[str]:
    part = measured.part(measured.main, measured.basis)
    found = {}
    for tongue in sorted({r.language for r in part}):
        texts = [r for r in part if r.language == tongue]
        value = score(texts).get("gap_f1")
        if len(texts) >= _LANGUAGE_TEXTS and value is not None:
            found[tongue] = (value, len(texts))
    values = [v for v, _ in found.values()]
    if len(found) > 1 and max(values) - min(values) >= _LANGUAGE_APART:
        items = [words("weak.language.item", value=words.number(v), language=words.name("language", t), n=n) for t, (v, n) in found.items()]
        yield words("weak.language", list=words.list(items))


def _word_count(words: Words, measured: Measured) -> Iterator[str]:
    if any(s.startswith(WORD_COUNT) for s in measured.systems):
        reached = [label(words, m) for m in shown_metrics(measured) if measured.word_count_reaches(measured.basis, m)]
        if reached:
            yield words("weak.word_count", list=words.list(reached))
