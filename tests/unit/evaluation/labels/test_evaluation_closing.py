"""Answers on one line, facts, the overview before a text is closed, and second answers after it."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted import CLOSE, DOCUMENT, FIRST, SECOND, Ready, Script, Walk, all_of, answers_of, blank, nothing, tool_says, walked

from checker.cli.evaluate.agreement import as_data, as_text
from checker.cli.evaluate.label import note_on
from checker.errors import CaseError
from checker.evaluation.cases import Case
from checker.evaluation.labels.compared import SET, compared, disagreements, headline, pairs
from checker.evaluation.labels.files import LabelFile, Revision, opened, read_labels, save
from checker.evaluation.labels.questions import ready
from checker.evaluation.labels.sheet import Given, Reveal, given_in
from checker.evaluation.labels.wording import FACTS, REQUIREMENTS, wording_of
from checker.library import Library


@pytest.fixture
def walk(library: Library) -> Walk:
    return partial(walked, library)


@pytest.fixture
def closed(library: Library) -> LabelFile:
    """Not applicable throughout, minimal risk, no personal data, the other facts unknown."""
    return walked(library, Ready({"processes_personal_data": "n"}), facts=True).labels


# --- one line


@pytest.mark.parametrize(
    ("line", "given"),
    [
        ("n", Given("not_applicable")),
        ("n 5", Given("not_applicable", (5,))),
        ("M 18-19", Given("met", (18, 19))),
        ("m18", Given("met", (18,))),
        ("g 5 # så vagt, Bo", Given("gap", (5,), "så vagt, Bo")),
        ("g # kun det", Given("gap", (), "kun det")),
        ("m 40", Given("met", None)),
        ("m to", Given("met", None)),
        *((other, None) for other in ("", "met", "ga", "5", "# g", "x 5", "gm")),
    ],
)
def test_an_answer_with_its_sentences_and_remark_is_one_line(line: str, given: Given | None) -> None:
    assert given_in(line, 20) == given


def test_one_line_answers_ask_nothing_more(walk: Walk) -> None:
    run = walk(["m 2-3", "g 1 # for vagt", "n 1", "q"])
    assert list(run.labels.verdicts.values()) == ["met", "gap", "not_applicable"]
    assert run.labels.evidence[FIRST] == ("Konsekvensanalysen er lavet.", "Den er godkendt i maj.")
    assert run.labels.remarks == {SECOND: "for vagt"}
    assert len(run.form.asked) == 4


def test_a_sentence_that_is_not_there_is_asked_for_again(walk: Walk) -> None:
    run = walk(["m 9", "2", "q"])
    assert run.labels.evidence == {FIRST: ("Konsekvensanalysen er lavet.",)}


def test_a_remark_is_asked_for_after_r_only(walk: Walk) -> None:
    assert not any("remark" in prompt for prompt in walk(["n", "a", "q"]).form.asked)
    run = walk(["r", "til næste møde", "n", "r Spørg Bo", "a", "q"])
    assert run.labels.remarks == {FIRST: "til næste møde", SECOND: "Spørg Bo"}
    # Back at an answer, a remark leaves it as it is.
    again = walk(["m 2", "b", "r", "se bilag", "q"])
    assert (again.labels.verdicts, again.labels.remarks) == ({FIRST: "met"}, {FIRST: "se bilag"})
    assert again.labels.evidence == {FIRST: ("Konsekvensanalysen er lavet.",)}


# --- facts


def test_fact_keys_are_told_before_the_first_and_with_each_question(walk: Walk, library: Library) -> None:
    run = walk([*answers_of(library), "?", "x", "j", "u"], facts=True)
    first = next(iter(library.catalogue.facts))
    assert run.labels.facts[first] is True
    told = [i for i, shown in enumerate(run.form.shown) if "j eller 1 ja" in shown]
    assert told[0] < next(i for i, shown in enumerate(run.form.shown) if f"({first})" in shown)
    assert len(told) == 2  # before, and at `?`
    assert "mangler / gap" not in run.form.shown[told[1]]
    assert any("Svar j, n eller u" in shown for shown in run.form.shown)
    assert any(prompt.startswith("j/y ja / yes · n nej / no · u ") for prompt in run.form.asked)


def test_facts_have_no_default_that_could_colour_the_labels(walk: Walk, library: Library) -> None:
    run = walk([*answers_of(library), "", "", "n"], facts=True)
    assert list(run.labels.facts.values()) == [False]


@pytest.mark.parametrize(("key", "value"), [("j", True), ("Y", True), ("1", True), ("ja", True), ("n", False), ("2", False), ("nej", False), ("u", "unknown")])
def test_yes_no_facts_take_letters_and_numbers(walk: Walk, library: Library, key: str, value: object) -> None:
    run = walk([*answers_of(library), key], facts=True)
    assert list(run.labels.facts.values()) == [value]


def test_values_are_shown_in_the_readers_words_with_their_id(walk: Walk) -> None:
    run = walk(Ready({"annex_iii_use": "j", "annex_iii_area": "4 6"}), facts=True)  # the sheet's own words are capitals
    assert "  6 ESSENTIAL_SERVICES (essential_services)" in run.form.all()
    assert run.labels.facts["annex_iii_area"] == ("education", "essential_services")
    assert "EDUCATION (education), ESSENTIAL_SERVICES (essential_services)" in run.form.shown[-1]


def test_only_questions_that_are_asked_are_numbered(walk: Walk) -> None:
    run = walk(Ready({"processes_personal_data": "n"}), facts=True)
    numbers = [tuple(map(int, found)) for shown in run.form.shown for found in re.findall(r"^\n\[(\d+) af/of (\d+)\]", shown)]
    assert [n for n, _ in numbers] == list(range(1, len(numbers) + 1))
    assert numbers[-1][0] == numbers[-1][1]


# --- the overview


def test_before_a_text_is_closed_its_answers_are_shown_and_confirmed(walk: Walk, library: Library) -> None:
    run = walk(answers_of(library))
    assert (run.stopped, run.labels.finished) == (True, None)
    count = len(library.catalogue.core)
    assert f"gælder ikke / not applicable ({count}): 1 {FIRST}, 2 {SECOND}, " in run.form.all()
    assert f"{count + 1} risk_class: minimal" in run.form.all()
    closed = walk([CLOSE], before=run.labels)
    assert closed.labels.finished is not None
    assert DOCUMENT.text.split("\n")[0] not in closed.form.all()  # the text is not shown again unasked


def test_a_number_at_the_overview_mends_that_answer_before_the_close(walk: Walk, library: Library) -> None:
    run = walk([*answers_of(library), "2", "g 1", "99", "x", "t", "?", CLOSE])
    assert run.labels.verdicts[SECOND] == "gap"
    assert (run.labels.revised, run.labels.finished is None) == ({}, False)
    assert f"mangler / gap (1): 2 {SECOND}" in run.form.all()


def test_back_at_the_overview_goes_to_the_last_question_and_further(walk: Walk, library: Library) -> None:
    count = len(library.catalogue.core)
    # Risk class, the last requirement, forward again through the risk class to the overview.
    run = walk([*answers_of(library), "b", "b", "a", "3", CLOSE])
    assert run.labels.verdicts[library.catalogue.core[count - 1]] == "ask"
    assert run.labels.risk_class == "transparency"
    assert run.labels.finished is not None


def test_an_answer_mended_at_the_overview_may_open_questions(walk: Walk, library: Library, closed: LabelFile) -> None:
    place = len(library.catalogue.core) + 2  # the first fact, processes_personal_data
    opened_again = closed.model_copy(update={"finished": None})
    run = walk([str(place), "j"], before=opened_again, facts=True)
    assert "(special_categories)" in run.form.shown[-2]


# --- second answers


def test_a_closed_text_named_again_takes_second_answers_with_a_reason(walk: Walk, library: Library, closed: LabelFile) -> None:
    risk, last = len(library.catalogue.core) + 1, len(library.catalogue.core) + 2
    answers = ["1", "m 2-3", "", "overså afsnit to", str(risk), "2", "bilag III", str(last), "j", "navne i punkt 3", CLOSE]
    run = walk(answers, before=closed, facts=True, again=True)
    assert (run.labels.verdicts, run.labels.risk_class, run.labels.facts["processes_personal_data"]) == (closed.verdicts, "minimal", False)
    assert run.labels.revised[FIRST] == Revision(verdict="met", why="overså afsnit to", evidence=("Konsekvensanalysen er lavet.", "Den er godkendt i maj."))
    assert run.labels.revised["risk_class"].verdict == "high"
    assert run.labels.revised["processes_personal_data"].verdict is True
    assert run.labels.settled("processes_personal_data") is True
    assert run.labels.finished == closed.finished
    assert f"på plads / met (1): 1 {FIRST}*" in run.form.all()
    assert "Opfyldes af" in run.form.all()
    assert "nyt svar med grund" in run.form.asked[0]


def test_keeping_or_going_back_revises_nothing(walk: Walk, closed: LabelFile) -> None:
    run = walk(["1", "", "1", "n", "1", "b", "1", "g", "b", "", "q"], before=closed, again=True)
    assert (run.labels, run.kept) == (closed, [])


def test_a_closed_text_that_is_not_named_asks_nothing(walk: Walk, closed: LabelFile) -> None:
    run = walk([], before=closed, facts=True)
    assert (run.labels, run.form.asked, run.form.shown) == (closed, [], [])


def test_second_answers_show_the_tools_only_where_it_was_seen(walk: Walk, library: Library) -> None:
    done = walk(all_of(library)).labels
    walk(["1", "g", "slip", CLOSE], before=done, again=True, tool=nothing, reveal=Reveal.EACH)
    seen = walk([*all_of(library), "", ""], tool=tool_says(), reveal=Reveal.END).labels
    run = walk(["1", "g", "ja", CLOSE], before=seen, again=True, tool=tool_says())
    assert "teksten siger intet om det" in run.form.all()
    assert run.labels.revised[FIRST].verdict == "gap"


def test_facts_added_to_a_closed_text_may_be_mended_until_confirmed(walk: Walk, library: Library) -> None:
    done = walk(all_of(library)).labels
    place = len(library.catalogue.core) + 2
    answers = [*["u"] * len(library.catalogue.facts), str(place), "j", CLOSE]
    run = walk(answers, before=done, facts=True)
    assert run.labels.facts["processes_personal_data"] is True
    assert run.labels.revised == {}


@settings(max_examples=30, deadline=None)
@given(answers=st.lists(st.sampled_from(["1", "2", "34", "g", "m 2", "n", "j", "u", "b", "", "grund", "t", "?"]), max_size=25))
def test_whatever_is_typed_first_answers_of_a_closed_text_stand(library: Library, answers: list[str]) -> None:
    done = walked(library, Ready({"processes_personal_data": "n"}), facts=True).labels
    after = walked(library, answers, before=done, again=True, facts=True).labels
    assert all(after.first(item) == done.first(item) for item in (*done.verdicts, "risk_class", *done.facts))
    assert all(change.why for change in after.revised.values())


def test_revised_facts_read_back_and_wrong_ones_are_refused(tmp_path: Path, library: Library) -> None:
    change = {"large_scale": {"verdict": True, "why": "x"}, "annex_iii_area": {"verdict": ["education"], "why": "y"}}
    labels = blank(facts={"large_scale": False, "annex_iii_area": ["none"]}, revised=change)
    file = save(tmp_path, labels)
    assert read_labels(file, library.catalogue) == labels
    data = labels.model_dump(mode="json")
    for item, verdict, says in (("large_scale", "gap", "verdict is gap, expected one of True, False, unknown"), ("cpr_numbers", True, "no first answer")):
        file.write_text(yaml.safe_dump(data | {"revised": {item: {"verdict": verdict, "why": "x"}}}, sort_keys=False), "utf-8")
        with pytest.raises(CaseError, match=says):
            read_labels(file, library.catalogue)


# --- between two texts


@pytest.mark.parametrize(("answers", "goes_on", "asked"), [([""], True, 1), (["n", "g 5", ""], True, 3), (["q"], False, 1), ([], False, 1)])
def test_the_next_text_waits_for_enter(answers: list[str], goes_on: bool, asked: int) -> None:
    form = Script(answers)
    assert ready(form, "Sag 2 af 3 / case 2 of 3: b") is goes_on
    assert len(form.asked) == asked
    assert "Sag 2 af 3 / case 2 of 3: b. Enter" in form.asked[0]


# --- the catalogue changed


def changed_note(library: Library, labels: LabelFile, with_facts: bool = False) -> str:
    return note_on(labels, library.catalogue, "new hash", with_facts)


def test_a_changed_catalogue_is_told_only_where_the_questions_read_otherwise(library: Library) -> None:
    same = wording_of(library.catalogue)
    other = same | {REQUIREMENTS: "x"}
    done = {"verdicts": {FIRST: "gap"}, "risk_class": "high", "finished": "2026-11-22T11:00:00Z"}
    assert changed_note(library, blank(**done, wording=same)) == ""
    assert changed_note(library, blank(**done)) == "", "a finished case of which nothing else is known"
    told = changed_note(library, blank(**done, wording=other))
    assert "The questions have changed since you labelled a: with --case a, give a second answer where your first no longer fits." in told
    assert "finished" not in told


def test_while_a_text_is_open_the_note_says_to_look_the_answers_over(library: Library) -> None:
    same = wording_of(library.catalogue)
    begun = blank(verdicts={FIRST: "gap"}, wording=same | {REQUIREMENTS: "x"})
    assert "have changed since you began on a: go through your answers in the overview" in changed_note(library, begun)
    assert "may have changed" in changed_note(library, blank(verdicts={FIRST: "gap"}))
    assert changed_note(library, blank(wording=same | {REQUIREMENTS: "x"})) == "", "nothing was answered yet"
    assert note_on(begun, library.catalogue, "c", False) == ""


def test_other_words_for_facts_matter_where_facts_were_answered(library: Library) -> None:
    other = wording_of(library.catalogue) | {FACTS: "x"}
    assert changed_note(library, blank(verdicts={FIRST: "gap"}, wording=other), with_facts=True) == ""
    assert changed_note(library, blank(facts={"large_scale": True}, wording=other), with_facts=True) != ""


def test_the_wording_is_kept_from_the_start_and_follows_what_is_shown(tmp_path: Path, library: Library, make_case: Callable[..., Case]) -> None:
    catalogue = library.catalogue
    assert opened(tmp_path, "anna", make_case("a"), DOCUMENT, catalogue, "c").wording == wording_of(catalogue)
    spec = catalogue.requirements[FIRST]

    def with_spec(**update: object) -> dict[str, str]:
        requirements = catalogue.requirements | {FIRST: spec.model_copy(update=update)}
        return wording_of(catalogue.model_copy(update={"requirements": requirements}))

    assert with_spec(notes="anden note", cites=()) == wording_of(catalogue)
    assert with_spec(fulfilled_when="andet")[REQUIREMENTS] != wording_of(catalogue)[REQUIREMENTS]
    assert with_spec(applies_when=catalogue.requirements["gdpr-dpia"].applies_when) != wording_of(catalogue)
    derived = catalogue.derived | {"dpia_required": catalogue.derived["high_risk_ai"]}
    assert wording_of(catalogue.model_copy(update={"derived": derived}))[REQUIREMENTS] != wording_of(catalogue)[REQUIREMENTS]


# --- agreement on facts


@pytest.fixture
def facts_of_two(make_case: Callable[..., Case], library: Library) -> tuple[list[Case], list[LabelFile]]:
    """Set: `a` with four facts, `b` without any. Anna gave six on a, one on b."""
    gold = {"processes_personal_data": True, "large_scale": True, "annex_iii_use": False, "external_vendor": True}
    said = {
        "processes_personal_data": True,  # equal
        "large_scale": "unknown",  # set: yes
        "third_country_transfer": "unknown",  # set: unknown; Anna's is moot, because she says below that there is no vendor: no
        "annex_iii_use": False,  # equal
        "annex_iii_area": "unknown",  # equal: moot on either side, so `none`
        "external_vendor": False,  # set: yes
    }
    files = [blank(facts=said, verdicts={FIRST: "gap"}, risk_class="high"), blank(case="b", facts={"large_scale": True})]
    return [make_case("a", facts=gold, verdicts={FIRST: "gap"}, risk_class="high"), make_case("b")], files


def test_facts_are_compared_on_what_both_give(facts_of_two: tuple[list[Case], list[LabelFile]], library: Library) -> None:
    found = compared(*facts_of_two, library.catalogue)
    (pair,) = pairs(found)
    assert (pair.first, pair.fact_cases, pair.facts) == (SET, 1, 6)
    # Set: true true unknown false none true. Anna: true unknown false false none false. Equal on 3 of 6.
    assert pair.fact_percent == 0.5
    # Chance: true 3·1, unknown 1·1, false 1·3, none 1·1 of 36 → 8/36. (18 - 8)/(36 - 8).
    assert pair.fact_kappa == pytest.approx(10 / 28)
    assert found.people["anna"].facts["a", "third_country_transfer"] == "false"


def test_agreement_on_facts_stands_in_text_and_json(facts_of_two: tuple[list[Case], list[LabelFile]], library: Library) -> None:
    found = compared(*facts_of_two, library.catalogue)
    for md in (False, True):
        text = as_text(found, ("tiny", "maskiner"), library.catalogue, "da", md, details=True)
        assert "oplysninger / facts: ens / equal 50.0 % af/of 6" in text
        assert "large_scale" in text
        assert "a, large_scale: sættet / the set: true; anna: unknown" in text
    data = as_data(found, "tiny", "maskiner", details=True)
    facts = data["facts"]
    assert isinstance(facts, dict)
    assert (facts["cases"], facts["items"], facts["percent"]) == (1, 6, 0.5)
    assert facts["per_fact"]["large_scale"] == {"items": 1, "agreed": 0}
    assert [d["fact"] for d in data["fact_disagreements"]] == [d.requirement for d in disagreements(found, ("facts",))]  # type: ignore[attr-defined, index]
    assert "facts 50.0 % af/of 6" in headline(found)


def test_several_values_in_another_order_are_the_same(make_case: Callable[..., Case], library: Library) -> None:
    gold = {"annex_iii_use": True, "annex_iii_area": ["employment", "education"]}
    said = blank(facts={"annex_iii_area": ["education", "employment"]}, verdicts={FIRST: "gap"})
    (pair,) = pairs(compared([make_case("a", facts=gold)], [said], library.catalogue))
    assert (pair.facts, pair.fact_percent) == (1, 1.0)


# --- what each figure rests on


@pytest.mark.parametrize(
    ("cases", "fleiss"), [(4, "Fleiss – (4 sager mærket af alle / labelled by all; under/below 5)"), (5, "Fleiss 1.00 (5 sager mærket af alle")]
)
def test_fleiss_is_left_out_below_five_shared_cases(make_case: Callable[..., Case], library: Library, cases: int, fleiss: str) -> None:
    ids = "abcde"[:cases]
    gold = [make_case(c, verdicts={FIRST: "gap"}) for c in ids]
    files = [blank(case=c, labeller=name, verdicts={FIRST: "gap", SECOND: "not_applicable"}) for name in ("anna", "bo") for c in ids]
    # One more that only Anna has: percent and alpha rest on it too, Fleiss does not.
    gold.append(make_case("z", verdicts={FIRST: "gap"}))
    files.append(blank(case="z", labeller="anna", verdicts={FIRST: "gap"}))
    found = compared(gold, files, library.catalogue)
    text = as_text(found, ("tiny", "m"), library.catalogue, "da", False, details=False)
    assert fleiss in text
    assert f"Krippendorff 1.00 ({cases + 1} sager/cases)" in text
    data = as_data(found, "tiny", "m", details=False)
    assert (data["shared"], data["fleiss"]) == (cases, 1.0 if cases == 5 else None)
