"""Requirements whose law changed since the digest was written, told from two versions of an invented act in a real store."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from checker.adapters.official import OfficialTexts
from checker.adapters.store import Store
from checker.knowledge.review_flags import Review, flags, lines, review, written_from
from checker.knowledge.sources import load_sources
from checker.knowledge.store import Origin
from checker.library import Library
from checker.model.law import Act, Bilingual, Requirement
from checker.model.legal import Source, SourceFile, SourceVersion

NAME = Bilingual(da="Lov om fælleshuse", en="Community Houses Act")
FIXTURE = (Path(__file__).parent / "fixtures_dk" / "faelleshuse.xml").read_bytes()
NEWER = FIXTURE.replace("den, der er under 12 år.".encode(), "den, der er under 15 år.".encode())
assert NEWER != FIXTURE


def version(name: str, begins: date, eli: str = "", celex: str = "") -> SourceVersion:
    files = (SourceFile(language="da", format="lexdania", url="https://lov.example/xml"),)
    return SourceVersion(version=name, in_force_from=begins, eli=eli, celex=celex, files=files)


def source(*versions: SourceVersion) -> Source:
    return Source(id="huse", title=NAME, short=NAME, kind="dk", licence="", versions=versions)


OLD, NEW = version("2031-04-02", date(2031, 4, 2)), version("2033-01-01", date(2033, 1, 1))
SOURCES = {"huse": source(OLD, NEW)}


def act(told: str = "LBK nr. 77 af 02/04/2031", address: str | None = None) -> Act:
    return Act(id="huse", title=NAME, short=NAME, kind="dk", version=told, address=address)


@pytest.fixture
def texts(tmp_path: Path) -> OfficialTexts:
    return kept(tmp_path, {"2031-04-02": FIXTURE, "2033-01-01": NEWER})


def kept(home: Path, there: dict[str, bytes]) -> OfficialTexts:
    store = Store(home)
    for name, data in there.items():
        when = datetime(2033, 1, 1, tzinfo=UTC)
        store.put(Origin(source="huse", version=name, language="da", format="lexdania", url="u", fetched_at=when, how="folder"), data)
    return OfficialTexts(store, SOURCES, home / "read")


@pytest.fixture
def requirements(library: Library) -> list[Requirement]:
    model = next(iter(library.catalogue.requirements.values()))
    cites = {"young": ("huse:par_2.stk_3.lit_b", "huse:par_1"), "refusal": ("huse:par_2",), "rules": ("huse:par_2a",), "elsewhere": ("gdpr:art_5",)}
    return [model.model_copy(update={"id": name, "cites": ids}) for name, ids in cites.items()]


def test_what_cites_the_changed_letter_or_something_above_it_is_flagged(texts: OfficialTexts, requirements: list[Requirement]) -> None:
    found = flags({"huse": act()}, requirements, SOURCES, texts, date(2033, 6, 1))
    assert found == {"young": ("huse:par_2.stk_3.lit_b",), "refusal": ("huse:par_2",)}


def test_before_the_new_version_is_in_force_nothing_is_flagged(texts: OfficialTexts, requirements: list[Requirement]) -> None:
    assert review({"huse": act()}, requirements, SOURCES, texts, date(2032, 12, 31)) == Review(flags={})


def test_a_digest_written_anew_is_flagged_no_more(texts: OfficialTexts, requirements: list[Requirement]) -> None:
    assert review({"huse": act("LBK nr. 5 af 01-01-2033")}, requirements, SOURCES, texts, date(2033, 6, 1)) == Review(flags={})


def test_a_digest_ahead_of_the_day_asked_for_is_flagged_too(texts: OfficialTexts, requirements: list[Requirement]) -> None:
    assert set(flags({"huse": act("LBK nr. 5 af 01-01-2033")}, requirements, SOURCES, texts, date(2032, 1, 1))) == {"young", "refusal"}


def test_where_the_digests_version_is_not_stored_a_note_says_so(tmp_path: Path, requirements: list[Requirement]) -> None:
    found = review({"huse": act()}, requirements, SOURCES, kept(tmp_path, {"2033-01-01": NEWER}), date(2033, 6, 1))
    assert found.flags == {}
    assert [note.en.partition(";")[0] for note in found.notes] == ["huse (da): the store has 2033-01-01 but not 2031-04-02, which the digest was written from"]


def test_an_empty_store_flags_and_notes_nothing(tmp_path: Path, requirements: list[Requirement]) -> None:
    assert review({"huse": act()}, requirements, SOURCES, kept(tmp_path, {}), date(2033, 6, 1)) == Review(flags={})


def test_a_digest_that_names_no_version_is_noted_with_what_to_write(texts: OfficialTexts, requirements: list[Requirement]) -> None:
    found = review({"huse": act("efter hukommelsen")}, requirements, SOURCES, texts, date(2033, 6, 1))
    assert found.flags == {}
    assert "act.version" in found.notes[0].da and "act.version" in found.notes[0].en


def test_acts_that_nothing_cites_are_not_looked_at(texts: OfficialTexts, requirements: list[Requirement]) -> None:
    assert review({"huse": act("efter hukommelsen")}, requirements[3:], SOURCES, texts, date(2033, 6, 1)) == Review(flags={})


def test_each_flag_and_note_is_a_line() -> None:
    found = Review(flags={"young": ("huse:par_1", "huse:par_2")}, notes=(Bilingual(da="bemærk", en="note"),))
    assert list(lines(found, "da")) == ["young: efterses, teksten er ændret: huse:par_1, huse:par_2", "bemærk"]
    assert list(lines(found, "en"))[1] == "note"


@pytest.mark.parametrize(
    ("told", "address", "versions", "wanted"),
    [
        ("CELEX 39901R0001, konsolideret 09901R0001-20990601", None, ("a", "b"), "b"),
        ("CELEX 39901R0001", None, ("a", "b"), "a"),
        ("EUT af 1.1.2099", "https://eur.example/?uri=CELEX:39901R0001", ("a", "b"), "a"),
        ("uden tal", "https://lov.example/eli/lta/2099/2/", ("c", "d"), "d"),
        ("LBK nr. 3 af 5.6.2099 med ændringer til 01-07-2099", None, ("2099-06-05", "2099-07-01"), "2099-07-01"),
        ("udgaven 2099-06-05", None, ("2099-06-05", "2099-06-051"), "2099-06-05"),
        ("LBK nr. 39901 af 15/06/2099", None, ("2099-06-05", "a"), None),
        ("", None, ("a",), None),
    ],
)
def test_a_digest_is_tied_by_celex_then_eli_then_day(told: str, address: str | None, versions: Iterable[str], wanted: str | None) -> None:
    known = {
        "a": version("a", date(2099, 1, 1), celex="39901R0001"),
        "b": version("b", date(2099, 6, 1), celex="09901R0001-20990601"),
        "c": version("c", date(2099, 1, 1), eli="https://lov.example/eli/lta/2099/1"),
        "d": version("d", date(2099, 6, 1), eli="https://lov.example/eli/lta/2099/2"),
    }
    dated = {name: version(name, date.fromisoformat(name[:10])) for name in ("2099-06-05", "2099-07-01", "2099-06-051")}
    found = written_from(act(told, address), source(*((known | dated)[v] for v in versions)))
    assert (found.version if found else None) == wanted


def test_every_digest_of_an_act_in_the_shipped_sources_is_tied_to_one_version(library: Library) -> None:
    sources = load_sources(library.root / "sources.yaml")
    tied = {id_: written_from(library.acts[id_], s) for id_, s in sources.items() if id_ in library.acts}
    assert tied and [id_ for id_, v in tied.items() if v is None] == []
    assert tied["ai-act"] is not None and tied["ai-act"].celex == "02024R1689-20260727"
