"""The JSON contract, schema_version 1."""

from __future__ import annotations

import json

import pytest

from checker.model.report import Report
from checker.report import Names, render

FINDING_KEYS = {
    "requirement", "title", "group", "core", "verdict", "reason", "severity", "message", "action", "question", "evidence", "citations",
    "applicable_from", "due_now", "addressee", "decided_by", "probability_met", "margin", "depends_on", "sub_checks", "why", "scope_trace", "verified",
}  # fmt: skip
TOP_KEYS = {"schema_version", "language", "project", "facts", "findings", "contradictions", "risk_class", "risk_trace", "roles", "questions", "receipt"}


def test_has_the_agreed_shape(report: Report, names: Names) -> None:
    data = json.loads(render(report, "json", "da", names=names))
    assert set(data) == TOP_KEYS and data["schema_version"] == 1
    assert all(set(f) == FINDING_KEYS for f in data["findings"])
    assert [f["requirement"] for f in data["findings"]] == [f.requirement for f in report.findings]
    assert set(data["facts"]["personal"]) == {"value", "quotes", "origin", "probability"}
    assert data["facts"]["personal"]["quotes"] == [{"text": "CPR-numre", "start": 5, "end": 14}]
    assert [data["facts"][f]["value"] for f in ("personal", "solely_automated", "areas", "no")] == [True, "unknown", ["education", "unheard_of"], False]
    assert set(data["findings"][0]["citations"][0]) == {"provision", "source", "title", "text", "kind", "url", "verified"}
    assert data["project"]["left_out"] == [{"start": 400, "end": 500, "title": "Punkt 4 <i>", "reason": "handler ikke om AI"}]
    assert data["risk_class"] == "high" and data["roles"] == ["deployer", "provider?"]
    assert data["receipt"]["as_of"] == "2026-11-22" and data["receipt"]["schema_version"] == 1


def test_texts_follow_the_language_and_quotes_stay_exact(report: Report) -> None:
    danish, english = (json.loads(render(report, "json", lang)) for lang in ("da", "en"))
    assert danish["findings"][0]["action"].endswith("(da)") and english["findings"][0]["action"].endswith("(en)")
    assert english["findings"][0]["citations"][0]["text"].startswith("The controller")
    assert english["findings"][1]["citations"][0]["text"] == report.findings[1].citations[0].text, "no English text: the source's own"
    assert danish["findings"][1]["evidence"][0]["text"] == report.findings[1].evidence[0].text
    assert english["questions"][0] == {"fact": "f1", "question": "Spørgsmål 1? (en)", "settles": 9, "requirements": ["gdpr-art22"]}


def test_orphans_are_marked_and_only_they(report: Report) -> None:
    hostile = json.loads(render(report, "json", "da"))["findings"][1]
    assert [q.get("orphaned") for q in hostile["evidence"]] == [None, True]
    assert [c.get("orphaned") for c in hostile["citations"]] == [None, True, None]


def test_core_is_left_out_when_nobody_said(report: Report, names: Names) -> None:
    assert all("core" not in f for f in json.loads(render(report, "json", "da"))["findings"])
    assert [f["core"] for f in json.loads(render(report, "json", "da", names=names))["findings"]][:2] == [True, False]


def test_text_only_on_request(report: Report) -> None:
    assert "text" not in json.loads(render(report, "json", "da"))
    assert json.loads(render(report, "json", "da", with_text=True))["text"] == report.text


@pytest.mark.parametrize("language", ["da", "en"])
def test_jsonl_is_the_same_on_one_line(report: Report, language: str) -> None:
    line = render(report, "jsonl", language, with_text=True)
    assert line.endswith("\n") and len(line.splitlines()) == 1, "also for readers that break lines at U+2028"
    assert json.loads(line) == json.loads(render(report, "json", language, with_text=True))


def test_numbers_that_json_lacks_become_null(report: Report) -> None:
    odd = report.findings[0].model_copy(update={"margin": float("inf"), "probability_met": float("nan")})
    data = json.loads(render(report.model_copy(update={"findings": (odd,)}), "json", "da"))
    assert data["findings"][0]["margin"] is None and data["findings"][0]["probability_met"] is None


def test_lone_surrogates_can_be_written(report: Report) -> None:
    assert render(report.model_copy(update={"text": "x\ud800"}), "json", "da", with_text=True).encode()
