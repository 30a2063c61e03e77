"""Citations: verified against the index; what is not found there stays visible as orphaned; what does not apply is not cited."""

import pytest

from checker.cite import cite
from checker.library import Library
from checker.model.law import Severity
from checker.model.report import Finding, Reason, Verdict
from checker.ports import Hit


class Shelf:
    """An index of plain dictionaries."""

    def __init__(self, texts: dict[str, str], hits: tuple[Hit, ...] = ()) -> None:
        self.texts, self.hits = texts, hits

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
