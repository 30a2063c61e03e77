"""Official texts from the file to the citation in a report. The real ones are read from beside the checkout; without them these tests skip."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import ROOT, Ran, run_checker

LEGAL = ROOT.parent / "shared" / "legal"
CASE = ROOT / "eval" / "sets" / "municipal" / "plejehjem-natsensor-01.txt"

pytestmark = pytest.mark.skipif(not LEGAL.is_dir(), reason=f"the official texts are not in {LEGAL}")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with GDPR in Danish and English and forvaltningsloven, index built."""
    home = tmp_path_factory.mktemp("official")
    for file, act in (
        ("eurlex-da-html/gdpr.html", "gdpr"),
        ("eurlex-en-html/gdpr-32016R0679-en.html", "gdpr"),
        ("retsinformation-da-json/2014_433.json", "forvaltningsloven"),
    ):
        added = run_checker(home, home, "corpus", "add", LEGAL / file, "--act", act)
        assert added.code == 0, added.err
    built = run_checker(home, home, "corpus", "build")
    assert built.code == 0, built.err
    assert "gdpr 2016-05-04 (da)" in built.out
    return home


def checker(home: Path, *args: str | Path) -> Ran:
    return run_checker(home, home, *args)


def test_what_was_taken_in_is_counted(tmp_path: Path) -> None:
    added = checker(tmp_path, "corpus", "add", LEGAL / "eurlex-da-html" / "gdpr.html", "--act", "gdpr")
    assert added.out == "gdpr 2016-05-04 (da): 99 article, 173 recital, 372 paragraph, 389 point\n"


def test_a_file_that_is_another_act_is_refused(tmp_path: Path) -> None:
    refused = checker(tmp_path, "corpus", "add", LEGAL / "eurlex-da-html" / "gdpr.html", "--act", "ai-act")
    assert (refused.code, "er ikke ai-act: gdpr 2016-05-04 (da)" in refused.err) == (2, True)


def test_a_provision_is_shown_word_for_word(home: Path) -> None:
    shown = checker(home, "corpus", "show", "gdpr:art_35.par_1")
    page = (LEGAL / "eurlex-da-html" / "gdpr.html").read_text("utf-8")
    words = next(line for line in shown.out.splitlines() if line.startswith("1. "))
    assert words[3:80] in page
    assert "(2016-05-04, ordret / verbatim)" in shown.out


def test_a_report_cites_the_law_in_its_own_words(home: Path) -> None:
    done = checker(home, "check", CASE, "--format", "json", "--as-of", "2026-11-22")
    assert done.code == 1, done.err
    report = json.loads(done.out)
    cited = [c for f in report["findings"] for c in f["citations"]]
    assert not any(c.get("orphaned") for c in cited)
    assert {c["kind"] for c in cited if c["provision"].startswith(("gdpr:", "forvaltningsloven:"))} == {"verbatim"}
    assert {c["kind"] for c in cited if c["provision"].startswith("ai-act:")} == {"digest"}
    page = (LEGAL / "eurlex-da-html" / "gdpr.html").read_text("utf-8")
    first = next(c["text"] for c in cited if c["provision"] == "gdpr:art_35.par_1")
    assert first.removeprefix("1. ")[:100] in page


def test_a_search_finds_the_official_words(home: Path) -> None:
    found = checker(home, "corpus", "search", "konsekvensanalyse vedrørende databeskyttelse", "-k", "10", "--format", "json", "--act", "gdpr")
    hits = json.loads(found.out)
    assert any(h["kind"] == "verbatim" and h["provision"].startswith("gdpr:art_35") for h in hits)


def test_before_an_act_was_in_force_it_is_not_searched(home: Path) -> None:
    built = checker(home, "corpus", "build", "--as-of", "2013-01-01")
    assert "gdpr" not in built.out
