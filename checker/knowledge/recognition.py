"""Official files that lie in a folder: which act, version and language each is, told by what stands in it before what it is called."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from checker.knowledge.sources import all_look_like, formex_root, language_of, looks_like, plain_text
from checker.model.legal import Language, Source, SourceVersion

_HEAD = 6000
_CELEX = re.compile(r"\b(3\d{4}[A-Z]\d{4}|0\d{4}[A-Z]\d{4}-\d{8})(?!\d)")
# The line over a consolidated text: 02024R1689 — DA — 27.07.2026 — 001.001
_CONSOLIDATED = re.compile(r"\b(0\d{4}[A-Z]\d{4})\s*[—–-]\s*[A-Z]{2}\s*[—–-]\s*(\d\d)\.(\d\d)\.(\d{4})")
_CONSOLIDATED_CLASS = re.compile(r"""class=["'](?:title-doc-first|title-article-norm)["']""")
_REGULATION = re.compile(r"\((?:EU|EF|EC)\)\s*(?:nr\.\s*|No\s*)?(\d{4})/(\d{1,4})\b")
_OJ_TITLE = re.compile(r"""class=["'](?:oj-)?doc-ti["']""")
_OJ_LANGUAGE = re.compile(r"""class=["'](?:oj-)?hd-lg["'][^>]*>\s*([A-Z]{2})\b""")
_FORMEX_NUMBER = re.compile(r"<YEAR>(\d{4})</YEAR>\s*<NO\.CURRENT>(\d{1,4})</NO\.CURRENT>")
_FORMEX_CONSLEG = re.compile(r"<INFO\.CONSLEG\b[^>]*>")
_FORMEX_LANGUAGE = re.compile(r"<LG\.(?:OJ|DOC)>\s*([A-Z]{2})")
_LTA = re.compile(r"\b((?:19|20)\d{2})[_:/-](\d{1,5})\b")
_PIECE = re.compile(r"(?:art_\d+[a-z]*|anx_[IVXLC]+[a-z]*|rct_\d+)\.md")
_NAMED_LANGUAGE = re.compile(r"(?:^|[^a-z])(da|dan|en|eng)(?:[^a-z]|$)")
_LANGUAGES: dict[str, Language] = {"DA": "da", "EN": "en", "da": "da", "dan": "da", "en": "en", "eng": "en"}


@dataclass(frozen=True)
class Find:
    """One text of a known version. `fault`: why it cannot be taken, or empty. `name`: file or folder, as the user knows it."""

    source: str
    version: str
    language: Language
    format: str
    name: str
    content: bytes | Mapping[str, bytes]
    fault: str = ""


@dataclass(frozen=True)
class Sorted:
    """What a folder holds: texts of known versions, and files that are none, with the reason."""

    finds: tuple[Find, ...]
    unknown: tuple[tuple[str, str], ...]


def sort_files(files: Mapping[str, bytes], sources: Mapping[str, Source]) -> Sorted:
    """Every file is found, or named as unknown.

    Args:
        files: content by path inside the folder, with forward slashes; members of a zip as `package.zip/member.xml`.
    """
    numbers = _numbers(sources)
    finds: list[Find] = []
    unknown: list[tuple[str, str]] = []
    packages: dict[tuple[str, str], dict[str, bytes]] = defaultdict(dict)
    for name in sorted(files):
        format = format_of(name, files[name])
        if format in ("formex", "markdown"):
            packages[str(PurePosixPath(name).parent), format][name] = files[name]
        elif format:
            found = _single(name, files[name], format, numbers, sources)
            finds.append(found) if isinstance(found, Find) else unknown.append((name, found))
        else:
            unknown.append((name, "ikke en retsakt i et format, vi kender"))
    for (folder, format), members in packages.items():
        more, rest = _package(folder, format, members, numbers)
        finds += more
        unknown += rest
    return Sorted(tuple(finds), tuple(sorted(unknown)))


def format_of(name: str, data: bytes) -> str:
    """The format of an official file, or the empty text."""
    suffix = PurePosixPath(name).suffix.lower()
    head = data[:_HEAD].decode("utf-8", "replace")
    if suffix == ".md":
        return "markdown"
    if suffix == ".json":
        return "retsinformation-json" if b'"provisions"' in data else ""
    if re.search(r"<(?:!DOCTYPE\s+)?html\b", head, re.I):
        return "eurlex-xhtml"
    if re.search(r"<Dokument\b", head):
        return "lexdania"
    if re.search(r"<(?:ACT|ANNEX|DOC|PUBLICATION|CORR|CONS\.[A-Z.]+)\b", head) and suffix in (".xml", ".fmx", ".fmx4"):
        return "formex"
    return ""


def number_of(format: str, data: bytes) -> str:
    """The CELEX number of an EU text, `lta/2024/289` of a Danish one, or the empty text when it does not say."""
    text = data.decode("utf-8", "replace")
    if format == "eurlex-xhtml":
        return _eurlex_number(text)
    if format == "formex":
        return _formex_number(text[:_HEAD])
    if format == "lexdania":
        year, number = (re.search(rf"<{tag}>\s*(\d+)\s*</{tag}>", text[: 4 * _HEAD]) for tag in ("Year", "Number"))
        return f"lta/{year.group(1)}/{int(number.group(1))}" if year and number else ""
    if format == "retsinformation-json":
        return _json_number(data)
    match = _CELEX.search(text)
    return match.group(1) if match else ""


def _eurlex_number(text: str) -> str:
    words = plain_text(text[: 4 * _HEAD].encode())
    if match := _CONSOLIDATED.search(words):
        number, day, month, year = match.groups()
        return f"{number}-{year}{month}{day}"
    title = _OJ_TITLE.search(text)
    if not title and _CONSOLIDATED_CLASS.search(text):
        return ""  # consolidated, with the line that says of what day cut away
    # Without a title of its own: the first number in the page's head, where the address or the site's own title stands.
    told = plain_text(text[title.start() - 1 : title.start() + _HEAD].encode()) if title else words
    if not title and (celex := _CELEX.search(text[:_HEAD])):
        return celex.group(1)
    number_match = _REGULATION.search(told)
    return f"3{number_match.group(1)}R{int(number_match.group(2)):04d}" if number_match else ""


def _formex_number(head: str) -> str:
    if info := _FORMEX_CONSLEG.search(head):
        act, start = (re.search(rf'\b{name}="(\w+)"', info.group()) for name in (r"CONSLEG\.REF", r"START\.DATE"))
        return f"0{act.group(1)}-{start.group(1)}" if act and start else ""
    match = _FORMEX_NUMBER.search(head)
    return f"3{match.group(1)}R{int(match.group(2)):04d}" if match else ""


def _json_number(data: bytes) -> str:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return ""
    for field in ("id", "url"):
        told = found.get(field) if isinstance(found, dict) else None
        if isinstance(told, str) and (match := _LTA.search(told)):
            return f"lta/{match.group(1)}/{int(match.group(2))}"
    return ""


def number_of_version(version: SourceVersion) -> str:
    """What `number_of` gives for a text of this version; empty when it has neither number."""
    match = re.search(r"lta/\d{4}/\d+", version.eli)
    return version.celex or (match.group() if match else "")


Known = Mapping[str, tuple[Source, SourceVersion]]


def _numbers(sources: Mapping[str, Source]) -> Known:
    return {n: (s, v) for s in sources.values() for v in s.versions if (n := number_of_version(v))}


def _single(name: str, data: bytes, format: str, numbers: Known, sources: Mapping[str, Source]) -> Find | str:
    number = number_of(format, data)
    known = numbers.get(number) or (_by_name(name, numbers, sources) if not number else None)
    if known is None:
        return f"{number} står ikke i sources.yaml" if number else "hverken indholdet eller navnet siger, hvilken retsakt det er"
    language = "da" if format in ("lexdania", "retsinformation-json") else _language(name, format, data)
    if language is None:
        return looks_like(format, data) or "sproget er hverken dansk eller engelsk"  # of a page that is no act, that says more
    return Find(known[0].id, known[1].version, language, format, name, data, looks_like(format, data, language))


def _by_name(name: str, numbers: Known, sources: Mapping[str, Source]) -> tuple[Source, SourceVersion] | None:
    """`gdpr.html`, `ai-act-32024R1689-en.html`, `2014_433.json`; an id alone means the version first published."""
    stem = PurePosixPath(name).stem
    if match := _CELEX.search(stem.replace("_", " ")):
        return numbers.get(match.group(1))
    if match := _LTA.fullmatch(stem):
        return numbers.get(f"lta/{match.group(1)}/{int(match.group(2))}")
    source = sources.get(stem) or sources.get(re.sub(r"[-_.](?:da|en)$", "", stem))
    return (source, source.versions[0]) if source else None


def _language(name: str, format: str, data: bytes) -> Language | None:
    pattern = _FORMEX_LANGUAGE if format == "formex" else _OJ_LANGUAGE
    if match := pattern.search(data[: 4 * _HEAD].decode("utf-8", "replace")):
        return _LANGUAGES.get(match.group(1))
    if found := language_of(plain_text(data)):
        return found
    named = _NAMED_LANGUAGE.search(PurePosixPath(name).stem.lower())
    return _LANGUAGES[named.group(1)] if named else None


def _package(folder: str, format: str, members: Mapping[str, bytes], numbers: Known) -> tuple[list[Find], list[tuple[str, str]]]:
    """Files of one folder that make up one text together; a folder may hold several texts or languages."""
    groups: dict[tuple[str, Language | None], dict[str, bytes]] = defaultdict(dict)
    unknown: list[tuple[str, str]] = []
    if format == "markdown":
        pieces = {n: d for n, d in members.items() if _PIECE.fullmatch(PurePosixPath(n).name)}
        unknown += [(n, "ikke en bestemmelse (art_26.md, anx_III.md) fra en kendt retsakt") for n in members if n not in pieces]
        notes = [d for n, d in members.items() if PurePosixPath(n).name.upper() in ("SOURCE.MD", "README.MD")]
        number = next((n for d in (*notes, *pieces.values()) if (n := number_of("markdown", d))), "")
        if pieces:
            groups[number, language_of(plain_text(b" ".join(pieces.values())))] = pieces
    else:
        for name, data in members.items():
            # A whole file whose head gives no number belongs to the only act beside it; a cut one belongs where its number says.
            groups[number_of("formex", data), _language(name, "formex", data)][name] = data
        groups = _adopt(groups)
    finds = []
    for (number, language), files in groups.items():
        known = numbers.get(number)
        if known is None or language is None:
            reason = f"{number} står ikke i sources.yaml" if number and language else "hverken retsakt eller sprog kan læses af den"
            unknown += [(n, reason) for n in files]
            continue
        content = {PurePosixPath(n).name: d for n, d in files.items()}
        shown = f"{folder}/ ({len(files)} filer)" if folder != "." else f"{len(files)} filer"
        finds.append(Find(known[0].id, known[1].version, language, format, shown, content, all_look_like(format, content, language)))
    return finds, unknown


def _adopt(groups: dict[tuple[str, Language | None], dict[str, bytes]]) -> dict[tuple[str, Language | None], dict[str, bytes]]:
    acts = [k for k, files in groups.items() if k[0] and k[1] and any((formex_root(d) or "").endswith("ACT") for d in files.values())]
    lost = [k for k in groups if not (k[0] and k[1])]
    if len(acts) == 1:
        for key in lost:
            groups[acts[0]] |= groups.pop(key)
    return groups
