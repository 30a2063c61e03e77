"""checker prompts: what is listed, filled in, compared and tried. Run in this process: no model is loaded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

from checker.cli.prompts import app
from checker.errors import CheckerError, SettingsError
from checker.ports import Reply
from checker.prompts import load_prompt, load_prompts, shipped_folder

TEXT = "Kommunen prøver en talebot i borgerservice.\n\nRing til Mette på 22334455. Vi overvejer en konsekvensanalyse.\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHECKER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "160")
    for name in ("CHECKER_PROMPTS", "CHECKER_LLM"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "projekt.txt").write_text(TEXT, "utf-8")
    return tmp_path


def run(*args: str | Path, code: int = 0, stdin: str = "") -> str:
    ran = CliRunner().invoke(app, [str(a) for a in args], input=stdin, catch_exceptions=False)
    assert ran.exit_code == code, ran.output
    return ran.output


def own_prompt(folder: Path, name: str = "read", old: str = "Gæt ikke", new: str = "Gæt aldrig") -> Path:
    own = folder / "egne"
    own.mkdir(exist_ok=True)
    (own / f"{name}.yaml").write_text((shipped_folder() / f"{name}.yaml").read_text("utf-8").replace(old, new), "utf-8")
    return own


def test_the_list_has_every_prompt_with_its_hash_and_where_it_comes_from(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = run("show")
    for name, digest in load_prompts().hashes.items():
        assert name in listed and digest in listed
    own = own_prompt(folder)
    monkeypatch.setenv("CHECKER_PROMPTS", str(own))
    listed = run("show")
    assert load_prompts(own).hashes["read"] in listed and load_prompts().hashes["read"] not in listed


def test_one_prompt_is_shown_as_its_file_and_in_one_language(folder: Path) -> None:
    assert run("show", "ask-fact") == (shipped_folder() / "ask-fact.yaml").read_text("utf-8")
    english = run("show", "ask-fact", "--lang", "en")
    assert "Answer words: {{ words }}" in english and "Svarord" not in english


def test_a_prompt_is_filled_in_for_a_description_with_personal_data_masked(folder: Path) -> None:
    shown = run("show", "read", "--case", "projekt.txt")
    assert "[1] Kommunen prøver en talebot i borgerservice." in shown
    assert "på xxxxxxxx." in shown and "22334455" not in shown
    assert "Pligt: Konsekvensanalyse" in shown and '"enum": ["udført"' in shown
    assert "22334455" in run("show", "read", "--case", "projekt.txt", "--no-mask")


def test_the_item_that_is_asked_about_can_be_chosen(folder: Path) -> None:
    assert "Oplysning: Bruger CPR-numre" in run("show", "ask-fact", "--case", "projekt.txt", "--item", "cpr_numbers")
    assert "Fact: Uses CPR numbers" in run("show", "ask-fact", "--case", "-", "--item", "cpr_numbers", "--lang", "en", stdin=TEXT)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("show", "raed"), "Mente du read"),
        (("show", "read", "--case", "projekt.txt", "--item", "gdpr-dpiaa"), "Mente du gdpr-dpia"),
        (("show", "baseline-verdict", "--case", "projekt.txt"), "Vælg read"),
        (("show", "read", "--case", "nope.txt"), "nope.txt"),
        (("diff", "read"), "CHECKER_PROMPTS"),
        (("diff", "read", "."), "har ingen read.yaml"),
        (("diff", "read", "projekt.txt"), "projekt.txt"),
    ],
)
def test_slips_are_told_with_what_to_do(folder: Path, args: tuple[str, ...], said: str) -> None:
    with pytest.raises(CheckerError) as caught:
        CliRunner().invoke(app, list(args), catch_exceptions=False)
    assert said in str(caught.value)


def test_a_difference_is_shown_word_by_word(folder: Path) -> None:
    own = own_prompt(folder)
    shown = run("diff", "read", own)
    assert shown == run("diff", "read", own / "read.yaml")
    assert "Gæt [-ikke:-] {+aldrig:+} står der" in shown and "hæv version" in shown
    assert "system.en" not in shown


def test_a_raised_version_is_not_complained_about_and_equal_files_are_called_equal(folder: Path) -> None:
    own_prompt(folder)
    file = folder / "egne" / "read.yaml"
    file.write_text(file.read_text("utf-8").replace("version: 1", "version: 2"), "utf-8")
    assert "hæv version" not in run("diff", "read", file)
    assert "ens / the same" in run("diff", "ask-fact", own_prompt(folder, "ask-fact") / "ask-fact.yaml")


def test_a_folder_without_that_prompt_is_told(folder: Path) -> None:
    with pytest.raises(SettingsError, match=r"har ingen ask-fact\.yaml"):
        CliRunner().invoke(app, ["diff", "ask-fact", str(own_prompt(folder))], catch_exceptions=False)


def test_trying_the_prompts_needs_no_labelled_cases_and_says_so(folder: Path) -> None:
    shown = run("test")
    assert "de mærkede sager er ikke her" in shown
    assert "ingen fejl / no faults" in shown and load_prompt("read").hash in shown


def labelled_set(folder: Path, labels: str = "facts: {}") -> Path:
    """Two cases, `a` of the training part and `b` held out."""
    cases = folder / "set"
    cases.mkdir()
    (cases / "manifest.yaml").write_text(
        "name: set\ntitle: t\nsource: s\nlicence: l\nlabelled_by: x\nverified: v\nlaw_date: 2026-11-22\nheld_out_families: [b]\n", "utf-8"
    )
    for name in ("a", "b"):
        (cases / f"{name}.txt").write_text(f"Sag {name}. Vi fortæller her noget, som ingen anden tekst nogensinde har sagt i {name}.\n", "utf-8")
        (cases / f"{name}.yaml").write_text(f"id: {name}\nlanguage: da\nkind: project_description\nfamily: {name}\n{labels}\nrisk_class: unclear\n", "utf-8")
    return cases


def test_words_of_a_hidden_case_and_a_strange_source_are_faults(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = labelled_set(folder)
    own = own_prompt(folder, old="Vi overvejer en nødplan.", new="Vi fortæller her noget, som ingen anden tekst nogensinde har sagt.")
    monkeypatch.setenv("CHECKER_PROMPTS", str(own))
    shown = run("test", "--set", cases, code=1)
    assert "ord står i en gemt sag" in shown
    own_prompt(folder, old="source: own", new="source: b")
    assert "eksempel efter b, som ikke er i træningsdelen" in run("test", "--set", cases, code=1)
    own_prompt(folder, old="source: own", new="source: a")
    assert "ingen fejl" in run("test", "--set", cases)


def test_measuring_needs_a_model(folder: Path) -> None:
    with pytest.raises(SettingsError, match="CHECKER_LLM"):
        CliRunner().invoke(app, ["test", "--model"], catch_exceptions=False)


def test_a_configured_model_is_measured_on_the_training_part(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.wiring.chat_model", lambda *_, **__: Yes())
    monkeypatch.setenv("CHECKER_LLM", "openai:yes@http://127.0.0.1:9/v1")
    cases = labelled_set(folder, "facts: {cpr_numbers: true, citizen_facing: false}\nonly: [gdpr-dpia]\nverdicts: {gdpr-dpia: ask}")
    shown = run("test", "--model", "-n", "2", "--seed", "3", "--set", cases)
    assert f"yes, frø / seed 3, prompter / prompts {' '.join(load_prompts().hashes.values())}" in shown
    # one group of labels each is drawn first: false is answered wrong, true right; Wilson's interval of 1 of 2
    assert re.search(r"fact false +0/1 +0\.00", shown) and re.search(r"fact true +1/1 +1\.00", shown)
    assert re.search(r"all +1/2 +0\.50 \[0\.09; 0\.91\] +ulæste / unread 0", shown)


class Yes:
    """A model that always says yes."""

    name, samples = "yes", False

    def identity(self) -> str:
        return self.name

    def slots(self) -> int:
        return 1

    def context(self) -> int | None:
        return None

    def ask(self, system: str, user: str, schema: Mapping[str, object], probabilities: bool = False) -> Reply:
        return Reply(text='{"passages": [1], "answer": "ja"}')
