"""A plan is carried out once: what was done is kept, a stopped run goes on, and the file ends in the plan's order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from made_results import made

from checker.evaluation.records import RESULTS, Gold, Result, Subject, read_results
from checker.evaluation.run import RunInfo, Work, by_system, carry_out, now, read_info, slices, splits_of, write_info
from checker.model.project import Document


@dataclass(frozen=True)
class Job:
    case: str
    system: str = "checker"

    @property
    def key(self) -> str:
        return f"{self.case}-{self.system}"

    @property
    def subject(self) -> Subject:
        document = Document(source="a", format="txt", text="a", blocks=())
        return Subject(set="made", id=self.case, split="train", family="f", language="da", document=document, gold=Gold())


class Hand:
    """Carries jobs out backwards, and stops like a killed process after so many."""

    def __init__(self, until: int = 99) -> None:
        self.done: list[str] = []
        self._until = until

    def carry(self, jobs: Sequence[Job]) -> Iterator[Result]:
        for job in reversed(jobs):
            if len(self.done) == self._until:
                raise KeyboardInterrupt
            self.done.append(job.case)
            yield made(job.case, system=job.system).model_copy(update={"key": job.key})


JOBS = tuple(Job(c) for c in "abcd")


def test_results_stand_in_the_plans_order_however_they_came(tmp_path: Path) -> None:
    hand, seen = Hand(), list[str]()
    carried = carry_out([Work(JOBS, hand.carry)], tmp_path, lambda r: seen.append(r.case))
    assert seen == hand.done == ["d", "c", "b", "a"]
    assert [r.case for r in carried.results] == ["a", "b", "c", "d"]
    assert read_results(tmp_path) == carried.results
    assert (carried.answered, carried.resumed) == (4, 0)


def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path) -> None:
    first = Hand(until=3)
    with pytest.raises(KeyboardInterrupt):
        carry_out([Work(JOBS, first.carry)], tmp_path, lambda r: None)
    second, seen = Hand(), list[str]()
    carried = carry_out([Work(JOBS, second.carry)], tmp_path, lambda r: seen.append(r.case))
    assert (first.done, second.done) == (["d", "c", "b"], ["a"])
    assert (carried.answered, carried.resumed) == (1, 3)
    assert sorted(seen) == ["a", "b", "c", "d"]


def test_nothing_is_answered_twice_unless_asked_to(tmp_path: Path) -> None:
    carry_out([Work(JOBS, Hand().carry)], tmp_path, lambda r: None)
    again, fresh = Hand(), Hand()
    carry_out([Work(JOBS, again.carry)], tmp_path, lambda r: None)
    carry_out([Work(JOBS, fresh.carry)], tmp_path, lambda r: None, fresh=True)
    assert (again.done, len(fresh.done)) == ([], 4)


def test_an_answer_under_another_key_is_made_again(tmp_path: Path) -> None:
    carry_out([Work(JOBS, Hand().carry)], tmp_path, lambda r: None)
    hand = Hand()
    changed = (Job("a", "other"), *JOBS[1:])
    carried = carry_out([Work(changed, hand.carry)], tmp_path, lambda r: None)
    assert hand.done == ["a"]
    assert [(r.case, r.system) for r in read_results(tmp_path)] == [("a", "other"), ("b", "checker"), ("c", "checker"), ("d", "checker")]
    assert set(by_system(carried.results)) == {"other", "checker"}


def test_a_half_line_of_a_killed_run_is_made_again(tmp_path: Path) -> None:
    carry_out([Work(JOBS, Hand().carry)], tmp_path, lambda r: None)
    file = tmp_path / RESULTS
    file.write_bytes(file.read_bytes()[:-5])
    hand = Hand()
    carry_out([Work(JOBS, hand.carry)], tmp_path, lambda r: None)
    assert hand.done == ["d"]


def test_slices_hold_held_out_cases_only_and_no_slice_that_is_the_whole() -> None:
    results = [
        made("a", split="train"),
        made("b", origin="test1"),
        made("c", origin="shared", language="en", kind="form"),
    ]
    assert {name: [r.case for r in part] for name, part in slices(results).items()} == {
        "language: da": ["b"],
        "language: en": ["c"],
        "origin: shared": ["c"],
        "origin: test1 (fresh set)": ["b"],
        "kind: form": ["c"],
        "kind: project_description": ["b"],
    }
    assert splits_of(results) == ("train", "held-out")
    assert slices([made("a")]) == {}


def test_what_is_said_of_the_run_is_read_again(tmp_path: Path) -> None:
    info = RunInfo(
        set="s",
        title="t",
        checker="1",
        code="c",
        reader="r",
        systems=("checker",),
        executor="local, 1 jobs",
        started=now(),
        seconds=30.0,
        answered=10,
        resumed=2,
    )
    write_info(info, tmp_path)
    assert read_info(tmp_path) == info
    assert info.documents_per_minute == 20
    assert info.model_copy(update={"answered": 0}).documents_per_minute is None
    assert read_info(tmp_path / "elsewhere") is None
