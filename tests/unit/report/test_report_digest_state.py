"""The state of our digest is said in words, and never as if the digest were the law's own text."""

import pytest

from checker.model.law import Verified
from checker.report.words import digest_state


def test_a_digest_compared_with_the_official_text_says_whose_words_it_is() -> None:
    assert digest_state("official_text", "da") == "vores resumé, holdt op mod den officielle tekst; ikke gennemgået af en jurist"
    assert digest_state("official_text", "en") == "our digest, compared with the official text; not reviewed by a lawyer"


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("state", [v.value for v in Verified])
def test_every_state_has_words(state: str, language: str) -> None:
    assert f"resumé, {state};" not in digest_state(state, language)
    assert f"digest, {state};" not in digest_state(state, language)
