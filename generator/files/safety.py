"""Limits for a package from outside: entries, sizes, ratios, entities, links; what it opens to."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import Any

from generator.files.xlsx import column_letter
from generator.model import CellRef, Finding, Refusal, Severity

MAX_BYTES = 60 * 2**20
MAX_ENTRIES = 5000
MAX_INFLATED = 300 * 2**20
MAX_RATIO = 200
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


BROKEN = (zipfile.BadZipFile, zlib.error, ValueError, OSError, NotImplementedError, RuntimeError, EOFError)


class ReadError(Refusal):
    """A file from outside that is not what it should be, or cannot be read."""


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
        return refuse(
            "WB-001", f"文件有 {len(data) // 2**20} MB，超过 {MAX_BYTES // 2**20} MB。", name, "请删去图片等无关内容。"
        )
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
        return refuse(
            "WB-005", f"文件里有 {len(entries)} 个部件，不正常。", name, "请用 Excel 或 WPS 重新另存为 .xlsx。"
        )
    inflated = sum(e.file_size for e in entries)
    packed = sum(e.compress_size for e in entries) or 1
    if inflated > MAX_INFLATED or (inflated > 10 * 2**20 and inflated / packed > MAX_RATIO):
        return refuse("WB-005", "文件解压后过大，不正常。", name, "请用 Excel 或 WPS 重新另存为 .xlsx。")
    for entry in entries:
        path = entry.filename.replace("\\", "/")
        if path.startswith("/") or ".." in path.split("/"):
            return refuse(
                "WB-006", f"文件里有不正常的路径“{path[:60]}”。", name, "请用 Excel 或 WPS 重新另存为 .xlsx。"
            )
        if "vbaproject" in path.lower():
            return refuse("WB-007", "文件里有宏，不能使用。", name, "请另存为不含宏的 .xlsx。")
        if path.endswith((".xml", ".rels")):
            with package.open(entry) as part:
                head = part.read(4096)
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head or "<!DOCTYPE".encode("utf-16-le") in head:
                return refuse(
                    "WB-008",
                    f"文件的 {path} 里有文档类型声明，不能使用。",
                    name,
                    "请用 Excel 或 WPS 重新另存为 .xlsx。",
                )
    if "xl/workbook.xml" not in package.namelist() and not any(n.startswith("xl/") for n in package.namelist()):
        return refuse("WB-003", "这个文件不是 Excel 工作簿。", name, "请用 Excel 或 WPS 另存为 .xlsx。")
    bad = package.testzip()
    if bad:
        return refuse("WB-004", f"文件的 {bad} 已损坏。", name, "请重新保存或重新发送文件。")
    return None
