"""The text of `checker explain` and `checker corpus show`."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from checker.errors import SettingsError
from checker.library import Library
from checker.model.condition import AllOf, AnyOf, AtLeast, Condition, FactIs, Not
from checker.model.law import Provision

if TYPE_CHECKING:
    from checker.wiring import Workbench


def shown(bench: Workbench, asked: str, language: str) -> Iterator[str]:
    """What `corpus show` prints, in blocks.

    Args:
        asked: an id, or a provision as reports print it ("GDPR art. 35").

    Raises:
        SettingsError: nothing has that id, and near ones are named; nothing is given where there is no near one either.
    """
    found = list(_of_id(bench, asked, language))
    if not found:
        from checker.cli.searching import naming_of

        naming = naming_of(bench)
        named = naming.read(asked)
        meant = naming.act(asked) or (named.found[0] if named.sure else "")
        found = list(_of_id(bench, meant, language)) if meant and meant != asked else []
        if not found and (near := get_close_matches((*named.missing, asked)[0], naming.ids, n=3)):
            raise SettingsError(f"Bestemmelsen {asked} findes ikke.", f"Mente du {', '.join(near)}?")
    yield from found


def _of_id(bench: Workbench, asked: str, language: str) -> Iterator[str]:
    if asked in bench.library.catalogue.requirements or ":krav_" in asked:
        yield explanation(bench.checked, asked, language)
        return
    act = asked.partition(":")[0]
    if act in {g.act.id for g in bench.guidelines}:
        from checker.cli.own_points import own_points

        yield from own_points(bench, asked)
        return
    yield from _official(bench, asked, language)
    below = [p for p in bench.library.provisions.values() if p.id == asked or p.id.startswith((asked + ".", asked + ":"))]
    if below:
        yield "\n".join(provision_text(p, bench.library, language) for p in below)


def _official(bench: Workbench, asked: str, language: str) -> Iterator[str]:
    """The words in the store on the law date: in the language asked for, else in the other one, which is said."""
    from checker.knowledge.overlay import AMENDED, is_unofficial, version_label
    from checker.model.catalogue import address
    from checker.report.words import printable

    words = bench.official.quoted(asked, bench.as_of)
    text, passage = words.get(language) or next(iter(words.values()), (None, None))
    if text is None or passage is None:
        return
    kind = "genindtastet, ikke Tidendes tekst / re-typed, not the Official Journal's" if is_unofficial(text) else "ordret / verbatim"
    lines = [f"{passage.heading[-1] if passage.heading else passage.title} ({version_label(text)}, {kind})"]
    if language not in words:
        lines.append(f"OBS: gældende ordlyd er ikke i lageret på {language}; her på {text.language} / the words in force are not in the store in {language}")
    if AMENDED in text.notes:
        lines.append("OBS: bestemmelsen er ændret siden; den nye ordlyd er ikke i lageret / amended since, the new words are not in the store")
    act = bench.library.acts.get(text.act)
    link = address(act, asked.partition(":")[2]) if act is not None else None
    yield "\n".join(filter(None, [*lines, printable(passage.text), link]))


def explanation(library: Library, requirement: str, language: str) -> str:
    """Everything the catalogue holds on one requirement.

    Raises:
        SettingsError: no such id; near ones are named.
    """
    from checker.report.words import Words

    catalogue = library.catalogue
    spec = catalogue.requirements.get(requirement)
    if spec is None:
        near = get_close_matches(requirement, catalogue.requirements, n=3)
        hint = f"Mente du {', '.join(near)}?" if near else f"Kendte krav: {', '.join(catalogue.requirements)}"
        raise SettingsError(f"Kravet {requirement} findes ikke.", hint)
    da = language == "da"
    due = "; ".join(f"{d.date}" + (f" ({d.note.get(language)})" if d.note else "") for d in spec.due)
    parts = [
        f"{spec.title.get(language)}  [{spec.id}]",
        "",
        spec.gap_message.get(language),
        f"{'Gør' if da else 'Do'}: {spec.action.get(language)}",
        f"{'Spørg' if da else 'Ask'}: {spec.question.get(language)}",
        "",
        f"{'Alvor' if da else 'Severity'}: {spec.severity} - {spec.severity_reason.get(language)}",
        f"{'Gælder når' if da else 'Applies when'}: {words(library, spec.applies_when, language)}",
        *([f"{'Gælder fra' if da else 'Applies from'}: {due}"] if due else []),
        f"{'Opfyldt af' if da else 'Fulfilled by'}: {spec.fulfilled_when}",
        f"{'Ikke nok' if da else 'Not enough'}: {spec.not_evidence}",
        f"{'Kontrolleret' if da else 'Verified'}: {Words(language).name('verified', spec.verified)}. {spec.checked}",
        *([spec.notes] if spec.notes else []),
        "",
        *(provision_text(p, library, language) for p in library.cited(requirement)),
        "",
        "Ingen jurist har endnu kontrolleret katalog og lovresuméer. / No lawyer has checked the catalogue and the digest yet.",
    ]
    return "\n".join(parts)


def provision_text(provision: Provision, library: Library, language: str) -> str:
    from checker.report.words import digest_state

    act = library.acts[provision.act].short.get(language)
    head = f"- {provision.id} ({act}, {provision.title.get(language)}; {digest_state(provision.verified.value, language)})"
    return f"{head}\n    {provision.text.get(language)}\n    {provision.url or ''}".rstrip()


def words(library: Library, condition: Condition, language: str) -> str:
    """A condition as a sentence."""
    catalogue = library.catalogue
    joins = {"da": (" og ", " eller ", "ikke "), "en": (" and ", " or ", "not ")}[language]
    match condition:
        case FactIs():
            spec = catalogue.facts.get(condition.fact) or catalogue.derived[condition.fact]
            label = spec.label.get(language)
            if condition.values:
                return f"{label} = {'/'.join(condition.values)}"
            return f"{label} ≠ {condition.other_than}" if condition.other_than else label
        case AllOf():
            return joins[0].join(_bracketed(library, c, language) for c in condition.all)
        case AnyOf():
            return joins[1].join(_bracketed(library, c, language) for c in condition.any)
        case Not():
            return joins[2] + _bracketed(library, condition.not_, language)
        case AtLeast():
            name = catalogue.criteria[condition.of].label.get(language) if isinstance(condition.of, str) else "…"
            return f"≥ {condition.at_least}: {name}"


def _bracketed(library: Library, condition: Condition, language: str) -> str:
    text = words(library, condition, language)
    return f"({text})" if isinstance(condition, AllOf | AnyOf) else text
