"""The bureau's checklist of one published document as a workbook: a head, rows to tick, problems in words.

Every cell is written as text: what stands in a foreign document never becomes a formula.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter
from xlsxwriter.format import Format

from generator.model import Refusal

WIDTHS = (13, 34, 11, 66)
LINE = 15.5  # points a line of the usual size takes
TALLEST = 400.0  # a row of a workbook cannot be taller than 409 points
LONGEST = 32_000  # letters a cell holds


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A row: its group (rows of one group stand together), what is looked at, the verdict, the problems."""

    group: str
    name: str
    verdict: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checklist:
    """The sheet: ``fields`` are lines above the rows (label, value), ``notes`` stand below them."""

    title: str
    fields: Sequence[tuple[str, str]]
    head: tuple[str, str, str]
    lines: Sequence[CheckLine]
    verdicts: Sequence[str]
    notes: Sequence[str] = ()


def write_checklist(checklist: Checklist) -> bytes:
    """The workbook, A4 upright, one page wide, the head on every page."""
    if not checklist.lines:
        raise Refusal("检查表没有一行内容。")
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": checklist.title[:250]})
    base = {"font_name": "宋体", "font_size": 11, "valign": "vcenter", "text_wrap": True}
    title = book.add_format({**base, "font_name": "黑体", "font_size": 18, "align": "center"})
    label = book.add_format({**base, "border": 1, "bold": True, "bg_color": "#F2F2F2"})
    head = book.add_format({**base, "border": 1, "bold": True, "align": "center", "bg_color": "#D9E5F1"})
    text = book.add_format({**base, "border": 1})
    verdict = book.add_format({**base, "border": 1, "align": "center"})
    wrong = book.add_format({**base, "border": 1, "align": "center", "bold": True, "font_color": "#B00020"})
    note = book.add_format({**base, "font_size": 10, "font_color": "#444444"})
    page = book.add_worksheet("公开情况检查表")
    for column, width in enumerate(WIDTHS):
        page.set_column(column, column, width)
    page.merge_range(0, 0, 0, 3, "", title)
    page.write_string(0, 0, checklist.title, title)
    page.set_row(0, 22.0 * _lines(checklist.title, 72) + 12)
    row = 1
    for name, value in checklist.fields:
        page.write_string(row, 0, name, label)
        page.merge_range(row, 1, row, 3, "", text)
        page.write_string(row, 1, value, text)
        page.set_row(row, 6 + LINE * _lines(value, 108))
        row += 1
    page.merge_range(row, 0, row, 1, "", head)
    page.write_string(row, 0, checklist.head[0], head)
    page.write_string(row, 2, checklist.head[1], head)
    page.write_string(row, 3, checklist.head[2], head)
    page.set_row(row, 24)
    page.repeat_rows(row)
    page.freeze_panes(row + 1, 0)
    first = row = row + 1
    for start, end in _groups(checklist.lines):
        if checklist.lines[start].group:
            _merged(page, first + start, first + end - 1, checklist.lines[start].group, verdict)
    for number, line in enumerate(checklist.lines):
        row = first + number
        if line.group:
            page.write_string(row, 1, line.name, text)
        else:
            page.merge_range(row, 0, row, 1, "", text)
            page.write_string(row, 0, line.name, text)
        page.write_string(row, 2, line.verdict, wrong if line.verdict == "否" else verdict)
        words = _numbered(line.problems)
        page.write_string(row, 3, words, text)
        page.set_row(row, min(TALLEST, 7 + LINE * max(_lines(words, WIDTHS[3] - 2), _lines(line.name, WIDTHS[1] - 2))))
    page.data_validation(
        first, 2, row, 2, {"validate": "list", "source": list(checklist.verdicts), "error_type": "warning"}
    )
    for words in checklist.notes:
        row += 1
        page.merge_range(row, 0, row, 3, "", note)
        page.write_string(row, 0, words, note)
        page.set_row(row, 4 + 14 * _lines(words, 124))
    page.set_paper(9)
    page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    page.fit_to_pages(1, 0)
    page.center_horizontally()
    page.set_footer("&C第 &P 页，共 &N 页")
    book.close()
    return buffer.getvalue()


def _merged(page: xlsxwriter.worksheet.Worksheet, start: int, end: int, words: str, form: Format) -> None:
    if end > start:
        page.merge_range(start, 0, end, 0, "", form)
    page.write_string(start, 0, words, form)


def _groups(lines: Sequence[CheckLine]) -> list[tuple[int, int]]:
    """Runs of rows of one group."""
    out: list[tuple[int, int]] = []
    for number, line in enumerate(lines):
        if out and lines[out[-1][0]].group == line.group:
            out[-1] = (out[-1][0], number + 1)
        else:
            out.append((number, number + 1))
    return out


def _numbered(problems: Sequence[str]) -> str:
    words = "".join(problems) if len(problems) < 2 else "\n".join(f"{k}. {p}" for k, p in enumerate(problems, 1))
    return words if len(words) <= LONGEST else words[:LONGEST] + "……"


def _lines(words: str, width: float) -> int:
    """How many lines words take in a column of so many half-width letters."""
    return sum(
        max(1, -(-sum(1 if c.isascii() else 2 for c in line) // max(1, int(width)))) for line in words.split("\n")
    )
