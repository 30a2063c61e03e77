"""The AI Act and its amendment through the command line, from the official texts beside the checkout; without them these tests skip."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import ROOT, Ran, run_checker

LEGAL = ROOT.parent / "shared" / "legal"
UNOFFICIAL = "2026-07-27, uofficiel konsolidering / unofficial consolidation"

pytestmark = pytest.mark.skipif(not LEGAL.is_dir(), reason=f"the official texts are not in {LEGAL}")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the act as first published, Danish and English, and the selection of it as amended. No index: none is needed to show."""
    home = tmp_path_factory.mktemp("amended")
    for folder in ("eurlex-da-html/ai-act.html", "eurlex-en-html", "ai-act-consolidated-en"):
        fetched = run_checker(home, home, "corpus", "fetch", "ai-act", "--from", LEGAL / folder)
        assert fetched.code == 0, fetched
    assert "uofficiel konsolidering / unofficial consolidation; gælder, til en officiel tekst er i lageret" in fetched.out
    return home


def show(home: Path, provision: str, *more: str, on: str = "2026-11-22") -> Ran:
    shown = run_checker(home, home, "corpus", "show", f"ai-act:{provision}", "--as-of", on, *more)
    assert shown.code == 0, shown.err
    return shown


def test_an_amended_article_is_shown_in_the_words_in_force_and_says_whose_they_are(home: Path) -> None:
    shown = show(home, "art_6.par_1a").out
    assert UNOFFICIAL in shown.splitlines()[0]
    assert "OBS: gældende ordlyd er ikke i lageret på da; her på en" in shown
    file = (LEGAL / "ai-act-consolidated-en" / "art_6.md").read_text("utf-8")
    words = next(line for line in shown.splitlines() if line.startswith("1a. "))
    assert words in file.splitlines()
    assert UNOFFICIAL not in show(home, "art_4a", on="2026-07-26").out  # then there is only our own digest of what was to come


def test_what_the_amendment_left_alone_is_shown_in_danish(home: Path) -> None:
    for provision in ("art_6.par_2", "art_26.par_1", "anx_III.pnt_5", "art_14.par_1"):
        first = show(home, provision).out.splitlines()[0]
        assert "(2024-07-12, ordret / verbatim)" in first


def test_an_amended_article_whose_new_words_are_not_there_says_so(home: Path) -> None:
    assert "OBS: bestemmelsen er ændret siden; den nye ordlyd er ikke i lageret" in show(home, "art_10.par_1").out
    assert "OBS" not in show(home, "art_10.par_1", on="2026-07-26").out


def test_the_two_versions_are_compared_and_the_newer_is_called_unofficial(home: Path) -> None:
    done = run_checker(home, home, "corpus", "diff", "ai-act", "2024-07-12", "2026-07-27", "--format", "json")
    found = json.loads(done.out)
    assert (found["language"], found["old_version"], found["new_version"]) == ("en", "2024-07-12", "2026-07-27")
    (note,) = found["notes"]
    covered = "art. 1, 2, 3, 4, 4a, 5, 6, 25, 26, 27, 49, 50, 86, 111, 113; bilag/annex III"
    assert note.startswith(f"2026-07-27: uofficiel konsolidering / unofficial consolidation; kun / only {covered}; resten / the rest: 2024-07-12;")
    touched = {(d["after"] or d["before"]).partition(":")[2].split(".")[0] for d in found["differences"]}
    assert touched == {"art_1", "art_2", "art_3", "art_4", "art_4a", "art_5", "art_6", "art_25", "art_27", "art_50", "art_111", "art_113"}
    literacy = next(d for d in found["differences"] if d["after"] == "ai-act:art_4.par_1")
    assert literacy["requirements"] == ["ai-act-literacy"]
    text = run_checker(home, home, "corpus", "diff", "ai-act", "2024-07-12", "2026-07-27").out
    assert "uofficiel konsolidering / unofficial consolidation" in text.splitlines()[1]


def test_a_file_added_beside_a_better_one_is_told_not_to_count(home: Path, tmp_path: Path) -> None:
    added = run_checker(tmp_path, tmp_path, "corpus", "add", LEGAL / "eurlex-en-html" / "ai-act-32024R1689-en.html", "--act", "ai-act")
    assert all(count in added.out for count in ("ai-act 2024-07-12 (en): 113 article", "180 recital", "13 annex", "509 paragraph"))
    beside = run_checker(tmp_path, tmp_path, "corpus", "add", LEGAL / "eurlex-en-formex", "--act", "ai-act")
    assert beside.code == 0, beside.err
    assert beside.out == added.out
    assert "er også i lageret som eurlex-xhtml" in beside.err and "den gælder" in beside.err
    unofficial = run_checker(tmp_path, tmp_path, "corpus", "add", LEGAL / "ai-act-consolidated-en", "--act", "ai-act")
    assert (unofficial.code, unofficial.out) == (0, "ai-act 2026-07-27 (en): 15 article, 1 annex, 82 paragraph, 188 point\n")
    assert "uofficiel konsolidering" in unofficial.err
