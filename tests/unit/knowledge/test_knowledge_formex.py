"""Formex files give what the EUR-Lex page of the same act gives."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from checker.errors import CorpusError
from checker.knowledge.eurlex import read_eurlex
from checker.knowledge.formex import read_formex, whole_text
from checker.model.legal import ActText

HERE = Path(__file__).parent / "fixtures"
LEGAL = Path(__file__).parents[4] / "shared" / "legal"
needs_official = pytest.mark.skipif(not LEGAL.is_dir(), reason="the official texts (../shared/legal) are not on this machine")
SAME = ("id", "kind", "number", "heading", "title", "clean", "parent", "order", "links")


def invented() -> dict[str, bytes]:
    return {f.name: f.read_bytes() for f in HERE.glob("formex_da.*.xml")}


def official_files() -> dict[str, bytes]:
    return {f.name: f.read_bytes() for f in (LEGAL / "eurlex-en-formex").glob("*.xml")}


@cache
def both() -> tuple[ActText, ActText]:
    page = LEGAL / "eurlex-en-html" / "ai-act-32024R1689-en.html"
    return read_formex(official_files(), "ai-act", "en", "oj"), read_eurlex(page.read_bytes(), "ai-act", "en", "oj", page.name)


@needs_official
@pytest.mark.parametrize("what", SAME)
def test_formex_equals_the_page_for_every_passage_of_the_ai_act(what: str) -> None:
    """No exceptions: `text` alone differs, by the footnote marks that Formex does not have."""
    formex, page = both()
    assert [getattr(p, what) for p in formex.passages] == [getattr(p, what) for p in page.passages]


@needs_official
def test_the_published_words_differ_from_the_page_by_footnote_marks_only() -> None:
    formex, page = both()
    different = [(f.text, p.text) for f, p in zip(formex.passages, page.passages, strict=True) if f.text != p.text]
    assert all(re.sub(r" ?\([\d*]+\)", "", f) == re.sub(r" ?\([\d*]+\)", "", p) for f, p in different)
    assert len(different) < 50


@needs_official
def test_every_passage_is_in_the_extracted_text_of_the_files() -> None:
    whole = whole_text(official_files())
    assert [p.id for p in both()[0].passages if p.text not in whole] == []


@pytest.mark.parametrize("what", SAME)
def test_the_invented_act_is_the_same_in_both_formats(what: str) -> None:
    page = read_eurlex((HERE / "eurlex_da.html").read_bytes(), "skur", "da", "v1", "page")
    assert [getattr(p, what) for p in read_formex(invented(), "skur", "da", "v1").passages] == [getattr(p, what) for p in page.passages]


def test_quotation_marks_and_thousands_are_written_as_printed() -> None:
    files = invented()
    act = "formex_da.000101.fmx.xml"
    files[act] = files[act].replace(b"tager ikke", b"").replace(b"feje gulvet.", b'betale <FT TYPE="NUMBER">25000</FT> kroner.')
    read = read_formex(files, "skur", "da", "v1")
    assert next(p.text for p in read.passages if p.id == "skur:art_2.par_1.pnt_b") == "b) betale 25 000 kroner."
    assert next(p.text for p in read.passages if p.id == "skur:art_1.pnt_2").startswith("2) »ejer«:")


def broken(files: dict[str, bytes], language: str = "da") -> CorpusError:
    with pytest.raises(CorpusError) as error:
        read_formex(files, "skur", language, "v1")  # type: ignore[arg-type]
    assert error.value.hint
    return error.value


def test_xml_cut_off_is_named_with_file_and_line() -> None:
    files = invented()
    files["formex_da.000201.fmx.xml"] = files["formex_da.000201.fmx.xml"][:300]
    error = broken(files)
    assert error.file == "formex_da.000201.fmx.xml" and error.line and "cut off" in str(error)


def test_a_web_page_among_the_files_is_named() -> None:
    assert "web page" in str(broken({"a.fmx.xml": b"<html><body><p>Error<br></body></html>"}))


def test_files_without_the_act_are_named() -> None:
    files = {n: d for n, d in invented().items() if "000101" not in n}
    assert "root ACT" in str(broken(files))
    assert "no files" in str(broken({}))


def test_two_acts_in_one_are_named() -> None:
    files = invented()
    assert "two acts" in str(broken({**files, "z.fmx.xml": files["formex_da.000101.fmx.xml"]}))


def test_another_language_than_said_is_named() -> None:
    assert "DA" in str(broken(invented(), "en"))


def test_entities_are_not_resolved() -> None:
    files = invented()
    act = "formex_da.000101.fmx.xml"
    files[act] = files[act].replace(b"<ACT", b'<!DOCTYPE ACT [<!ENTITY x SYSTEM "file:///etc/hostname">]><ACT', 1).replace(b"feje gulvet.", b"feje &x;.")
    read = read_formex(files, "skur", "da", "v1")
    assert next(p.text for p in read.passages if p.id == "skur:art_2.par_1.pnt_b") == "b) feje ."
