"""checker eval agreement: how far the people who labelled a set agree, and where they do not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from checker.cli.common import Language, language_of, workbench, write

if TYPE_CHECKING:
    from checker.evaluation.labels.agreement import Agreement
    from checker.evaluation.labels.compared import Comparison, Disagreement
    from checker.model.catalogue import Catalogue

LEAST = 10


class AgreementFormat(StrEnum):
    TEXT = "text"
    MD = "md"
    JSON = "json"


def agreement(
    folder: Annotated[Path, typer.Argument(metavar="SÆT", help="Mappe med mærkede sager / a labelled set.")] = Path("eval/sets/municipal"),
    labellers: Annotated[list[str] | None, typer.Option("--labeller", metavar="NAVN", help="Kun denne; kan gentages / only this one; repeatable.")] = None,
    format: Annotated[AgreementFormat, typer.Option("--format", "-f", help="Form / format.")] = AgreementFormat.TEXT,
    details: Annotated[bool, typer.Option("--details", help="Vis hver uenighed med begges belæg / every disagreement with both evidences.")] = False,
    tool: Annotated[
        Path | None, typer.Option("--with-tool", metavar="RESULTATER", help="Vis også værktøjet, fra `checker eval run` / show the tool too.")
    ] = None,
    system: Annotated[str, typer.Option("--system", help="Hvilket system i resultaterne / which system of the results.")] = "checker",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Skriv til denne fil / write to this file.")] = None,
    lang: Annotated[Language | None, typer.Option("--lang", help="Kravenes sprog / language of the requirements.")] = None,
) -> None:
    """Vis hvor enige mærkerne er, parvis og samlet / show how far the labellers agree.

    Sættets egne mærker er den første. Et målt tal for værktøjet kan ikke ventes højere end menneskers enighed.
    """
    from checker.evaluation.cases import load_manifest, load_set
    from checker.evaluation.labels.compared import compared, with_tool
    from checker.evaluation.labels.files import read_all
    from checker.evaluation.records import read_results

    bench = workbench()
    manifest, catalogue = load_manifest(folder), bench.library.catalogue
    cases = load_set(folder, catalogue)
    files = read_all(folder, catalogue, labellers or ())
    labelled = {f.case for f in files}
    texts = {c.id: bench.documents.read(c.file).sha256 for c in cases if c.id in labelled}
    found = compared(cases, files, catalogue, texts)
    if tool is not None:
        found = with_tool(found, tool, read_results(tool), manifest.name, system, texts)
    if format is AgreementFormat.JSON:
        write(json.dumps(as_data(found, manifest.name, manifest.labelled_by, details), ensure_ascii=False, indent=1), out)
    else:
        head = (manifest.name, manifest.labelled_by)
        write(as_text(found, head, catalogue, language_of(lang, bench), format is AgreementFormat.MD, details), out)


def as_data(found: Comparison, name: str, labelled_by: str, details: bool) -> dict[str, object]:
    from checker.evaluation.labels.compared import SET, disagreements, pairs

    verdicts = found.verdicts()

    def named(labeller: str) -> str:
        return "set" if labeller == SET else labeller

    data: dict[str, object] = {
        "set": name,
        "labelled_by": labelled_by,
        "labellers": [named(p) for p in found.people],
        "cases": len(found.cases),
        "of": found.of,
        **{k: v for k, v in _figures(verdicts).items() if k != "cases"},
        "risk_class": _figures(found.risk()),
        "facts": _figures(found.facts()) | {"per_fact": {f: asdict(a) for f, a in found.facts().per_requirement.items()}},
        "pairs": [asdict(p) | {"first": named(p.first), "second": named(p.second)} for p in pairs(found)],
        "requirements": {r: asdict(a) for r, a in verdicts.per_requirement.items()},
        "notes": list(found.notes),
    }
    if details:
        for key, kinds in (("disagreements", ("verdicts", "risk")), ("fact_disagreements", ("facts",))):
            data[key] = [
                {"case": d.case, "fact" if kinds == ("facts",) else "requirement": d.requirement}
                | {part: {named(n): v for n, v in getattr(d, part).items()} for part in ("said", "evidence", "remarks")}
                for d in disagreements(found, kinds)
            ]
    return data


def _figures(counted: Agreement) -> dict[str, object]:
    """`cases`: what percent and alpha rest on; `shared`: what Fleiss' kappa does."""
    return {
        "cases": counted.cases,
        "items": counted.items,
        "percent": counted.percent,
        "krippendorff": counted.krippendorff,
        "shared": counted.shared,
        "fleiss": counted.fleiss_told,
    }


def as_text(found: Comparison, head: tuple[str, str], catalogue: Catalogue, language: str, md: bool, details: bool) -> str:
    """Plain columns, or Markdown."""
    from checker.evaluation.labels.compared import SET, disagreements
    from checker.report.words import printable

    facts = found.facts()
    bullet, section = ("- ", "## ") if md else ("", "")
    lines = [
        f"{section}Enighed om / agreement on {head[0]}",
        "",
        f"{bullet}{len(found.cases)} af/of {found.of} sager mærket af flere / cases labelled by more than one",
        f"{bullet}{SET}: {head[1]}",
        f"{bullet}krav / requirements: {_rests_on(found.verdicts())}",
        f"{bullet}risikoklasse / risk class: {_rests_on(found.risk())}",
        f"{bullet}oplysninger / facts: {_rests_on(facts)}",
        *(f"{bullet}{note}" for note in found.notes),
        "",
        *_table(_pair_rows(found), md, left=2),
        "",
        f"{section}Mindst enighed / least agreement",
        "",
        *_table(_least_rows(found.verdicts(), {r.id: r.title.get(language) for r in catalogue.requirements.values()}, "krav/requirement"), md, left=2),
    ]
    if facts.items:
        lines += ["", f"{section}Oplysninger / facts", "", *_table(_fact_rows(found), md, left=2), ""]
        lines += _table(_least_rows(facts, {f.id: f.label.get(language) for f in catalogue.facts.values()}, "oplysning/fact"), md, left=2)
    if details:
        lines += ["", f"{section}Uenigheder / disagreements", ""]
        for item in disagreements(found, ("verdicts", "risk", "facts")):
            lines += _disagreement(item, md)
    return printable("\n".join(lines)) + "\n"


def _rests_on(counted: Agreement) -> str:
    """Figures with the number of cases each rests on."""
    from checker.evaluation.labels.agreement import FEWEST_SHARED
    from checker.evaluation.labels.compared import figure, share

    if not counted.items:
        return "–"
    sure = "" if counted.shared >= FEWEST_SHARED else f"; under/below {FEWEST_SHARED}"
    return (
        f"ens / equal {share(counted.percent)} af/of {counted.items}, Krippendorff {figure(counted.krippendorff)} ({counted.cases} sager/cases); "
        f"Fleiss {figure(counted.fleiss_told)} ({counted.shared} {'sag' if counted.shared == 1 else 'sager'} mærket af alle / labelled by all{sure})"
    )


def _pair_rows(found: Comparison) -> list[tuple[str, ...]]:
    from checker.evaluation.labels.compared import figure, pairs, share

    rows: list[tuple[str, ...]] = [("", "", "sager/cases", "svar/verdicts", "ens/equal", "Cohen", "gap F1", "sager/cases", "risiko/risk", "Cohen")]
    for p in pairs(found):
        figures = (share(p.percent), figure(p.kappa), figure(p.gap_f1), str(p.risk_cases), share(p.risk_percent), figure(p.risk_kappa))
        rows.append((p.first, p.second, str(p.cases), str(p.items), *figures))
    return rows


def _fact_rows(found: Comparison) -> list[tuple[str, ...]]:
    from checker.evaluation.labels.compared import figure, pairs, share

    rows: list[tuple[str, ...]] = [("", "", "sager/cases", "svar/answers", "ens/equal", "Cohen")]
    rows += [(p.first, p.second, str(p.fact_cases), str(p.facts), share(p.fact_percent), figure(p.fact_kappa)) for p in pairs(found) if p.facts]
    return rows


def _least_rows(counted: Agreement, titles: Mapping[str, str], head: str) -> list[tuple[str, ...]]:
    from checker.evaluation.labels.compared import share

    rows: list[tuple[str, ...]] = [(head, "", "sager/cases", "ens/equal", "")]
    for item, of_item in list(counted.per_requirement.items())[:LEAST]:
        if of_item.agreed < of_item.items:
            rows.append((item, titles[item], str(of_item.items), str(of_item.agreed), share(of_item.agreed / of_item.items)))
    return rows


def _disagreement(item: Disagreement, md: bool) -> Iterator[str]:
    yield f"{'- ' if md else ''}{item.case}, {item.requirement}: {'; '.join(f'{n}: {v}' for n, v in item.said.items())}"
    for name, quotes in item.evidence.items():
        yield f"    {name}: " + " ".join(f"»{' '.join(q.split())}«" for q in quotes)
    for name, remark in item.remarks.items():
        yield f"    {name} (bemærkning / remark): {remark}"


def _table(rows: Sequence[tuple[str, ...]], md: bool, left: int) -> list[str]:
    """Header and rows; the first `left` columns are text, the others figures."""
    if len(rows) == 1:
        return ["–"]
    if md:
        rule = tuple("---" if i < left else "---:" for i in range(len(rows[0])))
        return ["| " + " | ".join(c.replace("|", "\\|") for c in row) + " |" for row in (rows[0], rule, *rows[1:])]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join(c.ljust(w) if i < left else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))).rstrip() for row in rows]
    return [lines[0], "-" * max(map(len, lines)), *lines[1:]]
