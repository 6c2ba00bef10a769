"""Opening a file that someone handed in: hostile until shown otherwise.

Looks at the package before any library parses it: size, entries, inflated size and ratio, names,
macros, document types.  Nothing here raises on bad data; what was found is said in Chinese.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException, DTDForbidden
from defusedxml.ElementTree import fromstring
from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook

from generator.findings import Finding, Severity
from generator.model import CellRef
from generator.workbook_values import column_letter

MAX_BYTES = 60 * 2**20
MAX_ENTRIES = 5000
MAX_INFLATED = 300 * 2**20
MAX_RATIO = 200
MAX_ROWS, MAX_COLUMNS = 99_999, 400  # 400 is column OJ
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TOLD = etree.XPath("//m:c[m:f or @t='e']", namespaces={"m": MAIN[1:-1]})
# A cell with content beyond them.  The reader makes room for everything up to the last cell: one stray
# character in XFD1048576 would take all memory.
FAR = re.compile(
    rb"""<(?:\w+:)?c\s(?:[^<>]*?\s)?r=["']((?:[A-Z]{3,}|O[K-Z]|[P-Z][A-Z])\d+|[A-Z]{1,2}\d{6,})["']"""
    rb"""[^<>]*(?<!/)>(?:(?!</?(?:\w+:)?c[\s>]).)*?<(?:\w+:)?(?:v|is)[\s>]"""
    rb"""|<(?:\w+:)?row\s(?:[^<>]*?\s)?r=["'](\d{6,})["'][^<>]*(?<!/)>\s*<(?:\w+:)?c(?:\s(?![^<>]*\br=)[^<>]*)?>""",
    re.DOTALL | re.IGNORECASE,
)
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


BROKEN = (zipfile.BadZipFile, zlib.error, ValueError, OSError, NotImplementedError, RuntimeError, EOFError)
XML_BROKEN = (CalamineError, KeyError, ParseError, DefusedXmlException, etree.XMLSyntaxError)


@dataclass(frozen=True)
class Sheet:
    """One sheet as a matrix of raw values, row 0 and column 0 being A1."""

    name: str
    rows: list[list[Any]]
    uncalculated: frozenset[str] = frozenset()

    def at(self, row: int, column: int) -> Any:
        if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
            return self.rows[row][column]
        return ""

    @property
    def width(self) -> int:
        return max((len(r) for r in self.rows), default=0)

    def ref(self, row: int, column: int) -> CellRef:
        return CellRef(self.name, f"{column_letter(column)}{row + 1}")


@dataclass(frozen=True)
class Opened:
    """The sheets of a file, or the findings that say why it was refused."""

    sheets: list[Sheet] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def refuse(rule: str, message: str, place: str, hint: str, cell: str = "A1") -> Opened:
    """One finding; ``place`` is the file or the sheet."""
    return Opened(findings=[Finding(rule, Severity.ERROR, message, (CellRef(place, cell),), "文件不能读取", hint=hint)])


def scan(data: bytes, name: str) -> Opened | None:
    """Why a file is refused, before anything in it is parsed; nothing where it may be read."""
    if len(data) > MAX_BYTES:
        return refuse("WB-001", f"文件有 {len(data) // 2**20} MB，超过 {MAX_BYTES // 2**20} MB。", name, "请删去图片等无关内容。")
    if data[:8] == OLE:
        if re.search("E\0n\0c\0r\0y\0p\0t\0e\0d".encode("latin-1"), data):
            return refuse("WB-002", "文件加了打开密码，无法读取。", name, "请去掉密码后另存为 .xlsx。")
        return None
    if not data.startswith(b"PK"):
        return refuse("WB-003", "这个文件不是 Excel 工作簿。", name, "请用 Excel 或 WPS 另存为 .xlsx。")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return _scan_entries(package, name)
    except BROKEN:
        return refuse("WB-004", "文件不完整或已损坏，无法打开。", name, "请重新保存或重新发送文件。")


def _scan_entries(package: zipfile.ZipFile, name: str) -> Opened | None:
    entries = package.infolist()
    if len(entries) > MAX_ENTRIES:
        return refuse("WB-005", f"文件里有 {len(entries)} 个部件，不正常。", name, "请用 Excel 或 WPS 重新另存为 .xlsx。")
    inflated = sum(e.file_size for e in entries)
    packed = sum(e.compress_size for e in entries) or 1
    if inflated > MAX_INFLATED or (inflated > 10 * 2**20 and inflated / packed > MAX_RATIO):
        return refuse("WB-005", "文件解压后过大，不正常。", name, "请用 Excel 或 WPS 重新另存为 .xlsx。")
    for entry in entries:
        path = entry.filename.replace("\\", "/")
        if path.startswith("/") or ".." in path.split("/"):
            return refuse("WB-006", f"文件里有不正常的路径“{path[:60]}”。", name, "请用 Excel 或 WPS 重新另存为 .xlsx。")
        if "vbaproject" in path.lower():
            return refuse("WB-007", "文件里有宏，不能使用。", name, "请另存为不含宏的 .xlsx。")
        if path.endswith((".xml", ".rels")):
            with package.open(entry) as part:
                head = part.read(4096)
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head or "<!DOCTYPE".encode("utf-16-le") in head:
                return refuse("WB-008", f"文件的 {path} 里有文档类型声明，不能使用。", name, "请用 Excel 或 WPS 重新另存为 .xlsx。")
    if "xl/workbook.xml" not in package.namelist() and not any(n.startswith("xl/") for n in package.namelist()):
        return refuse("WB-003", "这个文件不是 Excel 工作簿。", name, "请用 Excel 或 WPS 另存为 .xlsx。")
    bad = package.testzip()
    if bad:
        return refuse("WB-004", f"文件的 {bad} 已损坏。", name, "请重新保存或重新发送文件。")
    return None


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
                "WB-009", f"工作表“{where}”的 {cell} 里有内容，离表格太远（最多读 {MAX_ROWS} 行、{MAX_COLUMNS} 列）。", where,
                f"请按 Ctrl+G 转到 {cell}，删去那里多余的行和列，再保存。", cell,
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
        return refuse("WB-004", "文件不完整或已损坏，无法打开。", name, "请用 Excel 或 WPS 打开后重新保存。")
    except BaseException as error:  # the reader's own panics on broken files
        if type(error).__name__ != "PanicException":
            raise
        return refuse("WB-004", "文件不完整或已损坏，无法打开。", name, "请用 Excel 或 WPS 打开后重新保存。")
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
            if (path not in names and not path.startswith("xl/worksheets/sheet")) or (only and names.get(path, only) != only):
                continue
            part, name = package.read(path), names.get(path, path)
            if found := FAR.search(part):
                look.far[name] = found[1].decode().upper() if found[1] else f"A{found[2].decode()}"
            elif not only and path in names and (b"<f" in part or b't="e"' in part):
                told = TOLD(sheet_tree(part))
                look.pending[name] = frozenset(c.get("r", "") for c in told if _never_calculated(c))
                look.errors[name] = {c.get("r", ""): c.findtext(f"{MAIN}v") or "#N/A" for c in told if c.get("t") == "e"}
    return look


def _sheet_names(package: zipfile.ZipFile) -> dict[str, str]:
    """The sheets by the path of their part."""
    names = set(package.namelist())
    if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
        return {}
    relations = {r.get("Id"): r.get("Target", "") for r in fromstring(package.read("xl/_rels/workbook.xml.rels"))}
    found = {}
    for sheet in fromstring(package.read("xl/workbook.xml")).iter(f"{MAIN}sheet"):
        target = relations.get(sheet.get(RELATION), "").lstrip("/")
        path = target if target.startswith("xl/") else f"xl/{target}"
        if path in names:
            found[path] = sheet.get("name", "")
    return found


def sheet_tree(part: bytes) -> etree._Element:
    """The XML of a sheet, which may be large: read by a fast parser that fetches nothing and expands no entity."""
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    root = etree.fromstring(part, parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise DTDForbidden("sheet", None, None)
    return root


def _never_calculated(cell: Any) -> bool:
    """A formula without a stored value (a stored empty text is a value)."""
    has_value = cell.findtext(f"{MAIN}v") or cell.findtext(f"{MAIN}is/{MAIN}t")
    return cell.find(f"{MAIN}f") is not None and not has_value and cell.get("t") != "str"
