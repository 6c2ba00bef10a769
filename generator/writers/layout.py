"""Where every heading and table stands: lines and pages, computed before anything is written.

The official page has 28 characters by 22 lines on a fixed pitch, so lines and pages can be counted
(28 characters a line, 22 lines a page).  Tables are measured by ``table_layout``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from generator.model import Block, Document, Heading, PageStyle, Paragraph, Part, Table
from generator.writers.line_breaks import EM, OWN, break_lines
from generator.writers.table_layout import TableLayout, grid_height, table_layout
from generator.writers.word_lines import PROGRAMS, Spacing, Tuned, tuned

TOC_PITCH = 520


@dataclass(frozen=True)
class Layout:
    """The page (counted from the cover) on which each block of the 目录 begins."""

    pages: dict[str, int]
    total: int
    toc_pages: int
    tables: dict[str, TableLayout] = field(default_factory=dict)
    breaks: frozenset[str] = frozenset()  # blocks that must start a page to be on the same one everywhere
    spacing: dict[str, Spacing] = field(default_factory=dict)  # blocks of prose whose letters are spaced in Word


KINDS = range(len(PROGRAMS) + 1)
"""Ways of setting lines: those of the programs that set a Word file, and our own (PDF)."""


@lru_cache(maxsize=8192)
def prose_lines(text: str, chars: int, indent: int, size: int) -> tuple[int, ...]:
    """Lines of a paragraph on the official page, in each of ``KINDS`` (``indent`` in characters)."""
    own = len(break_lines(text, chars * EM + 25, indent * EM, OWN))
    return (*tuned(text, chars, indent, size).lines, own)


def prose(block: Heading | Paragraph, style: PageStyle) -> Tuned:
    """The letter spacing of a block of prose in Word."""
    return tuned(block.text, style.chars, _indent(block), style.size)


def _indent(block: Heading | Paragraph) -> int:
    return 2 if isinstance(block, Heading) or block.style == "body" else 0


def _lines(block: Heading | Paragraph, style: PageStyle) -> tuple[int, ...]:
    """Lines in each of ``KINDS``; a line end in the text begins a paragraph's next line."""
    if "\n" not in block.text:
        return prose_lines(block.text, style.chars, _indent(block), style.size)
    each = [prose_lines(t, style.chars, _indent(block), style.size) for t in block.text.split("\n")]
    return tuple(map(sum, zip(*each, strict=True)))


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

    def __init__(self, style: PageStyle, page: int, kind: int, breaks: frozenset[str]) -> None:
        self.style, self.page, self.line = style, page, 0
        self.kind, self.breaks = kind, breaks
        self.fresh = True
        self.pages: dict[str, int] = {}
        self.pushed: set[str] = set()  # tables in the text that did not fit the page they would have begun on
        self.after_long = False  # the text begins a page after a table of several

    def new_page(self) -> None:
        if not self.fresh:
            self.page += 1
        self.line, self.fresh = 0, True

    def put(self, lines: int, *, keep: int = 0) -> int:
        """Place a block that is not divided; the page on which it begins.  ``keep``: lines that must follow it."""
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

    def text(self, lines: int) -> int:
        """Place a paragraph; the page on which it begins.  No line of it stands alone at the top or bottom of a page."""
        begins = 0
        while lines:
            room = self.style.lines - self.line
            here = min(lines, room)
            if lines - here == 1 and lines > 1:
                here -= 1  # two lines at least go over
            if here <= 0 or (here == 1 < lines):  # two at least stay
                if self.line == 0:  # a page of one or two lines: nothing can be done
                    here = min(lines, room)
                else:
                    self.page, self.line = self.page + 1, 0
                    continue
            begins = begins or self.page
            self.fresh = False
            lines -= here
            self.line += here
            if lines:
                self.page, self.line = self.page + 1, 0
        return begins or self.page

    def part(self, part: Part, tables: dict[str, TableLayout]) -> None:
        style = self.style
        self.new_page()
        if part.heading.spans:
            self.pages[part.heading.id] = self.put(title_lines(part.heading.text, style) + 1)
        for number, block in enumerate(part.blocks):
            if block.id in self.breaks:
                self.new_page()
            if self.after_long and not (isinstance(block, Table) and block.new_page):
                self.pushed.add(block.id)
            self.after_long = False
            match block:
                case Heading():
                    keep = self.kept(part.blocks[number + 1 :])
                    self.pages[block.id] = self.put(_lines(block, style)[self.kind], keep=keep)
                case Paragraph():
                    self.pages[block.id] = self.text(_lines(block, style)[self.kind])
                case Table():
                    self.table(block, tables[block.id])

    def kept(self, following: tuple[Block, ...]) -> int:
        """Lines that a heading takes with it: further headings and two lines of the text."""
        lines = 0
        for block in following:
            if isinstance(block, Table):
                return lines + 1
            count = _lines(block, self.style)[self.kind]
            if isinstance(block, Paragraph):
                return lines + (count if count <= 3 else 2)  # three cannot be divided
            lines += count
        return lines

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


def _run(document: Document, first: int, tables: dict[str, TableLayout], kind: int, breaks: frozenset[str]) -> _Pager:
    pager = _Pager(document.style, first, kind, breaks)
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
        runs = [_run(document, 2 + contents, tables, s, breaks) for s in KINDS]
        pushed = frozenset[str]().union(*(r.pushed for r in runs)) - breaks
        if pushed:
            breaks |= {next(b.id for b in document.blocks() if b.id in pushed)}
            continue
        unsure = _unsure(listed, runs)
        if unsure is None:
            break
        for heading in _headings(document, unsure, breaks):
            tried = [_run(document, 2 + contents, tables, s, breaks | {heading}) for s in KINDS]
            still = _unsure(listed, tried)
            if still is None or listed.index(still) > listed.index(unsure):
                breaks |= {heading}
                break
        else:
            break
    spacing = {
        b.id: found
        for b in document.blocks()
        if isinstance(b, Heading | Paragraph) and (isinstance(b, Paragraph) or b.level > 1) and "\n" not in b.text
        if (found := prose(b, style).spacing)
    }
    return Layout(runs[0].pages, runs[0].page - 1, contents, tables, breaks, spacing)


def _unsure(listed: list[str], runs: list[_Pager]) -> str | None:
    """The first of the 目录 that does not stand on the same page everywhere."""
    return next((i for i in listed if len({r.pages[i] for r in runs}) > 1), None)


def _headings(document: Document, block_id: str, breaks: frozenset[str]) -> list[str]:
    """The headings, at or before a block and nearest first, that may still start a page of their own."""
    found: list[str] = []
    for block in document.blocks():
        if isinstance(block, Heading) and block.level == 2 and block.id not in breaks:
            found.insert(0, block.id)
        if block.id == block_id:
            break
    return found
