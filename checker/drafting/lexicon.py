"""Words that weigh in the checks, Danish and English together: descriptions and drafts mix them."""

from __future__ import annotations

import re


def _any(words: str) -> re.Pattern[str]:
    """Whole words, or patterns of words, with commas between them."""
    return re.compile(r"(?<!\w)(?:" + "|".join(" ".join(w.split()) for w in words.split(",")) + r")(?!\w)", re.IGNORECASE)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


NEGATION = _any(
    r"""
    ikke, ingen, intet, aldrig, hverken, uden(?! for\b), mangler, mangle, manglende, mangel, udestår, uafklaret, uklart, næppe, ej, hardly, no, not, never,
    neither, nor, without, missing, lacks?, lacking, cannot, \w+n['’]t, unclear, none, nothing
    """
)
NOT_ONLY = _any(
    r"""
    ikke (?:kun|alene|bare|blot|mindst), not (?:only|just|least)
    """
)
HEDGE = _any(
    r"""
    forvent\w*, overvej\w*, planlæg\w*, planlagt\w*, påtænk\w*, når, senere, hvis, måske, muligvis, eventuelt, håber, vil, ville, kunne, kan
    blive, efter at, efterfølgende, om muligt, så vidt, delvis\w*, nogle, visse, enkelte, expect\w*, consider\w*, plan, plans, planned,
    planning, when, later, if, may, might, perhaps, possibly, hopes?, will, would, could, afterwards, partly, some
    """
)
PLAN = _any(
    r"""
    forvent\w*, overvej\w*, planlæg\w*, planlagt\w*, påtænk\w*, måske, muligvis, eventuelt, håber, vil, ville, expect\w*, consider\w*, plan,
    plans, planned, planning, may, might, perhaps, possibly, hopes?, will, would
    """
)
"""What makes a clause a plan. `når`, `hvis` and `nogle` weaken a source (HEDGE), but excuse no claim."""
OBLIGATION = _any(
    r"""
    skal, skulle, bør, burde, kræver, kræves, pligt\w*, must, shall, should, needs?, has to, have to, requires?, dut(?:y|ies)
    """
)
VENDOR = _any(
    r"""
    leverandør\w*, udbyder\w*, producent\w*, firma\w*, virksomhed\w*, vendor\w*, supplier\w*, provider\w*, company\w*
    """
)
VENDOR_SAYS = re.compile(
    VENDOR.pattern + r".{0,40}\b(?:oplys|sig|garanter|love|forsikr|mener|skriv|say|said|claim|guarantee|promise|assur|state)\w*", re.IGNORECASE
)
VERDICT = _any(
    r"""
    opfyld(?:t|te|er), lovlig\w*, lovmedholdelig\w*, godkendt\w*, overhold(?:t|er|es|te), efterlev(?:et|er|es), lever op til, i orden, på plads,
    tilladt\w*, tilladelig\w*, forsvarlig\w*, ubetænkelig\w*, uproblematisk\w*, risikofri\w*, betryggende, tilstrækkelig\w*, ingen risik\w*,
    (?:lav|minimal|begrænset) risiko, lavrisiko, unødvendig\w*, (?:ikke|intet) (?:nødvendig\w*|krav|krævet|behov|problem\w*), kræves ikke,
    kræver ikke, skal ikke, behøver ikke, gælder ikke, fritaget, undtaget, mangler intet, intet mangler, klar til (?:brug|drift|start), grønt
    lys, compliant, compliance, complies, comply, complied, lawful, lawfully, legal, legally, approved, fulfill?ed, fulfill?s, met,
    satisf(?:ied|ies), permitted, allowed, in place, in order, acceptable, sufficient, adequate, safe, no risks?, (?:low|minimal|limited) risk,
    unnecessary, (?:not|no) (?:required|necessary|needed|problem\w*|duty|need), exempt\w*, does not apply, do(?:es)? not (?:need|have
    to|require), nothing (?:is )?missing, ready (?:for|to), cleared
    """
)
NOT_MET = _any(
    r"""
    ikke (?:opfyldt|overholdt|på plads|godkendt|tilstrækkelig\w*|i orden), not (?:met|fulfill?ed|in place|approved|sufficient|adequate|in order)
    """
)
TO_BE = _any(
    r"""
    skal (?:være |komme |bringes )?(?:på plads|godkendes|overholdes|opfyldes), (?:must|has to|have to|should) be (?:in place|approved|met|put in
    place)
    """
)
CONSENT = re.compile(
    "|".join(
        (
            r"\w*samtyk\w*",
            r"\bconsent\w*",
            r"\bindvillig\w*",
            r"\btilsagn\w*",
            r"\b(?:give|giver|om|få|fået) lov(?:en)?\b(?! til at [^.]*\blov\b)",
            r"\bopt(?:ing)?[- ]?in\b",
            r"\bpermission\b",
            r"\btilladelse fra\b",
            r"\baccept(?:ere|erer|en)? (?:fra|af)\b",
            r"\bsig\w* ja\b",
            r"\bagree(?:ment)? (?:from|of) (?:the )?(?:citizen|patient|resident|parent|employee)",
        )
    ),
    re.IGNORECASE,
)
OFFER = _any(
    r"""
    indhent\w*, hent, bed, bede, beder, spørg, spørge, spørger, få, fås, skaf\w*, anmod\w*, brug, bruge, baser\w*, byg, bygge, sikr\w*, løs\w*,
    underskriv\w*, obtain\w*, ask\w*, seek\w*, get, getting, collect\w*, request\w*, secur\w*, rely, base, use, gather\w*, skal, bør, kan, must,
    should, can, could, need\w*
    """
)
LEGAL_WORD = re.compile(
    r"\b[\w-]*(?:loven|lovens|loves?|lovbekendtgørelse|lovgivning|forordning(?:en|ens)?|bekendtgørelse\w*|direktiv\w*|cirkulære\w*)\b",
    re.IGNORECASE,
)
_COMMON = _set(
    """
    alle alt altså anden andet andre at af blev blive bliver både da de dem den denne der deres det dette disse dog du efter eller en end er et
    fik for fordi fra før får gør ham han har hvad hvem hver hvilke hvilken hvilket hvis hvor hvordan hvorfor hvornår hun i ikke ind ingen intet
    jer jeres jo kan kom kun kunne man med meget mellem mens men mere mod måske når nu nogen noget nogle om og også over på sig sin sine sit
    skal som så til ud under var ved vi vil være været vores hverken aldrig uden bør må skulle ville a about after all also an and any are as at
    be been before but by can could did do does for from had has have how if in into is it its may might more must no nor not of on only or our
    shall should so some that the their them then there these they this those to under was we were what when where which who why will with
    without would you your
    """
)
_FRAME = _set(
    """
    beskrivelsen beskrivelse teksten tekst siger sige oplyser fremgår står skriver nævner nævnes beskriver beskrevet ifølge projektet projekt
    løsningen løsning systemet kommunen gælder gør følger følgende derfor heraf desuden samt blandt andet mangler mangel krav kravet kræver
    punkt punkter spørgsmål svar description text says say states state mentions described according project solution system municipality
    applies apply follows therefore also missing duty requires require point points question answer
    """
)
STOP = _COMMON | _FRAME
"""Words that carry nothing, and those of the frame: a sentence about a description may always use them."""
STARTERS = STOP | _set(
    """
    skriv beskriv angiv forklar afklar vurder udfyld tilføj lav sæt udpeg gennemgå overvej kontroller spørg se tjek bekræft oplys vis planlæg
    sørg få hent dermed endelig samtidig først dernæst herefter hertil således ligeledes derudover både behandlingen formålet oplysningerne
    personer medarbejdere borgere write describe state explain clarify assess fill add make set appoint review consider check ask see confirm
    show plan ensure first next finally moreover however processing purpose data people staff citizens please could
    """
)
"""Words that a sentence may begin with though no source has them."""
