"""checker ask: the passages that answer a question, word for word, or that there is no safe answer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from checker.cli.common import Language, ListFormat, language_of, parse_date, say, workbench

if TYPE_CHECKING:
    from checker.knowledge.retrieval.confidence import Answer, Found
    from checker.knowledge.retrieval.named import Named
    from checker.report.names import Names
    from checker.wiring import Workbench

LONGEST = 1000
"""Letters of a question. The model reads more, but what fills a page is a description: `checker check` reads those."""
_NAMED = 6

_SURE = {
    "da": "Blandt de første {first} bestemmelser svarer en sandsynligvis (sikkerhed {confidence}, grænse {threshold}). Læs selv efter.",
    "en": "One of the first {first} provisions probably answers (confidence {confidence}, threshold {threshold}). Read for yourself.",
}
_NAMED_FIRST = {
    "da": "Det, I nævner, står først. Læs selv efter, om det svarer på spørgsmålet.",
    "en": "What you name stands first. Read for yourself whether it answers the question.",
}
_UNSURE = {
    "da": "INTET SIKKERT SVAR (sikkerhed {confidence}, grænse {threshold}). Måske står svaret ikke i de love, der er i indekset.",
    "en": "NO SAFE ANSWER (confidence {confidence}, threshold {threshold}). Maybe the acts in the index do not answer it.",
}
_ADVICE = {
    "da": "Prøv: spørg i én hel sætning med andre ord; vælg en lov, fx --act {act}; mangler loven, så hent den: checker corpus fetch {missing}",
    "en": "Try: ask in one whole sentence with other words; choose an act, e.g. --act {act}; if the act is missing, fetch it: checker corpus fetch {missing}",
}
_NEAREST = {"da": "De nærmeste steder, USIKRE:", "en": "The nearest passages, UNSURE:"}
_NOTHING = {"da": "Intet i indekset ligger i nærheden.", "en": "Nothing in the index is near."}
_KIND = {
    "da": {"verbatim": "lovens egne ord, ordret", "digest": "VORES RESUMÉ, ikke lovens ord", "guideline": "retningslinje, ordret"},
    "en": {"verbatim": "the law's own words, verbatim", "digest": "OUR DIGEST, not the law's words", "guideline": "guideline, verbatim"},
}
_MISSING = {"da": "{provision} findes ikke i samlingen.", "en": "{provision} is not in the collection."}
_WORDS = {"da": "Lovens egne ord hentes med: checker corpus fetch {acts}", "en": "The law's own words are fetched with: checker corpus fetch {acts}"}


def ask(
    question: Annotated[str, typer.Argument(help='Spørgsmålet, fx "Må vi genbruge gamle sager til træning?" / the question.')],
    k: Annotated[int, typer.Option("-k", min=1, max=20, help="Antal bestemmelser / number of provisions.")] = 3,
    act: Annotated[str | None, typer.Option("--act", help="Kun denne lov, fx gdpr / only this act.")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="Lovens dato, fx 2027-12-02 / the law date.")] = None,
    lang: Annotated[Language | None, typer.Option("--lang", help="Sprog: da eller en / language.")] = None,
    format: Annotated[ListFormat, typer.Option("--format", "-f", help="text eller json.")] = ListFormat.TEXT,
) -> None:
    """Spørg loven: de steder, der svarer, ordret; eller at der intet sikkert svar er / ask the law: the passages that answer, or no safe answer."""
    from checker.cli.searching import known_act, naming_of

    asked = checked(question)
    bench = workbench(parse_date(as_of))
    language = language_of(lang, bench)
    act = known_act(act, bench)
    answer = bench.index.ask(asked, k, act, language)
    named = naming_of(bench).read(asked, act)
    for line in reservations(answer, bench):
        say(line)
    if format is ListFormat.JSON:
        print(json.dumps(as_data(answer, bench, named.missing), ensure_ascii=False, indent=2))
    else:
        print("\n".join(as_text(answer, bench, language, named)))


def checked(question: str) -> str:
    """The question on one line.

    Raises:
        SettingsError: there is none, or it is too long.
    """
    from checker.errors import SettingsError

    asked = " ".join(question.split())
    if not any(c.isalnum() for c in asked):
        raise SettingsError("Der er intet spørgsmål.", 'Skriv det i anførselstegn: checker ask "Må vi genbruge gamle sager til træning?"')
    if len(asked) > LONGEST:
        hint = "Stil ét spørgsmål ad gangen. En hel projektbeskrivelse læses med: checker check FIL"
        raise SettingsError(f"Spørgsmålet er på {len(asked)} tegn; der er plads til {LONGEST}.", hint)
    return asked


def reservations(answer: Answer, bench: Workbench) -> Iterator[str]:
    """Where the confidence is not what was measured, or cannot be said."""
    from checker.knowledge.retrieval.confidence import trained_calibration

    measured = trained_calibration().embedder
    if answer.confidence is None:
        yield "Lovsamlingen har ingen asked.yaml at sammenligne med; derfor kaldes intet svar sikkert."
    elif bench.settings.embedder != measured or bench.settings.reranker:
        yield f"Sikkerheden er målt med {measured} og uden omrangering; med jeres indstillinger er den et skøn."


def version_of(found: Found, bench: Workbench) -> str:
    """Of the text shown: of an official text its own, of a digest the version that it was written from."""
    act = bench.checked.acts.get(found.document.act)
    return found.document.version or (act.version if act is not None else "")


def as_data(answer: Answer, bench: Workbench, missing: Sequence[str]) -> dict[str, object]:
    """`missing`: ids of provisions that the question names and the index does not hold."""
    passages = [
        {
            "provision": f.document.provision,
            "act": f.document.act,
            "kind": f.document.kind,
            "title": f.document.title,
            "text": f.document.text,
            "url": f.document.url,
            "score": round(f.score, 4),
            "verified": f.document.verified.value,
            "version": version_of(f, bench),
            "language": f.document.language,
        }
        for f in answer.passages
    ]
    confidence = round(answer.confidence, 4) if answer.confidence is not None else None
    said = {"question": answer.question, "sure": answer.sure, "confidence": confidence, "threshold": answer.threshold}
    return {**said, "missing": list(missing), "passages": passages}


def as_text(answer: Answer, bench: Workbench, language: str, named: Named) -> Iterator[str]:
    from checker.cli.searching import spoken_names
    from checker.knowledge.retrieval.confidence import trained_calibration
    from checker.report.provision import provision_name

    names = spoken_names(bench)
    yield from (_MISSING[language].format(provision=provision_name(provision, names, language)) for provision in named.missing)
    confidence = "–" if answer.confidence is None else _number(answer.confidence, language)
    said = {"confidence": confidence, "threshold": _number(answer.threshold, language), "first": str(trained_calibration().first)}
    yield (_NAMED_FIRST if named.sure else _SURE if answer.sure else _UNSURE)[language].format_map(said)
    if not answer.sure:
        yield _advice(answer, bench, language)
        yield (_NEAREST if answer.passages else _NOTHING)[language]
    for number, found in enumerate(answer.passages, 1):
        yield from ("", *_passage(found, number, answer.sure, bench, names, language))
    digest = sorted({f.document.act for f in answer.passages if f.document.kind == "digest"} & set(bench.sources))
    if digest:
        yield from ("", _WORDS[language].format(acts=" ".join(digest)))


def _advice(answer: Answer, bench: Workbench, language: str) -> str:
    missing = sorted(set(bench.sources) - {h.source for h in bench.held})
    some = f"ID ({', '.join(missing[:_NAMED])}{' …' if len(missing) > _NAMED else ''})" if missing else "ID"
    act = answer.passages[0].document.act if answer.passages else "gdpr"
    return _ADVICE[language].format(act=act, missing=some)


def _passage(found: Found, number: int, sure: bool, bench: Workbench, names: Names, language: str) -> Iterator[str]:
    """With the id in brackets: `checker corpus show` takes it."""
    from checker.report.provision import provision_name
    from checker.report.words import Words

    document, version = found.document, version_of(found, bench)
    yield f"{number}.{'' if sure else ' ?'} {provision_name(document.provision, names, language)}{f' ({version})' if version else ''}  [{document.provision}]"
    yield f"   [{_KIND[language][document.kind]}; {Words(language).name('verified', document.verified.value)}]"
    yield from (f"   {part}" for part in (document.title, *document.text.splitlines(), document.url) if part)


def _number(value: float, language: str) -> str:
    """Two digits, cut: what is said to reach the threshold does reach it."""
    text = f"{int(value * 100 + 1e-9) / 100:.2f}"
    return text.replace(".", ",") if language == "da" else text
