"""The draft, with or without a language model. The model writes sentences from numbered sources; what does not pass the checks is cut.

Rules write the whole draft first. A sentence of theirs about a gap, an open question or a contradiction always stays: the checks know words,
not meaning. Any other gives way only where sentences of the model that passed say the same of the same source.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from threading import Event, Thread

from checker.drafting.checks import fault
from checker.drafting.ground import pieces, stems_of
from checker.drafting.nouns import Draft, Kind, Lent, Made, Section, Sentence, Source
from checker.drafting.plain import Plan, plan_of
from checker.drafting.sources import fully_hidden, sources_of
from checker.drafting.strings import Words
from checker.drafting.unsettled import UNSETTLED
from checker.errors import CheckerError
from checker.masking import mask as masked
from checker.model.catalogue import Catalogue
from checker.model.report import Report, Verdict
from checker.ports import ChatModel
from checker.prompts import Prompt, fence

PROMPTS: Mapping[Kind, str] = {kind: f"draft-{kind.value}" for kind in Kind}
SAID_ALREADY = 0.6
"""A sentence by rule gives way when the model's sentences about its source hold this share of its content words."""
_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL | re.IGNORECASE)
_MARKS = re.compile(r"\s*\[(\d+(?:\s*,\s*\d+)*)\](?=[\s.]*$)")
_ROOM = 1.5
_LONGEST = 40_000

Progress = Callable[[int, int], None]
_Job = tuple[Section, tuple[int, ...]]


@dataclass(frozen=True)
class Writer:
    """A language model that may write.

    Args:
        model: asked once for each section.
        prompt: what it is told (prompts/draft-*.yaml).
        trusted: whether it passed the exam; otherwise it is not asked at all. `note`: how the exam went.
        identity: of its weights, for the receipt.
        parallel: sections asked for at once.
    """

    model: ChatModel
    prompt: Prompt
    trusted: bool
    note: str = ""
    identity: str = ""
    parallel: int = 1


@dataclass(frozen=True)
class _Written:
    """What is left of the model's answer for one section, and why the rest went."""

    sentences: tuple[Sentence, ...] = ()
    cut: tuple[str, ...] = ()
    failed: str = ""
    asked: bool = True


def write(
    report: Report,
    kind: Kind,
    catalogue: Catalogue,
    lent: Lent,
    language: str,
    writer: Writer | None = None,
    mask: bool = True,
    progress: Progress | None = None,
) -> Draft:
    """A draft from a finished report.

    Args:
        catalogue: labels and questions of the facts.
        lent: what other rooms know, in `language`.
        writer: a language model; without one, or with one that is not trusted, rules write alone.
        mask: whether personal data are written as x, in the prompt and in the draft.
    """
    words = Words(language)
    title = fully_hidden(report.project.title, lent.readable) if mask else report.project.title
    shown = replace(lent, readable=lambda text: masked(lent.readable(text))) if mask else lent  # folding can bring a number to light
    if lent.addresses(title):
        title = ""
    sources = sources_of(report, kind, catalogue, lent, language, mask)
    plan = plan_of(report, kind, sources, words, " ".join(title.split()))
    answers = _asked(plan, {s.number: s for s in sources}, report, shown, words, writer, progress) if writer and writer.trusted else []
    open_numbers = frozenset(s.number for s in sources if s.says in UNSETTLED)
    sections = tuple(_merged(s, a.sentences, words.language, open_numbers) for s, a in zip(plan.sections, answers, strict=True)) if answers else plan.sections
    by_model = any(s.by == "model" for section in sections for s in section.sentences)
    cut = dict(Counter(why for a in answers for why in a.cut))
    model = writer.model.name if writer and by_model else ""
    sections, listed = _renumbered(sections, sources)
    return Draft(
        kind=kind,
        language=words.language,
        mark=words("mark.model", model=model) if by_model else words("mark.rules"),
        title=plan.title,
        receipt=_receipt(report, writer if by_model else None),
        notes=tuple(_notes(report, kind, words, writer, answers, cut)),
        opening=plan.opening,
        sections=sections,
        closing=plan.closing,
        cut=cut,
        sources=listed,
    )


def _receipt(report: Report, writer: Writer | None) -> Made:
    receipt = report.receipt
    made = Made(**receipt.model_dump(include={"checker", "as_of", "made_at", "text_sha256", "reader"}))
    if writer is None:
        return made
    return made.model_copy(update={"model": writer.model.name, "identity": writer.identity, "prompt": writer.prompt.hash})


def _notes(report: Report, kind: Kind, words: Words, writer: Writer | None, answers: Sequence[_Written], cut: Mapping[str, int]) -> Iterator[str]:
    if writer is not None and not writer.trusted:
        yield words("untrusted", note=writer.note)
    if failed := next((a.failed for a in answers if a.failed), ""):
        yield words("broken_off", why=failed)
    if total := sum(cut.values()):
        why = "; ".join(f"{words(f'why.{w}')}: {n}" for w, n in sorted(cut.items(), key=lambda c: (-c[1], c[0])))
        yield words.count("cut", total, why=why)
    if spoken := len(report.project.addresses_checker):
        yield words("addressed", n=spoken)
    if unjudged := len(report.by_verdict(Verdict.UNJUDGED)):
        yield words("unjudged", n=unjudged)
    if kind is Kind.DPIA and any(f.requirement == "gdpr-dpia" and f.verdict is Verdict.NOT_APPLICABLE for f in report.findings):
        yield words("no_dpia")


# ---- asking


def _asked(plan: Plan, sources: Mapping[int, Source], report: Report, lent: Lent, words: Words, writer: Writer, progress: Progress | None) -> list[_Written]:
    """One answer for each section, in their order. Once the server fails, nothing more is asked.

    Raises:
        KeyboardInterrupt: the user stopped it; what still runs is not waited for.
    """
    gone = Event()
    done: list[int] = []

    def one(job: _Job) -> _Written:
        section, allowed = job
        if gone.is_set() or not allowed:
            return _Written(asked=False)
        shown = [sources[n] for n in allowed]
        system, user = _prompt(section, shown, lent, words, writer.prompt)
        try:
            reply = writer.model.ask(system, user, writer.prompt.answer)
        except CheckerError as error:
            gone.set()
            return _Written(failed=str(error))
        done.append(1)
        if progress:
            progress(len(done), len(plan.sections))
        found = None if reply.broken else sentences_in(reply.text)
        if found is None:
            return _Written(cut=("unreadable",))
        return _checked(found, section, shown, report.project.language, lent, words.language)

    jobs = list(zip(plan.sections, plan.allowed, strict=True))
    try:
        return _side_by_side(jobs, one, writer.parallel)
    finally:
        gone.set()


def _side_by_side(jobs: Sequence[_Job], work: Callable[[_Job], _Written], threads: int) -> list[_Written]:
    """Daemon threads: a pool of `concurrent.futures` keeps the program alive until its last request has timed out, also after Ctrl-C."""
    left: SimpleQueue[int] = SimpleQueue()
    results: SimpleQueue[tuple[int, _Written | BaseException]] = SimpleQueue()
    for number in range(len(jobs)):
        left.put(number)

    def run() -> None:
        while True:
            try:
                number = left.get_nowait()
            except Empty:
                return
            try:
                results.put((number, work(jobs[number])))
            except BaseException as error:  # raised by the thread that waits
                results.put((number, error))

    for _ in range(min(max(1, threads), len(jobs))):
        Thread(target=run, name="draft", daemon=True).start()
    done: dict[int, _Written] = {}
    while len(done) < len(jobs):
        number, found = results.get()
        if isinstance(found, BaseException):
            raise found
        done[number] = found
    return [done[n] for n in range(len(jobs))]


def _prompt(section: Section, shown: Sequence[Source], lent: Lent, words: Words, prompt: Prompt) -> tuple[str, str]:
    text = "\n".join(f"[{s.number}] {' '.join(_shown(s, lent.readable, words))}" for s in shown)
    return prompt.fill(words.language, mark=fence(text), sources=text, section=lent.readable(section.title))


def _shown(source: Source, readable: Callable[[str], str], words: Words) -> Iterator[str]:
    """A source on one line; nothing in it can pass for a number or the fence."""
    own = dict.fromkeys(filter(None, (source.title, *source.lines, source.message, source.action, source.question)))
    yield " · ".join(readable(line) for line in own)
    for law in source.laws[:2]:
        yield f"{words('law')}: {readable(law.name)}, {readable(law.title)}: {readable(law.text)[:400]}"
    for quote in source.quotes:
        yield f"{words('words')}: {words('quote').format(readable(quote.text))}"


def sentences_in(answer: str) -> list[tuple[str, list[int]]] | None:
    """(text, sources) of every sentence in the answer; none where it cannot be read. Prose and thoughts around the JSON are passed over."""
    said = re.split(r"</think>", _THOUGHT.sub("", answer), flags=re.IGNORECASE)[-1]
    if len(said) > _LONGEST:
        return None
    decoder, at = json.JSONDecoder(), said.find("{")
    while at >= 0:
        try:
            found, _ = decoder.raw_decode(said, at)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict) and isinstance(found.get("sentences"), list):
            return [_entry(e) for e in found["sentences"]]
        at = said.find("{", at + 1)
    return None


def _entry(entry: object) -> tuple[str, list[int]]:
    """What has no readable text or sources has none: the checks cut it."""
    if not isinstance(entry, dict):
        return "", []
    text, named = entry.get("text"), entry.get("sources")
    numbers = [n for n in named if isinstance(n, int) and not isinstance(n, bool)] if isinstance(named, list) else []
    return text if isinstance(text, str) else "", numbers if isinstance(named, list) and len(numbers) == len(named) else []


# ---- checking and merging


def _checked(found: Sequence[tuple[str, list[int]]], section: Section, shown: Sequence[Source], spoken: str, lent: Lent, language: str) -> _Written:
    by_number = {s.number: s for s in shown}
    room = int(_ROOM * sum(len(s.text) for s in section.sentences)) + 300
    kept: list[Sentence] = []
    cut: list[str] = []
    for text, numbers in found:
        for piece in pieces(" ".join(text.split())) or [""]:
            bare, marked = _unmarked(piece)
            named = tuple(dict.fromkeys(numbers))
            sources = [by_number[n] for n in named if n in by_number]
            whole = len(sources) == len(named) and set(marked) <= set(named)
            why = fault(bare, sources if whole else [], language, spoken, lent.readable, lent.addresses)
            if not why and any(bare.casefold() == k.text.casefold() for k in kept):
                why = "twice"
            if not why and (room := room - len(bare)) < 0:
                why = "length"
            if why:
                cut.append(why)
            else:
                kept.append(Sentence(text=bare, sources=named, by="model"))
    return _Written(tuple(kept), tuple(cut))


def _unmarked(text: str) -> tuple[str, list[int]]:
    """Source marks at the end are ours to write; the numbers must be those that the sentence names."""
    marks = _MARKS.search(text)
    if marks is None:
        return text, []
    return (text[: marks.start()] + text[marks.end() :]).strip(), [int(n) for n in re.findall(r"\d+", marks.group(1))]


def _merged(section: Section, written: Sequence[Sentence], language: str, open_numbers: frozenset[int]) -> Section:
    """The model's sentences, and those by rule: all about what is missing or open, of the others those that the model does not already say."""
    left = [s for s in section.sentences if open_numbers & set(s.sources) or not _said(s, written, language)]
    stay = {s.text.casefold() for s in left}
    return section.model_copy(update={"sentences": (*(w for w in written if w.text.casefold() not in stay), *left)})


def _said(sentence: Sentence, written: Sequence[Sentence], language: str) -> bool:
    about = [w for w in written if set(w.sources) & set(sentence.sources)]
    mine = stems_of(sentence.text, language)
    cited = {n for w in about for n in w.sources}
    theirs = frozenset().union(*(stems_of(w.text, language) for w in about))
    return bool(about) and set(sentence.sources) <= cited and len(mine & theirs) >= SAID_ALREADY * len(mine)


def _renumbered(sections: Sequence[Section], sources: Sequence[Source]) -> tuple[tuple[Section, ...], tuple[Source, ...]]:
    """Sources that are named, numbered in the order in which they first are."""
    order = dict.fromkeys(n for section in sections for s in section.sentences for n in s.sources)
    new = {old: n for n, old in enumerate(order, 1)}
    by_number = {s.number: s for s in sources}
    renamed = tuple(
        section.model_copy(update={"sentences": tuple(s.model_copy(update={"sources": tuple(new[n] for n in s.sources)}) for s in section.sentences)})
        for section in sections
    )
    return renamed, tuple(by_number[old].model_copy(update={"number": n}) for old, n in new.items())
