"""Tables of every format come out as the same rows of text, each with its line; what cannot be read whole is refused."""

import csv
import io
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.adapters.tables import Table, read_table
from checker.errors import CaseError


def write(folder: Path, name: str, content: str | bytes) -> Path:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def book(folder: Path, *sheets: list[list[Any]], name: str = "a.xlsx") -> Path:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)  # type: ignore[arg-type]
    for number, rows in enumerate(sheets, 1):
        sheet = workbook.create_sheet(f"Sheet{number}")
        for row in rows:
            sheet.append(row)
    workbook.save(folder / name)
    return folder / name


def cells(table: Table) -> list[dict[str, Any]]:
    return [dict(row.cells) for row in table.rows]


def refused(file: Path, sheet: str | None = None) -> CaseError:
    with pytest.raises(CaseError, match=file.name) as caught:
        read_table(file, sheet)
    return caught.value


def test_the_five_formats_say_the_same(tmp_path: Path) -> None:
    rows = [{"id": "1", "text": "Æbler, pærer", "said": "no"}, {"id": "2", "text": "b", "said": ""}]
    files = [
        write(tmp_path, "a.csv", 'id,text,said\n1,"Æbler, pærer",no\n2,b,\n'),
        write(tmp_path, "a.tsv", "id\ttext\tsaid\n1\tÆbler, pærer\tno\n2\tb\t\n"),
        write(tmp_path, "a.jsonl", '{"id": 1, "text": "Æbler, pærer", "said": "no"}\n\n{"id": 2, "text": "b"}\n'),
        write(tmp_path, "a.json", '[\n{"id": 1, "text": "Æbler, pærer", "said": "no"},\n{"id": 2, "text": "b", "said": null}]'),
        write(tmp_path, "a.yaml", "- {id: 1, text: 'Æbler, pærer', said: no}\n- id: 2\n  text: b\n  said:\n"),
        book(tmp_path, [["id", "text", "said"], [1, "Æbler, pærer", "no"], [2.0, "b", None]]),
    ]
    assert [cells(read_table(file)) for file in files] == [rows] * 6


def test_each_row_knows_the_line_it_begins_on(tmp_path: Path) -> None:
    many = write(tmp_path, "a.csv", 'id,text\n1,"two\nlines"\n\n2,b\n')
    assert [row.number for row in read_table(many).rows] == [2, 5]
    assert [row.number for row in read_table(write(tmp_path, "a.jsonl", '{"a": 1}\n\n{"a": 2}\n')).rows] == [1, 3]
    assert [row.number for row in read_table(write(tmp_path, "a.json", '[{"a": 1,\n "b": 2},\n\n {"a": 2}]')).rows] == [1, 4]
    assert [row.number for row in read_table(write(tmp_path, "a.yaml", "# a note\n- a: 1\n- a: 2\n")).rows] == [2, 3]
    assert [row.number for row in read_table(book(tmp_path, [["a"], [None], ["x"]])).rows] == [3]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_separator_is_found_though_texts_are_full_of_others(tmp_path: Path, delimiter: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([["id", "text"], ["1", "a, b; c | d, e; f"], ["2", 'he said "no, no; no"']])
    assert cells(read_table(write(tmp_path, "a.csv", out.getvalue())))[1] == {"id": "2", "text": 'he said "no, no; no"'}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_danish_letters_survive_every_encoding_that_registers_use(tmp_path: Path, encoding: str) -> None:
    text = "id;tekst\n1;Børnehaven på Ærø får en robot til høet\n"
    assert cells(read_table(write(tmp_path, "a.csv", text.encode(encoding))))[0]["tekst"] == "Børnehaven på Ærø får en robot til høet"


def test_yaml_words_stay_words(tmp_path: Path) -> None:
    file = write(tmp_path, "a.yaml", "- {a: no, b: 2024-01-03, c: ~, d: [1, yes], e: {f: on}}\n")
    assert cells(read_table(file)) == [{"a": "no", "b": "2024-01-03", "c": "", "d": ("1", "yes"), "e.f": "on"}]


def test_a_sheet_gives_dates_and_truths_as_a_person_writes_them(tmp_path: Path) -> None:
    file = book(tmp_path, [["a", "b", "c", "d"], [date(2026, 1, 2), datetime(2026, 1, 2, 9, 30), True, 2.5]])
    assert cells(read_table(file)) == [{"a": "2026-01-02", "b": "2026-01-02T09:30:00", "c": "true", "d": "2.5"}]


def test_a_workbook_with_several_sheets_must_be_told_which(tmp_path: Path) -> None:
    file = book(tmp_path, [["a"], ["1"]], [["a"], ["2"]])
    assert cells(read_table(file, "Sheet2")) == [{"a": "2"}]
    assert "several sheets; expected one of Sheet1, Sheet2" in str(refused(file))
    assert "there is no sheet Labels; expected one of Sheet1, Sheet2" in str(refused(file, "Labels"))


def test_a_name_over_two_columns_is_told_and_gives_the_first(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "a.csv", "id,If other,If other\n1,x,y\n"))
    assert table.repeated == {"If other"}
    assert cells(table) == [{"id": "1", "If other": "x"}]


def test_empty_columns_without_a_name_are_passed_over(tmp_path: Path) -> None:
    assert cells(read_table(write(tmp_path, "a.csv", "id,text,,\n1,x,,\n"))) == [{"id": "1", "text": "x"}]


@pytest.mark.parametrize(
    ("name", "content", "line", "says"),
    [
        ("a.csv", "id,text\n1,a\n2,b,c\n", 3, "3 columns, too many; expected 2 as in the header"),
        ("a.csv", "id,text,said\n1,a,b\n2,b\n", 3, "2 columns, too few; expected 3"),
        ("a.csv", "id,text\n1,a\n2,\"b\n3,c\n", 3, "the row that begins here is broken"),
        ("a.csv", "id,,said\n1,a,no\n", 1, "column 2 has no name, but line 2 has a value in it"),
        ("a.csv", "id,said,\n1,no,\n2,no,x\n", 3, "a value stands in column 3, which has no name"),
        ("a.csv", b"id,text\n1,\x00\x01\x02\x03\x04\x05\n", None, "cannot be read"),
        ("a.csv", " \n", None, "the file is empty"),
        ("a.jsonl", '{"a": 1}\n{"a": \n', 2, "not JSON"),
        ("a.jsonl", '{"a": 1}\n{"a": 1, "a": 2}\n', 2, "a is there twice in one row"),
        ("a.jsonl", '{"a": 1}\n[1]\n', 2, "expected an object with columns, found list"),
        ("a.json", '[{"a": 1},\n{"a": 2,\n "a": 3}]', 2, "a is there twice in one row"),
        ("a.json", '[{"a": 1},\n{"a" 2}]', 2, "not JSON"),
        ("a.json", '{"a": 1}', 1, "expected a list of objects"),
        ("a.json", '[{"a": 1}] x', 1, "not JSON"),
        ("a.json", "[" * 100_000, 1, "nested too deep"),
        ("a.yaml", "- a: 1\n- a: 1\n  a: 2\n", 2, "a is there twice"),
        ("a.yaml", "- a: 1\n\t- b\n", 2, "not valid YAML"),
        ("a.yaml", "a: 1\n", 1, "expected a list of mappings"),
        ("a.yaml", "- a: &x [1]\n  b: [*x, *x]\n", None, "an alias"),
        ("a.xlsx", b"PK\x03\x04 not really", None, "cannot be read"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", None, "without a password"),
        ("a.xls", b"x", None, "expected one of .csv"),
        ("a.pdf", b"x", None, "the ending .pdf is not a table we read"),
    ],
)
def test_a_table_that_cannot_be_taken_as_it_stands_names_file_and_line(tmp_path: Path, name: str, content: str | bytes, line: int | None, says: str) -> None:
    error = refused(write(tmp_path, name, content))
    assert says in str(error)
    assert error.line == line


def test_a_missing_table_says_how_to_name_another(tmp_path: Path) -> None:
    assert "the file is missing" in str(refused(tmp_path / "register.csv"))


def test_a_zip_that_is_no_workbook_is_damaged(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "not a whole .xlsx workbook" in str(refused(tmp_path / "a.xlsx"))


def test_a_formula_or_an_error_in_a_sheet_names_the_cell(tmp_path: Path) -> None:
    error = refused(book(tmp_path, [["id", "said"], [1, "no"], [2, '=IF(A3=2,"yes","no")']]))
    assert (error.line, "B3 holds a formula" in str(error)) == (3, True)
    error = refused(book(tmp_path, [["id", "said"], [1, "#N/A"]]))
    assert "B2 holds the error #N/A" in str(error)


def test_a_value_beyond_the_header_of_a_sheet_is_refused(tmp_path: Path) -> None:
    error = refused(book(tmp_path, [["id", "said"], [1, "no"], [2, "no", "shifted"]]))
    assert (error.line, "3 columns, too many; expected 2" in str(error)) == (3, True)


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=12)


@given(rows=st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=6), delimiter=st.sampled_from(",;\t|"))
def test_whatever_a_csv_writer_writes_is_read_back(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]], delimiter: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([("one", "two", "three"), *rows])
    table = read_table(write(tmp_path_factory.mktemp("csv"), "a.csv", out.getvalue().encode("utf-8-sig")))
    assert [tuple(row.cells.values()) for row in table.rows] == rows


@given(rows=st.lists(st.dictionaries(st.sampled_from(["a", "b", "c"]), WORDS, min_size=1), min_size=1, max_size=6))
def test_json_lines_and_a_json_list_say_the_same(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]]) -> None:
    folder = tmp_path_factory.mktemp("json")
    lines = read_table(write(folder, "a.jsonl", "\n".join(json.dumps(r) for r in rows)))
    whole = read_table(write(folder, "a.json", json.dumps(rows, indent=1)))
    assert cells(lines) == cells(whole)
    assert [{k: v for k, v in row.items() if v} for row in cells(lines)] == rows
