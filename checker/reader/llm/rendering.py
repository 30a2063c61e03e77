"""A project as numbered passages, and a question about it as a prompt.

Whoever wrote the description wants a verdict, so its words are data: brackets and angle brackets become others, because they make our
numbers, the fence and the control words of chat templates; characters that nobody sees go. What then stands in square brackets is ours.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence

from checker.errors import CorpusError
from checker.masking import mask as masked
from checker.model.catalogue import Catalogue
from checker.model.law import Fact, Frozen
from checker.model.project import Passage, Project
from checker.prompts import EVIDENCE, FACT, Option, Prompt, Prompts, fence
from checker.reader.llm.questions import Closed

_UNSEEN = ("Cc", "Cf", "Co", "Cs", "Cn")
_SELECTORS = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")  # letters and marks without a shape
_BRACKETS = str.maketrans({"[": "(", "]": ")", "{": "(", "}": ")", "<": "‹", ">": "›", "|": "/", "`": "'"})
_LOOKALIKES = str.maketrans(
    {
        **dict.fromkeys("⟦⁅〔〖〘〚【⦋⦍⦏❲⟬⌈⌊⎡⎢⎣⸢⸤", "("),
        **dict.fromkeys("⟧⁆〕〗〙〛】⦌⦎⦐❳⟭⌉⌋⎤⎥⎦⸣⸥", ")"),
        **dict.fromkeys("⟨〈《≪⋘«˂ᐸ⧼❬❰❮", "‹"),
        **dict.fromkeys("⟩〉》≫⋙»˃ᐳ⧽❭❱❯", "›"),
        **dict.fromkeys("¦∣ǀ│┃❘", "/"),
    }
)
_TRAPS = 240
"""So many characters of a fact's traps go into its question: the first ones that fit, at least one."""


class Page(Frozen):
    """The passages of a project as a model reads them. Number n in `text` is Project.passages[numbers[n - 1]]."""

    text: str
    mark: str
    numbers: tuple[int, ...]


def page_of(project: Project, indices: Sequence[int], mask: bool) -> Page:
    """The passages at these places of Project.passages, numbered from one without a gap.

    Left out are those that address the checker (they are reported, and no evidence) and those with nothing left to read. A heading is
    a passage like the others, with `#` before its words; a form field has its label before them.
    """
    shown = [(i, p) for i in indices if not _addresses(p := project.passages[i], project)]
    lines = [(i, line) for i, p in shown if (line := _line(p, mask))]
    text = "\n".join(f"[{n}] {line}" for n, (_, line) in enumerate(lines, 1))
    return Page(text=text, mark=fence(text), numbers=tuple(i for i, _ in lines))


def prompt_of(page: Page, question: Closed, catalogue: Catalogue, language: str, prompts: Prompts) -> tuple[str, str, dict[str, object]]:
    """(system, user, schema of the answer). All but the end of `user` is the same for every question about a page.

    Raises:
        CorpusError: a prompt has no word for an option of the question.
    """
    words = words_of(question, catalogue, language, prompts)
    system, user = prompts.read.fill(
        language,
        duties=_meanings(prompts.options("evidence"), language),
        facts=_meanings(prompts.options("bool"), language),
        examples="\n\n".join(examples_of(prompts, language)),
        mark=page.mark,
        passages=page.text,
        question=question_of(question, catalogue, language, prompts),
    )
    return system, user, _schema(prompts.read, len(page.numbers), tuple(words.values()))


def question_of(question: Closed, catalogue: Catalogue, language: str, prompts: Prompts) -> str:
    """The end of the prompt: the one question."""
    words = words_of(question, catalogue, language, prompts)
    if question.kind == "evidence":
        spec = catalogue.requirements[question.item]
        about = {"title": spec.title.get(language), "fulfilled_when": spec.fulfilled_when, "not_evidence": spec.not_evidence}
        said = {k: readable(v) for k, v in about.items()} | {"words": ", ".join(words.values())}
        return prompts.evidence.fill(language, **said)[1]
    fact = catalogue.facts[question.item]
    options = prompts.fact.options[_set_of(question, catalogue)]
    named = [_named(word, options[code], language) if fact.type == "enum" else word for code, word in words.items()]
    about = {"label": fact.label.get(language), "question": fact.question.get(language), "traps": _traps(fact)}
    return prompts.fact.fill(language, **{k: readable(v) for k, v in about.items()}, words=", ".join(named))[1]


def words_of(question: Closed, catalogue: Catalogue, language: str, prompts: Prompts) -> dict[str, str]:
    """Option code → the word that the model writes for it, in the order of the question.

    Raises:
        CorpusError: a prompt has no word for an option.
    """
    name = _set_of(question, catalogue)
    options = prompts.options(name)
    if missing := next((code for code in question.options if code not in options), None):
        prompt = EVIDENCE if question.kind == "evidence" else FACT
        raise CorpusError(f"prompts/{prompt}.yaml", None, f"intet svarord for {missing} i options {name} / no answer word for {missing} in options {name}")
    return {code: options[code].get(language) for code in question.options}


def examples_of(prompts: Prompts, language: str) -> Iterator[str]:
    """Each example as a page of its own, then its questions with their answers in the form that is asked for."""
    intro, outro = {"en": ("Example:", "Answers:")}.get(language, ("Eksempel:", "Svar:"))
    for example in prompts.read.examples:
        lines = [f"[{n}] {passage.get(language)}" for n, passage in enumerate(example.passages, 1)]
        answers = [
            f'{a.question.get(language)} {{"passages": {list(a.passages)}, "answer": "{prompts.options(a.options)[a.answer].get(language)}"}}'
            for a in example.asked
        ]
        yield "\n".join([intro, *lines, outro, *answers])


def readable(text: str) -> str:
    """A text on one line, in which nothing can pass for our numbers, the fence, or a control word of a chat template.

    Compatibility forms are folded, so that full-width or mathematical letters are what they look like.
    """
    folded = unicodedata.normalize("NFKC", _seen(text))
    folded = folded.translate(_BRACKETS).translate(_LOOKALIKES)
    return " ".join(unicodedata.normalize("NFKC", _seen(folded)).split())


def _seen(text: str) -> str:
    spaced = "".join(" " if c in "\n\r\t\v\f\x1c\x1d\x1e\x1f\x85" else c for c in text)
    return _SELECTORS.sub("", "".join(c for c in spaced if unicodedata.category(c) not in _UNSEEN))


def _line(passage: Passage, mask: bool) -> str:
    words = readable(passage.clean)
    if passage.kind == "table_row" and passage.context and not words.startswith(label := readable(passage.context)):
        words = f"{label}: {words}" if words else ""
    if passage.kind == "heading" and words:
        words = f"# {words}"
    return masked(words) if mask else words


def _addresses(passage: Passage, project: Project) -> bool:
    return any(q.start < passage.end and passage.start < q.end for q in project.addresses_checker)


def _set_of(question: Closed, catalogue: Catalogue) -> str:
    if question.kind == "evidence":
        return "evidence"
    return "bool" if catalogue.facts[question.item].type == "bool" else question.item


def _meanings(options: dict[str, Option], language: str) -> str:
    return "\n".join(f"- {o.get(language)}: {o.means.get(language)}" if o.means else f"- {o.get(language)}" for o in options.values())


def _named(word: str, option: Option, language: str) -> str:
    return f"{word} ({option.means.get(language)})" if option.means else word


def _traps(fact: Fact) -> str:
    kept: list[str] = []
    for trap in fact.traps:
        if not kept or sum(map(len, kept)) + len(trap) <= _TRAPS:
            kept.append(trap)
    return "; ".join(kept)


def _schema(prompt: Prompt, passages: int, words: tuple[str, ...]) -> dict[str, object]:
    """The schema of the prompt, narrowed to the passages that are there and the words that are offered."""
    schema: dict[str, object] = json.loads(json.dumps(prompt.answer))
    properties = schema["properties"]
    assert isinstance(properties, dict)
    properties["passages"]["items"]["maximum"] = max(passages, 1)
    if not passages:
        properties["passages"]["maxItems"] = 0
    properties["answer"]["enum"] = list(words)
    return schema
