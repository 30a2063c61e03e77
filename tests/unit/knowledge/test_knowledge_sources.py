"""corpus/sources.yaml, what official bytes look like, and telling files in a folder apart. All texts here are invented."""

import json
from datetime import date
from pathlib import Path

import pytest
import yaml

from checker.errors import CorpusError
from checker.knowledge.recognition import number_of, number_of_version, sort_files
from checker.knowledge.sources import all_look_like, language_of, load_sources, looks_like, stand_ins
from checker.library import Library
from checker.model.legal import Source

ROOT = Path(__file__).resolve().parents[3]
LEGAL = ROOT.parent / "shared" / "legal"
SOURCES = load_sources(ROOT / "corpus" / "sources.yaml")

DANISH = "Kommunen skal føre en bog over alle broer og må ikke rive nogen af dem ned. "
ENGLISH = "The municipality shall keep a book of all the bridges and shall not pull any of them down. "


def page(number: str = "(EU) 2099/1", words: str = DANISH, language: str = "DA") -> bytes:
    return (
        f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body><p class="oj-hd-lg">{language}</p><p class="oj-doc-ti">FORORDNING {number}</p>'
        f'<div class="eli-subdivision" id="art_1"><p>{words * 40}</p></div></body></html>'
    ).encode()


def formex(root: str = "ACT", words: str = ENGLISH) -> bytes:
    head = "<BIB.INSTANCE><NO.DOC><YEAR>2099</YEAR><NO.CURRENT>1</NO.CURRENT></NO.DOC><LG.OJ>EN</LG.OJ></BIB.INSTANCE>"
    return f"<?xml version='1.0'?><{root}>{head}<P>{words * 40}</P></{root}>".encode()


LEXDANIA = f"<Dokument><Meta><Year>2099</Year><Number>7</Number></Meta><DokumentIndhold><Paragraf>{DANISH}</Paragraf></DokumentIndhold></Dokument>".encode()
SECTIONS = json.dumps({"id": "2099:7", "provisions": [{"section": "1", "content": DANISH}]}).encode()
WAF = b"<!DOCTYPE html><html><head><script src='/challenge.js'></script></head><body><div id='challenge-container'>enable JavaScript</div></body></html>"


def invented() -> dict[str, Source]:
    def source(id: str, *versions: dict[str, object]) -> Source:
        name = {"da": id, "en": id}
        kind = "eu" if id == "bro" else "dk"
        return Source.model_validate({"id": id, "title": name, "short": name, "kind": kind, "licence": "none", "versions": versions})

    def version(name: str, begins: str, languages: tuple[str, ...], **more: str) -> dict[str, object]:
        files = [{"language": x, "format": "eurlex-xhtml", "url": "http://example.invalid/x"} for x in languages]
        return {"version": name, "in_force_from": begins, "files": files, **more}

    bro = source(
        "bro",
        version("2099-01-01", "2099-01-02", ("da", "en"), celex="32099R0001"),
        version("2099-06-01", "2099-06-01", ("da", "en"), celex="02099R0001-20990601"),
    )
    return {"bro": bro, "vej": source("vej", version("2099-02-02", "2099-02-02", ("da",), eli="https://example.invalid/eli/lta/2099/7"))}


def test_every_act_the_issue_names_is_there() -> None:
    assert set(SOURCES) >= {
        "gdpr", "ai-act", "ai-act-omnibus", "databeskyttelsesloven", "forvaltningsloven", "offentlighedsloven", "ai-loven", "kommunestyrelsesloven",
        "serviceloven", "aeldreloven", "retssikkerhedsloven", "arkivloven", "bek-101-2026", "bek-108-2026",
    }  # fmt: skip


def test_an_act_of_the_digest_has_the_same_id_titles_and_version_here() -> None:
    acts = Library(ROOT / "corpus").acts
    both = [(acts[i], s) for i, s in SOURCES.items() if i in acts]
    assert len(both) >= 11
    assert [a.id for a, s in both if (a.title, a.short) != (s.title, s.short)] == []
    # The digest says which LBK or order it was read against; that one must be among those fetched. Ældreloven was read against none.
    assert [a.id for a, s in both if s.kind == "dk" and a.id != "aeldreloven" and not any(a.version.lower() in v.note.lower() for v in s.versions)] == []
    assert [a.id for a, s in both if s.kind == "dk" and a.address and not any(v.eli == a.address for v in s.versions)] == []


def test_the_ai_act_in_force_is_the_amended_one_from_27_july_2026() -> None:
    told = [SOURCES["ai-act"].in_force(d) for d in (date(2024, 7, 31), date(2026, 7, 26), date(2026, 7, 27))]
    assert [v and v.celex for v in told] == [None, "32024R1689", "02024R1689-20260727"]


def test_what_is_not_certain_says_so() -> None:
    assert "from memory" in SOURCES["aeldreloven"].versions[0].note
    assert "third-party" in SOURCES["ai-act-omnibus"].versions[0].note


def test_eu_texts_come_from_cellar_in_both_languages_and_danish_ones_as_xml() -> None:
    for source in SOURCES.values():
        for version in source.versions:
            if source.kind == "eu":
                assert {(f.language, f.headers["Accept-Language"]) for f in version.files} == {("da", "dan"), ("en", "eng")}
                assert {f.url for f in version.files} == {f"http://publications.europa.eu/resource/celex/{version.celex}"}
            else:
                assert [(f.language, f.format, f.url) for f in version.files] == [("da", "lexdania", f"{version.eli}/xml")]


ENTRY = {
    "id": "bro", "title": {"da": "b", "en": "b"}, "short": {"da": "b", "en": "b"}, "kind": "eu", "licence": "none",
    "versions": [{"version": "1", "in_force_from": "2099-01-01", "files": [{"language": "da", "format": "formex", "url": "https://example.invalid/"}]}],
}  # fmt: skip
VERSION = ENTRY["versions"][0]  # type: ignore[index]


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ([ENTRY, ENTRY], "written twice"),
        ([ENTRY | {"id": "Bro 1"}], "small letters"),
        ([ENTRY | {"versions": []}], "at least one version"),
        ([ENTRY | {"versions": [VERSION, VERSION]}], "version 1 is written twice"),
        ([ENTRY | {"versions": [VERSION | {"version": "a/b"}]}], "version name"),
        ([ENTRY | {"versions": [VERSION | {"in_force_to": "2098-01-01"}]}], "before it begins"),
        ([ENTRY | {"versions": [VERSION | {"celex": "2099/1"}]}], "CELEX"),
        ([ENTRY | {"versions": [VERSION | {"files": []}]}], "at least one file"),
        ([ENTRY | {"versions": [VERSION | {"files": VERSION["files"] * 2}]}], "two files for da formex"),
        ([ENTRY | {"versions": [VERSION | {"files": [VERSION["files"][0] | {"url": "file:///etc/passwd"}]}]}], "no address"),
        ([ENTRY | {"versions": [VERSION | {"files": [VERSION["files"][0] | {"headers": {"Accept": "a\r\nHost: b"}}]}]}], "line break"),
        ([ENTRY | {"licens": "x"}], "licens"),
    ],
)
def test_a_wrong_entry_is_refused_with_the_line(tmp_path: Path, entries: list[object], told: str) -> None:
    file = tmp_path / "sources.yaml"
    file.write_text(yaml.safe_dump({"sources": entries}), "utf-8")
    with pytest.raises(CorpusError, match=told) as caught:
        load_sources(file)
    assert caught.value.line is not None


def test_where_a_text_is_missing_the_other_language_and_the_earlier_text_stand_in() -> None:
    bro = invented()["bro"]
    assert stand_ins(bro, "2099-06-01", "da") == [("2099-06-01", "en"), ("2099-01-01", "da")]
    assert stand_ins(bro, "2099-01-01", "en") == [("2099-01-01", "da")]
    assert stand_ins(invented()["vej"], "2099-02-02", "da") == []


@pytest.mark.parametrize(("format", "data"), [("eurlex-xhtml", page()), ("formex", formex()), ("lexdania", LEXDANIA), ("retsinformation-json", SECTIONS)])
def test_a_whole_text_passes_and_one_cut_short_does_not(format: str, data: bytes) -> None:
    assert looks_like(format, data) == ""
    assert looks_like(format, data[: len(data) * 2 // 3]) != ""
    assert "tomt" in looks_like(format, b" \r\n")
    assert looks_like(format, WAF) != ""


def test_a_page_of_script_is_named_as_such() -> None:
    assert "spærreside" in looks_like("eurlex-xhtml", WAF)
    assert "HTML-side" in looks_like("lexdania", WAF)


def test_a_legacy_page_without_ids_passes() -> None:
    assert looks_like("eurlex-xhtml", b'<html><body><p class="ti-art">Artikel 1</p></body></html>') == ""


def test_a_text_in_the_other_language_or_in_a_third_is_refused() -> None:
    assert looks_like("eurlex-xhtml", page(), "da") == ""
    assert "dansk" in looks_like("eurlex-xhtml", page(), "en")
    assert "ikke på dansk" in looks_like("eurlex-xhtml", page(words="Die Gemeinde muss ein Buch über alle Brücken führen und darf keine abreißen. "), "da")
    assert language_of("12 3") is None


def test_a_package_needs_an_act_and_names_the_file_at_fault() -> None:
    assert all_look_like("formex", {"a.xml": formex(), "b.xml": formex("ANNEX")}, "en") == ""
    assert "ingen retsakt" in all_look_like("formex", {"b.xml": formex("ANNEX")})
    assert all_look_like("formex", {"a.xml": formex(), "b.xml": b"<ANNEX>"}).startswith("b.xml:")
    assert all_look_like("formex", {}) != ""


def test_entities_are_not_unfolded() -> None:
    bomb = b'<!DOCTYPE ACT [<!ENTITY a "aaaaaaaaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]><ACT>&a;&b;</ACT>'
    assert looks_like("formex", bomb) == ""


@pytest.mark.parametrize(
    ("format", "data", "number"),
    [
        ("eurlex-xhtml", page(), "32099R0001"),
        ("eurlex-xhtml", page("(EF) nr. 2099/1"), "32099R0001"),
        ("eurlex-xhtml", "<html><p class='reference'>02099R0001 — DA — 01.06.2099 — 001.001</p></html>".encode(), "02099R0001-20990601"),
        ("eurlex-xhtml", b'<html><p class="title-doc-first">FORORDNING (EU) 2099/1</p></html>', ""),
        ("formex", formex(), "32099R0001"),
        ("formex", b'<CONS.ACT><INFO.CONSLEG CONSLEG.REF="2099R0001" CONSLEG.DATE="20990515" START.DATE="20990601"/></CONS.ACT>', "02099R0001-20990601"),
        ("lexdania", LEXDANIA, "lta/2099/7"),
        ("retsinformation-json", SECTIONS, "lta/2099/7"),
    ],
)
def test_the_number_of_an_act_stands_in_its_head(format: str, data: bytes, number: str) -> None:
    assert number_of(format, data) == number


def test_content_decides_before_the_name_and_unknown_files_are_named() -> None:
    files = {
        "vej.html": page(),
        "bro.html": b'<html><p class="ti-art">Artikel 1</p>' + DANISH.encode() * 40 + b"</html>",
        "a.json": SECTIONS,
        "pakke/1.fmx.xml": formex(),
        "pakke/2.fmx.xml": formex("ANNEX"),
        "andet.xml": LEXDANIA.replace(b"<Number>7", b"<Number>8"),
        "feriebillede.html": b"<html>en bro</html>",
        "noter.md": b"# noter",
    }
    found = sort_files(files, invented())
    assert {(f.name, f.source, f.version, f.language, f.format) for f in found.finds} == {
        ("vej.html", "bro", "2099-01-01", "da", "eurlex-xhtml"),
        ("bro.html", "bro", "2099-01-01", "da", "eurlex-xhtml"),
        ("a.json", "vej", "2099-02-02", "da", "retsinformation-json"),
        ("pakke/ (2 filer)", "bro", "2099-01-01", "en", "formex"),
    }
    assert [f.fault for f in found.finds] == ["", "", "", ""]
    assert [n for n, _ in found.unknown] == ["andet.xml", "feriebillede.html", "noter.md"]


def test_a_page_of_script_saved_under_the_name_of_an_act_is_a_fault_and_not_taken() -> None:
    (find,) = sort_files({"bro-da.html": WAF}, invented()).finds or [None]  # its few words tell no language: the name does
    assert find is not None
    assert "spærreside" in find.fault


def test_markdown_pieces_belong_to_the_number_in_the_note_beside_them() -> None:
    pieces = {"m/art_1.md": ENGLISH.encode() * 9, "m/art_4a.md": ENGLISH.encode() * 9, "m/SOURCE.md": b"CELEX `02099R0001-20990601`"}
    (find,) = sort_files(pieces, invented()).finds
    assert (find.source, find.version, find.language, sorted(find.content)) == ("bro", "2099-06-01", "en", ["art_1.md", "art_4a.md"])


@pytest.mark.skipif(not LEGAL.is_dir(), reason="the official texts in ../shared/legal are not on this machine")
def test_every_official_file_at_hand_is_recognised() -> None:
    files = {p.relative_to(LEGAL).as_posix(): p.read_bytes() for p in LEGAL.rglob("*") if p.is_file()}
    found = sort_files(files, SOURCES)
    assert [f for f in found.finds if f.fault] == []
    assert {(f.source, f.version, f.language, f.format) for f in found.finds} == {
        ("gdpr", "2016-05-04", "da", "eurlex-xhtml"),
        ("gdpr", "2016-05-04", "en", "eurlex-xhtml"),
        ("ai-act", "2024-07-12", "da", "eurlex-xhtml"),
        ("ai-act", "2024-07-12", "en", "eurlex-xhtml"),
        ("ai-act", "2024-07-12", "en", "formex"),
        ("ai-act", "2026-07-27", "en", "markdown"),
        *((i, s.versions[0].version, "da", "retsinformation-json") for i, s in SOURCES.items() if s.kind == "dk" and i != "aeldreloven"),
    }
    assert {len(f.content) for f in found.finds if f.format == "formex"} == {16}
    assert all(number_of_version(v) for s in SOURCES.values() for v in s.versions)
