"""The Document as the published PDF: the official page, set by WeasyPrint.

Lines, rows and columns are those that ``layout`` reckons, so that pages agree with the Word file:
text comes to WeasyPrint already broken into lines and cells with their heights.  This module may
not change a word; it only places them.  Floats are lengths.  Same document, same fonts: same bytes.
"""

from __future__ import annotations

import atexit
import gc
import hashlib
import io
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, assert_never

from generator.document import Block, Document, Fonts, Heading, PageStyle, Paragraph, Part, Span, Table, TableCell
from generator.writers import fonts as fontfiles
from generator.writers import layout
from generator.writers.html import (
    asset,
    attribute,
    broken,
    is_number,
    lines_html,
    marked,
    open_cell,
    page_html,
    run_html,
    safe_id,
    start_columns,
    text_html,
    toc_level,
)
from generator.writers.metrics import EM, text_width

Attachment = tuple[str, bytes, str]
"""Name, content and description of an attached file."""

TITLE_PT, COVER_PT, NOTE_PT = 16.0, 36.0, layout.NOTE_PT
LINE_SLACK = 25  # thousandths of an em that a line of prose has over its 28 characters (see layout)
ROW_BORDER, BORDER = 0.6, 10  # taken from a row for its border (pt); the outer border of a table (twips)
WATERMARK_URL = "draft:watermark"
NEWLINE = "\n"  # kept as it is: print.css says white-space: pre where lines were counted


def write_pdf(
    document: Document,
    plan: layout.Layout | None = None,
    *,
    archival: bool = False,
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """The PDF.  ``archival``: PDF/A-3a; else PDF/UA-1.  Both are tagged.  ``plan``: pages, if known."""
    import weasyprint

    moment = datetime.fromisoformat(_date(document)).replace(tzinfo=UTC)
    body = print_body(document, plan or layout.paginate(document))
    page = page_html(document, _measures(body), body, dates(document))
    attached = [
        weasyprint.Attachment(
            file_obj=io.BytesIO(content),
            name=name,
            description=description,
            created=moment,
            modified=moment,
            relationship="Data",
        )
        for name, content, description in sorted(attachments)
    ]
    made = render_page(document, page, variant="pdf/a-3a" if archival else "pdf/ua-1", attachments=attached or None)
    return made if archival else _identified(made)


def dates(document: Document) -> str:
    """The pinned dates of a file, for the head of its page."""
    date = _date(document)
    return f'<meta name="dcterms.created" content="{date}">\n<meta name="dcterms.modified" content="{date}">\n'


def render_page(document: Document, page: str, *, variant: str = "pdf/ua-1", attachments: Any = None) -> bytes:
    """A page of markup as a tagged PDF in the style of a document."""
    import weasyprint

    with _rendering:
        config, styles = _styles(document.style, draft=document.draft)
        with _no_collector():
            made: bytes = weasyprint.HTML(string=page, url_fetcher=_fetcher(document.style.fonts)).write_pdf(
                font_config=config, stylesheets=styles, pdf_variant=variant, attachments=attachments
            )
    return made


def _identified(made: bytes) -> bytes:
    """The file with an identifier that follows from its content.  (WeasyPrint's own is there for
    PDF/A only: it packs every stream a second time to make it.)"""
    place = made.rfind(b"/Type /XRef")
    if place < 0 or b"/ID" in made[place:]:
        return made
    name = hashlib.md5(made, usedforsecurity=False).hexdigest().encode()
    return made[:place] + b"/ID [<" + name + b"><" + name + b">] " + made[place:]


def _date(document: Document) -> str:
    """The pinned date of the file: of publication, or the last day of the year."""
    found = re.fullmatch(r"\d{4}-\d{2}-\d{2}", document.date)
    try:
        return datetime.fromisoformat(document.date).date().isoformat() if found else f"{document.year:04}-12-31"
    except ValueError:
        return f"{document.year:04}-12-31"


_rendering = threading.Lock()


@contextmanager
def _no_collector() -> Iterator[None]:
    """Rendering makes millions of objects and frees few: looking for rubbish only costs time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


# ------------------------------------------------------------------ fonts and styles

_cache: dict[str, tuple[Any, list[Any]]] = {}
atexit.register(_cache.clear)  # font configurations must go before the library that frees them


def _fetcher(fonts: Fonts) -> Any:
    """A fetcher that opens nothing but the font files that were chosen (and makes the watermark)."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnFetcher(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002
            if url == WATERMARK_URL:
                return URLFetcherResponse(url, _watermark(fonts), {"Content-Type": "image/svg+xml"})
            content = fontfiles.read_url(url)
            if content is None:
                raise ValueError(f"not allowed: {url}")
            return URLFetcherResponse(url, content)

    return OwnFetcher()


def _watermark(fonts: Fonts) -> bytes:
    """草稿, light and aslant."""
    names = ", ".join([*fontfiles.stack("hei", fonts), "sans-serif"])
    words = f'<text x="200" y="240" text-anchor="middle" font-size="130" font-family="{names}" fill="#efe6e6"'
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="400" height="400">'
    return f'{head}{words} transform="rotate(-45 200 200)">草稿</text></svg>'.encode()


def _pt(twips: float) -> str:
    return f"{twips / 20:g}pt"


def page_css(style: PageStyle, *, draft: bool) -> str:
    """The measures of the page: everything of the stylesheet that is not constant."""
    table = _pt(style.table_margin)
    pitch = _pt(style.pitch)
    css = f"""
@page {{ size: {_pt(style.width)} {_pt(style.height)};
  margin: {_pt(style.top)} {_pt(style.right)} {_pt(style.bottom)} {_pt(style.left)}; }}
@page table {{ size: {_pt(style.width)} {_pt(style.height)}; margin: {table}; }}
@page wide {{ size: {_pt(style.height)} {_pt(style.width)}; margin: {table}; }}
body {{ font-size: {_pt(style.size)}; line-height: {pitch}; }}
h1 {{ font-size: {_pt(style.title_size)}; margin-bottom: {pitch}; }}
h1, .cover, .title {{ font-weight: {fontfiles.title_weight(style.fonts)}; }}
h2, h3, p.body {{ text-indent: {_pt(2 * style.size)}; }}
.toc p {{ line-height: {_pt(layout.TOC_PITCH)}; }}
.toc .deep {{ margin-left: {_pt(2 * style.size)}; }}
.title {{ line-height: {_pt(layout.TITLE_LINE)}; font-size: {TITLE_PT:g}pt; }}
.line {{ height: {_pt(layout.SMALL_LINE)}; }}
.line, .notes {{ line-height: {_pt(layout.SMALL_LINE)}; font-size: {NOTE_PT}pt; }}
"""
    return css + (asset("draft.css") if draft else "")


def _measures(body: str) -> str:
    """Rules for the row heights (``h``, twips) and letter spacings (``s``, 1/100 pt) in use: classes,
    because WeasyPrint reads a style attribute anew each time."""
    names = sorted(set(re.findall(r'[" ]([hs][0-9]{1,6})"', body)))
    rules = (f"height: {_pt(int(n[1:]))}" if n[0] == "h" else f"letter-spacing: {int(n[1:]) / 100}pt" for n in names)
    return "".join(f".{name} {{ {rule} }}\n" for name, rule in zip(names, rules, strict=True))


def _styles(style: PageStyle, *, draft: bool) -> tuple[Any, list[Any]]:
    """Font configuration and parsed stylesheets, kept for the next document."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    css = fontfiles.font_css(style.fonts) + asset("print.css") + page_css(style, draft=draft)
    if css not in _cache:
        if len(_cache) >= 4:
            _cache.clear()
        config = FontConfiguration()
        _cache[css] = (config, [CSS(string=css, font_config=config, url_fetcher=_fetcher(style.fonts))])
    return _cache[css]


# ------------------------------------------------------------------ tables


def _cell_room(width: float, size: float) -> int:
    """Room for text in a cell (thousandths of an em), as ``layout`` reckons it."""
    return max(int((width - 2 * layout.CELL_MARGIN) * layout.SAFETY * EM / (size * 20)), EM)


def _cell_lines(table: Table, columns: Sequence[int], cell: TableCell, column: int) -> list[str]:
    """The lines of one cell.  A number too wide for it is set smaller: it may not break or run over."""
    width = sum(columns[column : column + cell.colspan]) - cell.indent * table.font_pt * 20
    if is_number(cell):
        need = text_width(cell.text) * table.font_pt * 20 / EM
        room = width - 2 * layout.CELL_MARGIN
        shown = run_html(*marked(cell.spans))
        return [f'<i style="font-size:{table.font_pt * room / need:.2f}pt">{shown}</i>' if need > room > 0 else shown]
    return broken(cell.spans, _cell_room(width, table.font_pt))


@dataclass(slots=True)
class _Slice:
    """One row of the grid, or a piece of a tall one, as it stands on one page."""

    row: int
    height: float
    first: int = 0  # lines [first, last) of the cells of this row alone
    last: int | None = None


def _slices(table: Table, plan: layout.TableLayout, style: PageStyle) -> list[list[_Slice]]:
    """Which rows stand on which page: the reckoning of ``layout``, row by row."""
    if not table.new_page:
        return [[_Slice(k, h) for k, h in enumerate(plan.body)]]
    _, height = layout.page_area(style, landscape=table.landscape)
    line = layout.line_height(table.font_pt)
    full = max(height - sum(plan.header) - layout.SLACK, 2 * line)
    room: float = full - layout.above(table)
    pages: list[list[_Slice]] = [[]]
    for number, need in enumerate(plan.body):
        first = 0
        while number in plan.tall and need > room:
            count = int((room - layout.PAD_NARROW) // line)
            if count > 0:
                pages[-1].append(_Slice(number, room, first, first + count))
                first, need = first + count, need - count * line
            pages.append([])
            room = full
        if need > room and pages[-1]:
            pages.append([])
            room = full
        pages[-1].append(_Slice(number, need, first))
        room -= need
    return pages


def _body(table: Table, plan: layout.TableLayout, style: PageStyle) -> str:
    """The body, a group of rows for each page.  A merged cell that goes over a page end is closed
    there and opened again; its text stands whole in the first piece that is high enough."""
    pages = _slices(table, plan, style)
    owners = _owners(table)
    line = layout.line_height(table.font_pt)
    waiting: dict[int, list[str]] = {}
    out = []
    for number, page in enumerate(pages):
        rows: list[list[tuple[TableCell, str]]] = []
        for at, piece in enumerate(page):
            cells: list[tuple[TableCell, str]] = []
            for cell, start, column, key in owners[piece.row]:
                fresh = start == piece.row and piece.first == 0
                if not (at == 0 or fresh or (cell.rowspan == 1)):
                    continue
                end = min(start + cell.rowspan, len(table.body))
                below = [p for p in page[at:] if p.row < end]
                if fresh:
                    waiting[key] = _cell_lines(table, plan.columns, cell, column)
                lines = waiting.get(key, [])
                last = all(p.row >= end for later in pages[number + 1 :] for p in later[:1])
                if piece.last is not None and cell.rowspan == 1:
                    count = piece.last - piece.first
                elif last or len(lines) * line <= sum(p.height for p in below):
                    count = len(lines)
                else:
                    count = 0
                waiting[key] = lines[count:]
                cells.append((replace(cell, rowspan=len(below)), NEWLINE.join(lines[:count])))
            rows.append(cells)
        inside = _rows(rows, [piece.height for piece in page], head=False)
        out.append(f"<tbody{' class=next' if number else ''}>\n{inside}</tbody>\n")
    return "".join(out)


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


def _head(table: Table, plan: layout.TableLayout) -> str:
    """The header rows; they stand on each page."""
    rows = [
        [(c, NEWLINE.join(_cell_lines(table, plan.columns, c, k))) for c, k in zip(row, starts, strict=True)]
        for row, starts in zip(table.header, start_columns(table.header), strict=True)
    ]
    return f"<thead>\n{_rows(rows, plan.header, head=True)}</thead>\n" if rows else ""


def _rows(rows: Sequence[Sequence[tuple[TableCell, str]]], heights: Sequence[float], *, head: bool) -> str:
    """Rows with their heights.  Where a merged cell ends, the cells carry them: WeasyPrint would take
    the whole merged cell into the height of its last row."""
    count = len(rows)
    ends = {min(k + c.rowspan, count) - 1 for k, row in enumerate(rows) for c, _ in row if c.rowspan > 1}
    out = []
    for k, row in enumerate(rows):
        out.append("<tr>" if k in ends else f'<tr class="h{round(heights[k])}">')
        for cell, inside in row:
            end = min(k + cell.rowspan, count)
            extra = f"h{round(sum(heights[k:end]))}" if end - 1 in ends else ""
            out.append(f"{open_cell(cell, head=head, extra=extra)}{inside}{'</th>' if head else '</td>'}")
        out.append("</tr>\n")
    return "".join(out)


def _above(table: Table, width: float) -> str:
    """Title and the small lines over the grid; each has the height that ``layout`` gives it."""
    size = min(TITLE_PT, width / 20 * EM / max(text_width(table.title), 1))
    style = f' style="font-size:{size:.2f}pt"' if size < TITLE_PT else ""
    mark = f' data-label="{attribute(table.in_toc)}"' if table.title and table.role != "inline" else ""
    out = [f'<div class="title"{mark}{style}>{text_html(table.title)}</div>']
    if table.subtitle:
        out.append(f'<div class="line c">{text_html(table.subtitle)}</div>')
    if table.number:
        out.append(f'<div class="line r">{text_html(table.number)}</div>')
    if table.left or table.middle or table.right:
        ends = ((n, t) for n, t in (("left", table.left), ("right", table.right), ("middle", table.middle)) if t)
        out.append('<div class="line">' + "".join(f'<i class="{n}">{text_html(t)}</i>' for n, t in ends) + "</div>")
    return "".join(out)


def _notes(table: Table, width: int) -> str:
    room = int(width * layout.SAFETY * EM / (NOTE_PT * 20))
    if not table.notes:
        return ""
    return '<div class="notes">' + "".join(f"<p>{lines_html(n, room)}</p>" for n in table.notes) + "</div>\n"


def _rest(table: Table, plan: layout.TableLayout, style: PageStyle) -> int:
    """Twips that a table in the text leaves of its last line, so that the text after it keeps the grid."""
    height = layout.above(table) + sum(plan.header) + sum(plan.body) + plan.note_lines * layout.SMALL_LINE
    return -(height + BORDER) % style.pitch + (0 if table.title else layout.TITLE_LINE)


def print_table(table: Table, plan: layout.TableLayout, style: PageStyle) -> str:
    """A table with the columns and row heights of ``layout``."""
    width = sum(plan.columns)
    columns = "".join(f'<col style="width:{_pt(c)}">' for c in plan.columns)
    size = f"width:{_pt(width)}"
    if not table.new_page:
        size += f";margin-left:{_pt((style.text_width - width) / 2)};padding:{_pt(_rest(table, plan, style) / 2)} 0"
    kind = "flow" if not table.new_page else "wide" if table.landscape else "table"
    leading = table.font_pt * layout.LEADING - ROW_BORDER
    return (
        f'<div id="{safe_id(table.id)}" class="sheet {kind}" style="{size}">\n'
        f'<table style="width:{_pt(width)};font-size:{table.font_pt}pt;line-height:{leading:.2f}pt">\n'
        f"<caption>{_above(table, width)}</caption>\n<colgroup>{columns}</colgroup>\n"
        f"{_head(table, plan)}{_body(table, plan, style)}</table>\n{_notes(table, width)}</div>\n"
    )


# ------------------------------------------------------------------ blocks and page


def _print_block(block: Block, plan: layout.Layout, style: PageStyle) -> str:
    room, size = style.chars * EM + LINE_SLACK, style.size / 20
    match block:
        case Heading():
            level = min(max(block.level, 1), 3)
            if level == 1:
                inside = lines_html(block.spans, int(style.text_width * EM / style.title_size))
            else:
                inside = lines_html(block.spans, room, indent=2 * EM, justify=size)
            name = ' class="new"' if block.id in plan.breaks else ""
            return (
                f'<h{level} id="{safe_id(block.id)}"{name} data-label="{attribute(block.in_toc)}">{inside}</h{level}>\n'
            )
        case Paragraph():
            centred = block.style == "center"
            inside = lines_html(block.spans, room, indent=0 if centred else 2 * EM, justify=0.0 if centred else size)
            return f'<p id="{safe_id(block.id)}" class="{block.style}">{inside}</p>\n'
        case Table():
            return print_table(block, plan.tables[block.id], style)
        case _:
            assert_never(block)


def _print_part(part: Part, plan: layout.Layout, style: PageStyle) -> str:
    blocks = "".join(_print_block(b, plan, style) for b in (part.heading, *part.blocks))
    return f"<section>\n{blocks}</section>\n"


def _print_toc(document: Document) -> str:
    """目录.  The numbers are those of the pages that WeasyPrint makes."""
    lines = []
    for entry in document.contents():
        deep = toc_level(entry) > 1
        room = (document.style.chars - (2 if deep else 0) - 3) * EM
        inside = lines_html((Span(entry.in_toc),), room)
        name = "deep" if deep else "part"
        lines.append(f'<p class="{name}"><a href="#{safe_id(entry.id)}">{inside}</a></p>\n')
    title = text_html(document.toc_title)
    return f'<nav class="toc">\n<h1 data-label="{attribute(document.toc_title)}">{title}</h1>\n{"".join(lines)}</nav>\n'


def _print_cover(document: Document) -> str:
    out = []
    for line in document.cover:
        size = min(COVER_PT, document.style.text_width / 20 * EM / max(text_width(line), 1))
        out.append(f'<p style="font-size:{size:.2f}pt">{text_html(line)}</p>')
    return f'<header class="cover">{"".join(out)}</header>\n'


def print_body(document: Document, plan: layout.Layout) -> str:
    """The inside of ``body`` for the printed page."""
    parts = "".join(_print_part(part, plan, document.style) for part in document.parts)
    return f"{_print_cover(document)}{_print_toc(document)}{parts}"
