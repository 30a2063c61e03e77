"""Where a sentence ends in administrative prose. A bar marks each cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.read.segment import sentences


def cut(text: str) -> list[str]:
    return [text[s.start : s.end] for s in sentences(text)]


@pytest.mark.parametrize(
    "marked",
    [
        "Grundlaget er artikel 6, stk. 1, litra e, jf. § 6, stk. 2.| Det gælder også driften.",
        "Behandlingen følger § 6, stk. 1, litra e.| Det er prøvet.",
        "Se § 35, stk. 7, litra a-d.| Analysen er lavet.",
        "Fristen er 14 dage, jf. forvaltningslovens § 19.| Herefter afgøres sagen.",
        "Vi starter 1. februar 2027.| Piloten slutter d. 3. maj.",
        "Den 1. Januar 2027 går vi i drift.| Derefter måles der.",
        "Den 3. 4. og 5. maj holdes kursus.| Alle deltager.",
        "Det sker i 2027.| Januar er for tidligt.",
        "Mødet er kl. 10.30.| Alle kommer.",
        "Elever i 7.-9. klasse bruger den.| De logger på.",
        "Elever i 7. - 9. klasse bruger den.",
        "Sagen afventer 3. behandling i byrådet.| Så starter vi.",
        "Det koster ca. 1.200 kr. pr. år.| Det er billigt.",
        "Det koster 5 mio. kr.| Beløbet betales i rater.",
        "I alt 60 pct. af sagerne.| Resten er manuelle.",
        "Bl.a. leverandøren, f.eks. Kladde A/S, har adgang.",
        "Den kører hos KMD A/S.| Aftalen er underskrevet.",
        "Vi bruger navne, adresser osv.| Derefter slettes alt.",
        "Hr. Berg m.fl. er ansvarlige.| De mødes m.m.| Punktum.",
        "Dr. Hansen og J. P. Jensen godkender.",
        "Er der en DPIA?| Nej.| Den laves senere!",
        "»Vi sletter alt.«| Det siger leverandøren.",
        '"Vi sletter alt."| Det siger leverandøren.',
        "Løsningen drives i EU (jf. bilag 6).| Ingen adgang udefra.",
        "Sagsbehandleren læser udkastet;| modellen foreslår ikke udfaldet i sagen.",
        "Ja; nej.",
        "See Art. 6(1)(e) and Sec. 4 of the Act, e.g. for the U.S. team.| It ends here.",
        "The vendor, i.e. Acme Inc., hosts it.| We approve.",
        "It starts on 1 March 2027 at 9 a.m. in the town hall.| Staff are trained.",
        "Model version 2.1 is used.| It is not retrained.",
        "Uden punktum til sidst",
    ],
)
def test_a_sentence_ends_where_a_reader_would_end_it(marked: str) -> None:
    assert cut(marked.replace("|", "")) == [s.strip() for s in marked.split("|")]


def test_only_the_asked_part_of_a_text_is_cut_and_offsets_count_in_the_whole() -> None:
    text = "Før. Sagen er ny. Den er klar. Efter."
    spans = sentences(text, 5, 30)
    assert [(s.start, text[s.start : s.end]) for s in spans] == [(5, "Sagen er ny."), (18, "Den er klar.")]


PROSE = st.lists(
    st.sampled_from(["Vi", "stk.", "1.", "Det", "f.eks.", "§ 6", "maj", ".", "!", "; ", "»", "«", "\n", " ", "ca.", "A/S", "litra e", "2027", "…", "\u00a0"])
).map(" ".join)


@given(PROSE | st.text(max_size=200))
def test_sentences_are_ordered_apart_and_cover_every_sign(text: str) -> None:
    spans = sentences(text)
    at = 0
    for span in spans:
        assert text[at : span.start].strip() == ""
        assert span.start < span.end
        assert text[span.start : span.end] == text[span.start : span.end].strip()
        at = span.end
    assert text[at:].strip() == ""


@given(PROSE)
def test_a_sentence_cut_out_on_its_own_is_one_sentence(text: str) -> None:
    for sentence in cut(text):
        assert "".join(cut(sentence)).replace(" ", "") == sentence.replace(" ", "")


def test_a_hundred_thousand_abbreviations_without_an_end_take_no_time() -> None:
    assert len(sentences("ca. " * 100_000)) == 1
