"""Foreign sets by a mapping: what a column says becomes a label, what it does not say never does, and shifted columns stop."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.adapters.documents import Documents
from checker.adapters.tables import read_table
from checker.errors import CaseError
from checker.evaluation.foreign.articles import references
from checker.evaluation.foreign.mapping import load_mapping, subjects_of
from checker.evaluation.foreign.scales import matches
from checker.evaluation.records import Subject
from checker.library import Library
from checker.model.project import Document

MAPPINGS = Path(__file__).resolve().parents[4] / "eval" / "mappings"
HEAD = """\
name: tiny
title: Tiny
source: ours
licence: ours
law_date: 2026-11-22
language: en
file: rows.csv
id: id
missing: [unknown, n/a]
text:
  - {column: name, title: true}
  - {column: about, heading: About}
labels:
"""
DPIA = "  - {requirement: gdpr-dpia, column: dpia, scale: yes_no}\n"
Build = Callable[..., tuple[list[Subject], list[str]]]


def read(name: str, data: bytes) -> Document:
    return Documents().read_bytes(data, name)


@pytest.fixture
def build(tmp_path: Path, library: Library) -> Build:
    """Mapping and CSV (columns id, name, about and those given) → subjects and notes."""

    def run(labels: str = DPIA, rows: str = "id,name,about,dpia\n1,N,A text,yes\n", head: str = HEAD) -> tuple[list[Subject], list[str]]:
        (tmp_path / "mapping.yaml").write_text(head + labels, "utf-8")
        (tmp_path / "rows.csv").write_text(rows, "utf-8")
        mapping = load_mapping(tmp_path / "mapping.yaml", library.catalogue)
        return subjects_of(mapping, read_table(tmp_path / mapping.file, mapping.sheet), read)

    return run


def rows_of(column: str, *values: str) -> str:
    return f"id,name,about,{column}\n" + "".join(f'{n},N,Text {n},"{value}"\n' for n, value in enumerate(values, 1))


def stopped(build: Build, *args: Any, **kwargs: Any) -> CaseError:
    with pytest.raises(CaseError) as caught:
        build(*args, **kwargs)
    return caught.value


def verdicts(subjects: list[Subject], requirement: str = "gdpr-dpia") -> dict[str, str]:
    return {s.id: s.gold.verdicts[requirement] for s in subjects if requirement in s.gold.verdicts}


def test_the_text_is_the_columns_under_their_headings(build: Build) -> None:
    (subject,), _ = build()
    assert subject.document.text == "# N\n\n## About\n\nA text\n"
    assert (subject.set, subject.id, subject.split, subject.family, subject.language) == ("tiny", "1", "held-out", "1", "en")


def test_a_yes_is_met_a_no_is_a_gap_and_unknown_is_neither(build: Build) -> None:
    subjects, notes = build(rows=rows_of("dpia", "Yes", "NO", "Unknown", "", "N/A", " nej "))
    assert verdicts(subjects) == {"1": "met", "2": "gap", "6": "gap"}
    assert notes == ["gdpr-dpia (from dpia): gap 2, met 1", "3 rows carry no label and are left out: line 4, 5, 6"]


def test_a_side_that_says_nothing_is_no_label(build: Build) -> None:
    labels = "  - {requirement: gdpr-dpia, column: dpia, scale: yes_no, says: {yes: met}, yes: [done]}\n"
    subjects, _ = build(labels, rows_of("dpia", "done", "no"))
    assert verdicts(subjects) == {"1": "met"}


def test_a_no_counts_only_where_the_duty_was_there(build: Build) -> None:
    labels = "  - requirement: gdpr-dpia\n    column: dpia\n    scale: yes_no\n    only_when: {column: impact, values: [High]}\n"
    subjects, _ = build(labels, "id,name,about,dpia,impact\n1,N,a,no,high\n2,N,b,no,low\n3,N,c,no,\n")
    assert verdicts(subjects) == {"1": "gap"}


def test_grades_are_kept_as_grades_and_the_middle_is_no_verdict(build: Build) -> None:
    labels = "  - {requirement: gdpr-dpia, column: g, scale: grade, low: 1, high: 5, met_from: 4, gap_to: 2}\n"
    subjects, _ = build(labels, rows_of("g", "1", "3", "4.0", "unknown", "5"))
    assert {s.id: s.gold.grades["gdpr-dpia"].value for s in subjects} == {"1": 1, "2": 3, "3": 4, "5": 5}
    assert verdicts(subjects) == {"1": "gap", "3": "met", "5": "met"}


def test_values_take_the_first_that_fits_and_null_says_nothing(build: Build) -> None:
    values = "{No - law: null, no: gap, yes: met, not started: null}"
    labels = f"  - requirement: gdpr-dpia\n    column: v\n    scale: values\n    match: start\n    values: {values}\n"
    subjects, _ = build(labels, rows_of("v", "No - law forbids", "No, too dear", "Yes - by us", "not started", "no"))
    assert verdicts(subjects) == {"2": "gap", "3": "met", "5": "gap"}


def test_facts_and_risk_class_become_labels_too(build: Build) -> None:
    labels = (
        "  - {fact: processes_personal_data, column: pii, scale: yes_no}\n"
        "  - {fact: project_phase, column: stage, scale: values, values: {Live: operation, Dead: null}}\n"
        "  - {fact: annex_iii_area, column: area, scale: values, values: {School: [education], None: [none]}}\n"
        "  - {risk_class: true, column: risk, scale: values, values: {A: high, B: null}}\n"
    )
    subjects, _ = build(labels, "id,name,about,pii,stage,area,risk\n1,N,a,no,Live,School,A\n2,N,b,n/a,Dead,,B\n3,N,c,yes,,,\n")
    assert [s.id for s in subjects] == ["1", "3"]
    assert subjects[0].gold.facts == {"processes_personal_data": False, "project_phase": "operation", "annex_iii_area": ("education",)}
    assert subjects[0].gold.facts_said == ("processes_personal_data", "project_phase", "annex_iii_area")
    assert (subjects[0].gold.risk_class, subjects[1].gold.risk_class) == ("high", "")


def test_article_lists_become_provisions_and_the_rest_is_counted(build: Build) -> None:
    labels = "  - {requirement: gdpr-lawful-basis, column: law, scale: articles, within: ['gdpr:art_6'], means: met}\n"
    subjects, notes = build(labels, rows_of("law", "Art. 6(1)(e) GDPR; artikel 35 AVG; the Fishery Act", "Art. 35 GDPR", "GDPR art. 6"))
    assert {s.id: s.gold.provisions["gdpr-lawful-basis"] for s in subjects} == {"1": ("gdpr:art_6.par_1.pnt_e",), "3": ("gdpr:art_6",)}
    assert verdicts(subjects, "gdpr-lawful-basis") == {"1": "met", "3": "met"}
    assert "1 references to law were not recognised and are no label: »the Fishery Act« (line 2)" in notes


def test_free_text_that_is_there_is_a_label_and_its_absence_is_none(build: Build) -> None:
    subjects, _ = build("  - {requirement: fr-hjemmel, column: law, scale: filled, means: met}\n", rows_of("law", "The act", "", "n/a"))
    assert verdicts(subjects, "fr-hjemmel") == {"1": "met"}


def test_rows_of_one_organisation_stay_one_cluster(build: Build) -> None:
    subjects, _ = build(rows="id,name,about,dpia,org\n1,N,a,yes,X\n2,N,b,no,X\n3,N,c,no,\n", head=HEAD.replace("id: id", "id: id\nfamily: org"))
    assert [s.family for s in subjects] == ["X", "X", "3"]


def test_a_table_without_ids_is_named_by_its_rows(build: Build) -> None:
    subjects, _ = build(rows="name,about,dpia\nN,a,yes\nN,b,no\n", head=HEAD.replace("id: id\n", ""))
    assert [s.id for s in subjects] == ["row-2", "row-3"]


def test_a_row_without_text_is_left_out_and_told(build: Build) -> None:
    subjects, notes = build(rows="id,name,about,dpia\n1,N,a,yes\n2,,n/a,no\n")
    assert [s.id for s in subjects] == ["1"]
    assert "1 rows have no text and are left out: line 3" in notes


def test_the_language_comes_from_a_column(build: Build) -> None:
    head = HEAD.replace("language: en", "language: {column: lang, values: {nld: nl, eng: en}, empty: nl}")
    subjects, _ = build(rows="id,name,about,dpia,lang\n1,N,a,yes,ENG\n2,N,b,no,nld\n3,N,c,no,\n", head=head)
    assert [s.language for s in subjects] == ["en", "nl", "nl"]
    error = stopped(build, rows="id,name,about,dpia,lang\n1,N,a,yes,ENG\n2,N,b,no,fin\n", head=head)
    assert error.line == 3
    assert "»lang« holds »fin«; expected one of nld, eng" in str(error)


def test_two_columns_that_ask_the_same_must_agree(build: Build) -> None:
    labels = "  - {requirement: gdpr-dpia, columns: [dpia, pia], scale: yes_no}\n"
    subjects, _ = build(labels, "id,name,about,dpia,pia\n1,N,a,yes,\n2,N,b,unknown,no\n3,N,c,no,no\n")
    assert verdicts(subjects) == {"1": "met", "2": "gap", "3": "gap"}
    error = stopped(build, labels, "id,name,about,dpia,pia\n1,N,a,yes,yes\n2,N,b,yes,no\n")
    assert (error.line, "gdpr-dpia is labelled both met and gap" in str(error)) == (3, True)


def test_a_renamed_column_names_the_file_the_columns_and_the_closest(build: Build) -> None:
    error = stopped(build, rows="id,name,about,dpia_done\n1,N,a,yes\n")
    assert "rows.csv: there is no column »dpia«; the closest is dpia_done. Columns found: id, name, about, dpia_done" in str(error)


def test_a_column_of_another_version_is_found_by_its_alias(build: Build) -> None:
    head = HEAD.replace("id: id", "id: id\naliases: {dpia: ['Was a DPIA made?']}")
    subjects, _ = build(rows="id,name,about,was a  DPIA made?\n1,N,a,yes\n", head=head)
    assert verdicts(subjects) == {"1": "met"}
    assert "both »dpia« and »Was a DPIA made?« are there" in str(stopped(build, rows="id,name,about,dpia,Was a DPIA made?\n1,N,a,yes,no\n", head=head))


def test_one_strange_value_names_its_row(build: Build) -> None:
    error = stopped(build, rows=rows_of("dpia", "yes", "no", "2024-01-03", "no"))
    assert error.line == 4
    assert "»dpia« holds »2024-01-03«; expected yes or no" in str(error)
    assert "shifted" not in str(error)


def test_a_shifted_column_is_told_with_the_column_that_fits(build: Build) -> None:
    # The header lacks one name, so that every value stands one column to the left of where it belongs.
    error = stopped(build, rows="id,name,about,dpia,when\n1,N,a,2024-01-03,yes\n2,N,b,2024-02-01,no\n3,N,c,,yes\n")
    assert error.line == 2
    assert "»dpia« holds »2024-01-03«" in str(error)
    assert "2 of 2 rows with a value are like that: the columns look shifted or renamed. Such values stand in »when«." in str(error)


def test_a_column_that_is_there_twice_is_refused_when_it_is_asked_for(build: Build) -> None:
    assert "»dpia« is there more than once" in str(stopped(build, rows="id,name,about,dpia,dpia\n1,N,a,yes,no\n"))


@pytest.mark.parametrize(
    ("rows", "line", "says"),
    [
        ("id,name,about,dpia\n", None, "no rows under the header"),
        ("id,name,about,dpia\n1,N,a,yes\n1,N,b,no\n", 3, "the id 1 is there twice; also in line 2"),
        ("id,name,about,dpia\n1,N,a,yes\n,N,b,no\n", 3, "the id column »id« is empty"),
        ("id,name,about,dpia\n1,N,a,\n2,,,yes\n", None, "no row has both a text and a label (2 rows)"),
    ],
)
def test_a_table_that_cannot_be_labelled_names_file_and_row(build: Build, rows: str, line: int | None, says: str) -> None:
    error = stopped(build, rows=rows)
    assert says in str(error)
    assert error.line == line


@pytest.mark.parametrize(
    ("labels", "line", "says"),
    [
        ("  - {requirement: gdpr-dpja, column: dpia, scale: yes_no}\n", 14, "unknown requirement gdpr-dpja; the closest is gdpr-dpia"),
        ("  - {fact: is_ai_sistem, column: dpia, scale: yes_no}\n", 14, "unknown fact is_ai_sistem; the closest is is_ai_system"),
        ("  - {fact: project_phase, column: dpia, scale: yes_no}\n", 14, "project_phase has no value True; expected one of idea"),
        ("  - {fact: annex_iii_area, column: dpia, scale: filled, means: education}\n", 14, "expected a list of none"),
        ("  - {fact: is_ai_system, column: dpia, scale: values, values: {a: yes}}\n", 14, "is_ai_system has no value yes; expected one of True, False"),
        ("  - {requirement: gdpr-dpia, column: dpia, scale: values, values: {a: missing}}\n", 14, "gdpr-dpia has no verdict missing"),
        ("  - {risk_class: true, column: dpia, scale: values, values: {a: big}}\n", 14, "there is no risk class big"),
        ("  - {requirement: gdpr-dpia, fact: is_ai_system, column: dpia, scale: yes_no}\n", 14, "one of requirement, fact, risk_class"),
        ("  - {requirement: gdpr-dpia, scale: yes_no}\n", 14, "expected column"),
        ("  - {requirement: gdpr-dpia, column: dpia, scale: stars}\n", 14, "labels.0"),
        ("  - {requirement: gdpr-dpia, column: dpia, scale: grade, met_from: 2, gap_to: 3}\n", 14, "gap_to < met_from"),
        ("  - {fact: is_ai_system, column: dpia, scale: grade}\n", 14, "a grade is for a requirement"),
        ("  - {requirement: gdpr-dpia, column: dpia, scale: yes_no, colour: red}\n", 14, "colour"),
        ("  - {requirement: gdpr-dpia, column: dpia, scale: yes_no}\nname: again\n", 15, "name is there twice"),
        ("  - requirement: gdpr-dpia\n    column: dpia\n    scale: values\n    values: {a: met, a: gap}\n", 17, "a is there twice"),
        ("  - [\n", 15, "not valid YAML"),
        ("", 13, "labels"),
    ],
)
def test_a_wrong_mapping_names_file_and_line(build: Build, labels: str, line: int, says: str) -> None:
    error = stopped(build, labels)
    assert says in str(error)
    assert "mapping.yaml" in error.file
    assert error.line == line


def test_a_missing_mapping_says_so(tmp_path: Path, library: Library) -> None:
    with pytest.raises(CaseError, match="the mapping is missing"):
        load_mapping(tmp_path / "mapping.yaml", library.catalogue)


@pytest.mark.parametrize(
    ("written", "ids"),
    [
        ("Art. 6(1)(e) GDPR", ["gdpr:art_6.par_1.pnt_e"]),
        ("artikel 35 AVG", ["gdpr:art_35"]),
        ("artikel 6, eerste lid, onder c en e, AVG", ["gdpr:art_6.par_1.pnt_c", "gdpr:art_6.par_1.pnt_e"]),
        ("GDPR art. 6, stk. 1, litra e", ["gdpr:art_6.par_1.pnt_e"]),
        ("Art. 6 Abs. 1 lit. e DSGVO", ["gdpr:art_6.par_1.pnt_e"]),
        ("Art. 4(7) GDPR", ["gdpr:art_4.pnt_7"]),
        ("GDPR art. 6, AI Act art. 26(5)", ["gdpr:art_6", "ai-act:art_26.par_5"]),
        ("Articles 6 and 9 GDPR", ["gdpr:art_6", "gdpr:art_9"]),
        ("Article 27 of the AI Act", ["ai-act:art_27"]),
        ("Annex III(4)(a) AI Act", ["ai-act:anx_III.pnt_4.a"]),
        ("AI-forordningen, bilag III, nr. 4", ["ai-act:anx_III.pnt_4"]),
        ("recital 71 GDPR", ["gdpr:rct_71"]),
        ("databeskyttelsesloven § 11, stk. 2, nr. 1", ["databeskyttelsesloven:par_11.stk_2.nr_1"]),
        ("§ 11 i databeskyttelsesloven", ["databeskyttelsesloven:par_11"]),
        ("§ 128 b, stk. 3, serviceloven", ["serviceloven:par_128b.stk_3"]),
        ("De AVG, artikel 6, lid 1, onder e. De gemeente bewaart niets.", ["gdpr:art_6.par_1.pnt_e"]),
    ],
)
def test_references_in_four_languages_become_our_ids(written: str, ids: list[str]) -> None:
    assert (list(references([written]).found), references([written]).not_recognised) == (ids, ())


@pytest.mark.parametrize(
    "written",
    [
        "Participatiewet, artikel 17",
        "artikel 8 UAVG",  # the Dutch implementing act is not the regulation
        "AVG en artikel 17 Participatiewet",
        "Art. 140 GDPR",  # the regulation ends at 99
        "art. 6e GDPR",
        "GDPR",
        "Article 6(1)(e)",  # of which act?
        "yes",
    ],
)
def test_what_is_not_recognised_is_handed_back_and_never_guessed(written: str) -> None:
    assert references([written]) == references([]).__class__(found=(), not_recognised=(written,))


def test_a_bare_reference_is_read_where_the_mapping_names_the_act() -> None:
    assert references(["6(1)(e)", "35", "artikel 17 Participatiewet"], "gdpr").found == ("gdpr:art_6.par_1.pnt_e", "gdpr:art_35")


@given(st.lists(st.text(max_size=40), max_size=4))
def test_any_text_gives_only_ids_of_acts_that_we_know(entries: list[str]) -> None:
    for provision in references(entries, "gdpr").found:
        act, _, anchor = provision.partition(":")
        assert act in {"gdpr", "ai-act", "databeskyttelsesloven", "forvaltningsloven", "offentlighedsloven", "serviceloven", "retssikkerhedsloven"}
        assert anchor.startswith(("art_", "anx_", "rct_", "par_"))


@given(art=st.integers(1, 99), par=st.integers(1, 12), pnt=st.sampled_from("abcdef"))
def test_every_way_of_writing_names_the_same_provision(art: int, par: int, pnt: str) -> None:
    forms = [
        f"Art. {art}({par})({pnt}) GDPR",
        f"article {art}({par}), point ({pnt}), of Regulation (EU) 2016/679",
        f"artikel {art}, lid {par}, onder {pnt}, AVG",
        f"databeskyttelsesforordningen artikel {art}, stk. {par}, litra {pnt}",
    ]
    part = "pnt" if art == 4 else "par"
    assert {references([f]).found for f in forms} == {(f"gdpr:art_{art}.{part}_{par}.pnt_{pnt}",)}


@pytest.mark.parametrize(
    ("value", "key", "match", "same"),
    [
        ("No – law", "no", "start", True),
        ("None of the above", "no", "start", False),
        ("Not Applicable", "no", "start", False),
        ("In person,  Other", "other", "contains", True),
        ("another", "other", "contains", False),
        ("YES ", "yes", "whole", True),
        ("yes, planned", "yes", "whole", False),
        ("a list with (FRIA), done", "(FRIA)", "contains", True),
    ],
)
def test_values_match_whole_words_only(value: str, key: str, match: Any, same: bool) -> None:
    assert matches(value, key, match) is same


def worked(name: str, library: Library, table: Path | None = None) -> tuple[dict[str, Subject], list[str]]:
    mapping = load_mapping(MAPPINGS / name / "mapping.yaml", library.catalogue)
    subjects, notes = subjects_of(mapping, read_table(table or MAPPINGS / name / mapping.file, mapping.sheet), read)
    assert all(s.split == "held-out" and s.set == name for s in subjects)
    return {s.id: s for s in subjects}, notes


def test_the_dutch_register_labels_what_it_says_and_no_gap(library: Library) -> None:
    subjects, notes = worked("dutch-algoritmeregister", library)
    full = subjects["90000006"].gold
    assert full.verdicts == {"fr-hjemmel": "met", "gdpr-lawful-basis": "met", "gdpr-dpia": "met", "ai-act-fria": "met"}
    assert full.provisions == {"gdpr-lawful-basis": ("gdpr:art_6.par_1.pnt_e", "gdpr:art_9.par_2.pnt_h")}
    assert (full.risk_class, subjects["90000002"].gold.risk_class) == ("high", "")
    assert subjects["90000002"].gold.verdicts == {"fr-hjemmel": "met"}  # a pre-scan is no DPIA, the AVG without an article no basis
    assert all("gap" not in s.gold.verdicts.values() for s in subjects.values())
    assert subjects["90000004"].language == "nl"
    assert "2 rows carry no label and are left out: line 4, 6" in notes  # nothing listed; "n.v.t." and "nvt"


def test_the_us_inventory_counts_a_no_only_where_rights_are_at_stake(library: Library) -> None:
    subjects, _ = worked("us-federal-ai-inventory", library)
    assert subjects["row-2"].gold.verdicts["ai-act-fria"] == "met"
    assert subjects["row-3"].gold.verdicts == {
        "gdpr-dpia": "gap",
        "ai-act-fria": "gap",
        "kl-human-in-control": "gap",
        "ai-act-transparency-chatbot": "gap",
        "gdpr-automated-decisions": "gap",
    }
    assert subjects["row-4"].gold.verdicts == {"ai-act-transparency-chatbot": "not_applicable"}
    assert "ai-act-fria" not in subjects["row-6"].gold.verdicts  # planned or in progress says neither
    assert "gdpr-automated-decisions" not in subjects["row-6"].gold.verdicts  # an appeal that law precludes
    assert subjects["row-2"].family == subjects["row-6"].family == "BER"


def test_graded_rows_read_alike_from_json_lines_and_a_workbook(library: Library, tmp_path: Path) -> None:
    subjects, _ = worked("graded-example", library)
    table = read_table(MAPPINGS / "graded-example" / "fixture.jsonl")
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(list(table.columns))
    for row in table.rows:
        sheet.append(["; ".join(c) if isinstance(c, tuple) else c for c in row.cells.values()])
    workbook.save(tmp_path / "graded.xlsx")
    again, _ = worked("graded-example", library, tmp_path / "graded.xlsx")
    assert {k: s.gold for k, s in again.items()} == {k: s.gold for k, s in subjects.items()}
    assert subjects["g-2"].gold.grades["gdpr-dpia"].value == 2
    assert subjects["g-1"].family == subjects["g-2"].family


def test_no_register_itself_is_bundled() -> None:
    files = {f.name for f in MAPPINGS.rglob("*") if f.is_file()}
    assert files == {"README.md", "mapping.yaml", "fixture.csv", "fixture.jsonl"}
    assert all(f.stat().st_size < 20_000 for f in MAPPINGS.rglob("*") if f.is_file())
