"""Reads the statutory tables of a workbook: columns by heading, rows by label, line or code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from generator.files import SIZE, Sheet, as_text, norm, parse_code, parse_number, split_codename
from generator.model import (
    CellRef,
    Figure,
    Finding,
    Severity,
    SubjectRow,
    TableData,
    Text,
    Value,
    make_finding,
)
from generator.packs import Grid, GridCell, Pack, TableSpec
from generator.packs import parse_grid as parse
from generator.workbook._align import align, columns_of, find_header

TOTAL = re.compile(r"(合计|总计)$")
NOTE = re.compile(r"^(注|说明|备注)[:1-9]")
MIN_DECIMALS = 2


@dataclass
class Reading:
    """What has been found so far while a workbook is read."""

    pack: Pack
    findings: list[Finding] = field(default_factory=list)
    places: dict[str, CellRef] = field(default_factory=dict)
    whole_yuan: bool = False  # of the table that is being read: amounts rounded to 元

    def add(
        self,
        rule: str,
        cells: Iterable[CellRef] = (),
        severity: Severity | None = None,
        /,
        **words: object,
    ) -> None:
        """Note a finding, with the words of its entry in the catalogue."""
        self.findings.append(make_finding(rule, cells, **words).but(severity=severity))

    def figure(self, sheet: Sheet, row: int, column: int, unit: str, label: str, *, negative: bool = True) -> Figure:
        """An amount in 元 with the margin of its written digits; problems become findings."""
        ref = sheet.ref(row, column)
        if ref.cell in sheet.uncalculated and as_text(sheet.at(row, column)) == "":
            self.add("WB-054", [ref], label=label)
            return Figure(None, cells=(ref,), label=label, missing=label)
        parsed = parse_number(sheet.at(row, column), unit)
        if parsed.error:
            self.add(parsed.code, [ref], label=label, why=parsed.error)
            return Figure(None, cells=(ref,), label=label, missing=label)
        if parsed.value is None:
            return Figure(None, cells=(ref,), label=label)
        size = SIZE[unit]
        if parsed.value < 0 and not negative:
            self.add("WB-055", [ref], label=label, actual=parsed.value)
        exact = Decimal(5).scaleb(-1) if self.whole_yuan and not parsed.decimals else Decimal(0)
        margin = exact if unit == "元" else size * Decimal(5).scaleb(-max(MIN_DECIMALS, parsed.decimals) - 1)
        return Figure(parsed.value * size, cells=(ref,), margin=margin, label=label)


def read_table(reading: Reading, spec: TableSpec, sheet: Sheet) -> TableData:
    """One statutory table; an unreadable one comes back empty with a finding."""
    reading.whole_yuan = spec.whole_yuan
    try:
        return _read_table(reading, spec, sheet)
    finally:
        reading.whole_yuan = False


def _read_table(reading: Reading, spec: TableSpec, sheet: Sheet) -> TableData:
    header = parse(spec.header)
    top = find_header(sheet, header)
    if top < 0:
        reading.add("WB-032", [sheet.ref(0, 0)], sheet=sheet.name, title=spec.title)
        return TableData(spec.id, sheet.name, spec.unit, present=False)
    columns = columns_of(sheet, header, top)
    lacking = [c for c in range(header.width) if c not in columns]
    unit = unit_of(reading, sheet, top, spec.unit)
    if lacking:
        names = "、".join(
            dict.fromkeys(header.text_at(len(header.rows) - 2 if len(header.rows) > 1 else 0, c) for c in lacking)
        )
        reading.add("WB-033", [sheet.ref(top, 0)], sheet=sheet.name, names=names)
    start = top + len(header.rows)
    slots: dict[str, Figure] = {}
    if spec.body:
        slots = _fixed(reading, spec, sheet, columns, start, unit)
    rows, totals = _listed(reading, spec, sheet, columns, start, unit) if spec.rows else ((), {})
    for need in spec.required:
        _require(reading, spec, need, slots, totals)
    return TableData(spec.id, sheet.name, unit, slots, rows, totals)


def _require(reading: Reading, spec: TableSpec, need: str, slots: dict[str, Figure], totals: dict[str, Value]) -> None:
    figure = totals.get(need.removeprefix("total.")) if need.startswith("total.") and spec.rows else slots.get(need)
    if isinstance(figure, Figure) and figure.blank and not figure.missing:
        reading.add("WB-040/cell", figure.cells, label=figure.label)


def unit_of(reading: Reading, sheet: Sheet, top: int, default: str) -> str:
    """The money unit that a sheet says above its header."""
    for row in range(min(max(top, 1), len(sheet.rows))):
        for column, value in enumerate(sheet.rows[row]):
            text = norm(value)
            found = re.search(r"单位[:：]?(万元|元)$", text)
            if found:
                return found[1]
            if text in ("金额单位", "单位", "金额单位:", "单位:"):
                for beside in sheet.rows[row][column + 1 : column + 4]:
                    if norm(beside) in SIZE:
                        return norm(beside)
    where = sheet.ref(0, 0)
    reading.add("WB-038", [where], sheet=sheet.name, unit=default)
    return default


# ------------------------------------------------------------------ fixed rows


@dataclass(frozen=True, slots=True)
class _Panel:
    """Label columns and the slot columns that belong to them."""

    labels: tuple[int, ...]
    slots: tuple[int, ...]


def panels(grid: Grid) -> list[_Panel]:
    """The panels of a fixed body, from left to right (收入 beside 支出)."""
    slot_columns = sorted({c.column for c in grid.cells() if c.slot})
    out: list[_Panel] = []
    labels: list[int] = []
    slots: list[int] = []
    for column in range(grid.width):
        if column in slot_columns:
            slots.append(column)
        else:
            if slots:
                out.append(_Panel(tuple(labels), tuple(slots)))
                labels, slots = [], []
            labels.append(column)
    if slots:
        out.append(_Panel(tuple(labels), tuple(slots)))
    return out


def _same_row(expected: str, actual: str) -> bool:
    """The same line: all of it, or its code, or its label without the line number."""
    if expected == actual:
        return True
    left, right = expected.split("\x1f"), actual.split("\x1f")
    code = next((p for p in left if p.isdigit() and len(p) >= 3), "")
    if code:
        return code in right
    labels = [p for p in left if not p.isdigit()]
    return bool(labels) and all(p in right for p in labels)


def _fixed(
    reading: Reading, spec: TableSpec, sheet: Sheet, columns: dict[int, int], start: int, unit: str
) -> dict[str, Figure]:
    grid = parse(spec.body)
    out: dict[str, Figure] = {}
    at = {(c.row, c.column): c for c in grid.cells()}
    for panel in panels(grid):
        if not panel.labels:
            out |= _unlabelled(reading, spec, sheet, grid, panel, columns, start, unit)
            continue
        expected = [_row_key([grid.text_at(r, c) for c in panel.labels]) for r in range(len(grid.rows))]
        wanted = [c for c in panel.labels if c in columns]
        end = _end(sheet, start)
        actual = [_row_key([as_text(sheet.at(r, columns[c])) for c in wanted]) for r in range(start, end)]
        found = align(expected, actual, _same_row)
        found |= _reaching(sheet, grid, panel, columns, start, end)
        for row, key in enumerate(expected):
            for column in panel.slots:
                cell = at.get((row, column))
                if cell and cell.slot and column in columns:
                    label = _slot_label(spec, grid, cell)
                    if row in found:
                        negative = cell.slot in spec.negative
                        where = start + found[row]
                        out[cell.slot] = reading.figure(sheet, where, columns[column], unit, label, negative=negative)
                        reading.places[f"slot:{spec.id}.{cell.slot}"] = sheet.ref(where, columns[column])
                    elif key:
                        out[cell.slot] = Figure(None, label=label)
        _unknown_rows(reading, spec, sheet, panel, columns, start, actual, set(found.values()), unit)
    return out


def _reaching(sheet: Sheet, grid: Grid, panel: _Panel, columns: dict[int, int], start: int, end: int) -> dict[int, int]:
    """Rows whose label reaches into this panel from the left (merged: 公用经费合计)."""
    out: dict[int, int] = {}
    for cell in grid.cells():
        reaches = cell.column < panel.labels[0] < cell.column + cell.colspan
        if cell.text and reaches and cell.column in columns:
            for row in range(start, end):
                if norm(sheet.at(row, columns[cell.column])) == norm(cell.text):
                    out[cell.row] = row - start
    return out


def _row_key(texts: list[str]) -> str:
    return "\x1f".join(dict.fromkeys(n for t in texts if (n := norm(t))))


def _unlabelled(
    reading: Reading,
    spec: TableSpec,
    sheet: Sheet,
    grid: Grid,
    panel: _Panel,
    columns: dict[int, int],
    start: int,
    unit: str,
) -> dict[str, Figure]:
    """Rows of amounts without labels: taken in order, blank rows skipped."""
    out: dict[str, Figure] = {}
    end = _end(sheet, start)
    used = [r for r in range(start, end) if any(as_text(sheet.at(r, columns[c])) for c in panel.slots if c in columns)]
    for row in range(len(grid.rows)):
        where = used[row] if row < len(used) else start + row
        for cell in grid.rows[row]:
            if cell.slot and cell.column in columns:
                label = _slot_label(spec, grid, cell)
                out[cell.slot] = reading.figure(sheet, where, columns[cell.column], unit, label)
    return out


def _end(sheet: Sheet, start: int) -> int:
    for row in range(start, len(sheet.rows)):
        first = next((norm(v) for v in sheet.rows[row] if norm(v)), "")
        if NOTE.match(first) or first.startswith(("注:", "注", "说明:")):
            return row
    return len(sheet.rows)


def _slot_label(spec: TableSpec, grid: Grid, cell: GridCell) -> str:
    head = parse(spec.header)
    texts = [c.text for c in grid.rows[cell.row] if c.column < cell.column and c.text and not c.text.isdigit()]
    label = re.sub(r"\s+", "", texts[-1]) if texts else cell.slot
    column = ""
    if "." in cell.slot:
        rows = [head.text_at(r, cell.column) for r in range(len(head.rows))]
        column = next((t for t in reversed(rows) if t and not t.isdigit()), "")
    return f"{spec.number}“{label}”{column}"


def _unknown_rows(
    reading: Reading,
    spec: TableSpec,
    sheet: Sheet,
    panel: _Panel,
    columns: dict[int, int],
    start: int,
    actual: list[str],
    known: set[int],
    unit: str,
) -> None:
    """Rows with an amount whose label the table does not know."""
    for offset, key in enumerate(actual):
        if offset in known or not any(not p.isdigit() or len(p) > 2 for p in key.split("\x1f") if p):
            continue
        cells = [(start + offset, columns[c]) for c in panel.slots if c in columns]
        if any(parse_number(sheet.at(r, c), unit).value for r, c in cells):
            name = key.split("\x1f")[0]
            reading.add("WB-034", [sheet.ref(*cells[0])], table=spec.number, name=name)


# ------------------------------------------------------------------ rows by subject


def _listed(
    reading: Reading, spec: TableSpec, sheet: Sheet, columns: dict[int, int], start: int, unit: str
) -> tuple[tuple[SubjectRow, ...], dict[str, Value]]:
    shape = parse(spec.row or spec.total)
    slots = {c.slot: columns[c.column] for c in shape.rows[0] if c.slot and c.column in columns}
    kinds = {c.slot: c.kind for c in shape.rows[0] if c.slot}
    rows: list[SubjectRow] = []
    totals: dict[str, Value] = {}
    seen: set[str] = set()
    unit_code = ""
    for row in range(start, _end(sheet, start)):
        code, name = _identity(sheet, row, slots)
        first = norm(name or as_text(sheet.at(row, min(columns.values(), default=0))))
        words = [norm(sheet.at(row, c)) for c in sorted(slots.values())]
        is_total = not code and any(TOTAL.search(w) for w in (first, *words[:2]))
        if is_total:
            if not totals:
                totals = dict(_amounts(reading, spec, sheet, row, slots, kinds, unit, f"{spec.number}“合计”"))
                for column in totals:
                    reading.places[f"slot:{spec.id}.total.{column}"] = sheet.ref(row, slots[column])
            continue
        filled = [
            c for s, c in slots.items() if s not in ("code", "name", "codename", "n") and as_text(sheet.at(row, c))
        ]
        if not code and not name and not filled:
            continue
        if spec.rows != "list" and not code:
            if any(parse_number(sheet.at(row, c), unit).value for c in filled):
                reading.add("WB-035", [sheet.ref(row, filled[0])], table=spec.number, row=row + 1)
            continue
        kind = kind_of_row(reading.pack, spec, code, name, unit_code)
        if kind == "unit":
            unit_code = code
        key = f"{unit_code}/{code}"
        place = sheet.ref(row, slots.get("code", slots.get("codename", min(slots.values()))))
        if spec.rows != "list" and key in seen:
            reading.add("WB-036", [place], table=spec.number, code=code)
            continue
        seen.add(key)
        name = _checked_name(reading, spec, code, name, kind, place)
        cells = dict(_amounts(reading, spec, sheet, row, slots, kinds, unit, f"{spec.number}“{code}{name}”"))
        rows.append(SubjectRow(code, name, cells, kind, place, unit_code))
    return tuple(rows), totals


def _identity(sheet: Sheet, row: int, slots: dict[str, int]) -> tuple[str, str]:
    if "codename" in slots:
        return split_codename(sheet.at(row, slots["codename"]))
    code = parse_code(sheet.at(row, slots["code"])) if "code" in slots else ""
    name = as_text(sheet.at(row, slots["name"])) if "name" in slots else ""
    if "code" in slots and not code:
        found, rest = split_codename(sheet.at(row, slots["code"]))
        if found:
            return found, name or rest
    return code, name.strip()


def kind_of_row(pack: Pack, spec: TableSpec, code: str, name: str, unit_code: str) -> str:
    """A budget unit or a subject.  Units have codes of 3, 6 or 9 digits, which may begin like a subject's:
    six digits are never a subject, and a unit's row stands before the first subject under another name."""
    if spec.rows == "list":
        return "row"
    known = pack.functional if spec.rows == "functional" else pack.economic
    if not spec.unit_row:
        return "subject"
    if code not in known and (len(code) in (6, 9) or not any(code.startswith(k) for k in known if len(k) == 3)):
        return "unit"
    if unit_code or not name or code not in known or name in pack.meta.obsolete:
        return "subject"
    theirs, official = norm(name), norm(known[code].name)
    return "subject" if theirs in official or official in theirs else "unit"


def _checked_name(reading: Reading, spec: TableSpec, code: str, name: str, kind: str, place: CellRef) -> str:
    """The row's own name; the dictionary's where it has none; a finding where neither helps."""
    if kind != "subject":
        return name
    known = reading.pack.functional if spec.rows == "functional" else reading.pack.economic
    subject = known.get(code)
    lengths = (3, 5, 7) if spec.rows == "functional" else (3, 5)
    if len(code) not in lengths:
        reading.add("WB-037/digits", [place], table=spec.number, code=code)
    elif subject is None:
        severity = Severity.WARNING if name else Severity.ERROR
        shown = f"（{name}）" if name else "，也没有名称"
        reading.add("WB-037", [place], severity, table=spec.number, code=code, name=shown)
    return name or (subject.name if subject else "")


def _amounts(
    reading: Reading,
    spec: TableSpec,
    sheet: Sheet,
    row: int,
    slots: dict[str, int],
    kinds: dict[str, str],
    unit: str,
    label: str,
) -> Iterator[tuple[str, Value]]:
    head = parse(spec.header)
    shape = {c.slot: c.column for c in parse(spec.row or spec.total).rows[0] if c.slot}
    for slot, column in slots.items():
        if slot in ("code", "codename", "n") or (slot == "name" and kinds.get("name") != "text"):
            continue
        if kinds.get(slot) == "text":
            yield slot, Text(as_text(sheet.at(row, column)), (sheet.ref(row, column),))
            continue
        texts = [head.text_at(r, shape[slot]) for r in range(len(head.rows))]
        heading = next((t for t in reversed(texts) if t and not t.isdigit()), "")
        yield slot, reading.figure(sheet, row, column, unit, f"{label}{heading}", negative=slot in spec.negative)
