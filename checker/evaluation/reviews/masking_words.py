"""Closed lists of words and patterns that show where a person's name stands, and where a capital word is something else.

Names themselves come from faker, see masking_names.
"""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Endings that Danish surnames have and faker's 91 surnames are too few to show.
SURNAME_END = re.compile(
    r"(?:sen|sson|gaard|gård|lund|holm|bæk|bjerg|strup|toft|dahl|dal|berg|quist|kvist|borg|skov|kjær|kær|drup|vig|høj|mose|vad|bo|mark|sted|feldt?|mann"
    r"|ski|ska|vić|vic|ić|oğlu|oglu|dóttir|zadeh|ov|ova)$",
    re.IGNORECASE,
)
# Words that end a name or show that the name belongs to a place, a house, a firm, a prize or a law.
THING = re.compile(
    r"(?:kommune|kommunes|region|vej|vejen|gade|gaden|allé|alle|boulevard|plads|torv|stræde|park|parken|haven|have|skole|skolen|skoler|gymnasium|hospital"
    r"|sygehus|plejehjem|plejecenter|center|centret|centeret|hus|huset|hjem|hjemmet|fond|fonden|stiftelse|museum|museet|bro|kirke|kirken|sogn|institut"
    r"|instituttet|universitet|forlag|legat|akademi|akademiet|prisen|loven|sagen|dommen|modellen|metoden|skalaen|testen|forvaltning|forvaltningen|afdeling|afdelingen"
    r"|service|sekretariat|sekretariatet|kontor|kontoret|styrelse|styrelsen|rådhus|rådhuset|bibliotek|biblioteket|råd|rådet|udvalg|udvalget|team|nævn"
    r"|nævnet|børnehus|børnehave|vuggestue|klub|hallen|stadion|kollegium|gård|gården|tårn|a/s|aps|i/s|p/s|group|holding|partners|consulting)$",
    re.IGNORECASE,
)
PRODUCT = _words(
    """
    ai assist assistant assistent bot chat chatbot chatbotten chatgpt cloud copilot pro plus care health tech software system systemet systems
    solutions data analytics vision voice app go one suite platform platformen lab labs online digital air edge live core hub desk track scan sense
    flow mail studio inc ltd gmbh corp microsoft google openai azure amazon apple meta ibm kmd netcompany systematic sag fase version pilot piloten
    projekt projektet modul
    """
)
NO_NAME = _words(
    """
    januar februar marts april maj juni juli august september oktober november december mandag tirsdag onsdag torsdag fredag lørdag søndag monday
    tuesday wednesday thursday friday saturday sunday january february march may june july october gdpr eu eøs dpo dpia og and i af på den det de der
    vi en et er har hvis når som the this that we if when danmark denmark danske dansk københavn europa datatilsynet borger borgeren borgere
    """
)
# First names and surnames that are also common words: alone at the start of a sentence they are the word.
ALSO_WORDS = _words(
    """
    august maj bo dan bent per line stig sten steen skov dam lind ravn toft lund holm berg mark robin sine signe storm liv my rose frank
    """
)
LINKS = _words(
    """
    von van de der den af la el al bin ibn abu da du le ten ter
    """
)

_STRONG_TITLE = r"(?:hr|herr|fru|frk|frøken|mr|mrs|ms|dr|prof)\.?"
_ROLE = (
    r"\w*(?:leder|chef|konsulent|rådgiver|rådgiveren|behandler|behandleren|koordinator|medarbejder|medarbejderen|læge|lægen|lærer|læreren|pædagog|pædagogen"
    r"|ejer|mester|rådmand|formand|direktør|jurist|juristen|sygeplejerske|terapeut|borger|borgeren|beboer|beboeren|elev|eleven|patient|patienten|advokat"
    r"|assistent|fuldmægtig|kontaktperson|tolk|kollega|ansvarlig|inspektør|partner|redaktør|vagthavende|vikar|vikaren|kaptajn|biolog|arkivar|bibliotekar|tekniker|ingeniør|planlægger|ejeren|manager|officer|worker|lawyer|citizen|resident|pupil|nurse|teacher|contact)"
)
TITLE = re.compile(rf"(?i)(?<!\w)(?:(?P<strong>{_STRONG_TITLE})|(?P<role>{_ROLE}|dpo|v/|att\.?:?|attn\.?|c/o)(?:\s*[:,])?)[ \t\u00a0]*$")
GREETING = re.compile(r"(?i)\b(?:hilsen|hilsner|mvh|regards|sincerely|yours truly|hilsen fra)\b\.?[ \t]*[,:]?[ \t]*(?:\r?\n[ \t]*){0,2}$")
WORD = re.compile(r"[AIP]/S\b|(?:[^\W\d_]\.){1,3}|[^\W\d_]+(?:['’\-\u2010\u2011][^\W\d_]+)*")
JOIN = re.compile(r"[ \t\u00a0]{1,2}|[ \t]?\r?\n[ \t]?")
# What makes a first name that stands alone a person's: who wrote, said, was asked; a role or a department behind it.
ACTS_BEFORE = re.compile(
    r"(?i)\b(?:(?:skrevet|læst|set|efter|tegnet|godkendt|besluttet|udarbejdet|ledet|underskrevet|kontrolleret|lavet) af|siger|sagde|mener|skriver|skrev|ringer"
    r"|ringede|spurgt|spørg|spurgte|fortalte|oplyste|hos|hils(?:en|ner) fra|written by|read by|says|said|told|ask|asked)[ ]$"
)
ROLE_AFTER = re.compile(
    r"(?i)[ ](?:\((?!\w*(?:bot|robot|assist|ai\b|model|app\b|system))[a-zæøå]"
    r"|(?:fra|i|from|in) (?:it|jura|hr|\w*(?:afdelingen|forvaltningen|kontoret|centret))\b)"
)
# "chatbotten Alma", "robotten, som hedder Rita": a product, wherever it stands alone.
CALLED = re.compile(
    r"(?i)(?:\w*(?:botten|bot|robot|assistent|assistenten|modellen|systemet|værktøjet|appen|agenten|assistant|avatar|avataren|stemmen)"
    r"|hedder|kaldet|kalder(?: vi)?|døbt"
    r"|navnet|called|named)[ ]?[,:]?[ ][\"»“'’*_]*$"
)
