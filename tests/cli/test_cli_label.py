"""`checker eval label`, `agreement`, `add-case` as a person at a terminal meets them: real command, answers through a pipe."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml
from conftest import Run

from checker.library import Library

SET = Path(__file__).resolve().parents[2] / "eval" / "sets" / "municipal"
CASES = ("par-sprogplacering-a", "par-sprogplacering-b")
FIRST = "fr-hjemmel"


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Two twins of the shipped set, both held out."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    manifest = yaml.safe_load((SET / "manifest.yaml").read_text("utf-8"))
    manifest |= {"name": "tiny", "provisions": {}}
    (folder / "manifest.yaml").write_text(yaml.safe_dump(manifest, allow_unicode=True), "utf-8")
    for case in CASES:
        for file in SET.glob(f"{case}.*"):
            shutil.copy(file, folder)
    return folder


@pytest.fixture
def none_apply(library: Library) -> bytes:
    """Answers for one whole text: nothing applies, minimal risk, Enter at the overview."""
    return ("n\n" * len(library.catalogue.core) + "4\n\n").encode()


def labels_of(tiny: Path, name: str, case: str) -> dict[str, object]:
    data = yaml.safe_load((tiny / "labellers" / name / f"{case}.yaml").read_text("utf-8"))
    assert isinstance(data, dict)
    return data


def test_answers_through_a_pipe_are_kept_and_the_tool_speaks_after_them(checker: Run, tiny: Path) -> None:
    # A wrong key; a gap shown by sentence 3, with a remark; the tool says otherwise, no second thought; then the input ends.
    ran = checker("eval", "label", tiny, "--labeller", "anna", "--case", CASES[0], stdin="x\ng\n3 # så vagt\n\n".encode())
    assert ran.code == 0, ran.err
    assert ran.out.index("sentence no.") < ran.out.index("the tool:")
    assert "Kept" in ran.out
    kept = labels_of(tiny, "anna", CASES[0])
    assert (kept["verdicts"], kept["remarks"], kept["finished"]) == ({FIRST: "gap"}, {FIRST: "så vagt"}, None)
    (quote,) = kept["evidence"][FIRST]  # type: ignore[index]
    assert quote in (tiny / f"{CASES[0]}.md").read_text("utf-8")
    assert quote.startswith("En talemodel")


def test_a_second_person_labels_a_sample_and_gets_the_agreement(checker: Run, tiny: Path, none_apply: bytes, library: Library) -> None:
    ran = checker("eval", "label", tiny, "--labeller", "bo", "--sample", "2", "--reveal", "never", stdin=none_apply + b"\n" + none_apply)
    assert ran.code == 0, ran.err
    assert "2 af/of 2 sager er færdige" in ran.out
    assert "the tool" not in ran.out
    assert {labels_of(tiny, "bo", c)["risk_class"] for c in CASES} == {"minimal"}

    told = checker("eval", "agreement", tiny, "--format", "json", "--details")
    data = json.loads(told.out)
    assert (data["cases"], data["of"], data["items"]) == (2, 2, 2 * len(library.catalogue.core))
    # Bo said "not applicable" of all; the set agrees just where it says nothing.
    silent = sum(len(library.catalogue.core) - len(yaml.safe_load((tiny / f"{c}.yaml").read_text("utf-8"))["verdicts"]) for c in CASES)
    assert data["percent"] == pytest.approx(silent / data["items"])
    assert len(data["disagreements"]) == data["items"] - silent + 2  # and both risk classes
    shown = checker("eval", "agreement", tiny)
    assert shown.code == 0
    assert "2 af/of 2 sager mærket af flere" in shown.out


@pytest.mark.parametrize("end", [b"", b"q\n", b"\nn\nq\n"])
def test_a_stop_before_every_case_is_closed_tells_no_agreement(checker: Run, tiny: Path, none_apply: bytes, end: bytes) -> None:
    """The figures of a finished case say how the others answered, and would colour the rest."""
    ran = checker("eval", "label", tiny, "--labeller", "anna", "--sample", "2", "--reveal", "never", stdin=none_apply + end)
    assert ran.code == 0
    assert "1 af/of 2 sager er færdige" in ran.out
    assert "vises, når alle er det" in ran.out
    assert not [word for word in ("kappa", " %", "ens/equal") if word in ran.out]


def test_the_next_text_is_announced_and_waits(checker: Run, tiny: Path, none_apply: bytes) -> None:
    ran = checker("eval", "label", tiny, "--labeller", "anna", "--sample", "2", "--reveal", "never", stdin=none_apply)
    assert ran.out.count("===") == 2, "the second text is not shown before Enter"
    assert "Sag 1 af 2 / case 1 of 2" in ran.out
    assert "Sag 2 af 2 / case 2 of 2" in ran.out


def test_a_slip_in_a_finished_case_is_mended_by_naming_it(checker: Run, tiny: Path, none_apply: bytes) -> None:
    label = ("eval", "label", tiny, "--labeller", "anna", "--reveal", "never")
    first = checker(*label, "--case", CASES[0], stdin=none_apply)
    assert "kappa" in first.out
    skipped = checker(*label, "--sample", "2", stdin=b"")
    assert f"ret den med / is finished, correct it with --case {CASES[0]}" in " ".join(skipped.out.split())
    mended = checker(*label, "--case", CASES[0], stdin="1\ng 3\nlæste forbi afsnit to\n\n".encode())
    assert "Oversigt / overview" in mended.out
    kept = labels_of(tiny, "anna", CASES[0])
    assert kept["verdicts"][FIRST] == "not_applicable"  # type: ignore[index]
    assert kept["revised"][FIRST]["verdict"] == "gap"  # type: ignore[index]
    assert kept["revised"][FIRST]["why"] == "læste forbi afsnit to"  # type: ignore[index]
    assert "1 svar ændret bagefter; de første tæller" in checker("eval", "agreement", tiny).out


def test_a_danish_screen_shows_values_and_conditions_in_danish(checker: Run, tiny: Path, library: Library) -> None:
    answers = "n\n" * len(library.catalogue.core) + "4\n" + "j\n" * 24 + "1\n1\n" * 20
    ran = checker("eval", "label", tiny, "--labeller", "anna", "--case", CASES[0], "--facts", "--reveal", "never", stdin=answers.encode())
    assert "væsentlige tjenester og ydelser (essential_services)" in ran.out
    flat = " ".join(ran.out.split())
    assert "Gælder når / applies when: Konsekvensanalyse kræves Konsekvensanalyse kræves = Personoplysninger" in flat
    assert "recommends_or_ranks/solely_automated" not in flat


def test_a_changed_catalogue_alone_says_nothing_of_a_finished_case(checker: Run, tiny: Path, none_apply: bytes) -> None:
    label = ("eval", "label", tiny, "--labeller", "anna", "--reveal", "never", "--case", CASES[0])
    checker(*label, stdin=none_apply)
    file = tiny / "labellers" / "anna" / f"{CASES[0]}.yaml"
    data = yaml.safe_load(file.read_text("utf-8"))
    file.write_text(yaml.safe_dump(data | {"catalogue": "older"}, allow_unicode=True, sort_keys=False), "utf-8")
    assert "questions" not in checker(*label, stdin=b"\n").out
    reworded = data | {"catalogue": "older", "wording": data["wording"] | {"requirements": "older"}}
    file.write_text(yaml.safe_dump(reworded, allow_unicode=True, sort_keys=False), "utf-8")
    flat = " ".join(checker(*label, stdin=b"\n").out.split())
    assert f"The questions have changed since you labelled {CASES[0]}: with --case {CASES[0]}, give a second answer" in flat


def test_a_text_that_changed_since_is_refused(checker: Run, tiny: Path) -> None:
    label = ("eval", "label", tiny, "--labeller", "anna", "--case", CASES[0], "--reveal", "never")
    checker(*label, stdin=b"n\n")
    with (tiny / f"{CASES[0]}.md").open("a", encoding="utf-8") as text:
        text.write("\nEn ny sætning.\n")
    again = checker(*label, stdin=b"n\n")
    assert again.code == 2
    assert f"anna/{CASES[0]}.yaml, line 6: the text {CASES[0]}.md has changed" in again.err


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--labeller", "../x"), "mappenavn"),
        (("--labeller", "anna", "--case", "par-sprogplacering-c"), "Mente du par-sprogplacering-"),
        (("--labeller", "anna", "--case", CASES[0], "--sample", "1"), "enten --case eller --sample"),
    ],
)
def test_wrong_options_are_told_in_one_line(checker: Run, tiny: Path, args: tuple[str, ...], says: str) -> None:
    ran = checker("eval", "label", tiny, *args)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err


def test_agreement_without_label_files_says_how_to_make_them(checker: Run, tiny: Path) -> None:
    ran = checker("eval", "agreement", tiny)
    assert ran.code == 2
    assert "checker eval label --labeller NAME" in ran.err


def test_a_skeleton_is_filled_in_and_added(checker: Run, tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "ny.txt").write_text("Et kamera tæller cykler på broen ved havnen. Ingen kan kendes på billedet, og intet gemmes.", "utf-8")
    added = ("eval", "add-case", tiny, "ny.txt", "--family", "cykler", "--kind", "project_description")
    first = checker(*added, "--out", "ny-skelet.yaml")
    assert first.code == 0, first.err
    assert not list(tiny.glob("ny.*"))
    skeleton = (tmp_path / "ny-skelet.yaml").read_text("utf-8")
    assert "language: da" in skeleton
    filled = skeleton.split("facts:")[0] + "facts: {}\nevidence: {}\nverdicts: {}\nrisk_class: minimal\n"
    (tmp_path / "ny.yaml").write_text(filled, "utf-8")
    second = checker(*added, "--labels", "ny.yaml")
    assert second.code == 0, second.err
    assert "familie/family cykler: train" in second.out
    assert {f.name for f in tiny.glob("ny.*")} == {"ny.txt", "ny.yaml"}
    again = checker(*added, "--labels", "ny.yaml")
    assert again.code == 2
    assert "is taken" in again.err


def test_a_text_with_a_cpr_number_never_comes_into_a_set(checker: Run, tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "ny.txt").write_text("Borgeren 010203-1234 har fået besked om modellens forslag.", "utf-8")
    ran = checker("eval", "add-case", tiny, "ny.txt", "--family", "f", "--kind", "ocr")
    assert ran.code == 2
    assert "010203" not in ran.err
    assert not list(tiny.glob("ny.*"))
