"""Drafts with a language model: a truthful one, and ones that invent, obey, answer nonsense or die. What stays is right, what went is counted."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from threading import Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.drafting import Draft, Kind, Lent, write
from checker.model.catalogue import Catalogue
from checker.model.project import Quote
from checker.model.report import Reason
from checker.reader.llm.rendering import readable
from tests.unit.drafting.conftest import Fake, finding, gone, report_of, writer

WORDS = tuple(
    re.findall(r"\S+", "Der skal foreligge konsekvensanalyse er lavet ikke godkendt 40 artikel 35 samtykke Ditte brofogeder hver i marts [1] » « . ?")
)
Says = Callable[[str, Mapping[int, str]], str]


def answer(*sentences: tuple[str, list[int]]) -> str:
    return json.dumps({"sentences": [{"text": t, "sources": s} for t, s in sentences]}, ensure_ascii=False)


def number(sources: Mapping[int, str], words: str) -> int:
    return next((n for n, line in sources.items() if words in line), 0)


def about_dpia(*texts: str) -> Says:
    """The same sentences of the section that has the source, nothing of the others."""

    def says(_: str, sources: Mapping[int, str]) -> str:
        n = number(sources, "Konsekvensanalyse")
        return answer(*((t, [n]) for t in texts)) if n else answer()

    return says


def drafted(kind: Kind, says: Says, catalogue: Catalogue, lent: Lent, trusted: bool = True) -> tuple[Draft, Fake]:
    fake = Fake(says)
    return write(report_of(), kind, catalogue, lent, "da", writer(fake, kind, trusted)), fake


def by_model(draft: Draft) -> list[str]:
    return [s.text for part in draft.sections for s in part.sentences if s.by == "model"]


def by_rule(draft: Draft) -> list[str]:
    return [s.text for part in draft.sections for s in part.sentences if s.by == "checker"]


@pytest.fixture
def plain(catalogue: Catalogue, lent: Lent) -> Draft:
    return write(report_of(), Kind.RATIONALE, catalogue, lent, "da")


def test_a_truthful_models_sentences_stand_with_their_marks_and_the_rest_is_kept(catalogue: Catalogue, lent: Lent, plain: Draft) -> None:
    says = about_dpia(
        "Beskrivelsen siger: »Vi forventer at lave en konsekvensanalyse, når forsøget slutter i november 2026.« "
        "Det er planlagt efter at løsningen er taget i brug."
    )
    draft, _ = drafted(Kind.RATIONALE, says, catalogue, lent)
    assert len(by_model(draft)) == 2 and draft.cut == {}
    assert draft.sections[0].sentences[0].sources == (1,)
    assert "sprogmodellen fup" in draft.mark and draft.receipt.model == "fup" and draft.receipt.identity == "fup:1" and draft.receipt.prompt
    # about a gap, what rules write stays whatever a model says
    assert tuple(s for s in draft.sections[0].sentences if s.by == "checker") == plain.sections[0].sentences
    assert draft.sections[1:] == plain.sections[1:]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Der skal foreligge 7 konsekvensanalyser, før forsøget begynder.", "number"),
        ("I forventer at lave en konsekvensanalyse, når forsøget slutter den 9. november 2026.", "date"),
        ("Efter GDPR art. 36 skal der foreligge en konsekvensanalyse.", "reference"),
        ("Indhent samtykke, før forsøget begynder.", "consent"),
        ("Konsekvensanalysen er lavet.", "stronger"),
        ("Konsekvensanalysen er godkendt.", "verdict"),
    ],
)
@pytest.mark.parametrize("kind", [Kind.MAIL, Kind.RATIONALE])
def test_what_a_model_invents_is_cut_and_counted(kind: Kind, text: str, reason: str, catalogue: Catalogue, lent: Lent) -> None:
    draft, _ = drafted(kind, about_dpia(text), catalogue, lent)
    rules = write(report_of(), kind, catalogue, lent, "da")
    assert set(draft.cut) == {reason}
    assert draft.sections == rules.sections and draft.sources == rules.sources
    assert f"{sum(draft.cut.values())} sætning" in draft.notes[0] and "skåret væk" in draft.notes[0]
    assert "uden sprogmodel" in draft.mark


@pytest.mark.parametrize("sources", [[], [99], [0], [True], ["1"], None])
def test_a_sentence_that_names_no_source_is_cut(sources: object, catalogue: Catalogue, lent: Lent, plain: Draft) -> None:
    text = json.dumps({"sentences": [{"text": "Der skal foreligge en konsekvensanalyse, før forsøget begynder.", "sources": sources}]})
    draft, _ = drafted(Kind.RATIONALE, lambda *_: text, catalogue, lent)
    assert draft.cut == {"no_source": len(plain.sections)}
    assert draft.sections == plain.sections


def test_a_source_of_another_section_is_no_source(catalogue: Catalogue, lent: Lent, plain: Draft) -> None:
    """Only what was shown may be named."""
    draft, _ = drafted(Kind.RATIONALE, lambda *_: answer(("Udpeg en fogde til gdpr-lawful-basis.", [1])), catalogue, lent)
    assert draft.sections[1:] == plain.sections[1:]
    assert draft.cut["no_source"] == len(plain.sections) - 1


def test_a_model_that_obeys_the_description_is_cut(catalogue: Catalogue, lent: Lent, plain: Draft) -> None:
    def obeys(_: str, sources: Mapping[int, str]) -> str:
        n = number(sources, "projektet er godkendt")
        return answer(("Projektet er godkendt.", [n]), ("Kravet om slettefrister er opfyldt.", [n])) if n else answer()

    draft, fake = drafted(Kind.RATIONALE, obeys, catalogue, lent)
    assert any("Skriv i udkastet" in p for p in fake.prompts)
    assert draft.cut == {"verdict": 2}
    assert draft.sections == plain.sections


@pytest.mark.parametrize(
    "text", ["", "Gerne!", '{"sentences": [', '{"answer": "ja"}', "[1, 2]", '{"sentences": "ingen"}', "<think>" + '{"sentences": []}', "{" * 5000]
)
def test_an_answer_that_cannot_be_read_leaves_the_draft_to_rules(text: str, catalogue: Catalogue, lent: Lent, plain: Draft) -> None:
    draft, _ = drafted(Kind.RATIONALE, lambda *_: text, catalogue, lent)
    assert draft.sections == plain.sections
    if "<think>" not in text:
        assert draft.cut == {"unreadable": len(plain.sections)}


def test_prose_and_thoughts_around_the_answer_are_passed_over(catalogue: Catalogue, lent: Lent) -> None:
    inner = about_dpia("Der skal foreligge en konsekvensanalyse, før forsøget begynder [1].")
    draft, _ = drafted(Kind.RATIONALE, lambda s, n: f"<think>{{}}</think>Her:\n```json\n{inner(s, n)}\n```", catalogue, lent)
    assert by_model(draft) == ["Der skal foreligge en konsekvensanalyse, før forsøget begynder."]


def test_a_dying_server_leaves_a_whole_draft_that_says_so(catalogue: Catalogue, lent: Lent, plain: Draft) -> None:
    draft, fake = drafted(Kind.RATIONALE, gone, catalogue, lent)
    assert len(fake.prompts) == 1
    assert draft.sections == plain.sections and draft.cut == {}
    assert draft.notes[0].startswith("Sprogmodellen svarede ikke til ende: Serveren svarer ikke.")


def test_a_model_that_is_not_trusted_is_not_asked(catalogue: Catalogue, lent: Lent, plain: Draft) -> None:
    draft, fake = drafted(Kind.RATIONALE, about_dpia("Konsekvensanalysen er lavet."), catalogue, lent, trusted=False)
    assert fake.prompts == [] and draft.sections == plain.sections
    assert "ikke godkendt til det: 7 af 20 rigtige" in draft.notes[0]


def test_the_prompt_is_fenced_masked_and_holds_only_the_sections_sources(catalogue: Catalogue, lent: Lent) -> None:
    _, fake = drafted(Kind.DPIA, lambda *_: answer(), catalogue, lent)
    assert all(p.splitlines()[0].startswith("<<<") and p.count(p.splitlines()[0]) == 2 for p in fake.prompts)
    assert any("xx xx xx xx" in p for p in fake.prompts) and not any("72 36 11 08" in p for p in fake.prompts)
    assert sum("konsekvensanalyse" in p for p in fake.prompts) == 0


@given(
    found=st.lists(
        st.tuples(
            st.one_of(
                st.text(max_size=60),
                st.lists(
                    st.sampled_from(WORDS),
                    max_size=12,
                ).map(" ".join),
            ),
            st.lists(st.one_of(st.integers(-1, 9), st.booleans(), st.text(max_size=2)), max_size=3),
        ),
        max_size=6,
    ),
    kind=st.sampled_from(list(Kind)),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_sentence_without_a_source_ever_comes_out(found: list[tuple[str, list[object]]], kind: Kind, catalogue: Catalogue, lent: Lent) -> None:
    text = json.dumps({"sentences": [{"text": t, "sources": s} for t, s in found]})
    draft, _ = drafted(kind, lambda *_: text, catalogue, lent)
    listed = {s.number for s in draft.sources}
    for sentence in (s for part in draft.sections for s in part.sentences):
        assert sentence.text and sentence.sources and set(sentence.sources) <= listed
        if sentence.by == "model":
            assert "samtykke" not in sentence.text and "godkendt" not in sentence.text.replace("»projektet er godkendt«", "")
    plain = write(report_of(), kind, catalogue, lent, "da")
    for part, whole in zip(draft.sections, plain.sections, strict=True):
        assert bool(part.sentences) == bool(whole.sentences)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_sentence_by_rule_about_what_is_missing_or_open_stays(kind: Kind, catalogue: Catalogue, lent: Lent) -> None:
    """Also where the model repeats it word for word: then it stands once."""
    rules = write(report_of(), kind, catalogue, lent, "da")
    unsettled = {s.number for s in rules.sources if s.says in ("gap", "ask", "question", "contradiction")}
    wanted = [s.text for part in rules.sections for s in part.sentences if unsettled & set(s.sources)]
    draft, _ = drafted(kind, lambda _, shown: answer(*((t, [n]) for t in wanted for n in shown)), catalogue, lent)
    assert wanted and set(wanted) <= set(by_rule(draft))
    for part in draft.sections:
        texts = [s.text for s in part.sentences]
        assert not {s.text for s in part.sentences if s.by == "model"} & {s.text for s in part.sentences if s.by == "checker"}, texts


def test_a_disguised_number_is_masked_in_the_prompt_and_in_the_draft(catalogue: Catalogue, lent: Lent) -> None:
    words = "Skriv til jens.hansen\uff20odense.dk om \u2070\xb9\u2070\xb9\u2079\u2070-\xb9\xb2\xb3\u2074 og 0101\xad90-1234."
    gap = finding("gdpr-storage-limitation", reason=Reason.GENERIC, evidence=(Quote(text=words, start=0, end=len(words)),))
    report = report_of(gap, text=words, facts={}, contradictions=())
    fake = Fake(lambda *_: answer())
    draft = write(report, Kind.RATIONALE, catalogue, lent, "da", writer(fake, Kind.RATIONALE))
    for text in (*fake.prompts, *by_rule(draft), *(q.text for s in draft.sources for q in s.quotes)):
        plain = readable(text)
        assert "hansen" not in plain and "1234" not in plain and "010190" not in plain
    assert any("xxxx.xxxxxx" in p for p in fake.prompts)


def test_ctrl_c_does_not_wait_for_the_server(catalogue: Catalogue, lent: Lent) -> None:
    """Everything that waits is a daemon thread: what the user stops ends though a request never does."""
    forever = Event()

    def hangs(section: str, sources: Mapping[int, str]) -> str:
        if number(sources, "Konsekvensanalyse"):
            raise KeyboardInterrupt
        forever.wait()
        return answer()

    fake = Fake(hangs)
    try:
        with pytest.raises(KeyboardInterrupt):
            write(report_of(), Kind.RATIONALE, catalogue, lent, "da", replace(writer(fake, Kind.RATIONALE), parallel=3))
        assert all(t.daemon for t in threading.enumerate() if t.name == "draft")
    finally:
        forever.set()
