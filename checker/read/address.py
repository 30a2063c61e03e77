"""Sentences inside a description that address the checker itself. They are content: reported, never obeyed, no evidence."""

from __future__ import annotations

import re

_COMMANDS = re.compile(
    r"\b(se bort fra|ignorer|ignorér|glem|tilsidesæt|disregard|ignore|forget|override)\b[^.]{0,60}\b(instruktion\w*|regler\w*|prompt\w*|anvisning\w*|"
    r"instructions?|rules?|previous|tidligere|ovenstående|above)\b"
    r"|\b(markér|marker|sæt|angiv|vurdér|vurder|registrer|mark|set|treat|label|report|return|svar|output)\b[^.]{0,50}\b(alle|alt|samtlige|all|every|hvert)\b[^.]{0,40}"
    r"\b(opfyldt|krav|met|compliant|fulfilled|godkendt|findings?|requirements?|grøn)"
    r"|\b(risikoklasse\w*|risk class)\b[^.]{0,30}\b(til|to|=|:)\s*[\"'»]?(minimal|lav|low|none|not_ai)"
    r"|\b(note|besked|instruks|instruktion|message|instructions?)\b[^.]{0,30}\b(til|to|for)\b[^.]{0,30}\b(kontrolværktøj\w*|værktøjet|værktøj|ai-?(?:model|assistent|tjek)\w*|"
    r"sprogmodel\w*|checker|compliance|screening\w*|tool|assistant|model|system(?:et)? der læser)"
    r"|^\s*[\[<(#*]*\s*(?:SYSTEM|ASSISTANT|USER|INSTRUKS|INSTRUCTION)\b\s*[\]>)]*\s*:"
    r"|\bvis ikke denne (note|besked|tekst)\b|\bdo not (show|mention|report) this\b|\bdu er (en|et) (ai|compliance|hjælpsom)\b|\byou are (a|an) (ai|helpful|compliance)\b"
    r"|\"verdict\"\s*:|\bverdict\s*[:=]\s*(met|not_applicable)",
    re.I | re.M,
)


def addresses_checker(sentence: str) -> bool:
    """True when a sentence speaks to a checking tool instead of describing the project."""
    return bool(_COMMANDS.search(sentence))
