"""The publishable tables as a workbook, with 数据来源: each sentence, its figures and their cells.

Written with XlsxWriter (constant bytes).  Text is always written as text, never as a formula.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from generator import PROGRAM
from generator.model import Document, Heading, Paragraph, Row, Table, TableCell, plain
from generator.writers._archive import neutral
from generator.writers._xlsx_sums import sums
from generator.writers.chart_data import chart_of
from generator.writers.chart_office import add_chart, explicit
from generator.writers.line_breaks import EM, text_width

PAPER_A4 = 9
PICTURE_ROWS = 17  # of the usual height
UNIT_PT = 5.25  # points of a unit of width
PAGE = {False: (536, 775), True: (783, 528)}  # A4 within the margins, in points: upright, wide
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))
CONTENTS, SOURCES_SHEET = "目录", "数据来源"
SOURCES_SAID = "正文每个数的精确值、单元格和算式"
SOURCES = ("编号", "句子", "数字", "精确值", "单位", "来源单元格", "算式")


def write_xlsx(document: Document) -> bytes:
    """All tables and forms, one sheet each, and the sheet 数据来源."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties(
        {
            "title": document.title,
            "author": document.department,
            "keywords": PROGRAM,
            "created": datetime.fromisoformat(document.date or f"{document.year}-12-31"),
        }
    )
    styles = _Styles(book)
    used: set[str] = {CONTENTS, SOURCES_SHEET}
    tables = [(table, _sheet_name(table, used)) for table in document.tables()]
    _contents(book.add_worksheet(CONTENTS), document, tables, styles)
    for table, name in tables:
        sheet = book.add_worksheet(name)
        first = _table(sheet, table, styles, document.draft)
        if chart := chart_of(table):
            add_chart(book, sheet, name, chart, (first + len(table.body) + len(table.notes) + 1, 0), (first, 0))
    _sources(book.add_worksheet(SOURCES_SHEET), document, styles)
    book.close()
    return explicit(buffer.getvalue()) if any(t.chart for t, _ in tables) else neutral(buffer.getvalue())


def _contents(sheet: Worksheet, document: Document, tables: Sequence[tuple[Table, str]], styles: _Styles) -> None:
    """The first sheet: what there is, each a link."""
    title = styles.get(bold=True, font_size=16, align="center", valign="vcenter", font_name="宋体", text_wrap=True)
    link = styles.get(font_name="宋体", font_size=11, font_color="#1F4E79", underline=1, valign="vcenter")
    sheet.set_column(0, 0, 90)
    sheet.write_string(0, 0, document.title, title)
    sheet.set_row(0, 36)
    rows = [(name, _shown(name, table)) for table, name in tables]
    for row, (name, shown) in enumerate([*rows, (SOURCES_SHEET, f"{SOURCES_SHEET}　{SOURCES_SAID}")], 1):
        quoted = name.replace("'", "''")
        sheet.write_url(row, 0, f"internal:'{quoted}'!A1", link, shown)
        sheet.set_row(row, 20)
    sheet.freeze_panes(1, 0)
    _page(sheet, len(rows) + 2, 0, draft=document.draft)


def _shown(name: str, table: Table) -> str:
    """公开01表　收入支出决算总表（万元）; the name alone where it is the title."""
    title = table.title or table.in_toc
    return f"{name if title.startswith(name[:8]) else f'{name}　{title}'}{_unit(table)}"


def _unit(table: Table) -> str:
    found = re.search(r"单位[：:]\s*(\S+)", f"{table.right} {table.middle} {table.left}")
    return f"（{found[1]}）" if found else ""


def _page(
    sheet: Worksheet, rows: int, last: int, *, landscape: bool = False, draft: bool = False, one: bool = False
) -> None:
    """A4, all columns (``one``: and all rows) on one page, what is there and no more."""
    sheet.print_area(0, 0, max(rows - 1, 0), last)
    sheet.set_paper(PAPER_A4)
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, int(one))
    sheet.set_margins(0.4, 0.4, 0.4, 0.5)
    sheet.center_horizontally()
    sheet.set_footer("&C第 &P 页")
    if draft:
        sheet.set_header("&C草稿，不得公开")


class _Styles:
    """Cell formats of one workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}

    def get(self, **properties: object) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(dict(properties))
        return self._made[key]

    def cell(self, cell: TableCell, size: int) -> Any:
        figure = next((s.figure for s in cell.spans if s.figure is not None), None)
        extra: dict[str, object] = {"num_format": _format(cell.text)} if figure is not None else {}
        return self.get(
            border=1,
            font_name="宋体",
            font_size=size,
            align=cell.align,
            valign="vcenter",
            text_wrap=figure is None,
            bold=cell.bold,
            indent=cell.indent,
            **extra,
        )


def _format(text: str) -> str:
    """Thousands, and as many decimals as are printed."""
    whole, point, decimals = text.rstrip("%").partition(".")
    return ("#,##0" if len(whole) > 3 or point else "0") + (f".{'0' * len(decimals)}" if point else "")


def _sheet_name(table: Table, used: set[str]) -> str:
    base = (table.number or table.title or table.in_toc).translate(FORBIDDEN)[:24]
    name, k = base, 1
    while name in used:
        k += 1
        name = f"{base}{k}"
    used.add(name)
    return name


def _table(sheet: Worksheet, table: Table, styles: _Styles, draft: bool) -> int:
    """Writes a table; the row in which its body begins."""
    last, dense = len(table.widths) - 1, _dense(table)
    for column, units in enumerate(_units(table)):
        sheet.set_column(column, column, units)
    row = 0
    title = styles.get(bold=True, font_size=16, align="center", valign="vcenter", font_name="宋体", text_wrap=True)
    _merge(sheet, row, 0, row, last, table.title, title)
    sheet.set_row(row, 30)
    row += 1
    small = styles.get(font_size=9, font_name="宋体", align="right")
    if table.subtitle:
        _merge(sheet, row, 0, row, last, table.subtitle, styles.get(font_size=9, font_name="宋体", align="center"))
        row += 1
    if table.number:
        _merge(sheet, row, 0, row, last, table.number, small)
        row += 1
    if table.left or table.right or table.middle:
        _line(sheet, row, table, last, styles)
        row += 1
    first = row
    row = _rows(sheet, row, table.header, table, styles, dense=bool(dense))
    if table.header:
        sheet.repeat_rows(first, row - 1)
        sheet.freeze_panes(row, 0)
    begins = row
    row = _rows(sheet, row, table.body, table, styles, sums(table), dense=bool(dense))
    note = styles.get(font_size=9, font_name="宋体", text_wrap=True, valign="top")
    for spans in table.notes:
        text = plain(spans)
        _merge(sheet, row, 0, row, last, text, note)
        sheet.set_row(row, 13 * max(1, -(-text_width(text) * 9 // (PAGE[table.landscape][0] * EM))))
        row += 1
    under = PICTURE_ROWS if table.chart else 0  # its picture
    _page(sheet, row + under, last, landscape=table.landscape, draft=draft, one=dense is not None)
    return begins


def _line(sheet: Worksheet, row: int, table: Table, last: int, styles: _Styles) -> None:
    left = styles.get(font_size=9, font_name="宋体", align="left")
    right = styles.get(font_size=9, font_name="宋体", align="right")
    middle = styles.get(font_size=9, font_name="宋体", align="center")
    if last == 0:
        sheet.write_string(row, 0, f"{table.left}  {table.middle}  {table.right}", left)
        return
    split = max(last // 2, 1) - (1 if table.middle and last > 2 else 0)
    _merge(sheet, row, 0, row, max(split - 1, 0) if table.middle else last - 1, table.left, left)
    if table.middle and split <= last - 1:
        _merge(sheet, row, split, row, last - 1, table.middle, middle)
    sheet.write_string(row, last, table.right, right)


def _merge(sheet: Worksheet, top: int, left: int, bottom: int, right: int, text: str, style: Any) -> None:
    if (top, left) != (bottom, right):
        sheet.merge_range(top, left, bottom, right, "", style)
    sheet.write_string(top, left, text, style)


def _rows(
    sheet: Worksheet,
    start: int,
    rows: tuple[Row, ...],
    table: Table,
    styles: _Styles,
    wholes: Mapping[tuple[int, int], Sequence[tuple[int, int]]] = MappingProxyType({}),
    *,
    dense: bool = False,
) -> int:
    width = len(table.widths)
    covered: set[tuple[int, int]] = set()
    for i, cells in enumerate(rows):
        column = 0
        for cell in cells:
            while (i, column) in covered:
                column += 1
            style = styles.cell(cell, table.font_pt)
            bottom, right = start + i + cell.rowspan - 1, min(column + cell.colspan, width) - 1
            if cell.rowspan > 1 or cell.colspan > 1:
                sheet.merge_range(start + i, column, bottom, right, "", style)
            covered |= {(i + a, column + b) for a in range(cell.rowspan) for b in range(cell.colspan)}
            parts = wholes.get((i, column))
            if parts:
                formula = _sum([(start + r, c) for r, c in parts])
                sheet.write_formula(start + i, column, formula, style, Decimal(cell.text.replace(",", "")))
            else:
                _value(sheet, start + i, column, cell, style)
            column += cell.colspan
        sheet.set_row(start + i, _height(cells, table, dense=dense))
    return start + len(rows)


def _units(table: Table) -> list[int]:
    """Widths of the columns in Excel's unit (a digit of the usual font); together they are as wide as the page."""
    width = PAGE[table.landscape][0] - 4 * len(table.widths)
    whole, shares = int(width / UNIT_PT), sum(table.widths)
    return [max(5, whole * weight // shares) for weight in table.widths]


def _height(cells: Row, table: Table, *, dense: bool = False) -> int:
    """Row height in points so that the longest text shows."""
    units, column, lines = _units(table), 0, 1
    for cell in cells:
        room = UNIT_PT * sum(units[column : column + cell.colspan]) - 4 - cell.indent * table.font_pt
        if cell.rowspan == 1 and cell.text:
            each = cell.text.split("\n")
            lines = max(lines, sum(max(1, -(-text_width(t) * table.font_pt // int(max(room, 9) * EM))) for t in each))
        column += cell.colspan
    return min(400, (table.font_pt + 3) * lines if dense else (table.font_pt + 4) * lines + 3)


def _dense(table: Table) -> bool | None:
    """Whether rows stand closer, so that the table is on one page; nothing where it is on several anyway."""
    small = 15 * (bool(table.subtitle) + bool(table.number) + bool(table.left or table.right or table.middle))
    around = 30 + small + 13 * len(table.notes)
    for dense in (False, True):
        if (
            around + sum(_height(row, table, dense=dense) for row in (*table.header, *table.body))
            <= (PAGE[table.landscape][1])
        ):
            return dense
    return None


def _value(sheet: Worksheet, row: int, column: int, cell: TableCell, style: Any) -> None:
    """A printed number as a number with the printed value; everything else as text."""
    figure = cell.spans[0].figure if len(cell.spans) == 1 else None
    text = cell.text
    if figure is not None and text and not text.endswith("%"):
        sheet.write_number(row, column, Fraction(Decimal(text.replace(",", ""))), style)
    elif text:
        sheet.write_string(row, column, text, style)
    else:
        sheet.write_blank(row, column, None, style)


def _sum(parts: Sequence[tuple[int, int]]) -> str:
    """SUM over cells of one column, neighbours as one range."""
    column = xl_col_to_name(parts[0][1])
    runs: list[list[int]] = []
    for row in sorted(r + 1 for r, _ in parts):
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    ranges = (f"{column}{r[0]}" + (f":{column}{r[-1]}" if len(r) > 1 else "") for r in runs)
    return f"=SUM({','.join(ranges)})"


def _sources(sheet: Worksheet, document: Document, styles: _Styles) -> None:
    """Each sentence with its figures: printed, exact, cells, formula."""
    head = styles.get(bold=True, border=1, font_name="宋体", font_size=10, bg_color="#D9E2EC", align="center")
    text = styles.get(border=1, font_name="宋体", font_size=9, text_wrap=True, valign="top")
    for column, (name, width) in enumerate(zip(SOURCES, (24, 60, 14, 20, 8, 40, 40), strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, head)
    sheet.freeze_panes(1, 0)
    row = 0
    for row, values in enumerate(_source_rows(document), 1):
        for column, value in enumerate(values):
            sheet.write_string(row, column, value, text)
    sheet.autofilter(0, 0, row, len(SOURCES) - 1)
    sheet.set_paper(PAPER_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _source_rows(document: Document) -> Iterator[tuple[str, ...]]:
    for block in document.blocks():
        if not isinstance(block, Heading | Paragraph):
            continue
        first = block.text
        for span in block.spans:
            figure = span.figure
            if figure is None:
                continue
            exact = "" if figure.value is None else f"{figure.value.normalize():f}"
            cells = "；".join(str(c) for c in figure.cells)
            yield (block.id, first, span.text, exact, figure.unit, cells, figure.formula or figure.label)
            first = ""
