"""A tiny training from end to end: ten cases, a made-up embedder of eight numbers, a handful of facts and duties."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
import yaml

from checker.adapters.documents import Documents
from checker.errors import CaseError
from checker.evaluation.cases import Case, Labels
from checker.library import Library
from checker.model.catalogue import Catalogue
from checker.model.project import Document
from checker.model.reading import EvidenceStatus
from checker.ports import Vectors
from checker.read import read_project
from checker.reader.heads import load_weights
from checker.reader.rules import RuleReader
from checker.training.train import train

FACTS = ("is_ai_system", "processes_personal_data", "citizen_facing", "uses_generative_ai", "project_phase", "annex_iii_use", "annex_iii_area")
DUTIES = ("gdpr-dpia", "ai-act-transparency-chatbot", "gdpr-cpr-number")
USES = ("citizen-chatbot", "care-sensor-watch")
BANK = {
    "facts": {
        "is_ai_system": {
            "yes": ["En sprogmodel svarer.", "Modellen er trænet på data.", "Systemet lærer af eksempler.", "Kunstig intelligens finder fald."],
            "no": ["Faste regler styrer robotten.", "Der er ingen model i den.", "Regnearket lægger tal sammen."],
        },
        "citizen_facing": {
            "yes": ["Borgeren skriver selv.", "Borgerne taler med den.", "Den svarer borgere."],
            "no": ["Kun ansatte ser den."],
            "near": ["Borgere er nævnt."],
        },
        "project_phase": {"pilot": ["Piloten begynder nu.", "Vi prøver det i et hus.", "Forsøget kører."], "operation": ["Den er i drift."]},
    },
    "evidence": {
        "gdpr-dpia": {
            "done": ["Konsekvensanalysen er underskrevet.", "DPIA'en er godkendt.", "Analysen af konsekvenser er færdig."],
            "planned_before_use": ["Analysen underskrives før start."],
            "considered": ["Vi overvejer en konsekvensanalyse.", "Måske laver vi en DPIA.", "En DPIA er på tegnebrættet."],
            "planned_after_use": ["Konsekvensanalysen kommer efter piloten.", "DPIA laves bagefter."],
        },
        "ai-act-transparency-chatbot": {
            "done": ["Borgeren får at vide, at det er en AI.", "Der står, at man taler med en robot."],
            "generic": ["Vi er åbne.", "Gennemsigtighed er vigtig."],
        },
    },
}


class EightNumbers:
    """An embedder that knows nothing: eight numbers from a hash, the same every time."""

    name, dim = "eight-numbers", 8

    def embed(self, texts: Sequence[str], kind: Literal["query", "passage"]) -> Vectors:
        raw = [np.frombuffer(hashlib.sha256(t.encode()).digest()[:8], dtype=np.uint8) for t in texts]
        vectors = np.array(raw, dtype=np.float32).reshape(len(texts), 8) - 127.5
        return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6), dtype=np.float32)


class SmallLibrary(Library):
    """The shipped catalogue cut down to what a tiny training can learn; the bank lies in `root`."""

    def __init__(self, root: Path, whole: Library) -> None:
        self.root, self._whole = root, whole

    @property
    def catalogue(self) -> Catalogue:
        whole = self._whole.catalogue
        facts = {f: whole.facts[f] for f in FACTS}
        uses = {
            u: whole.archetypes[u].model_copy(update={"facts": {f: v for f, v in whole.archetypes[u].facts.items() if f in facts}}) for u in USES
        }
        return whole.model_copy(update={"facts": facts, "requirements": {r: whole.requirements[r] for r in DUTIES}, "archetypes": uses})

    @property
    def catalogue_hash(self) -> str:
        return "small"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, library: Library) -> SmallLibrary:
    root = tmp_path_factory.mktemp("corpus")
    for folder, items in BANK.items():
        (root / "bank" / folder).mkdir(parents=True)
        for item, examples in items.items():
            key = "fact" if folder == "facts" else "requirement"
            data = {key: item, "version": "1", "examples": {says: [{"da": t} for t in texts] for says, texts in examples.items()}}
            (root / "bank" / folder / f"{item}.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    return SmallLibrary(root, library)


def case(folder: Path, number: int, split: Literal["train", "held-out"]) -> Case:
    ai, met = number % 3 != 0, number % 2 == 0
    use = "En chatbot med en sprogmodel svarer borgerne på spørgsmål." if ai else "En robot med faste regler flytter tal mellem to systemer."
    dpia = "Konsekvensanalysen er underskrevet af juristen." if met else "Vi overvejer at lave en konsekvensanalyse senere."
    file = folder / f"sag-{number:02}.txt"
    file.write_text(f"Projekt {number} i kommunen.\n\n{use} Der behandles oplysninger om borgere.\n\n{dpia} Kommunen skal have besked.\n", "utf-8")
    labels = Labels(
        id=file.stem,
        language="da",
        kind="project_description",
        family=f"familie-{number // 2}",
        facts={"is_ai_system": ai, "processes_personal_data": True, "citizen_facing": ai, "annex_iii_use": False, "project_phase": "pilot" if met else "idea"},
        evidence={"is_ai_system": use, "gdpr-dpia": dpia},
        verdicts={"gdpr-dpia": "met" if met else "gap", "ai-act-transparency-chatbot": "gap" if met else "met"},
        risk_class="transparency" if ai else "not_ai",
    )
    return Case(labels=labels, file=file, split=split)


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    folder = tmp_path_factory.mktemp("cases")
    return [case(folder, n, "held-out" if n in (5, 11) else "train") for n in range(12)]


def guarded(path: Path) -> Document:
    assert path.stem not in ("sag-05", "sag-11"), "a held-out case was read"
    return Documents().read(path)


@pytest.fixture(scope="module")
def trained(small: SmallLibrary, cases: list[Case], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], list[tuple[str, int, int]]]:
    out, steps = tmp_path_factory.mktemp("weights"), list[tuple[str, int, int]]()
    meta = train(small, cases, guarded, EightNumbers(), out, lambda *step: steps.append(step))
    return out, meta, steps


Trained = tuple[Path, dict[str, Any], list[tuple[str, int, int]]]


def test_held_out_cases_are_neither_read_nor_counted(trained: Trained) -> None:
    _, meta, _ = trained
    assert meta["trained_on"]["cases"] == 10
    assert meta["judge"]["cross_validated"]["pairs"] == 20


def test_every_stage_reports_progress_to_its_end(trained: Trained) -> None:
    stages = {s for s, _, _ in trained[2]}
    assert len(stages) == 5
    assert all(any(done == total for stage, done, total in trained[2] if stage == s) for s in stages)


def test_the_written_weights_load_and_read(trained: Trained, small: SmallLibrary, cases: list[Case]) -> None:
    out, meta, _ = trained
    weights = load_weights(out)
    assert weights.heads.embedder == "eight-numbers"
    assert weights.heads.version == meta["version"]
    assert set(weights.meta["facts"]) == set(FACTS)
    answers = RuleReader(small.catalogue, EightNumbers(), weights).read(read_project(guarded(cases[0].file)))
    assert set(answers.facts) == set(FACTS)
    assert set(answers.evidence) == set(DUTIES)
    assert answers.unjudged == ()
    assert answers.facts["processes_personal_data"].value == "true"  # it never was anything else


def test_what_runs_gives_the_numbers_that_were_trained_on(trained: Trained) -> None:
    """The shipped files give the same logits as the training's own matrix would, up to the rounding to eight bits."""
    heads = load_weights(trained[0]).heads
    texts = ["Konsekvensanalysen er underskrevet.", "Vi overvejer en konsekvensanalyse."]
    logits = heads.scores(texts, EightNumbers().embed(texts, "query"))
    assert np.isfinite(logits).all()
    met = logits[:, heads.column["met:gdpr-dpia"]]
    assert met[0] > met[1]
    done = logits[:, heads.column[f"status:{EvidenceStatus.DONE.value}"]]
    assert done[0] > done[1]


def test_training_twice_gives_the_same_arrays_to_the_byte(trained: Trained, small: SmallLibrary, cases: list[Case], tmp_path: Path) -> None:
    meta = train(small, cases, guarded, EightNumbers(), tmp_path, lambda *_: None)
    assert meta["version"] == trained[1]["version"]
    with np.load(trained[0] / "reader.npz") as first, np.load(tmp_path / "reader.npz") as second:
        assert first.files == second.files
        for name in first.files:
            assert first[name].dtype == second[name].dtype
            assert first[name].tobytes() == second[name].tobytes(), name
    for name in ("reader.json", "ngrams.txt", "vocabulary.txt"):
        assert (trained[0] / name).read_bytes() == (tmp_path / name).read_bytes()


def test_what_is_written_is_small_and_plain(trained: Trained) -> None:
    out = trained[0]
    assert {f.name for f in out.iterdir()} == {"reader.json", "reader.npz", "ngrams.txt", "vocabulary.txt"}
    assert json.loads((out / "reader.json").read_text("utf-8"))["catalogue"] == "small"
    words = (out / "vocabulary.txt").read_text("utf-8").split()
    assert words == sorted(set(words))
    assert "konsekvensanalyse" in words
    with np.load(out / "reader.npz", allow_pickle=False) as arrays:
        assert arrays["heads_q"].dtype == np.int8


def test_a_label_whose_quote_is_not_in_the_text_stops_the_training(small: SmallLibrary, cases: list[Case], tmp_path: Path) -> None:
    wrong = cases[0].model_copy(update={"labels": cases[0].labels.model_copy(update={"evidence": {"gdpr-dpia": "Det står der ikke."}})})
    wrong.file.with_suffix(".yaml").write_text("evidence:\n  gdpr-dpia: Det står der ikke.\n", "utf-8")
    with pytest.raises(CaseError, match="gdpr-dpia: not found in the text"):
        train(small, [wrong, *cases[1:]], guarded, EightNumbers(), tmp_path, lambda *_: None)
    assert not (tmp_path / "reader.json").exists()
