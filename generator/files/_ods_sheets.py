"""Reads the sheets of an OpenDocument table (.ods, .fods): values, what is seen of them, errors, hidden rows."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lxml import etree

from generator.files.a1 import cell_name
from generator.files.safety import MAX_COLUMNS, MAX_ROWS, MAX_SLOTS, Opened, Sheet, far, parser, refuse
from generator.files.values import ERRORS, parse_number
from generator.files.xlsx_cells import stored_number

GROUPS = ("table-row-group", "table-rows", "table-header-rows")
LINKED = ("table-source", "cell-range-source", "dde-link")
NUMBERS = ("float", "currency", "percentage")
FAILED = re.compile(r"Err:[0-9]{3}|#NAME\?|#REF!|#N/A|#VALUE!|#DIV/0!|#NUM!|#NULL!")


def read_ods(data: bytes, name: str, only: str = "") -> Opened:
    """All sheets of the file, or ``only`` the one of this name."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            data = package.read("content.xml")
    root = etree.fromstring(data, parser())
    if root.getroottree().docinfo.internalDTD is not None:
        return refuse("WB-008/plain", name)
    if next(root.iter(*(f"{{*}}{tag}" for tag in LINKED)), None) is not None:
        return refuse("WB-010", name)
    unseen = {
        _get(style, "name")
        for style in root.iter("{*}style")
        if any(_get(p, "display") == "false" for p in style.iterfind("{*}table-properties"))
    }
    sheets = []
    for table in root.iter("{*}table"):
        title = _get(table, "name")
        if only and title != only:
            continue
        read = _sheet(table, title, hidden=_get(table, "style-name") in unseen)
        if isinstance(read, Opened):
            return read
        sheets.append(read)
    return Opened(sheets)


def _get(node: etree._Element, name: str, usual: str = "") -> str:
    """An attribute by its own name, whatever its prefix."""
    return next((str(v) for k, v in node.items() if k.rpartition("}")[2] == name), usual)


def _times(node: etree._Element, name: str) -> int:
    words = _get(node, name, "1")
    return max(1, int(words)) if words.isascii() and words.isdigit() and len(words) < 9 else 1


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for node in table:
        tag = node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""
        if tag == "table-row":
            yield node
        elif tag in GROUPS:
            yield from _rows(node)


def _sheet(table: etree._Element, title: str, *, hidden: bool) -> Sheet | Opened:
    rows: list[list[Any]] = []
    pending: set[str] = set()
    shown: dict[str, str] = {}
    hidden_rows: set[int] = set()
    merged: dict[tuple[int, int], tuple[int, int]] = {}
    filtered, at, slots = False, 0, 0
    for node in _rows(table):
        line, told = _line(node)
        times = _times(node, "number-rows-repeated")
        merged |= {(at, c): size for c, size in _spans(node)}
        if line:
            if at + times > MAX_ROWS or len(line) > MAX_COLUMNS:
                return far(title, cell_name(at + times - 1, len(line) - 1))
            slots += len(line) * times
            if slots > MAX_SLOTS:
                return refuse("WB-005/sheet", title, "A1", "请删去多余的行和列，再保存。", sheet=title)
            rows += ([] for _ in range(at - len(rows)))
            visible = _get(node, "visibility", "visible")
            for k in range(at, at + times):
                rows.append(list(line))
                pending |= {cell_name(k, c) for c, (waits, _) in told.items() if waits}
                shown |= {cell_name(k, c): seen for c, (_, seen) in told.items() if seen is not None}
                if visible != "visible":
                    hidden_rows.add(k)
            filtered = filtered or visible == "filter"
        at += times
    return Sheet(
        title, rows, frozenset(pending), shown, hidden, frozenset(hidden_rows), frozenset(), filtered, merged=merged
    )


def _spans(row: etree._Element) -> Iterator[tuple[int, tuple[int, int]]]:
    """The merged areas that begin in a row: column, rows and columns."""
    at = 0
    for cell in row:
        rows, columns = _times(cell, "number-rows-spanned"), _times(cell, "number-columns-spanned")
        if rows > 1 or columns > 1:
            yield at, (rows, columns)
        at += _times(cell, "number-columns-repeated")


def _line(row: etree._Element) -> tuple[list[Any], dict[int, tuple[bool, str | None]]]:
    """The cells of a row up to the last one with content; which wait for a result, what is seen of others."""
    line: list[Any] = []
    told: dict[int, tuple[bool, str | None]] = {}
    at = 0
    for cell in row:
        if not isinstance(cell.tag, str) or not cell.tag.endswith(("}table-cell", "}covered-table-cell")):
            continue
        times = _times(cell, "number-columns-repeated")
        value, waits, seen = _value(cell)
        if (value != "" or waits) and at <= MAX_COLUMNS:
            for k in range(at, min(at + times, MAX_COLUMNS + 1)):
                line += [""] * (k + 1 - len(line))
                line[k] = value
                if waits or seen is not None:
                    told[k] = (waits, seen)
        at += times
    return line, told


def _value(cell: etree._Element) -> tuple[Any, bool, str | None]:
    words = "\n".join("".join(p.itertext()) for p in cell.iterfind("{*}p"))
    kind, formula = _get(cell, "value-type"), any(k.endswith("}formula") for k in cell.attrib)
    if formula and (found := FAILED.fullmatch(words.strip()) or ERRORS.fullmatch(words.strip())):
        return found[0] if found[0].startswith("#") else "#VALUE!", False, None
    if kind in NUMBERS:
        number = stored_number(_get(cell, "value"))
        if isinstance(number, str):
            return words, False, None
        return number, False, _seen(number, words, kind)
    if kind == "date":
        return _day(_get(cell, "date-value")), False, None
    if kind == "boolean":
        return _get(cell, "boolean-value") == "true", False, None
    return words, formula and not kind and not words, None


def _seen(number: Any, words: str, kind: str) -> str | None:
    """What is seen of a number where it is not the number itself, rounded."""
    if kind == "percentage":
        return words
    read = parse_number(words)
    if read.value is None:
        return None if not number and not read.error else words
    near = abs(read.value - number) <= Decimal(5).scaleb(-read.decimals - 1)
    return None if near or "e" in words.lower() else words


def _day(words: str) -> Any:
    try:
        return datetime.fromisoformat(words) if "T" in words else date.fromisoformat(words)
    except ValueError:
        return words
