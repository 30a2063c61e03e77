"""checker corpus fetch, as a user runs it, against a server on this machine and from a folder."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from tests.unit.adapters.law_server import Answer, LawServer, all_well, consolidated, laws, lexdania, page

ROOT = Path(__file__).resolve().parents[2]
LEGAL = ROOT.parent / "shared" / "legal"
# The command as it is registered in the tree of commands; added here where it is not yet.
_CHECKER = """
from checker.cli import corpus, fetching
if not any(c.callback is fetching.fetch for c in corpus.app.registered_commands):
    corpus.app.command("fetch")(fetching.fetch)
from checker.__main__ import main
main()
"""
Ran = subprocess.CompletedProcess[str]
Run = Callable[..., Ran]


@pytest.fixture
def server() -> Iterator[LawServer]:
    running = LawServer()
    yield running
    running.stop()


@pytest.fixture
def corpus(tmp_path: Path, server: LawServer) -> Path:
    """A corpus that names the acts on the server."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    sources = [s.model_dump(mode="json") for s in laws(server.url)]
    (folder / "sources.yaml").write_text(yaml.safe_dump({"sources": sources}, allow_unicode=True), "utf-8")
    return folder


@pytest.fixture
def fetch(tmp_path: Path, corpus: Path) -> Run:
    def run(*args: str | Path, **more: str) -> Ran:
        env = {k: v for k, v in os.environ.items() if not k.startswith("CHECKER_")}
        env |= {"PYTHONPATH": str(ROOT), "CHECKER_HOME": str(tmp_path / "home"), "CHECKER_CORPUS": str(corpus), "CHECKER_FETCH_PAUSE": "0"} | more
        command = [sys.executable, "-c", _CHECKER, "corpus", "fetch", *map(str, args)]
        done = subprocess.run(command, check=False, env=env, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=120)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run


def table(done: Ran) -> list[list[str]]:
    """Rows of the table without the heading, as cells."""
    return [[c.strip() for c in line.split("  ") if c.strip()] for line in done.stdout.splitlines()[1:]]


def test_all_acts_are_fetched_and_told_in_a_table(server: LawServer, fetch: Run, tmp_path: Path) -> None:
    all_well(server)
    done = fetch()
    assert done.returncode == 0, done.stderr
    assert table(done) == [
        ["bro", "2099-01-01", "da, en", "ny / new"],
        ["bro", "2099-06-01", "da, en", "ny / new"],
        ["vej", "2099-02-02", "da", "ny / new"],
    ]
    assert done.stderr == ""  # no progress where nobody watches
    assert (tmp_path / "home" / "store" / "log.jsonl").is_file()
    again = fetch()
    assert again.returncode == 0
    assert {row[-1] for row in table(again)} == {"uændret / unchanged"}


def test_what_could_not_be_had_is_said_with_code_2_and_the_rest_is_kept(server: LawServer, fetch: Run) -> None:
    all_well(server)
    del server.answers["/bro2#dan"]
    server.on("/vej", Answer(503))
    done = fetch()
    assert done.returncode == 2
    rows = {(r[0], r[1], r[2]): r[3] for r in table(done)}
    assert rows[("bro", "2099-01-01", "da, en")] == "ny / new"
    assert rows[("bro", "2099-06-01", "en")] == "ny / new"
    assert rows[("bro", "2099-06-01", "da")].startswith("mangler / missing: findes ikke på adressen (status 404); i stedet: en af 2099-06-01")
    assert rows[("vej", "2099-02-02", "da")].startswith("fejl / failed: serveren svarer med status 503")
    server.on("/vej", lexdania())
    server.on("/bro2#dan", consolidated("da"))
    assert fetch().returncode == 0


def test_only_the_acts_and_the_language_asked_for_are_fetched(server: LawServer, fetch: Run) -> None:
    all_well(server)
    assert table(fetch("bro", "--lang", "en")) == [["bro", "2099-01-01", "en", "ny / new"], ["bro", "2099-06-01", "en", "ny / new"]]
    assert {a.headers["Accept-Language"] for a in server.asked} == {"eng"}


def test_one_language_without_names_asks_only_for_the_acts_that_have_it(server: LawServer, fetch: Run) -> None:
    all_well(server)
    done = fetch("--lang", "en")
    assert done.returncode == 0
    assert {row[0] for row in table(done)} == {"bro"}


def test_asking_again_asks_again(server: LawServer, fetch: Run) -> None:
    all_well(server)
    fetch("vej")
    fetch("vej", "--again")
    assert server.paths == ["/vej", "/vej"]


def test_an_unknown_act_is_refused_with_the_likely_one(fetch: Run) -> None:
    done = fetch("brou")
    assert done.returncode == 2
    assert "brou står ikke i sources.yaml. Mente du bro?" in done.stderr


def test_files_in_a_folder_are_taken_in_and_unknown_ones_named(server: LawServer, fetch: Run, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "a.html").write_bytes(page())
    (inbox / "b.xml").write_bytes(lexdania())
    (inbox / "kaffe.txt").write_text("liste")
    done = fetch("--from", inbox)
    assert done.returncode == 0
    assert table(done) == [["bro", "2099-01-01", "da", "ny / new"], ["vej", "2099-02-02", "da", "ny / new"]]
    assert "sprunget over: kaffe.txt" in done.stderr
    assert server.asked == []


def test_a_folder_without_any_act_and_one_without_the_act_asked_for_give_code_2(fetch: Run, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    done = fetch("--from", inbox)
    assert (done.returncode, done.stdout) == (2, "")
    assert "ingen af filerne" in done.stderr
    (inbox / "a.html").write_bytes(page())
    done = fetch("vej", "--from", inbox)
    assert done.returncode == 2
    assert table(done) == [["vej", "2099-02-02", "mangler / missing: ingen af filerne er denne retsakt"]]


def test_a_home_that_cannot_be_written_says_what_to_do(server: LawServer, fetch: Run, tmp_path: Path) -> None:
    all_well(server)
    (tmp_path / "file").write_text("no folder")
    done = fetch("vej", CHECKER_HOME=str(tmp_path / "file"))
    assert done.returncode == 2
    assert "kan ikke skrives" in done.stderr
    assert "CHECKER_HOME" in done.stderr


@pytest.mark.skipif(not LEGAL.is_dir(), reason="the official texts in ../shared/legal are not on this machine")
def test_the_official_texts_at_hand_are_taken_in_with_the_shipped_sources(fetch: Run) -> None:
    done = fetch("--from", LEGAL, CHECKER_CORPUS=str(ROOT / "corpus"))
    assert done.returncode == 0, done.stderr
    assert ["gdpr", "2016-05-04", "da, en", "ny / new"] in table(done)
    assert ["forvaltningsloven", "2014-04-22", "da", "ny / new"] in table(done)
    assert len({row[0] for row in table(done)}) == 12  # 14 sources less the amending regulation and ældreloven
