"""The supplementary sheets of the 填报表: fields by section, lists, and the reasons asked for.

The computed figures stand beside each reason as a live formula with its stored result.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from generator.packs import ColumnSpec, FieldSpec, ListSpec, SheetSpec
from generator.workbook.form.data import TableInput
from generator.workbook.form.page import Form, head, page_setup
from generator.workbook.form.words import (
    ACCEPT,
    FIELD_HEAD,
    FORM_UNIT,
    LISTS,
    REASON_HEAD,
    REASONS,
    UNIT_LABEL,
    UNIT_SHEET,
)


def supplement_sheet(form: Form, spec: SheetSpec) -> None:
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
    widths = widths[: max(wide, 4 if fields else wide)]
    for k, width in enumerate(widths):
        sheet.set_column(k, k, width)
    sheet.write_string(0, 0, spec.title, form.style(bold=True, font_size=14))
    row, unit = 1, ""
    if spec.help:
        sheet.write_string(row, 0, spec.help, form.style(font_size=9, font_color="#555555"))
        row += 1
    if form.form_unit and spec.title == UNIT_SHEET:
        sheet.write_string(row, 0, FORM_UNIT, form.style(border=1, bold=True))
        form.put_unit(sheet, row, 1, form.unit, whole=True)
        row += 1
    if spec.unit:
        sheet.write_string(row, 0, UNIT_LABEL, form.style(border=1, bold=True))
        unit = form.sheet_unit(spec)
        form.put_unit(sheet, row, 1, unit)
        form.units[spec.title] = xl_rowcol_to_cell(row, 1, True, True)
        row += 1
    row += 1
    if fields:
        row = _fields(form, sheet, spec, fields, row)
    for entry in lists:
        row = _list(form, sheet, entry, row + 1, unit, only=not fields and len(lists) == 1)
    page_setup(sheet, widths, landscape=wide > 6 or bool(fields))


def _fields(form: Form, sheet: Any, spec: SheetSpec, fields: Sequence[FieldSpec], row: int) -> int:
    head(form, sheet, row, FIELD_HEAD)
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
        form.number(
            entry.id,
            spec.title,
            xl_rowcol_to_cell(row, 1),
            text if entry.type == "amount" else "",
            form.sheet_unit(spec),
        )
        unit = entry.unit or (UNIT_LABEL if entry.type == "amount" else "")
        sheet.write_string(row, 2, "同上" if unit == UNIT_LABEL else unit, form.style(border=1, align="center"))
        sheet.write_string(row, 3, entry.help, form.style(border=1, text_wrap=True, font_size=9, font_color="#555555"))
    return row + 1


def _list(form: Form, sheet: Any, spec: ListSpec, row: int, unit: str, *, only: bool) -> int:
    sheet.write_string(row, 0, spec.title, form.style(bold=True, font_size=12))
    if spec.help:
        row += 1
        sheet.write_string(row, 0, spec.help, form.style(font_size=9, font_color="#555555"))
    row += 1
    if any(c.group for c in spec.columns):
        head(form, sheet, row, [c.group for c in spec.columns])
        row += 1
    head(form, sheet, row, [("* " if c.required else "") + c.label for c in spec.columns])
    sheet.set_row(row, 28)
    head_row = row
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
                _lookup(form, sheet, row, column, key, entry, values.get(spec.key, ""), unit)
            else:
                form.put(
                    sheet, row, column, entry.type, values.get(entry.id, ""), code=entry.choices_from == "functional"
                )
    if only:
        sheet.freeze_panes(head_row + 1, 0)
        sheet.autofilter(head_row, 0, row, len(spec.columns) - 1)
        sheet.repeat_rows(head_row)
    return row + 1


def _lookup(form: Form, sheet: Any, row: int, column: int, key: int, spec: ColumnSpec, code: str, unit: str) -> None:
    """A value found by the key, shown beside what is entered; ``unit``: the money unit of this sheet."""
    table, _, wanted = spec.lookup.partition(".")
    style = form.style(border=1, bg_color="#EFEFEF", num_format="#,##0.00", text_wrap=True)
    cell = xl_rowcol_to_cell(row, key)
    if table in ("functional", "economic"):
        subjects = form.pack.functional if table == "functional" else form.pack.economic
        letters = ("A", "B") if table == "functional" else ("C", "D")
        where = f"'{LISTS}'!${letters[0]}$1:${letters[1]}${max(len(subjects), 1)}"
        stored = subjects[code].name if code in subjects else ""
        sheet.write_formula(
            row, column, f'=IF({cell}="","",IFERROR(VLOOKUP({cell}&"",{where},2,FALSE),""))', style, stored
        )
        return
    name, first, last, columns = form.columns.get(table, ("", 0, 0, {}))

    def whole(slot: str) -> str:
        start, end = (xl_rowcol_to_cell(r, columns[slot], True, True) for r in (first, last))
        return f"'{name}'!{start}:{end}"

    if wanted not in columns or not {"code", "codename", "n"} & set(columns):
        sheet.write_blank(row, column, None, style)
        return
    if "code" in columns:
        found = f'INDEX({whole(wanted)},MATCH({cell}&"",{whole("code")},0))'
        stored = _found(form, table, wanted, code)
    elif "n" in columns:  # a list: by its 序号, which is its place
        found = f"INDEX({whole(wanted)},{cell})" + ('&""' if wanted == "name" else "")
        stored = _at(form, table, wanted, code)
    else:  # 编码-名称 in one cell: the sum over the budget units
        found = f'SUMIF({whole("codename")},{cell}&"-*",{whole(wanted)})'
        stored = _sum_of(form, table, wanted, code)
    own = form.units.get(sheet.get_name())
    if own and wanted != "name":  # in the unit of this sheet
        found += f'*IF(\'{name}\'!{form.units[name]}="元",1,10000)/IF({own}="元",1,10000)'
        if stored != "" and form.unit != unit:
            stored = stored / 10000 if unit == "万元" else stored * 10000
    sheet.write_formula(row, column, f'=IF({cell}="","",IFERROR({found},""))', style, stored)


def _found(form: Form, table: str, wanted: str, code: str) -> Any:
    for row in form.data.tables.get(table, TableInput()).rows:
        if code and row.code == code:
            if wanted == "name":
                return row.name
            return Decimal(row.cells[wanted]) if row.cells.get(wanted) else ""
    return ""


def _sum_of(form: Form, table: str, wanted: str, code: str) -> Any:
    rows = form.data.tables.get(table, TableInput()).rows
    amounts = [Decimal(r.cells[wanted]) for r in rows if code and r.code == code and r.cells.get(wanted)]
    return sum(amounts, Decimal(0)) if code else ""


def _at(form: Form, table: str, wanted: str, number: str) -> Any:
    rows = form.data.tables.get(table, TableInput()).rows
    if not number.isdigit() or not 0 < int(number) <= len(rows):
        return ""
    row = rows[int(number) - 1]
    if wanted == "name":
        return row.name
    return Decimal(row.cells[wanted]) if row.cells.get(wanted) else ""


def reasons_sheet(form: Form) -> None:
    sheet = form.book.add_worksheet(REASONS)
    widths = (6, 36, 44, 70, 30, 60, 10)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, REASONS, form.style(bold=True, font_size=14))
    sheet.write_string(
        1,
        0,
        "每行写明要说明的事项和依据的数；在黄色格子里只写原因本身，句末不加句号。同意程序起草的，在“采用草稿”选“采用”；不同意的，写自己的。",
        form.style(font_size=9, font_color="#555555"),
    )
    head(form, sheet, 3, REASON_HEAD)
    row, section = 3, ""
    for number, spec in enumerate(form.pack.in_force(form.pack.reasons, form.year), 1):
        row += 1
        if spec.section != section:
            section = spec.section
            sheet.merge_range(
                row, 0, row, len(REASON_HEAD) - 1, section, form.style(border=1, bold=True, bg_color="#F3F6FA")
            )
            row += 1
        sheet.write_string(row, 0, str(number), form.style(border=1, align="center"))
        sheet.write_string(row, 1, spec.title, form.style(border=1, text_wrap=True))
        _result(form, sheet, row, spec.current, spec.base, compare=spec.wording.startswith("compare"))
        form.put(sheet, row, 3, spec.type, form.data.reasons.get(spec.id, ""))
        hint = spec.help or ("只写原因本身" if spec.required else "可以不填")
        small = form.style(border=1, text_wrap=True, font_size=9, font_color="#555555")
        sheet.write_string(row, 4, hint, small)
        sheet.write_blank(row, 5, None, small)
        form.put(sheet, row, 6, "text", "")
        sheet.data_validation(
            row,
            6,
            row,
            6,
            {"validate": "list", "source": [ACCEPT], "error_message": f"采用草稿的选“{ACCEPT}”，不采用的留空。"},
        )
        sheet.set_row(row, 42)
    sheet.freeze_panes(4, 2)
    page_setup(sheet, widths, landscape=True, repeat=(3, 3))


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
