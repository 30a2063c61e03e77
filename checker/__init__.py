"""checker: which legal duties a municipal AI project must meet, and which its description leaves open."""

__version__ = "0.1.0"
