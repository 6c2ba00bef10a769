"""Writes the 填报表 of a pack: blank, or filled with values that are already known.

Which sheets, fields and tables there are is the pack's; this module puts them in order and adds
the guide, the live checks and the stamp.
"""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.utility import xl_rowcol_to_cell

from generator import __version__
from generator.packs import Pack, SheetSpec
from generator.workbook.form._live import Place
from generator.workbook.form._live import lines as live_lines
from generator.workbook.form._sheets import reasons_sheet, supplement_sheet
from generator.workbook.form._tables import statutory_sheet
from generator.workbook.form.data import FormData
from generator.workbook.form.page import Form, head, page_setup
from generator.workbook.form.words import GUIDE, LISTS, LIVE, STAMP


def write_form(pack: Pack, year: int, name: str, *, data: FormData | None = None) -> bytes:
    """The workbook of a department, as bytes."""
    known = data or FormData()
    if "info.name" in pack.fields and not known.fields.get("info.name"):
        known = FormData(
            known.unit, known.tables, {**known.fields, "info.name": name}, known.lists, known.reasons, known.sheet_units
        )
    form = Form(pack, year, name, known)
    sheets = sorted(pack.in_force(pack.sheets, year), key=lambda s: s.order)
    _guide(form, sheets)
    before = [s for s in sheets if s.order < 20]
    for spec in before:
        supplement_sheet(form, spec)
    for table in pack.published_tables(year):
        statutory_sheet(form, table)
    pending = [s for s in sheets if s.order >= 20]
    for spec in (s for s in pending if s.order < 34):
        supplement_sheet(form, spec)
    if pack.in_force(pack.reasons, year):
        reasons_sheet(form)
    for spec in (s for s in pending if s.order >= 34):
        supplement_sheet(form, spec)
    _live(form)
    _hidden(form)
    form.book.close()
    return form.buffer.getvalue()


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
        "金额单位在“基本信息”选一次，各表照用；有一张表单位不同的，在那张表右上方的“金额单位”另选。建议按元填写，生成的文字按四舍五入换算成万元。",
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
    for table in form.pack.published_tables(form.year):
        row += 1
        sheet.write_string(row, 1, f"{table.number}：{table.title}", form.style(text_wrap=True))
    page_setup(sheet, (4, 100), landscape=False)


def _live(form: Form) -> None:
    """The checks of the pack as live formulas: ✓ or the difference, while the officer types."""
    places: dict[str, Place] = {}
    for spec in form.pack.published_tables(form.year):
        prefix = f"{spec.id}."
        slots = {k.removeprefix(prefix): cell for k, (_, cell) in form.places.items() if k.startswith(prefix)}
        ranges: dict[str, str] = {}
        if spec.id in form.columns and spec.rows == "functional":
            _, first, last, columns = form.columns[spec.id]
            ranges = {
                c: f"{xl_rowcol_to_cell(first, k, True, True)}:{xl_rowcol_to_cell(last, k, True, True)}"
                for c, k in columns.items()
            }
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
    widths = (10, 80, 24)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, "勾稽关系", form.style(bold=True, font_size=14))
    sheet.write_string(
        1, 0, "随填随算，按四舍五入允许尾差；最后以检查结果为准。", form.style(font_size=9, font_color="#555555")
    )
    head(form, sheet, 3, ("编号", "应有的关系", "结果"))
    style = form.style(border=1, text_wrap=True)
    for row, line in enumerate(found, 4):
        sheet.write_string(row, 0, line.check, style)
        sheet.write_string(row, 1, line.title, style)
        sheet.write_formula(
            row, 2, line.formula, form.style(border=1, align="center"), "✓" if not form.data.tables else ""
        )
    last = 3 + len(found)
    wrong = form.book.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006"})
    sheet.conditional_format(
        4, 2, last, 2, {"type": "text", "criteria": "not containing", "value": "✓", "format": wrong}
    )
    sheet.freeze_panes(4, 0)
    page_setup(sheet, widths, landscape=False, repeat=(3, 3))


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
    if form.data.margin:
        values["margin"] = f"{form.data.margin:f}"
    for row, (key, value) in enumerate(values.items()):
        stamp.write_string(row, 0, key)
        stamp.write_string(row, 1, value)
    stamp.very_hidden()
