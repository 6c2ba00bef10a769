"""Reads the sheets of an .xlsx as matrices in one pass: values, errors, formulas that nobody has calculated."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

from lxml import etree
from openpyxl.styles.numbers import is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from generator.files.a1 import cell_name
from generator.files.safety import MAX_COLUMNS, MAX_ROWS, MAX_SLOTS, Opened, Sheet, far, refuse
from generator.files.xlsx import Package, words_in
from generator.files.xlsx_cells import Styles, cells_of, column_of, stored_number

ISO = (datetime.fromisoformat, date.fromisoformat, time.fromisoformat)


def read_sheets(data: bytes, only: str = "") -> Opened:
    """All sheets of a workbook that the guard let in, or ``only`` the one of this name."""
    package = Package(data)
    book = _Book(package)
    sheets = []
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        for found in package.sheets():
            if only and found.name != only:
                continue
            with source.open(found.part) as part:
                read = _Sheet(book, found.name).read(part)
            if isinstance(read, Opened):
                return read
            sheets.append(read)
    return Opened(sheets)


class _Book:
    """What the sheets of a workbook share."""

    def __init__(self, package: Package) -> None:
        self.shared = package.shared_strings()
        self.styles = Styles.of(package)
        old = any(p.get("date1904") in ("1", "true") for p in package.tree(package.book).iter("{*}workbookPr"))
        self.epoch = CALENDAR_MAC_1904 if old else CALENDAR_WINDOWS_1900


class _Sheet:
    """One sheet while it is read."""

    def __init__(self, book: _Book, name: str) -> None:
        self.book, self.name = book, name
        self.rows: list[list[Any]] = []
        self.pending: set[str] = set()
        self.slots = 0

    def read(self, part: Any) -> Sheet | Opened:
        at = -1
        for node in _rows(part):
            given = node.get("r", "")
            at = int(given) - 1 if given.isascii() and given.isdigit() and len(given) < 9 else at + 1
            if refused := self._row(at, node):
                return refused
        while self.rows and not any(v not in ("", None) for v in self.rows[-1]) and not self._waiting(len(self.rows)):
            self.rows.pop()
        return Sheet(self.name, self.rows, frozenset(self.pending))

    def _waiting(self, row: int) -> bool:
        return any(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == str(row) for cell in self.pending)

    def _row(self, row: int, node: etree._Element) -> Opened | None:
        """Take in a row; an answer where the sheet is not to be read any further."""
        line: list[Any] = []
        for cell in node:
            if not len(cell):  # a place that was only painted
                continue
            at = self._column(cell, line)
            value, pending = self._value(cell)
            if value in ("", None) and not pending:
                continue
            if row >= MAX_ROWS or at >= MAX_COLUMNS:
                return far(self.name, cell_name(row, at))
            if at >= len(line):
                line += [""] * (at + 1 - len(line))
            line[at] = value
            if pending:
                self.pending.add(cell_name(row, at))
        if line:
            self.slots += len(line)
            if self.slots > MAX_SLOTS:
                return refuse("WB-005/sheet", self.name, "A1", "请删去多余的行和列，再保存。", sheet=self.name)
            self.rows += ([] for _ in range(row + 1 - len(self.rows)))
            self.rows[row] = line
        return None

    def _column(self, cell: etree._Element, line: list[Any]) -> int:
        name = cell.get("r")
        if name is not None:
            return column_of(name, len(line) - 1)
        return next(at for at, node in cells_of(cell.getparent()) if node is cell)

    def _value(self, cell: etree._Element) -> tuple[Any, bool]:
        """What a cell holds, and whether it is a formula without a stored result (a stored empty text is one)."""
        words, formula, stored = "", False, False
        for part in cell:
            tag = part.tag
            if not isinstance(tag, str):
                continue
            if tag.endswith("}v"):
                words, stored = part.text or "", True
            elif tag.endswith("}f"):
                formula = True
            elif tag.endswith("}is"):
                words = words_in(part)
        kind = cell.get("t", "n")
        match kind:
            case "n":
                value: Any = self._number(cell, words) if words else ""
            case "s":
                known = words.isascii() and words.isdigit() and int(words) < len(self.book.shared)
                value = self.book.shared[int(words)] if known else ""
            case "b":
                value = words == "1"
            case "e":
                value = words or "#N/A"
            case "d":
                value = _day(words)
            case _:
                value = words
        return value, value == "" and formula and (kind != "str" or not stored)

    def _number(self, cell: etree._Element, words: str) -> Any:
        number = stored_number(words)
        if isinstance(number, str) or not _is_date(self.book.styles.format(cell)):
            return number
        try:
            return from_excel(_real(number), self.book.epoch)
        except (ValueError, OverflowError):
            return number


def _rows(part: Any) -> Iterator[etree._Element]:
    """The rows of a sheet, one at a time; what was read is thrown away."""
    found = etree.iterparse(
        part, events=("end",), tag="{*}row", resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
    )
    for _, node in found:
        yield node
        node.clear()
        while (parent := node.getparent()) is not None and node.getprevious() is not None:
            del parent[0]


def _real(number: int | Decimal) -> Any:
    return number if isinstance(number, int) else number.__float__()


@lru_cache(maxsize=4096)
def _is_date(code: str) -> bool:
    return bool(is_date_format(code)) if len(code) < 300 else False


def _day(words: str) -> Any:
    for reader in ISO:
        try:
            return reader(words)
        except ValueError:
            continue
    return words
