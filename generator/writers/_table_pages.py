"""Tables cut into pages: which rows, which pieces of cells, stand on which page.

The reckoning is that of ``layout``, row by row, for writers that place rows by themselves.  A row
higher than its page is cut between lines; a merged cell that goes over a page end is closed there
and opened again, and its text stands whole in the first piece that is high enough.  Text is not
touched here: the caller gives the lines of each cell, in whatever markup it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from generator.model import PageStyle, Table, TableCell
from generator.writers import table_layout
from generator.writers.table_layout import start_columns

CellLines = Callable[[TableCell, int], list[str]]
"""The lines of a cell that begins in a column."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A row of the grid as it stands on one page: its height (twips), its cells with their lines.

    ``rowspan`` of a cell counts the pieces that it covers on this page.
    """

    height: float
    cells: tuple[tuple[TableCell, list[str]], ...]


def cut(table: Table, plan: table_layout.TableLayout, style: PageStyle) -> list[list[table_layout.Slice]]:
    """Which rows stand on which page.  A table in the text that fits a page stands on one."""
    if table.new_page:
        return table_layout.slices(table, plan, table_layout.page_area(style, landscape=table.landscape)[1])[0]
    height = style.lines * style.pitch
    if table_layout.grid_height(table, plan) <= height:
        return [[table_layout.Slice(k, h) for k, h in enumerate(plan.body)]]
    return table_layout.slices(table, plan, height)[0]


def _owners(table: Table) -> list[list[tuple[TableCell, int, int, int]]]:
    """For each row the cells that stand in it: cell, first row, first column, a key; left to right."""
    out: list[list[tuple[TableCell, int, int, int]]] = [[] for _ in table.body]
    key = 0
    for number, (row, starts) in enumerate(zip(table.body, start_columns(table.body), strict=True)):
        for cell, column in zip(row, starts, strict=True):
            for covered in range(number, min(number + cell.rowspan, len(out))):
                out[covered].append((cell, number, column, key))
            key += 1
    return [sorted(cells, key=lambda c: c[2]) for cells in out]


def pages(table: Table, plan: table_layout.TableLayout, style: PageStyle, lines_of: CellLines) -> list[list[Piece]]:
    """The body of a table, page by page."""
    sliced = cut(table, plan, style)
    owners = _owners(table)
    line = table_layout.line_height(table.font_pt)
    waiting: dict[int, list[str]] = {}
    out: list[list[Piece]] = []
    for number, page in enumerate(sliced):
        made: list[Piece] = []
        for at, piece in enumerate(page):
            cells: list[tuple[TableCell, list[str]]] = []
            for cell, start, column, key in owners[piece.row]:
                fresh = start == piece.row and piece.first == 0
                if fresh and cell.rowspan == 1 and piece.last is None:  # nearly all cells
                    cells.append((cell, lines_of(cell, column)))
                    continue
                if not (at == 0 or fresh or cell.rowspan == 1):
                    continue
                end = min(start + cell.rowspan, len(table.body))
                below = [p for p in page[at:] if p.row < end]
                if fresh:
                    waiting[key] = lines_of(cell, column)
                lines = waiting.get(key, [])
                last = all(p.row >= end for later in sliced[number + 1 :] for p in later[:1])
                if piece.last is not None and cell.rowspan == 1:
                    count = piece.last - piece.first
                elif last or len(lines) * line <= sum(p.height for p in below):
                    count = len(lines)
                else:
                    count = 0
                waiting[key] = lines[count:]
                cells.append((replace(cell, rowspan=len(below)), lines[:count]))
            made.append(Piece(piece.height, tuple(cells)))
        out.append(made)
    return out


def header(table: Table, plan: table_layout.TableLayout, lines_of: CellLines) -> Sequence[Piece]:
    """The header rows; they stand on each page."""
    return [
        Piece(height, tuple((c, lines_of(c, k)) for c, k in zip(row, starts, strict=True)))
        for row, starts, height in zip(table.header, start_columns(table.header), plan.header, strict=True)
    ]
