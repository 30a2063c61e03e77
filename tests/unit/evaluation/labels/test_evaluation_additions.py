"""A case is added whole or not at all, and never where it would straddle the split."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from small_labels import MANIFEST

from checker.adapters.documents import Documents
from checker.errors import CaseError, CheckerError, InputError
from checker.evaluation.cases import Case, load_set
from checker.evaluation.labels.additions import Addition, add, check_text, existing, id_in, personal_numbers, resemblance, shingles, skeleton
from checker.library import Library

read = Documents().read

OLD = "Modellen er trænet på data fra renovationen. Den foreslår en rute til hver skraldebil, og chaufføren vælger selv."
NEW = "Et kamera tæller cykler på broen. Intet billede gemmes, og ingen kan kendes på optagelsen af nogen som helst."
HEAD = "id: {id}\nlanguage: da\nkind: project_description\npair: {pair}\nfamily: {family}\n"
BODY = "facts: {{}}\nevidence: {{}}\nverdicts: {verdicts}\nrisk_class: {risk}\n"

Try = Callable[..., Case]


def labels_text(id: str = "ny", family: str = "cykler", pair: str = "null", verdicts: str = "{}", risk: str = "minimal") -> str:
    return HEAD.format(id=id, pair=pair, family=family) + BODY.format(verdicts=verdicts, risk=risk)


SETTLED = labels_text().replace("facts: {}", "facts: {is_ai_system: true}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A set of one case, `gammel`, of the family `ruter`."""
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "manifest.yaml").write_text(MANIFEST.replace("[held]", "[cykler]"), "utf-8")
    (folder / "gammel.yaml").write_text(labels_text("gammel", "ruter"), "utf-8")
    (folder / "gammel.txt").write_text(OLD, "utf-8")
    return folder


@pytest.fixture
def attempt(tmp_path: Path, folder: Path, library: Library) -> Try:
    """All the command does: checks of the text, then checks of both, then both files."""

    def run(text: str = NEW, labels: str = labels_text(), name: str = "ny.txt", **more: str) -> Case:
        source, file = tmp_path / name, tmp_path / "mærker.yaml"
        source.write_text(text, "utf-8")
        file.write_text(labels, "utf-8")
        new = replace(Addition(source, "ny", "cykler", "project_description"), **more)  # type: ignore[arg-type]
        old = existing(folder, library.catalogue, read)
        check_text(new, old, read(source))
        return add(new, file, old, library.catalogue, read)

    return run


def files(folder: Path) -> set[str]:
    return {f.name for f in folder.iterdir()}


ONLY_OLD = {"manifest.yaml", "gammel.txt", "gammel.yaml"}


def test_text_and_labels_come_into_the_set_as_they_were_handed_in(attempt: Try, folder: Path, library: Library) -> None:
    case = attempt(labels="# min bemærkning\n" + labels_text())
    assert (case.id, case.split) == ("ny", "held-out")
    assert files(folder) == ONLY_OLD | {"ny.txt", "ny.yaml"}
    assert (folder / "ny.yaml").read_text("utf-8").startswith("# min bemærkning")
    assert [c.id for c in load_set(folder, library.catalogue)] == ["gammel", "ny"]


def test_the_first_case_of_a_set_can_be_added(attempt: Try, folder: Path) -> None:
    (folder / "gammel.yaml").unlink()
    (folder / "gammel.txt").unlink()
    assert attempt().id == "ny"


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        ({"labels": labels_text(verdicts="{gdpr-dpja: gap}")}, 8, "unknown id gdpr-dpja under verdicts"),
        ({"labels": labels_text(risk="farlig")}, 9, "risk_class"),
        ({"labels": labels_text(id="andet")}, 1, "id is andet, expected the file's name ny"),
        ({"labels": labels_text(family="andre")}, 5, "family is andre, but --family says cykler"),
        ({"labels": labels_text(), "kind": "form"}, 3, "kind is project_description, but --kind says form"),
        ({"labels": labels_text(), "pair": "tvilling"}, 4, "pair is not there, but --pair says tvilling"),
        ({"labels": SETTLED.replace("evidence: {}", "evidence: {is_ai_system: findes ikke}")}, 7, "evidence is_ai_system: not found"),
        ({"labels": SETTLED.replace("verdicts: {}", "verdicts: {fr-hjemmel: met}")}, 8, "fr-hjemmel is labelled met, but on the labelled facts"),
        ({"labels": "id: [ny\n"}, 2, "not valid YAML"),
    ],
)
def test_wrong_labels_are_named_in_the_file_handed_in_and_nothing_is_written(
    attempt: Try, folder: Path, change: dict[str, str], line: int, says: str
) -> None:
    with pytest.raises(CaseError, match=r"mærker\.yaml") as caught:
        attempt(**change)
    assert says in str(caught.value)
    assert caught.value.line == line
    assert "checker-case-" not in str(caught.value)
    assert files(folder) == ONLY_OLD


def test_an_id_that_is_there_is_refused(attempt: Try, folder: Path) -> None:
    with pytest.raises(CaseError, match=r"gammel\.yaml: the id gammel is taken"):
        attempt(id="gammel")
    assert (folder / "gammel.txt").read_text("utf-8") == OLD


@pytest.mark.parametrize("id", ["../ny", "Ny", "ny case", "", "-ny", "nå"])
def test_an_id_is_a_plain_file_name(attempt: Try, folder: Path, id: str) -> None:
    with pytest.raises(CaseError, match="choose one with --id"):
        attempt(id=id)
    assert files(folder) == ONLY_OLD


def test_the_same_text_is_refused_whatever_its_white_space_and_family(attempt: Try, folder: Path) -> None:
    for family in ("ruter", "cykler"):
        with pytest.raises(CaseError, match="in the set already, as gammel"):
            attempt(text="\n" + OLD.replace(" ", "\n  "), family=family, labels=labels_text(family=family))
    assert files(folder) == ONLY_OLD


def test_a_near_copy_needs_the_family_of_what_it_is_near(attempt: Try, folder: Path) -> None:
    near = OLD.replace("skraldebil", "fejemaskine")
    # 18 words → 16 runs of three; one word in the middle is in three of them: 13 shared of 19 = .68.
    assert resemblance(shingles(OLD), shingles(near)) == pytest.approx(13 / 19)
    with pytest.raises(CaseError, match=r"68% .* with gammel, of the family ruter; give it the same family \(--family ruter\)"):
        attempt(text=near)
    assert files(folder) == ONLY_OLD
    assert attempt(text=near, family="ruter", labels=labels_text(family="ruter")).split == "train"


def test_another_text_on_the_same_subject_is_no_copy(attempt: Try) -> None:
    assert attempt(text="Skraldebilerne får forslag til en rute af en model, som er trænet på data.").id == "ny"


@pytest.mark.parametrize("number", ["010203-1234", "0102031234", "010203 1234", "310199–0000", "050607.8910"])
def test_what_looks_like_a_cpr_number_is_refused_by_line_and_not_repeated(attempt: Try, folder: Path, number: str) -> None:
    with pytest.raises(InputError, match="linje 2 ") as caught:
        attempt(text=f"{NEW}\nBorgeren er {number}.")
    assert number not in str(caught.value)
    assert files(folder) == ONLY_OLD


def test_dates_case_numbers_and_telephones_are_no_cpr_numbers() -> None:
    assert personal_numbers("31. 12. 1999, sag 12-3456, telefon 12 34 56 78, EAN 5798009811578, 410203-1234") == ()


@given(st.dates(), st.integers(0, 9999), st.sampled_from(["", "-", " ", "–"]))
def test_every_date_of_birth_with_four_figures_is_seen(born: date, serial: int, mark: str) -> None:
    assert personal_numbers(f"a\nnr {born:%d%m%y}{mark}{serial:04}, b") == (2,)


def test_real_texts_of_the_set_hold_none(library: Library) -> None:
    municipal = Path(__file__).resolve().parents[4] / "eval" / "sets" / "municipal"
    assert [f.name for f in sorted(municipal.glob("*.txt"))[:60] if personal_numbers(f.read_text("utf-8"))] == []


# --- twins


def test_a_twin_may_come_later(attempt: Try, folder: Path) -> None:
    assert attempt(labels=labels_text(pair="ny-b"), pair="ny-b").labels.pair == "ny-b"


def test_twins_name_each_other_and_share_a_family(attempt: Try, folder: Path) -> None:
    with pytest.raises(CaseError, match=r"gammel\.yaml, line 5: the twin's family is ruter; expected cykler"):
        attempt(labels=labels_text(pair="gammel"), pair="gammel")
    same = labels_text(pair="gammel", family="ruter")
    with pytest.raises(CaseError, match=r"gammel\.yaml, line 4: the twin names None"):
        attempt(labels=same, pair="gammel", family="ruter")
    (folder / "gammel.yaml").write_text(labels_text("gammel", "ruter", pair="ny"), "utf-8")
    assert attempt(labels=same, pair="gammel", family="ruter").labels.pair == "gammel"


def test_a_twin_said_in_the_labels_alone_is_held_to_the_same(attempt: Try, folder: Path) -> None:
    with pytest.raises(CaseError, match="the twin's family is ruter"):
        attempt(labels=labels_text(pair="gammel"))
    assert files(folder) == ONLY_OLD


def test_a_case_that_another_waits_for_must_name_it(attempt: Try, folder: Path) -> None:
    (folder / "gammel.yaml").write_text(labels_text("gammel", "ruter", pair="ny"), "utf-8")
    with pytest.raises(CaseError, match="expected --pair gammel"):
        attempt()


def test_nothing_is_its_own_twin(attempt: Try) -> None:
    with pytest.raises(CaseError, match="own twin"):
        attempt(pair="ny", labels=labels_text(pair="ny"))


# --- the rest


def test_both_files_or_none(attempt: Try, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk gives up at the second file."""
    move = Path.rename

    def full(self: Path, target: Path) -> Path:
        if target.suffix == ".yaml":
            raise OSError(28, "No space left on device")
        return move(self, target)

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(CaseError, match="nothing was added"):
        attempt()
    assert files(folder) == ONLY_OLD


def test_a_set_of_reviews_takes_no_written_cases(attempt: Try, folder: Path) -> None:
    (folder / "manifest.yaml").write_text(MANIFEST + "kind: reviews\n", "utf-8")
    with pytest.raises(CaseError, match=r"manifest\.yaml, line 9: this set holds imported reviews"):
        attempt()


def test_a_format_the_sets_do_not_hold_is_refused_and_near_names_are_mended(attempt: Try, folder: Path, tmp_path: Path) -> None:
    assert attempt(name="ny.markdown").file == folder / "ny.md"
    with pytest.raises(CheckerError):
        attempt(name="ny.rtf", id="ny2", labels=labels_text("ny2"))


def test_labels_that_are_missing_are_named(attempt: Try, tmp_path: Path, folder: Path, library: Library) -> None:
    (tmp_path / "t.txt").write_text(NEW, "utf-8")
    new = Addition(tmp_path / "t.txt", "ny", "cykler", "form")
    with pytest.raises(CaseError, match=r"ingen\.yaml: cannot be read"):
        add(new, tmp_path / "ingen.yaml", existing(folder, library.catalogue, read), library.catalogue, read)
    assert files(folder) == ONLY_OLD


def test_the_id_is_read_from_the_labels_where_they_have_one(tmp_path: Path) -> None:
    file = tmp_path / "l.yaml"
    assert id_in(file) == ""
    for content, expected in (("id: ny\n", "ny"), ("family: x\n", ""), ("[1]\n", ""), ("a: [\n", "")):
        file.write_text(content, "utf-8")
        assert id_in(file) == expected


def test_a_skeleton_names_every_id_and_can_be_filled_in(attempt: Try, library: Library) -> None:
    new = Addition(Path("ny.txt"), "ny", "cykler", "project_description", language="da")
    text = skeleton(new, library.catalogue)
    for id in (*library.catalogue.facts, *library.catalogue.core):
        assert f"  # {id}: " in text
    filled = text.replace("# gdpr-dpia: gap | met | ask", "gdpr-dpia: ask").replace("  # is_ai_system: true | false", "  is_ai_system: true")
    data = yaml.safe_load(filled)
    assert (data["id"], data["family"], data["verdicts"], data["facts"]) == ("ny", "cykler", {"gdpr-dpia": "ask"}, {"is_ai_system": True})
    # `additions` holds everything to the other labels: one verdict alone is refused with the line, as in a set.
    with pytest.raises(CaseError, match=r"mærker\.yaml, line \d+"):
        attempt(labels=filled)


def test_two_empty_texts_have_nothing_in_common() -> None:
    assert resemblance(shingles(""), shingles("")) == 0.0
    assert resemblance(shingles("et ord"), shingles("et ord")) == 1.0


@given(st.text(max_size=200), st.text(max_size=200))
def test_resemblance_is_a_share_and_the_same_both_ways(a: str, b: str) -> None:
    one, two = shingles(a), shingles(b)
    assert 0.0 <= resemblance(one, two) == resemblance(two, one) <= 1.0
    assert resemblance(one, one) in (0.0, 1.0)


