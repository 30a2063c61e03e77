"""checker prompts: what language models are told: see it, compare one's own with it, try it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from checker.cli.common import Bar, Language, exit_with, language_of, say, workbench

if TYPE_CHECKING:
    from checker.prompts import Prompt, Prompts
    from checker.reader.llm.questions import Closed
    from checker.settings import Settings
    from checker.wiring import Workbench

app = typer.Typer(no_args_is_help=True, help="Prompter til sprogmodellen: se, sammenlign, afprøv / prompts for the language model.")
_SET = Path("eval/sets/municipal")
_ITEMS = {"fact": "processes_personal_data", "evidence": "gdpr-dpia"}
_AROUND = 8
"""Words that are the same are shown so many to each side of a change."""

_ID = typer.Argument(metavar="[ID]", help="Promptens id, fx read / the prompt's id.")


@app.command()
def show(
    id: Annotated[str | None, _ID] = None,
    lang: Annotated[Language | None, typer.Option("--lang", help="Kun det ene sprog / one language only.")] = None,
    case: Annotated[
        str | None, typer.Option("--case", metavar="FIL", help="Udfyldt for en beskrivelse; '-' læser standard input / filled in for a description.")
    ] = None,
    item: Annotated[
        str | None, typer.Option("--item", metavar="ID", help="Den oplysning eller pligt, der spørges om, til --case / the fact or duty asked about.")
    ] = None,
    no_mask: Annotated[bool, typer.Option("--no-mask", help="Vis personnumre, mail og telefon som skrevet / do not mask personal data.")] = False,
) -> None:
    """Vis prompterne, én prompt, eller en prompt udfyldt for en beskrivelse / show prompts, one prompt, or one filled in."""
    bench = workbench()
    if id is None:
        _list(bench.settings)
    elif case is None:
        _one(id, lang, bench.settings)
    else:
        _filled(id, case, item, lang, bench, mask=not no_mask)


@app.command()
def diff(
    id: Annotated[str, typer.Argument(metavar="ID", help="Promptens id, fx read / the prompt's id.")],
    path: Annotated[
        Path | None,
        typer.Argument(metavar="[FIL|MAPPE]", help="Din egen fil eller mappe; uden: mappen i CHECKER_PROMPTS / your own file or folder."),
    ] = None,
) -> None:
    """Vis, hvad din egen prompt siger anderledes end den medfølgende / the shipped prompt against your own, word by word."""
    from checker.errors import SettingsError
    from checker.prompts import load_prompt, load_replacement
    from checker.settings import load_settings

    shipped = load_prompt(_known(id))
    folder = path or load_settings().prompts
    if folder is None:
        raise SettingsError("Der er ingen egne prompter at sammenligne med / no prompts of your own.", "Angiv en fil eller mappe, eller sæt CHECKER_PROMPTS.")
    own = load_replacement(_file_in(folder, id), shipped)
    changes = list(_changes(shipped, own))
    print(f"{id}: {shipped.hash} (v{shipped.version}) → {own.hash} (v{own.version})")
    if not changes:
        print("ens / the same wording")
    elif own.version == shipped.version:
        print("Samme version, anden ordlyd: hæv version / same version, other wording: raise it.")
    for field, words in changes:
        print(f"\n{field}\n  {words}")


@app.command()
def test(
    model: Annotated[
        bool, typer.Option("--model", help="Mål også, hvor ofte modellen i CHECKER_LLM svarer rigtigt / also measure the model in CHECKER_LLM.")
    ] = False,
    n: Annotated[int, typer.Option("-n", "--questions", min=1, help="Så mange spørgsmål stilles med --model / questions asked with --model.")] = 60,
    seed: Annotated[int, typer.Option("--seed", help="Frø for udtrækningen / seed of the draw.")] = 0,
    labelled: Annotated[Path, typer.Option("--set", metavar="SÆT", help="Mærkede sager; kun træningsdelen bruges / labelled cases, train part.")] = _SET,
) -> None:
    """Prøv alle spørgsmål på begge sprog, og mål eventuelt modellen / try every question in both languages; measure the model."""
    from checker.prompts import load_prompts
    from checker.reader.llm.rehearsal import rehearse

    bench = workbench()
    prompts = load_prompts(bench.settings.prompts)
    print("prompter / prompts: " + ", ".join(f"{name} {digest}" for name, digest in prompts.hashes.items()))
    problems: list[str] = []
    for result in rehearse(prompts, bench.checked.catalogue):
        print(
            f"{result.language}: {result.questions} spørgsmål / questions; fælles begyndelse ca. {result.shared_tokens} tokens før passagerne, "
            f"spørgsmål ca. {result.question_tokens} i snit / shared beginning and mean question, estimated"
        )
        if result.long:
            print(f"  lange / long: {', '.join(f'{item} {tokens}' for item, tokens in result.long)}")
        problems += [f"{result.language}: {problem}" for problem in result.problems]
    problems += _examples(prompts, labelled, bench)
    for problem in problems:
        print(f"FEJL / FAULT  {problem}")
    if not problems:
        print("ingen fejl / no faults")
    if model:
        _measure(prompts, labelled, n, seed, bench)
    if problems:
        exit_with(1)


def _file_in(path: Path, id: str) -> Path:
    """The file itself, or the one of that name in a folder."""
    from checker.errors import SettingsError
    from checker.prompts import own_files

    if path.is_dir() and f"{id}.yaml" not in own_files(path):
        raise SettingsError(f"{path} har ingen {id}.yaml / holds no {id}.yaml.", "Der bruges den medfølgende / the shipped one is used.")
    return path / f"{id}.yaml" if path.is_dir() else path


def _list(settings: Settings) -> None:
    from rich.console import Console
    from rich.table import Column, Table

    from checker.prompts import find_prompt, own_files, prompt_ids

    own = own_files(settings.prompts) if settings.prompts else ()
    table = Table(*(Column(name, no_wrap=True) for name in ("Prompt", "Version", "Hash")), "Kilde / source", "Om / about", box=None)
    for name in prompt_ids():
        prompt = find_prompt(name, settings.prompts)
        source = str(settings.prompts) if f"{name}.yaml" in own else "medfølger / shipped"
        table.add_row(name, str(prompt.version), prompt.hash, source, prompt.about)
    Console().print(table)


def _one(name: str, lang: Language | None, settings: Settings) -> None:
    """The file itself; in one language: its parts."""
    from checker.prompts import find_prompt, own_files, shipped_folder

    prompt = find_prompt(_known(name), settings.prompts)
    if lang is None:
        own = settings.prompts if settings.prompts and f"{name}.yaml" in own_files(settings.prompts) else None
        sys.stdout.write(((own or shipped_folder()) / f"{name}.yaml").read_text("utf-8"))
        return
    print(f"# {prompt.id} v{prompt.version} {prompt.hash}")
    for part, words in _parts(prompt):
        if part.endswith(f".{lang.value}"):
            print(f"\n## {part}\n{words}")


def _filled(name: str, case: str, item: str | None, lang: Language | None, bench: Workbench, *, mask: bool) -> None:
    from checker.prompts import EVIDENCE, FACT, READ, load_prompts
    from checker.read.project import read_project
    from checker.reader.llm.rehearsal import tokens
    from checker.reader.llm.rendering import page_of, prompt_of

    if _known(name) not in (READ, FACT, EVIDENCE):
        from checker.errors import SettingsError

        raise SettingsError(
            f"{name} udfyldes ikke for en beskrivelse alene / cannot be filled in from a description.", f"Vælg {READ}, {FACT} eller {EVIDENCE}."
        )
    document = bench.documents.read_bytes(sys.stdin.buffer.read(), "-") if case == "-" else bench.documents.read(Path(case))
    project = read_project(document)
    language = language_of(lang, bench) if lang else project.language
    question = _question(item or _ITEMS["fact" if name == FACT else "evidence"], bench)
    prompts = load_prompts(bench.settings.prompts)
    system, user, schema = prompt_of(page_of(project, range(len(project.passages)), mask), question, bench.checked.catalogue, language, prompts)
    for title, words in (("system", system), ("user", user)):
        print(f"## {title} (ca. {tokens(words)} tokens)\n{words}\n")
    print(f"## schema\n{json.dumps(schema, ensure_ascii=False)}")


def _question(item: str, bench: Workbench) -> Closed:
    from difflib import get_close_matches

    from checker.errors import SettingsError
    from checker.reader.llm.rehearsal import every_question

    known = {q.item: q for q in every_question(bench.checked.catalogue)}
    if item not in known:
        close = get_close_matches(item, known, n=1)
        raise SettingsError(f"{item} er hverken en oplysning eller en pligt / neither a fact nor a duty.", f"Mente du {close[0]}?" if close else "")
    return known[item]


def _known(name: str) -> str:
    from difflib import get_close_matches

    from checker.errors import SettingsError
    from checker.prompts import prompt_ids

    known = prompt_ids()
    if name not in known:
        close = get_close_matches(name, known, n=1)
        raise SettingsError(f"Der er ingen prompt {name} / no such prompt.", f"Mente du {close[0]}?" if close else f"Kendte / known: {', '.join(known)}.")
    return name


def _parts(prompt: Prompt) -> Iterator[tuple[str, str]]:
    """Everything that is said, by its place in the file."""
    for language in ("da", "en"):
        if prompt.system:
            yield f"system.{language}", prompt.system.get(language)
        yield f"user.{language}", prompt.user.get(language)
        for name, options in prompt.options.items():
            for code, option in options.items():
                yield f"options.{name}.{code}.{language}", option.get(language) + (f": {option.means.get(language)}" if option.means else "")
        for i, example in enumerate(prompt.examples, 1):
            yield f"examples.{i}.passages.{language}", "\n".join(f"[{n}] {p.get(language)}" for n, p in enumerate(example.passages, 1))
            answers = (f"{a.question.get(language)} {list(a.passages)} {a.answer}" for a in example.asked)
            yield f"examples.{i}.asked.{language}", "\n".join(answers)


def _changes(old: Prompt, new: Prompt) -> Iterator[tuple[str, str]]:
    """(place, what differs) word by word; [-gone-] {+new+}."""
    from checker.knowledge.wording import word_diff

    before, after = dict(_parts(old)), dict(_parts(new))
    for field in dict.fromkeys((*before, *after)):
        if (was := before.get(field, "")) == (now := after.get(field, "")):
            continue
        pieces = word_diff(was, now)
        if all(p.kind == "same" for p in pieces):
            yield field, "kun mellemrum, linjeskift eller anførselstegn / only spacing or quotation marks"
            continue
        forms = {"removed": "[-{}-]", "added": "{{+{}+}}"}
        yield field, " ".join(forms[p.kind].format(p.words) if p.kind != "same" else _near(p.words, i, len(pieces)) for i, p in enumerate(pieces))


def _near(words: str, place: int, total: int) -> str:
    """Enough of unchanged words to find the place."""
    split = words.split()
    head, tail = (split[:_AROUND] if place else []), (split[-_AROUND:] if place < total - 1 else [])
    return words if len(split) <= len(head) + len(tail) else " ".join([*head, "…", *tail])


def _examples(prompts: Prompts, labelled: Path, bench: Workbench) -> Iterator[str]:
    """What is measured must not stand in the prompt: examples are our own or of the training part, and copy nothing held out."""
    from checker.errors import CaseError
    from checker.prompts import OWN, strays
    from checker.reader.llm.rehearsal import copied

    try:
        from checker.cli.evaluate.sets import load

        subjects = load(labelled, bench).subjects
    except CaseError as error:
        if any(e.source != OWN for e in prompts.read.examples) or labelled != _SET:
            raise
        say(f"de mærkede sager er ikke her, så eksemplernes ord er ikke sammenlignet med dem / no labelled cases to compare with ({error.message})")
        return
    train = {s.id for s in subjects if s.split == "train"}
    yield from (
        f"eksempel efter {source}, som ikke er i træningsdelen / example made after {source}, not of the train part" for source in strays(prompts.read, train)
    )
    held_out = [s.document.text for s in subjects if s.split != "train"]
    yield from (f"eksemplets ord står i en gemt sag / words of a held-out case: {words}" for words in copied(prompts.read, held_out))


def _measure(prompts: Prompts, labelled: Path, n: int, seed: int, bench: Workbench) -> None:
    from checker.cli.evaluate.sets import load
    from checker.cli.prompts_trial import drawn, labelled_questions, measured
    from checker.read.project import read_project
    from checker.reader.llm.calibrate import FEWEST, fit
    from checker.reader.llm.exam_paper import exam_key, load_exam

    asked = bench.chat
    subjects = {s.id: s for s in load(labelled, bench).cut("train").subjects}
    catalogue = bench.library.catalogue
    questions = drawn(labelled_questions(subjects.values(), catalogue), n, seed)
    bar = Bar()
    trial = measured(
        questions, lambda case: read_project(subjects[case].document), asked, catalogue, prompts, lambda done: bar("spørgsmål", done, len(questions))
    )
    print(f"\n{asked.name}, frø / seed {seed}, prompter / prompts {' '.join(prompts.hashes.values())}")
    for score in trial.scores:
        low, high = score.interval
        print(f"  {score.group:<14} {score.right:>3}/{score.asked:<3} {score.right / score.asked:.2f} [{low:.2f}; {high:.2f}]  ulæste / unread {score.unread}")
    calibration = fit(trial.sure)
    if calibration.fitted:
        bench.calibrations.record(asked.identity(), prompts.hashes, exam_key(load_exam(), prompts, catalogue), calibration)
        print(f"Sandsynlighederne er kalibreret på {calibration.n} svar og gemt / the probabilities are calibrated on {calibration.n} answers and stored.")
    else:
        print(f"{len(trial.sure)} svar med sandsynlighed, {FEWEST} skal der til at kalibrere / {FEWEST} answers with a probability are needed to calibrate.")
