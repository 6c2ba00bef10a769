"""Which printed numbers of a table are sums of others of it, as formulas of a sheet.

A sum is written as a formula only where it is one in print: the printed parts add up to the printed
whole exactly.  By code: 201 is the sum of its 20101, 20102…; by words: 合计, 总计, 小计 are the sum of the
column above them (of its outermost codes, where it has codes).  Anything else stays a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

from generator.model import Table, TableCell

CODE = re.compile(r"\d{3}|\d{5}|\d{7}")
TOTAL = re.compile(r"\s*(?:(本年(收入|支出)?|收入|支出)\s*)?(合|总|小)\s*计\s*")
LENGTHS = {3: 5, 5: 7}
Place = tuple[int, int]


def number_of(cell: TableCell | None) -> Decimal | None:
    """The printed number of a cell that holds one and nothing else."""
    if cell is None or len(cell.spans) != 1 or cell.spans[0].figure is None:
        return None
    try:
        return Decimal(cell.text.replace(",", ""))
    except InvalidOperation:
        return None


def places(table: Table) -> dict[Place, TableCell]:
    """The cells of the body by row and column; a merged cell stands at its first place."""
    out: dict[Place, TableCell] = {}
    taken: set[Place] = set()
    for i, row in enumerate(table.body):
        column = 0
        for cell in row:
            while (i, column) in taken:
                column += 1
            out[i, column] = cell
            taken |= {(i + a, column + b) for a in range(cell.rowspan) for b in range(cell.colspan)}
            column += cell.colspan
    return out


def sums(table: Table) -> dict[Place, list[Place]]:
    """For each whole the places of its parts, all in its own column."""
    cells = places(table)
    rows = range(len(table.body))
    codes = {i: _code(cells, i) for i in rows}
    columns = sorted({c for _, c in cells})
    out: dict[Place, list[Place]] = {}
    for i in rows:
        parts = _parts(cells, codes, i)
        for column in columns if parts else ():
            whole = number_of(cells.get((i, column)))
            numbers = [((p, column), n) for p in parts if (n := number_of(cells.get((p, column)))) is not None]
            if whole is not None and len(numbers) > 0 and sum(n for _, n in numbers) == whole:
                out[i, column] = [place for place, _ in numbers]
    return out


def _code(cells: Mapping[Place, TableCell], row: int) -> str:
    text = cells[row, 0].text.strip() if (row, 0) in cells else ""
    return text if CODE.fullmatch(text) else ""


def _parts(cells: Mapping[Place, TableCell], codes: Mapping[int, str], row: int) -> list[int]:
    """The rows that make up a row."""
    code = codes[row]
    if code:
        wanted = LENGTHS.get(len(code))
        return [r for r, c in codes.items() if r > row and len(c) == wanted and c.startswith(code)]
    first = next((c.text for (r, _), c in sorted(cells.items()) if r == row and c.text.strip()), "")
    if not TOTAL.fullmatch(first):
        return []
    if any(codes.values()):
        least = min(len(c) for c in codes.values() if c)
        return [r for r, c in codes.items() if len(c) == least]
    return list(_above(cells, row))


def _above(cells: Mapping[Place, TableCell], row: int) -> Iterator[int]:
    """The rows above, up to the one after the last total."""
    for r in range(row - 1, -1, -1):
        words = next((c.text for (i, _), c in sorted(cells.items()) if i == r and c.text.strip()), "")
        if TOTAL.fullmatch(words):
            return
        yield r
