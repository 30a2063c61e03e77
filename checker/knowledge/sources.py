"""corpus/sources.yaml: which acts there are, in which versions, where they are fetched, and what their bytes must look like.

Only the outside of a text is judged here: is it the thing that was asked for, and is it whole. The readers judge the inside.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from checker.errors import CorpusError
from checker.library import line_of, load_yaml
from checker.model.law import Frozen
from checker.model.legal import Language, Source, SourceVersion

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_CELEX = re.compile(r"3\d{4}[A-Z]\d{4}|0\d{4}[A-Z]\d{4}-\d{8}")
_PROVISION = re.compile(r"art_\d+[a-z]*|anx_[IVXLC]+[a-z]*|rct_\d+|par_\w+")
_TAG = re.compile(r"<[^>]*>")
_WORD = re.compile(r"\w+")
_ARTICLE = re.compile(r"""\bid=["']art_1["']|\bclass=["'][^"']*\bti-art\b""")
_CHALLENGE = re.compile(r"awswaf|challenge-container|\bcaptcha\b|enable javascript|javascript is (?:disabled|required)", re.I)
# Words that are frequent in one of the two languages and never, or hardly ever, written in the other.
_WORDS: dict[Language, frozenset[str]] = {
    "da": frozenset(("og", "af", "til", "skal", "ikke", "ved", "eller")),
    "en": frozenset(("the", "of", "and", "shall", "not", "by", "or")),
}
_ENOUGH_WORDS = 300
_USUAL_SHARE = 0.03  # measured: 8 to 23 % in the acts at hand, and under 0.1 % of the other language's
_TAIL = 400


class Version(SourceVersion):
    """A version as the file has it. `changes`: what it changed or added in the act, as far as that is known (`art_4a`, `anx_I`)."""

    changes: tuple[str, ...] = ()


class Entry(Source):
    versions: tuple[Version, ...]


class SourceList(Frozen):
    """The file as it is written."""

    sources: tuple[Entry, ...]


def load_sources(file: Path) -> dict[str, Source]:
    """Every source by id, in the order of the file.

    Raises:
        CorpusError: with the line, when the file breaks its schema, or an id, a version or an address cannot be used.
    """
    sources = load_yaml(file, SourceList).sources
    for fault, path in _faults(sources):
        raise CorpusError(file, line_of(file.read_text("utf-8"), path), fault)
    return {s.id: s for s in sources}


def changes_of(version: SourceVersion) -> tuple[str, ...]:
    """What a version changed in its act, in its own order; nothing where the file does not say."""
    return version.changes if isinstance(version, Version) else ()


def _faults(sources: tuple[Entry, ...]) -> Iterator[tuple[str, list[Any]]]:
    ids: set[str] = set()
    numbers: set[str] = set()
    for i, source in enumerate(sources):
        here: list[Any] = ["sources", i]
        if not _ID.fullmatch(source.id):
            yield f"id {source.id!r}: expected small letters, figures and hyphens", [*here, "id"]
        if source.id in ids:
            yield f"the id {source.id} is written twice; expected one entry with all its versions", [*here, "id"]
        if not source.versions:
            yield f"{source.id}: expected at least one version", [*here, "versions"]
        ids.add(source.id)
        versions: set[str] = set()
        for j, version in enumerate(source.versions):
            place = [*here, "versions", j]
            if version.version in versions:
                yield f"{source.id}: the version {version.version} is written twice", [*place, "version"]
            for number in filter(None, (version.celex, version.eli)):
                if number in numbers:
                    key = "celex" if number == version.celex else "eli"
                    yield f"{number} is written twice; expected one version for each CELEX or ELI number", [*place, key]
                numbers.add(number)
            versions.add(version.version)
            yield from ((f"{source.id} {version.version}: {fault}", [*place, *key]) for fault, key in _version_faults(version))


def _version_faults(version: Version) -> Iterator[tuple[str, list[Any]]]:
    if not _VERSION.fullmatch(version.version):
        yield "expected a version name of letters, figures, hyphens and full stops, such as '2024-07-12'", ["version"]
    if version.in_force_to is not None and version.in_force_to < version.in_force_from:
        yield f"ends ({version.in_force_to}) before it begins ({version.in_force_from})", ["in_force_to"]
    if version.celex and not _CELEX.fullmatch(version.celex):
        yield f"{version.celex!r} is no CELEX number; expected 32024R1689 or 02024R1689-20260727", ["celex"]
    if not version.files:
        yield "expected at least one file to fetch", ["files"]
    if odd := next((c for c in version.changes if not _PROVISION.fullmatch(c)), None):
        yield f"{odd!r} names no provision; expected such as art_4a, anx_III, rct_12", ["changes"]
    twice = [key for key, n in Counter((f.language, f.format) for f in version.files).items() if n > 1]
    if twice:
        yield f"two files for {' '.join(twice[0])}; expected one address for each language and format", ["files"]
    for k, file in enumerate(version.files):
        if not re.fullmatch(r"https?://[^\s/]+/\S*", file.url):
            yield f"{file.url!r} is no address; expected http:// or https://", ["files", k, "url"]
        if any(c in "\r\n" or ord(c) > 126 for name, value in file.headers.items() for c in name + value):
            yield "a header holds a line break or a letter outside ASCII", ["files", k, "headers"]


def stand_ins(source: Source, version: str, language: Language) -> list[tuple[str, Language]]:
    """What may be read where a text cannot be had: the same version in the other language, then earlier versions in this one.

    A consolidation comes about ten days after the act and may lack a language: the text of the Official Journal is then what
    there is, without the amendments.
    """
    this = next(v for v in source.versions if v.version == version)
    other: Language = "en" if language == "da" else "da"
    same = [(version, other)] if any(f.language == other for f in this.files) else []
    before = [v for v in source.versions if v.in_force_from < this.in_force_from and any(f.language == language for f in v.files)]
    return same + [(v.version, language) for v in sorted(before, key=lambda v: v.in_force_from, reverse=True)]


def looks_like(format: str, data: bytes, language: Language | None = None) -> str:
    """Why these bytes cannot be an official text of this format (and language), or the empty text.

    Args:
        format: as in `SourceFile.format`; of a Formex or Markdown version, one of its files.
    """
    if not data.strip(b"\0 \t\r\n"):
        return "svaret er tomt"
    check = _CHECKS.get(format)
    reason = check(data) if check else ""
    if reason or language is None or format not in _READABLE:
        return reason
    return _other_language(plain_text(data), language)


def all_look_like(format: str, members: Mapping[str, bytes], language: Language | None = None) -> str:
    """The same for a version of several files: the first fault, with the file that has it."""
    if not members:
        return "der er ingen filer i pakken"
    for name, data in members.items():
        # A Formex annex or table of contents may hold too few words, or names only: the language is judged on the whole.
        if reason := looks_like(format, data):
            return f"{name}: {reason}"
    if format == "formex" and not any(formex_root(data) in _FORMEX_ACTS for data in members.values()):
        return "pakken indeholder ingen retsakt (ACT), kun bilag eller oversigter"
    return _other_language(plain_text(b" ".join(members.values())), language) if language is not None else ""


def language_of(text: str) -> Language | None:
    """Danish, English, or neither for certain."""
    shares = _shares(text)
    best = max(shares, key=lambda name: shares[name])
    rest = min(shares.values())
    return best if shares[best] >= _USUAL_SHARE and shares[best] > 3 * rest else None


def plain_text(data: bytes) -> str:
    """The words, without tags: good enough to tell a language or find a number, not to quote."""
    return _TAG.sub(" ", data.decode("utf-8", "replace")).replace("\xad", "")


def _shares(text: str) -> dict[Language, float]:
    words = Counter(_WORD.findall(text.lower()))
    total = max(words.total(), 1)
    return {name: sum(words[w] for w in frequent) / total for name, frequent in _WORDS.items()}


def _other_language(text: str, language: Language) -> str:
    wanted = {"da": "dansk", "en": "engelsk"}
    found = language_of(text)
    if found is not None and found != language:
        return f"teksten er på {wanted[found]}, ikke på {wanted[language]}"
    if len(_WORD.findall(text)) >= _ENOUGH_WORDS and _shares(text)[language] < _USUAL_SHARE:
        return f"teksten er ikke på {wanted[language]}"
    return ""


def _eurlex(data: bytes) -> str:
    text = data.decode("utf-8", "replace")
    if not _ARTICLE.search(text):
        # The site's page for unknown browsers: small, all script, now and then with a status that says nothing is wrong.
        return "en spærreside (JavaScript) i stedet for retsakten" if _CHALLENGE.search(text) else "siden har ingen artikel 1 (id art_1): det er ikke retsakten"
    return "siden er afkortet: slutningen mangler" if "</html>" not in text[-_TAIL:].lower() else ""


def _formex(data: bytes) -> str:
    root = formex_root(data)
    if root is None:
        return "XML-filen er beskadiget eller afkortet"
    return "" if root in _FORMEX_ROOTS else f"roden er <{root}>; ventede Formex 4 (ACT, ANNEX, …)"


def formex_root(data: bytes) -> str | None:
    """The name of the outermost element, or None where the XML is not whole."""
    root = parsed(data)
    return None if root is None else str(root.tag).rpartition("}")[2]


def _lexdania(data: bytes) -> str:
    root = parsed(data)
    if root is None:
        return _page_instead(data) or "XML-filen er beskadiget eller afkortet"
    if str(root.tag).rpartition("}")[2] != "Dokument":
        return _page_instead(data) or f"roden er <{root.tag}>; ventede LexDania (Dokument)"
    names = {str(e.tag).rpartition("}")[2] for e in root.iter() if isinstance(e.tag, str)}
    return "" if "Paragraf" in names or "AendringCentreretParagraf" in names else "dokumentet har ingen paragraffer"


def _retsinformation(data: bytes) -> str:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return _page_instead(data) or "JSON-filen er beskadiget eller afkortet"
    sections = found.get("provisions") if isinstance(found, dict) else None
    whole = isinstance(sections, list) and bool(sections) and all(isinstance(s, dict) and s.get("content") for s in sections)
    return "" if whole else "filen har ingen paragraffer (provisions med content)"


def _page_instead(data: bytes) -> str:
    return "en HTML-side i stedet for retsakten" if re.match(rb"\s*(?:<!doctype html|<html)", data, re.I) else ""


def parsed(data: bytes) -> Any:
    """The root element, or None. Nothing outside the file is opened and no entity is unfolded."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return None


def _starts(signature: bytes, what: str) -> Callable[[bytes], str]:
    return lambda data: "" if data.lstrip()[: len(signature)] == signature else f"filen er ikke {what}"


def _markdown(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "filen er ikke tekst i UTF-8"
    return "en HTML-side i stedet for Markdown" if re.match(r"\s*<(?:!doctype|html)", text, re.I) else ""


_FORMEX_ACTS = frozenset(("ACT", "CONS.ACT", "AGR"))
_FORMEX_ROOTS = _FORMEX_ACTS | {"ANNEX", "CONS.ANNEX", "CONS.OTH.DOC", "DOC", "PUBLICATION", "CORR", "GENERAL", "LETTER"}
_READABLE = frozenset(("eurlex-xhtml", "formex", "html", "markdown"))
_CHECKS: dict[str, Callable[[bytes], str]] = {
    "eurlex-xhtml": _eurlex,
    "formex": _formex,
    "lexdania": _lexdania,
    "retsinformation-json": _retsinformation,
    "markdown": _markdown,
    "docx": _starts(b"PK", "et Word-dokument"),
    "pdf": _starts(b"%PDF", "en PDF"),
}
