"""A slip in the vocabulary or in the questions asked is named with its file and line, though the search would work without."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.errors import CorpusError
from checker.knowledge.search_data import check_search_data
from checker.knowledge.sources import load_sources
from checker.library import Library

PROVISIONS = ("havelov:par_2", "havelov:par_4.stk_1", "naboaftale:punkt")
SOURCES = ("havelov", "stilov")
GOOD = {
    "vocabulary.yaml": "words:\n- {says: [hæk, levende hegn, levende-hegn], law: hegn}\n- says: [bål]\n  law: åben ild\n",
    "asked.yaml": "havelov:\n  par_2: [Må hækken vokse?]\n  par_4: [Hvem klipper?]\nstilov:\n  par_9: [Hvem rydder sne?]\nnaboaftale:\n  punkt: [Og støj?]\n",
}


def faults(folder: Path) -> CorpusError:
    with pytest.raises(CorpusError) as caught:
        check_search_data(folder, PROVISIONS, SOURCES)
    return caught.value


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in GOOD.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def test_sound_files_are_counted_and_absent_ones_allowed(folder: Path) -> None:
    assert check_search_data(folder, PROVISIONS, SOURCES) == {"everyday words": 3, "questions asked": 4}
    (folder / "asked.yaml").unlink()
    (folder / "vocabulary.yaml").unlink()
    assert check_search_data(folder, PROVISIONS, SOURCES) == {"everyday words": 0, "questions asked": 0}


def test_the_shipped_files_are_sound(library: Library) -> None:
    counts = check_search_data(library.root, library.provisions, load_sources(library.root / "sources.yaml"))
    assert all(n > 100 for n in counts.values())


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "expected"),
    [
        pytest.param("vocabulary.yaml", "says: [bål]", "says: [Hæk!]", 3, "'Hæk!' stands in line 2 already", id="a word twice"),
        pytest.param("vocabulary.yaml", "levende hegn,", '"…",', 2, "'…': expected at least one word", id="a word without letters"),
        pytest.param("vocabulary.yaml", "says: [bål]", "says: []", 3, "words.1.says", id="no words"),
        pytest.param("vocabulary.yaml", "åben ild", '" - "', 4, "law: expected the law's words", id="no words of the law"),
        pytest.param("vocabulary.yaml", "  law: åben ild", "  law: ild\n  law: åben ild", 5, "the key law is written twice", id="a key twice"),
        pytest.param("vocabulary.yaml", "  law:", "  lov:", 3, "words.1.law: Field required", id="an unknown key"),
        pytest.param("vocabulary.yaml", "says: [bål]", "says: [bål", 4, "not valid YAML", id="broken"),
        pytest.param("asked.yaml", "par_4", "par_2", 3, "the key par_2 is written twice", id="an article twice"),
        pytest.param("asked.yaml", "naboaftale", "stilov", 6, "the key stilov is written twice", id="an act twice"),
        pytest.param("asked.yaml", "stilov", "stilow", 4, "stilow is no act of provisions/ or sources.yaml", id="an unknown act"),
        pytest.param("asked.yaml", "par_9", "§9", 5, "stilov:§9 has no entry in provisions/", id="no id of an official text"),
        pytest.param("asked.yaml", "punkt", "par_1", 7, "naboaftale:par_1 has no entry in provisions/", id="not in the digest"),
        pytest.param("asked.yaml", "[Hvem klipper?]", "[]", 3, "havelov:par_4 has no question", id="no question"),
        pytest.param("asked.yaml", "Hvem klipper?", '"?"', 3, "'?': expected at least one word", id="a question without words"),
        pytest.param("asked.yaml", "Hvem rydder sne?", "hvem klipper", 5, "'hvem klipper' stands in line 3 already", id="a question twice"),
        pytest.param("asked.yaml", "[Hvem klipper?]", "Hvem klipper?", 3, "havelov.par_4: Input should be a valid tuple", id="no list"),
    ],
)
def test_a_slip_is_named_with_its_line(folder: Path, file: str, old: str, new: str, line: int, expected: str) -> None:
    assert GOOD[file].count(old) == 1
    (folder / file).write_text(GOOD[file].replace(old, new), "utf-8")
    error = faults(folder)
    assert (Path(error.file).name, error.line) == (file, line), error
    assert expected in error.expected
