"""Committed answers, and what a change is held against."""
