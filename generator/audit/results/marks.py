"""The published file itself with the findings at their places."""

from __future__ import annotations

from generator.audit.results.record import LEVELS, Problem, Record
from generator.files import Mark, Marked, mark_pdf, mark_word

EACH = 3  # places of one finding that get a mark


def marks_of(record: Record) -> list[Mark]:
    """A note for each finding that is no mere remark; its first place carries the words, the others point to it."""
    out = []
    for problem in record.problems:
        if problem.level == "info":
            continue
        grave = problem.level == "error"
        spots = [s for s in problem.spots if s.text][:EACH]
        if not spots:
            out.append(Mark(_note(problem), grave=grave, page=min(problem.pages, default=1)))
        for k, spot in enumerate(spots):
            note = _note(problem) if not k else f"与此有关：{problem.message}"
            out.append(Mark(note, spot.text, spot.page, spot.row, spot.column, grave))
    return out


def _note(problem: Problem) -> str:
    return f"【{LEVELS[problem.level]}】{problem.title}\n{problem.message}\n{problem.hint}".strip()


def marked(record: Record, data: bytes) -> Marked | None:
    """The file with its marks; nothing where its form has none (a web page, a workbook) or there is nothing to say."""
    marks = marks_of(record)
    if not marks:
        return None
    match record.form:
        case "pdf":
            return mark_pdf(data, marks)
        case "docx" if data.startswith(b"PK"):
            return mark_word(data, marks)
        case _:
            return None
