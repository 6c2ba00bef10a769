"""Reads the sheets of an .xlsx as matrices in one pass: values, errors, formulas that nobody has calculated."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

from lxml import etree
from openpyxl.styles.numbers import is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from generator.files.a1 import area, cell_name
from generator.files.safety import MAX_COLUMNS, MAX_ROWS, MAX_SLOTS, Opened, Sheet, far, refuse
from generator.files.shown import hides_text, shown
from generator.files.values import PICTURE
from generator.files.xlsx import Package, words_in
from generator.files.xlsx_cells import Styles, cells_of, column_of, stored_number

TRUE = ("1", "true")
HARMLESS = re.compile(r"General|@|[#0,]*+(?<=[#0])(?:\.[0#]{1,12})?(?:_ )?")
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
                read = _Sheet(book, found.name, found.hidden).read(part)
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

    def __init__(self, book: _Book, name: str, hidden: bool) -> None:
        self.book, self.name, self.hidden = book, name, hidden
        self.rows: list[list[Any]] = []
        self.pending: set[str] = set()
        self.formulas: set[str] = set()
        self.shown: dict[str, str] = {}
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.filtered = False
        self.merged: dict[tuple[int, int], tuple[int, int]] = {}
        self.slots = 0

    def read(self, part: Any) -> Sheet | Opened:
        at = -1
        for node in _nodes(part):
            match node.tag.rpartition("}")[2]:
                case "row":
                    given = node.get("r", "")
                    at = int(given) - 1 if given.isascii() and given.isdigit() and len(given) < 9 else at + 1
                    if refused := self._row(at, node):
                        return refused
                case "col" if node.get("hidden") in TRUE:
                    first, last = (int(v) if (v := node.get(k, "")).isdigit() else 0 for k in ("min", "max"))
                    self.hidden_columns.update(range(first - 1, min(last, MAX_COLUMNS)))
                case "filterColumn":
                    self.filtered = True
                case "mergeCell" if found := area(node.get("ref", "")):
                    top, left, bottom, right = found
                    self.merged[top, left] = (bottom - top + 1, right - left + 1)
        while self.rows and not any(v not in ("", None) for v in self.rows[-1]) and not self._waiting(len(self.rows)):
            self.rows.pop()
        hidden = {c for c in self.hidden_columns if any(c < len(line) and line[c] != "" for line in self.rows)}
        return Sheet(
            self.name, self.rows, frozenset(self.pending), self.shown, self.hidden, frozenset(self.hidden_rows),
            frozenset(hidden), self.filtered, frozenset(self.formulas), self.merged,
        )  # fmt: skip

    def _waiting(self, row: int) -> bool:
        return any(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == str(row) for cell in self.pending)

    def _row(self, row: int, node: etree._Element) -> Opened | None:
        """Take in a row; an answer where the sheet is not to be read any further."""
        line: list[Any] = []
        for cell in node:
            if not len(cell):  # a place that was only painted
                continue
            at = self._column(cell, line)
            value, pending, seen, formula = self._value(cell)
            if value in ("", None) and not pending:
                continue
            if row >= MAX_ROWS or at >= MAX_COLUMNS:
                return far(self.name, cell_name(row, at))
            if at >= len(line):
                line += [""] * (at + 1 - len(line))
            line[at] = value
            if formula:
                self.formulas.add(cell_name(row, at))
            if pending:
                self.pending.add(cell_name(row, at))
            if seen is not None:
                self.shown[cell_name(row, at)] = seen
        if line:
            self.slots += len(line)
            if self.slots > MAX_SLOTS:
                return refuse("WB-005/sheet", self.name, "A1", "请删去多余的行和列，再保存。", sheet=self.name)
            self.rows += ([] for _ in range(row + 1 - len(self.rows)))
            self.rows[row] = line
            if node.get("hidden") in TRUE:
                self.hidden_rows.add(row)
        return None

    def _column(self, cell: etree._Element, line: list[Any]) -> int:
        name = cell.get("r")
        if name is not None:
            return column_of(name, len(line) - 1)
        return next(at for at, node in cells_of(cell.getparent()) if node is cell)

    def _value(self, cell: etree._Element) -> tuple[Any, bool, str | None, bool]:
        """What a cell holds, whether it is a formula without a stored result (a stored empty text is one), and what
        is seen of it where that is something else, whether it is a formula."""
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
        seen: str | None = None
        match kind:
            case "n":
                value: Any = ""
                if words:
                    value, seen = self._number(cell, words)
            case "s":
                known = words.isascii() and words.isdigit() and int(words) < len(self.book.shared)
                value = self.book.shared[int(words)] if known else ""
            case "b":
                value = words == "1"
            case "e":
                value = PICTURE if cell.get("vm") else words or "#N/A"
            case "d":
                value = _day(words)
            case _:
                value = words
        if seen is None and isinstance(value, str) and value and hides_text(self.book.styles.format(cell)):
            seen = ""
        return value, value == "" and formula and (kind != "str" or not stored), seen, formula

    def _number(self, cell: etree._Element, words: str) -> tuple[Any, str | None]:
        number, code = stored_number(words), self.book.styles.format(cell)
        if isinstance(number, str) or HARMLESS.fullmatch(code):
            return number, None
        if not _is_date(code):
            return number, shown(Decimal(number), code)
        try:
            return from_excel(_real(number), self.book.epoch), None
        except (ValueError, OverflowError):
            return number, None


def _nodes(part: Any) -> Iterator[etree._Element]:
    """The rows of a sheet and what is hidden, one at a time; what was read is thrown away."""
    wanted = ("{*}row", "{*}col", "{*}filterColumn", "{*}mergeCell")
    found = etree.iterparse(
        part, events=("end",), tag=wanted, resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
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
