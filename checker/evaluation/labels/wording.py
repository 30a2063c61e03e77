"""Whether the questions still read as they did: answers given on other words are answers to other questions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from checker.evaluation.conditions import in_words
from checker.model.catalogue import Catalogue
from checker.model.condition import Condition
from checker.model.law import Bilingual

REQUIREMENTS, FACTS = "requirements", "facts"
_LANGUAGES = ("da", "en")


def wording_of(catalogue: Catalogue) -> dict[str, str]:
    """One hash of all that is shown of the requirements, and one of the facts. Notes, severities, citations are not shown and not in it."""

    def told(when: Condition | None) -> list[str]:
        return [in_words(when, catalogue, language) for language in _LANGUAGES] if when else []

    def both(text: Bilingual) -> list[str]:
        return [text.get(language) for language in _LANGUAGES]

    criteria = [[*both(label), *told(when)] for spec in catalogue.criteria.values() for label, when in spec.criteria]
    asked = [catalogue.requirements[r] for r in catalogue.core]
    requirements = [[r.id, both(r.title), told(r.applies_when), r.fulfilled_when, r.not_evidence, both(r.question)] for r in asked]
    facts = [[f.id, both(f.label), both(f.question), list(f.values), f.multi, told(f.ask_when)] for f in catalogue.facts.values()]
    return {REQUIREMENTS: _hash([requirements, criteria]), FACTS: _hash(facts)}


def reworded(then: Mapping[str, str], now: Mapping[str, str], with_facts: bool) -> bool | None:
    """Whether what was answered reads otherwise now; None where it was not written down how it read then."""
    parts = (REQUIREMENTS, FACTS) if with_facts else (REQUIREMENTS,)
    if not all(part in then for part in parts):
        return None
    return any(then[part] != now[part] for part in parts)


def _hash(shown: object) -> str:
    return hashlib.sha256(json.dumps(shown, ensure_ascii=False).encode()).hexdigest()[:16]
