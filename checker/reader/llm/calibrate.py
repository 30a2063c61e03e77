"""How sure the model was, from the probabilities of the tokens it wrote; and how far such a number can be believed.

A server tells, for each token, what else could have stood there. Those probabilities are of the model before it was held to the schema,
so they are set against those of the offered words alone. What a model calls 90 % is rarely right nine times of ten: a map fitted on
labelled cases mends that, per model and prompts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence

from pydantic import Field

from checker.model.law import Frozen
from checker.ports import Reply, TokenChoice

_ANSWER = re.compile(r'"answer"\s*:\s*"')
_EDGE = 1e-4
"""No probability is nearer to 0 or 1 than this: a logit has to stay finite."""
FEWEST = 30
"""Labelled answers for a calibration; fewer say nothing about a probability."""


class Calibration(Frozen):
    """logit(p) → slope · logit(p) + shift. `n`: the labelled answers it was fitted on, 0 where none is on record."""

    slope: float = Field(default=1.0, ge=0)
    shift: float = 0.0
    n: int = Field(default=0, ge=0)

    @property
    def fitted(self) -> bool:
        return self.n > 0

    def of(self, raw: float | None) -> float | None:
        """The calibrated probability; none where the server gave none. Not fitted, it is what the model said."""
        if raw is None or not self.fitted:
            return raw
        return _sigmoid(self.slope * _logit(raw) + self.shift)


UNCALIBRATED = Calibration()


def fit(said: Sequence[tuple[float, bool]]) -> Calibration:
    """The map under which (probability, was it right) is likeliest; `UNCALIBRATED` for fewer than `FEWEST` answers.

    The slope is never negative: a model that is wrong when sure is then no surer than when in doubt, and not the less sure.
    """
    if len(said) < FEWEST:
        return UNCALIBRATED
    import numpy as np
    from scipy.optimize import minimize

    x = np.array([_logit(p) for p, _ in said])
    y = np.array([float(right) for _, right in said])
    # A half of one right and one wrong answer keep the map finite where all were right, or all wrong.
    x, y, weight = np.append(x, [0.0, 0.0]), np.append(y, [0.0, 1.0]), np.append(np.ones(len(y)), [0.5, 0.5])

    def loss(at: np.ndarray) -> float:
        z = at[0] * x + at[1]
        return float((weight * (np.logaddexp(0.0, z) - y * z)).sum())

    found = minimize(loss, np.array([1.0, 0.0]), bounds=[(0.0, None), (None, None)], method="L-BFGS-B")
    return Calibration(slope=round(float(found.x[0]), 4), shift=round(float(found.x[1]), 4), n=len(said))


def confidence(reply: Reply, chosen: str, words: Collection[str]) -> float | None:
    """Probability of the chosen word among the offered ones; None where the server gives no probabilities or the answer is not found.

    Walks the tokens of the answer until the chosen word is told apart from all others. What could have stood in a token's place belongs
    to the words that it begins; where it begins several, they share it.
    """
    answer = _answer_tokens(reply.tokens)
    if answer is None:
        return None
    tokens, lead = answer
    fold = {w: w.casefold() for w in words}
    mass = dict.fromkeys(words, 0.0)
    path, written = 1.0, ""
    for token in tokens:
        text = token.text[len(lead) :]
        for other, logarithm in token.choices.items():
            fits = [] if other == token.text else _begun(written + other.removeprefix(lead), fold)
            if len(fits) < len(words):  # what begins every word tells none of them apart
                for word in fits:
                    mass[word] += path * _probability(logarithm) / len(fits)
        if token.text not in token.choices:
            return None
        path *= _probability(token.choices[token.text])
        written, lead = written + text, ""
        left = _begun(written, fold)
        if chosen not in left:
            return None
        if left == [chosen]:
            mass[chosen] += path
            return min(1.0, mass[chosen] / sum(mass.values())) if mass[chosen] > 0 else None
    return None


def _answer_tokens(tokens: Sequence[TokenChoice]) -> tuple[Sequence[TokenChoice], str] | None:
    """The tokens from the answer's first letter on, and what stands in the first of them before that letter."""
    found = list(_ANSWER.finditer("".join(t.text for t in tokens)))
    if not found:
        return None
    start, at = found[-1].end(), 0
    for i, token in enumerate(tokens):
        if at + len(token.text) > start:
            return tokens[i:], token.text[: start - at]
        at += len(token.text)
    return None


def _begun(written: str, words: dict[str, str]) -> list[str]:
    """The words that may come of what is written. Nothing written yet begins them all."""
    said = written.lstrip().casefold()
    return [w for w, folded in words.items() if folded.startswith(said) or (said.startswith(folded) and said[len(folded) :].startswith('"'))]


def _probability(logarithm: float) -> float:
    return 0.0 if math.isnan(logarithm) else math.exp(min(logarithm, 0.0))


def _logit(p: float) -> float:
    p = min(max(p, _EDGE), 1 - _EDGE)
    return math.log(p / (1 - p))


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))
