"""checker llm: is the language model reachable, quick, and good enough to be trusted?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from checker.cli.common import QUESTIONS, Bar, ListFormat, exit_with, workbench

if TYPE_CHECKING:
    from checker.adapters.trust import Trust
    from checker.ports import ChatModel
    from checker.reader.llm.exam import ExamResult, Outcome
    from checker.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Sprogmodellen: prøv den, se hvad der er valgt / the language model: test it, see what is configured.")
_FORMAT = typer.Option("--format", help="Tekst eller JSON / text or JSON.")
_HOW = "Sæt CHECKER_LLM, fx ollama:mistral-small, openai:<model>@http://127.0.0.1:8000/v1 eller llamacpp:<fil.gguf>."
_MEANS = {
    True: "Modellens svar kan finde belæg og åbne spørgsmål; alt hviler stadig på en passage, der er kontrolleret.\n"
    "Its answers may find evidence and open questions; each still rests on a passage that was checked.",
    False: "Modellens svar vises kun som forslag og flytter ingen vurdering; regellæseren afgør alene.\n"
    "Its answers are shown as suggestions and move no verdict; the rule reader decides alone.",
}


@app.command()
def test(
    again: Annotated[bool, typer.Option("--again", help="Lad modellen gå op igen, også når den er prøvet / sit again, also where it has.")] = False,
    format: Annotated[ListFormat, _FORMAT] = ListFormat.TEXT,
) -> None:
    """Prøv modellen i CHECKER_LLM: kan den nås, hvor hurtig, og læser den dansk godt nok? / test the model in CHECKER_LLM.

    Slutkode 0: bestået, 1: under kravet, 2: kan ikke nås eller er sat forkert op / exit 0 passed, 1 below the bar, 2 unreachable or misconfigured.
    """
    from checker.errors import SettingsError
    from checker.reader.llm.exam import load_exam, sit

    bench, exam = workbench(), load_exam()
    model, prompts, bar = bench.chat, bench.prompts, Bar()
    identity = model.identity()
    trust = bench.exams.look_up(identity, prompts.hashes, bench.exam_key)
    known = trust.record is not None and not again
    if not known:
        catalogue = bench.library.catalogue
        result = sit(model, exam, prompts, catalogue, bench.settings.llm_parallel, lambda what, done, total: bar(QUESTIONS, done, total))
        bench.exams.record(result)
        identity = result.identity  # a server that was busy at first tells its weights later
        trust = bench.exams.look_up(identity, result.prompts, result.exam)
    if trust.record is None:
        raise SettingsError(trust.note, "Se rettighederne til CHECKER_HOME/llm/exams.")
    said = _told(model, identity) | {"from_record": known} | _exam_data(trust)
    if format is ListFormat.JSON:
        print(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(said, trust.record.result, trust)))
    if not trust.trusted:
        exit_with(1)


@app.command()
def show(format: Annotated[ListFormat, _FORMAT] = ListFormat.TEXT) -> None:
    """Vis, hvilken sprogmodel der er valgt, om den er troværdig, og hvornår den blev prøvet / what is configured, trusted or not, tested when."""
    from checker.errors import CheckerError

    bench = workbench()
    said = _configured(bench.settings)
    if bench.settings.llm is not None:
        said["model"] = bench.chat.name
        try:
            identity = bench.chat.identity()
        except CheckerError as error:
            said |= {"reachable": False, "trusted": False, "note": str(error)}
        else:
            said |= {"reachable": True, "identity": identity} | _trust_data(bench.exams.look_up(identity, bench.prompts.hashes, bench.exam_key))
    if format is ListFormat.JSON:
        print(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        print("\n".join(_shown(said)))


def _told(model: ChatModel, identity: str) -> dict[str, Any]:
    return {"model": model.name, "identity": identity, "context": model.context(), "slots": model.slots()}


def _trust_data(trust: Trust) -> dict[str, Any]:
    record = trust.record
    return {"trusted": trust.trusted, "note": trust.note, "tested": record.when.isoformat(timespec="seconds") if record else None}


def _exam_data(trust: Trust) -> dict[str, Any]:
    from checker.reader.llm.exam import DANGEROUS, DUTIES, FACTS, RIGHT, UNREAD

    assert trust.record is not None
    result = trust.record.result
    return _trust_data(trust) | {
        "speed": {
            "reading_tokens_per_second": result.speed.reading,
            "writing_tokens_per_second": result.speed.writing,
            "seconds_per_question": result.speed.question,
        },
        "exam": {
            "hash": result.exam,
            "asked": len(result.outcomes),
            "usable": len(result.outcomes) - result.unread,
            "right": result.right,
            "dangerous": result.dangerous,
            "unread": result.unread,
            "bar": {"right": RIGHT, "dangerous": DANGEROUS, "unread": UNREAD},
            "facts_right": sum(o.right for o in result.of(FACTS)),
            "duties_right": sum(o.right for o in result.of(DUTIES)),
            "questions": [o.model_dump(mode="json") | {"right": o.right} for o in result.outcomes],
        },
        "prompts": result.prompts,
    }


def _lines(said: dict[str, Any], result: ExamResult, trust: Trust) -> Iterator[str]:
    from checker.reader.llm.exam import DANGEROUS, DUTIES, FACTS, RIGHT, failures

    asked = len(result.outcomes)
    yield f"Sprogmodel / language model: {said['model']}"
    if said["identity"] != said["model"]:
        yield f"  identitet / identity: {said['identity']}"
    else:
        yield "  identitet: serveren siger ikke, hvilke vægte den har; kør testen igen, når modellen skiftes / the server does not tell its weights"
    yield f"  kontekst / context: {said['context'] or 'ukendt / unknown'}; spørgsmål ad gangen / at once: {said['slots']}"
    if said["from_record"]:
        yield f"  prøvet / tested: {said['tested']} (prøv igen / sit again: --again)"
    yield f"Svarformat / answer format: {asked - result.unread} af / of {asked} svar kunne bruges / answers were usable"
    yield f"Hastighed / speed: {_speed(result)}"
    yield f"Dansk prøve / Danish exam: {result.right} af / of {asked} rigtige / right (krav / needs {RIGHT})"
    yield f"  farlige svar / dangerous answers: {result.dangerous} (højst / at most {DANGEROUS})"
    for part, words in ((result.of(FACTS), "oplysninger / facts"), (result.of(DUTIES), "pligter / duties")):
        yield f"  {words}: {sum(o.right for o in part)} af / of {len(part)}"
    for outcome in failures(result):
        yield f"  {'FARLIG / DANGEROUS' if outcome.dangerous else 'forkert / wrong'}: {_failed(outcome)}"
    yield f"{'TROVÆRDIG / TRUSTED' if trust.trusted else 'IKKE TROVÆRDIG / NOT TRUSTED'}: {trust.note}"
    yield _MEANS[trust.trusted]


def _speed(result: ExamResult) -> str:
    speed = result.speed
    if speed.reading is None or speed.writing is None:
        return f"{speed.question:.1f} s pr. spørgsmål; serveren måler ikke selv / s a question; the server has no clock of its own"
    told = f"læser / reads {speed.reading:.0f}, skriver / writes {speed.writing:.0f} tokens/s (serverens ur / its own clock)"
    return f"{told}; {speed.question:.1f} s pr. spørgsmål / a question"


def _failed(outcome: Outcome) -> str:
    where = f"{outcome.item} ({outcome.text}: {outcome.trap})"
    if outcome.unread:
        return f"{where}: intet brugbart svar / no usable answer ({outcome.unread})"
    wrong = " - rigtigt svar, forkert passage / right answer, wrong passage" if outcome.answer_right else ""
    return f"{where}: {outcome.said} {list(outcome.passages)}{wrong}"


def _configured(settings: Settings) -> dict[str, Any]:
    """Everything about the model that is set; the key itself is never shown."""
    return {
        "llm": settings.llm,
        "llm_key": settings.llm_key is not None,
        "llm_ca": str(settings.llm_ca) if settings.llm_ca else None,
        "llm_temperature": settings.llm_temperature,
        "llm_timeout": settings.llm_timeout,
        "llm_parallel": settings.llm_parallel,
        "llm_context": settings.llm_context,
        "prompts": str(settings.prompts) if settings.prompts else None,
    }


def _shown(said: dict[str, Any]) -> Iterator[str]:
    if said["llm"] is None:
        yield "Ingen sprogmodel er valgt; regellæseren læser alene / no language model is configured; the rule reader reads alone."
        yield _HOW
        return
    yield f"CHECKER_LLM: {said['model']}"
    yield f"CHECKER_LLM_KEY: {'sat / set' if said['llm_key'] else '-'}"
    for name in ("llm_ca", "llm_temperature", "llm_timeout", "llm_parallel", "llm_context", "prompts"):
        yield f"CHECKER_{name.upper()}: {'-' if said[name] is None else said[name]}"
    if not said["reachable"]:
        yield f"KAN IKKE NÅS / NOT REACHABLE: {said['note']}"
        return
    yield f"identitet / identity: {said['identity']}"
    yield f"prøvet / tested: {said['tested'] or '-'}"
    yield f"{'TROVÆRDIG / TRUSTED' if said['trusted'] else 'IKKE TROVÆRDIG / NOT TRUSTED'}: {said['note']}"
