"""What can be compared between two versions, and which verdicts changed."""

from hypothesis import given, settings
from made_results import made, some_results

from checker.evaluation.figures.compare import flips, matched
from checker.evaluation.records import Result

A, B, C = "gdpr-dpia", "gdpr-lawful-basis", "fr-hjemmel"


def test_results_are_matched_by_set_text_and_run_in_one_order() -> None:
    before = [made("b"), made("a"), made("a", run=1), made("a", set="other"), made("gone")]
    after = [made("a", set="other"), made("a"), made("b"), made("new")]
    old, new, notes = matched(before, after)
    assert [(r.set, r.case, r.run) for r in new] == [("made", "a", 0), ("made", "b", 0), ("other", "a", 0)]
    assert old == new
    assert notes == ["only before, left out: a, gone (2)", "only after, left out: new (1)"]


def test_a_rewritten_text_is_left_out() -> None:
    old, new, notes = matched([made("a"), made("b")], [made("a", text_sha256="other"), made("b")])
    assert [r.case for r in old] == [r.case for r in new] == ["b"]
    assert notes == ["text rewritten in between, left out: a (1)"]


def test_a_relabelled_text_is_scored_by_the_new_labels_over_what_both_label() -> None:
    before = made("a", {A: "gap", C: "met"}, {A: "met", C: "met"})
    after = made("a", {A: "met", B: "gap"}, {A: "met", B: "gap"})
    old, new, notes = matched([before], [after])
    assert old[0].gold == new[0].gold
    assert old[0].gold.verdicts == {A: "met"}
    assert (old[0].said, new[0].said) == (before.said, after.said)
    assert notes == ["relabelled in between, both scored by the new labels: a (1)"]


def test_a_moved_text_counts_where_it_is_now() -> None:
    old, _, notes = matched([made("a", split="held-out")], [made("a", split="train", family="f")])
    assert (old[0].split, old[0].family) == ("train", "f")
    assert notes == ["moved to another split or family in between, counted where it is now: a (1)"]


def test_a_long_note_is_cut_with_its_length() -> None:
    _, _, notes = matched([made(f"c{i:02}") for i in range(12)], [])
    assert notes[0].endswith("c09 and 2 more (12)")


def test_flips_name_what_broke_first_with_both_evidences() -> None:
    gold = {A: "gap", B: "gap", C: "ask"}
    before = made("a", gold, {A: "met", B: "gap", C: "gap"}, says={"evidence": {A: ("en plan",)}})
    after = made("a", gold, {A: "gap", B: "met", C: "met"}, says={"evidence": {B: ("en hjemmel", "en lov")}})
    same = made("b", gold, gold)
    found = flips([before, same], [same, after])
    assert [(f.kind, f.requirement, f.gold, f.before, f.after) for f in found] == [
        ("broken", B, "gap", "gap", "met"),
        ("mended", A, "gap", "met", "gap"),
        ("changed", C, "ask", "gap", "met"),
    ]
    assert (found[0].evidence_before, found[0].evidence_after) == ((), ("en hjemmel", "en lov"))
    assert (found[1].evidence_before, found[1].evidence_after) == (("en plan",), ())
    assert (found[0].case, found[0].family, found[0].split) == ("a", "a", "held-out")


def test_a_text_that_cannot_be_read_any_more_breaks_its_right_verdicts() -> None:
    found = flips([made("a", {A: "gap"}, {A: "gap"})], [made("a", {A: "gap"}, says={"unread": "scanned"})])
    assert [(f.kind, f.after) for f in found] == [("broken", "unjudged")]


def test_the_same_flip_in_several_runs_is_told_once() -> None:
    before = [made("a", {A: "gap"}, {A: "gap"}, run=run) for run in range(3)]
    after = [made("a", {A: "gap"}, {A: "met"}, run=run) for run in range(3)]
    assert len(flips(before, after)) == 1


@settings(max_examples=30, deadline=None)
@given(some_results(), some_results())
def test_matching_again_changes_nothing_and_both_sides_carry_the_same_labels(before: list[Result], after: list[Result]) -> None:
    old, new, _ = matched(before, after)
    assert [(o.set, o.case, o.run, o.family, o.gold) for o in old] == [(n.set, n.case, n.run, n.family, n.gold) for n in new]
    again_old, again_new, notes = matched(old, new)
    assert (again_old, again_new, notes) == (old, new, [])


@settings(max_examples=30, deadline=None)
@given(some_results())
def test_a_version_has_no_flips_against_itself(results: list[Result]) -> None:
    assert flips(results, results[::-1]) == ()
