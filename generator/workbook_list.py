"""A plain list as a workbook or as CSV: for exports that people open in Excel.

Nothing typed by a person ever becomes a formula there.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import xlsxwriter

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def list_xlsx(title: str, head: Sequence[str], rows: Sequence[Sequence[str | int]], widths: Sequence[int] = ()) -> bytes:
    """One sheet with a heading, numbers as numbers, all else as words."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    sheet = book.add_worksheet(title[:31])
    bold = book.add_format({"bold": True, "bg_color": "#E8EEF5", "border": 1, "text_wrap": True})
    cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    for column, text in enumerate(head):
        sheet.write_string(0, column, text, bold)
        sheet.set_column(column, column, widths[column] if column < len(widths) else 14)
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(number, column, value, cell)
            else:
                sheet.write_string(number, column, value, cell)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows), 1), max(len(head) - 1, 0))
    book.close()
    return buffer.getvalue()


def list_csv(head: Sequence[str], rows: Sequence[Sequence[str | int]]) -> bytes:
    """UTF-8 with a mark that Excel understands; words that would be formulas get an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    for row in rows:
        writer.writerow([f"'{v}" if isinstance(v, str) and v.startswith(FORMULA_STARTS) else v for v in row])
    return out.getvalue().encode("utf-8-sig")
