"""Retsinformation's acts as JSON: paragraphs, numbers and letters are found by structure, and references stay running text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from checker.errors import CorpusError
from checker.knowledge.lexdania import read_lexdania
from checker.knowledge.retsinformation import Part, parts_of, read_retsinformation
from checker.library import Library
from checker.model.legal import ActText

ROOT = Path(__file__).resolve().parents[3]
SHARED = ROOT.parent / "shared" / "legal" / "retsinformation-da-json"
HOUSES = Path(__file__).parent / "fixtures_dk" / "faelleshuse.xml"

# Counted in the files; retssikkerhedsloven has 114 sections and one with which an amending act entered into force.
ACTS = {
    "databeskyttelsesloven": ("2024/289", 48),
    "forvaltningsloven": ("2014/433", 46),
    "offentlighedsloven": ("2020/145", 44),
    "ai-loven": ("2025/467", 13),
    "kommunestyrelsesloven": ("2026/13", 116),
    "serviceloven": ("2025/1129", 197),
    "retssikkerhedsloven": ("2025/354", 115),
    "arkivloven": ("2016/1201", 60),
    "bek-101-2026": ("2026/101", 3),
    "bek-108-2026": ("2026/108", 11),
}


def _labels(parts: tuple[Part, ...], base: str = "") -> list[str]:
    return [found for p in parts for found in (f"{base}{p.label}", *_labels(p.parts, f"{base}{p.label}."))]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        # One paragraph: none is named.
        ("§ 1. Huset er åbent.", []),
        ("§ 2. Huset er åbent. Stk. 2. Det lukkes kl. 22. Stk. 3. Værten låser.", ["stk_1", "stk_2", "stk_3"]),
        # References: small letters, no full stop after the number, a number out of order, after a word that refers.
        ("§ 3. Værten følger stk. 2. Ellers låses huset. Stk. 2. Stk. 1 gælder også om natten. Stk. 1 og 3 gælder om dagen.", ["stk_1", "stk_2"]),
        ("§ 4. Der gælder det samme som efter Stk. 2. Værten afgør resten. Stk. 2. § 28, stk. 2, gælder også her.", ["stk_1", "stk_2"]),
        ("§ 5. Åbent hele året. Stk. 2-4. (Ophævet) Stk. 5. Værten låser. Stk. 6 og 7. (Udelades)", ["stk_1", "stk_2-4", "stk_5", "stk_6-7"]),
        ("§ 6. Åbent hele året. Stk. 2. 3 værter vælges. Stk. 3. (Ophævet)", ["stk_1", "stk_2", "stk_3"]),
        # Numbers go straight under a section with one paragraph.
        ("§ 7. Huset lånes ud til 1) naboer, 2) foreninger og 3) børn.", ["nr_1", "nr_2", "nr_3"]),
        ("§ 8 a. Åbent. Stk. 2. Der lukkes, når 1) værten går, eller 2) det er sent. Ikke nytårsaften.", ["stk_1", "stk_2", "stk_2.nr_1", "stk_2.nr_2"]),
        # Points that are sentences; brackets, and a point whose comma was forgotten.
        ("§ 9. Værten fører liste over følgende: 1) Navn (også kaldenavn). 2) Nøgle nr. 3. 3) Dato.", ["nr_1", "nr_2", "nr_3"]),
        ("§ 10. Til stede er, jf. dog § 9: 1) NA (Naboerne). 2) FO (Foreninger).", ["nr_1", "nr_2"]),
        ("§ 11. Værten ser på 1) vejret 2) årstiden og 3) salen.", ["nr_1", "nr_2", "nr_3"]),
        # Letters alone, letters in numbers, numbers in letters.
        ("§ 12. Der betales for a) sal og b) have. Stk. 2. Det i stk. 1, litra a og b, er fast.", ["stk_1", "stk_1.lit_a", "stk_1.lit_b", "stk_2"]),
        ("§ 13. Nej siges, når: 1) Der er fare: a) Ved is. b) Ved ild. 2) Huset er fyldt.", ["nr_1", "nr_1.lit_a", "nr_1.lit_b", "nr_2"]),
        ("§ 14. Vi har a) stole, der er 1) røde eller 2) blå, og b) borde.", ["lit_a", "lit_a.nr_1", "lit_a.nr_2", "lit_b"]),
        ("§ 15. Det er 1) sal, 2) køkken, 2 a) gang og 3) have.", ["nr_1", "nr_2", "nr_2a", "nr_3"]),
        # A mark in a sentence.
        ("§ 16. De i 1) og 2) nævnte huse er undtaget.", []),
        ("§ 17. Huset lånes ud til 1) naboer, 2) foreninger, dog ikke de i 3) nævnte, og 3) børn.", ["nr_1", "nr_2", "nr_3"]),
        ("§ 18. Efter litra a) og litra b) er der fri adgang, jf. nr. 1) og nr. 2) i bilaget.", []),
        ("§ 19. Der er én vært 1) hele ugen.", []),
        # A footnote stands after a full stop; a long list may too.
        ("§ 20. Værten vælges. 1) Ved brev af 5. maj blev valget udsat. Stk. 2. Valget er frit.", ["stk_1", "stk_2"]),
        ("§ 21. Værten vælges. 1) Ved brev af 5. maj. Han får løn. 2) Ved brev af 6. maj.", []),
        ("§ 22. Lejen sættes op for salen. 1) Lørdag, 2) søndag, 3) helligdage.", ["nr_1", "nr_2", "nr_3"]),
        ("§ 23. Huset ejes af foreninger m.v. 1) i sognet eller 2) i kommunen.", ["nr_1", "nr_2"]),
        ("§§ 24-25. (Ophævet)", []),
    ],
)
def test_parts_are_found_where_the_structure_puts_them(text: str, labels: list[str]) -> None:
    parts, remarks = parts_of(text)
    assert _labels(parts) == labels
    assert remarks == ()


def test_parts_hold_their_words_from_their_mark_to_the_next() -> None:
    text = "§ 8. Åbent. Stk. 2. Der lukkes, når 1) værten går, eller 2) det er sent."
    first, second = parts_of(text)[0]
    assert text[first.start : first.end] == "Åbent. "
    assert text[second.start : second.end] == "Stk. 2. Der lukkes, når 1) værten går, eller 2) det er sent."
    assert [text[p.start : p.end] for p in second.parts] == ["1) værten går, eller ", "2) det er sent."]


def test_a_paragraph_out_of_order_is_left_in_the_text_and_remarked() -> None:
    parts, remarks = parts_of("§ 1. Åbent. Stk. 2. Lukket. Stk. 5. Ude.")
    assert _labels(parts) == ["stk_1", "stk_2"]
    assert remarks == ("»Stk. 5.« after stk. 2 is out of order and was left in the text",)


# A whole file.


def _file(*sections: tuple[str, str | None, str], **more: Any) -> bytes:
    provisions = [
        {"provision_ref": f"{chapter}:{number}", **({"chapter": chapter} if chapter else {}), "section": number, "content": content}
        for number, chapter, content in sections
    ]
    act = {"id": "2031:77", "title": "Lov om fælleshuse", "issued_date": "2031-04-02", "provisions": provisions, "provision_versions": provisions}
    return json.dumps(act | more, ensure_ascii=False, indent=1).encode()


GOOD = (("1", "1", "§ 1. Huset er åbent."), ("2a", "3a", "§ 2 a. Det lukkes. Stk. 2. Værten gem\xadmer nøglen, jf. § 1."))


def test_an_act_is_read_into_sections_and_paragraphs_with_their_chapters() -> None:
    text = read_retsinformation(_file(*GOOD), "huse", "2031-04-02", eli="eli/lta/2031/77")
    assert [p.id for p in text.passages] == ["huse:par_1", "huse:par_2a", "huse:par_2a.stk_1", "huse:par_2a.stk_2"]
    last = text.passages[-1]
    assert (last.kind, last.number, last.heading, last.parent) == ("paragraph", "2", ("Kapitel 3 a",), "huse:par_2a")
    assert last.text == "Stk. 2. Værten gem\xadmer nøglen, jf. § 1." and "gemmer" in last.clean
    assert last.links == ("huse:par_1",)
    assert text.passages[1].number == "2 a"


def test_a_section_after_the_last_chapter_with_a_number_already_used_is_an_amending_acts() -> None:
    text = read_retsinformation(_file(*GOOD, ("1", None, "§ 1. Loven gælder fra maj. Stk. 2. (Udelades)")), "huse", "v")
    assert [p.id for p in text.passages][-3:] == ["huse:ikraft_1.par_1", "huse:ikraft_1.par_1.stk_1", "huse:ikraft_1.par_1.stk_2"]


def test_the_same_act_flattened_gives_the_same_ids_as_the_xml() -> None:
    def ids(text: ActText) -> list[str]:
        return [p.id for p in text.passages if p.id.startswith("huse:par_") and ".nota_" not in p.id]

    whole = read_lexdania(HOUSES.read_bytes(), "huse", "v")
    # "1)" after a full stop is the note's mark in both.
    flat = _file(*((p.id.rpartition("par_")[2], "1", " ".join(p.text.split())) for p in whole.of("section") if p.id.startswith("huse:par_")))
    assert ids(read_retsinformation(flat, "huse", "v")) == ids(whole)


# What cannot be read.


def _error(data: bytes, **more: str) -> str:
    with pytest.raises(CorpusError) as found:
        read_retsinformation(data, "huse", "2031-04-02", **more)
    assert found.value.hint
    return str(found.value)


def test_empty_files_web_pages_and_other_formats_are_refused() -> None:
    assert "the file is empty" in _error(b"\n")
    assert "this is a web page" in _error(b"\n<html><body>404</body></html>")
    assert "no list of provisions" in _error(b"[]")
    assert "no list of provisions" in _error(b'{"provisions": []}')
    assert "no text in UTF-8 (byte 2)" in _error(b'{"\xe6": 1}')
    assert "nested too deep" in _error(b"[" * 200_000)


def test_a_file_that_breaks_off_is_refused_with_its_line() -> None:
    whole = _file(*GOOD)
    cut = whole[: whole.index("§ 2 a".encode())]
    line = cut.count(b"\n") + 1
    assert f"line {line}: the JSON is broken or breaks off here" in _error(cut)


def test_a_part_that_is_missing_shows_in_the_second_list() -> None:
    assert "2 provisions and 1 provision_versions" in _error(_file(*GOOD, provision_versions=[{}]))


def test_another_act_is_refused_with_both_numbers() -> None:
    assert "number 77 of 2031; expected number 433 of 2014" in _error(_file(*GOOD), eli="https://www.retsinformation.dk/eli/lta/2014/433")


def test_a_section_twice_is_refused_with_its_line() -> None:
    assert "§ 1 stands in it twice" in _error(_file(*GOOD, ("1", "4", "§ 1. Igen.")))
    assert "§ 1 stands in it twice" in _error(_file(GOOD[0], ("1", None, "§ 1. Igen."), GOOD[1]))


@pytest.mark.parametrize("content", ["", "   ", "Huset er åbent.", "§ 2. Huset er åbent."])
def test_a_section_without_its_number_or_text_is_refused(content: str) -> None:
    assert "provision 1" in _error(_file(("1", "1", content)))


# The real files.


def _file_of(act: str) -> Path:
    return SHARED / f"{ACTS[act][0].replace('/', '_')}.json"


def _read(act: str) -> ActText:
    number, file = ACTS[act][0], _file_of(act)
    if not file.exists():
        pytest.skip("../shared/legal is not here")
    version = json.loads(file.read_text("utf-8"))["issued_date"]
    return read_retsinformation(file.read_bytes(), act, version, eli=f"https://www.retsinformation.dk/eli/lta/{number}", source=file.name)


@pytest.mark.parametrize("act", ACTS)
def test_real_acts_have_all_their_sections_and_no_mark_out_of_order(act: str) -> None:
    text = _read(act)
    assert len(text.of("section")) == ACTS[act][1]
    assert len({p.id for p in text.passages}) == len(text.passages)
    assert len(text.notes) == 1 and text.notes[0].startswith("flattened source")


@pytest.mark.parametrize("act", ACTS)
def test_every_passage_of_a_real_act_stands_word_for_word_in_the_file(act: str) -> None:
    text = _read(act)
    contents = [p["content"] for p in json.loads(_file_of(act).read_text("utf-8"))["provisions"]]
    assert all(any(p.text in content for content in contents) for p in text.passages)
    assert not any(c in p.clean for p in text.passages for c in "\xad\u200b\u200c\u200d")


@pytest.mark.parametrize("act", ACTS)
def test_the_digest_names_only_provisions_that_the_act_has(act: str, library: Library) -> None:
    ids = {p.id for p in _read(act).passages}
    missing = [id_ for id_ in library.provisions if id_.startswith(f"{act}:") and id_ not in ids]
    assert missing == []


def test_known_places_of_real_acts_are_split_as_a_lawyer_cites_them() -> None:
    def parts(act: str, section: str) -> list[str]:
        return [p.id.partition(f"{section}.")[2] for p in _read(act).passages if p.parent == f"{act}:{section}" and p.kind != "section"]

    assert parts("forvaltningsloven", "par_13") == ["nr_1", "nr_2", "nr_3"]
    assert parts("forvaltningsloven", "par_24") == ["stk_1", "stk_2", "stk_3"]
    assert parts("serviceloven", "par_128")[:7] == ["stk_1", "stk_1.nr_1", "stk_1.nr_1.lit_a", "stk_1.nr_1.lit_b", "stk_1.nr_1.lit_c", "stk_1.nr_2", "stk_2"]
    assert parts("kommunestyrelsesloven", "par_29")[:5] == ["stk_1", "stk_2", "stk_2.lit_a", "stk_2.lit_b", "stk_3"]
    assert parts("kommunestyrelsesloven", "par_67") == ["stk_1", "stk_2", "stk_3", "stk_4"]
    assert parts("retssikkerhedsloven", "par_89") == ["stk_1", "stk_2-5", "stk_6", "stk_7-8"]
    assert parts("serviceloven", "par_7-8") == []
    assert len(parts("databeskyttelsesloven", "par_22")) == 8 + 10
