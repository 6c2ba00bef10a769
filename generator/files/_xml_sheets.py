"""Reads the sheets of an XML table of 2003 (SpreadsheetML), which many systems export under the name .xls."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from lxml import etree

from generator.files.a1 import cell_name
from generator.files.safety import MAX_COLUMNS, MAX_ROWS, MAX_SLOTS, Opened, Sheet, far, parser, refuse
from generator.files.shown import shown
from generator.files.xlsx_cells import stored_number

NAMED = {
    "General": "General", "General Number": "General", "Fixed": "0.00", "Standard": "#,##0.00", "Percent": "0.00%",
    "Currency": "#,##0.00", "Scientific": "0.00E+00",
}  # fmt: skip


def read_xml_sheets(data: bytes, name: str, only: str = "") -> Opened:
    """All sheets of the file, or ``only`` the one of this name."""
    root = etree.fromstring(data, parser())
    if root.getroottree().docinfo.internalDTD is not None:
        return refuse("WB-008/plain", name)
    formats = {
        _get(style, "ID"): _get(found, "Format")
        for style in root.iter("{*}Style")
        for found in style.iterfind("{*}NumberFormat")
    }
    sheets = []
    for node in root.iter("{*}Worksheet"):
        title = _get(node, "Name")
        if only and title != only:
            continue
        read = _sheet(node, title, formats)
        if isinstance(read, Opened):
            return read
        sheets.append(read)
    return Opened(sheets)


def _get(node: etree._Element, name: str) -> str:
    return next((str(v) for k, v in node.items() if k.rpartition("}")[2] == name), "")


def _number(node: etree._Element, name: str, usual: int) -> int:
    words = _get(node, name)
    return int(words) if words.isascii() and words.isdigit() and len(words) < 9 else usual


def _sheet(sheet: etree._Element, title: str, formats: dict[str, str]) -> Sheet | Opened:
    rows: list[list[Any]] = []
    pending: set[str] = set()
    seen: dict[str, str] = {}
    hidden_rows: set[int] = set()
    merged: dict[tuple[int, int], tuple[int, int]] = {}
    at, slots = -1, 0
    for row in sheet.iterfind("{*}Table/{*}Row"):
        at = _number(row, "Index", at + 2) - 1
        line: list[Any] = []
        column = -1
        for cell in row.iterfind("{*}Cell"):
            column = _number(cell, "Index", column + 2) - 1
            value, text = _value(cell, formats.get(_get(cell, "StyleID"), ""))
            waits = value == "" and bool(_get(cell, "Formula")) and cell.find("{*}Data") is None
            if value != "" or waits:
                if at >= MAX_ROWS or column >= MAX_COLUMNS:
                    return far(title, cell_name(at, column))
                line += [""] * (column + 1 - len(line))
                line[column] = value
                if waits:
                    pending.add(cell_name(at, column))
                if text is not None:
                    seen[cell_name(at, column)] = text
            wide, tall = _number(cell, "MergeAcross", 0), _number(cell, "MergeDown", 0)
            if wide or tall:
                merged[at, column] = (tall + 1, wide + 1)
            column += wide
        if line:
            slots += len(line)
            if slots > MAX_SLOTS:
                return refuse("WB-005/sheet", title, "A1", "请删去多余的行和列，再保存。", sheet=title)
            rows += ([] for _ in range(at + 1 - len(rows)))
            rows[at] = line
            if _get(row, "Hidden") == "1":
                hidden_rows.add(at)
        at += _number(row, "Span", 0)
    hidden = (sheet.findtext("{*}WorksheetOptions/{*}Visible") or "").startswith("Sheet")
    return Sheet(title, rows, frozenset(pending), seen, hidden, frozenset(hidden_rows), merged=merged)


def _value(cell: etree._Element, code: str) -> tuple[Any, str | None]:
    data = cell.find("{*}Data")
    if data is None:
        return "", None
    words = "".join(data.itertext())
    match _get(data, "Type"):
        case "Number":
            number = stored_number(words.strip())
            return number, None if isinstance(number, str) else shown(
                Decimal(number), NAMED.get(code, code or "General")
            )
        case "DateTime":
            try:
                return datetime.fromisoformat(words.strip()), None
            except ValueError:
                return words, None
        case "Boolean":
            return words.strip() == "1", None
    return words, None
