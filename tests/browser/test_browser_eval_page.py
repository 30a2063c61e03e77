"""The page of an evaluation in a real browser: accessible, readable on a small screen, usable with and without JavaScript, printable."""

from __future__ import annotations

import runpy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from checker.evaluation.page import PageFacts, render_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HAND_MADE = Path(__file__).parents[1] / "unit" / "evaluation" / "page_facts.py"
Open = Callable[..., "Page"]


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The hand-made page in both languages."""
    facts: Callable[[str], PageFacts] = runpy.run_path(str(HAND_MADE))["page_facts"]
    folder = tmp_path_factory.mktemp("pages")
    found = {}
    for language in ("da", "en"):
        found[language] = folder / f"{language}.html"
        found[language].write_text(render_page(facts(language), language), "utf-8")  # type: ignore[arg-type]
    return found


@pytest.fixture
def visit(browser: Browser, files: dict[str, Path]) -> Iterator[Open]:
    """Opens the page; whatever it asks of a network, or says in the console, is a failure."""
    asked: list[str] = []
    contexts = []

    def visit(language: str = "da", width: int = 1280, place: str = "", **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda r: asked.append(r.url) if not r.url.startswith("file:") else None)
        page.on("console", lambda m: asked.append(m.text))
        page.on("pageerror", lambda e: asked.append(str(e)))
        page.goto(files[language].as_uri() + place)
        return page

    yield visit
    assert not asked
    for context in contexts:
        context.close()


def violations(page: Page) -> list[str]:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(page).response["violations"]
    return [f"{v['id']}: {n['html'][:160]} {n['failureSummary']}" for v in found for n in v["nodes"]]


def open_all(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("language", ["da", "en"])
def test_axe_finds_nothing_with_every_part_open(visit: Open, language: str, width: int, scheme: str) -> None:
    page = visit(language, width, color_scheme=scheme)
    open_all(page)
    assert violations(page) == []


@pytest.mark.parametrize("language", ["da", "en"])
def test_at_320_px_the_page_does_not_scroll_sideways_but_wide_tables_do(visit: Open, language: str) -> None:
    page = visit(language, 320)
    open_all(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    wide = page.evaluate("[...document.querySelectorAll('.scroll')].filter(r => r.scrollWidth > r.clientWidth).map(r => [r.tabIndex, r.getAttribute('role')])")
    assert wide and all(one == [0, "region"] for one in wide)
    outside = "[...document.querySelectorAll('main *')].filter(e => !e.closest('.scroll, svg, .hear') && e.getBoundingClientRect().right > 321)"
    assert page.evaluate(f"{outside}.map(e => e.outerHTML.slice(0, 80))") == []


def test_a_wide_table_is_scrolled_with_the_keyboard(visit: Open) -> None:
    page = visit(width=320)
    region = page.locator(".scroll:has(#t-headline)")
    region.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.scroll:has(#t-headline)').scrollLeft > 0")
    assert region.evaluate("e => getComputedStyle(e).outlineStyle") == "solid", "focus is seen"


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_letter_in_the_matrix_opens_its_place_in_the_case(visit: Open, script: bool) -> None:
    page = visit(java_script_enabled=script)
    link = page.locator("#t-matrix td.x a").first
    target = page.locator((link.get_attribute("href") or "").replace("#", "[id='") + "']")
    assert not target.is_visible()
    link.click()
    target.wait_for(state="visible")
    assert "Facit: mangler · Sagt: opfyldt" in target.inner_text()
    assert page.locator("details.case[open]").count() == 1


def test_an_address_with_a_place_opens_it(visit: Open) -> None:
    page = visit(place="#c2")
    page.locator("#c2 .text").wait_for(state="visible")


def test_the_filter_shows_one_split_or_the_cases_with_errors(visit: Open) -> None:
    page = visit()
    rows = page.locator("#t-matrix tr[data-w]")
    assert rows.count() == 31 and page.locator("#shown").inner_text() == "31 af 31 sager vises"
    page.get_by_role("radio", name="træning").check()
    assert rows.filter(visible=True).count() == 1 and page.locator("details.case").filter(visible=True).count() == 1
    page.get_by_role("radio", name="prøve").check()
    page.get_by_label("kun sager med fejl").check()
    # b, c, d, e and the four called met
    assert rows.filter(visible=True).count() == 8 and page.locator("#shown").inner_text() == "8 af 31 sager vises"


def test_a_link_to_a_case_that_the_filter_hides_shows_it(visit: Open) -> None:
    page = visit()
    page.get_by_role("radio", name="træning").check()
    page.evaluate("location.hash = '#c1-1'")
    page.locator("[id='c1-1']").wait_for(state="visible")
    assert page.get_by_role("radio", name="alle").is_checked()


def test_without_javascript_there_is_no_filter_and_everything_is_there(visit: Open) -> None:
    page = visit(java_script_enabled=False)
    assert not page.locator("#filter").is_visible()
    assert page.locator("#t-matrix tr[data-w]").filter(visible=True).count() == 31


def test_the_skip_link_is_first_and_leads_to_the_content(visit: Open) -> None:
    page = visit()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator("a.skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"


def test_it_prints_with_the_tables_behind_the_plots_and_the_cases_that_are_open(visit: Open) -> None:
    page = visit(color_scheme="dark")
    page.evaluate("document.querySelector('details.case').open = true")
    page.emulate_media(media="print")
    assert page.locator("#t-reliability").is_visible() and page.locator("#t-metrics").is_visible()
    assert page.locator("details.case .text").filter(visible=True).count() == 1
    for gone in ("#filter", "nav", "a.skip"):
        assert not page.locator(gone).is_visible(), gone
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf().startswith(b"%PDF")
