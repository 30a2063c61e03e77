"""Small results made by hand or by hypothesis, without a set, a reader or a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from checker.evaluation.records import SAID, VERDICTS, Cost, Gold, Result, Said
from checker.model.project import Quote


def made(
    case: str = "a",
    gold: Mapping[str, str] | None = None,
    said: Mapping[str, str] | None = None,
    *,
    labels: Mapping[str, Any] | None = None,
    says: Mapping[str, Any] | None = None,
    **fields: Any,
) -> Result:
    """One result.

    Args:
        case: id; also the family, unless `family` is given.
        gold, said: requirement → verdict.
        labels, says: further fields of Gold and Said; evidence of `says` may be plain strings.
        fields: of Result: family, set, split, system, run, pair, kind, language, origin, cost, text_sha256.
    """
    says = dict(says or {})
    if "evidence" in says:
        says["evidence"] = {q: quotes(*texts) for q, texts in says["evidence"].items()}
    shared: dict[str, Any] = {
        "set": "made", "system": "checker", "key": f"{case}-key", "split": "held-out", "family": case, "language": "da",
        "kind": "project_description", "text_sha256": f"{case}-text", "cost": Cost(),
    }
    return Result.model_validate(
        shared | fields | {"case": case, "gold": Gold(verdicts=dict(gold or {}), **(labels or {})), "said": Said(verdicts=dict(said or {}), **says)}
    )


def quotes(*texts: str | Quote) -> tuple[Quote, ...]:
    """Quotes as if each text were a document of its own."""
    return tuple(t if isinstance(t, Quote) else Quote(text=t, start=0, end=len(t)) for t in texts)


def several(count: int, gold: Mapping[str, str], said: Mapping[str, str], first: int = 0, **fields: Any) -> list[Result]:
    """The same verdicts on so many texts, each a family of its own: c0, c1, …"""
    return [made(f"c{i}", gold, said, **fields) for i in range(first, first + count)]


_REQUIREMENTS = ("q1", "q2", "q3")
_FACTS = ("f1", "f2")
_RULES = ("r1", "r2", "r3")
_CLASSES = ("prohibited", "high", "minimal")
_PROVISIONS = ("gdpr:art_5", "gdpr:art_35", "gdpr:art_35.par_1", "gdpr:art_35.par_3.pnt_b", "ai-act:art_26", "kl-guide:side_3")
_WORDS = ("planen er lagt", "planen", "ingen plan er lagt endnu", "andet")


def _some(values: Sequence[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), unique=True, max_size=3).map(tuple)


@st.composite
def a_result(draw: st.DrawFn, case: str, pair: str | None, run: int = 0) -> Result:
    """Any labels, any answers, a few families."""
    share = st.floats(0, 1, allow_nan=False)
    cites = st.dictionaries(st.sampled_from(_REQUIREMENTS), _some(_PROVISIONS), max_size=3)
    passages = st.dictionaries(st.sampled_from(_REQUIREMENTS), _some(_WORDS).filter(bool), max_size=3)
    facts = st.dictionaries(st.sampled_from(_FACTS), st.sampled_from((True, False, "unknown")), max_size=2)
    return made(
        case,
        draw(st.dictionaries(st.sampled_from(_REQUIREMENTS), st.sampled_from(VERDICTS), max_size=3)),
        draw(st.dictionaries(st.sampled_from(_REQUIREMENTS), st.sampled_from(SAID), max_size=3)),
        labels={
            "risk_class": draw(st.sampled_from(("", *_CLASSES))), "facts": draw(facts), "facts_said": draw(_some(_FACTS)), "evidence": draw(passages),
            "contradictions": draw(st.none() | _some(_RULES)), "provisions": draw(cites), "also": draw(cites),
        },
        says={
            "risk_class": draw(st.sampled_from(("", *_CLASSES))), "facts": draw(facts), "evidence": draw(passages), "citations": draw(cites),
            "probabilities": draw(st.dictionaries(st.sampled_from(_REQUIREMENTS), share, max_size=3)),
            "contradictions": draw(st.none() | _some(_RULES)), "rounds": draw(st.none() | st.integers(0, 5)),
            "unread": draw(st.sampled_from(("", "", "", "scanned"))),
        },
        family=draw(st.sampled_from(("x", "y", "z"))), pair=pair, run=run, cost=Cost(tokens_in=draw(st.integers(0, 3))),
    )


@st.composite
def some_results(draw: st.DrawFn, most: int = 6) -> list[Result]:
    """Results of one system; neighbours may be twins, and a text may have been run twice."""
    found = []
    for i in range(draw(st.integers(1, most))):
        pair = draw(st.sampled_from((None, f"t{i ^ 1}")))
        found += [draw(a_result(f"t{i}", pair, run)) for run in range(draw(st.sampled_from((1, 1, 2))))]
    return found
