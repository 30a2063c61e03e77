"""An act and an unofficial selection of its amended provisions, in a real store: which words count on which day, and what is said of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from checker.adapters.official import OfficialTexts
from checker.adapters.store import Store
from checker.knowledge.official import official_documents
from checker.knowledge.overlay import AMENDED, UNOFFICIAL, version_label
from checker.knowledge.sources import Entry
from checker.knowledge.store import Origin
from checker.model.legal import Language, Source
from tests.unit.knowledge.test_knowledge_consolidated import FILES

BEFORE, AFTER = date(2099, 5, 31), date(2099, 6, 1)
WORDS = {
    "en": ("Article", "Bridges are for all.", "The owner shall look at a bridge every spring.", "The owner shall mend what is broken.", "No toll is taken."),
    "da": ("Artikel", "Broer er for alle.", "Ejeren ser til en bro hvert forår.", "Ejeren gør i stand, hvad der er i stykker.", "Der opkræves ingen bropenge."),
}


def page(language: Language, owner: str = "") -> bytes:
    article, first, look, mend, toll = WORDS[language]
    body = {1: [first], 2: [owner or look, mend], 3: [toll]}
    units = "".join(
        f'<div class="eli-subdivision" id="art_{n}"><p class="oj-ti-art">{article} {n}</p>'
        + "".join(f'<div id="{n:03}.{i:03}"><p class="oj-normal">{i}. {words}</p></div>' for i, words in enumerate(paragraphs, 1))
        + "</div>"
        for n, paragraphs in body.items()
    )
    return f"<html><body>{units}</body></html>".encode()


def law() -> Source:
    name = {"da": "Brolov", "en": "Bridge Act"}
    versions = [
        {"version": "2099-01-01", "in_force_from": "2099-01-02", "in_force_to": "2099-05-31", "files": []},
        {"version": "2099-06-01", "in_force_from": "2099-06-01", "files": [], "changes": ["art_2", "art_2a", "art_3", "anx_II"]},
    ]
    return Entry.model_validate({"id": "bro", "title": name, "short": name, "kind": "eu", "licence": "", "versions": versions})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """With the act as it first was, in both languages."""
    store = Store(tmp_path)
    for language in ("da", "en"):
        put(store, "2099-01-01", language, page(language))
    return store


@pytest.fixture
def texts(store: Store, tmp_path: Path) -> OfficialTexts:
    return OfficialTexts(store, {"bro": law()}, tmp_path / "read")


def put(store: Store, version: str, language: Language, content: bytes | dict[str, bytes], how: str = "") -> None:
    when = datetime(2099, 6, 2, tzinfo=UTC)
    format = "eurlex-xhtml" if isinstance(content, bytes) else "markdown"
    store.put(Origin(source="bro", version=version, language=language, format=format, url=how or format, fetched_at=when, how="folder"), content)


def amend(store: Store) -> None:
    put(store, "2099-06-01", "en", {Path(name).name: data for name, data in FILES.items()})


def quoted(texts: OfficialTexts, provision: str, on: date) -> dict[str, tuple[str, str]]:
    return {language: (version_label(text), p.text) for language, (text, p) in texts.quoted(f"bro:{provision}", on).items()}


def test_before_the_amendment_the_first_text_stands_whole(store: Store, texts: OfficialTexts) -> None:
    amend(store)
    assert [(h.version, h.language, h.note) for h in texts.held(BEFORE)] == [("2099-01-01", "da", ""), ("2099-01-01", "en", "")]
    assert quoted(texts, "art_2.par_1", BEFORE)["da"] == ("2099-01-01", f"1. {WORDS['da'][2]}")
    assert quoted(texts, "art_2a", BEFORE) == {}


def test_from_then_on_amended_words_come_from_the_selection_and_all_others_from_the_first_text(store: Store, texts: OfficialTexts) -> None:
    amend(store)
    unofficial = f"2099-06-01, {UNOFFICIAL}"
    assert quoted(texts, "art_1.par_1", AFTER) == {"da": ("2099-01-01", f"1. {WORDS['da'][1]}"), "en": ("2099-01-01", f"1. {WORDS['en'][1]}")}
    assert quoted(texts, "art_2.par_1a", AFTER) == {"en": (unofficial, "1a. A bridge of rope is looked at twice.")}
    assert set(quoted(texts, "art_2.par_1", AFTER)) == {"en"}  # the Danish words are no longer the law
    assert quoted(texts, "art_2.par_2", AFTER) == {"da": ("2099-01-01", f"2. {WORDS['da'][3]}"), "en": (unofficial, f"2. {WORDS['en'][3]}")}
    assert set(quoted(texts, "art_2", AFTER)) == {"en"}


def test_what_was_amended_without_its_new_words_says_so(store: Store, texts: OfficialTexts) -> None:
    amend(store)
    assert quoted(texts, "art_3.par_1", AFTER)["da"] == (f"2099-01-01, {AMENDED}", f"1. {WORDS['da'][4]}")
    assert quoted(texts, "art_3.par_1", BEFORE)["da"][0] == "2099-01-01"


def test_without_any_amended_text_every_amended_provision_says_so(texts: OfficialTexts) -> None:
    assert quoted(texts, "art_2.par_1", AFTER)["da"][0] == f"2099-01-01, {AMENDED}"
    assert quoted(texts, "art_1.par_1", AFTER)["da"][0] == "2099-01-01"


def test_what_the_selection_covers_and_what_it_does_not_is_told(store: Store, texts: OfficialTexts) -> None:
    amend(store)
    (held,) = (h for h in texts.held(AFTER) if h.version == "2099-06-01")
    assert held.note == (
        f"{UNOFFICIAL}: kun / only art. 2, 2a; bilag/annex II; resten / the rest: 2099-01-01; "
        "ændret, men ny ordlyd er ikke i lageret / amended, new words not in the store: art. 3"
    )


def test_the_index_holds_every_passage_once(store: Store, texts: OfficialTexts) -> None:
    amend(store)
    documents = [d for text in texts.texts(AFTER) for d in official_documents(text, None, searchable_only=False)]
    keys = [d.key for d in documents]
    assert len(keys) == len(set(keys))
    found = {d.key.removesuffix("#verbatim"): d.searched for d in documents}
    assert found["bro:art_2.par_2@da"] and found["bro:art_2.par_1@en"] and not found["bro:art_2@en"]
    assert "bro:art_2@da" not in found


def test_an_official_text_that_comes_later_wins_and_the_selection_is_not_used(store: Store, texts: OfficialTexts) -> None:
    amend(store)
    put(store, "2099-06-01", "en", page("en", "The owner shall look at a bridge every month."))
    assert {(h.version, h.language, h.note) for h in texts.held(AFTER) if h.language == "en"} == {("2099-06-01", "en", "")}
    assert quoted(texts, "art_2.par_1", AFTER) == {"en": ("2099-06-01", "1. The owner shall look at a bridge every month.")}
    assert quoted(texts, "art_2.par_2", AFTER)["da"][0] == "2099-01-01"
    put(store, "2099-06-01", "da", page("da", "Ejeren ser til en bro hver måned."))
    assert quoted(texts, "art_2.par_1", AFTER)["da"] == ("2099-06-01", "1. Ejeren ser til en bro hver måned.")


def test_an_official_text_in_the_other_language_leaves_the_selection_in_its_own(store: Store, texts: OfficialTexts) -> None:
    amend(store)
    put(store, "2099-06-01", "da", page("da", "Ejeren ser til en bro hver måned."))
    found = quoted(texts, "art_2.par_1", AFTER)
    assert (found["da"][0], found["en"][0]) == ("2099-06-01", f"2099-06-01, {UNOFFICIAL}")
    keys = [d.key for text in texts.texts(AFTER) for d in official_documents(text, None, searchable_only=False)]
    assert len(keys) == len(set(keys))


def test_as_a_version_to_compare_it_is_the_whole_act(store: Store, texts: OfficialTexts) -> None:
    amend(store)
    version, stored = texts.versions("bro", "en")[-1]
    assert (version.version, stored.format) == ("2099-06-01", "markdown")
    whole = texts.whole(version, stored)
    assert {p.id for p in whole.of("article")} == {"bro:art_1", "bro:art_2", "bro:art_2a", "bro:art_3"}
    assert {p.id for p in texts.read(version, stored).of("article")} == {"bro:art_2", "bro:art_2a"}


def test_a_selection_without_the_act_it_amends_stands_alone(tmp_path: Path) -> None:
    store = Store(tmp_path / "alone")
    amend(store)
    texts = OfficialTexts(store, {"bro": law()}, tmp_path / "read")
    assert [h.version for h in texts.held(AFTER)] == ["2099-06-01"]
    assert set(quoted(texts, "art_2a", AFTER)) == {"en"}
    assert texts.held(BEFORE) == ()


def test_a_version_added_later_under_a_date_of_its_own_puts_the_selection_aside(store: Store, texts: OfficialTexts) -> None:
    amend(store)
    put(store, "2099-07-01", "en", page("en", "The owner shall look at a bridge every week."))
    assert quoted(texts, "art_2.par_1", date(2099, 7, 2))["en"] == ("2099-07-01", "1. The owner shall look at a bridge every week.")
    assert quoted(texts, "art_2.par_1", date(2099, 6, 30))["en"][0] == f"2099-06-01, {UNOFFICIAL}"


def test_two_files_of_one_version_are_told_with_the_one_that_counts(store: Store, texts: OfficialTexts) -> None:
    put(store, "2099-01-01", "da", page("da", "Ejeren ser til en bro hver uge."), "anden.html")
    (held,) = (h for h in texts.held(BEFORE) if h.language == "da")
    assert held.note.startswith("flere filer er lagt ind som denne udgave: anden.html (")
    assert "gælder, ikke eurlex-xhtml (" in held.note
    assert quoted(texts, "art_2.par_1", BEFORE)["da"][1] == "1. Ejeren ser til en bro hver uge."
    keys = [d.key for text in texts.texts(BEFORE) for d in official_documents(text, None, searchable_only=False)]
    assert len(keys) == len(set(keys))
