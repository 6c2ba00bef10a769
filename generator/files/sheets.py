"""Opening a workbook that someone handed in.  Nothing here raises on bad data; what was found is said in Chinese."""

from __future__ import annotations

import io

from python_calamine import CalamineError, CalamineWorkbook

from generator.files._xlsx_sheets import read_sheets
from generator.files.safety import BROKEN, MAX_COLUMNS, MAX_ROWS, Opened, ReadError, Sheet, refuse, scan


def open_workbook(data: bytes, name: str, only: str = "") -> Opened:
    """All sheets of a workbook as matrices.  ``only``: just the sheet of this name."""
    refused = scan(data, name)
    if refused:
        return refused
    try:
        return read_sheets(data, only) if data.startswith(b"PK") else _old(data, only)
    except (*BROKEN, CalamineError, ReadError):
        return refuse("WB-004", name, "A1", "请用 Excel 或 WPS 打开后重新保存。")
    except BaseException as error:  # the reader's own panics on broken files
        if type(error).__name__ != "PanicException":
            raise
        return refuse("WB-004", name, "A1", "请用 Excel 或 WPS 打开后重新保存。")


def _old(data: bytes, only: str) -> Opened:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    sheets = []
    for name in (n for n in book.sheet_names if not only or n == only):
        found = book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=MAX_ROWS)
        rows = [list(r[:MAX_COLUMNS]) for r in found]
        while rows and not any(v not in ("", None) for v in rows[-1]):
            rows.pop()
        sheets.append(Sheet(name, rows))
    return Opened(sheets)
