"""LexDania: an act's sections, paragraphs, numbers and letters get the ids lawyers cite them by, in the file's order and words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from checker.errors import CorpusError
from checker.knowledge.lexdania import read_lexdania
from checker.model.legal import ActText

FIXTURES = Path(__file__).parent / "fixtures_dk"
SAMPLE = Path(__file__).resolve().parents[4] / "shared" / "legal" / "lexdania-sample" / "bek-1563-2013-excerpt.xml"
HOUSES = (FIXTURES / "faelleshuse.xml").read_bytes()


@pytest.fixture(scope="module")
def houses() -> ActText:
    return read_lexdania(HOUSES, "huse", "2031-04-02", eli="https://www.retsinformation.dk/eli/lta/2031/77")


def _texts(text: ActText) -> dict[str, str]:
    return {p.id.removeprefix(f"{text.act}:"): p.text for p in text.passages}


def test_every_piece_has_its_id_in_the_order_of_the_file(houses: ActText) -> None:
    assert [p.id for p in houses.passages] == [
        f"huse:{own}"
        for own in (
            "par_1", "par_1.nr_1", "par_1.nr_2", "par_1.nr_2.lit_a", "par_1.nr_2.lit_b",
            "par_2", "par_2.stk_1", "par_2.stk_1.nota_1", "par_2.stk_2", "par_2.stk_3", "par_2.stk_3.lit_a", "par_2.stk_3.lit_b", "par_2.stk_4-5",
            "par_2a", "par_3-4",
            "nota_2", "ikraft_1.par_2", "ikraft_1.par_2.stk_1", "ikraft_1.par_2.stk_2", "ikraft_2.par_2", "anx_1",
        )
    ]
    assert [p.order for p in houses.passages] == list(range(21))


def test_kinds_numbers_and_parents_say_what_a_passage_is(houses: ActText) -> None:
    found = {p.id.removeprefix("huse:"): (p.kind, p.number, p.parent) for p in houses.passages}
    assert found["par_2a"] == ("section", "2 a", "huse:par_2a")
    assert found["par_2.stk_3"] == ("paragraph", "3", "huse:par_2")
    assert found["par_1.nr_2.lit_b"] == ("point", "b", "huse:par_1")
    assert found["anx_1"] == ("annex", "1", "huse:anx_1")


def test_chapters_and_headings_of_groups_are_the_way_down(houses: ActText) -> None:
    passages = {p.id: p for p in houses.passages}
    assert passages["huse:par_1"].heading == ("Kapitel 1 Formål",)
    assert passages["huse:par_2.stk_2"].heading == ("Kapitel 2 Nøgler", "Udlån af nøgler")
    assert passages["huse:par_2.stk_2"].title == "Udlån af nøgler"
    assert passages["huse:ikraft_2.par_2"].heading == ("Ikrafttrædelses- og overgangsbestemmelser", "Lov nr. 9 af 3. maj 2030 har denne:")


def test_what_follows_a_list_belongs_to_the_paragraph_and_not_to_its_last_number(houses: ActText) -> None:
    texts = _texts(houses)
    assert texts["par_1.nr_2"] == "2) foreninger, der\na) holder til i sognet eller\nb) har medlemmer dér,"
    assert texts["par_1"].endswith("\nnår huset ellers står tomt.")


def test_a_note_keeps_its_mark_in_the_text_and_its_words_apart(houses: ActText) -> None:
    paragraph = next(p for p in houses.passages if p.id == "huse:par_2.stk_1")
    assert paragraph.text == "Husets vært udlåner nøgler, jf. dog stk. 3. 1) Udlånet skrives ned."
    assert paragraph.clean == "Husets vært udlåner nøgler, jf. dog stk. 3. Udlånet skrives ned."
    assert _texts(houses)["par_2.stk_1.nota_1"] == "1) Gælder fra nytår."


def test_soft_hyphens_stay_in_the_text_and_are_gone_for_search(houses: ActText) -> None:
    passage = next(p for p in houses.passages if p.id == "huse:par_2.stk_2")
    assert "afle\xadveres" in passage.text and "afleveres" in passage.clean
    assert houses.title == "Bekendtgørelse af lov om fælleshuse"


def test_references_lead_to_what_they_name_but_not_from_another_acts_sections(houses: ActText) -> None:
    links = {p.id: p.links for p in houses.passages}
    assert "huse:par_1.nr_2.lit_a" in links["huse:par_2.stk_2"] or "huse:par_1.nr_2" in links["huse:par_2.stk_2"]
    # "§ 1" of the amending act is not § 1 of this one.
    assert links["huse:ikraft_1.par_2.stk_2"] == ()


def test_a_table_is_read_row_by_row(houses: ActText) -> None:
    assert _texts(houses)["anx_1"] == "Bilag 1\nLeje pr. aften\nSal 200 kr.\nKøkken 80 kr."


def test_parts_are_word_for_word_in_their_section(houses: ActText) -> None:
    texts = {p.id: p.text for p in houses.passages}
    assert all(p.text in texts[p.parent] for p in houses.passages if ".nota_" not in p.id)


def test_an_amending_act_has_its_own_sections_and_numbers_and_what_it_writes_elsewhere_is_text() -> None:
    text = read_lexdania((FIXTURES / "aendringslov.xml").read_bytes(), "aendring", "2032")
    assert list(_texts(text)) == ["par_1", "par_1.nr_1", "par_1.nr_2", "par_2", "par_2.stk_1", "par_2.stk_2"]
    assert _texts(text)["par_1.nr_1"] == "1. § 2, stk. 2, får denne ordlyd:\nStk. 2. En nøgle afleveres næste morgen."
    assert _texts(text)["par_1.nr_2"].endswith("§ 2 b.\nNøgler må ikke kopieres.\nStk. 3 bliver stk. 4.")
    assert text.passages[0].title == "Husministeriet" and "Husministeriet" not in text.passages[0].text
    assert text.passages[1].links == ()


@pytest.mark.skipif(not SAMPLE.exists(), reason="../shared/legal is not here")
def test_the_sample_of_retsinformation_is_read() -> None:
    data = SAMPLE.read_bytes()
    text = read_lexdania(data, "bek-1563-2013", "2013-12-13", eli="https://www.retsinformation.dk/eli/lta/2013/1563")
    assert [p.id.partition(":")[2] for p in text.passages] == ["par_1", "par_1.stk_1", "par_1.stk_3"]
    assert text.passages[0].heading == ("Kapitel 1 Optjeningsprincippet", "Bopæl i Danmark")
    # An extraction of its own: all characters of the file's content, white space apart.
    content = re.sub(r"\s", "", "".join(etree.fromstring(data).find("DokumentIndhold").itertext()))
    assert all(re.sub(r"\s", "", p.text) in content for p in text.passages)


# What cannot be read.


def _error(data: bytes, **more: str) -> str:
    with pytest.raises(CorpusError) as found:
        read_lexdania(data, "huse", "2031-04-02", **more)
    assert found.value.hint
    return str(found.value)


@pytest.mark.parametrize("data", [b"", b"  \n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert "the file is empty" in _error(data)


def test_a_web_page_is_refused_by_its_title() -> None:
    assert 'a web page titled "503 Service Unavailable"' in _error(b"<!DOCTYPE html><html><head><title>503 Service Unavailable</title></head></html>")


def test_a_file_that_breaks_off_is_refused_with_its_line() -> None:
    cut = HOUSES[: HOUSES.index("Nøgler".encode())]
    line = cut.count(b"\n") + 1
    assert f"huse (2031-04-02), line {line}: the XML is broken or breaks off here" in _error(cut)


def test_another_act_is_refused_with_both_numbers() -> None:
    assert "number 77 of 2031; expected number 433 of 2014" in _error(HOUSES, eli="https://www.retsinformation.dk/eli/lta/2014/433")


def test_other_xml_and_files_without_text_are_refused() -> None:
    assert "the outermost element is ACT; expected Dokument" in _error(b"<ACT/>")
    assert "not its text (no DokumentIndhold)" in _error(b"<Dokument><Meta/></Dokument>")
    assert "no section" in _error(b"<Dokument><DokumentIndhold><TekstGruppe/></DokumentIndhold></Dokument>")


def test_a_section_twice_is_refused_with_both_lines() -> None:
    section = b'<Paragraf localId="2a"><Explicatus>\xc2\xa7 2 a.</Explicatus><Stk/></Paragraf>\n'
    assert "line 2: § 2 a stands in it twice, first in line 1" in _error(b"<Dokument><DokumentIndhold>" + section * 2 + b"</DokumentIndhold></Dokument>")


def test_a_section_without_a_number_or_text_is_refused() -> None:
    assert "§ 1 has no text" in _error(b'<Dokument><DokumentIndhold><Paragraf localId="1"/></DokumentIndhold></Dokument>')
    assert "numbered 'x'" in _error(b"<Dokument><DokumentIndhold><Paragraf><Explicatus>x</Explicatus></Paragraf></DokumentIndhold></Dokument>")


def test_another_language_is_refused() -> None:
    english = "The person who lends the keys of the house to the neighbours is asked by the owner of it, and the list is kept by the host. " * 4
    text = HOUSES.replace("Regler for udlån hænges op i gangen.".encode(), english.encode() * 5)
    assert "in another language (en); expected Danish" in _error(text)


def test_entities_that_unfold_are_left_folded() -> None:
    bomb = b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>' + HOUSES.split(b"?>", 1)[1].replace(b"naboer", b"&b;")
    assert "aaaaaaaaaa" not in str(_texts(read_lexdania(bomb, "huse", "2031-04-02")))


def test_an_older_issue_and_a_second_paragraph_of_one_number_are_remarks() -> None:
    text = read_lexdania(HOUSES.replace(b"Stk. 3.</Explicatus>", b"Stk. 2.</Explicatus>").replace(b">Valid<", b">Historic<"), "huse", "2030-01-01")
    assert text.notes[0] == "the file was issued 2031-04-02, the version is called 2030-01-01"
    assert "Retsinformation marks this text Historic" in text.notes
    assert any(note.startswith("par_2.stk_2: a second one (line") for note in text.notes)


_WORDS = st.lists(st.sampled_from(["huset", "nøglen skal", "kan", "aften", "stk. 2", "§ 3", "1)", "a)", "efter"]), min_size=1, max_size=5).map(" ".join)
_LISTS = st.recursive(st.just([]), lambda inner: st.lists(st.tuples(_WORDS, inner), min_size=1, max_size=3), max_leaves=8)


def _index(items: list[tuple[str, object]], depth: int = 0) -> str:
    rows = "".join(
        f"<Indentatio><Explicatus>{(str(n + 1) if depth % 2 == 0 else 'abc'[n])})</Explicatus><Exitus><Linea><Char>{words}</Char></Linea></Exitus>"
        f"{_index(inner, depth + 1) if inner else ''}</Indentatio>"  # type: ignore[arg-type]
        for n, (words, inner) in enumerate(items)
    )
    return f"<Exitus><Index>{rows}</Index></Exitus>"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_WORDS, _LISTS), min_size=1, max_size=4))
def test_however_lists_are_nested_ids_are_unique_and_parts_stand_in_their_section(paragraphs: list[tuple[str, list[tuple[str, object]]]]) -> None:
    body = "".join(
        f"<Stk>{f'<Explicatus>Stk. {n}.</Explicatus>' if n > 1 else ''}<Exitus><Linea><Char>{words}</Char></Linea></Exitus>"
        f"{_index(items) if items else ''}</Stk>"
        for n, (words, items) in enumerate(paragraphs, 1)
    )
    xml = f"<Dokument><DokumentIndhold><Paragraf><Explicatus>§ 1.</Explicatus>{body}</Paragraf></DokumentIndhold></Dokument>"
    text = read_lexdania(xml.encode(), "x", "v")
    assert len({p.id for p in text.passages}) == len(text.passages) == 1 + (len(paragraphs) if len(paragraphs) > 1 else 0) + xml.count("<Indentatio>")
    assert all(p.text in text.passages[0].text for p in text.passages)
    assert text.notes == ()
