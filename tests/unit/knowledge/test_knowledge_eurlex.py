"""Acts from EUR-Lex pages come out as passages: the right ones, with EUR-Lex ids, in the published words."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.errors import CorpusError
from checker.knowledge.eurlex import read_eurlex, whole_text
from checker.model.legal import ActText, Language

HERE = Path(__file__).parent / "fixtures"
LEGAL = Path(__file__).parents[4] / "shared" / "legal"
needs_official = pytest.mark.skipif(not LEGAL.is_dir(), reason="the official texts (../shared/legal) are not on this machine")

OFFICIAL: list[tuple[str, Language, str, dict[str, int]]] = [
    ("gdpr", "da", "eurlex-da-html/gdpr.html", {"article": 99, "recital": 173, "paragraph": 372, "annex": 0}),
    ("gdpr", "en", "eurlex-en-html/gdpr-32016R0679-en.html", {"article": 99, "recital": 173, "paragraph": 372, "annex": 0}),
    ("ai-act", "da", "eurlex-da-html/ai-act.html", {"article": 113, "recital": 180, "paragraph": 509, "annex": 13}),
    ("ai-act", "en", "eurlex-en-html/ai-act-32024R1689-en.html", {"article": 113, "recital": 180, "paragraph": 509, "annex": 13}),
]


@cache
def official(file: str) -> ActText:
    act, language = next((a, lang) for a, lang, f, _ in OFFICIAL if f == file)
    return read_eurlex((LEGAL / file).read_bytes(), act, language, "oj", file)


def fixture(name: str = "eurlex_da.html", language: Language = "da") -> ActText:
    return read_eurlex((HERE / name).read_bytes(), "skur", language, "v1", name)


def passage(act: ActText, local: str):  # type: ignore[no-untyped-def]
    return next(p for p in act.passages if p.id == f"{act.act}:{local}")


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


# Real acts


@needs_official
@pytest.mark.parametrize(("act", "language", "file", "counts"), OFFICIAL)
def test_the_counts_of_the_official_acts_come_out_exactly(act: str, language: str, file: str, counts: dict[str, int]) -> None:
    found = Counter(p.kind for p in official(file).passages)
    assert {kind: found[kind] for kind in counts} == counts  # type: ignore[index]


@needs_official
@pytest.mark.parametrize(("act", "language", "file", "counts"), OFFICIAL)
def test_every_passage_is_in_the_page_and_no_id_comes_twice(act: str, language: str, file: str, counts: dict[str, int]) -> None:
    read = official(file)
    whole = whole_text((LEGAL / file).read_bytes())
    assert [p.id for p in read.passages if p.text not in whole] == []
    assert len({p.id for p in read.passages}) == len(read.passages)
    assert [p.order for p in read.passages] == list(range(len(read.passages)))


@needs_official
@pytest.mark.parametrize(("act", "language", "file", "counts"), OFFICIAL)
def test_the_words_are_those_of_the_page_taken_without_our_reader(act: str, language: str, file: str, counts: dict[str, int]) -> None:
    """Only articles with a footnote of the amended act between their lines leave out words of the page (102-110 of the AI Act)."""
    from lxml import html

    page = bare(html.document_fromstring((LEGAL / file).read_bytes(), parser=html.HTMLParser(encoding="utf-8")).text_content())
    missing = {p.parent for p in official(file).passages if bare(p.text) not in page}
    assert missing <= {f"ai-act:art_{n}" for n in range(102, 111)}


@needs_official
@pytest.mark.parametrize("kind", ["gdpr", "ai-act"])
def test_danish_and_english_have_the_same_ids_and_links_to_the_same_articles(kind: str) -> None:
    danish, english = (official(f) for a, _, f, _ in OFFICIAL if a == kind)
    assert [p.id for p in danish.passages] == [p.id for p in english.passages]
    both = [
        ({x.split(".")[0] for x in d.links}, {x.split(".")[0] for x in e.links}) for d, e in zip(danish.passages, english.passages, strict=True)
        if d.kind in {"paragraph", "point"}
    ]
    equal = sum(d == e for d, e in both) / len(both)
    assert equal > 0.97


@needs_official
def test_each_provision_of_the_digest_that_the_first_published_acts_have_is_read() -> None:
    import yaml

    corpus = Path(__file__).parents[3] / "corpus" / "provisions"
    # The AI Act as amended by Regulation (EU) 2026/1744 has these; the text of 2024 has not.
    amended = re.compile(r"art_4\.par_|art_4a|par_\d+[a-z]|pnt_b[ab]$|art_111\.par_4")
    for act, file in (("gdpr", "eurlex-da-html/gdpr.html"), ("ai-act", "eurlex-da-html/ai-act.html")):
        ids = {p.id for p in official(file).passages}
        digest = [p["id"] for p in yaml.safe_load((corpus / f"{act}.yaml").read_text(encoding="utf-8"))["provisions"]]
        assert [i for i in digest if f"{act}:{i}" not in ids and not (act == "ai-act" and amended.search(i))] == []


# The same shapes in an invented act, everywhere

IDS = """rct_1 rct_2 art_1 art_1.pnt_1 art_1.pnt_1.a art_1.pnt_1.b art_1.pnt_2 art_2 art_2.par_1 art_2.par_1.pnt_a art_2.par_1.pnt_a.i
art_2.par_1.pnt_a.ii art_2.par_1.pnt_b art_2.par_1.sub_2.pnt_a art_2.par_1.sub_2.pnt_b art_2.par_2 art_2a art_3 art_3.par_4 anx_I anx_I.sct_A
anx_I.sct_A.pnt_1 anx_I.sct_A.pnt_2 anx_I.sct_A.pnt_2.a anx_I.sct_A.pnt_2.b anx_I.sct_B anx_I.sct_B.pnt_1 anx_II anx_II.pnt_1 anx_II.pnt_1.1
anx_II.pnt_1.2 anx_II.pnt_2 anx_II.pnt_2.idt_1 anx_II.pnt_2.idt_2""".split()  # noqa: SIM905


def test_todays_pages_give_eur_lex_ids_down_to_points_in_points() -> None:
    assert [p.id.removeprefix("skur:") for p in fixture().passages] == IDS


def test_older_pages_without_ids_give_the_same_passages_but_for_quoted_paragraphs() -> None:
    """Nothing there tells a paragraph written into another act from one of this act's, so it stays part of its article."""
    old = {p.id: p for p in fixture("eurlex_legacy_da.html").passages}
    new = {p.id: p for p in fixture().passages if p.id != "skur:art_3.par_4"}
    assert list(old) == list(new)
    assert [i for i in new if old[i].model_copy(update={"order": 0}) != new[i].model_copy(update={"order": 0})] == []


def test_consolidated_pages_give_inserted_articles_and_paragraphs() -> None:
    act = fixture("eurlex_consolidated_en.html", "en")
    assert [p.id.removeprefix("skur:") for p in act.passages] == [
        "art_1", "art_1.pnt_1", "art_4a", "art_4a.par_1", "art_4a.par_1.pnt_a", "art_4a.par_1.pnt_b", "art_4a.par_1a", "anx_I", "anx_I.pnt_1",
    ]
    assert passage(act, "art_4a.par_1a").links == ("skur:art_4a.par_1.pnt_b",)
    assert passage(act, "art_4a.par_1.pnt_a").clean == "(a) close the door of the shed, and"
    assert act.notes == ("articles missing between the first and the last: 2, 3",)


def test_a_passage_knows_its_way_down_and_what_it_belongs_to() -> None:
    point = passage(fixture(), "art_2.par_1.pnt_a.ii")
    assert point.heading == ("KAPITEL I Om skurene", "Afdeling 1 Pligter", "Artikel 2 Ejerens pligter")
    assert (point.title, point.parent, point.kind, point.number) == ("Ejerens pligter", "skur:art_2", "point", "ii")
    assert passage(fixture(), "anx_I.sct_B.pnt_1").parent == "skur:anx_I"


def test_footnote_marks_and_soft_hyphens_stay_in_the_quote_and_leave_the_search_text() -> None:
    recital, point = passage(fixture(), "rct_1"), passage(fixture(), "art_2.par_1.pnt_a")
    assert "utæt (1), og" in recital.text and "utæt, og" in recital.clean
    assert "dø\u00adren" in point.text and "døren" in point.clean


def test_links_that_lead_nowhere_are_not_kept() -> None:
    assert passage(fixture(), "rct_2").links == ("skur:art_2.par_1", "skur:anx_I")
    assert passage(fixture(), "art_2.par_2").links == ("skur:art_2.par_1.pnt_b", "skur:anx_I")


def test_the_end_formula_the_footnotes_and_the_foot_of_the_page_belong_to_no_provision() -> None:
    for name in ("eurlex_da.html", "eurlex_legacy_da.html"):
        text = " ".join(p.text for p in fixture(name).passages)
        assert "bindende" not in text and "håndbogen" not in text and "Slut på" not in text


# Bad input


def broken(data: bytes, language: Language = "da") -> str:
    with pytest.raises(CorpusError) as error:
        read_eurlex(data, "skur", language, "v1", "hentet.html")
    assert "hentet.html" in str(error.value) and error.value.hint
    return str(error.value)


GOOD = (HERE / "eurlex_da.html").read_bytes()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"PK\x03\x04rest", "zip"),
        (b"<html><head><title>Error 503</title></head><body>down</body></html>", 'titled "Error 503"'),
        (b"<html><script src='https://x.token.awswaf.com/challenge.js'></script></html>", "web firewall"),
        (b"<?xml version='1.0'?><ACT><TITLE/></ACT>", "no web page"),
        (b"just words", "no web page"),
        (b"<html><body><p class='oj-ti-art'>Overskrift</p></body></html>", "no article"),
    ],
)
def test_what_is_not_the_act_is_named(data: bytes, says: str) -> None:
    assert says in broken(data)


def test_a_page_cut_off_is_named_with_the_line_where_it_ends() -> None:
    half = GOOD[: len(GOOD) // 2]
    assert f"line {half.count(bytes([10])) + 1}" in broken(half) and "breaks off" in broken(half)


def test_another_language_than_said_is_named() -> None:
    assert "dansk / Danish" in broken(GOOD, "en")


def test_the_same_article_twice_is_named() -> None:
    assert "article 1 stands in it more than once" in broken(GOOD.replace(b'id="art_2a"', b'id="art_1"'))


# Any nesting

MARKS = st.sampled_from(["a)", "b)", "(i)", "1.", "—", "1.1.", "»2)", "A.", "(a)"])
WORDS = st.text("abc æøå", min_size=1, max_size=8).filter(str.strip)
TREE = st.recursive(st.tuples(MARKS, WORDS, st.just([])), lambda inner: st.tuples(MARKS, WORDS, st.lists(inner, max_size=3)), max_leaves=12)


def table(tree: tuple[str, str, list]) -> str:  # type: ignore[type-arg]
    mark, words, inner = tree
    return f"<table><tr><td><p>{mark}</p></td><td><p>{words}</p>{''.join(map(table, inner))}</td></tr></table>"


@given(st.lists(st.one_of(TREE, WORDS), max_size=6), st.booleans())
def test_any_nesting_of_points_gives_unique_ids_and_texts_that_are_in_the_page(blocks: list, numbered: bool) -> None:  # type: ignore[type-arg]
    inside = "".join(f"<p>{b}</p>" if isinstance(b, str) else table(b) for b in blocks)
    body = f'<div id="001.001"><p>1.   x</p>{inside}</div>' if numbered else inside
    annex = f'<div id="anx_I"><p class="oj-doc-ti">BILAG I</p>{inside}</div>'
    page = f'<html><body><div id="art_1"><p class="oj-ti-art">Artikel 1</p>{body}</div>{annex}</body></html>'
    data = page.encode()
    act, whole = read_eurlex(data, "skur", "da", "v1", "x"), whole_text(data)
    assert len({p.id for p in act.passages}) == len(act.passages)
    assert all(p.text in whole and p.parent in {"skur:art_1", "skur:anx_I"} for p in act.passages)
    assert all(re.fullmatch(r"skur:[\w.]+", p.id) for p in act.passages)
