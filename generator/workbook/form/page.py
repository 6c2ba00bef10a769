"""One 填报表 while it is written: styles, input cells, drop-downs, and where each figure stands.

XlsxWriter, so that formulas carry their values and the bytes are constant.  The values to fill in
are plain text by the ids of the pack (:class:`FormData`), so that written decimals are kept.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from math import ceil
from typing import Any

import xlsxwriter

from generator.packs import ColumnSpec, FieldSpec, Pack, SheetSpec
from generator.workbook.form.data import FormData
from generator.workbook.form.words import LISTS, NUMBER_TYPES, UNIT_SHEET

INCH_PER_PIXEL = 1 / 96
A4 = (7.27, 10.69)  # inches between the margins, upright and across
SMALLEST = 8 / 9  # how far the smallest letters of a form, 9 pt, may shrink


class Form:
    """One workbook while it is being written."""

    def __init__(self, pack: Pack, year: int, name: str, data: FormData) -> None:
        self.pack, self.year, self.name, self.data = pack, year, name, data
        self.buffer = io.BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
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
        self.form_unit = ""  # the cell of the unit of the whole form
        first = next((s for s in pack.in_force(pack.sheets, year) if s.title == UNIT_SHEET), None)
        if first is not None and not first.unit:
            self.form_unit = f"'{UNIT_SHEET}'!$B${3 if first.help else 2}"

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
        number = _number(text, kind)
        if number is not None:
            decimals = len(text.partition(".")[2])
            sheet.write_number(row, column, number, self.input_style(kind, decimals))
        elif text:
            sheet.write_string(row, column, text, self.input_style("code" if code else kind))
        else:
            sheet.write_blank(row, column, None, self.input_style("code" if code else kind))

    def put_unit(self, sheet: Any, row: int, column: int, unit: str, *, whole: bool = False) -> None:
        """A money unit: chosen once for the whole form; the sheets repeat it, and one that differs says so itself."""
        style = self.style(border=1, bg_color="#FFFBE6" if whole else "#EFEFEF", locked=False, align="center")
        if whole or not self.form_unit or unit != self.unit:
            sheet.write_string(row, column, unit, style)
        else:
            sheet.write_formula(row, column, f"={self.form_unit}", style, unit)
        choice = {"validate": "list", "source": ["元", "万元"], "error_message": "请选择元或万元。"}
        sheet.data_validation(row, column, row, column, choice)

    def validate(
        self, sheet: Any, row: int, column: int, last: int, spec: FieldSpec | ColumnSpec | None, kind: str
    ) -> None:
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
            rule = {
                "validate": "list",
                "source": where,
                "error_type": "warning",
                "error_message": "科目编码不在科目库中，请核对。",
            }
        elif kind == "amount":
            rule = {
                "validate": "decimal",
                "criteria": "between",
                "minimum": -1e15,
                "maximum": 1e15,
                "error_message": "这里只能填写金额数字。",
            }
        elif kind == "count":
            rule = {"validate": "integer", "criteria": ">=", "value": 0, "error_message": "这里只能填写不小于0的整数。"}
        elif kind in ("number", "percent"):
            rule = {
                "validate": "decimal",
                "criteria": "between",
                "minimum": -1e9,
                "maximum": 1e9,
                "error_message": "这里只能填写数字。",
            }
        if rule:
            sheet.data_validation(row, column, last, column, {"error_title": "请核对", "ignore_blank": True, **rule})

    def number(self, key: str, sheet: str, cell: str, text: str, unit: str = "") -> None:
        """Remember where a figure stands, and its value in 元."""
        self.places[key] = (sheet, cell)
        value = _number(text, "amount")
        if value is not None:
            self.values[key] = value * (10000 if (unit or self.unit) == "万元" else 1)

    def sheet_unit(self, spec: SheetSpec) -> str:
        """The money unit of a supplementary sheet."""
        return self.data.sheet_units.get(spec.id, "") or (self.unit if self.data.unit or self.form_unit else spec.unit)

    def in_wan(self, key: str) -> str:
        """An Excel expression for a figure in 万元."""
        sheet, cell = self.places[key]
        unit = self.units.get(sheet)
        scale = f"IF('{sheet}'!{unit}=\"元\",10000,1)" if unit else "1"
        return f"N('{sheet}'!{cell})/{scale}"


def _number(text: str, kind: str) -> Decimal | None:
    """A value as a number where its cell takes one; words that are none are written as words, for the check to name."""
    if not text or kind not in NUMBER_TYPES:
        return None
    percent = kind == "percent" and text.endswith("%")
    try:
        return Decimal(text.rstrip("%")) / (100 if percent else 1)
    except InvalidOperation:
        return None


def page_setup(sheet: Any, widths: Sequence[float], *, landscape: bool, repeat: tuple[int, int] | None = None) -> None:
    """A4, one page wide where that leaves letters of 8 pt; wider sheets go on to the right, with their first column.

    ``widths``: of all columns, in characters.
    """
    sheet.set_paper(9)
    needed = sum(round(w * 7 + 5) for w in widths) * INCH_PER_PIXEL
    landscape = landscape or needed * SMALLEST > A4[0]
    if landscape:
        sheet.set_landscape()
    if needed * SMALLEST <= A4[landscape]:
        sheet.fit_to_pages(1, 0)
    else:
        sheet.set_print_scale(ceil(SMALLEST * 100))
        sheet.repeat_columns(0, 0)
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


def head(form: Form, sheet: Any, row: int, texts: Sequence[str]) -> None:
    style = form.style(border=1, bold=True, align="center", bg_color="#E8EEF5", text_wrap=True)
    for column, text in enumerate(texts):
        sheet.write_string(row, column, text, style)
