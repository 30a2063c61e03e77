"""Plain text and Markdown as blocks: each case is a text and the kinds and words of its blocks."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from municipal import Case, cases

from checker.read.structure import blocks_of


def shown(text: str) -> list[tuple[str, str]]:
    return [(b.kind, " ".join(text[b.span.start : b.span.end].split())) for b in blocks_of(text)]


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("# Titel\n## Formål\nVi vil spare tid.", [("heading", "# Titel"), ("heading", "## Formål"), ("paragraph", "Vi vil spare tid.")]),
        ("Formål\nVi vil spare tid.", [("heading", "Formål"), ("paragraph", "Vi vil spare tid.")]),
        ("2. Data\nDer behandles navne og adresser.", [("heading", "2. Data"), ("paragraph", "Der behandles navne og adresser.")]),
        ("**Økonomi**\n410.000 kr. om året.", [("heading", "**Økonomi**"), ("paragraph", "410.000 kr. om året.")]),
        ("Titel\n=====\n\nTekst om sagen.", [("heading", "Titel"), ("paragraph", "Tekst om sagen.")]),
        (
            "Vi skal:\n- høre borgeren\n- give en begrundelse\n* skrive til journalen",
            [("paragraph", "Vi skal:"), ("list_item", "- høre borgeren"), ("list_item", "- give en begrundelse"), ("list_item", "* skrive til journalen")],
        ),
        (
            "- et punkt, der er langt og\n  går videre på næste linje\n- et til",
            [("list_item", "- et punkt, der er langt og går videre på næste linje"), ("list_item", "- et til")],
        ),
        ("e Grøn: bevilges straks.\ne Rød: udtages til kontrol.", [("list_item", "e Grøn: bevilges straks."), ("list_item", "e Rød: udtages til kontrol.")]),
        ("a) navn\nb) adresse", [("list_item", "a) navn"), ("list_item", "b) adresse")]),
        ("1. Hør borgeren.\n2. Skriv afgørelsen.", [("list_item", "1. Hør borgeren."), ("list_item", "2. Skriv afgørelsen.")]),
        (
            "| Felt | Svar |\n|------|:-----|\n| Formål | Spare tid |",
            [("table_row", "| Felt | Svar |"), ("table_row", "| Formål | Spare tid |")],
        ),
        ("Før\n\n---\n\nEfter det hele.", [("heading", "Før"), ("paragraph", "Efter det hele.")]),
        (
            "Borgerservice bruger hvert år 5.200 timer på\nat gennemgå bilag. Det gælder særligt friplads\ni dagtilbud, som 2.300 familier søger.",
            [
                (
                    "paragraph",
                    "Borgerservice bruger hvert år 5.200 timer på at gennemgå bilag. Det gælder særligt friplads i dagtilbud, som 2.300 familier søger.",
                )
            ],
        ),
        (
            "Vi samarbejder med Styrelsen for\nArbejdsmarked og Rekruttering om\nprojektet.",
            [("paragraph", "Vi samarbejder med Styrelsen for Arbejdsmarked og Rekruttering om projektet.")],
        ),
        (
            "Kurset holdes den\n14. maj 2027 i byrådssalen for\nalle ansatte.\n1. Hør borgeren.",
            [("paragraph", "Kurset holdes den 14. maj 2027 i byrådssalen for alle ansatte."), ("list_item", "1. Hør borgeren.")],
        ),
        ("Første afsnit.\n\nAndet afsnit.", [("paragraph", "Første afsnit."), ("paragraph", "Andet afsnit.")]),
        ("DPIA: afventer.\nAftale: underskrevet.", [("paragraph", "DPIA: afventer. Aftale: underskrevet.")]),
        ("", []),
        ("\n \n\t\n", []),
    ],
)
def test_a_text_falls_into_the_blocks_a_reader_sees(text: str, blocks: list[tuple[str, str]]) -> None:
    assert shown(text) == blocks


def test_the_level_of_a_heading_is_the_number_of_its_signs() -> None:
    assert [b.level for b in blocks_of("# A\n### B\n###### C")] == [1, 3, 6]


RULE = re.compile(r"\s*(?:([-=_*])\1{2,}|[|:\s-]*-{2,}[|:\s-]*)\s*")
LINES = st.lists(
    st.sampled_from(
        [
            "# Titel",
            "Formål",
            "2. Data",
            "- punkt",
            "  videre her",
            "| a | b |",
            "|---|---|",
            "---",
            "",
            " ",
            "Vi skal høre borgeren, og",
            "det gør vi.",
            "e Grøn",
            "**Fed**",
            "1) et",
            "\u2028",
            "\x0c",
        ]
    )
    | st.text(max_size=30)
).map("\n".join)


def check_cover(text: str) -> None:
    at = 0
    for block in blocks_of(text):
        between = text[at : block.span.start]
        assert all(RULE.fullmatch(line) or not line.strip() for line in between.splitlines()), between
        body = text[block.span.start : block.span.end]
        assert body
        assert body == body.strip()
        at = block.span.end
    assert all(RULE.fullmatch(line) or not line.strip() for line in text[at:].splitlines())


@given(LINES)
def test_blocks_are_ordered_apart_exact_and_leave_out_only_rules(text: str) -> None:
    check_cover(text)


@pytest.mark.parametrize("case", cases(), ids=str)
def test_nothing_of_a_real_description_is_outside_the_blocks(case: Case) -> None:
    check_cover(case.text)
