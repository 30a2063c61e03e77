"""From a checked text over a reviewer's decisions to a labelled case, by the real commands."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checker.evaluation.cases import load_manifest, load_set
from checker.library import Library

Run = Callable[..., Any]
TEXT = """Opkaldsresuméer i borgerservice

Projektleder Mette Kjær (mette.kjaer@egekommune.dk, tlf. 39 98 01 02) vil lade en sprogmodel skrive resuméer af opkald.
Opkald rummer navn, adresse og helbredsoplysninger om borgere. Borger 010234-1239 bor Skovvej 3, 2900 Hellerup.
Konsekvensanalysen er skrevet af Mette Kjær og godkendt af databeskyttelsesrådgiveren den 3. marts 2026, før systemet tages i brug.
"""


@pytest.fixture
def reviewed(checker: Run, tmp_path: Path) -> dict[str, Any]:
    """An export as the desk will write it, around the report that the product really makes."""
    (tmp_path / "mette-kjaer.txt").write_text(TEXT, "utf-8")
    report = json.loads(checker("check", "mette-kjaer.txt", "--format", "json", "--with-text").out)
    verdicts = {f["requirement"]: f["verdict"] for f in report["findings"]}
    words = "Konsekvensanalysen er skrevet af Mette Kjær og godkendt"
    start = report["text"].index(words)
    base = {"author": "Lone Abildgaard", "role": "jurist", "time": "2026-11-01T10:00:00+01:00"}
    decisions = [
        base
        | {
            "requirement": "gdpr-dpia",
            "action": "accept" if verdicts["gdpr-dpia"] == "met" else "change",
            "verdict": "met",
            "reason": "Mette Kjær har vist analysen.",
            "evidence": [{"text": words, "start": start, "end": start + len(words)}],
        },
        base | {"requirement": "gdpr-storage-limitation", "action": "change", "verdict": "gap", "reason": "Intet om sletning.", "evidence": []},
    ]
    envelope = {"schema_version": 1, "kind": "review", "project_id": "2026-77", "exported_at": "2026-11-02T09:00:00+01:00"}
    return envelope | {"report": report, "decisions": decisions, "signed_off": True, "signed_at": "2026-11-02T08:00:00+01:00"}


def test_decisions_become_a_case_without_personal_data(checker: Run, reviewed: dict[str, Any], tmp_path: Path, library: Library) -> None:
    (tmp_path / "eksport.jsonl").write_text(json.dumps(reviewed) + "\n", "utf-8")
    dry = checker("eval", "import-reviews", "eksport.jsonl", "--set", "gennemgang", "--dry-run")
    assert (dry.code, (tmp_path / "gennemgang").exists()) == (0, False), dry.err

    done = checker("eval", "import-reviews", "eksport.jsonl", "--set", "gennemgang", "--staff-of", "Egekommune")
    assert done.code == 0, done.err
    assert "1 nye sager / new cases" in done.out
    assert "2 mærker, alle afgjort af mennesker" in done.out
    assert "A person must read each text" in done.out
    for personal in ("Mette", "Kjær", "010234", "39 98", "Skovvej", "egekommune.dk", "Lone"):
        assert personal not in done.out
        assert all(personal not in file.read_text("utf-8") for file in (tmp_path / "gennemgang").iterdir())

    (case,) = load_set(tmp_path / "gennemgang", library.catalogue)
    assert (case.split, case.labels.verdicts) == ("held-out", {"gdpr-dpia": "met", "gdpr-storage-limitation": "gap"})
    assert case.labels.quotes("gdpr-dpia") == ("Konsekvensanalysen er skrevet af [NAVN-1] og godkendt",)
    assert "Egekommune" in load_manifest(tmp_path / "gennemgang").verified

    before = {f.name: f.read_bytes() for f in (tmp_path / "gennemgang").iterdir()}
    again = checker("eval", "import-reviews", "eksport.jsonl", "--set", "gennemgang")
    assert "1 uændret / unchanged" in again.out
    assert {f.name: f.read_bytes() for f in (tmp_path / "gennemgang").iterdir()} == before


def test_a_wrong_export_ends_with_file_and_line_and_exit_code_2(checker: Run, reviewed: dict[str, Any], tmp_path: Path) -> None:
    bad = reviewed | {"decisions": [reviewed["decisions"][0] | {"action": "change", "verdict": None}]}
    (tmp_path / "eksport.jsonl").write_text(json.dumps(reviewed) + "\n" + json.dumps(bad) + "\n", "utf-8")
    ran = checker("eval", "import-reviews", "eksport.jsonl", "--set", "gennemgang")
    assert (ran.code, ran.out) == (2, "")
    assert "eksport.jsonl, line 2: gdpr-dpia: change without a verdict" in ran.err
    assert not (tmp_path / "gennemgang").exists()
