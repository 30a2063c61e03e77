"""Faults in what widens a search (vocabulary.yaml, asked.yaml) that their form alone does not show, each with its line.

A slip there breaks nothing: the search only finds less, and nobody would notice.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import yaml

from checker.errors import CorpusError
from checker.knowledge.retrieval.expansion import AskedFile, VocabularyFile
from checker.knowledge.retrieval.lexical import words
from checker.library import load_yaml

_ANCHOR = re.compile(r"(?:art|par|rct|anx)_[0-9A-Za-z]+(?:\.[a-z]+_[0-9A-Za-z]+)*$")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def check_search_data(root: Path, provisions: Collection[str], sources: Collection[str]) -> dict[str, int]:
    """How many entries there are; none where a file is absent, which is allowed.

    Args:
        provisions: ids of our own digest.
        sources: ids of the acts whose official text can be had: their articles are not known here, only the form of an id.

    Raises:
        CorpusError: at the first fault, with the file, the line and what was expected.
    """
    vocabulary, asked = root / "vocabulary.yaml", root / "asked.yaml"
    return {
        "everyday words": _vocabulary(vocabulary) if vocabulary.is_file() else 0,
        "questions asked": _asked(asked, provisions, sources) if asked.is_file() else 0,
    }


def _vocabulary(file: Path) -> int:
    entries, text = load_yaml(file, VocabularyFile).words, file.read_text("utf-8")
    _refuse_twin_keys(file, text)
    where, lines = _lines(text), dict[str, int]()
    for number, entry in enumerate(entries):
        if not words(entry.law):
            raise CorpusError(file, where["words", number, "law"], "law: expected the law's words for what people say")
        # Two spellings of one thing may stand side by side: "ai act" and "ai-act" are the same words.
        spellings = {_plain(says): (place, says) for place, says in reversed(list(enumerate(entry.says)))}
        for place, says in spellings.values():
            _once(file, where["words", number, "says", place], says, lines)
    return len(lines)


def _asked(file: Path, provisions: Collection[str], sources: Collection[str]) -> int:
    acts, text = load_yaml(file, AskedFile).root, file.read_text("utf-8")
    _refuse_twin_keys(file, text)
    described = {p.partition(":")[0] for p in provisions}
    where, lines = _lines(text), dict[str, int]()
    for act, articles in acts.items():
        if act not in described and act not in sources:
            raise CorpusError(file, where[act,], f"{act} is no act of provisions/ or sources.yaml")
        for article, questions in articles.items():
            line = where[act, article]
            if not _exists(act, article, provisions, sources):
                raise CorpusError(file, line, f"{act}:{article} has no entry in provisions/, and is no id of an official text (art_6, par_22, rct_71, anx_III)")
            if not questions:
                raise CorpusError(file, line, f"{act}:{article} has no question; write one or remove the line")
            for number, question in enumerate(questions):
                _once(file, where[act, article, number], question, lines)
    return len(lines)


def _exists(act: str, article: str, provisions: Collection[str], sources: Collection[str]) -> bool:
    target = f"{act}:{article}"
    return target in provisions or any(p.startswith(target + ".") for p in provisions) or (act in sources and _ANCHOR.match(article) is not None)


def _once(file: Path, line: int, said: str, lines: dict[str, int]) -> None:
    """A text without a word would match every query; one that stands twice counts twice."""
    plain = _plain(said)
    if not plain:
        raise CorpusError(file, line, f"{said!r}: expected at least one word")
    if plain in lines:
        raise CorpusError(file, line, f"{said!r} stands in line {lines[plain]} already")
    lines[plain] = line


def _plain(said: str) -> str:
    return " ".join(words(said))


def _refuse_twin_keys(file: Path, text: str) -> None:
    """YAML takes the last of two equal keys without a word, and what the first held is lost."""
    for node in _mappings(yaml.compose(text, Loader=_Loader)):
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise CorpusError(file, key.start_mark.line + 1, f"the key {key.value} is written twice")
            seen.add(key.value)


def _mappings(node: yaml.Node | None) -> Iterator[yaml.MappingNode]:
    if isinstance(node, yaml.MappingNode):
        yield node
        for _, value in node.value:
            yield from _mappings(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _mappings(value)


def _lines(text: str) -> dict[tuple[str | int, ...], int]:
    """The line (from 1) of everything in a YAML text, by its path of keys and numbers."""
    found: dict[tuple[str | int, ...], int] = {}

    def walk(node: yaml.Node | None, path: tuple[str | int, ...]) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                found[*path, key.value] = key.start_mark.line + 1
                walk(value, (*path, key.value))
        elif isinstance(node, yaml.SequenceNode):
            for number, value in enumerate(node.value):
                found[*path, number] = value.start_mark.line + 1
                walk(value, (*path, number))

    walk(yaml.compose(text, Loader=_Loader), ())
    return found
