"""The document before it is written: parts, headings, paragraphs and tables made of spans.

One Document, many writers, equal text.  Writers read this module and ``model`` only; they never
see a pack, a check or a workbook.  A block is known by its ``id``, never by its position.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from generator.model.figures import CellRef, Figure, unite

SpanKind = Literal["literal", "figure", "typed", "name", "ordinal", "date", "open", "draft"]
"""literal: the pack's wording · figure: a printed number · typed: a person's words ·
name: a name taken from the workbook · ordinal, date: counted or given numbers ·
open: a place still to be filled in (【待填：…】) ·
draft: a suggested reason that nobody has taken yet (【草稿建议：…】); its numbers keep their figures."""

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text with its source.  A printed number carries its figure."""

    text: str
    kind: SpanKind = "literal"
    figure: Figure | None = None
    cells: tuple[CellRef, ...] = ()


Spans = tuple[Span, ...]


def plain(spans: Iterable[Span]) -> str:
    """The text of some spans."""
    return "".join([s.text for s in spans])


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading.  Level 1: a part (starts a page), 2: 一、, 3: （一）.  ``toc``: listed in 目录.

    ``prose``: in the plain text although it stands in a part of tables.
    """

    id: str
    level: int
    spans: Spans
    toc: bool = False
    toc_text: str = ""
    prose: bool = False

    @property
    def text(self) -> str:
        return plain(self.spans)

    @property
    def in_toc(self) -> str:
        return self.toc_text or self.text


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of prose.  ``style``: ``body`` (indented two characters) or ``center``."""

    id: str
    spans: Spans
    style: Literal["body", "center"] = "body"
    prose: bool = False  # in the plain text although it stands in a part of tables

    @property
    def text(self) -> str:
        return plain(self.spans)


@dataclass(frozen=True, slots=True)
class TableCell:
    """One cell; spanned places hold no cell of their own (as in HTML)."""

    spans: Spans = ()
    colspan: int = 1
    rowspan: int = 1
    align: Align = "left"
    indent: int = 0
    bold: bool = False

    @property
    def text(self) -> str:
        return self.spans[0].text if len(self.spans) == 1 else plain(self.spans)


Row = tuple[TableCell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A statutory table (``role="table"``), an appendix form (``"form"``) or one in the text.

    Above the grid stand ``title``, ``subtitle`` (e.g. the year), then a line with ``number`` at
    the right, then a line with ``left`` (单位：…), ``middle`` and ``right`` (单位：万元).
    ``widths`` are relative column widths.  The header rows repeat on each page.
    """

    id: str
    title: str
    header: tuple[Row, ...]
    body: tuple[Row, ...]
    widths: tuple[int, ...]
    number: str = ""
    subtitle: str = ""
    left: str = ""
    middle: str = ""
    right: str = ""
    notes: tuple[Spans, ...] = ()
    landscape: bool = False
    role: Literal["table", "form", "inline"] = "table"
    toc: bool = False
    toc_text: str = ""
    font_pt: int = 9
    new_page: bool = True
    chart: Literal["", "bar", "share", "line"] = ""  # drawn over the grid; the first column holds the labels

    @property
    def in_toc(self) -> str:
        return self.toc_text or self.title

    def cells(self, which: Literal["header", "body"]) -> list[list[TableCell | None]]:
        """The cells as a full rectangle; places covered by a merged cell are ``None``."""
        rows = self.header if which == "header" else self.body
        width = len(self.widths)
        out: list[list[TableCell | None]] = [[None] * width for _ in rows]
        covered = [[False] * width for _ in rows]
        for i, row in enumerate(rows):
            j = 0
            for cell in row:
                while j < width and covered[i][j]:
                    j += 1
                out[i][j] = cell
                for di in range(cell.rowspan):
                    for dj in range(cell.colspan):
                        if i + di < len(rows) and j + dj < width:
                            covered[i + di][j + dj] = True
                j += cell.colspan
        return out

    def grid(self, which: Literal["header", "body"]) -> list[list[str]]:
        """The texts as a full rectangle; places covered by a merged cell are ``""``."""
        return [[cell.text if cell else "" for cell in row] for row in self.cells(which)]


Block = Heading | Paragraph | Table


@dataclass(frozen=True, slots=True)
class Part:
    """One 部分.  ``kind`` says whether its text belongs to the prose (``.txt``)."""

    id: str
    heading: Heading
    blocks: tuple[Block, ...]
    kind: Literal["prose", "tables", "forms"] = "prose"

    def whole(self) -> tuple[Block, ...]:
        """The heading and the blocks; a heading that stands in the contents alone is not printed."""
        return (self.heading, *self.blocks) if self.heading.spans else self.blocks

    def lines(self) -> list[str]:
        """Its paragraphs for the plain text: all of prose, of tables what says that it is prose."""
        texts = [b for b in self.whole() if not isinstance(b, Table)]
        if self.kind == "prose":
            return [b.text for b in texts]
        own = [b.text for b in texts if b.prose]
        return [self.heading.text, *own] if own and self.heading.spans else own


@dataclass(frozen=True, slots=True)
class Fonts:
    """Font stacks, the users' own fonts first, open ones after them."""

    title: tuple[str, ...] = ("方正小标宋简体", "FandolSong", "Noto Serif SC")
    hei: tuple[str, ...] = ("黑体", "FandolHei", "Noto Sans SC")
    kai: tuple[str, ...] = ("楷体_GB2312", "FandolKai", "LXGW WenKai", "Noto Serif SC")
    body: tuple[str, ...] = ("仿宋_GB2312", "FandolFang", "Noto Serif SC")
    song: tuple[str, ...] = ("宋体", "FandolSong", "Noto Serif SC")
    latin: tuple[str, ...] = ("Times New Roman", "Liberation Serif")


@dataclass(frozen=True, slots=True)
class PageStyle:
    """The official page (GB/T 9704): A4, 28 characters by 22 lines, body 三号 on a fixed pitch.

    Lengths in twips (1/20 pt) so that they are whole numbers in every writer.
    """

    width: int = 11906
    height: int = 16838
    top: int = 2098
    left: int = 1588
    chars: int = 28
    lines: int = 22
    size: int = 320
    pitch: int = 580
    title_size: int = 440
    table_margin: int = 1000
    fonts: Fonts = field(default_factory=Fonts)

    @property
    def text_width(self) -> int:
        return self.chars * self.size + 8

    @property
    def right(self) -> int:
        return self.width - self.left - self.text_width

    @property
    def bottom(self) -> int:
        return self.height - self.top - self.lines * self.pitch - 2


@dataclass(frozen=True, slots=True)
class Blank:
    """A place in the text of a block that a person's words were to fill, and left blank: its cells."""

    block: str
    at: int
    cells: tuple[CellRef, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """The whole disclosure.  ``draft`` marks it 草稿 on every page; ``blanks`` are no part of what is printed."""

    title: str
    department: str
    year: int
    kind: str
    cover: tuple[str, ...]
    parts: tuple[Part, ...]
    toc_title: str = "目录"
    date: str = ""
    language: str = "zh-CN"
    draft: bool = False
    style: PageStyle = field(default_factory=PageStyle)
    scope: str = "部门"  # whose accounts they are: 部门 or 单位
    running_head: str = ""  # above every page
    blanks: tuple[Blank, ...] = field(default=(), compare=False)

    def blocks(self) -> Iterator[Block]:
        """Every block in order, part headings included."""
        for part in self.parts:
            yield from part.whole()

    def contents(self) -> Iterator[Heading | Table]:
        """What 目录 lists, in order.  A part whose heading is not printed leads to its first block."""
        for part in self.parts:
            if not part.heading.spans and part.heading.toc_text and part.blocks:
                yield replace(part.heading, id=part.blocks[0].id)
            for block in part.whole():
                if isinstance(block, Heading | Table) and block.toc:
                    yield block

    def prose(self) -> list[str]:
        """The prose parts with their headings, one paragraph a line (the form of ``golden/``)."""
        return [line for part in self.parts for line in part.lines()]

    def tables(self) -> list[Table]:
        """All tables and forms in order."""
        return [b for b in self.blocks() if isinstance(b, Table)]


def sources(spans: Iterable[Span]) -> tuple[CellRef, ...]:
    """The cells behind some spans."""
    return unite(*((*s.cells, *(s.figure.cells if s.figure else ())) for s in spans))


def mark_of(document: Document) -> str:
    """The mark of a text: 20 hex digits that follow from every word and number printed.

    The Word file carries it, so that a file that comes back is known by the version it came from.
    """
    digest = hashlib.sha256()
    for line in (*document.cover, *([document.running_head] if document.running_head else [])):
        digest.update(line.encode() + b"\n")
    for block in document.blocks():
        digest.update(block.id.encode() + b"\x1f")
        if isinstance(block, Table):
            for rows in (block.header, block.body):
                for row in rows:
                    digest.update("\x1f".join(c.text for c in row).encode() + b"\n")
            for note in block.notes:
                digest.update("".join(s.text for s in note).encode() + b"\n")
        else:
            digest.update(block.text.encode() + b"\n")
    return digest.hexdigest()[:20]
