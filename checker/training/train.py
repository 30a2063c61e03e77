"""`checker train`: bank + training cases → the files in checker/reader/weights. Held-out cases are never read."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from checker.evaluation.cases import Case, check_evidence
from checker.evaluation.gold import readings_of
from checker.library import Library
from checker.model.project import Document, Project
from checker.ports import Embedder, Vectors
from checker.read import read_project
from checker.reader.bank import load_bank
from checker.reader.decide import Layout
from checker.reader.features import NGrams
from checker.reader.heads import FORMAT, pack
from checker.reader.rules import sentences_of
from checker.scope import Scope
from checker.training import deciders, heads
from checker.training.dataset import Dataset, FactValue, build

FOLDS = 4
Progress = Callable[[str, int, int], None]


def train(library: Library, cases: Sequence[Case], read: Callable[[Path], Document], embedder: Embedder, out: Path, progress: Progress) -> dict[str, Any]:
    """Trains on the cases of split `train` and writes the weights to `out`.

    Args:
        library: catalogue and archetypes; the bank lies in its folder.
        cases: labelled cases; held-out ones are dropped here.
        read: file → document.
        embedder: the embedder that will be used at run time.
        out: folder for reader.npz, reader.json, ngrams.txt, vocabulary.txt.
        progress: called with (stage, done, total).

    Returns:
        The figures written into reader.json.

    Raises:
        CaseError, CorpusError: labels or bank are wrong.
    """
    catalogue = library.catalogue
    chosen = [c for c in cases if c.split == "train"]
    projects = [(case, project, gold) for case in chosen for project, gold in [_project(case, read, library)]]
    out.mkdir(parents=True, exist_ok=True)
    _write_vocabulary(out, library, projects)
    data = build(catalogue, projects, load_bank(library.root / "bank", catalogue), embedder)
    matrix = heads.matrix(data)
    folds = data.folds(FOLDS)
    everyone = np.ones(len(chosen), dtype=bool)
    names = heads.names(data)
    layout = Layout.of(names, catalogue)
    weights, intercepts = heads.fit_all(data, matrix.x, everyone, names, lambda d, t: progress("alle sager", d, t))
    logits = _out_of_fold(data, matrix.x, folds, (weights, intercepts), progress)
    documents = [sentences_of(project, logits[i], catalogue) for i, (_, project, _) in enumerate(projects)]
    fact_arrays, fact_meta = deciders.fit_facts(data, logits, layout, everyone)
    judge_arrays, judge_meta = deciders.fit_judge(data, documents, layout, everyone, folds)
    meta = {
        "format": FORMAT,
        "embedder": embedder.name,
        "catalogue": library.catalogue_hash,
        "heads": names,
        "facts": fact_meta,
        "judge": judge_meta | {"about_logit": 0.0},
        "carrier_logit": 0.0,
        "statement_logit": 0.0,
        "trained_on": {"cases": len(chosen), "passages": data.rows, "bank": len(data.bank), "uses": len(data.uses)},
    }
    return _write(out, weights, intercepts, matrix.ngrams, fact_arrays | judge_arrays, meta)


def _project(case: Case, read: Callable[[Path], Document], library: Library) -> tuple[Project, Mapping[str, FactValue]]:
    document = read(case.file)
    check_evidence(case, document)
    catalogue = library.catalogue
    scope = Scope(catalogue.facts, catalogue.derived, catalogue.criteria, readings_of(case))
    return read_project(document), {fact: scope.value(fact) for fact in catalogue.facts}


def _out_of_fold(
    data: Dataset, x: Vectors, folds: np.ndarray, shipped: tuple[Vectors, Vectors], progress: Progress
) -> list[Vectors]:
    """Logits of every case from heads that never saw its family.

    Only heads that learn from cases and that the second stage looks at are trained again per fold; the others (uses,
    statuses, requirements without labels) learn from the bank alone, so the shipped ones are honest for any case.
    """
    names = heads.names(data)
    core = set(data.catalogue.core)
    again = [i for i, n in enumerate(names) if n.startswith("fact:") or (n.startswith(("met:", "about:")) and n.split(":")[1] in core)]
    found: dict[int, Vectors] = {}
    for fold in range(FOLDS):
        stage = f"fold {fold + 1} af {FOLDS}"
        weights, intercepts = shipped[0].copy(), shipped[1].copy()
        w, b = heads.fit_all(data, x, folds != fold, [names[i] for i in again], partial(progress, stage))
        weights[:, again], intercepts[again] = w, b
        for case in np.where(folds == fold)[0]:
            rows = np.where(data.case_of_row == case)[0]
            found[int(case)] = np.asarray(x[rows] @ weights + intercepts, dtype=np.float32)
    return [found[i] for i in range(len(data.cases))]


def _write(
    out: Path, weights: Vectors, intercepts: Vectors, ngrams: NGrams, arrays: dict[str, Any], meta: dict[str, Any]
) -> dict[str, Any]:
    heads_q, heads_scale = pack(weights)
    basis_q, basis_scale = pack(ngrams.basis)
    files = {
        "heads_q": heads_q,
        "heads_scale": heads_scale,
        "basis_q": basis_q,
        "basis_scale": basis_scale,
        "intercept": intercepts,
        "idf": ngrams.idf,
        **arrays,
    }
    np.savez_compressed(out / "reader.npz", **files)
    (out / "ngrams.txt").write_text("\n".join(ngrams.columns), "utf-8")
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(name.encode() + np.ascontiguousarray(files[name]).tobytes())
    meta["version"] = digest.hexdigest()[:12]
    (out / "reader.json").write_text(json.dumps(meta, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return meta


_WORD = re.compile(r"[a-zæøå]{2,}")


def _write_vocabulary(out: Path, library: Library, projects: Sequence[tuple[Case, Project, Any]]) -> None:
    """Words seen twice in our own Danish texts, for mending OCR."""
    counts: Counter[str] = Counter()
    for file in sorted(library.root.rglob("*.yaml")):
        counts.update(_WORD.findall(file.read_text("utf-8").lower()))
    for case, project, _ in projects:
        if case.labels.kind != "ocr":
            counts.update(_WORD.findall(project.text.lower()))
    (out / "vocabulary.txt").write_text("\n".join(sorted(w for w, n in counts.items() if n >= 2)) + "\n", "utf-8")
