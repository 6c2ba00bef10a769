"""Opening a file that someone handed in: hostile until shown otherwise.

Looks at the package before any library parses it: size, entries, inflated size and ratio, names,
macros, document types.  Nothing here raises on bad data; what was found is said in Chinese.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook

from generator.files.safety import BROKEN, Opened, Sheet, refuse, scan
from generator.files.xlsx import MAIN, _sheet_names, sheet_tree

MAX_ROWS, MAX_COLUMNS = 99_999, 400  # 400 is column OJ
TOLD = etree.XPath("//m:c[m:f or @t='e']", namespaces={"m": MAIN[1:-1]})
# A cell with content beyond them.  The reader makes room for everything up to the last cell: one stray
# character in XFD1048576 would take all memory.
FAR = re.compile(
    rb"""<(?:\w+:)?c\s(?:[^<>]*?\s)?r=["']((?:[A-Z]{3,}|O[K-Z]|[P-Z][A-Z])\d+|[A-Z]{1,2}\d{6,})["']"""
    rb"""[^<>]*(?<!/)>(?:(?!</?(?:\w+:)?c[\s>]).)*?<(?:\w+:)?(?:v|is)[\s>]"""
    rb"""|<(?:\w+:)?row\s(?:[^<>]*?\s)?r=["'](\d{6,})["'][^<>]*(?<!/)>\s*<(?:\w+:)?c(?:\s(?![^<>]*\br=)[^<>]*)?>""",
    re.DOTALL | re.IGNORECASE,
)
XML_BROKEN = (CalamineError, KeyError, ParseError, DefusedXmlException, etree.XMLSyntaxError)


def open_workbook(data: bytes, name: str, only: str = "") -> Opened:
    """All sheets of a workbook as matrices.  ``only``: just this sheet, without looking at formulas."""
    refused = scan(data, name)
    if refused:
        return refused
    try:
        look = examine_parts(data, only) if data.startswith(b"PK") else Look()
        if look.far:
            where, cell = next(iter(look.far.items()))
            return refuse(
                "WB-009", where, cell, f"请按 Ctrl+G 转到 {cell}，删去那里多余的行和列，再保存。",
                sheet=where, cell=cell, rows=MAX_ROWS, columns=MAX_COLUMNS,
            )  # fmt: skip
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = []
        for sheet_name in (n for n in book.sheet_names if not only or n == only):
            sheet = book.get_sheet_by_name(sheet_name)
            rows = [list(r[:MAX_COLUMNS]) for r in sheet.to_python(skip_empty_area=False, nrows=MAX_ROWS)]
            while rows and not any(v not in ("", None) for v in rows[-1]):
                rows.pop()
            _show_pending(rows, look.pending.get(sheet_name, frozenset()))
            _show_errors(rows, look.errors.get(sheet_name, {}))
            sheets.append(Sheet(sheet_name, rows, look.pending.get(sheet_name, frozenset())))
    except (*BROKEN, *XML_BROKEN):
        return refuse("WB-004", name, "A1", "请用 Excel 或 WPS 打开后重新保存。")
    except BaseException as error:  # the reader's own panics on broken files
        if type(error).__name__ != "PanicException":
            raise
        return refuse("WB-004", name, "A1", "请用 Excel 或 WPS 打开后重新保存。")
    return Opened(sheets)


def _show_pending(rows: list[list[Any]], cells: frozenset[str]) -> None:
    """Rows that hold only formulas without a value are not seen by the reader: make room for them."""
    for cell in cells:
        found = re.match(r"([A-Z]+)(\d+)$", cell)
        if found and int(found[2]) <= MAX_ROWS:
            while len(rows) < int(found[2]):
                rows.append([])


def _show_errors(rows: list[list[Any]], errors: dict[str, str]) -> None:
    """Error values (#REF! …), which the reader gives as blanks."""
    for cell, text in errors.items():
        found = re.match(r"([A-Z]{1,3})(\d+)$", cell)
        if not found:
            continue
        row, column = int(found[2]) - 1, 0
        for letter in found[1]:
            column = column * 26 + ord(letter) - 64
        if row < len(rows) and column <= MAX_COLUMNS:
            line = rows[row]
            line += [""] * (column - len(line))
            line[column - 1] = text


@dataclass(frozen=True)
class Look:
    """What the reader of values does not tell, by sheet: cells with a formula and no stored value, cells
    that hold an error, and a cell with content where no table reaches."""

    pending: dict[str, frozenset[str]] = field(default_factory=dict)
    errors: dict[str, dict[str, str]] = field(default_factory=dict)
    far: dict[str, str] = field(default_factory=dict)


def examine_parts(data: bytes, only: str = "") -> Look:
    """Look at the XML of the sheets.  ``only``: at this sheet, for far cells only."""
    look = Look()
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = _sheet_names(package)
        for path in package.namelist():
            if (path not in names and not path.startswith("xl/worksheets/sheet")) or (
                only and names.get(path, only) != only
            ):
                continue
            part, name = package.read(path), names.get(path, path)
            if found := FAR.search(part):
                look.far[name] = found[1].decode().upper() if found[1] else f"A{found[2].decode()}"
            elif not only and path in names and (b"<f" in part or b't="e"' in part):
                told = TOLD(sheet_tree(part))
                look.pending[name] = frozenset(c.get("r", "") for c in told if _never_calculated(c))
                look.errors[name] = {
                    c.get("r", ""): c.findtext(f"{MAIN}v") or "#N/A" for c in told if c.get("t") == "e"
                }
    return look


def _never_calculated(cell: Any) -> bool:
    """A formula without a stored value (a stored empty text is a value)."""
    has_value = cell.findtext(f"{MAIN}v") or cell.findtext(f"{MAIN}is/{MAIN}t")
    return cell.find(f"{MAIN}f") is not None and not has_value and cell.get("t") != "str"
