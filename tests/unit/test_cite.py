"""Citations: verified against the index; what is not found there stays visible as orphaned; what does not apply is not cited."""

import pytest

from checker.cite import cite
from checker.knowledge.documents import IndexDocument
from checker.library import Library
from checker.model.law import Severity
from checker.model.report import Finding, Reason, Verdict
from checker.ports import Hit


class Shelf:
    """An index of plain dictionaries."""

    def __init__(self, texts: dict[str, str], hits: tuple[Hit, ...] = (), official: dict[str, dict[str, IndexDocument]] | None = None) -> None:
        self.texts, self.hits, self.official = texts, hits, official or {}

    def verbatim(self, provision: str) -> dict[str, IndexDocument]:
        return self.official.get(provision, {})

    def text_of(self, provision: str) -> str | None:
        return self.texts.get(provision)

    def guideline_for(self, requirement: str) -> tuple[Hit, ...]:
        return self.hits


POINT = Hit(provision="kompas:pkt_1.4", act="kompas", kind="guideline", title="Ansvar", text="DPO skal spørges.", score=1.0, url=None)


def finding(library: Library, verdict: Verdict) -> Finding:
    r = library.catalogue.requirements["gdpr-dpia"]
    return Finding(
        requirement=r.id,
        title=r.title,
        group=r.group,
        verdict=verdict,
        reason=Reason.SILENT,
        severity=Severity.MAJOR,
        message=r.gap_message,
        action=r.action,
        question=r.question,
    )


def whole(library: Library) -> dict[str, str]:
    return {p.id: p.text.da + "\n" + p.text.en for p in library.cited("gdpr-dpia")} | {POINT.provision: POINT.text}


@pytest.mark.parametrize("verdict", [Verdict.GAP, Verdict.ASK, Verdict.MET, Verdict.UNJUDGED])
def test_a_finding_is_cited_with_the_law_then_the_guideline_and_every_quote_stands_in_the_index(library: Library, verdict: Verdict) -> None:
    cited = cite(finding(library, verdict), library.cited("gdpr-dpia"), library.acts, Shelf(whole(library), (POINT,)))
    law = [c for c in cited.citations if c.kind == "digest"]
    assert [c.provision for c in law] == list(library.catalogue.requirements["gdpr-dpia"].cites)
    assert not any(c.orphaned for c in cited.citations)
    assert all(c.text in whole(library)[c.provision] and c.text_en for c in cited.citations)
    guidelines = [c.provision for c in cited.citations[len(law) :]]
    assert guidelines == ([] if verdict is Verdict.MET else [POINT.provision])


def test_what_does_not_apply_is_not_cited(library: Library) -> None:
    before = finding(library, Verdict.NOT_APPLICABLE)
    assert cite(before, library.cited("gdpr-dpia"), library.acts, Shelf(whole(library), (POINT,))) == before
    assert before.citations == ()


def test_a_quote_that_the_index_words_otherwise_or_does_not_hold_is_orphaned_and_visible(library: Library) -> None:
    texts = whole(library)
    first, *others = [p.id for p in library.cited("gdpr-dpia")]
    texts[first] = texts[first].replace(" ", "  ")
    del texts[others[-1]]
    texts[POINT.provision] = "DPO bør spørges."
    cited = cite(finding(library, Verdict.GAP), library.cited("gdpr-dpia"), library.acts, Shelf(texts, (POINT,)))
    assert {c.provision for c in cited.citations if c.orphaned} == {first, others[-1], POINT.provision}
    assert all(c.text for c in cited.citations)


def words(provision: str, language: str, text: str) -> IndexDocument:
    return IndexDocument.model_validate(
        {"key": f"{provision}@{language}", "provision": provision, "act": "gdpr", "kind": "verbatim", "language": language, "title": "Artikel 35", "text": text}
        | {"version": "2016-05-04", "url": "https://example.org/art_35", "verified": "official_text"}
    )


def test_official_words_are_cited_where_the_index_has_them(library: Library) -> None:
    cited = library.cited("gdpr-dpia")
    first = cited[0]
    official = {first.id: {"da": words(first.id, "da", "1. Ordene selv."), "en": words(first.id, "en", "1. The words themselves.")}}
    shelf = Shelf({p.id: p.text.da for p in cited} | {first.id: "1. Ordene selv.\n1. The words themselves."}, official=official)
    found = cite(finding(library, Verdict.GAP), cited, library.acts, shelf)
    one, *others = found.citations
    assert (one.kind, one.text, one.text_en, one.orphaned) == ("verbatim", "1. Ordene selv.", "1. The words themselves.", False)
    assert (one.source, one.url) == ("GDPR (2016-05-04)", "https://example.org/art_35")
    assert {c.kind for c in others} == {"digest"}


def test_official_words_that_are_not_what_is_indexed_are_orphaned(library: Library) -> None:
    cited = library.cited("gdpr-dpia")[:1]
    shelf = Shelf({cited[0].id: "Noget andet."}, official={cited[0].id: {"da": words(cited[0].id, "da", "1. Ordene selv.")}})
    assert cite(finding(library, Verdict.GAP), cited, library.acts, shelf).citations[0].orphaned
