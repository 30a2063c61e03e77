"""Small labelled sets written to a temporary folder."""

from collections.abc import Callable
from pathlib import Path

import pytest
from small_labels import LABELS, MANIFEST

from checker.evaluation.cases import Case, Labels

Writer = Callable[..., Path]


@pytest.fixture
def write_case(tmp_path: Path) -> Writer:
    """Writes one case (label file and text) beside a manifest; returns the folder."""

    def write(id: str = "a", labels: str | None = None, text: str | None = "Modellen er trænet på data.", family: str = "f") -> Path:
        (tmp_path / "manifest.yaml").write_text(MANIFEST, "utf-8")
        (tmp_path / f"{id}.yaml").write_text(LABELS.format(id=id, family=family) if labels is None else labels, "utf-8")
        if text is not None:
            (tmp_path / f"{id}.txt").write_text(text, "utf-8")
        return tmp_path

    return write


@pytest.fixture
def make_case() -> Callable[..., Case]:
    """A case in memory, without files."""

    def make(id: str, split: str = "train", **labels: object) -> Case:
        defaults: dict[str, object] = {"language": "da", "kind": "project_description", "family": id, "facts": {}, "risk_class": "minimal"}
        return Case(labels=Labels.model_validate(defaults | labels | {"id": id}), file=Path(f"{id}.txt"), split=split)  # type: ignore[arg-type]

    return make
