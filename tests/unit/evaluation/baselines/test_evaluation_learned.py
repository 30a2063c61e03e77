"""Baselines that learn from labels: what they learn, from whom, and that their own train row is honest."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.evaluation.baselines.learned import FOLDS, fit_linear, fit_majority
from checker.evaluation.records import FactValue, Gold, Grade, Subject
from checker.model.project import Document

CORE = ("gdpr-dpia", "ai-act-literacy")


def subject(id: str, text: str = "", family: str = "", split: str = "train", **gold: object) -> Subject:
    document = Document(source=f"{id}.txt", format="txt", text=text or f"Projekt {id}", blocks=())
    return Subject.model_validate(
        {"set": "s", "id": id, "split": split, "family": family or id, "language": "da", "document": document, "gold": Gold.model_validate(gold)}
    )


def dpia(id: str, verdict: str, text: str = "", family: str = "", **gold: object) -> Subject:
    return subject(id, text, family, verdicts={"gdpr-dpia": verdict}, **gold)


def two_kinds(count: int, families: int | None = None) -> list[Subject]:
    """`count` texts on sensors without an analysis, as many on chat with one."""
    texts = {"gap": "Sensoren måler beboernes søvn hver nat", "met": "Chatten svarer borgerne efter en godkendt analyse"}
    return [dpia(f"{v}{i}", v, f"{t} {i}", family=f"{i % families}" if families else "") for v, t in texts.items() for i in range(count)]


def test_majority_says_the_most_frequent_label_of_each_item() -> None:
    train = [
        dpia("a", "gap", risk_class="high", facts={"cpr_numbers": True, "annex_iii_area": ("education",)}),
        dpia("b", "gap", risk_class="minimal", facts={"cpr_numbers": "unknown", "annex_iii_area": ("education",)}),
        dpia("c", "met", risk_class="high", facts={"cpr_numbers": True, "annex_iii_area": "none"}),
    ]
    baseline = fit_majority(train, CORE)
    assert baseline is not None
    said = baseline.predict(subject("new"))
    assert said.verdicts == {"gdpr-dpia": "gap"}
    assert said.risk_class == "high"
    assert said.facts == {"cpr_numbers": True, "annex_iii_area": ("education",)}
    # Two of three were gap, one met; two of three facts agree.
    assert said.probabilities == {"gdpr-dpia": pytest.approx(1 / 3)}
    assert said.fact_probabilities == {"cpr_numbers": pytest.approx(2 / 3), "annex_iii_area": pytest.approx(2 / 3)}
    assert (said.evidence, said.citations, said.contradictions) == ({}, {}, None)


def test_of_equally_frequent_labels_the_graver_is_said_whatever_the_order() -> None:
    train = [dpia("a", "not_applicable"), dpia("b", "met"), dpia("c", "gap")]
    for order in (train, train[::-1]):
        baseline = fit_majority(order, CORE)
        assert baseline is not None
        assert baseline.predict(train[0]).verdicts == {"gdpr-dpia": "gap"}


def test_what_nobody_labelled_is_not_said() -> None:
    baseline = fit_majority([dpia("a", "gap")], CORE)
    assert baseline is not None
    said = baseline.predict(subject("new"))
    assert (list(said.verdicts), said.risk_class, said.facts) == (["gdpr-dpia"], "", {})


@pytest.mark.parametrize("fit", [fit_majority, fit_linear])
@pytest.mark.parametrize(
    "train",
    [
        [],
        [subject("a"), subject("b")],
        [subject("a", verdicts={"other-duty": "gap"}), subject("b", verdicts={"other-duty": "met"})],
        [subject("a", grades={"gdpr-dpia": Grade(value=1)}), subject("b", grades={"gdpr-dpia": Grade(value=5)})],
    ],
)
def test_a_train_part_without_labelled_verdicts_leaves_the_baseline_out(fit: type, train: list[Subject]) -> None:
    assert fit(train, CORE) is None


def test_one_family_cannot_be_split_so_the_linear_baseline_is_left_out() -> None:
    assert fit_linear(two_kinds(3, families=1), CORE) is None


def test_the_linear_baseline_learns_from_words() -> None:
    baseline = fit_linear(two_kinds(6), CORE)
    assert baseline is not None
    chat = baseline.predict(subject("new", "Chatten svarer efter en godkendt analyse", split="held-out"))
    sensor = baseline.predict(subject("other", "Sensoren måler søvn om natten", split="held-out"))
    assert (chat.verdicts, sensor.verdicts) == ({"gdpr-dpia": "met"}, {"gdpr-dpia": "gap"})
    assert chat.probabilities["gdpr-dpia"] > 0.5 > sensor.probabilities["gdpr-dpia"]


def test_a_text_it_was_fitted_on_is_answered_by_a_model_that_never_saw_its_family() -> None:
    # The label of family `odd` goes against its words, and no other family shares that label: only a model that had seen the
    # family could say it. A text with the same words and another name is answered by the whole model, which has.
    train = [*two_kinds(6), *(dpia(f"odd{i}", "ask", "Vejret i parken", family="odd") for i in range(3))]
    baseline = fit_linear(train, CORE)
    assert baseline is not None
    assert baseline.predict(train[-1]).verdicts["gdpr-dpia"] != "ask"
    assert baseline.predict(subject("new", "Vejret i parken")).verdicts["gdpr-dpia"] == "ask"


def test_a_requirement_with_one_label_always_gets_it() -> None:
    train = [subject(f"{i}", f"Tekst nummer {i}", verdicts={"gdpr-dpia": "gap", "ai-act-literacy": "met" if i % 2 else "gap"}) for i in range(6)]
    baseline = fit_linear(train, CORE)
    assert baseline is not None
    said = baseline.predict(subject("new", "Noget helt andet"))
    assert said.verdicts["gdpr-dpia"] == "gap"
    assert said.probabilities["gdpr-dpia"] == 0.0


def test_texts_that_tell_nothing_apart_or_hold_no_words_do_not_stop_it() -> None:
    same = [dpia(f"{i}", "met" if i else "gap", "Den samme tekst") for i in range(4)]
    baseline = fit_linear([*same, dpia("dots", "gap", "- . -")], CORE)
    assert baseline is not None
    assert baseline.predict(subject("new", "- . -")).verdicts == {"gdpr-dpia": "met"}
    assert fit_linear([dpia("a", "gap", "-"), dpia("b", "met", ".")], CORE) is None


def test_the_fingerprint_follows_texts_and_labels_and_nothing_else() -> None:
    train = two_kinds(3)
    relabelled = [train[0].model_copy(update={"gold": Gold(verdicts={"gdpr-dpia": "ask"})}), *train[1:]]
    for fit in (fit_majority, fit_linear):
        first, again, other = fit(train, CORE), fit(train[::-1], CORE), fit(relabelled, CORE)
        assert first is not None
        assert again is not None
        assert other is not None
        assert first.fingerprint == again.fingerprint != other.fingerprint


def test_the_names_are_those_of_the_table() -> None:
    names = [found.name for fit in (fit_majority, fit_linear) if (found := fit(two_kinds(2), CORE)) is not None]
    assert names == ["majority", "TF-IDF + linear"]


values: st.SearchStrategy[FactValue] = st.one_of(
    st.booleans(), st.sampled_from(["unknown", "none", "true"]), st.lists(st.sampled_from(["a", "b"]), unique=True).map(tuple)
)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["gap", "met", "ask", "not_applicable"]), values, st.text(max_size=30), st.integers(0, FOLDS + 2)), min_size=1, max_size=8
    )
)
def test_whatever_the_labels_every_answer_is_one_that_was_seen(rows: Sequence[tuple[str, FactValue, str, int]]) -> None:
    train = [dpia(f"{i}", verdict, text, f"{family}", facts={"f": value}) for i, (verdict, value, text, family) in enumerate(rows)]
    for baseline in (fit_majority(train, CORE), fit_linear(train, CORE)):
        for said in [baseline.predict(s) for s in [*train, subject("new", "Ny tekst")]] if baseline else []:
            assert said.verdicts["gdpr-dpia"] in {verdict for verdict, _, _, _ in rows}
            assert any(said.facts["f"] == value and type(said.facts["f"]) is type(value) for _, value, _, _ in rows)
            assert all(0 <= p <= 1 for p in (*said.probabilities.values(), *said.fact_probabilities.values()))
