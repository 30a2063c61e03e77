"""The committed JSON schemas are those of the models, and every corpus file follows the schema it names."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from checker.knowledge.retrieval.expansion import AskedFile, VocabularyFile
from checker.library import default_root, schemas
from checker.reader.bank import BankFile

ROOT = default_root()
OTHERS = {"bank": BankFile, "vocabulary": VocabularyFile, "asked": AskedFile}
FILES = [f for f in sorted(ROOT.rglob("*.yaml")) if "$schema=" in f.read_text("utf-8").split("\n", 1)[0]]


@pytest.mark.parametrize("name", [*schemas(), *OTHERS])
def test_the_committed_schema_is_the_one_the_models_make(name: str) -> None:
    made = OTHERS[name].model_json_schema() if name in OTHERS else schemas()[name]
    assert json.loads((ROOT / "schema" / f"{name}.json").read_text("utf-8")) == json.loads(json.dumps(made)), "run: checker corpus schema"


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.relative_to(ROOT).as_posix())
def test_a_corpus_file_follows_the_schema_it_names(file: Path) -> None:
    named = re.search(r"\$schema=(\S+)", file.read_text("utf-8"))
    assert named is not None
    schema = json.loads((file.parent / named.group(1)).resolve().read_text("utf-8"))
    # A dump to JSON turns YAML dates into the strings that the schema speaks of.
    jsonschema.validate(json.loads(json.dumps(yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader), default=str)), schema)


@pytest.mark.parametrize("name", ["vocabulary", "asked"])
def test_what_widens_a_search_follows_its_schema(name: str) -> None:
    schema = json.loads((ROOT / "schema" / f"{name}.json").read_text("utf-8"))
    jsonschema.validate(yaml.load((ROOT / f"{name}.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader), schema)


def test_most_corpus_files_name_a_schema() -> None:
    assert len(FILES) > 140
