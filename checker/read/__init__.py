"""Document → Project: which part is the AI project, and its sentences with offsets into the extracted text."""

from checker.read.project import read_project

__all__ = ["read_project"]
