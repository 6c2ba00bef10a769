"""Finding places by their words: order-preserving alignment of headers and row labels."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from generator.files import Sheet, norm
from generator.packs import Grid

HEAD_ROWS = 25


def align(expected: Sequence[str], actual: Sequence[str], same: Callable[[str, str], bool]) -> dict[int, int]:
    """Expected positions to actual ones: the longest common subsequence, early matches first."""
    rows, columns = len(expected), len(actual)
    table = [[0] * (columns + 1) for _ in range(rows + 1)]
    equal = [[bool(e) and bool(a) and same(e, a) for a in actual] for e in expected]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            best = max(table[i + 1][j], table[i][j + 1])
            table[i][j] = max(best, table[i + 1][j + 1] + 1) if equal[i][j] else best
    out: dict[int, int] = {}
    i = j = 0
    while i < rows and j < columns:
        if equal[i][j] and table[i][j] == table[i + 1][j + 1] + 1:
            out[i] = j
            i, j = i + 1, j + 1
        elif table[i + 1][j] >= table[i][j + 1]:
            i += 1
        else:
            j += 1
    return out


def leaf_labels(grid: Grid) -> list[str]:
    """The lowest heading of each column that is no number and no 栏次; none for a column that only
    continues the heading at its left."""
    out = []
    for column in range(grid.width):
        label = ""
        for row in range(len(grid.rows)):
            cell = grid.owner(row, column)
            text = norm(cell.text) if cell else ""
            if cell and text and not text.isdigit() and text != "栏次":
                label = text if cell.column == column else ""
        out.append(label)
    return out


def sheet_leaves(sheet: Sheet, top: int, height: int) -> list[str]:
    """The lowest heading of each column of a sheet in some rows."""
    out = []
    for column in range(sheet.width):
        label = ""
        for row in range(top, top + height):
            text = norm(sheet.at(row, column))
            if text and not re.fullmatch(r"[\d.]+", text) and text != "栏次":
                label = text
        out.append(label)
    return out


def find_header(sheet: Sheet, grid: Grid) -> int:
    """The row in which a header begins, or -1: where most of its words stand."""
    wanted = {norm(c.text) for c in grid.cells() if c.text and not c.text.isdigit()} - {""}
    height = len(grid.rows)
    first = {norm(c.text) for c in grid.rows[0] if c.text}
    best, at = 0.0, -1
    for top in range(min(HEAD_ROWS, len(sheet.rows))):
        texts = {
            norm(v) for row in range(top, top + height) for v in (sheet.rows[row] if row < len(sheet.rows) else [])
        }
        head = {norm(v) for v in sheet.rows[top]}
        score = len(wanted & texts) / max(len(wanted), 1) + (0.5 if first & head else 0)
        if score > best:
            best, at = score, top
    return at if best >= 0.8 else -1


def columns_of(sheet: Sheet, grid: Grid, top: int) -> dict[int, int]:
    """Columns of the grid to columns of the sheet."""
    labels = leaf_labels(grid)
    found = align(labels, sheet_leaves(sheet, top, len(grid.rows)), lambda e, a: e == a)
    for column, label in enumerate(labels):
        if not label and column - 1 in found:
            found[column] = found[column - 1] + 1
    return found
