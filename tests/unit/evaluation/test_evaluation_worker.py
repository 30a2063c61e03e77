"""A process that answers tasks: whose keys it uses, what its fingerprint knows, and what travels to it."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from checker.cli.evaluate.systems import _travelling
from checker.evaluation.records import Gold, Subject
from checker.model.project import Document
from checker.model.reading import ModelReading
from checker.reader.llm.asking import STOPPED
from checker.reader.llm.calibrate import Calibration
from checker.settings import Settings, load_settings
from checker.worker import CHECKER, SECRETS, Bench, Task, _bench, code_hash

DAY = date(2026, 11, 22)
READING = ModelReading(model="fake", mode="auto", trusted=True)


class Model:
    """A server that has not said anything of its weights but a name."""

    name, samples = "fake", False

    def __init__(self, context: int) -> None:
        self._context = context

    def identity(self) -> str:
        return "fake#1"

    def context(self) -> int:
        return self._context


def bench_of(home: Path, context: int = 8192, **more: Any) -> Bench:
    made = Bench(Settings(home=home, llm="openai:m@http://127.0.0.1:9/v1", **more), mode="auto")
    made._bench.__dict__["chat"] = Model(context)
    return made


def test_a_process_answers_with_its_own_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CHECKER_HOME", str(tmp_path))
    for name in SECRETS:
        monkeypatch.setenv(f"CHECKER_{name.upper()}", f"my {name}")
    made = _bench(load_settings().model_dump_json(), "rules")._bench.settings
    assert [getattr(made, name).get_secret_value() for name in SECRETS] == [f"my {name}" for name in SECRETS]


def test_no_key_travels_and_every_path_is_whole(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    keys = {name: SecretStr("secret") for name in SECRETS}
    sent = _travelling(Settings(home=Path("h"), corpus=Path("c"), llm_ca=Path("ca.pem"), prompts=Path("p"), llm="llamacpp:models/m.gguf", **keys))
    assert [getattr(sent, name) for name in SECRETS] == [None, None, None]
    assert (sent.home, sent.corpus, sent.llm_ca, sent.prompts) == (tmp_path / "h", tmp_path / "c", tmp_path / "ca.pem", tmp_path / "p")
    assert sent.llm == f"llamacpp:{tmp_path / 'models' / 'm.gguf'}"


@pytest.mark.parametrize("llm", [None, "ollama:small", "openai:m@http://127.0.0.1:8000/v1", "llamacpp:/models/m.gguf"])
def test_other_settings_travel_as_they_are(llm: str | None, tmp_path: Path) -> None:
    assert _travelling(Settings(home=tmp_path, llm=llm)) == Settings(home=tmp_path, llm=llm)


def test_another_calibration_or_context_is_another_fingerprint(tmp_path: Path) -> None:
    before = bench_of(tmp_path)._of_model()
    assert bench_of(tmp_path)._of_model() == before
    assert bench_of(tmp_path, llm_parallel=3)._of_model() == before
    assert bench_of(tmp_path, llm_context=8192)._of_model() == before  # said or set, it is the same room
    assert bench_of(tmp_path, llm_context=2048)._of_model() != before
    assert bench_of(tmp_path, context=4096)._of_model() != before
    inner = bench_of(tmp_path)._bench
    inner.calibrations.record("fake#1", inner.prompts.hashes, inner.exam_key, Calibration(slope=0.1, shift=-3, n=60))
    assert bench_of(tmp_path)._of_model() != before


def test_the_fingerprint_of_checker_holds_what_the_model_depends_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = bench_of(tmp_path)
    monkeypatch.setattr(Bench, "receipt", lambda *_: Calibration())  # of an index, which is not at stake here
    first = made.fingerprint(CHECKER, DAY)
    monkeypatch.setattr(Bench, "_of_model", lambda _: {"calibration": "another"})
    assert made.fingerprint(CHECKER, DAY) != first


@pytest.mark.parametrize(("why", "raised"), [(STOPPED, "KeyboardInterrupt"), ("serveren svarer ikke", "ModelMissing")])
def test_a_reading_that_the_user_stopped_is_an_interrupt_and_no_missing_model(why: str, raised: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = bench_of(tmp_path)
    document = Document(source="x.md", format="md", text="Tekst.", blocks=())
    subject = Subject(set="s", id="x", split="train", family="f", language="da", document=document, gold=Gold())
    task = Task(system=CHECKER, subject=subject, as_of=DAY, settings=made._bench.settings, fingerprint="f", code=code_hash(), reader="auto")
    reading = READING.model_copy(update={"broken_off": why})
    monkeypatch.setattr(Bench, "receipt", lambda *_: None)
    monkeypatch.setattr(Bench, "_said", lambda *_: (None, None, reading))
    with pytest.raises(BaseException) as caught:
        made.answer(task)
    assert type(caught.value).__name__ == raised
