"""Conditions of the catalogue in words, for whoever must decide whether one holds: a model that is asked, a person who labels."""

from __future__ import annotations

from collections.abc import Callable

from checker.model.catalogue import Catalogue
from checker.model.condition import AllOf, AnyOf, AtLeast, Condition, FactIs, Not

_WORDS = {"da": (" og ", " eller ", "ikke ", "mindst {0} af: {1}"), "en": (" and ", " or ", "not ", "at least {0} of: {1}")}


def in_words(condition: Condition, catalogue: Catalogue, language: str) -> str:
    """A condition as a sentence, down to the facts: "DPIA required" would explain nothing to whoever decides it."""

    def derived(fact: str) -> str:
        spec = catalogue.derived[fact]
        return f"{spec.label.get(language)} [= {in_words(spec.when, catalogue, language)}]"

    def listed(criteria: str) -> str:
        return "; ".join(label.get(language) for label, _ in catalogue.criteria[criteria].criteria)

    return _spoken(condition, catalogue, language, derived, listed, str)


def defined(condition: Condition, catalogue: Catalogue, language: str, value_name: Callable[[str], str] = str) -> tuple[str, ...]:
    """A condition as a sentence, then one line for each derived fact and list of criteria in it, down to the facts.

    For people: a term that stands in several places is explained once, below, and the sentence stays short enough to read.
    """
    terms: dict[tuple[str, str], str] = {}

    def speak(node: Condition) -> str:
        return _spoken(node, catalogue, language, lambda f: named("fact", f), lambda c: named("criteria", c), value_name)

    def named(kind: str, term: str) -> str:
        name = (catalogue.derived[term] if kind == "fact" else catalogue.criteria[term]).label.get(language)
        terms.setdefault((kind, term), name)
        return name

    def meaning(kind: str, term: str) -> str:
        if kind == "fact":
            return speak(catalogue.derived[term].when)
        return "; ".join(_criterion(label.get(language), speak(when)) for label, when in catalogue.criteria[term].criteria)

    lines = [speak(condition)]
    while len(lines) <= len(terms):  # explaining one term may bring up others
        term, name = list(terms.items())[len(lines) - 1]
        lines.append(f"{name} = {meaning(*term)}")
    return tuple(lines)


def _criterion(label: str, when: str) -> str:
    return label if label == when else f"{label} ({when})"


def _spoken(
    node: Condition, catalogue: Catalogue, language: str, derived: Callable[[str], str], criteria: Callable[[str], str], value_name: Callable[[str], str]
) -> str:
    both, either, no, count = _WORDS[language]

    def speak(inner: Condition) -> str:
        return _spoken(inner, catalogue, language, derived, criteria, value_name)

    def bracketed(inner: Condition) -> str:
        return f"({speak(inner)})" if isinstance(inner, AllOf | AnyOf) else speak(inner)

    match node:
        case FactIs():
            return derived(node.fact) if node.fact in catalogue.derived else _fact(node, catalogue, language, value_name)
        case AllOf():
            return both.join(bracketed(c) for c in node.all)
        case AnyOf():
            return either.join(bracketed(c) for c in node.any)
        case Not():
            return no + bracketed(node.not_)
        case AtLeast():
            of = criteria(node.of) if isinstance(node.of, str) else "; ".join(bracketed(c) for c in node.of)
            return f"({count.format(node.at_least, of)})"


def _fact(node: FactIs, catalogue: Catalogue, language: str, value_name: Callable[[str], str]) -> str:
    label = catalogue.facts[node.fact].label.get(language)
    if node.values:
        return f"{label} = {'/'.join(map(value_name, node.values))}"
    return f"{label} ≠ {value_name(node.other_than)}" if node.other_than else label
