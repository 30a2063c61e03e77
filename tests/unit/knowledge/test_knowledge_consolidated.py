"""An unofficial consolidation in Markdown, and how it lies over the act as first published. The act is invented; the real one is counted."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.errors import CorpusError
from checker.knowledge.consolidated import read_consolidated
from checker.knowledge.differences import differences
from checker.knowledge.official import official_documents, read_official, searched
from checker.knowledge.overlay import AMENDED, UNOFFICIAL, laid_over, named, outdated, provisions_in, told_apart, version_label, without
from checker.knowledge.sources import changes_of, load_sources
from checker.knowledge.wording import plain
from checker.model.law import Verified
from checker.model.legal import ActText, Language

ROOT = Path(__file__).resolve().parents[3]
LEGAL = ROOT.parent / "shared" / "legal"
CONSOLIDATED = LEGAL / "ai-act-consolidated-en"
MORE = "and the owner of a bridge shall in all cases write it down in the book of the bridges, "
ARTICLE_2 = f"""#### Article 2

##### Looking after bridges

1. The owner shall look at a bridge {MORE * 3}as said in the *Book of Bridges*:

- (a) every spring; and

- (aa) after a flood:
   - (i) the piers; and
   - (ii) the railings.

The book is public.

1a. A bridge of rope is looked at twice.

2. The owner shall mend what is broken.
"""
ARTICLE_2A = "#### Article 2a\n\n##### Ropes\n\nOf ropes the owner keeps a spare one \\*here\\*.\n"
ANNEX = """## ANNEX II

Tools referred to in Article 2

Tools are the following:

- 1. For looking:
   - (a) a lamp.
      It shall be lit;
- 2. A rope.
"""
DANISH = "#### Article 2\n\n" + "Ejeren skal se til broen og må ikke rive den ned, og kommunen fører bog over det. " * 12
FILES = {"art_2a.md": ARTICLE_2A.encode(), "anx_II.md": ANNEX.encode(), "x/art_2.md": ARTICLE_2.encode()}


def selection(files: dict[str, bytes] | None = None) -> ActText:
    return read_consolidated(files or FILES, "bro", "en", "2099-06-01", "mappe/")


def published(language: Language = "en", mend: str = "The owner shall mend what is broken.") -> ActText:
    """The act as it first was: three articles, of which the second was amended."""
    said = {"en": "Article", "da": "Artikel"}[language]
    look = "The owner shall look at a bridge every spring." if language == "en" else "Ejeren ser til en bro hvert forår."
    body = {
        1: [f"1. {'Bridges are for all.' if language == 'en' else 'Broer er for alle.'}"],
        2: [f"1. {look}", f"2. {mend}"],
        3: [f"1. {'No toll is taken.' if language == 'en' else 'Der opkræves ingen bropenge.'}"],
    }
    pages = "".join(
        f'<div class="eli-subdivision" id="art_{n}"><p class="oj-ti-art">{said} {n}</p>'
        + "".join(f'<div id="{n:03}.{i:03}"><p class="oj-normal">{p}</p></div>' for i, p in enumerate(paragraphs, 1))
        + "</div>"
        for n, paragraphs in body.items()
    )
    return read_official("eurlex-xhtml", {"x": f"<html><body>{pages}</body></html>".encode()}, "bro", language, "2099-01-01")


def test_provisions_come_in_the_order_of_the_act_with_the_ids_of_the_official_text() -> None:
    text = selection()
    assert [p.id.removeprefix("bro:") for p in text.passages] == [
        "art_2", "art_2.par_1", "art_2.par_1.pnt_a", "art_2.par_1.pnt_aa", "art_2.par_1.pnt_aa.i", "art_2.par_1.pnt_aa.ii", "art_2.par_1a", "art_2.par_2",
        "art_2a", "anx_II", "anx_II.pnt_1", "anx_II.pnt_1.a", "anx_II.pnt_2",
    ]  # fmt: skip
    by_id = {p.id: p for p in text.passages}
    assert by_id["bro:art_2"].title == "Looking after bridges"
    assert by_id["bro:art_2.par_1"].text.endswith("(ii) the railings.\nThe book is public.")
    assert "as said in the Book of Bridges:" in by_id["bro:art_2.par_1"].text
    assert by_id["bro:art_2a"].text == "Of ropes the owner keeps a spare one *here*."
    assert by_id["bro:anx_II"].title == "Tools referred to in Article 2"
    assert by_id["bro:anx_II.pnt_1.a"].text == "(a) a lamp.\nIt shall be lit;"
    assert text.notes == (UNOFFICIAL,)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("art_2.md", b"", "no text"),
        ("art_2.md", b"#### Article 2\n", "no text"),
        ("art_2.md", b"#### Article 3\n\nThe owner shall.\n", "line 1.*Article 2"),
        ("art_2.md", b"The owner shall look at it.\n\nAnd mend it.\n", "line 1.*heading"),
        ("art_2.md", ARTICLE_2.encode() + b"\n#### Article 3\n\nMore.\n", "line 19.*one provision a file"),
        ("art_2.md", "#### Article 2\n\nÆ.\n".encode("latin-1"), "UTF-8"),
        ("anx_II.md", ANNEX.encode(), "no article"),
        ("notes.md", b"# Notes\n\nNothing.\n", "no provision"),
        ("art_2.md", DANISH.encode(), "another language"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_provision_is_named_with_what_was_expected(name: str, data: bytes, said: str) -> None:
    with pytest.raises(CorpusError, match=f"(?s){said}"):
        selection({name: data})


@given(st.text("-#*1a().) \n\\\t", max_size=60))
def test_whatever_stands_below_the_heading_it_is_read_or_refused(body: str) -> None:
    try:
        text = selection({"art_2.md": f"#### Article 2\n\nThe owner.\n{body}".encode()})
    except CorpusError:
        return
    assert len({p.id for p in text.passages}) == len(text.passages)
    whole = text.passages[0].text
    assert all(p.text in whole for p in text.passages)


def test_laid_over_the_act_it_takes_its_provisions_places_and_leaves_the_others() -> None:
    whole = laid_over(published(), selection())
    assert provisions_in(whole) == ("bro:art_1", "bro:art_2", "bro:art_2a", "bro:art_3", "bro:anx_II")
    assert [p.order for p in whole.passages] == list(range(len(whole.passages)))
    told = {(d.kind, d.id.removeprefix("bro:")) for d in differences(published(), whole).differences}
    assert ("added", "art_2a") in told and ("added", "art_2.par_1a") in told and ("added", "anx_II") in told
    assert not {place for _, place in told} & {"art_1", "art_3", "art_2.par_2"}


def test_a_translation_stands_where_the_words_it_translates_stand() -> None:
    """Paragraph 2 of article 2 is as it was; paragraph 1, and with it the article as a whole, is not."""
    danish = published("da")
    assert outdated(danish, published(), selection()) == {"bro:art_2", "bro:art_2.par_1"}
    left = without(danish, outdated(danish, published(), selection()))
    assert [p.id for p in searched(left)] == ["bro:art_1.par_1", "bro:art_2.par_2", "bro:art_3.par_1"]


def test_without_the_text_it_was_made_from_nothing_of_an_amended_provision_is_vouched_for() -> None:
    assert outdated(published("da"), None, selection()) == {"bro:art_2", "bro:art_2.par_1", "bro:art_2.par_2"}


def test_in_its_own_language_the_selection_takes_whole_provisions() -> None:
    assert outdated(published(), published(), selection()) == {"bro:art_2", "bro:art_2.par_1", "bro:art_2.par_2"}


def test_provisions_amended_without_their_new_words_are_told_apart() -> None:
    stands, amended = told_apart(published("da"), ["art_3", "art_9"])
    assert provisions_in(stands) == ("bro:art_1", "bro:art_2")
    assert (provisions_in(amended), amended.notes, version_label(amended)) == (("bro:art_3",), (AMENDED,), f"2099-01-01, {AMENDED}")
    assert list(told_apart(published("da"), ["art_9"])) == [published("da")]


def test_in_the_index_its_words_are_marked_as_unofficial() -> None:
    (first, *_) = official_documents(selection(), None)
    assert (first.version, first.verified) == (f"2099-06-01, {UNOFFICIAL}", Verified.UNOFFICIAL_TEXT)
    assert {d.verified for d in official_documents(published(), None)} == {Verified.OFFICIAL_TEXT}


def test_provisions_are_named_as_a_person_says_them() -> None:
    assert named(["ai-act:art_4a", "art_6", "anx_III"]) == "art. 4a, 6; bilag/annex III"
    assert named([]) == ""


@pytest.mark.skipif(not CONSOLIDATED.is_dir(), reason=f"the official texts are not in {LEGAL}")
def test_the_amended_ai_act_differs_from_the_first_one_where_its_list_of_changes_says_so() -> None:
    """Counted by hand in SOURCE.md: sixteen provisions, of which Articles 26, 49 and 86 and Annex III are unchanged."""
    page = LEGAL / "eurlex-en-html" / "ai-act-32024R1689-en.html"
    base = read_official("eurlex-xhtml", {"x": page.read_bytes()}, "ai-act", "en", "2024-07-12")
    files = {f.name: f.read_bytes() for f in CONSOLIDATED.glob("*.md") if f.name != "SOURCE.md"}
    text = read_consolidated(files, "ai-act", "en", "2026-07-27")
    assert (len(text.of("article")), len(text.of("annex"))) == (15, 1)
    was = {p.id: plain(p.clean) for p in base.passages}
    changed = {p.parent.partition(":")[2] for p in text.passages if was.get(p.id) != plain(p.clean)}
    listed = set(changes_of(load_sources(ROOT / "corpus" / "sources.yaml")["ai-act"].versions[1]))
    assert changed == {p.partition(":")[2] for p in provisions_in(text)} - {"art_26", "art_49", "art_86", "anx_III"}
    assert changed <= listed
    whole = laid_over(base, text)
    assert (len(whole.of("article")), len(whole.of("recital")), len(whole.of("annex"))) == (114, 180, 13)  # 113 and 4a
    # From the list of amendments: what each amended article had put into it, in paragraphs.
    came = {p.id.removeprefix("ai-act:") for p in text.of("paragraph")} - {p.id.removeprefix("ai-act:") for p in base.passages}
    assert came == {
        "art_2.par_13", "art_4.par_1", "art_4.par_2", "art_4.par_3", "art_4a.par_1", "art_4a.par_2", "art_5.par_1a", "art_5.par_1b",
        "art_6.par_1a", "art_6.par_1b", "art_6.par_1c", "art_111.par_4",
    }  # fmt: skip
