"""The page of an evaluation: one file, safe, readable by people and machines, and true to the results."""

from __future__ import annotations

import base64
import hashlib
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_facts import CHAT, CHILDREN, DPIA, HOSTILE, N_A, TITLES, hand_made, many, page_facts, result
from selectolax.lexbor import LexborHTMLParser

from checker.evaluation.page import PageFacts, plots, render_page
from checker.evaluation.page.cases import kind
from checker.evaluation.page.marks import Spot, pieces
from checker.evaluation.page.strings import STRINGS
from checker.evaluation.page.words import printable

Page = LexborHTMLParser


@pytest.fixture(scope="module", params=["da", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def written(language: str) -> str:
    return render_page(page_facts(language), language)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def page(written: str) -> Page:
    return Page(written)


@pytest.fixture(scope="module")
def danish() -> Page:
    return Page(render_page(page_facts("da"), "da"))


def text(page: Page, css: str) -> str:
    found = page.css_first(css)
    assert found is not None, css
    return " ".join(found.text().split())


def row_of(page: Page, case: str) -> list[tuple[str, str]]:
    """(letters, class) of a case's cells in the matrix, without its name and its count of errors."""
    row = next(r for r in page.css("#t-matrix tr[data-w]") if r.css_first("th").text() == case)
    return [(c.text().strip(), c.attributes.get("class") or "") for c in row.css("td")][1:]


def part_of(page: Page, case: str) -> LexborHTMLParser:
    return next(d for d in page.css("details.case") if d.css_first("h3").text() == case)


# --- form


def test_there_is_one_page_with_its_language_landmarks_and_headings_in_order(page: Page, language: str) -> None:
    assert page.css_first("html").attributes["lang"] == language
    for tag in ("h1", "main", "header", "footer", "nav", "a.skip"):
        assert len(page.css(tag)) == 1, tag
    levels = [int(n.tag[1]) for n in page.css("h1, h2, h3, h4")]
    assert all(b - a <= 1 for a, b in pairwise(levels)), "no heading level is skipped"


def test_nothing_is_loaded_from_anywhere(page: Page, written: str) -> None:
    assert not page.css("img, iframe, object, embed, link, base, video, audio, [src], [srcset]")
    assert "@import" not in written and "http-equiv" in written
    assert not re.search(r"url\((?!#)", written)
    assert all((a.attributes["href"] or "").startswith("#") for a in page.css("a"))
    assert not [name for n in page.css("*") for name in n.attributes if name.startswith("on")]


def test_only_the_page_s_own_script_may_run(page: Page) -> None:
    (script,) = page.css("script")
    digest = base64.b64encode(hashlib.sha256(script.text().encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page.css_first("meta[http-equiv]").attributes["content"]


def test_hostile_texts_titles_and_notes_stand_as_text(page: Page, written: str) -> None:
    assert page.css_first("h1").text() == "Måling & <script>prøve</script>"
    assert "<script>alert" not in written and "<b>her" not in written and "<i>first" not in written and "<b>child" not in written
    assert "{{ 7*7 }}" in text(page, ".case .text"), "a template in a text is not run"
    assert not page.css("svg script, svg b")


def test_every_link_leads_somewhere_and_no_id_is_there_twice(page: Page) -> None:
    ids = [n.attributes["id"] for n in page.css("[id]")]
    assert len(ids) == len(set(ids))
    assert {(a.attributes["href"] or "")[1:] for a in page.css("a")} <= set(ids)
    for node in page.css("[aria-labelledby]"):
        assert set((node.attributes["aria-labelledby"] or "").split()) <= set(ids)


def test_tables_have_captions_and_headers_and_scroll_in_a_region_one_can_reach(page: Page) -> None:
    for table in page.css("table"):
        assert table.css_first("caption") is not None
        assert all(th.attributes.get("scope") in ("col", "row", "rowgroup") for th in table.css("th"))
        region = table.parent
        assert region.attributes["role"] == "region" and region.attributes["tabindex"] == "0" and region.attributes["aria-labelledby"]
    assert all(d.css_first("summary") is not None for d in page.css("details"))


def test_quoted_text_names_its_language(danish: Page) -> None:
    assert part_of(danish, "d-unjudged").css_first(".text").attributes["lang"] == "en"
    assert part_of(danish, "a-right").css_first("blockquote").attributes["lang"] == "da"


def test_the_same_results_give_the_same_bytes(written: str, language: str) -> None:
    assert render_page(page_facts(language), language) == written  # type: ignore[arg-type]


def test_both_languages_have_the_same_words() -> None:
    assert STRINGS["da"].keys() == STRINGS["en"].keys()
    fields = {lang: {k: sorted(re.findall(r"\{\w+\}", s)) for k, s in strings.items()} for lang, strings in STRINGS.items()}
    assert fields["da"] == fields["en"]


def test_no_results_make_no_page() -> None:
    with pytest.raises(ValueError, match="no results"):
        render_page(PageFacts("t", (), ()), "da")


# --- the matrix and the cases


@pytest.mark.parametrize(
    ("gold", "said", "expected"),
    [
        ("gap", "gap", "r"),
        (N_A, N_A, "r"),
        ("gap", "met", "x"),
        ("gap", "ask", "l"),
        ("gap", N_A, "l"),
        ("met", "gap", "f"),
        ("ask", "met", "o"),
        ("met", "unjudged", "u"),
    ],
)
def test_each_kind_of_answer_has_its_class(gold: str, said: str, expected: str) -> None:
    assert kind(result("a", {DPIA: gold}, {DPIA: said}), DPIA) == expected


def test_a_right_answer_is_one_letter_and_a_wrong_one_label_and_answer(danish: Page) -> None:
    assert row_of(danish, "a-right") == [("M", "r"), ("O", "r"), ("·", "")]
    assert row_of(danish, "b-missed") == [("O", "r"), ("M/O", "x"), ("M/·", "l")]
    assert row_of(danish, "c-alarm") == [("·/M", "f"), ("U/O", "o"), ("·", "")]
    assert row_of(danish, "d-unjudged") == [("M/?", "u"), ("", ""), ("", "")], "what is not labelled is empty"
    assert row_of(danish, "e-unread") == [("M/?", "u"), ("O/?", "u"), ("", "")]
    assert row_of(danish, "f-graded") == [("M", "r"), ("4/O", "n"), ("", "")]


def test_a_case_counts_its_errors(danish: Page) -> None:
    counts = {r.css_first("th").text(): r.attributes["data-w"] for r in danish.css("#t-matrix tr[data-w]")}
    assert [counts[c] for c in ("a-right", "b-missed", "c-alarm", "d-unjudged", "e-unread", "f-graded", "g-train")] == ["0", "2", "2", "1", "2", "0", "0"]


def test_held_out_cases_stand_first_and_each_split_in_its_own_group(danish: Page) -> None:
    assert [b.attributes["data-s"] for b in danish.css("#t-matrix tbody")] == ["held-out", "train"]
    assert [text(b, "th[scope=rowgroup]") for b in danish.css("#t-matrix tbody")] == ["prøve (30)", "træning (1)"]


def test_only_requirements_in_play_have_a_part_and_a_link(danish: Page) -> None:
    part = part_of(danish, "a-right")
    assert [h.text() for h in part.css(".pair h4")] == [f"1. {TITLES['da'][DPIA]}", f"2. {TITLES['da'][CHILDREN]}"]
    assert "Øvrige 1 krav" in part.text()
    row = next(r for r in danish.css("#t-matrix tr[data-w]") if r.css_first("th").text() == "a-right")
    assert [a.attributes["href"] for a in row.css("td a")] == [f"#{p.attributes['id']}" for p in part.css(".pair")]


def test_a_part_shows_label_answer_reason_and_both_passages(danish: Page) -> None:
    first = part_of(danish, "a-right").css_first(".pair")
    assert text(first, ".tag") == "Facit: mangler · Sagt: mangler ✓"
    assert "kun overvejet, ikke besluttet · sandsynlighed for opfyldt 0,10" in " ".join(first.text().split())
    assert [q.text() for q in first.css("blockquote.g")] == ["er ikke lavet endnu"]
    assert [q.text() for q in first.css("blockquote.s")] == ["Konsekvensanalysen er ikke lavet endnu."]


def test_the_text_is_whole_and_marked_where_label_and_answer_point(danish: Page) -> None:
    shown = part_of(danish, "a-right").css_first(".text")
    marks = [(m.text(), m.attributes["class"]) for m in shown.css("mark")]
    assert marks == [("Konsekvensanalysen ", "s"), ("er ikke lavet endnu", "b"), (".", "s"), ("Børn er ikke omfattet", "g")]
    for number in shown.css("a.no"):
        number.decompose()
    assert shown.text() == HOSTILE


def test_what_is_missing_or_lost_is_said(danish: Page) -> None:
    assert "Teksten er ikke med" in part_of(danish, "c-alarm").text()
    assert "the file is damaged" in part_of(danish, "e-unread").text()
    assert "[står ikke i teksten]" in part_of(danish, "b-missed").text()
    assert "✗" in text(part_of(danish, "a-right"), "dl"), "the risk class differs"
    assert "4 på skalaen 1–5" in part_of(danish, "f-graded").text()


def test_a_cell_costs_few_bytes() -> None:
    """12 679 cells for 409 cases: at 60 bytes they are 0.8 MB of the 12 the page may have."""
    cells = re.findall(r"<td(?: class=\w)?>(?:<a href=#c\d+-\d+>)?[^<\s]*(?:</a>)?", render_page(page_facts(), "da"))
    assert cells and max(map(len, cells)) < 60


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(-5, 70), st.integers(-5, 70), st.sampled_from("gs"), st.integers(1, 31)), max_size=8))
def test_marking_never_loses_or_adds_text(body: str, spans: list[tuple[int, int, str, int]]) -> None:
    found = pieces(body, [Spot(*s) for s in spans])
    assert "".join(p.text for p in found) == body
    for a, b, who, column in spans:
        if 0 <= a < b <= len(body):
            ends = [sum(len(q.text) for q in found[: i + 1]) for i in range(len(found))]
            assert column in found[ends.index(b)].columns
            assert all(p.css in (who, "b") for p, end in zip(found, ends, strict=True) if a < end <= b)


@given(st.text(max_size=80))
def test_making_a_text_printable_keeps_every_offset(body: str) -> None:
    assert len(printable(body)) == len(body)


# --- the figures


def test_the_lead_says_what_was_measured_and_that_no_lawyer_checked_it(danish: Page) -> None:
    lead = text(danish, "section[aria-labelledby=lead]")
    # 3 + 3 + 3 + 1 + 2 + 1 labelled pairs of six held-out texts, 24 of the many, 3 of the train text
    assert "checker har læst 31 tekster og svaret på 3 krav" in lead and "40 afgørelser" in lead
    assert "1 af teksterne er brugt til at træne" in lead and "Ingen jurist har gennemgået facit" in lead


def test_where_it_is_weak_follows_from_the_figures(danish: Page) -> None:
    weak = text(danish, "section[aria-labelledby=weak]")
    # held-out gaps: a, b twice, d, e, f and the 24; five called met: b's children and the four missed ones
    assert "5 af 30 mangler i facit blev kaldt opfyldt" in weak
    assert "Målet er ikke nået: Mangel kaldt opfyldt er 0,167 (mål: højst 0,05)" in weak
    assert "1 gang blev et krav, der ikke er relevant, kaldt en mangel (33,3 %)" in weak
    assert "3 afgørelser kunne ikke bedømmes" in weak
    assert "Ved 2 krav er der en mangel i færre end 20 tekster" in weak
    assert "TF-IDF når samme tal eller bedre for Mangel-F1" in weak


def test_a_figure_that_word_counting_reaches_is_marked_at_ours_and_nowhere_else(danish: Page) -> None:
    for row in danish.css("#t-headline tbody tr"):
        marked = row.css(".dagger")
        assert bool(marked) == (row.css_first("th").text() == "checker")
    assert "TF-IDF når det samme eller bedre" in text(danish, "#t-headline .dagger"), "said to those who hear the page"
    assert "dagger" not in render_page(PageFacts("t", (), hand_made()), "en").split("<main")[1], "no baseline, no mark"


def test_our_figures_have_intervals_and_those_of_baselines_do_not(danish: Page) -> None:
    with_intervals = [text(r, "th") + " " + text(r, "td") for r in danish.css("#t-headline tbody tr") if r.css("small")]
    assert with_intervals == ["checker prøve"], "one train text is one family: nothing to draw from"


def test_few_gaps_are_counted_and_not_drawn(danish: Page) -> None:
    bars = text(danish, "svg[aria-labelledby^=bars]")
    assert "Konsekvensanalyse" in bars and "beskyttelse</b>" not in bars and "Borgeren" not in bars
    few = {text(r, "th"): [" ".join(c.text().split()) for c in r.css("td")] for r in danish.css("#t-few-held-out tbody tr")}
    # children: one labelled gap, not found: Clopper-Pearson 0 of 1 is 0 to 1 - 0.025 = 0.975
    assert few[TITLES["da"][CHILDREN]][0].startswith("0 af 1") and few[TITLES["da"][CHILDREN]][0].endswith("0,97")
    assert set(few) == {TITLES["da"][CHILDREN], TITLES["da"][CHAT]}


def test_without_a_requirement_with_enough_gaps_no_bars_are_drawn() -> None:
    page = Page(render_page(PageFacts("t", (), hand_made(), titles=TITLES["en"]), "en"))
    assert not page.css("svg[aria-labelledby^=bars]") and "so no bars are drawn" in page.body.text()


def test_confusion_counts_each_labelled_pair_once(danish: Page) -> None:
    rows = [[c.text(separator=" ").split()[0] for c in r.css("td")] for r in danish.css("#t-confusion-held-out tbody tr")]
    # gap: a, f and the 20 right; b and the 4 called met; b's chatbot not applicable; d and e unjudged
    assert rows[0] == ["22", "5", "0", "1", "2"]
    # met: a, b right; e unjudged. ask: c called met. not applicable: c flagged, a and c right
    assert rows[1:] == [["0", "2", "0", "0", "1"], ["0", "1", "0", "0", "0"], ["1", "0", "0", "2", "0"]]


def test_pairs_are_listed_with_their_outcome(danish: Page) -> None:
    rows = [[" ".join(c.text().split()) for c in r.css("th, td")] for r in danish.css("#t-pairs tbody tr")]
    # a and b differ in all three; only the assessment is right in both
    assert [r[-1] for r in rows] == ["✗ forkert", "✗ forkert", "✓ rigtigt"]
    assert rows[-1][:5] == [TITLES["da"][DPIA], "a-right", "b-missed", "prøve", "mangler → opfyldt"]


def test_slowest_cases_come_slowest_first(danish: Page) -> None:
    rows = [[c.text().strip() for c in r.css("th, td")] for r in danish.css("#t-slowest tbody tr")]
    assert len(rows) == 10 and rows[0][:3] == ["b-missed", "prøve", "9,25"] and rows[1][:4] == ["a-right", "prøve", "1,50", "512"]


def test_unjudged_verdicts_are_listed_with_their_reason(danish: Page) -> None:
    rows = [[c.text().strip() for c in r.css("th, td")] for r in danish.css("#t-unjudged tbody tr")]
    assert rows == [["d-unjudged", "prøve", TITLES["da"][DPIA], "svaret kunne ikke bruges"], ["e-unread", "prøve", "hele teksten", "the file is damaged"]]


def test_every_plot_has_a_table_that_says_the_same(page: Page) -> None:
    assert len(page.css("figure svg")) == 4
    for id in ("t-many-held-out", "t-reliability", "t-risk-coverage", "t-trend"):
        assert page.css_first(f"#{id} tbody tr") is not None, id


def test_what_is_not_there_is_said_not_drawn() -> None:
    page = Page(render_page(PageFacts("t", (), [result("a", {DPIA: "gap"}, {DPIA: "gap"})]), "en"))
    body = page.body.text()
    assert "No runs have been kept yet" in body and "hold no probabilities" in body
    assert text(page, "section[aria-labelledby=pairs]").endswith("None.") and text(page, "section[aria-labelledby=unjudged]").endswith("None.")
    assert "All texts belong to one part: held-out." in body


def test_repeated_runs_of_a_sampling_system_are_one_row_of_the_matrix() -> None:
    runs = [r.model_copy(update={"run": n}) for n in (2, 0, 1) for r in many(2, 0)]
    page = Page(render_page(PageFacts("t", (), runs), "en"))
    assert len(page.css("#t-matrix tr[data-w]")) == 2 and len(page.css("details.case")) == 2


# --- plots


def test_a_plot_is_the_same_every_time_and_has_no_date_style_or_fonts_of_its_own() -> None:
    def draw(id: str) -> str:
        return plots.reliability(id, "T <&>", "D", [plots.Line("a", (0.1, 0.9), (0.2, None))], plots.Names("x", "y", "i"))

    assert draw("one") == draw("one") and draw("one") == draw("two").replace("two", "one")
    svg = draw("one")
    assert "<style" not in svg and "metadata" not in svg and "font-family" not in svg and "<?xml" not in svg
    assert '<title id="one-t">T &lt;&amp;&gt;</title><desc id="one-d">D</desc>' in svg
    assert not re.search(r"#[0-9a-f]{6}\b", svg), "every colour is the page's own"


def test_dollars_and_marks_in_labels_are_no_markup() -> None:
    svg = plots.bars("b", "t", "d", [plots.Bar("$x_1$ <b> & »citat«", 0.5, 0.25, 0.75, "0,50")])
    assert "$x_1$ &lt;b&gt; &amp; »citat«" in svg


def test_danish_axes_have_a_decimal_comma() -> None:
    lines = [plots.Line("a", (0.1, 1.0), (0.05, 0.1))]
    assert ">0,2<" in plots.risk_coverage("r", "t", "d", lines, plots.Names("x", "y"), comma=True)
    assert ">0.2<" in plots.risk_coverage("r", "t", "d", lines, plots.Names("x", "y"))
