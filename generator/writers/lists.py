"""Plain lists as a workbook or as CSV: one sheet each, a header that stays, widths that fit, filters.

For overviews, ledgers and exports, not for what is published.  Text is always written as text:
nothing typed by a person ever becomes a formula there.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import xlsxwriter

WIDEST = 60
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One list: its name, its header, its rows of words and numbers (a Decimal has two digits after the point)."""

    name: str
    header: tuple[str, ...]
    rows: Sequence[Sequence[str | int | Decimal]]


def _width(text: str) -> int:
    return sum(1 if c.isascii() else 2 for c in text)


def write_lists(title: str, sheets: Sequence[Sheet], created: datetime) -> bytes:
    """The workbook, as bytes."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title, "created": created.replace(tzinfo=None)})
    head = book.add_format({"bold": True, "bg_color": "#DDE8F3", "border": 1, "text_wrap": True, "valign": "vcenter"})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    money = book.add_format({"num_format": "#,##0.00", "valign": "top"})
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        page.freeze_panes(1, 0)
        page.write_row(0, 0, sheet.header, head)
        for number, row in enumerate(sheet.rows, 1):
            for column, value in enumerate(row):
                if isinstance(value, Decimal):
                    page.write_number(number, column, Fraction(value), money)
                elif isinstance(value, int):
                    page.write_number(number, column, value, text)
                else:
                    page.write_string(number, column, value, text)
        for column, name in enumerate(sheet.header):
            longest = max([_width(name), *(_width(str(r[column])) for r in sheet.rows[:2000])])
            page.set_column(column, column, min(longest + 2, WIDEST))
        if sheet.rows:
            page.autofilter(0, 0, len(sheet.rows), len(sheet.header) - 1)
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
