"""Numbers and table rows in a draft read as people write them."""

from checker.drafting.layout import shown
from checker.drafting.strings import Words


def test_one_place_and_more_places_have_their_own_words() -> None:
    assert "ét sted;" in Words("da")("addressed", n=1)
    assert "3 steder;" in Words("da")("addressed", n=3)
    assert "one place;" in Words("en")("addressed", n=1)


def test_a_plain_row_of_a_table_is_quoted_without_its_bars() -> None:
    assert shown("| Dataansvarlig | Børne- og\nUngeforvaltningen |") == "Dataansvarlig · Børne- og Ungeforvaltningen"
    assert shown("et ja | nej midt i en sætning") == "et ja | nej midt i en sætning"
    assert shown(r"| a \| b | c |") == r"| a \| b | c |"
