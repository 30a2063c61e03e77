"""Official texts and guidelines as they were published: passages with ids, verbatim words, and where they lead."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from checker.model.law import Bilingual, Frozen

Language = Literal["da", "en"]
PassageKind = Literal["article", "paragraph", "point", "recital", "annex", "section", "guideline"]


class LegalPassage(Frozen):
    """One citable piece of an act.

    `id` follows EUR-Lex's anchors: `gdpr:art_35.par_3.pnt_b`, `gdpr:rct_71`, `ai-act:anx_III.pnt_5.a`, `ai-act:art_3.pnt_1` (definitions),
    and for Danish acts `forvaltningsloven:par_19.stk_2.nr_1`; letters in numbers stay (`art_4a`, `par_11_a`). `text` is the published wording (a
    substring of the extracted source, soft hyphens and footnote marks included); `clean` is for searching only. `heading` is the
    way down to it (chapter, article title). `parent` is the id of the article, section, annex or recital it belongs to, its own id
    for those. `links` are ids it refers to, as far as they can be told.
    """

    id: str
    act: str
    language: Language
    kind: PassageKind
    number: str
    heading: tuple[str, ...] = ()
    title: str = ""
    text: str
    clean: str
    parent: str
    order: int = Field(ge=0)
    links: tuple[str, ...] = ()


class ActText(Frozen):
    """One act in one language and one version, in document order: articles, their numbered paragraphs, and points each as a passage."""

    act: str
    language: Language
    version: str
    title: str
    passages: tuple[LegalPassage, ...]
    notes: tuple[str, ...] = ()

    def of(self, kind: PassageKind) -> tuple[LegalPassage, ...]:
        return tuple(p for p in self.passages if p.kind == kind)


class SourceFile(Frozen):
    """One file of a version: where it is fetched, in which language and format."""

    language: Language
    format: Literal["eurlex-xhtml", "formex", "lexdania", "retsinformation-json", "markdown", "html", "docx", "pdf"]
    url: str
    headers: dict[str, str] = Field(default_factory=dict)


class SourceVersion(Frozen):
    """A version of an act: what it is called, from when until when it is in force, and its files."""

    version: str
    in_force_from: date
    in_force_to: date | None = None
    celex: str = ""
    eli: str = ""
    note: str = ""
    files: tuple[SourceFile, ...]


class Source(Frozen):
    """One entry of corpus/sources.yaml."""

    id: str
    title: Bilingual
    short: Bilingual
    kind: Literal["eu", "dk", "guideline"]
    licence: str
    versions: tuple[SourceVersion, ...]

    def in_force(self, on: date) -> SourceVersion | None:
        """The version in force on a day; the latest begun where several overlap."""
        found = [v for v in self.versions if v.in_force_from <= on and (v.in_force_to is None or on <= v.in_force_to)]
        return max(found, key=lambda v: v.in_force_from, default=None)
