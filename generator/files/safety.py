"""Limits for a package from outside: entries, sizes, ratios, entities, links; what it opens to."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import Any

from generator.files.xlsx import column_letter
from generator.model import CellRef, Finding, Refusal, make_finding

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


def refuse(rule: str, place: str, cell: str = "A1", hint: str = "", /, **words: object) -> Opened:
    """One finding, with the words of its entry in the catalogue; ``place`` is the file or the sheet."""
    return Opened(findings=[make_finding(rule, [CellRef(place, cell)], **words).but(hint=hint)])


def scan(data: bytes, name: str) -> Opened | None:
    """Why a file is refused, before anything in it is parsed; nothing where it may be read."""
    if len(data) > MAX_BYTES:
        return refuse("WB-001", name, size=len(data) // 2**20, limit=MAX_BYTES // 2**20)
    if data[:8] == OLE:
        if re.search("E\0n\0c\0r\0y\0p\0t\0e\0d".encode("latin-1"), data):
            return refuse("WB-002", name)
        return None
    if not data.startswith(b"PK"):
        return refuse("WB-003", name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return _scan_entries(package, name)
    except BROKEN:
        return refuse("WB-004", name)


def _scan_entries(package: zipfile.ZipFile, name: str) -> Opened | None:
    entries = package.infolist()
    if len(entries) > MAX_ENTRIES:
        return refuse("WB-005/parts", name, count=len(entries))
    inflated = sum(e.file_size for e in entries)
    packed = sum(e.compress_size for e in entries) or 1
    if inflated > MAX_INFLATED or (inflated > 10 * 2**20 and inflated / packed > MAX_RATIO):
        return refuse("WB-005", name)
    for entry in entries:
        path = entry.filename.replace("\\", "/")
        if path.startswith("/") or ".." in path.split("/"):
            return refuse("WB-006", name, path=path[:60])
        if "vbaproject" in path.lower():
            return refuse("WB-007", name)
        if path.endswith((".xml", ".rels")):
            with package.open(entry) as part:
                head = part.read(4096)
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head or "<!DOCTYPE".encode("utf-16-le") in head:
                return refuse("WB-008", name, path=path)
    if "xl/workbook.xml" not in package.namelist() and not any(n.startswith("xl/") for n in package.namelist()):
        return refuse("WB-003", name)
    bad = package.testzip()
    if bad:
        return refuse("WB-004/part", name, part=bad)
    return None
