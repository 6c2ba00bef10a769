"""Tables measured before anything is written: columns, row heights, pages.

Word and PDF use the same rows and the same column widths, so that their pages agree.  Lengths are
in twips.  Floats are used for lengths only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from generator.model import PageStyle, Row, Table, TableCell
from generator.writers.chart_data import picture_height
from generator.writers.line_breaks import EM, break_lines, text_width

CELL_MARGIN = 50  # twips at each side of a cell
LEADING = 1.22  # line height of table text as a multiple of its size
PAD_WIDE, PAD_NARROW = 90, 8  # twips added to a row, at ease and squeezed
TITLE_LINE, SMALL_LINE = 480, 250  # twips: table title; number, unit and notes
TITLE_PT = 16.0
END_GAP = 2 * EM  # between what stands at the left and at the right of the line over a table
NOTE_PT = 9
SAFETY = 0.97
NUMERIC = re.compile(r"[-−+]?[\d,]+(\.\d+)?%?")
SLACK = 60


@dataclass(frozen=True, slots=True)
class TableLayout:
    """Column widths and row heights in twips; ``tall`` rows may split between pages."""

    columns: tuple[int, ...]
    header: tuple[int, ...]
    body: tuple[int, ...]
    tall: frozenset[int]
    note_lines: int
    pages: int


def page_area(style: PageStyle, *, landscape: bool) -> tuple[int, int]:
    """Width and height for tables, in twips."""
    width, height = (style.height, style.width) if landscape else (style.width, style.height)
    return width - 2 * style.table_margin, height - 2 * style.table_margin


def number_width(text: str, font_pt: int) -> int:
    """Twips that an unbreakable text needs in a cell."""
    return -(-text_width(text) * font_pt * 20 // EM) + 2 * CELL_MARGIN + 24


def column_widths(table: Table, available: int) -> list[int]:
    """Twips for each column: by the relative widths, none narrower than its longest number."""
    total = sum(table.widths)
    widths = [available * w // total for w in table.widths]
    least = _least(table)
    for _ in range(4):
        short = {k: least[k] - w for k, w in enumerate(widths) if w < least[k]}
        if not short:
            break
        spare = {k: w - least[k] for k, w in enumerate(widths) if w > least[k]}
        give = min(sum(short.values()), sum(spare.values()))
        for k, lack in short.items():
            widths[k] += lack * give // sum(short.values())
        for k, extra in spare.items():
            widths[k] -= -(-extra * give // max(sum(spare.values()), 1))
    widths[-1] += available - sum(widths)
    return widths


def _least(table: Table) -> list[int]:
    """The width each column needs so that no number breaks."""
    least = [2 * CELL_MARGIN + table.font_pt * 20] * len(table.widths)
    for _, at, cell in (*_placed(table.body), *_placed(table.header)):
        if cell.colspan == 1 and cell.text:
            figure = any(s.kind in ("figure", "ordinal") for s in cell.spans)
            token = cell.text if figure else max((p for p in _latin(cell.text)), key=len, default="")
            if token:
                least[at] = max(least[at], number_width(token, table.font_pt))
    return least


def _latin(text: str) -> list[str]:
    out, word = [], ""
    for char in text + "\u3000":
        if char.isascii() and not char.isspace():
            word += char
        else:
            if word:
                out.append(word)
            word = ""
    return out


def start_columns(rows: Sequence[Row]) -> list[list[int]]:
    """For each cell of each row the column it starts in, merged cells reckoned in."""
    out: list[list[int]] = []
    covered: set[tuple[int, int]] = set()
    for i, row in enumerate(rows):
        column, starts = 0, []
        for cell in row:
            while (i, column) in covered:
                column += 1
            starts.append(column)
            covered |= {(i + di, column + dj) for di in range(cell.rowspan) for dj in range(cell.colspan)}
            column += cell.colspan
        out.append(starts)
    return out


def _placed(rows: Sequence[Row]) -> Iterator[tuple[int, int, TableCell]]:
    """Cells with the row and the column they begin in."""
    for number, (row, starts) in enumerate(zip(rows, start_columns(rows), strict=True)):
        yield from ((number, column, cell) for cell, column in zip(row, starts, strict=True))


def line_height(font_pt: int) -> int:
    """Twips of one line of table text."""
    return round(font_pt * LEADING * 20)


def cell_lines(text: str, width: int, font_pt: int) -> int:
    """Lines that a text takes in a cell of the given width, never too few."""
    room = int((width - 2 * CELL_MARGIN) * SAFETY * EM / (font_pt * 20))
    return max(1, sum(len(break_lines(t, max(room, EM))) for t in text.split("\n")))


def _heights(table: Table, which: str, columns: tuple[int, ...], pad: int) -> list[int]:
    """Row heights; a text over several rows may stretch the last of them."""
    rows = table.header if which == "header" else table.body
    line = line_height(table.font_pt)
    heights = [line + pad] * len(rows)
    spans: list[tuple[int, int, int]] = []
    for number, column, cell in _placed(rows):
        width = sum(columns[column : column + cell.colspan]) - cell.indent * table.font_pt * 20
        need = cell_lines(cell.text, width, table.font_pt) * line + pad
        if cell.rowspan == 1:
            heights[number] = max(heights[number], need)
        else:
            spans.append((number, cell.rowspan, need))
    for start, count, need in spans:
        end = min(start + count, len(rows))
        lack = need - sum(heights[start:end])
        if lack > 0:
            heights[end - 1] += lack
    return heights


def is_number(cell: TableCell) -> bool:
    """A cell that holds one number: it never breaks across lines."""
    return NUMERIC.fullmatch(cell.text) is not None


def title_size(table: Table, width: int) -> float:
    """Size (pt) of a table's title: smaller where one line would not hold it."""
    return min(TITLE_PT, width / 20 * EM / max(text_width(table.title), 1))


def number_size(text: str, width: int, font_pt: int) -> float:
    """Size (pt) of a number in a cell of ``width`` twips: smaller where it would run over."""
    room = width - 2 * CELL_MARGIN
    need = text_width(text) * font_pt * 20 / EM
    return font_pt * room / need if need > room > 0 else font_pt


def ends(table: Table, width: int) -> list[tuple[str, str, str]]:
    """The line with department and unit over the grid, as left, middle and right; two lines where
    one would not hold all.  A department's name may be as long as it likes."""
    texts = (table.left, table.middle, table.right)
    if not any(texts):
        return []
    left, middle, right = (text_width(t) + END_GAP if t else 0 for t in texts)
    room = width * EM // (NOTE_PT * 20)
    side = max(left, right) if middle else 0
    if (2 * side + middle if middle else left + right) <= room or not (table.left and (middle or right)):
        return [texts]
    return [(table.left, "", ""), ("", table.middle, table.right)]


def _end_lines(table: Table, width: int) -> int:
    room = int(width * SAFETY * EM / (NOTE_PT * 20))
    return sum(max(len(break_lines(t, room)) for t in line) for line in ends(table, width))


def above(table: Table, width: int) -> int:
    """Twips above the grid: title, subtitle, number, department and unit, a picture."""
    lines = bool(table.subtitle) + bool(table.number) + _end_lines(table, width)
    return TITLE_LINE + lines * SMALL_LINE + picture_height(table)


def grid_height(table: Table, layout: TableLayout) -> int:
    """Twips of a whole table with what stands over and under it, on one page."""
    width = sum(layout.columns)
    return above(table, width) + sum(layout.header) + sum(layout.body) + layout.note_lines * SMALL_LINE


def table_layout(table: Table, style: PageStyle) -> TableLayout:
    """Rows and pages of a table; squeezed a little where it then fits one page."""
    if not table.new_page:
        width, height = style.text_width, style.lines * style.pitch
    else:
        width, height = page_area(style, landscape=table.landscape)
    columns = tuple(column_widths(table, width))
    notes = sum(_note_lines(table, width))
    rest = height - above(table, width) - notes * SMALL_LINE - SLACK
    pad = PAD_WIDE
    header, body = _heights(table, "header", columns, pad), _heights(table, "body", columns, pad)
    if sum(header) + sum(body) > rest:
        rows = len(header) + len(body)
        over = sum(header) + sum(body) - rest
        tighter = pad - -(-over // max(rows, 1))
        if tighter >= PAD_NARROW:
            pad = tighter
            header, body = _heights(table, "header", columns, pad), _heights(table, "body", columns, pad)
    tall = frozenset(k for k, h in enumerate(body) if h > height // 2)
    made = TableLayout(columns, tuple(header), tuple(body), tall, notes, 1)
    return replace(made, pages=_table_pages(table, made, height))


def _note_lines(table: Table, width: int) -> list[int]:
    room = int(width * SAFETY * EM / (NOTE_PT * 20))
    return [len(break_lines("".join(s.text for s in note), room)) for note in table.notes]


@dataclass(frozen=True, slots=True)
class Slice:
    """One row of the grid, or a piece of a tall one, as it stands on one page."""

    row: int
    height: int
    first: int = 0  # lines [first, last) of the cells of this row alone
    last: int | None = None


def slices(table: Table, layout: TableLayout, height: int) -> tuple[list[list[Slice]], int]:
    """Which rows stand on which page of ``height`` twips, and the twips left on the last one."""
    line = line_height(table.font_pt)
    full = max(height - sum(layout.header) - SLACK, 2 * line)  # a header may be taller than the page
    room = full - above(table, sum(layout.columns))
    pages: list[list[Slice]] = [[]]
    for number, need in enumerate(layout.body):
        first = 0
        while number in layout.tall and need > room:
            count = (room - PAD_NARROW) // line
            if count > 0:
                pages[-1].append(Slice(number, room, first, first + count))
                first, need = first + count, need - count * line
            pages.append([])
            room = full
        if need > room and pages[-1]:
            pages.append([])
            room = full
        pages[-1].append(Slice(number, need, first))
        room -= need
    return pages, room


def _table_pages(table: Table, layout: TableLayout, height: int) -> int:
    pages, room = slices(table, layout, height)
    return len(pages) + (1 if layout.note_lines * SMALL_LINE > room else 0)
