"""References in the law lead to ids; references in project texts to law that is gone are recognised."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.knowledge.references import links_in, settled, stale_references

GDPR, AI, DK = "gdpr:art_35.par_3", "ai-act:art_27.par_1", "forvaltningsloven:par_19.stk_2"


@pytest.mark.parametrize(
    ("text", "here", "leads_to"),
    [
        # Danish, EU acts
        ("jf. artikel 6, stk. 1, litra e), og artikel 9, stk. 2", GDPR, "gdpr:art_6.par_1.pnt_e gdpr:art_9.par_2"),
        ("efter stk. 2, litra b), kan", GDPR, "gdpr:art_35.par_2.pnt_b"),
        ("denne artikels stk. 3", "gdpr:art_22.par_4.pnt_a", "gdpr:art_22.par_3"),
        ("som nævnt i litra a)-c)", "gdpr:art_6.par_1", "gdpr:art_6.par_1.pnt_a gdpr:art_6.par_1.pnt_b gdpr:art_6.par_1.pnt_c"),
        ("artikel 15, 16 og 18", GDPR, "gdpr:art_15 gdpr:art_16 gdpr:art_18"),
        ("artikel 22, stk. 1 og 4", GDPR, "gdpr:art_22.par_1 gdpr:art_22.par_4"),
        ("stk. 1-3", AI, "ai-act:art_27.par_1 ai-act:art_27.par_2 ai-act:art_27.par_3"),
        ("bilag III, punkt 5, litra a) og b)", AI, "ai-act:anx_III.pnt_5.a ai-act:anx_III.pnt_5.b"),
        ("bilag VIII, afsnit C, punkt 1 og 2", AI, "ai-act:anx_VIII.sct_C.pnt_1 ai-act:anx_VIII.sct_C.pnt_2"),
        ("betragtning 71", GDPR, "gdpr:rct_71"),
        ("artikel 3, nr. 1)", AI, "ai-act:art_3.pnt_1"),
        ("stk. 1 i den periode", GDPR, "gdpr:art_35.par_1"),
        ("bilag i form af tegninger", AI, ""),
        # English
        ("Article 6(1) and (2)", GDPR, "gdpr:art_6.par_1 gdpr:art_6.par_2"),
        ("Article 6(1)(f)", GDPR, "gdpr:art_6.par_1.pnt_f"),
        ("Article 5(1), first subparagraph, point (h)", AI, "ai-act:art_5.par_1.pnt_h"),
        ("point (b) of paragraph 2", GDPR, "gdpr:art_35.par_2.pnt_b"),
        ("points 5 (b) and (c) of Annex III", AI, "ai-act:anx_III.pnt_5.b ai-act:anx_III.pnt_5.c"),
        ("Articles 12 to 14", GDPR, "gdpr:art_12 gdpr:art_13 gdpr:art_14"),
        ("from the point of view of the user", AI, ""),
        # Another act
        ("forordning (EU) 2016/679 gælder", AI, "gdpr"),
        ("artikel 9, stk. 1, i forordning (EU) 2016/679 og artikel 10 i direktiv (EU) 2016/680", AI, "gdpr:art_9.par_1"),
        ("Article 35 of Regulation (EU) 2016/679", AI, "gdpr:art_35"),
        ("databeskyttelsesforordningens artikel 6, stk. 1", "databeskyttelsesloven:par_6.stk_1", "gdpr:art_6.par_1"),
        ("artikel 8, stk. 1, i Den Store Pagt", GDPR, ""),
        ("artikel 16 i TEUF", GDPR, ""),
        ("straffelovens § 152", DK, ""),
        # Danish acts
        ("§ 22, stk. 2, nr. 1 og 3", DK, "forvaltningsloven:par_22.stk_2.nr_1 forvaltningsloven:par_22.stk_2.nr_3"),
        ("stk. 1, nr. 2, litra a", DK, "forvaltningsloven:par_19.stk_1.nr_2.lit_a"),
        ("§ 11 a, stk. 2, i retssikkerhedsloven", DK, "retssikkerhedsloven:par_11a.stk_2"),
        ("§§ 4-6 og § 8", DK, "forvaltningsloven:par_4 forvaltningsloven:par_5 forvaltningsloven:par_6 forvaltningsloven:par_8"),
        ("denne lovs § 5", DK, "forvaltningsloven:par_5"),
    ],
)
def test_a_reference_leads_to_its_place(text: str, here: str, leads_to: str) -> None:
    act = here.partition(":")[0]
    assert links_in(text, act, here, "da") == tuple(leads_to.split())


def test_a_recital_has_no_paragraphs_to_refer_to() -> None:
    assert links_in("jf. stk. 2", "gdpr", "gdpr:rct_3", "da") == ()


def test_a_link_settles_on_the_nearest_place_that_exists_and_never_on_itself() -> None:
    ids = {"gdpr:art_2", "gdpr:art_2.par_1", "gdpr:art_3"}
    links = ("gdpr:art_2.par_1.pnt_z", "gdpr:art_3", "gdpr:art_99", "ai-act:art_9")
    assert settled(links, "gdpr:art_3", "gdpr", ids) == ("gdpr:art_2.par_1", "ai-act:art_9")
    assert settled(("gdpr:art_2.par_9",), "gdpr:art_2.par_1", "gdpr", ids) == ()


@given(st.text("artikel sk.123()og,ibV§nrlt-", max_size=60))
def test_no_text_breaks_it_and_every_link_is_an_id(text: str) -> None:
    assert all(":" in x and not x.endswith((".", ":")) for x in links_in(text, "gdpr", GDPR, "da"))


# Law that is gone


@pytest.mark.parametrize(
    ("text", "found", "replaced_by"),
    [
        ("Vi følger persondataloven.", "persondataloven", "gdpr databeskyttelsesloven"),
        ("Vi kender til indhold i persondataloven.", "persondataloven", "gdpr databeskyttelsesloven"),
        ("Det sker efter lov om behandling af personoplysninger.", "lov om behandling af personoplysninger", "gdpr databeskyttelsesloven"),
        ("Data beskyttes efter direktiv 95/46/EF.", "direktiv 95/46/EF", "gdpr"),
        ("We comply with Directive 95/46/EC.", "Directive 95/46/EC", "gdpr"),
        ("Anmeldes efter registerloven.", "registerloven", "gdpr databeskyttelsesloven"),
        ("Leverandøren er med i Privacy Shield.", "Privacy Shield", "gdpr:art_45"),
        ("Efter AI-forordningens artikel 28b har leverandøren pligter.", "artikel 28b", "ai-act:art_53 ai-act:art_55"),
        ("Efter AI-forordningen artikel 52 skal chatbotten oplyse, at den er en maskine.", "artikel 52", "ai-act:art_50"),
    ],
)
def test_law_that_is_gone_is_told_at_its_place(text: str, found: str, replaced_by: str) -> None:
    (stale,) = stale_references(text)
    assert (stale.text, text[stale.start : stale.end], stale.replaced_by) == (found, found, tuple(replaced_by.split()))
    assert stale.say.da and stale.say.en


@pytest.mark.parametrize(
    "text",
    [
        "Den tidligere persondatalov nævnes ikke mere.",
        "Persondataloven er ophævet.",
        "GDPR artikel 52 handler om tilsynets uafhængighed, og chatbotten oplyser om sig selv.",
        "AI-forordningens artikel 52 om modeller til almen brug med systemisk risiko er uden betydning for chatbotten.",
        "Databeskyttelsesloven og GDPR gælder.",
        "Kommunen fører register over behandlinger.",
        "Sagen har nummer 95/467.",
    ],
)
def test_law_in_force_and_law_said_to_be_gone_are_left_alone(text: str) -> None:
    assert stale_references(text) == ()


def test_places_count_from_the_beginning_of_the_whole_text() -> None:
    text = "Vi har læst GDPR. Derefter kom persondataloven i brug.\n\nOg Safe Harbor."
    assert [text[s.start : s.end] for s in stale_references(text)] == ["persondataloven", "Safe Harbor"]
