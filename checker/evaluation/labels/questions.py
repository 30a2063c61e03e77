"""One question at a time: shows it, reads answers until one can be used. Knows nothing of what is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from checker.evaluation.labels.files import RISK_CLASSES
from checker.evaluation.labels.sheet import (
    FACT_HELP,
    HELP,
    RISK_HELP,
    WORDS,
    YES_NO,
    Form,
    Given,
    Sheet,
    fact_options,
    fact_value,
    fact_words,
    given_in,
    listed,
    numbers_of,
    numbers_wanted,
    picked,
)
from checker.evaluation.records import FactValue
from checker.model.law import Fact, Requirement

T = TypeVar("T")
_KEYS_WANTED = "Svar g, m, a eller n (? hjælp). / Answer g, m, a or n (? help)."
_REMARK = "remark"
_KEEP = "(Enter: behold / keep)"
CONTINUED = "Gemt. Kør samme kommando for at fortsætte. / Kept. Run the same command to go on."


class Stop(Exception):
    """q, Ctrl-C, or the end of input."""


class Back(Exception):
    """b"""


class Questions:
    def __init__(self, sheet: Sheet, form: Form) -> None:
        self.sheet, self.form = sheet, form

    def line(self, prompt: str) -> str:
        answer = self.form.ask(prompt)
        if answer is None or answer.strip().lower() == "q":
            raise Stop
        if answer.strip().lower() == "b":
            raise Back
        return answer.strip()

    def choose(self, prompt: str, read: Callable[[str], T | None], wrong: str, help: str, kept: bool = False) -> T | None:
        """Asks until the answer is one of the choices. Empty keeps an answer that is there: None."""
        while True:
            answer = self.line(prompt)
            if answer.lower() == "t":
                self.form.show(self.sheet.text())
            elif answer == "?":
                self.form.show(help)
            elif not answer and kept:
                return None
            elif (chosen := read(answer)) is not None:
                return chosen
            else:
                self.form.show(wrong)

    # --- a requirement

    def requirement(self, place: str, spec: Requirement, own: str) -> Given:
        """The verdict with its sentences and remark; `own`: the answer that is there."""
        self.requirement_shown(place, spec)
        remark = ""
        while True:
            if own:
                self.form.show(f"  Dit svar / your answer: {WORDS[own]} {_KEEP}")
            given = self.choose("g/m/a/n > ", self._given, _KEYS_WANTED, HELP, kept=bool(own)) or Given("")
            try:
                if given.verdict == _REMARK:
                    remark = given.remark or self.line("Bemærkning / remark > ")
                    if own:
                        return Given("", remark=remark)
                    continue
                return self._with_sentences(replace(given, remark=given.remark or remark))
            except Back:
                continue  # back from sentences or remark is to the verdict of the same requirement

    def requirement_shown(self, place: str, spec: Requirement) -> None:
        language = self.sheet.language
        sentence, *terms = self.sheet.applies(spec)
        self.form.show(
            f"\n{place} {spec.title.get(language)} ({spec.id})\n"
            f"  Gælder når / applies when: {sentence}\n"
            + "".join(f"      {term}\n" for term in terms)
            + f"  Opfyldes af / fulfilled by: {spec.fulfilled_when}\n"
            f"  Ikke nok / not enough: {spec.not_evidence}\n"
            f"  Spørgsmål / question: {spec.question.get(language)}"
        )

    def _given(self, line: str) -> Given | None:
        if line.lower() == "r" or line.lower().startswith("r "):
            return Given(_REMARK, remark=line[1:].strip())
        return given_in(line, len(self.sheet.sentences))

    def _with_sentences(self, given: Given) -> Given:
        """The sentences that carry the answer: at least one for `met`, any for the others; asked for with `met` and `gap`."""
        if given.numbers is None:
            self._numbers_wanted()
        elif given.numbers or given.verdict not in ("met", "gap") or (given.verdict == "gap" and given.remark):
            return given
        ending = "" if given.verdict == "met" else ", Enter: ingen / none"
        while True:
            answer, _, remark = self.line(f"Sætning nr. / sentence no. (3 5-7{ending}) > ").partition("#")
            if answer.strip().lower() == "t":
                self.form.show(self.sheet.text())
                continue
            numbers = numbers_of(answer, len(self.sheet.sentences))
            if numbers is None:
                self._numbers_wanted()
            elif not numbers and given.verdict == "met":
                self.form.show("Det, der er på plads, skal stå i teksten: nævn mindst én sætning. / What is met stands in the text: name a sentence.")
            else:
                return replace(given, numbers=numbers, remark=remark.strip() or given.remark)

    def _numbers_wanted(self) -> None:
        last = len(self.sheet.sentences)
        self.form.show(f"Skriv numre fra 1 til {last}. / Write numbers from 1 to {last}.")

    def sentences(self, numbers: tuple[int, ...] | None) -> tuple[str, ...]:
        return tuple(self.sheet.sentences[n - 1].text for n in numbers or ())

    # --- risk class and facts

    def risk(self, place: str, name: str, own: str) -> str | None:
        self.form.show(f"\n{place} {name}\n{listed(RISK_CLASSES)}")
        if own:
            self.form.show(f"  Dit svar / your answer: {WORDS[own]} {_KEEP}")
        return self.choose(f"1-{len(RISK_CLASSES)} > ", _risk, numbers_wanted(RISK_CLASSES), RISK_HELP, kept=bool(own))

    def fact(self, place: str, spec: Fact, own: FactValue | None) -> FactValue | None:
        self.fact_shown(place, spec)
        if own is not None:
            self.form.show(f"  Dit svar / your answer: {fact_words(own, self.sheet)} {_KEEP}")
        answer = self.choose(f"{fact_keys(spec)} > ", _usable(spec), fact_wanted(spec), FACT_HELP, kept=own is not None)
        return fact_value(answer, spec) if answer else None

    def fact_shown(self, place: str, spec: Fact) -> None:
        options = f"\n{listed(fact_options(spec, self.sheet))}" if spec.type == "enum" else ""
        self.form.show(f"\n{place} {spec.label.get(self.sheet.language)} ({spec.id})\n  {spec.question.get(self.sheet.language)}{options}")

    # --- a second answer

    def second(self, own: str, read: Callable[[str], T | None], keys: str, help: str) -> T | None:
        prompt = f"Dit svar / your answer: {own}. Enter: behold / keep; ellers / else {keys} > "
        return self.choose(prompt, read, "Tryk Enter eller vælg et svar. / Press Enter or choose an answer.", help, kept=True)

    def second_verdict(self, own: str) -> tuple[str, tuple[str, ...]] | None:
        def read(line: str) -> Given | None:
            given = given_in(line, len(self.sheet.sentences))
            return given if given is not None and given.numbers is not None else None

        given = self.second(WORDS[own], read, "g/m/a/n", HELP)
        return (given.verdict, self.sentences(given.numbers)) if given else None

    def second_risk(self, own: str) -> str | None:
        return self.second(WORDS[own], _risk, f"\n{listed(RISK_CLASSES)}\n1-{len(RISK_CLASSES)}", RISK_HELP)

    def second_fact(self, spec: Fact, own: FactValue) -> FactValue | None:
        answer = self.second(fact_words(own, self.sheet), _usable(spec), fact_keys(spec), FACT_HELP)
        return fact_value(answer, spec) if answer else None

    def why(self) -> str:
        while not (why := self.line("Hvorfor / why > ")):
            self.form.show("Skriv en grund; dit første svar bliver stående. / Give a reason; your first answer stays on record.")
        return why


def ready(form: Form, place: str) -> bool:
    """Waits before the next text; False where the labeller stops here."""
    answer = form.ask(f"\n{place}. Enter: begynd / begin, q: stop > ")
    while answer is not None and answer.strip().lower() not in ("", "q"):
        answer = form.ask("Enter: begynd / begin, q: stop > ")
    if answer is None or answer.strip():
        form.show(CONTINUED)
        return False
    return True


def fact_keys(spec: Fact) -> str:
    """The keys in short, beside every question."""
    if spec.type == "bool":
        return f"j/y {YES_NO[0]} · n {YES_NO[1]} · u uafklaret / not settled"
    return f"1-{len(spec.values)}{' (flere / several: 1 3)' if spec.multi else ''} · u uafklaret / not settled"


def fact_wanted(spec: Fact) -> str:
    if spec.type == "bool":
        return "Svar j, n eller u (? hjælp). / Answer y, n or u (? help)."
    return f"{numbers_wanted(spec.values)} u: teksten afgør det ikke / the text does not settle it."


def _usable(spec: Fact) -> Callable[[str], str | None]:
    return lambda answer: answer.lower() if fact_value(answer.lower(), spec) is not None else None


def _risk(answer: str) -> str | None:
    return picked(answer, RISK_CLASSES)
