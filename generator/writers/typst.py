"""The Document as a PDF set by Typst: the same text, tables and pages as ``pdf``, ten times as fast.

Needs only the ``typst`` wheel, no system library.  Lines, rows and columns are those that ``layout``
reckons; Typst places them.  The file is PDF/A-3a and PDF/UA-1 at once.  Words reach Typst as string
literals only, so that nothing in them can be taken for markup.  Same document, same fonts: same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby
from typing import Any, assert_never

from generator import PROGRAM
from generator.model import Block, Document, Heading, PageStyle, Paragraph, Part, Span, Spans, Table, TableCell
from generator.writers import _table_pages as slices
from generator.writers import layout, table_layout
from generator.writers._draft_mark import marked_draft
from generator.writers._typst_fonts import font_book, font_stacks
from generator.writers.chart_data import chart_of, picture_height
from generator.writers.chart_picture import picture
from generator.writers.html import asset, clean, marked, safe_id, toc_level
from generator.writers.line_breaks import EM, OWN, PLAIN, Setting, break_lines, text_width
from generator.writers.pdf import COVER_PT, Attachment, _date

LINE_SLACK = 25  # thousandths of an em that a line of prose has over its 28 characters (see layout)
EDGE = 20  # twips that a line may be wider than reckoned (by the widths of Latin letters) and not break
STANDARDS = ["a-3a", "ua-1"]


def write_typst(
    document: Document,
    plan: layout.Layout | None = None,
    *,
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """The PDF.  ``plan``: pages, if known.  A glyph that no font has costs the archival mark only.

    The mark of a draft is put on last: draft and final share all that comes before.
    """
    import typst

    source = "".join(_source(document, plan or layout.paginate(document), attachments)).encode()
    moment = datetime.fromisoformat(_date(document)).replace(tzinfo=UTC)
    compiler = _compiler(document.style)
    try:
        made: bytes = compiler.compile(input=source, format="pdf", pdf_standards=STANDARDS, timestamp=moment)
    except typst.TypstError as error:
        if "PDF/" not in str(error):
            raise
        made = compiler.compile(input=source, format="pdf", timestamp=moment)
    return marked_draft(made, _marks(document.style)) if document.draft else made


@lru_cache(maxsize=2)
def _compiler(style: PageStyle) -> Any:
    """A compiler that knows the fonts of a style, kept for the next document."""
    import typst

    return typst.Compiler(font_paths=font_book(style.fonts))


@lru_cache(maxsize=4)
def _marks(style: PageStyle) -> bytes:
    """A page of each shape with nothing on it but the mark of a draft."""
    source = "".join((*_head(style), "".join(f"#D(M.{shape})\n" for shape in ("table", "wide")))).encode()
    made: bytes = _compiler(style).compile(input=source, format="pdf", timestamp=datetime(2000, 1, 1, tzinfo=UTC))
    return made


# ------------------------------------------------------------------ text


def _string(text: str) -> str:
    """A string literal: within it, nothing but ``\\`` and ``"`` means anything."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _run(text: str, marks: Sequence[bool]) -> str:
    """One line as an expression; open places are marked."""
    if True not in marks:
        return _string(text)
    pieces, place = [], 0
    for mark, group in groupby(marks):
        length = len(list(group))
        piece = _string(text[place : place + length])
        pieces.append(f"O({piece})" if mark else piece)
        place += length
    return "{" + ";".join(pieces) + "}"


def _broken(spans: Spans, room: int, indent: int = 0, setting: Setting = PLAIN) -> list[str]:
    """Text broken into lines of ``room`` (thousandths of an em), each an expression."""
    text, marks = marked(spans)
    out = []
    start = 0
    for paragraph in text.split("\n"):
        for line in break_lines(paragraph, room, indent, setting):
            shown = line.rstrip(" ")
            out.append(_run(shown, marks[start : start + len(shown)]))
            start += len(line)
        start += 1
    return out


def _plain(text: str) -> str:
    return _string(clean(text).replace("\n", " ").replace("\t", " "))


def _lines(text: str) -> str:
    """A short text as it is, its line ends kept."""
    return f"L({','.join(_string(t) for t in clean(text).replace(chr(9), ' ').split(chr(10)))})"


def _pt(twips: float) -> str:
    return f"{twips / 20:.6f}".rstrip("0").rstrip(".") + "pt"


# ------------------------------------------------------------------ tables


class _Levels:
    """Levels of headings without gaps: PDF/UA does not allow 1 to be followed by 3."""

    def __init__(self) -> None:
        self.last = 0

    def __call__(self, level: int) -> int:
        self.last = min(max(level, 1), 3, self.last + 1)
        return self.last


class _TableWriter:
    """One table with the columns and row heights of ``layout``."""

    def __init__(self, table: Table, plan: table_layout.TableLayout, style: PageStyle, levels: _Levels) -> None:
        self.table, self.plan, self.style, self.levels = table, plan, style, levels

    def cell_lines(self, cell: TableCell, column: int) -> list[str]:
        """The lines of one cell.  A number too wide for it is set smaller: it may not break or run over."""
        size, columns = self.table.font_pt, self.plan.columns
        width = sum(columns[column : column + cell.colspan]) - cell.indent * size * 20
        if table_layout.is_number(cell):
            fits = table_layout.number_size(cell.text, width, size)
            shown = _run(*marked(cell.spans))
            return [f"text(size: {fits:.2f}pt, {shown})"] if fits < size else [shown]
        room = max(int((width - 2 * table_layout.CELL_MARGIN) * table_layout.SAFETY * EM / (size * 20)), EM)
        return _broken(cell.spans, room) if cell.spans else []

    def cell(self, cell: TableCell, lines: Sequence[str]) -> str:
        inside = ",".join(f"B({line})" for line in lines) if cell.bold else ",".join(lines)
        if cell.colspan == cell.rowspan == 1 and not cell.indent:
            match cell.align:
                case "center":
                    return f"c({inside})"
                case "right":
                    return f"r({inside})"
                case "left":
                    return (inside or "[]") if len(lines) < 2 else f"L({inside})"
        inset = f"I({min(cell.indent, 6)},{self.table.font_pt}pt)" if cell.indent else "auto"
        return f"X({cell.align},{cell.colspan},{cell.rowspan},{inset},{inside})"

    def rows(self, pieces: Sequence[slices.Piece]) -> str:
        return ",\n".join(",".join(self.cell(c, lines) for c, lines in p.cells) for p in pieces if p.cells)

    def grid(self) -> str:
        """The grid: the header stands on each page; each body row, or piece of one, has its height."""
        table, plan = self.table, self.plan
        head = slices.header(table, plan, self.cell_lines)
        body = [p for page in slices.pages(table, plan, self.style, self.cell_lines) for p in page]
        if not head and not body:
            return ""
        columns = "".join(f"{_pt(c)}," for c in plan.columns)
        heights = "".join(f"{_pt(p.height)}," for p in (*head, *body))
        cells = [f"table.header({self.rows(head)})"] if head else []
        cells += [self.rows(body)] if body else []
        return f"#G({table.font_pt}pt,({columns}),({heights}),\n{','.join(cells)})\n"

    def above(self) -> Iterator[str]:
        table, width = self.table, sum(self.plan.columns)
        shown = f"T({table_layout.title_size(table, width):.2f}pt,{_plain(table.title)})"
        if table.toc or (table.title and table.role != "inline"):
            yield f"#H({self.levels(2)},{shown},{_plain(table.in_toc)},{_string(safe_id(table.id))})\n"
        elif table.title or table.new_page:
            yield f"#block(width:100%,height:{_pt(table_layout.TITLE_LINE)},{shown})\n"
        if table.subtitle:
            yield f"#E(1,[],{_plain(table.subtitle)},[])\n"
        if table.number:
            yield f"#E(1,[],[],{_plain(table.number)})\n"
        if chart := chart_of(table):
            height = picture_height(table)
            svg = picture(chart, width / 20, height / 20, self.style.fonts)
            shown = f'image(bytes({_string(svg)}),format:"svg",width:100%,height:100%,alt:{_string(chart.alt)})'
            yield f"#block(width:100%,height:{_pt(height)},{shown})\n"
        room = int(width * table_layout.SAFETY * EM / (table_layout.NOTE_PT * 20))
        for line in table_layout.ends(table, width):
            ends = [_broken((Span(t),), room) for t in line]
            yield f"#E({max(map(len, ends))},{','.join('L(' + ','.join(e) + ')' for e in ends)})\n"

    def notes(self) -> Iterator[str]:
        room = int(sum(self.plan.columns) * table_layout.SAFETY * EM / (table_layout.NOTE_PT * 20))
        for note in self.table.notes:
            yield f"#N({','.join(_broken(note, room))})\n"

    def whole(self) -> Iterator[str]:
        table, plan, style = self.table, self.plan, self.style
        inside = "".join((*self.above(), self.grid(), *self.notes()))
        if alone(table, plan):
            yield inside
            return
        rest = -table_layout.grid_height(table, plan) % style.pitch + (0 if table.title else table_layout.TITLE_LINE)
        yield (
            f"#block(breakable:false,width:{_pt(style.text_width)},inset:(y:{_pt(rest / 2)}),"
            f"align(center,block(width:{_pt(sum(plan.columns))})[\n{inside}]))\n"
        )


def alone(table: Table, plan: table_layout.TableLayout) -> bool:
    """Whether a table stands on pages of its own."""
    return table.new_page or plan.pages > 1


# ------------------------------------------------------------------ blocks and pages


def _heading(heading: Heading, style: PageStyle, level: int) -> str:
    shape = min(max(heading.level, 1), 3)
    if shape == 1:
        lines = _broken(heading.spans, int(style.text_width * EM / style.title_size))
    else:
        lines = _broken(heading.spans, style.chars * EM + LINE_SLACK, 2 * EM, OWN)
    return f"#H({level},h{shape}({','.join(lines)}),{_plain(heading.in_toc)},{_string(safe_id(heading.id))})\n"


def _block(block: Block, plan: layout.Layout, style: PageStyle, levels: _Levels) -> Iterator[str]:
    room = style.chars * EM + LINE_SLACK
    match block:
        case Heading():
            yield _heading(block, style, levels(block.level))
        case Paragraph():
            if block.style == "center":
                yield f"#Q({','.join(_broken(block.spans, room, 0, OWN))})\n"
            else:
                yield f"#P({','.join(_broken(block.spans, room, 2 * EM, OWN))})\n"
        case Table():
            yield from _TableWriter(block, plan.tables[block.id], style, levels).whole()
        case _:
            assert_never(block)


def _contents(document: Document, levels: _Levels) -> Iterator[str]:
    """目录.  The numbers are those of the pages that Typst makes."""
    style = document.style
    title = Heading("toc", 1, (Span(document.toc_title),))
    yield _heading(title, style, levels(1))
    for entry in document.contents():
        deep = toc_level(entry) > 1
        room = (style.chars - (2 if deep else 0) - 3) * EM
        inside = ",".join(_broken((Span(entry.in_toc),), room))
        yield f"#entry({'true' if deep else 'false'},{_string(safe_id(entry.id))},{inside})\n"


def _cover(document: Document) -> Iterator[str]:
    room = document.style.text_width / 20
    lines = ((min(COVER_PT, room * EM / max(text_width(t), 1)), t) for t in document.cover)
    yield "#cover(" + "".join(f"({size:.2f}pt,{_plain(text)})," for size, text in lines) + ")\n"


def _measures(style: PageStyle) -> str:
    def shape(width: int, height: int, top: int, left: int, right: int, bottom: int) -> str:
        margin = f"(top:{_pt(top)},left:{_pt(left)},right:{_pt(right)},bottom:{_pt(bottom)})"
        return f"(width:{_pt(width)},height:{_pt(height)},margin:{margin})"

    sides = (style.top, style.left, style.right - EDGE)
    edge, low = style.table_margin, style.table_margin + table_layout.SLACK
    entries = {
        "text": shape(style.width, style.height, *sides, style.bottom),
        "long": shape(style.width, style.height, *sides, style.bottom + table_layout.SLACK),
        "table": shape(style.width, style.height, edge, edge, edge, low),
        "wide": shape(style.height, style.width, edge, edge, edge, low),
        "size": _pt(style.size),
        "pitch": _pt(style.pitch),
        "title": _pt(style.title_size),
        "toc": _pt(layout.TOC_PITCH),
        "line": _pt(table_layout.TITLE_LINE),
        "small": _pt(table_layout.SMALL_LINE),
    }
    return "#let M = (" + ",".join(f"{k}:{v}" for k, v in entries.items()) + ")\n"


def _head(style: PageStyle) -> Iterator[str]:
    """What stands before every document of a style."""
    yield _measures(style)
    yield "#let F = (" + ",".join(f"{k}:{v}" for k, v in font_stacks(style.fonts).items()) + ")\n"
    yield asset("print.typ")


def _source(document: Document, plan: layout.Layout, attached: Sequence[Attachment]) -> Iterator[str]:
    style, levels = document.style, _Levels()
    date = datetime.fromisoformat(_date(document))
    yield f"#set document(title:{_plain(document.title)},author:{_plain(document.department)},keywords:{_plain(PROGRAM)},"
    yield f"date:datetime(year:{date.year},month:{date.month},day:{date.day}))\n"
    yield from _head(style)
    if document.running_head:
        yield f"#let S = S.with(head: {_plain(document.running_head)})\n"
    for name, content, description in sorted(attached):
        yield (
            f'#pdf.attach({_string("/" + name)},{_bytes(content)},relationship:"data",'
            f"mime-type:{_string(_mime(name))},description:{_string(description)})\n"
        )
    yield "#S(M.text)[\n"
    yield from _cover(document)
    yield "#pagebreak()\n"
    yield from _contents(document, levels)
    yield "]\n"
    for part in document.parts:
        yield from _part(part, plan, style, levels)


def _part(part: Part, plan: layout.Layout, style: PageStyle, levels: _Levels) -> Iterator[str]:
    """A part: its text on pages of text, each table that starts a page on pages of its own."""
    text = "".join(_block(part.heading, plan, style, levels)) if part.heading.spans else ""
    for block in part.blocks:
        made = "".join(_block(block, plan, style, levels))
        if isinstance(block, Table) and alone(block, plan.tables[block.id]):
            yield f"#S(M.text)[\n{text}]\n" if text else ""
            shape = "long" if not block.new_page else "wide" if block.landscape else "table"
            yield f"#S(M.{shape})[\n{made}]\n"
            text = ""
        else:
            text += ("#pagebreak(weak: true)\n" if text and block.id in plan.breaks else "") + made
    yield f"#S(M.text)[\n{text}]\n" if text else ""


def _bytes(content: bytes) -> str:
    """Content of a file as an expression: nothing is written to disk for it."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return f"bytes(({','.join(map(str, content))},))"
    return f"bytes({_string(text)})" if "\r" not in text else f"bytes(({','.join(map(str, content))},))"


def _mime(name: str) -> str:
    kinds = {
        "json": "application/json",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "toml": "application/toml",
    }
    return kinds.get(name.rpartition(".")[2], "application/octet-stream")
