"""The embedded reader: no language model, no network. Trained heads over sentence embeddings, cues, and recognised uses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from checker.model.catalogue import Catalogue
from checker.model.law import Fact
from checker.model.project import Passage, Project, Quote
from checker.model.reading import Answers, EvidenceAnswer, EvidenceStatus, FactAnswer, OwnDuty, Statement, Unjudged
from checker.ports import Embedder, Vectors
from checker.reader.claims import claims_in
from checker.reader.cues import Cue, cues_of
from checker.reader.decide import BARRED, Layout, Sentences, evidence_features, fact_features, status_of
from checker.reader.heads import Weights, load_weights
from checker.reader.own import own_evidence, own_topics
from checker.reader.stated import TILT, stated_purpose
from checker.reader.timing import comes_late, first_use

RECOGNISED_USE = 1.5
"""Logit between texts about other things (at most 0.7) and the training cases without a word of technology (at least 2.9)."""
TOPIC_LOGIT = -1.0
"""On training cases 97 % of chance passages lie below it and 1 % of those that carry a met duty (docs/decisions/0011)."""
SETTLED_LOGIT = -2.0
"""On held-out cases 99 % of the labelled passages of met duties that pass the other checks lie above it, 11 % of those of gaps."""
_TECHNOLOGY = re.compile(
    r"\b(?:ai|ki|it|gpt|llm|rpa|app|apps)\b|intelligen|model|algorit|robot|chat|copilot|system|løsning|solution|software|program|digital|data|sensor|kamera|camera|"
    r"radar|drone|automa|teknologi|technolog|computer|maskin|machine|prognos|forudsig|predict|scan|genkend|recogni|transcri|transskri|avatar|værktøj|\btools?\b",
    re.I,
)


# A denial counts as a statement only where the sentence names what it denies.
_STATED = {
    "processes_personal_data": re.compile(r"person(?:oplysning|data|hen)|oplysninger om personer|føres tilbage til|personal (?:data|information)", re.I),
    "is_ai_system": re.compile(r"\bAI\b|kunstig intelligens|maskinlær|artificial intelligence|machine learning", re.I),
}


class RuleReader:
    """Reader behind the port `Reader`.

    Args:
        catalogue: facts, requirements and archetypes.
        embedder: the one the heads were trained with.
        weights: what `checker train` made; the shipped ones by default.
        own: duties of the municipality's own guidelines, which no head knows; each is a requirement of the catalogue.

    Raises:
        ModelMissing: no trained weights.
    """

    def __init__(self, catalogue: Catalogue, embedder: Embedder, weights: Weights | None = None, own: Sequence[OwnDuty] = ()) -> None:
        self._catalogue, self._embedder, self._given, self._own = catalogue, embedder, weights, own

    @cached_property
    def weights(self) -> Weights:
        return self._given or load_weights()

    @cached_property
    def _layout(self) -> Layout:
        return Layout.of(self.weights.heads.names, self._catalogue)

    @property
    def name(self) -> str:
        return f"rules:{self.weights.heads.version}"

    def read(self, project: Project) -> Answers:
        """Answers to every fact and every requirement, each with its passages."""
        project = without_addressed(project)
        passages = project.passages
        facts = [f for f in self._catalogue.facts.values() if f.id in self.weights.meta["facts"]]
        duties = [r for r in self._catalogue.requirements if f"met:{r}" in self._layout.columns]
        if not passages:
            return Answers(reader=self.name, facts={}, evidence={}, unjudged=self._untrained(facts, duties))
        texts = [p.clean for p in passages]
        vectors = self._embedder.embed(texts, "query")
        logits = self.weights.heads.scores(texts, vectors)
        doc = sentences_of(project, logits, self._catalogue)
        if self._off_topic(doc):
            return Answers(reader=self.name, facts={}, evidence={}, unjudged=self._untrained(facts, duties))
        return Answers(
            reader=self.name,
            facts={f.id: self._fact(f, doc, passages) for f in facts},
            evidence={r: self._evidence(r, doc, passages) for r in duties} | self._own_evidence(doc, passages, vectors),
            statements=(*claims_in(passages), *self._statements(doc, passages)),
            unjudged=self._untrained(facts, duties),
        )

    def topics(self, project: Project) -> dict[str, frozenset[int]]:
        """Requirement or fact → the passages that speak of it, and `met:<requirement>` → those that sound as if it were met: what another
        reader's answer is held to."""
        passages = without_addressed(project).passages
        if not passages:
            return {}
        texts = [p.clean for p in passages]
        vectors = self._embedder.embed(texts, "query")
        logits, columns = self.weights.heads.scores(texts, vectors), self._layout.columns
        items = {r: [columns[f"about:{r}"], columns[f"met:{r}"]] for r in self._catalogue.requirements if f"about:{r}" in columns}
        items |= {f: [c for name, c in columns.items() if name.startswith(f"fact:{f}=")] for f in self._catalogue.facts}
        settled = {
            f"met:{r}": frozenset(p.index for p, row in zip(passages, logits, strict=True) if row[columns[f"met:{r}"]] > SETTLED_LOGIT)
            for r in self._catalogue.requirements
            if f"met:{r}" in columns
        }
        trained = settled | {
            item: frozenset(p.index for p, row in zip(passages, logits, strict=True) if row[found].max() > TOPIC_LOGIT)
            for item, found in items.items()
            if found
        }
        return trained | own_topics(self._own, self._other_duties(), passages, vectors, self._embedder)

    def _off_topic(self, doc: Sentences) -> bool:
        """A recipe, an invoice: no word of technology and no recognised use. The heads, which only ever saw projects, would guess."""
        if any(_TECHNOLOGY.search(t) for t in doc.texts):
            return False
        return float(doc.logits[:, list(self._layout.use_columns)].max()) < RECOGNISED_USE

    def _untrained(self, facts: list[Fact], duties: list[str]) -> tuple[Unjudged, ...]:
        """What the catalogue asks and the heads were never trained for: shown as unjudged, never guessed."""
        known = {*(f.id for f in facts), *duties, *(d.requirement for d in self._own)}
        why = "læseren er ikke trænet til dette; kør checker train / the reader was not trained for this; run checker train"
        return tuple(Unjudged(item=i, reason=why) for i in (*self._catalogue.facts, *self._catalogue.requirements) if i not in known)

    def _fact(self, fact: Fact, doc: Sentences, passages: tuple[Passage, ...]) -> FactAnswer:
        decider = self.weights.meta["facts"][fact.id]
        classes: list[str] = decider["classes"]
        features = fact_features(doc.logits, fact.id, self._layout)
        scores = self.weights.arrays[f"fact_{fact.id}_w"] @ (features - self.weights.arrays[f"fact_{fact.id}_mean"]) + decider["b"]
        if fact.id == "annex_iii_use":
            scores = scores + np.array([TILT * stated_purpose(doc.texts) * (c == "true") for c in classes])
        odds = np.exp(scores - scores.max())
        probabilities = odds / odds.sum()
        value, probability = classes[int(np.argmax(probabilities))], float(probabilities.max())
        if value in ("unknown", "none"):
            # "none" of the enum values is what silence about an enum fact amounts to: no use that it could describe.
            value = value if value == "none" and "none" in fact.values else "unknown"
        if value == "unknown":
            return FactAnswer(fact=fact.id, value="unknown", probability=probability)
        quote, firm = self._carrier(fact, value, doc, passages)
        return FactAnswer(
            fact=fact.id, value=(value,) if fact.multi else value, probability=probability, quotes=(quote,), from_use=not firm
        )

    def _carrier(self, fact: Fact, value: str, doc: Sentences, passages: tuple[Passage, ...]) -> tuple[Quote, bool]:
        """The passage that says a fact's value best; else the one that shows the use. True when it says it outright."""
        head = {"true": "yes", "false": "no"}.get(value, value)
        column = self._layout.columns.get(f"fact:{fact.id}={head}")
        # Another municipality, a quoted guide or a later phase says nothing of this project (labelling guide, rule 5).
        prose = np.array([0.0 if p.kind == "heading" or _elsewhere(p.clean) else 1.0 for p in passages])
        if column is not None:
            said = doc.logits[:, column] - BARRED * (1 - prose)
            best = int(np.argmax(said))
            if said[best] > self.weights.meta["carrier_logit"]:
                return passages[best].quote, True
        use = doc.logits[:, list(self._layout.use_columns)].max(axis=1) - BARRED * (1 - prose)
        return passages[int(np.argmax(use))].quote, False

    def _evidence(self, requirement: str, doc: Sentences, passages: tuple[Passage, ...]) -> EvidenceAnswer:
        meta = self.weights.meta["judge"]
        features, best = evidence_features(doc, requirement, self._layout, meta["core"])
        z = (features - self.weights.arrays["judge_mean"]) / self.weights.arrays["judge_scale"]
        logit = float(z @ self.weights.arrays["judge_w"] + meta["b"])
        probability = 1.0 / (1.0 + float(np.exp(-logit)))
        threshold = float(meta["threshold"])
        met = probability > threshold and not bool(doc.closed_to(requirement)[best])
        if met:
            status = status_of(doc, best, self._layout, met=True)
            return self._answer(requirement, status, probability, threshold, passages[best])
        about = doc.logits[:, self._layout.columns[f"about:{requirement}"]] - BARRED * doc.barred
        nearest = int(np.argmax(about))
        if about[nearest] <= meta["about_logit"]:
            return EvidenceAnswer(requirement=requirement, status=EvidenceStatus.SILENT, probability_met=probability, margin=threshold - probability)
        status = status_of(doc, nearest, self._layout, met=False, before_use=self._catalogue.requirements[requirement].before_use)
        return self._answer(requirement, status, probability, threshold, passages[nearest])

    def _own_evidence(self, doc: Sentences, passages: tuple[Passage, ...], vectors: Vectors) -> dict[str, EvidenceAnswer]:
        if not self._own:
            return {}
        return own_evidence(self._own, self._other_duties(), passages, vectors, [bool(b) for b in doc.barred], self._embedder)

    def _other_duties(self) -> list[str]:
        own = {d.requirement for d in self._own}
        return [r.gap_message.da for r in self._catalogue.requirements.values() if r.id not in own]

    @staticmethod
    def _answer(requirement: str, status: EvidenceStatus, probability: float, threshold: float, passage: Passage) -> EvidenceAnswer:
        return EvidenceAnswer(
            requirement=requirement,
            status=status,
            probability_met=probability,
            margin=abs(probability - threshold),
            quotes=(passage.quote,),
        )

    def _statements(self, doc: Sentences, passages: tuple[Passage, ...]) -> list[Statement]:
        """Outright denials, for the contradiction rules: "der behandles ikke personoplysninger" beside a bed sensor."""
        found = []
        limit = self.weights.meta["statement_logit"]
        for fact, names_it in _STATED.items():
            if f"fact:{fact}=no" not in self._layout.columns:
                continue
            column = doc.logits[:, self._layout.columns[f"fact:{fact}=no"]]
            best = int(np.argmax(column - 5.0 * doc.barred))
            cues = cues_of(doc.texts[best])
            if column[best] > limit and Cue.NEGATION in cues and Cue.EXCEPT not in cues and names_it.search(doc.texts[best]):
                found.append(Statement(fact=fact, value="false", quote=passages[best].quote))
        return found


def _elsewhere(sentence: str) -> bool:
    return bool({Cue.OTHER_PLACE, Cue.QUOTED_GUIDE, Cue.FUTURE_PHASE, Cue.EMPTY} & cues_of(sentence).found)


def without_addressed(project: Project) -> Project:
    """The project without the sentences that address the checker: they are reported, and read as if they were not there."""
    spoken = {(q.start, q.end) for q in project.addresses_checker}
    return project.model_copy(update={"passages": tuple(p for p in project.passages if (p.start, p.end) not in spoken)}) if spoken else project


def sentences_of(project: Project, logits: Vectors, catalogue: Catalogue) -> Sentences:
    """A document as the judge sees it, with the sentences that never close a requirement."""
    texts = [p.clean for p in project.passages]
    use = first_use(texts)
    late = np.array([1.0 if comes_late(t, use) else 0.0 for t in texts], dtype=np.float32)
    refusals = {}
    for requirement in catalogue.requirements.values():
        if requirement.before_use or requirement.refused_evidence:
            refused = np.array([1.0 if any(re.search(p, t, re.I) for p in requirement.refused_evidence) else 0.0 for t in texts], dtype=np.float32)
            refusals[requirement.id] = np.maximum(refused, late) if requirement.before_use else refused
    return Sentences(logits=logits, texts=texts, barred=barred_sentences(project), refusals=refusals)


def barred_sentences(project: Project) -> Vectors:
    """1 for sentences that cannot carry evidence: headings, empty fields, other municipalities, text that addresses the checker."""
    spoken = {(q.start, q.end) for q in project.addresses_checker}
    return np.array(
        [
            1.0 if p.kind == "heading" or {Cue.EMPTY, Cue.OTHER_PLACE} & cues_of(p.clean).found or (p.start, p.end) in spoken else 0.0
            for p in project.passages
        ],
        dtype=np.float32,
    )
