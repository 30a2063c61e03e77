"""checker eval: labelled cases → figures, comparisons, a gate. One file per command."""
