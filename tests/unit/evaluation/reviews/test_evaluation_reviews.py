"""Reviewers' decisions become labels of a set of their own, and nothing else does."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_reviews import TEXT, decision, export, quote, report, review

from checker.adapters.documents import Documents
from checker.errors import CaseError
from checker.evaluation.cases import load_manifest, load_set
from checker.evaluation.gold import subject_of
from checker.evaluation.records import Subject
from checker.evaluation.reviews.exports import read_reviews
from checker.evaluation.reviews.masking import residue
from checker.evaluation.reviews.sets import Imported, import_reviews
from checker.library import Library

READ = Documents().read_bytes


def run(library: Library, folder: Path, *reviews: dict[str, Any], split: Any = "held-out", dry_run: bool = False) -> Imported:
    file = export(folder.parent / "eksport.jsonl", *reviews)
    return import_reviews([file], folder, split, library.catalogue, READ, "Egekommune", dry_run)


def subject(library: Library, folder: Path) -> Subject:
    """The only case, read as the evaluation reads it: all its checks hold."""
    (case,) = load_set(folder, library.catalogue)
    return subject_of(case, Documents().read(case.file), load_manifest(folder), library.catalogue)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "gennemgang"


def test_only_what_a_person_decided_is_a_label(library: Library, folder: Path) -> None:
    run(
        library,
        folder,
        review(
            decision("gdpr-dpia"),
            decision("gdpr-storage-limitation", "change", verdict="met", evidence=[quote(TEXT, "Optagelser slettes efter 30 dage")]),
            decision("gdpr-children", "ask"),
            decision("ai-act-fria"),
        ),
    )
    # The report has five findings; gdpr-information-duty was decided by nobody.
    gold = subject(library, folder).gold
    assert gold.verdicts == {"gdpr-dpia": "met", "gdpr-storage-limitation": "met", "gdpr-children": "ask", "ai-act-fria": "not_applicable"}
    assert gold.evidence == {"gdpr-storage-limitation": ("Optagelser slettes efter 30 dage",)}
    assert (gold.facts, gold.risk_class) == ({}, "")


def test_accept_takes_the_quotes_that_were_accepted_with_the_verdict(library: Library, folder: Path) -> None:
    words = "Konsekvensanalysen er skrevet af Mette Kjær"
    run(library, folder, review(decision("gdpr-dpia"), report=report(evidence={"gdpr-dpia": [quote(TEXT, words)]})))
    assert subject(library, folder).gold.evidence == {"gdpr-dpia": ("Konsekvensanalysen er skrevet af [NAVN-1]",)}


def test_of_several_decisions_the_latest_by_time_counts_wherever_it_stands(library: Library, folder: Path) -> None:
    late = decision("gdpr-dpia", "change", "2026-11-01T12:00:00+01:00", verdict="gap")
    early = decision("gdpr-dpia", "accept", "2026-11-01T12:30:00+02:00")  # half past eleven in Denmark
    run(library, folder, review(late, early))
    assert subject(library, folder).gold.verdicts == {"gdpr-dpia": "gap"}


def test_a_rejection_says_what_is_wrong_and_is_a_label_only_with_the_right_verdict(library: Library, folder: Path) -> None:
    done = run(library, folder, review(decision("gdpr-dpia", "reject"), decision("gdpr-information-duty", "reject", verdict="met")))
    assert subject(library, folder).gold.verdicts == {"gdpr-information-duty": "met"}
    assert any("gdpr-dpia was rejected without a verdict" in n for n in done.notes)
    assert any("gdpr-information-duty is met, but no quote carries it" in n for n in done.notes)


def test_a_project_without_a_decided_requirement_makes_no_case(library: Library, folder: Path) -> None:
    # `only` empty would mean that every requirement is labelled.
    done = run(library, folder, review())
    assert (done.added, len(done.skipped), folder.exists()) == ([], 1, False)


def test_a_duty_that_only_an_answer_brings_into_play_is_no_label_of_the_text(library: Library, folder: Path) -> None:
    # gdpr-children applies when affects_children: the text is silent, the answer says yes.
    answers = [{"fact": "affects_children", "value": True, "by": "Pia Juul", "time": "2026-10-30T10:00:00+01:00"}]
    children = decision("gdpr-children", "change", verdict="gap")
    facts = {"processes_personal_data": {"value": True, "origin": "text", "quotes": [quote(TEXT, "Beboer")]}}
    done = run(
        library,
        folder,
        review(children, decision("gdpr-storage-limitation"), report=report(facts=facts), facts=answers, risk_class="minimal"),
    )
    assert subject(library, folder).gold.verdicts == {"gdpr-storage-limitation": "gap"}
    assert subject(library, folder).gold.risk_class == ""
    assert any("whether gdpr-children applies was settled by an answer" in n for n in done.notes)


def test_provenance_says_where_a_case_is_from_and_names_nobody(library: Library, folder: Path) -> None:
    run(library, folder, review(decision("gdpr-dpia"), decision("gdpr-children", "ask", reason="Lone Abildgaard spørger Mette."), risk_class="minimal"))
    (case,) = load_set(folder, library.catalogue)
    told = case.labels.provenance
    assert (told["catalogue"], told["checker"], told["decisions"], told["roles"]) == ("abc", "0.1.0", "2", "reviewer")
    assert told["signed_off"].startswith("2026-11-02")
    assert case.labels.family == told["project"] != "P-1"
    assert case.labels.risk_class == "minimal"
    written = "".join(f.read_text("utf-8") for f in folder.iterdir())
    for personal in ("Mette", "Kjær", "Lone", "Abildgaard", "egekommune.dk", "39 98", "010234", "Skovvej", "004512", "P-1"):
        assert personal not in written
    assert "CVR 19438414" in written


def test_the_manifest_says_who_reviewed_and_that_nobody_read_the_masked_texts(library: Library, folder: Path) -> None:
    run(library, folder, review(decision("gdpr-dpia")))
    manifest = load_manifest(folder)
    assert (manifest.kind, manifest.name, len(manifest.held_out_families)) == ("reviews", "gennemgang", 1)
    assert "staff of Egekommune" in manifest.verified
    assert "no second reading" in manifest.verified
    assert manifest.verified.endswith("not read through")


def test_the_split_is_that_of_the_first_import(library: Library, folder: Path) -> None:
    run(library, folder, review(decision("gdpr-dpia")), split="train")
    run(library, folder, review(decision("gdpr-dpia"), exported_at="2026-11-05T09:00:00+01:00"), split="held-out")
    assert subject(library, folder).split == "train"


def test_the_same_export_twice_changes_nothing_also_after_a_hand_has_masked_more(library: Library, folder: Path) -> None:
    run(library, folder, review(decision("gdpr-dpia")))
    (text,) = folder.glob("*.txt")
    text.write_text(text.read_text("utf-8").replace("Egelunden", "[STED]"), "utf-8")
    before = {f.name: f.read_bytes() for f in folder.iterdir()}
    done = run(library, folder, review(decision("gdpr-dpia")))
    assert (len(done.unchanged), done.added, done.replaced) == (1, [], [])
    assert {f.name: f.read_bytes() for f in folder.iterdir()} == before


def test_a_newer_export_replaces_and_an_older_one_does_not(library: Library, folder: Path) -> None:
    newer = review(decision("gdpr-dpia", "change", verdict="gap"), exported_at="2026-11-05T09:00:00+01:00")
    run(library, folder, review(decision("gdpr-dpia")))
    done = run(library, folder, newer)
    assert len(done.replaced) == 1
    assert any("replaces the export of 2026-11-02" in n for n in done.notes)
    assert subject(library, folder).gold.verdicts == {"gdpr-dpia": "gap"}
    assert len(run(library, folder, review(decision("gdpr-dpia"))).skipped) == 1
    assert subject(library, folder).gold.verdicts == {"gdpr-dpia": "gap"}


def test_of_two_exports_of_a_project_in_one_import_the_newer_is_used(library: Library, folder: Path) -> None:
    done = run(library, folder, review(decision("gdpr-dpia"), exported_at="2026-11-05T09:00:00+01:00"), review(decision("gdpr-children")))
    assert subject(library, folder).gold.verdicts == {"gdpr-dpia": "met"}
    assert any("line 2: an older export" in n for n in done.notes)


def test_a_dry_run_writes_nothing_and_says_the_same(library: Library, folder: Path) -> None:
    dry = run(library, folder, review(decision("gdpr-dpia")), dry_run=True)
    assert not folder.exists()
    assert dry == run(library, folder, review(decision("gdpr-dpia")))


def test_a_quote_of_nothing_but_a_name_is_left_out_and_told(library: Library, folder: Path) -> None:
    done = run(library, folder, review(decision("gdpr-dpia", evidence=[quote(TEXT, "Mette Kjær")])))
    assert subject(library, folder).gold.evidence == {}
    assert any("1 of 1 quotes left out" in n for n in done.notes)


def test_a_review_that_is_not_signed_off_is_told(library: Library, folder: Path) -> None:
    done = run(library, folder, review(decision("gdpr-dpia"), signed_off=False, signed_at=None))
    assert any("not signed off" in n for n in done.notes)
    (case,) = load_set(folder, library.catalogue)
    assert case.labels.provenance["signed_off"] == "no"


def test_a_json_list_is_read_like_lines_and_names_the_line_inside_it(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "liste.json"
    good, bad = review(decision("gdpr-dpia")), review(decision("gdpr-dpja"), project_id="P-2")
    file.write_text("\n" + json.dumps([good], indent=2), "utf-8")
    assert [one.line for one in read_reviews(file, library.catalogue)] == [3]  # an empty line, the bracket, the review
    written = json.dumps([good, bad], indent=2)
    file.write_text(written, "utf-8")
    with pytest.raises(CaseError, match=r"unknown requirement gdpr-dpja; did you mean gdpr-dpia") as error:
        read_reviews(file, library.catalogue)
    assert error.value.line == next(n for n, line in enumerate(written.split("\n"), 1) if '"gdpr-dpja"' in line)


BAD = {
    "not an object": ([1, 2], "expected a reviewed project"),
    "another schema version": (review(schema_version=2), "schema_version is 2, expected 1"),
    "a version that is true": (review(schema_version=True), "schema_version is True, expected 1"),
    "no schema version": ({"kind": "review"}, "schema_version is None"),
    "a report without text": (review(report={k: v for k, v in report().items() if k != "text"}), "--with-text"),
    "an empty text": (review(report=report("  \n")), "--with-text"),
    "another text than the receipt's": (review(report=report() | {"text": TEXT + "x"}), "is not the one its receipt names"),
    "half a character pair": (review(report=report() | {"text": "a\ud800"}), "report.text: Input should be a valid string"),
    "an unknown requirement": (review(decision("gdpr-dpja")), "unknown requirement gdpr-dpja; did you mean gdpr-dpia"),
    "a decision on no finding": (review(decision("gdpr-lawful-basis")), "on which the report has no finding"),
    "an unknown fact": (review(facts=[{"fact": "is_ia_system", "value": True, "by": "x", "time": "2026-11-01T10:00:00Z"}]), "unknown fact is_ia_system"),
    "evidence not in the text": (review(decision("gdpr-dpia", evidence=[{"text": "Nej", "start": 0, "end": 3}])), "is not what stands there"),
    "evidence at another place": (review(decision("gdpr-dpia", evidence=[quote(TEXT, "CVR") | {"start": 0, "end": 3}])), "is not what stands there"),
    "evidence before the text": (review(decision("gdpr-dpia", evidence=[{"text": "\n", "start": -1, "end": 300}])), "is not what stands there"),
    "change without a verdict": (review(decision("gdpr-dpia", "change")), "change without a verdict"),
    "accept with another verdict": (review(decision("gdpr-dpia", verdict="gap")), "accept with the verdict gap"),
    "reject with the same verdict": (review(decision("gdpr-dpia", "reject", verdict="met")), "reject with checker's own verdict"),
    "ask with a verdict": (review(decision("gdpr-dpia", "ask", verdict="gap")), "ask with the verdict gap"),
    "two decisions at once": (review(decision("gdpr-dpia"), decision("gdpr-dpia", "ask")), "two decisions at 2026-11-01T10:00:00"),
    "an unknown action": (review(decision("gdpr-dpia", "approve")), "decisions.0.action"),
    "an unknown key": (review(signed_of=True), "signed_of"),
    "a time without a zone": (review(decision("gdpr-dpia", time="2026-11-01T10:00:00")), "timezone"),
    "signed off in words": (review(signed_off="yes"), "signed_off"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_review_is_refused_with_file_and_line_and_nothing_is_written(name: str, library: Library, folder: Path) -> None:
    bad, says = BAD[name]
    file = folder.parent / "eksport.jsonl"
    file.write_text(json.dumps(review(decision("gdpr-dpia"), project_id="P-0")) + "\n\n" + json.dumps(bad) + "\n", "utf-8")
    with pytest.raises(CaseError, match=re.escape(says)) as error:
        import_reviews([file], folder, "held-out", library.catalogue, READ)
    assert (error.value.line, error.value.file) == (3, str(file))
    assert not folder.exists()


@pytest.mark.parametrize(
    ("written", "line", "says"),
    [
        (b"", None, "no reviews in it"),
        (b"[]", None, "no reviews in it"),
        (b"\n{'a': 1}\n", 2, "not JSON"),
        (b'{"schema_version": 1', 1, "not JSON"),
        (b'{"a": 1} {"b": 2}', 1, "more after the end"),
        (b'{"schema_version": 1, "schema_version": 1}', 1, "schema_version is there twice"),
        (b'{"schema_version": NaN}', 1, "NaN is no JSON number"),
        (b"[\n\n{]", 3, "not JSON"),
        (b"[" * 100_000, 1, "nested too deeply"),
        (b'{"schema_version": ' + b"1" * 5000 + b"}", 1, "number too long"),
        (b"\xff\xfe\x00", None, "UTF-8"),
    ],
)
def test_a_file_that_is_no_export_is_refused(written: bytes, line: int | None, says: str, library: Library, tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_bytes(written)
    with pytest.raises(CaseError, match=re.escape(says)) as error:
        read_reviews(tmp_path / "x.jsonl", library.catalogue)
    assert error.value.line == line


def test_a_missing_file_is_named(library: Library, tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="is missing"):
        read_reviews(tmp_path / "nej.jsonl", library.catalogue)


def test_two_different_exports_of_a_project_at_the_same_time_are_refused(library: Library, folder: Path) -> None:
    with pytest.raises(CaseError, match="another export of the same project at the same time") as error:
        run(library, folder, review(decision("gdpr-dpia")), review(decision("gdpr-children")))
    assert error.value.line == 2
    run(library, folder, review(decision("gdpr-dpia")), review(decision("gdpr-dpia")))  # the same one twice does no harm


def test_an_authored_set_takes_no_reviews(library: Library, folder: Path) -> None:
    folder.mkdir()
    authored = {"name": "a", "title": "a", "source": "a", "licence": "a", "labelled_by": "a", "verified": "a", "law_date": "2026-11-22"}
    (folder / "manifest.yaml").write_text(yaml.safe_dump(authored | {"kind": "authored"}, sort_keys=False), "utf-8")
    with pytest.raises(CaseError, match="kept apart from authored cases") as error:
        run(library, folder, review(decision("gdpr-dpia")))
    assert error.value.line == 8
    assert [f.name for f in folder.iterdir()] == ["manifest.yaml"]


def test_a_folder_of_other_files_and_a_file_are_no_set(library: Library, folder: Path) -> None:
    folder.mkdir()
    (folder / "notat.txt").write_text("x", "utf-8")
    with pytest.raises(CaseError, match=r"has files but no manifest\.yaml"):
        run(library, folder, review(decision("gdpr-dpia")))
    with pytest.raises(CaseError, match="is a file"):
        run(library, folder / "notat.txt", review(decision("gdpr-dpia")))



@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(["Mette Kjær", "Ole Damgaard", "Fatima El Amrani"]),
    cpr=st.dates(date(1930, 1, 1), date(2025, 1, 1)).flatmap(
        lambda d: st.tuples(st.sampled_from(["", "-", " ", " - ", "\u2013"]), st.integers(0, 9999)).map(lambda t: f"{d:%d%m%y}{t[0]}{t[1]:04d}")
    ),
    phone=st.integers(20_000_000, 99_999_999).map(str),
    around=st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=30),
)
def test_no_personal_data_stands_in_any_written_file(
    name: str, cpr: str, phone: str, around: str, library: Library, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = f"Konsekvensanalysen er lavet. {around}\nBorger {cpr} (tlf. {phone}, {phone}@post.dk) og sagsbehandler {name} {around} ender her."
    folder = tmp_path_factory.mktemp("reviews") / "set"
    words = {"text": text, "start": 0, "end": len(text)}
    run(
        library,
        folder,
        review(decision("gdpr-dpia", reason=f"{name}, {cpr}, tlf. {phone}", author=name, role=name, evidence=[words]), report=report(text), project_id=cpr),
    )
    assert subject(library, folder).gold.verdicts == {"gdpr-dpia": "met"}
    for file in folder.iterdir():
        written = file.read_text("utf-8")
        assert cpr not in written
        assert phone not in written
        assert name not in written
        if file.suffix == ".txt":
            assert residue(written) == ()
