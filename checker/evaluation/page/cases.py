"""The verdict matrix and the part of the page that each case has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from checker.evaluation.page.marks import Piece, Spot, pieces
from checker.evaluation.page.words import Words, printable
from checker.evaluation.records import Result


@dataclass(frozen=True)
class CellView:
    """One cell of the matrix. `column` is 0 where the case has nothing more to say than the cell."""

    text: str
    css: str
    column: int = 0


@dataclass(frozen=True)
class QuoteView:
    text: str
    lost: bool


@dataclass(frozen=True)
class PairView:
    """One requirement of one case: label, answer, and the passages both rest on."""

    column: int
    title: str
    gold: str
    said: str
    css: str
    reason: str
    probability: str
    gold_quotes: tuple[QuoteView, ...]
    said_quotes: tuple[QuoteView, ...]


@dataclass(frozen=True)
class CaseView:
    """One text. `number` names it in the page, `about` is what is known of it, (name, value)."""

    number: int
    name: str
    split: str
    language: str
    kind: str
    wrong: int
    wrong_say: str
    about: tuple[tuple[str, str], ...]
    cells: tuple[CellView, ...]
    pairs: tuple[PairView, ...]
    others: int
    unread: str
    text: tuple[Piece, ...] | None


def columns(results: Sequence[Result], titles: Mapping[str, str]) -> tuple[str, ...]:
    """Every labelled requirement, in the order of the titles; one without a title stands last."""
    labelled = {r for result in results for r in (*result.gold.verdicts, *result.gold.grades)}
    return (*(r for r in titles if r in labelled), *sorted(labelled - set(titles)))


def first_runs(results: Sequence[Result]) -> list[Result]:
    """One result per text: the first repetition of a system that samples."""
    found: dict[tuple[str, str], Result] = {}
    for result in results:
        key = (result.set, result.case)
        if key not in found or result.run < found[key].run:
            found[key] = result
    return sorted(found.values(), key=lambda r: (r.set, r.case))


def case_view(words: Words, result: Result, number: int, named: Sequence[str], titles: Mapping[str, str], text: str | None, with_set: bool) -> CaseView:
    kinds = [kind(result, r) for r in named]
    in_play = [c for c, r in enumerate(named, start=1) if _in_play(result, r)]
    wrong = sum(k in ("x", "l", "f", "o", "u") for k in kinds)
    unlabelled = sum(k == "" for k in kinds)
    return CaseView(
        number=number,
        name=f"{result.set}/{result.case}" if with_set else result.case,
        split=result.split,
        language=result.language,
        kind=words.name("kind", result.kind),
        wrong=wrong,
        wrong_say=words("case.wrong.none") if not wrong else words.count("case.wrong", wrong),
        about=tuple(_about(words, result)),
        cells=tuple(_cell(words, result, r, k, c if c in in_play else 0) for c, (r, k) in enumerate(zip(named, kinds, strict=True), start=1)),
        pairs=tuple(_pair(words, result, named[c - 1], kinds[c - 1], c, titles.get(named[c - 1], named[c - 1])) for c in in_play),
        others=len(named) - len(in_play) - unlabelled,
        unread=printable(result.said.unread),
        text=None if text is None else pieces(printable(text), [*_spots(result, named, in_play, text)]),
    )


def kind(result: Result, requirement: str) -> str:
    """r right, x gap called met, l gap lost otherwise, f called a gap but is none, o other, u unjudged, n no verdict to compare, "" unlabelled."""
    gold, said = result.gold.verdicts.get(requirement), result.said.verdict(requirement)
    if gold is None:
        return "n" if requirement in result.gold.grades else ""
    if said == gold:
        return "r"
    if said == "unjudged":
        return "u"
    if gold == "gap":
        return "x" if said == "met" else "l"
    return "f" if said == "gap" else "o"


def _in_play(result: Result, requirement: str) -> bool:
    gold = result.gold.verdicts.get(requirement)
    return requirement in result.gold.grades or (gold is not None and {gold, result.said.verdict(requirement)} != {"not_applicable"})


def _cell(words: Words, result: Result, requirement: str, css: str, column: int) -> CellView:
    if not css:
        return CellView("", "")
    said = words.name("letter", result.said.verdict(requirement), "?")
    if css == "r":
        return CellView(said, "r" if column else "", column)
    grade = result.gold.grades.get(requirement)
    gold = str(grade.value) if css == "n" and grade else words(f"letter.{result.gold.verdicts[requirement]}")
    return CellView(f"{gold}/{said}", css, column)


def _pair(words: Words, result: Result, requirement: str, css: str, column: int, title: str) -> PairView:
    gold, grade = result.gold.verdicts.get(requirement), result.gold.grades.get(requirement)
    probability = result.said.probabilities.get(requirement)
    label = words(f"verdict.{gold}") if gold else words("grade", **grade.model_dump()) if grade else words("verdict.unlabelled")
    return PairView(
        column=column,
        title=title,
        gold=label,
        said=words.name("verdict", result.said.verdict(requirement)),
        css=css,
        reason=words.name("reason", printable(result.said.reasons.get(requirement, ""))),
        probability="" if probability is None else words("probability", value=words.number(probability, 2)),
        gold_quotes=tuple(QuoteView(printable(q), False) for q in result.gold.evidence.get(requirement, ())),
        said_quotes=tuple(QuoteView(printable(q.text), q.orphaned) for q in result.said.evidence.get(requirement, ())),
    )


def _about(words: Words, result: Result) -> Iterator[tuple[str, str]]:
    yield words("case.family"), result.family
    if result.pair:
        yield words("case.pair"), result.pair
    if result.gold.risk_class:
        gold, said = (words.name("risk", v) for v in (result.gold.risk_class, result.said.risk_class))
        same = "✓" if result.gold.risk_class == result.said.risk_class else "✗"
        yield words("case.risk"), f"{words('gold')}: {gold}. {words('said')}: {said} {same}" if said else f"{words('gold')}: {gold}"


def _spots(result: Result, named: Sequence[str], in_play: Sequence[int], text: str) -> Iterator[Spot]:
    """Where the passages stand in the text. A quote that is not where it says it is isn't marked."""
    for column in in_play:
        requirement = named[column - 1]
        for quote in result.gold.evidence.get(requirement, ()):
            if (start := text.find(quote)) >= 0 and quote:
                yield Spot(start, start + len(quote), "g", column)
        for said in result.said.evidence.get(requirement, ()):
            if said.start >= 0 and said.text and text[said.start : said.end] == said.text:
                yield Spot(said.start, said.end, "s", column)
