"""The report as a Word document that can be edited: the order and the words of the HTML report, in real headings, lists, tables and links."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import count

from checker.adapters.written.docx_parts import Parts
from checker.adapters.written.word import LAW, Writer
from checker.report.view import ReportView
from checker.report.view_parts import ContradictionView, FindingView, QuestionView
from checker.report.words import Words

_OVERVIEW = (4.6, 1.8, 4.2, 1.9, 2.8, 1.7)
_FACTS = (3.5, 2.2, 3.2, 2.7, 5.4)
_FACTS_TWICE = (2.6, 1.9, 2.4, 2.7, 4.4, 3.0)


def to_docx(view: ReportView, words: Words, made_at: datetime) -> bytes:
    """`made_at` stands as the time the document was made."""
    return _Report(view, words, made_at).written()


class _Report(Parts):
    """One report on its way into a document. `_basis`: requirement → bookmark of its basis in the lawyer's part."""

    def __init__(self, view: ReportView, words: Words, made_at: datetime) -> None:
        super().__init__(Writer(words("page_title", title=view.title), words.language, made_at), words)
        self.v = view
        self._basis = {f.id: f"basis_{n}" for n, f in enumerate(view.every, 1)}
        self._chapters = list(self._named_chapters())
        self._marks = (f"chapter_{n}" for n in count(1))

    def written(self) -> bytes:
        self._head()
        for section in self.v.todo:
            self._todo(section.id, section.findings)
        self._unjudged()
        self._questions()
        self._contradictions()
        self._stale()
        self._met()
        self._document()
        self._model()
        self._lawyer()
        return self.w.saved()

    # --- the order of the chapters; `_chapter` takes their names from here, so that the table of contents cannot differ

    def _named_chapters(self) -> Iterator[str]:
        v, t = self.v, self.t
        for section in v.todo:
            yield f"{t(section.id)} ({len(section.findings)})"
        if v.unjudged:
            yield f"{t('unjudged')} ({len(v.unjudged)})"
        yield t("questions")
        yield t("contradictions")
        if v.stale:
            yield f"{t('stale')} ({len(v.stale)})"
        yield f"{t('met')} ({len(v.met)})"
        yield t("document")
        if v.model:
            yield t("model")
        yield t("lawyer")

    def _chapter(self) -> None:
        mark = next(self._marks)
        self.w.heading(self._chapters[int(mark.removeprefix("chapter_")) - 1], 1, mark)

    # --- for the project manager

    def _head(self) -> None:
        v, t, w = self.v, self.t, self.w
        w.heading(v.title, 0)
        w.paragraph(v.headline, bold=True)
        w.labelled(t("risk.title"), f"{v.risk}. {v.risk_say}")
        if v.risk_reasons:
            w.paragraph(f"{t('risk.why')}:")
            for row in v.risk_reasons:
                w.paragraph(f"{row.name}: {row.value}", "List Bullet")
        w.labelled(t("role.title"), "; ".join(v.roles))
        if v.addressed:
            w.paragraph(f"{t('alert.addressed')}. {t('addressed')} ({len(v.addressed)})", bold=True)
        if v.model and v.model.broken:
            w.paragraph(v.model.broken, bold=True)
        w.labelled(t("notice.title"), v.notice)
        w.contents((name, f"chapter_{n}") for n, name in enumerate(self._chapters, 1))

    def _todo(self, section: str, findings: tuple[FindingView, ...]) -> None:
        self._chapter()
        if section == "own" or (section == "blockers" and findings):
            self.w.paragraph(self.t(f"{section}.intro"))
        self.or_none(findings)
        for f in findings:
            self._gap(f)

    def _gap(self, f: FindingView) -> None:
        t, w = self.t, self.w
        w.heading(f.title, 2)
        w.paragraph(" · ".join(filter(None, (f.severity, f.due))), bold=True)
        w.paragraph(f.message)
        w.labelled(t("do"), f.action)
        if f.silent:
            w.paragraph(t("silent"))
        else:
            w.labelled(t("why"), f.reason)
            if f.quotes and not f.sides:
                w.paragraph(f"{t('says')}:", bold=True)
                self.quotes(f.quotes)
        self.note(f)
        self.laws(f)
        w.link(w.paragraph(style="Small"), f"{t('see_basis')}: {f.title}", bookmark=self._basis[f.id])

    def _unjudged(self) -> None:
        if not self.v.unjudged:
            return
        self._chapter()
        self.w.paragraph(self.t("unjudged.intro"))
        for f in self.v.unjudged:
            self.w.link(self.w.paragraph(style="List Bullet"), f.title, bookmark=self._basis[f.id])

    def _questions(self) -> None:
        self._chapter()
        questions = self.v.questions + self.v.questions_rest
        self.or_none(questions)
        if questions:
            self.w.paragraph(self.t("questions.intro"))
        for number, q in enumerate(questions, 1):
            self._question(number, q)

    def _question(self, number: int, q: QuestionView) -> None:
        """Numbered by hand: a list's own numbers would run on through the next list of the document."""
        from docx.shared import Cm

        made = self.w.paragraph(f"{number}. {q.question} ")
        made.paragraph_format.left_indent, made.paragraph_format.first_line_indent = Cm(0.7), Cm(-0.7)
        self.w.run(made, f"({q.settles}{': ' + '; '.join(q.titles) if q.titles else ''})")

    def _contradictions(self) -> None:
        self._chapter()
        self.or_none(self.v.contradictions)
        for c in self.v.contradictions:
            self._contradiction(c)

    def _contradiction(self, c: ContradictionView) -> None:
        self.w.paragraph(c.say, "List Bullet")
        self.quotes(c.quotes)

    def _stale(self) -> None:
        if not self.v.stale:
            return
        self._chapter()
        self.w.paragraph(self.t("stale.intro"))
        for s in self.v.stale:
            self.w.paragraph(s.say, "List Bullet")
            if s.now:
                self.w.labelled(self.t("stale.now"), "; ".join(s.now))
            self.quotes(s.quotes)

    def _met(self) -> None:
        self._chapter()
        self.or_none(self.v.met)
        for f in self.v.met:
            self.w.heading(f.title, 2)
            self.w.labelled(f.verdict, f.reason)
            if not f.sides:
                self.quotes(f.quotes)
            self.note(f)
            self.laws(f)

    def _document(self) -> None:
        v, t, w = self.v, self.t, self.w
        self._chapter()
        w.labelled(t("document.source"), v.source)
        w.labelled(t("document.taken"), ", ".join(v.taken) or "–")
        if v.left_out:
            w.heading(t("document.left_out"), 2)
            for part in v.left_out:
                w.paragraph(f"{part.title} ({part.where}): {part.reason}", "List Bullet")
        else:
            w.paragraph(t("document.left_out.none"))
        if v.notes:
            w.heading(t("document.notes"), 2)
            for note in v.notes:
                w.paragraph(note, "List Bullet")
        if v.addressed:
            w.heading(t("addressed"), 2)
            w.paragraph(t("addressed.intro"))
            self.quotes(v.addressed)

    def _model(self) -> None:
        if self.v.model is None:
            return
        self._chapter()
        self.w.paragraph(self.v.model.trust)
        self.rows(self.v.model.rows)

    # --- for the lawyer

    def _lawyer(self) -> None:
        v, t = self.v, self.t
        self._chapter()
        self.w.paragraph(t("lawyer.intro"))
        self._overview()
        self.w.heading(t("details"), 2)
        groups = [(t(f"details.group.{s.id}"), s.findings) for s in v.detailed if s.findings]
        for name, findings in [*groups, (t("not_applicable"), v.not_applicable)]:
            self.w.heading(f"{name} ({len(findings)})", 3)
            self.or_none(findings)
            for f in findings:
                self._finding(f)
        self.w.heading(t("risk_trace"), 2)
        self.trace(v.risk_trace, 0)
        self._facts()
        self.w.heading(t("receipt"), 2)
        self.w.paragraph(t("receipt.caption"))
        self.rows(v.receipt)

    def _overview(self) -> None:
        t, w = self.t, self.w
        w.heading(t("overview"), 2)
        heads = [t(f"col.{key}") for key in ("requirement", "verdict", "reason", "severity", "probability", "margin")]
        table = w.table(heads, _OVERVIEW, t("overview"))
        for f in self.v.every:
            row = w.row(table, ("", f.verdict, f.reason, f.severity, f.probability, f.margin), _OVERVIEW, whole=True)
            w.link(row.cells[0].paragraphs[0], f.title, bookmark=self._basis[f.id])

    def _finding(self, f: FindingView) -> None:
        t, w = self.t, self.w
        w.heading(f.title, 4, self._basis[f.id])
        w.labelled(f.verdict, f.reason)
        said = (f"{t('col.severity')}: {f.severity}", f"{t('col.probability')}: {f.probability}", f"{t('col.margin')}: {f.margin}", f.due)
        w.paragraph(" · ".join(filter(None, (f.id, *said))), "Small")
        w.heading(t("says"), 5)
        self.quotes(f.quotes, where=True)
        if not f.quotes:
            w.paragraph(t("silent") if f.silent else t("no_passage"))
        w.heading(t("field.law"), 5)
        for law in f.laws:
            made = w.paragraph()
            self.law(made, law)
            w.run(made, f": {law.title}")
            w.paragraph(f"{law.id} · {law.kind} · {law.verified}", "Small")
            w.run(w.paragraph(style=LAW), law.text, language=law.language)
        if not f.laws:
            w.paragraph(t("law.none"))
        self.rows(f.rows)
        if f.second:
            w.heading(f"{t('model')}: {f.second.standing}", 5)
            self.rows(f.second.rows)
            self.quotes(f.second.quotes, where=True)
        if f.trace:
            w.heading(t("field.scope"), 5)
            self.trace(f.trace, 0)

    def _facts(self) -> None:
        v, t, w = self.v, self.t, self.w
        twice = v.facts_read_twice
        widths = _FACTS_TWICE if twice else _FACTS
        w.heading(t("facts"), 2)
        w.paragraph(f"{t('facts.caption')} ({len(v.facts)})")
        heads = [t(f"col.{key}") for key in ("fact", "value", "origin", "certainty", "passage")]
        table = w.table([*heads, t("model")] if twice else heads, widths, t("facts.caption"))
        for f in v.facts:
            origin = f"{f.origin} ({f.why})" if f.why else f.origin
            said = [f.label, f.value, origin, f.certainty, self.cell(f.quotes)]
            if twice:
                said.append(f"{f.second.line} {self.cell(f.second.quotes, '')}".strip() if f.second else "–")
            w.row(table, said, widths)
