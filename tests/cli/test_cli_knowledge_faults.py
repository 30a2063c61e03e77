"""What can go wrong with the knowledge base, through the command line: bad files, two files for one version, a full disk, kill -9."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, Ran, borrow_vectors, environment, run_checker

from checker.knowledge.guidelines.store import Guidelines

FIXTURES = ROOT / "tests" / "unit" / "knowledge"
LAW = (FIXTURES / "fixtures_dk" / "faelleshuse.xml").read_text("utf-8")
PAGE = (FIXTURES / "fixtures" / "eurlex_da.html").read_text("utf-8").replace("FORORDNING OM CYKELSKURE", "FORORDNING (EU) 2031/5 OM CYKELSKURE")
LEGACY = (FIXTURES / "fixtures" / "eurlex_legacy_da.html").read_text("utf-8").replace("FORORDNING OM CYKELSKURE", "FORORDNING (EU) 2031/5 OM CYKELSKURE")
WAF = "<!DOCTYPE html><html><body><div id='challenge-container'>enable JavaScript</div></body></html>"
ERROR_PAGE = "<!DOCTYPE html><html><head><title>503</title></head><body>Tjenesten er nede</body></html>"
UNIX = pytest.mark.skipif(sys.platform == "win32", reason="Unix limits and signals")


def source(id: str, kind: str, format: str, number: dict[str, str]) -> dict[str, object]:
    def version(name: str, **more: str) -> dict[str, object]:
        return {"version": name, "in_force_from": name, "files": [{"language": "da", "format": format, "url": f"https://lov.example/{id}/{name}"}], **more}

    both = {"da": id, "en": id}
    return {"id": id, "title": both, "short": both, "kind": kind, "licence": "", "versions": [version("2021-01-01", **number)]}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped corpus with two invented acts to be fetched."""
    folder = tmp_path_factory.mktemp("law") / "corpus"
    shutil.copytree(ROOT / "corpus", folder)
    (folder / "asked.yaml").unlink()  # helps the ranking only, and new questions in it cost every home a minute of embedding
    acts = [source("huslov", "dk", "lexdania", {"eli": "https://lov.example/eli/lta/2031/77"})]
    acts += [source("skurlov", "eu", "eurlex-xhtml", {"celex": "32031R0005"})]
    (folder / "sources.yaml").write_text(yaml.safe_dump({"sources": acts}, allow_unicode=True), "utf-8")
    return folder


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory, corpus: Path) -> Path:
    """A home with an index of the digest alone, to be copied."""
    home = tmp_path_factory.mktemp("faults")
    borrow_vectors(home)
    built = run_checker(home, home, "corpus", "build", CHECKER_CORPUS=str(corpus))
    assert built.code == 0, built.err
    return home


@pytest.fixture
def home(tmp_path: Path, indexed: Path) -> Path:
    return Path(shutil.copytree(indexed, tmp_path / "home"))


Checker = Callable[..., Ran]


@pytest.fixture
def checker(tmp_path: Path, corpus: Path) -> Checker:
    """`checker …` in a home of its own, or in the one named."""

    def run(*args: str | Path, home: Path | None = None) -> Ran:
        return run_checker(home or tmp_path / "empty", tmp_path, *args, CHECKER_CORPUS=str(corpus))

    return run


def inbox(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, "utf-8")
    return folder


# --- bad files ---


@pytest.mark.parametrize(
    ("act", "name", "text", "said"),
    [
        ("huslov", "2031_77.xml", LAW[: len(LAW) // 2], "er beskadiget eller afkortet"),
        ("huslov", "2031_77.xml", ERROR_PAGE, "er ikke huslov"),
        ("huslov", "2031_77.xml", LAW.replace("§ 2.", "§ to."), "kan ikke læses som huslov: a section is numbered"),
        ("skurlov", "skurlov.html", WAF, "spærreside"),
        ("skurlov", "skurlov.html", ERROR_PAGE, "siden har ingen artikel 1"),
        ("skurlov", "skurlov.html", PAGE[: PAGE.index("</html>") - 900], "siden er afkortet"),
        ("skurlov", "skurlov.html", PAGE.replace('id="art_', 'id="x_').replace("oj-ti-art", "oj-normal"), "siden har ingen artikel 1"),
    ],
)
def test_what_is_no_whole_act_is_refused_and_nothing_is_stored(checker: Checker, tmp_path: Path, act: str, name: str, text: str, said: str) -> None:
    file = inbox(tmp_path / "inbox", **{name.replace(".", "__"): text}) / name
    refused = checker("corpus", "add", file, "--act", act)
    assert (refused.code, refused.out) == (2, "")
    assert said in " ".join(refused.err.split())
    assert not (tmp_path / "empty" / "store" / "log.jsonl").exists()


def test_a_text_in_another_language_than_it_says_is_refused(checker: Checker, tmp_path: Path) -> None:
    english = "<p class='oj-normal'>" + "The owner of the shed shall keep the key and shall not give it to any of the others or to the town. " * 40 + "</p>"
    foreign = PAGE.replace("</body>", f"{english}</body>")
    file = inbox(tmp_path / "inbox", skurlov__html=foreign) / "skurlov.html"
    refused = checker("corpus", "add", file, "--act", "skurlov")
    assert refused.code == 2
    assert "teksten er på engelsk, ikke på dansk" in refused.err


def test_an_older_page_without_ids_is_read_all_the_same(checker: Checker, tmp_path: Path) -> None:
    with_ids = checker("corpus", "add", inbox(tmp_path / "a", skurlov__html=PAGE) / "skurlov.html", "--act", "skurlov")
    without = checker("corpus", "add", inbox(tmp_path / "b", skurlov__html=LEGACY) / "skurlov.html", "--act", "skurlov", home=tmp_path / "other")
    assert 'id="art_' not in LEGACY
    counts = "skurlov 2021-01-01 (da): 4 article, 2 section, 2 recital, 2 annex"
    assert without.out.startswith(counts) and with_ids.out.startswith(counts)


def test_of_a_folder_the_bad_files_are_named_and_the_good_ones_taken(checker: Checker, tmp_path: Path) -> None:
    folder = inbox(tmp_path / "inbox", a__xml=LAW, b__html=PAGE.replace("Artikel 2<", "Artikel 1<").replace('id="art_2"', 'id="art_1"'), c__html=WAF)
    done = checker("corpus", "fetch", "--from", folder)
    assert done.code == 2
    rows = {line.split()[0]: line for line in done.out.splitlines()[1:]}
    assert "ny / new" in rows["huslov"]
    assert "fejl / failed: b.html: teksten kan ikke læses" in rows["skurlov"]
    assert "sprunget over: c.html" in done.err


# --- two files for one version ---


def test_of_two_files_for_one_version_the_newest_counts_and_it_is_said_everywhere(checker: Checker, tmp_path: Path, home: Path) -> None:
    first = inbox(tmp_path / "a", huslov__xml=LAW) / "huslov.xml"
    second = inbox(tmp_path / "b", anden__xml=LAW.replace("Udlånet skrives ned.", "Udlånet skrives i bogen.")) / "anden.xml"
    assert checker("corpus", "add", first, "--act", "huslov", home=home).code == 0
    added = checker("corpus", "add", second, "--act", "huslov", home=home)
    assert "en anden fil er lagt ind som samme version (huslov.xml" in added.err and "den nyeste gælder" in added.err
    built = checker("corpus", "build", home=home).out
    line = next(line for line in built.splitlines() if line.startswith("  huslov 2021-01-01 (da)"))
    assert "flere filer er lagt ind som denne udgave: anden.xml (" in line and "gælder, ikke huslov.xml (" in line
    shown = checker("corpus", "show", "huslov:par_2", home=home).out
    assert "Udlånet skrives i bogen." in shown and "skrives ned" not in shown
    documents = next((home / "index").glob(f"{built.split()[1].rstrip(':')}/documents.json")).read_text("utf-8")
    assert documents.count('"huslov:par_2@da#verbatim": {') == 1
    assert "Udlånet skrives i bogen." in documents and "Udlånet skrives ned." not in documents


# --- a full disk and kill -9 ---


@UNIX
def test_when_the_disk_is_full_the_index_that_was_there_still_answers(checker: Checker, tmp_path: Path, home: Path, corpus: Path) -> None:
    """The act is in force from 2021: as of an earlier day the old index counts, from then on a new one is wanted."""
    assert checker("corpus", "add", inbox(tmp_path / "a", huslov__xml=LAW) / "huslov.xml", "--act", "huslov", home=home).code == 0
    old = [p.name for p in (home / "index").iterdir() if p.is_dir()]
    full = subprocess.run(
        [sys.executable, "-m", "checker", "corpus", "build"],
        check=False, cwd=tmp_path, env=environment(home, CHECKER_CORPUS=str(corpus)), capture_output=True, text=True, timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000)),
    )  # fmt: skip
    assert full.returncode == 2, full
    assert "Traceback" not in full.stderr
    assert "kan ikke skrives" in full.stderr
    assert [p.name for p in (home / "index").iterdir() if p.is_dir()] == old
    found = checker("corpus", "search", "sletning af oplysninger", "--as-of", "2020-12-31", home=home)
    assert (found.code, "gdpr:" in found.out, "indekset bygges" in found.err) == (0, True, False)


@UNIX
def test_after_kill_9_in_any_place_of_a_build_a_search_answers_and_the_version_is_told(
    checker: Checker, tmp_path: Path, home: Path, corpus: Path
) -> None:
    assert checker("corpus", "add", inbox(tmp_path / "a", huslov__xml=LAW) / "huslov.xml", "--act", "huslov", home=home).code == 0
    index = home / "index"
    (old,) = [p.name for p in index.iterdir() if p.is_dir()]
    places: list[Callable[[], bool]] = [
        lambda: any(index.glob(".building-*/chroma/chroma.sqlite3")),
        lambda: any(index.glob(".building-*/documents.json")),
    ]
    for place in places:
        kill_when(place, home, corpus, "corpus", "build")
        before = checker("corpus", "build", "--as-of", "2020-12-31", home=home)
        assert (before.code, before.out.split()[1]) == (0, f"{old}:")
    found = checker("corpus", "search", "hvem må låne nøglen", "--act", "huslov", home=home)
    assert (found.code, "huslov:" in found.out) == (0, True), found
    told = checker("corpus", "build", home=home).out
    assert told.split()[1] != f"{old}:" and "huslov 2021-01-01 (da)" in told
    assert not list(index.glob(".building-*"))


@UNIX
def test_after_kill_9_in_a_fetch_the_next_one_finishes_and_nothing_is_half(checker: Checker, tmp_path: Path, corpus: Path) -> None:
    home = tmp_path / "killed"
    folder = inbox(tmp_path / "inbox", a__xml=LAW, b__html=PAGE)
    store = home / "store"
    for place in (lambda: any(store.glob("incoming/*")), lambda: any(store.glob("objects/*/*")), (store / "log.jsonl").exists):
        kill_when(place, home, corpus, "corpus", "fetch", "--from", str(folder))
    done = checker("corpus", "fetch", "--from", folder, home=home)
    assert done.code == 0, done
    assert [line.split()[0] for line in done.out.splitlines()[1:]] == ["huslov", "skurlov"]
    again = checker("corpus", "fetch", "--from", folder, home=home)
    assert again.out.count("uændret / unchanged") == 2
    for provision in ("huslov:par_2", "skurlov:art_2"):
        assert "2021-01-01, ordret / verbatim" in checker("corpus", "show", provision, home=home).out


_ADDING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from checker.adapters.documents import Documents
from checker.knowledge.guidelines.store import Guidelines, ProposalFile, file_hash
store = Guidelines(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    for words in ("skal udpeges", "skal navngives af en chef"):
        data = f"# Regler\\n\\n1.1. Ejeren {words}.\\n".encode()
        digest = file_hash(data)
        file = ProposalFile(act="by-ai", title="Regler", language="da", source="regler.md", sha256=digest, original=f"original-{digest[:12]}.md",
                            added=datetime(2026, 1, 1, tzinfo=UTC), points=1)
        store.add(file, Documents().read_bytes(data, "regler.md"), data)
"""


@UNIX
def test_after_kill_9_in_adding_a_guideline_it_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    """The writing alone, over and over: what comes before it takes seconds and writes nothing."""
    store = Guidelines(tmp_path / "guidelines")
    for delay in (0.0, 0.001, 0.003, 0.007, 0.02, 0.05):
        child = subprocess.Popen([sys.executable, "-c", _ADDING, str(store.folder)], env=environment(tmp_path), stdout=subprocess.PIPE)
        assert child.stdout is not None and child.stdout.readline() == b"ready\n"
        time.sleep(delay)
        child.kill()
        child.communicate(timeout=60)
        for act in store.acts():
            assert store.load(act).title == "Regler"
            assert store.document(act).text.startswith("# Regler\n\n1.1. Ejeren skal ")
            assert len(store.points(act)) == 1


def kill_when(there: Callable[[], bool], home: Path, corpus: Path, *args: str) -> None:
    """Runs checker and kills it without warning as soon as `there`; a run that was quicker than the look is as good."""
    child = subprocess.Popen(
        [sys.executable, "-m", "checker", *args], env=environment(home, CHECKER_CORPUS=str(corpus)), cwd=home.parent,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    for _ in _until(child):
        if there():
            os.kill(child.pid, signal.SIGKILL)
            break
    child.wait(timeout=60)


def _until(child: subprocess.Popen[bytes]) -> Iterator[None]:
    while child.poll() is None:
        yield
        time.sleep(0.001)
