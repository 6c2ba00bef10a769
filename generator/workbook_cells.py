"""Writes words into cells of the officer's own workbook by editing the package, never by saving it anew.

Only the cells that are named change; cached values, formats and the parts of other programs stay.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from generator.annotate import AnnotateError, open_package, sheet_parts
from generator.model import CellRef

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write_cells(data: bytes, values: Mapping[CellRef, str]) -> bytes:
    """The workbook with these words in these cells; the empty text empties a cell.

    :raises AnnotateError: where the file is no .xlsx, a sheet is not there or a cell holds a formula.
    """
    package = open_package(data)
    parts = sheet_parts(package)
    by_sheet: dict[str, dict[str, str]] = {}
    for ref, text in values.items():
        if ref.sheet not in parts:
            raise AnnotateError(f"填报表里没有工作表“{ref.sheet}”。")
        by_sheet.setdefault(ref.sheet, {})[ref.cell] = text
    for sheet, cells in by_sheet.items():
        package.put(parts[sheet], edited(package.text(parts[sheet]), cells))
    return package.save()


def edited(xml: str, cells: Mapping[str, str]) -> str:
    """A sheet's XML with words in some cells."""
    root = re.search(r"<((?:\w+:)?)worksheet\b", xml)
    prefix = root[1] if root else ""
    for cell, text in sorted(cells.items(), key=lambda item: _position(item[0])):
        xml = _put(xml, prefix, cell, CONTROL.sub("", text))
    return xml


def _position(cell: str) -> tuple[int, int]:
    found = re.fullmatch(r"([A-Z]+)(\d+)", cell)
    if found is None:
        raise ValueError(cell)
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column


def _cell(prefix: str, cell: str, style: str, text: str) -> str:
    if not text:
        return f'<{prefix}c r="{cell}"{style}/>'
    inside = f'<{prefix}is><{prefix}t xml:space="preserve">{escape(text, quote=False)}</{prefix}t></{prefix}is>'
    return f'<{prefix}c r="{cell}"{style} t="inlineStr">{inside}</{prefix}c>'


def _put(xml: str, prefix: str, cell: str, text: str) -> str:
    found = re.search(rf'<{prefix}c\b(?=[^>]*\br="{cell}")[^>]*?(?:/>|>.*?</{prefix}c>)', xml, re.S)
    if found:
        if re.search(rf"<{prefix}f\b", found[0]):
            raise AnnotateError(f"{cell} 是公式，不能写入。")
        style = re.search(r'\ss="\d+"', found[0])
        return xml[: found.start()] + _cell(prefix, cell, style[0] if style else "", text) + xml[found.end() :]
    row, column = _position(cell)
    line = re.search(rf'<{prefix}row\b(?=[^>]*\br="{row}")([^>]*?)(/>|>(.*?)</{prefix}row>)', xml, re.S)
    made = _cell(prefix, cell, "", text)
    if line is None:
        return _new_row(xml, prefix, row, made)
    if line[2] == "/>":
        return xml[: line.start()] + f"<{prefix}row{line[1]}>{made}</{prefix}row>" + xml[line.end() :]
    at = line.end() - len(f"</{prefix}row>")
    for other in re.finditer(rf'<{prefix}c\b[^>]*\br="([A-Z]+\d+)"', line[3]):
        if _position(other[1])[1] > column:
            at = line.start(3) + other.start()
            break
    return xml[:at] + made + xml[at:]


def _new_row(xml: str, prefix: str, row: int, made: str) -> str:
    line = f'<{prefix}row r="{row}">{made}</{prefix}row>'
    for other in re.finditer(rf'<{prefix}row\b[^>]*\br="(\d+)"', xml):
        if int(other[1]) > row:
            return xml[: other.start()] + line + xml[other.start() :]
    empty = re.search(rf"<{prefix}sheetData\s*/>", xml)
    if empty:
        return xml[: empty.start()] + f"<{prefix}sheetData>{line}</{prefix}sheetData>" + xml[empty.end() :]
    at = xml.rfind(f"</{prefix}sheetData>")
    return xml[:at] + line + xml[at:]
