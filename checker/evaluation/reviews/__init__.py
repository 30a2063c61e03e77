"""Decisions of reviewers → cases of a set of their own, personal data masked."""
