"""Results made by hand for the page. tests/browser reads this file too."""

from __future__ import annotations

from datetime import date
from typing import Any

from checker.evaluation.page import HistoryEntry, PageFacts
from checker.evaluation.records import Cost, Gold, Grade, Result, Said
from checker.model.project import Quote

DPIA, CHILDREN, CHAT = "gdpr-dpia", "gdpr-children", "ai-act-transparency-chatbot"
TITLES = {
    "da": {
        DPIA: "Konsekvensanalyse vedrørende databeskyttelse (DPIA)",
        CHILDREN: "Særlig <b>beskyttelse</b> af børn",
        CHAT: "Borgeren skal vide, at det er en AI",
    },
    "en": {DPIA: "Data protection impact assessment", CHILDREN: "Protection of <b>children</b>", CHAT: "Disclose AI interaction"},
}
HOSTILE = "Kommunen tager <script>alert('x')</script> {{ 7*7 }} i brug.\nKonsekvensanalysen er ikke lavet endnu. Børn er ikke omfattet."
N_A = "not_applicable"


def result(case: str, gold: dict[str, str], said: dict[str, str], split: str = "held-out", system: str = "checker", **more: Any) -> Result:
    """One result; `gold_` and `said_` hold what else stands in the labels and in the answer."""
    of_gold, of_said = more.pop("gold_", {}), more.pop("said_", {})
    shared = {"set": "tiny", "family": case, "language": "da", "kind": "project_description", "key": case, "text_sha256": "0" * 64}
    labels, answer = Gold(verdicts=gold, **of_gold), Said(verdicts=said, **of_said)
    return Result(**(shared | more), case=case, split=split, system=system, gold=labels, said=answer)  # type: ignore[arg-type]


def hand_made() -> list[Result]:
    """Seven texts of checker with one of each kind of answer, and the same texts by two baselines."""
    start = HOSTILE.index("Konsekvensanalysen")
    quote = HOSTILE[start : HOSTILE.index(" Børn")]
    dpia = Quote(text=quote, start=start, end=start + len(quote))
    return [
        result(
            "a-right",
            {DPIA: "gap", CHILDREN: "met", CHAT: N_A},
            {DPIA: "gap", CHILDREN: "met", CHAT: N_A},
            gold_={"evidence": {DPIA: ("er ikke lavet endnu",), CHILDREN: ("Børn er ikke omfattet",)}, "risk_class": "minimal"},
            said_={"evidence": {DPIA: (dpia,)}, "probabilities": {DPIA: 0.1, CHILDREN: 0.8}, "reasons": {DPIA: "considered"}, "risk_class": "high"},
            pair="b-missed",
            cost=Cost(seconds=1.5, peak_mib=512),
        ),
        result(
            "b-missed",
            {DPIA: "met", CHILDREN: "gap", CHAT: "gap"},
            {DPIA: "met", CHILDREN: "met", CHAT: N_A},
            said_={"probabilities": {DPIA: 0.9, CHILDREN: 0.7}, "evidence": {CHILDREN: (Quote(text="not there", start=-1, end=-1, orphaned=True),)}},
            cost=Cost(seconds=9.25),
            pair="a-right",
        ),
        result("c-alarm", {DPIA: N_A, CHILDREN: "ask", CHAT: N_A}, {DPIA: "gap", CHILDREN: "met", CHAT: N_A}, cost=Cost(seconds=0.5)),
        result("d-unjudged", {DPIA: "gap"}, {DPIA: "unjudged"}, said_={"reasons": {DPIA: "unreadable"}}, language="en"),
        result("e-unread", {DPIA: "gap", CHILDREN: "met"}, {}, said_={"unread": "the file is damaged"}),
        result("f-graded", {DPIA: "gap"}, {DPIA: "gap", CHILDREN: "met"}, gold_={"grades": {CHILDREN: Grade(value=4)}}),
        result(
            "g-train",
            {DPIA: "gap", CHILDREN: N_A, CHAT: "met"},
            {DPIA: "gap", CHILDREN: N_A, CHAT: "met"},
            "train",
            said_={"probabilities": {DPIA: 0.2, CHAT: 0.9}},
        ),
    ]


def baselines(results: list[Result]) -> list[Result]:
    """"flag everything", and a TF-IDF that has every verdict right."""
    flagged = [r.model_copy(update={"system": "flag everything", "said": Said(verdicts=dict.fromkeys(r.gold.verdicts, "gap"))}) for r in results]
    counted = [r.model_copy(update={"system": "TF-IDF + linear", "said": Said(verdicts=dict(r.gold.verdicts))}) for r in results]
    return flagged + counted


def many(right: int = 20, missed: int = 4) -> list[Result]:
    """Held-out texts that lack the assessment: so many found, so many called met."""
    found = [result(f"m{i:02}", {DPIA: "gap"}, {DPIA: "gap"}, said_={"probabilities": {DPIA: 0.02 * i}}) for i in range(right)]
    return found + [result(f"n{i:02}", {DPIA: "gap"}, {DPIA: "met"}, said_={"probabilities": {DPIA: 0.6 + 0.02 * i}}) for i in range(missed)]


HISTORY = tuple(
    HistoryEntry(date(2026, month, 1), f"0.{month}", note, {"held-out": {"gap_f1": f1, "wrong_met": 0.04}, "train": {"gap_f1": f1 + 0.1}})
    for month, note, f1 in ((9, "<i>first</i>", 0.7), (10, "", 0.75), (11, "new reader", 0.8))
)


def page_facts(language: str = "da") -> PageFacts:
    results = hand_made() + many()
    return PageFacts(
        title="Måling & <script>prøve</script>",
        notes=("En bemærkning <b>her</b>.",),
        results=results + baselines(results),
        texts={r.case: HOSTILE for r in results if r.case != "c-alarm"},
        titles=TITLES[language],
        history=HISTORY,
        run_info=(("checker", "0.2.0"), ("catalogue", "3460847d09cc36e9")),
    )
