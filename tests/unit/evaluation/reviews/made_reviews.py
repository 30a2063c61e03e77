"""Small exports of the review desk, as data; only what the import reads of a report."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

TEXT = (
    "Sensorer på Plejecenter Egelunden\n\n"
    "Projektleder Mette Kjær (mette.kjaer@egekommune.dk, tlf. 39 98 01 02) ejer projektet. Sagsnr. 26/004512.\n"
    "Konsekvensanalysen er skrevet af Mette Kjær og godkendt den 3. marts 2026. Beboer 010234-1239 bor Skovvej 3, 2. tv., 2900 Hellerup.\n"
    "Optagelser slettes efter 30 dage. Leverandøren har CVR 19438414.\n"
)
VERDICTS = {"gdpr-dpia": "met", "gdpr-storage-limitation": "gap", "gdpr-information-duty": "gap", "ai-act-fria": "not_applicable", "gdpr-children": "ask"}


def quote(text: str, words: str) -> dict[str, Any]:
    start = text.index(words)
    return {"text": words, "start": start, "end": start + len(words)}


def decision(requirement: str, action: str = "accept", time: str = "2026-11-01T10:00:00+01:00", **more: Any) -> dict[str, Any]:
    return {
        "requirement": requirement,
        "action": action,
        "verdict": None,
        "reason": "Set efter.",
        "author": "Lone Abildgaard",
        "role": "reviewer",
        "time": time,
        "evidence": [],
    } | more


def report(text: str = TEXT, facts: dict[str, Any] | None = None, evidence: dict[str, list[dict[str, Any]]] | None = None, **more: Any) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "language": "da",
        "project": {"language": "da", "title": "Sensorer", "source": "mette-kjaer.docx"},
        "facts": facts or {},
        "findings": [{"requirement": r, "verdict": v, "evidence": (evidence or {}).get(r, [])} for r, v in VERDICTS.items()],
        "receipt": {"checker": "0.1.0", "catalogue": "abc", "as_of": "2026-11-22", "text_sha256": hashlib.sha256(text.encode()).hexdigest()},
        "text": text,
    } | more


def review(*decisions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "kind": "review",
        "project_id": "P-1",
        "exported_at": "2026-11-02T09:00:00+01:00",
        "report": report(),
        "decisions": list(decisions),
        "signed_off": True,
        "signed_at": "2026-11-02T08:00:00+01:00",
    } | more


def export(file: Path, *reviews: dict[str, Any]) -> Path:
    """JSON Lines: what stands in line n is the n-th review."""
    file.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in reviews), "utf-8")
    return file
