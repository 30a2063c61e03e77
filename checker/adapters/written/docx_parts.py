"""What recurs in the Word report: quotes, laws, named values, traces."""

from __future__ import annotations

from typing import Any

from checker.adapters.written.word import PROJECT, Writer
from checker.report.view_basics import QuoteView, Row
from checker.report.view_parts import FindingView, LawView, TraceView
from checker.report.words import Words


class Parts:
    """Writes them at the end of the document `w`, in the words `t`."""

    def __init__(self, w: Writer, t: Words) -> None:
        self.w, self.t = w, t

    def or_none(self, items: tuple[Any, ...]) -> None:
        if not items:
            self.w.paragraph(self.t("none"))

    def note(self, f: FindingView) -> None:
        if not f.note:
            return
        self.w.paragraph(f.note, bold=True)
        for side in f.sides:
            self.w.paragraph(side.says, bold=True)
            self.quotes(side.quotes)
            if not side.quotes:
                self.w.paragraph(self.t("no_passage"))

    def quotes(self, quotes: tuple[QuoteView, ...], *, where: bool = False) -> None:
        for q in quotes:
            made = self.w.paragraph(style=PROJECT)
            self.w.run(made, q.text, language=q.language)
            if q.orphaned:
                self.w.run(made, f" [{self.t('orphaned')}]", bold=True)
            if where and q.where:
                self.w.paragraph(q.where, "Small")

    def laws(self, f: FindingView) -> None:
        made = self.w.paragraph(f"{self.t('law')}: ", "Small")
        for number, law in enumerate(f.main_laws):
            self.w.run(made, "; " if number else "")
            self.law(made, law)
        if not f.main_laws:
            self.w.run(made, self.t("law.none"))
        if f.more_laws:
            self.w.run(made, f" ({self.t('law.more', n=f.more_laws)})")

    def law(self, paragraph: Any, law: LawView) -> None:
        if law.url:
            self.w.link(paragraph, law.name, url=law.url)
        else:
            self.w.run(paragraph, law.name)
        if law.orphaned:
            self.w.run(paragraph, f" [{self.t('orphaned.law')}]", bold=True)

    def rows(self, rows: tuple[Row, ...]) -> None:
        for row in rows:
            self.w.labelled(row.name, row.value)

    def trace(self, node: TraceView, depth: int) -> None:
        from docx.shared import Cm

        made = self.w.paragraph(node.line, "List Bullet")
        made.paragraph_format.left_indent = Cm(0.63 * (min(depth, 10) + 1))
        for part in node.parts:
            self.trace(part, depth + 1)

    def cell(self, quotes: tuple[QuoteView, ...], none: str = "–") -> str:
        return " ".join(f"»{q.text}«" + (f" [{self.t('orphaned')}]" if q.orphaned else "") for q in quotes) or none
