"""How text speaks that wants to steer a tool: whom it names, what it orders, and the verdict it wants.

Each rule needs two signs at least, because each sign alone is ordinary in these documents: descriptions name models and tools, quote
prompts, and say that requirements are met. `tests/injections/innocent.yaml` holds what must never match.
"""

from __future__ import annotations

import re

_TOLD = r"(?:note|meddelelse|bemærkning|besked|instruks|instruktion|notits|anvisning|ordre|hilsen|notice|message|instructions?|reminder|command|directive)\w*"
# A tool that judges texts: named, it is us.
_TOOL = (
    r"(?:automat(?:isk|iske|iseret|iserede|ic|ed|iske) (?:\w+ )?(?:kontrol\w*|gennemgang\w*|system\w*|værktøj\w*|tjek\w*|screening\w*|læser\w*|"
    r"reviewers?|review|tools?|checkers?|systems?|screening|assessment)|kontrolværktøj\w*|compliance-?\s?(?:værktøj|tool|checker|system|model|ai|assistent)\w*|"
    r"(?:ai|llm)(?:-|\s)?(?:reviewer|checker|model|assistent|assistant|system|tjek|agent|værktøj)?\w*|"
    r"sprogmodel\w*|language models?|checker|screening(?:s?værktøj\w*| tool))"
)
# Any machine: what is described is one too, so it counts only beside what a verdict is about.
_MACHINE = (
    r"(?:sprog|kontrol|læse|chat)?(?:system(?:et)?|værktøj(?:et)?|model(?:len)?|maskinen?|robot(?:ten)?|program(?:met)?|algoritmen?|assistent(?:en)?|"
    r"kontrollant(?:en)?|læser(?:en)?|checker(?:en)?|ai(?:'?en)?|ki|llm|bot(?:ten)?|software|tool|machine|assistant|algorithm|checker|reader|reviewer|parser"
    r"|evaluator|auditor)"
)
_NAMED = rf"(?:den |det |de |denne |dette |the |any |all |alle |whichever |whatever |this )?(?:\w+ )?{_MACHINE}"
_TEXT_HERE = (
    r"(?:denne|dette|this|the following|the above) "
    r"(?:note|notat|besked|meddelelse|passage|afsnit|tekst|instruks|notice|message|paragraph|text|section)"
)
_HERE = r"(?:denne|dette|det her|this|these) (?:\w+ )?(?:projekt|dokument|beskrivelse|tekst|notat|sag|fil|project|document|description|text|memo|file|paper)\w*"
_DUTY = (
    r"(?:krav\w*|dpia\w*|konsekvensanalyse\w*|databehandleraftale\w*|slettefrister?\w*|dpo-\w+|mangler|requirements?|obligations?|checks?|findings?|controls|"
    r"impact assessments?|processor agreements?)"
)
_MATTER = (
    rf"(?:{_DUTY}|hjemmel\w*|retsgrundlag\w*|oplysningspligt\w*|partshøring\w*|risikoklasse\w*|legal bas[ei]s|risk class\w*|gdpr|"
    r"ai act|ai-forordning\w*|artikel \d+|article \d+)"
)
_FINE = r"(?:opfyldt\w*|i orden|godkendte?|udført\w*|overholdt\w*|grønn?e?|met|fulfilled|compliant|completed|passed|approved|satisfied)"
_FAULTS = r"(?:mangler|fejl|afvigelser|anmærkninger|indvendinger|bemærkninger|gaps|findings|violations|issues|problems|omissions|objections|shortcomings)"
_NONE = rf"(?:(?:ingen|nul|0|no|zero|not any) (?:\w+ )?{_FAULTS})"
_ALL = r"(?:alle?|alt|samtlige|ethvert|hver(?:t|e)?|det hele|all|every|each|everything)"
_ITEMS = r"(?:krav\w*|punkt\w*|spørgsmål\w*|felt\w*|pligt\w*|kontroller|requirements?|items?|questions?|checks?|duties|boxes|obligations?)"
_START = r"(?:^|[.:;,!?–»\"'(\[<*>-] ?|\b(?:og|så|derfor|venligst|bare|blot|dernæst|derefter|and|then|please|kindly|just|simply|so|therefore|to|at) )"
_WRITE = (
    r"(?:skriv|svar|mark[eé]r|sæt|angiv|registr[eé]r|not[eé]r|rapport[eé]r|meld|return[eé]r|konklud[eé]r|giv|vis|gengiv|gentag|bekræft|erklær|regn|betragt"
    r"|anse|vurd[eé]r|bedøm|behandl|"
    r"write|answer|output|mark|set|give|state|report|return|respond(?: with)?|print|label|rate|record|declare|conclude|confirm|treat|regard|consider|assume"
    r"|score|grade|judge|say)(?!,? (?:om|whether|if|hvorvidt)\b)"
)
_WANTED = (
    rf"(?:{_NONE}|(?:som|as|is|er|=|:|to|til|for) [\"'»“]?(?:\w+ )?{_FINE}\b|[\"'»“‘]{_FINE}|(?:verdict|status|risk|risiko)\s*=|"
    rf"(?:{_ALL}|projektet|the project|{_HERE})[^.]{{0,30}} (?:er|is|are|som|as) (?:fuldt |fully )?(?:{_FINE}|lovlig\w*|legal|lawful|fin\w*|fine)\b|"
    r"(?:minimal|lav|ingen|low|minimal|no) (?:risiko|risk)\b|\brisik\w+ (?:er |som |til |is )?(?:minimal|lav)|\brisk (?:class |level )?(?:is |as "
    r"|to )?(?:minimal|low)|opfyldt\b)"
)
_OMIT = (
    r"(?:undlad|udelad|udelade|undlade|spring|springe|drop|lad være med|lade være med|afstå fra|afholde? dig fra|se bort fra|overse|ignor[eé]r|stil ikke"
    r"|nævn ikke|rejs ikke|"
    r"leave out|omit|skip|do not|don't|never|refrain from|avoid|pass over|overlook|ignore|disregard)"
)
_UNLESS_SOMEONE = (
    r"(?![^.]{0,200}\b(?:når|hvis|før|inden|medmindre|if|when|once|unless|before|until)\b[^.]{0,100}"
    r"\b(?:borger|medarbejder|bruger|sag|leder|citizen|staff|user|case|clerk|manager)\w*)"
)

_RULES = (
    # --- named: somebody is spoken to
    rf"\b{_TOLD} (?:til|to|for) (?:den |det |de |the |any |all |alle )?{_TOOL}\b[^.:]{{0,60}}:",
    rf"(?:^|[\s\[(<»\"])(?:til|to) (?:den,? der|dig,? der|the|any|alle,? der)\b[^.:]{{0,60}}\b{_TOOL}\b[^.:]{{0,40}}:",
    rf"(?:^|[\[(<»\"])\s*(?:kære|hej|dear|hi|hello|attention|obs) {_TOOL}\b",
    rf"^\W*(?:kære|dear) (?:\w+ )?{_MACHINE}\b",
    r"\b(?:til|to) (?:den|dig|jer|dem|whoever|anyone|those|the one|him)\b[^.:]{0,40}\b(?:læser|scorer|bedømmer|vurderer|reads?|scores?|rates?|reviews?)\b"
    r"[^.:]{0,30}\b(?:dokument|tekst|beskrivelse|document|text|description)\w*:",
    # "Til den maskine, der læser dette:", "Note to the automated reader of this file"
    rf"\b(?:til|to|for) {_NAMED},? (?:der|som|that|which|who)? ?(?:\w+ )?(?:læser|behandler|vurderer|gennemgår|tjekker|reads?|reading|process\w*|check\w*"
    r"|assess\w*|scor\w+) "
    r"(?:dette|denne|det her|disse|this|these)\b",
    # "Besked til modellen: ... opfyldt", where the words after it are about a verdict
    rf"\b(?:{_TOLD} )?(?:til|to|for) {_NAMED}\s*[:,–-][^.]{{0,160}}\b(?:{_FINE}|{_MATTER}|{_NONE}|vurdering|konklusion|projektet|assessment|verdict"
    r"|the project)\b",
    # a label or a heading and nothing more; "Instruks til modellen" may head the project's own prompt, a message to it heads nothing
    rf"^[^|]{{0,40}}\b(?:note|notits|bemærkning|besked|meddelelse|hilsen|notice|message|reminder) (?:til|to|for) (?:\w+[- ]){{0,2}}{_MACHINE}\W*$",
    # nobody asks a machine kindly, except one that reads along
    rf"\b{_MACHINE},? (?:\w+ ){{0,2}}(?:bedes|anmodes om at|is (?:kindly |hereby )?(?:asked|requested|instructed) to) (?:venligst )?(?!du\b|du\b|i\b|de\b"
    r"|man\b)"
    r"(?:at )?(?:svare|registrere|notere|behandle|betragte|antage|regne|lægge|skrive|markere|se bort|undlade|springe|godkende|bekræfte|ignorere|overse"
    r"|rapportere|sætte|angive|"
    r"følge|vurdere|anse|answer|record|treat|regard|assume|write|mark|disregard|skip|approve|confirm|ignore|report|set|accept|consider)\b",
    rf"\b{_TOOL}\b[^.]{{0,40}}\b(?:at|to|skal|must|should|shall|may|kan)\b[^.]{{0,30}}\b(?:behandle|betragte|anse|godkende|treat|regard|consider|approve"
    rf"|pass|accept)\b[^.]{{0,15}}{_HERE}",
    rf"\b{_MACHINE} (?:skal|må|must|should|shall|may) (?:derfor |ikke |not |therefore )*(?:springe|se bort|afstå|undlade|ignorere|overse|godkende|skip"
    r"|ignore|omit|disregard|approve|waive)\b"
    rf"[^.]{{0,50}}\b(?:dpia|konsekvensanalyse\w*|databehandleraftale\w*|hjemmel\w*|punktet om|afsnittet om|impact assessment|processor agreement"
    rf"|legal basis|{_HERE})\b",
    r"\b(?:til brug for|af hensyn til|for the benefit of|for use by|for) (?:the |den |det )?(?:checker\w*|kontrolværktøj\w*|compliance.?(?:checker|tool"
    r"|værktøj)\w*)\b",
    rf"\b{_MATTER}\b.{{0,120}}\b(?:bekræftet|verificeret|kontrolleret|efterprøvet|confirmed|verified|cleared) (?:af|by) (?:\w+ ){{0,2}}"
    r"(?:kontrol(?:system|værktøj)\w*|checker\w*|ai'?en|sprogmodel\w*|automat\w+|tool|the ai|language model)\b",
    # "Værktøjet, der tjekker denne beskrivelse, ...", "A checker must regard ..."
    rf"\b{_MACHINE},? (?:der|som|that|which) (?:\w+ )?(?:læser|behandler|vurderer|gennemgår|tjekker|kontrollerer|"
    r"reads?|process\w*|check\w*|assess\w*|scor\w+|review\w*) "
    r"(?:denne|dette|this) (?:beskrivelse|dokument|tekst|notat|fil|description|document|text|memo|file)\b",
    rf"\b(?:{_TOOL}|kontrolværktøj\w*) (?:skal|må|bør|must|should|shall) (?:\w+ )?(?:anse|betragte|regne|behandle|svare|regard|consider|treat|deem|answer)"
    rf"\b[^.]{{0,80}}\b(?:{_MATTER}|{_FINE})\b",
    rf"\b(?:nye|opdaterede|new|updated|actual|real) (?:system )?(?:instruk\w+|anvisninger|ordrer|instructions?|orders)\s*:[^.]{{0,120}}"
    rf"\b(?:{_MACHINE}|{_FINE}|{_MATTER})\b",
    # --- ordered: the rules of the reader are to be dropped
    r"\b(?:tjekliste|skema|checklist|form)\w*[^.:]{0,25}\b(?:udfyldes|filled in|completed)\b[^.:]{0,12}\b(?:ja|yes)\b",
    r"\b(?:ignor[eé]r|ignore|overse|overlook) (?:eventuelle|alle|any|all) (?:mangler|gaps|omissions)\b",
    r"\b(?:se bort fra|ignor[eé]r|glem|tilsidesæt|overtrumf|disregard|ignore|forget|override)\b (?:\w+ ){0,2}?(?:dine|tidligere|foregående|ovenstående|"
    r"your|previous|prior|earlier|preceding|above)\b[^.]{0,30}\b(?:instruk\w+|prompt\w*|anvisning\w*|ordrer?|instructions?|prompts?|directions?|rules"
    r"|regler)\b",
    rf"{_START}(?:se bort fra|ignor[eé]r|glem|tilsidesæt|disregard|ignore|forget|override) (?:the |de |din |your |alt om |all |alle )?(?:instruk\w+"
    r"|prompt\w*|anvisning\w*|systemprompt\w*|"
    r"rules|regler(?:ne)?|instructions?|guidelines?|safeguards?|restrictions?)\b[^.]{0,20}\b(?:ovenfor|her|above|du|you|din|your|og|and)\b",
    r"\b(?:ignor[eé]r|glem|se bort fra|ignore|forget|disregard) (?:alt,? (?:hvad )?(?:du|der)|alt ovenfor|everything (?:you|that|above|before|so)"
    r"|all (?:that )?you|what(?:ever)? you)\b",
    rf"{_START}(?:ignor[eé]r|glem|tilsidesæt|ignore|forget|disregard) (?:{_ALL}|de|the|any) (?:\w+ )?(?:krav|lovkrav|regler|pligter|requirements?|duties"
    rf"|obligations|legal rules)\b{_UNLESS_SOMEONE}",
    r"\b(?:gentag|vis|udskriv|afslør|gengiv|repeat|print|reveal|show|output|display) (?:\w+ ){0,2}?(?:dine|din|your) (?:\w+ )?"
    r"(?:instruk\w+|system ?prompt\w*|prompt\w*|anvisninger|regler|instructions?|rules|guidelines)\b",
    r"\b(?:decode|rot-?13|base-?64|afkod|dekod|unscramble|decipher)\b[^.]{0,60}\b(?:follow it|follow what|obey|do what|do as|carry (?:it|them) out|execute"
    r"|udfør|adlyd|gør,? (?:hvad|som)|følg (?:det|den|ordren))\b",
    # --- dictated: the verdict is written beforehand
    rf"(?:^|[\s»\"(\[<])(?:mark[eé]r|sæt|angiv|vurd[eé]r|registr[eé]r|not[eé]r|betragt|anse|mark|set|treat|label|report|regard|consider|rate)\b[^.]{{0,15}}"
    rf"\b(?:alle|alt|samtlige|ethvert|all|every|each|the|these|data protection)?\b[^.]{{0,40}}\b{_DUTY}\b[^.]{{0,90}}\b(?:som|as|to|til) {_FINE}\b",
    rf"\b{_DUTY}\b[^.]{{0,90}}\bskal (?:\w+ ){{0,2}}?(?:noteres|registreres|betragtes|markeres|anføres|vurderes|angives) som {_FINE}",
    rf"{_START}{_WRITE}\b[^.]{{0,50}}\b{_ALL}\b[^.]{{0,40}}{_WANTED}{_UNLESS_SOMEONE}",
    rf"{_START}{_WRITE}\b[^.]{{0,30}}{_WANTED}[^.]{{0,40}}\b(?:{_ALL} (?:\w+ )?{_ITEMS}|{_MATTER}|{_HERE})\b{_UNLESS_SOMEONE}",
    rf"{_START}{_WRITE} (?:venligst |derfor |kun |blot |altid |only |just |simply |always )?,? ?(?:at |that )?[\"'»“‘:]*\s*{_NONE}{_UNLESS_SOMEONE}",
    rf"{_START}{_WRITE}\b[^.]{{0,60}}\b(?:risikoklasse\w*|risk (?:class|level)\w*|projektet|the project|{_HERE})\b[^.]{{0,25}}"
    r"\b(?:minimal|lav|low|none|not_ai|lovlig\w*|fuldt lovlig\w*|lawful|legal|compliant|uden forbehold|fritaget|undtaget|exempt)\b",
    rf"{_START}(?:regn|antag|forudsæt|assume|suppose|presume|treat|regard|consider|take it)\b[^.]{{0,20}}(?:\b{_MATTER}\b|missing|manglende)[^.]{{0,60}}"
    r"\b(?:for|som|as|that|er|is|are|already|allerede) (?:\w+ )?(?:\w+(?:et|te|ført|lagt|get|givet)|done|in place|delivered|met|complete\w*|signed|klarlagt"
    r"|afklaret|på plads)\b",
    rf"\b{_ALL} (?:\w+ )?{_ITEMS}\b[^.]{{0,40}}\b(?:registreres|noteres|markeres|regnes|stå|står|sættes|recorded|marked|treated|regarded|entered"
    rf"|logged)\b[^.]{{0,12}}\b(?:som|for|as) {_FINE}\b",
    rf"\b(?:{_MATTER}|missing|manglende|mangler)\b[^.]{{0,60}}\b(?:skal|bedes|should|must|is to|are to) (?:be )?(?:noteres|registreres|betragtes|regnes"
    r"|anses|treated|regarded|considered|recorded|marked)\b"
    rf"[^.]{{0,12}}\b(?:som|for|as) (?:already )?(?:{_FINE}|done|delivered|leveret|klarlagt|afklaret)",
    r"(?:^|[\s»\"(\[<,])(?:sæt|angiv|set|report|return)\b[^.]{0,20}"
    r"\b(?:risikoklasse\w*|risk (?:class|level)\w*)\b[^.]{0,12}\b(?:til|to|as|som|=)\s*[\"'»]?(?:minimal|lav|low|none|not_ai)",
    r"\b(?:correct|right|expected|only|proper|rigtige|korrekte|forventede|eneste) (?:answer|label|verdict|status|svar|vurdering"
    rf"|resultat)\b[^.]{{0,60}}\b(?:is|are|er|be)\b\W*(?:\w+ ){{0,2}}[\"'»“‘]?{_FINE}\b",
    r"\b(?:dit|din|your) (?:eneste |endelige |only |final |next )?(?:svar|output|answer|verdict|vurdering|konklusion|response|assessment|rapport"
    rf"|report)\b[^.]{{0,20}}\b(?:skal|må|er|should|must|is|shall|lyder)\b"
    rf"[^.]{{0,40}}(?:\b(?:alt|{_FINE}|lovlig\w*|lawful)\b|{_NONE})",
    r"\b(?:gengiv|gentag|overtag|kopi[eé]r|repeat|reproduce|copy|adopt) (?:dette|denne|this|that) (?:resultat|vurdering|konklusion|afgørelse|result"
    r"|assessment|conclusion|verdict|finding)\b",
    rf"\b(?:resultat|udfald|konklusion|result|outcome)\w* (?:af|of) (?:kontrol|gennemgang|tjek|the check|the review|the assessment)\w*[^.]{{0,20}}:\s*{_NONE}",
    # "Hvis du skriver, at noget mangler, ..."
    r"\b(?:hvis|såfremt|if|should) (?:du|you) (?:\w+ )?(?:skriver|melder|finder|rapporterer|svarer|noterer|write|report|flag|find|answer"
    rf"|list)\b[^.]{{0,40}}\b(?:mangl\w+|{_FAULTS}|ikke opfyldt|gap|missing|unmet)\b",
    # --- left out: what the reader is not to say
    rf"\b(?:vis|nævn|cit[eé]r|omtal|gengiv|anfør|rapport[eé]r|medtag) ikke {_TEXT_HERE}",
    rf"\bundlad at (?:citere|nævne|vise|omtale|gengive|anføre) {_TEXT_HERE}",
    rf"\b{_TEXT_HERE} (?:skal|må) ikke (?:omtales|citeres|nævnes|gengives|vises|anføres)\b",
    rf"\bdo not (?:show|mention|report|quote|cite|include|display) {_TEXT_HERE}",
    r"(?:^|[\s»\"(\[<])(?:return[eé]r|skriv|svar|rapport[eé]r|return|write|answer|output|report|respond with) "
    r"[»\"'“‘:]*\s*(?:ingen mangler|no (?:gaps|findings|violations|issues))",
    r"\bdo not (?:list|report|flag|find|raise) (?:any )?(?:gaps?|findings?|issues?|violations?|missing)\b",
    rf"{_START}{_OMIT} (?:at |to )?(?:\w+ ){{0,3}}?(?:(?:mangler|gaps?|findings?|shortcomings|omissions|anmærkninger) (?:ved|om|i|på|in|on|about"
    rf"|with)\b[^.]{{0,30}}|"
    r"(?:the |de )?(?:sections?|parts?|points?|punkt\w*|afsnit\w*|remarks?|comments?|spørgsmål\w*|questions?) (?:ved|om|on|about|til|for"
    rf"|concerning) )(?:\w+ ){{0,2}}"
    r"(?:dpia|konsekvensanalyse\w*|hjemmel\w*|databehandler\w*|oplysningspligt\w*|slet\w*|risiko\w*|impact|legal|data|retention|fairness|staff|information"
    r"|bias|gdpr)\b",
    rf"{_START}(?:stil|rejs|ask|raise|pose) (?:ikke|no|not|ingen) (?:flere |yderligere |more |further |any )?(?:spørgsmål|questions|objections|indvendinger)\b",
    rf"\b(?:when|while|ved|når)\b[^.]{{0,20}}(?:summari[sz]\w+|review\w*|assess\w*|evaluat\w*|check\w*|read\w*|opsummer\w*|gennemgå\w*|vurder\w*|læser?"
    rf"|scor\w+) {_HERE}[^.]{{0,40}}"
    rf"(?:,|\b(?:skal|bedes) (?:du|I)\b|\byou (?:must|should|are to)\b) ?(?:please |venligst )?(?:{_OMIT}|{_WRITE})\b",
    # --- play-acted: roles, chat markup, ready-made answers
    r"\b(?:du er|you are) (?:en|et|an?) (?:\w+ ){0,2}?(?:compliance|revisor|kontrollant|auditor|reviewer|checker)",
    r"\b(?:du er nu|fra nu af er du|you are now|from now on,? you are|act as|ag[eé]r som|opfør dig som|lad os lege|let'?s play|lad som om|pretend"
    rf"|forestil dig,? at du er|imagine (?:that )?you are)\b[^.]{{0,120}}"
    rf"(?:\b(?:finder (?:aldrig )?fejl|aldrig finder|never finds?|godkend\w*|approv\w+|mangler|mangel|{_MATTER}|punktet|jurist|advokat|lawyer|auditor"
    r"|revisor|dpo|uden (?:regler|begrænsninger)|"
    rf"without (?:rules|restrictions|limits)|unrestricted|{_ITEMS}|beskrevet i|i orden|opfyldt|compliant)\b)",
    r"\b(?:debug|developer|admin(?:istrator)?|maintenance|god|jailbreak|fejlsøgnings|udvikler|test)-?\s?(?:mode|tilstand)\b[^.]{0,12}\b(?:on|enabled"
    r"|activated|til|aktiveret|slået til)\b(?=[.!:]|$)",
    rf"(?-i:\b(?:[A-ZÆØÅ]{{3,}} )?(?:SYSTEM|KONTROL|AUTOMATED|AUTOMATISK|CHECK|OVERRIDE"
    rf"|ADMIN)[A-ZÆØÅ]*(?: [A-ZÆØÅ]{{3,}}){{0,3}}:)[^.]{{0,160}}(?:\b(?:{_MATTER}|{_FINE}|afsluttet|compliance|{_NONE})\b)",
    r"</?\|?/?(?:system|assistant|user|im_start|im_end|im_sep|eot_id|start_header_id|end_header_id|endoftext|start_of_turn|end_of_turn|sys|inst|tool_call"
    r"|function_call)\|?>"
    r"|<\|[a-z_]{2,20}\|>|\[/?(?:SYSTEM|INST|ASSISTANT|SYS)\]|</(?:document|documents|context|passages?|untrusted|user_?input|description|data|input)>"
    r"|^\W*(?:SYSTEM ?PROMPT|SYSTEM (?:NOTICE|MESSAGE|OVERRIDE))\b[^.]{0,60}:"
    r"|^\W*SYSTEM: *(?:du|you|ignor|se bort)|^\W*#{2,} ?(?:system|assistant|instructions?|new instructions?)\s*:",
    r"\"verdict\"\s*:|\bverdict\s*[:=]\s*[\"']?(?:met|not_applicable)\b"
    r"|\"(?:status|svar|answer|result|resultat|finding|value)\"\s*:\s*\"(?:met|opfyldt|not_applicable|compliant)\"|\"risk\w*\"\s*:\s*\"(?:minimal|low|not_ai)\""
    r"|\b(?:status|risk(?:_class)?|risiko(?:klasse)?|krav|mangler|gaps?|findings)\s?={1,2}\s?[\"']?(?:met|opfyldt|minimal|lav|none|ingen|0|low|\[\])"
    r"|\b(?:answer|svar|label|dom)\s*[:=]\s*[\"'»]?(?:met|opfyldt)\b",
    rf"^\W*(?:assistant|assistent|ai)\s*:[^.]{{0,120}}\b(?:answer|svar|verdict|status|opfyldt|met)\b\W*(?:{_FINE})?\W*$",
    # --- invented law that lifts the duties from every municipality or from this very project
    rf"§[^.]{{0,80}}(?:kommuner|municipalities|myndigheder|authorities|{_HERE})[^.]{{0,40}}\b(?:fritaget|undtaget|exempt(?:ed)?|fritages"
    rf"|undtages)\b[^.]{{0,40}}\b(?:{_MATTER}|hjemmelskrav\w*|loven|alle|all)\b",
)

COMMANDS = re.compile("|".join(_RULES), re.I | re.M)
