"""What the index holds: one document per provision and language, one per guideline point."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from checker.errors import CorpusError
from checker.model.law import Frozen, Provision, Verified
from checker.ports import Hit

_HEADING = re.compile(r"#{1,6}[ \t]+(\S.*?)(?:[ \t]+#+)?[ \t]*(?:\n|$)")
# "1.", "2)" or "3.4" with or without a full stop; a bare "25" is the beginning of a sentence.
_NUMBER = r"(?:\d+(?:\.\d+)+[.)]?|\d+[.)])"
_POINT = re.compile(rf"\s*(?:\*\*)?({_NUMBER})(?:\*\*)?\s")
_BLOCK = re.compile(r"\n\s*\n|\n(?=#{1,6}[ \t])")
_ITEM = re.compile(rf"\n(?=\s*(?:[-*+]|(?:\*\*)?{_NUMBER}(?:\*\*)?)\s)")
_FRAGMENT = 25


class IndexDocument(Frozen):
    """One findable text. `text` is what may be quoted; `title` helps the search."""

    key: str
    provision: str
    act: str
    kind: Literal["verbatim", "digest", "guideline"]
    language: Literal["da", "en"]
    title: str
    text: str
    url: str | None
    verified: Verified
    clean: str = ""
    """The text without soft hyphens and footnote marks, where it has them; for searching only."""
    parent: str = ""
    """The article, section, annex or recital it belongs to; empty: by its id."""
    version: str = ""
    searched: bool = True
    own: bool = False
    """Of a guideline that the municipality added: found by a search, and cited only by checks that a person approved."""

    @property
    def search_text(self) -> str:
        return f"{self.title}. {self.clean or self.text}" if self.title else self.clean or self.text

    @property
    def belongs_to(self) -> str:
        """The id of the article, section, annex or recital."""
        act, _, anchor = self.provision.partition(":")
        return self.parent or f"{act}:{anchor.split('.', maxsplit=1)[0]}"

    @property
    def linked(self) -> bool:
        """True for the points that are cited beside every requirement of the catalogue they speak of."""
        return self.kind == "guideline" and not self.own

    @property
    def metadata(self) -> dict[str, str]:
        return {"key": self.key, "provision": self.provision, "act": self.act, "kind": "own" if self.own else self.kind, "language": self.language}

    def hit(self, score: float) -> Hit:
        return Hit(provision=self.provision, act=self.act, kind=self.kind, title=self.title, text=self.text, score=score, url=self.url)


def digest_documents(provisions: Iterable[Provision]) -> Iterator[IndexDocument]:
    """Two documents per provision: Danish and English."""
    for p in provisions:
        for language in ("da", "en"):
            yield IndexDocument(
                key=f"{p.id}@{language}",
                provision=p.id,
                act=p.act,
                kind="digest",
                language=language,
                title=p.title.get(language),
                text=p.text.get(language),
                url=p.url,
                verified=p.verified,
            )


def guideline_documents(folder: Path) -> Iterator[IndexDocument]:
    """One document per numbered point (or paragraph) of every Markdown guideline in a folder; ids count the points.

    Raises:
        CorpusError: a guideline without text, or not in UTF-8.
    """
    for file in sorted(folder.glob("*.md")):
        try:
            text = file.read_text("utf-8-sig")
        except UnicodeDecodeError as error:
            raise CorpusError(file, None, f"expected UTF-8 text ({error.reason} at byte {error.start})") from None
        points = list(_points(text))
        if not points:
            raise CorpusError(file, None, "expected at least one paragraph or numbered point under a heading")
        for number, heading, body in points:
            yield IndexDocument(
                key=f"{file.stem}:pkt_{number}@da",
                provision=f"{file.stem}:pkt_{number}",
                act=file.stem,
                kind="guideline",
                language="da",
                title=heading,
                text=body,
                url=None,
                verified=Verified.OFFICIAL_TEXT,
            )


def _points(text: str) -> Iterator[tuple[str, str, str]]:
    """(number, heading, body). Bodies are verbatim pieces of the text; numbers are unique, also where the text repeats one."""
    heading, serial = "", 0
    seen: Counter[str] = Counter()
    for block in _BLOCK.split(text):
        rest = block.strip()
        if match := _HEADING.match(rest):
            heading = match.group(1)
            rest = rest[match.end() :]
        for part in _items(rest):
            body = part.strip()
            point = _POINT.match(part)
            if point is None and len(body) < _FRAGMENT:
                continue
            serial += 1
            number = point.group(1).rstrip(".)") if point else f"s{serial}"
            seen[number] += 1
            yield number if seen[number] == 1 else f"{number}_{seen[number]}", heading, body


def _items(block: str) -> Iterator[str]:
    """The list items of a block; a fragment stays with its neighbour, because "- logs" means nothing without "Slet:"."""
    pending = ""
    for part in _ITEM.split(block):
        apart = _POINT.match(part) or (len(part.strip()) >= _FRAGMENT and len(pending.strip()) >= _FRAGMENT)
        if pending and not apart:
            pending += "\n" + part
            continue
        if pending.strip():
            yield pending
        pending = part
    if pending.strip():
        yield pending


def search_hash(corpus: Path) -> str:
    """Of what changes the answers of a search though no text changed: the vocabulary, the questions asked, everything that was fitted."""
    digest = hashlib.sha256()
    fitted = sorted((Path(__file__).parent / "retrieval").glob("*.json"))
    for file in (corpus / "vocabulary.yaml", corpus / "asked.yaml", *fitted):
        content = file.read_bytes() if file.is_file() else b""
        digest.update(f"{file.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:16]


def version_of(digest_hash: str, embedder: str, queries: Mapping[str, str] | None = None, texts: Sequence[str] = ()) -> str:
    """Name of the index that holds this corpus, these guideline links, these texts (and what else makes it another) and this embedder; file-name safe."""
    links = json.dumps(queries or {}, sort_keys=True)
    more = "|".join(("", *texts))
    short = hashlib.sha256(f"{digest_hash}|{embedder}|{links}{more if texts else ''}".encode()).hexdigest()[:12]
    return f"v1-{short}"


def guideline_queries(requirements: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """requirement id → query: its title and what it asks for."""
    return {rid: f"{title}. {message}" for rid, title, message in requirements}
