"""Stored files → the text of an act, and what of it is searched.

Searched is the smallest level that says something by itself: numbered paragraphs, unnumbered articles and sections, definitions,
recitals, the points of annexes. What lies below or above stays addressable and quotable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from checker.errors import CorpusError
from checker.knowledge.consolidated import read_consolidated
from checker.knowledge.documents import IndexDocument
from checker.knowledge.eurlex import read_eurlex
from checker.knowledge.formex import read_formex
from checker.knowledge.lexdania import read_lexdania
from checker.knowledge.overlay import is_unofficial, version_label
from checker.knowledge.retsinformation import read_retsinformation
from checker.model.catalogue import address
from checker.model.law import Act, Verified
from checker.model.legal import ActText, Language, LegalPassage

READ = ("eurlex-xhtml", "formex", "lexdania", "retsinformation-json")
SELECTION = "markdown"
"""An unofficial consolidation of some provisions: it counts only where the version is not there in an official text."""
_LONG = 1200
"""An unnumbered article longer than this is searched by its points: definitions, lists of tasks."""


def read_official(format: str, files: Mapping[str, bytes], act: str, language: Language, version: str, eli: str = "", source: str = "") -> ActText:
    """The act that the files hold.

    Raises:
        CorpusError: a format that is not read, or a file that is damaged or something else.
    """
    if format == "formex":
        return read_formex(files, act, language, version)
    if format == SELECTION:
        return read_consolidated(files, act, language, version, source)
    data = next(iter(files.values()))
    match format:
        case "eurlex-xhtml":
            return read_eurlex(data, act, language, version, source)
        case "lexdania":
            return read_lexdania(data, act, version, eli=eli, source=source)
        case "retsinformation-json":
            return read_retsinformation(data, act, version, eli=eli, source=source)
    raise CorpusError(source or act, None, f"the format {format} is stored but not read as an act; expected one of {', '.join((*READ, SELECTION))}")


def searched(text: ActText) -> Iterator[LegalPassage]:
    """The passages that are embedded and found, in document order."""
    together: dict[str, list[LegalPassage]] = {}
    for passage in text.passages:
        together.setdefault(passage.parent, []).append(passage)
    for parent, passages in together.items():
        whole = next((p for p in passages if p.id == parent), None)
        yield from _pieces(whole, [p for p in passages if p is not whole])


def _pieces(whole: LegalPassage | None, below: list[LegalPassage]) -> Iterator[LegalPassage]:
    """`whole` is None where it may not be quoted, because something in it was amended: then what is left of it is searched."""
    numbered = [p for p in below if p.kind == "paragraph"]
    first = _uppermost(below)
    if whole is None:
        yield from _left(below)
    elif whole.kind == "annex":
        yield from first or [whole]
    elif numbered:
        yield from numbered
    elif whole.kind in ("article", "section") and len(whole.clean) > _LONG and first:
        yield from first
    else:
        yield whole


def _left(below: list[LegalPassage]) -> Iterator[LegalPassage]:
    """The passages that lie in no other one that is left."""
    ids = {p.id for p in below}
    yield from (p for p in below if not any(p.id.startswith(f"{i}.") for i in ids))


def _uppermost(passages: list[LegalPassage]) -> list[LegalPassage]:
    depth = min((p.id.count(".") for p in passages), default=0)
    return [p for p in passages if p.id.count(".") == depth]


def official_documents(text: ActText, act: Act | None, searchable_only: bool = True) -> Iterator[IndexDocument]:
    """The act's passages as documents of the index; `act` gives the address.

    With `searchable_only=False` every addressable passage comes, for quoting; those that are not searched say so.
    """
    found = {p.id for p in searched(text)}
    for passage in text.passages:
        if searchable_only and passage.id not in found:
            continue
        yield IndexDocument(
            key=f"{passage.id}@{text.language}#verbatim",
            provision=passage.id,
            act=text.act,
            kind="verbatim",
            language=text.language,
            title=passage.heading[-1] if passage.heading else passage.title,
            text=passage.text,
            clean=passage.clean,
            parent=passage.parent,
            version=version_label(text),
            searched=passage.id in found,
            url=address(act, passage.id.partition(":")[2]) if act is not None else None,
            verified=Verified.UNOFFICIAL_TEXT if is_unofficial(text) else Verified.OFFICIAL_TEXT,
        )
