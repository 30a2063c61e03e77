"""The text of `checker explain` and `checker corpus show`."""

from __future__ import annotations

from difflib import get_close_matches

from checker.errors import SettingsError
from checker.library import Library
from checker.model.condition import AllOf, AnyOf, AtLeast, Condition, FactIs, Not
from checker.model.law import Provision


def explanation(library: Library, requirement: str, language: str) -> str:
    """Everything the catalogue holds on one requirement.

    Raises:
        SettingsError: no such id; near ones are named.
    """
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
        f"{'Kontrolleret' if da else 'Verified'}: {spec.verified}. {spec.checked}",
        *([spec.notes] if spec.notes else []),
        "",
        *(provision_text(p, library, language) for p in library.cited(requirement)),
        "",
        "Ingen jurist har endnu kontrolleret katalog og lovresuméer. / No lawyer has checked the catalogue and the digest yet.",
    ]
    return "\n".join(parts)


def provision_text(provision: Provision, library: Library, language: str) -> str:
    act = library.acts[provision.act].short.get(language)
    head = f"- {provision.id} ({act}, {provision.title.get(language)}; {provision.verified})"
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
