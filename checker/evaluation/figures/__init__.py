"""Results → figures, how sure they are, and what changed between two versions."""
