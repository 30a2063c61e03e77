"""Two readers, one judgement: how the rule reader's answers and a model's go together. Pure; the table stands in docs/decisions/0011.

    Evidence                    model: closes             model: does not close     model: nothing usable
    rules: closes, firm         agreed                    disputed, stays           unread
    rules: closes, weak         agreed                    opened (gap)              unread
    rules: open, firm           disputed, stays open      agreed                    unread
    rules: open, weak           found, if checks pass     agreed; found a passage   unread
    rules: could not read       found, if checks pass     found (gap)               unread

A model that is not trusted moves nothing: everything it says is a suggestion. A closing answer without a passage that stands up to
the checks is refused, by name. `first` keeps what the rule reader said alone: contradictions are judged on both, so a model can add
one and never take one away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from checker.model.catalogue import Catalogue
from checker.model.project import Project, Quote
from checker.model.reading import Answers, EvidenceAnswer, EvidenceStatus, FactAnswer, Second, Standing
from checker.reader.llm.checks import Checks, Topics
from checker.reader.llm.questions import Pick, Unread

FIRM_MARGIN = 0.3
"""Distance of the rule reader's probability from its threshold, from which on it is not overruled alone."""
FIRM_FACT = 0.9
SURE = 0.5
"""Least calibrated confidence with which a model may move anything; without probabilities the exam's rate stands in for it."""
_UNTOLD = 0.75
_LENT = FIRM_FACT - 0.01
"""What a model adds is never as firm as a firm reading of the rules, also where one fact implies another."""
_MOST_QUOTES = 3
_Answer = TypeVar("_Answer", FactAnswer, EvidenceAnswer)


def combined(
    first: Answers,
    picks: Mapping[str, Pick],
    unread: Mapping[str, Unread],
    project: Project,
    catalogue: Catalogue,
    trusted: bool,
    reader: str,
    topics: Topics | None = None,
) -> Answers:
    """The answers that count, each with what the second reader said.

    Args:
        first: the rule reader's answers.
        picks: item → what the model answered; items it was not asked about are left out.
        unread: item → why its answer could not be used.
        trusted: whether the model passed the exam.
        reader: the model's name, as reports show it.
        topics: what each passage speaks of (RuleReader.topics); None leaves that unchecked.
    """
    table = _Table(Checks(project, catalogue, topics), project, trusted, reader)
    facts, evidence = dict(first.facts), dict(first.evidence)
    for item in (*picks, *unread):
        pick, broken = picks.get(item), unread.get(item)
        if item in catalogue.facts:
            _put(facts, item, table.fact(item, facts.get(item), pick, broken))
        elif item in catalogue.requirements:
            _put(evidence, item, table.evidence(item, evidence.get(item), pick, broken))
    settled = (set(facts) - set(first.facts)) | (set(evidence) - set(first.evidence))
    return first.model_copy(
        update={
            "reader": f"{first.reader} + {reader}" if trusted else first.reader,
            "facts": facts,
            "evidence": evidence,
            "unjudged": tuple(u for u in first.unjudged if u.item not in settled),
            "first": first,
        }
    )


def _put(answers: dict[str, _Answer], item: str, answer: _Answer | None) -> None:
    if answer is not None:
        answers[item] = answer


@dataclass(frozen=True)
class _Table:
    checks: Checks
    project: Project
    trusted: bool
    reader: str

    def evidence(self, item: str, rules: EvidenceAnswer | None, pick: Pick | None, unread: Unread | None) -> EvidenceAnswer | None:
        """The answer that counts; None where the rules said nothing and the model moves nothing."""
        if pick is None:
            return self._noted(rules, self._unread(unread)) if rules is not None else None
        if not self.trusted:
            return self._noted(rules, self._second(pick, Standing.SUGGESTION)) if rules is not None else None
        status, refused = EvidenceStatus(pick.value), self._refused(pick)
        if status.closes:
            return self._closes(item, rules, pick, status, refused)
        return self._opens(item, rules, pick, status, refused)

    def _closes(self, item: str, rules: EvidenceAnswer | None, pick: Pick, status: EvidenceStatus, refused: str) -> EvidenceAnswer | None:
        if rules is not None and rules.status.closes:
            return self._agreed(rules, pick, refused)
        if refused or not pick.passages or _confidence(pick) < SURE:
            second = self._second(pick, Standing.REFUSED, refused or ("no_passage" if not pick.passages else "not_sure"))
            return self._noted(rules, second) if rules is not None else None
        if rules is not None and rules.margin >= FIRM_MARGIN and rules.quotes:
            # Firmly read as open by its own words. Silence is never firm: a passage the rules did not see may well be there.
            return self._noted(rules, self._second(pick, Standing.DISPUTED))
        return self._taken(item, pick, status, Standing.FOUND)

    def _opens(self, item: str, rules: EvidenceAnswer | None, pick: Pick, status: EvidenceStatus, refused: str) -> EvidenceAnswer | None:
        sure = _confidence(pick) >= SURE
        if rules is None:
            return self._taken(item, pick, EvidenceStatus.SILENT if refused else status, Standing.FOUND, refused) if sure else None
        if not rules.status.closes:
            if rules.status is EvidenceStatus.SILENT and pick.passages and not refused and sure:
                found = self._taken(item, pick, status, Standing.FOUND)
                return found.model_copy(update={"probability_met": rules.probability_met, "margin": rules.margin})
            return self._agreed(rules, pick, refused)
        if rules.margin >= FIRM_MARGIN or not sure:
            return self._noted(rules, self._second(pick, Standing.DISPUTED))
        # What the rules took for enough stays beside the gap, so that a person sees both.
        return EvidenceAnswer(
            requirement=item,
            status=EvidenceStatus.PARTIAL if refused or status is EvidenceStatus.SILENT else status,
            probability_met=1.0 - _confidence(pick),
            margin=0.0,
            quotes=rules.quotes if refused else _together(self._quotes(pick), rules.quotes),
            reader=self.reader,
            second=self._second(pick, Standing.OPENED, refused),
        )

    def fact(self, item: str, rules: FactAnswer | None, pick: Pick | None, unread: Unread | None) -> FactAnswer | None:
        if pick is None:
            return rules.model_copy(update={"second": self._unread(unread)}) if rules is not None else None
        if not self.trusted:
            return rules.model_copy(update={"second": self._second(pick, Standing.SUGGESTION)}) if rules is not None else None
        said = _values(rules)
        if pick.value == "unknown" or pick.value in said:
            return self._fact_agreed(rules, pick) if rules is not None and (pick.value in said or said == ("unknown",)) else self._fact_doubted(rules, pick)
        refused = self._refused(pick) or ("no_passage" if not pick.passages else "") or ("not_sure" if _confidence(pick) < SURE else "")
        if refused:
            return rules.model_copy(update={"second": self._second(pick, Standing.REFUSED, refused)}) if rules is not None else None
        if rules is None or said == ("unknown",):
            multi = self.checks.catalogue.facts[item].multi
            return FactAnswer(
                fact=item,
                value=(pick.value,) if multi else pick.value,
                probability=min(_confidence(pick), _LENT),
                quotes=self._quotes(pick),
                second=self._second(pick, Standing.FOUND),
            )
        if rules.probability >= FIRM_FACT:
            return rules.model_copy(update={"second": self._second(pick, Standing.DISPUTED)})
        return self._reopened(rules, pick)

    def _fact_agreed(self, rules: FactAnswer, pick: Pick) -> FactAnswer:
        second = self._second(pick, Standing.AGREED)
        if pick.value == "unknown":
            return rules.model_copy(update={"second": second})
        refused = self._refused(pick)
        if refused or not pick.passages:
            return rules.model_copy(update={"second": self._second(pick, Standing.AGREED, refused)})
        surer = max(rules.probability, min(_either(rules.probability, _confidence(pick)), _LENT))
        return rules.model_copy(update={"second": second, "probability": surer, "quotes": _together(rules.quotes, self._quotes(pick))})

    def _fact_doubted(self, rules: FactAnswer | None, pick: Pick) -> FactAnswer | None:
        """The rules know, the model sees nothing said: most facts follow from the use and are never said, so nothing moves."""
        return rules.model_copy(update={"second": self._second(pick, Standing.DISPUTED)}) if rules is not None else None

    def _reopened(self, rules: FactAnswer, pick: Pick) -> FactAnswer:
        return rules.model_copy(
            update={
                "value": "unknown",
                "probability": 1.0 - rules.probability,
                "quotes": _together(self._quotes(pick), rules.quotes),
                "from_use": False,
                "why": "to læsere er uenige / two readers disagree",
                "second": self._second(pick, Standing.OPENED),
            }
        )

    def _taken(self, item: str, pick: Pick, status: EvidenceStatus, standing: Standing, why: str = "") -> EvidenceAnswer:
        silent = status is EvidenceStatus.SILENT
        sure = _confidence(pick)
        return EvidenceAnswer(
            requirement=item,
            status=status,
            probability_met=sure if status.closes else 1.0 - sure,
            margin=0.0,
            quotes=() if silent else self._quotes(pick),
            reader=self.reader,
            second=self._second(pick, standing, why),
        )

    def _agreed(self, rules: EvidenceAnswer, pick: Pick, refused: str = "") -> EvidenceAnswer:
        """Surer together; not where the model's passage does not bear out what it says."""
        if refused:
            return self._noted(rules, self._second(pick, Standing.AGREED, refused))
        sure = _confidence(pick)
        met = _either(rules.probability_met, sure) if rules.status.closes else 1.0 - _either(1.0 - rules.probability_met, sure)
        return rules.model_copy(update={"probability_met": met, "second": self._second(pick, Standing.AGREED)})

    @staticmethod
    def _noted(rules: EvidenceAnswer, second: Second | None) -> EvidenceAnswer:
        return rules.model_copy(update={"second": second})

    def _second(self, pick: Pick, standing: Standing, why: str = "") -> Second:
        return Second(reader=self.reader, value=pick.value, standing=standing, quotes=self._quotes(pick), confidence=pick.confidence, why=why)

    def _unread(self, unread: Unread | None) -> Second | None:
        return Second(reader=self.reader, value="", standing=Standing.UNREAD, why=unread.reason) if unread is not None else None

    def _quotes(self, pick: Pick) -> tuple[Quote, ...]:
        return tuple(self.project.passages[i].quote for i in pick.passages[:_MOST_QUOTES])

    def _refused(self, pick: Pick) -> str:
        """Every passage an answer rests on must stand up: one that does not makes it another answer."""
        return next((why for i in pick.passages if (why := self.checks.refusal(pick.item, pick.kind, pick.value, i))), "")


def _values(rules: FactAnswer | None) -> tuple[str, ...]:
    if rules is None:
        return ("unknown",)
    return rules.value if isinstance(rules.value, tuple) else (rules.value,)


def _confidence(pick: Pick) -> float:
    return pick.confidence if pick.confidence is not None else _UNTOLD


def _either(one: float, other: float) -> float:
    """Two readers of the same mind are surer than each alone (noisy or); never below the surer one."""
    return min(0.999, max(one, 1.0 - (1.0 - one) * (1.0 - 0.5 * other)))


def _together(one: tuple[Quote, ...], other: tuple[Quote, ...]) -> tuple[Quote, ...]:
    """The last place is kept for the other reader, where it names a place of its own: a report shows both sides."""
    places = {(q.start, q.end) for q in one}
    new = tuple(q for q in other if (q.start, q.end) not in places)
    return (*one[: _MOST_QUOTES - bool(new)], *new)[:_MOST_QUOTES]
