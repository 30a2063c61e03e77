"""Labelled cases → figures. The same path as `checker check`; no test mode."""
