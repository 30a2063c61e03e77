"""Personal data goes, everything else stays where it was, and quotes move along."""

from __future__ import annotations

import re

import pytest
from danish_names import NAMES, TRAPS
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from checker.evaluation.reviews.masking import Masked, mask_together, residue


def masked(text: str, *people: str) -> str:
    return mask_together([text], people)[0].text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("CPR 010290-1234.", "CPR [CPR-1]."),
        ("cpr-nr. 0102901234", "cpr-nr. [CPR-1]"),
        ("Barnet (010290 1234)", "Barnet ([CPR-1])"),
        ("010290\u20131234 og 01.02.90-1234 og 01 02 90 1234", "[CPR-1] og [CPR-1] og [CPR-1]"),
        ("Født 010290-XXXX", "Født [CPR-1]"),
        ("Erstatningsnummer 610290-1234", "Erstatningsnummer [CPR-1]"),  # 60 added to the day
        ("010290-\n1234", "[CPR-1]"),
        # 070761-4285 passes modulus 11, 070761-4286 does not; since 2007 both may be somebody's.
        ("070761-4285, 070761-4286", "[CPR-1], [CPR-2]"),
        ("EAN 5790000123456 og P-nr. 1012345678", "EAN 5790000123456 og P-nr. 1012345678"),
        ("10 12 14 1600", "[CPR-1]"),  # a date first: a mask too many
        ("40 12 14 1600", "40 12 14 1600"),  # the 40th is no day
    ],
)
def test_cpr_numbers_go_by_their_shape(text: str, left: str) -> None:
    assert masked(text) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Ring 39 98 00 00 eller 3998 0000 eller +45 39980000.", "Ring [TLF-1] eller [TLF-1] eller [TLF-1]."),
        ("tlf: 39-98-00-00", "tlf: [TLF-1]"),
        ("+46 8 508 290 00 i Sverige", "[TLF-1] i Sverige"),
        ("CVR-nr. 39 98 00 00, CVR: 39980000", "CVR-nr. 39 98 00 00, CVR: 39980000"),
        ("Prisen er 39 980 000 kr. og kr. 39980000", "Prisen er 39 980 000 kr. og kr. 39980000"),
        ("22-11-2026, 20261122, 2024-2026", "22-11-2026, 20261122, 2024-2026"),
        ("Skriv til Mette.Kjaer+ai@ege-kommune.dk.", "Skriv til [MAIL-1]."),
        ("mette (at) kommune.dk", "[MAIL-1]"),
        ("d@gn og l@sning", "d@gn og l@sning"),  # ø, as a scanner reads it
        ("Se www.linkedin.com/in/mkj og https://ege.dk/medarbejdere/mette", "Se [WEB-1] og [WEB-2]"),
        ("https://ege.dk/om/mette-jensen", "[WEB-1]"),
        ("https://www.retsinformation.dk/eli/lta/2018/502", "https://www.retsinformation.dk/eli/lta/2018/502"),
        ("Født den 3. maj 1950 i Vejle", "Født den [FØDT-1] i Vejle"),
    ],
)
def test_other_numbers_and_addresses_of_the_net(text: str, left: str) -> None:
    assert masked(text) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Bor Skovvej 3.", "Bor [ADRESSE-1]."),
        ("Bernstorffsvej 161, 2920 Charlottenlund", "[ADRESSE-1]"),
        ("Gl. Strandvej 12B, 3. tv., 8000 Aarhus C", "[ADRESSE-1]"),
        ("Hans Christian Andersens Boulevard 12, st. th.", "[ADRESSE-1]"),
        ("Peter Bangs vej 4-6", "[ADRESSE-1]"),
        ("Egelunden 12, 2900 Hellerup", "[ADRESSE-1]"),
        ("Nørre Allé 41\n8000 Aarhus", "[ADRESSE-1]"),
        ("skovvej 3 og Skovvej", "skovvej 3 og Skovvej"),  # written small: missed, see docs/reviews-format.md
        ("I 2026 Gentofte Kommune", "I 2026 Gentofte Kommune"),
        ("Vejloven § 8 og bilag 3", "Vejloven § 8 og bilag 3"),
        ("Cykelvej 3 km", "Cykelvej 3 km"),
    ],
)
def test_street_addresses_go_with_floor_and_town(text: str, left: str) -> None:
    assert masked(text) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Sagsnr. 26/004512", "Sagsnr. [SAGSNR-1]"),
        ("J.nr. 2026-0012345 og sagsnummer: S2026-1234", "J.nr. [SAGSNR-1] og sagsnummer: [SAGSNR-2]"),
        ("27.36.00-P20-123-26", "[SAGSNR-1]"),
        ("KLE 27.36.00 og sag C-634/21 og Sagsnr. 4 på dagsordenen", "KLE 27.36.00 og sag C-634/21 og Sagsnr. 4 på dagsordenen"),
    ],
)
def test_case_numbers_go_and_judgments_stay(text: str, left: str) -> None:
    assert masked(text) == left


def test_one_person_has_one_placeholder_in_all_texts_of_a_project() -> None:
    text, reason = mask_together(["Mette Kjær leder. Mettes plan er Kjærs. Ole Lund ser til.", "Spurgt Mette og Ole Lund."])
    assert text.text == "[NAVN-1] leder. [NAVN-1]s plan er [NAVN-1]s. [NAVN-2] ser til."
    assert reason.text == "Spurgt [NAVN-1] og [NAVN-2]."


def test_a_first_name_that_two_people_share_is_a_third() -> None:
    assert masked("Mette Kjær og Mette Lund. Mette sagde ja.") == "[NAVN-1] og [NAVN-2]. [NAVN-3] sagde ja."


def test_who_decided_is_masked_also_where_no_rule_would_find_the_name() -> None:
    assert masked("Sagt til Grymt Oskarbal, og Grymt sagde ja.") == "Sagt til Grymt Oskarbal, og Grymt sagde ja."
    assert masked("Sagt til Oskarbal, og Grymt sagde ja.", "Grymt Oskarbal") == "Sagt til [NAVN-1], og [NAVN-1] sagde ja."


def test_a_mail_address_gives_away_a_first_name() -> None:
    assert masked("mette.ulvedal@ege.dk. Spørg Mette.") == "[MAIL-1]. Spørg [NAVN-1]."


def test_a_product_with_the_name_of_a_person_in_the_text_is_masked_too() -> None:
    # The trap that rules cannot see through; docs/reviews-format.md says so.
    assert masked("Chatbotten Alma svarer.") == "Chatbotten Alma svarer."
    assert masked("Chatbotten Alma svarer. Alma Jensen har bygget den.") == "Chatbotten [NAVN-1] svarer. [NAVN-1] har bygget den."


def test_placeholders_that_are_there_already_are_kept_and_numbered_on() -> None:
    assert masked("[NAVN-3] og Mette Kjær, fru [CPR-1]") == "[NAVN-3] og [NAVN-4], fru [CPR-1]"


def test_a_quote_moves_with_the_text_and_grows_over_a_name_it_cuts() -> None:
    text = "Analysen er skrevet af Mette Kjær i marts."
    (done,) = mask_together([text])
    assert done.quote(0, len(text)) == "Analysen er skrevet af [NAVN-1] i marts."
    cut = text.index("Kjær")
    assert done.quote(cut, len(text)) == "[NAVN-1] i marts."
    assert done.quote(0, cut) == "Analysen er skrevet af [NAVN-1]"
    assert done.quote(text.index("Mette"), cut + 4) == ""  # nothing but a name: no evidence of anything


def test_names_of_persons_measured() -> None:
    """Own invented sentences, see danish_names. Measured when written: 86 of 94 names gone (91 %), 46 of 46 traps left alone.

    The same hand wrote list and rules, so text of others will come out worse. On the 409 texts of eval/sets/municipal the
    spans were looked through by hand: see docs/reviews-format.md.
    """
    names = [(name, masked(sentence)) for sentence, wanted in NAMES for name in wanted]
    gone = sum(re.search(rf"(?<!\w){re.escape(name)}", text) is None for name, text in names)
    kept = sum(stays in masked(sentence) for sentence, stays in TRAPS)
    assert (len(NAMES) >= 40, len(TRAPS) >= 40) == (True, True)
    assert gone / len(names) >= 0.9
    assert kept / len(TRAPS) >= 0.95


GAPS = ["", "-", " ", " - ", "\u2013", "\u00a0", ".", "/"]
CPR = st.builds(
    lambda d, gap, last: f"{d:%d%m%y}{gap}{last:04d}",
    st.dates(),
    st.sampled_from(GAPS),
    st.integers(0, 9999),
)
PHONE = st.builds(
    lambda number, form: form(f"{number:08d}"),
    st.integers(20_000_000, 99_999_999),
    st.sampled_from(
        [
            lambda n: f"tlf. {n}",
            lambda n: f"+45 {n}",
            lambda n: f"Mobil: {n[:2]} {n[2:4]} {n[4:6]} {n[6:]}",
            lambda n: f"telefon {n[:4]} {n[4:]}",
        ]
    ),
)
SOME = ["Borgeren", "har", "skrevet", "den", "3.", "maj", "(se", "bilag)", "Mette Kjær", "§ 8,", "kl. 14", "Fru", "\n", "•", "7"]
WORDS = st.lists(st.sampled_from(SOME), max_size=8)


@settings(max_examples=150, deadline=None)
@given(CPR, PHONE, st.emails(), WORDS, WORDS, WORDS)
def test_no_cpr_number_phone_number_or_mail_address_survives(cpr: str, phone: str, mail: str, a: list[str], b: list[str], c: list[str]) -> None:
    text = " ".join([*a, cpr, *b, phone, ";", *c, mail])
    left = masked(text)
    digits = re.sub(r"\D", "", phone)[-8:]
    assert cpr not in left
    assert mail not in left
    assert digits not in re.sub(r"[ .-]", "", re.sub(r"\[\w+-\d+\]", "|", left))
    assert residue(left) == ()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(WORDS.map(" ".join), CPR, PHONE, st.emails(), st.text(max_size=12)), max_size=8).map(" ".join))
def test_outside_the_marks_every_character_stays_and_every_mark_is_one_placeholder(text: str) -> None:
    (done,) = mask_together([text])
    _is_map(text, done)
    assert masked(done.text) == done.text or residue(done.text) == ()


def _is_map(text: str, done: Masked) -> None:
    """The pieces between the marks, in order, are those between the placeholders."""
    old = new = 0
    for mark, (start, end) in zip(done.marks, done.placed, strict=True):
        assert text[old : mark.start] == done.text[new:start]
        assert re.fullmatch(rf"\[{mark.kind}-\d+\]", done.text[start:end])
        old, new = mark.end, end
    assert text[old:] == done.text[new:]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(WORDS.map(" ".join), CPR, st.emails()), min_size=1, max_size=6).map(" ".join), st.data())
def test_a_moved_quote_is_the_masked_quote(text: str, data: st.DataObject) -> None:
    assume(text)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    (done,) = mask_together([text])
    first, last = done.moved(start, end)
    assert 0 <= first <= last <= len(done.text)
    # Outside the marks the quote is the same, letter for letter; inside there are whole placeholders.
    clear = "".join(text[i] for i in range(start, end) if not any(m.start <= i < m.end for m in done.marks))
    placed = [p for p in done.placed if first <= p[0] and p[1] <= last]
    shown = "".join(done.text[i] for i in range(first, last) if not any(a <= i < b for a, b in placed))
    assert shown == clear
