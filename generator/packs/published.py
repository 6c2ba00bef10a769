"""A statutory table as it is published: its rows and cells, its codes in cells of their own, its unused rows left out.

What is filled in is the pack's grid; what is printed follows from it and from the amounts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from generator.model import CellRef, Figure, Format, Row, Span, TableCell, show
from generator.packs.compiled import CompiledTable, met
from generator.packs.grid import Grid, GridCell, parse
from generator.packs.language import spans_of
from generator.packs.schema import TableSpec
from generator.packs.tables import RowView, TableView, View

Scope = Mapping[str, object]
SUM_NAME = re.compile(r"(合计|总计|小计)$")
NUMBERED = re.compile(r"(?<![一二三四五六七八九十])([一二三四五六七八九十]+)(、)")
LEVELS = {"functional": (("类", 0, 3), ("款", 3, 5), ("项", 5, 7)), "economic": (("类", 0, 3), ("款", 3, 5))}
DIGITS = "零一二三四五六七八九"


def chinese(value: int) -> str:
    """An ordinal in Chinese, up to 99."""
    tens, ones = divmod(value, 10)
    head = ("" if tens == 1 else DIGITS[tens]) + "十" if tens else ""
    return head + (DIGITS[ones] if ones or not tens else "")


def grid_rows(grid: Grid, make: Callable[[GridCell], TableCell]) -> tuple[Row, ...]:
    """The rows of a grid, each cell over as many columns and rows as its place there."""
    return tuple(tuple(_spanning(make(c), c) for c in row) for row in grid.rows)


def _spanning(cell: TableCell, at: GridCell) -> TableCell:
    return cell if at.colspan == at.rowspan == 1 else replace(cell, colspan=at.colspan, rowspan=at.rowspan)


def _heading(cell: GridCell) -> TableCell:
    return TableCell((Span(cell.text),), align="center", bold=True)


class Published:
    """One table of one submission, ready to be printed."""

    def __init__(self, table: TableView, made: CompiledTable, form: Format, scope: Scope) -> None:
        self.table, self.spec, self.made, self.form, self.scope = table, table.spec, made, form, scope
        split = made.split_codes is not None and met(made.split_codes, scope)
        self.levels = LEVELS.get(self.spec.rows or "economic", ()) if split else ()
        self.codes = frozenset(_code_columns(table.spec)) if self.levels else frozenset()

    def show(self, figure: Figure) -> TableCell:
        """An amount; a cell that may stay blank stays blank."""
        text = show(figure, self.form)
        return TableCell((Span(text, "figure", figure=figure),) if text else (), align="right")

    def wider(self, cell: GridCell) -> GridCell:
        """A cell with the columns that codes in cells of their own add below or above it."""
        over = sum(1 for column in self.codes if cell.column <= column < cell.column + cell.colspan)
        return replace(cell, colspan=cell.colspan + over * (len(self.levels) - 1)) if over else cell

    # -------------------------------------------------------------- header

    def widths(self) -> tuple[int, ...]:
        """Relative widths of the columns."""
        out: list[int] = []
        for column, width in enumerate(self.spec.widths or [10] * parse(self.spec.header).width):
            split = column in self.codes
            out += [max(width // len(self.levels), 4)] * len(self.levels) if split else [width]
        return tuple(out)

    def header(self) -> tuple[Row, ...]:
        """The header; where codes are split, with a line 类, 款, 项 under their heading."""
        text = self.made.header.text(self.scope) if self.made.header else self.spec.header
        grid = parse(text)
        if not self.codes:
            return grid_rows(grid, _heading)
        last = len(grid.rows) - 1
        rows: list[Row] = []
        for row in grid.rows:
            cells = []
            for cell in row:
                over = self.codes & set(range(cell.column, cell.column + cell.colspan))
                down = 1 if cell.row + cell.rowspan - 1 == last and not over else 0
                cells.append(_spanning(_heading(cell), replace(self.wider(cell), rowspan=cell.rowspan + down)))
            rows.append(tuple(cells))
        names = [TableCell((Span(name),), align="center", bold=True) for name, _, _ in self.levels]
        return (*rows, tuple(names * len(self.codes)))

    # -------------------------------------------------------------- body

    def body(self) -> Iterator[Row]:
        """Fixed rows, then rows by subject with their total."""
        if self.spec.body:
            yield from self._fixed()
        if self.spec.rows:
            total = self._row(parse(self.spec.total), None, self.table["total"], 0) if self.spec.total else ()
            if total and not self.spec.total_last:
                yield total
            for number, row in enumerate(self.table.rows, 1):
                shape = self.spec.unit_row if row.row.kind == "unit" and self.spec.unit_row else self.spec.row
                yield self._row(parse(shape), row, row, number)
            if total and self.spec.total_last:
                yield total

    def _row(self, grid: Grid, row: RowView | None, values: object, number: int) -> Row:
        assert isinstance(values, View)
        cells: list[TableCell] = []
        for c in grid.rows[0]:
            cell = text_cell(c.text)
            if c.slot == "n":
                cell = TableCell((Span(str(number), "ordinal"),), align="center")
            elif c.slot == "code" and row is not None and self.levels:
                cells += self._split(row.code, row.cells)
                continue
            elif c.slot in ("code", "name", "codename") and row is not None:
                cell = _identity_cell(c.slot, row)
                cell = replace(cell, indent=0) if self.levels else cell
            elif c.slot:
                value = values[c.slot]
                cell = (
                    self.show(value)
                    if isinstance(value, Figure)
                    else TableCell(tuple(s for s in spans_of(value) if s.text))
                )
            cells.append(_spanning(cell, self.wider(c)))
        return tuple(cells)

    def _split(self, code: str, cells: tuple[CellRef, ...] = ()) -> Iterator[TableCell]:
        """类, 款 and 项 of a code, a cell each."""
        for _, begin, end in self.levels:
            text = code[begin:end]
            yield TableCell((Span(text, "name" if cells else "literal", cells=cells),) if text else (), align="center")

    def _fixed(self) -> tuple[Row, ...]:
        grid = parse(self.made.lines.text(self.scope)) if self.made.lines else parse(self.spec.body)
        hidden = {(c.row, c.column) for c in grid.cells() if c.slot and not self._is_shown(grid, c)}
        rows = grid_rows(grid, lambda c: self._fixed_cell(grid, c))
        rows = _without(grid, rows, hidden) if hidden else rows
        return tuple(self._with_codes(grid, at, row) for at, row in enumerate(rows)) if self.codes else rows

    def _with_codes(self, grid: Grid, at: int, row: Row) -> Row:
        """A fixed row whose codes stand in cells of their own."""
        out: list[TableCell] = []
        for cell, place in zip(row, grid.rows[at], strict=True):
            if place.column in self.codes and place.colspan == 1:
                out += self._split(cell.text)
            else:
                out.append(replace(cell, colspan=self.wider(place).colspan))
        return tuple(out)

    def _is_shown(self, grid: Grid, cell: GridCell) -> bool:
        """Whether a fixed row is published: the rule of its slot says so, or there is none."""
        head = cell.slot.partition(".")[0]
        for pattern, rule in self.made.shown:
            if re.fullmatch(pattern, head):
                values = [self._value(c.slot) for c in grid.rows[cell.row] if c.slot.partition(".")[0] == head]
                used = any(isinstance(v, Figure) and v for v in values)
                return bool(rule({**self.scope, "used": used}))
        return True

    def _value(self, slot: str) -> object:
        value: object = self.table
        for part in slot.split("."):
            value = value[part] if isinstance(value, View) else None
        return value

    def _fixed_cell(self, grid: Grid, cell: GridCell) -> TableCell:
        if cell.slot:
            value = self._value(cell.slot)
            return self.show(value) if isinstance(value, Figure) else TableCell()
        code_at_left = any(
            c.column == cell.column - 1 and c.text.isdigit() and len(c.text) == 5 for c in grid.rows[cell.row]
        )
        made = text_cell(cell.text)
        if made.align == "center" and cell.text.isdigit() and len(cell.text) in (3, 5):
            made = replace(made, align="left")
        return replace(made, indent=1) if code_at_left else made


def _code_columns(spec: TableSpec) -> Iterator[int]:
    """The columns of a table that hold codes: of the rows by subject, or those of the fixed rows."""
    if spec.rows:
        yield from (c.column for c in parse(spec.row or spec.total).rows[0] if c.slot == "code")
        return
    grid = parse(spec.body)
    for column in range(grid.width):
        texts = [c.text for c in grid.cells() if c.column == column and c.colspan == 1 and (c.text or c.slot)]
        if texts and all(t.isdigit() and len(t) in (3, 5, 7) for t in texts):
            yield column


def text_cell(text: str) -> TableCell:
    """A label: numbers and sums in the middle."""
    compact = re.sub(r"\s", "", text)
    centred = compact.isdigit() or SUM_NAME.search(compact) is not None
    return TableCell((Span(text),) if text else (), align="center" if centred else "left")


def _identity_cell(slot: str, row: RowView) -> TableCell:
    code, name = row.code, row.row.name
    text = {"code": code, "name": name, "codename": f"{code}-{name}" if code else name}[slot]
    indent = max(row.level - 1, 0) if slot != "code" else 0
    return TableCell((Span(text, "name", cells=row.cells),) if text else (), indent=indent)


# ------------------------------------------------------------------ rows left out


def _panels(grid: Grid) -> list[range]:
    """The columns that belong together: labels and the amounts at their right."""
    slots = {c.column for c in grid.cells() if c.slot}
    ends = [c for c in range(grid.width) if c in slots and c + 1 not in slots]
    starts = [0, *(e + 1 for e in ends)]
    return [range(a, b + 1) for a, b in zip(starts, ends, strict=False)]


def _without(grid: Grid, rows: tuple[Row, ...], places: set[tuple[int, int]]) -> tuple[Row, ...]:
    """The rows of a body without the hidden ones of each panel: those below move up and are numbered afresh.

    Only in the stretch of rows that holds hidden ones and the labels around them; sums stay where they are.
    """
    panels = _panels(grid)
    by_place = {
        (c.row, c.column): cell
        for line, row in zip(grid.rows, rows, strict=True)
        for c, cell in zip(line, row, strict=True)
    }
    mine = next(p for p in panels if any(column in p for _, column in places))
    hidden = {row for row, column in places if column in mine}
    top, bottom = min(hidden), max(hidden)
    while top > 0 and _numbered(grid, top - 1, mine):
        top -= 1
    while bottom + 1 < len(rows) and not any(SUM_NAME.search(c.text) for c in grid.rows[bottom + 1]):
        bottom += 1
    stretch = range(top, bottom + 1)
    kept = {p: [r for r in stretch if not (p == mine and r in hidden)] for p in panels}
    for panel in panels:
        while kept[panel] and panel != mine and not _says(grid, kept[panel][-1], panel):
            kept[panel].pop()
    height = max(len(k) for k in kept.values())
    out = list(rows[:top])
    count = 0
    for at in range(height):
        line: list[TableCell] = []
        for panel in panels:
            row = kept[panel][at] if at < len(kept[panel]) else -1
            for column in panel:
                cell = by_place.get((row, column)) if row >= 0 else TableCell()
                if cell is None:
                    continue
                if panel == mine and column == panel.start and NUMBERED.match(cell.text):
                    count += 1
                    cell = replace(cell, spans=(Span(NUMBERED.sub(f"{chinese(count)}\\2", cell.text, count=1)),))
                line.append(cell)
        out.append(tuple(line))
    return (*out, *rows[bottom + 1 :])


def _numbered(grid: Grid, row: int, panel: Iterable[int]) -> bool:
    first = grid.owner(row, next(iter(panel)))
    return first is not None and NUMBERED.match(first.text) is not None


def _says(grid: Grid, row: int, panel: Iterable[int]) -> bool:
    return any((c := grid.owner(row, column)) is not None and (c.text or c.slot) for column in panel)
