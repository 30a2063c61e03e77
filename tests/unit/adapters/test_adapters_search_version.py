"""What a search is widened with is part of the index's version, and a change of it embeds what is new and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from checker.adapters.chroma import ChromaIndex
from checker.adapters.embedders import CachedEmbedder
from checker.knowledge.documents import IndexDocument
from checker.library import default_root
from checker.model.law import Verified
from checker.ports import Vectors
from checker.settings import Settings
from checker.wiring import Workbench

TEXTS = {"par_1": "Hække klippes hvert år", "par_2": "Bål slukkes før solnedgang"}
DOCUMENTS = [
    IndexDocument(
        key=f"havelov:{p}@da", provision=f"havelov:{p}", act="havelov", kind="digest", language="da", title=p, text=text, url=None,
        verified=Verified.OFFICIAL_TEXT,
    )
    for p, text in TEXTS.items()
]


class Letters:
    """A direction by a text's letters; remembers what it was asked."""

    name = "letters"
    dim = 16

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str], kind: Literal["query", "passage"]) -> Vectors:
        self.asked += texts
        rows = np.array([np.bincount([ord(c) % self.dim for c in t], minlength=self.dim) for t in texts], dtype=np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def embedded(folder: Path, version: str) -> list[str]:
    """What is embedded to build this version and to search it once, with what earlier versions left in the cache."""
    letters = Letters()
    index = ChromaIndex(folder / "index", version, CachedEmbedder(letters, folder / "v.sqlite"), corpus=folder)
    index.build(DOCUMENTS, {})
    (hits,) = index.search(["hvem klipper hækken"], 1)
    assert [h.provision for h in hits] == ["havelov:par_1"]
    return letters.asked


def test_a_new_question_is_all_that_is_embedded_for_the_next_version(tmp_path: Path) -> None:
    asked = "havelov:\n  par_1: [Hvem klipper hækken?]\n  par_2: [Må vi tænde bål?]\n"
    (tmp_path / "asked.yaml").write_text(asked, "utf-8")
    first = embedded(tmp_path, "v1-one")
    assert sorted(first) == sorted([*(d.search_text for d in DOCUMENTS), "Hvem klipper hækken?", "Må vi tænde bål?", "hvem klipper hækken"])
    (tmp_path / "asked.yaml").write_text(asked.replace("bål?]", "bål?, Hvornår slukkes det?]"), "utf-8")
    assert embedded(tmp_path, "v1-two") == ["Hvornår slukkes det?"]
    (tmp_path / "vocabulary.yaml").write_text("words:\n- {says: [grill], law: bål}\n", "utf-8")
    assert embedded(tmp_path, "v1-three") == []


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """The shipped corpus, with files of its own where a test changes one."""
    root = tmp_path / "corpus"
    root.mkdir()
    for entry in default_root().iterdir():
        if entry.name in ("vocabulary.yaml", "asked.yaml"):
            (root / entry.name).write_bytes(entry.read_bytes())
        else:
            (root / entry.name).symlink_to(entry)
    return root


def test_the_index_of_the_workbench_is_another_when_a_question_or_an_everyday_word_is(corpus: Path, tmp_path: Path) -> None:
    def version() -> str:
        return Workbench(Settings(home=tmp_path / "home", corpus=corpus)).unbuilt_index.version

    seen = [version()]
    assert version() == seen[0]
    for name, line in (("asked.yaml", "\nhavelov:\n  par_1: [Hvem klipper hækken?]\n"), ("vocabulary.yaml", "\n- {says: [grill], law: bål}\n")):
        with (corpus / name).open("a", encoding="utf-8") as file:
            file.write(line)
        seen.append(version())
    assert len(set(seen)) == 3
