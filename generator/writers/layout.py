"""Where every heading and table stands: lines, rows and pages, computed before anything is written.

The official page has 28 characters by 22 lines on a fixed pitch, so lines and pages can be counted
(DESIGN.md "Output").  Word and PDF use the same rows and the same column widths.  Floats are used
for lengths only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

from generator.document import Document, Heading, PageStyle, Paragraph, Part, Table, TableCell
from generator.writers.metrics import EM, LIBRE, PLAIN, WORD, Setting, break_lines, text_width

CELL_MARGIN = 50  # twips at each side of a cell
LEADING = 1.22  # line height of table text as a multiple of its size
PAD_WIDE, PAD_NARROW = 90, 8  # twips added to a row, at ease and squeezed
TITLE_LINE, SMALL_LINE = 480, 250  # twips: table title; number, unit and notes
TITLE_PT = 16.0
END_GAP = 2 * EM  # between what stands at the left and at the right of the line over a table
NOTE_PT = 9
TOC_PITCH = 520
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


@dataclass(frozen=True)
class Layout:
    """The page (counted from the cover) on which each block of the 目录 begins."""

    pages: dict[str, int]
    total: int
    toc_pages: int
    tables: dict[str, TableLayout] = field(default_factory=dict)
    breaks: frozenset[str] = frozenset()  # blocks that must start a page to be on the same one everywhere


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
    for cell, at in _placed(table, "body") + _placed(table, "header"):
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


def _placed(table: Table, which: str) -> list[tuple[TableCell, int]]:
    """Cells with the column they begin in."""
    out: list[tuple[TableCell, int]] = []
    rows = table.header if which == "header" else table.body
    covered: set[tuple[int, int]] = set()
    for i, row in enumerate(rows):
        column = 0
        for cell in row:
            while (i, column) in covered:
                column += 1
            out.append((cell, column))
            for a in range(cell.rowspan):
                for b in range(cell.colspan):
                    covered.add((i + a, column + b))
            column += cell.colspan
    return out


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
    covered: set[tuple[int, int]] = set()
    for i, row in enumerate(rows):
        column = 0
        for cell in row:
            while (i, column) in covered:
                column += 1
            width = sum(columns[column : column + cell.colspan]) - cell.indent * table.font_pt * 20
            need = cell_lines(cell.text, width, table.font_pt) * line + pad
            if cell.rowspan == 1:
                heights[i] = max(heights[i], need)
            else:
                spans.append((i, cell.rowspan, need))
            covered |= {(i + a, column + b) for a in range(cell.rowspan) for b in range(cell.colspan)}
            column += cell.colspan
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
    """Twips above the grid: title, subtitle, number, department and unit."""
    lines = bool(table.subtitle) + bool(table.number) + _end_lines(table, width)
    return TITLE_LINE + lines * SMALL_LINE


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


# ------------------------------------------------------------------ prose


@lru_cache(maxsize=8192)
def prose_lines(text: str, chars: int, indent: int, setting: Setting) -> int:
    """Lines of a paragraph on the official page (``indent`` in characters)."""
    return len(break_lines(text, chars * EM + 25, indent * EM, setting))


def title_lines(text: str, style: PageStyle) -> int:
    """Lines of a part's title, larger than the text."""
    room = int(style.text_width * EM / style.title_size)
    return len(break_lines(text, room))


def toc_entries(document: Document) -> list[tuple[Heading | Table, int]]:
    """What 目录 lists, with the level of each entry."""
    return [(b, b.level if isinstance(b, Heading) else 2) for b in document.contents()]


def toc_pages(document: Document) -> int:
    """Pages that the 目录 takes."""
    style = document.style
    height = style.lines * style.pitch - 2 * style.pitch
    lines = 0
    for block, level in toc_entries(document):
        indent = 0 if level == 1 else 2
        lines += len(break_lines(block.in_toc, (style.chars - indent - 3) * EM))
    first = height // TOC_PITCH
    later = style.lines * style.pitch // TOC_PITCH
    return 1 + max(0, -(-(lines - first) // later))


class _Pager:
    """Counts lines and pages as one program sets them."""

    def __init__(self, style: PageStyle, page: int, setting: Setting, breaks: frozenset[str]) -> None:
        self.style, self.page, self.line = style, page, 0
        self.setting, self.breaks = setting, breaks
        self.fresh = True
        self.pages: dict[str, int] = {}
        self.pushed: set[str] = set()  # tables in the text that did not fit the page they would have begun on
        self.after_long = False  # the text begins a page after a table of several

    def new_page(self) -> None:
        if not self.fresh:
            self.page += 1
        self.line, self.fresh = 0, True

    def put(self, lines: int, *, keep: int = 0) -> int:
        """Place a block; the page on which it begins.  ``keep``: lines that must follow it."""
        room = self.style.lines - self.line
        if room <= 0 or (keep and lines + keep > room and self.line > 0):
            self.page, self.line = self.page + 1, 0
            room = self.style.lines
        begins = self.page
        self.fresh = False
        while lines > self.style.lines - self.line:
            lines -= self.style.lines - self.line
            self.page, self.line = self.page + 1, 0
        self.line += lines
        return begins

    def part(self, part: Part, tables: dict[str, TableLayout]) -> None:
        style = self.style
        self.new_page()
        self.pages[part.heading.id] = self.put(title_lines(part.heading.text, style) + 1)
        for number, block in enumerate(part.blocks):
            if block.id in self.breaks:
                self.new_page()
            if self.after_long and not (isinstance(block, Table) and block.new_page):
                self.pushed.add(block.id)
            self.after_long = False
            match block:
                case Heading():
                    lines = prose_lines(block.text, style.chars, 2, self.setting)
                    self.pages[block.id] = self.put(lines, keep=_kept(part.blocks[number + 1 :]))
                case Paragraph():
                    indent = 2 if block.style == "body" else 0
                    lines = prose_lines(block.text, style.chars, indent, self.setting)
                    self.pages[block.id] = self.put(lines)
                case Table():
                    self.table(block, tables[block.id])

    def table(self, table: Table, layout: TableLayout) -> None:
        if table.new_page:
            self.new_page()
            self.pages[table.id] = self.page
            self.page += layout.pages - 1
            self.fresh, self.line = False, self.style.lines
            return
        lines = -(-grid_height(table, layout) // self.style.pitch)
        if self.line and lines > self.style.lines - self.line:
            self.pushed.add(table.id)
        if lines <= self.style.lines:
            self.pages[table.id] = self.put(lines, keep=self.style.lines if lines > self.style.lines - self.line else 0)
            return
        self.new_page()
        self.pages[table.id] = self.page
        self.page += layout.pages - 1
        self.fresh, self.line, self.after_long = False, self.style.lines, True


def _run(
    document: Document, first: int, tables: dict[str, TableLayout], setting: Setting, breaks: frozenset[str]
) -> _Pager:
    pager = _Pager(document.style, first, setting, breaks)
    for part in document.parts:
        pager.part(part, tables)
        pager.new_page()
    return pager


def paginate(document: Document) -> Layout:
    """Pages of everything that 目录 lists, the same in Word, WPS and LibreOffice.

    The programs break lines a little differently.  Where a heading of the 目录 would stand on
    another page in one of them, it starts a page, and the number is right everywhere.  A table in
    the text that would not fit the rest of its page starts one too.
    """
    style = document.style
    tables = {t.id: table_layout(t, style) for t in document.tables()}
    contents = toc_pages(document)
    listed = [b.id for b in document.contents()]
    breaks: frozenset[str] = frozenset()
    while True:
        runs = [_run(document, 2 + contents, tables, s, breaks) for s in (LIBRE, WORD, PLAIN)]
        pushed = frozenset[str]().union(*(r.pushed for r in runs)) - breaks
        if pushed:
            breaks |= {next(b.id for b in document.blocks() if b.id in pushed)}
            continue
        unsure = next((i for i in listed if len({r.pages[i] for r in runs}) > 1), None)
        culprit = _culprit(document, unsure, breaks) if unsure else None
        if culprit is None:
            break
        breaks |= {culprit}
    return Layout(runs[0].pages, runs[0].page - 1, contents, tables, breaks)


def _culprit(document: Document, block_id: str, breaks: frozenset[str]) -> str | None:
    """The nearest heading, at or before a block, that may still start a page of its own."""
    found = None
    for part in document.parts:
        for block in (part.heading, *part.blocks):
            if isinstance(block, Heading) and block.level == 2 and block.id not in breaks:
                found = block.id
            if block.id == block_id:
                return found
    return found


def _kept(following: tuple[object, ...]) -> int:
    """Lines that a heading takes with it: further headings and the first line of the text."""
    lines = 0
    for block in following:
        lines += 1
        if not isinstance(block, Heading):
            break
    return lines
