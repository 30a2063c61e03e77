"""A person labels one text, requirement by requirement. The tool's answer stays hidden until theirs is given.

All questions go through `Form`, so that the walk is tested without a terminal. What was seen of the tool is written down: from
then on a first answer is never overwritten, because an answer given with the tool's in view is no second opinion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from checker.errors import CheckerError
from checker.evaluation.labels.files import RISK, RISK_CLASSES, LabelFile, Revision
from checker.evaluation.labels.sheet import (
    HELP,
    KEYS,
    WORDS,
    Form,
    Reveal,
    Sheet,
    Tool,
    ToolSays,
    fact_value,
    listed,
    numbers_of,
    numbers_wanted,
    picked,
)
from checker.model.law import Fact, Requirement
from checker.model.report import FactReading
from checker.model.truth import Truth
from checker.scope import Scope


def label(sheet: Sheet, labels: LabelFile, form: Form, keep: Callable[[LabelFile], object], tool: Tool) -> tuple[LabelFile, bool]:
    """Walks a labeller through one text, from the first open question on.

    Args:
        keep: called after every answer with all there is; whatever happens next, it is written.
        tool: the tool's answers; called once, when the first is to be shown.

    Returns:
        What was answered (`finished` is set when nothing is open), and whether the labeller stopped.
    """
    walk = _Walk(sheet, labels, form, keep, tool)
    try:
        walk.run()
    except _Stop:
        form.show("Gemt. Kør samme kommando for at fortsætte. / Kept. Run the same command to go on.")
        return walk.labels, True
    return walk.labels, False


class _Stop(Exception):
    pass


class _Back(Exception):
    pass


class _Walk:
    def __init__(self, sheet: Sheet, labels: LabelFile, form: Form, keep: Callable[[LabelFile], object], tool: Tool) -> None:
        self.sheet, self.labels, self.form = sheet, labels, form
        self._keep, self._tool = keep, tool
        self._said: Mapping[str, ToolSays] | None = None
        self._steps = (*sheet.catalogue.core, RISK, *(sheet.catalogue.facts if sheet.with_facts else ()))

    def run(self) -> None:
        at = next((i for i, step in enumerate(self._steps) if self._open(step)), len(self._steps))
        if at < len(self._steps):
            self.form.show(self.sheet.text())
            self.form.show(HELP)
            if at:
                self.form.show(f"{at} af/of {len(self._steps)} er besvaret / are answered.")
        while at < len(self._steps):
            try:
                if self._asked(self._steps[at]):
                    self._step(at)
                at += 1
            except _Back:
                at = next((i for i in range(at - 1, -1, -1) if self._asked(self._steps[i])), 0)
        if self.labels.finished is None:
            self._put(finished=datetime.now(UTC).replace(microsecond=0))
        if self.sheet.reveal is Reveal.END:
            self._reveal_all()

    # --- which questions there are

    def _open(self, step: str) -> bool:
        if step == RISK:
            return not self.labels.risk_class
        if step in self.sheet.catalogue.requirements:
            return step not in self.labels.verdicts
        return step not in self.labels.facts and self._asked(step)

    def _asked(self, step: str) -> bool:
        """A fact is not asked while its `ask_when` is no on the answers so far (rule 3 of the labelling guide)."""
        spec = self.sheet.catalogue.facts.get(step)
        if spec is None or spec.ask_when is None:
            return True
        c = self.sheet.catalogue
        sheet = {f: FactReading(fact=f, value=v, origin="answered") for f, v in self.labels.facts.items()}
        return Scope(c.facts, c.derived, c.criteria, sheet).truth(spec.ask_when) is not Truth.NO

    def _step(self, at: int) -> None:
        step = self._steps[at]
        place = f"[{at + 1} af/of {len(self._steps)}]"
        if step in self.sheet.catalogue.facts:
            self._fact(place, self.sheet.catalogue.facts[step])
            return
        if step in self.labels.seen:
            self.form.show(f"{place} {self._name(step)}")
            self._second_thought(step, always=True)
            return
        if step == RISK:
            self._risk(place)
        else:
            self._requirement(place, self.sheet.catalogue.requirements[step])
        if self.sheet.reveal is Reveal.EACH:
            self._reveal(step)

    # --- asking

    def _ask(self, prompt: str) -> str:
        answer = self.form.ask(prompt)
        if answer is None or answer.strip().lower() == "q":
            raise _Stop
        if answer.strip().lower() == "b":
            raise _Back
        return answer.strip()

    def _choose(self, prompt: str, read: Callable[[str], str | None], kept: bool, wrong: str) -> str:
        """Asks until the answer is one of the choices. Empty keeps an answer that is there."""
        while True:
            answer = self._ask(prompt)
            if answer.lower() == "t":
                self.form.show(self.sheet.text())
            elif answer == "?":
                self.form.show(HELP)
            elif not answer and kept:
                return ""
            elif (chosen := read(answer.lower())) is not None:
                return chosen
            else:
                self.form.show(wrong)

    def _requirement(self, place: str, spec: Requirement) -> None:
        language = self.sheet.language
        self.form.show(
            f"\n{place} {spec.title.get(language)} ({spec.id})\n"
            f"  Gælder når / applies when: {self.sheet.applies(spec)}\n"
            f"  Opfyldes af / fulfilled by: {spec.fulfilled_when}\n"
            f"  Ikke nok / not enough: {spec.not_evidence}\n"
            f"  Spørgsmål / question: {spec.question.get(language)}"
        )
        while True:
            given = self.labels.verdicts.get(spec.id)
            if given:
                self.form.show(f"  Dit svar / your answer: {WORDS[given]} (Enter: behold / keep)")
            verdict = self._choose("g/m/a/n > ", KEYS.get, bool(given), "Svar g, m, a eller n (? hjælp). / Answer g, m, a or n (? help).")
            if not verdict:
                return
            try:
                self._answer(spec.id, verdict, self._evidence(verdict))
                self._remark(spec.id)
                return
            except _Back:
                continue  # back from evidence or remark is to the verdict of the same requirement

    def _answer(self, requirement: str, verdict: str, evidence: tuple[str, ...]) -> None:
        found = {k: v for k, v in self.labels.evidence.items() if k != requirement} | ({requirement: evidence} if evidence else {})
        remarks = {k: v for k, v in self.labels.remarks.items() if k != requirement}
        self._put(verdicts=self.labels.verdicts | {requirement: verdict}, evidence=found, remarks=remarks)

    def _evidence(self, verdict: str) -> tuple[str, ...]:
        """The sentences that carry the answer: at least one for `met`, any for `gap`, none for the others."""
        if verdict not in ("met", "gap"):
            return ()
        ending = "" if verdict == "met" else ", Enter: ingen / none"
        while True:
            answer = self._ask(f"Sætning nr. / sentence no. (3 5-7{ending}) > ")
            if answer.lower() == "t":
                self.form.show(self.sheet.text())
                continue
            numbers = numbers_of(answer, len(self.sheet.sentences))
            if numbers is None:
                self.form.show(f"Skriv numre fra 1 til {len(self.sheet.sentences)}. / Write numbers from 1 to {len(self.sheet.sentences)}.")
            elif not numbers and verdict == "met":
                self.form.show("Det, der er på plads, skal stå i teksten: nævn mindst én sætning. / What is met stands in the text: name a sentence.")
            else:
                return tuple(self.sheet.sentences[n - 1].text for n in numbers)

    def _remark(self, requirement: str) -> None:
        remark = self._ask("Bemærkning / remark (Enter: ingen / none) > ")
        if remark:
            self._put(remarks=self.labels.remarks | {requirement: remark})

    def _risk(self, place: str) -> None:
        self.form.show(f"\n{place} {self._name(RISK)}\n{listed(RISK_CLASSES)}")
        if self.labels.risk_class:
            self.form.show(f"  Dit svar / your answer: {WORDS[self.labels.risk_class]} (Enter: behold / keep)")
        chosen = self._choose(f"1-{len(RISK_CLASSES)} > ", lambda a: picked(a, RISK_CLASSES), bool(self.labels.risk_class), numbers_wanted(RISK_CLASSES))
        if chosen:
            self._put(risk_class=chosen)

    def _fact(self, place: str, spec: Fact) -> None:
        options = spec.values if spec.type == "enum" else ("ja / yes", "nej / no")
        several = " (flere: 1 3)" if spec.multi else ""
        self.form.show(f"\n{place} {spec.label.get(self.sheet.language)} ({spec.id})\n  {spec.question.get(self.sheet.language)}\n{listed(options)}")
        given = self.labels.facts.get(spec.id)
        kept = f" [{given}]" if given is not None else ""
        wrong = f"{numbers_wanted(options)} u: teksten afgør det ikke / the text does not settle it."
        answer = self._choose(f"1-{len(options)}{several}, u{kept} > ", lambda a: a if fact_value(a, spec) is not None else None, given is not None, wrong)
        value = fact_value(answer, spec) if answer else given
        if value is not None:
            self._put(facts=self.labels.facts | {spec.id: value})

    # --- the tool's answers, only after theirs

    def _tool_says(self, step: str) -> ToolSays | None:
        if self._said is None:
            self.form.show("  (værktøjet læser / the tool reads …)")
            try:
                self._said = self._tool()
            except CheckerError as error:
                self.form.show(f"  Værktøjet har intet svar / the tool has no answer: {error}")
                self._said = {}
        return self._said.get(step)

    def _reveal(self, step: str) -> None:
        if self._tool_says(step) is None:
            return
        if step not in self.labels.seen:
            self._put(seen=(*self.labels.seen, step))  # before it is shown: whoever stops now has seen it
        self._second_thought(step)

    def _reveal_all(self) -> None:
        """After the whole text: only where the tool says otherwise is there something to think over."""
        steps = [s for s in (*self.sheet.catalogue.core, RISK) if s not in self.labels.seen and not self._open(s)]
        said = {s: found for s in steps if (found := self._tool_says(s)) is not None}
        same = tuple(s for s in said if said[s].verdict == self.labels.settled(s))
        if same:
            self._put(seen=(*self.labels.seen, *same))
            self.form.show(f"Værktøjet siger det samme om {len(same)} af {len(said)}. / The tool says the same of {len(same)} of {len(said)}.")
        differ, at = [s for s in said if s not in same], 0
        while at < len(differ):
            step = differ[at]
            self.form.show(f"\n{self._name(step)}: {WORDS[self.labels.settled(step)]}")
            try:
                self._second_thought(step, always=True) if step in self.labels.seen else self._reveal(step)
                at += 1
            except _Back:
                at = max(at - 1, 0)

    def _second_thought(self, step: str, always: bool = False) -> None:
        """Shows the tool's answer; asks whether it changes the labeller's mind where the two differ (`always`: where they came back)."""
        said, own = self._tool_says(step), self.labels.settled(step)
        if said is not None:
            self.form.show(
                f"  Værktøjet / the tool: {WORDS.get(said.verdict, said.verdict)}{f' - {said.reason}' if said.reason else ''}"
                + "".join(f"\n    »{' '.join(p.split())}«" for p in said.passages)
            )
        if not always and (said is None or said.verdict == own):
            return
        read = (lambda a: picked(a, RISK_CLASSES)) if step == RISK else KEYS.get
        keys = f"\n{listed(RISK_CLASSES)}\n1-{len(RISK_CLASSES)}" if step == RISK else "g/m/a/n"
        prompt = f"Dit svar / your answer: {WORDS[own]}. Enter: behold / keep; ellers / else {keys} > "
        while True:
            verdict = self._choose(prompt, read, kept=True, wrong="Tryk Enter eller vælg et svar. / Press Enter or choose an answer.")
            if not verdict or verdict == own:
                return
            try:
                self._put(revised=self.labels.revised | {step: Revision(verdict=verdict, why=self._why())})
                return
            except _Back:
                continue

    def _why(self) -> str:
        while not (why := self._ask("Hvorfor / why > ")):
            self.form.show("Skriv en grund; dit første svar bliver stående. / Give a reason; your first answer stays on record.")
        return why

    def _name(self, step: str) -> str:
        return "Risikoklasse / risk class" if step == RISK else f"{self.sheet.catalogue.requirements[step].title.get(self.sheet.language)} ({step})"

    def _put(self, **changes: object) -> None:
        self.labels = LabelFile.model_validate(self.labels.model_dump() | changes)
        self._keep(self.labels)
