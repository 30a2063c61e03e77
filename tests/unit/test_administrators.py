"""docs/administrators.md keeps to what the product says and takes: messages, settings, figures."""

import re
from pathlib import Path

import pytest

from checker.reader.llm.exam import DANGEROUS, QUESTIONS, RIGHT, UNREAD
from checker.settings import Settings

GUIDE = Path("docs/administrators.md").read_text("utf-8")
SOURCES = "\n".join(f.read_text("utf-8") for f in sorted(Path("checker").rglob("*.py")))
MESSAGES = [m for row in re.findall(r"^\| (`.+?) \| ", GUIDE[GUIDE.index("| Besked |") :], re.MULTILINE) for m in re.findall(r"`([^`]+)`", row)]


@pytest.mark.parametrize("message", MESSAGES)
def test_every_message_in_the_table_is_one_that_the_product_prints(message):
    assert message in SOURCES


def test_the_table_has_messages():
    assert len(MESSAGES) > 15


def test_every_setting_that_is_named_exists():
    named = {n.lower() for n in re.findall(r"CHECKER_([A-Z_]+)", GUIDE)}
    assert named <= set(Settings.model_fields)
    assert {n for n in Settings.model_fields if n.startswith("llm")} <= named


def test_the_bar_is_the_one_that_gates():
    assert f"mindst {RIGHT} af {QUESTIONS} rigtige, højst {DANGEROUS} farligt svar" in GUIDE and f"højst {UNREAD} ubrugelige" in GUIDE
    assert f"{RIGHT} of {QUESTIONS} right" in GUIDE and f"{DANGEROUS} dangerous and {UNREAD} unusable at most" in GUIDE


@pytest.mark.parametrize(("layers", "heads", "dimension"), [(32, 8, 128), (40, 8, 128), (80, 8, 128)])
def test_the_cache_column_is_reckoned_right(layers, heads, dimension):
    gib = 2 * layers * heads * dimension * 2 * 16384 / 2**30
    assert f"{gib:.1f} GiB ({layers}, {heads}, {dimension})".replace(".", ",") in GUIDE


@pytest.mark.parametrize("billions", [8, 24, 70])
def test_the_columns_of_weights_are_reckoned_right(billions):
    four = f"{billions * 0.6:.1f}".replace(".", ",").removesuffix(",0")
    assert f"| {billions} mia. | {four} GB | {billions * 2} GB |" in GUIDE
