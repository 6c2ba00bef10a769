"""Cells of a sheet's XML: found, read, written; what the styles of a workbook say about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from lxml import etree
from openpyxl.styles.numbers import BUILTIN_FORMATS

from generator.files.a1 import CellsError, cell_name, position
from generator.files.safety import ReadError
from generator.files.xlsx import Package, words_in
from generator.model import CellRef

CONTROL = dict.fromkeys(
    [*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)]
)  # what XML cannot hold
DATES = frozenset((*range(27, 37), *range(50, 59)))  # built-in formats of East Asian dates


def printable(words: str) -> str:
    """Words without characters that no XML can hold."""
    return words.translate(CONTROL)


def rows_of(root: etree._Element) -> Iterator[tuple[int, etree._Element]]:
    """The rows of a sheet with their number from 0; a row without a number follows the one above."""
    at = -1
    for node in root.iterfind("{*}sheetData/{*}row"):
        given = node.get("r", "")
        at = int(given) - 1 if given.isascii() and given.isdigit() else at + 1
        yield at, node


def cells_of(row: etree._Element) -> Iterator[tuple[int, etree._Element]]:
    """The cells of a row with their column from 0; a cell without a name follows the one at its left."""
    at = -1
    for node in row.iterfind("{*}c"):
        name = node.get("r", "")
        at = column_of(name, at)
        yield at, node


def column_of(name: str, before: int) -> int:
    """The column that a cell says it stands in, else the next one."""
    try:
        return position(name.upper())[1]
    except CellsError:
        return before + 1


def find_cell(root: etree._Element, cell: str) -> etree._Element | None:
    """The cell of a sheet; nothing where the file leaves it out."""
    row, column = position(cell)
    for number, line in rows_of(root):
        if number == row:
            return next((node for at, node in cells_of(line) if at == column), None)
    return None


def make_cell(root: etree._Element, cell: str) -> etree._Element:
    """The cell of a sheet, put in at its place where the file leaves it out."""
    found = find_cell(root, cell)
    if found is not None:
        return found
    space = etree.QName(root).namespace
    sheet = root.find("{*}sheetData")
    if sheet is None:
        raise ReadError("工作表没有格子，不能写入。")
    row, column = position(cell)
    line = next((node for number, node in rows_of(root) if number == row), None)
    if line is None:
        line = etree.Element(etree.QName(space, "row"), r=str(row + 1), nsmap=sheet.nsmap)
        later = next((k for k, (number, _) in enumerate(rows_of(root)) if number > row), len(sheet))
        sheet.insert(later, line)
    made = etree.Element(etree.QName(space, "c"), r=cell_name(row, column), nsmap=line.nsmap)
    line.insert(next((k for k, (at, _) in enumerate(cells_of(line)) if at > column), len(line)), made)
    return made


def set_content(node: etree._Element, content: str | Decimal) -> None:
    """What a cell holds: words or a number in place of what was there; empty words empty it."""
    space = etree.QName(node).namespace
    for child in list(node):
        if etree.QName(child).localname != "extLst":
            node.remove(child)
    for key in ("t", "cm", "vm"):
        node.attrib.pop(key, None)
    node.text = None
    if isinstance(content, Decimal):
        etree.SubElement(node, etree.QName(space, "v")).text = f"{content:f}"
    elif words := printable(content):
        node.set("t", "inlineStr")
        text = etree.SubElement(etree.SubElement(node, etree.QName(space, "is")), etree.QName(space, "t"))
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        text.text = words


def is_formula(node: etree._Element) -> bool:
    return node.find("{*}f") is not None


def write_cells(data: bytes, values: Mapping[CellRef, str]) -> bytes:
    """The workbook with these words in these cells; the empty text empties a cell.

    :raises ReadError: where the file is no .xlsx, a sheet is not there or a cell holds a formula.
    """
    package = Package(data)
    parts = {s.name: s.part for s in package.sheets()}
    for ref, text in values.items():
        if ref.sheet not in parts:
            raise ReadError(f"填报表里没有工作表“{ref.sheet}”。")
        node = make_cell(package.change(parts[ref.sheet]), ref.cell)
        if is_formula(node):
            raise ReadError(f"{ref.cell} 是公式，不能写入。")
        set_content(node, text)
    return package.save()


class Styles:
    """What the styles say about a cell, by the number of its style."""

    def __init__(self, root: etree._Element | None) -> None:
        self.formats: list[str] = []
        self.locked: list[bool] = []
        self.bold: list[bool] = []
        self.align: list[str] = []
        if root is None:
            return
        own = {f.get("numFmtId"): f.get("formatCode", "") for f in root.iterfind("{*}numFmts/{*}numFmt")}
        bold = [f.find("{*}b") is not None for f in root.iterfind("{*}fonts/{*}font")]
        for style in root.iterfind("{*}cellXfs/{*}xf"):
            protection, alignment = style.find("{*}protection"), style.find("{*}alignment")
            number, font = style.get("numFmtId", "0"), style.get("fontId", "0")
            self.formats.append(own[number] if number in own else builtin(number))
            self.locked.append(protection is None or protection.get("locked", "1") not in ("0", "false"))
            self.bold.append(font.isdigit() and int(font) < len(bold) and bold[int(font)])
            self.align.append(alignment.get("horizontal", "") if alignment is not None else "")

    @classmethod
    def of(cls, package: Package) -> Styles:
        part = package.related(package.book, "styles")
        return cls(package.tree(part) if part else None)

    def number(self, node: etree._Element) -> int:
        """The style of a cell; one that the file does not have is the first."""
        given = node.get("s", "0")
        found = int(given) if given.isascii() and given.isdigit() and len(given) < 7 else 0
        return found if found < len(self.formats) else 0

    def format(self, node: etree._Element) -> str:
        """The number format of a cell, as Excel writes it."""
        return self.formats[self.number(node)] if self.formats else "General"


def builtin(number: str) -> str:
    """A number format that has no code of its own."""
    found = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 0
    return "yyyy-mm-dd" if found in DATES else BUILTIN_FORMATS.get(found, "General")


def content_of(node: etree._Element, shared: list[str]) -> str:
    """The text or the stored number of a cell, as it is written in the file."""
    value = node.findtext("{*}v") or ""
    match node.get("t", "n"):
        case "s":
            return shared[int(value)] if value.isascii() and value.isdigit() and int(value) < len(shared) else ""
        case "inlineStr":
            return "".join(words_in(part) for part in node.iterfind("{*}is"))
        case "b":
            return "是" if value == "1" else "否"
    return value


def stored_number(words: str) -> int | Decimal | str:
    """A number as the file has it, with all its digits; the words where it is none."""
    if words.isascii() and words.isdigit() and len(words) < 16:
        return int(words)
    try:
        number = Decimal(words) if len(words) < 400 else None
    except ArithmeticError:
        return words
    return number if number is not None and number.is_finite() and abs(number.adjusted()) < 400 else words
