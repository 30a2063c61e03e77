"""Answers kept between runs."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.adapters.answers import SqliteAnswers
from checker.ports import AnswerCache


def test_what_is_put_is_there_for_the_next_run(tmp_path: Path) -> None:
    file = tmp_path / "cache" / "answers.sqlite"
    first: AnswerCache = SqliteAnswers(file)
    first.put("a", '{"answer": "yes"}')
    first.put("a", '{"answer": "no"}')
    assert SqliteAnswers(file).get(["a", "b", "a"]) == {"a": '{"answer": "no"}'}  # the first is still open: nothing waits for its end


def test_more_keys_than_sqlite_takes_at_once_are_found(tmp_path: Path) -> None:
    answers = SqliteAnswers(tmp_path / "a.sqlite")
    answers.put("0", "first")
    answers.put("1999", "last")
    assert answers.get([str(n) for n in range(2000)]) == {"0": "first", "1999": "last"}
    assert answers.get([]) == {}


def test_threads_share_one_cache(tmp_path: Path) -> None:
    answers = SqliteAnswers(tmp_path / "a.sqlite")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: answers.put(str(n), f"v{n}"), range(64)))
    assert answers.get([str(n) for n in range(64)]) == {str(n): f"v{n}" for n in range(64)}


@pytest.mark.parametrize("damage", [b"no database at all, but some text " * 40, b"SQLite format 3\x00" + b"\xff" * 4096])
def test_a_damaged_file_is_set_aside_with_a_notice_and_a_new_one_begun(tmp_path: Path, damage: bytes) -> None:
    file, said = tmp_path / "a.sqlite", list[str]()
    file.write_bytes(damage)
    answers = SqliteAnswers(file, said.append)
    assert answers.get(["a"]) == {}
    answers.put("a", "1")
    assert (tmp_path / "a.sqlite.damaged").read_bytes() == damage
    assert len(said) == 1
    assert "a.sqlite.damaged" in said[0]
    assert SqliteAnswers(file, said.append).get(["a"]) == {"a": "1"}
    assert len(said) == 1


def test_a_file_of_another_program_is_left_as_it_is(tmp_path: Path) -> None:
    file, said = tmp_path / "a.sqlite", list[str]()
    with sqlite3.connect(file) as db:
        db.execute("create table answers (other integer)")
    db.close()
    answers = SqliteAnswers(file, said.append)
    answers.put("a", "1")
    assert answers.get(["a"]) == {"a": "1"}  # in memory
    assert SqliteAnswers(file).get(["a"]) == {}
    assert len(said) == 1
    assert "kun i denne kørsel" in said[0]


def test_a_place_that_cannot_be_written_costs_only_the_keeping(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = list[str]()
    answers = SqliteAnswers(tmp_path / "file" / "a.sqlite", said.append)
    answers.put("a", "1")
    assert answers.get(["a"]) == {"a": "1"}
    assert len(said) == 1


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> SqliteAnswers:
    return SqliteAnswers(tmp_path_factory.mktemp("answers") / "a.sqlite")


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])), max_size=8))
def test_any_text_comes_back_as_it_was(answers: SqliteAnswers, kept: dict[str, str]) -> None:
    for key, value in kept.items():
        answers.put(key, value)
    assert answers.get(list(kept)) == kept
