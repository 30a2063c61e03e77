"""Tables of other people's labels: .csv .tsv .xlsx .jsonl .json .yaml → rows of text, each with the line it stands on.

Everything becomes text, as it is written: what a value means is for the mapping to say. A file that cannot be read whole is
refused; a row that is read into the wrong columns would become a wrong label that nobody sees.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from checker.adapters.documents.limits import MAX_FILE_BYTES, open_archive
from checker.adapters.documents.text import decode
from checker.errors import CaseError, InputError

Cell = str | tuple[str, ...]
_DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 30
_BETWEEN = re.compile(r"[\s,]*")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Row:
    """`number`: the line of the file (row of the sheet) on which it begins."""

    number: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class Table:
    """Every row holds every column; an empty cell is the empty text. `repeated`: names that stand over two columns or more.

    Of a repeated name only the first column can be read, so nothing should be; real registers have such names ("If other,
    please explain"), and most of them are never asked for.
    """

    file: Path
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    repeated: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Line:
    number: int
    values: Sequence[str]


def read_table(path: Path, sheet: str | None = None) -> Table:
    """One table.

    Args:
        path: the ending says the format.
        sheet: which sheet of a workbook; needed where it has several.

    Raises:
        CaseError: missing, damaged, of another format, or with a row, header or cell that cannot be taken as it stands.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise CaseError(path, None, f"the ending {path.suffix or '(none)'} is not a table we read; expected one of {', '.join(_READERS)}{_advice(path)}")
    data = _bytes(path)
    try:
        return reader(path, data, sheet)
    except InputError as error:
        why = error.message.removeprefix(f"{path}: ").rstrip(".")
        raise CaseError(path, None, f"cannot be read ({why}); expected a whole {path.suffix} file. Fetch or export it again") from None


def _advice(path: Path) -> str:
    return ". Save it as .xlsx or .csv" if path.suffix.lower() in (".xls", ".ods", ".xlsm", ".numbers") else ""


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise CaseError(path, None, "the file is missing; expected the table that the mapping belongs to. Fetch it, or name it with --data") from None
    except OSError as error:
        raise CaseError(path, None, f"cannot be read ({error.strerror})") from None
    if len(data) > MAX_FILE_BYTES:
        raise CaseError(path, None, f"larger than {MAX_FILE_BYTES // 1_000_000} MB; split it")
    if not data.strip():
        raise CaseError(path, None, "the file is empty; expected a header and rows")
    return data


def _csv(path: Path, data: bytes, _sheet: str | None) -> Table:
    text = decode(data, str(path))
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # a description may be longer than the 128 kB that the library allows
    delimiter = "\t" if path.suffix.lower() == ".tsv" else _delimiter(text)
    lines = _csv_lines(path, text, delimiter)
    header = next(lines, None)
    if header is None:
        raise CaseError(path, None, "the file is empty; expected a header and rows")
    return _table(path, header, lines, pad=False)


def _delimiter(text: str) -> str:
    """The separator under which the header has most columns and the rows agree with it.

    csv.Sniffer is not used: it guesses from characters that stand beside quotes, and long descriptions mislead it.
    """

    def fits(delimiter: str) -> tuple[int, int]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        widths = [len(row) for row, _ in zip(reader, range(_SAMPLE_ROWS), strict=False) if row]
        return (sum(w == widths[0] for w in widths) if widths and widths[0] > 1 else 0, widths[0] if widths else 0)

    return max(_DELIMITERS, key=fits)


def _csv_lines(path: Path, text: str, delimiter: str) -> Iterator[_Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        for row in reader:
            if any(value.strip() for value in row):
                yield _Line(start, row)
            start = reader.line_num + 1
    except csv.Error as error:
        raise CaseError(path, start, f"the row that begins here is broken ({error}); expected fields split by {delimiter!r}, quotes closed") from None


def _xlsx(path: Path, data: bytes, sheet: str | None) -> Table:
    import zipfile

    import openpyxl

    if data.startswith(_OLE):
        raise CaseError(path, None, "an old .xls workbook or one with a password; save it as .xlsx without a password")
    open_archive(data, str(path), "Excel (.xlsx)")
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False)
    except (KeyError, ValueError, zipfile.BadZipFile, SyntaxError, OSError) as error:
        raise CaseError(path, None, f"not a whole .xlsx workbook ({error}); open it, and save it anew") from None
    try:
        lines = _xlsx_lines(path, book[_sheet_name(path, book.sheetnames, sheet)])
        header = next(lines, None)
        if header is None:
            raise CaseError(path, None, "the sheet is empty; expected a header and rows")
        return _table(path, header, lines, pad=True)
    finally:
        book.close()


def _sheet_name(path: Path, names: Sequence[str], wanted: str | None) -> str:
    if wanted is None and len(names) == 1:
        return names[0]
    if wanted in names:
        return str(wanted)
    problem = f"there is no sheet {wanted}" if wanted else "several sheets"
    raise CaseError(path, None, f"{problem}; expected one of {', '.join(names)}. Say which under `sheet` in the mapping")


def _xlsx_lines(path: Path, sheet: Any) -> Iterator[_Line]:
    sheet.reset_dimensions()  # some programs write a wrong size, and rows would be lost
    for row in sheet.iter_rows():
        values, number = [], 0
        for cell in row:
            number = number or getattr(cell, "row", 0) or 0
            if cell.data_type == "f":
                raise CaseError(path, number, f"{cell.coordinate} holds a formula; expected a value. Copy the sheet and paste it as values")
            if cell.data_type == "e":
                raise CaseError(path, number, f"{cell.coordinate} holds the error {cell.value}; expected a value")
            values.append(_text(cell.value))
        if any(values):
            yield _Line(number, values)


def _table(path: Path, header: _Line, lines: Iterator[_Line], pad: bool) -> Table:
    """Rows under a header. `pad`: a sheet leaves out empty cells at the end of a row; a CSV row must be as long as its header."""
    names = [" ".join(name.split()) for name in header.values]
    while names and not names[-1]:
        names.pop()
    rows = [(line.number, _fit(path, line, len(header.values), len(names), pad)) for line in lines]
    for index, name in enumerate(names):
        if not name and (filled := next((number for number, values in rows if values[index]), None)):
            raise CaseError(path, header.number, f"column {index + 1} has no name, but line {filled} has a value in it; expected a name")
    places: dict[str, int] = {}
    for index, name in enumerate(names):
        if name:
            places.setdefault(name, index)
    return Table(
        file=path,
        columns=tuple(places),
        rows=tuple(Row(number, {name: values[index] for name, index in places.items()}) for number, values in rows),
        repeated=frozenset(name for name, times in Counter(n for n in names if n).items() if times > 1),
    )


def _fit(path: Path, line: _Line, written: int, width: int, pad: bool) -> list[str]:
    values = [value.strip() for value in line.values]
    if (pad and any(values[width:])) or (not pad and len(values) != written):
        found = max(i for i, v in enumerate(values, 1) if v) if pad else len(values)
        many = "many" if found > (width if pad else written) else "few"
        raise CaseError(path, line.number, f"{found} columns, too {many}; expected {width} as in the header. Is a separator in a text without quotes?")
    if any(values[width:]):
        raise CaseError(path, line.number, f"a value stands in column {width + 1}, which has no name; expected {width} columns")
    return (values + [""] * width)[:width]


def _jsonl(path: Path, data: bytes, _sheet: str | None) -> Table:
    text = decode(data, str(path))
    rows = [(n, _loads(path, n, line, once=True)) for n, line in enumerate(text.split("\n"), 1) if line.strip()]
    return _of_objects(path, rows)


def _json(path: Path, data: bytes, _sheet: str | None) -> Table:
    """A list of objects, read one by one so that each knows its line."""
    text = decode(data, str(path))
    if not isinstance(_loads(path, 1, text), list):
        raise CaseError(path, 1, "expected a list of objects, one for each row")
    rows: list[tuple[int, Any]] = []
    place, line = text.index("[") + 1, 1 + text.count("\n", 0, text.index("[") + 1)
    while (match := _BETWEEN.match(text, place)) and text[match.end()] != "]":
        line += match.group().count("\n")
        decoder = json.JSONDecoder(object_pairs_hook=partial(_once, path, line))
        item, end = decoder.raw_decode(text, match.end())
        rows.append((line, item))
        line += text.count("\n", match.end(), end)
        place = end
    return _of_objects(path, rows)


def _loads(path: Path, number: int, text: str, once: bool = False) -> Any:
    """`once`: a name that is there twice in one object is refused; JSON itself keeps the last."""
    try:
        return json.loads(text, object_pairs_hook=partial(_once, path, number) if once else None)
    except json.JSONDecodeError as error:
        raise CaseError(path, number + error.lineno - 1, f"not JSON ({error.msg} at column {error.colno}); expected an object for each row") from None
    except RecursionError:
        raise CaseError(path, number, "nested too deep; expected an object for each row") from None


def _once(path: Path, number: int | None, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    repeated = [name for name, times in Counter(name for name, _ in pairs).items() if times > 1]
    if repeated:
        raise CaseError(path, number, f"{repeated[0]} is there twice in one row")
    return dict(pairs)


def _yaml(path: Path, data: bytes, _sheet: str | None) -> Table:
    """A list of mappings. Values are taken as written: `no` stays no, a date stays as it stands."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        text = decode(data, str(path))
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=loader)):  # a few of them can unfold to gigabytes
            raise CaseError(path, None, "an alias (*name); expected plain values. Write the value out")
        node = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        raise CaseError(path, error.problem_mark.line + 1 if error.problem_mark else None, f"not valid YAML: {error.problem}") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise CaseError(path, None, f"not valid YAML: {error}") from None
    if not isinstance(node, yaml.SequenceNode):
        raise CaseError(path, 1, "expected a list of mappings, one for each row")
    return _of_objects(path, [(item.start_mark.line + 1, _plain(path, item)) for item in node.value])


def _plain(path: Path, node: Any) -> Any:
    import yaml

    if isinstance(node, yaml.MappingNode):
        pairs = [(str(key.value), _plain(path, value)) for key, value in node.value]
        return _once(path, node.start_mark.line + 1, pairs)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(path, item) for item in node.value]
    return None if node.tag == "tag:yaml.org,2002:null" else node.value


def _of_objects(path: Path, items: list[tuple[int, Any]]) -> Table:
    """Rows of objects; an inner object becomes columns with a dot (`labels.dpia`), a key that a row lacks an empty cell."""
    flat: list[tuple[int, dict[str, Cell]]] = []
    for number, item in items:
        if not isinstance(item, dict):
            raise CaseError(path, number, f"expected an object with columns, found {type(item).__name__}")
        flat.append((number, dict(_flat(item))))
    columns = tuple(dict.fromkeys(name for _, cells in flat for name in cells))
    return Table(file=path, columns=columns, rows=tuple(Row(number, {c: cells.get(c, "") for c in columns}) for number, cells in flat))


def _flat(item: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Cell]]:
    for name, value in item.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        elif isinstance(value, list):
            yield before + name, tuple(text for v in value if (text := _text(v)))
        else:
            yield before + name, _text(value)


def _text(value: object) -> str:
    """As a person would write it: 4.0 from a sheet is 4, a day without a time is a day."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if not any((value.hour, value.minute, value.second)):
            return value.date().isoformat()
        case datetime() | date():
            return value.isoformat()
        case dict():
            return ", ".join(text for v in value.values() if (text := _text(v)))
        case list():
            return ", ".join(text for v in value if (text := _text(v)))
    return str(value).strip()


_READERS: Mapping[str, Callable[[Path, bytes, str | None], Table]] = {
    ".csv": _csv, ".tsv": _csv, ".xlsx": _xlsx, ".jsonl": _jsonl, ".ndjson": _jsonl, ".json": _json, ".yaml": _yaml, ".yml": _yaml,
}
