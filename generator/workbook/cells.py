"""Single cells of the officer's workbook: shown as a grid, and written without touching anything else.

Reading gives each sheet with its merged cells, drop-downs and the places to fill in (the unlocked
cells).  Writing changes these cells in the parts of the file; no library saves it again.  Stored results
of formulas that depend on a written cell are dropped, so that nobody reads an old one; the next program
that opens the file calculates them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token, TokenizerError

from generator.files import (
    Area,
    CellsError,
    Package,
    Styles,
    area,
    cell_name,
    cells_of,
    content_of,
    find_cell,
    is_formula,
    parse_number,
    parse_percent,
    plain_digits,
    position,
    recalculate,
    rows_of,
    set_content,
    stored_number,
)
from generator.model import CellRef

NUMBER_KINDS = ("amount", "count", "number", "percent")
MAX_CELLS = 400  # columns that are shown
MAX_ROWS = 99_999
MAX_FORMULA = 8192  # characters, as Excel has it


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
    package = Package(data)
    shared, styles = package.shared_strings(), Styles.of(package)
    return [_grid(s.name, package.tree(s.part), shared, styles) for s in package.sheets() if not s.hidden]


def _kind(code: str) -> str:
    """What may be typed into a cell of this number format."""
    if code == "@":
        return "text"
    if "%" in code:
        return "percent"
    if code == "0":
        return "count"
    if "#,##0.0" in code:
        return "amount"
    return "number" if code.startswith("0.") else "text"


def _grid(name: str, root: Any, shared: list[str], styles: Styles) -> SheetGrid:
    spans, covered = _merged(root)
    lists = _lists(root)
    rows: list[list[GridCell]] = []
    for number, row in rows_of(root):
        if number >= MAX_ROWS:
            break
        rows += ([] for _ in range(number - len(rows)))
        line: list[GridCell] = []
        for column, cell in cells_of(row):
            place = cell_name(number, column)
            if place in covered or column > MAX_CELLS:
                continue
            _fill(line, number, column, covered)
            at = styles.number(cell)
            kind = _kind(styles.format(cell))
            down, across = spans.get(place, (1, 1))
            choices, codes = lists.get(place, ((), ""))
            text = _text(cell, shared, kind)
            entry, bold, align = (
                (not styles.locked[at], styles.bold[at], styles.align[at]) if styles.locked else NO_STYLE
            )
            line.append(GridCell(place, text, kind, entry, is_formula(cell), across, down, choices, codes, bold, align))
        rows.append(line)
    widths = [0] * max((position(c.cell)[1] + c.colspan for line in rows for c in line), default=0)
    for given in root.iter("{*}col"):
        for k in range(int(given.get("min", "1")) - 1, min(int(given.get("max", "1")), len(widths))):
            widths[k] = round(Decimal(given.get("width", "9")))
    pane = next(root.iter("{*}pane"), None)
    frozen = int(Decimal(pane.get("ySplit", "0"))) if pane is not None else 0
    return SheetGrid(name, rows, widths, frozen)


NO_STYLE = (False, False, "")


def _fill(line: list[GridCell], row: int, column: int, covered: set[str]) -> None:
    """Empty cells that the file leaves out, so that what follows stands under its heading."""
    at = position(line[-1].cell)[1] + 1 if line else 0
    for k in range(at, min(column, MAX_CELLS)):
        name = cell_name(row, k)
        if name not in covered:
            line.append(GridCell(name))


def _merged(root: Any) -> tuple[dict[str, tuple[int, int]], set[str]]:
    spans: dict[str, tuple[int, int]] = {}
    covered: set[str] = set()
    for merge in root.iter("{*}mergeCell"):
        found = area(merge.get("ref", ""))
        if found is None or (found[2] - found[0] + 1) * (found[3] - found[1] + 1) > 100_000:
            continue
        top, left, bottom, right = found
        spans[cell_name(top, left)] = (bottom - top + 1, right - left + 1)
        covered |= {cell_name(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
        covered.discard(cell_name(top, left))
    return spans, covered


def _lists(root: Any) -> dict[str, tuple[tuple[str, ...], str]]:
    """Cells with a drop-down: its choices, or the column of the hidden list."""
    out: dict[str, tuple[tuple[str, ...], str]] = {}
    for rule in root.iter("{*}dataValidation"):
        source = rule.findtext("{*}formula1") or ""
        if rule.get("type") != "list":
            continue
        choices = tuple(source[1:-1].split(",")) if source.startswith('"') else ()
        listed = None if choices else area(source.rpartition("!")[2])
        codes = cell_name(0, listed[1])[:-1] if listed else ""
        for words in (rule.get("sqref") or "").split():
            found = area(words)
            if found is None:
                continue
            top, left, bottom, right = found
            for r in range(top, min(bottom, top + 5000) + 1):
                for c in range(left, min(right, left + 50) + 1):
                    out[cell_name(r, c)] = (choices, codes)
    return out


def _text(cell: Any, shared: list[str], kind: str) -> str:
    words = content_of(cell, shared)
    if not words or cell.get("t", "n") != "n":
        return words
    number = stored_number(words)
    if isinstance(number, str):
        return words
    return f"{plain_digits(Decimal(number) * 100)}%" if kind == "percent" else plain_digits(Decimal(number))


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
    package = Package(data)
    parts = {s.name: s.part for s in package.sheets()}
    styles = Styles.of(package)
    for ref, text in values.items():
        if ref.sheet not in parts:
            raise CellsError(f"填报表里没有工作表“{ref.sheet[:40]}”。")
        node = find_cell(package.tree(parts[ref.sheet]), ref.cell)
        if node is None or not styles.locked or styles.locked[styles.number(node)]:
            raise CellsError(f"{ref} 不是填写的格子。")
        words, number = typed_value(text, _kind(styles.format(node)))
        package.change(parts[ref.sheet])
        set_content(node, words if number is None else number)
    _drop_results(package, parts, values)
    recalculate(package)
    return package.save()


def _drop_results(package: Package, parts: Mapping[str, str], written: Iterable[CellRef]) -> None:
    """Stored results that rest on written cells, directly or through other formulas, are removed."""
    formulas: dict[CellRef, tuple[Any, tuple[tuple[str, Area], ...] | None]] = {}
    for name, part in parts.items():
        if not any(mark in package.data(part) for mark in (b"<f", b":f")):
            continue
        for number, row in rows_of(package.tree(part)):
            for column, cell in cells_of(row):
                formula = cell.find("{*}f")
                if formula is not None:
                    formulas[CellRef(name, cell_name(number, column))] = cell, references(formula.text or "")
    fresh = {ref: position(ref.cell) for ref in written}
    while fresh and formulas:
        stale = [ref for ref, (_, used) in formulas.items() if used is None or _rests_on(used, ref.sheet, fresh)]
        for ref in stale:
            cell, _ = formulas.pop(ref)
            value = cell.find("{*}v")
            if value is not None:
                package.change(parts[ref.sheet])
                cell.remove(value)
        fresh = {ref: position(ref.cell) for ref in stale}


@lru_cache(maxsize=16384)
def references(formula: str) -> tuple[tuple[str, Area], ...] | None:
    """The cells that a formula looks at, by sheet (empty: its own); ``None`` where it cannot be told."""
    if not formula or len(formula) > MAX_FORMULA:
        return None
    try:
        tokens = Tokenizer(f"={formula}").items
    except (TokenizerError, IndexError):
        return None
    out = []
    for token in tokens:
        if token.type == Token.OPERAND and token.subtype == Token.RANGE:
            sheet, _, cells = token.value.rpartition("!")
            found = area(cells)
            if found is None or ":" in sheet or "[" in token.value:
                return None  # a name, a table, several sheets, another file
            out.append((sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet, found))
    return tuple(out)


def _rests_on(used: Iterable[tuple[str, Area]], sheet: str, cells: Mapping[CellRef, tuple[int, int]]) -> bool:
    for named, (top, left, bottom, right) in used:
        for ref, (row, column) in cells.items():
            if ref.sheet == (named or sheet) and top <= row <= bottom and left <= column <= right:
                return True
    return False
