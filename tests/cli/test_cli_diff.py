"""checker corpus diff, as a user runs it, over an invented act in two versions in a real store."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from checker.adapters.store import Store
from checker.knowledge.store import Origin

ROOT = Path(__file__).resolve().parents[2]
FIXTURE = (ROOT / "tests" / "unit" / "knowledge" / "fixtures_dk" / "faelleshuse.xml").read_text("utf-8")
# § 8, stk. 1, of the act on archives is cited by the catalogue: the invented act takes its name here, and its § 2 the number.
OLD = FIXTURE.replace('localId="2"', 'localId="8"').replace("<Explicatus>§ 2.</Explicatus>", "<Explicatus>§ 8.</Explicatus>", 1)
NEW = OLD.replace("Udlånet skrives ned.", "Udlånet skrives i *bogen*.").replace("Regler for udlån hænges op i gangen.", "Reglerne for udlån hænger i gangen.")
assert "§ 8." in OLD and NEW.count("bogen") == 1
Ran = subprocess.CompletedProcess[str]
Run = Callable[..., Ran]
# The command as it is registered in the tree of commands; added here where it is not yet.
_CHECKER = """
from checker.cli import corpus, differing
if not any(c.callback is differing.diff for c in corpus.app.registered_commands):
    corpus.app.command("diff")(differing.diff)
from checker.__main__ import main
main()
"""


def source() -> dict[str, object]:
    def version(name: str, **more: str) -> dict[str, object]:
        return {"version": name, "in_force_from": name, "files": [{"language": "da", "format": "lexdania", "url": f"https://lov.example/{name}"}], **more}

    both = {"da": "Lov om fælleshuse", "en": "Community Houses Act"}
    # The file says no year and number that an eli could be held up against.
    versions = [version("2031-04-02", in_force_to="2032-12-31"), version("2033-01-01"), version("2035-01-01")]
    return {"id": "arkivloven", "title": both, "short": both, "kind": "dk", "licence": "", "versions": versions}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("law") / "corpus"
    shutil.copytree(ROOT / "corpus", folder)
    (folder / "sources.yaml").write_text(yaml.safe_dump({"sources": [source()]}, allow_unicode=True), "utf-8")
    return folder


@pytest.fixture
def diff(tmp_path: Path, corpus: Path) -> Run:
    def run(*args: str, stored: dict[str, str] | None = None, **more: str) -> Ran:
        store = Store(tmp_path / "home")
        for name, text in ({"2031-04-02": OLD, "2033-01-01": NEW} if stored is None else stored).items():
            when = datetime(2033, 1, 1, tzinfo=UTC)
            store.put(Origin(source="arkivloven", version=name, language="da", format="lexdania", url="u", fetched_at=when, how="folder"), text.encode())
        env = {k: v for k, v in os.environ.items() if not k.startswith("CHECKER_")}
        env |= {"PYTHONPATH": str(ROOT), "CHECKER_HOME": str(tmp_path / "home"), "CHECKER_CORPUS": str(corpus)} | more
        command = [sys.executable, "-c", _CHECKER, "corpus", "diff", *args]
        done = subprocess.run(command, check=False, env=env, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=120)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run


def test_what_changed_is_told_with_the_requirements_that_cite_it(diff: Run) -> None:
    done = diff("arkivloven", "2031-04-02", "2033-01-01")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "arkivloven (da): 2031-04-02 → 2033-01-01"
    assert lines[1].startswith("2 ændret / changed; ")
    place = lines.index("arkivloven:par_8.stk_1: ændret / changed – Udlån af nøgler")
    assert "Udlånet skrives [-ned.-] {+i *bogen*.+}" in lines[place + 1]
    assert lines[place + 2].startswith("  krav / requirements: ") and "gdpr-storage-limitation" in lines[place + 2]
    assert any(line.startswith("arkivloven:par_2a: ændret") for line in lines)


def test_json_holds_the_same_for_programs(diff: Run) -> None:
    done = diff("arkivloven", "2031-04-02", "2033-01-01", "--format", "json")
    data = json.loads(done.stdout)
    assert (data["act"], data["language"], data["old_version"], data["new_version"]) == ("arkivloven", "da", "2031-04-02", "2033-01-01")
    first = data["differences"][0]
    assert (first["kind"], first["before"], first["after"]) == ("changed", "arkivloven:par_8.stk_1", "arkivloven:par_8.stk_1")
    assert first["requirements"] and {p["kind"] for p in first["words"]} == {"same", "removed", "added"}


def test_markdown_shows_words_of_the_law_as_they_are(diff: Run) -> None:
    out = diff("arkivloven", "2031-04-02", "2033-01-01", "--format", "md").stdout
    assert "## arkivloven:par\\_8.stk\\_1: ændret / changed" in out
    assert "~~ned.~~ **i \\*bogen\\*.**" in out


def test_a_version_is_also_named_by_a_day_when_it_was_in_force(diff: Run) -> None:
    done = diff("arkivloven", "2032-06-01", "2034-06-01")
    assert done.stdout.splitlines()[0] == "arkivloven (da): 2031-04-02 → 2033-01-01"


def test_the_other_way_round_takes_the_changes_back(diff: Run) -> None:
    assert "[-i *bogen*.-] {+ned.+}" in diff("arkivloven", "2033-01-01", "2031-04-02").stdout


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("2031-04-02", "2035-01-01"), "arkivloven 2035-01-01 er ikke i lageret. I lageret: 2031-04-02 (da); 2033-01-01 (da)."),
        (("2020-01-01", "2033-01-01"), "2020-01-01 er ingen udgave af arkivloven"),
        (("først", "2033-01-01"), "I lageret: 2031-04-02 (da); 2033-01-01 (da)."),
        (("2033-01-01", "2034-05-05"), "er den samme udgave"),
        (("2031-04-02", "2033-01-01", "--lang", "en"), "ikke begge i lageret på samme sprog (en)"),
    ],
)
def test_a_version_that_is_not_there_is_refused_with_those_that_are(diff: Run, args: tuple[str, ...], said: str) -> None:
    done = diff("arkivloven", *args)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in " ".join(done.stderr.split())


def test_an_unknown_act_is_refused_with_the_likely_one(diff: Run) -> None:
    done = diff("arkivlov", "2031-04-02", "2033-01-01")
    assert done.returncode == 2
    assert "Mente du arkivloven?" in done.stderr


def test_an_empty_store_says_how_to_fill_it(diff: Run) -> None:
    done = diff("arkivloven", "2031-04-02", "2033-01-01", stored={})
    assert done.returncode == 2
    assert "checker corpus fetch arkivloven" in done.stderr


def test_a_damaged_text_is_named_and_nothing_is_compared(diff: Run) -> None:
    done = diff("arkivloven", "2031-04-02", "2033-01-01", stored={"2031-04-02": OLD, "2033-01-01": NEW[: len(NEW) // 2]})
    assert (done.returncode, done.stdout) == (2, "")
    assert "arkivloven 2033-01-01" in done.stderr
