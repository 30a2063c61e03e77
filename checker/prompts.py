"""Prompts are files: one per prompt, with version, variables, the words of its answers, examples, and what is said in both languages.

A municipality may put a file of its own in the place of a shipped one (CHECKER_PROMPTS); everything about it but the wording stays.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, model_validator

from checker.errors import CorpusError, SettingsError
from checker.library import default_root, load_yaml
from checker.model.law import Bilingual, Frozen
from checker.model.reading import EvidenceStatus

READ, FACT, EVIDENCE = "read", "ask-fact", "ask-evidence"
"""The three prompts of reading: what is the same for every question of a project, and the two kinds of question."""
OWN = "own"
"""Source of an example that we made up."""
LANGUAGES = ("da", "en")
_WORD = re.compile(r"[a-zæøå]{2,}(?:_[a-zæøå]+)*")
_NOT_PROMPTS = ("exam",)  # questions with a key, of a shape of their own
_FIXED = ("baseline-verdict",)  # a baseline with another wording is another baseline


class Option(Bilingual):
    """One value that may be answered, as the model writes it in each language, and what it means."""

    means: Bilingual | None = None


class Asked(Frozen):
    """A question about an example and its right answer. `shows`: the trap or rule that it is there for."""

    question: Bilingual
    options: str
    passages: tuple[int, ...]
    answer: str
    shows: str


class Example(Frozen):
    """A few numbered passages with questions and answers. `source`: `own`, or the case of the training part that it is made after."""

    source: str
    passages: tuple[Bilingual, ...]
    asked: tuple[Asked, ...]

    @model_validator(mode="after")
    def _numbered(self) -> Example:
        for asked in self.asked:
            if wrong := [n for n in asked.passages if not 1 <= n <= len(self.passages)]:
                raise ValueError(f"the answer to {asked.question.en!r} picks passage {wrong[0]} of {len(self.passages)}")
        return self


class Prompt(Frozen):
    """One file in prompts/: both languages use exactly the variables that it declares.

    `options`: named sets of answers, code → word. Within a set the words differ in their first two letters in each language, so that the
    probabilities of one written token tell them apart.
    """

    id: str
    version: int
    about: str = ""
    variables: tuple[str, ...]
    answer: dict[str, object] = Field(default_factory=dict)
    system: Bilingual | None = None
    user: Bilingual
    options: dict[str, dict[str, Option]] = Field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    @model_validator(mode="after")
    def _declared(self) -> Prompt:
        from jinja2 import TemplateSyntaxError, meta

        for language in LANGUAGES:
            try:
                used = meta.find_undeclared_variables(_jinja().parse("\n".join(self._templates(language))))
            except TemplateSyntaxError as error:
                raise ValueError(f"the {language} text is no template: {error}") from None
            if used != set(self.variables):
                raise ValueError(f"the {language} text uses {', '.join(sorted(used))}; declared are {', '.join(sorted(self.variables))}")
        return self

    @model_validator(mode="after")
    def _apart(self) -> Prompt:
        for name, options in self.options.items():
            for language in LANGUAGES:
                words = [option.get(language) for option in options.values()]
                if odd := next((w for w in words if not _WORD.fullmatch(w)), None):
                    raise ValueError(f"options {name}: {odd!r} is no answer word; expected small letters, words joined by _")
                if twice := next((start for start, n in Counter(w[:2] for w in words).items() if n > 1), None):
                    alike = " and ".join(w for w in words if w.startswith(twice))
                    raise ValueError(f"options {name}: {alike} begin alike ({language}); the first two letters must tell them apart")
        return self

    @property
    def hash(self) -> str:
        """Of all that the model is told; another wording is another system. What a file leaves out does not count."""
        return hashlib.sha256(self.model_dump_json(exclude_defaults=True).encode()).hexdigest()[:16]

    def fill(self, language: str, **values: str) -> tuple[str, str]:
        """(system, user) in one language; the system part is empty where the prompt has none.

        Raises:
            ValueError: a variable is missing or not declared.
        """
        if set(values) != set(self.variables):
            raise ValueError(f"prompt {self.id} takes {', '.join(sorted(self.variables))}, not {', '.join(sorted(values))}")
        system, user = (_template(text).render(values) for text in self._templates(language))
        return system, user

    def _templates(self, language: str) -> tuple[str, str]:
        return self.system.get(language) if self.system else "", self.user.get(language)


class Prompts(Frozen):
    """The prompts of reading; they belong together, since the one explains the words that the others offer."""

    read: Prompt
    fact: Prompt
    evidence: Prompt

    @model_validator(mode="after")
    def _fit(self) -> Prompts:
        if missing := [s.value for s in EvidenceStatus if s.value not in self.evidence.options.get("evidence", {})]:
            raise ValueError(f"{EVIDENCE} has no answer word for {', '.join(missing)}")
        if missing := [c for c in ("true", "false", "unknown") if c not in self.fact.options.get("bool", {})]:
            raise ValueError(f"{FACT} has no answer word for {', '.join(missing)}")
        for asked in (a for e in self.read.examples for a in e.asked):
            if asked.answer not in self.options(asked.options):
                raise ValueError(f"an example in {READ} answers {asked.answer!r}, which is not among the options {asked.options}")
        return self

    @property
    def hashes(self) -> dict[str, str]:
        """Prompt id → hash, for receipts."""
        return {prompt.id: prompt.hash for prompt in (self.read, self.fact, self.evidence)}

    def options(self, name: str) -> dict[str, Option]:
        """A set of answers by its name: `evidence`, `bool`, or an enum fact's id; empty where there is none."""
        return self.evidence.options.get(name) or self.fact.options.get(name, {})


def load_prompt(name: str, folder: Path | None = None) -> Prompt:
    """A prompt by its file name, from the folder that travels beside corpus/.

    Raises:
        CorpusError: the file is missing or breaks its shape.
    """
    file = (folder or shipped_folder()) / f"{name}.yaml"
    prompt = load_yaml(file, Prompt)
    if prompt.id != name:
        raise CorpusError(file, _line(file, "id:"), f"id er {prompt.id}; ventede filens navn, {name} / expected the file's name as id")
    return prompt


def load_prompts(own: Path | None = None, shipped: Path | None = None) -> Prompts:
    """The prompts of reading, those of one's own folder before the shipped ones.

    Raises:
        CorpusError: a file breaks its shape, or one of our own asks for something else than the one it replaces.
        SettingsError: the folder is missing, or holds a file that replaces nothing.
    """
    found = {field: find_prompt(name, own, shipped) for field, name in (("read", READ), ("fact", FACT), ("evidence", EVIDENCE))}
    try:
        return Prompts(**found)
    except ValidationError as error:
        folder = own if own is not None and own_files(own, shipped) else shipped or shipped_folder()
        raise CorpusError(folder, None, f"prompterne passer ikke sammen / the prompts do not fit together: {error.errors()[0]['msg']}") from None


def find_prompt(name: str, own: Path | None = None, shipped: Path | None = None) -> Prompt:
    """One prompt: one's own where the folder has it, else the shipped one.

    Raises:
        CorpusError, SettingsError: as `load_prompts`.
    """
    original = load_prompt(name, shipped)
    if own is None or f"{name}.yaml" not in own_files(own, shipped):
        return original
    return load_replacement(own / f"{name}.yaml", original)


def load_replacement(file: Path, original: Prompt) -> Prompt:
    """A file of one's own in the place of a shipped prompt, whatever the file is called.

    Raises:
        CorpusError: it breaks its shape, or asks for something else.
    """
    prompt = load_yaml(file, Prompt)
    if prompt.id != original.id:
        raise CorpusError(file, _line(file, "id:"), f"id er {prompt.id}, ventede {original.id} / expected the id {original.id}")
    _fits(prompt, original, file)
    return prompt


def shipped_folder() -> Path:
    return default_root().parent / "prompts"


def prompt_ids(folder: Path | None = None) -> tuple[str, ...]:
    """Every prompt of a folder, by name."""
    return tuple(f.stem for f in sorted((folder or shipped_folder()).glob("*.yaml")) if f.stem not in _NOT_PROMPTS)


def own_files(own: Path, shipped: Path | None = None) -> tuple[str, ...]:
    """The names of the files in a folder of one's own that stand in for a shipped prompt.

    Raises:
        SettingsError: the folder is missing, or a file in it would never be read.
    """
    if not own.is_dir():
        raise SettingsError(f"Mappen {own} med egne prompter findes ikke / no such folder of prompts.", "Ret CHECKER_PROMPTS eller prompts i checker.toml.")
    known = [f"{name}.yaml" for name in prompt_ids(shipped) if name not in _FIXED]
    found = sorted(f.name for f in own.iterdir() if not f.name.startswith(".") and f.suffix.lower() not in (".md", ".txt"))
    for name in found:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f"Mente du {close[0]}?" if close else f"Kendte / known: {', '.join(known)}."
            raise SettingsError(f"{own / name} erstatter ingen prompt / replaces no prompt.", hint)
    return tuple(found)


def strays(prompt: Prompt, train: Collection[str]) -> Iterator[str]:
    """Sources of examples that are neither our own nor of the training part: what is measured must not stand in the prompt."""
    yield from (e.source for e in prompt.examples if e.source != OWN and e.source not in train)


def fence(text: str) -> str:
    """A mark that the text cannot hold: nobody can write a text that names its own hash. The same text gets the same mark."""
    return f"<<<{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}>>>"


def _fits(prompt: Prompt, original: Prompt, file: Path) -> None:
    """What other parts rely on: variables, codes and the shape of the answer."""
    if set(prompt.variables) != set(original.variables):
        raise CorpusError(file, _line(file, "variables:"), f"ventede variablerne / expected the variables {', '.join(original.variables)}")
    codes = {name: set(options) for name, options in prompt.options.items()}
    if codes != (wanted := {name: set(options) for name, options in original.options.items()}):
        odd = next(name for name in {**wanted, **codes} if codes.get(name) != wanted.get(name))
        expected = ", ".join(original.options.get(odd, ())) or "intet / nothing"
        raise CorpusError(file, _line(file, f"{odd}:") or _line(file, "options:"), f"options {odd}: ventede koderne / expected the codes {expected}")
    if prompt.answer != original.answer:
        raise CorpusError(file, _line(file, "answer:"), "answer skal være som i den medfølgende prompt / must be that of the shipped prompt")


def _line(file: Path, start: str) -> int | None:
    lines = file.read_text("utf-8").splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.strip().startswith(start)), None)


@lru_cache(maxsize=1)
def _jinja() -> Any:
    """Strict: a missing variable is an error, never an empty string. Nothing is escaped, since no browser reads it."""
    from jinja2 import Environment, StrictUndefined

    return Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701


@lru_cache(maxsize=64)
def _template(text: str) -> Any:
    """Compiled once: a hundred questions about a project share the same few."""
    return _jinja().from_string(text)
