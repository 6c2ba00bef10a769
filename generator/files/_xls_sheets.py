"""Reads the sheets of an old workbook (.xls, .et): values, errors, what formats show, formulas nobody has calculated."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from xlrd import biffh
from xlrd import open_workbook as open_old
from xlrd.biffh import XLRDError, error_text_from_code
from xlrd.xldate import XLDateError, xldate_as_datetime

from generator.files.a1 import cell_name
from generator.files.safety import MAX_COLUMNS, MAX_ROWS, Opened, Sheet, far, refuse
from generator.files.shown import shown

BOF, EOF, FORMULA, SUPBOOK = (0x0809, 0x0409, 0x0209, 0x0009), 0x000A, (0x0006, 0x0206, 0x0406), 0x01AE
OWN_BOOK, ADD_IN = 0x0401, 0x3A01
ON_LOAD = 0x0002  # "calculate when opened": written by programs that do not calculate
NOTHING = b"\x03"  # a result that is an empty text


def read_old_sheets(data: bytes, name: str, only: str = "") -> Opened:
    """All sheets of a workbook in the format before 2007, or ``only`` the one of this name."""
    with io.StringIO() as unheard:
        try:
            book = _open(data, unheard)
        except XLRDError as error:
            return refuse("WB-002" if "encrypted" in str(error) else "WB-004", name)
        records = _Records(book)
        if records.linked:
            return refuse("WB-010", name)
        sheets = []
        for number, title in enumerate(book.sheet_names()):
            if only and title != only:
                continue
            read = _sheet(book, book.sheet_by_index(number), frozenset(records.waiting.get(number, ())))
            if isinstance(read, Opened):
                return read
            sheets.append(read)
        return Opened(sheets)


def _open(data: bytes, unheard: io.StringIO) -> Any:
    options = {
        "file_contents": data,
        "logfile": unheard,
        "formatting_info": True,
        "ragged_rows": True,
        "on_demand": True,
    }
    book = open_old(**options)
    if book.biff_version < 80 and not book.codepage:  # nobody said so: written here
        book = open_old(**options, encoding_override="gb18030")
    return book


def _sheet(book: Any, sheet: Any, waiting: frozenset[tuple[int, int]]) -> Sheet | Opened:
    rows: list[list[Any]] = []
    pending: set[str] = set()
    seen: dict[str, str] = {}
    for r in range(sheet.nrows):
        line: list[Any] = []
        for c in range(sheet.row_len(r)):
            kind, value = sheet.cell_type(r, c), sheet.cell_value(r, c)
            found = _value(book, kind, value)
            if (r, c) in waiting and found in ("", 0):
                pending.add(cell_name(r, c))
                found = ""
            line.append(found)
            if found != "" and (r >= MAX_ROWS or c >= MAX_COLUMNS):
                return far(sheet.name, cell_name(r, c))
            if kind == biffh.XL_CELL_NUMBER and (text := _shown(book, sheet, r, c, found)) is not None:
                seen[cell_name(r, c)] = text
        while line and line[-1] == "":
            line.pop()
        rows.append(line)
    while rows and not rows[-1] and not any(p.endswith(str(len(rows))) for p in pending):
        rows.pop()
    hidden_rows = frozenset(r for r, info in sheet.rowinfo_map.items() if info.hidden and r < len(rows) and rows[r])
    columns = frozenset(
        c
        for c, info in sheet.colinfo_map.items()
        if info.hidden and any(len(line) > c and line[c] != "" for line in rows)
    )
    merged = {(a, c): (b - a, d - c) for a, b, c, d in sheet.merged_cells}
    return Sheet(
        sheet.name, rows, frozenset(pending), seen, bool(sheet.visibility), hidden_rows, columns, merged=merged
    )


def _value(book: Any, kind: int, value: Any) -> Any:
    match kind:
        case biffh.XL_CELL_TEXT:
            return value
        case biffh.XL_CELL_NUMBER:
            return int(value) if value == int(value) and abs(value) < 10**15 else Decimal(repr(value))
        case biffh.XL_CELL_DATE:
            try:
                return xldate_as_datetime(value, book.datemode)
            except (XLDateError, ValueError, OverflowError):
                return Decimal(repr(value))
        case biffh.XL_CELL_BOOLEAN:
            return bool(value)
        case biffh.XL_CELL_ERROR:
            return error_text_from_code.get(value, "#N/A")
    return ""


def _shown(book: Any, sheet: Any, row: int, column: int, number: Any) -> str | None:
    """What the format of a cell makes of its number, where that is not the number itself."""
    style = book.xf_list[sheet.cell_xf_index(row, column)]
    known = book.format_map.get(style.format_key)
    return shown(Decimal(number), known.format_str) if known is not None else None


class _Records:
    """What the library does not tell: links to other workbooks, formulas without a result."""

    def __init__(self, book: Any) -> None:
        self.linked = False
        self.waiting: dict[int, list[tuple[int, int]]] = {}
        starts = {at: number for number, at in enumerate(getattr(book, "_sh_abs_posn", ()))}
        empty: dict[int, list[tuple[int, int]]] = {}
        calculated = False  # where one formula has a result, an empty text is one too
        for at, kind, body in self._all(book.mem, book.base):
            if kind == SUPBOOK and len(body) >= 4:
                self.linked = self.linked or struct.unpack_from("<H", body, 2)[0] not in (OWN_BOOK, ADD_IN, 0)
            elif kind in BOF and at in starts:
                for body in (b for _, k, b in self._sheet(book.mem, at) if k in FORMULA and len(b) >= 16):
                    on_load = bool(struct.unpack_from("<H", body, 14)[0] & ON_LOAD)
                    nothing = body[12:14] == b"\xff\xff" and body[6:7] == NOTHING
                    if nothing or (on_load and body[6:14] == bytes(8)):
                        where = self.waiting if on_load else empty
                        row, column = struct.unpack_from("<HH", body)
                        where.setdefault(starts[at], []).append((row, column))
                    else:
                        calculated = True
        for number, cells in () if calculated else empty.items():
            self.waiting.setdefault(number, []).extend(cells)

    def _all(self, memory: Any, start: int) -> Iterator[tuple[int, int, bytes]]:
        at = start
        while at + 4 <= len(memory):
            kind, size = struct.unpack_from("<HH", memory, at)
            yield at, kind, bytes(memory[at + 4 : at + 4 + size])
            at += 4 + size

    def _sheet(self, memory: Any, start: int) -> Iterator[tuple[int, int, bytes]]:
        """The records of one sheet; charts within it have an end of their own."""
        depth = 0
        for record in self._all(memory, start):
            depth += 1 if record[1] in BOF else -1 if record[1] == EOF else 0
            if depth == 0:
                return
            yield record
