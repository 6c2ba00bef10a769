"""The one guard for every file from outside: hostile until shown otherwise, whichever door it comes in by.

Looks at a file before anything in it is read: size, entries, inflated size and ratio, names, document
types, macros, links to elsewhere.  Nothing here raises on bad data; what was found is said in Chinese.
XML is looked at by a parser that fetches nothing and expands nothing, never by a pattern.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from generator.files.a1 import cell_name
from generator.model import CellRef, Finding, Refusal, make_finding

MAX_BYTES = 60 * 2**20
MAX_ENTRIES = 5000
MAX_INFLATED = 300 * 2**20
MAX_RATIO = 200
MAX_ROWS, MAX_COLUMNS = 99_999, 400  # 400 is column OJ
MAX_SLOTS = 6_000_000  # places of all rows of one sheet
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ACTIVE = ("xl/activex/", "xl/embeddings/", "xl/macrosheets/", "customui/", "xl/ctrlprops/")

BROKEN = (
    zipfile.BadZipFile, zlib.error, ValueError, OSError, NotImplementedError, RuntimeError, EOFError, KeyError,
    etree.XMLSyntaxError,
)  # fmt: skip


class ReadError(Refusal):
    """A file from outside that is not what it should be, or cannot be read."""


@dataclass(frozen=True)
class Sheet:
    """One sheet as a matrix of raw values, row 0 and column 0 being A1.

    ``uncalculated``: cells with a formula and no stored result.  ``shown``: what is seen in a cell where that is not
    what it holds.  ``hidden_rows`` and ``hidden_columns`` hold something that nobody sees; ``filtered``: by a filter.
    ``merged``: how many rows and columns the first cell of a merged area covers.
    """

    name: str
    rows: list[list[Any]]
    uncalculated: frozenset[str] = frozenset()
    shown: Mapping[str, str] = field(default_factory=dict)
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    filtered: bool = False
    formulas: frozenset[str] = frozenset()
    merged: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    def at(self, row: int, column: int) -> Any:
        if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
            return self.rows[row][column]
        return ""

    def shown_at(self, row: int, column: int) -> str | None:
        """What is seen in a cell where that is not what it holds."""
        return self.shown.get(cell_name(row, column)) if self.shown else None

    def waits(self, row: int, column: int) -> bool:
        """Whether a cell is a formula that nobody has calculated."""
        return bool(self.uncalculated) and cell_name(row, column) in self.uncalculated

    def is_formula(self, row: int, column: int) -> bool:
        """Whether a cell's content is the result of a formula, as far as its format tells."""
        return bool(self.formulas) and cell_name(row, column) in self.formulas

    @property
    def width(self) -> int:
        return max((len(r) for r in self.rows), default=0)

    def ref(self, row: int, column: int) -> CellRef:
        return CellRef(self.name, cell_name(row, column))


@dataclass(frozen=True)
class Opened:
    """The sheets of a file, or the findings that say why it was refused."""

    sheets: list[Sheet] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def refuse(rule: str, place: str, cell: str = "A1", hint: str = "", /, **words: object) -> Opened:
    """One finding, with the words of its entry in the catalogue; ``place`` is the file or the sheet."""
    return Opened(findings=[make_finding(rule, [CellRef(place, cell)], **words).but(hint=hint)])


def parser() -> etree.XMLParser:
    """A parser that fetches nothing, expands no entity and stops at what is absurdly large."""
    return etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)


def far(sheet: str, cell: str) -> Opened:
    """A cell with content where no table reaches: making room for everything up to it would take all memory."""
    hint = f"请按 Ctrl+G 转到 {cell}，删去那里多余的行和列，再保存。"
    return refuse("WB-009", sheet, cell, hint, sheet=sheet, cell=cell, rows=MAX_ROWS, columns=MAX_COLUMNS)


def too_large(data: bytes, name: str) -> Opened | None:
    """Why a file of any kind is refused by its size alone."""
    if len(data) <= MAX_BYTES:
        return None
    return refuse("WB-001", name, size=len(data) // 2**20, limit=MAX_BYTES // 2**20)


def scan_package(data: bytes, name: str, wanted: str, other: str) -> Opened | None:
    """Why an Office file (``wanted``: the folder it must have) is refused; ``other`` is the finding that says it is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            for rule, words in _faults(package, wanted, other):
                return refuse(rule, name, **words)
            if bad := package.testzip():
                return refuse("WB-004/part", name, part=bad[:60])
    except BROKEN:
        return refuse("WB-004", name)
    return None


WORD_PARTS = ("word/", "docProps/")


def scan_word(data: bytes, name: str) -> dict[str, bytes] | Opened:
    """The parts of a Word file that hold words, or why it is refused."""
    refused = too_large(data, name) or scan_package(data, name, "word/", "WB-003/word")
    if refused:
        return refused
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {
            n: package.read(n) for n in package.namelist() if n.startswith(WORD_PARTS) and n.endswith((".xml", ".rels"))
        }


def _faults(package: zipfile.ZipFile, wanted: str, other: str) -> Iterator[tuple[str, dict[str, object]]]:
    entries = package.infolist()
    if len(entries) > MAX_ENTRIES:
        yield "WB-005/parts", {"count": len(entries)}
    inflated, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries) or 1
    if inflated > MAX_INFLATED or (inflated > 10 * 2**20 and inflated / packed > MAX_RATIO):
        yield "WB-005", {}
    names = [e.filename.replace("\\", "/") for e in entries]
    for path in names:
        if path.startswith("/") or ".." in path.split("/"):
            yield "WB-006", {"path": path[:60]}
    if not any(n.lower().startswith(wanted) for n in names):
        yield other, {}
    for entry, path in zip(entries, names, strict=True):
        low = path.lower()
        if "vbaproject" in low:
            yield "WB-007", {}
        if low.startswith("xl/externallinks/"):
            yield "WB-010", {}
        if low.startswith(ACTIVE) or low == "xl/connections.xml":
            yield "WB-011", {"part": path[:60]}
        if low.endswith((".xml", ".rels")):
            with package.open(entry) as part:
                if _typed(part):
                    yield "WB-008", {"path": path[:60]}
        if low.endswith(".rels") and low.startswith(("xl/", "_rels/")) and _points_outside(package.read(entry)):
            yield "WB-010/part", {"part": path[:60]}


def _typed(part: Any) -> bool:
    """Whether XML declares a document type.  It may do so before its first element only, in whatever encoding."""
    found = etree.XMLPullParser(events=("start",), resolve_entities=False, load_dtd=False, no_network=True)
    while block := part.read(1024):
        found.feed(block)
        for _, node in found.read_events():
            return node.getroottree().docinfo.internalDTD is not None
    return False


def _points_outside(data: bytes) -> bool:
    """Whether a part is linked to something outside the file.  A link that people may click is none."""
    return any(
        node.get("TargetMode", "").lower() == "external" and not node.get("Type", "").lower().endswith("/hyperlink")
        for node in etree.fromstring(data, parser()).iter("{*}Relationship")
    )
