"""The walk through one text, its label files, the sample, and the agreement with the set. Answers come from a script."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from scripted import CLOSE, DOCUMENT, FIRST, SECOND, TEXT, Ready, Walk, all_of, answers_of, blank, nothing, tool_says, walked

from checker.cli.evaluate.agreement import as_data, as_text
from checker.errors import CaseError, DamagedInput, SettingsError
from checker.evaluation.cases import Case
from checker.evaluation.labels.compared import SET, compared, disagreements, pairs, with_tool
from checker.evaluation.labels.files import LabelFile, Revision, checked_name, label_path, opened, read_all, read_labels, sample, save
from checker.evaluation.labels.sheet import Reveal, ToolSays, numbers_of
from checker.evaluation.records import Cost, Gold, Result, Said
from checker.library import Library


@pytest.fixture
def walk(library: Library) -> Walk:
    return partial(walked, library)


def test_a_whole_text_is_labelled_requirement_by_requirement_and_finished(walk: Walk, library: Library) -> None:
    run = walk(all_of(library))
    assert run.labels.verdicts == dict.fromkeys(library.catalogue.core, "not_applicable")
    assert run.labels.risk_class == "minimal"
    assert run.labels.finished is not None
    assert not run.stopped


def test_the_text_is_shown_with_numbered_sentences_and_each_requirement_with_what_fulfils_it(walk: Walk, library: Library) -> None:
    run = walk(["q"])
    spec = library.catalogue.requirements[FIRST]
    assert "[1] Modellen skriver udkast.\n\n[2] Konsekvensanalysen er lavet.\n[3] Den er godkendt i maj." in run.form.all()
    for part in (spec.title.da, spec.fulfilled_when, spec.question.da):
        assert part in run.form.all()


def test_met_wants_sentences_and_keeps_their_exact_words(walk: Walk) -> None:
    # The empty answer, a sentence that is not there, and a word are asked again; "2-3" is both sentences of the second paragraph.
    run = walk(["m", "", "4", "to", "2-3 # set i maj", "q"])
    assert run.labels.verdicts == {FIRST: "met"}
    assert run.labels.evidence == {FIRST: ("Konsekvensanalysen er lavet.", "Den er godkendt i maj.")}
    assert run.labels.remarks == {FIRST: "set i maj"}
    assert all(q in TEXT for q in run.labels.evidence[FIRST])


def test_a_gap_may_carry_a_sentence_or_none_and_ask_is_not_asked_for_one(walk: Walk) -> None:
    run = walk(["g", "", "g", "1", "a", "q"])
    assert list(run.labels.verdicts.values()) == ["gap", "gap", "ask"]
    assert run.labels.evidence == {SECOND: ("Modellen skriver udkast.",)}


def test_wrong_keys_are_asked_again(walk: Walk) -> None:
    run = walk(["ja", "", "met", "G", "", "q"])
    assert run.labels.verdicts == {FIRST: "gap"}
    assert sum("Svar g, m, a eller n" in s for s in run.form.shown) == 3


@pytest.mark.parametrize("end", [[], ["q"], ["Q "]])
def test_quitting_or_the_end_of_input_keeps_what_is_there(walk: Walk, end: list[str]) -> None:
    run = walk(["n", "a", *end])
    assert run.stopped
    assert run.labels.verdicts == {FIRST: "not_applicable", SECOND: "ask"}
    assert run.labels.finished is None
    assert run.kept[-1] == run.labels


def test_met_without_its_sentence_is_no_answer_yet(walk: Walk) -> None:
    assert walk(["n"]).labels.verdicts == {FIRST: "not_applicable"}
    assert walk(["m"]).labels.verdicts == {}


def test_every_answer_is_kept_at_once(walk: Walk, library: Library) -> None:
    run = walk(all_of(library))
    # One write per requirement, one for the risk class, one for the end.
    assert [len(k.verdicts) for k in run.kept] == [*range(1, len(library.catalogue.core) + 1), *[len(library.catalogue.core)] * 2]


def test_back_goes_to_the_question_before_where_enter_keeps_the_answer(walk: Walk) -> None:
    run = walk(["n", "b", "", "a", "q"])
    assert run.labels.verdicts == {FIRST: "not_applicable", SECOND: "ask"}


def test_before_the_tool_was_seen_a_slip_is_mended_by_going_back(walk: Walk) -> None:
    run = walk(["m 1 # forkert", "b", "n", "q"])
    assert run.labels.verdicts == {FIRST: "not_applicable"}
    assert (run.labels.evidence, run.labels.remarks, run.labels.revised) == ({}, {}, {})


def test_back_from_the_sentence_is_to_the_verdict(walk: Walk) -> None:
    assert walk(["m", "b", "n", "q"]).labels.verdicts == {FIRST: "not_applicable"}


def test_back_at_the_first_question_asks_it_again(walk: Walk) -> None:
    assert walk(["b", "b", "n", "q"]).labels.verdicts == {FIRST: "not_applicable"}


def test_a_second_run_goes_on_at_the_first_open_question(walk: Walk) -> None:
    first = walk(["n", "q"])
    second = walk(["a", "q"], before=first.labels)
    assert second.labels.verdicts == {FIRST: "not_applicable", SECOND: "ask"}
    assert second.labels.started == first.labels.started


def test_a_finished_text_asks_nothing(walk: Walk, library: Library) -> None:
    done = walk(all_of(library)).labels
    again = walk([], before=done)
    assert (again.labels, again.form.asked, again.stopped) == (done, [], False)


# --- the tool's answers


def test_the_tool_is_first_asked_when_the_first_answer_is_given(walk: Walk) -> None:
    assert walk(["m", "t"], tool=nothing, reveal=Reveal.EACH).labels.verdicts == {}
    with pytest.raises(AssertionError, match="before it may be"):
        walk(["n"], tool=nothing, reveal=Reveal.EACH)


def test_its_answer_is_shown_after_theirs_and_never_before(walk: Walk) -> None:
    before = walk(["g"], tool=tool_says(), reveal=Reveal.EACH)
    assert "the tool" not in before.form.all()
    after = walk(["n", "", "m"], tool=tool_says(), reveal=Reveal.EACH)
    assert "mangler / gap - teksten siger intet om det" in after.form.all()
    assert "Den er godkendt i maj.«" not in after.form.all()  # the second requirement's is still hidden


def test_a_changed_mind_is_a_revision_and_leaves_the_first_answer(walk: Walk) -> None:
    # Empty: no reason is no revision.
    run = walk(["n", "g", "", "det har værktøjet ret i", "q"], tool=tool_says(), reveal=Reveal.EACH)
    assert run.labels.verdicts == {FIRST: "not_applicable"}
    assert run.labels.revised == {FIRST: Revision(verdict="gap", why="det har værktøjet ret i")}
    assert run.labels.settled(FIRST) == "gap"


def test_where_both_say_the_same_nothing_is_asked(walk: Walk) -> None:
    run = walk(["g", "", "q"], tool=tool_says(), reveal=Reveal.EACH)
    assert (run.labels.verdicts, run.labels.revised, run.labels.seen) == ({FIRST: "gap"}, {}, (FIRST,))


def test_once_the_tool_was_seen_going_back_can_only_revise(walk: Walk) -> None:
    seen = walk(["n", ""], tool=tool_says(), reveal=Reveal.EACH).labels
    assert seen.seen == (FIRST,)
    run = walk(["b", "a", "jeg læste for hurtigt", "q"], before=seen, tool=tool_says(), reveal=Reveal.EACH)
    assert run.labels.verdicts == {FIRST: "not_applicable"}
    assert run.labels.revised[FIRST].verdict == "ask"


def test_at_the_end_only_what_differs_is_thought_over(walk: Walk, library: Library) -> None:
    # Tool: gap and met; labeller: not applicable throughout. Two second thoughts: the first kept, b, kept again, the second revised.
    run = walk([*all_of(library), "", "b", "", "m", "står i tekstens slutning"], tool=tool_says(), reveal=Reveal.END)
    assert run.labels.finished is not None
    assert set(run.labels.seen) == {FIRST, SECOND}
    assert list(run.labels.revised) == [SECOND]
    assert not run.stopped


def test_never_means_the_tool_does_not_run(walk: Walk, library: Library) -> None:
    assert walk(all_of(library), tool=nothing).labels.seen == ()


def test_a_text_the_tool_cannot_read_is_labelled_all_the_same(walk: Walk, library: Library) -> None:
    def broken() -> Mapping[str, ToolSays]:
        raise DamagedInput("a.txt", "kan ikke læses.")

    run = walk(all_of(library), tool=broken, reveal=Reveal.EACH)
    assert run.labels.finished is not None
    assert sum("has no answer" in s for s in run.form.shown) == 1


def test_the_risk_class_of_the_tool_comes_after_theirs_too(walk: Walk, library: Library) -> None:
    def tool() -> Mapping[str, ToolSays]:
        return {"risk_class": ToolSays("high", "")}

    run = walk([*answers_of(library), "2", "bilag III", CLOSE], tool=tool, reveal=Reveal.EACH)
    assert run.labels.risk_class == "minimal"
    assert run.labels.revised == {"risk_class": Revision(verdict="high", why="bilag III")}


def test_facts_are_asked_on_request_and_not_where_another_answer_makes_them_moot(walk: Walk, library: Library) -> None:
    run = walk([*answers_of(library), *["u"] * len(library.catalogue.facts), CLOSE], facts=True)
    assert set(run.labels.facts.values()) == {"unknown"}
    # No personal data: special categories have `ask_when: processes_personal_data` and are not asked.
    no = walk(Ready({"processes_personal_data": "n"}), facts=True)
    assert no.labels.facts["processes_personal_data"] is False
    assert "special_categories" not in no.labels.facts
    assert no.labels.finished is not None


# --- sentence numbers


@pytest.mark.parametrize(
    ("answer", "numbers"),
    [("3", (3,)), ("5 3", (5, 3)), ("3, 5-7", (3, 5, 6, 7)), ("[2] 2 1–2", (2, 1)), ("", ()), *((a, None) for a in ("0", "8", "6-8", "5-4", "x", "²"))],
)
def test_sentence_numbers(answer: str, numbers: tuple[int, ...] | None) -> None:
    assert numbers_of(answer, 7) == numbers


@given(st.text(), st.integers(min_value=0, max_value=60))
def test_whatever_is_typed_gives_numbers_of_the_text_or_none(answer: str, last: int) -> None:
    found = numbers_of(answer, last)
    assert found is None or (len(set(found)) == len(found) and all(1 <= n <= last for n in found))


# --- files


def test_a_label_file_reads_back_as_it_was_written(tmp_path: Path, library: Library) -> None:
    quote, change = "æ: »citat«\n- # ja", {"verdict": "gap", "why": "nej: jo"}
    labels = blank(verdicts={FIRST: "met"}, evidence={FIRST: [quote]}, revised={FIRST: change}, facts={"annex_iii_area": ["education"]})
    file = save(tmp_path, labels)
    assert file == tmp_path / "labellers" / "anna" / "a.yaml"
    assert read_labels(file, library.catalogue) == labels
    assert [f.name for f in file.parent.iterdir()] == ["a.yaml"]


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        ({"verdicts": {"gdpr-dpja": "gap"}}, 8, "unknown id gdpr-dpja under verdicts"),
        ({"verdicts": {FIRST: "maybe"}}, 8, f"verdicts.{FIRST}"),
        ({"case": "b"}, 1, "expected the file's name a"),
        ({"labeller": "bo"}, 2, "expected the folder's name anna"),
        ({"revised": {FIRST: {"verdict": "gap", "why": "x"}}}, 12, "no first answer"),
        ({"facts": {"is_ai_sistem": True}}, 16, "unknown id is_ai_sistem under facts"),
    ],
)
def test_a_wrong_label_file_names_file_and_line(tmp_path: Path, library: Library, change: dict[str, object], line: int, says: str) -> None:
    data = blank().model_dump(mode="json") | change
    file = label_path(tmp_path, "anna", "a")
    file.parent.mkdir(parents=True)
    file.write_text(yaml.safe_dump(data, sort_keys=False), "utf-8")
    with pytest.raises(CaseError, match=r"anna/a\.yaml") as caught:
        read_labels(file, library.catalogue)
    assert says in str(caught.value)
    assert file.read_text("utf-8").splitlines()[(caught.value.line or 0) - 1].lstrip().startswith(tuple(_keys(change)))


def _keys(change: dict[str, object]) -> set[str]:
    """The names one of which must stand on the line that an error points at."""
    inner = [k for v in change.values() if isinstance(v, dict) for k in v]
    return set(change) | set(inner)


def test_a_text_that_changed_since_is_refused(tmp_path: Path, library: Library, make_case: Callable[..., Case]) -> None:
    save(tmp_path, blank())
    changed = DOCUMENT.model_copy(update={"text": TEXT + " Nyt."})
    assert opened(tmp_path, "anna", make_case("a"), DOCUMENT, library.catalogue, "c") == blank()
    with pytest.raises(CaseError, match=r"anna/a\.yaml, line 6: the text a\.txt has changed"):
        opened(tmp_path, "anna", make_case("a"), changed, library.catalogue, "c")


@pytest.mark.parametrize("name", ["", "../ud", "a/b", ".skjult", "a b", "x" * 41])
def test_a_labeller_is_named_by_what_can_be_a_folder(name: str) -> None:
    with pytest.raises(SettingsError):
        checked_name(name)


def test_without_label_files_the_command_to_write_them_is_named(tmp_path: Path, library: Library) -> None:
    with pytest.raises(CaseError, match="checker eval label --labeller NAME"):
        read_all(tmp_path, library.catalogue)
    save(tmp_path, blank())
    assert [f.labeller for f in read_all(tmp_path, library.catalogue)] == ["anna"]
    with pytest.raises(CaseError, match="--labeller bo"):
        read_all(tmp_path, library.catalogue, ["anna", "bo"])


# --- the sample


@pytest.fixture
def many(make_case: Callable[..., Case]) -> list[Case]:
    """Five held-out families of three cases, and a train family."""
    held = [make_case(f"{f}{i}", "held-out", family=f) for f in "pqrst" for i in range(3)]
    return [*held, make_case("train1", "train")]


def test_a_sample_takes_held_out_cases_one_family_each_before_a_second(many: list[Case]) -> None:
    assert {c.labels.family for c in sample(many, 5, 0)} == set("pqrst")
    ten = sample(many, 10, 0)
    assert sorted(c.labels.family for c in ten) == sorted("pqrst" * 2)
    assert len(sample(many, 99, 0)) == 15


def test_the_same_seed_gives_everybody_the_same_cases_in_whatever_order_they_lie(many: list[Case]) -> None:
    assert sample(many, 7, 3) == sample(many[::-1], 7, 3)
    assert sample(many, 4, 3) == sample(many, 7, 3)[:4]
    assert len({tuple(c.id for c in sample(many, 7, seed)) for seed in range(10)}) > 1


# --- agreement with the set


def two_cases(make_case: Callable[..., Case]) -> list[Case]:
    """Gold: a: FIRST gap, SECOND met; b: FIRST gap, the rest not applicable."""
    return [
        make_case("a", verdicts={FIRST: "gap", SECOND: "met"}, evidence={SECOND: "hørt i maj"}, risk_class="high"),
        make_case("b", verdicts={FIRST: "gap"}),
        make_case("c"),
    ]


def anna() -> list[LabelFile]:
    """Two answers on a (gap right; gap where the set says met), one on b (right); not finished with b."""
    return [
        blank(verdicts={FIRST: "gap", SECOND: "gap"}, risk_class="high", finished="2026-11-22T11:00:00Z", remarks={SECOND: "kun planlagt"}),
        blank(case="b", verdicts={FIRST: "gap"}, revised={FIRST: {"verdict": "met", "why": "værktøjet"}}),
    ]


def test_the_set_is_the_first_labeller_and_only_what_both_answered_counts(make_case: Callable[..., Case], library: Library) -> None:
    found = compared(two_cases(make_case), anna(), library.catalogue)
    (pair,) = pairs(found)
    assert (pair.first, pair.second, pair.cases, pair.items) == (SET, "anna", 2, 3)
    # Set: gap met gap, Anna: gap gap gap. Equal on 2 of 3. Gap: right 2, called 3, gold 2 → P 2/3, R 1 → F1 0.8.
    assert pair.percent == pytest.approx(2 / 3)
    assert pair.gap_f1 == pytest.approx(0.8)
    # Chance: p(gap) 2/3 · 1 + p(met) 1/3 · 0 = 2/3, as observed → kappa 0.
    assert pair.kappa == pytest.approx(0.0)
    assert (pair.risk_cases, pair.risk_percent) == (1, 1.0)
    assert (found.cases, found.of) == (("a", "b"), 3)


def test_first_answers_count_and_changed_minds_are_told(make_case: Callable[..., Case], library: Library) -> None:
    found = compared(two_cases(make_case), anna(), library.catalogue)
    assert found.people["anna"].verdicts["b", FIRST] == "gap"
    assert any(n.startswith("1 svar ændret") for n in found.notes)
    assert any(n.startswith("1 ikke færdige") for n in found.notes)


def test_labels_of_another_text_or_of_no_case_are_left_out_and_named(make_case: Callable[..., Case], library: Library) -> None:
    files = [*anna(), blank(case="væk", verdicts={FIRST: "gap"})]
    found = compared(two_cases(make_case), files, library.catalogue, texts={"a": DOCUMENT.sha256, "b": "noget andet"})
    assert found.cases == ("a",)
    assert any("labellers/anna/b.yaml: teksten er ændret" in n for n in found.notes)
    assert any("labellers/anna/væk.yaml: sagen er ikke i sættet" in n for n in found.notes)


def test_a_disagreement_carries_both_evidences(make_case: Callable[..., Case], library: Library) -> None:
    (only,) = disagreements(compared(two_cases(make_case), anna(), library.catalogue))
    assert (only.case, only.requirement, only.said) == ("a", SECOND, {SET: "met", "anna": "gap"})
    assert only.evidence == {SET: ("hørt i maj",)}
    assert only.remarks == {"anna": "kun planlagt"}


def result(case: str, system: str = "checker", sha: str = DOCUMENT.sha256, **verdicts: str) -> Result:
    said = Said(verdicts={k.replace("_", "-"): v for k, v in verdicts.items()}, risk_class="minimal")
    where = {"set": "tiny", "case": case, "system": system, "split": "held-out", "family": "f", "language": "da", "kind": "form"}
    return Result.model_validate(where | {"key": "k", "text_sha256": sha, "cost": Cost(), "gold": Gold(), "said": said})


def test_the_tool_is_one_more_pair_each_and_no_labeller(make_case: Callable[..., Case], library: Library) -> None:
    people = compared(two_cases(make_case), anna(), library.catalogue)
    texts = {"a": DOCUMENT.sha256, "b": DOCUMENT.sha256}
    found = with_tool(people, Path("r.jsonl"), [result("a", fr_hjemmel="gap", fvl_partshoering="met")], "tiny", "checker", texts)
    by = {(p.first, p.second): p for p in pairs(found)}
    assert list(by) == [(SET, "anna"), (SET, "checker"), ("anna", "checker")]
    assert by["anna", "checker"].percent == 0.5  # gap and gap, gap and met
    assert found.verdicts() == people.verdicts()
    assert any("1 sager uden resultat" in n for n in found.notes)


def test_results_of_another_system_or_text_are_refused(make_case: Callable[..., Case], library: Library) -> None:
    found = compared(two_cases(make_case), anna(), library.catalogue)
    for results in ([result("a", system="majority")], [result("a", sha="anden")]):
        with pytest.raises(CaseError, match=r"r\.jsonl: no result of checker"):
            with_tool(found, Path("r.jsonl"), results, "tiny", "checker", {"a": DOCUMENT.sha256})


def test_the_report_says_how_many_cases_and_shows_disagreements_on_request(make_case: Callable[..., Case], library: Library) -> None:
    found = compared(two_cases(make_case), anna(), library.catalogue)
    for md in (False, True):
        short = as_text(found, ("tiny", "maskiner"), library.catalogue, "da", md, details=False)
        assert "2 af/of 3 sager" in short
        assert "66.7 %" in short
        assert "kun planlagt" not in short
        assert "kun planlagt" in as_text(found, ("tiny", "maskiner"), library.catalogue, "da", md, details=True)
    data = as_data(found, "tiny", "maskiner", details=True)
    assert (data["cases"], data["of"], data["labellers"]) == (2, 3, ["set", "anna"])
    assert data["fact_disagreements"] == []
    assert data["disagreements"] == [
        {"case": "a", "requirement": SECOND, "said": {"set": "met", "anna": "gap"}, "evidence": {"set": ("hørt i maj",)}, "remarks": {"anna": "kun planlagt"}}
    ]


def test_three_labellers_have_figures_for_all_together(make_case: Callable[..., Case], library: Library) -> None:
    bo = [f.model_copy(update={"labeller": "bo"}) for f in anna()]
    found = compared(two_cases(make_case), [*anna(), *bo], library.catalogue)
    assert [(p.first, p.second) for p in pairs(found)] == [(SET, "anna"), (SET, "bo"), ("anna", "bo")]
    # All three labelled 3 items, all equal on 2.
    assert found.verdicts().percent == pytest.approx(2 / 3)
    assert found.verdicts().fleiss is not None
