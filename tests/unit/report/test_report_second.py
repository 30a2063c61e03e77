"""The second reader in every form of the report: what it said, what became of it, and nothing where there was none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from checker.model.law import Severity
from checker.model.project import Quote
from checker.model.reading import EvidenceStatus, ModelReading, Standing
from checker.model.report import Report
from checker.reader.llm import checks, parsing
from checker.report import FORMATS, Names, render
from checker.report.strings import STRINGS
from checker.report.values import VALUES
from checker.report.words import Words

HOSTILE = "<script>alert('x')</script> [bold]fed[/bold] | *stjerne* \x1b[31mrød {{ 7*7 }}\n# Overskrift"
LANGUAGES = ("da", "en")
WRITTEN = ("text", "md", "html")


def plain(report: Report, form: str, language: str = "da") -> str:
    """A written form without markup, on one line."""
    written = render(report, form, language)
    if form == "html":
        body = LexborHTMLParser(written).body
        assert body is not None
        written = body.text(separator=" ")
    return " ".join(written.replace("**", "").replace("\\", "").replace("&gt;", ">").replace("&lt;", "<").split())


def block(report: Report, requirement: str, form: str, language: str = "da") -> str:
    """What the lawyer's part says of one requirement."""
    if form == "html":
        node = LexborHTMLParser(render(report, form, language)).css_first(f'[id="basis-{requirement}"]')
        assert node is not None
        return " ".join(node.text(separator=" ").split())
    return " ".join(render(report, form, language).split(f"\n{requirement} · ")[1].split("\n#")[0].replace("**", "").split())


def for_manager(report: Report, form: str, language: str = "da") -> str:
    """All before the lawyer's part."""
    heading = STRINGS[language]["lawyer"]
    return plain(report, form, language).rsplit(f" {heading} ", 1)[0]


def changed(report: Report, requirement: str, **second: Any) -> Report:
    """The report with another answer of the second reader on one finding."""
    findings = (
        f.model_copy(update={"second": f.second.model_copy(update=second)}) if f.requirement == requirement and f.second else f for f in report.findings
    )
    return report.model_copy(update={"findings": tuple(findings)})


def with_model(report: Report, **changes: Any) -> Report:
    assert report.model is not None
    return report.model_copy(update={"model": ModelReading.model_validate(report.model.model_dump() | changes)})


@pytest.fixture
def alone(read_twice: Report) -> Report:
    """The same report as if there had been no second reader."""
    return read_twice.model_copy(
        update={
            "findings": tuple(f.model_copy(update={"second": None}) for f in read_twice.findings),
            "facts": {id_: f.model_copy(update={"second": None}) for id_, f in read_twice.facts.items()},
            "model": None,
            "receipt": read_twice.receipt.model_copy(update={"model": "", "prompts": {}}),
        }
    )


# --- JSON


def test_json_has_what_the_second_reader_said_only_where_it_said_something(read_twice: Report) -> None:
    data = json.loads(render(read_twice, "json", "da"))
    opened = next(f for f in data["findings"] if f["requirement"] == "r-opened")
    assert opened["second"] == {
        "reader": "lille-model",
        "value": "considered",
        "standing": "opened",
        "quotes": [{"text": "DPIA mangler endnu.", "start": 60, "end": 79}],
        "confidence": 0.75,
        "why": "",
    }
    assert [f["second"]["standing"] for f in data["findings"][:7]] == [s.value for s in Standing]
    assert data["facts"]["areas"]["second"]["quotes"][1] == {"text": "opdigtet sted", "start": -1, "end": -1, "orphaned": True}
    assert data["facts"]["areas"]["second"]["confidence"] is None
    assert "second" not in data["facts"]["alone"]
    assert data["schema_version"] == 1


def test_json_has_the_model_as_data(read_twice: Report) -> None:
    model = json.loads(render(read_twice, "json", "en"))["model"]
    assert set(model) == set(ModelReading.model_fields)
    assert model["read"] == [{"start": 0, "end": 200}, {"start": 300, "end": 340}]
    assert (model["asked"], model["answered"], model["from_cache"], model["unread"], model["trusted"]) == (11, 10, 4, 1, True)


# --- without a model


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", FORMATS)
def test_taking_the_second_reader_away_leaves_no_trace(read_twice: Report, alone: Report, report: Report, form: str, language: str) -> None:
    told = render(alone, form, language)
    assert told == render(report.model_copy(update={"findings": alone.findings, "facts": alone.facts}), form, language) != render(read_twice, form, language)
    assert "lille-model" not in told and '"second"' not in told
    assert form in ("json", "jsonl") or not any(w in told.lower() for w in ("sprogmodel", "language model", "prompts"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", WRITTEN)
def test_every_written_line_of_a_report_without_a_model_stands_unchanged_beside_one(alone: Report, read_twice: Report, form: str, language: str) -> None:
    """The second reader adds to a report. Only where two readers disagree, their passages stand in another place."""
    agreed = read_twice.model_copy(
        update={"findings": tuple(f for f in read_twice.findings if f.requirement not in ("r-opened", "r-disputed")), "facts": alone.facts}
    )
    kept = alone.model_copy(update={"findings": tuple(f for f in alone.findings if f.requirement not in ("r-opened", "r-disputed"))})
    left = iter(render(agreed, form, language).splitlines())
    assert [line for line in render(kept, form, language).splitlines() if line not in left] == []


# --- every standing


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", WRITTEN)
def test_the_panel_says_who_read_what_and_what_became_of_it(read_twice: Report, form: str, language: str) -> None:
    said = for_manager(read_twice, form, language)
    expected = {
        "da": [
            "Model lille-model",
            "Stillede spørgsmål 11 (kun om det, som regellæseren lod stå åbent eller var usikker på)",
            "Brugbare svar 10, heraf 4 fra en tidligere kørsel",
            "Svar, der ikke kunne bruges 1",
            "Det har modellen læst de nærmeste passager til hvert spørgsmål, ikke det hele på én gang (tegn 0–200, tegn 300–340)",
            "Prøven bestod prøven: 18 af 20 rigtige",
            "Hvorfor ikke det hele Serveren er væk.",
        ],
        "en": [
            "Questions asked 11 (only about what the rule reader left open or was unsure of)",
            "Usable answers 10, 4 of them from an earlier run",
            "(characters 0–200, characters 300–340)",
        ],
    }
    without_colons = said.replace(": ", " ")
    for line in expected[language]:
        assert line.replace(": ", " ") in without_colons, line
    # Over eight findings and three facts: each standing once, and once more found, opened, disputed and refused.
    counts = dict(zip(Standing, (1, 2, 2, 2, 2, 1, 1), strict=True))
    assert "; ".join(f"{STRINGS[language][f'standing.{s.value}']} ({n})" for s, n in counts.items()) in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", ["md", "html"])
@pytest.mark.parametrize("standing", Standing)
def test_the_lawyer_sees_every_answer_with_what_became_of_it(read_twice: Report, standing: Standing, form: str, language: str) -> None:
    said = block(read_twice, f"r-{standing.value}", form, language)
    t = STRINGS[language]
    model = next(f.second for f in read_twice.findings if f.requirement == f"r-{standing.value}")
    assert model is not None
    assert f"{t['model']}: {t[f'standing.{standing.value}']}" in said
    second = said.split(t[f"standing.{standing.value}"])[1]
    assert "lille-model" in second
    assert all(q.text in second for q in model.quotes)
    if model.value:
        assert t[f"reason.{model.value}"] in second
    if model.why:
        assert VALUES[language][f"second_why.{model.why}"] in second
    shown = {0.871: 87, 0.999: 99, 0.75: 75, 0.8: 80, 0.9: 90}.get(model.confidence or 0)
    assert shown is None or (f"{shown} %" if language == "da" else f"{shown}%") in second


@pytest.mark.parametrize("form", ["md", "html"])
def test_the_lawyer_sees_facts_read_twice_in_the_table(read_twice: Report, form: str) -> None:
    said = plain(read_twice, form)
    assert "åbnet igen, skønt regellæseren tog det for afklaret · nej · 60 %" in said
    assert "ikke brugt, fordi svaret ikke holdt til kontrollen · ja · 1 % · stedet er et spørgsmål" in said
    assert "fundet af sprogmodellen · uddannelse" in said


@pytest.mark.parametrize("form", ["md", "html"])
def test_orphaned_passages_of_the_model_are_marked(read_twice: Report, form: str) -> None:
    said = plain(read_twice, form)
    assert said.count("opdigtet sted") == said.count("[kan ikke genfindes i teksten; tæller ikke]") == 2


def test_the_markdown_table_of_facts_is_even(read_twice: Report) -> None:
    table = render(read_twice, "md", "da").split("### Fakta")[1].split("###")[0].strip().splitlines()
    assert len(table) == 2 + len(read_twice.facts) and {line.count("|") for line in table} == {7}


# --- the project manager's part


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", WRITTEN)
def test_a_project_manager_sees_both_places_where_two_readers_disagree_on_something_serious(read_twice: Report, form: str, language: str) -> None:
    said = for_manager(read_twice, form, language).replace("> ", "").replace("»", "").replace("«", "")
    t = STRINGS[language]
    assert said.count(t["second.disagree"]) == 2, "one reopened, one disputed; the minor one is for the lawyer"
    rules, model = t["second.rules_say"], t["second.model_says"]
    opened = f"{model.format(value=t['reason.considered'])} DPIA mangler endnu. {rules.format(value=t['second.closed'])} DPIA er lavet i maj."
    disputed = f"{rules.format(value=t['reason.done'])} DPIA er lavet i maj. {model.format(value=t['reason.vendor_claim'])} DPIA mangler endnu."
    assert opened in said and disputed in said


@pytest.mark.parametrize("form", WRITTEN)
def test_what_the_model_found_is_said_to_be_its_find(read_twice: Report, form: str) -> None:
    assert for_manager(read_twice, form).count("Fundet af sprogmodellen") == 1


@pytest.mark.parametrize("form", WRITTEN)
def test_a_finding_of_silence_is_not_called_a_find(read_twice: Report, form: str) -> None:
    assert "Fundet af sprogmodellen" not in for_manager(changed(read_twice, "r-found", value="silent", quotes=()), form)


@pytest.mark.parametrize("form", WRITTEN)
def test_a_side_without_a_passage_says_so(read_twice: Report, form: str) -> None:
    said = for_manager(changed(read_twice, "r-disputed", value="silent", quotes=()), form)
    assert "Sprogmodellen: teksten siger intet om det Ingen passage at vise." in said
    same = next(f for f in read_twice.findings if f.requirement == "r-opened").model_copy(update={"evidence": read_twice.findings[2].evidence[:1]})
    assert "Regellæseren: det er på plads Ingen anden passage at vise." in for_manager(read_twice.model_copy(update={"findings": (same,)}), form)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", WRITTEN)
@pytest.mark.parametrize("standing", [Standing.SUGGESTION, Standing.REFUSED, Standing.UNREAD, Standing.AGREED])
def test_a_project_manager_is_not_shown_what_moved_nothing(read_twice: Report, standing: Standing, form: str, language: str) -> None:
    hidden = Quote(text="et sted kun for juristen", start=3, end=27)
    report = changed(read_twice, f"r-{standing.value}", quotes=(hidden,))
    assert hidden.text not in for_manager(report, form, language)
    assert form == "text" or hidden.text in plain(report, form, language)


@pytest.mark.parametrize("form", WRITTEN)
@pytest.mark.parametrize("severity", Severity)
def test_only_blockers_and_what_must_be_in_place_are_worth_a_dispute(read_twice: Report, severity: Severity, form: str) -> None:
    one = next(f for f in read_twice.findings if f.requirement == "r-disputed").model_copy(update={"severity": severity})
    said = for_manager(read_twice.model_copy(update={"findings": (one,)}), form)
    assert ("To læsere er uenige" in said) is (severity in (Severity.BLOCKER, Severity.MAJOR))


# --- the model's state


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", WRITTEN)
def test_a_model_that_is_not_trusted_is_said_to_move_nothing_and_what_to_do(read_twice: Report, form: str, language: str) -> None:
    said = for_manager(with_model(read_twice, trusted=False, exam="bestod ikke prøven"), form, language)
    assert {"da": "kun forslag og flytter intet", "en": "only suggestions and move nothing"}[language] in said
    assert "checker llm test" in said and "bestod ikke prøven" in said
    assert STRINGS[language]["model.trusted"] not in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", WRITTEN)
def test_a_model_that_broke_off_is_told_at_the_top_and_only_then(read_twice: Report, form: str, language: str) -> None:
    said = for_manager(read_twice, form, language)
    assert said.index(STRINGS[language]["model.broken"]) < said.index(STRINGS[language]["blockers"])
    whole = for_manager(with_model(read_twice, broken_off=""), form, language)
    assert STRINGS[language]["model.broken"] not in whole and STRINGS[language]["model.broken.why"] not in whole


@pytest.mark.parametrize("form", WRITTEN)
def test_a_stop_by_the_user_is_said_in_words(read_twice: Report, form: str) -> None:
    from checker.reader.llm.asking import STOPPED

    assert "stoppet af brugeren" in for_manager(with_model(read_twice, broken_off=STOPPED), form)


def test_a_model_that_was_shown_nothing_has_read_nothing(read_twice: Report) -> None:
    assert "intet af teksten" in for_manager(with_model(read_twice, whole=True, read=()), "text")
    assert "hele beskrivelsen" in for_manager(with_model(read_twice, whole=True), "text")


def test_the_mode_and_the_cache_are_told_as_they_were(read_twice: Report) -> None:
    said = for_manager(with_model(read_twice, mode="llm", from_cache=0), "text", "en")
    assert "11 (also about what the rule reader was sure of)" in said and "Usable answers: 10 " in said


# --- words and hostile words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_and_every_unusable_answer_has_words(language: str) -> None:
    named = {
        value
        for module in (checks, parsing)
        for name, value in vars(module).items()
        if name.isupper() and not name.startswith("_") and isinstance(value, str) and name != "_UNDONE"
    }
    assert len(named) > 20 and named | {"not_sure", "no_passage"} == {k.removeprefix("second_why.") for k in VALUES[language] if k.startswith("second_why.")}
    assert {f"standing.{s.value}" for s in Standing} == {k for k in STRINGS[language] if k.startswith("standing.")}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", EvidenceStatus)
def test_every_answer_about_a_duty_has_words(read_twice: Report, status: EvidenceStatus, language: str) -> None:
    said = block(changed(read_twice, "r-agreed", value=status.value), "r-agreed", "md", language)
    answer = said.split(f"- {STRINGS[language]['second.value']}: ")[1].split(" - ")[0]
    assert answer in {v for k, v in STRINGS[language].items() if k.startswith("reason.")}


@pytest.mark.parametrize("form", WRITTEN)
@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_words_of_a_model_stand_as_text(read_twice: Report, form: str, language: str) -> None:
    report = with_model(read_twice, model=HOSTILE, exam=HOSTILE, broken_off=HOSTILE, prompts={HOSTILE: HOSTILE})
    for requirement in ("r-refused", "r-disputed"):
        report = changed(report, requirement, reader=HOSTILE, why=HOSTILE, value=HOSTILE if requirement == "r-refused" else "generic")
    report = report.model_copy(update={"receipt": report.receipt.model_copy(update={"model": HOSTILE, "prompts": {HOSTILE: HOSTILE}})})
    written = render(report, form, language, names=Names())
    assert "\x1b" not in written and "\n# Overskrift" not in written
    if form != "text":
        assert "<script" not in written and "&amp;lt;" not in written
    if form == "md":
        assert "{{ 7\\*7 }}" in written and " *stjerne*" not in written
    assert "{{ 7*7 }}" in plain(report, form, language) and "[bold]fed[/bold]" in plain(report, form, language)


@pytest.mark.parametrize(
    ("number", "danish", "english"),
    [(None, "", ""), (float("nan"), "", ""), (0.0, "0 %", "0%"), (0.004, "1 %", "1%"), (0.5, "50 %", "50%"), (0.9996, "99 %", "99%"), (1.0, "100 %", "100%")],
)
def test_percents_never_claim_certainty_by_rounding(number: float | None, danish: str, english: str) -> None:
    assert (Words("da").percent(number), Words("en").percent(number)) == (danish, english)


@pytest.mark.parametrize("form", WRITTEN)
def test_english_words_hold_no_danish_ones_of_ours(read_twice: Report, form: str) -> None:
    said = plain(read_twice, form, "en")
    ours = [v for k, v in STRINGS["da"].items() if k.startswith(("model.", "second.", "standing.")) and len(v) > 6 and "{" not in v]
    assert not [word for word in ours if word in said]


# --- the page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_a_panel_in_its_place_and_links_to_it(read_twice: Report, language: str) -> None:
    page = LexborHTMLParser(render(read_twice, "html", language))
    order = [n.attributes["id"] for n in page.css("h2")]
    assert order[-3:] == ["document", "model", "lawyer"]
    assert len(page.css('.alert a[href="#model"]')) == 1
    head = page.css('[data-fact="personal"] th, [data-fact="personal"] td')
    assert len(head) == 6 and head[-1].attributes["data-label"] == STRINGS[language]["model"]
