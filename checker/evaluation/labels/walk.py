"""A person labels one text, requirement by requirement. The tool's answer stays hidden until theirs is given.

All questions go through `Form`, so that the walk is tested without a terminal. What was seen of the tool is written down: from
then on a first answer is never overwritten, because an answer given with the tool's in view is no second opinion. Nor is it once
the text is closed: the others' agreement may have been shown by then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from checker.errors import CheckerError
from checker.evaluation.labels.files import RISK, LabelFile, Revision
from checker.evaluation.labels.questions import CONTINUED, Back, Questions, Stop
from checker.evaluation.labels.sheet import FACT_HELP, HELP, WORDS, Form, Reveal, Sheet, Tool, ToolSays
from checker.evaluation.labels.steps import in_answer_words, is_asked, is_open, numbered, overview, steps_of
from checker.evaluation.records import FactValue

_OVERVIEW_HELP = "t vis teksten / show the text · b tilbage til sidste spørgsmål / back to the last question · q stop og gem / stop and keep"


def label(
    sheet: Sheet, labels: LabelFile, form: Form, keep: Callable[[LabelFile], object], tool: Tool, again: bool = False
) -> tuple[LabelFile, bool]:
    """Walks a labeller through one text, from the first open question on.

    Args:
        keep: called after every answer with all there is; whatever happens next, it is written.
        tool: the tool's answers; called once, when the first is to be shown.
        again: a closed text is opened for second answers; without it a closed text asks nothing that was answered.

    Returns:
        What was answered (`finished` is set when the labeller has closed the text), and whether the labeller stopped.
    """
    walk = _Walk(sheet, labels, form, keep, tool)
    try:
        walk.run(again)
    except Stop:
        form.show(CONTINUED)
        return walk.labels, True
    return walk.labels, False


class _Walk:
    def __init__(self, sheet: Sheet, labels: LabelFile, form: Form, keep: Callable[[LabelFile], object], tool: Tool) -> None:
        self.sheet, self.labels, self.form = sheet, labels, form
        self.ask = Questions(sheet, form)
        self._keep, self._tool = keep, tool
        self._said: Mapping[str, ToolSays] | None = None
        self._steps = steps_of(sheet)
        self._closed = frozenset(s for s in self._steps if labels.has(s)) if labels.finished is not None else frozenset[str]()
        self._facts_explained = False

    def run(self, again: bool) -> None:
        at = self._next_open(0)
        if at < len(self._steps):
            self._begin(at)
        if again or self.labels.finished is None or at < len(self._steps):
            self._go(at)
            self._look_over()
        if self.labels.finished is None:
            self._put(finished=datetime.now(UTC).replace(microsecond=0))
        if self.sheet.reveal is Reveal.END:
            self._reveal_all()

    # --- from question to question

    def _begin(self, at: int) -> None:
        self.form.show(self.sheet.text())
        self.form.show(HELP)
        if at:
            count = numbered(self.sheet, self.labels)
            self.form.show(f"{sum(self.labels.has(s) for s in count)} af/of {len(count)} er besvaret / are answered.")

    def _next_open(self, start: int) -> int:
        return next((i for i in range(start, len(self._steps)) if is_open(self.sheet, self.labels, self._steps[i])), len(self._steps))

    def _go(self, at: int) -> None:
        """On to the last open question; whoever goes back comes forward again through the answers in between."""
        reached = at
        while at < len(self._steps):
            reached = max(reached, at)
            try:
                if self._counts(self._steps[at]):
                    self._step(self._steps[at])
                at = at + 1 if at < reached else self._next_open(at + 1)
            except Back:
                at = next((i for i in range(at - 1, -1, -1) if self._counts(self._steps[i])), 0)

    def _counts(self, step: str) -> bool:
        return is_asked(self.sheet, self.labels, step)

    def _look_over(self) -> None:
        """Every answer on one screen before the text is closed."""
        while True:
            self.form.show(overview(self.sheet, self.labels))
            count = numbered(self.sheet, self.labels)
            try:
                place = self._place_to_mend(len(count))
            except Back:
                self._go(self._steps.index(count[-1]))
                continue
            if place is None:
                return
            try:
                self._step(count[place - 1])
            except Back:
                continue
            self._go(self._next_open(0))  # another answer may have opened a question

    def _place_to_mend(self, last: int) -> int | None:
        closed = self.labels.finished is not None
        enter = "Enter: færdig / done" if closed else "Enter: luk sagen / close the case"
        change = "nyt svar med grund / a second answer with its reason" if closed else "ret svaret / change that answer"

        def read(answer: str) -> int | None:
            return int(answer) if answer.isascii() and answer.isdigit() and len(answer) < 5 and 1 <= int(answer) <= last else None

        wrong = f"Tryk Enter, eller skriv et nummer fra 1 til {last}. / Press Enter, or write a number from 1 to {last}."
        return self.ask.choose(f"{enter} · nr./no. 1-{last}: {change} · b, t, q, ? > ", read, wrong, _OVERVIEW_HELP, kept=True)

    def _step(self, step: str) -> None:
        count = numbered(self.sheet, self.labels)
        place = f"[{count.index(step) + 1} af/of {len(count)}]"
        if step in self.labels.seen or step in self._closed:
            self._again(place, step)
        elif step in self.sheet.catalogue.facts:
            self._fact(place, step)
        else:
            self._risk(place) if step == RISK else self._requirement(place, step)
            if self.sheet.reveal is Reveal.EACH:
                self._reveal(step)

    # --- first answers

    def _requirement(self, place: str, step: str) -> None:
        given = self.ask.requirement(place, self.sheet.catalogue.requirements[step], self.labels.verdicts.get(step, ""))
        remark = {step: given.remark} if given.remark else {}
        if not given.verdict:
            if remark:
                self._put(remarks=self.labels.remarks | remark)
            return
        quotes = self.ask.sentences(given.numbers)
        evidence = {k: v for k, v in self.labels.evidence.items() if k != step} | ({step: quotes} if quotes else {})
        others = {k: v for k, v in self.labels.remarks.items() if k != step}
        self._put(verdicts=self.labels.verdicts | {step: given.verdict}, evidence=evidence, remarks=others | remark)

    def _risk(self, place: str) -> None:
        if chosen := self.ask.risk(place, self._name(RISK), self.labels.risk_class):
            self._put(risk_class=chosen)

    def _fact(self, place: str, step: str) -> None:
        if not self._facts_explained:
            self.form.show(f"\nOplysninger / facts\n{FACT_HELP}")
            self._facts_explained = True
        value = self.ask.fact(place, self.sheet.catalogue.facts[step], self.labels.facts.get(step))
        if value is not None:
            self._put(facts=self.labels.facts | {step: value})

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
        said = self._tool_says(step)
        if said is None:
            return
        if step not in self.labels.seen:
            self._put(seen=(*self.labels.seen, step))  # before it is shown: whoever stops now has seen it
        self._show_tool(said)
        if said.verdict != self.labels.settled(step):
            self._second_thought(step)

    def _reveal_all(self) -> None:
        """After the whole text: only where the tool says otherwise is there something to think over."""
        steps = [s for s in (*self.sheet.catalogue.core, RISK) if s not in self.labels.seen and self.labels.has(s)]
        said = {s: found for s in steps if (found := self._tool_says(s)) is not None}
        same = tuple(s for s in said if said[s].verdict == self.labels.settled(s))
        if same:
            self._put(seen=(*self.labels.seen, *same))
            self.form.show(f"Værktøjet siger det samme om {len(same)} af {len(said)}. / The tool says the same of {len(same)} of {len(said)}.")
        differ, at = [s for s in said if s not in same], 0
        while at < len(differ):
            step = differ[at]
            try:
                if step in self.labels.seen:
                    self._again("", step)
                else:
                    self.form.show(f"\n{self._name(step)}: {self._words(step)}")
                    self._reveal(step)
                at += 1
            except Back:
                at = max(at - 1, 0)

    def _show_tool(self, said: ToolSays) -> None:
        self.form.show(
            f"  Værktøjet / the tool: {WORDS.get(said.verdict, said.verdict)}{f' - {said.reason}' if said.reason else ''}"
            + "".join(f"\n    »{' '.join(p.split())}«" for p in said.passages)
        )

    # --- second answers: beside the first one, with a reason

    def _again(self, place: str, step: str) -> None:
        """A question whose first answer stands. The tool's answer is shown only where it was before."""
        if step in self.sheet.catalogue.facts:
            self.ask.fact_shown(place, self.sheet.catalogue.facts[step])
        elif place and step != RISK:
            self.ask.requirement_shown(place, self.sheet.catalogue.requirements[step])
        else:
            self.form.show(f"\n{f'{place} ' if place else ''}{self._name(step)}: {self._words(step)}")
        if step in self.labels.seen and (said := self._tool_says(step)) is not None:
            self._show_tool(said)
        self._second_thought(step)

    def _second_thought(self, step: str) -> None:
        while True:
            answer = self._second_answer(step)
            if answer is None or answer[0] == self.labels.settled(step):
                return
            try:
                change = Revision(verdict=answer[0], why=self.ask.why(), evidence=answer[1])
            except Back:
                continue
            self._put(revised=self.labels.revised | {step: change})
            return

    def _second_answer(self, step: str) -> tuple[FactValue, tuple[str, ...]] | None:
        own = self.labels.settled(step)
        if step in self.sheet.catalogue.facts:
            value = self.ask.second_fact(self.sheet.catalogue.facts[step], own)
            return None if value is None else (value, ())
        if step == RISK:
            chosen = self.ask.second_risk(str(own))
            return (chosen, ()) if chosen else None
        return self.ask.second_verdict(str(own))

    # ---

    def _name(self, step: str) -> str:
        return "Risikoklasse / risk class" if step == RISK else f"{self.sheet.catalogue.requirements[step].title.get(self.sheet.language)} ({step})"

    def _words(self, step: str) -> str:
        return in_answer_words(self.sheet, step, self.labels.settled(step))

    def _put(self, **changes: object) -> None:
        self.labels = LabelFile.model_validate(self.labels.model_dump() | changes)
        self._keep(self.labels)
