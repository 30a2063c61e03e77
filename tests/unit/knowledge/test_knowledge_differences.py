"""Differences between two versions of an act: an invented act about bridges, told place by place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.knowledge.differences import ActDifferences, Difference, differences, touches
from checker.knowledge.official import read_official
from checker.knowledge.wording import word_diff
from checker.library import Library
from checker.model.legal import ActText, LegalPassage, PassageKind

LEGAL = Path(__file__).resolve().parents[4] / "shared" / "legal"
_LABELS = {"par": "{}. ", "pnt": "{}) ", "rct": "({}) "}
Parts = dict[str, str]


def act(parts: Parts, titles: Parts | None = None, version: str = "1") -> ActText:
    """An act from own words by place; what stands in a place is put after its own words, as the readers do."""
    passages = []
    for order, place in enumerate(parts):
        unit, last = place.split(".")[0], place.split(".")[-1]
        head, _, number = last.partition("_")
        kind: PassageKind = {"art": "article", "par": "paragraph", "rct": "recital"}.get(head, "point")  # type: ignore[assignment]
        clean = _whole(place, parts)
        passages.append(
            LegalPassage(
                id=f"bro:{place}", act="bro", language="da", kind=kind, number=number, title=(titles or {}).get(unit, ""),
                text=clean, clean=clean, parent=f"bro:{unit}", order=order,
            )
        )
    return ActText(act="bro", language="da", version=version, title="Lov om broer", passages=tuple(passages))


def _whole(place: str, parts: Parts) -> str:
    head, _, number = place.rsplit(".", maxsplit=1)[-1].partition("_")
    inside = [_whole(p, parts) for p in parts if p.startswith(f"{place}.") and p.count(".") == place.count(".") + 1]
    return "\n".join([_LABELS.get(head, "").format(number) + parts[place], *inside]).strip()


BASE: Parts = {
    "rct_1": "Broer er til for alle, der vil over vandet.",
    "art_1": "",
    "art_1.par_1": "Ejeren af en bro ser den efter hvert forår.",
    "art_1.par_2": "Eftersynet omfatter:",
    "art_1.par_2.pnt_a": "gelænder og trin",
    "art_1.par_2.pnt_b": "piller under vandet",
    "art_1.par_2.pnt_c": "lys og skilte",
    "art_1.par_3": "Kommunen fører en liste over de broer, som er set efter.",
    "art_2": "Ingen må fiske fra en bro, mens der sejles under den.",
}


def changed(**places: str | None) -> Parts:
    """The act with places reworded (`art_1__par_1`) or taken out (None)."""
    said = {k.replace("__", "."): v for k, v in places.items()}
    return {k: said.get(k, v) or "" for k, v in (BASE | {k: v for k, v in said.items() if v is not None}).items() if said.get(k, v) is not None}


def compared(new: Parts, old: Parts = BASE, **more: Any) -> ActDifferences:
    return differences(act(old), act(new, version="2"), **more)


def told(found: ActDifferences) -> list[tuple[str, str, str]]:
    return [(d.kind, d.before.removeprefix("bro:"), d.after.removeprefix("bro:")) for d in found.differences]


def test_the_same_text_has_no_differences() -> None:
    found = compared(BASE)
    assert (found.differences, found.unchanged, found.old_version, found.new_version) == ((), 9, "1", "2")


def test_a_changed_point_is_told_once_and_not_as_a_changed_paragraph_and_article() -> None:
    found = compared(changed(art_1__par_2__pnt_b="piller både over og under vandet"))
    assert told(found) == [("changed", "art_1.par_2.pnt_b", "art_1.par_2.pnt_b")]
    (d,) = found.differences
    assert (d.old, d.new) == ("piller under vandet", "piller både over og under vandet")
    assert [(p.kind, p.words) for p in d.words] == [("same", "piller"), ("added", "både over og"), ("same", "under vandet")]
    assert found.unchanged == 6  # nine, less the point, its paragraph and its article


def test_the_words_before_a_list_are_the_paragraphs_own() -> None:
    found = compared(changed(art_1__par_2="Et eftersyn omfatter mindst:"))
    assert told(found) == [("changed", "art_1.par_2", "art_1.par_2")]
    assert "gelænder" not in found.differences[0].old


def test_what_comes_and_what_goes_is_told_as_a_whole() -> None:
    came = compared(changed(art_3="", art_3__par_1="Børn går gratis over alle broer i byen.", art_3__par_2="Hunde betaler som voksne."))
    assert told(came) == [("added", "", "art_3")]
    assert "Hunde betaler" in came.differences[0].new
    assert told(compared(BASE, changed(art_3="", art_3__par_1="Børn går gratis over alle broer i byen."))) == [("removed", "art_3", "")]


def test_a_paragraph_put_in_renumbers_those_after_it_and_changes_none() -> None:
    new = {k: v for k, v in BASE.items() if k != "art_1.par_3"}
    new = {
        **{k: v for k, v in new.items() if k < "art_1.par_2" or k.startswith("rct")},
        "art_1.par_2": "Den, der ser en bro efter, skal have lært det af en smed.",
        "art_1.par_3": BASE["art_1.par_2"],
        **{f"art_1.par_3.pnt_{x}": BASE[f"art_1.par_2.pnt_{x}"] for x in "abc"},
        "art_1.par_4": BASE["art_1.par_3"],
        "art_2": BASE["art_2"],
    }
    assert told(compared(new)) == [
        ("added", "", "art_1.par_2"),
        ("renumbered", "art_1.par_2", "art_1.par_3"),
        ("renumbered", "art_1.par_3", "art_1.par_4"),
    ]


def test_a_point_taken_out_stands_where_it_stood_and_those_after_it_move_up() -> None:
    new = changed(art_1__par_2__pnt_c=None, art_1__par_2__pnt_b=BASE["art_1.par_2.pnt_c"])
    assert told(compared(new)) == [("removed", "art_1.par_2.pnt_b", ""), ("renumbered", "art_1.par_2.pnt_c", "art_1.par_2.pnt_b")]


def test_a_passage_with_new_words_and_a_new_number_is_known_again() -> None:
    new = changed(art_2="Alle må bade fra bredden.", art_3="Ingen må fiske fra en bro, mens der sejles eller ros under den.")
    found = compared(new)
    assert told(found) == [("added", "", "art_2"), ("changed", "art_2", "art_3")]
    assert [p.words for p in found.differences[1].words if p.kind == "added"] == ["eller ros"]


def test_a_rule_rewritten_under_its_number_is_changed() -> None:
    assert told(compared(changed(art_2="Bropenge betales ved leddet."))) == [("changed", "art_2", "art_2")]


def test_a_paragraph_that_went_to_another_article_is_found_again() -> None:
    new = changed(art_1__par_3=None, art_2="", art_2__par_1=BASE["art_2"], art_2__par_2=BASE["art_1.par_3"])
    found = compared(new, changed(art_2="", art_2__par_1=BASE["art_2"]))
    assert told(found) == [("renumbered", "art_1.par_3", "art_2.par_2")]


def test_repealed_places_are_no_passages_that_moved() -> None:
    old, new = changed(art_1__par_3="(Ophævet)", art_2=None), changed(art_1__par_3=None, art_2="(Ophævet)")
    assert told(compared(new, old)) == [("removed", "art_1.par_3", ""), ("added", "", "art_2")]


def test_a_new_title_changes_the_article_alone() -> None:
    found = differences(act(BASE, {"art_1": "Eftersyn"}), act(BASE, {"art_1": "Eftersyn af broer"}))
    assert told(found) == [("changed", "art_1", "art_1")]
    assert found.differences[0].heading == "Eftersyn af broer"


def test_quotation_marks_and_spaces_of_another_format_are_no_difference() -> None:
    old, new = changed(art_2="En »bro« er en vej – over vand."), changed(art_2="En “bro”  er en vej - over vand.")
    assert compared(new, old).differences == ()


def test_the_requirements_that_cite_a_place_are_named(library: Library) -> None:
    """Cited above the place, at it, and below it: whoever cites a point rests on the words before the list too."""
    model = next(iter(library.catalogue.requirements.values()))
    cites = {"whole": "bro", "article": "bro:art_1", "paragraph": "bro:art_1.par_2", "point": "bro:art_1.par_2.pnt_a"}
    cites |= {"other": "bro:art_1.par_20", "next": "bro:art_2"}
    requirements = [model.model_copy(update={"id": name, "cites": (c,)}) for name, c in cites.items()]
    (lead,) = compared(changed(art_1__par_2="Et eftersyn omfatter mindst:"), requirements=requirements).differences
    assert lead.requirements == ("whole", "article", "paragraph", "point")
    (point,) = compared(changed(art_1__par_2__pnt_b="piller"), requirements=requirements).differences
    assert point.requirements == ("whole", "article", "paragraph")


def test_a_renumbered_place_is_cited_by_either_number() -> None:
    moved = Difference(kind="renumbered", before="bro:art_1", after="bro:art_2")
    assert touches("bro:art_1", moved) and touches("bro:art_2.par_1", moved) and not touches("bro:art_12", moved)


def test_a_point_put_in_without_a_paragraph_is_told_also_where_the_article_reads_as_before() -> None:
    old: Parts = {"art_1": "en bro over åen"}
    new = old | {"art_1.par_1.pnt_a": "en bro over åen"}
    assert _whole("art_1", new) == _whole("art_1", old)  # the article's text does not hold the point
    assert told(compared(new, old)) == [("added", "", "art_1.par_1.pnt_a")]
    assert told(compared(old, new)) == [("removed", "art_1.par_1.pnt_a", "")]
    moved = {"art_2": "en bro over åen", "art_2.par_1.pnt_a": "vejen ned til vandet"}
    assert told(compared(moved, old)) == [("renumbered", "art_1", "art_2"), ("added", "", "art_2.par_1.pnt_a")]


@given(st.text("ab cd\n"), st.text("ab cd\n"))
def test_the_pieces_give_back_both_texts(old: str, new: str) -> None:
    pieces = word_diff(old, new)
    for text, other in ((old, "added"), (new, "removed")):
        assert " ".join(p.words for p in pieces if p.kind != other).split() == text.split()


_PLACES = ["art_1", "art_1.par_1", "art_1.par_1.pnt_a", "art_1.par_2", "art_2", "art_2.par_1", "rct_1"]
_SAID = ["en bro over åen", "en anden bro over åen", "(Ophævet)", "", "vejen ned til vandet"]
# Also a point without its paragraph: damaged or oddly marked files give such acts.
_ACTS = st.dictionaries(st.sampled_from(_PLACES), st.sampled_from(_SAID), max_size=7)


@given(_ACTS, _ACTS)
def test_whatever_the_acts_no_place_is_told_twice_and_nothing_is_lost(old: Parts, new: Parts) -> None:
    old, new = dict(sorted(old.items())), dict(sorted(new.items()))
    found = compared(new, old)
    assert (found.differences == ()) == ({k: _whole(k, old) for k in old} == {k: _whole(k, new) for k in new})
    for side in ("before", "after"):
        ids = [getattr(d, side) for d in found.differences if getattr(d, side)]
        assert len(ids) == len(set(ids))
    for place in set(old) - set(new):
        assert _covered(f"bro:{place}", [d.before for d in found.differences])
    for place in set(new) - set(old):
        assert _covered(f"bro:{place}", [d.after for d in found.differences])


def _covered(place: str, ids: list[str]) -> bool:
    return any(i and f"{place}.".startswith(f"{i}.") for i in ids)


@pytest.mark.skipif(not LEGAL.is_dir(), reason="the official texts in ../shared/legal are not on this machine")
def test_the_same_act_in_two_formats_has_no_differences() -> None:
    page = read_official("eurlex-xhtml", {"x": (LEGAL / "eurlex-en-html" / "ai-act-32024R1689-en.html").read_bytes()}, "ai-act", "en", "1")
    files = {f.name: f.read_bytes() for f in (LEGAL / "eurlex-en-formex").glob("*.xml")}
    found = differences(page, read_official("formex", files, "ai-act", "en", "2"))
    assert (found.differences, found.unchanged) == ((), len(page.passages))
