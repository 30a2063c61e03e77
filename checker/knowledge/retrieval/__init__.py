"""Hybrid search in official texts and guidelines. `Ranker` is the way in; docs/decisions/0008-retrieval.md says why it is built so."""

from checker.knowledge.retrieval.expansion import Asked, Expansions, Synonym, Vocabulary
from checker.knowledge.retrieval.fuse import Weights, trained_weights
from checker.knowledge.retrieval.lexical import Lexical
from checker.knowledge.retrieval.rank import Ranker
from checker.knowledge.retrieval.units import Unit

__all__ = ["Asked", "Expansions", "Lexical", "Ranker", "Synonym", "Unit", "Vocabulary", "Weights", "trained_weights"]
