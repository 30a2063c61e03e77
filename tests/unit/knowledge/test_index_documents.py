"""Guideline points: unique ids, verbatim bodies, headings as titles; nothing that is numbered gets lost."""

import shutil
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.errors import CorpusError
from checker.knowledge.documents import _points, digest_documents, guideline_documents, guideline_queries, search_hash, version_of
from checker.library import Library


def test_the_shipped_guideline_is_taken_point_by_point_in_its_own_words(library: Library) -> None:
    folder = library.root / "guidelines"
    documents = list(guideline_documents(folder))
    files = {f.stem: f.read_text("utf-8") for f in folder.glob("*.md")}
    assert {d.act for d in documents} == set(files)
    assert all(d.text in files[d.act] and d.title in files[d.act] for d in documents)
    keys = [d.key for d in documents] + [d.key for d in digest_documents(library.provisions.values())]
    assert len(keys) == len(set(keys))
    by_id = {d.provision: d for d in documents}
    dpo = by_id["dataetisk-kompas-eksempel:pkt_1.4"]
    assert dpo.title == "1. Formål og ansvar"
    assert dpo.text.startswith("1.4. Databeskyttelsesrådgiveren skal spørges")
    assert (dpo.kind, dpo.language) == ("guideline", "da")
    for text in files.values():
        numbered = [line for line in text.splitlines() if line[:1].isdigit()]
        assert sum(1 for d in documents if d.text[:1].isdigit()) == len(numbered)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Kompas\n\n## 1. Ansvar ##\n\n1.1. Spørg DPO.\n", [("1.1", "1. Ansvar", "1.1. Spørg DPO.")]),
        ("1.1 Ejeren står for svaret.\n1.2 Ejeren kan standse.", [("1.1", "", "1.1 Ejeren står for svaret."), ("1.2", "", "1.2 Ejeren kan standse.")]),
        ("## A\n1. Første\n## B\n1. Første igen\n\n1) Tredje", [("1", "A", "1. Første"), ("1_2", "B", "1. Første igen"), ("1_3", "B", "1) Tredje")]),
        ("25 medarbejdere skal oplæres, før løsningen tages i brug.", [("s1", "", "25 medarbejdere skal oplæres, før løsningen tages i brug.")]),
        ("**2.1** Medarbejdere oplæres.", [("2.1", "", "**2.1** Medarbejdere oplæres.")]),
        ("Kontrakten skal give:\n- logs\n- ret til sletning", [("s1", "", "Kontrakten skal give:\n- logs\n- ret til sletning")]),
        ("# Titel\n\n---\n\nKort.", []),
    ],
)
def test_points_are_split_where_a_reader_would(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert list(_points(text)) == expected


LINE = st.one_of(
    st.sampled_from(["", "  ", "# Formål", "## 1. Ansvar ##", "1. Kort", "1.1. Ejeren skal kunne standse løsningen samme dag.", "- logs", "---", "```"]),
    st.text(max_size=60),
)


@given(st.lists(LINE, max_size=25), st.sampled_from(["\n", "\n\n", "\r\n"]))
def test_every_point_is_a_piece_of_the_text_and_has_a_number_of_its_own(lines: list[str], glue: str) -> None:
    text = glue.join(lines)
    points = list(_points(text))
    assert all(body in text and heading in text and body == body.strip() and body for _, heading, body in points)
    assert max(Counter(number for number, _, _ in points).values(), default=1) == 1
    place = 0
    for _, _, body in points:
        place = text.index(body, place) + len(body)


def test_a_guideline_without_points_or_in_another_encoding_is_refused(tmp_path: Path, library: Library) -> None:
    for file in (library.root / "guidelines").glob("*.md"):
        shutil.copy(file, tmp_path)
    (tmp_path / "tom.md").write_text("# Kun en overskrift\n", "utf-8")
    with pytest.raises(CorpusError, match=r"tom\.md: expected at least one paragraph"):
        list(guideline_documents(tmp_path))
    (tmp_path / "tom.md").write_bytes("# Åben\n\nRådet for æstetik og ærlighed i kommunen.".encode("latin-1"))
    with pytest.raises(CorpusError, match=r"tom\.md: expected UTF-8"):
        list(guideline_documents(tmp_path))


def test_a_byte_order_mark_does_not_hide_the_first_heading(tmp_path: Path) -> None:
    (tmp_path / "x.md").write_text("\ufeff# Kompas\r\n\r\n1.1. Spørg altid DPO først.\r\n", "utf-8", newline="")
    (only,) = guideline_documents(tmp_path)
    assert (only.title, only.text) == ("Kompas", "1.1. Spørg altid DPO først.")


def test_the_version_changes_with_corpus_embedder_and_guideline_queries() -> None:
    queries = guideline_queries([("gdpr-dpia", "Konsekvensanalyse", "Der mangler en.")])
    assert queries == {"gdpr-dpia": "Konsekvensanalyse. Der mangler en."}
    versions = [version_of("a", "e"), version_of("b", "e"), version_of("a", "f"), version_of("a", "e", queries)]
    assert len(set(versions)) == len(versions)
    assert versions[0] == version_of("a", "e", {})


def test_what_a_search_is_widened_with_has_a_hash_of_its_own(tmp_path: Path) -> None:
    seen = [search_hash(tmp_path)]
    for name, text in (("vocabulary.yaml", "words: []\n"), ("asked.yaml", "words: []\n"), ("asked.yaml", "gdpr: {}\n")):
        (tmp_path / name).write_text(text, "utf-8")
        seen.append(search_hash(tmp_path))
    assert len(set(seen)) == len(seen)
    (tmp_path / "README.md").write_text("x", "utf-8")
    assert search_hash(tmp_path) == seen[-1]
    assert version_of("a", "e", {}, [f"search {seen[0]}"]) != version_of("a", "e", {}, [f"search {seen[1]}"])
