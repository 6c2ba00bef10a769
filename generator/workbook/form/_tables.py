"""The statutory tables of the 填报表, as officials know them: exact headers, input cells, codes.

Which tables there are is the pack's; totals are input cells, as the exported tables have them.
"""

from __future__ import annotations

from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from generator.packs import ColumnSpec, Grid, GridCell, TableSpec
from generator.packs import parse_grid as parse
from generator.workbook.form.data import RowInput, TableInput
from generator.workbook.form.page import Form, page_setup
from generator.workbook.form.words import LISTS, SUBJECT_ROWS, UNIT_LABEL


def statutory_sheet(form: Form, spec: TableSpec) -> None:
    """A statutory table as officials know it."""
    name = spec.number
    sheet = form.book.add_worksheet(name)
    header = parse(spec.header)
    last = header.width - 1
    shares = sum(spec.widths) or header.width
    room = 150 if spec.landscape else 105
    widths: list[float] = []
    for column in range(header.width):
        weight = spec.widths[column] if spec.widths else 1
        widths.append(max(7, room * weight / shares))
        sheet.set_column(column, column, widths[-1])
    sheet.merge_range(0, 0, 0, max(last - 2, 1), spec.title, form.style(bold=True, font_size=16, align="center"))
    sheet.set_row(0, 30)
    sheet.write_string(0, last, spec.number, form.style(align="right"))
    if last > 2:
        sheet.merge_range(1, 0, 1, last - 2, f"编制单位：{form.name}", form.style())
    else:
        sheet.write_string(1, 0, f"编制单位：{form.name}", form.style(text_wrap=True))
    unit_column = max(last - 1, 0)
    sheet.write_string(1, unit_column, UNIT_LABEL, form.style(align="right"))
    form.put_unit(sheet, 1, last, form.unit)
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
    page_setup(sheet, widths, landscape=spec.landscape, repeat=(first, first + len(header.rows) - 1))


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
        elif cell.slot == "code" and spec.rows != "list":
            source = "functional" if spec.rows == "functional" else "economic"
            form.validate(sheet, first, cell.column, bottom, _code_column(source), "text")
    for k in range(count):
        row = given.rows[k] if k < len(given.rows) else None
        for cell in shape.rows[0]:
            if not cell.slot:
                continue
            text = _row_text(cell, row)
            if cell.slot == "n":
                sheet.write_string(
                    first + k, cell.column, str(k + 1) if row else "", form.style(border=1, align="center")
                )
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
        f'=IF({code}="","",IFERROR(VLOOKUP({code}&"",\'{LISTS}\'!${letters[0]}$1:${letters[1]}${size},2,FALSE),""))'
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
