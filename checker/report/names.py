"""Words that a report needs and does not carry: labels of facts and short names of acts, from the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from checker.model.catalogue import Catalogue
from checker.model.law import Act, Bilingual, Frozen


class Names(Frozen):
    """Labels by id. An id without a label is shown as the id itself, so a report can be written without a catalogue.

    `core` holds the ids of the core requirements; None when nobody said, and then the JSON report leaves `core` out.
    """

    facts: dict[str, Bilingual] = Field(default_factory=dict)
    acts: dict[str, Bilingual] = Field(default_factory=dict)
    core: frozenset[str] | None = None

    def fact(self, fact: str, language: str) -> str:
        label = self.facts.get(fact)
        return label.get(language) if label else fact

    def act(self, act: str, language: str) -> str:
        label = self.acts.get(act)
        return label.get(language) if label else act


def names_of(catalogue: Catalogue, acts: Mapping[str, Act], guidelines: Mapping[str, str]) -> Names:
    """The names of one catalogue; `guidelines` maps an id to the guideline's title."""
    return Names(
        facts={f.id: f.label for f in catalogue.facts.values()},
        acts={a.id: a.short for a in acts.values()} | {id_: Bilingual(da=title, en=title) for id_, title in guidelines.items()},
        core=frozenset(catalogue.core),
    )
