"""From a norm's own words to the facts that decide where it applies. What cannot be told applies to every AI system.

Only the words that limit a norm count: its condition ("når en borger …") and the one it speaks of ("AI-skabte billeder, der offentliggøres").
A wrong limit hides a duty, so a single everyday word is not enough, and a person sees the condition before approving.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from checker.knowledge.guidelines.norms import Norm
from checker.model.condition import AllOf, AnyOf, Condition, FactIs
from checker.model.law import Fact

ALWAYS = FactIs(fact="is_ai_system")
# Facts that hold for nearly every project, or describe the paper rather than the use, limit nothing.
_NOT_A_LIMIT = frozenset(("is_ai_system", "processes_personal_data", "project_phase", "high_residual_risk", "annex_iii_use", "annex_iii_area", "large_scale"))
_LONG_ENOUGH = 5
_EVERYDAY = frozenset(
    {
        *("navn", "adresse", "sager", "journal", "tilbud", "kontrol", "økonomi", "optagelse", "prompt", "option", "konsulent", "medarbejdere"),
        *("ledere", "kontrakt", "fravalgt"),
    }
)
_CLAUSE = re.compile(r"^(?:før|inden|before|until)\b", re.I)


def applies_when(norm: Norm, facts: Mapping[str, Fact]) -> Condition:
    """The condition of a proposed requirement: an AI system and, where the norm names one, any of the facts it names."""
    named = tuple(FactIs(fact=f) for f in facts_named(norm, facts))
    if not named:
        return ALWAYS
    return AllOf(all=(ALWAYS, named[0] if len(named) == 1 else AnyOf(any=named)))


def facts_named(norm: Norm, facts: Mapping[str, Fact]) -> tuple[str, ...]:
    """Yes/no facts whose own recognition words stand in the limiting parts of a norm.

    Data named as the object ("CPR-numre og navne skal fjernes") limits nothing: the duty also holds for the names.
    """
    who = norm.who.lower() if len(norm.who.split()) > 1 or norm.who.lower().startswith("leverandør") else ""
    when = norm.condition.lower() if not _CLAUSE.match(norm.condition) else ""
    return tuple(
        f.id
        for f in facts.values()
        if f.type == "bool" and f.id not in _NOT_A_LIMIT and any(_stands_in(w, when) or (f.group != "data" and _stands_in(w, who)) for w in f.recognise)
    )


def _stands_in(phrase: str, text: str) -> bool:
    word = phrase.lower()
    if word in _EVERYDAY or (len(word) < _LONG_ENOUGH and not phrase.isupper()):
        return False
    ending = r"\w{0,4}" if len(word) >= _LONG_ENOUGH else r"(?![a-zæøå])"
    return re.search(rf"(?<![a-zæøå]){re.escape(word)}{ending}\b", text) is not None
