"""Where every heading and table stands: lines, rows and pages, computed before anything is written.

The official page has 28 characters by 22 lines on a fixed pitch, so lines and pages can be counted
(DESIGN.md "Output").  Word and PDF use the same rows and the same column widths.  Floats are used
for lengths only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from generator.document import Document, Heading, PageStyle, Paragraph, Part, Table, TableCell
from generator.writers.metrics import EM, LIBRE, PLAIN, WORD, Setting, break_lines, text_width

CELL_MARGIN = 50  # twips at each side of a cell
LEADING = 1.22  # line height of table text as a multiple of its size
PAD_WIDE, PAD_NARROW = 90, 8  # twips added to a row, at ease and squeezed
TITLE_LINE, SMALL_LINE = 480, 250  # twips: table title; number, unit and notes
NOTE_PT = 9
TOC_PITCH = 520
SAFETY = 0.97
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
    breaks: frozenset[str] = frozenset()  # headings that must start a page to be on the same one everywhere


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


def above(table: Table) -> int:
    """Twips above the grid: title, subtitle, number, department and unit."""
    lines = bool(table.subtitle) + bool(table.number) + bool(table.left or table.right or table.middle)
    return TITLE_LINE + lines * SMALL_LINE


def table_layout(table: Table, style: PageStyle) -> TableLayout:
    """Rows and pages of a table; squeezed a little where it then fits one page."""
    if table.role == "inline":
        width, height = style.text_width, style.lines * style.pitch
    else:
        width, height = page_area(style, landscape=table.landscape)
    columns = tuple(column_widths(table, width))
    notes = sum(_note_lines(table, width))
    rest = height - above(table) - notes * SMALL_LINE - SLACK
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
    pages = _table_pages(header, body, tall, notes, height, above(table))
    return TableLayout(columns, tuple(header), tuple(body), tall, notes, pages)


def _note_lines(table: Table, width: int) -> list[int]:
    room = int(width * SAFETY * EM / (NOTE_PT * 20))
    return [len(break_lines("".join(s.text for s in note), room)) for note in table.notes]


def _table_pages(
    header: list[int], body: list[int], tall: frozenset[int], notes: int, height: int, used: int
) -> int:
    full = max(height - sum(header) - SLACK, height // 4)  # a header may be taller than the page
    pages, room = 1, full - used
    fresh = True
    for number, need in enumerate(body):
        if number in tall:
            while need > room:
                need -= max(room, 0)
                pages, room, fresh = pages + 1, full, True
        elif need > room and not fresh:
            pages, room = pages + 1, full
        room -= need
        fresh = False
    left = notes * SMALL_LINE
    return pages + (1 if left > room else 0)


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
            match block:
                case Heading():
                    if block.id in self.breaks:
                        self.new_page()
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
        height = above(table) + sum(layout.header) + sum(layout.body) + layout.note_lines * SMALL_LINE
        self.pages[table.id] = self.put(-(-height // self.style.pitch))


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
    another page in one of them, it starts a page, and the number is right everywhere.
    """
    style = document.style
    tables = {t.id: table_layout(t, style) for t in document.tables()}
    contents = toc_pages(document)
    listed = [b.id for b in document.contents()]
    breaks: frozenset[str] = frozenset()
    while True:
        runs = [_run(document, 2 + contents, tables, s, breaks) for s in (LIBRE, WORD, PLAIN)]
        unsure = next((i for i in listed if len({r.pages[i] for r in runs}) > 1 and i not in breaks), None)
        if unsure is None:
            break
        culprit = _before(document, unsure)
        if culprit in breaks:
            break
        breaks |= {culprit}
    return Layout(runs[0].pages, runs[0].page - 1, contents, tables, breaks)


def _before(document: Document, block_id: str) -> str:
    """The heading that must start a page so that a block stands on the same page everywhere."""
    for part in document.parts:
        last = ""
        for block in (part.heading, *part.blocks):
            if isinstance(block, Heading) and block.level == 2:
                last = block.id
            if block.id == block_id:
                return block_id if isinstance(block, Heading) and block.level == 2 else last or _earlier(document, part)
    return block_id


def _earlier(document: Document, part: Part) -> str:
    """A whole part has moved: the last heading of the part before it starts a page."""
    before = document.parts[: list(document.parts).index(part)]
    for other in reversed(before):
        for block in reversed(other.blocks):
            if isinstance(block, Heading) and block.level == 2:
                return block.id
    return part.heading.id


def _kept(following: tuple[object, ...]) -> int:
    """Lines that a heading takes with it: further headings and the first line of the text."""
    lines = 0
    for block in following:
        lines += 1
        if not isinstance(block, Heading):
            break
    return lines
