"""Reads the statutory tables of a workbook: columns by heading, rows by label, line or code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from generator.files import Sheet, as_text, norm, parse_code, parse_number, split_codename
from generator.model import CellRef, Figure, SubjectRow, TableData, Text, Value
from generator.packs import Grid, GridCell, Pack, TableSpec
from generator.packs import parse_grid as parse
from generator.workbook._align import align
from generator.workbook._layout import Layout, code_parts, layout_of, ordinals
from generator.workbook._reading import Reading, unit_of
from generator.workbook._words import bare

TOTAL = re.compile(r"(?:合计|总计)$")
WHOLE = re.compile(r"(?:本年|全年|当年)?(?:收入|支出)?(?:合计|总计)")
NOTE = re.compile(r"^(注|说明|备注)[:1-9]")
LENGTHS = {"functional": (3, 5, 7), "economic": (3, 5)}


def read_table(reading: Reading, spec: TableSpec, sheet: Sheet, layout: Layout | None = None) -> TableData:
    """One statutory table; an unreadable one comes back empty with a finding."""
    reading.whole_yuan = spec.whole_yuan
    try:
        return _read_table(reading, spec, sheet, layout or layout_of(sheet.rows, spec))
    finally:
        reading.whole_yuan = False


def _read_table(reading: Reading, spec: TableSpec, sheet: Sheet, layout: Layout | None) -> TableData:
    if layout is None:
        reading.add("WB-032", [sheet.ref(0, 0)], sheet=sheet.name, title=spec.title)
        return TableData(spec.id, sheet.name, spec.unit, present=False)
    unit = unit_of(reading, sheet, layout.top, spec.unit, range(layout.top, layout.start))
    if not unit:
        return TableData(spec.id, sheet.name, spec.unit, present=False)
    _lacking(reading, spec, sheet, layout)
    table = _Table(reading, spec, sheet, layout, unit)
    slots = table.fixed() if spec.body else {}
    rows, totals = table.listed() if spec.rows else ((), {})
    table.hidden()
    for need in spec.required:
        _require(reading, spec, need, slots, totals)
    return TableData(spec.id, sheet.name, unit, slots, rows, totals)


def _lacking(reading: Reading, spec: TableSpec, sheet: Sheet, layout: Layout) -> None:
    header = parse(spec.header)
    at = len(header.rows) - 2 if len(header.rows) > 1 else 0
    names = "、".join(dict.fromkeys(t for c in layout.lacking if (t := _heading(header, c) or header.text_at(at, c))))
    if names and layout.unknown:
        words = "、".join(layout.unknown[:6])
        reading.add("WB-033/more", [sheet.ref(layout.top, 0)], sheet=sheet.name, names=names, unknown=words)
    elif names:
        reading.add("WB-033", [sheet.ref(layout.top, 0)], sheet=sheet.name, names=names)


def _heading(header: Grid, column: int) -> str:
    """The lowest heading of a column that is no number and no 栏次."""
    texts = [header.text_at(r, column) for r in range(len(header.rows))]
    return next((t for t in reversed(texts) if t and not t.isdigit() and t != "栏次"), "")


def _require(
    reading: Reading, spec: TableSpec, need: str, slots: dict[str, Figure], totals: Mapping[str, Value]
) -> None:
    figure = totals.get(need.removeprefix("total.")) if need.startswith("total.") and spec.rows else slots.get(need)
    if isinstance(figure, Figure) and figure.blank and not figure.missing:
        reading.add("WB-040/cell", figure.cells, label=figure.label)


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
    if not labels:
        return False
    known = {bare(p) for p in right}
    return all(p in right or bare(p) in known for p in labels)


def _row_key(texts: list[str]) -> str:
    return "\x1f".join(dict.fromkeys(n for t in texts if (n := norm(t))))


def _slot_label(spec: TableSpec, grid: Grid, cell: GridCell) -> str:
    head = parse(spec.header)
    texts = [c.text for c in grid.rows[cell.row] if c.column < cell.column and c.text and not c.text.isdigit()]
    label = re.sub(r"\s+", "", texts[-1]) if texts else cell.slot
    column = ""
    if "." in cell.slot:
        rows = [head.text_at(r, cell.column) for r in range(len(head.rows))]
        column = next((t for t in reversed(rows) if t and not t.isdigit()), "")
    return f"{spec.number}“{label}”{column}"


class _Table:
    """One table while it is read."""

    def __init__(self, reading: Reading, spec: TableSpec, sheet: Sheet, layout: Layout, unit: str) -> None:
        self.reading, self.spec, self.sheet, self.layout, self.unit = reading, spec, sheet, layout, unit
        self.columns, self.start = layout.columns, layout.start
        self.end = self._end()

    def _end(self) -> int:
        """The row below the table: its first note, or the end of the sheet."""
        for row in range(self.start, len(self.sheet.rows)):
            first = next((norm(v) for v in self.sheet.rows[row] if norm(v)), "")
            if NOTE.match(first) or first.startswith(("注:", "注", "说明:")):
                return row
        return len(self.sheet.rows)

    def _has_amount(self, row: int, columns: Sequence[int]) -> bool:
        return any(parse_number(self.sheet.at(row, c), self.unit).value for c in columns)

    def hidden(self) -> None:
        """Say where figures stand in rows or columns that nobody sees."""
        sheet, body = self.sheet, range(self.start, self.end)
        rows = [r for r in body if r in sheet.hidden_rows and any(as_text(v) for v in sheet.rows[r])]
        what = (
            [f"第 {'、'.join(str(r + 1) for r in rows[:6])} 行" + ("（筛选掉）" if sheet.filtered else "")]
            if rows
            else []
        )
        columns = sorted(sheet.hidden_columns & set(self.columns.values()))
        what += [f" {'、'.join(sheet.ref(0, c).cell[:-1] for c in columns[:6])} 列"] if columns else []
        if sheet.hidden:
            what = ["整张工作表"]
        if what:
            at = sheet.ref(rows[0] if rows else 0, columns[0] if columns else 0)
            self.reading.add("WB-069", [at], sheet=sheet.name, what="和".join(what))

    # -------------------------------------------------------------- fixed rows

    def fixed(self) -> dict[str, Figure]:
        """Amounts by slot, in rows found by label, code or line."""
        grid, columns, sheet = parse(self.spec.body), self.columns, self.sheet
        out: dict[str, Figure] = {}
        at = {(c.row, c.column): c for c in grid.cells()}
        for panel in panels(grid):
            if not panel.labels:
                out |= self._unlabelled(grid, panel)
                continue
            expected = [_row_key([grid.text_at(r, c) for c in panel.labels]) for r in range(len(grid.rows))]
            wanted = [c for c in panel.labels if c in columns]
            lines = range(self.start, self.end)
            actual = [_row_key([as_text(sheet.at(r, columns[c])) for c in wanted]) for r in lines]
            found = align(expected, actual, _same_row) | self._reaching(grid, panel)
            for row, key in enumerate(expected):
                for column in panel.slots:
                    cell = at.get((row, column))
                    if cell and cell.slot and column in columns:
                        label = _slot_label(self.spec, grid, cell)
                        if row in found:
                            out[cell.slot] = self._slot(cell.slot, self.start + found[row], columns[column], label)
                        elif key:
                            out[cell.slot] = Figure(None, label=label)
            self._unknown_rows(panel, actual, set(found.values()))
        return out

    def _slot(self, slot: str, row: int, column: int, label: str) -> Figure:
        self.reading.places[f"slot:{self.spec.id}.{slot}"] = self.sheet.ref(row, column)
        negative = slot in self.spec.negative
        return self.reading.figure(self.sheet, row, column, self.unit, label, negative=negative)

    def _reaching(self, grid: Grid, panel: _Panel) -> dict[int, int]:
        """Rows whose label reaches into this panel from the left (merged: 公用经费合计)."""
        out: dict[int, int] = {}
        for cell in grid.cells():
            reaches = cell.column < panel.labels[0] < cell.column + cell.colspan
            if cell.text and reaches and cell.column in self.columns:
                for row in range(self.start, self.end):
                    if norm(self.sheet.at(row, self.columns[cell.column])) == norm(cell.text):
                        out[cell.row] = row - self.start
        return out

    def _unlabelled(self, grid: Grid, panel: _Panel) -> dict[str, Figure]:
        """Rows of amounts without labels: taken in order, blank rows skipped."""
        out: dict[str, Figure] = {}
        places = [self.columns[c] for c in panel.slots if c in self.columns]
        used = [r for r in range(self.start, self.end) if any(as_text(self.sheet.at(r, c)) for c in places)]
        used = [r for r in used if not ordinals(self.sheet.rows[r])]
        for row in range(len(grid.rows)):
            where = used[row] if row < len(used) else self.start + row
            for cell in grid.rows[row]:
                if cell.slot and cell.column in self.columns:
                    label = _slot_label(self.spec, grid, cell)
                    out[cell.slot] = self.reading.figure(self.sheet, where, self.columns[cell.column], self.unit, label)
        return out

    def _unknown_rows(self, panel: _Panel, actual: list[str], known: set[int]) -> None:
        """Rows with an amount whose label the table does not know."""
        for offset, key in enumerate(actual):
            if offset in known or not any(not p.isdigit() or len(p) > 2 for p in key.split("\x1f") if p):
                continue
            places = [self.columns[c] for c in panel.slots if c in self.columns]
            if self._has_amount(self.start + offset, places):
                at, name = self.sheet.ref(self.start + offset, places[0]), key.split("\x1f")[0]
                self.reading.add("WB-034", [at], table=self.spec.number, name=name)

    # -------------------------------------------------------------- rows by subject

    def listed(self) -> tuple[tuple[SubjectRow, ...], dict[str, Value]]:
        """Rows by subject (or a list), and the amounts of the total row."""
        spec, sheet, reading = self.spec, self.sheet, self.reading
        shape = parse(spec.row or spec.total)
        self.kinds = {c.slot: c.kind for c in shape.rows[0] if c.slot}
        self.slots = {c.slot: self.columns[c.column] for c in shape.rows[0] if c.slot and c.column in self.columns}
        self.words = {"code", "codename", "n"} | ({"name"} if self.kinds.get("name") != "text" else set())
        self.amounts = {s: c for s, c in self.slots.items() if s not in self.words}
        self.labels = range(min(self.amounts.values(), default=sheet.width))
        rows: list[SubjectRow] = []
        sums: list[int] = []
        seen: set[str] = set()
        unit_code = ""
        parts: tuple[str, ...] = ()
        for row in range(self.start, self.end):
            if ordinals(sheet.rows[row]):
                continue
            code, name, parts = self._identity(row, parts)
            if not code and self._is_total(row, name):
                sums.append(row)
                continue
            filled = [c for c in self.amounts.values() if as_text(sheet.at(row, c)) or sheet.waits(row, c)]
            if not code and not name and not filled:
                continue
            if spec.rows != "list" and not code:
                if self._has_amount(row, filled):
                    reading.add("WB-035", [sheet.ref(row, filled[0])], table=spec.number, row=row + 1)
                continue
            kind = kind_of_row(reading.pack, spec, code, name, unit_code)
            unit_code = code if kind == "unit" else unit_code
            key = f"{unit_code}/{code}"
            place = sheet.ref(row, self._place_of_code(row))
            if spec.rows != "list" and key in seen:
                reading.add("WB-036", [place], table=spec.number, code=code)
                continue
            seen.add(key)
            name = self._checked_name(code, name, kind, place)
            cells = dict(self._cells(row, f"{spec.number}“{code}{name}”"))
            rows.append(SubjectRow(code, name, cells, kind, place, unit_code))
        return tuple(rows), self._totals(sums)

    def _place_of_code(self, row: int) -> int:
        if self.layout.codes:
            filled = [c for c in self.layout.codes if as_text(self.sheet.at(row, c))]
            return filled[-1] if filled else self.layout.codes[0]
        return self.slots.get("code", min(self.slots.values(), default=0))

    def _is_total(self, row: int, name: str) -> bool:
        if self.spec.rows == "list":
            texts = [norm(name), *(norm(self.sheet.at(row, c)) for c in (0, *sorted(self.slots.values())[:2]))]
        else:
            texts = [norm(self.sheet.at(row, c)) for c in self.labels]
        return any(TOTAL.search(t) for t in texts)

    def _totals(self, rows: list[int]) -> dict[str, Value]:
        """The amounts of the total row; a second one that says otherwise is told."""
        spec, sheet = self.spec, self.sheet
        whole = [r for r in rows if any(WHOLE.fullmatch(norm(sheet.at(r, c))) for c in self.labels)] or rows[:1]
        if not whole:
            return {}
        label = f"{spec.number}“合计”"
        totals = dict(self._cells(whole[0], label))
        for slot in totals:
            self.reading.places[f"slot:{spec.id}.total.{slot}"] = sheet.ref(whole[0], self.slots[slot])
        for row in whole[1:]:
            for column in self.amounts.values():
                first, other = (parse_number(sheet.at(r, column), self.unit).value for r in (whole[0], row))
                if None not in (first, other) and first != other:
                    cells = [sheet.ref(whole[0], column), sheet.ref(row, column)]
                    self.reading.add(
                        "WB-036/totals", cells, table=spec.number, first=cells[0].cell, second=cells[1].cell
                    )
                    return totals
        return totals

    def _identity(self, row: int, last: tuple[str, ...]) -> tuple[str, str, tuple[str, ...]]:
        """Code and name of a row, and the parts of its code (see :func:`code_parts`)."""
        sheet, layout = self.sheet, self.layout
        if "codename" in self.slots:
            return *split_codename(sheet.at(row, self.slots["codename"])), ()
        if self.spec.rows == "list":
            code = parse_code(sheet.at(row, self.slots["code"])) if "code" in self.slots else ""
            name = as_text(sheet.at(row, self.slots["name"])) if "name" in self.slots else ""
            return code, name.strip(), ()
        name = as_text(sheet.at(row, layout.name)) if layout.name >= 0 else ""
        parts = code_parts(sheet.rows[row], layout.codes, last) if layout.codes else ()
        if not parts:  # 201-一般公共服务支出 in one cell
            for column in dict.fromkeys((*layout.codes[:1], layout.name)):
                found, rest = split_codename(sheet.at(row, column)) if column >= 0 else ("", "")
                if found:
                    return found, rest if column == layout.name or not name else name, (found,)
        elif layout.name in layout.codes:
            name = split_codename(sheet.at(row, layout.name))[1]
        return "".join(parts), name.strip(), parts or last

    def _checked_name(self, code: str, name: str, kind: str, place: CellRef) -> str:
        """The row's own name; the dictionary's where it has none; a finding where neither helps."""
        if kind != "subject":
            return name
        reading, spec = self.reading, self.spec
        known = reading.pack.functional if spec.rows == "functional" else reading.pack.economic
        subject = known.get(code)
        if len(code) not in LENGTHS.get(spec.rows, (3, 5)):
            reading.add("WB-037/digits", [place], table=spec.number, code=code)
        elif subject is None:
            reading.strange(code, name, place, spec.number)
        return name or (subject.name if subject else "")

    def _cells(self, row: int, label: str) -> Iterator[tuple[str, Value]]:
        head = parse(self.spec.header)
        shape = {c.slot: c.column for c in parse(self.spec.row or self.spec.total).rows[0] if c.slot}
        for slot, column in self.amounts.items():
            heading = _heading(head, shape[slot])
            if self.kinds.get(slot) == "text":
                text, _ = self.reading.words(self.sheet, row, column, f"{label}{heading}")
                yield slot, Text(text, (self.sheet.ref(row, column),))
            elif row in self.layout.heads and not parse_number(self.sheet.at(row, column)).value:
                yield slot, Figure(None, cells=(self.sheet.ref(row, column),), label=f"{label}{heading}")
            else:
                negative = slot in self.spec.negative
                figure = self.reading.figure(self.sheet, row, column, self.unit, f"{label}{heading}", negative=negative)
                yield slot, figure


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
