"""Agreement between labellers on labels made by hand, and on two published examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.evaluation.labels.agreement import RequirementAgreement, agreement

A, B = "gdpr-dpia", "fr-hjemmel"


def test_two_labellers() -> None:
    first = {("a", A): "gap", ("a", B): "met", ("b", A): "gap", ("b", B): "gap", ("c", A): "met"}
    second = {("a", A): "gap", ("a", B): "gap", ("b", A): "gap", ("b", B): "met"}
    found = agreement({"first": first, "anna": second})
    # c/A was labelled by one only. The same on a/A and b/A of four.
    assert (found.labellers, found.cases, found.items, found.percent) == (("first", "anna"), 2, 4, 0.5)
    # Each says gap three times and met once: by chance ¾·¾ + ¼·¼ = 10/16. κ = (½ - ⅝)/(1 - ⅝) = -1/3.
    assert found.cohen == {("first", "anna"): pytest.approx(-1 / 3)}
    assert found.fleiss == pytest.approx(-1 / 3)  # both use the verdicts equally often, so Fleiss expects the same
    # Gap: three by each, two in common: F1 2/3.
    assert found.gap_f1 == {"anna": pytest.approx(2 / 3)}
    # Alpha: 8 values, 6 gap, 2 met. Disagreement seen: 2 of 4; expected: 2·6·2/(8·7) = 3/7. 1 - ½·7/3 = -1/6.
    assert found.krippendorff == pytest.approx(-1 / 6)
    assert list(found.per_requirement.items()) == [(B, RequirementAgreement(2, 0)), (A, RequirementAgreement(2, 2))]


def test_fleiss_of_three_on_what_all_labelled() -> None:
    rows = [("gap", "gap", "gap"), ("met", "met", "gap"), ("met", "met", "met"), ("gap", "gap", None)]
    labels = {name: {(f"c{i}", A): row[j] for i, row in enumerate(rows) if row[j]} for j, name in enumerate("xyz")}
    found = agreement(labels)  # type: ignore[arg-type]
    # On the first three items: P = (1 + 1/3 + 1)/3 = 7/9; gap 4 of 9, met 5 of 9: Pe = (16 + 25)/81. κ = (63 - 41)/(81 - 41) = 22/40.
    assert found.fleiss == pytest.approx(22 / 40)
    assert found.items == 4
    assert found.percent == 0.75
    assert set(found.cohen) == {("x", "y"), ("x", "z"), ("y", "z")}
    assert found.cohen["x", "y"] == pytest.approx(1.0)


def test_krippendorffs_own_example_with_missing_labels() -> None:
    """Krippendorff, Computing Krippendorff's alpha-reliability (2011), example C: four observers, nominal alpha .743."""
    rows = {
        "A": ["1", "2", "3", "3", "2", "1", "4", "1", "2", None, None, None],
        "B": ["1", "2", "3", "3", "2", "2", "4", "1", "2", "5", None, "3"],
        "C": [None, "3", "3", "3", "2", "3", "4", "2", "2", "5", "1", None],
        "D": ["1", "2", "3", "3", "2", "4", "4", "1", "2", "5", "1", None],
    }
    labels = {name: {(str(i), A): value for i, value in enumerate(row) if value} for name, row in rows.items()}
    assert agreement(labels).krippendorff == pytest.approx(0.743, abs=0.001)


def test_what_cannot_be_told_is_none() -> None:
    same = {("a", A): "gap", ("b", A): "gap"}
    found = agreement({"x": same, "y": same, "z": {("c", A): "met"}})
    assert found.percent == 1.0
    assert (found.cohen["x", "y"], found.cohen["x", "z"], found.fleiss, found.krippendorff) == (None, None, None, None)
    assert found.gap_f1 == {"y": 1.0, "z": None}
    nothing = agreement({"x": same})
    assert (nothing.items, nothing.percent, nothing.cohen, nothing.gap_f1) == (0, None, {}, {})
    assert agreement({}).labellers == ()


labels_of_one = st.dictionaries(st.tuples(st.sampled_from("abc"), st.sampled_from((A, B))), st.sampled_from(("gap", "met", "ask", "not_applicable")))


@given(st.dictionaries(st.sampled_from(("x", "y", "z")), labels_of_one))
def test_agreement_never_fails_and_stays_in_its_range(labels: dict[str, dict[tuple[str, str], str]]) -> None:
    found = agreement(labels)
    assert sum(r.items for r in found.per_requirement.values()) == found.items
    kappas = [*found.cohen.values(), found.fleiss, found.krippendorff]
    assert all(k is None or -1 - 1e-9 <= k <= 1 + 1e-9 for k in kappas)


@given(labels_of_one)
def test_who_labels_alike_agrees_fully(labels: dict[tuple[str, str], str]) -> None:
    found = agreement({"x": labels, "y": labels})
    assert found.percent in (1.0, None)
    assert all(k in (None, pytest.approx(1.0)) for k in (*found.cohen.values(), found.fleiss, found.krippendorff))
