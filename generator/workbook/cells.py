"""Single cells of the officer's workbook: shown as a grid, and written without touching anything else.

Reading gives each sheet with its merged cells, drop-downs and the places to fill in (the unlocked
cells).  Writing edits the XML of one sheet as text: every other byte stays, no library saves the
file again.  Stored results of formulas that depend on a written cell are dropped, so that nobody
reads an old one; the next program that opens the file calculates them.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from html import unescape
from typing import Any

from defusedxml.ElementTree import fromstring

from generator.files import (
    CELL,
    MAIN,
    RELATION,
    CellsError,
    column_letter,
    escaped,
    parse_number,
    parse_percent,
    plain_digits,
    position,
    recalculate,
)
from generator.model import CellRef

REFERENCE = re.compile(
    r"(?:'((?:[^']|'')+)'!|([\w\u4e00-\u9fff]+)!)?\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?"
)
NUMBER_KINDS = ("amount", "count", "number", "percent")
MAX_CELLS = 400  # columns that are shown


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell as it is shown.  ``kind`` is what may be typed: amount, count, number, percent, text."""

    cell: str
    text: str = ""
    kind: str = "text"
    entry: bool = False
    formula: bool = False
    colspan: int = 1
    rowspan: int = 1
    choices: tuple[str, ...] = ()
    codes: str = ""  # name of a list of codes to suggest
    bold: bool = False
    align: str = ""


@dataclass(frozen=True)
class SheetGrid:
    """One visible sheet: its cells by row, places covered by a merged cell left out."""

    name: str
    rows: list[list[GridCell]] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)
    frozen: int = 0


# ------------------------------------------------------------------ reading


def read_grids(data: bytes) -> list[SheetGrid]:
    """The visible sheets of a workbook that was already found harmless."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = set(package.namelist())
        shared = _shared(package) if "xl/sharedStrings.xml" in names else []
        styles = _Styles(package.read("xl/styles.xml")) if "xl/styles.xml" in names else _Styles(b"")
        return [
            _grid(name, package.read(part), shared, styles)
            for name, part, hidden in _sheets(package)
            if not hidden and part in names
        ]


def _sheets(package: zipfile.ZipFile) -> list[tuple[str, str, bool]]:
    relations = {r.get("Id"): r.get("Target", "") for r in fromstring(package.read("xl/_rels/workbook.xml.rels"))}
    out = []
    for sheet in fromstring(package.read("xl/workbook.xml")).iter(f"{MAIN}sheet"):
        target = relations.get(sheet.get(RELATION), "").lstrip("/")
        part = target if target.startswith("xl/") else f"xl/{target}"
        out.append((sheet.get("name", ""), part, sheet.get("state", "visible") != "visible"))
    return out


def _shared(package: zipfile.ZipFile) -> list[str]:
    root = fromstring(package.read("xl/sharedStrings.xml"))
    return ["".join(t.text or "" for t in item.iter(f"{MAIN}t")) for item in root.iter(f"{MAIN}si")]


class _Styles:
    """What the styles say about a cell: may it be filled in, and with what."""

    def __init__(self, data: bytes) -> None:
        self.entry: list[bool] = []
        self.kind: list[str] = []
        self.bold: list[bool] = []
        self.align: list[str] = []
        if not data:
            return
        root = fromstring(data)
        codes = {f.get("numFmtId"): f.get("formatCode", "") for f in root.iter(f"{MAIN}numFmt")}
        bold = [f.find(f"{MAIN}b") is not None for f in root.findall(f"{MAIN}fonts/{MAIN}font")]
        for style in root.findall(f"{MAIN}cellXfs/{MAIN}xf"):
            protection = style.find(f"{MAIN}protection")
            alignment = style.find(f"{MAIN}alignment")
            font = int(style.get("fontId", "0"))
            self.entry.append(protection is not None and protection.get("locked") in ("0", "false"))
            self.kind.append(_kind(style.get("numFmtId", "0"), codes.get(style.get("numFmtId"), "")))
            self.bold.append(font < len(bold) and bold[font])
            self.align.append(alignment.get("horizontal", "") if alignment is not None else "")

    def at(self, number: int) -> tuple[bool, str, bool, str]:
        if number >= len(self.entry):
            return False, "text", False, ""
        return self.entry[number], self.kind[number], self.bold[number], self.align[number]


def _kind(number: str, code: str) -> str:
    if number == "49" or code == "@":
        return "text"
    if number in ("9", "10") or "%" in code:
        return "percent"
    if number == "1" or code == "0":
        return "count"
    if "#,##0.0" in code or number in ("4", "39", "40"):
        return "amount"
    return "number" if code.startswith("0.") else "text"


def _grid(name: str, part: bytes, shared: list[str], styles: _Styles) -> SheetGrid:
    root = fromstring(part)
    spans, covered = _merged(root)
    lists = _lists(root)
    rows: list[list[GridCell]] = []
    for row in root.iter(f"{MAIN}row"):
        number = int(row.get("r", str(len(rows) + 1)))
        while len(rows) < number - 1:
            rows.append([])
        line: list[GridCell] = []
        for cell in row.findall(f"{MAIN}c"):
            place = cell.get("r", "")
            if not CELL.fullmatch(place) or place in covered or len(line) > MAX_CELLS:
                continue
            _fill(line, place, covered)
            entry, kind, bold, align = styles.at(int(cell.get("s", "0")))
            down, across = spans.get(place, (1, 1))
            choices, codes = lists.get(place, ((), ""))
            formula = cell.find(f"{MAIN}f") is not None
            text = _text(cell, shared, kind)
            line.append(GridCell(place, text, kind, entry, formula, across, down, choices, codes, bold, align))
        rows.append(line)
    widths = [0] * max((position(c.cell)[1] + c.colspan for line in rows for c in line), default=0)
    for given in root.iter(f"{MAIN}col"):
        for k in range(int(given.get("min", "1")) - 1, min(int(given.get("max", "1")), len(widths))):
            widths[k] = round(Decimal(given.get("width", "9")))
    pane = next(root.iter(f"{MAIN}pane"), None)
    frozen = int(Decimal(pane.get("ySplit", "0"))) if pane is not None else 0
    return SheetGrid(name, rows, widths, frozen)


def _fill(line: list[GridCell], place: str, covered: set[str]) -> None:
    """Empty cells that the file leaves out, so that what follows stands under its heading."""
    row, column = position(place)
    at = position(line[-1].cell)[1] + 1 if line else 0
    for k in range(at, min(column, MAX_CELLS)):
        name = f"{column_letter(k)}{row + 1}"
        if name not in covered:
            line.append(GridCell(name))


def _merged(root: Any) -> tuple[dict[str, tuple[int, int]], set[str]]:
    spans: dict[str, tuple[int, int]] = {}
    covered: set[str] = set()
    for merge in root.iter(f"{MAIN}mergeCell"):
        first, _, last = merge.get("ref", "").partition(":")
        if not (CELL.fullmatch(first) and CELL.fullmatch(last)):
            continue
        (top, left), (bottom, right) = position(first), position(last)
        if (bottom - top) * (right - left) > 100000:
            continue
        spans[first] = (bottom - top + 1, right - left + 1)
        covered |= {f"{column_letter(c)}{r + 1}" for r in range(top, bottom + 1) for c in range(left, right + 1)} - {
            first
        }
    return spans, covered


def _lists(root: Any) -> dict[str, tuple[tuple[str, ...], str]]:
    """Cells with a drop-down: its choices, or the name of the hidden list."""
    out: dict[str, tuple[tuple[str, ...], str]] = {}
    for rule in root.iter(f"{MAIN}dataValidation"):
        source = rule.findtext(f"{MAIN}formula1") or ""
        if rule.get("type") != "list":
            continue
        choices = tuple(source[1:-1].split(",")) if source.startswith('"') else ()
        column = re.search(r"!\$?([A-Z])\$", source)
        for area in (rule.get("sqref") or "").split():
            first, _, last = area.partition(":")
            if not CELL.fullmatch(first) or (last and not CELL.fullmatch(last)):
                continue
            (top, left), (bottom, right) = position(first), position(last or first)
            for r in range(top, min(bottom, top + 5000) + 1):
                for c in range(left, min(right, left + 50) + 1):
                    out[f"{column_letter(c)}{r + 1}"] = (choices, column[1] if column and not choices else "")
    return out


def _text(cell: Any, shared: list[str], kind: str) -> str:
    value = cell.findtext(f"{MAIN}v") or ""
    match cell.get("t", "n"):
        case "s":
            return shared[int(value)] if value.isdigit() and int(value) < len(shared) else ""
        case "inlineStr":
            return "".join(t.text or "" for t in cell.iter(f"{MAIN}t"))
        case "str" | "e" | "d":
            return value
        case "b":
            return "是" if value == "1" else "否"
    if not value:
        return ""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    return f"{plain_digits(number * 100)}%" if kind == "percent" else plain_digits(number)


# ------------------------------------------------------------------ writing


def typed_value(text: str, kind: str) -> tuple[str, Decimal | None]:
    """What is kept of typed words: the words, and the number where the cell takes one and reads one.

    Words that are no number stay words: the check names the cell, nothing typed is lost.
    """
    words = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if kind in NUMBER_KINDS and words:
        parsed = parse_percent(words) if kind == "percent" else parse_number(words)
        if not parsed.error and parsed.value is not None and abs(parsed.value) < Decimal(10) ** 15:
            return words, parsed.value
    return words, None


def set_cells(data: bytes, values: Mapping[CellRef, str]) -> bytes:
    """The workbook with some cells written; CellsError where a place does not exist or is locked."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        order = package.infolist()
        parts = {i.filename: package.read(i) for i in order}
        sheets = {name: part for name, part, _ in _sheets(package)}
    styles = _Styles(parts["xl/styles.xml"]) if "xl/styles.xml" in parts else _Styles(b"")
    by_sheet: dict[str, dict[str, str]] = {}
    for ref, text in values.items():
        if ref.sheet not in sheets:
            raise CellsError(f"填报表里没有工作表“{ref.sheet[:40]}”。")
        by_sheet.setdefault(ref.sheet, {})[ref.cell] = text
    for sheet, cells in by_sheet.items():
        part = sheets[sheet]
        parts[part] = _write(sheet, parts[part].decode("utf-8"), cells, styles).encode("utf-8")
    _drop_results(parts, sheets, values)
    book = parts["xl/workbook.xml"].decode("utf-8")
    parts["xl/workbook.xml"] = recalculate(book).encode("utf-8")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for info in order:
            target.writestr(info, parts[info.filename], compress_type=info.compress_type)
    return out.getvalue()


def _write(sheet: str, text: str, cells: Mapping[str, str], styles: _Styles) -> str:
    for cell, words in cells.items():
        row, _ = position(cell)
        found = re.search(rf'<((?:\w+:)?)row\b[^>]*?\br="{row + 1}"[^>]*?(?:/>|>.*?</\1row>)', text, re.S)
        place = (
            re.search(rf'<((?:\w+:)?)c\b[^>]*?\br="{cell}"[^>]*?(?:/>|>.*?</\1c>)', found[0], re.S) if found else None
        )
        if found is None or place is None:
            raise CellsError(f"{sheet}!{cell} 不是填写的格子。")
        head = re.match(r"<[^>]*?>", place[0])
        assert head is not None
        style = re.search(r'\bs="(\d+)"', head[0])
        entry, kind, _, _ = styles.at(int(style[1]) if style else 0)
        if not entry:
            raise CellsError(f"{sheet}!{cell} 不是填写的格子。")
        words, number = typed_value(words, kind)
        prefix = place[1]
        start = f'<{prefix}c r="{cell}"' + (f' s="{style[1]}"' if style else "")
        if number is not None:
            new = f"{start}><{prefix}v>{number:f}</{prefix}v></{prefix}c>"
        elif words:
            new = f'{start} t="inlineStr"><{prefix}is><{prefix}t xml:space="preserve">{escaped(words)}</{prefix}t></{prefix}is></{prefix}c>'
        else:
            new = f"{start}/>"
        at = found.start() + place.start()
        text = text[:at] + new + text[at + len(place[0]) :]
    return text


FORMULA_CELL = re.compile(
    r'<((?:\w+:)?)c\b(?=[^>]*?\br="([A-Z]{1,3}\d{1,7})")[^>]*?(?<!/)>(?:(?!</\1c>).)*?<\1f\b(?:[^>]*/>|[^>]*>(.*?)</\1f>).*?</\1c>',
    re.S,
)


def _drop_results(parts: dict[str, bytes], sheets: Mapping[str, str], written: Iterable[CellRef]) -> None:
    """Stored results that rest on written cells, directly or through other formulas, are removed."""
    formulas: dict[CellRef, str] = {}
    for name, part in sheets.items():
        if part in parts and b"<f" in parts[part].replace(b":f", b"<f"):
            for found in FORMULA_CELL.finditer(parts[part].decode("utf-8")):
                formulas[CellRef(name, found[2])] = unescape(found[3] or "")
    stale: set[CellRef] = set()
    fresh = {ref: position(ref.cell) for ref in written}
    while fresh:
        found_now = {
            ref
            for ref, formula in formulas.items()
            if ref not in stale and (not formula or _rests_on(formula, ref.sheet, fresh))
        }
        stale |= found_now
        fresh = {ref: position(ref.cell) for ref in found_now}
    for name, part in sheets.items():
        cells = {ref.cell for ref in stale if ref.sheet == name}
        if cells:
            text = parts[part].decode("utf-8")

            def emptied(found: re.Match[str], stale_here: frozenset[str] = frozenset(cells)) -> str:
                return _without_result(found[0], found[1]) if found[2] in stale_here else found[0]

            parts[part] = FORMULA_CELL.sub(emptied, text).encode("utf-8")


def _without_result(cell: str, prefix: str) -> str:
    return re.sub(rf"<{prefix}v>.*?</{prefix}v>|<{prefix}v/>", "", cell, flags=re.S)


def _rests_on(formula: str, sheet: str, cells: Mapping[CellRef, tuple[int, int]]) -> bool:
    for found in REFERENCE.finditer(formula):
        named = (found[1] or found[2] or sheet).replace("''", "'")
        top, left = position(f"{found[3]}{found[4]}")
        bottom, right = position(f"{found[5]}{found[6]}") if found[5] else (top, left)
        for ref, (row, column) in cells.items():
            if ref.sheet == named and top <= row <= bottom and left <= column <= right:
                return True
    return False
