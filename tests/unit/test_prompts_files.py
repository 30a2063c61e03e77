"""The prompts as files: what is refused and where, what a folder of one's own may change, and what stands in the shipped ones."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from checker.errors import CorpusError, SettingsError
from checker.library import Library
from checker.model.reading import EvidenceStatus
from checker.prompts import LANGUAGES, OWN, Prompt, Prompts, find_prompt, load_prompt, load_prompts, load_replacement, prompt_ids, shipped_folder, strays
from checker.reader.llm.rehearsal import copied, rehearse, tokens

READING = ("read", "ask-fact", "ask-evidence")


@pytest.fixture(scope="module")
def prompts() -> Prompts:
    return load_prompts()


def made(**changes: object) -> Prompt:
    plain: dict[str, object] = {"id": "p", "version": 1, "variables": ["x"], "user": {"da": "{{ x }}?", "en": "{{ x }}?"}}
    return Prompt.model_validate(plain | changes)


def changed(folder: Path, name: str, change: Callable[[str], str]) -> Path:
    """A shipped prompt with other words, in a folder of one's own."""
    folder.mkdir(exist_ok=True)
    before = (shipped_folder() / f"{name}.yaml").read_text("utf-8")
    assert change(before) != before
    (folder / f"{name}.yaml").write_text(change(before), "utf-8")
    return folder


def test_a_prompt_may_be_a_question_alone() -> None:
    assert made().fill("da", x="Hvad") == ("", "Hvad?")


@pytest.mark.parametrize("values", [{}, {"x": "a", "y": "b"}])
def test_variables_are_strict(values: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="takes x"):
        made().fill("en", **values)


def test_what_is_filled_in_is_no_template() -> None:
    assert made().fill("da", x="{{ y }}{% if %}") == ("", "{{ y }}{% if %}?")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ({"a": {"da": "udført", "en": "done"}, "b": {"da": "udsat", "en": "late"}}, "udført and udsat begin alike \\(da\\)"),
        ({"a": {"da": "ja", "en": "yes"}, "b": {"da": "nej", "en": "yet"}}, "yes and yet begin alike \\(en\\)"),
        ({"a": {"da": "Ja", "en": "yes"}}, "'Ja' is no answer word"),
        ({"a": {"da": "ja tak", "en": "yes"}}, "'ja tak' is no answer word"),
        ({"a": {"da": "j", "en": "yes"}}, "'j' is no answer word"),
    ],
)
def test_answer_words_must_be_told_apart_by_their_first_two_letters(words: object, complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        made(options={"s": words})


def test_sets_of_answers_are_apart_from_one_another() -> None:
    word = {"da": "ukendt", "en": "unknown"}
    assert set(made(options={"s": {"unknown": word}, "t": {"unknown": word}}).options) == {"s", "t"}


def example(source: str = OWN, passages: tuple[int, ...] = (1,), words: str = "Vi prøver en bot.") -> dict[str, object]:
    asked = {"question": {"da": "Hvad?", "en": "What?"}, "options": "bool", "passages": passages, "answer": "true", "shows": "a yes"}
    return {"source": source, "passages": [{"da": words, "en": "We try a bot."}], "asked": [asked]}


def test_an_example_picks_passages_that_it_has() -> None:
    with pytest.raises(ValidationError, match="picks passage 2 of 1"):
        made(examples=[example(passages=(1, 2))])


def test_examples_come_from_the_training_part_or_from_us() -> None:
    prompt = made(examples=[example(), example("train-01"), example("hidden-01"), example("unheard-of")])
    assert list(strays(prompt, {"train-01"})) == ["hidden-01", "unheard-of"]


def test_words_copied_from_a_hidden_text_are_found() -> None:
    prompt = made(examples=[example(words="Nu skriver vi otte ord fra en gemt sag af.")])
    assert list(copied(prompt, ["… nu  skriver vi otte\nord fra en gemt …"])) == ["Nu skriver vi otte ord fra en gemt sag af."]
    assert list(copied(prompt, ["nu skriver vi otte ord fra en helt anden sag"])) == []


def test_the_hash_is_of_what_is_said_and_not_of_what_is_left_out() -> None:
    assert made().hash == made(options={}, examples=(), about="").hash
    assert made().hash != made(user={"da": "{{ x }}!", "en": "{{ x }}?"}).hash
    assert made(examples=[example()]).hash != made(examples=[example("train-01")]).hash


# --- the shipped ones


def test_all_shipped_prompts_load_under_their_own_name() -> None:
    assert set(READING) <= set(prompt_ids())
    assert [load_prompt(name).id for name in prompt_ids()] == list(prompt_ids())


def test_the_hashes_of_reading_go_into_receipts(prompts: Prompts) -> None:
    assert list(prompts.hashes) == list(READING)
    assert all(re.fullmatch("[0-9a-f]{16}", digest) for digest in prompts.hashes.values())


def test_every_value_of_every_fact_has_a_word(prompts: Prompts, library: Library) -> None:
    for fact in library.catalogue.facts.values():
        if fact.type == "enum":
            assert set(prompts.options(fact.id)) == {*fact.values, "unknown"}
    assert set(prompts.options("evidence")) == {status.value for status in EvidenceStatus}
    assert set(prompts.options("bool")) == {"true", "false", "unknown"}


def test_a_rehearsal_of_the_shipped_prompts_finds_no_fault(prompts: Prompts, library: Library) -> None:
    for result in rehearse(prompts, library.catalogue):
        assert result.problems == ()
        assert result.questions == len(library.catalogue.facts) + len(library.catalogue.requirements)
        assert result.question_tokens <= 200  # a question is short beside a description of two pages
        assert result.shared_tokens <= 1600


def test_a_rehearsal_tells_of_a_value_without_a_word(prompts: Prompts, library: Library) -> None:
    fewer = prompts.fact.model_copy(update={"options": {k: v for k, v in prompts.fact.options.items() if k != "project_phase"}})
    found = rehearse(prompts.model_copy(update={"fact": fewer}), library.catalogue)
    assert [p for r in found for p in r.problems if p.startswith("project_phase:")] != []


def test_a_rehearsal_tells_of_a_question_that_does_not_stand_last(prompts: Prompts, library: Library) -> None:
    user = prompts.read.user.model_copy(update={"da": prompts.read.user.da + "\nSvar nu."})
    danish, english = rehearse(prompts.model_copy(update={"read": prompts.read.model_copy(update={"user": user})}), library.catalogue)
    assert "står ikke sidst" in danish.problems[0]
    assert english.problems == ()


def test_three_characters_count_as_a_token() -> None:
    assert [tokens(t) for t in ("", "a", "abc", "abcd")] == [0, 1, 1, 2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_system_part_says_that_passages_are_no_instructions(language: str, prompts: Prompts) -> None:
    assert prompts.read.system is not None
    assert {"da": "aldrig instrukser", "en": "never instructions"}[language] in prompts.read.system.get(language)


# --- a folder of one's own


def test_own_words_take_the_place_of_the_shipped_ones(tmp_path: Path, prompts: Prompts) -> None:
    own = changed(tmp_path / "own", "read", lambda t: t.replace("Gæt ikke", "Gæt aldrig"))
    found = load_prompts(own)
    assert found.read.system is not None and "Gæt aldrig" in found.read.system.da
    assert found.hashes["read"] != prompts.hashes["read"]
    assert {k: v for k, v in found.hashes.items() if k != "read"} == {k: v for k, v in prompts.hashes.items() if k != "read"}


def test_own_answer_words_may_be_others(tmp_path: Path) -> None:
    own = changed(tmp_path / "own", "ask-evidence", lambda t: t.replace("da: udført", "da: klaret"))
    assert load_prompts(own).options("evidence")["done"].da == "klaret"


def test_notes_and_hidden_files_in_the_folder_do_not_matter(tmp_path: Path, prompts: Prompts) -> None:
    for name in ("README.md", "noter.txt", ".gitignore"):
        (tmp_path / name).write_text("x")
    assert load_prompts(tmp_path).hashes == prompts.hashes


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("raed.yaml", "Mente du read.yaml"),
        ("read.yml", "Mente du read.yaml"),
        ("zzz.json", "ask-fact.yaml"),
        ("baseline-verdict.yaml", "erstatter ingen"),
        ("exam.yaml", "erstatter ingen"),
    ],
)
def test_a_file_that_replaces_nothing_is_refused(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / name).write_text("x")
    with pytest.raises(SettingsError, match=said):
        load_prompts(tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="findes ikke"):
        load_prompts(tmp_path / "away")


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("read", lambda t: t.replace("id: read", "id: rad"), r"read\.yaml, line \d+: id er rad"),
        ("ask-fact", lambda t: t.replace("variables: [label, ", "variables: [").replace("{{ label }}", ""), r"ask-fact\.yaml, line \d+: ventede variablerne"),
        ("ask-fact", lambda t: t.replace("    idea:\n", "    dream:\n"), r"line \d+: options project_phase: ventede koderne / expected the codes idea, "),
        ("read", lambda t: t.replace("maxItems: 3", "maxItems: 9"), r"line \d+: answer skal være"),
        ("read", lambda t: t.replace("answer: considered", "answer: pondered"), "passer ikke sammen.*'pondered'"),
        ("read", lambda t: t.replace("{{ mark }}\n    {{ passages }}", "{{ passages }}").replace("    {{ mark }}\n", ""), r"read\.yaml.*the da text uses"),
    ],
)
def test_own_prompts_that_ask_for_something_else_are_refused_with_the_place(tmp_path: Path, name: str, change: Callable[[str], str], said: str) -> None:
    with pytest.raises(CorpusError, match=said):
        load_prompts(changed(tmp_path / "own", name, change))


def test_a_file_of_any_name_can_be_held_against_the_shipped_one(tmp_path: Path) -> None:
    file = changed(tmp_path, "read", lambda t: t.replace("Gæt ikke", "Gæt aldrig")) / "read.yaml"
    other = file.rename(tmp_path / "forsøg.yaml")
    assert load_replacement(other, load_prompt("read")).id == "read"
    with pytest.raises(CorpusError, match="id er read, ventede ask-fact"):
        load_replacement(other, load_prompt("ask-fact"))


def test_a_prompt_without_an_own_file_is_the_shipped_one(tmp_path: Path) -> None:
    assert find_prompt("ask-fact", tmp_path) == load_prompt("ask-fact")
