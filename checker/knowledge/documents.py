"""What the index holds: one document per provision and language, one per guideline point."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from checker.errors import CorpusError
from checker.model.law import Act, Frozen, Provision, Verified
from checker.ports import Hit

_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*$", re.M)
_POINT = re.compile(r"^\s*(?:\*\*)?(\d+(?:\.\d+)*)[.)]?(?:\*\*)?\s+", re.M)


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

    @property
    def search_text(self) -> str:
        return f"{self.title}. {self.text}"

    @property
    def metadata(self) -> dict[str, str]:
        return {"key": self.key, "provision": self.provision, "act": self.act, "kind": self.kind, "language": self.language}

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
                language=language,  # type: ignore[arg-type]
                title=p.title.get(language),
                text=p.text.get(language),
                url=p.url,
                verified=p.verified,
            )


def guideline_documents(folder: Path) -> Iterator[IndexDocument]:
    """One document per numbered point (or paragraph) of every Markdown guideline in a folder; ids count the points.

    Raises:
        CorpusError: a guideline without text.
    """
    for file in sorted(folder.glob("*.md")):
        text = file.read_text("utf-8")
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
    heading, serial = "", 0
    for block in re.split(r"\n\s*\n", text):
        stripped = block.strip()
        if not stripped:
            continue
        if match := _HEADING.match(stripped):
            heading = match.group(2)
            stripped = stripped[match.end() :].strip()
            if not stripped:
                continue
        for part in re.split(r"\n(?=\s*(?:[-*]|\d+[.)])\s)", stripped):
            body = part.strip()
            if len(body) < 25:
                continue
            serial += 1
            number = m.group(1) if (m := _POINT.match(body)) else f"s{serial}"
            yield number, heading, body


def version_of(digest_hash: str, embedder: str) -> str:
    """Name of the index that holds this corpus with this embedder; at least three letters, file-name safe."""
    short = hashlib.sha256(f"{digest_hash}|{embedder}".encode()).hexdigest()[:12]
    return f"v1-{short}"


def guideline_queries(requirements: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """requirement id → query: its title and what it asks for."""
    return {rid: f"{title}. {message}" for rid, title, message in requirements}
