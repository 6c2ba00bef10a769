"""Tables over pages: parts with the same columns and nothing between them are one table.

Heads that come again are left out; a row that a page end cut in two stands once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from generator.files.published._pdf_grid import Grid
from generator.files.published.model import PubCell, PubTable

NEAR = 5.0
DIGITS = re.compile(r"\d")
HEAD_ROWS = 8


@dataclass
class Parts:
    """The parts of a table, page after page, with what is told of them."""

    grids: list[Grid] = field(default_factory=list)
    heads: int = 0

    @property
    def xs(self) -> list[float]:
        return self.grids[-1].xs


def goes_on(parts: Parts, grid: Grid) -> bool:
    """Whether a table at the top of a page goes on from the one at the end of the page before."""
    if not _same_columns(parts.grids[0].xs, grid.xs):
        return False
    fresh, known = _rows(grid), _rows(parts.grids[0])
    if _repeated(known, fresh):
        return True
    top = fresh[0] if fresh else []
    return any(DIGITS.search(t) for t in top) or not _header_like(fresh, known)


def _same_columns(one: Sequence[float], other: Sequence[float]) -> bool:
    """The edges of the one with fewer columns are among those of the other, the outer ones equal."""
    few, many = (one, other) if len(one) <= len(other) else (other, one)
    if len(few) < 3 and len(many) > 3:
        return False
    shift = (few[0] - many[0] + few[-1] - many[-1]) / 2
    if abs(few[0] - many[0] - shift) > NEAR or abs(few[-1] - many[-1] - shift) > NEAR or abs(shift) > 60:
        return False
    if len(few) < len(many) - 3:
        return False
    return all(min(abs(x - shift - y) for y in many) <= NEAR for x in few)


def _rows(grid: Grid) -> list[list[str]]:
    out: list[list[str]] = [[] for _ in range(len(grid.ys) - 1)]
    for cell in grid.cells:
        out[cell.row].append("".join(cell.text.split()))
    return [[t for t in row if t] for row in out]


def _repeated(known: Sequence[Sequence[str]], fresh: Sequence[Sequence[str]]) -> int:
    """How many first rows come again."""
    count = 0
    while count < min(len(known), len(fresh), HEAD_ROWS) and known[count] == fresh[count] and (known[count] or count):
        count += 1
    return count if any(known[k] for k in range(count)) else 0


def _header_like(fresh: Sequence[Sequence[str]], known: Sequence[Sequence[str]]) -> bool:
    """A head of its own: a first row of words that shares some with the heads of the table before."""
    first = fresh[0] if fresh else []
    if len(first) < 2 or any(DIGITS.search(t) for t in first):
        return False
    return any(t in row for row in known[:HEAD_ROWS] if not any(DIGITS.search(w) for w in row) for t in first)


def table_of(parts: Parts) -> PubTable:
    """One table of all parts."""
    edges = _edges([g.xs for g in parts.grids])
    cells: list[PubCell] = []
    row_pages: list[int] = []
    heads = 0
    known = _rows(parts.grids[0])
    for number, grid in enumerate(parts.grids):
        page = grid.cells[0].page
        skip = _repeated(known, _rows(grid)) if number else 0
        heads = max(heads, skip)
        placed = [c for c in (_placed(c, grid.xs, edges) for c in grid.cells) if c.row >= skip]
        base = len(row_pages) - skip
        if number and placed and _cut(cells, placed, skip, len(row_pages) - 1):
            placed = _sewn(cells, placed, skip, len(row_pages) - 1)
            base -= 1
            skip += 1
        row_pages += [page] * (len(grid.ys) - 1 - skip)
        cells += [replace(c, row=c.row + base) for c in placed]
    cells.sort(key=lambda c: (c.row, c.column))
    rows = [[""] * (len(edges) - 1) for _ in row_pages]
    for cell in cells:
        rows[cell.row][cell.column] = cell.text
    pages = tuple(dict.fromkeys(g.cells[0].page for g in parts.grids))
    return PubTable(tuple(map(tuple, rows)), tuple(cells), pages, tuple(row_pages), heads)


def _edges(all_xs: Sequence[Sequence[float]]) -> list[float]:
    """The edges of all parts together."""
    edges = list(all_xs[0])
    for xs in all_xs[1:]:
        shift = (xs[0] - edges[0] + xs[-1] - edges[-1]) / 2
        edges += [x - shift for x in xs if min(abs(x - shift - e) for e in edges) > NEAR]
    return sorted(edges)


def _placed(cell: PubCell, xs: Sequence[float], edges: Sequence[float]) -> PubCell:
    shift = (xs[0] - edges[0] + xs[-1] - edges[-1]) / 2

    def at(x: float) -> int:
        return min(range(len(edges)), key=lambda k: abs(edges[k] - (x - shift)))

    left, right = at(xs[cell.column]), at(xs[cell.column + cell.colspan])
    return replace(cell, column=left, colspan=max(right - left, 1))


def _cut(cells: Sequence[PubCell], placed: Sequence[PubCell], first: int, last: int) -> bool:
    """Whether the first row of a page is the rest of the last row of the page before: a row by subject
    without its code, which only goes on in one name."""
    before = [c for c in cells if c.row == last]
    row = [c for c in placed if c.row == first]
    coded = any(re.fullmatch(r"\d{2,9}", c.text) for c in before)
    filled = [c for c in row if c.text]
    if not coded or not filled or any(c.rowspan > 1 for c in (*before, *row)):
        return False
    names = [c for c in filled if not DIGITS.search(c.text)]
    numbers_before = any(DIGITS.search(c.text) and not re.fullmatch(r"\d{1,9}", c.text) for c in before)
    if len(names) != 1 or any(re.fullmatch(r"\d{2,9}", c.text) for c in filled) or names[0].text in ("合计", "总计"):
        return False
    return len(filled) == 1 or not numbers_before


def _sewn(cells: list[PubCell], placed: Sequence[PubCell], first: int, last: int) -> list[PubCell]:
    """The rest of a cut row goes into the row before."""
    rest = {c.column: c.text for c in placed if c.row == first and c.text}
    for k, cell in enumerate(cells):
        if cell.row == last and cell.column in rest:
            text = rest[cell.column]
            cells[k] = replace(cell, text=f"{cell.text}\n{text}" if cell.text else text)
    return [c for c in placed if c.row > first]
