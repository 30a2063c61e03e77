"""llama.cpp with a real, small model: as a server of its own, and inside checker."""

import hashlib
import json
import math
import os
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from checker.adapters.chat import EmbeddedChat, chat_model, llamacpp
from checker.adapters.chat.llamacpp import LlamaServer, Weights
from checker.errors import CheckerError, ModelMissing, SettingsError
from tests.llm_server import CONTEXT, SLOTS, RunningLlama

YES_NO: dict[str, object] = {"type": "object", "properties": {"answer": {"type": "string", "enum": ["ja", "nej"]}}, "required": ["answer"]}
SYSTEM = "You answer with one word."
TEXT = "\n".join(f"[{n}] The library lends out book number {n} for fourteen days, and a person at the desk decides on fines." for n in range(1, 5))


def only(number: int) -> dict[str, object]:
    """One answer is allowed, so that it does not hang on the last digit of a sum: one that was mixed up with another's shows."""
    return {"enum": [number]}


def test_the_answer_keeps_to_the_schema_and_its_tokens_come_with_their_probabilities(llama_server: RunningLlama) -> None:
    reply = chat_model(llama_server.setting).ask(SYSTEM, f"{TEXT}\n\nDoes a person decide?", YES_NO, probabilities=True)
    assert json.loads(reply.text)["answer"] in ("ja", "nej")
    assert "".join(t.text for t in reply.tokens).strip() == reply.text.strip()
    assert all(t.text in t.choices and len(t.choices) > 1 for t in reply.tokens)
    # Natural logarithms of probabilities: no more than certain, all together.
    assert all(sum(math.exp(p) for p in t.choices.values()) <= 1.001 for t in reply.tokens)
    assert reply.tokens_in > 100
    assert reply.tokens_out >= len(reply.tokens)
    assert reply.seconds_reading > 0
    assert reply.seconds_writing > 0


def test_without_being_asked_no_probabilities_are_sent(llama_server: RunningLlama) -> None:
    assert chat_model(llama_server.setting).ask(SYSTEM, "Is it so?", YES_NO).tokens == ()


def test_four_questions_at_once_get_the_answers_that_they_get_one_by_one(llama_server: RunningLlama) -> None:
    model = chat_model(llama_server.setting)
    numbers = [11, 22, 33, 44]

    def ask(number: int) -> int:
        return int(json.loads(model.ask(SYSTEM, f"Say the number {number}.", only(number)).text))

    with ThreadPoolExecutor(4) as pool:
        at_once = list(pool.map(ask, numbers))
    assert at_once == [ask(number) for number in numbers] == numbers


def test_a_second_question_on_the_same_text_reads_only_its_own_end(llama_server: RunningLlama) -> None:
    model = chat_model(llama_server.setting)
    prefix = f"{TEXT}\n\nThe same text stands before every question."
    first = model.ask(SYSTEM, f"{prefix}\n\nIs there a fine?", YES_NO)
    before = llama_server.metrics()
    second = model.ask(SYSTEM, f"{prefix}\n\nWho decides on it?", YES_NO)
    after = llama_server.metrics()
    anew = second.tokens_in - second.tokens_cached
    assert anew < 0.1 * first.tokens_in
    assert after["prompt_tokens_total"] - before["prompt_tokens_total"] == anew  # the server counts the same


def test_the_server_says_its_slots_its_room_and_which_weights_it_has(llama_server: RunningLlama) -> None:
    model = chat_model(llama_server.setting)
    assert (model.slots(), model.context()) == (SLOTS, CONTEXT)
    assert model.identity().startswith("llama.cpp:SmolLM2-135M-Instruct.Q4_1.gguf#")
    assert model.identity() == chat_model(llama_server.setting.replace("smollm2", "another-name")).identity()
    assert chat_model(llama_server.setting, parallel=2, context=1024).slots() == 2
    assert chat_model(llama_server.setting, parallel=2, context=1024).context() == 1024


def test_a_prompt_that_is_too_long_fails_alone(llama_server: RunningLlama) -> None:
    model = chat_model(llama_server.setting)
    reply = model.ask(SYSTEM, "word " * (CONTEXT + 100), YES_NO)
    assert reply.text == ""
    assert "refused the question (400)" in reply.broken
    assert model.ask(SYSTEM, "Is it so?", YES_NO).broken == ""


def test_an_answer_that_takes_too_long_is_given_up(llama_server: RunningLlama) -> None:
    reply = chat_model(llama_server.setting, timeout=0.1).ask(SYSTEM, "Read this slowly. " * 250, YES_NO)
    assert reply.broken == "no answer within 0.1 seconds"


def test_a_server_killed_in_the_middle_of_an_answer_is_named(mortal_llama_server: RunningLlama) -> None:
    model = chat_model(mortal_llama_server.setting)
    fault: list[CheckerError] = []

    def ask() -> None:
        try:
            model.ask(SYSTEM, "Read this slowly. " * 250, YES_NO)
        except CheckerError as error:
            fault.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    while asking.is_alive() and not mortal_llama_server.metrics()["requests_processing"]:
        pass
    mortal_llama_server.kill()
    asking.join()
    assert isinstance(fault[0], ModelMissing)
    assert "kan ikke nås" in fault[0].message


@pytest.fixture(scope="module")
def embedded(llama_file: Path) -> Iterator[EmbeddedChat]:
    model = chat_model(f"llamacpp:{llama_file}", context=512, threads=1)
    assert isinstance(model, EmbeddedChat)
    yield model
    model.close()


def test_a_model_file_answers_inside_checker_under_its_own_hash(embedded: EmbeddedChat, llama_file: Path) -> None:
    reply = embedded.ask(SYSTEM, "Is it so?", YES_NO)
    assert json.loads(reply.text)["answer"] in ("ja", "nej")
    assert (embedded.name, embedded.samples) == (f"llamacpp:{llama_file.name}", False)
    assert embedded.identity() == f"llamacpp:{llama_file.name}#sha256:{hashlib.sha256(llama_file.read_bytes()).hexdigest()}"
    assert (embedded.slots(), embedded.context()) == (1, 512)


def test_nobody_else_on_the_machine_can_ask_a_model_inside_checker(embedded: EmbeddedChat) -> None:
    url = embedded._served()[0].url
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(urllib.request.Request(f"{url}/chat/completions", b"{}", {"Content-Type": "application/json"}))


def test_a_model_inside_checker_that_dies_says_so(llama_file: Path) -> None:
    model = chat_model(f"llamacpp:{llama_file}", context=512, threads=1)
    assert isinstance(model, EmbeddedChat)
    model._served()[0].stop()
    with pytest.raises(ModelMissing, match="gået ned"):
        model.ask(SYSTEM, "Is it so?", YES_NO)


def test_a_model_inside_checker_ends_with_checker_however_that_ends(llama_file: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from checker.adapters.chat.llamacpp import LlamaServer\n"
        f"print(LlamaServer(Path({str(llama_file)!r}), context=512, threads=1)._process.pid, flush=True)\nsys.stdin.read()"
    )
    root = Path(__file__).parents[3]
    outer = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root)
    assert outer.stdout is not None
    inner = psutil.Process(int(outer.stdout.readline()))
    outer.kill()
    outer.communicate()
    inner.wait(timeout=30)
    assert not inner.is_running()


def test_a_missing_file_is_named() -> None:
    with pytest.raises(ModelMissing, match=r"nowhere\.gguf findes ikke"):
        chat_model("llamacpp:nowhere.gguf")


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="kan ikke læses"):
        chat_model(f"llamacpp:{tmp_path}")


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.gguf").write_text("hello")
    with pytest.raises(SettingsError, match="ikke en GGUF-fil"):
        chat_model(f"llamacpp:{tmp_path / 'a.gguf'}")


def test_a_damaged_file_is_refused_in_llama_cpps_own_words_and_only_once(llama_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with llama_file.open("rb") as whole:
        (tmp_path / "half.gguf").write_bytes(whole.read(4_000_000))
    model = chat_model(f"llamacpp:{tmp_path / 'half.gguf'}")
    with pytest.raises(SettingsError, match=r"half\.gguf kan ikke indlæses: .+\. Hent filen igen"):
        model.ask(SYSTEM, "Is it so?", YES_NO)
    monkeypatch.setattr(llamacpp, "LlamaServer", None)
    with pytest.raises(SettingsError, match="kan ikke indlæses"):
        model.ask(SYSTEM, "Is it so?", YES_NO)


def test_without_the_package_the_command_that_installs_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.gguf").write_bytes(b"GGUF")
    monkeypatch.setattr(llamacpp, "find_spec", lambda name: None)
    with pytest.raises(ModelMissing, match=r"pip install 'checker\[llamacpp\]'"):
        LlamaServer(tmp_path / "a.gguf")


def test_the_hash_of_a_model_file_is_remembered_until_the_file_changes(tmp_path: Path) -> None:
    file, home = tmp_path / "a.gguf", tmp_path / "home"
    file.write_bytes(b"GGUF one")
    one = hashlib.sha256(b"GGUF one").hexdigest()
    assert Weights(file, home).sha256() == one
    notes = home / "cache" / "weights.json"
    notes.write_text(notes.read_text().replace(one, "f" * 64))
    assert Weights(file, home).sha256() == "f" * 64  # not read again
    file.write_bytes(b"GGUF two")
    os.utime(file, ns=(1, 1))
    assert Weights(file, home).sha256() == hashlib.sha256(b"GGUF two").hexdigest()


@pytest.mark.parametrize("damage", ["{", "[]", '{"x": 1}'])
def test_damaged_notes_of_hashes_are_made_anew(tmp_path: Path, damage: str) -> None:
    file, home = tmp_path / "a.gguf", tmp_path / "home"
    file.write_bytes(b"GGUF one")
    (home / "cache").mkdir(parents=True)
    (home / "cache" / "weights.json").write_text(damage)
    assert Weights(file, home).sha256() == hashlib.sha256(b"GGUF one").hexdigest()


def test_the_hash_of_a_split_model_is_that_of_all_its_parts(tmp_path: Path) -> None:
    parts = [tmp_path / f"model-0000{n}-of-00002.gguf" for n in (1, 2)]
    for part in parts:
        part.write_bytes(b"GGUF one")
    whole = Weights(parts[0], tmp_path / "home").sha256()
    one = hashlib.sha256(b"GGUF one").hexdigest()
    assert whole == hashlib.sha256(f"{one} {one}".encode()).hexdigest()
    parts[1].write_bytes(b"GGUF another")
    assert Weights(parts[0], tmp_path / "home").sha256() != whole
    parts[1].unlink()
    with pytest.raises(ModelMissing, match="model-00002-of-00002"):
        Weights(parts[0], tmp_path / "home").sha256()
