"""Which text of an act counts on which day, with a real store and invented law."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from checker.adapters.official import OfficialTexts
from checker.adapters.store import Store
from checker.errors import CorpusError
from checker.knowledge.official import official_documents, searched
from checker.knowledge.store import Origin
from checker.model.law import Bilingual
from checker.model.legal import Source, SourceFile, SourceVersion

XML = """<?xml version="1.0" encoding="utf-8"?>
<Dokument><Meta><DocumentType>LOV</DocumentType></Meta>
<TitelGruppe><Titel><Exitus><Linea><Char>Lov om fælles haver</Char></Linea></Exitus></Titel></TitelGruppe>
<DokumentIndhold><Kapitel><Paragraf localId="1"><Explicatus>§ 1.</Explicatus><Stk><Exitus><Linea><Char>{first}</Char></Linea></Exitus></Stk>
<Stk><Explicatus>Stk. 2.</Explicatus><Exitus><Linea><Char>Haven passes af dem, der bor der, og af den, der har nøglen.</Char></Linea></Exitus></Stk></Paragraf>
<Paragraf localId="2"><Explicatus>§ 2.</Explicatus><Stk><Exitus><Linea><Char>Den, der har nøglen, skal også rive.</Char></Linea></Exitus></Stk></Paragraf>
</Kapitel></DokumentIndhold></Dokument>"""


def version(name: str, start: str, end: str | None = None) -> SourceVersion:
    file = SourceFile(language="da", format="lexdania", url="http://127.0.0.1/x")
    return SourceVersion(version=name, in_force_from=date.fromisoformat(start), in_force_to=date.fromisoformat(end) if end else None, files=(file,))


HAVELOV = Source(
    id="havelov",
    title=Bilingual(da="Lov om fælles haver", en="Gardens Act"),
    short=Bilingual(da="havelov", en="Gardens Act"),
    kind="dk",
    licence="none",
    versions=(version("2020-01-01", "2020-01-01", "2023-12-31"), version("2024-01-01", "2024-01-01")),
)


def put(store: Store, name: str, first: str) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    origin = Origin(source="havelov", version=name, language="da", format="lexdania", url="havelov.xml", fetched_at=now, how="folder")
    store.put(origin, XML.format(first=first).encode())


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.fixture
def texts(store: Store, tmp_path: Path) -> OfficialTexts:
    return OfficialTexts(store, {"havelov": HAVELOV}, tmp_path / "read")


def first_words(texts: OfficialTexts, on: date) -> list[str]:
    return [next(p.text for p in t.passages if p.id == "havelov:par_1.stk_1") for t in texts.texts(on)]


def test_nothing_is_held_where_nothing_was_taken_in(texts: OfficialTexts) -> None:
    assert texts.held(date(2026, 11, 22)) == ()


def test_the_version_in_force_on_the_day_counts(store: Store, texts: OfficialTexts) -> None:
    put(store, "2020-01-01", "Hver have har en låge, og alle må gå ind ad den.")
    put(store, "2024-01-01", "Hver have har to låger, og alle må gå ind ad dem.")
    assert "en låge" in first_words(texts, date(2023, 6, 1))[0]
    assert "to låger" in first_words(texts, date(2024, 1, 1))[0]
    assert first_words(texts, date(2019, 1, 1)) == []


def test_an_older_text_stands_in_and_says_so(store: Store, texts: OfficialTexts) -> None:
    put(store, "2020-01-01", "Hver have har en låge, og alle må gå ind ad den.")
    (held,) = texts.held(date(2026, 11, 22))
    assert (held.version, held.note) == ("2020-01-01", "2024-01-01 er ikke i lageret på da; her bruges 2020-01-01")


def test_a_version_added_under_a_date_of_its_own_counts_from_then(store: Store, texts: OfficialTexts) -> None:
    put(store, "2024-01-01", "Hver have har to låger, og alle må gå ind ad dem.")
    put(store, "2026-05-01", "Hver have har tre låger, og alle må gå ind ad dem.")
    assert "to låger" in first_words(texts, date(2026, 4, 30))[0]
    assert "tre låger" in first_words(texts, date(2026, 5, 1))[0]
    assert [v.version for v, _ in texts.versions("havelov")] == ["2024-01-01", "2026-05-01"]


def test_a_text_is_read_once_and_again_when_the_cache_is_damaged(store: Store, texts: OfficialTexts, tmp_path: Path) -> None:
    put(store, "2024-01-01", "Hver have har to låger, og alle må gå ind ad dem.")
    one = list(texts.texts(date(2026, 1, 1)))
    (kept,) = (tmp_path / "read").iterdir()
    kept.write_text("{half", "utf-8")
    assert list(texts.texts(date(2026, 1, 1))) == one


def test_paragraphs_are_searched_and_what_lies_above_them_stays_quotable(store: Store, texts: OfficialTexts) -> None:
    put(store, "2024-01-01", "Hver have har to låger, og alle må gå ind ad dem.")
    (text,) = texts.texts(date(2026, 1, 1))
    assert [p.id for p in searched(text)] == ["havelov:par_1.stk_1", "havelov:par_1.stk_2", "havelov:par_2"]
    documents = {d.provision: d for d in official_documents(text, None, searchable_only=False)}
    assert (documents["havelov:par_1"].searched, documents["havelov:par_2"].searched) == (False, True)
    assert documents["havelov:par_1.stk_2"].belongs_to == "havelov:par_1"
    assert all(d.text in documents[d.belongs_to].text for d in documents.values())


def test_a_stored_file_that_is_no_act_is_named(store: Store, texts: OfficialTexts) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    origin = Origin(source="havelov", version="2024-01-01", language="da", format="lexdania", url="side.html", fetched_at=now, how="folder")
    store.put(origin, b"<html>Adgang afvist</html>")
    with pytest.raises(CorpusError, match="havelov"):
        list(texts.texts(date(2026, 1, 1)))


def test_the_same_bytes_as_two_versions_are_read_as_two(store: Store, texts: OfficialTexts) -> None:
    for name in ("2020-01-01", "2024-01-01"):
        put(store, name, "Hver have har en låge, og alle må gå ind ad den.")
    pairs = texts.versions("havelov")
    assert len({stored.sha256 for _, stored in pairs}) == 1
    for _ in ("read", "from the cache"):
        assert [texts.read(*pair).version for pair in pairs] == ["2020-01-01", "2024-01-01"]
