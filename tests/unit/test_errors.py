"""Errors say what, where and what to do, in one line that can stand on a screen."""

import pytest

from checker.errors import CaseError, CheckerError, CorpusError, DamagedInput, EmptyInput, InputError, NoTextLayer


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (CheckerError("Indekset mangler.", "Kør checker index."), "Indekset mangler. Kør checker index."),
        (CheckerError("Indekset mangler."), "Indekset mangler."),
        (EmptyInput("notat.docx", "der er ingen tekst.", "Vælg en anden fil."), "notat.docx: der er ingen tekst. Vælg en anden fil."),
        (CorpusError("facts/data.yaml", 7, "no such fact"), "facts/data.yaml, line 7: no such fact"),
        (CorpusError("facts/data.yaml", None, "the file is missing", "Put it back."), "facts/data.yaml: the file is missing Put it back."),
        (CaseError("eval/a.yaml", 3, "unknown verdict"), "eval/a.yaml, line 3: unknown verdict"),
    ],
)
def test_an_error_shows_where_and_what_and_then_the_way_out(error: CheckerError, shown: str) -> None:
    assert str(error) == shown


@pytest.mark.parametrize("kind", [EmptyInput, DamagedInput, NoTextLayer])
def test_every_fault_of_a_handed_in_file_names_the_file_and_ends_with_exit_code_two(kind: type[InputError]) -> None:
    error = kind("plan.pdf", "kan ikke læses")
    assert error.source == "plan.pdf"
    assert error.exit_code == 2
    assert isinstance(error, CheckerError)
