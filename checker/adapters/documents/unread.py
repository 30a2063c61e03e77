"""Parts of packed documents that are not read: comments, page margins, properties. Looked through for text that speaks to the tool."""

from __future__ import annotations

import re
from typing import Any

from checker.adapters.documents.draft import COMMENTS, COMMENTS_LEFT_OUT, MARGINS, PROPERTIES, Draft
from checker.adapters.documents.limits import parse_xml, parts
from checker.errors import InputError

_PART = re.compile(r"(?:.*/)?(?:(?P<margins>header|footer)\d*|(?P<comments>comments)|docProps/(?:core|app|custom)|(?P<meta>meta))\.xml$")
_PARAGRAPHS = ("p", "h")


def look_through(archive: Any, draft: Draft, source: str, kind: str) -> None:
    """Tells the draft what stands in them. A broken one among them spoils nothing: none of it is read."""
    for name in archive.namelist():
        if not (match := _PART.match(name)):
            continue
        try:
            root = parse_xml(parts(archive, [name], source, kind)[name], source, kind)
        except InputError:
            continue
        said = text_of(root)
        if match.group("comments") and said.strip():
            draft.note(COMMENTS_LEFT_OUT)
        draft.unread(MARGINS if match.group("margins") else COMMENTS if match.group("comments") else PROPERTIES, said)


def text_of(element: Any) -> str:
    """All text in it; a space between paragraphs and between properties, none inside a word that is written in pieces."""
    paragraphs = [p for p in element.iter() if isinstance(p.tag, str) and p.tag.rpartition("}")[2] in _PARAGRAPHS]
    return " ".join("".join(p.itertext()) for p in paragraphs) if paragraphs else ". ".join(t.strip() for t in element.itertext() if t.strip())
