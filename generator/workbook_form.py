"""Writes the 填报表 of a pack: blank, or filled with values that are already known.

XlsxWriter, so that formulas carry their values and the bytes are constant.  Which sheets, fields
and tables there are is the pack's; this module knows only how a form is laid out.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from generator import __version__
from generator.grid import Grid, GridCell, parse
from generator.live_formulas import Place
from generator.live_formulas import lines as live_lines
from generator.pack import Pack
from generator.pack_schema import ColumnSpec, FieldSpec, ListSpec, SheetSpec, TableSpec

STAMP = "_juesuan"
LISTS = "_科目"
REASONS = "原因说明"
GUIDE = "填报说明"
UNIT_LABEL = "金额单位"
SUBJECT_ROWS = 80
FIELD_HEAD = ("项目", "填写内容", "单位", "说明")
REASON_HEAD = ("序号", "需要说明的事项", "计算结果", "说明文字（填写）", "填写要求")
MONEY_TYPES = ("amount",)
NUMBER_TYPES = ("amount", "count", "number", "percent")


@dataclass(frozen=True)
class RowInput:
    """A row by subject; amounts as written."""

    code: str
    name: str
    cells: Mapping[str, str]
    kind: str = "subject"


@dataclass(frozen=True)
class TableInput:
    """The amounts of one table, as written in the unit of the form."""

    slots: Mapping[str, str] = field(default_factory=dict)
    rows: Sequence[RowInput] = ()
    totals: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FormData:
    """Known values by the ids of the pack; all as text, so that written decimals are kept."""

    unit: str = ""
    tables: Mapping[str, TableInput] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)


class Form:
    """One workbook while it is being written."""

    def __init__(self, pack: Pack, year: int, name: str, data: FormData) -> None:
        self.pack, self.year, self.name, self.data = pack, year, name, data
        self.buffer = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self.book = xlsxwriter.Workbook(self.buffer, options)
        self.book.set_properties(
            {"title": f"{name}{year}年度部门{pack.meta.kind}填报表", "created": datetime(year, 12, 31), "author": name}
        )
        self.book.set_calc_mode("auto")
        self._formats: dict[tuple[tuple[str, object], ...], Any] = {}
        self.places: dict[str, tuple[str, str]] = {}  # slot -> (sheet, cell) for formulas
        self.values: dict[str, Decimal] = {}  # slot -> value in 元, for stored results
        self.units: dict[str, str] = {}  # sheet -> cell of its money unit
        self.columns: dict[str, tuple[str, int, int, dict[str, int]]] = {}  # table -> sheet, first, last, columns
        self.unit = data.unit or pack.meta.amount_unit

    def style(self, **properties: object) -> Any:
        base: dict[str, object] = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
        key = tuple(sorted({**base, **properties}.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(dict(key))
        return self._formats[key]

    def input_style(self, kind: str, decimals: int = 2) -> Any:
        """The tinted, unlocked style of a place to fill in."""
        common = {"border": 1, "bg_color": "#FFFBE6", "locked": False}
        match kind:
            case "amount":
                number = "#,##0." + "0" * max(2, decimals)
                return self.style(**common, num_format=number, align="right")
            case "count":
                return self.style(**common, num_format="0", align="right")
            case "number":
                return self.style(**common, num_format="0.####" if decimals > 2 else "General", align="right")
            case "percent":
                return self.style(**common, num_format="0.00%", align="right")
            case "code":
                return self.style(**common, num_format="@", align="left")
            case _:
                return self.style(**common, text_wrap=True, num_format="@", align="left", valign="top")

    def put(self, sheet: Any, row: int, column: int, kind: str, text: str, *, code: bool = False) -> None:
        """Write a value into an input cell, numbers as numbers with the decimals that were written."""
        if text and kind in NUMBER_TYPES:
            percent = kind == "percent" and text.endswith("%")
            number = Decimal(text.rstrip("%")) / (100 if percent else 1)
            decimals = len(text.partition(".")[2])
            sheet.write_number(row, column, number, self.input_style(kind, decimals))
        elif text:
            sheet.write_string(row, column, text, self.input_style("code" if code else kind))
        else:
            sheet.write_blank(row, column, None, self.input_style("code" if code else kind))

    def validate(self, sheet: Any, row: int, column: int, last: int, spec: FieldSpec | ColumnSpec | None, kind: str) -> None:
        """Drop-downs and number rules with Chinese messages."""
        rule: dict[str, Any] | None = None
        choices = getattr(spec, "choices", ()) if spec else ()
        source = getattr(spec, "choices_from", "") if spec else ""
        if choices:
            rule = {"validate": "list", "source": list(choices), "error_message": "请从下拉列表中选择。"}
        elif source in ("functional", "economic"):
            count = len(self.pack.functional if source == "functional" else self.pack.economic)
            letter = "A" if source == "functional" else "C"
            where = f"='{LISTS}'!${letter}$1:${letter}${max(count, 1)}"
            rule = {"validate": "list", "source": where, "error_type": "warning", "error_message": "科目编码不在科目库中，请核对。"}
        elif kind == "amount":
            rule = {"validate": "decimal", "criteria": "between", "minimum": -1e15, "maximum": 1e15, "error_message": "这里只能填写金额数字。"}
        elif kind == "count":
            rule = {"validate": "integer", "criteria": ">=", "value": 0, "error_message": "这里只能填写不小于0的整数。"}
        elif kind in ("number", "percent"):
            rule = {"validate": "decimal", "criteria": "between", "minimum": -1e9, "maximum": 1e9, "error_message": "这里只能填写数字。"}
        if rule:
            sheet.data_validation(row, column, last, column, {"error_title": "请核对", "ignore_blank": True, **rule})

    def number(self, key: str, sheet: str, cell: str, text: str) -> None:
        """Remember where a figure stands, and its value in 元."""
        self.places[key] = (sheet, cell)
        if text:
            self.values[key] = Decimal(text) * (10000 if self.unit == "万元" else 1)

    def in_wan(self, key: str) -> str:
        """An Excel expression for a figure in 万元."""
        sheet, cell = self.places[key]
        unit = self.units.get(sheet)
        scale = f"IF('{sheet}'!{unit}=\"元\",10000,1)" if unit else "1"
        return f"N('{sheet}'!{cell})/{scale}"


def write_form(pack: Pack, year: int, name: str, *, data: FormData | None = None) -> bytes:
    """The workbook of a department, as bytes."""
    known = data or FormData()
    if "info.name" in pack.fields and not known.fields.get("info.name"):
        known = FormData(known.unit, known.tables, {**known.fields, "info.name": name}, known.lists, known.reasons)
    form = Form(pack, year, name, known)
    sheets = sorted(pack.in_force(pack.sheets, year), key=lambda s: s.order)
    _guide(form, sheets)
    before = [s for s in sheets if s.order < 20]
    for spec in before:
        _supplement(form, spec)
    for table in pack.in_force(pack.tables, year):
        _statutory(form, table)
    pending = [s for s in sheets if s.order >= 20]
    for spec in (s for s in pending if s.order < 34):
        _supplement(form, spec)
    if pack.in_force(pack.reasons, year):
        _reasons(form)
    for spec in (s for s in pending if s.order >= 34):
        _supplement(form, spec)
    _live(form)
    _hidden(form)
    form.book.close()
    return form.buffer.getvalue()


def _page(sheet: Any, *, landscape: bool, repeat: tuple[int, int] | None = None) -> None:
    sheet.set_paper(9)
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(0.5, 0.5, 0.6, 0.6)
    sheet.set_footer("&C第 &P 页")
    if repeat:
        sheet.repeat_rows(*repeat)
    options = {
        "format_cells": True,
        "format_columns": True,
        "format_rows": True,
        "insert_rows": True,
        "insert_columns": True,
        "delete_rows": True,
        "sort": True,
        "autofilter": True,
    }
    sheet.protect("", options)


def _guide(form: Form, sheets: Sequence[SheetSpec]) -> None:
    sheet = form.book.add_worksheet(GUIDE)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 4)
    sheet.set_column(1, 1, 100)
    title = f"{form.name}{form.year}年度部门{form.pack.meta.kind}填报表"
    sheet.merge_range(0, 0, 0, 1, title, form.style(bold=True, font_size=16, align="center", text_wrap=True))
    sheet.set_row(0, 44)
    lines = [
        "浅黄色的格子由填报人填写；白色和灰色的格子不用填。带 * 的为必填。",
        "金额按元或万元填写，每张表右上方的“金额单位”说明本表用哪一种；建议按元填写，生成的文字按四舍五入换算成万元。",
        "没有发生的金额留空或填0，不要填“无”“—”以外的文字。合计数照系统导出的数填写，不要另行计算。",
        "公开各表可以整块粘贴系统导出的数据（选择性粘贴－数值）；行数不够时可以插入行。",
        "“原因说明”里每一行都写明要说明什么、依据哪两个数；只写原因本身，句末不加句号。",
        "填好后保存，交给审核人，或运行检查；检查发现的问题会写明在哪张表的哪一格、差多少、怎样改。",
    ]
    row = 2
    for number, line in enumerate(lines, 1):
        sheet.write_string(row, 0, f"{number}.", form.style(font_size=11, valign="top"))
        sheet.write_string(row, 1, line, form.style(font_size=11, text_wrap=True))
        sheet.set_row(row, 32)
        row += 1
    row += 1
    sheet.write_string(row, 1, "各张表", form.style(bold=True, font_size=12))
    for spec in sheets:
        row += 1
        sheet.write_string(row, 1, f"{spec.title}：{spec.help}", form.style(text_wrap=True))
    for table in form.pack.in_force(form.pack.tables, form.year):
        row += 1
        sheet.write_string(row, 1, f"{table.number}：{table.title}", form.style(text_wrap=True))
    _page(sheet, landscape=False)


# ------------------------------------------------------------------ statutory tables


def _statutory(form: Form, spec: TableSpec) -> None:
    """A statutory table as officials know it."""
    name = spec.number
    sheet = form.book.add_worksheet(name)
    header = parse(spec.header)
    last = header.width - 1
    shares = sum(spec.widths) or header.width
    room = 150 if spec.landscape else 105
    for column in range(header.width):
        weight = spec.widths[column] if spec.widths else 1
        sheet.set_column(column, column, max(7, room * weight / shares))
    sheet.merge_range(0, 0, 0, max(last - 2, 1), spec.title, form.style(bold=True, font_size=16, align="center"))
    sheet.set_row(0, 30)
    sheet.write_string(0, last, spec.number, form.style(align="right"))
    if last > 2:
        sheet.merge_range(1, 0, 1, last - 2, f"编制单位：{form.name}", form.style())
    else:
        sheet.write_string(1, 0, f"编制单位：{form.name}", form.style(text_wrap=True))
    unit_column = max(last - 1, 0)
    sheet.write_string(1, unit_column, UNIT_LABEL, form.style(align="right"))
    sheet.write_string(1, last, form.unit, form.style(border=1, bg_color="#FFFBE6", locked=False, align="center"))
    sheet.data_validation(1, last, 1, last, {"validate": "list", "source": ["元", "万元"], "error_message": "请选择元或万元。"})
    form.units[name] = xl_rowcol_to_cell(1, last, True, True)
    first = 2
    _draw(form, sheet, header, first)
    row = first + len(header.rows)
    given = form.data.tables.get(spec.id, TableInput())
    if spec.body:
        row = _fixed_body(form, sheet, spec, row, given)
    if spec.rows:
        row = _listed_body(form, sheet, spec, row, given)
    for note in spec.notes:
        sheet.merge_range(row, 0, row, last, note, form.style(font_size=9, text_wrap=True))
        row += 1
    sheet.freeze_panes(first + len(header.rows), 0)
    _page(sheet, landscape=spec.landscape, repeat=(first, first + len(header.rows) - 1))


def _draw(form: Form, sheet: Any, grid: Grid, top: int) -> None:
    style = form.style(border=1, bold=True, align="center", text_wrap=True, bg_color="#E8EEF5")
    for cell in grid.cells():
        _cell(sheet, top, cell, cell.text, style)
    for k in range(len(grid.rows)):
        sheet.set_row(top + k, 26)


def _cell(sheet: Any, top: int, cell: GridCell, text: str, style: Any) -> None:
    row = top + cell.row
    if cell.colspan > 1 or cell.rowspan > 1:
        sheet.merge_range(row, cell.column, row + cell.rowspan - 1, cell.column + cell.colspan - 1, "", style)
    sheet.write_string(row, cell.column, text, style)


def _fixed_body(form: Form, sheet: Any, spec: TableSpec, top: int, given: TableInput) -> int:
    grid = parse(spec.body)
    label = form.style(border=1, text_wrap=True)
    centre = form.style(border=1, align="center")
    for cell in grid.cells():
        row = top + cell.row
        if not cell.slot:
            _cell(sheet, top, cell, cell.text, centre if cell.text.isdigit() and len(cell.text) < 3 else label)
            continue
        text = given.slots.get(cell.slot, "")
        form.put(sheet, row, cell.column, "amount", text)
        form.validate(sheet, row, cell.column, row, None, "amount")
        form.number(f"{spec.id}.{cell.slot}", spec.number, xl_rowcol_to_cell(row, cell.column), text)
    return top + len(grid.rows)


def _listed_body(form: Form, sheet: Any, spec: TableSpec, top: int, given: TableInput) -> int:
    shape = parse(spec.row or spec.total)
    total = parse(spec.total) if spec.total else None
    spare = max(12, SUBJECT_ROWS - len(given.rows)) if spec.rows != "list" else 30
    count = len(given.rows) + spare
    first = top + (1 if total and not spec.total_last else 0)
    bottom = first + count - 1
    if total:
        at = bottom + 1 if spec.total_last else top
        _total_row(form, sheet, spec, total, at, given)
    columns: dict[str, int] = {}
    for cell in shape.rows[0]:
        columns[cell.slot] = cell.column
        kind = _slot_kind(cell)
        if kind == "amount":
            form.validate(sheet, first, cell.column, bottom, None, "amount")
        elif cell.slot == "code":
            source = "functional" if spec.rows == "functional" else "economic"
            form.validate(sheet, first, cell.column, bottom, _code_column(source), "text")
    for k in range(count):
        row = given.rows[k] if k < len(given.rows) else None
        for cell in shape.rows[0]:
            if not cell.slot:
                continue
            text = _row_text(cell, row)
            if cell.slot == "n":
                sheet.write_string(first + k, cell.column, str(k + 1) if row else "", form.style(border=1, align="center"))
            elif cell.slot == "name" and "code" in columns and not text and spec.rows in ("functional", "economic"):
                _name_formula(form, sheet, first + k, cell.column, columns["code"], spec.rows)
            else:
                form.put(sheet, first + k, cell.column, _slot_kind(cell), text, code=cell.slot in ("code", "codename"))
    form.columns[spec.id] = (spec.number, first, bottom, columns)
    return bottom + (2 if total and spec.total_last else 1)


def _code_column(source: str) -> ColumnSpec:
    return ColumnSpec(id="code", label="科目编码", choices_from=source)


def _slot_kind(cell: GridCell) -> str:
    if cell.slot in ("code", "name", "codename", "n") or cell.kind == "text":
        return "text"
    return "amount"


def _row_text(cell: GridCell, row: RowInput | None) -> str:
    if row is None:
        return ""
    match cell.slot:
        case "code":
            return row.code
        case "name":
            return row.cells.get("name", row.name)
        case "codename":
            return f"{row.code}-{row.name}" if row.code else row.name
        case _:
            return row.cells.get(cell.slot, "")


def _name_formula(form: Form, sheet: Any, row: int, column: int, code_column: int, kind: str) -> None:
    """The name follows from the code; it may be typed over."""
    letters = ("A", "B") if kind == "functional" else ("C", "D")
    size = max(len(form.pack.functional if kind == "functional" else form.pack.economic), 1)
    code = xl_rowcol_to_cell(row, code_column)
    formula = (
        f"=IF({code}=\"\",\"\",IFERROR(VLOOKUP({code}&\"\",'{LISTS}'!${letters[0]}$1:${letters[1]}${size},2,FALSE),\"\"))"
    )
    style = form.style(border=1, bg_color="#FFFBE6", locked=False, text_wrap=True)
    sheet.write_formula(row, column, formula, style, "")


def _total_row(form: Form, sheet: Any, spec: TableSpec, total: Grid, row: int, given: TableInput) -> None:
    for cell in total.rows[0]:
        if cell.slot:
            text = given.totals.get(cell.slot, "")
            form.put(sheet, row, cell.column, "amount" if cell.kind != "text" else "text", text)
            form.validate(sheet, row, cell.column, row, None, "amount" if cell.kind != "text" else "text")
            if cell.kind != "text":
                form.number(f"{spec.id}.total.{cell.slot}", spec.number, xl_rowcol_to_cell(row, cell.column), text)
        else:
            _cell(sheet, row, cell, cell.text, form.style(border=1, bold=True, align="center"))


# ------------------------------------------------------------------ supplementary sheets


def _supplement(form: Form, spec: SheetSpec) -> None:
    """Fields by section, then lists."""
    fields = [f for f in form.pack.in_force(form.pack.fields, form.year) if f.sheet == spec.id]
    lists = [x for x in form.pack.in_force(form.pack.lists, form.year) if x.sheet == spec.id]
    if not fields and not lists:
        return
    sheet = form.book.add_worksheet(spec.title)
    wide = max((len(x.columns) for x in lists), default=0)
    widths = [30, 50, 12, 60]
    for entry in lists:
        for k, column in enumerate(entry.columns):
            if k < len(widths) and fields:
                widths[k] = max(widths[k], column.width)
            elif k < len(widths):
                widths[k] = column.width
            else:
                widths.append(column.width)
    for k, width in enumerate(widths[: max(wide, 4 if fields else wide)]):
        sheet.set_column(k, k, width)
    sheet.write_string(0, 0, spec.title, form.style(bold=True, font_size=14))
    row = 1
    if spec.help:
        sheet.write_string(row, 0, spec.help, form.style(font_size=9, font_color="#555555"))
        row += 1
    if spec.unit:
        sheet.write_string(row, 0, UNIT_LABEL, form.style(border=1, bold=True))
        unit = form.unit if form.data.unit else spec.unit
        sheet.write_string(row, 1, unit, form.style(border=1, bg_color="#FFFBE6", locked=False))
        sheet.data_validation(row, 1, row, 1, {"validate": "list", "source": ["元", "万元"], "error_message": "请选择元或万元。"})
        form.units[spec.title] = xl_rowcol_to_cell(row, 1, True, True)
        row += 1
    row += 1
    if fields:
        row = _fields(form, sheet, spec, fields, row)
    for entry in lists:
        row = _list(form, sheet, entry, row + 1, only=not fields and len(lists) == 1)
    _page(sheet, landscape=wide > 6 or bool(fields))


def _head(form: Form, sheet: Any, row: int, texts: Sequence[str]) -> None:
    style = form.style(border=1, bold=True, align="center", bg_color="#E8EEF5", text_wrap=True)
    for column, text in enumerate(texts):
        sheet.write_string(row, column, text, style)


def _fields(form: Form, sheet: Any, spec: SheetSpec, fields: Sequence[FieldSpec], row: int) -> int:
    _head(form, sheet, row, FIELD_HEAD)
    section = ""
    for entry in fields:
        row += 1
        if entry.section != section:
            section = entry.section
            sheet.merge_range(row, 0, row, 3, section, form.style(border=1, bold=True, bg_color="#F3F6FA"))
            row += 1
        star = "* " if entry.required else ""
        label = form.style(border=1, text_wrap=True)
        if star:
            sheet.write_rich_string(row, 0, form.style(font_color="#C00000"), star, form.style(), entry.label, label)
        else:
            sheet.write_string(row, 0, entry.label, label)
        text = form.data.fields.get(entry.id, "") or entry.default
        form.put(sheet, row, 1, entry.type, text)
        form.validate(sheet, row, 1, row, entry, entry.type)
        form.number(entry.id, spec.title, xl_rowcol_to_cell(row, 1), text if entry.type == "amount" else "")
        unit = entry.unit or (UNIT_LABEL if entry.type == "amount" else "")
        sheet.write_string(row, 2, "同上" if unit == UNIT_LABEL else unit, form.style(border=1, align="center"))
        sheet.write_string(row, 3, entry.help, form.style(border=1, text_wrap=True, font_size=9, font_color="#555555"))
    return row + 1


def _list(form: Form, sheet: Any, spec: ListSpec, row: int, *, only: bool) -> int:
    sheet.write_string(row, 0, spec.title, form.style(bold=True, font_size=12))
    if spec.help:
        row += 1
        sheet.write_string(row, 0, spec.help, form.style(font_size=9, font_color="#555555"))
    row += 1
    if any(c.group for c in spec.columns):
        _head(form, sheet, row, [c.group for c in spec.columns])
        row += 1
    _head(form, sheet, row, [("* " if c.required else "") + c.label for c in spec.columns])
    sheet.set_row(row, 28)
    head = row
    given = form.data.lists.get(spec.id, ())
    count = max(spec.rows, len(given) + 5)
    for column, entry in enumerate(spec.columns):
        if entry.type != "lookup":
            form.validate(sheet, row + 1, column, row + count, entry, entry.type)
    for k in range(count):
        row += 1
        values = given[k] if k < len(given) else {}
        for column, entry in enumerate(spec.columns):
            if entry.type == "lookup":
                key = next((i for i, c in enumerate(spec.columns) if c.id == spec.key), 0)
                _lookup(form, sheet, row, column, key, entry, values.get(spec.key, ""))
            else:
                form.put(sheet, row, column, entry.type, values.get(entry.id, ""), code=entry.choices_from == "functional")
    if only:
        sheet.freeze_panes(head + 1, 0)
        sheet.autofilter(head, 0, row, len(spec.columns) - 1)
        sheet.repeat_rows(head)
    return row + 1


def _lookup(form: Form, sheet: Any, row: int, column: int, key: int, spec: ColumnSpec, code: str) -> None:
    """A value found by the key, shown beside what is entered."""
    table, _, wanted = spec.lookup.partition(".")
    style = form.style(border=1, bg_color="#EFEFEF", num_format="#,##0.00", text_wrap=True)
    known = form.columns.get(table)
    if known is None or wanted not in known[3] or "code" not in known[3]:
        sheet.write_blank(row, column, None, style)
        return
    name, first, last, columns = known
    codes = f"'{name}'!{xl_rowcol_to_cell(first, columns['code'], True, True)}:{xl_rowcol_to_cell(last, columns['code'], True, True)}"
    wants = f"'{name}'!{xl_rowcol_to_cell(first, columns[wanted], True, True)}:{xl_rowcol_to_cell(last, columns[wanted], True, True)}"
    cell = xl_rowcol_to_cell(row, key)
    formula = f'=IF({cell}="","",IFERROR(INDEX({wants},MATCH({cell}&"",{codes},0)),""))'
    sheet.write_formula(row, column, formula, style, _found(form, table, wanted, code))


def _found(form: Form, table: str, wanted: str, code: str) -> Any:
    for row in form.data.tables.get(table, TableInput()).rows:
        if code and row.code == code:
            if wanted == "name":
                return row.name
            return Decimal(row.cells[wanted]) if row.cells.get(wanted) else ""
    return ""


# ------------------------------------------------------------------ reasons


def _reasons(form: Form) -> None:
    sheet = form.book.add_worksheet(REASONS)
    for column, width in enumerate((6, 36, 44, 70, 36)):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, REASONS, form.style(bold=True, font_size=14))
    sheet.write_string(1, 0, "每行写明要说明的事项和依据的数；在黄色格子里只写原因本身，句末不加句号。", form.style(font_size=9, font_color="#555555"))
    _head(form, sheet, 3, REASON_HEAD)
    row, section = 3, ""
    for number, spec in enumerate(form.pack.in_force(form.pack.reasons, form.year), 1):
        row += 1
        if spec.section != section:
            section = spec.section
            sheet.merge_range(row, 0, row, 4, section, form.style(border=1, bold=True, bg_color="#F3F6FA"))
            row += 1
        sheet.write_string(row, 0, str(number), form.style(border=1, align="center"))
        sheet.write_string(row, 1, spec.title, form.style(border=1, text_wrap=True))
        _result(form, sheet, row, spec.current, spec.base, compare=spec.wording.startswith("compare"))
        form.put(sheet, row, 3, spec.type, form.data.reasons.get(spec.id, ""))
        hint = spec.help or ("只写原因本身" if spec.required else "可以不填")
        sheet.write_string(row, 4, hint, form.style(border=1, text_wrap=True, font_size=9, font_color="#555555"))
        sheet.set_row(row, 42)
    sheet.freeze_panes(4, 2)
    _page(sheet, landscape=True, repeat=(3, 3))


def _result(form: Form, sheet: Any, row: int, current: str, base: str, *, compare: bool) -> None:
    """The computed figures beside a reason, as a live formula in words."""
    style = form.style(border=1, bg_color="#EFEFEF", text_wrap=True)
    if current not in form.places:
        sheet.write_blank(row, 2, None, style)
        return
    now = form.in_wan(current)
    if base not in form.places:
        stored = f"{_wan(form, current):,.2f}万元" if current in form.values else ""
        sheet.write_formula(row, 2, f'=TEXT({now},"#,##0.00")&"万元"', style, stored)
        return
    then = form.in_wan(base)
    names = ("决算", "预算") if compare else ("本年", "上年")
    change = (
        f'IF(ROUND({now}-{then},2)=0,"持平",IF({now}>{then},"增加 ","减少 ")&TEXT(ABS({now}-{then}),"#,##0.00")&" 万元"'
        f'&IF({then}=0,"",IF({now}>{then},"，增长 ","，下降 ")&TEXT(ABS({now}-{then})/ABS({then}),"0.00%")))'
    )
    words = f'="{names[0]} "&TEXT({now},"#,##0.00")&" 万元，{names[1]} "&TEXT({then},"#,##0.00")&" 万元，"&{change}'
    sheet.write_formula(row, 2, words, style, _stored_result(form, current, base, names))


def _wan(form: Form, key: str) -> Decimal:
    return form.values.get(key, Decimal(0)) / 10000


def _stored_result(form: Form, current: str, base: str, names: tuple[str, str]) -> str:
    now, then = _wan(form, current), _wan(form, base)
    if current not in form.values and base not in form.values:
        return f"{names[0]} 0.00 万元，{names[1]} 0.00 万元，持平"
    gap = now - then
    if round(gap, 2) == 0:
        change = "持平"
    else:
        change = f"{'增加' if gap > 0 else '减少'} {abs(gap):,.2f} 万元"
        if then:
            change += f"，{'增长' if gap > 0 else '下降'} {abs(gap) / abs(then):.2%}"
    return f"{names[0]} {now:,.2f} 万元，{names[1]} {then:,.2f} 万元，{change}"


LIVE = "勾稽"


def _live(form: Form) -> None:
    """The checks of the pack as live formulas: ✓ or the difference, while the officer types."""
    places: dict[str, Place] = {}
    for spec in form.pack.in_force(form.pack.tables, form.year):
        prefix = f"{spec.id}."
        slots = {k.removeprefix(prefix): cell for k, (_, cell) in form.places.items() if k.startswith(prefix)}
        ranges: dict[str, str] = {}
        if spec.id in form.columns and spec.rows == "functional":
            _, first, last, columns = form.columns[spec.id]
            ranges = {c: f"{xl_rowcol_to_cell(first, k, True, True)}:{xl_rowcol_to_cell(last, k, True, True)}" for c, k in columns.items()}
        if "code" in ranges or not spec.rows:
            places[spec.id] = Place(spec.number, form.units.get(spec.number, ""), slots, ranges)
    fields = {
        f.id: Place(form.places[f.id][0], form.units.get(form.places[f.id][0], ""), {"": form.places[f.id][1]})
        for f in form.pack.in_force(form.pack.fields, form.year)
        if f.id in form.places and f.type == "amount"
    }
    found = list(live_lines(form.pack, form.year, places, fields))
    if not found:
        return
    sheet = form.book.add_worksheet(LIVE)
    for column, width in enumerate((10, 80, 24)):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, "勾稽关系", form.style(bold=True, font_size=14))
    sheet.write_string(1, 0, "随填随算，按四舍五入允许尾差；最后以检查结果为准。", form.style(font_size=9, font_color="#555555"))
    _head(form, sheet, 3, ("编号", "应有的关系", "结果"))
    style = form.style(border=1, text_wrap=True)
    for row, line in enumerate(found, 4):
        sheet.write_string(row, 0, line.check, style)
        sheet.write_string(row, 1, line.title, style)
        sheet.write_formula(row, 2, line.formula, form.style(border=1, align="center"), "✓" if not form.data.tables else "")
    last = 3 + len(found)
    wrong = form.book.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006"})
    sheet.conditional_format(4, 2, last, 2, {"type": "text", "criteria": "not containing", "value": "✓", "format": wrong})
    sheet.freeze_panes(4, 0)
    _page(sheet, landscape=False, repeat=(3, 3))


def _hidden(form: Form) -> None:
    """The subject lists for drop-downs and the stamp."""
    sheet = form.book.add_worksheet(LISTS)
    for column, subjects in ((0, form.pack.functional), (2, form.pack.economic)):
        for row, subject in enumerate(subjects.values()):
            sheet.write_string(row, column, subject.code)
            sheet.write_string(row, column + 1, subject.name)
    sheet.hide()
    stamp = form.book.add_worksheet(STAMP)
    values = {
        "pack": form.pack.id,
        "pack_version": form.pack.meta.version,
        "year": str(form.year),
        "name": form.name,
        "kind": form.pack.meta.kind,
        "program": __version__,
    }
    for row, (key, value) in enumerate(values.items()):
        stamp.write_string(row, 0, key)
        stamp.write_string(row, 1, value)
    stamp.very_hidden()
