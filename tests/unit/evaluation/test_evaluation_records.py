"""Results on disk: whole lines, found again after a kill, and every damage named with file and line."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from made_results import made, some_results

from checker.errors import CaseError
from checker.evaluation.records import RESULTS, Gold, Result, Subject, append, key_of, read_results, read_started, write_results
from checker.model.project import Document


def subject(**changes: object) -> Subject:
    document = Document(source="a.txt", format="txt", text="En tekst.", blocks=())
    fields: dict[str, object] = {"set": "s", "id": "a", "split": "train", "family": "f", "language": "da", "document": document, "gold": Gold()}
    return Subject.model_validate(fields | changes)


@settings(deadline=None)
@given(results=some_results())
def test_what_is_written_is_read_again(results: list[Result], tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("r") / RESULTS
    for result in results:
        append(file, result)
    assert read_results(file) == tuple(results)
    assert read_results(file.parent) == tuple(results)


def test_a_line_that_was_cut_off_is_dropped_when_a_run_goes_on(tmp_path: Path) -> None:
    file = tmp_path / RESULTS
    append(file, made("a"))
    append(file, made("b"))
    file.write_bytes(file.read_bytes()[:-20])
    assert [r.case for r in read_started(file)] == ["a"]
    append(file, made("c"))
    assert [r.case for r in read_results(file)] == ["a", "c"]


def test_a_run_that_never_began_has_done_nothing(tmp_path: Path) -> None:
    assert read_started(tmp_path / RESULTS) == ()


def test_the_file_is_whole_while_it_is_written_anew(tmp_path: Path) -> None:
    file = tmp_path / RESULTS
    append(file, made("b"))
    write_results(file, [made("a"), made("b")])
    assert [r.case for r in read_results(file)] == ["a", "b"]
    assert [p.name for p in tmp_path.iterdir()] == [RESULTS]


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ("{half", "line 2: not a line of JSON"),
        ('{"schema_version": 2}', "line 2: schema_version is 2, expected 1"),
        ("[]", "line 2: schema_version is None, expected 1"),
        ('{"schema_version": 1, "set": "s"}', "line 2: case: Field required"),
        (made("a").model_dump_json().replace('"held-out"', '"half"'), "line 2: split: "),
    ],
)
def test_a_line_that_is_no_result_is_named(tmp_path: Path, second: str, expected: str) -> None:
    file = tmp_path / RESULTS
    file.write_text(made("a").model_dump_json() + "\n" + second + "\n", "utf-8")
    with pytest.raises(CaseError, match=expected) as error:
        read_results(file)
    assert str(error.value).startswith(f"{file}, line 2: ")


def test_a_missing_an_empty_and_a_binary_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="the file is missing"):
        read_results(tmp_path)
    (tmp_path / RESULTS).write_text("\n")
    with pytest.raises(CaseError, match="no results in it"):
        read_results(tmp_path)
    (tmp_path / RESULTS).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CaseError, match="cannot be read as UTF-8"):
        read_results(tmp_path)


def test_the_key_changes_with_all_an_answer_depends_on() -> None:
    other = Document(source="a.txt", format="txt", text="En anden tekst.", blocks=())
    same = key_of(subject(), "checker", 0, "v1")
    assert key_of(subject(), "checker", 0, "v1") == same
    changed = [
        key_of(subject(document=other), "checker", 0, "v1"),
        key_of(subject(gold=Gold(verdicts={"gdpr-dpia": "gap"})), "checker", 0, "v1"),
        key_of(subject(split="held-out"), "checker", 0, "v1"),
        key_of(subject(), "majority", 0, "v1"),
        key_of(subject(), "checker", 1, "v1"),
        key_of(subject(), "checker", 0, "v2"),
    ]
    assert same not in changed
    assert len(set(changed)) == len(changed)


def test_what_could_not_be_read_is_unjudged_whatever_else_is_said() -> None:
    assert made("a", said={"gdpr-dpia": "gap"}, says={"unread": "scanned"}).said.verdict("gdpr-dpia") == "unjudged"
    assert made("a").said.verdict("gdpr-dpia") == "not_applicable"
